"""Boundaries of group sequential tests by alpha spending, and the chance to cross them, by recursive numerical integration.

Notes
-----
The test statistics at information fractions t₁ < … < t_K = 1 are Z_k = B(t_k)/√t_k with B a Brownian motion of drift δ = (difference −
boundary)/SE at the last look (Lan & DeMets 1983; Armitage, McPherson & Rowe 1969). The density of B at look k among the trials that go
on is carried from look to look on Gauss–Legendre nodes, once and without drift; the density with drift is exp(δb − δ²t/2) times as large, so
that one table serves every n.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Array = NDArray[np.float64]
# nodes lie no further apart than half the SD of what a look adds, which is good to about 1e-14
FEWEST_NODES, SPACING = 96, 0.5
# nothing that a float can tell from 0 lies beyond
FARTHEST = 37.5
REACH = 9.0
LARGEST_DRIFT = 1e9


def spent(alpha: float, fraction: float, spending: str) -> float:
    """Alpha of one side that may be spent up to an information fraction.

    Notes
    -----
    `obrien_fleming` 2 − 2Φ(z(1 − α/2)/√t), `pocock` α·ln(1 + (e − 1)t) (Lan & DeMets 1983).
    """
    if spending == "pocock":
        return float(alpha * np.log1p(np.expm1(1.0) * fraction))
    return float(2.0 * special.ndtr(special.ndtri(alpha / 2.0) / np.sqrt(fraction)))


@dataclass(frozen=True, eq=False)
class Boundaries:
    """Critical values of equally spaced looks, and what is needed to find the chance to cross them for any drift."""

    fractions: Array
    critical_values: Array  # of Z, by look
    nodes: tuple[Array, ...]  # of B among those who go on, for each look but the last
    densities: tuple[Array, ...]  # without drift, quadrature weights included
    sides: int

    def crossed(self, drift: Any) -> Array:
        """P(the boundary is first crossed at look k), the looks along the last axis; two-sided at either end.

        Parameters
        ----------
        drift : float or array
            (difference − boundary) ÷ standard error at the last look.
        """
        delta = np.asarray(drift, dtype=float)[..., None]
        found = []
        for k, fraction in enumerate(self.fractions):
            edge, step = self.critical_values[k] * np.sqrt(fraction), fraction - (self.fractions[k - 1] if k else 0.0)
            at = np.zeros(1) if k == 0 else self.nodes[k - 1]
            held = np.ones(1) if k == 0 else self.densities[k - 1]
            tilt = np.exp(np.clip(delta * at - delta * delta * (fraction - step) / 2.0, -745.0, 700.0))
            chance = special.ndtr((at + delta * step - edge) / np.sqrt(step))
            if self.sides == 2:
                chance = chance + special.ndtr((-edge - at - delta * step) / np.sqrt(step))
            found.append(np.sum(held * tilt * chance, axis=-1))
        return np.asarray(np.clip(np.stack(found, axis=-1), 0.0, 1.0))

    def power(self, drift: Any) -> Any:
        """P(the boundary is crossed at any look); two-sided in either direction."""
        return np.clip(np.sum(self.crossed(drift), axis=-1), 0.0, 1.0)[()]

    def expected_fraction(self, drift: float) -> float:
        """The expected share of the largest n that the trial reaches."""
        return float(1.0 - np.sum(self.crossed(drift)[:-1] * (1.0 - self.fractions[:-1])))

    def drift_for(self, target_power: float) -> float | None:
        """The drift at which the power is target_power; None where there is none above 0."""
        return _drift_for(self, target_power)


@lru_cache(maxsize=512)
def _drift_for(bounds: Boundaries, target_power: float) -> float | None:
    if bounds.power(0.0) >= target_power:
        return None
    high = 1.0
    while bounds.power(high) < target_power and high < LARGEST_DRIFT:
        high *= 2.0
    return float(optimize.brentq(lambda drift: bounds.power(drift) - target_power, 0.0, high, xtol=1e-13, rtol=1e-14))


@lru_cache(maxsize=128)
def boundaries(alpha: float, looks: int, spending: str, sides: int) -> Boundaries:
    """The boundaries of equally spaced looks.

    Parameters
    ----------
    alpha : float
        In total over the sides; two sides are symmetric with alpha/2 each, spent by the same function.
    looks : int
    spending : {"obrien_fleming", "pocock"}
    sides : {1, 2}

    Notes
    -----
    At each look the critical value is where the trials that went on so far cross with the alpha that the look may spend. Two-sided, a trial
    goes on only between both boundaries.

    Examples
    --------
    >>> [round(value, 5) for value in boundaries(0.025, 2, "obrien_fleming", 1).critical_values.tolist()]
    [2.96259, 1.9686]
    """
    one_side = alpha / sides
    fractions = np.arange(1, looks + 1) / looks
    step = 1.0 / looks
    critical: list[float] = []
    nodes: list[Array] = []
    densities: list[Array] = []
    at, held, used = np.zeros(1), np.ones(1), 0.0
    for k, fraction in enumerate(fractions):
        up_to_here = one_side if k == looks - 1 else spent(one_side, float(fraction), spending)
        critical.append(_critical(at, held, step, float(fraction), max(up_to_here - used, 0.0)))
        used = up_to_here
        if k == looks - 1:
            break
        # a drift moves trials up to the boundary, so that all the way there counts
        high = critical[k] * np.sqrt(fraction)
        low = -high if sides == 2 else min(0.0, high) - REACH * np.sqrt(fraction)
        places, weights = _nodes(max(FEWEST_NODES, 16 * int(np.ceil((high - low) * np.pi / 2.0 / (SPACING * np.sqrt(step)) / 16.0))))
        places = (low + high) / 2.0 + (high - low) / 2.0 * places
        kernel = np.exp(-0.5 * (places[:, None] - at[None, :]) ** 2 / step) / np.sqrt(2.0 * np.pi * step)
        at, held = places, (kernel @ held) * weights * (high - low) / 2.0
        nodes.append(at)
        densities.append(held)
    return Boundaries(fractions, np.array(critical), tuple(nodes), tuple(densities), sides)


@lru_cache(maxsize=64)
def _nodes(count: int) -> tuple[Array, Array]:
    return np.polynomial.legendre.leggauss(count)


def _critical(at: Array, held: Array, step: float, fraction: float, alpha: float) -> float:
    """The critical value of Z that those who went on cross with probability alpha."""
    if len(at) == 1:
        return float(min(-special.ndtri(alpha), FARTHEST)) if alpha > 0 else FARTHEST

    def excess(z: float) -> float:
        return float(held @ special.ndtr((at - z * np.sqrt(fraction)) / np.sqrt(step))) - alpha

    if excess(FARTHEST) >= 0:
        return FARTHEST
    if excess(-FARTHEST) <= 0:
        return -FARTHEST
    return float(optimize.brentq(excess, -FARTHEST, FARTHEST, xtol=1e-13, rtol=1e-14))
