"""Which protocols the list shows: words, gap and status, from the page's address."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from gaps.models import Gap
from ldnplanner.common.filters import ListFilter
from trials.models import Protocol
from trials.models.protocol import ProtocolQuerySet


def gap_choices() -> list[tuple[str, str]]:
    """The gaps that some protocol takes up."""
    taken_up = Gap.objects.filter(protocols__isnull=False).distinct().order_by("uid")
    return [(gap.uid, f"{gap.uid} {gap.title}") for gap in taken_up]


class ProtocolFilter(ListFilter):
    """The filter bar above the protocols; without a status it shows the drafts."""

    gap = django_filters.ChoiceFilter(choices=gap_choices, method="for_gap", label=_("Gap"), empty_label=_("Any"))

    class Meta:
        model = Protocol
        fields = ("q", "gap", "status")

    def for_gap(self, queryset: ProtocolQuerySet, _name: str, value: Any) -> ProtocolQuerySet:
        return queryset.filter(gaps__uid=value)
