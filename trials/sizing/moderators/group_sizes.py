"""The power to tell two levels of a moderator apart, with group sizes that are planned or left to chance."""

from functools import lru_cache
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from trials.sizing.moderators.subgroups import Told, stretched_t_power

Vector = NDArray[np.float64]
MOST_NODES = 16


def power_of_planned_groups(seen: Told, difference: float, shares: tuple[float, float], n: Any, alpha: float, sides: int) -> Any:
    """Power to tell two levels apart whose sizes are planned.

    Parameters
    ----------
    seen : Told
    difference : float
        Between the levels, as it is observed.
    shares : tuple of float
        Of the people, by level; less than 1 together when there are further levels.
    n : float or array
    alpha, sides
    """
    (first, second), (q, rest) = seen.variances, shares
    variance = (first / q + second / rest) / n
    pooled = (q * first + rest * second) / (q + rest)
    shown = pooled * (1.0 / q + 1.0 / rest) / n
    return stretched_t_power(difference, variance, shown, seen.degrees_of_freedom.within(2).at(n), alpha, sides)


def power_of_random_groups(seen: Told, difference: float, share: float, n: float, alpha: float, sides: int) -> float:
    """Power when chance decides how many people of each sequence belong to the first of two levels.

    Notes
    -----
    Where two sequences give their parts separately, E[power] over Bin(n₁, q) × Bin(n₂, q), by Gauss rules of both laws (exact up to polynomials of degree 31,
    and plain sums where there are few numbers). A sequence in which a level stays empty leaves the other alone if the two mirror each other, with the
    moderator then left out of the period effects; otherwise there is no test, which counts as not shown. Other designs: over the size of the level,
    Bin(n, q), with the second-order term of how it is spread over the sequences, 1 + (c − 1)(n − k)/(k(n − 1)) for k of n people.
    Between whole allocation units the power is interpolated.
    """
    steps = n / seen.unit
    below = int(steps + 1e-9)
    part = max(steps - below, 0.0)
    average = _by_two if seen.in_two else _by_size

    def at(units: int) -> float:
        people = float(units * seen.unit)
        df = seen.degrees_of_freedom.within(2).at(people)
        return 0.0 if df < 1 else average(seen, difference, share, people, df, alpha, sides)

    return at(below) if part < 1e-9 else (1.0 - part) * at(below) + part * at(below + 1)


def _by_two(seen: Told, difference: float, q: float, n: float, df: float, alpha: float, sides: int) -> float:
    pooled = q * seen.variances[0] + (1.0 - q) * seen.variances[1]
    true, shown, weights, empty = [], [], [], []
    for share, people in zip(seen.shares, seen.allocation, strict=True):
        of_sequence = round(people * n)
        k, weight = binomial_rule(of_sequence, q)
        scale = share * people
        true.append(scale * (seen.variances[0] / k + seen.variances[1] / (of_sequence - k)))
        shown.append(scale * pooled * (1.0 / k + 1.0 / (of_sequence - k)))
        weights.append(weight)
        empty.append(q**of_sequence + (1.0 - q) ** of_sequence)

    def power(variance: Any, as_shown: Any) -> Any:
        return stretched_t_power(difference, variance, as_shown, df, alpha, sides)

    both = power(np.add.outer(true[0], true[1]), np.add.outer(shown[0], shown[1]))
    total = float(weights[0] @ both @ weights[1])
    if seen.mirrored:
        for one, other in ((0, 1), (1, 0)):
            total += empty[other] * float(weights[one] @ power(4.0 * true[one], 4.0 * shown[one]))
    return min(total, 1.0)


def _by_size(seen: Told, difference: float, q: float, n: float, df: float, alpha: float, sides: int) -> float:
    k, weight = binomial_rule(round(n), q)
    rest = n - k
    first = (1.0 + (seen.centres - 1.0) * rest / (k * (n - 1.0))) / k
    second = (1.0 + (seen.centres - 1.0) * k / (rest * (n - 1.0))) / rest
    pooled = q * seen.variances[0] + (1.0 - q) * seen.variances[1]
    variance, shown = seen.variances[0] * first + seen.variances[1] * second, pooled * (first + second)
    return min(float(weight @ stretched_t_power(difference, variance, shown, df, alpha, sides)), 1.0)


@lru_cache(maxsize=4096)
def binomial_rule(n: int, share: float) -> tuple[Vector, Vector]:
    """Nodes and weights for the mean of a function over Bin(n, share) without 0 and n: all numbers where they are few, else a Gauss rule.

    Notes
    -----
    Golub and Welsch on the discrete law itself: Lanczos' recursion from the square roots of the weights gives the Jacobi matrix.
    """
    middle, reach = n * share, 9.0 * sqrt(n * share * (1.0 - share)) + 9.0
    k = np.arange(max(1, int(middle - reach)), min(n - 1, int(middle + reach) + 1) + 1, dtype=float)
    weights = stats.binom.pmf(k, n, share)
    if len(k) <= MOST_NODES:
        return k, weights
    mass = weights.sum()
    if not mass > 0:
        return k[:1], np.zeros(1)
    scaled = (k - middle) / reach
    basis = [np.sqrt(weights / mass)]
    diagonal, beside = [], []
    for _ in range(MOST_NODES):
        step = scaled * basis[-1]
        diagonal.append(float(step @ basis[-1]))
        for other in basis:  # orthogonal to all, or rounding errors pile up
            step = step - (step @ other) * other
        size = float(np.sqrt(step @ step))
        if size < 1e-12:
            break
        beside.append(size)
        basis.append(step / size)
    order = len(diagonal)
    values, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(beside[: order - 1], 1) + np.diag(beside[: order - 1], -1))
    return np.clip(middle + reach * values, 1.0, n - 1.0), mass * vectors[0] ** 2
