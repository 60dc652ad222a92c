"""The desk's pages for studies with their registrations, and for the words of the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from gaps.admin.history import HistoryAdmin
from gaps.admin.parts import NamedCells
from gaps.evidence.figure import Figure
from gaps.models import Basis, Registration, Study, Term

if TYPE_CHECKING:
    from gaps.models.study import StudyQuerySet

BASIS_MARKS = {Basis.REPORTED: "R", Basis.DERIVED: "D", Basis.ASSUMED: "A", Basis.UNVERIFIED: "U"}


def basis_mark(basis: str) -> str:
    """The letter of a basis with its word behind, as the site's pages mark figures."""
    known = Basis(basis)
    letter = BASIS_MARKS[known]
    return format_html('<span class="src src-{}" title="{}">{}</span>', letter.lower(), known.label, letter)


class UnverifiedFilter(admin.SimpleListFilter):
    """Studies of which something has not been checked yet."""

    title = _("unverified")
    parameter_name = "unverified"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [("yes", _("Something is unverified")), ("no", _("Nothing is marked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.exclude(unverified="") if self.value() == "yes" else queryset.filter(unverified="")


class RegistrationInline(NamedCells, admin.TabularInline[Registration, Study]):
    model = Registration
    extra = 0
    fields = ("identifier", "checked_date")
    verbose_name_plural = _("registrations: each number as its registry writes it; a pasted address is shortened")


@admin.register(Study)
class StudyAdmin(HistoryAdmin[Study]):
    fieldsets = (
        (
            None,
            {
                "fields": ("label", "slug", "title", "design", "status"),
                "description": _("The label is what lists and charts call it; the short name is its address and never changes."),
            },
        ),
        (_("When"), {"fields": ("year", ("start_date", "completion_date"))}),
        (
            _("Who and what"),
            {
                "fields": (
                    "population",
                    "population_group",
                    "regimen",
                    ("dose_low_mg", "dose_high_mg"),
                    ("n_randomised", "n_analysed"),
                    ("periods", "treatment_days", "washout_days"),
                ),
                "description": _("As registered or published; leave empty what was not found. Doses and days feed the charts."),
            },
        ),
        (
            _("Where it is reported"),
            {"fields": ("sources",), "description": _("Its reports among the sources, each with a DOI, a PMID or an address.")},
        ),
        (
            _("What a reader must know"),
            {
                "fields": ("note", "unverified"),
                "description": _("Whatever stands under unverified is shown with the mark U and never as a fact."),
            },
        ),
        (_("Figures"), {"fields": ("figures",), "description": _("Each figure has a page of its own, where it can also be derived.")}),
    )
    readonly_fields = ("figures",)
    prepopulated_fields = {"slug": ("label",)}
    autocomplete_fields = ("population_group", "sources")
    formfield_overrides = {models.CharField: {"widget": forms.TextInput(attrs={"size": 90})}}
    inlines = (RegistrationInline,)
    list_display = ("label", "marks", "design", "status", "results", "people", "figure_count", "registered")
    list_filter = (UnverifiedFilter, "design", "status", "population_group")
    list_per_page = 50
    search_fields = ("label", "title", "registrations__identifier", "sources__doi")
    search_help_text = _("Label, title, registration, DOI, author or figure; every word must occur.")
    ordering = ("label",)

    def get_queryset(self, request: HttpRequest) -> StudyQuerySet:
        studies = Study.objects.select_related("population_group").prefetch_related("registrations")
        return studies.annotate(figure_count=Count("estimates")).order_by(*self.ordering)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Study], search_term: str) -> tuple[QuerySet[Study], bool]:
        return queryset.filter(pk__in=Study.objects.search(search_term)) if search_term else queryset, False

    def get_prepopulated_fields(self, request: HttpRequest, obj: Study | None = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    @admin.display(description=_("results"), ordering="year")
    def results(self, study: Study) -> str:
        return "–" if study.year is None else str(study.year)

    @admin.display(description=_("people"), ordering="n_randomised")
    def people(self, study: Study) -> str:
        return "–" if study.n_randomised is None else str(study.n_randomised)

    @admin.display(description=_("registrations"))
    def registered(self, study: Study) -> str:
        links = [(registration.link(), registration.identifier) for registration in study.registrations.all()]
        return format_html_join(", ", '<a href="{}">{}</a>', links) or "–"

    @admin.display(description=_("figures"), ordering="figure_count")
    def figure_count(self, study: Study) -> int:
        return int(getattr(study, "figure_count", 0))

    @admin.display(description=_("mark"), ordering="unverified")
    def marks(self, study: Study) -> str:
        return basis_mark(Basis.UNVERIFIED) if study.unverified else ""

    @admin.display(description=_("its figures"))
    def figures(self, study: Study) -> str:
        if study.pk is None:
            return str(_("Save the study first; then its figures are added here."))
        lines = [
            (
                reverse("admin:gaps_estimate_change", args=[estimate.pk]),
                estimate.label,
                basis_mark(estimate.basis),
                figure.value,
                figure.interval or "–",
                figure.people or "–",
            )
            for estimate in study.estimates.select_related("outcome_domain")
            for figure in (Figure(estimate),)
        ]
        head = [_("figure"), _("basis"), _("value"), _("interval"), _("participants")]
        table = format_html(
            "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
            format_html_join("", '<th scope="col">{}</th>', ((words,) for words in head)),
            format_html_join("", '<tr><th scope="row"><a href="{}">{}</a></th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>', lines),
        )
        add = format_html('<p><a href="{}?study={}">{}</a></p>', reverse("admin:gaps_estimate_add"), study.pk, _("Add a figure"))
        return format_html("{}{}", table, add) if lines else add


@admin.register(Term)
class TermAdmin(HistoryAdmin[Term]):
    fieldsets = (
        (
            None,
            {"fields": ("scheme", "label", "slug", "position"), "description": _("A row or a column of the map, and a word to find by.")},
        ),
        (
            _("Of an outcome"),
            {
                "fields": ("better", "unit", ("scale_min", "scale_max")),
                "description": _("The common scale, on which differences measured on other scales are laid beside each other."),
            },
        ),
    )
    prepopulated_fields = {"slug": ("label",)}
    list_display = ("label", "scheme", "position", "unit", "better")
    list_filter = ("scheme",)
    search_fields = ("label", "slug")
    search_help_text = _("Label or short name.")
    ordering = ("scheme", "position", "label")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Term | None = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields
