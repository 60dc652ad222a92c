"""Events counted on two treatments in the same people: how many are needed, and the power that so many people give."""

from functools import lru_cache
from typing import Any

import numpy as np

from trials.sizing.binomial import REACH, Sort, average, envelope, poisson
from trials.sizing.search import smallest_units

NODES, WEIGHTS = np.polynomial.legendre.leggauss(48)
MOST_COUNTS = 600  # of one treatment that are looked at one by one; beyond, every so many
OUT_OF_SIGHT = 2e7
MOST_EVENTS = 1e7


def events_needed(share: float, overdispersion: float, alpha: float, sides: int, target_power: float) -> float:
    """Events on both treatments together, by the normal distribution; infinite where the rates are equal.

    Notes
    -----
    φ·((z_α/2 + z_β√(π(1 − π)))/(π − ½))², π the share of the events that falls on the treatment and φ variance ÷ mean within a person.

    Examples
    --------
    >>> round(events_needed(0.7 / 1.7, 1.0, 0.05, 2, 0.8), 1)
    249.7
    """
    from scipy import special

    if share == 0.5:
        return float("inf")
    z_sum = -special.ndtri(alpha / sides) / 2.0 + special.ndtri(target_power) * (share * (1.0 - share)) ** 0.5
    return float(overdispersion * (max(z_sum, 0.0) / (share - 0.5)) ** 2)


def conditional_power(sort: Sort, events: float, share: float, alpha: float, sides: int) -> float:
    """Power of the binomial test of ½ given the number of events, averaged over a Poisson number with this mean."""
    return average(poisson(events), sort, alpha, sides, share)


@lru_cache(maxsize=512)
def least_n(sort: Sort, per_person: float, share: float, alpha: float, sides: int, target_power: float) -> float:
    """A number of people below which no n reaches the target with the conditional test; infinite where none ever will."""
    near = events_needed(share, 1.0, alpha, sides, target_power)
    if near > MOST_EVENTS or near / per_person > OUT_OF_SIGHT:
        return float("inf")

    def may_reach(n: int) -> bool:
        return envelope(poisson(n * per_person), sort, alpha, sides, share) >= target_power

    return float(smallest_units(may_reach, 1, int(OUT_OF_SIGHT), max(1, round(near / per_person))) or float("inf"))


def dispersed_power(events: float, share: float, overdispersion: float, degrees_of_freedom: float, alpha: float, sides: int) -> float:
    """Power of the t test of the events on both treatments whose dispersion is estimated.

    Parameters
    ----------
    events : float
        Expected, on both treatments together.
    share : float
        Of the events, those on the treatment; one side rejects for many.
    overdispersion : float
        Variance ÷ mean within a person.
    degrees_of_freedom : float
        Of the dispersion.

    Notes
    -----
    Our working version, not checked against a published one; tests simulate it. The test is t = (A − B)/√(φ̂·(A + B)) with A and B the events on
    treatment and comparator and φ̂ the mean square of the people's own splits, Σ(A_i − M_i·p)² ÷ Σ M_i·p(1 − p), its sum of squares divided by
    the degrees of freedom. Counts with variance φ·mean within a person are negative binomial (Poisson for φ = 1) with a common
    chance, so that A and B are again, given how prone the people are; φ̂ is taken as φ·χ²_ν/ν and as independent of them. For each B the test rejects
    when A + B > ((c + √(c² + 8B))/2)² or, two-sided, A + B < ((−c + √(c² + 8B))/2)², with c = t√φ̂.
    """
    from scipy import special

    if degrees_of_freedom < 1.0:
        return 0.0
    t = -special.stdtrit(degrees_of_freedom, alpha / sides)
    half = degrees_of_freedom / 2.0
    spread = special.gammaincinv(half, (NODES + 1.0) / 2.0) / half
    c = t * np.sqrt(overdispersion * spread)[:, None]
    mean_a, mean_b = events * share, events * (1.0 - share)
    reach = REACH * (overdispersion * mean_b) ** 0.5 + 20.0 * overdispersion
    low, high = max(0, int(mean_b - reach)), int(mean_b + reach)
    b = np.arange(low, high + 1, max(1, (high - low) // MOST_COUNTS), dtype=float)
    chances = _chance(b, mean_b, overdispersion)
    root = np.sqrt(c * c + 8.0 * b)
    least = np.maximum(np.floor(((c + root) / 2.0) ** 2 - b + 1e-9), 0.0)  # A must be larger than this
    rejected = 1.0 - _up_to(least, mean_a, overdispersion)
    if sides == 2:
        most = np.ceil(((root - c) / 2.0) ** 2 - b - 1e-9) - 1.0
        rejected = rejected + np.where(most >= 0, _up_to(np.maximum(most, 0.0), mean_a, overdispersion), 0.0)
    given = (WEIGHTS / 2.0) @ np.minimum(rejected, 1.0)
    return float(min(1.0, max(0.0, given @ chances / chances.sum())))


def _up_to(count: Any, mean: float, overdispersion: float) -> Any:
    """P(A ≤ count) of a Poisson, or of a negative binomial with variance overdispersion·mean."""
    from scipy import special

    if overdispersion - 1.0 < 1e-9:
        return special.gammaincc(count + 1.0, mean)
    return special.betainc(mean / (overdispersion - 1.0), count + 1.0, 1.0 / overdispersion)


def _chance(count: Any, mean: float, overdispersion: float) -> Any:
    """P(B = count), up to a factor."""
    from scipy import special

    if overdispersion - 1.0 < 1e-9:
        logs = count * np.log(mean) - special.gammaln(count + 1.0)
    else:
        size = mean / (overdispersion - 1.0)
        logs = special.gammaln(count + size) - special.gammaln(count + 1.0) + count * np.log1p(-1.0 / overdispersion)
    return np.exp(logs - logs.max())
