"""The list of studies: its filter bar, its table, and its lines in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import django_filters
import django_tables2 as tables
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from gaps.models import Study, Term
from ldnplanner.common.filters import ListFilter

if TYPE_CHECKING:
    from gaps.models.study import StudyQuerySet

UNDER_WAY = "under_way"
EXPORTED = (
    "slug",
    "label",
    "title",
    "design",
    "status",
    "year",
    "start_date",
    "completion_date",
    "population",
    "population_group",
    "regimen",
    "dose_low_mg",
    "dose_high_mg",
    "n_randomised",
    "n_analysed",
    "periods",
    "treatment_days",
    "washout_days",
    "registrations",
    "reports",
    "figures",
    "note",
    "unverified",
)


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


class StudyTable(tables.Table):
    """One row a study: what it is, in whom, how large, and how far it has come."""

    caption = _("Studies")
    row_header = "label"

    label = tables.TemplateColumn(template_name="gaps/_study_title.html", verbose_name=_("Study"), attrs={"td": {"class": "full"}})
    population = tables.TemplateColumn(
        "{% firstof record.population record.population_group.label '–' %}", verbose_name=_("Population"), attrs={"td": {"class": "full"}}
    )
    people = tables.TemplateColumn(
        template_name="gaps/_study_people.html",
        accessor="n_randomised",
        order_by=("n_randomised", "label"),
        verbose_name=_("Participants"),
        attrs={"td": {"class": "r lab"}, "th": {"class": "r"}},
    )
    year = tables.TemplateColumn(
        template_name="gaps/_study_date.html", verbose_name=_("Results"), attrs={"td": {"class": "nowrap end lab"}}
    )
    status = tables.TemplateColumn(
        template_name="gaps/_study_status.html", order_by=("status", "label"), verbose_name=_("Status"), attrs={"td": {"class": "full"}}
    )
    registered = tables.TemplateColumn(
        template_name="gaps/_study_links.html", orderable=False, verbose_name=_("Registration"), attrs={"td": {"class": "full small"}}
    )

    class Meta:
        model = Study
        fields = ("label", "population", "people", "year", "status", "registered")
        attrs = {"class": "table table-hover stack cards"}

    def order_year(self, queryset: StudyQuerySet, is_descending: bool) -> tuple[StudyQuerySet, bool]:
        """By the year of the results, the studies without any last."""
        year = F("year")
        return queryset.order_by(year.desc(nulls_last=True) if is_descending else year.asc(nulls_last=True), "label"), True


def export_rows(studies: Iterable[Study]) -> Iterator[list[object]]:
    """The studies as lines of a spreadsheet, in the columns of `EXPORTED`; several values of one cell are parted by "; "."""
    for study in studies:
        texts = {
            "population_group": study.population_group.label if study.population_group else "",
            "registrations": "; ".join(registration.identifier for registration in study.registrations.all()),
            "reports": "; ".join(source.doi or source.link() or source.title for source in study.sources.all()),
            "figures": len(study.estimates.all()),
        }
        yield [texts[name] if name in texts else getattr(study, name) for name in EXPORTED]
