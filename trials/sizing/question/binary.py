"""Superiority for a binary outcome: do more people respond on the treatment alone than on the comparator alone?"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.laws.search import halve
from trials.sizing.names import percent
from trials.sizing.nearby import around, nice_step
from trials.sizing.noun import in_words, plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.question.base import Figures, Problems, Warnings
from trials.sizing.question.binary_words import OF_SEQUENCES, TESTS, BinaryWords, binary
from trials.sizing.question.discrete import given_equally, is_ab_ba, period_weights_differ, starts_with

if TYPE_CHECKING:
    from trials.sizing.information import Information
    from trials.sizing.laws.paired import PairedTest
    from trials.sizing.plan import Plan

FEW_WHO_DIFFER = 10.0
MOST_FOR_TABLE = 3_000  # people; thirty larger searches are too slow to be shown while one types
SHORT = 0.01  # of the planned power: worth a warning


class BinarySuperiority(BinaryWords):
    """H0: as many people respond on the treatment alone as on the comparator alone.

    Notes
    -----
    With π_d = p₁₀ + p₀₁ the share of people who respond on one treatment alone and Δ = p₁₀ − p₀₁:

    * `exact`, `mid_p` (the default): the binomial test of ½ among the m discordant people (twice the smaller tail when two-sided; mid-p counts half
      the chance of what was seen); power Σ_m Bin(m; n, π_d)·Σ_{k in R_m} Bin(k; m, p₁₀/π_d). It goes up and down with n, so that the first n
      that reaches the target and the one from which it stays there (60 allocation units ahead) are both given.
    * `asymptotic`: n = (z_α√π_d + z_β√(π_d − Δ²))²/Δ² (Connor 1987, Miettinen 1968); `wald`: π_d − Δ² in both places. `power` is that of the formula.
    * `prescott`, `mainland_gart`: exact conditional tests of sequence against the period in which somebody was better, with or without those
      who were alike in both; they leave room for a period effect. Power by enumeration of both sequences up to 30 people each, beyond by Connor's
      formula with n·4r(1 − r), r the share of people in one sequence.

    `actual_size` is the chance to reject where p₁₀ = p₀₁ = π_d/2. Powers assume that there is no period effect.

    McNemar's and Wald's tests serve every design in which everybody receives both treatments exactly once and each period gives both
    equally often; Prescott's and that of Mainland and Gart are for two sequences.
    """

    outcomes: ClassVar[tuple[str, ...]] = ("binary",)
    analysis_takes: ClassVar[tuple[str, ...]] = ("test",)
    references: ClassVar[tuple[str, ...]] = (
        "Connor RJ. Sample size for testing differences in proportions for the paired-sample design. Biometrics 1987.",
        "Prescott RJ. The comparison of success rates in cross-over trials in the presence of an order effect. Applied Statistics 1981.",
        "Jones B, Kenward MG. Design and Analysis of Cross-over Trials.",
    )

    # what fits

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        return {"test": "mid_p"} | super().defaults(analysis, outcome)

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found = super().problems(design, outcome, analysis, verb)
        if analysis.test not in {*TESTS, None}:
            found.append(("analysis.test", f"test is {analysis.test}; for a binary outcome it must be {in_words(TESTS, 'or')}."))
        return found

    def unserved(self, design: Design, analysis: Analysis) -> str | None:
        a, b = self.treatment, self.comparator
        if analysis.test in OF_SEQUENCES:
            if is_ab_ba(design, a, b):
                return None
            return (
                f"The {TESTS[analysis.test or '']} compares the sequences {a}{b} and {b}{a}, so that it does not fit {design.label}. "
                f"Plan {a}{b}/{b}{a}, or a McNemar test (exact, mid_p, asymptotic or wald), for which everybody receives both treatments once."
            )
        if given_equally(design, a, b) == 1:
            return None
        return (
            f"McNemar's test compares one answer on {a} with one on {b} of the same person: every sequence gives each of them exactly once, and every "
            f"period gives both equally often, as {a}{b}/{b}{a} and Williams designs do; {design.label} does not. Choose such a design"
            + (", or ask two_proportions of parallel groups." if design.n_periods == 1 else ".")
        )

    def reason(self, information: "Information") -> str | None:
        if not binary(information.outcome).is_possible:
            return "No people can behave like that: the shares of those who respond on one treatment only do not fit together."
        return super().reason(information)

    def warnings(self, outcome: AnyOutcome | None) -> Warnings:
        shares = binary(outcome).shares
        if self.better is None or (shares[0] - shares[1]) * (1 if self.better == "higher" else -1) >= 0:
            return []
        return self.wrong_side(f"share who respond only on {self.treatment}, {percent(shares[0], 1)} against {percent(shares[1], 1)},")

    # the numbers

    def only(self, outcome: AnyOutcome | None) -> tuple[float, float]:
        """Shares of people who do better on the treatment alone, and on the comparator alone: where lower is better, who responds does worse."""
        treatment, comparator = binary(outcome).shares
        return (comparator, treatment) if self.better == "lower" else (treatment, comparator)

    def test(self, information: "Information") -> "PairedTest":
        """The test that the plan names."""
        from trials.sizing.laws.paired import PairedTest

        analysis = information.analysis
        first = starts_with(information.design, self.treatment)
        return PairedTest(analysis.test or "mid_p", analysis.alpha or 0.05, analysis.sides or 2, first)  # type: ignore[arg-type]  # checked

    def power(self, information: "Information", n: Any) -> Any:
        return self.test(information).power(float(n), self.only(information.outcome))

    def actual_size(self, information: "Information", n: float) -> float | None:
        return self.test(information).size(n, self.only(information.outcome))

    def guess(self, information: "Information", target_power: float | None) -> float:
        return self.test(information).first_n(self.only(information.outcome), target_power or 0.0, sum(information.design.unit))

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        found: Figures = {"power": float(self.power(information, n)) if power is None else power}
        if (size := self.actual_size(information, n)) is not None:
            found["actual_size"] = size
        return found

    def find_power(self, plan: "Plan", information: "Information", n: float) -> Figures:
        """Power, and what the score behind the answers would need for as much."""
        found = self.figures(information, n)
        return found | self.price(plan, n, found["power"])

    def after_search(self, plan: "Plan", information: "Information", n: float) -> Figures:
        target, test = getattr(plan.solve, "target_power", None) or 0.0, self.test(information)
        found = super().after_search(plan, information, n) | self.price(plan, n, target)
        if test.is_normal or not test.is_enumerated(n):
            found["n_unrounded"] = test.normal_n(self.only(plan.outcome), target)
        return found

    def price(self, plan: "Plan", n: float, target_power: float) -> Figures:
        """What the score behind the answers would need for the same power, and how many times that n is; nothing where it cannot be told."""
        from trials.sizing.dichotomy import latent, n_if_continuous

        outcome = binary(plan.outcome)
        score = latent(*outcome.marginals) if outcome.probability_treatment is not None else None
        if score is None or not (plan.analysis.alpha or 0.05) < target_power < 1.0 - 1e-9:
            return {}
        compared = (self.treatment, self.comparator, self.better)
        most = getattr(plan.solve, "max_n", 100_000)
        enough = n_if_continuous(score, compared, plan.design, plan.analysis.alpha or 0.05, plan.analysis.sides or 2, target_power, most)
        return {} if enough is None else {"n_if_continuous": enough, "price_of_dichotomising": n / enough}

    def cautions_at(self, plan: "Plan", information: "Information", n: float) -> Warnings:
        found = super().cautions_at(plan, information, n)
        test, only = self.test(information), self.only(plan.outcome)
        if not test.compares_sequences and period_weights_differ(information.design, self.treatment, self.comparator):
            message = "With unequal sequences a change over time looks like an effect to McNemar's test. Use equal allocation, or the test prescott or mainland_gart."
            found.append(("period_effect_ignored", message))
        if not test.is_enumerated(n):
            close = replace(test, name="exact").power(n, only)
            message = (
                f"The {TESTS[test.name]} is enumerated up to 30 people in a sequence; beyond, its power is that of the normal distribution, which is a little "
                f"too high for a conditional test: the exact McNemar test, which is close to it, has {percent(close, 1)} with as many people."
            )
            found.append(("asymptotic_power", message))
        if (differ := n * sum(only)) < FEW_WHO_DIFFER:
            message = (
                f"Only about {plain(round(differ, 1))} people are expected to respond on one treatment only, and the comparison rests on them; "
                "one of them can change the result."
            )
            found.append(("few_who_differ", message))
        if test.is_normal and (planned := test.power(n, only)) - (counted := test.counted_power(n, only)) > SHORT:
            message = (
                f"Counted answer by answer, the power of this test is {percent(counted, 1)} rather than the {percent(planned, 1)} of its formula; "
                "the tests mid_p and exact plan with the counted one."
            )
            found.append(("formula_too_kind", message))
        return found

    # what is varied

    def uncertain(self, plan: "Plan") -> tuple[str, float] | None:
        outcome = binary(plan.outcome)
        if outcome.probability_comparator is None:
            return ("comparator_only", outcome.comparator_only) if outcome.comparator_only else None
        return "probability_comparator", outcome.probability_comparator

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        if plan.analysis.test in OF_SEQUENCES:
            return None  # thirty searches by enumeration take too long
        from trials.sizing.laws.paired import PairedTest

        outcome = binary(plan.outcome)
        name = "treatment_only" if outcome.probability_treatment is None else "probability_treatment"
        value = float(getattr(outcome, name) or 0.0)
        alpha, sides, target = plan.analysis.alpha or 0.05, plan.analysis.sides or 2, getattr(plan.solve, "target_power", None) or 0.0
        if PairedTest("mid_p", alpha, sides).normal_n(outcome.shares, target) > MOST_FOR_TABLE:
            return None
        difference = abs(outcome.shares[0] - outcome.shares[1])
        return (name, around(value, nice_step(max(difference * 0.2, value * 0.02)), 2, 3)) if value else None

    def bounds(self, plan: "Plan", assumption: str) -> tuple[float, float]:
        """Between which values an assumption is possible and leaves more than three fifths of the assumed difference."""
        outcome = binary(plan.outcome)
        value = float(getattr(outcome, assumption))
        planned = outcome.shares[0] - outcome.shares[1]

        def kept(other: float) -> bool:
            varied = outcome.model_copy(update={assumption: other})
            difference = varied.shares[0] - varied.shares[1]
            return varied.is_possible and (planned == 0 or difference * planned > 0.6 * planned * planned)

        return -halve(lambda other: kept(-other), -value, 0.0), halve(kept, value, 1.0)
