"""The sentences on counted events."""

from typing import TYPE_CHECKING, ClassVar

from trials.sizing.discrete import CountOutcome
from trials.sizing.names import Names, number, percent
from trials.sizing.noun import plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.phrases import chance_in_words
from trials.sizing.question.discrete import DiscreteSuperiority, given_equally

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.plan import Plan

TESTS = {
    "exact": "exact binomial test of the events on one treatment among all",
    "mid_p": "binomial test (mid-p-values) of the events on one treatment among all",
    "asymptotic": "t test of the events with their dispersion estimated from the participants",
}


class CountWords(DiscreteSuperiority):
    """What is said about a comparison of events within people."""

    formula_source: ClassVar[str] = "normal distribution of the split of the events"

    def measure(self, plan: "Plan") -> str:
        return f"Ratio of the rates of events within people, {self.treatment} ÷ {self.comparator}"

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        a, b = names.treatment(self.treatment), names.treatment(self.comparator)
        other = {"higher": "higher", "lower": "lower"}.get(self.better or "") if plan.analysis.sides == 1 else None
        return (
            f"Null hypothesis: the rate of events is the same on {a} and on {b}. Alternative: {f'it is {other} on {a}' if other else 'the rates differ'}. "
            f"{self.sided(plan).capitalize()} test at alpha {number(plan.analysis.alpha or 0.05)}."
        )

    def assuming(self, plan: "Plan", names: Names) -> str:
        outcome, a, b = count_of(plan.outcome), names.treatment(self.treatment), names.treatment(self.comparator)
        start = f"For {names.measured}, this assumes" if names.outcome else "This assumes"
        spread = (
            "counts that vary within a person as a Poisson number does"
            if outcome.overdispersion == 1.0
            else f"a variance within a person of {number(outcome.overdispersion)} times the mean"
        )
        return (
            f"{start} {number(outcome.rate_comparator)} events a person and period on {b}, {number(outcome.rate_comparator * outcome.rate_ratio)} on {a} "
            f"(rate ratio {number(outcome.rate_ratio)}), and {spread}."
        )

    def tested(self, plan: "Plan") -> str:
        said = f"The comparison is a {self.sided(plan)} {TESTS[plan.analysis.test or 'mid_p']} at {self.level(plan)}"
        if plan.analysis.test != "asymptotic":
            return f"{said}."
        a, b = self.treatment, self.comparator
        return f"{said}: (events on {a} − events on {b}) ÷ √(dispersion × all events), the dispersion being the mean square of people's splits around that of their sequence ÷ its binomial value."

    def method(self, plan: "Plan") -> str:
        test = plan.analysis.test or "mid_p"
        how = "power from negative binomial counts" if test == "asymptotic" else "power averaged over a Poisson number of events"
        return f"{self.sided(plan).capitalize()} {TESTS[test]} at alpha {number(plan.analysis.alpha or 0.05)}; {how}"

    def counts(self, plan: "Plan", answer: "Answer") -> str:
        said = super().counts(plan, answer)
        outcome, people = count_of(plan.outcome), answer.n_evaluable
        if people is None:
            return said
        expected = (
            people * given_equally(plan.design, self.treatment, self.comparator) * outcome.rate_comparator * (1.0 + outcome.rate_ratio)
        )
        return f"{said} About {plain(round(expected))} events are expected on both treatments together."

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if answer.power is None:
            return ""
        outcome, a, b = count_of(plan.outcome), names.treatment(self.treatment), names.treatment(self.comparator)
        return (
            f"If people have {number(outcome.rate_comparator)} events in a period on {b} and {number(outcome.rate_comparator * outcome.rate_ratio)} on {a} on average, "
            f"the chance that the trial will show the difference is {chance_in_words(answer.power)}."
        )

    def advice(self, plan: "Plan") -> str:
        if count_of(plan.outcome).rate_ratio == 1.0:
            return "A rate_ratio of 1 is no difference, so that more people do not help. Assume another one."
        return "Assume a rate_ratio further from 1 or more events, or raise max_n."

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        shown = percent(answer.power or 0.0, 2)
        kept = (
            f" Where the rates are alike it rejects in {percent(answer.actual_size, 2)} of trials."
            if answer.actual_size is not None
            else ""
        )
        if plan.analysis.test == "asymptotic":
            return (
                f"Power: events on both treatments as negative binomial numbers, the dispersion estimated; {shown}.{kept}",
                "our working version, simulated",
            )
        return (
            f"Power: averaged over a Poisson number of events, the test rejects in {shown} of trials.{kept}",
            "binomial test of ½ given the number of events",
        )

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        outcome = count_of(plan.outcome)
        share = outcome.rate_ratio / (1.0 + outcome.rate_ratio)
        found = [(f"Share of the events on {self.treatment}: RR/(1 + RR) = {plain(round(share, 6))}.", "algebra")]
        if answer.events is not None and answer.n_unrounded is not None:
            found.append((f"Events needed: φ·((z/2 + z_β√(π(1 − π)))/(π − ½))² = {plain(round(answer.events, 2))}.", self.formula_source))
        return found + super().steps(plan, answer)


def count_of(outcome: AnyOutcome | None) -> CountOutcome:
    """The outcome, of a plan whose question is asked of counts alone."""
    if not isinstance(outcome, CountOutcome):
        raise TypeError(getattr(outcome, "kind", None))
    return outcome
