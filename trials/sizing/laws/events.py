"""Events counted on two treatments in the same people: how many are needed, and the power that so many people give."""

from functools import lru_cache
from typing import Any

import numpy as np

from trials.sizing.laws.binomial import REACH, Sort, average, envelope, poisson
from trials.sizing.laws.binomial import first_n as binomial_first_n
from trials.sizing.laws.search import smallest_units

NODES, WEIGHTS = np.polynomial.legendre.leggauss(32)
MOST_COUNTS = 200  # of one treatment that are looked at one by one; beyond, every so many
OUT_OF_SIGHT = 2e7
MANY_EVENTS = 1e6
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
def first_n(sort: Sort, per_person: float, share: float, alpha: float, sides: int, target_power: float, unit: int) -> float:
    """The first number of people, in whole units, that reaches the target with the conditional test; infinite where none ever will."""
    near = events_needed(share, 1.0, alpha, sides, target_power)
    if near > MOST_EVENTS or near / per_person > OUT_OF_SIGHT:
        return float("inf")

    def may_reach(n: int) -> bool:
        return envelope(poisson(n * per_person), sort, alpha, sides, share) >= target_power

    if (least := smallest_units(may_reach, 1, int(OUT_OF_SIGHT), max(1, round(near / per_person)))) is None:
        return float("inf")
    return binomial_first_n(lambda n: conditional_power(sort, n * per_person, share, alpha, sides), least, per_person, target_power, unit)


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
    when A + B > ((c + √(c² + 8B))/2)² or, two-sided, A + B < ((−c + √(c² + 8B))/2)², with c = t√φ̂. A million events (times φ) or more are
    taken for normal: noncentral t with (2π − 1)√(events/φ).
    """
    from scipy import special

    if degrees_of_freedom < 1.0:
        return 0.0
    if overdispersion * events > MANY_EVENTS:
        from trials.sizing.laws.power import t_power

        return float(t_power((2.0 * share - 1.0) * (events / overdispersion) ** 0.5, degrees_of_freedom, alpha, sides))
    t = -special.stdtrit(degrees_of_freedom, alpha / sides)
    half = degrees_of_freedom / 2.0
    spread = special.gammaincinv(half, (NODES + 1.0) / 2.0) / half
    c = t * np.sqrt(overdispersion * spread)[:, None]
    fewest_a, up_to_a = _distribution(events * share, overdispersion)
    fewest_b, up_to_b = _distribution(events * (1.0 - share), overdispersion)
    every = max(1, len(up_to_b) // MOST_COUNTS)
    chances = np.diff(up_to_b, prepend=0.0)[::every]
    b = fewest_b + np.arange(0, len(up_to_b), every, dtype=float)

    def share_up_to(count: Any) -> Any:
        place = np.clip(count - fewest_a, -1, len(up_to_a) - 1).astype(np.int64)
        return np.where(place < 0, 0.0, up_to_a[place])

    root = np.sqrt(c * c + 8.0 * b)
    rejected = 1.0 - share_up_to(np.floor(((c + root) / 2.0) ** 2 - b + 1e-9))
    if sides == 2:
        rejected = rejected + share_up_to(np.ceil(((root - c) / 2.0) ** 2 - b - 1e-9) - 1.0)
    given = (WEIGHTS / 2.0) @ np.minimum(rejected, 1.0)
    return float(min(1.0, max(0.0, given @ chances / chances.sum())))


def _distribution(mean: float, overdispersion: float) -> tuple[int, Any]:
    """The smallest count that matters, and P(X ≤ it), P(X ≤ it + 1) … of a Poisson, or a negative binomial with variance overdispersion·mean."""
    reach = REACH * (overdispersion * mean) ** 0.5 + 20.0 * overdispersion
    low, high = max(0, int(mean - reach)), int(mean + reach)
    x = np.arange(low, high, dtype=float)
    beyond = 1.0 - 1.0 / overdispersion
    # P(x + 1)/P(x) is mean/(x + 1) for a Poisson; the size of the negative binomial is mean/(overdispersion − 1)
    steps = np.log((beyond * x + mean / overdispersion) / (x + 1.0))
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    chances = np.exp(logs - logs.max())
    return low, np.cumsum(chances) / chances.sum()
