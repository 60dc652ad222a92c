"""Trials whose n is looked at again, blind to the treatments: simulated by the quantities that decide, not person by person.

Notes
-----
Everything that estimate, blinded variance and final test depend on is normal or χ² and independent: at each stage the standardised contrast
that is compared, the t − 2 other treatment contrasts, and the residual sum of squares of the model; between the stages what their
means differ by in periods and treatments. That is exact for sequences of equal size in which every treatment stands equally often in each period.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]
TRIALS = 100_000
SEED = 1
# n up to which every whole unit stands in the table of SDs; above, what lies between is interpolated
DENSE = 200


@dataclass(frozen=True)
class Trial:
    """The planned trial, in SDs within people unless it says otherwise."""

    periods: int
    treatments: int
    unit: int
    variance_factor: float  # n·Var(estimate) ÷ variance within people
    n_first: int  # people at the look
    n_planned: int
    n_largest: int
    alpha: float
    sides: int

    def freedom(self, n: Any) -> Any:
        """Degrees of freedom of the analysis of variance with n people."""
        return n * (self.periods - 1) - (self.periods - 1) - (self.treatments - 1)


@dataclass(frozen=True)
class Outcome:
    """What the simulated trials came to."""

    rejected: float
    mean_n: float
    trials: int

    @property
    def monte_carlo_error(self) -> float:
        return float(np.sqrt(self.rejected * (1.0 - self.rejected) / self.trials))


def largest_sds(trial: Trial, distance: float, target_power: float, power: Callable[[Any, Any], Any]) -> tuple[Array, Array]:
    """For numbers of people from n_planned on, the largest SD at which the power still reaches the target.

    Parameters
    ----------
    distance : float
        Planned difference − boundary, above 0, in the outcome's unit.
    power : callable
        Of noncentralities and degrees of freedom.

    Notes
    -----
    The noncentrality δ that has the target power with n people, by halving; then SD = distance/(δ·√(v/n)).
    """
    units = np.arange(trial.n_planned // trial.unit, trial.n_largest // trial.unit + 1, dtype=float)
    if len(units) > DENSE:
        spaced = np.geomspace(units[0] + DENSE, units[-1], 400) if units[-1] > units[0] + DENSE else units[-1:]
        units = np.unique(np.concatenate([units[:DENSE], np.floor(spaced)]))
    n = units * trial.unit
    freedom = trial.freedom(n)
    # two-sided, either sign rejects
    low, high = np.full(len(n), 0.0 if trial.sides == 2 else -40.0), np.full(len(n), 1e3)
    for _ in range(60):
        middle = (low + high) / 2.0
        enough = power(middle, freedom) >= target_power
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    # a target below alpha is reached whatever the SD is
    sds = np.where(high > 1e-9, distance / (np.maximum(high, 1e-9) * np.sqrt(trial.variance_factor / n)), 1e300)
    return n, np.maximum.accumulate(sds)


def people_for(trial: Trial, sd: Array, table: tuple[Array, Array]) -> Array:
    """The smallest whole number of units that reaches the target if the SD is `sd`, never below the planned n nor above the largest."""
    n, sds = table
    exact = np.interp(sd, sds, n, left=n[0], right=n[-1])
    return np.asarray(np.minimum(np.ceil(exact / trial.unit - 1e-9) * trial.unit, n[-1]))


def simulate(
    trial: Trial,
    effect: float,
    boundary: float,
    planned_effect: float,
    sd: float,
    table: tuple[Array, Array],
    direction: float,
    trials: int = TRIALS,
    seed: int = SEED,
) -> Outcome:
    """Run the trial many times.

    Parameters
    ----------
    effect, boundary, planned_effect : float
        The true difference, the one that is tested, and the one that is subtracted from the blinded variance; treatment − comparator.
    sd : float
        The true SD within people.
    table : tuple of array
        From `largest_sds`.
    direction : {1, −1}
        In which the test looks when it has one side.

    Notes
    -----
    Blinded variance: (residual sum of squares of a model with subjects and periods alone − n₁·planned_effect²/v)/((n₁ − 1)(periods − 1)).
    The final test is the t test of the full model on everybody, as if n had been fixed.
    """
    rng = np.random.default_rng(seed)
    first, others, v = trial.n_first, max(trial.treatments - 2, 0), trial.variance_factor
    shift = effect / sd / np.sqrt(v)
    contrast_1 = rng.standard_normal(trials) + shift * np.sqrt(first)
    others_1 = rng.standard_normal((others, trials))
    residual_1 = _chi_square(rng, np.full(trials, trial.freedom(first)))
    blinded = contrast_1**2 + np.sum(others_1**2, axis=0) + residual_1 - first * (planned_effect / sd) ** 2 / v
    blinded = sd * np.sqrt(np.maximum(blinded, 0.0) / ((first - 1) * (trial.periods - 1)))
    n = people_for(trial, blinded, table)
    second = n - first
    contrast_2 = rng.standard_normal(trials) + shift * np.sqrt(second)
    others_2 = rng.standard_normal((others, trials))
    residual = residual_1 + _chi_square(rng, trial.freedom(second)) + rng.chisquare(trial.periods - 1, trials)
    residual += (np.sqrt(second) * contrast_1 - np.sqrt(first) * contrast_2) ** 2 / n
    residual += np.sum((np.sqrt(second) * others_1 - np.sqrt(first) * others_2) ** 2, axis=0) / n
    estimate = (np.sqrt(first) * contrast_1 + np.sqrt(second) * contrast_2) / n * np.sqrt(v)
    freedom = trial.freedom(n)
    t = direction * (estimate - boundary / sd) / np.sqrt(v / n * residual / freedom)
    sizes, which = np.unique(n, return_inverse=True)
    critical = -special.stdtrit(trial.freedom(sizes), trial.alpha / trial.sides)[which]
    rejected = t > critical if trial.sides == 1 else np.abs(t) > critical
    return Outcome(float(np.mean(rejected)), float(np.mean(n)), trials)


def _chi_square(rng: np.random.Generator, degrees_of_freedom: Array) -> Array:
    """χ² by trial; 0 where there are no degrees of freedom."""
    return 2.0 * rng.standard_gamma(np.maximum(degrees_of_freedom, 0.0) / 2.0)
