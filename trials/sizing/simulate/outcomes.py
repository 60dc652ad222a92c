"""Measurements of simulated trials: everybody's continuous outcome in each period, and who has left by then."""

from collections.abc import Iterator, Mapping
from collections.abc import Sequence as Many
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trials.sizing.matrices import Matrix, covariance_of
from trials.sizing.outcome import continuous
from trials.sizing.simulate.setting import Setting, whole_people

# the treatments must be found whatever the periods do: each lies so many residual SDs above the one before
PERIOD_STEP = 0.5
MOST_NUMBERS = 2_000_000  # measurements held in memory at a time


@dataclass(frozen=True)
class Sequence:
    """The people of one sequence in many trials.

    `measured` has shape (trials, people, periods). `seen` says how many periods were observed, of people in trials (trials, people), or is
    None where everybody gives all of them.
    """

    letters: str
    measured: Matrix
    seen: NDArray[np.int64] | None = None

    @property
    def counts(self) -> NDArray[np.int64]:
        """People with exactly 1, 2, … periods, shape (trials, periods)."""
        trials, people, periods = self.measured.shape
        if self.seen is None:
            return np.broadcast_to(np.array([0] * (periods - 1) + [people]), (trials, periods))
        return np.stack([(self.seen == j).sum(axis=1) for j in range(1, periods + 1)], axis=1)


class Outcomes:
    """Makes the trials of a setting with a continuous outcome.

    Parameters
    ----------
    setting : Setting
    means : mapping of letter to float
        True means of the treatments, on the scale of the analysis.

    Notes
    -----
    y = period + treatment + carry-over of the treatment before + e, with e normal and its covariance within a person
    Σ_s = σ_w²·R(φ) + σ_b²·J + (ψ²/2)·Z_s·Z_s', as the information matrix has it. Periods rise by half a residual SD, except where the planned
    analysis has no period term (the paired t test).
    """

    def __init__(self, setting: Setting, means: Mapping[str, float]) -> None:
        plan, simulation = setting.plan, setting.simulation
        outcome, self.setting = continuous(plan.outcome), setting
        sd, letters, self.periods = outcome.residual_sd, list(plan.design.letters), plan.design.n_periods
        step = 0.0 if plan.analysis.degrees_of_freedom == "paired" else PERIOD_STEP * sd
        self.means, self.roots = [], []
        for sequence in plan.design.sequences:
            carried = [0.0, *(simulation.carryover.get(letter, 0.0) for letter in sequence[:-1])]
            self.means.append([means[letter] + carried[k] + step * k for k, letter in enumerate(sequence)])
            between, individual = (outcome.between_people_sd or 0.0) / sd, outcome.individual_response_sd / sd
            spread = covariance_of(sequence, letters, between, individual, outcome.autocorrelation)
            self.roots.append(sd * root_of(spread))

    def trials(self, rng: np.random.Generator, trials: int) -> Iterator[list[Sequence]]:
        """All sequences of so many trials, in portions that fit into memory."""
        for first in range(0, trials, self.portion):
            yield [self._sequence(rng, s, min(self.portion, trials - first)) for s in range(len(self.means))]

    @property
    def portion(self) -> int:
        """How many trials fit into memory."""
        return max(1, MOST_NUMBERS // max(1, sum(self.setting.present) * self.periods))

    def _sequence(self, rng: np.random.Generator, s: int, trials: int) -> Sequence:
        setting = self.setting
        seen, people = self._seen(rng, s, trials)
        z = rng.standard_normal((trials, people, self.periods))
        return Sequence(setting.plan.design.sequences[s], spread_around(self.means[s], self.roots[s], z), seen)

    def _seen(self, rng: np.random.Generator, s: int, trials: int) -> tuple[NDArray[np.int64] | None, int]:
        """How many periods people give, and how many people there are to look at."""
        setting, periods = self.setting, self.periods
        started, observed = setting.started[s], setting.plan.attrition.observed_by_period
        if observed is not None:
            if setting.randomly_lost:
                lost = np.array(setting.plan.attrition.lost_before_period)
                stays = rng.random((trials, started))
                return np.asarray((stays[..., None] >= lost).sum(axis=2)), started
            fixed = np.repeat(np.arange(1, periods + 1), whole_people([started * share for share in observed]))
            return np.broadcast_to(fixed, (trials, started)), started
        if setting.randomly_lost:
            stay = rng.binomial(started, setting.plan.attrition.share_with_all_periods, size=trials)
            return np.where(np.arange(started) < stay[:, None], periods, 0), started
        return None, setting.staying[s]


def spread_around(means: Many[float], root: Matrix, z: Matrix) -> Matrix:
    """Means + root·z of everybody; sums in a fixed order, the same numbers whatever library multiplies matrices on however many threads."""
    measured = np.empty_like(z)
    for k, mean in enumerate(means):
        measured[..., k] = mean
        for other in np.flatnonzero(root[k]):
            measured[..., k] += root[k, other] * z[..., other]
    return measured


def root_of(spread: Matrix) -> Any:
    """A square root of a covariance, triangular where it can be."""
    try:
        return np.linalg.cholesky(spread)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(spread)
        return vectors * np.sqrt(np.maximum(values, 0.0))
