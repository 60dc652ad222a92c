"""Power averaged over what the assumptions may truly be: SDs estimated on few degrees of freedom, effects known with a standard error.

Notes
-----
A test rejects when the estimate lies beyond a boundary by more than t·SE·u, with u = s/σ. Given σ, an effect that is normal around
its centre with SD τ makes the estimate normal around the same centre with variance τ² + SE², so that the average over the effect is the
power itself with both distance and critical value measured in √(τ² + SE²) instead of SE: no integral is needed. Where the effect
is confined (cut off, or on the side that is to be shown), estimate and effect are bivariate normal, and Owen's T gives the probability of
both. What remains is the average over σ, and over u where the effect is confined.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from trials.sizing.laws.power import between, residual_nodes, upper_tail

Array = NDArray[np.float64]
LEAST_MASS = 1e-12
# a step of half the density's width makes the trapezoidal rule good to about 1e-12
WIDEST_STEP, STEP_IN_SDS = 0.15, 0.5


@lru_cache(maxsize=256)
def sd_nodes(degrees_of_freedom: float | None) -> tuple[Array, Array]:
    """Nodes of true SD ÷ assumed SD, and their weights, which add up to 1.

    Parameters
    ----------
    degrees_of_freedom : float or None
        On which the SD was estimated; None where it is known.

    Notes
    -----
    σ/s = √(ν/χ²_ν) (O'Hagan 2005; PowerTOST `exppower`). The trapezoidal rule on ln(χ²/ν)/2: there the density is smooth and falls off
    exponentially, and a power, which turns from 0 to 1 over a factor in σ, is as smooth for a million people as for ten.
    """
    if degrees_of_freedom is None:
        return np.ones(1), np.ones(1)
    half = degrees_of_freedom / 2.0
    low = 0.5 * np.log(special.gammaincinv(half, LEAST_MASS) / half)
    high = 0.5 * np.log(special.gammainccinv(half, LEAST_MASS) / half)
    step = min(WIDEST_STEP, STEP_IN_SDS / np.sqrt(2.0 * degrees_of_freedom))
    log_u = np.arange(np.floor(low / step), np.ceil(high / step) + 1.0) * step
    log_density = degrees_of_freedom * log_u - half * np.expm1(2.0 * log_u)
    weights = np.exp(log_density - log_density.max())
    return np.exp(-log_u), weights / weights.sum()


def averaged(distances: tuple[Any, ...], effect_sd: Any, standard_error: Any, degrees_of_freedom: Any, critical: Any) -> Any:
    """The chance that one or two t tests reject, averaged over a normal effect.

    Parameters
    ----------
    distances : tuple of float or array
        From the centre of the effect to each boundary, positive on the side that is to be shown.
    effect_sd, standard_error : float or array
        τ and SE, in the unit of the distances; τ may be 0.
    degrees_of_freedom, critical : float or array
        The critical value of each test.
    """
    spread = np.hypot(effect_sd, standard_error)
    scaled = critical * standard_error / spread
    if len(distances) == 1:
        shape = np.broadcast(distances[0], spread, degrees_of_freedom, scaled).shape
        one = [np.broadcast_to(np.asarray(value, dtype=float), shape) for value in (scaled, degrees_of_freedom, distances[0] / spread)]
        return np.clip(upper_tail(*one), 0.0, 1.0)
    return between(distances[0] / spread, distances[1] / spread, degrees_of_freedom, scaled)


def averaged_within(
    region: tuple[Any, Any], distances: tuple[Any, ...], effect_sd: Any, standard_error: Any, degrees_of_freedom: Any, critical: Any
) -> Any:
    """The chance that the effect lies in a region *and* the tests reject; parameters as for `averaged`, τ above 0.

    `region` holds the ends of the region, measured from the centre of the effect in the direction of the first distance.
    """
    distances = tuple(np.asarray(one, dtype=float) for one in distances)
    low, high, tau, se, df, t = np.broadcast_arrays(*region, effect_sd, standard_error, degrees_of_freedom, critical)
    to_lower = np.broadcast_to(distances[0], low.shape)
    to_upper = np.broadcast_to(distances[1], low.shape) if len(distances) == 2 else np.full(low.shape, np.inf)
    spread = np.hypot(tau, se)
    largest = np.maximum(to_lower + to_upper, 0.0) / (2.0 * np.where(t > 0, t, 1.0) * se)
    u, weights = residual_nodes(df, np.where(np.isfinite(to_upper), largest, np.inf))
    tail = (t * se)[..., None] * u
    # the estimate, in units of its SD from the centre, beyond the lower boundary and before the upper one
    first = (tail - to_lower[..., None]) / spread[..., None]
    last = (to_upper[..., None] - tail) / spread[..., None]
    noise = (se / spread)[..., None]
    total = np.zeros(u.shape)
    for end, sign in ((low / tau, 1.0), (high / tau, -1.0)):
        total += sign * _both_above(end[..., None], first, noise)
        if len(distances) == 2:
            total -= sign * _both_above(end[..., None], last, noise)
    return np.clip(np.sum(weights * np.clip(total, 0.0, 1.0), axis=-1), 0.0, 1.0)


def _both_above(h: Any, k: Any, noise: Any) -> Any:
    """P(X > h and Y > k) for standard normals with correlation √(1 − noise²).

    Notes
    -----
    Owen 1956: ½[Φ(−h) + Φ(−k)] − T(h, (k/h − ρ)/noise) − T(k, (h/k − ρ)/noise), less ½ where h and k lie on unlike sides of 0.
    """
    h, k, noise = np.broadcast_arrays(h, k, noise)
    finite = np.isfinite(h) & np.isfinite(k)
    # neither is exactly 0, so that both ratios exist
    h_, k_ = np.where(finite & (h != 0), h, 1e-150), np.where(finite & (k != 0), k, 1e-150)
    correlation = np.sqrt((1.0 - noise) * (1.0 + noise))
    with np.errstate(over="ignore"):
        both = (
            0.5 * (special.ndtr(-h_) + special.ndtr(-k_))
            - special.owens_t(h_, (k_ / h_ - correlation) / noise)
            - special.owens_t(k_, (h_ / k_ - correlation) / noise)
            - np.where((h_ < 0) != (k_ < 0), 0.5, 0.0)
        )
    # where one of the two is no condition, the other decides
    alone = np.where(np.isposinf(h) | np.isposinf(k), 0.0, np.where(np.isneginf(h), special.ndtr(-k), special.ndtr(-h)))
    return np.where(finite, both, alone)


def mass_between(low: Any, high: Any, effect_sd: Any) -> Any:
    """P(low < effect − centre < high) for a normal effect."""
    near, far = np.minimum(np.abs(low), np.abs(high)), np.maximum(np.abs(low), np.abs(high))
    same_side = np.sign(low) * np.sign(high) > 0
    tails = special.ndtr(-near / effect_sd) - special.ndtr(-far / effect_sd)
    return np.where(same_side, tails, 1.0 - special.ndtr(low / effect_sd) - special.ndtr(-np.asarray(high) / effect_sd))
