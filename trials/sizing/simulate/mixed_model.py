"""The planned comparison by statsmodels' linear mixed model: restricted maximum likelihood, one trial at a time."""

import warnings
from typing import Any

import numpy as np

from trials.sizing.information import Information
from trials.sizing.matrices import Matrix, columns_of
from trials.sizing.outcome import Continuous
from trials.sizing.plan import Plan
from trials.sizing.simulate.linear import Fitted, LinearModel
from trials.sizing.simulate.outcomes import Sequence

OPTIMISERS = ("bfgs", "cg", "powell")


class MixedModel:
    """Fixed effects as planned, a random level for each person and, where people differ in their response, one for each person and treatment.

    Notes
    -----
    All measurements of everybody count, those of people who left early too. statsmodels tests with the normal distribution; here Student's t
    with the planned degrees of freedom, worked out for the people of the trial, takes its place. A person-by-treatment variance can only be
    told from the residual where somebody receives a treatment twice; elsewhere it is part of the residual.
    """

    def __init__(self, known: Information, planned: LinearModel) -> None:
        model, letters = known.model, list(known.letters)
        self.planned = planned
        periods = len(model.sequences[0])
        full = []
        for s, sequence in enumerate(model.sequences):
            mean = np.zeros((periods, len(model.sequences) if model.sequence_effects else 1))
            mean[:, s if model.sequence_effects else 0] = 1.0
            full.append(np.hstack([mean, columns_of(sequence, letters, model.carryover, 0 if planned.kind == "paired" else periods)]))
        kept = _independent(np.vstack(full))
        self.columns = [x[:, kept] for x in full]
        self.contrasts = np.zeros((len(planned.contrasts), full[0].shape[1]))
        self.contrasts[:, -(full[0].shape[1] - mean.shape[1]) :][:, : len(letters)] = planned.contrasts[:, : len(letters)]
        self.contrasts = self.contrasts[:, kept]
        self.given = [np.array([letters.index(letter) for letter in sequence]) for sequence in model.sequences]
        repeated = any(len(set(sequence)) < len(sequence) for sequence in model.sequences)
        self.by_treatment = len(letters) if model.individual > 0 and repeated else 0

    def fit(self, trials: list[Sequence]) -> Fitted:
        """The contrasts of each trial; degrees of freedom, and whether there is a test, as in the planned analysis."""
        planned = self.planned.fit(trials)
        k = len(self.contrasts)
        estimate, covariance = np.zeros_like(planned.estimate), np.tile(np.eye(k), (len(planned.estimate), 1, 1))
        tested = planned.tested.copy()
        for t in np.flatnonzero(tested):
            found = self._fit_one([sequence.measured[t] for sequence in trials], [_seen(sequence, int(t)) for sequence in trials])
            if found is None:
                tested[t] = False
            else:
                estimate[t], covariance[t] = found
        return Fitted(estimate, covariance, np.ones_like(estimate), planned.degrees_of_freedom, tested)

    def _fit_one(self, measured: list[Matrix], seen: list[Any]) -> tuple[Matrix, Matrix] | None:
        """Estimates and their covariance; None where no optimiser gets there."""
        from statsmodels.regression.mixed_linear_model import MixedLM, VCSpec

        y, x, person, given = [], [], [], []
        first = 0
        for s, (values, periods) in enumerate(zip(measured, seen, strict=True)):
            people, length = values.shape
            here = np.arange(length) < periods[:, None]
            y.append(values[here])
            x.append(np.broadcast_to(self.columns[s], (people, *self.columns[s].shape))[here])
            person.append(np.broadcast_to(np.arange(people)[:, None] + first, here.shape)[here])
            given.append(np.broadcast_to(self.given[s], here.shape)[here])
            first += people
        groups, letters = np.concatenate(person), np.concatenate(given)
        extra: dict[str, Any] = {}
        if self.by_treatment:
            one = np.eye(self.by_treatment)[letters]
            each = [one[groups == group] for group in np.unique(groups)]
            names = [[str(letter) for letter in range(self.by_treatment)] for _ in each]
            # a person's level must be asked for where there are other variances
            extra = {"exog_re": np.ones((len(groups), 1)), "exog_vc": VCSpec(["treatment"], [names], [each])}
        model = MixedLM(np.concatenate(y), np.vstack(x), groups=groups, **extra)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # a variance at 0 is an answer here
            for optimiser in OPTIMISERS:
                try:
                    fit = model.fit(reml=True, method=[optimiser])
                    wide = np.asarray(self.contrasts @ fit.cov_params()[: len(fit.fe_params), : len(fit.fe_params)] @ self.contrasts.T)
                except (np.linalg.LinAlgError, ValueError):
                    continue
                if np.all(np.isfinite(wide)) and np.all(np.diagonal(wide) > 0):
                    return np.asarray(self.contrasts @ fit.fe_params), wide
        return None


def why_not(plan: Plan, outcome: Continuous) -> tuple[str, str] | None:
    """What stands in the way of a mixed model: the field and a sentence."""
    where = "simulation.analysis"
    if plan.design.n_periods == 1:
        return where, 'A design of one period measures each person once, so there is no mixed model to fit; use "planned".'
    if outcome.autocorrelation:
        return where, 'statsmodels\' mixed model has no autocorrelated residuals; use "planned", or leave autocorrelation out.'
    if outcome.between_people_sd is None:
        name = "between_subject_sd" if outcome.scale == "additive" else "between_subject_cv"
        return f"outcome.{name}", f"{name} is missing: the mixed model estimates how much people differ, so the simulation must know it."
    return None


def _seen(sequence: Sequence, t: int) -> Any:
    people, periods = sequence.measured.shape[1:]
    return np.full(people, periods) if sequence.seen is None else sequence.seen[t]


def _independent(x: Matrix) -> list[int]:
    """Columns, from the left, that add something to those before them."""
    kept: list[int] = []
    for column in range(x.shape[1]):
        if np.linalg.matrix_rank(x[:, [*kept, column]]) > len(kept):
            kept.append(column)
    return kept
