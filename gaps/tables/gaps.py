"""The list of gaps as readers see it."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.db.models import Case, F, OuterRef, Subquery, When
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gaps import status
from gaps.models import CertaintyAssessment, Gap, GapReason, Verification
from gaps.models.queryset import GapQuerySet

# A cell of class "none" is left out of the compact card that a row is on a phone.


class GapTable(tables.Table):
    """One row a gap: what it asks, why it is open, how certain the evidence is, and how far it has come."""

    caption = _("Research gaps")
    row_header = "title"

    uid = tables.TemplateColumn('<span class="uid">{{ record.uid }}</span>', verbose_name=_("Id"), attrs={"td": {"class": "o1"}})
    title = tables.TemplateColumn(template_name="gaps/_row_title.html", verbose_name=_("Gap"), attrs={"td": {"class": "full"}})
    kind = tables.Column(order_by=("kind", "uid"), verbose_name=_("Kind"))
    reasons = tables.TemplateColumn(
        template_name="gaps/_reason_marks.html", verbose_name=_("Reasons"), attrs={"td": {"class": "nowrap end"}}
    )
    certainty = tables.TemplateColumn(
        template_name="gaps/_certainty.html",
        accessor="pk",
        verbose_name=_("Certainty"),
        attrs={"td": {"class": lambda record: "" if record.latest_assessment() else "none"}},
    )
    tier = tables.Column(verbose_name=_("Tier"), empty_values=(), attrs={"td": {"class": lambda record: "lab" if record.tier else "none"}})
    time_frame = tables.Column(verbose_name=_("Time frame"), attrs={"td": {"class": "full small"}})
    status = tables.TemplateColumn(
        template_name="gaps/_status.html", order_by=("status", "uid"), verbose_name=_("Status"), attrs={"td": {"class": "nowrap end o2"}}
    )
    verification = tables.Column(
        empty_values=(),
        accessor="pk",
        verbose_name=_("Last search"),
        attrs={"td": {"class": lambda record: "small lab" if record.verifications.all() else "small none"}},
    )
    comments = tables.Column(
        empty_values=(),
        accessor="pk",
        verbose_name=_("Comments"),
        orderable=False,
        attrs={"th": {"class": "r"}, "td": {"class": lambda record: "r lab" if record.open_threads else "r none"}},
    )

    class Meta:
        model = Gap
        fields = ("uid", "title", "kind", "reasons", "certainty", "tier", "time_frame", "status", "verification", "comments")
        order_by = ("uid",)
        attrs = {"class": "table table-hover stack cards gaps-table"}

    def render_tier(self, record: Gap) -> str:
        return record.tier or "–"

    def render_verification(self, record: Gap) -> SafeString:
        """When the search in force was made, and whether it should be made again."""
        latest = status.latest_verification(record)
        if latest is None:
            return format_html('<span class="muted">{}</span>', _("none"))
        stale = format_html('<br><span class="tag warn">▲ {}</span>', _("due again")) if status.is_stale(record) else ""
        return format_html('<span class="nowrap">{}</span>{}', date_format(latest.searched_date, "j M Y"), stale)

    def render_comments(self, record: Gap) -> SafeString | str:
        open_threads = len(record.open_threads)  # type: ignore[attr-defined]  # prefetched by for_rows
        return format_html('<a href="{}comments/">{}</a>', record.get_absolute_url(), open_threads) if open_threads else "–"

    def order_time_frame(self, queryset: GapQuerySet, is_descending: bool) -> tuple[GapQuerySet, bool]:
        """By the shortest time, the gaps without one last."""
        return _by(queryset, F("time_frame_days"), is_descending=is_descending), True

    def order_tier(self, queryset: GapQuerySet, is_descending: bool) -> tuple[GapQuerySet, bool]:
        return _by(queryset, Case(When(tier="", then=None), default=F("tier")), is_descending=is_descending), True

    def order_reasons(self, queryset: GapQuerySet, is_descending: bool) -> tuple[GapQuerySet, bool]:
        primary = GapReason.objects.filter(gap=OuterRef("pk"), primary=True).order_by()
        return _by(queryset, Subquery(primary.values("code")[:1]), is_descending=is_descending), True

    def order_certainty(self, queryset: GapQuerySet, is_descending: bool) -> tuple[GapQuerySet, bool]:
        assessments = CertaintyAssessment.objects.filter(gap=OuterRef("pk")).order_by("-assessed_date", "-pk")
        return _by(queryset, Subquery(assessments.values("level")[:1]), is_descending=is_descending), True

    def order_verification(self, queryset: GapQuerySet, is_descending: bool) -> tuple[GapQuerySet, bool]:
        verifications = Verification.objects.filter(gap=OuterRef("pk")).order_by("-pk")
        return _by(queryset, Subquery(verifications.values("searched_date")[:1]), is_descending=is_descending), True


def _by(queryset: GapQuerySet, value: Any, *, is_descending: bool) -> GapQuerySet:
    """In the order of a value, the gaps without one last."""
    ordered = queryset.alias(sorted_by=value)
    shown = F("sorted_by")
    return ordered.order_by(shown.desc(nulls_last=True) if is_descending else shown.asc(nulls_last=True), "uid")
