"""What a trial tells about one comparison within the levels of a moderator, and the power to tell the levels apart.

Notes
-----
Model: subject + period × moderator + treatment × moderator (+ carry-over × moderator), one residual. Whether groups or values are compared, the estimate is a
difference between people of what each shows within himself, so that its variance is that of the main effect divided by the spread of the moderator. How
that spread comes out is chance unless recruitment is stratified: groups vary as binomial numbers, values as their sample variance. Powers are averages over it.

With sums of squares about means of their own in each sequence the spread has an inverse mean n − 3c instead of n, c the number of such means:
E[1/S] ∝ 1/(n_s − 3) for each. In general c = Σ_s u'P_s²u/r_s, P_s the share of sequence s in the information, whitened, u the direction of the comparison, r_s the
share of people: to second order E[(Σ…)⁻¹] = 1 + 3c/n. c is 2 in AB/BA and all designs of two mirrored sequences (so n − 6), 1 without period terms, between 1 and
the number of sequences otherwise; subject contrasts, analysed sequence by sequence, need all of them. Our working version, checked by simulation.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from trials.sizing.information import DegreesOfFreedom, Information, information
from trials.sizing.matrices import Model, generalised_inverse, matrices_of, pieces_of, shares_of
from trials.sizing.power import NEGLIGIBLE_FROM, t_critical, upper_tail

Vector = NDArray[np.float64]
MOST_NODES = 16
# nodes and weights for a standard normal variable
NORMAL, NORMAL_WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
NORMAL_WEIGHTS = NORMAL_WEIGHTS / NORMAL_WEIGHTS.sum()


@dataclass(frozen=True)
class Told:
    """n·Var of the comparison at each level, as if everybody belonged to it, and how the sequences share in it."""

    variances: tuple[float, ...]  # by level, in squared units of the outcome
    degrees_of_freedom: DegreesOfFreedom
    shares: tuple[float, ...]  # of the variance, by sequence that counts
    allocation: tuple[float, ...]  # of the people, the same sequences
    centres: float  # c, means about which the moderator varies
    mirrored: bool  # two sequences with the two treatments exchanged: either alone tells half of the comparison
    unit: int

    @property
    def separate(self) -> bool:
        """Whether each sequence gives its part by itself, so that the moderator varies about a mean of its own in each."""
        each = sum(share / people for share, people in zip(self.shares, self.allocation, strict=True))
        return abs(self.centres - each) < 1e-9 * each

    @property
    def in_two(self) -> bool:
        """Whether two sequences give the comparison, each its part: the power is then averaged exactly."""
        return len(self.shares) == 2 and self.separate


def told(known: Information, weights: dict[str, float], hidden: tuple[float, ...]) -> Told:
    """What the trial tells within each level.

    Parameters
    ----------
    known : Information
    weights : mapping of letter to float
        The comparison.
    hidden : tuple of float
        Variance of the true effect between people that a moderator measured with error leaves within each level, in squared units of the outcome.
    """
    contrasts = [_with_hidden(known, variance).contrast(weights) for variance in hidden]
    shares, allocation, places, centres = _by_sequence(known.model, tuple(weights.items()))
    sequences = [known.design.sequences[place] for place in places]
    first, second = weights
    exchanged = str.maketrans({first: second, second: first})
    return Told(
        tuple(contrast.variance for contrast in contrasts),
        contrasts[0].degrees_of_freedom,
        shares,
        allocation,
        centres,
        len(sequences) == 2 and known.design.n_periods > 1 and sequences[0].translate(exchanged) == sequences[1],
        sum(known.design.unit),
    )


def _with_hidden(known: Information, variance: float) -> Information:
    """The same trial with people whose true effects differ more: by ψ, and in a design of one period by half of it in each group."""
    if not variance:
        return known
    outcome = known.continuous
    varied = (
        outcome.with_residual_sd(sqrt(outcome.residual_sd**2 + variance / 2.0))
        if known.design.n_periods == 1
        else outcome.model_copy(update={"individual_response_sd": sqrt(outcome.individual_response_sd**2 + variance)})
    )
    return information(known.design, varied, known.analysis, known.attrition)


@lru_cache(maxsize=1024)
def _by_sequence(
    model: Model, weights: tuple[tuple[str, float], ...]
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[int, ...], float]:
    """Shares of the variance and of the people, places of the sequences that count, and c."""
    letters = sorted(set("".join(model.sequences)))
    matrices, people = matrices_of(model), shares_of(model.allocation)
    a = np.zeros(len(matrices.covariance))
    for letter, weight in weights:
        a[letters.index(letter)] = weight
    parts = np.einsum("i,sij,j->s", a, matrices.by_sequence, a)
    parts = parts / parts.sum()
    places = tuple(s for s, part in enumerate(parts) if part > 1e-12)
    shares, allocation = tuple(float(parts[s]) for s in places), tuple(people[s] for s in places)
    each = sum(share / many for share, many in zip(shares, allocation, strict=True))
    if model.degrees_of_freedom in {"satterthwaite", "robust"}:  # subject contrasts, sequence by sequence
        return shares, allocation, places, each
    pieces = pieces_of(model)
    size = pieces[0].seen.shape[1]
    added = np.zeros((len(people), size, size))
    for piece in pieces:
        added[piece.sequence] += piece.share * (piece.seen.T @ piece.weigh @ piece.seen)
    whole = generalised_inverse(added.sum(axis=0))
    direction = whole[:, : len(a)] @ a
    turned = np.einsum("sij,j->si", added, direction)
    found = np.einsum("si,ij,sj->s", turned, whole, turned) / np.asarray(people)
    return shares, allocation, places, float(found.sum() / (direction @ added.sum(axis=0) @ direction))


def stretched_t_power(difference: Any, variance: Any, shown: Any, degrees_of_freedom: Any, alpha: float, sides: int) -> Any:
    """Power of a t test whose residual shows another variance than the estimate has.

    Parameters
    ----------
    difference : float or array
        Positive in the direction that is tested when one-sided.
    variance, shown : float or array
        Of the estimate, and as the pooled residual estimates it. They differ where one level hides more variability than the other.
    degrees_of_freedom, alpha, sides

    Notes
    -----
    |estimate| > t·√shown·s/σ, so that the critical value of the noncentral t is stretched by √(shown/variance).
    """
    noncentrality = np.asarray(difference / np.sqrt(variance), dtype=float)
    critical = t_critical(alpha / sides, degrees_of_freedom) * np.sqrt(np.asarray(shown) / variance)
    if sides == 1:
        return np.clip(upper_tail(critical, degrees_of_freedom, noncentrality), 0.0, 1.0)
    size = np.abs(noncentrality)
    near = upper_tail(critical, degrees_of_freedom, size)
    far = upper_tail(critical, degrees_of_freedom, -np.minimum(size, NEGLIGIBLE_FROM))
    return np.clip(near + np.where(size <= NEGLIGIBLE_FROM, far, 0.0), 0.0, 1.0)


# groups


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


# values


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
