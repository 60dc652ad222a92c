"""Equivalence: does the difference lie between two limits, by two one-sided tests?"""

from math import log
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names, number
from trials.sizing.nearby import around, nice_step
from trials.sizing.noun import Number
from trials.sizing.outcome import AnyOutcome, Continuous, LogOutcome
from trials.sizing.question.base import Problems, Warnings
from trials.sizing.question.pairwise import PairwiseQuestion

if TYPE_CHECKING:
    from trials.sizing.plan import Plan


class Equivalence(PairwiseQuestion):
    """H0: the difference is at or beyond a limit; alpha is that of each one-sided test. On the log scale the limits are ratios.

    Notes
    -----
    Two one-sided t tests (Schuirmann 1987), exactly: with u = s/σ and t = t(1 − α, ν), power = ∫[Φ((U − θ)/SE − t·u) − Φ((L − θ)/SE + t·u)]·f(u)du over
    0 < u < (U − L)/(2·t·SE) (Phillips 1990; Owen 1965).
    """

    kind: Literal["equivalence"]
    lower_limit: Number
    upper_limit: Number

    takes_prior: ClassVar[bool] = True
    references: ClassVar[tuple[str, ...]] = (
        "Schuirmann DJ: two one-sided tests; Phillips KF (1990) and Owen DB (1965): their exact power.",
        "Labes D, Schütz H, Lang B. PowerTOST, version 1.5-7 (method exact).",
    )

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        return {"sides": 1, "alpha": 0.05}

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found = super().problems(design, outcome, analysis, verb)
        if analysis.sides == 2:
            found.append(("analysis.sides", "Equivalence is two one-sided tests, each at alpha: leave sides out or make it 1."))
        if self.lower_limit >= self.upper_limit:
            found.append(
                ("question.upper_limit", f"The upper limit {self.upper_limit:g} must lie above the lower limit {self.lower_limit:g}.")
            )
        if isinstance(outcome, LogOutcome) and self.lower_limit <= 0:
            found.append(
                (
                    "question.lower_limit",
                    f"On the log scale the limits are ratios above 0, for example 0.8 and 1.25; the lower one is {self.lower_limit:g}.",
                )
            )
        if (analysis.alpha or 0.05) >= 0.5:
            found.append(("analysis.alpha", f"alpha is {analysis.alpha:g} for each one-sided test; it must be below 0.5."))
        return found

    def limits(self, outcome: Continuous) -> tuple[float, float]:
        """Both limits on the scale of the analysis."""
        if isinstance(outcome, LogOutcome):
            return log(self.lower_limit), log(self.upper_limit)
        return self.lower_limit, self.upper_limit

    def distances(self, outcome: Continuous) -> tuple[float, ...]:
        lower, upper = self.limits(outcome)
        return self.effect - lower, upper - self.effect

    @classmethod
    def power_from(cls, distances: tuple[Any, ...], standard_error: Any, degrees_of_freedom: Any, alpha: Any, sides: int) -> Any:
        from trials.sizing.laws.power import equivalence_power

        return equivalence_power(distances[0] / standard_error, distances[1] / standard_error, degrees_of_freedom, alpha)

    @classmethod
    def guess_from(
        cls, distances: tuple[Any, ...], variance: Any, alpha: Any, sides: int, target_power: Any, degrees_of_freedom_per_person: Any
    ) -> Any:
        import numpy as np

        nearer, further = np.minimum(*distances), np.maximum(*distances)
        # in the middle of the limits both tests share the risk of missing the target, near a limit one bears it all
        missed = (1.0 - target_power) * np.where(further < 1.15 * nearer, 0.5, 1.0)
        return super().guess_from((np.maximum(nearer, 0.0),), variance, alpha, sides, 1.0 - missed, degrees_of_freedom_per_person)

    def warnings(self, outcome: AnyOutcome | None) -> Warnings:
        assumed = self.mean_ratio if self.mean_ratio is not None else self.mean_difference
        if assumed is None or self.lower_limit < assumed < self.upper_limit:
            return []
        message = f"The assumed difference {assumed:g} does not lie between the limits {self.lower_limit:g} and {self.upper_limit:g}, so there is no equivalence to be shown."
        return [("difference_outside_limits", message)]

    def differences_around(self) -> tuple[float, ...] | None:
        if self.mean_difference is None:
            return None
        return around(self.mean_difference, nice_step((self.upper_limit - self.lower_limit) / 16), 2, 3)

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        show = number if isinstance(plan.outcome, LogOutcome) else names.amount
        low, high, alpha = show(self.lower_limit), show(self.upper_limit), number(plan.analysis.alpha or 0.05)
        return (
            f"Null hypothesis: the {self.quantity(plan)} is {low} or less, or {high} or more. "
            f"Alternative: it lies between {low} and {high}. Two one-sided tests, each at alpha {alpha}."
        )

    def test_named(self, plan: "Plan") -> str:
        return (
            f"two one-sided t tests for the limits {number(self.lower_limit)} and {number(self.upper_limit)}, "
            f"each at a significance level of {number(plan.analysis.alpha or 0.05)}"
        )

    def method(self, plan: "Plan") -> str:
        return f"Two one-sided t tests, each at alpha {number(plan.analysis.alpha or 0.05)}; exact power by numerical integration"

    def if_true(self, plan: "Plan", names: Names) -> str:
        return f"If {names.treatment(self.treatment)} and {names.treatment(self.comparator)} truly are as alike as assumed"

    power_source: ClassVar[str] = "two one-sided tests: Schuirmann; exact power: Phillips 1990, Owen 1965"
    sort_of_distance: ClassVar[str] = "distances to the limits ÷ standard error"
