"""The trial in time: epochs and visits with their days, from the lengths of time of the design.

One timeline serves the figure, the schedule of activities, the registry sheet, USDM and the text, so that they cannot differ. Day 0 is
randomisation, which is the first day of period 1; the run-in has negative days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trials.protocol.content import Content, DesignFact

EpochKind = Literal["run_in", "period", "washout", "follow_up"]


@dataclass(frozen=True)
class Epoch:
    """A stretch of time from `start_day` up to, but without, `end_day`; `number` counts the epochs of its kind from 1."""

    kind: EpochKind
    number: int
    start_day: int
    end_day: int

    @property
    def days(self) -> int:
        return self.end_day - self.start_day


@dataclass(frozen=True)
class Visit:
    """A planned contact: which occasion, in which epoch, on which day, how, and how many days early or late it may be."""

    occasion: str
    number: int
    epoch: Epoch
    day: int
    mode: str
    window_days: int


def epochs(design: DesignFact) -> tuple[Epoch, ...]:
    """The epochs in order; empty while sequences or the length of a period or washout are not given. Epochs of no length are left out."""
    if not design.sequences or design.period_days is None or design.washout_days is None:
        return ()
    found = []
    run_in = design.run_in_days or 0
    if run_in:
        found.append(Epoch("run_in", 1, -run_in, 0))
    day = 0
    for number in range(1, design.n_periods + 1):
        found.append(Epoch("period", number, day, day + design.period_days))
        day += design.period_days
        if number < design.n_periods and design.washout_days:
            found.append(Epoch("washout", number, day, day + design.washout_days))
            day += design.washout_days
    if design.follow_up_days:
        found.append(Epoch("follow_up", 1, day, day + design.follow_up_days))
    return tuple(found)


def readout_window(design: DesignFact, period: Epoch) -> tuple[int, int] | None:
    """First day and day after the last of the read-out window in a period; none where its length is not given."""
    return (period.end_day - design.readout_days, period.end_day) if design.readout_days else None


def length_days(design: DesignFact) -> int | None:
    """Days from the start of the run-in to the end of follow-up for one person."""
    found = epochs(design)
    return found[-1].end_day - found[0].start_day if found else None


def visits(content: Content) -> tuple[Visit, ...]:
    """The contacts of the schedule in order of their days; those of an epoch that the design has not are left out."""
    return planned(content.said("schedule", "contacts") or [], content.design)


def planned(contacts: Iterable[dict[str, object]], design: DesignFact) -> tuple[Visit, ...]:
    """The same for rows of the schedule and a design, whether stored or just typed."""
    found = [visit for row in contacts if row.get("occasion") for visit in _on(row, epochs(design))]
    return tuple(sorted(found, key=lambda visit: (visit.day, visit.epoch.start_day)))


def _on(row: dict[str, object], planned: tuple[Epoch, ...]) -> Iterator[Visit]:
    occasion, mode = str(row["occasion"]), str(row.get("mode") or "clinic")
    window = row.get("window_days")
    days = int(window) if isinstance(window, int) else 0
    for epoch in planned:
        if (day := _day(occasion, epoch)) is not None:
            yield Visit(occasion, epoch.number, epoch, day, mode, days)


def _day(occasion: str, epoch: Epoch) -> int | None:
    """The day of an occasion in an epoch: last days count as the day before the next epoch begins."""
    if occasion == "screening" and epoch.kind == "run_in":
        return epoch.start_day
    if occasion == "randomisation" and epoch.kind == "period" and epoch.number == 1:
        return epoch.start_day
    if occasion in {"period_start", "period_middle", "period_end"} and epoch.kind == "period":
        return {"period_start": epoch.start_day, "period_middle": epoch.start_day + epoch.days // 2, "period_end": epoch.end_day - 1}[
            occasion
        ]
    if occasion == "washout" and epoch.kind == "washout":
        return epoch.start_day + epoch.days // 2
    if occasion == "follow_up" and epoch.kind == "follow_up":
        return epoch.end_day - 1
    return None
