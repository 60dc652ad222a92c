"""Exact laws of rare events: among people (binomial), or over time on the drug (Poisson). Functions take numbers or arrays.

Notes
-----
All tails are incomplete beta and gamma functions, which also serve fractions of people:
P(X ≥ k) = I_p(k, n − k + 1) for n people who each have the event with chance p; P(X ≤ x) = Q(x + 1, λT) for a rate λ over T person-years.
"""

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from scipy import special

# room for the last digits of a tail that lies on its level exactly
ALLOWANCE = 1e-12
MANY_EVENTS = 1e7  # the width of an interval then varies by less than one part in a thousand
LARGEST_SIZE = 1e9
MOST_HALVINGS = 100  # beyond 2⁵³ events neighbours are the same number


class Law:
    """How many events so much `size` shows: people, or person-years."""

    def at_least(self, events: Any, rate: Any, size: Any) -> Any:
        """P(X ≥ events)."""
        raise NotImplementedError

    def at_most(self, events: Any, rate: Any, size: Any) -> Any:
        """P(X ≤ events); 0 for −1 events."""
        raise NotImplementedError

    def upper_limit(self, events: Any, size: Any, alpha: Any) -> Any:
        """The rate at which so few events or fewer have the chance alpha."""
        raise NotImplementedError

    def lower_limit(self, events: Any, size: Any, alpha: Any) -> Any:
        """The rate at which so many events or more have the chance alpha; 0 where there is none."""
        raise NotImplementedError

    def chances(self, rate: float, size: float) -> tuple[Any, Any]:
        """The numbers of events that have a chance worth counting, and these chances."""
        raise NotImplementedError

    def spread(self, rate: float, size: float) -> float:
        """The variance of the number of events."""
        raise NotImplementedError

    def size_for_limit(self, events: int, limit: float, alpha: float) -> float:
        """The size at which the upper limit of so many events falls to `limit`; at every larger size it lies below."""
        raise NotImplementedError

    def size_for_events(self, events: int, rate: float, chance: float) -> float:
        """The size at which so many events or more are seen with this chance."""
        return _root(lambda size: self.at_least(events, rate, size) >= chance, max(events - 1.0, 0.0), events / rate)

    def most_events(self, limit: Any, size: Any, alpha: Any) -> Any:
        """The most events with which the limit is still excluded, P(X ≤ x | limit) ≤ alpha; −1 where not even none is enough."""
        mean = np.asarray(limit, dtype=float) * size
        low = np.maximum(np.floor(mean - 12.0 * np.sqrt(mean) - 40.0), -1.0)
        low = np.where(self.at_most(low, limit, size) <= alpha, low, -1.0)
        high = np.ceil(mean + 12.0 * np.sqrt(mean) + 40.0)
        for _ in range(MOST_HALVINGS):
            if not np.any(high - low > 1.0):
                break
            middle = np.floor((low + high) / 2.0)
            excluded = self.at_most(middle, limit, size) <= alpha * (1.0 + ALLOWANCE)
            low, high = np.where(excluded, middle, low), np.where(excluded, high, middle)
        return low[()]

    def exclusion_power(self, limit: Any, rate: Any, size: Any, alpha: Any) -> Any:
        """The chance that the limit is excluded when the rate is true."""
        return np.clip(self.at_most(self.most_events(limit, size, alpha), rate, size), 0.0, 1.0)[()]

    def half_width(self, rate: float, size: float, confidence_level: float) -> float:
        """Half of the expected length of the two-sided exact interval, E[upper − lower]/2, when the rate is true."""
        if rate * size > MANY_EVENTS and self.spread(rate, size) > MANY_EVENTS:
            events, chances = np.array([rate * size]), np.array([1.0])
        else:
            events, chances = self.chances(rate, size)
        tail = (1.0 - confidence_level) / 2.0
        length = self.upper_limit(events, size, tail) - self.lower_limit(events, size, tail)
        return float(length @ chances) / (2.0 * float(chances.sum()))


class AmongPeople(Law):
    """Each of n people has the event, or not, with the same chance: binomial, limits of Clopper and Pearson (1934)."""

    def at_least(self, events: Any, rate: Any, size: Any) -> Any:
        room = np.asarray(size, dtype=float) - events + 1.0
        tail = special.betainc(np.maximum(events, 1e-300), np.maximum(room, 1e-300), np.minimum(rate, 1.0))
        return np.where(np.asarray(events) <= 0, 1.0, np.where(room <= 0, 0.0, tail))[()]

    def at_most(self, events: Any, rate: Any, size: Any) -> Any:
        room = np.asarray(size, dtype=float) - events
        tail = special.betaincc(np.maximum(np.asarray(events) + 1.0, 1e-300), np.maximum(room, 1e-300), np.minimum(rate, 1.0))
        return np.where(np.asarray(events) < 0, 0.0, np.where(room <= 0, 1.0, tail))[()]

    def upper_limit(self, events: Any, size: Any, alpha: Any) -> Any:
        room = np.asarray(size, dtype=float) - events
        return np.where(room <= 0, 1.0, special.betainccinv(np.asarray(events) + 1.0, np.maximum(room, 1e-300), alpha))[()]

    def lower_limit(self, events: Any, size: Any, alpha: Any) -> Any:
        room = np.asarray(size, dtype=float) - events + 1.0
        return np.where(np.asarray(events) <= 0, 0.0, special.betaincinv(np.maximum(events, 1e-300), room, alpha))[()]

    def chances(self, rate: float, size: float) -> tuple[Any, Any]:
        events = _around(rate * size, self.spread(rate, size), size)
        ways = special.gammaln(size + 1.0) - special.gammaln(events + 1.0) - special.gammaln(size - events + 1.0)
        return events, np.exp(ways + special.xlogy(events, rate) + special.xlog1py(size - events, -rate))

    def spread(self, rate: float, size: float) -> float:
        return size * rate * (1.0 - rate)

    def size_for_limit(self, events: int, limit: float, alpha: float) -> float:
        if events == 0:
            return float(np.log(alpha) / np.log1p(-limit))
        tail = special.betaincc
        # the Poisson distribution has the longer tail, so that its size is nearly always enough
        enough = float(special.gammainccinv(events + 1.0, alpha)) / limit
        start = max(float(events), enough * (1.0 - limit) ** 2)
        known = start > events and tail(events + 1.0, start - events, limit) > alpha
        return _root(
            lambda size: size > events and tail(events + 1.0, size - events, limit) <= alpha, start if known else float(events), enough
        )

    def half_width(self, rate: float, size: float, confidence_level: float) -> float:
        """As above; between two whole numbers of people it lies on the line that joins them."""
        whole = np.floor(size)
        if size - whole < 1e-9 or size < 1.0:
            return super().half_width(rate, max(whole, 1.0), confidence_level)
        below, above = (super(AmongPeople, self).half_width(rate, whole + more, confidence_level) for more in (0.0, 1.0))
        return float(below + (above - below) * (size - whole))


class OverTime(Law):
    """Events come at a constant rate over the person-years: Poisson, limits of Garwood (1936)."""

    def at_least(self, events: Any, rate: Any, size: Any) -> Any:
        tail = special.gammainc(np.maximum(events, 1e-300), np.asarray(rate) * size)
        return np.where(np.asarray(events) <= 0, 1.0, tail)[()]

    def at_most(self, events: Any, rate: Any, size: Any) -> Any:
        tail = special.gammaincc(np.maximum(np.asarray(events) + 1.0, 1e-300), np.asarray(rate) * size)
        return np.where(np.asarray(events) < 0, 0.0, tail)[()]

    def upper_limit(self, events: Any, size: Any, alpha: Any) -> Any:
        return special.gammainccinv(np.asarray(events) + 1.0, alpha) / size

    def lower_limit(self, events: Any, size: Any, alpha: Any) -> Any:
        return np.where(np.asarray(events) <= 0, 0.0, special.gammaincinv(np.maximum(events, 1e-300), alpha))[()] / size

    def chances(self, rate: float, size: float) -> tuple[Any, Any]:
        mean = rate * size
        events = _around(mean, mean, np.inf)
        return events, np.exp(special.xlogy(events, mean) - mean - special.gammaln(events + 1.0))

    def spread(self, rate: float, size: float) -> float:
        return rate * size

    def size_for_limit(self, events: int, limit: float, alpha: float) -> float:
        return float(special.gammainccinv(events + 1.0, alpha)) / limit

    def size_for_events(self, events: int, rate: float, chance: float) -> float:
        return float(special.gammaincinv(events, chance)) / rate


AMONG_PEOPLE, OVER_TIME = AmongPeople(), OverTime()


def _around(mean: float, spread: float, most: float) -> Any:
    """The numbers of events within nine SDs and a little more, beyond which less than 1e-16 is left."""
    reach = 9.0 * spread**0.5 + 40.0
    return np.arange(max(np.floor(mean - reach), 0.0), min(np.ceil(mean + reach), most) + 1.0)


def _root(enough: Any, low: float, guess: float) -> float:
    """Where a condition becomes true and stays so, to thirteen digits; at `low` it is not true yet."""
    high = max(low, guess, 1e-9)
    while not enough(high) and high < 1e3 * LARGEST_SIZE:
        low, high = high, 2.0 * high
    for _ in range(200):
        middle = (low + high) / 2.0
        if high - low <= 1e-13 * high or middle in {low, high}:
            break
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


@dataclass(frozen=True)
class Exclusion:
    """Excluding a limit by an exact one-sided test, when trials grow by whole steps of `each` people or person-years.

    Notes
    -----
    The power is a sawtooth. While the most events x that exclude the limit stay the same, more people make x less likely to be kept, and the power
    falls; it jumps where x + 1 events become enough. So the smallest enough n stands at the beginning of a tooth, and the n from which the power
    stays enough follows the last tooth whose end is too low. At a size without rounding, S_x with P(X ≤ x | limit) = alpha, the test has its
    level exactly and its power rises with x, so that halving finds the tooth; rounding up to whole steps only takes power away, and the few teeth
    around it are gone through one by one.
    """

    law: Law
    limit: float
    rate: float
    alpha: float
    each: float

    def power(self, steps: Any) -> Any:
        return self.law.exclusion_power(self.limit, self.rate, np.asarray(steps, dtype=float) * self.each, self.alpha)

    def first(self, target_power: float) -> int | None:
        """The smallest number of steps that is enough."""
        if self.rate >= self.limit:  # more people only make it less likely
            return steps if self.power(steps := self._begins(0)) >= target_power else None
        found = self._first_tooth(lambda events: self._unrounded(events, events), target_power)
        if found is None:
            return None
        events = max(found - 2, 0)
        while self.power(steps := self._begins(events)) < target_power:
            events += 1
        return steps

    def stays(self, target_power: float) -> int | None:
        """The number of steps from which the power stays enough for good."""
        found = None if self.rate >= self.limit else self._first_tooth(lambda events: self._unrounded(events, events + 1), target_power)
        if found is None:
            return None
        events = found + 2
        while events >= 0 and (self._ends(events) < self._begins(events) or self.power(self._ends(events)) >= target_power):
            events -= 1
        return self._begins(events + 1)

    def _unrounded(self, events: int, at: int) -> float:
        return float(self.law.at_most(events, self.rate, self.law.size_for_limit(at, self.limit, self.alpha)))

    def _begins(self, events: int) -> int:
        steps = max(1, ceil(self.law.size_for_limit(events, self.limit, self.alpha) / self.each - 1e-9))
        return steps if self.law.most_events(self.limit, steps * self.each, self.alpha) >= events else steps + 1

    def _ends(self, events: int) -> int:
        return self._begins(events + 1) - 1

    def _first_tooth(self, power: Any, target_power: float) -> int | None:
        """The fewest events with which so much power is reached; None where it takes more than can be counted."""
        low, high = -1, 0
        while power(high) < target_power:
            if high > MANY_EVENTS:
                return None
            low, high = high, 2 * high + 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if power(middle) >= target_power else (middle, high)
        return high
