"""The list of protocols as readers see it, and as a spreadsheet gets it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import django_tables2 as tables
from django.db.models import F
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from trials.models import Protocol
from trials.models.protocol import ProtocolQuerySet

EXPORTED = (
    "uid",
    "title",
    "gaps",
    "status",
    "sequences",
    "period_days",
    "washout_days",
    "run_in_days",
    "n_evaluable",
    "n_randomised",
    "sized_at",
    "owner",
    "created_at",
    "updated_at",
)


class ProtocolTable(tables.Table):
    """One row a protocol, with the numbers of its latest sizing."""

    caption = _("Protocols")
    row_header = "title"
    empty_text = _("No protocol fits these filters.")

    uid = tables.TemplateColumn('<span class="uid">{{ record.uid }}</span>', verbose_name=_("Id"), attrs={"td": {"class": "o1"}})
    title = tables.Column(linkify=True, attrs={"a": {"class": "rowlink"}, "td": {"class": "full"}})
    gaps = tables.Column(verbose_name=_("Gaps"), orderable=False, empty_values=())
    sequences = tables.TemplateColumn(
        '<span class="mono">{{ record.sequences|default:"–" }}</span>', verbose_name=_("Sequences"), orderable=False
    )
    n_evaluable = tables.Column(verbose_name=_("Evaluable"), attrs={"th": {"class": "r"}, "td": {"class": "r lab"}})
    n_randomised = tables.Column(verbose_name=_("Randomised"), attrs={"th": {"class": "r"}, "td": {"class": "r lab"}})
    status = tables.TemplateColumn("{{ record.get_status_display }}", order_by=("status", "uid"), attrs={"td": {"class": "end o2"}})
    updated_at = tables.DateColumn(format="j M Y", verbose_name=_("Changed"), attrs={"td": {"class": "nowrap end"}})

    class Meta:
        model = Protocol
        fields = ("uid", "title", "gaps", "sequences", "n_evaluable", "n_randomised", "status", "updated_at")
        order_by = ("-uid",)
        attrs = {"class": "table table-hover stack cards"}

    def render_gaps(self, record: Protocol) -> SafeString | str:
        gaps = record.gaps.all()
        return format_html_join(", ", '<a href="{}">{}</a>', ((gap.get_absolute_url(), gap.uid) for gap in gaps)) if gaps else "–"

    def order_n_evaluable(self, queryset: ProtocolQuerySet, is_descending: bool) -> tuple[ProtocolQuerySet, bool]:
        return _sized_first(queryset, "n_evaluable", is_descending=is_descending), True

    def order_n_randomised(self, queryset: ProtocolQuerySet, is_descending: bool) -> tuple[ProtocolQuerySet, bool]:
        return _sized_first(queryset, "n_randomised", is_descending=is_descending), True


def _sized_first(queryset: ProtocolQuerySet, name: str, *, is_descending: bool) -> ProtocolQuerySet:
    """By a number of the latest sizing, the protocols without one last."""
    number = F(name)
    return queryset.order_by(number.desc(nulls_last=True) if is_descending else number.asc(nulls_last=True), "uid")


def export_rows(protocols: Iterable[Protocol]) -> Iterator[list[object]]:
    """The protocols as lines of a spreadsheet, in the columns of `EXPORTED`; several gaps of one cell are parted by "; "."""
    for protocol in protocols:
        texts = {"gaps": "; ".join(gap.uid for gap in protocol.gaps.all()), "owner": protocol.owner.get_username()}
        yield [texts[name] if name in texts else getattr(protocol, name) for name in EXPORTED]
