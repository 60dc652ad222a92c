"""How a gap moves from one status to the next: one table, asked by pages, the admin, imports and the shell alike.

Another app that knows something about gaps adds its moves, or guards of a move, with `add` and `require` in its
``AppConfig.ready()``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gaps.models import Evidence, Gap, PriorityRound, StatusChange, Study, Verification

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User

Status = Gap.Status
Guard = Callable[[Gap], list[str]]
"""Says in words what a gap still needs for a move; nothing when the way is free."""

ENDED = (Status.WITHDRAWN, Status.MERGED)
LIVE = tuple(status for status in Status if status not in ENDED)


class Role(Enum):
    """Who may make a move."""

    AUTHOR = gettext_lazy("its author or owner")
    REVIEWER = gettext_lazy("a reviewer")
    CURATOR = gettext_lazy("a curator")
    SYSTEM = gettext_lazy("the register itself")


@dataclass
class Transition:
    """One legal move: who may make it, and what a gap needs for it."""

    roles: tuple[Role, ...]
    guards: list[Guard] = field(default_factory=list)


# Guards that the register itself can judge


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
    return [_("a gap to merge into that is itself neither merged nor withdrawn")] if target.status in ENDED else []


def is_verified(gap: Gap) -> list[str]:
    """A current verification that it is a gap still."""
    verification = latest_verification(gap)
    if verification is None:
        return [_("a verification by somebody who neither logged nor owns it")]
    if verification.verdict not in {Verification.Verdict.TRUE_GAP, Verification.Verdict.PARTLY_ANSWERED}:
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
    """A verification that has expired, or evidence that came after it."""
    return [] if is_stale(gap) else [_("a verification that has expired, or evidence for or against it that was linked since")]


def latest_verification(gap: Gap) -> Verification | None:
    """The verification in force; reads the prefetched ones where there are any."""
    return next(iter(sorted(gap.verifications.all(), key=lambda row: row.pk, reverse=True)), None)


def is_stale(gap: Gap) -> bool:
    """Whether a gap that was verified should be looked at again: its verification has expired, or evidence was linked since."""
    verification = latest_verification(gap)
    if verification is None:
        return False
    if not verification.is_current(timezone.localdate()):
        return True
    telling = {Evidence.Role.CONTRADICTS, Evidence.Role.ANSWERS, Evidence.Role.PARTLY_ANSWERS}
    return any(link.added_at > verification.verified_at and link.role in telling for link in gap.evidence.all())


def _has_evidence(gap: Gap, role: str) -> bool:
    return any(link.role == role for link in gap.evidence.all())


# The table

AUTHOR, REVIEWER, CURATOR, SYSTEM = Role.AUTHOR, Role.REVIEWER, Role.CURATOR, Role.SYSTEM
TRANSITIONS: dict[tuple[str, str], Transition] = {
    (Status.DRAFT, Status.PROPOSED): Transition((AUTHOR, CURATOR), [is_complete]),
    (Status.PROPOSED, Status.VERIFIED): Transition((REVIEWER,), [is_complete, is_verified]),
    (Status.PROPOSED, Status.ANSWERED): Transition((REVIEWER,), [is_found_answered]),
    (Status.VERIFIED, Status.PRIORITISED): Transition((CURATOR,), [has_priority]),
    (Status.IN_TRIAL, Status.PARTLY_ANSWERED): Transition((REVIEWER,), [has_result(Evidence.Role.PARTLY_ANSWERS)]),
    (Status.IN_TRIAL, Status.ANSWERED): Transition((REVIEWER,), [has_result(Evidence.Role.ANSWERS)]),
    **{
        (status, Status.PROPOSED): Transition((CURATOR, SYSTEM), [has_cause_to_reopen])
        for status in LIVE
        if status not in {Status.DRAFT, Status.PROPOSED}
    },
    **{(status, Status.WITHDRAWN): Transition((AUTHOR, CURATOR), [says_why_withdrawn]) for status in LIVE},
    **{(status, Status.MERGED): Transition((CURATOR,), [says_into_which]) for status in LIVE},
    (Status.WITHDRAWN, Status.DRAFT): Transition((AUTHOR, CURATOR)),
}


def add(current: str, target: str, transition: Transition) -> None:
    """Add a move that only another app can judge, once."""
    TRANSITIONS.setdefault((current, target), transition)


def require(current: str, target: str, guard: Guard) -> None:
    """Add a guard to a move of the table, once."""
    guards = TRANSITIONS[current, target].guards
    if guard not in guards:
        guards.append(guard)


# Asking and moving


class MoveRefused(ValidationError):  # noqa: N818  (reads as what happened)
    """A gap may not, or may not yet, take this status; its message says why."""


def targets(current: str) -> list[Status]:
    """The statuses that a gap may take next, in the order of the life of a gap."""
    return [status for status in Status if (current, status) in TRANSITIONS]


def plays(user: User | AbstractBaseUser | AnonymousUser | None, role: Role, gap: Gap) -> bool:
    """Whether this person, or the register itself (none), may act in a role for a gap."""
    if user is None:
        return role is Role.SYSTEM
    may = getattr(user, "has_perm", lambda _permission: False)
    if role is Role.AUTHOR:
        return bool(may("gaps.change_gap")) and user.pk in {gap.created_by_id, gap.owner_id}
    return bool(may({Role.REVIEWER: "gaps.review_gap", Role.CURATOR: "gaps.curate_gap"}.get(role, "")))


def moves(gap: Gap, user: User | AbstractBaseUser | AnonymousUser | None) -> list[Status]:
    """The statuses that this person may give the gap next, whatever it may still need for them."""
    return [target for target in targets(gap.status) if any(plays(user, role, gap) for role in TRANSITIONS[gap.status, target].roles)]


@dataclass(frozen=True)
class Offer:
    """A move that the table knows from where a gap is: whether this person may make it, and what it still needs."""

    target: Status
    may: bool
    wanted: list[str]

    @property
    def is_free(self) -> bool:
        return self.may and not self.wanted


def offers(gap: Gap, user: User | AbstractBaseUser | AnonymousUser | None) -> list[Offer]:
    """Every move from where the gap is, for this person, in the order of the life of a gap."""
    may = moves(gap, user)
    return [
        Offer(target, target in may, [words for guard in TRANSITIONS[gap.status, target].guards for words in guard(gap)])
        for target in targets(gap.status)
    ]


def check(gap: Gap, target: str, by: User | AbstractBaseUser | AnonymousUser | None) -> None:
    """Whether the gap, as it is now in the database, may take another status by this person's hand.

    Raises
    ------
    MoveRefused
        When the table knows no such move, the person plays none of its roles, or a guard still wants something.
    """
    transition = TRANSITIONS.get((gap.status, target))
    words = {"gap": gap.uid, "current": _lower(gap.status), "target": _lower(target)}
    if gap.status == target:
        raise MoveRefused(_("%(gap)s already is %(target)s."), code="same", params=words)
    if transition is None:
        allowed = _(" or ").join(_lower(status) for status in targets(gap.status)) or _("nothing else")
        message = _("%(gap)s is %(current)s and cannot become %(target)s; it can become %(allowed)s.")
        raise MoveRefused(message, code="illegal", params=words | {"allowed": allowed})
    if not any(plays(by, role, gap) for role in transition.roles):
        roles = _(" or ").join(str(role.value) for role in transition.roles)
        raise MoveRefused(_("Only %(roles)s can make %(gap)s %(target)s."), code="role", params=words | {"roles": roles})
    if wanted := [needed for guard in transition.guards for needed in guard(gap)]:
        message = _("%(gap)s cannot be %(target)s; it still needs %(wanted)s.")
        raise MoveRefused(message, code="guarded", params=words | {"wanted": ", ".join(wanted)})


def check_edited(gap: Gap) -> None:
    """Whether what the public reads of a gap is still whole after an edit.

    Raises
    ------
    MoveRefused
        When a gap beyond a draft lacks what a proposal needs; the message says what.
    """
    wanted = says_why_withdrawn(gap) if gap.status == Status.WITHDRAWN else gap.missing() if gap.status in LIVE[1:] else []
    if wanted:
        message = _("%(gap)s cannot be %(target)s; it still needs %(wanted)s.")
        raise MoveRefused(message, code="guarded", params={"gap": gap.uid, "target": _lower(gap.status), "wanted": ", ".join(wanted)})


@transaction.atomic
def move(gap: Gap, target: str, *, by: User | AbstractBaseUser | AnonymousUser | None, note: str = "") -> None:
    """Give the gap another status, and write into the log who did it; ``by`` none is the register itself.

    What a guard wants on the gap itself (a reason for withdrawing, the gap merged into) is set on it before, unsaved.

    Raises
    ------
    MoveRefused
        When the move is not allowed; nothing is changed then.
    """
    check(gap, target, by)
    current, gap.status = gap.status, target
    StatusChange.objects.create(gap=gap, from_status=current, to_status=target, actor=by, note=note)  # type: ignore[misc]  # a user
    gap._change_reason = (note or f"{current} → {target}")[:100]  # type: ignore[attr-defined]  # noqa: SLF001  (django-simple-history's name)
    gap.save()


def _lower(status: str) -> str:
    return str(Status(status).label).lower()
