"""Which gaps the list shows: words, kind, reason, origin and status, from the page's address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.utils.translation import gettext_lazy as _

from gaps.models import Gap
from gaps.models.reason import ReasonLetter
from ldnplanner.common.filters import ListFilter

if TYPE_CHECKING:
    from gaps.models.queryset import GapQuerySet


class GapFilter(ListFilter):
    """The filter bar above the list; without a status it shows the gaps in scope."""

    further_exports = (
        ("gap_export", "json", "JSON"),
        ("gap_export", "epicot", _("Markdown (EPICOT+)")),
        ("gap_export", "nice", _("NICE rationale")),
        ("gap_export", "ris", "RIS"),
    )

    kind = django_filters.ChoiceFilter(choices=Gap.Kind.choices, label=_("Kind"), empty_label=_("Any"))
    reason = django_filters.ChoiceFilter(
        choices=ReasonLetter.choices, method="having_reason", label=_("Reason"), empty_label=_("Any, A to D")
    )
    origin = django_filters.ChoiceFilter(choices=Gap.Origin.choices, label=_("Origin"), empty_label=_("Any"))

    class Meta:
        model = Gap
        fields = ("q", "kind", "reason", "origin", "status")

    def statuses(self) -> list[tuple[Any, Any]]:
        """Drafts are offered to those who may view gaps."""
        may_see_drafts = self.request is not None and self.request.user.has_perm("gaps.view_gap")
        return [(value, label) for value, label in super().statuses() if value != Gap.Status.DRAFT or may_see_drafts]

    def having_reason(self, queryset: GapQuerySet, _name: str, value: str) -> GapQuerySet:
        return queryset.with_reason(value)
