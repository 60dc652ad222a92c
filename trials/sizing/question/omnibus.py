"""Omnibus: do the treatments differ at all? An F test with as many numerator degrees of freedom as there are differences."""

from math import sqrt
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names, number, percent
from trials.sizing.noun import Letter, Number, in_words
from trials.sizing.outcome import AnyOutcome, LogOutcome
from trials.sizing.phrases import variability_of, with_model
from trials.sizing.question.base import Problems, Question

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import DegreesOfFreedom, Information
    from trials.sizing.plan import Plan


class Omnibus(Question):
    """H0: all treatments are alike. `means` are the assumed means by letter (of the logarithm on the log scale).

    Notes
    -----
    λ = n·τ'Cτ/σ_w² with C the treatment information per person; for a complete design n·Σ(τ − τ̄)²/σ_w².
    """

    kind: Literal["omnibus"]
    means: Annotated[dict[Letter, Number], Field(min_length=2, max_length=8)]

    references: ClassVar[tuple[str, ...]] = ("Jones B, Kenward MG. Design and Analysis of Cross-over Trials.",)

    critical_source: ClassVar[str] = "F distribution"

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.means.items())))

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found: Problems = []
        if strange := sorted(set(self.means) - set(design.letters)):
            found.append(
                ("question.means", f"{in_words(strange)} stands in means but not in the design, which has {in_words(design.letters)}.")
            )
        if missing := sorted(set(design.letters) - set(self.means)):
            found.append(
                (
                    "question.means",
                    f"The assumed mean of {in_words(missing)} is missing; an omnibus test compares all treatments of the design.",
                )
            )
        if analysis.sides is not None:
            found.append(("analysis.sides", "An F test has no sides; leave sides out."))
        if isinstance(outcome, LogOutcome) and outcome.within_subject_cv is None and outcome.total_cv is None:
            found.append(("outcome.within_subject_cv", "within_subject_cv is missing."))
        return found

    def letters_compared(self) -> tuple[str, ...]:
        return tuple(self.means)

    def reason(self, information: "Information") -> str | None:
        first, *others = information.letters
        for other in others:
            if found := information.contrast({first: 1.0, other: -1.0}).reason:
                return found
        if information.analysis.degrees_of_freedom == "satterthwaite":
            return "With individual responses or autocorrelation the pooled F test is not valid, and there is no exact one; ask for the contrasts that matter instead."
        return None

    def degrees_of_freedom(self, information: "Information") -> "DegreesOfFreedom":
        return information.degrees_of_freedom()

    def smallest_n(self, information: "Information") -> float:
        return self.degrees_of_freedom(information).smallest_n

    def spread(self, information: "Information") -> float:
        """λ per participant."""
        tau = [self.means[letter] for letter in information.letters]
        centred = [value - sum(tau) / len(tau) for value in tau]
        return float(centred @ information.treatment_information() @ centred) / information.scale

    def power(self, information: "Information", n: Any) -> Any:
        from trials.sizing.laws.power import f_power

        df = self.degrees_of_freedom(information).at(n)
        return f_power(n * self.spread(information), len(information.letters) - 1, df, information.analysis.alpha)

    def powers(self, information: "Information", n: Any) -> Any:
        return self.power(information, n)

    def guess(self, information: "Information", target_power: float | None) -> float:
        return 10.0 / max(self.spread(information), 1e-12)

    def figures(self, information: "Information", n: float, power: float | None = None) -> dict[str, Any]:
        from scipy import special

        numerator = len(information.letters) - 1
        df = self.degrees_of_freedom(information).at(n)
        alpha = information.analysis.alpha or 0.05
        contrast = information.contrast({information.letters[0]: 1.0, information.letters[1]: -1.0})
        return {
            "power": float(self.power(information, n)),
            "variance_factor": contrast.variance / information.scale,
            "standard_error": sqrt(contrast.variance / n),
            "degrees_of_freedom": df,
            "numerator_degrees_of_freedom": float(numerator),
            "critical_value": float(special.fdtri(numerator, df, 1.0 - alpha)),
        }

    def advice(self, plan: "Plan") -> str:
        return "Assume a larger difference or less variability, or raise max_n."

    def measure(self, plan: "Plan") -> str:
        sort = "ratios" if isinstance(plan.outcome, LogOutcome) else "differences"
        where = f"{sort} between people" if plan.design.n_periods == 1 else f"within-person {sort}"
        return f"Mean {where} among {in_words(plan.design.letters)}"

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        return (
            f"Null hypothesis: the means of {in_words(self.means)} are equal. Alternative: at least two differ. "
            f"F test at alpha {number(plan.analysis.alpha or 0.05)}."
        )

    def assuming(self, plan: "Plan", names: Names) -> str:
        means = ", ".join(f"{names.treatment(letter)} {names.amount(mean)}" for letter, mean in self.means.items())
        return f"Assumed means of {names.measured}: {means}; {variability_of(plan, names)}."

    def tested(self, plan: "Plan") -> str:
        return with_model(f"The comparison is an F test at a significance level of {number(plan.analysis.alpha or 0.05)}", plan)

    def method(self, plan: "Plan") -> str:
        return f"F test at alpha {number(plan.analysis.alpha or 0.05)}; exact power by the noncentral F distribution"

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if answer.power is None:
            return ""
        return f"If the treatments differ as assumed, the chance that the trial will notice is {percent(answer.power)}."

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        return f"Power: {percent(answer.power or 0.0, 2)}.", "noncentral F"
