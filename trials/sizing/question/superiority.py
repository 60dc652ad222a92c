"""Superiority: is the treatment better than the comparator, or better by more than a margin?"""

from math import log
from typing import Any, ClassVar, Literal

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.noun import NotNegative
from trials.sizing.outcome import AnyOutcome, LogOutcome
from trials.sizing.question.base import Problems, Warnings
from trials.sizing.question.pairwise import DirectedQuestion


class Superiority(DirectedQuestion):
    """H0: no difference (or none beyond the margin), by a t test.

    On the additive scale `margin` is a distance in the direction of `better`; on the log scale it is the ratio to be beaten (1: no margin).

    Notes
    -----
    Noncentrality δ = (θ − margin)/SE with SE² = n·Var ÷ n from the sequences. One-sided power P(T'(ν, δ) > t(1 − α, ν)); two-sided P(T' > t(1 − α/2)) +
    P(T' < −t(1 − α/2)), rejection in either direction (Senn 2002; the variance after Jones & Kenward).
    """

    kind: Literal["superiority"]
    margin: NotNegative | None = None

    takes_prior: ClassVar[bool] = True
    references: ClassVar[tuple[str, ...]] = (
        "Senn S. Cross-over Trials in Clinical Research. 2002.",
        "Jones B, Kenward MG. Design and Analysis of Cross-over Trials.",
    )
    analysis_takes: ClassVar[tuple[str, ...]] = ("looks", "spending", "test", "re_estimation", "people")

    def has_margin(self, outcome: AnyOutcome | None) -> bool:
        return self.margin is not None and self.margin != (1.0 if isinstance(outcome, LogOutcome) else 0.0)

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        sides = analysis.sides or (1 if self.has_margin(outcome) else 2)
        return {"sides": sides, "alpha": 0.05 if sides == 2 else 0.025} | self.when_looked_at(analysis)

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found = super().problems(design, outcome, analysis, verb)
        margin = self.has_margin(outcome)
        if margin and analysis.sides == 2:
            found.append(("analysis.sides", "A margin has one side: leave sides out or make it 1."))
        if self.better is None and (margin or analysis.sides == 1):
            found.append(("question.better", 'A one-sided test or a margin needs to know which direction is better: "higher" or "lower".'))
        if margin and isinstance(outcome, LogOutcome) and self.better is not None:
            if self.margin == 0.0:
                found.append(("question.margin", "The margin on the log scale is a ratio above 0; 1 means no margin."))
            elif (self.margin or 1.0) < 1.0 and self.better == "higher":
                found.append(
                    (
                        "question.margin",
                        f"With higher better, superiority is shown beyond a ratio above 1, not {self.margin:g}; a tolerated loss is a non_inferiority question.",
                    )
                )
            elif (self.margin or 1.0) > 1.0 and self.better == "lower":
                found.append(
                    (
                        "question.margin",
                        f"With lower better, superiority is shown beyond a ratio below 1, not {self.margin:g}; a tolerated loss is a non_inferiority question.",
                    )
                )
        return found

    def boundary(self, outcome: AnyOutcome | None) -> float:
        if not self.has_margin(outcome) or self.margin is None:
            return 0.0
        return log(self.margin) if isinstance(outcome, LogOutcome) else self.direction * self.margin

    def warnings(self, outcome: AnyOutcome | None) -> Warnings:
        if self.better is None or self.effect * self.direction >= 0:
            return []
        shown = f"mean_difference {self.mean_difference:g}" if self.mean_difference is not None else f"mean_ratio {self.mean_ratio:g}"
        message = (
            f"The assumed {shown} ({self.treatment} compared with {self.comparator}) is on the wrong side: {self.better} is better, so {self.treatment} "
            f"is assumed to be worse than {self.comparator}. Check the sign of the difference and the direction of the outcome."
        )
        return [("difference_on_wrong_side", message)]
