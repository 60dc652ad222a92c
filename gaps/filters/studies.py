"""Which studies the list shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.utils.translation import gettext_lazy as _

from gaps.models import Study, Term
from ldnplanner.common.filters import ListFilter

if TYPE_CHECKING:
    from gaps.models.study import StudyQuerySet

UNDER_WAY = "under_way"


def populations() -> list[tuple[str, str]]:
    """The populations that a study can be of, by their short names."""
    return [(term.slug, term.label) for term in Term.objects.populations()]


class StudyFilter(ListFilter):
    """The filter bar above the studies; without a status it leaves out the withdrawn ones."""

    design = django_filters.ChoiceFilter(choices=Study.Design.choices, label=_("Design"), empty_label=_("Any"))
    population = django_filters.ChoiceFilter(
        field_name="population_group__slug", choices=populations, label=_("Population"), empty_label=_("Any")
    )

    class Meta:
        model = Study
        fields = ("q", "design", "population", "status")

    def statuses(self) -> list[tuple[Any, Any]]:
        return [(UNDER_WAY, _("Planned or under way")), *super().statuses()]

    def having_status(self, queryset: StudyQuerySet, _name: str, value: str) -> StudyQuerySet:
        return queryset.under_way() if value == UNDER_WAY else super().having_status(queryset, _name, value)
