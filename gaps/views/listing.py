"""The list of gaps."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gaps.exports.gap_lines import COLUMNS, lines_of
from gaps.filters.gaps import GapFilter
from gaps.models import Gap, SavedView
from gaps.tables.gaps import GapTable
from gaps.views.saved import saved_views
from ldnplanner.common.lists import Listing, answer

LISTING = Listing("gap_list", "gaps/gap_list.html", "gaps/_gap_count.html", "gaps/_gap_rows.html", COLUMNS, lines_of)


@login_not_required
@require_safe
def gap_list(request: HttpRequest) -> HttpResponse:
    """The gaps that this reader may see, filtered, sorted and paged; or the filtered ones as a file."""
    gaps = Gap.objects.visible_to(request.user).for_rows()

    filters = GapFilter(request.GET, gaps, request=request)
    table = GapTable(filters.qs, order_by=request.GET.getlist("sort") or None)

    views = saved_views(SavedView.Page.GAP_LIST, request.user)
    return answer(
        request,
        LISTING,
        filters,
        table,
        saved="gaps/_saved_views.html",
        views=views,
        saved_page=SavedView.Page.GAP_LIST,
        query=filters.query(),
    )
