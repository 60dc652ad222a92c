"""Non-inferiority: is the treatment not worse than the comparator by as much as the margin?"""

from math import log
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names
from trials.sizing.noun import Positive
from trials.sizing.outcome import AnyOutcome, LogOutcome, continuous
from trials.sizing.question.base import Better, Problems, Warnings
from trials.sizing.question.pairwise import DirectedQuestion

if TYPE_CHECKING:
    from trials.sizing.plan import Plan


class NonInferiority(DirectedQuestion):
    """H0: worse by the margin or more, by a one-sided t test of (difference + margin) in the direction of `better`.

    The margin is a distance above 0, or on the log scale the ratio that must not be crossed (below 1 when higher is better, above 1 when lower is).

    Notes
    -----
    Power P(T'(ν, δ) > t(1 − α, ν)) with δ = (θ + margin)/SE in the direction of `better`; on the log scale the logarithms of both ratios.
    """

    kind: Literal["non_inferiority"]
    better: Better
    margin: Positive

    takes_prior: ClassVar[bool] = True
    references: ClassVar[tuple[str, ...]] = (
        "Senn S. Cross-over Trials in Clinical Research. 2002.",
        "Labes D, Schütz H, Lang B. PowerTOST (sampleN.noninf), version 1.5-7.",
    )

    analysis_takes: ClassVar[tuple[str, ...]] = ("looks", "spending", "test", "re_estimation", "people")
    name: ClassVar[str] = "non-inferiority"

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        return {"sides": 1, "alpha": 0.025} | self.when_looked_at(analysis)

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found = super().problems(design, outcome, analysis, verb)
        if analysis.sides == 2:
            found.append(("analysis.sides", "Non-inferiority has one side: leave sides out or make it 1."))
        if isinstance(outcome, LogOutcome):
            if self.better == "higher" and self.margin >= 1:
                found.append(
                    (
                        "question.margin",
                        f"With higher better, the margin on the log scale is a ratio below 1, for example 0.8, not {self.margin:g}.",
                    )
                )
            if self.better == "lower" and self.margin <= 1:
                found.append(
                    (
                        "question.margin",
                        f"With lower better, the margin on the log scale is a ratio above 1, for example 1.25, not {self.margin:g}.",
                    )
                )
        return found

    def boundary(self, outcome: AnyOutcome | None) -> float:
        return log(self.margin) if isinstance(outcome, LogOutcome) else -self.direction * self.margin

    def warnings(self, outcome: AnyOutcome | None) -> Warnings:
        if self.distances(continuous(outcome))[0] > 0 or (self.mean_difference is None and self.mean_ratio is None):
            return []
        message = (
            f"The assumed difference is worse than the margin of {self.margin:g} tolerates ({self.better} is better), so non-inferiority does not hold and "
            "is not to be shown. Check the sign of the difference and the direction of the outcome."
        )
        return [("difference_beyond_margin", message)]

    def if_true(self, plan: "Plan", names: Names) -> str:
        return f"If {names.treatment(self.treatment)} truly is about as good as {names.treatment(self.comparator)}, as assumed"
