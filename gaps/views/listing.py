"""The list of gaps."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gaps.filters import GapFilter
from gaps.models import Gap
from gaps.tables import EXPORTED, GapTable, export_rows
from ldnplanner.common.lists import Listing, answer

LISTING = Listing(
    "gap_list", "gaps/gap_list.html", "gaps/_gap_count.html", "gaps/_gap_rows.html", EXPORTED, lambda gaps: export_rows(gaps.for_page())
)


@login_not_required
@require_safe
def gap_list(request: HttpRequest) -> HttpResponse:
    """The gaps that this reader may see, filtered, sorted and paged; or the filtered ones as a file."""
    gaps = Gap.objects.visible_to(request.user).for_list()

    filters = GapFilter(request.GET, gaps, request=request)
    table = GapTable(filters.qs, order_by=request.GET.getlist("sort") or None)

    return answer(request, LISTING, filters, table)
