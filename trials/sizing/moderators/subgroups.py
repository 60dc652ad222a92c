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

from trials.sizing.information import DegreesOfFreedom, Information, information
from trials.sizing.laws.power import NEGLIGIBLE_FROM, t_critical, upper_tail
from trials.sizing.matrices import Model, generalised_inverse, matrices_of, pieces_of, shares_of


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
