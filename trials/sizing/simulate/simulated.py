"""What a simulation found, beside what the engine says."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isnan, sqrt
from typing import Literal

from trials.sizing.noun import Noun
from trials.sizing.simulate.tally import Sum, Tally

INTERVAL = 1.96  # Monte Carlo standard errors that 95 of 100 simulations keep
AGREEMENT = 3.29  # … and 999 of 1,000


@dataclass(frozen=True)
class Expected:
    """What the engine says about a measure; `judged` where the simulation is to agree with it."""

    measure: str
    analytic: float
    share: bool = False  # of trials, between 0 and 1
    judged: bool = True


class Figure(Noun):
    """One measure of the trials: its mean over them, that mean's Monte Carlo standard error, and what the engine says."""

    measure: str
    simulated: float | None
    monte_carlo_error: float | None
    analytic: float
    share: bool
    judged: bool
    trials: int

    @property
    def distance(self) -> float:
        """How many Monte Carlo standard errors lie between the two; those of a share are taken at the analytic value where that is larger."""
        if self.simulated is None or self.monte_carlo_error is None:
            return inf
        difference, error = abs(self.simulated - self.analytic), self.monte_carlo_error
        if self.share:
            error = max(error, sqrt(max(self.analytic * (1.0 - self.analytic), 0.0) / self.trials))
        return 0.0 if difference == 0 else difference / error if error else inf

    @property
    def agrees(self) -> bool:
        return self.distance <= AGREEMENT


class Simulated(Noun):
    """What a simulation found. `simulated_power` is the share of trials that show what the plan is to show; `monte_carlo_error` is one standard
    error of it. With `null` the trials have no effect, and the share is the size of the test.

    `analytic_over_dropout` is the analytic power averaged over who leaves by chance, where that can be had. `agreement` says whether the simulated figures lie within 3.29 Monte Carlo standard errors of the analytic ones, as 999 of 1,000 simulations
    of a right answer do. `agreement_said` shows 1.96 standard errors after ±.
    """

    simulated_power: float | None
    analytic_power: float | None
    analytic_over_dropout: float | None
    monte_carlo_error: float
    trials_run: int
    agreement: bool
    agreement_said: str
    figures: tuple[Figure, ...]
    trials_without_test: int
    analysis: Literal["planned", "mixed_model"]
    dropout: Literal["random", "fixed"] | None  # None where nobody is lost
    carryover: dict[str, float]
    null: bool
    seed: int
    trials: int
    monte_carlo_error_wanted: float | None
    n_simulated_per_sequence: tuple[int, ...]
    interrupted: bool

    @property
    def main(self) -> Figure:
        return self.figures[0]


def figures_of(total: Tally, expected: Sequence[Expected]) -> tuple[Figure, ...]:
    return tuple(_figure(total[one.measure], one) for one in expected)


def _figure(found: Sum, expected: Expected) -> Figure:
    mean, error = found.mean, found.share_error if expected.share else found.error
    return Figure(
        measure=expected.measure,
        simulated=None if isnan(mean) else mean,
        monte_carlo_error=None if isnan(error) else error,
        analytic=expected.analytic,
        share=expected.share,
        judged=expected.judged,
        trials=found.count,
    )


def error_of(total: Tally, main: Expected) -> float:
    """The Monte Carlo standard error that decides whether there are enough trials."""
    found = total[main.measure]
    return found.share_error if main.share else found.error
