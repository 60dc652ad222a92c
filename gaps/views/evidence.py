"""The evidence on one gap: what was found, for and against, and when."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from gaps.evidence.charts import dose_chart, findings, findings_chart
from gaps.evidence.pieces import Piece, newest_year_of_the_article, parts, sides, tally
from gaps.models import Gap
from gaps.views.page import find_gap, gap_page, readable
from ldnplanner.templatetags.numbers import amount


@login_not_required
@require_safe
def gap_evidence(request: HttpRequest, uid: str) -> HttpResponse:
    """Everything linked to a gap by its role, the newest study first, with the differences drawn on one axis."""
    gap = find_gap(request, uid)
    if merged_into := readable(gap.merged_into, request):
        return redirect("gap_evidence", merged_into.uid)

    article_year = newest_year_of_the_article(gap)
    pieces = [Piece(link, article_year) for link in gap.evidence.for_page()]
    drawn, left_out = findings(gap, pieces)
    may_link = getattr(request.user, "is_staff", False) and Gap.objects.editable_by(request.user).filter(pk=gap.pk).exists()

    return gap_page(
        request,
        gap,
        "gaps/gap_evidence.html",
        {
            "parts": parts(gap, pieces),
            "article_year": article_year,
            "tally": tally(pieces),
            "sides": sides(gap),
            "matters": amount(gap.target_difference, gap.outcome_domain.unit) if gap.target_difference and gap.outcome_domain else "",
            "findings": drawn,
            "left_out": left_out,
            "findings_chart": findings_chart(gap, drawn),
            "dose_chart": dose_chart(gap, pieces),
            "link_at_desk": reverse("admin:gaps_gap_change", args=[gap.pk]) + "#evidence-group" if may_link else "",
        },
    )
