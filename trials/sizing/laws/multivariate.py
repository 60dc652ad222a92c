"""Several t statistics that share one variance estimate: the multivariate t distribution, by quadrature that gives the same digits each time.

Notes
-----
T_i = Z_i/u, where Z is normal with means δ and correlations R, and u = s/σ is the same for all (or partly so, see `partly_shared_nodes`). Given u and a few common factors z the
Z_i are independent, Z_i = δ_i + λ_i'z + √d_i·e_i with R = ΛΛ' + diag(d), so that every event made of single comparisons is a product.
Comparisons with one comparator in a balanced design have R_ij = λ_i·λ_j (Dunnett 1955): one factor. The trapezoidal rule on z converges
faster than any power for such integrands; over u Gauss quadrature with the law of u² as its weight does.
"""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, special

from trials.sizing.laws.power import t_critical

Matrix = NDArray[np.float64]
SMOOTH_FROM = 20.0  # degrees of freedom from which few Gauss nodes do
NEGLIGIBLE = 1e-15
REACH = 8.3  # a normal variable is beyond with probability 1e-16
ROUNDING = 1e-9
FEW_FREEDOM = 8.0  # degrees of freedom below which so few nodes of each part say too little
OF_EACH_PART = 14  # nodes where variance estimates are shared in part
MOST_NODES = 15  # of one small factor


@lru_cache(maxsize=512)
def residual_nodes(degrees_of_freedom: float) -> tuple[Matrix, Matrix]:
    """Values of u = s/σ and their weights, which add up to 1.

    Notes
    -----
    ν·u²/2 is Gamma(ν/2): Gauss–Laguerre nodes by Golub & Welsch. With few degrees of freedom the density reaches down to 0, where √ has no
    derivative; there the trapezoidal rule on ln u.
    """
    half = degrees_of_freedom / 2.0
    if degrees_of_freedom >= SMOOTH_FROM:
        squares, weights = chi_square_nodes(degrees_of_freedom, 12 if degrees_of_freedom >= 3 * SMOOTH_FROM else 20)
        return np.sqrt(squares / degrees_of_freedom), weights
    low, high = (0.5 * np.log(end(half, NEGLIGIBLE) / half) for end in (special.gammaincinv, special.gammainccinv))
    step = min(0.4 * np.sqrt(special.polygamma(1, half)) / 2.0, 0.05)
    log_u = np.linspace(low, high, int(np.ceil((high - low) / step)) + 1)
    weights = np.exp(degrees_of_freedom * log_u - half * (np.exp(2.0 * log_u) - 1.0))
    return np.exp(log_u), weights / weights.sum()


def chi_square_nodes(degrees_of_freedom: float, count: int) -> tuple[Matrix, Matrix]:
    """Gauss–Laguerre nodes and weights of a chi-square variable (Golub & Welsch)."""
    half, k = degrees_of_freedom / 2.0, np.arange(count)
    nodes, vectors = linalg.eigh_tridiagonal(2.0 * k + half, np.sqrt(k[1:] * np.maximum(k[1:] + half - 1.0, 1e-12)))
    return 2.0 * nodes, vectors[0] ** 2


@lru_cache(maxsize=512)
def partly_shared_nodes(degrees_of_freedom: float, shared: float) -> tuple[Matrix, Matrix, Matrix]:
    """Values of u = s/σ of variance estimates that have a share of their degrees of freedom in common.

    Returns
    -------
    tuple of array
        u, shape (nodes of the common part, nodes of the own part), and the weights of either.

    Notes
    -----
    ν·u_i² = A + B_i with A chi-square on ν·shared degrees of freedom, the same for all, and B_i on the rest: each u_i has the law that it
    should have, and any two u² the correlation `shared`. With fewer than
    eight degrees of freedom the variance estimates are taken as independent, which makes critical values a little too large, on the safe side:
    so few nodes of both parts would make them too small.
    """
    if shared > 1.0 - 1e-9:
        u, weights = residual_nodes(degrees_of_freedom)
        return u[:, None], weights, np.ones(1)
    if shared < 1e-9 or degrees_of_freedom < FEW_FREEDOM:
        u, weights = residual_nodes(degrees_of_freedom)
        return u[None, :], np.ones(1), weights
    common, common_weights = chi_square_nodes(degrees_of_freedom * shared, OF_EACH_PART)
    own, own_weights = chi_square_nodes(degrees_of_freedom * (1.0 - shared), OF_EACH_PART)
    return np.sqrt((common[:, None] + own[None, :]) / degrees_of_freedom), common_weights, own_weights


@dataclass(frozen=True, eq=False)
class Joint:
    """Comparisons whose statistics are independent given common factors.

    Attributes
    ----------
    common : array, shape (comparisons, nodes)
        λ_i'z at each node of the factors.
    own_sd : array, shape (comparisons,)
        √d_i, what the factors leave.
    weights : array, shape (nodes,)
    shared : float
        Correlation of the variance estimates by which the statistics are divided; 1 where it is one and the same.
    """

    common: Matrix
    own_sd: Matrix
    weights: Matrix
    shared: float = 1.0

    @cached_property
    def count(self) -> int:
        return len(self.own_sd)

    def rejecting(self, critical: float, noncentrality: Matrix, degrees_of_freedom: float, sides: int) -> Matrix:
        """P(comparison i is beyond its critical value), given factors and u.

        Parameters
        ----------
        critical : float
        noncentrality : array, shape (comparisons,)
            True difference ÷ standard error, positive in the direction that is tested.
        degrees_of_freedom : float
        sides : {1, 2}

        Returns
        -------
        array, shape (comparisons, nodes of the common u, nodes of the factors)
        """
        u, _, own_weights = partly_shared_nodes(degrees_of_freedom, self.shared)
        limit = critical * u[None, :, :, None]
        middle = (noncentrality[:, None] + self.common)[:, None, None, :]
        own = self.own_sd[:, None, None, None]
        above = special.ndtr((middle - limit) / own)
        given = above if sides == 1 else above + special.ndtr((-middle - limit) / own)
        return np.asarray(np.einsum("kuvz,v->kuz", given, own_weights) if len(own_weights) > 1 else given[:, :, 0])

    def mean(self, given: Matrix, degrees_of_freedom: float) -> float:
        """A probability given factors and u, averaged over both."""
        return min(1.0, max(0.0, float(partly_shared_nodes(degrees_of_freedom, self.shared)[1] @ given @ self.weights)))

    def any_beyond(self, critical: float, noncentrality: Matrix, degrees_of_freedom: float, sides: int) -> float:
        """P(at least one comparison is beyond the critical value)."""
        each = self.rejecting(critical, noncentrality, degrees_of_freedom, sides)
        return self.mean(1.0 - np.prod(1.0 - each, axis=0), degrees_of_freedom)

    def all_beyond(self, critical: float, noncentrality: Matrix, degrees_of_freedom: float, sides: int) -> float:
        """P(every comparison is beyond the critical value)."""
        each = self.rejecting(critical, noncentrality, degrees_of_freedom, sides)
        return self.mean(np.prod(each, axis=0), degrees_of_freedom)

    def chain(self, critical: float, noncentrality: Matrix, degrees_of_freedom: float, sides: int, *, order: list[int]) -> list[float]:
        """P(the first i comparisons of the order are all beyond the critical value), for i = 1, 2 …"""
        each = np.cumprod(self.rejecting(critical, noncentrality, degrees_of_freedom, sides)[order], axis=0)
        return [self.mean(one, degrees_of_freedom) for one in each]

    def step_down(self, criticals: tuple[float, ...], noncentrality: Matrix, degrees_of_freedom: float, sides: int) -> dict[int, float]:
        """How likely each set of rejections is, when the largest statistic meets the first critical value, the next the second, and so on.

        Parameters
        ----------
        criticals : tuple of float
            Falling; Holm's are t(1 − α/k), t(1 − α/(k − 1)) … t(1 − α).

        Returns
        -------
        dict of int to float
            Bit i of the key says whether comparison i is rejected.

        Notes
        -----
        The set S of s comparisons is rejected when its j-th largest statistic is beyond c_j for all j ≤ s and all others stay below c_(s+1).
        The first part, A(S), is that all of S are beyond c_s less the ways in which the procedure, looking at S alone, stops at a smaller set Q:
        A(S) = Π_S p(c_s) − Σ_(Q ⊂ S) A(Q)·Π_(S∖Q) [p(c_s) − p(c_(|Q|+1))].
        """
        k = self.count
        beyond = [self.rejecting(critical, noncentrality, degrees_of_freedom, sides) for critical in criticals]
        reached: dict[int, Matrix] = {0: np.ones_like(beyond[0][0])}
        for size in range(1, k + 1):
            at = beyond[size - 1]
            between = [at - beyond[fewer] for fewer in range(size)]
            for members in combinations(range(k), size):
                whole = np.prod(at[list(members)], axis=0)
                for fewer in range(size):
                    for smaller in combinations(members, fewer):
                        rest = [one for one in members if one not in smaller]
                        whole = whole - reached[_key(smaller)] * np.prod(between[fewer][rest], axis=0)
                reached[_key(members)] = whole
        found = {}
        for key, whole in reached.items():
            others = [one for one in range(k) if not key >> one & 1]
            stopped = np.prod(1.0 - beyond[key.bit_count()][others], axis=0) if others else 1.0
            found[key] = self.mean(whole * stopped, degrees_of_freedom)
        return found

    def critical_value(self, alpha: float, degrees_of_freedom: float, sides: int) -> float:
        """The value that the largest of the statistics exceeds with probability alpha when nothing differs."""
        return _critical_value(self, alpha, degrees_of_freedom, sides)


@lru_cache(maxsize=4096)
def _critical_value(together: Joint, alpha: float, degrees_of_freedom: float, sides: int) -> float:
    from scipy.optimize import brentq

    low, high = (float(t_critical(alpha / sides / parts, degrees_of_freedom)) for parts in (1, together.count))
    if together.count == 1:
        return low
    none = np.zeros(together.count)

    def excess(critical: float) -> float:
        return together.any_beyond(critical, none, degrees_of_freedom, sides) - alpha

    if excess(low - 1e-9) <= 0.0 or excess(high + 1e-9) >= 0.0:
        return high  # so far out in the tail that the nodes do not reach it: Bonferroni's, which is on the safe side
    return float(brentq(excess, low - 1e-9, high + 1e-9, xtol=1e-12))


def _key(members: tuple[int, ...]) -> int:
    return sum(1 << one for one in members)


def joint(correlation: Matrix, shared: float = 1.0) -> Joint:
    """What makes comparisons with these correlations independent of each other.

    Parameters
    ----------
    correlation : array, shape (comparisons, comparisons)
        Positive definite: no comparison follows from the others.
    shared : float
        Correlation of their variance estimates.
    """
    return _joint(tuple(map(tuple, np.round(correlation, 14).tolist())), round(shared, 14))


@lru_cache(maxsize=256)
def _joint(rows: tuple[tuple[float, ...], ...], shared: float) -> Joint:
    if shared != 1.0:
        return replace(_joint(rows, 1.0), shared=shared)
    correlation = np.array(rows)
    count = len(correlation)
    if count == 1:
        return Joint(np.zeros((1, 1)), np.ones(1), np.ones(1))
    single = _single_factor(correlation)
    own = 1.0 - single**2
    if np.max(np.abs(correlation - np.outer(single, single) - np.diag(own))) < ROUNDING:
        z, weights = _normal_nodes(single, own)
        return Joint(np.outer(single, z), np.sqrt(own), weights)
    return _several_factors(correlation, own)


def _single_factor(correlation: Matrix) -> Matrix:
    """λ with R_ij ≈ λ_i·λ_j: exact where there is such a λ, else near it."""
    count = len(correlation)
    if count == 2:
        root = np.sqrt(abs(correlation[0, 1]))
        return np.array([root, np.copysign(root, correlation[0, 1])])
    pairs = list(combinations(range(count), 2))
    off = np.array([correlation[i, j] for i, j in pairs])
    if np.min(off) <= 0.0:
        return np.full(count, np.sqrt(max(float(off.mean()), 0.0)))
    rows = np.zeros((len(pairs), count))
    for row, (i, j) in zip(rows, pairs, strict=True):
        row[i] = row[j] = 1.0
    return np.asarray(np.minimum(np.exp(np.linalg.lstsq(rows, np.log(off), rcond=None)[0]), np.sqrt(0.95)))


def _normal_nodes(loadings: Matrix, own: Matrix) -> tuple[Matrix, Matrix]:
    """Nodes and weights for a standard normal factor, close enough together for the steepest comparison."""
    steep = 1.0 + float(np.sum(loadings**2 / np.maximum(own, 1e-6)))
    step = 2.0 * np.pi / (REACH * np.sqrt(steep))
    z = np.linspace(-REACH, REACH, int(np.ceil(2.0 * REACH / step)) + 1)
    weights = np.exp(-z * z / 2.0)
    return z, weights / weights.sum()


def _several_factors(correlation: Matrix, own: Matrix) -> Joint:
    """As much of the own variances as R allows is kept apart; what remains is one large factor and small ones.

    The small ones, which incomplete sequences or loss by period bring, are taken at Gauss–Hermite nodes: the fewer the smaller they are.
    """
    scaled = correlation / np.sqrt(np.outer(own, own))
    kept = own * max(float(np.linalg.eigvalsh(scaled)[0]) * (1.0 - 1e-12), 1e-6)
    values, vectors = np.linalg.eigh(correlation - np.diag(kept))
    loadings = (vectors * np.sqrt(np.maximum(values, 0.0)))[:, np.flatnonzero(values > 1e-12)[::-1]]
    z, weights = _normal_nodes(loadings[:, 0], kept)
    common = loadings[:, :1] * z[None, :]
    for loading in loadings[:, 1:].T:
        nodes, chances = hermite_nodes(float(np.max(np.abs(loading) / np.sqrt(kept))))
        common = (common[:, :, None] + np.multiply.outer(loading, nodes)[:, None, :]).reshape(len(own), -1)
        weights = np.multiply.outer(weights, chances).ravel()
        common, weights = common[:, weights > NEGLIGIBLE], weights[weights > NEGLIGIBLE]
    return Joint(common, np.sqrt(kept), weights / weights.sum())


def hermite_nodes(steepness: float) -> tuple[Matrix, Matrix]:
    """Nodes and weights for a standard normal factor that moves what is integrated by `steepness` of its own SD.

    Notes
    -----
    With m nodes the error for Φ(a + ρz) is about (ρ²/2)^m.
    """
    count = int(np.clip(np.ceil(15.0 / -np.log(min(0.9, steepness**2 / 2.0 + 1e-12))), 2, MOST_NODES))
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    return nodes, weights / weights.sum()
