"""What two companion designs share: two groups of people, each given one treatment, compared by a normal test."""

from typing import TYPE_CHECKING, Any

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.noun import Letter, in_words, plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.question.base import Problems, Question
from trials.sizing.question.pairwise import letters_given

if TYPE_CHECKING:
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan


def normal_power(distance: Any, alpha: float, sides: int, stretch: Any = 1.0) -> Any:
    """P(Z > z) about a mean of `distance`, in both directions when two-sided; the critical value is stretched where the null variance is another."""
    from scipy import special

    critical = -special.ndtri(alpha / sides) * stretch
    return special.ndtr(distance - critical) + (special.ndtr(-distance - critical) if sides == 2 else 0.0)


class TwoGroups(Question):
    """A comparison between two groups that needs no crossover."""

    treatment: Letter = "A"
    comparator: Letter = "B"

    outcomes = ()
    design_by_default = {"name": "parallel"}
    from_sequences = False
    critical_source = "normal distribution"

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        if design.is_n_of_1 or design.n_periods > 1 or len(design.sequences) != 2:
            message = (
                f"{self.kind} compares two groups of people, each given one treatment; the design {design.label} does not. Leave the design out, or use "
                '{"name": "parallel"}.'
            )
            return [("design", message)]
        return letters_given(self.treatment, self.comparator, design) + no_model(self.kind, analysis)

    def too_few(self, plan: "Plan", information: "Information", n: float) -> str | None:
        return f"With {plain(n)} people there is not one person (or event) in each group; {plain(round(self.smallest_n(information), 6))} are the least."

    def shares(self, design: Design) -> tuple[float, float]:
        """The share of people who are given the treatment, and the comparator."""
        total = sum(design.allocation)
        at = {letter: float(share) / total for letter, share in zip(design.sequences, design.allocation, strict=True)}
        return at[self.treatment], at[self.comparator]


def no_model(kind: str, analysis: Analysis) -> Problems:
    """Terms of a linear model that a question without one has no use for."""
    found = [
        name
        for name, usual in (("adjust_for_carryover", False), ("sequence_effects", True), ("estimator", None), ("degrees_of_freedom", None))
        if getattr(analysis, name) != usual
    ]
    return (
        [(f"analysis.{found[0]}", f"{kind} has no linear model, so that {in_words(found)} means nothing; leave it out.")] if found else []
    )
