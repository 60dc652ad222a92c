"""Heterogeneity: does the true difference between two treatments vary between people, or is what looks like it error?"""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names, number, percent
from trials.sizing.nearby import around, nice_step
from trials.sizing.noun import Letter, plain
from trials.sizing.outcome import AnyOutcome, LogOutcome
from trials.sizing.phrases import chance_in_words, individual_sd, residual_of
from trials.sizing.question.base import Figures, Problems, Question
from trials.sizing.question.pairwise import difference_of, pair_of, pair_problems
from trials.sizing.series import DEPENDENT, complete_cycles

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan


class Heterogeneity(Question):
    """H0: the true difference of treatment and comparator is the same for everybody; its SD between people is `outcome.individual_response_sd`.

    The two letters may be left out where the design has no others.

    Notes
    -----
    F = MS between people ÷ MS within people of the differences by cycle, d_ij = τ_i + ε_ij with Var ε = 2σ², over k complete cycles. It is
    (1 + kψ²/(2σ²)) times a central F with n − 1 and n(k − 1) degrees of freedom, so that the power P(F > F_crit ÷ (1 + kψ²/(2σ²))) is exact.
    In a crossover that repeats complete cycles (ABBA/BAAB, ABAB/BABA) everybody of a sequence shares the period effects: the means by sequence
    and cycle are removed first, which leaves N − S and (N − S)(k − 1) degrees of freedom for S sequences; carry-over that is the same for
    everybody goes with them. Senn (2019) names the question; the formula is our working version, simulated, not checked against the original.
    """

    kind: Literal["heterogeneity"]
    treatment: Letter | None = None
    comparator: Letter | None = None

    verbs: ClassVar[tuple[str, ...]] = ("n", "power", "cycles")
    of_series: ClassVar[bool] = True
    from_sequences: ClassVar[bool] = False
    critical_source: ClassVar[str] = "F distribution"
    references: ClassVar[tuple[str, ...]] = (
        "Senn S. Sample size considerations for n-of-1 trials. Stat Methods Med Res 2019;28:372–383.",
        "Yang J, Steingrimsson JA, Schmid CH. Sample size calculations for n-of-1 trials. arXiv:2110.08970.",
    )

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        return {"alpha": 0.05, "estimator": None, "degrees_of_freedom": None}

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found = pair_problems(self.treatment, self.comparator, design)
        if outcome is not None and "individual_response_sd" not in outcome.model_fields_set:
            message = (
                "individual_response_sd is missing: the SD between people of the true difference, which is the size of what is looked for."
            )
            found.append(("outcome.individual_response_sd", message))
        if analysis.sides is not None:
            found.append(("analysis.sides", "An F test has no sides; leave sides out."))
        if analysis.degrees_of_freedom is not None:
            message = "The degrees of freedom of this F test follow from people and cycles; leave degrees_of_freedom out."
            found.append(("analysis.degrees_of_freedom", message))
        return found

    def cycles(self, design: Design) -> int:
        """k, how many complete cycles everybody goes through; 0 where there are none to compare."""
        return (design.cycles or 1) if design.is_n_of_1 else complete_cycles(design.sequences, *self.pair(design))[0]

    def pair(self, design: Design) -> tuple[str, str]:
        return pair_of(self.treatment, self.comparator, design)

    def reason(self, information: "Information") -> str | None:
        design = information.design
        if information.continuous.autocorrelation:
            return DEPENDENT
        if not design.is_n_of_1:
            if (reason := complete_cycles(design.sequences, *self.pair(design))[1]) is not None:
                return reason
            if information.attrition.observed_by_period is not None:
                return "Only people with all their cycles tell individual response from error; give dropout_rate in place of lost_before_period."
        elif self.cycles(design) < 2:
            return "With one cycle a person nothing tells individual response from error. Add a cycle."
        return None

    def freedom(self, design: Design, n: Any) -> tuple[Any, Any]:
        """Degrees of freedom between and within people."""
        cycles = self.cycles(design)
        return (n - 1, n * (cycles - 1)) if design.is_n_of_1 else (n - len(design.sequences), (n - len(design.sequences)) * (cycles - 1))

    def ratio(self, information: "Information") -> float:
        """1 + kψ²/(2σ²), by how much individual response raises the variance between people's mean differences."""
        return 1.0 + self.cycles(information.design) * information.continuous.individual_response_sd**2 / (2.0 * information.scale)

    def smallest_n(self, information: "Information") -> float:
        return 2.0 if information.design.is_n_of_1 else len(information.design.sequences) + 1.0

    def power(self, information: "Information", n: Any) -> Any:
        from trials.sizing.laws.power import f_ratio_power

        return f_ratio_power(self.ratio(information), *self.freedom(information.design, n), information.analysis.alpha)

    def powers(self, information: "Information", n: Any) -> Any:
        return self.power(information, n)

    def guess(self, information: "Information", target_power: float | None) -> float:
        """By the normal distribution of ln F, whose variance is about 2/ν₁ + 2/ν₂."""
        from math import log

        from scipy import special

        z_sum = special.ndtri(target_power) - special.ndtri(information.analysis.alpha)
        cycles = self.cycles(information.design)
        least = self.smallest_n(information)
        return float(least - 1.0 + 2.0 * (cycles / (cycles - 1.0)) * (z_sum / max(log(self.ratio(information)), 1e-9)) ** 2)

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        from trials.sizing.laws.power import f_critical

        between, within = self.freedom(information.design, n)
        return {
            "power": float(self.power(information, n)) if power is None else power,
            "numerator_degrees_of_freedom": float(between),
            "degrees_of_freedom": float(within),
            "critical_value": float(f_critical(information.analysis.alpha, between, within)),
        }

    def advice(self, plan: "Plan") -> str:
        if not plan.continuous.individual_response_sd:
            return "individual_response_sd is 0, so people do not differ and there is nothing to find; assume how much they differ."
        return "Assume a larger individual_response_sd or less variability, repeat more cycles, or raise max_n."

    def more_than_cycles(self, plan: "Plan") -> str:
        if not plan.continuous.individual_response_sd:
            return self.advice(plan)
        return "Add people, or assume that people differ more."

    # what is varied

    def uncertain(self, plan: "Plan") -> tuple[str, float] | None:
        name = plan.continuous.residual_field
        return name, getattr(plan.outcome, name)

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        sd = plan.continuous.individual_response_sd
        return ("individual_response_sd", around(sd, nice_step(sd * 0.2), 2, 3)) if sd else None

    # the sentences

    def measure(self, plan: "Plan") -> str:
        sort = "logarithm of the true ratio" if isinstance(plan.outcome, LogOutcome) else "true difference"
        return f"SD between people of the {sort}, {difference_of(plan, *self.pair(plan.design))}"

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        a, b = self.pair(plan.design)
        return (
            f"Null hypothesis: the true difference {a} − {b} is the same for everybody. Alternative: it differs between people. "
            f"F test at alpha {number(plan.analysis.alpha or 0.05)}."
        )

    def assuming(self, plan: "Plan", names: Names) -> str:
        a, b = (names.treatment(letter) for letter in self.pair(plan.design))
        return (
            f"This assumes that the true difference in {names.measured} ({a} compared with {b}) varies between people with an SD of "
            f"{individual_sd(plan, names)}, and {residual_of(plan, names)}."
        )

    def tested(self, plan: "Plan") -> str:
        freed = "" if plan.design.is_n_of_1 else ", once the means by sequence and cycle are removed"
        return (
            "The variance between people's mean differences is compared with the variance of the differences within people from cycle to cycle"
            f"{freed}, by an F test at a significance level of {number(plan.analysis.alpha or 0.05)}."
        )

    def method(self, plan: "Plan") -> str:
        freed = "" if plan.design.is_n_of_1 else " with the means by sequence and cycle removed"
        return (
            f"F test of the differences by cycle, between people against within people{freed}, at alpha {number(plan.analysis.alpha or 0.05)}; "
            "exact power by a multiple of the central F distribution"
        )

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if answer.power is None:
            return ""
        return (
            f"If people truly differ in how they respond (an SD of {individual_sd(plan, names)}), the chance that the trial "
            f"will tell this from mere ups and downs is {chance_in_words(answer.power)}."
        )

    def freedom_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str] | None:
        found = f"Degrees of freedom: {plain(answer.numerator_degrees_of_freedom or 0.0)} between people and {plain(answer.degrees_of_freedom or 0.0)} within."
        if answer.plan.design.is_n_of_1:
            return found, "n − 1 and n·(cycles − 1)"
        return found, "N − S and (N − S)·(cycles − 1) with S sequences"

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        outcome, cycles = plan.continuous, self.cycles(answer.plan.design)
        ratio = 1.0 + cycles * outcome.individual_response_sd**2 / (2.0 * outcome.residual_sd**2)
        found = (
            f"Power: with {cycles} cycles F is 1 + kψ²/(2σ_w²) = {plain(ratio)} times a central F, so it exceeds the critical value with "
            f"probability {percent(answer.power or 0.0, 2)}."
        )
        return found, "central F; question after Senn 2019, formula derived"
