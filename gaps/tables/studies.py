"""The list of studies as readers see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django_tables2 as tables
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from gaps.models import Study

if TYPE_CHECKING:
    from gaps.models.study import StudyQuerySet


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
