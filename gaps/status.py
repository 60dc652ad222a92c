"""How a gap moves from one status to the next: one table, asked by the admin's form, its actions and the shell alike."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gaps.models import Gap

Status = Gap.Status
Guard = Callable[[Gap], list[str]]
"""Says in words what a gap still needs for a move; nothing when the way is free."""


def is_complete(gap: Gap) -> list[str]:
    """Every part of the question, where it comes from, and why it is open."""
    return gap.missing()


def says_why_withdrawn(gap: Gap) -> list[str]:
    """A reason that readers of the withdrawn gap will see."""
    return [] if gap.withdrawn_reason.strip() else [_("the reason for withdrawing it")]


TRANSITIONS: dict[tuple[str, str], list[Guard]] = {
    (Status.DRAFT, Status.DRAFT): [],
    (Status.DRAFT, Status.PROPOSED): [is_complete],
    (Status.DRAFT, Status.WITHDRAWN): [says_why_withdrawn],
    (Status.PROPOSED, Status.PROPOSED): [is_complete],  # an edit must not hollow out what the public reads
    (Status.PROPOSED, Status.WITHDRAWN): [says_why_withdrawn],
    (Status.WITHDRAWN, Status.WITHDRAWN): [says_why_withdrawn],
    (Status.WITHDRAWN, Status.DRAFT): [],
}


class MoveRefused(ValidationError):  # noqa: N818  (reads as what happened)
    """A gap may not, or may not yet, take this status; its message says why."""


def targets(current: str) -> list[Status]:
    """The statuses that a gap may take next, its own among them."""
    return [Status(target) for start, target in TRANSITIONS if start == current]


def check_legal(gap: Gap, current: str, target: str) -> None:
    """Whether the table knows the move at all.

    Raises
    ------
    MoveRefused
        When it does not; the message names the moves that it knows.
    """
    if (current, target) not in TRANSITIONS:
        allowed = [str(status.label).lower() for status in targets(current) if status != current]
        raise MoveRefused(
            _("%(gap)s is %(current)s and cannot become %(target)s; it can become %(allowed)s."),
            code="illegal",
            params=_words(gap, target) | {"current": str(Status(current).label).lower(), "allowed": _(" or ").join(allowed)},
        )


def check(gap: Gap, current: str, target: str) -> None:
    """Whether the gap, as it is now in the database, may go from one status to the other.

    Raises
    ------
    MoveRefused
        When the table knows no such move, or a guard still wants something.
    """
    check_legal(gap, current, target)
    wanted = [words for guard in TRANSITIONS[current, target] for words in guard(gap)]
    if wanted:
        raise MoveRefused(
            _("%(gap)s cannot be %(target)s; it still needs %(wanted)s."),
            code="guarded",
            params=_words(gap, target) | {"wanted": ", ".join(wanted)},
        )


def move(gap: Gap, target: str) -> None:
    """Give the gap another status and keep it.

    Raises
    ------
    MoveRefused
        When the move is not allowed, or the gap already has this status.
    """
    if gap.status == target:
        raise MoveRefused(
            _("%(gap)s already is %(target)s."), code="same", params={"gap": gap.uid, "target": str(Status(target).label).lower()}
        )
    check(gap, gap.status, target)
    gap.status = target
    gap.save(update_fields=["status", "withdrawn_reason", "updated_at"])


def _words(gap: Gap, target: str) -> dict[str, str]:
    return {"gap": gap.uid, "target": str(Status(target).label).lower()}
