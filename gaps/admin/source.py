"""The desk's page for sources."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from gaps.admin.history import HistoryAdmin
from gaps.doi import normalise_doi
from gaps.models import Citation, Source


class CitationInline(admin.StackedInline[Citation, Source]):
    model = Citation
    fk_name = "citing"
    extra = 0
    fields = (("number", "cited"),)
    autocomplete_fields = ("cited",)
    verbose_name_plural = _("its numbered references")


@admin.register(Source)
class SourceAdmin(HistoryAdmin[Source]):
    fieldsets = (
        (None, {"fields": ("slug", "kind"), "description": _("The short name tells sources apart in lists and files.")}),
        (
            _("As it is cited"),
            {
                "fields": ("authors", "title", "container_title", ("year", "volume", "pages")),
                "description": _("As printed on the source itself; leave empty what is not printed."),
            },
        ),
        (
            _("Where to find it"),
            {"fields": ("doi", "pmid", "url"), "description": _("A DOI or a PMID if there is one; otherwise a web address.")},
        ),
    )
    inlines = (CitationInline,)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ("short", "title", "kind", "year", "doi_shown", "gap_count")
    list_filter = ("kind",)
    search_fields = ("slug", "authors", "title", "container_title", "doi", "pmid", "url")
    search_help_text = _("Short name, authors, title, journal, DOI or PMID.")
    ordering = ("slug",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        return super().get_queryset(request).annotate(gap_count=Count("gaps"))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Source], search_term: str) -> tuple[QuerySet[Source], bool]:
        return super().get_search_results(request, queryset, normalise_doi(search_term))

    @admin.display(description=_("source"), ordering="slug")
    def short(self, source: Source) -> str:
        return source.short_name() if source.authors else source.slug

    @admin.display(description=_("DOI"), ordering="doi")
    def doi_shown(self, source: Source) -> str:
        return format_html('<a href="{}">{}</a>', source.link(), source.doi) if source.doi else "–"

    @admin.display(description=_("gaps"), ordering="gap_count")
    def gap_count(self, source: Source) -> int:
        return int(getattr(source, "gap_count", 0))
