"""The power to find a slope on a moderator that is a value, with the spread that chance gives the values."""

from typing import Any

import numpy as np
from scipy import special

from trials.sizing.moderators.subgroups import Told, stretched_t_power

# nodes and weights for a standard normal variable
NORMAL, NORMAL_WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
NORMAL_WEIGHTS = NORMAL_WEIGHTS / NORMAL_WEIGHTS.sum()


def mean_inflation(seen: Told, n: Any) -> Any:
    """E[n/S] of a moderator with an SD of 1: by how much the variance of a slope exceeds that with the planned spread.

    Notes
    -----
    Σ share_s·n_s/(n_s − 3) where each sequence gives its part, n/(n − 3c) otherwise; n/(n − 6) for two equal sequences. Needs more than three
    people for each mean.
    """
    n = np.asarray(n, dtype=float)
    if not seen.separate:
        return n / (n - 3.0 * seen.centres)
    people = np.multiply.outer(n, seen.allocation)
    return np.sum(np.asarray(seen.shares) * people / (people - 3.0), axis=-1)


def smallest_for_values(seen: Told) -> float:
    """From how many people that inflation is finite, with one to spare."""
    return (3.0 / min(seen.allocation) if seen.separate else 3.0 * seen.centres) + 1.0


def power_of_planned_values(seen: Told, slope: float, n: Any, alpha: float, sides: int) -> Any:
    """Power for a slope per SD of the moderator, with the mean inflation plugged in: the formula in closed form."""
    variance = seen.variances[0] * mean_inflation(seen, n) / n
    return stretched_t_power(slope, variance, variance, seen.degrees_of_freedom.within(2).at(n), alpha, sides)


def power_of_random_values(seen: Told, slope: float, n: Any, alpha: float, sides: int) -> Any:
    """Power for a slope per SD of a normally distributed moderator, averaged over the spread that chance gives it.

    Notes
    -----
    Two sequences that give their parts separately: S_s ~ χ²(n_s − 1) in each, so that n·Var = v·Σ share_s·n_s/S_s, averaged over both. Otherwise S/n is
    taken as m·χ²(k)/k, with m = 1 − 3c/n + 2/k₀, k = k₀ − c and k₀ = 1/Σ(share_s²/n_s): its mean and variance to second order, exact for c = 1.
    """
    n = np.asarray(n, dtype=float)
    df = np.asarray(seen.degrees_of_freedom.within(2).at(n))
    if seen.in_two:
        parts = [
            share * people * n[..., None] / _chi_squared(people * n - 1.0)
            for share, people in zip(seen.shares, seen.allocation, strict=True)
        ]
        inflation = parts[0][..., :, None] + parts[1][..., None, :]
        weights = np.multiply.outer(NORMAL_WEIGHTS, NORMAL_WEIGHTS)
    else:
        free = n / np.sum(np.square(seen.shares) / np.asarray(seen.allocation))
        mean, freedom = 1.0 - 3.0 * seen.centres / n + 2.0 / free, free - seen.centres
        inflation = (freedom / np.maximum(mean, 1e-9))[..., None] / _chi_squared(freedom)
        weights = NORMAL_WEIGHTS
    more = (None,) * weights.ndim
    variance = seen.variances[0] * inflation / n[(..., *more)]
    power = stretched_t_power(slope, variance, variance, df[(..., *more)], alpha, sides)
    return np.minimum(np.sum(power * weights, axis=tuple(range(-weights.ndim, 0))), 1.0)[()]


def _chi_squared(freedom: Any) -> Any:
    """Values of χ² at the nodes of a normal variable."""
    return 2.0 * special.gammaincinv(np.asarray(freedom)[..., None] / 2.0, special.ndtr(NORMAL))
