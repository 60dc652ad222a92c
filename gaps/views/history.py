"""What happened to a gap."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gaps.timeline import in_words, timeline
from gaps.views.page import find_gap, gap_page

ENTRIES_PER_PAGE = 25


@login_not_required
@require_safe
def gap_history(request: HttpRequest, uid: str) -> HttpResponse:
    """One timeline: moves, verifications, assessments, and who changed what, newest first."""
    gap = find_gap(request, uid)

    page = Paginator(timeline(gap), ENTRIES_PER_PAGE).get_page(request.GET.get("page"))

    return gap_page(request, gap, "gaps/gap_history.html", {"page": page, "entries": in_words(page.object_list, request.user)})
