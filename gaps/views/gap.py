"""A gap's own page: the question, where it comes from, why it is open."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from gaps.models import Gap
from gaps.views.page import find_gap, gap_page

NEIGHBOURS = 5


@login_not_required
@require_safe
def gap_detail(request: HttpRequest, uid: str) -> HttpResponse:
    """One gap: the words that raise it, the question in parts, why it is open, and who takes it up."""
    gap = find_gap(request, uid)
    if gap.merged_into:
        return redirect(gap.merged_into)

    elements = gap.epicot()
    numbers = {citation.cited_id: citation.number for passage in gap.passages.all() for citation in passage.source.citations.all()}
    protocols = getattr(gap, "protocols", None)
    kin = Gap.objects.visible_to(request.user).in_scope().filter(kind=gap.kind).exclude(pk=gap.pk)

    return gap_page(
        request,
        gap,
        "gaps/gap_detail.html",
        {
            "parts": gap.parts(),
            "elements": elements,
            "elements_given": sum(1 for element in elements if element.text),
            "missing": gap.missing(),
            "sources": [(link, numbers.get(link.source_id)) for link in gap.source_links.all()],
            "protocols": None if protocols is None else protocols.visible_to(request.user),
            "neighbours": kin[:NEIGHBOURS] if gap.kind else [],
        },
    )
