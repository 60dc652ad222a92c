"""The binomial test of ½ given how many were counted: where it rejects, its power, and that power averaged over chance numbers.

The same test compares people who respond on one treatment alone (McNemar) and events on one treatment with those on the other.
"""

from collections.abc import Callable
from functools import lru_cache
from math import ceil
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Sort = Literal["exact", "mid_p", "asymptotic"]
Numbers = NDArray[np.float64]

BLOCK = 256
REACH = 9.0  # standard deviations on both sides of a mean beyond which nothing is left (1e-18)
LARGEST_START = 4096  # up to so many counted, an envelope starts from none
MANY = 20_000
MOST_NUMBERS, FEWER_NUMBERS = 4_000, 1_000
MOST_STEPS = 20_000


def tail(at_least: Any, counted: Any, share: float) -> Any:
    """P(X ≥ at_least) for a binomial X of so many counted, by the incomplete beta function.

    Of more than 20,000 counted it is the normal distribution with corrections for continuity and skewness, which is right to 1e-5.
    """
    from scipy import special

    k, m = np.asarray(at_least, dtype=float), np.asarray(counted, dtype=float)
    if m.size and m.min() > MANY and 0.0 < share < 1.0:
        sd = np.sqrt(m * share * (1.0 - share))
        x = (k - 0.5 - m * share) / sd
        skewed = (1.0 - 2.0 * share) / sd * (x * x - 1.0) * np.exp(-0.5 * x * x) / (6.0 * (2.0 * np.pi) ** 0.5)
        inside = np.clip(special.ndtr(-x) + skewed, 0.0, 1.0)
    else:
        inside = special.betainc(np.clip(k, 1.0, None), np.maximum(m - k + 1.0, 1.0), share)
    return np.where(k <= 0, 1.0, np.where(k > m, 0.0, inside))


def first_rejected(sort: Sort, alpha: float, m: Numbers) -> Numbers:
    """The smallest count that one-sided alpha rejects for each number counted; m + 1 where there is none.

    Notes
    -----
    Exact: P(X ≥ k) ≤ α. Mid-p: P(X > k) + ½P(X = k) ≤ α. Asymptotic: 2k − m ≥ z√m. A two-sided test compares twice the smaller tail with alpha,
    which is why half of alpha is passed for it.
    """
    from scipy import special

    z = -special.ndtri(alpha)
    if sort == "asymptotic":
        return np.asarray(np.maximum(np.minimum(np.ceil((m + z * np.sqrt(m)) / 2.0 - 1e-9), m + 1.0), m == 0))
    level = alpha * (1.0 + 1e-12)

    def p_value(k: Numbers, m: Numbers) -> Numbers:
        at_least = tail(k, m, 0.5)
        return np.asarray(at_least if sort == "exact" else (at_least + tail(k + 1.0, m, 0.5)) / 2.0)

    k = np.clip(np.ceil((m + z * np.sqrt(m)) / 2.0), 0.0, m + 1.0)
    while len(low := np.flatnonzero((k <= m) & (p_value(k, m) > level))):
        k[low] += 1.0
    while len(high := np.flatnonzero((k > 0) & (p_value(k - 1.0, m) <= level))):
        k[high] -= 1.0
    return np.asarray(np.maximum(k, m == 0))  # who has counted nothing rejects nothing


@lru_cache(maxsize=1024)
def _first_rejected(sort: Sort, alpha: float, block: int) -> Numbers:
    return first_rejected(sort, alpha, np.arange(block * BLOCK, (block + 1) * BLOCK, dtype=float))


def _power_given(sort: Sort, alpha: float, sides: int, share: float, m: Numbers, k: Numbers) -> Numbers:
    far = tail(k, m, 1.0 - share) if sides == 2 else 0.0
    return np.asarray(np.minimum(tail(k, m, share) + far, 1.0))


@lru_cache(maxsize=2048)
def _block(sort: Sort, alpha: float, sides: int, share: float, block: int) -> Numbers:
    m = np.arange(block * BLOCK, (block + 1) * BLOCK, dtype=float)
    return _power_given(sort, alpha, sides, share, m, _first_rejected(sort, alpha / sides, block))


def rejecting(sort: Sort, alpha: float, sides: int, share: float, low: int, high: int) -> Numbers:
    """P(reject) for m = low … high counted.

    Parameters
    ----------
    sort : {"exact", "mid_p", "asymptotic"}
    alpha : float
        In total over the sides.
    sides : {1, 2}
        One side rejects for many; two sides reject in either direction.
    share : float
        The true chance that one who is counted is counted for the treatment; ½ gives the size of the test.
    """
    blocks = [_block(sort, alpha, sides, share, block) for block in range(low // BLOCK, high // BLOCK + 1)]
    start = low - low // BLOCK * BLOCK
    return np.concatenate(blocks)[start : start + high - low + 1]


class Law:
    """The distribution of the number that is counted: numbers that hold all but 1e-15 of it, and their chances.

    More than 4,000 numbers (a mean of some 50,000) are represented by every so many; their step is odd, so that even and odd ones take part alike.
    """

    def __init__(self, counted: Numbers, chances: Numbers) -> None:
        self.counted, self.chances = counted, chances / chances.sum()

    @property
    def is_whole(self) -> bool:
        return len(self.counted) < 2 or bool(self.counted[1] - self.counted[0] == 1)

    def given(self, sort: Sort, alpha: float, sides: int, share: float, before: int = 0) -> Numbers:
        """P(reject) for each of the numbers, and for so many before the first."""
        low = int(self.counted[0]) - before
        if self.is_whole:
            return rejecting(sort, alpha, sides, share, low, int(self.counted[-1]))
        return _power_given(sort, alpha, sides, share, self.counted, first_rejected(sort, alpha / sides, self.counted))

    def mean_of(self, values: Numbers) -> float:
        return float(min(1.0, max(0.0, self.chances @ values)))


def _law(mean: float, variance: float, largest: float, log_step: Callable[[Numbers], Numbers]) -> Law:
    """A law from the logarithm of P(m + 1)/P(m), without logarithms of factorials, which lose digits; a normal one where it has many numbers."""
    reach = REACH * variance**0.5 + 20.0
    low, high = max(0.0, mean - reach), min(largest, mean + reach)
    if high - low > MOST_NUMBERS:
        step = int((high - low) / FEWER_NUMBERS) | 1
        counted = np.floor(low) + step * np.arange(int((high - low) / step) + 1, dtype=float)
        return Law(counted, np.exp(-((counted - mean) ** 2) / (2.0 * variance)))
    counted = np.arange(int(low), int(high) + 1, dtype=float)
    log_chances = np.concatenate([[0.0], np.cumsum(log_step(counted[:-1]))])
    return Law(counted, np.exp(log_chances - log_chances.max()))


@lru_cache(maxsize=4096)
def binomial(n: int, share: float) -> Law:
    """How many of n people are counted."""
    if share >= 1.0:
        return Law(np.array([float(n)]), np.ones(1))
    odds = share / (1.0 - share)
    return _law(n * share, n * share * (1.0 - share), n, lambda m: np.log((n - m) / (m + 1.0) * odds))


@lru_cache(maxsize=4096)
def poisson(mean: float) -> Law:
    """How many events are counted."""
    return _law(mean, mean, np.inf, lambda m: np.log(mean / (m + 1.0)))


def average(law: Law, sort: Sort, alpha: float, sides: int, share: float) -> float:
    """The power of the test, averaged over how many are counted."""
    return law.mean_of(law.given(sort, alpha, sides, share))


def envelope(law: Law, sort: Sort, alpha: float, sides: int, share: float) -> float:
    """An upper bound of the average power that never falls when more are counted.

    Notes
    -----
    The power given m goes up and down like the teeth of a saw. Its running maximum G(m) = max over j ≤ m does not fall, and as larger trials count
    more (in stochastic order), neither does E[G(M)] ≥ power. So no n below the first whose bound reaches the target can reach it.
    Far out the running maximum begins a few teeth (which are about 2√m/z long) before the first number.
    """
    low = int(law.counted[0])
    before = 0 if not law.is_whole else low if low <= LARGEST_START else int(4.0 * low**0.5) + 64
    return law.mean_of(np.maximum.accumulate(law.given(sort, alpha, sides, share, before))[before:])


def first_n(power: Callable[[float], float], least: float, rise: float, target_power: float, unit: int) -> float:
    """The first number of people, in whole units, that reaches the target.

    Parameters
    ----------
    power : callable
        Takes a number of people.
    least : float
        Below it no n reaches the target.
    rise : float
        How many more are counted with each further person, on average.

    Notes
    -----
    One more that is counted changes the power by less than 1, so that a further person changes it by less than `rise`: an n that falls short by δ
    is followed by none that reaches the target before n + δ/rise. So people are added by as many as that, or by one unit.
    """
    n = float(max(1, ceil(least / unit - 1e-9)) * unit)
    for _ in range(MOST_STEPS):
        if (short := target_power - power(n)) <= 0:
            return n
        n += unit * max(1, int(short / (rise * unit)))
    return n
