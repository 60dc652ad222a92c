"""Priority rounds: the list, what a round asks, its results, and what curators do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gaps.exports.round_results import KINDS, exported
from gaps.filters.rounds import AskableFilter
from gaps.forms.priority import RoundForm
from gaps.models import Ballot, Gap, PriorityRound
from gaps.priority import ranks
from gaps.rounds import course
from gaps.rounds.results import Results, Row, ballots_cast, results
from gaps.rounds.tiers import set_tiers
from gaps.tables.rounds import RoundTable
from ldnplanner.common.charts import rank_intervals
from ldnplanner.common.charts.rank_intervals import RankInterval
from ldnplanner.common.lists import paged

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from ldnplanner.common.requests import SignedInRequest

GAPS_PER_PAGE = 50
curators_only = permission_required("gaps.curate_gap", raise_exception=True)


@login_not_required
@require_safe
def round_list(request: HttpRequest) -> HttpResponse:
    """The rounds that this reader may know of."""
    asked = PriorityRound.objects.visible_to(request.user).for_list()

    table = paged(request, RoundTable(asked, order_by=request.GET.getlist("sort") or None))

    return render(request, "gaps/round_list.html", {"table": table})


@login_not_required
@require_safe
def round_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What a round asks, and once it may be seen, what came of it; a scorer of an open blinded round sees only the ballot."""
    asked = _find(request, slug)
    is_curator = request.user.has_perm("gaps.curate_gap")
    if asked.is_open and asked.blinded and request.user.has_perm("gaps.score_gap") and not is_curator:
        return redirect("round_ballot", asked.slug)
    found = results(asked) if asked.shows_results() else None
    seen = set(asked.gaps.visible_to(request.user).values_list("pk", flat=True))
    if found and (kind := request.GET.get("_export")) in KINDS:
        return exported(_only(found, seen), str(kind))

    context: dict[str, Any] = {
        "round": asked,
        "gaps": asked.gaps.visible_to(request.user).order_by("uid"),
        "hidden": asked.gaps.count() - len(seen),
        "is_curator": is_curator,
    }
    if is_curator and not found:
        context |= {"wanted": [] if asked.opened_at else course.wanted(asked), "ballots": ballots_cast(asked)}
        context["fewest"] = ranks.FEWEST
    if found:
        context |= _result_context(request, _only(found, seen))

    return render(request, "gaps/round_detail.html", context)


@curators_only
def round_add(request: SignedInRequest) -> HttpResponse:
    return _edit(request, PriorityRound(created_by=request.user, method=PriorityRound.Method.CHNRI))


@curators_only
def round_edit(request: SignedInRequest, slug: str) -> HttpResponse:
    asked = get_object_or_404(PriorityRound, slug=slug)
    if asked.opened_at:
        return _locked(request, asked)

    return _edit(request, asked)


@curators_only
def round_gaps(request: SignedInRequest, slug: str) -> HttpResponse:
    """Choose what a draft asks about: the ticks of one page are kept at a time, or all that the filter finds are added."""
    asked = get_object_or_404(PriorityRound, slug=slug)
    if asked.opened_at:
        return _locked(request, asked)
    filters = AskableFilter(request.GET, Gap.objects.filter(status__in=course.ASKABLE).order_by("uid"), request=request)
    page = Paginator(filters.qs, GAPS_PER_PAGE).get_page(request.GET.get("page"))

    if request.method == "POST":
        _choose(request, asked, filters.qs, list(page))
        return redirect(request.get_full_path())

    chosen = set(asked.gaps.values_list("pk", flat=True))
    context = {"round": asked, "filters": filters, "page": page, "chosen": chosen, "most": course.MOST_GAPS}
    return render(request, "gaps/round_gaps.html", context)


@curators_only
@require_POST
def round_open(request: SignedInRequest, slug: str) -> HttpResponse:
    asked = get_object_or_404(PriorityRound, slug=slug)

    try:
        course.open_round(asked)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("“%(round)s” is open: scorers may vote, and what is asked stays as it is.") % {"round": asked.name})

    return redirect(asked)


@curators_only
@require_POST
def round_close(request: SignedInRequest, slug: str) -> HttpResponse:
    asked = get_object_or_404(PriorityRound, slug=slug)

    try:
        course.close_round(asked)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("“%(round)s” is closed; everybody may see its results.") % {"round": asked.name})

    return redirect(asked)


@curators_only
@require_POST
def round_tiers(request: SignedInRequest, slug: str) -> HttpResponse:
    """Put the tiers of the round on its gaps, and say which gaps did not move, and why."""
    asked = get_object_or_404(PriorityRound, slug=slug)

    try:
        outcome = set_tiers(asked, by=request.user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect(asked)
    given = ngettext("%(n)d gap has its tier", "%(n)d gaps have their tiers", outcome.given) % {"n": outcome.given}
    moved = ngettext("%(n)d is now prioritised", "%(n)d are now prioritised", outcome.moved) % {"n": outcome.moved}
    messages.success(request, f"{given}; {moved}.")
    for refusal in outcome.refusals:
        messages.warning(request, refusal)

    return redirect(asked)


def _find(request: HttpRequest, slug: str) -> PriorityRound:
    return get_object_or_404(PriorityRound.objects.visible_to(request.user), slug=slug)


def _locked(request: SignedInRequest, asked: PriorityRound) -> HttpResponse:
    messages.error(
        request, _("“%(round)s” has been opened: what it asks stays as it is. Set up another round instead.") % {"round": asked.name}
    )
    return redirect(asked)


def _edit(request: SignedInRequest, asked: PriorityRound) -> HttpResponse:
    form = RoundForm(request.POST if request.method == "POST" else None, instance=asked)

    if request.method == "POST" and form.is_valid():
        is_new = asked.pk is None
        kept = form.save()
        messages.success(request, _("“%(round)s” is saved.") % {"round": kept.name})
        return redirect("round_gaps", kept.slug) if is_new else redirect(kept)

    context = {"form": form, "round": asked if asked.pk else None}
    return render(request, "gaps/round_form.html", context, status=422 if form.is_bound else 200)


def _choose(request: SignedInRequest, asked: PriorityRound, matching: Any, shown: list[Gap]) -> None:
    """Add and take away what was ticked and unticked; more than a ballot can bear is refused as a whole."""
    ticked = set(request.POST.getlist("gap"))
    if request.POST.get("action") == "all":
        added, removed = list(matching[: course.MOST_GAPS + 1]), []
    else:
        added = [gap for gap in shown if gap.uid in ticked]
        removed = [gap for gap in shown if gap.uid not in ticked]

    kept = set(asked.gaps.values_list("pk", flat=True)) - {gap.pk for gap in removed} | {gap.pk for gap in added}
    if len(kept) > course.MOST_GAPS:
        words = _("A round asks about at most %(most)d gaps; choose fewer, or narrow the filter first.")
        messages.error(request, words % {"most": course.MOST_GAPS})
        return
    asked.gaps.set(kept)
    count = len(kept)
    messages.success(request, ngettext("%(n)d gap is chosen.", "%(n)d gaps are chosen.", count) % {"n": count})


# Results


def _only(found: Results, seen: set[int]) -> Results:
    """The results of the gaps that a reader may see; ranks stay those among all gaps of the round."""
    return Results(found.round, [row for row in found.rows if row.gap.pk in seen], found.ballots, found.groups)


def _result_context(request: HttpRequest, found: Results) -> dict[str, Any]:
    is_chnri = found.round.method == PriorityRound.Method.CHNRI
    ranked = sorted(found.rows, key=lambda row: (row.rank, row.gap.uid))
    tiers = [(tier, [row for row in found.rows if row.tier == tier]) for tier in Gap.Tier] if found.has_tiers else []
    return {
        "results": found,
        "tiers": tiers,
        "ranked": ranked,
        "is_chnri": is_chnri,
        "shows_scores": "scores" in request.GET,
        "figures": _figures(found, ranked) if found.has_tiers else [],
        "groups": [Ballot.Constituency(name).label for name in found.groups],
        "ballots": [(Ballot.Constituency(name).label, count) for name, count in found.ballots.items()],
        "fewest": ranks.FEWEST,
        "stable": ranks.STABLE,
        "resamples": ranks.RESAMPLES,
        "exports": KINDS,
    }


def _figures(found: Results, ranked: list[Row]) -> list[SafeString]:
    count = found.round.gaps.count()
    drawn = [
        RankInterval(row.gap.uid, row.gap.title, row.rank, row.rank_low, row.rank_high)
        for row in ranked
        if row.rank_low is not None and row.rank_high is not None
    ]
    return [
        mark_safe(rank_intervals.draw(drawn, count, size=size, prefix="ranks"))  # noqa: S308  # our own chart escapes every text
        for size in rank_intervals.SIZES
    ]
