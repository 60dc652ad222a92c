"""The ballot of a priority round: one a scorer, filled in as time allows, until the round closes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from gaps.forms.priority import RankForm, ScoreForm
from gaps.models import Ballot, PriorityRound
from gaps.priority.jla import MOST_RANKED

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.http import HttpResponse

    from gaps.forms.priority import BallotForm
    from gaps.models import Gap
    from ldnplanner.common.requests import SignedInRequest

GAPS_PER_PAGE = 10


@permission_required("gaps.score_gap", raise_exception=True)
def round_ballot(request: SignedInRequest, slug: str) -> HttpResponse:
    """One's own ballot: a page of criteria at a time, or all gaps to rank; kept by its buttons, and by itself where scripts run."""
    asked = get_object_or_404(PriorityRound.objects.visible_to(request.user), slug=slug)
    if request.method != "POST":
        if not asked.is_open:
            return redirect(asked)
        page = _page(request, asked)
        return _answer(request, _form(request, asked, page), page)

    with transaction.atomic():
        asked = PriorityRound.objects.select_for_update().get(pk=asked.pk)  # nobody closes it meanwhile
        page = _page(request, asked)
        form = _form(request, asked, page)
        if form.is_valid():
            form.save()

    if form.is_valid() and not request.headers.get("HX-Request"):
        messages.success(request, _("Your ballot is saved. You can change it until the round closes."))
        following = page.number + 1 if request.POST.get("action") == "next" and page.has_next() else page.number
        return redirect(f"{reverse('round_ballot', args=[asked.slug])}?page={following}")

    return _answer(request, form, page)


def _page(request: SignedInRequest, asked: PriorityRound) -> Page[Gap]:
    gaps = list(asked.gaps.visible_to(request.user).order_by("uid"))  # one that was taken back as a draft is nobody else's to read
    per_page = GAPS_PER_PAGE if asked.method == PriorityRound.Method.CHNRI else max(len(gaps), 1)
    return Paginator(gaps, per_page).get_page(request.GET.get("page"))


def _form(request: SignedInRequest, asked: PriorityRound, page: Page[Gap]) -> BallotForm:
    ballot = asked.ballots.filter(scorer=request.user).first() or Ballot(round=asked, scorer=request.user)
    ballot.round = asked
    form = ScoreForm if asked.method == PriorityRound.Method.CHNRI else RankForm
    return form(request.POST if request.method == "POST" else None, instance=ballot, asked=list(page))


def _answer(request: SignedInRequest, form: BallotForm, page: Page[Gap]) -> HttpResponse:
    ballot = form.instance
    asked = ballot.round
    gaps = page.paginator.count
    is_chnri = asked.method == PriorityRound.Method.CHNRI
    context: dict[str, Any] = {
        "round": asked,
        "form": form,
        "page": page,
        "is_chnri": is_chnri,
        "saved_at": ballot.saved_at if ballot.pk else None,
        "answered": ballot.votes.count() if ballot.pk else 0,
        "total": gaps * len(asked.criteria) if is_chnri else min(gaps, MOST_RANKED),
    }
    template = "gaps/_ballot_state.html" if request.headers.get("HX-Request") else "gaps/ballot.html"
    return render(request, template, context, status=422 if form.errors else 200)
