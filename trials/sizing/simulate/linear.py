"""The planned linear model fitted to many trials at once: least squares within subjects, or generalised least squares.

Notes
-----
All that the fit needs of a trial are counts and sums by sequence and number of periods observed: with W_j = I − J/j (within subjects) or
Σ_j⁻¹ (generalised), A = Σ c_sj·X'W_jX and b = Σ X'W_j·Σ_i y_i; a'A⁺b estimates a contrast a and a'A⁺a is its variance in units of the residual
variance. Trials with the same counts share A⁺.
"""

from collections.abc import Sequence as Many
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trials.sizing.information import Information
from trials.sizing.matrices import RANK_TOLERANCE, Matrix, columns_of, covariance_of, inverse_of
from trials.sizing.simulate.outcomes import Sequence

NOTHING = 1e-12


@dataclass(frozen=True)
class Fitted:
    """Estimates of k contrasts in each trial.

    `estimate`, `scale` and `degrees_of_freedom` have shape (trials, k), `covariance` (trials, k, k); the variance of an estimate is its scale
    times the diagonal of the covariance. `tested` says where every contrast can be estimated and has degrees of freedom left.
    """

    estimate: Matrix
    covariance: Matrix
    scale: Matrix
    degrees_of_freedom: Matrix
    tested: NDArray[np.bool_]

    @property
    def standard_error(self) -> Matrix:
        return np.asarray(np.sqrt(self.scale * np.diagonal(self.covariance, axis1=1, axis2=2)))


class _Group(NamedTuple):
    """People of one sequence of whom j periods were observed."""

    sequence: int
    observed: int
    columns: Matrix  # (j, effects)
    weighed: Matrix  # W_j·X
    spread: Matrix  # Σ_j, for a residual SD of 1


class _Pattern(NamedTuple):
    """What depends on the counts alone, trial by trial."""

    inverse: Matrix  # (trials, effects, effects)
    rank: NDArray[np.int64]
    weights: Matrix  # a'A⁺, (trials, k, effects)
    covariance: Matrix  # (trials, k, k)
    estimable: NDArray[np.bool_]


class LinearModel:
    """The analysis that an information matrix describes, ready to be fitted.

    Parameters
    ----------
    known : Information
    contrasts : array of shape (k, letters)
        Weights of the treatments, in the order of the alphabet.
    """

    def __init__(self, known: Information, contrasts: Matrix) -> None:
        model = known.model
        self.letters, self.periods = known.letters, len(model.sequences[0])
        self.kind = model.degrees_of_freedom if self.periods > 1 or model.degrees_of_freedom == "paired" else "anova"
        self.generalised = model.estimator == "generalised_least_squares" and self.periods > 1
        self.within = self._groups(known, means=False)
        self.groups = self._groups(known, means=True) if self.generalised else self.within
        self.contrasts = np.zeros((len(contrasts), self.groups[0].columns.shape[1]))
        self.contrasts[:, : len(self.letters)] = contrasts

    def _groups(self, known: Information, *, means: bool) -> list[_Group]:
        model, letters, periods = known.model, list(known.letters), self.periods
        found = []
        for s, sequence in enumerate(model.sequences):
            x = columns_of(sequence, letters, model.carryover, 0 if model.degrees_of_freedom == "paired" else periods)
            if means:
                mean = np.zeros((periods, len(model.sequences) if model.sequence_effects else 1))
                mean[:, s if model.sequence_effects else 0] = 1.0
                x = np.hstack([x, mean])
            sigma = covariance_of(sequence, letters, model.between, model.individual, model.autocorrelation)
            for j in range(1, periods + 1):
                spread = sigma[:j, :j]
                weigh = inverse_of(spread) if means else np.eye(1) if periods == 1 else np.eye(j) - 1.0 / j
                found.append(_Group(s, j, x[:j], np.asarray(weigh @ x[:j]), spread))
        return found

    # the fit

    def fit(self, trials: Many[Sequence]) -> Fitted:
        """The contrasts of each trial, with the variance and the degrees of freedom that are planned."""
        counts = np.stack([sequence.counts for sequence in trials], axis=1).reshape(len(trials[0].measured), -1)
        pattern = self._pattern(counts, self.groups, self.contrasts)
        score = self._score(trials, counts, self.groups)
        estimate = np.einsum("tke,te->tk", pattern.weights, score)
        if self.kind in {"anova", "paired"}:
            scale, df = self._pooled_residual(trials, counts, None if self.generalised else (pattern, score))
            scale, df = (np.repeat(one[:, None], estimate.shape[1], axis=1) for one in (scale, df))
        else:
            parts = [self._spread_of_people(trials, counts, pattern, score, k) for k in range(estimate.shape[1])]
            scale, df = (np.stack(both, axis=1) for both in zip(*parts, strict=True))
        tested = pattern.estimable & np.all(df >= 1.0 - 1e-9, axis=1) & np.all(scale > 0, axis=1)
        return Fitted(estimate, pattern.covariance, scale, df, tested)

    def _pattern(self, counts: NDArray[Any], groups: Many[_Group], contrasts: Matrix) -> _Pattern:
        if np.all(counts == counts[0]):  # nobody is lost, or as many in every trial
            unique, back = counts[:1], np.zeros(len(counts), dtype=int)
        else:
            unique, back = np.unique(counts, axis=0, return_inverse=True)
        total = np.einsum("ug,gef->uef", unique.astype(float), np.stack([group.columns.T @ group.weighed for group in groups]))
        values, vectors = np.linalg.eigh((total + np.swapaxes(total, 1, 2)) / 2.0)
        kept = values > RANK_TOLERANCE * np.maximum(values[:, -1:], 1e-300)
        inverse = np.einsum("uef,uf,uhf->ueh", vectors, np.where(kept, 1.0 / np.where(kept, values, 1.0), 0.0), vectors)
        weights = np.einsum("ke,uef->ukf", contrasts, inverse)
        left = np.abs(np.einsum("uke,uef->ukf", weights, total) - contrasts).max(axis=(1, 2), initial=0.0)
        return _Pattern(
            inverse[back],
            kept.sum(axis=1)[back],
            weights[back],
            np.einsum("uke,le->ukl", weights, contrasts)[back],
            (left <= 1e-8 * np.abs(contrasts).max(initial=0.0))[back],
        )

    def _score(self, trials: Many[Sequence], counts: NDArray[Any], groups: Many[_Group]) -> Matrix:
        """Σ X'W·y over everybody, shape (trials, effects)."""
        score = np.zeros((len(trials[0].measured), groups[0].columns.shape[1]))
        for _, group in self._present(counts, groups):
            y, here = _of(trials[group.sequence], group.observed)
            sums = y.sum(axis=1) if here is None else np.einsum("tip,ti->tp", y, here)
            score += np.einsum("tp,pe->te", sums, group.weighed)
        return score

    @staticmethod
    def _present(counts: NDArray[Any], groups: Many[_Group]) -> list[tuple[int, _Group]]:
        """Groups in which there is anybody, with their place."""
        return [(place, group) for place, group in enumerate(groups) if counts[:, place].any()]

    # variances

    def _pooled_residual(
        self, trials: Many[Sequence], counts: NDArray[Any], fitted: tuple[_Pattern, Matrix] | None
    ) -> tuple[Matrix, Matrix]:
        """The residual mean square within subjects (of all measurements where there is one period), and its degrees of freedom."""
        if fitted is None:
            none = np.zeros((0, self.within[0].columns.shape[1]))
            fitted = self._pattern(counts, self.within, none), self._score(trials, counts, self.within)
        pattern, score = fitted
        squares = np.zeros(len(score))
        for _, group in self._present(counts, self.within):
            y, here = _of(trials[group.sequence], group.observed)
            inner = y - y.mean(axis=2, keepdims=True) if self.periods > 1 else y
            per_person = np.square(inner).sum(axis=2)
            squares += per_person.sum(axis=1) if here is None else np.einsum("ti,ti->t", per_person, here)
        explained = np.einsum("te,tef,tf->t", score, pattern.inverse, score)
        observed = np.array([group.observed for group in self.within])
        df = (counts * (observed - (1 if self.periods > 1 else 0))).sum(axis=1) - pattern.rank
        return np.maximum(squares - explained, 0.0) / np.maximum(df, 1), df.astype(float)

    def _spread_of_people(
        self, trials: Many[Sequence], counts: NDArray[Any], pattern: _Pattern, score: Matrix, k: int
    ) -> tuple[Matrix, Matrix]:
        """Scale and degrees of freedom from how people of the same sequence differ in what they add to the estimate.

        Notes
        -----
        A person adds u_i = w'(y_i − Xβ̂), w = W·X·A⁺a. Satterthwaite: each sequence has its own variance, n_s/(n_s − 1)·Σ(u_i − ū_s)², and
        ν = (Σa_s)²/Σ(a_s²/(n_s − 1)) with a_s as planned for the people of the trial. Robust: u_i in units of its planned SD, one variance for all
        sequences, as many degrees of freedom as people less sequences; people who do not count for the contrast tell the variance by the
        difference of their first and last period.
        """
        robust, n_sequences = self.kind == "robust", len(trials)
        shape = (len(score), n_sequences)
        squares, sums, people, planned = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape)
        effects = np.einsum("tef,tf->te", pattern.inverse, score)
        for place, group in self._present(counts, self.groups):
            s, j = group.sequence, group.observed
            y, here = _of(trials[s], j)
            count = counts[:, place].astype(float)
            w = np.einsum("pe,te->tp", group.weighed, pattern.weights[:, k])
            variance = np.einsum("tp,pr,tr->t", w, group.spread, w)
            planned[:, s] += count * variance
            if robust:
                if j == 1:
                    continue
                idle = variance <= NOTHING * np.maximum(pattern.covariance[:, k, k], 1e-300) ** 2
                w[idle] = np.array([1.0, *[0.0] * (j - 2), -1.0])
                variance = np.einsum("tp,pr,tr->t", w, group.spread, w)
                w = w / np.sqrt(variance)[:, None]
            u = np.einsum("tip,tp->ti", y, w) - np.einsum("tp,pe,te->t", w, group.columns, effects)[:, None]
            u = u if here is None else u * here
            squares[:, s] += np.square(u).sum(axis=1)
            sums[:, s] += u.sum(axis=1)
            people[:, s] += count
        inner = squares - sums**2 / np.maximum(people, 1.0)
        total, variance = planned.sum(axis=1), np.maximum(pattern.covariance[:, k, k], 1e-300)
        if robust:
            df = np.maximum(people - 1.0, 0.0).sum(axis=1)
            return inner.sum(axis=1) / np.maximum(df, 1.0) * total / variance, df
        counts_for_it = planned > NOTHING * total[:, None]
        each = np.where(counts_for_it, inner * people / np.maximum(people - 1.0, 1.0), 0.0)
        spread = np.where(counts_for_it, planned**2 / np.maximum(people - 1.0, 1.0), 0.0).sum(axis=1)
        enough = np.all(~counts_for_it | (people >= 2.0), axis=1)
        df = np.where(enough, total**2 / np.maximum(spread, 1e-300), 0.0)
        return each.sum(axis=1) / variance, df


def _of(sequence: Sequence, observed: int) -> tuple[Matrix, Matrix | None]:
    """The first measurements of everybody, and who has exactly so many; None where everybody has."""
    if sequence.seen is None:
        return sequence.measured, None
    return sequence.measured[:, :, :observed], (sequence.seen == observed).astype(float)
