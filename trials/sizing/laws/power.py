"""Distributions: power from a noncentrality and degrees of freedom, safe in both tails. All functions take numbers or arrays.

Notes
-----
The lower tail of SciPy's noncentral t is NaN where power is near 1. Only upper tails are used here:
P(T'(ν, δ) > c) = P(T'(ν, −δ) < −c), which `special.nctdtr(ν, −δ, −c)` gives without that defect, except that it is NaN again where
δ lies so far below 0 that nothing is left (less than 1e-13): there the tail is 0. The far tail of a two-sided test,
P(T' < −c) = P(T'(ν, −δ) > c), is such an upper tail, too; it is at most Φ(−δ), below 1e-9 for δ > 6, and is left out there.
"""

from typing import Any

import numpy as np
from scipy import special

NEGLIGIBLE_FROM = 6.0
LARGEST_SPREAD = 1e6


def t_critical(alpha: Any, degrees_of_freedom: Any) -> Any:
    """The upper alpha point of Student's t."""
    return -special.stdtrit(degrees_of_freedom, alpha)


def upper_tail(critical: Any, degrees_of_freedom: Any, noncentrality: Any) -> Any:
    """P(T' > critical) for a noncentral t, also where a noncentrality far from 0 makes SciPy give up.

    Far below 0 nothing is left. Far above, T' exceeds c when s/σ stays below δ/c, whatever the normal part is.
    """
    tail = special.nctdtr(degrees_of_freedom, -noncentrality, -critical)
    if isinstance(tail, float):
        if tail == tail:  # noqa: PLR0124  NaN differs from itself, the fastest test
            return float(tail)
        return 0.0 if noncentrality < 0 else float(_spread_below(noncentrality / critical, degrees_of_freedom))
    lost = np.isnan(tail)
    if not lost.any():
        return tail
    return np.where(
        lost,
        np.where(np.asarray(noncentrality) < 0, 0.0, _spread_below(np.maximum(noncentrality, 0.0) / critical, degrees_of_freedom)),
        tail,
    )


def _spread_below(ratio: Any, degrees_of_freedom: Any) -> Any:
    """P(s/σ < ratio); 1 for a negative critical value, which everything exceeds."""
    squared = np.square(np.minimum(np.abs(ratio), 1e100))
    return np.where(
        np.asarray(ratio) < 0, 1.0, special.gammainc(np.asarray(degrees_of_freedom) / 2.0, np.asarray(degrees_of_freedom) / 2.0 * squared)
    )


def t_power(noncentrality: Any, degrees_of_freedom: Any, alpha: Any, sides: int) -> Any:
    """Power of a t test.

    Parameters
    ----------
    noncentrality : float or array
        (difference − boundary) ÷ standard error; positive in the direction that is tested when one-sided.
    degrees_of_freedom : float or array
    alpha : float or array
        In total over the sides.
    sides : {1, 2}
        Two sides count rejection in either direction.

    Notes
    -----
    One-sided P(T'(ν, δ) > t(1−α, ν)); two-sided P(T' > t(1−α/2)) + P(T' < −t(1−α/2)) (Senn 2002; SAS PROC POWER).

    Examples
    --------
    >>> round(float(t_power(46**0.5 / 2, 44, 0.05, 2)), 10)
    0.9124983603
    """
    if sides == 1:
        return upper_tail(t_critical(alpha, degrees_of_freedom), degrees_of_freedom, noncentrality)
    critical = t_critical(alpha / 2, degrees_of_freedom)
    if isinstance(noncentrality, float) and isinstance(degrees_of_freedom, float | int):
        size = abs(noncentrality)
        near = upper_tail(critical, degrees_of_freedom, size)
        return min(1.0, near + upper_tail(critical, degrees_of_freedom, -size)) if size <= NEGLIGIBLE_FROM else near
    size = np.abs(noncentrality)
    near = upper_tail(critical, degrees_of_freedom, size)
    far = upper_tail(critical, degrees_of_freedom, -np.minimum(size, NEGLIGIBLE_FROM))
    return np.minimum(1.0, near + np.where(size <= NEGLIGIBLE_FROM, far, 0.0))


def f_power(noncentrality: Any, numerator: Any, denominator: Any, alpha: Any) -> Any:
    """P(F'(ν₁, ν₂, λ) > F(1−α)), the power of an omnibus F test.

    Notes
    -----
    `ncf.sf` is wrong at λ = 0 exactly (it gives −0.95 for α = 0.05), so that λ is kept a little above. It gives up for a very large λ, whose
    own variation is nothing beside it: there F' exceeds the critical value c when the denominator stays below λ/(c·ν₁).
    """
    from scipy import stats

    critical = special.fdtri(numerator, denominator, 1.0 - alpha)
    tail = stats.ncf.sf(critical, numerator, denominator, np.clip(noncentrality, 1e-12, LARGEST_SPREAD))
    limit = _spread_below(np.sqrt(noncentrality / (critical * numerator)), denominator)
    return np.where(np.asarray(noncentrality) > LARGEST_SPREAD, limit, np.clip(tail, 0.0, 1.0))[()]


NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)


def equivalence_power(to_lower: Any, to_upper: Any, degrees_of_freedom: Any, alpha: Any) -> Any:
    """Exact power of two one-sided t tests, by one positive integral.

    Parameters
    ----------
    to_lower, to_upper : float or array
        (true difference − lower limit) ÷ SE and (upper limit − true difference) ÷ SE.
    degrees_of_freedom, alpha : float or array
        Alpha is that of each one-sided test.

    Returns
    -------
    float or array
        ∫₀ᵐ [Φ(b − t·u) − Φ(−a + t·u)] f(u) du with a = to_lower, b = to_upper, t = t(1−α, ν), m = (a + b)/(2t) and f the density of s/σ.

    Notes
    -----
    Schuirmann for the test, Phillips 1990 and Owen 1965 for its power. Nothing is subtracted from anything large, so the
    power is never negative. 64 Gauss–Legendre nodes between the 1e-15 quantiles of s/σ are good to about 2e-13; they lie on √u, because the
    density rises like a power of u from 0, which polynomials follow badly when there are only one to three degrees of freedom.
    """
    return between(to_lower, to_upper, degrees_of_freedom, t_critical(alpha, degrees_of_freedom))


def between(to_lower: Any, to_upper: Any, degrees_of_freedom: Any, critical: Any) -> Any:
    """∫₀ᵐ [Φ(b − c·u) − Φ(−a + c·u)] f(u) du with a = to_lower, b = to_upper, c = critical and m = (a + b)/(2c); see `equivalence_power`."""
    a, b, df, critical = np.broadcast_arrays(
        *(np.asarray(value, dtype=float) for value in (to_lower, to_upper, degrees_of_freedom, critical))
    )
    u, weights = residual_nodes(df, np.maximum(a + b, 0.0) / (2.0 * critical))
    t = critical[..., None]
    inside = special.ndtr(b[..., None] - t * u) - special.ndtr(t * u - a[..., None])
    return np.clip(np.sum(weights * np.maximum(inside, 0.0), axis=-1), 0.0, 1.0)[()]


def residual_nodes(degrees_of_freedom: Any, largest: Any = np.inf) -> tuple[Any, Any]:
    """Nodes and weights that average over u = s/σ, whose square is a χ² divided by its degrees of freedom, up to a largest u.

    Both have one axis more than the degrees of freedom. 64 Gauss–Legendre nodes on √u; the weights hold the density.
    """
    df = np.asarray(degrees_of_freedom, dtype=float)
    half = df / 2.0
    low = np.sqrt(special.gammaincinv(half, 1e-15) / half)
    high = np.sqrt(special.gammainccinv(half, 1e-15) / half)
    ends = np.sqrt(np.maximum(np.minimum(largest, high), low))
    middle, reach = (ends + np.sqrt(low)) / 2.0, (ends - np.sqrt(low)) / 2.0
    v = middle[..., None] + reach[..., None] * NODES
    half_ = half[..., None]
    u, log_u = v * v, 2.0 * np.log(v)
    log_density = np.log(4.0) + _log_constant(half)[..., None] - 0.5 * log_u + half_ * (1.0 + 2.0 * log_u - u * u)
    return u, WEIGHTS * np.exp(log_density) * reach[..., None]


def _log_constant(half: Any) -> Any:
    """half·ln(half) − half − lnΓ(half); by Stirling's series where the terms are so large that their difference loses digits."""
    series = 0.5 * np.log(half / (2.0 * np.pi)) - 1.0 / (12.0 * half) + 1.0 / (360.0 * half**3)
    return np.where(half > 100.0, series, half * np.log(half) - half - special.gammaln(half))


def expected_residual_ratio(degrees_of_freedom: Any) -> Any:
    """E[s]/σ = √(2/ν)·Γ((ν+1)/2)/Γ(ν/2)."""
    half = np.asarray(degrees_of_freedom, dtype=float) / 2.0
    return np.exp(special.gammaln(half + 0.5) - special.gammaln(half) - 0.5 * np.log(half))[()]


def expected_half_width(standard_error: Any, degrees_of_freedom: Any, confidence_level: Any) -> Any:
    """Expected half-width of the confidence interval: t·SE·E[s]/σ."""
    return t_critical((1.0 - confidence_level) / 2.0, degrees_of_freedom) * standard_error * expected_residual_ratio(degrees_of_freedom)


def probability_of_half_width(half_width: Any, standard_error: Any, degrees_of_freedom: Any, confidence_level: Any) -> Any:
    """P(half-width ≤ wanted) = P(χ²_ν ≤ ν·(wanted/(t·SE))²)."""
    wanted = half_width / (t_critical((1.0 - confidence_level) / 2.0, degrees_of_freedom) * standard_error)
    return special.gammainc(np.asarray(degrees_of_freedom) / 2.0, np.asarray(degrees_of_freedom) * wanted * wanted / 2.0)[()]


def f_critical(alpha: Any, numerator: Any, denominator: Any) -> Any:
    """The upper alpha point of F, by way of its reciprocal, so that a small alpha keeps its digits."""
    return 1.0 / special.fdtri(denominator, numerator, alpha)


def f_ratio_power(ratio: Any, numerator: Any, denominator: Any, alpha: Any) -> Any:
    """P(ratio·F > F(1−α)) for a central F: the power to see that one variance is `ratio` times what it is under the null hypothesis."""
    tail = special.fdtrc(numerator, denominator, f_critical(alpha, numerator, denominator) / ratio)
    return np.clip(tail, 0.0, 1.0)[()]
