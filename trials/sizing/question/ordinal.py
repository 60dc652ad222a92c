"""Superiority for an ordinal or plainly non-normal outcome, by the ranks of the period differences."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.discrete import OrdinalOutcome
from trials.sizing.laws.search import smallest_units
from trials.sizing.names import Names, number, percent
from trials.sizing.noun import plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.phrases import chance_in_words
from trials.sizing.question.base import Figures, Problems, Warnings
from trials.sizing.question.discrete import DiscreteSuperiority, is_ab_ba, starts_with

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan

FEW = 30
FAR = 0.8  # a P from which the formula is notably too careful


class OrdinalSuperiority(DiscreteSuperiority):
    """H0: the differences period 1 − period 2 are alike in both sequences, by the Wilcoxon–Mann–Whitney test (Koch 1972).

    Notes
    -----
    n = (z_α + z_β)²·(1 − Σt³)/(12·r(1 − r)·(P − ½)²) (Noether 1987), with r the share of people in one sequence, t the shares of people who share a
    value of the difference, and P the chance that the difference of somebody who starts with the treatment is the larger, ties counted
    half. Normal data have P = Φ(difference in means ÷ within-subject SD).

    The formula takes the variance of the null hypothesis for both. Simulated with the test itself (normal shifts, two-sided 0.05, no correction
    for continuity), the power is right within 0.01 up to P = 0.65; beyond, it is planned too low: by 0.02 at P = 0.7, 0.04 at 0.75, 0.06 at 0.8 and
    0.1 at 0.9, so that n errs on the safe side. With few people and many ties (24 people, three quarters tied) it is too high by 0.02,
    and by 0.05 with a correction for continuity.
    """

    outcomes: ClassVar[tuple[str, ...]] = ("ordinal",)
    references: ClassVar[tuple[str, ...]] = (
        "Noether GE. Sample size determination for some common nonparametric tests. Journal of the American Statistical Association 1987.",
        "Koch GG. The use of non-parametric methods in the statistical analysis of the two-period change-over design. Biometrics 1972.",
    )
    formula_source: ClassVar[str] = "Noether 1987"
    critical_source: ClassVar[str] = "normal distribution"

    # what fits

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        from trials.sizing.laws.ranks import most_probable

        found = super().problems(design, outcome, analysis, verb)
        ranked, first = _ordinal(outcome), starts_with(design, self.treatment)
        if not found and max(ranked.probability_superior, 1.0 - ranked.probability_superior) > most_probable(first, ranked.tie_fractions):
            most = most_probable(first, ranked.tie_fractions)
            message = (
                f"probability_superior is {plain(ranked.probability_superior)}, but ties count half, and with these tie_fractions so many are tied that it "
                f"lies between {plain(round(1.0 - most, 4))} and {plain(round(most, 4))}."
            )
            found.append(("outcome.probability_superior", message))
        return found

    def unserved(self, design: Design, analysis: Analysis) -> str | None:
        a, b = self.treatment, self.comparator
        if is_ab_ba(design, a, b):
            return None
        return (
            f"The rank test compares the differences period 1 − period 2 of the two sequences {a}{b} and {b}{a}, so that it does not fit {design.label}. "
            f"Plan {a}{b}/{b}{a}."
        )

    def warnings(self, outcome: AnyOutcome | None) -> Warnings:
        above = _ordinal(outcome).probability_superior - 0.5
        if self.better is None or above * self.direction >= 0:
            return []
        return self.wrong_side(f"probability_superior {plain(_ordinal(outcome).probability_superior)}")

    # the numbers

    @property
    def direction(self) -> float:
        return -1.0 if self.better == "lower" else 1.0

    def probability(self, outcome: AnyOutcome | None) -> float:
        """P in the direction of better."""
        given = _ordinal(outcome).probability_superior
        return given if self.direction > 0 else 1.0 - given

    def power(self, information: "Information", n: Any) -> Any:
        from trials.sizing.laws.ranks import noether_power

        analysis, outcome = information.analysis, _ordinal(information.outcome)
        first = starts_with(information.design, self.treatment)
        return noether_power(float(n), self.probability(outcome), first, outcome.tie_fractions, analysis.alpha or 0.05, analysis.sides or 2)

    def n_unrounded(self, information: "Information", target_power: float) -> float:
        from trials.sizing.laws.ranks import noether_n

        analysis, outcome = information.analysis, _ordinal(information.outcome)
        first = starts_with(information.design, self.treatment)
        return noether_n(self.probability(outcome), first, outcome.tie_fractions, analysis.alpha or 0.05, analysis.sides or 2, target_power)

    def guess(self, information: "Information", target_power: float | None) -> float:
        return self.n_unrounded(information, target_power or 0.0)

    def smallest(self, reached: Callable[[int], bool], first: int, last: int, guess: int) -> int | None:
        return smallest_units(reached, first, last, guess)  # this power does not go up and down

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        from scipy import special

        alpha, sides = information.analysis.alpha or 0.05, information.analysis.sides or 2
        return {
            "power": float(self.power(information, n)) if power is None else power,
            "critical_value": float(-special.ndtri(alpha / sides)),
        }

    def after_search(self, plan: "Plan", information: "Information", n: float) -> Figures:
        return {"n_unrounded": self.n_unrounded(information, getattr(plan.solve, "target_power", None) or 0.0)}

    def cautions_at(self, plan: "Plan", information: "Information", n: float) -> Warnings:
        found, outcome = super().cautions_at(plan, information, n), _ordinal(plan.outcome)
        if n < FEW:
            message = (
                f"The formula leans on the normal distribution of the rank sum, which {plain(n)} people stretch; with many ties the power can be a few per cent lower. "
                "Simulate the trial before relying on it."
            )
            found.append(("small_sample_formula", message))
        if max(outcome.probability_superior, 1.0 - outcome.probability_superior) >= FAR:
            message = (
                "So far from ½ Noether's formula is careful: the power of the rank test is likely 5 to 10 per cent higher than planned."
            )
            found.append(("careful_formula", message))
        return found

    # what is varied

    def uncertain(self, plan: "Plan") -> tuple[str, float] | None:
        return "probability_superior", _ordinal(plan.outcome).probability_superior

    def bounds(self, plan: "Plan", assumption: str) -> tuple[float, float]:
        return (0.5, 1.0) if _ordinal(plan.outcome).probability_superior > 0.5 else (0.0, 0.5)

    # the sentences

    def measure(self, plan: "Plan") -> str:
        a, b = self.treatment, self.comparator
        return f"Probability that the difference period 1 − period 2 of somebody in {a}{b} exceeds that of somebody in {b}{a}, ties counted half"

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        a, b = names.treatment(self.treatment), names.treatment(self.comparator)
        other = {"higher": "higher", "lower": "lower"}.get(self.better or "") if plan.analysis.sides == 1 else "higher or lower"
        return (
            f"Null hypothesis: the differences between the periods are alike whether {a} or {b} comes first. Alternative: values on {a} tend to be {other} than on {b}. "
            f"{self.sided(plan).capitalize()} test at alpha {number(plan.analysis.alpha or 0.05)}."
        )

    def assuming(self, plan: "Plan", names: Names) -> str:
        outcome, a, b = _ordinal(plan.outcome), names.treatment(self.treatment), names.treatment(self.comparator)
        start = f"For {names.measured}, this assumes that" if names.outcome else "This assumes that"
        ties = (
            f", and that {percent(sum(outcome.tie_fractions), 1)} of people share their difference with others"
            if outcome.tie_fractions
            else ""
        )
        return (
            f"{start} the difference first − second period of somebody who takes {a} first exceeds that of somebody who takes {b} first with a "
            f"probability of {number(outcome.probability_superior)} (ties counted half){ties}."
        )

    def tested(self, plan: "Plan") -> str:
        return f"The comparison is a {self.sided(plan)} Wilcoxon–Mann–Whitney test of the period differences between the sequences at {self.level(plan)}."

    def method(self, plan: "Plan") -> str:
        return (
            f"{self.sided(plan).capitalize()} Wilcoxon–Mann–Whitney test of the period differences at alpha {number(plan.analysis.alpha or 0.05)}; "
            "power by Noether's formula"
        )

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if answer.power is None:
            return ""
        return (
            f"If {names.treatment(self.treatment)} differs from {names.treatment(self.comparator)} as much as is assumed, the chance that the trial will show it "
            f"is {chance_in_words(answer.power)}."
        )

    def advice(self, plan: "Plan") -> str:
        if _ordinal(plan.outcome).probability_superior == 0.5:
            return "A probability_superior of 0.5 is no difference, so that more people do not help. Assume another one."
        return "Assume a probability_superior further from 0.5, or raise max_n."

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        return f"Power: Φ(√(12·r(1 − r)·n/(1 − Σt³))·|P − ½| − z) gives {percent(answer.power or 0.0, 2)}.", self.formula_source


def _ordinal(outcome: AnyOutcome | None) -> OrdinalOutcome:
    """The outcome, of a plan whose question is asked of ordinal ones alone."""
    if not isinstance(outcome, OrdinalOutcome):
        raise TypeError(getattr(outcome, "kind", None))
    return outcome
