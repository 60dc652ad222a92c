"""A filtered, sorted and paged list: as a page, as the part of it that a filter changes, or as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django_tables2.rows import BoundRows

from ldnplanner.common.cells import csv_response, xlsx_response

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from ldnplanner.common.filters import ListFilter

ROWS_PER_PAGE = 25
EXPORTS = {"csv": csv_response, "xlsx": xlsx_response}


@dataclass(frozen=True)
class Listing:
    """How one kind of thing is listed: its URL name and templates, and what a line of its file holds and how the file is called."""

    url_name: str
    template: str
    count: str
    rows: str
    exported: Sequence[str]
    export_rows: Callable[[Any], Iterable[Sequence[object]]]
    file: str = ""


class CountedPages(Paginator[Any]):
    """Pages of a table whose length may be known already: nobody counts it again, and the last pages are read from the end."""

    def __init__(self, *args: Any, known: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        if known is not None:
            self.count = known

    def page(self, number: int | str) -> Page[Any]:
        number = self.validate_number(number)
        first, last = (number - 1) * self.per_page, min(number * self.per_page, self.count)
        if self.known is None or first <= self.count // 2:
            return super().page(number)
        rows: Any = self.object_list
        from_the_end = rows.data.data.reverse()[self.count - last : self.count - first]
        return Page(BoundRows(list(from_the_end)[::-1], rows.table), number, self)  # type: ignore[no-untyped-call]


def paged(request: HttpRequest, table: Any, **how: Any) -> Any:
    """The table at the page that was asked for; an unknown page is the first."""
    table.paginate(per_page=ROWS_PER_PAGE, **how)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))
    return table


def answer(request: HttpRequest, listing: Listing, filters: ListFilter, table: Any, **context: Any) -> HttpResponse:
    """The list as it was asked for; an unknown page or format is the first page."""
    if export := EXPORTS.get(request.GET.get("_export", "")):
        return export(listing.file or listing.url_name.removesuffix("_list") + "s", listing.exported, listing.export_rows(table.data.data))
    paged(request, table, paginator_class=CountedPages, known=filters.count_choices())

    template = "lists/changed.html" if request.headers.get("HX-Request") else listing.template
    address = reverse(listing.url_name)
    parts = {"table": table, "filters": filters, "address": address, "count": listing.count, "rows": listing.rows}
    response = render(request, template, parts | context)
    patch_vary_headers(response, ["HX-Request"])
    return response
