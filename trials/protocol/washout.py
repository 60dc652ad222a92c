"""What is known of how long naltrexone and its effect last, and whether a planned washout covers it.

Half-lives are of naltrexone taken by mouth. Each carries how far it can be trusted, in the register's words: reported (read in the source
named), unverified (seen in a secondary source that was not checked).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise

HALF_LIVES = 5  # after which 3 % of the drug are left
HOURS_A_DAY = 24
NALTREXONE = re.compile(r"\b(naltrexone|ldn)\b", re.IGNORECASE)  # but not methylnaltrexone, another drug


@dataclass(frozen=True)
class HalfLife:
    """The half-life of a substance, in hours, from the lowest to the highest value seen; `basis` speaks of each end."""

    substance: _StrPromise
    low_hours: float
    high_hours: float
    low_basis: Literal["reported", "unverified"]
    high_basis: Literal["reported", "unverified"]
    source: _StrPromise

    @property
    def low_days(self) -> float:
        """Five half-lives, by the lowest value."""
        return HALF_LIVES * self.low_hours / HOURS_A_DAY

    @property
    def high_days(self) -> float:
        """Five half-lives, by the highest value."""
        return HALF_LIVES * self.high_hours / HOURS_A_DAY


@dataclass(frozen=True)
class Lasting:
    """How many days an effect was seen to outlast the drug, in whom, and where that was read."""

    days: int
    label: _StrPromise
    source: _StrPromise


HALF_LIVES_OF_NALTREXONE = (
    HalfLife(gettext_lazy("naltrexone"), 4, 4, "reported", "reported", gettext_lazy("A drug guide (Skyscape, 2025)")),
    HalfLife(
        gettext_lazy("naltrexone, long-term"),
        10,
        10,
        "reported",
        "reported",
        gettext_lazy("About 10 h in serum, Kjome 2011, doi:10.4137/SART.S5452"),
    ),
    HalfLife(
        gettext_lazy("6β-naltrexol"),
        13,
        18,
        "reported",
        "unverified",
        gettext_lazy("The metabolite: 13 h in a drug guide (Skyscape, 2025); 12 to 18 h in a secondary source that was not checked"),
    ),
)
SEEN_TO_LAST = Lasting(
    28,
    gettext_lazy("improvement in Crohn’s disease"),
    gettext_lazy(
        "Smith 2007, 17 people, open-label: sustained 4 weeks after stopping. Read in a secondary source, not checked in the paper. "
        "No blinded withdrawal in fibromyalgia was found"
    ),
)


@dataclass(frozen=True)
class Washout:
    """A planned washout beside what it has to cover; lengths in days, `half_lives` empty for other drugs than naltrexone."""

    washout_days: int
    half_lives: tuple[HalfLife, ...]
    effect_persistence_days: int | None
    seen_to_last: Lasting | None

    @property
    def floor_days(self) -> float | None:
        """The longest of the five half-lives: what the washout must cover for the drug to be gone."""
        return max((one.high_days for one in self.half_lives), default=None)

    @property
    def warnings(self) -> list[str]:
        """In words, what the washout does not cover."""
        found = []
        if self.floor_days is not None and self.washout_days < self.floor_days:
            longest = max(self.half_lives, key=lambda one: one.high_days)
            found.append(
                _(
                    "A washout of {days} is shorter than five half-lives of {substance}, {low:g} to {high:g} days: residual drug reaches into "
                    "the next period. Plan {needed} days or more."
                ).format(
                    days=_days(self.washout_days),
                    substance=longest.substance,
                    low=round(longest.low_days, 1),
                    high=round(longest.high_days, 2),
                    needed=-int(-self.floor_days // 1),
                )
            )
        if self.effect_persistence_days is not None and self.washout_days < self.effect_persistence_days:
            found.append(
                _(
                    "A washout of {days} ends before the effect does, {persistence} after the last dose: part of it carries over. Lengthen the "
                    "washout, or read the outcome later than the effect of the period before can reach, and plan a sensitivity analysis."
                ).format(days=_days(self.washout_days), persistence=_days(self.effect_persistence_days))
            )
        return found

    @property
    def is_open(self) -> bool:
        """Whether nothing is said of how long the effect lasts."""
        return self.effect_persistence_days is None


def washout_of(washout_days: int, drugs: Iterable[str], effect_persistence_days: int | None) -> Washout:
    """The planned washout beside the half-lives of the drugs, as far as they are known here, and beside the effect's own persistence."""
    known = any(NALTREXONE.search(drug) for drug in drugs)
    return Washout(washout_days, HALF_LIVES_OF_NALTREXONE if known else (), effect_persistence_days, SEEN_TO_LAST if known else None)


def _days(days: int) -> str:
    return _("1 day") if days == 1 else _("{n} days").format(n=days)
