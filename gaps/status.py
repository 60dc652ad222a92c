"""How a gap moves from one status to the next: one table, asked by pages, the admin, imports and the shell alike.

Another app that knows something about gaps adds its moves, or guards of a move, with `add` and `require` in its
``AppConfig.ready()``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gaps.guards import (
    ENDED,
    LIVE,
    Guard,
    causes,
    has_cause_to_reopen,
    has_priority,
    has_result,
    is_complete,
    is_found_answered,
    is_own,
    is_stale,
    is_verified,
    latest_verification,
    says_into_which,
    says_why_withdrawn,
)
from gaps.models import Evidence, Gap, StatusChange

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User

__all__ = [
    "ENDED",
    "LIVE",
    "TRANSITIONS",
    "Guard",
    "MoveRefused",
    "Offer",
    "Role",
    "Status",
    "Transition",
    "add",
    "causes",
    "check",
    "check_edited",
    "is_own",
    "is_stale",
    "latest_verification",
    "move",
    "moves",
    "offers",
    "plays",
    "require",
    "targets",
]

Status = Gap.Status
LONGEST_NOTE = 400
LONGEST_CHANGE_REASON = 100  # of django-simple-history


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
    """A move that the table knows from where a gap is: whether this person may make it, who may, and what it still needs.

    ``asked`` is the part of ``wanted`` that is said with the move itself: the reason for withdrawing, the gap merged into.
    """

    target: Status
    may: bool
    wanted: list[str]
    who: str = ""
    asked: list[str] = field(default_factory=list)

    @property
    def is_free(self) -> bool:
        return self.may and not self.wanted

    @property
    def lacking(self) -> list[str]:
        """What has to be there before the move can be made at all."""
        return [words for words in self.wanted if words not in self.asked]


SAID_WITH_THE_MOVE = (says_why_withdrawn, says_into_which)


def offers(gap: Gap, user: User | AbstractBaseUser | AnonymousUser | None) -> list[Offer]:
    """Every move from where the gap is, for this person, in the order of the life of a gap."""
    may = moves(gap, user)
    found = []
    for target in targets(gap.status):
        transition = TRANSITIONS[gap.status, target]
        wanted = {guard: guard(gap) for guard in transition.guards}
        found.append(
            Offer(
                target,
                target in may,
                [words for needed in wanted.values() for words in needed],
                _who(transition),
                [words for guard, needed in wanted.items() if guard in SAID_WITH_THE_MOVE for words in needed],
            )
        )
    return found


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
        raise MoveRefused(_("Only %(roles)s can make %(gap)s %(target)s."), code="role", params=words | {"roles": _who(transition)})
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


def move(gap: Gap, target: str, *, by: User | AbstractBaseUser | AnonymousUser | None, note: str = "") -> None:
    """Give the gap another status, and write into the log who did it; ``by`` none is the register itself.

    What a guard wants on the gap itself (a reason for withdrawing, the gap merged into) is set on it before, unsaved.

    Raises
    ------
    MoveRefused
        When the move is not allowed, or somebody else has moved the gap meanwhile; nothing is changed then.
    """
    current = gap.status
    try:
        with transaction.atomic():
            _check_unmoved(gap)
            check(gap, target, by)
            gap.status = target
            note = note or (gap.withdrawn_reason if target == Status.WITHDRAWN else "")
            log = StatusChange(gap=gap, from_status=current, to_status=target, actor=by, note=note[:LONGEST_NOTE])  # type: ignore[misc]  # a user
            log.save(force_insert=True)
            reason = note or f"{current} → {target}"
            gap._change_reason = reason[:LONGEST_CHANGE_REASON]  # type: ignore[attr-defined]  # noqa: SLF001  (django-simple-history's name)
            gap.save()
    except BaseException:
        gap.status = current
        raise


def _check_unmoved(gap: Gap) -> None:
    """Whether the gap still has, in the database, the status that whoever moves it has seen; locks it until the move is made."""
    stored = Gap.objects.select_for_update().values_list("status", flat=True).get(pk=gap.pk)
    if stored != gap.status:
        message = _("%(gap)s has become %(current)s meanwhile; look at it again.")
        raise MoveRefused(message, code="moved", params={"gap": gap.uid, "current": _lower(stored)})


def _who(transition: Transition) -> str:
    """Who may make a move, in words."""
    return str(_(" or ")).join(str(role.value) for role in transition.roles)


def _lower(status: str) -> str:
    """The word of a status; one that there is not, as it was typed."""
    return str(Status(status).label).lower() if status in Status.values else status
