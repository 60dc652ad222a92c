"""The sentences on a binary outcome."""

from typing import TYPE_CHECKING, ClassVar

from trials.sizing.discrete import BinaryOutcome
from trials.sizing.names import Names, number, percent
from trials.sizing.noun import plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.phrases import chance_in_words, whole_people
from trials.sizing.question.discrete import DiscreteSuperiority

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.plan import Plan

TESTS = {
    "exact": "exact McNemar test",
    "mid_p": "McNemar test with mid-p-values",
    "asymptotic": "McNemar test by the normal distribution",
    "wald": "Wald test of the difference of paired proportions",
    "prescott": "Prescott test",
    "mainland_gart": "Mainland–Gart test",
}
OF_SEQUENCES = ("prescott", "mainland_gart")
NORMAL = ("asymptotic", "wald")


class BinaryWords(DiscreteSuperiority):
    """What is said about a comparison of two answers of the same person."""

    formula_source: ClassVar[str] = "Connor 1987; Miettinen 1968"

    def measure(self, plan: "Plan") -> str:
        return f"Difference of the shares of people who respond on one treatment alone, {self.treatment} − {self.comparator}"

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        a, b = names.treatment(self.treatment), names.treatment(self.comparator)
        more = {"higher": "more", "lower": "fewer"}.get(self.better or "") if plan.analysis.sides == 1 else None
        other = f"{more} respond only on {a}" if more else "the two shares differ"
        return (
            f"Null hypothesis: as many people respond only on {a} as only on {b}. Alternative: {other}. "
            f"{self.sided(plan).capitalize()} test at alpha {number(plan.analysis.alpha or 0.05)}."
        )

    def assuming(self, plan: "Plan", names: Names) -> str:
        outcome, a, b = binary(plan.outcome), names.treatment(self.treatment), names.treatment(self.comparator)
        only = outcome.shares
        start = f"For {names.measured}, this assumes that" if names.outcome else "This assumes that"
        alone = f"{percent(only[0], 1)} of people respond only on {a} and {percent(only[1], 1)} only on {b}"
        if outcome.probability_treatment is None:
            return f"{start} {alone}; the other {percent(max(1.0 - sum(only), 0.0), 1)} answer alike on both."
        return (
            f"{start} {percent(outcome.probability_treatment, 1)} of people respond on {a} and {percent(outcome.probability_comparator or 0.0, 1)} on {b}, "
            f"with a correlation of {number(outcome.within_subject_correlation or 0.0)} within a person, so that {alone}."
        )

    def tested(self, plan: "Plan") -> str:
        return f"The comparison is a {self.sided(plan)} {TESTS[plan.analysis.test or 'mid_p']} at {self.level(plan)}."

    def method(self, plan: "Plan") -> str:
        test = plan.analysis.test or "mid_p"
        if test in NORMAL:
            found = "power by the normal distribution"
        elif test in OF_SEQUENCES:
            found = "power by enumeration of both sequences up to 30 people each, beyond by the normal distribution"
        else:
            found = "power averaged over the number of people who respond on one treatment only"
        return f"{self.sided(plan).capitalize()} {TESTS[test]} at alpha {number(plan.analysis.alpha or 0.05)}; {found}"

    def counts(self, plan: "Plan", answer: "Answer") -> str:
        said = super().counts(plan, answer)
        if answer.n_if_continuous is not None:
            said += (
                f" If the score behind the answers were compared as it is (normally distributed, cut at one threshold), {whole_people(answer.n_if_continuous)} "
                f"would be enough; cutting it into two answers takes {number(round(answer.price_of_dichotomising or 0.0, 2))} times as many people."
            )
        return said

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if answer.power is None:
            return ""
        a, b = names.treatment(self.treatment), names.treatment(self.comparator)
        first, second = (chance_in_words(share) for share in binary(plan.outcome).shares)
        return (
            f"If {first} people respond on {a} but not on {b}, and {second} the other way round, the chance that the trial will show the difference "
            f"is {chance_in_words(answer.power)}."
        )

    def advice(self, plan: "Plan") -> str:
        shares = binary(plan.outcome).shares
        if shares[0] == shares[1]:
            return "As many people are assumed to respond only on the one treatment as only on the other, so that more people do not help. Assume a difference."
        return "Assume a larger difference, or raise max_n."

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        test, (treatment, comparator) = plan.analysis.test or "mid_p", binary(plan.outcome).shares
        shown, size = percent(answer.power or 0.0, 2), answer.actual_size
        kept = "" if size is None else f" Where neither treatment is better it rejects in {percent(size, 2)} of trials."
        if test in NORMAL:
            return f"Power by the normal distribution: {shown}.{kept}", self.formula_source
        if test in OF_SEQUENCES:
            how = "by the normal distribution" if size is None else "over all answers that both sequences can give"
            return (
                f"Power {how}: {shown}.{kept}",
                "Prescott 1981" if test == "prescott" else "Fisher's exact test of sequence and better period",
            )
        differ = treatment + comparator
        text = (
            f"Power: each of {plain(answer.n_evaluable or 0)} people responds on one treatment only with chance {plain(round(differ, 6))}, and then on "
            f"{self.treatment} with chance {plain(round(treatment / differ, 6))}; averaged over how many do, the test rejects in {shown} of trials.{kept}"
        )
        return text, "binomial test of ½, averaged over a binomial number of discordant people"

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        outcome = binary(plan.outcome)
        alone = (
            f"only on {self.treatment} {plain(round(outcome.shares[0], 6))}, only on {self.comparator} {plain(round(outcome.shares[1], 6))}"
        )
        if outcome.probability_treatment is None:
            return [*super().steps(plan, answer), (f"Price of dichotomising: {NO_PRICE}", "engine")]
        both = plain(round(outcome.marginals[2], 6))
        first = (f"Both respond: p_A·p_B + φ√(p_A(1 − p_A)·p_B(1 − p_B)) = {both}; {alone}.", "algebra")
        return [first, *super().steps(plan, answer), self.price_step(outcome, answer)]

    def price_step(self, outcome: BinaryOutcome, answer: "Answer") -> tuple[str, str]:
        """How the price of dichotomising follows, or why it does not."""
        from trials.sizing.dichotomy import latent

        score = latent(*outcome.marginals)
        if score is None:
            return f"Price of dichotomising: {TOO_CLOSE}", "engine"
        if answer.n_if_continuous is None:
            return f"Price of dichotomising: {NO_DIFFERENCE}", "engine"
        text = (
            f"Score behind the answers, in total SDs: difference Φ⁻¹(p_A) − Φ⁻¹(p_B) = {plain(round(score.difference, 6))}, tetrachoric correlation "
            f"ρ = {plain(round(score.correlation, 6))}, within-subject SD √(1 − ρ) = {plain(round(score.within_subject_sd, 6))}; its t test needs {answer.n_if_continuous}."
        )
        return text, "bivariate normal scores cut at one threshold"


NO_PRICE = (
    "not told, because it takes both probabilities of a response and their correlation within a person; the shares who respond on one treatment "
    "only do not tell them."
)
TOO_CLOSE = (
    "not told, because one of the four kinds of people (who respond on both, on one, on the other, on neither) hardly exists, so that the "
    "correlation of the score behind the answers hangs on a thread."
)
NO_DIFFERENCE = "not told, because the scores are not assumed to differ, or by too little for any trial."


def binary(outcome: AnyOutcome | None) -> BinaryOutcome:
    """The outcome, of a plan whose question is asked of binary ones alone."""
    if not isinstance(outcome, BinaryOutcome):
        raise TypeError(getattr(outcome, "kind", None))
    return outcome
