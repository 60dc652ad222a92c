"""What a simulation found, beside what the engine says, and how that is put into words."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, inf, isnan, sqrt
from typing import Literal

from trials.sizing.names import number
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

    `agreement` says whether the simulated figures lie within 3.29 Monte Carlo standard errors of the analytic ones, as 999 of 1,000 simulations
    of a right answer do. `agreement_said` shows 1.96 standard errors after ±.
    """

    simulated_power: float | None
    analytic_power: float | None
    monte_carlo_error: float
    trials_run: int
    agreement: bool
    agreement_said: str
    figures: tuple[Figure, ...]
    trials_without_test: int
    analysis: Literal["planned", "mixed_model"]
    dropout: Literal["random", "fixed"]
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


LABELS = {"covered": "coverage", "half_width": "half-width", "narrow": "probability of the width", "estimate": "mean estimate"}


def stamp(figures: Sequence[Figure]) -> str:
    """“analytic .812, simulated .809 ± .006”, with 1.96 Monte Carlo standard errors after ±; each figure that is judged, named unless it is a power."""
    parts = []
    for figure in figures:
        if figure.judged:
            label = f"{LABELS[figure.measure]}: " if figure.measure in LABELS else ""
            parts.append(f"{label}analytic {_shown(figure.analytic, figure)}, simulated {_with_error(figure)}")
    return "; ".join(parts)


def _with_error(figure: Figure) -> str:
    if figure.simulated is None or figure.monte_carlo_error is None:
        return "none"
    return f"{_shown(figure.simulated, figure)} ± {_shown(INTERVAL * figure.monte_carlo_error, figure)}"


def _shown(value: float, figure: Figure) -> str:
    """A share with three decimals and no zero before the point (as many more as its error needs), another number with four digits."""
    if not figure.share:
        return number(value)
    digits = 3
    while digits < 6 and 0 < INTERVAL * (figure.monte_carlo_error or 1.0) < 2 * 10.0**-digits:
        digits += 1
    text = f"{value:.{digits}f}"
    if float(text) in {0.0, 1.0} and 0 < value < 1:
        return f">{1 - 10.0**-digits:.{digits}f}".replace("0.", ".") if value > 0.5 else f"<{10.0**-digits:.{digits}f}".replace("0.", ".")
    return text.removeprefix("0") if float(text) else "0"


def in_words(found: Simulated) -> str:
    """Whether the two agree, as a sentence or two."""
    furthest = max((figure for figure in found.figures if figure.judged), key=lambda figure: figure.distance)
    apart = furthest.distance
    if apart == inf:
        return "No trial could be analysed as planned, so there is nothing to compare."
    errors = f"{apart:.1f} Monte Carlo standard errors"
    if apart <= INTERVAL:
        return f"They agree: they are {errors} apart."
    chance = erfc(apart / sqrt(2.0))
    if apart <= AGREEMENT:
        often = f"{max(1, round(1000 * chance))} of 1,000 simulations of a right answer"
        return f"They agree within chance: they are {errors} apart, as in {often}. Another seed or more trials would tell."
    causes = []
    if found.carryover:
        causes.append("the simulation has carry-over that the answer does not assume")
    if found.dropout == "random":
        causes.append("the simulation loses people by chance, the answer counts on the planned number")
    if found.analysis == "mixed_model":
        causes.append("the mixed model estimates the variances that the answer takes as known")
    why = f" What differs: {'; '.join(causes)}." if causes else ""
    return f"They do not agree: they are {errors} apart, more than chance explains.{why}"
