"""Exact tests of preferences in two sequences that leave room for a period effect: Prescott's and that of Mainland and Gart."""

from functools import lru_cache
from math import floor, log
from typing import Literal

import numpy as np
from numpy.typing import NDArray

SequenceTest = Literal["prescott", "mainland_gart"]
Shares = tuple[float, float]
Rejected = NDArray[np.bool_]

MOST_EXACT = 30  # people in a sequence; the work grows with the fourth power
SAME = 1.0 + 1e-9  # chances that differ by less are the same chance


@lru_cache(maxsize=64)
def _answers(n: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """How many of n people can be better in period 1 and in period 2, and the logarithm of the ways to get there."""
    from scipy import special

    first, second = (values.ravel() for values in np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij"))
    first, second = first[first + second <= n], second[first + second <= n]
    ways = (
        special.gammaln(n + 1.0) - special.gammaln(first + 1.0) - special.gammaln(second + 1.0) - special.gammaln(n - first - second + 1.0)
    )
    return first, second, ways


@lru_cache(maxsize=256)
def _chances(n: int, shares: Shares) -> NDArray[np.float64]:
    """The trinomial chances of those answers."""
    first, second, ways = _answers(n)
    same = 1.0 - sum(shares)
    logs = [log(share) if share > 0 else -np.inf for share in (*shares, same)]
    total = ways.copy()
    for count, one in zip((first, second, n - first - second), logs, strict=True):
        total += np.where(count > 0, count * (one if np.isfinite(one) else -1e300), 0.0)
    return np.asarray(np.exp(total))


@lru_cache(maxsize=128)
def _prescott(n_first: int, n_second: int, alpha: float, sides: int) -> Rejected:
    """Which pairs of answers are rejected: rows those of the first sequence, columns those of the second.

    Notes
    -----
    Scores −1, 0, 1 for better in period 2, no difference, better in period 1. Given how often each occurs in both sequences together, the sum of
    the first sequence's scores has a permutation distribution (multivariate hypergeometric): each table weighs as many ways as lead to it.
    """
    a1, a2, ways_a = _answers(n_first)
    b1, b2, ways_b = _answers(n_second)
    size, width = n_first + n_second + 1, 2 * n_first + 1
    totals = (a1[:, None] + b1) * size + a2[:, None] + b2
    score = np.broadcast_to((a1 - a2 + n_first)[:, None], totals.shape)
    ways = np.exp(ways_a[:, None] + ways_b - ways_a.max() - ways_b.max())
    law = np.bincount((totals * width + score).ravel(), ways.ravel(), size * size * width).reshape(size * size, width)
    whole = law.sum(axis=1, keepdims=True)
    law = np.divide(law, whole, out=np.zeros_like(law), where=whole > 0)
    high = np.cumsum(law[:, ::-1], axis=1)[:, ::-1]
    p = high if sides == 1 else 2.0 * np.minimum(high, np.cumsum(law, axis=1))
    return np.asarray((p <= alpha * SAME)[totals, score])


@lru_cache(maxsize=8)
def _fisher(n: int, sides: int) -> NDArray[np.float64]:
    """Fisher's p-values for discordant people m₁, a₁ of whom were better in period 1, and m₂ with b₁; axes m₁, a₁, m₂, b₁, each 0 … n.

    Two-sided: all tables that are no more probable than the one seen, as `fisher.test` in R and `scipy.stats.fisher_exact` do.
    """
    from scipy import special

    count = np.arange(n + 1)
    log_ways = np.full((n + 1, n + 1), -np.inf)  # m choose a
    m, a = np.meshgrid(count, count, indexing="ij")
    log_ways[a <= m] = special.gammaln(m[a <= m] + 1.0) - special.gammaln(a[a <= m] + 1.0) - special.gammaln((m - a)[a <= m] + 1.0)
    found = np.ones((n + 1,) * 4)
    for better in range(2 * n + 1):  # in period 1, both sequences together
        of_first = count[(count <= better) & (better - count <= n)]
        of_second = better - of_first
        law = np.exp(log_ways[:, None, of_first] + log_ways[None, :, of_second])
        whole = law.sum(axis=-1, keepdims=True)
        law = np.divide(law, whole, out=np.zeros_like(law), where=whole > 0)
        if sides == 1:
            p = np.cumsum(law[..., ::-1], axis=-1)[..., ::-1]
        else:
            p = sum(law[..., [x]] * (law[..., [x]] <= law * (1.0 + 1e-7)) for x in range(len(of_first)))
        found[:, of_first, :, of_second] = np.where(law > 0, p, 1.0).transpose(2, 0, 1)
    return found


def _mainland_gart(n_first: int, n_second: int, alpha: float, sides: int) -> Rejected:
    """The same for Fisher's test of sequence against the period that was better, among those who were better in one."""
    a1, a2, _ = _answers(n_first)
    b1, b2, _ = _answers(n_second)
    return np.asarray(_fisher_rejected(-(-max(n_first, n_second) // 10) * 10, alpha, sides)[(a1 + a2)[:, None], a1[:, None], b1 + b2, b1])


@lru_cache(maxsize=32)
def _fisher_rejected(n: int, alpha: float, sides: int) -> Rejected:
    return np.asarray(_fisher(n, sides) <= alpha * SAME)


def exact_power(test: SequenceTest, n_first: int, n_second: int, first: Shares, second: Shares, alpha: float, sides: int) -> float:
    """Power by enumeration of all answers that both sequences can give.

    Parameters
    ----------
    n_first, n_second : int
        People who start with the treatment, and with the comparator.
    first, second : tuple of float
        In each sequence the shares of people who are better in period 1 only and in period 2 only; unlike mirror images of each other
        when there is a period effect.
    alpha : float
        In total over the sides.
    sides : {1, 2}
        One side rejects when the treatment is better; two sides count twice the smaller tail (Prescott) or Fisher's two-sided p.

    Examples
    --------
    >>> round(exact_power("prescott", 10, 10, (0.45, 0.10), (0.10, 0.45), 0.05, 2), 3)
    0.477
    """
    if min(n_first, n_second) < 1:
        return 0.0
    rejected = (_prescott if test == "prescott" else _mainland_gart)(n_first, n_second, alpha, sides)
    found = float(_chances(n_first, first) @ rejected @ _chances(n_second, second))
    return min(1.0, max(0.0, found))


def between_whole(test: SequenceTest, people: tuple[float, float], only: Shares, alpha: float, sides: int) -> float:
    """Power without a period effect; fractions of people are weighed between the whole numbers around them."""
    found = 0.0
    corners = [
        ((floor(n + 1e-9), 1.0 - max(0.0, n - floor(n + 1e-9))), (floor(n + 1e-9) + 1, max(0.0, n - floor(n + 1e-9)))) for n in people
    ]
    for n_first, share_first in corners[0]:
        for n_second, share_second in corners[1]:
            if share_first * share_second > 1e-9:
                found += share_first * share_second * exact_power(test, n_first, n_second, only, only[::-1], alpha, sides)
    return found
