"""What taking a file in would change: every record held against the register, which is only read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gaps.exchange.decision import Decision, Verdict
from gaps.exchange.planner import Planner
from gaps.exchange.record import Failure, Reading
from gaps.exchange.register import Target

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True, eq=False)
class Plan:
    """What taking a file in would change. `failures` are the records that could not be read and those that are refused."""

    reading: Reading
    decisions: tuple[Decision, ...]
    targets: tuple[Target, ...]
    overwrite: bool

    def count(self, verdict: Verdict) -> int:
        return sum(1 for decision in self.decisions if decision.verdict is verdict)

    def counts(self) -> dict[str, int]:
        """The file in numbers: ``in_file = read + failed``, and what becomes of those read."""
        return {
            **self.reading.counts(),
            **{verdict.name.lower(): self.count(verdict) for verdict in Verdict},
            "kept": sum(1 for decision in self.decisions for change in decision.changes if not change.taken),
        }

    def failures(self) -> list[Failure]:
        """Every record that would not be taken in, in the order of the file."""
        refused = [decision.failure for decision in self.decisions if decision.failure]
        return sorted([*self.reading.failures, *refused], key=lambda failure: failure.line)

    def changes_nothing(self) -> bool:
        return not self.count(Verdict.NEW) and not self.count(Verdict.CHANGED)

    def digest(self) -> str:
        """The same for the same plan; another as soon as the register has changed what would happen."""
        lines = [
            [
                decision.record.line,
                decision.verdict.name,
                str(decision.target.pk) if decision.target else "",
                [list(vars(change).values()) for change in decision.changes],
            ]
            for decision in self.decisions
        ]
        return hashlib.sha256(json.dumps([self.overwrite, self.reading.in_file, lines]).encode()).hexdigest()


def make_plan(reading: Reading, by: User, *, overwrite: bool = False) -> Plan:
    """Hold every record against the register as it is now.

    Parameters
    ----------
    overwrite
        Whether a filled field takes the file's value where that is another; without it the register's stays, and the difference is told.
    """
    planner = Planner(by, overwrite)
    planner.prepare(reading)
    decisions = tuple(planner.decide(record) for record in reading.records)
    return Plan(reading, decisions, tuple(planner.finish()), overwrite)
