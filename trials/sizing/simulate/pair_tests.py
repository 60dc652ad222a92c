"""Tests of paired outcomes that are counted or ranked, for many trials at once: who is significant.

All take alpha in total over the sides; two-sided tests spend half of it in each tail.
"""

from collections.abc import Sequence as Many
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Decisions = NDArray[np.bool_]
MOST_EXACT = 30  # people a sequence up to whom Prescott's test is exact


def beyond(statistic: Any, alpha: float, sides: int) -> Decisions:
    """Whether a standard normal statistic is significant; positive values favour the treatment."""
    from scipy import special

    value = np.abs(statistic) if sides == 2 else statistic
    return np.asarray(value > -special.ndtri(alpha / sides))


def binomial(successes: Counts, of: Counts, test: str, alpha: float, sides: int) -> Decisions:
    """Whether successes are more than half of so many, by the binomial distribution with probability ½.

    `exact` counts the whole probability of what was observed, `mid_p` half of it, `asymptotic` takes (2k − m)/√m as normal.
    """
    from scipy import stats

    if test == "asymptotic":
        return beyond((2 * successes - of) / np.sqrt(np.maximum(of, 1)), alpha, sides)
    observed = stats.binom.pmf(successes, of, 0.5) * (0.5 if test == "mid_p" else 1.0)
    significant = stats.binom.sf(successes, of, 0.5) + observed <= alpha / sides
    if sides == 2:
        significant |= stats.binom.cdf(successes - 1, of, 0.5) + observed <= alpha / sides
    return np.asarray(significant)


def mcnemar(treatment: Counts, comparator: Counts, people: Counts, test: str, alpha: float, sides: int) -> Decisions:
    """McNemar's test of people who respond on one treatment only; `wald` divides by the standard error at the observed shares."""
    if test != "wald":
        return binomial(treatment, treatment + comparator, test, alpha, sides)
    difference = treatment - comparator
    variance = treatment + comparator - difference**2 / np.maximum(people, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(difference == 0, 0.0, difference / np.sqrt(np.maximum(variance, 0.0)))
    return beyond(statistic, alpha, sides)


def by_sequence(first: Counts, second: Counts, alpha: float, sides: int, *, ties: bool) -> Decisions:
    """Whether people of the first sequence prefer period 1 more often than those of the second.

    Parameters
    ----------
    first, second : array of shape (trials, 3)
        People of each sequence who did better in period 1, in neither, in period 2.
    ties : bool
        Prescott's test, in which those without a preference count; otherwise the test of Mainland and Gart, without them.

    Notes
    -----
    Prescott 1981: permutation distribution of the sum of the preferences (1, 0, −1) of the first sequence, given how many of all people have
    each preference. Without ties this is Fisher's exact test of sequence by preferred period. Above 30 people a sequence Prescott's is taken
    as normal with the variance of the permutations.
    """
    if not ties:
        first, second = (np.stack([counts[:, 0], np.zeros_like(counts[:, 0]), counts[:, 2]], axis=1) for counts in (first, second))
    size, both, statistic = first.sum(axis=1), first + second, first[:, 0] - first[:, 2]
    if ties and max(size.max(), second.sum(axis=1).max()) > MOST_EXACT:
        n = both.sum(axis=1)
        mean = (both[:, 0] - both[:, 2]) / n
        spread = size * (n - size) / (n * (n - 1.0)) * (both[:, 0] + both[:, 2] - n * mean**2)
        return beyond((statistic - size * mean) / np.sqrt(np.maximum(spread, 1e-300)), alpha, sides)
    rows, back = np.unique(np.column_stack([size, both, statistic]), axis=0, return_inverse=True)
    return np.array([_permuted(tuple(row[:4]), row[4], alpha / sides, sides) for row in rows.tolist()])[back]


def _permuted(margins: tuple[int, int, int, int], statistic: int, alpha: float, sides: int) -> bool:
    chances, at = _permutations(*margins), statistic + margins[0]
    if chances[at:].sum() <= alpha:
        return True
    return bool(sides == 2 and chances[: at + 1].sum() <= alpha)


@lru_cache(maxsize=100_000)
def _permutations(size: int, plus: int, ties: int, minus: int) -> NDArray[np.float64]:
    """The chances of each sum of preferences, −size … size, of so many people drawn from all."""
    from scipy.special import gammaln

    def log_choose(n: Any, k: Any) -> Any:
        inside = (k >= 0) & (k <= n)
        kept = np.where(inside, k, 0)
        return np.where(inside, gammaln(n + 1.0) - gammaln(kept + 1.0) - gammaln(n - kept + 1.0), -np.inf)

    a, b = np.arange(plus + 1)[:, None], np.arange(minus + 1)[None, :]
    chances = np.exp(
        log_choose(plus, a)
        + log_choose(minus, b)
        + log_choose(ties, size - a - b)
        - log_choose(np.array(plus + ties + minus), np.array(size))
    )
    found = np.zeros(2 * size + 1)
    here = chances > 0
    np.add.at(found, (a - b + size)[here], chances[here])
    return found


def wilcoxon(first: NDArray[np.float64], second: NDArray[np.float64], alpha: float, sides: int) -> Decisions:
    """Wilcoxon–Mann–Whitney: whether values of the first group are larger. Normal, with the variance for ties, without continuity correction.

    Parameters
    ----------
    first, second : array of shape (trials, people)
        NaN for people who left.

    Notes
    -----
    With midranks r of N values, Var(Σ r of the first group) = n₁n₂/(N(N − 1))·Σ(r − r̄)², which contains the correction for ties.
    """
    from scipy import stats

    values = np.concatenate([first, second], axis=1)
    here = ~np.isnan(values)
    # those who left get the ranks after everybody else's
    ranks = np.where(here, stats.rankdata(np.where(here, values, np.inf), axis=1), 0.0)
    n1, n = here[:, : first.shape[1]].sum(axis=1), here.sum(axis=1)
    mean = (n + 1.0) / 2.0
    spread = n1 * (n - n1) / np.maximum(n * (n - 1.0), 1.0) * np.where(here, np.square(ranks - mean[:, None]), 0.0).sum(axis=1)
    statistic = (ranks[:, : first.shape[1]].sum(axis=1) - n1 * mean) / np.sqrt(np.maximum(spread, 1e-300))
    return np.asarray(beyond(statistic, alpha, sides) & (spread > 0))


def rate_ratio(treatment: Counts, comparator: Counts, people: Many[Counts], test: str, alpha: float, sides: int) -> Decisions:
    """Whether people have more events on the treatment, given how many each has in all.

    Parameters
    ----------
    treatment, comparator : array of shape (trials, people)
        Events of each person; people who left have none.
    people : list of arrays of shape (trials,)
        Those of each sequence who are there.
    test : str
        `exact` or `mid_p`: all events are binomial, and what makes people differ cancels. `asymptotic`: t = (A − B)/√(φ̂·(A + B)).

    Notes
    -----
    φ̂ is the mean square of the people's own splits of their events m_i, Σ(a_i − m_i·p)²/(n − S), over its mean for binomial ones, Σm_i·p(1 − p)/n,
    with p the share of all events on the treatment; n − S degrees of freedom for S sequences. Pearson's dispersion factor would not do: with
    a gamma rate within people it grows with m_i (its test has size .061 for 74 people with 4 events a period and twice the variance).
    """
    from scipy import special

    on, off = treatment.sum(axis=1), comparator.sum(axis=1)
    total = on + off
    if test != "asymptotic":
        return binomial(on, total, test, alpha, sides)
    n = np.sum(people, axis=0)
    df, share = n - len(people), on / np.maximum(total, 1)
    squares = np.square(treatment - (treatment + comparator) * share[:, None]).sum(axis=1)
    tested = (df >= 1) & (squares > 0)
    usual = np.where(tested, total * share * (1.0 - share) / np.maximum(n, 1), 1.0)
    statistic = (on - off) / np.sqrt(np.where(tested, squares / np.maximum(df, 1) / usual * total, 1.0))
    critical = -special.stdtrit(np.maximum(df, 1), alpha / sides)
    return np.asarray(tested & ((np.abs(statistic) if sides == 2 else statistic) > critical))
