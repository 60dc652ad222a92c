"""Gaps as files at the desk: those chosen in the list go out, and a file comes in by the page of imports."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from gaps.exports import graph
from gaps.exports.gap_lines import COLUMNS, lines_of
from gaps.models import Gap
from ldnplanner.common.cells import csv_response, xlsx_response
from ldnplanner.common.download import download


class FileActions(admin.ModelAdmin[Gap]):
    """The actions that give the chosen gaps out, and the link to the imports above the list."""

    change_list_template = "admin/gaps/gap/change_list.html"

    @admin.action(description=_("Export the chosen gaps as CSV"), permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: Any) -> HttpResponse:
        return csv_response("gaps", COLUMNS, lines_of(_chosen(queryset)))

    @admin.action(description=_("Export the chosen gaps as XLSX"), permissions=["view"])
    def export_xlsx(self, request: HttpRequest, queryset: Any) -> HttpResponse:
        return xlsx_response("gaps", COLUMNS, lines_of(_chosen(queryset)))

    @admin.action(description=_("Export the chosen gaps with all that hangs on them (JSON)"), permissions=["view"])
    def export_json(self, request: HttpRequest, queryset: Any) -> HttpResponse:
        return download("gaps.json", "application/json", graph.text_of(_chosen(queryset)))


def _chosen(queryset: Any) -> Any:
    """The chosen gaps without what the desk's list has read for its own columns."""
    return Gap.objects.filter(pk__in=queryset.order_by().values("pk")).order_by("uid")
