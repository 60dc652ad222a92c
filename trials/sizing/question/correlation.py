"""Correlation: do two values of the same people go together, such as a drug level and the response?"""

from math import atanh, ceil, sqrt
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names, number, percent
from trials.sizing.noun import Correlation as Coefficient
from trials.sizing.noun import plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.phrases import chance_in_words, target_of, whole_people
from trials.sizing.question.base import Figures, Problems, Question
from trials.sizing.question.two_groups import no_model, normal_power

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan


class Correlation(Question):
    """H0: two values of the same people are not correlated, by Fisher's z over n people.

    Notes
    -----
    atanh(r) is nearly normal about atanh(ρ) with variance 1/(n − 3) (Fisher 1921); n = ((z(1−α/2) + z(power))/atanh ρ)² + 3.
    """

    kind: Literal["correlation"]
    correlation: Coefficient

    outcomes: ClassVar[tuple[str, ...]] = ()
    design_by_default: ClassVar[dict[str, Any] | None] = {"name": "single_arm"}
    from_sequences: ClassVar[bool] = False
    critical_source: ClassVar[str] = "normal distribution"
    references: ClassVar[tuple[str, ...]] = ("Fisher RA. On the probable error of a coefficient of correlation. Metron 1921;1:3–32.",)
    varied: ClassVar[tuple[str, ...]] = ("correlation",)

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        return {"alpha": 0.025 if analysis.sides == 1 else 0.05, "sides": 2}

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        return no_model(self.kind, analysis)

    def smallest_n(self, information: "Information") -> float:
        return 4.0

    def too_few(self, plan: "Plan", information: "Information", n: float) -> str | None:
        return f"With {plain(n)} people Fisher's z has no finite variance, 1/(n − 3); 4 people are the least."

    def power(self, information: "Information", n: Any) -> Any:
        analysis = information.analysis
        return normal_power(abs(atanh(self.correlation)) * (n - 3.0) ** 0.5, analysis.alpha or 0.05, analysis.sides or 2)

    def powers(self, information: "Information", n: Any) -> Any:
        return self.power(information, n)

    def unrounded(self, alpha: float, sides: int, target_power: float) -> float:
        """n by the formula, which leaves out the far tail of a two-sided test."""
        from scipy import special

        z = -special.ndtri(alpha / sides) + special.ndtri(target_power)
        return float((z / (abs(atanh(self.correlation)) + 1e-60)) ** 2) + 3.0

    def guess(self, information: "Information", target_power: float | None) -> float:
        return self.unrounded(information.analysis.alpha or 0.05, information.analysis.sides or 2, target_power or 0.5)

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        from scipy import special

        analysis = information.analysis
        return {
            "power": float(self.power(information, n)) if power is None else power,
            "standard_error": 1.0 / sqrt(n - 3.0),
            "critical_value": float(-special.ndtri((analysis.alpha or 0.05) / (analysis.sides or 2))),
        }

    def after_search(self, plan: "Plan", information: "Information", n: float) -> Figures:
        target, analysis = getattr(plan.solve, "target_power", None) or 0.0, plan.analysis
        return (
            {"n_unrounded": self.unrounded(analysis.alpha or 0.05, analysis.sides or 2, target)}
            if target > (analysis.alpha or 0.05)
            else {}
        )

    def advice(self, plan: "Plan") -> str:
        if not self.correlation:
            return "The assumed correlation is 0, which is what the test would have to tell it from; assume another one."
        return "Assume a stronger correlation, or raise max_n."

    def uncertain(self, plan: "Plan") -> tuple[str, float] | None:
        size = abs(self.correlation)
        return ("correlation", size) if 0.0 < size <= 0.7 else None

    def vary(self, assumption: str, value: float) -> "Correlation":
        return self.model_copy(update={assumption: value})

    # the sentences

    def measure(self, plan: "Plan") -> str:
        return "Correlation between two values of the same people"

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        sides = plan.analysis.sides or 2
        other = "it is not 0" if sides == 2 else f"it is {'above' if self.correlation >= 0 else 'below'} 0"
        return (
            f"Null hypothesis: the correlation is 0. Alternative: {other}. {'Two' if sides == 2 else 'One'}-sided test at alpha "
            f"{number(plan.analysis.alpha or 0.05)}."
        )

    def assuming(self, plan: "Plan", names: Names) -> str:
        explained = percent(self.correlation**2, 1)
        return (
            f"This assumes a correlation of {number(self.correlation)} between two values of the same people, each normally distributed; one explains {explained} of "
            "the variance of the other."
        )

    def tested(self, plan: "Plan") -> str:
        sides = "two" if plan.analysis.sides == 2 else "one"
        return f"The correlation is tested by a {sides}-sided test of Fisher's z at a significance level of {number(plan.analysis.alpha or 0.05)}."

    def method(self, plan: "Plan") -> str:
        sides = "Two" if plan.analysis.sides == 2 else "One"
        return f"{sides}-sided test of a correlation by Fisher's z at alpha {number(plan.analysis.alpha or 0.05)}; power by the normal distribution"

    def counts(self, plan: "Plan", answer: "Answer") -> str:
        said = f"{whole_people(answer.n_evaluable)} evaluable participants give {percent(answer.power or 0.0, 1)} power"
        return f"{said} (target {target_of(plan)})." if plan.solve.find == "n" else f"{said}."

    def setting_in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str | None:
        return f"The study starts with {whole_people(answer.n_randomised)} people, in each of whom both values are measured."

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if answer.power is None:
            return ""
        way = "rises" if self.correlation >= 0 else "falls"
        return (
            f"If one value truly {way} with the other as strongly as a correlation of {number(abs(self.correlation))} says, the chance that the study will show it is "
            f"{chance_in_words(answer.power)}. It cannot show that one is the cause of the other."
        )

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        distance = abs(atanh(self.correlation)) / (answer.standard_error or 1.0)
        return f"Power: |Fisher's z| ÷ standard error {plain(distance)}; power {percent(answer.power or 0.0, 2)}.", "normal distribution"

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        found = [
            (
                f"Fisher's z: atanh({plain(self.correlation)}) = {plain(round(atanh(self.correlation), 6))}; its variance is 1/(n − 3).",
                "Fisher 1921",
            )
        ]
        if answer.n_unrounded is not None:
            said = f"Formula: ((z(1 − alpha/sides) + z(power)) / |z|)² + 3 = {plain(round(answer.n_unrounded, 4))}, so at least {ceil(answer.n_unrounded - 1e-9)} people."
            found.append((said, "Fisher's z"))
        return found
