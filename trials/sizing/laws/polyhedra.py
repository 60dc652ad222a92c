"""The largest of several contrasts of the same few means: a multivariate t whose correlations are high and may be singular.

Notes
-----
Contrasts of t means live in at most t − 1 dimensions: Z = δ + Lx, x standard normal, with RR' = LL' and the directions of L in falling order.
That the largest Z stays below s means that x lies in a polyhedron. As s grows its planes move outward, and its probability grows by what its
facets hold: d/ds P(max Z ≤ s) = Σ_i φ(s − δ_i)·P(all other Z_j ≤ s | Z_i = s). A facet is a polyhedron of one dimension less, whose planes move
with s as well, down to polygons, whose probability is a sum of Owen's T functions, exact to the last digits. For s > 0 all these are smooth
functions of s, so that Chebyshev series and Gauss quadrature find them; u = s/σ is averaged over last. Up to four dimensions (five doses)
nothing is approximated; what lies beyond is little, because shapes of dose–response curves resemble each other, and is taken at Gauss–Hermite nodes.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from trials.sizing.laws.multivariate import hermite_nodes, residual_nodes
from trials.sizing.laws.power import t_critical

Matrix = NDArray[np.float64]
CORE = 4  # dimensions that are exact
WORTH = 0.06  # a fourth direction below this is left to the nodes: the polyhedron would be all too thin
REACH = 9.0
SEEN = 7.5  # what a plane further from the origin holds is below 1e-13
IDLE = 5e-4  # a direction below this changes nothing that is shown
# how fast what is exact bends with what is not: corners are blunter the more dimensions have been integrated over
STEEP = {CORE - 1: 8.0, CORE: 3.0}
SERIES = 48  # terms for what grows with s
BELOW = 64  # Gauss nodes for what lies below that range
FAR = 12.0
SURE = 1e4  # beyond such a noncentrality nothing changes but the last digits of s
TINY = 1e-300
PARALLEL = 1e-12


@dataclass(frozen=True)
class Largest:
    """The law of the largest of several normal statistics (two-sided: the largest absolute one), for several sets of true means at once.

    Attributes
    ----------
    middle, half : array, shape (cases,)
        Of the range in which it lies, as far as that is above 0.
    series : array, shape (terms, cases)
        Chebyshev series of P(largest > middle + half·x).
    """

    middle: Matrix
    half: Matrix
    series: Matrix

    def of(self, cases: slice) -> "Largest":
        """The law for some of the cases."""
        return Largest(self.middle[cases], self.half[cases], self.series[:, cases])

    def beyond(self, critical: float, degrees_of_freedom: float) -> Matrix:
        """P(largest t statistic > critical) by case, for a critical value above 0: the mean of P(largest Z > critical·u) over u = s/σ."""
        u, weights = residual_nodes(degrees_of_freedom)
        x = np.clip((critical * u[:, None] - self.middle) / self.half, -1.0, 1.0)
        terms = np.cos(np.multiply.outer(np.arange(len(self.series)), np.arccos(x)))
        return np.asarray(np.clip(weights @ np.einsum("kuc,kc->uc", terms, self.series), 0.0, 1.0))


def critical_value(largest: Largest, count: int, alpha: float, degrees_of_freedom: float, sides: int) -> float:
    """What the largest of `count` statistics exceeds with probability alpha below a half; `largest` is their law where nothing differs."""
    from scipy.optimize import brentq

    low, high = (float(t_critical(alpha / sides / parts, degrees_of_freedom)) for parts in (1, count))
    if count == 1:
        return low

    def excess(critical: float) -> float:
        return float(largest.beyond(critical, degrees_of_freedom)[0]) - alpha

    return float(brentq(excess, low - 1e-6, high + 1e-6, xtol=1e-11))


def largest_of(correlation: Matrix, noncentrality: Matrix, sides: int) -> Largest:
    """The law of the largest statistic.

    Parameters
    ----------
    correlation : array, shape (statistics, statistics)
        May be singular; no two statistics may be the same.
    noncentrality : array, shape (cases, statistics)
    sides : {1, 2}
        2 for the largest absolute value.
    """
    rows, delta = loadings_of(correlation), np.clip(np.atleast_2d(noncentrality), -SURE, SURE)
    if sides == 2:
        rows, delta = np.vstack([rows, -rows]), np.hstack([delta, -delta])
    top = np.maximum(delta.max(axis=1), 0.0) + REACH
    low = np.maximum(delta.max(axis=1) - REACH, 0.0)
    middle, half = (top + low) / 2.0, (top - low) / 2.0
    exact = CORE if rows.shape[1] >= CORE and np.max(np.abs(rows[:, CORE - 1])) > WORTH else CORE - 1
    core, pace = rows[:, :exact], np.ones(len(rows))
    density = np.zeros((len(delta), SERIES))
    for moved, weight in zip(*_outer_nodes(rows[:, exact:], STEEP[exact]), strict=True):
        density += weight * _growth(core, pace, delta + moved, low, top, on_series=True)
    series = _chebyshev(SERIES)[1] @ (density * half[:, None]).T
    return Largest(middle, half, -np.polynomial.chebyshev.chebint(series, lbnd=1, axis=0))


def loadings_of(correlation: Matrix) -> Matrix:
    """L with R = LL', the largest direction first, at least three columns."""
    values, vectors = np.linalg.eigh(correlation)
    kept = np.flatnonzero(values > 1e-11 * values[-1])[::-1]
    rows = vectors[:, kept] * np.sqrt(values[kept])
    rows = np.hstack([rows, np.zeros((len(rows), max(0, 3 - rows.shape[1])))])
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


@lru_cache(maxsize=4)
def _chebyshev(count: int) -> tuple[Matrix, Matrix, Matrix]:
    """Nodes in (−1, 1); the matrix from values there to the coefficients of the series; that to the integral from −1 at the nodes."""
    angles = (np.arange(count) + 0.5) * np.pi / count
    to_series = np.cos(np.outer(np.arange(count), angles)) * 2.0 / count
    to_series[0] /= 2.0
    integrals = np.polynomial.chebyshev.chebint(to_series, lbnd=-1, axis=0)
    return np.cos(angles), to_series, np.cos(np.outer(angles, np.arange(count + 1))) @ integrals


def _outer_nodes(small: Matrix, steep: float) -> tuple[Matrix, Matrix]:
    """What the directions beyond the exact ones add to each statistic, shape (nodes, statistics), and the weights of the nodes."""
    added, weights = np.zeros((1, len(small))), np.ones(1)
    for loading in small[:, np.max(np.abs(small), axis=0) > IDLE].T:
        nodes, chances = hermite_nodes(min(0.7, steep * float(np.max(np.abs(loading)))))
        added = (added[:, None, :] + np.multiply.outer(nodes, loading)[None, :, :]).reshape(-1, len(small))
        weights = np.multiply.outer(weights, chances).ravel()
        added, weights = added[weights > 1e-8], weights[weights > 1e-8]
    return added, weights / weights.sum()


def _growth(rows: Matrix, pace: Matrix, shift: Matrix, low: Matrix, top: Matrix, *, on_series: bool) -> Matrix:
    """d/ds P(rows·x ≤ pace·s − shift).

    Parameters
    ----------
    rows : array, shape (planes, dimensions)
    pace : array, shape (planes,)
    shift : array, shape (cases, planes)
    low, top : array, shape (cases,)
        The range of s.
    on_series : bool
        At the Chebyshev nodes of the range, else at its Gauss–Legendre nodes.

    Returns
    -------
    array, shape (cases, nodes)
    """
    nodes = _chebyshev(SERIES)[0] if on_series else _legendre()[0]
    s = ((top + low) / 2.0)[:, None] + ((top - low) / 2.0)[:, None] * nodes
    found = np.zeros(s.shape)
    lengths = np.linalg.norm(rows, axis=1)
    for i, row in enumerate(rows):
        normal, others = row / lengths[i], np.delete(np.arange(len(rows)), i)
        distance = (pace[i] * s - shift[:, i : i + 1]) / lengths[i]
        along = rows[others] @ normal / lengths[i]
        plane = np.linalg.svd(normal[None, :])[2][1:]
        facet = rows[others] @ plane.T
        paces, shifts = pace[others] - along * pace[i], shift[:, others] - shift[:, i : i + 1] * along
        if facet.shape[1] == 2:
            near = np.abs(distance) < SEEN
            held = np.zeros(s.shape)
            held[near] = polygon(facet, (s[:, :, None] * paces - shifts[:, None, :])[near])
        else:
            held = _grown(facet, paces, shifts, low, top)
        found += pace[i] / lengths[i] * np.exp(-(distance**2) / 2.0) / np.sqrt(2.0 * np.pi) * held
    return found


def _grown(rows: Matrix, pace: Matrix, shift: Matrix, low: Matrix, top: Matrix) -> Matrix:
    """P(rows·x ≤ pace·s − shift) at the Chebyshev nodes of the range, where all paces are above 0: nothing is held for s far below.

    Notes
    -----
    Once a single plane lies REACH beyond the origin nothing is left. The faces of the polyhedron change at s = 0 alone, so that the range below
    is integrated over on either side of it.
    """
    lengths = np.linalg.norm(rows, axis=1)
    nothing = np.max((shift - REACH * lengths) / pace, axis=1)
    before = np.zeros(len(low))
    for end, begin in ((np.minimum(low, 0.0), nothing), (low, np.clip(nothing, 0.0, None))):
        start = np.minimum(begin, end)
        if np.any(end > start):
            density = _growth(rows, pace, shift, start, end, on_series=False)
            before += (density @ _legendre()[1]) * (end - start) / 2.0
    density = _growth(rows, pace, shift, low, top, on_series=True)
    grown = before[:, None] + (density @ _chebyshev(SERIES)[2].T) * ((top - low) / 2.0)[:, None]
    return np.asarray(np.clip(grown, 0.0, 1.0))


@lru_cache(maxsize=1)
def _legendre() -> tuple[Matrix, Matrix]:
    return np.polynomial.legendre.leggauss(BELOW)


def polygon(normals: Matrix, offsets: Matrix) -> Matrix:
    """P(normal_j·y ≤ offset_j for all j), y standard normal in the plane.

    Parameters
    ----------
    normals : array, shape (lines, 2)
    offsets : array, shape (points, lines)

    Returns
    -------
    array, shape (points,)

    Notes
    -----
    With the plane turned so that no line is upright, the region lies between the lowest of the upper lines and the highest of the lower
    ones. Each line bounds it on an interval whose ends are linear in the offsets; there ∫ φ(y)Φ(b − py) dy is a bivariate normal probability.
    """
    lengths = np.hypot(normals[:, 0], normals[:, 1])
    flat = lengths < 1e-9
    inside: Matrix = np.all(offsets[:, flat] >= -1e-12, axis=1).astype(np.float64)
    if flat.all():
        return inside
    angles = np.arctan2(normals[~flat, 1], normals[~flat, 0])
    turned = angles - _clear_direction(angles)
    slope = np.tan(turned)
    level = offsets[:, ~flat] / (lengths[~flat] * np.cos(turned))
    sign = np.where(np.cos(turned) > 0, 1.0, -1.0)  # upper line or lower line
    steps = sign * (slope - slope[:, None])  # of line k against line i, at [i, k]
    room = sign * (level[:, None, :] - level[:, :, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = room / steps
    high = np.min(np.where(steps > PARALLEL, crossing, FAR), axis=2)
    low = np.max(np.where(steps < -PARALLEL, crossing, -FAR), axis=2)
    shut = np.any((np.abs(steps) <= PARALLEL) & (room < 0.0), axis=2)
    high, low = np.clip(high, -FAR, FAR), np.clip(low, -FAR, FAR)
    open_ = (high > low) & ~shut
    _, line = np.nonzero(open_)
    held = np.zeros(open_.shape)
    held[open_] = _under_line(high[open_], level[open_], slope[line]) - _under_line(low[open_], level[open_], slope[line])
    total = held @ sign + (0.0 if np.any(sign > 0) else 1.0)
    return np.asarray(inside * np.clip(total, 0.0, 1.0))


def _clear_direction(angles: Matrix) -> float:
    """The direction to turn to the right so that no normal is upright: across the middle of the widest gap."""
    found = np.sort(np.mod(angles, np.pi))
    gaps = np.diff(np.append(found, found[0] + np.pi))
    widest = int(np.argmax(gaps))
    return float(found[widest] + gaps[widest] / 2.0 + np.pi / 2.0)


def _under_line(to: Matrix, level: Matrix, slope: Matrix) -> Matrix:
    """∫ φ(y)·Φ(level − slope·y) dy from −∞, by Owen's T (Owen 1956)."""
    squared = 1.0 + slope * slope
    far = level / np.sqrt(squared)
    found = np.where(to > 0.0, special.ndtr(far), 0.0)
    ends = np.abs(to) < FAR
    to, level, far = np.where(to == 0.0, TINY, to)[ends], np.where(level == 0.0, TINY, level)[ends], far[ends]
    opposite = ((to < 0.0) != (level < 0.0)).astype(float)
    with np.errstate(over="ignore"):
        first, second = special.owens_t(to, level / to - slope[ends]), special.owens_t(far, to * squared[ends] / level - slope[ends])
    found[ends] = 0.5 * (special.ndtr(to) + special.ndtr(far) - opposite) - first - second
    return np.asarray(found)
