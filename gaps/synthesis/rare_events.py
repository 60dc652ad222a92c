"""How many people must be followed before a rate of harm can be excluded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import log, log1p

from gaps.synthesis.verdict import LITTLE

MOST_PEOPLE = 10**9


class RateVerdict(StrEnum):
    """What people followed say of a tolerated rate of harm."""

    NO_EVIDENCE = "no_evidence"
    LITTLE = "little"
    SOME = "some"
    BELOW = "below"
    ABOVE = "above"


@dataclass(frozen=True)
class Followed:
    """People followed and events among them, held against a rate that would still be tolerated.

    Attributes
    ----------
    n : int
        People followed.
    events : int
        Those of them with the event.
    tolerated_rate : float
        0–1.
    alpha : float
        One-sided, 0–1.
    """

    n: int
    events: int
    tolerated_rate: float
    alpha: float = 0.05

    def __post_init__(self) -> None:
        if not 0 <= self.events <= self.n:
            raise ValueError(f"No more people have an event than are followed: {self.events} of {self.n}.")
        if not (0 < self.tolerated_rate < 1 and 0 < self.alpha < 1):
            raise ValueError(f"A tolerated rate and alpha lie between 0 and 1, not {self.tolerated_rate:g} and {self.alpha:g}.")

    @property
    def needed(self) -> int:
        """People of whom so many events, and no more, exclude the tolerated rate."""
        return people_to_exclude(self.tolerated_rate, self.alpha, self.events)

    @property
    def fraction(self) -> float:
        """People followed as a share of those needed with as many events; 1 is enough."""
        return self.n / self.needed

    def verdict(self) -> RateVerdict:
        """Whether the rate of harm is below the tolerated one, above it, or still open, then by the share of people.

        Notes
        -----
        Exact one-sided binomial tests: below when so few events have a probability of at most alpha at the tolerated rate,
        above when so many have.
        """
        if not self.n:
            return RateVerdict.NO_EVIDENCE
        if chance_of_at_most(self.events, self.n, self.tolerated_rate) <= self.alpha:
            return RateVerdict.BELOW
        if self.events and 1.0 - chance_of_at_most(self.events - 1, self.n, self.tolerated_rate) <= self.alpha:
            return RateVerdict.ABOVE
        return RateVerdict.SOME if self.fraction >= LITTLE else RateVerdict.LITTLE


def chance_of_at_most(events: int, n: int, rate: float) -> float:
    """The binomial probability of so many events or fewer among n people, each with the given rate (0–1).

    Examples
    --------
    >>> round(chance_of_at_most(0, 299, 0.01), 4)
    0.0495
    """
    if not events:
        return (1.0 - rate) ** n
    from scipy import special

    return float(special.bdtr(events, n, rate)) if events < n else 1.0


def people_to_exclude(rate: float, alpha: float, events: int = 0) -> int:
    """The fewest people among whom so many events make a rate (0–1) implausible at a one-sided alpha (0–1).

    Notes
    -----
    The smallest n with P(X ≤ events; n, rate) ≤ alpha; with no event that is ln(alpha)/ln(1 − rate) rounded up (Hanley and
    Lippman-Hand, JAMA 1983;249:1743–5), close to three divided by the rate.

    Examples
    --------
    >>> people_to_exclude(0.01, 0.05)
    299
    """
    if not events:
        low = int(log(alpha) / log1p(-rate))
        return next(n for n in range(max(low - 1, 1), low + 3) if (1.0 - rate) ** n <= alpha)
    low, high = events, max(2 * events, 2)
    while chance_of_at_most(events, high, rate) > alpha and high < MOST_PEOPLE:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if chance_of_at_most(events, middle, rate) <= alpha else (middle, high)
    return high
