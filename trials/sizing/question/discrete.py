"""Superiority for outcomes that are counted or ranked: what binary, ordinal and count outcomes have in common."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.laws.search import smallest_units
from trials.sizing.names import number, percent
from trials.sizing.noun import Letter, in_words, plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.phrases import counts_found, whole_people
from trials.sizing.question.base import Better, Figures, Problems, Question, Warnings
from trials.sizing.question.pairwise import letters_given

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan

AHEAD = 60  # allocation units in which the power is watched after the first n
MOST_SCANNED = 2_000
MOST_WATCHED = 5_000
NOTABLY = 1.02  # times alpha: a larger size is worth a warning


class DiscreteSuperiority(Question):
    """H0: no difference between two treatments, by a test that needs no normal distribution. Two-sided unless the plan says otherwise."""

    verbs: ClassVar[tuple[str, ...]] = ("n", "power")
    from_sequences: ClassVar[bool] = False
    uses_incomplete_people: ClassVar[bool] = False

    kind: Literal["superiority"]
    treatment: Letter
    comparator: Letter
    better: Better | None = None

    # what fits

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        sides = analysis.sides or 2
        return {"sides": sides, "alpha": 0.05 if sides == 2 else 0.025}

    def unserved(self, design: Design, analysis: Analysis) -> str | None:
        """Why the planned test does not fit the design, and what does; or None."""
        raise NotImplementedError

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found = letters_given(self.treatment, self.comparator, design)
        if self.better is None and analysis.sides == 1:
            found.append(("question.better", 'A one-sided test needs to know which direction is better: "higher" or "lower".'))
        if analysis.adjust_for_carryover:
            found.append(("analysis.adjust_for_carryover", "This test has no carry-over term; leave adjust_for_carryover out."))
        if not analysis.sequence_effects:
            found.append(("analysis.sequence_effects", "This test compares people with themselves anyway; leave sequence_effects out."))
        for field in ("estimator", "degrees_of_freedom"):
            if getattr(analysis, field) is not None:
                found.append((f"analysis.{field}", f"No linear model is fitted to this outcome; leave {field} out."))
        if not found and (sentence := self.unserved(design, analysis)):
            found.append(("design.name" if design.name else "design.sequences", sentence))
        return found

    # the numbers

    def reason(self, information: "Information") -> str | None:
        return self.unserved(information.design, information.analysis)

    def smallest_n(self, information: "Information") -> float:
        return 1.0

    def smallest(self, reached: Callable[[int], bool], first: int, last: int, guess: int) -> int | None:
        """The first number of units that is enough. Below the guess of these kinds nothing is, so that the search goes up one by one from there."""
        if guess >= last:
            return smallest_units(reached, first, last, last)
        scanned = range(max(guess, first), min(guess + MOST_SCANNED, last) + 1)
        found = next((step for step in scanned if reached(step)), None)
        return found or smallest_units(reached, scanned[-1], last, scanned[-1])

    def stays_from(self, information: "Information", n: float, target_power: float) -> int | None:
        """The n from which the power stays at the target, as far as 60 allocation units beyond it can tell."""
        unit = sum(information.design.unit)
        stays, at = n, n + unit
        while at <= stays + AHEAD * unit:
            if float(self.power(information, at)) < target_power:
                stays = at + unit
            at += unit
            if at > n + MOST_WATCHED * unit:
                return None
        return round(stays)

    def after_search(self, plan: "Plan", information: "Information", n: float) -> Figures:
        target = getattr(plan.solve, "target_power", None)
        return {} if target is None else {"n_stays": self.stays_from(information, n, target)}

    def cautions(self, plan: "Plan", information: "Information", n_evaluable: float | None) -> Warnings:
        return [] if n_evaluable is None else self.cautions_at(plan, information, n_evaluable)

    def cautions_at(self, plan: "Plan", information: "Information", n: float) -> Warnings:
        """What deserves a second look with n people."""
        found: Warnings = []
        if plan.design.n_periods == 2:
            message = f"Sequences {in_words(plan.design.sequences)} cannot separate carry-over from the treatment effect, so the washout has to rule it out; do not test for it first."
            found.append(("carryover_not_separable", message))
        alpha, size = plan.analysis.alpha or 0.05, self.actual_size(information, n)
        if size is not None and size > NOTABLY * alpha:
            message = f"Where nothing differs, this test finds a difference in {percent(size, 1)} of trials of this size, more than the {percent(alpha, 1)} that are wanted."
            found.append(("size_above_alpha", message))
        return found

    def actual_size(self, information: "Information", n: float) -> float | None:
        """How often the test rejects where nothing differs, or None where that is not worked out."""
        return None

    # the sentences

    def sided(self, plan: "Plan") -> str:
        return "two-sided" if plan.analysis.sides == 2 else "one-sided"

    def level(self, plan: "Plan") -> str:
        return f"a significance level of {number(plan.analysis.alpha or 0.05)}"

    def counts(self, plan: "Plan", answer: "Answer") -> str:
        said = counts_found(plan, answer)
        if answer.n_stays is not None and answer.n_evaluable is not None and answer.n_stays > answer.n_evaluable:
            said += f" The power of this test goes up and down as people are added; it stays at the target from {whole_people(answer.n_stays)} on."
        return said

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        found = []
        if answer.n_unrounded is not None:
            found.append((f"Sample size formula: n = {plain(round(answer.n_unrounded, 4))} before rounding.", self.formula_source))
        if answer.n_stays is not None:
            found.append((f"Looking {AHEAD} allocation units ahead, the power stays at the target from n = {answer.n_stays} on.", "engine"))
        return found

    formula_source: ClassVar[str] = ""

    def wrong_side(self, assumed: str) -> Warnings:
        """The warning that the assumed effect contradicts the direction."""
        message = (
            f"The assumed {assumed} is on the wrong side: {self.better} is better, so {self.treatment} is assumed to be worse than "
            f"{self.comparator}. Check the sign of the effect and the direction of the outcome."
        )
        return [("difference_on_wrong_side", message)]


def starts_with(design: Design, treatment: str) -> float:
    """Share of people who start with the treatment."""
    pairs = zip(design.sequences, design.allocation, strict=True)
    return sum(share for sequence, share in pairs if sequence[0] == treatment) / sum(design.allocation)


def is_ab_ba(design: Design, treatment: str, comparator: str) -> bool:
    """Whether there are two sequences, one the reverse of the other, with one period on each treatment."""
    return set(design.sequences) == {treatment + comparator, comparator + treatment}


def given_equally(design: Design, treatment: str, comparator: str) -> int:
    """How often every sequence gives each of both treatments; 0 where that differs, or where a period gives one of them more often."""
    times = {sequence.count(letter) for sequence in design.sequences for letter in (treatment, comparator)}
    periods = zip(*design.sequences, strict=True)
    if len(times) != 1 or any(period.count(treatment) != period.count(comparator) for period in periods):
        return 0
    return times.pop()


def period_weights_differ(design: Design, treatment: str, comparator: str) -> bool:
    """Whether the allocation gives one treatment more often than the other in some period."""
    for period in zip(*design.sequences, strict=True):
        weight = {treatment: 0.0, comparator: 0.0}
        for letter, share in zip(period, design.allocation, strict=True):
            if letter in weight:
                weight[letter] += share
        if abs(weight[treatment] - weight[comparator]) > 1e-9 * sum(design.allocation):
            return True
    return False
