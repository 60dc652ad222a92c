"""What becomes of a record, and by which changes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_lazy

from gaps.exchange.record import Failure, Record
from gaps.exchange.register import Target


class Verdict(Enum):
    """What becomes of a record."""

    NEW = gettext_lazy("new")
    CHANGED = gettext_lazy("changes")
    SAME = gettext_lazy("same")
    REFUSED = gettext_lazy("refused")


@dataclass(frozen=True)
class Change:
    """One field that the file says otherwise: what stands there, what the file says, and whether that is taken."""

    row: str
    field: str
    old: str
    new: str
    taken: bool


@dataclass(frozen=True, eq=False)
class Decision:
    """What becomes of one record, and by which changes."""

    record: Record
    verdict: Verdict
    target: Target | None = None
    changes: tuple[Change, ...] = ()
    failure: Failure | None = None
