"""Series of n-of-1 trials: everybody goes through cycles of A and B in random order, and the differences within cycles are the data."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from trials.sizing.matrices import Matrix
from trials.sizing.outcome import continuous
from trials.sizing.simulate.linear import Fitted
from trials.sizing.simulate.outcomes import MOST_NUMBERS, Sequence
from trials.sizing.simulate.setting import CannotSimulate, Setting


class SeriesOutcomes:
    """Makes the trials of an n-of-1 setting: a `Sequence` whose measurements are differences, one for each cycle.

    Notes
    -----
    d_ij = θ + τ_i + ε_ij with Var τ = ψ² and Var ε = 2σ_w²; where the conclusion is about these people, Σ τ_i = 0 over those who stay. Chance decides the order in every cycle, so that periods favour neither treatment.
    """

    def __init__(self, setting: Setting, means: Mapping[str, float], treatment: str, comparator: str, *, keep_own: bool = False) -> None:
        self.keep_own, self.own = keep_own, np.zeros((0, 0))  # the true effects of the people of the last portion, where they are asked for
        self.setting, self.outcome = setting, continuous(setting.plan.outcome)
        if setting.plan.attrition.observed_by_period is not None:
            raise CannotSimulate(
                "attrition.lost_before_period", "n-of-1 series are simulated with a dropout_rate, not with loss by period."
            )
        if self.outcome.autocorrelation:
            raise CannotSimulate("outcome.autocorrelation", "n-of-1 series are simulated without autocorrelation; leave it out.")
        self.cycles, self.effect = setting.plan.design.cycles or 1, means[treatment] - means[comparator]

    def trials(self, rng: np.random.Generator, trials: int) -> Iterator[list[Sequence]]:
        """So many trials, in portions that fit into memory."""
        people = sum(self.setting.present)
        portion = max(1, MOST_NUMBERS // max(1, people * self.cycles))
        for first in range(0, trials, portion):
            yield [self._series(rng, min(portion, trials - first), people)]

    def _series(self, rng: np.random.Generator, trials: int, people: int) -> Sequence:
        own = self.outcome.individual_response_sd * rng.standard_normal((trials, people, 1))
        error = np.sqrt(2.0) * self.outcome.residual_sd * rng.standard_normal((trials, people, self.cycles))
        seen, here = None, np.ones((trials, people), dtype=bool)
        if self.setting.randomly_lost:
            stay = rng.binomial(people, self.setting.plan.attrition.share_with_all_periods, size=trials)
            here = np.arange(people) < stay[:, None]
            seen = np.where(here, self.cycles, 0)
        if self.setting.plan.analysis.people == "fixed":  # the assumed effect is the average of these very people
            own = own - ((own[..., 0] * here).sum(axis=1) / np.maximum(here.sum(axis=1), 1))[:, None, None]
        if self.keep_own:
            self.own = self.effect + own[..., 0]
        return Sequence("", self.effect + own + error, seen)


class SeriesModel:
    """The average difference, in the population (`random` people, n − 1 df) or in these people (`fixed`, n(k − 1) df).

    Notes
    -----
    Senn 2019 tells the two apart. Random: the people's means are the data. Fixed: the variance within people is that of the average.
    """

    def __init__(self, people: str) -> None:
        self.people = people

    def fit(self, trials: list[Sequence]) -> Fitted:
        (found,) = trials
        here = present(found)
        n, k = here.sum(axis=1), found.measured.shape[2]
        means = found.measured.mean(axis=2)
        estimate = (means * here).sum(axis=1) / np.maximum(n, 1)
        if self.people == "fixed":
            df = n * (k - 1)
            squares = np.square((found.measured - means[..., None]) * here[..., None]).sum(axis=(1, 2)) / k
        else:
            df = n - 1
            squares = np.square((means - estimate[:, None]) * here).sum(axis=1)
        scale = squares / np.maximum(df, 1)
        covariance = 1.0 / np.maximum(n, 1)
        tested = (df >= 1) & (scale > 0)
        return Fitted(estimate[:, None], covariance[:, None, None], scale[:, None], df.astype(float)[:, None], np.asarray(tested))


def present(sequence: Sequence) -> NDArray[np.bool_]:
    """Who gives all there is to give, shape (trials, people)."""
    if sequence.seen is None:
        return np.ones(sequence.measured.shape[:2], dtype=bool)
    return np.asarray(sequence.seen == sequence.measured.shape[2])


def heterogeneity(found: list[tuple[Matrix, NDArray[np.bool_]]], *, by_cycle: bool) -> tuple[Matrix, Matrix, Matrix]:
    """F = mean square between people ÷ within them, and its degrees of freedom, in each trial.

    Parameters
    ----------
    found : list of (differences, present)
        For each sequence differences by cycle, shape (trials, people, cycles), and who was there (trials, people).
    by_cycle : bool
        Whether the means by sequence and cycle, which periods share, are removed first.

    Notes
    -----
    n − 1 and n(k − 1); with S sequences whose means are removed n − S and (n − S)(k − 1). 0 where nothing is left to compare.
    """
    trials = len(found[0][0])
    between, within, between_df, within_df = (np.zeros(trials) for _ in range(4))
    for values, here in found:
        n, k = here.sum(axis=1), values.shape[2]
        weights = here[..., None] / np.maximum(n, 1)[:, None, None]
        mean = (values * weights).sum(axis=1, keepdims=True)
        rest = (values - (mean if by_cycle else mean.mean(axis=2, keepdims=True))) * here[..., None]
        means = rest.mean(axis=2)
        between += k * np.square(means).sum(axis=1)
        within += np.square(rest - means[..., None]).sum(axis=(1, 2))
        between_df += np.maximum(n - 1, 0)
        within_df += (np.maximum(n - 1, 0) if by_cycle else n) * (k - 1)
    tested = (between_df >= 1) & (within_df >= 1) & (within > 0)
    ratio = between / np.maximum(between_df, 1) / np.where(tested, within / np.maximum(within_df, 1), 1.0)
    return np.where(tested, ratio, 0.0), between_df, within_df
