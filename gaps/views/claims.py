"""The claim audit: what the article says, held against what is known."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import F, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gaps.models import Claim, Gap, Study

CLAIMS_PER_PAGE = 25


@login_not_required
@require_safe
def claim_list(request: HttpRequest) -> HttpResponse:
    """The claims in the order of their source, each with its finding, the evidence and the gaps that it touches."""
    readable = Prefetch("gaps", Gap.objects.visible_to(request.user))
    oldest_first = Prefetch("studies", Study.objects.order_by(F("year").asc(nulls_last=True), "label"))
    claims = Claim.objects.select_related("source").prefetch_related(
        readable, oldest_first, "sources", "studies__sources", "studies__registrations"
    )

    paginator = Paginator(claims, CLAIMS_PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))

    pages = {"page": page, "paginator": paginator, "prefixed_page_field": "page"}
    return render(request, "gaps/claim_list.html", {"claims": page.object_list, "pages": pages})
