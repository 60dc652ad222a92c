"""The public pages of the research gaps."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gaps.filters import GapFilter
from gaps.models import Gap
from gaps.tables import EXPORTED, GapTable, export_rows
from ldnplanner.common.lists import Listing, answer

NEIGHBOURS = 5
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


@login_not_required
@require_safe
def gap_detail(request: HttpRequest, uid: str) -> HttpResponse:
    """One gap: the words that raise it, the question in parts, why it is open, and who takes it up."""
    gap = get_object_or_404(Gap.objects.visible_to(request.user).for_page(), uid=uid)

    parts = gap.parts()
    numbers = {citation.cited_id: citation.number for passage in gap.passages.all() for citation in passage.source.citations.all()}
    protocols = getattr(gap, "protocols", None)
    kin = Gap.objects.visible_to(request.user).in_scope().filter(kind=gap.kind).exclude(pk=gap.pk)

    return render(
        request,
        "gaps/gap_detail.html",
        {
            "gap": gap,
            "parts": parts,
            "parts_given": sum(1 for part in parts if part.text),
            "missing": gap.missing(),
            "sources": [(link, numbers.get(link.source_id)) for link in gap.source_links.all()],
            "protocols": None if protocols is None else protocols.visible_to(request.user),
            "neighbours": kin[:NEIGHBOURS] if gap.kind else [],
        },
    )
