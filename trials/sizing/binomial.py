"""The binomial test of ½ given how many were counted: where it rejects, its power, and that power averaged over chance numbers.

The same test compares people who respond on one treatment alone (McNemar) and events on one treatment with those on the other.
"""

from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Sort = Literal["exact", "mid_p", "asymptotic"]
Numbers = NDArray[np.float64]

BLOCK = 256
REACH = 9.0  # standard deviations on both sides of a mean beyond which nothing is left (1e-18)
LARGEST_START = 4096  # up to so many counted, an envelope starts from none


def tail(at_least: Any, counted: Any, share: float) -> Any:
    """P(X ≥ at_least) for a binomial X of so many counted."""
    from scipy import special

    k, m = np.asarray(at_least, dtype=float), np.asarray(counted, dtype=float)
    inside = special.betainc(np.clip(k, 1.0, None), np.maximum(m - k + 1.0, 1.0), share)
    return np.where(k <= 0, 1.0, np.where(k > m, 0.0, inside))


@lru_cache(maxsize=1024)
def _first_rejected(sort: Sort, alpha: float, block: int) -> Numbers:
    """The smallest count that one-sided alpha rejects, for each m of a block; m + 1 where there is none.

    Notes
    -----
    Exact: P(X ≥ k) ≤ α. Mid-p: P(X > k) + ½P(X = k) ≤ α. Asymptotic: 2k − m ≥ z√m. Twice the smaller tail is compared with twice alpha by a
    two-sided test, which is why half of alpha is passed for it.
    """
    from scipy import special

    m = np.arange(block * BLOCK, (block + 1) * BLOCK, dtype=float)
    z = -special.ndtri(alpha)
    if sort == "asymptotic":
        k = np.minimum(np.ceil((m + z * np.sqrt(m)) / 2.0 - 1e-9), m + 1.0)
        return np.maximum(k, m == 0)
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


@lru_cache(maxsize=2048)
def _rejecting(sort: Sort, alpha: float, sides: int, share: float, block: int) -> Numbers:
    k = _first_rejected(sort, alpha / sides, block)
    m = np.arange(block * BLOCK, (block + 1) * BLOCK, dtype=float)
    far = tail(k, m, 1.0 - share) if sides == 2 else 0.0
    return np.asarray(np.minimum(tail(k, m, share) + far, 1.0))


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
    blocks = [_rejecting(sort, alpha, sides, share, block) for block in range(low // BLOCK, high // BLOCK + 1)]
    start = low - low // BLOCK * BLOCK
    return np.concatenate(blocks)[start : start + high - low + 1]


class Law:
    """The distribution of the number that is counted, on a window that holds all but 1e-15 of it."""

    def __init__(self, low: int, chances: Numbers) -> None:
        self.low, self.chances = low, chances / chances.sum()

    @property
    def high(self) -> int:
        return self.low + len(self.chances) - 1

    def mean_of(self, values: Numbers) -> float:
        return float(min(1.0, max(0.0, self.chances @ values)))


def _law(mean: float, variance: float, largest: float, log_step: Any, further: float = 20.0) -> Law:
    """A law from the logarithm of P(m + 1)/P(m), without logarithms of factorials, which lose digits."""
    reach = REACH * variance**0.5 + further
    low, high = int(max(0.0, mean - reach)), int(min(largest, mean + reach))
    m = np.arange(low, high, dtype=float)
    log_chances = np.concatenate([[0.0], np.cumsum(log_step(m))])
    return Law(low, np.exp(log_chances - log_chances.max()))


@lru_cache(maxsize=4096)
def binomial(n: int, share: float) -> Law:
    """How many of n people are counted."""
    if share >= 1.0:
        return Law(n, np.ones(1))
    odds = share / (1.0 - share)
    return _law(n * share, n * share * (1.0 - share), n, lambda m: np.log((n - m) / (m + 1.0) * odds))


@lru_cache(maxsize=4096)
def poisson(mean: float) -> Law:
    """How many events are counted."""
    return _law(mean, mean, np.inf, lambda m: np.log(mean / (m + 1.0)))


def average(law: Law, sort: Sort, alpha: float, sides: int, share: float) -> float:
    """The power of the test, averaged over how many are counted."""
    return law.mean_of(rejecting(sort, alpha, sides, share, law.low, law.high))


def envelope(law: Law, sort: Sort, alpha: float, sides: int, share: float) -> float:
    """An upper bound of the average power that never falls when more are counted.

    Notes
    -----
    The power given m goes up and down like the teeth of a saw. Its running maximum G(m) = max over j ≤ m does not fall, and as larger trials count
    more (in stochastic order), neither does E[G(M)] ≥ power. So no n below the first whose bound reaches the target can reach it.
    Far out the running maximum begins a few teeth (which are about 2√m/z long) before the window.
    """
    start = 0 if law.low <= LARGEST_START else law.low - int(4.0 * law.low**0.5) - 64
    upper = np.maximum.accumulate(rejecting(sort, alpha, sides, share, start, law.high))
    return law.mean_of(upper[law.low - start :])
