"""The list of gaps as readers see it, and as a spreadsheet gets it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import django_tables2 as tables
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from gaps.models import Gap
from gaps.models.queryset import GapQuerySet

EXPORTED = (
    "uid",
    "title",
    "question",
    "kind",
    "status",
    "population",
    "intervention",
    "comparator",
    "outcome",
    "time_frame",
    "time_frame_days",
    "primary_reason",
    "reasons",
    "origin",
    "origin_note",
    "passages",
    "sources",
    "withdrawn_reason",
)


class GapTable(tables.Table):
    """One row a gap: what it asks, of which kind, why it is open, and how far it has come."""

    caption = _("Research gaps")
    row_header = "title"

    uid = tables.TemplateColumn('<span class="uid">{{ record.uid }}</span>', verbose_name=_("Id"), attrs={"td": {"class": "o1"}})
    title = tables.TemplateColumn(template_name="gaps/_row_title.html", verbose_name=_("Gap"), attrs={"td": {"class": "full"}})
    kind = tables.Column(order_by=("kind", "uid"), verbose_name=_("Kind"), attrs={"td": {"class": "nowrap"}})
    reasons = tables.TemplateColumn(
        template_name="gaps/_reason_marks.html",
        order_by=("primary_code", "uid"),
        verbose_name=_("Reasons"),
        attrs={"td": {"class": "nowrap end"}},
    )
    time_frame = tables.Column(verbose_name=_("Time frame"), attrs={"td": {"class": "full"}})
    origin = tables.Column(order_by=("origin", "uid"), verbose_name=_("Origin"), attrs={"td": {"class": "nowrap"}})
    status = tables.TemplateColumn(
        template_name="gaps/_status.html", order_by=("status", "uid"), verbose_name=_("Status"), attrs={"td": {"class": "nowrap end o2"}}
    )

    class Meta:
        model = Gap
        fields = ("uid", "title", "kind", "reasons", "time_frame", "origin", "status")
        order_by = ("uid",)
        attrs = {"class": "table table-hover stack cards"}

    def order_time_frame(self, queryset: GapQuerySet, is_descending: bool) -> tuple[GapQuerySet, bool]:
        """By the shortest time, the gaps without one last."""
        shortest = F("time_frame_days")
        return queryset.order_by(shortest.desc(nulls_last=True) if is_descending else shortest.asc(nulls_last=True), "uid"), True


def export_rows(gaps: Iterable[Gap]) -> Iterator[list[str | int | None]]:
    """The gaps as lines of a spreadsheet, in the columns of `EXPORTED`; several values of one cell are parted by "; "."""
    for gap in gaps:
        reasons = gap.reasons.all()
        texts = {
            "primary_reason": "".join(reason.code for reason in reasons if reason.primary),
            "reasons": ";".join(reason.code for reason in reasons),
            "passages": "; ".join(f"“{passage.quote}” ({passage.source.title}, {passage.locator})" for passage in gap.passages.all()),
            "sources": "; ".join(link.source.doi or link.source.url or link.source.title for link in gap.source_links.all()),
        }
        yield [texts[name] if name in texts else getattr(gap, name) for name in EXPORTED]
