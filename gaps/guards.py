"""What a gap needs before it may move, as far as the register itself can judge: functions of a gap that say in words what is lacking."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gaps.models import Evidence, Gap, PriorityRound, Study, Verification

Status = Gap.Status
Guard = Callable[[Gap], list[str]]
"""Says in words what a gap still needs for a move; nothing when the way is free."""

ENDED = (Status.WITHDRAWN, Status.MERGED)
LIVE = tuple(status for status in Status if status not in ENDED)
BELIEVED = (Status.VERIFIED, Status.PRIORITISED, Status.DESIGN_LINKED, Status.IN_TRIAL)
SETTLED = {Status.ANSWERED: Verification.Verdict.ANSWERED, Status.PARTLY_ANSWERED: Verification.Verdict.PARTLY_ANSWERED}
STILL_A_GAP = {Verification.Verdict.TRUE_GAP, Verification.Verdict.PARTLY_ANSWERED}
TELLING = {Evidence.Role.CONTRADICTS, Evidence.Role.ANSWERS, Evidence.Role.PARTLY_ANSWERS}
EXPECTED = {
    Status.IN_TRIAL: {Evidence.Role.ANSWERS, Evidence.Role.PARTLY_ANSWERS},
    Status.ANSWERED: {Evidence.Role.ANSWERS, Evidence.Role.PARTLY_ANSWERS},
    Status.PARTLY_ANSWERED: {Evidence.Role.PARTLY_ANSWERS},
}
"""Evidence that leads a gap on, or agrees with where it is, and so is no cause to look at it again."""


def is_complete(gap: Gap) -> list[str]:
    """Every part of the question, where it comes from, and why it is open."""
    return gap.missing()


def says_why_withdrawn(gap: Gap) -> list[str]:
    """A reason that readers of the withdrawn gap will see."""
    return [] if gap.withdrawn_reason.strip() else [_("the reason for withdrawing it")]


def says_into_which(gap: Gap) -> list[str]:
    """The gap that takes over."""
    target = gap.merged_into
    if target is None:
        return [_("the gap it is merged into")]
    if target.status in ENDED:
        return [_("a gap to merge into that is itself neither merged nor withdrawn")]
    if target.status == Status.DRAFT:  # everybody reads where the merged one leads
        return [_("a gap to merge into that is no draft")]
    return []


def is_verified(gap: Gap) -> list[str]:
    """A current verification that it is a gap still."""
    verification = latest_verification(gap)
    if verification is None:
        return [_("a verification by somebody who neither logged nor owns it")]
    if is_own(gap, verification.verifier_id):
        return [_("a verification by somebody who neither logged nor owns it; the latest is by one who does")]
    if verification.verdict not in STILL_A_GAP:
        return [
            _("a verification that finds it still a gap; the latest says “{verdict}”").format(verdict=verification.get_verdict_display())
        ]
    if not verification.is_current(timezone.localdate()):
        return [_("a new verification; the search of the latest is more than a year old")]
    return []


def is_found_answered(gap: Gap) -> list[str]:
    """A verification that finds it answered, and the evidence that answers it."""
    verification = latest_verification(gap)
    wanted = []
    if verification is None or verification.verdict != Verification.Verdict.ANSWERED:
        wanted.append(_("a verification that finds it answered"))
    if not _has_evidence(gap, Evidence.Role.ANSWERS):
        wanted.append(_("the study that answers it, linked as evidence"))
    return wanted


def has_priority(gap: Gap) -> list[str]:
    """A tier, from a closed round or with a reason."""
    if not gap.tier:
        return [_("a tier")]
    in_closed_round = PriorityRound.objects.closed().filter(gaps=gap).exists()
    return [] if in_closed_round or gap.tier_note.strip() else [_("a closed priority round that it was in, or a reason for its tier")]


def has_result(role: str) -> Guard:
    """A guard that wants the published result which answers the gap, wholly or in part, and how certain it is."""

    def guard(gap: Gap) -> list[str]:
        published = gap.evidence.filter(role=role, study__status=Study.Status.PUBLISHED, study__estimates__isnull=False)
        wanted = (
            [] if published.exists() else [_("a published study with a figure, linked as “{role}”").format(role=Evidence.Role(role).label)]
        )
        return wanted if gap.certainty_assessments.exists() else [*wanted, _("an assessment of certainty")]

    return guard


def has_cause_to_reopen(gap: Gap) -> list[str]:
    """Something that came up since the gap was last looked at."""
    return (
        []
        if is_stale(gap)
        else [_("a verification that has expired or says otherwise, or evidence for or against it that was linked since")]
    )


def is_own(gap: Gap, user_id: int | None) -> bool:
    """Whether this person logged or owns the gap, and so cannot be the one who verifies it."""
    return user_id is not None and user_id in {gap.created_by_id, gap.owner_id}


def latest_verification(gap: Gap) -> Verification | None:
    """The verification in force; reads the prefetched ones where there are any."""
    return next(iter(sorted(gap.verifications.all(), key=lambda row: row.pk, reverse=True)), None)


def is_stale(gap: Gap) -> bool:
    """Whether a gap that was verified should be looked at again."""
    return bool(causes(gap))


def causes(gap: Gap) -> list[str]:
    """Why a gap that was verified should be looked at again, in words; nothing where it stands as it is.

    Its verification has expired or says something else than its status, or telling evidence was linked since. An answer does not expire: it
    stands until a later verification or later evidence speaks against it.
    """
    verification = latest_verification(gap)
    if verification is None:
        return []
    answered_at = (
        max((row.changed_at for row in gap.status_changes.all() if row.to_status == gap.status), default=None)
        if gap.status in SETTLED
        else None
    )
    looked_at = max(verification.verified_at, answered_at or verification.verified_at)
    found = []
    disagrees = (gap.status in BELIEVED and verification.verdict not in STILL_A_GAP) or (
        answered_at is not None and verification.verified_at > answered_at and verification.verdict != SETTLED[Status(gap.status)]
    )
    if disagrees:
        found.append(_("the latest verification says “{verdict}”").format(verdict=verification.get_verdict_display()))
    if gap.status not in SETTLED and not verification.is_current(timezone.localdate()):
        found.append(
            _("the search of its verification, of {day}, is more than a year old").format(
                day=date_format(verification.searched_date, "j M Y")
            )
        )
    telling = TELLING - EXPECTED.get(Status(gap.status), set())
    if count := sum(1 for link in gap.evidence.all() if link.added_at > looked_at and link.role in telling):
        found.append(ngettext("evidence was linked since", "{count} pieces of evidence were linked since", count).format(count=count))
    return found


def _has_evidence(gap: Gap, role: str) -> bool:
    return any(link.role == role for link in gap.evidence.all())
