"""From sequences to what a trial can tell: covariance of the treatment effects per participant, degrees of freedom, estimability."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from trials.sizing.analysis import Analysis
from trials.sizing.attrition import Attrition
from trials.sizing.design import Design
from trials.sizing.exposure import Exposure
from trials.sizing.matrices import Matrix, Model, generalised_inverse, matrices_of, shares_of
from trials.sizing.noun import in_words
from trials.sizing.outcome import AdditiveOutcome, AnyOutcome, Continuous, LogOutcome, continuous
from trials.sizing.series import Series

# people who differ ten thousand times as much as their periods are not compared with each other, and Σ would lose its digits
MOST_BETWEEN = 1e4


@dataclass(frozen=True)
class DegreesOfFreedom:
    """Degrees of freedom as a function of n: a line, or Satterthwaite's combination of the sequences' own variances."""

    slope: float
    intercept: float
    shares: tuple[float, ...] = ()  # of the variance, by sequence that counts
    allocation: tuple[float, ...] = ()  # of the people, the same sequences
    levels: int = 1  # of a moderator, each with its own means

    def within(self, levels: int) -> "DegreesOfFreedom":
        """Those left when every level of a moderator has period and treatment effects of its own, and one residual is pooled over them.

        Notes
        -----
        What the terms of the model take is taken once for each level: residual − (levels − 1)(periods − 1) − (levels − 1)(treatments − 1)(1 + [carry-over
        fitted]); n − levels·sequences for subject contrasts, whose sequences are left with n_s − levels each.
        """
        return replace(self, intercept=levels * self.intercept, levels=levels)

    def at(self, n: Any) -> Any:
        """Degrees of freedom with n people; below 1 where there is no test.

        Notes
        -----
        ν = (Σa_s)²/Σ(a_s²/(n_s − 1)), a_s = n_s·w_s'Σ_s w_s, over the sequences whose weights w_s are not 0. Each needs two people
        (with a moderator n_s − levels, and one person more than there are levels).
        """
        if not self.shares:
            return self.slope * n + self.intercept
        people = np.multiply.outer(np.asarray(n, dtype=float), self.allocation)
        enough = np.all(people >= self.levels + 1.0 - 1e-9, axis=-1)
        spread = np.sum(np.square(self.shares) / np.maximum(people - self.levels, 1e-9), axis=-1)
        found = np.where(enough, 1.0 / spread, 0.0)
        return float(found) if found.ndim == 0 else found

    @property
    def per_person(self) -> float:
        """Degrees of freedom that each further person adds, for a first guess of n."""
        return self.slope if not self.shares else 1.0 / float(np.sum(np.square(self.shares) / np.asarray(self.allocation)))

    @property
    def smallest_n(self) -> float:
        """From how many people there is a test at all."""
        if not self.shares:
            return (1.0 - self.intercept) / self.slope
        return max((self.levels + 1.0) / share for share in self.allocation)


@dataclass(frozen=True)
class Contrast:
    """What the trial tells about one comparison: the variance of its estimate times n, or the reason why it tells nothing."""

    variance: float
    degrees_of_freedom: DegreesOfFreedom
    reason: str | None = None


@dataclass(frozen=True)
class Information:
    """What one participant tells about the treatments, on average over the sequences."""

    design: Design
    outcome: AnyOutcome | None
    analysis: Analysis
    attrition: Attrition
    exposure: Exposure | None = None
    fitted: Model | None = None  # for continuous outcomes in sequences
    series: Series | None = None  # for continuous outcomes in n-of-1 cycles
    _found: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)  # asked for again and again in a search

    @property
    def letters(self) -> tuple[str, ...]:
        return self.design.letters

    @property
    def continuous(self) -> Continuous:
        """The outcome, where only a continuous one can stand."""
        return continuous(self.outcome)

    @property
    def model(self) -> Model:
        """The linear model of a continuous outcome."""
        if self.fitted is None:
            raise TypeError(getattr(self.outcome, "kind", None))
        return self.fitted

    @property
    def scale(self) -> float:
        """The residual variance, of which variance factors are multiples."""
        return self.continuous.residual_sd**2

    def contrast(self, weights: Mapping[str, float], carryover: Mapping[str, float] | None = None) -> Contrast:
        """What the trial tells about Σ weight·effect.

        Parameters
        ----------
        weights : mapping of letter to float
            Of the treatments; sums to 0.
        carryover : mapping of letter to float, optional
            Of their carry-over effects, when these are in the model.

        Returns
        -------
        Contrast
            n·Var of the estimate in squared units of the outcome, its degrees of freedom, or the reason why there is none.
        """
        key = (tuple(weights.items()), tuple(carryover.items()) if carryover else ())
        if key not in self._found:
            unit = _contrast(self.model, *key) if self.series is None else _of_series(self.series, weights)
            self._found[key] = Contrast(unit.variance * self.scale, unit.degrees_of_freedom, unit.reason)
        found: Contrast = self._found[key]
        return found

    def recall(self, key: Any, find: Callable[[], Any]) -> Any:
        """What `find` gives, worked out once for this information."""
        if key not in self._found:
            self._found[key] = find()
        return self._found[key]

    def covariance(self, contrasts: Matrix) -> Matrix:
        """n·Cov of the estimates of several contrasts that can be estimated.

        Parameters
        ----------
        contrasts : array, shape (contrasts, treatments)
            Weights in the order of `letters`; each row sums to 0.

        Returns
        -------
        array, shape (contrasts, contrasts)
            In squared units of the outcome.
        """
        k = len(self.letters)
        return np.asarray(contrasts @ matrices_of(self.model).covariance[:k, :k] @ contrasts.T * self.scale)

    def variances_in_common(self, contrasts: Matrix) -> float:
        """How far contrasts share their variance estimate: 1 where it is the pooled residual, else the mean correlation of their own ones.

        Notes
        -----
        Sequence s estimates a_s,ij = n_s·w_i'Σ_s w_j on n_s − 1 degrees of freedom, so that the covariance of two variance estimates is
        Σ_s 2a_s,ij²/(n_s − 1) (Wishart); in a complete design the correlation is R_ij². Needed up to its leading term in n.
        """
        if self.design.n_periods == 1 or self.model.degrees_of_freedom not in {"robust", "satterthwaite"} or len(contrasts) < 2:
            return 1.0
        k = len(self.letters)
        parts = np.einsum("ci,sij,dj->scd", contrasts, matrices_of(self.model).by_sequence[:, :k, :k], contrasts)
        spread = np.einsum("scd,s->cd", parts**2, 1.0 / np.asarray(shares_of(self.model.allocation)))
        sd = np.sqrt(np.diag(spread))
        return float(np.mean((spread / np.outer(sd, sd))[np.triu_indices(len(sd), 1)]))

    def degrees_of_freedom(self) -> DegreesOfFreedom:
        """The degrees of freedom of the residual, where no contrast makes a difference."""
        return _degrees_of_freedom(self.model, None)

    def carryover_bias(self, weights: Mapping[str, float], carryover: Mapping[str, float]) -> float:
        """How far carry-over that is left out of the model moves the estimate of Σ weight·effect.

        Parameters
        ----------
        weights : mapping of letter to float
            Of the treatments; sums to 0.
        carryover : mapping of letter to float
            The carry-over effect of each treatment, in the outcome's unit.

        Returns
        -------
        float
            0 where carry-over is in the model.

        Notes
        -----
        a'·I⁺·ΣX'Cz with z the carry-over that each period receives: the treatment and the mixed block of the information matrix.
        """
        if self.series is not None:
            return self.series.carryover_bias(sum(weight * carryover.get(letter, 0.0) for letter, weight in weights.items()))
        if self.model.carryover:
            return 0.0
        k = len(self.letters)
        both = matrices_of(self.model._replace(carryover=True)).information
        a = np.array([weights.get(letter, 0.0) for letter in self.letters])
        z = np.array([carryover.get(letter, 0.0) for letter in self.letters])
        return float(a @ generalised_inverse(both[:k, :k]) @ both[:k, k:] @ z)

    def treatment_information(self) -> Matrix:
        """Information on the treatments alone, per participant and in units of the residual variance, carry-over swept out."""
        found, k = matrices_of(self.model).information, len(self.letters)
        if len(found) == k:
            return found
        cross = found[:k, k:]
        return np.asarray(found[:k, :k] - cross @ generalised_inverse(found[k:, k:]) @ cross.T)


def information(
    design: Design, outcome: AnyOutcome | None, analysis: Analysis, attrition: Attrition, exposure: Exposure | None = None
) -> Information:
    """What one participant of this design tells about the treatments.

    Parameters
    ----------
    design, outcome, analysis, attrition, exposure
        The nouns of the plan. The allocation of the design says how people are shared among sequences.

    Returns
    -------
    Information
        In squared units of the outcome (of its logarithm on the log scale).

    Notes
    -----
    Within-subject estimator: least squares with subjects as fixed effects, I = Σ r_s Σ_j π_j X'(I_j − J_j/j)X, and its true variance
    under Σ_s by the sandwich. Generalised least squares: I = Σ r_s Σ_j π_j X'Σ_s⁻¹X with sequence columns or a common mean. π_j is
    the probability that exactly j periods are observed, r_s the share of people in sequence s.

    Examples
    --------
    >>> ab_ba = information(Design(name="ab_ba"), AdditiveOutcome(within_subject_sd=2.0), Analysis(), Attrition())
    >>> round(ab_ba.contrast({"A": 1, "B": -1}).variance, 9)
    8.0
    """
    if not isinstance(outcome, AdditiveOutcome | LogOutcome):
        return Information(design, outcome, analysis, attrition, exposure)
    sd = outcome.residual_sd
    if design.is_n_of_1:
        series = Series(design.cycles or 1, analysis.people or "random", outcome.individual_response_sd / sd, outcome.autocorrelation)
        return Information(design, outcome, analysis, attrition, exposure, series=series)
    estimator = estimator_used(outcome, analysis, attrition)
    model = Model(
        design.sequences,
        design.allocation,
        attrition.observed_by_period,
        analysis.adjust_for_carryover,
        analysis.sequence_effects,
        estimator,
        analysis.degrees_of_freedom or "anova",
        # within subjects the variance between people cancels
        min((outcome.between_people_sd or 0.0) / sd, MOST_BETWEEN) if estimator == "generalised_least_squares" else 0.0,
        outcome.individual_response_sd / sd,
        outcome.autocorrelation,
    )
    return Information(design, outcome, analysis, attrition, exposure, model)


def estimator_used(outcome: Continuous, analysis: Analysis, attrition: Attrition) -> str:
    """The planned estimator, or the within-subject one where generalised least squares lacks the SD between people."""
    if outcome.between_people_sd is None:
        return "within_subject"
    return analysis.planned_estimator(loss_by_period=attrition.observed_by_period is not None)


def _of_series(series: Series, weights: Mapping[str, float]) -> Contrast:
    """The contrast of a series for a residual SD of 1."""
    if series.reason is not None:
        return Contrast(float("inf"), DegreesOfFreedom(0.0, 0.0), series.reason)
    size = max(abs(weight) for weight in weights.values())
    return Contrast(size * size * series.variance, DegreesOfFreedom(*series.freedom))


@lru_cache(maxsize=4096)
def _contrast(model: Model, weights: tuple[tuple[str, float], ...], carryover: tuple[tuple[str, float], ...]) -> Contrast:
    """The contrast for a residual SD of 1."""
    letters = sorted(set("".join(model.sequences)))
    matrices = matrices_of(model)
    a = np.zeros(len(matrices.covariance))
    for offset, given in ((0, weights), (len(letters), carryover)):
        for letter, weight in given:
            a[offset + letters.index(letter)] = weight
    # a contrast is estimable when a = a·I⁺·I
    if np.max(np.abs(a @ matrices.working @ matrices.information - a)) > 1e-8 * np.max(np.abs(a)):
        return Contrast(float("inf"), DegreesOfFreedom(0.0, 0.0), _why_not(model, weights))
    return Contrast(float(a @ matrices.covariance @ a), _degrees_of_freedom(model, a))


def _degrees_of_freedom(model: Model, a: Matrix | None) -> DegreesOfFreedom:
    treatments, periods = len(set("".join(model.sequences))), len(model.sequences[0])
    if model.degrees_of_freedom == "paired":
        return DegreesOfFreedom(1.0, -1.0)
    if periods == 1:
        return DegreesOfFreedom(1.0, -float(treatments))
    if model.degrees_of_freedom == "robust":
        return DegreesOfFreedom(1.0, -float(len(model.sequences)))
    matrices = matrices_of(model)
    if model.degrees_of_freedom == "satterthwaite" and a is not None:
        parts = np.einsum("i,sij,j->s", a, matrices.by_sequence, a)
        counts = parts > 1e-12 * parts.sum()
        shares = np.asarray(shares_of(model.allocation))
        return DegreesOfFreedom(0.0, 0.0, tuple((parts / parts.sum())[counts].tolist()), tuple(shares[counts].tolist()))
    fitted = (treatments - 1) * (2 if model.carryover else 1)
    return DegreesOfFreedom(matrices.periods_per_person - 1.0, -float(periods - 1 + fitted))


def _why_not(model: Model, weights: tuple[tuple[str, float], ...]) -> str:
    """Why a contrast cannot be estimated, and what would help."""
    compared = [letter for letter, weight in weights if weight]
    sequences = in_words(model.sequences)
    if not compared:
        return (
            f"Sequences {sequences} do not tell carry-over effects apart; add a period or sequences with the treatments in another order."
        )
    letters = in_words(sorted(compared))
    if model.carryover and _contrast(model._replace(carryover=False), weights, ()).reason is None:
        return f"Sequences {sequences} cannot separate carry-over from the treatment effect; add a period or leave carry-over out of the model."
    reached = {compared[0]}
    for _ in model.sequences:
        reached |= {letter for sequence in model.sequences if reached & set(sequence) for letter in sequence}
    if not reached.issuperset(compared):
        return (
            f"Nobody receives more than one of {letters}, directly or by way of other treatments, so people cannot be compared "
            "with themselves. Add a sequence that holds both."
        )
    return f"Sequences {sequences} cannot tell the difference between {letters} from that between periods; add sequences with the treatments in another order."
