"""What is decided about a gap, and what may be decided next."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gaps import status
from gaps.forms.certainty import CertaintyForm
from gaps.forms.move import MoveForm, reopens
from gaps.forms.tier import TierForm
from gaps.forms.verification import VerificationForm
from gaps.models import CertaintyAssessment, Gap, Verification
from gaps.views.page import find_gap, gap_page

if TYPE_CHECKING:
    from ldnplanner.common.requests import SignedInRequest

SHOWN = 10
Status = Gap.Status
VERBS = {
    Status.DRAFT: gettext_lazy("Take it back as a draft"),
    Status.PROPOSED: gettext_lazy("Propose it"),
    Status.VERIFIED: gettext_lazy("Make it verified"),
    Status.PRIORITISED: gettext_lazy("Make it prioritised"),
    Status.DESIGN_LINKED: gettext_lazy("Link its design"),
    Status.IN_TRIAL: gettext_lazy("Put it in trial"),
    Status.PARTLY_ANSWERED: gettext_lazy("Call it answered in part"),
    Status.ANSWERED: gettext_lazy("Call it answered"),
    Status.WITHDRAWN: gettext_lazy("Withdraw it"),
    Status.MERGED: gettext_lazy("Merge it into another gap"),
}


@dataclass(frozen=True)
class Step:
    """One move as the page offers it: its form for those who may make it now, or what stands in the way."""

    offer: status.Offer
    verb: str
    form: MoveForm | None

    @property
    def status(self) -> str:
        return self.offer.target

    @property
    def get_status_display(self) -> str:
        """The word of the status that it leads to; with `status` it is shown as that of a gap is."""
        return str(self.offer.target.label)

    @property
    def is_at_the_desk(self) -> bool:
        """Merging takes another gap, which is found and chosen at the desk."""
        return self.offer.target == Status.MERGED


@login_not_required
@require_safe
def gap_decisions(request: HttpRequest, uid: str) -> HttpResponse:
    """The moves from here, the verifications, the certainty of the evidence, and who sees to it."""
    return _page(request, find_gap(request, uid))


def gap_move(request: SignedInRequest, uid: str) -> HttpResponse:
    gap = find_gap(request, uid)
    if request.method != "POST":  # somebody comes back from signing in
        return redirect("gap_decisions", uid)

    form = MoveForm(request.POST, gap=gap)

    if form.is_valid():
        try:
            form.save(by=request.user)
        except status.MoveRefused as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("%(uid)s now is %(status)s.") % {"uid": gap.uid, "status": gap.get_status_display().lower()})
            return redirect("gap_decisions", uid)
    return _page(request, gap, moved=form, code=422)


def gap_verify(request: SignedInRequest, uid: str) -> HttpResponse:
    gap = find_gap(request, uid)
    if not request.user.has_perm("gaps.review_gap"):
        raise PermissionDenied
    obstacle = _why_not_to_verify(gap, request.user)

    form = VerificationForm(request.POST or None, instance=Verification(gap=gap, verifier=request.user))

    if request.method == "POST" and not obstacle and form.is_valid():
        verification = form.save()
        now = [offer.target.label.lower() for offer in status.offers(find_gap(request, uid), request.user) if offer.is_free]
        words = _("Recorded: %(verdict)s. With it, %(uid)s can be made %(now)s.") if now else _("Recorded: %(verdict)s.")
        said = {"verdict": verification.get_verdict_display().lower(), "uid": gap.uid, "now": _(" or ").join(now)}
        messages.success(request, words % said)
        return _to_moves(gap)
    refused = request.method == "POST"
    return gap_page(request, gap, "gaps/gap_verify.html", {"form": form, "obstacle": obstacle}, code=422 if refused else 200)


def gap_assess(request: SignedInRequest, uid: str) -> HttpResponse:
    gap = find_gap(request, uid)
    if not request.user.has_perm("gaps.review_gap"):
        raise PermissionDenied
    obstacle = _why_not_to_review(gap)
    latest = _latest_assessment(gap, request.GET.get("outcome", ""))

    assessment = CertaintyAssessment(gap=gap, assessor=request.user)
    form = CertaintyForm(
        request.POST or None, instance=assessment, initial=_as_before(latest) if latest else {"outcome_domain": gap.outcome_domain_id}
    )

    if request.method == "POST" and not obstacle and form.is_valid():
        assessment = form.save()
        messages.success(
            request,
            _("Recorded: certainty of the evidence on %(outcome)s is %(level)s.")
            % {"outcome": assessment.outcome_domain, "level": assessment.level_word().lower()},
        )
        if assessment.is_upgraded_in_spite():
            messages.warning(request, _("It is taken up by one domain and down by another, which GRADE does rarely; look at it once more."))
        return _to_moves(gap, "certainty")
    refused = request.method == "POST"
    return gap_page(
        request, gap, "gaps/gap_assess.html", {"form": form, "obstacle": obstacle, "latest": latest}, code=422 if refused else 200
    )


def gap_tier(request: SignedInRequest, uid: str) -> HttpResponse:
    gap = find_gap(request, uid)
    if not (request.user.has_perm("gaps.curate_gap") and gap.status not in status.ENDED):
        raise PermissionDenied
    if request.method != "POST":
        return redirect("gap_decisions", uid)

    form = TierForm(request.POST, instance=find_gap(request, uid))

    if form.is_valid():
        form.save()
        messages.success(request, _("The tier of %(uid)s is saved.") % {"uid": gap.uid})
        return _to_moves(gap)
    return _page(request, gap, tier=form, code=422)


def _page(request: HttpRequest, gap: Gap, *, moved: MoveForm | None = None, tier: TierForm | None = None, code: int = 200) -> HttpResponse:
    today = timezone.localdate()
    verifications = list(gap.verifications.select_related("verifier", "newest_review")[: SHOWN + 1])
    assessments = gap.certainty_assessments.select_related("outcome_domain", "assessor").order_by(
        "outcome_domain__position", "outcome_domain", "-assessed_date", "-pk"
    )
    outcomes = [list(rows) for _outcome, rows in groupby(assessments, key=lambda row: row.outcome_domain_id)]
    is_reviewer, is_curator = (request.user.has_perm(f"gaps.{name}_gap") for name in ("review", "curate"))

    context = {
        "steps": _steps(gap, request.user, moved),
        "refused": moved,
        "causes": status.causes(gap) if gap.status != Status.PROPOSED and gap.is_live else [],
        "verifications": [(row, row.is_current(today), not index) for index, row in enumerate(verifications[:SHOWN])],
        "more_verifications": len(verifications) > SHOWN,
        "why_not_to_verify": _why_not_to_verify(gap, request.user),
        "outcomes": [(rows[0], rows[1 : SHOWN + 1], len(rows) > SHOWN + 1) for rows in outcomes],
        "may_review": is_reviewer,
        "may_assess": is_reviewer and not _why_not_to_review(gap),
        "tier_form": tier or (TierForm(instance=gap) if is_curator and gap.status not in status.ENDED else None),
    }
    return gap_page(request, gap, "gaps/gap_decisions.html", context, code=code)


def _steps(gap: Gap, user: Any, moved: MoveForm | None) -> list[Step]:
    """The moves from where the gap is, those that this person may make now first."""
    steps = []
    for offer in status.offers(gap, user):
        verb = _("Re-open it") if reopens(gap, offer.target) else str(VERBS[offer.target])
        is_open = offer.may and not offer.lacking and offer.target != Status.MERGED
        form = moved if moved is not None and moved.chosen == offer.target else MoveForm(gap=gap, target=offer.target)
        steps.append(Step(offer, verb, form if is_open else None))
    return sorted(steps, key=lambda step: (step.form is None, not step.offer.may))


def _why_not_to_review(gap: Gap) -> str:
    """Why nobody reviews a gap now; empty when reviewers may."""
    if gap.is_live:
        return ""
    return _("%(uid)s is %(status)s; what is proposed or beyond is reviewed.") % {
        "uid": gap.uid,
        "status": gap.get_status_display().lower(),
    }


def _why_not_to_verify(gap: Gap, user: Any) -> str:
    """Why this person does not verify the gap; empty when they may, if they are a reviewer."""
    if status.is_own(gap, user.pk):
        return _("You logged or own this gap. Somebody else verifies it, who reads it with other eyes.")
    return _why_not_to_review(gap)


def _latest_assessment(gap: Gap, outcome: str) -> CertaintyAssessment | None:
    rows = gap.certainty_assessments.select_related("outcome_domain")
    return rows.filter(outcome_domain__slug=outcome).first() if outcome else None


def _as_before(latest: CertaintyAssessment) -> dict[str, Any]:
    """What an assessment said, to begin the next one with; its date is today's."""
    return model_to_dict(latest, fields=[name for name in CertaintyForm.Meta.fields if name != "assessed_date"])


def _to_moves(gap: Gap, part: str = "next") -> HttpResponse:
    return redirect(f"{reverse('gap_decisions', args=[gap.uid])}#{part}")
