"""McNemar's test of paired answers: sample size and power by the normal distribution, and exactly."""

from functools import lru_cache
from math import floor, sqrt

import numpy as np

from trials.sizing.laws.binomial import Sort, average, binomial, envelope, tail
from trials.sizing.laws.binomial import first_n as binomial_first_n
from trials.sizing.laws.search import smallest_units

# beyond so many people even the normal distribution needs more than any search allows
OUT_OF_SIGHT = 2e7


def normal_n(discordant: float, difference: float, alpha: float, sides: int, target_power: float, *, null_variance: bool) -> float:
    """People needed, not rounded; infinite where there is no difference.

    Parameters
    ----------
    discordant : float
        Share of people who respond on one treatment alone.
    difference : float
        Share on the treatment alone less share on the comparator alone.
    alpha : float
        In total over the sides.
    null_variance : bool
        Whether the test's variance is that of the null hypothesis (Connor 1987, Miettinen 1968) or the estimated one (Wald).

    Notes
    -----
    (z_α√v₀ + z_β√v₁)²/Δ² with v₁ = π_d − Δ² and v₀ = π_d (null) or v₁ (Wald).

    Examples
    --------
    >>> round(normal_n(0.3, 0.15, 0.05, 2, 0.8, null_variance=True), 2)
    102.95
    """
    from scipy import special

    if difference == 0:
        return float("inf")
    after = sqrt(max(discordant - difference**2, 0.0))
    before = sqrt(discordant) if null_variance else after
    z_sum = -special.ndtri(alpha / sides) * before + special.ndtri(target_power) * after
    return float(max(z_sum, 0.0) ** 2 / difference**2)


def normal_power(n: float, discordant: float, difference: float, alpha: float, sides: int, *, null_variance: bool) -> float:
    """Power of the same test; two sides count rejection in either direction. A difference below 0 lies on the wrong side of one-sided tests."""
    from scipy import special

    after = sqrt(max(discordant - difference**2, 1e-300))
    before = sqrt(discordant) if null_variance else after
    critical = -special.ndtri(alpha / sides) * before
    shift = difference * sqrt(n)
    power = special.ndtr((shift - critical) / after) + (special.ndtr((-shift - critical) / after) if sides == 2 else 0.0)
    return float(min(1.0, power))


def power(sort: Sort, n: float, discordant: float, share: float, alpha: float, sides: int) -> float:
    """Power of the exact conditional, mid-p or asymptotic test, averaged over the number of discordant people.

    Parameters
    ----------
    n : float
        A fraction of a person is weighed between the whole numbers around it.
    share : float
        Of the discordant people, those who respond on the treatment.

    Notes
    -----
    Σ_m Bin(m; n, π_d)·Σ_{k in R_m} Bin(k; m, share) with R_m the counts that the test of ½ given m rejects; twice the smaller tail
    when two-sided.

    Examples
    --------
    >>> round(power("exact", 103, 0.3, 0.75, 0.05, 2), 4), round(power("mid_p", 103, 0.3, 0.75, 0.05, 2), 4)
    (0.7612, 0.8081)
    """
    whole = floor(n + 1e-9)
    found = average(binomial(whole, discordant), sort, alpha, sides, share)
    if (part := n - whole) > 1e-9:
        found += part * (average(binomial(whole + 1, discordant), sort, alpha, sides, share) - found)
    return found


def wald_power(n: float, discordant: float, share: float, alpha: float, sides: int) -> float:
    """The power that Wald's test really has, for whole n: |b − c| > z√(m − (b − c)²/n), averaged over the discordant people."""
    from scipy import special

    law = binomial(max(1, round(n)), discordant)
    m = law.counted
    z = -special.ndtri(alpha / sides)
    k = np.maximum(np.ceil((m + z * np.sqrt(m / (1.0 + z * z / n))) / 2.0 - 1e-9), m == 0)
    k = np.minimum(k, m + 1.0)
    return law.mean_of(np.minimum(tail(k, m, share) + (tail(k, m, 1.0 - share) if sides == 2 else 0.0), 1.0))


@lru_cache(maxsize=512)
def first_n(sort: Sort, discordant: float, share: float, alpha: float, sides: int, target_power: float, unit: int) -> float:
    """The first number of people, in whole units, that reaches the target although power goes up and down; infinite where none ever will."""
    near = normal_n(discordant, (2.0 * share - 1.0) * discordant, alpha, sides, target_power, null_variance=True)
    if near > OUT_OF_SIGHT:
        return float("inf")

    def may_reach(n: int) -> bool:
        return envelope(binomial(n, discordant), sort, alpha, sides, share) >= target_power

    if (least := smallest_units(may_reach, 1, int(OUT_OF_SIGHT), max(1, round(near)))) is None:
        return float("inf")
    return binomial_first_n(lambda n: power(sort, n, discordant, share, alpha, sides), least, discordant, target_power, unit)
