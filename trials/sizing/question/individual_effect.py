"""Individual effect: how closely is one person's own difference known, from that person alone or shrunk towards everybody's average?"""

from math import exp, log, sqrt
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names, number, percent
from trials.sizing.nearby import around, nice_step
from trials.sizing.noun import Letter, Positive, Share, plain
from trials.sizing.outcome import AnyOutcome, LogOutcome, continuous
from trials.sizing.phrases import individual_sd, residual_of, width_found
from trials.sizing.question.base import Figures, Problems, Question, Warnings
from trials.sizing.question.pairwise import difference_of, pair_of, pair_problems
from trials.sizing.question.precision import RatioWidth
from trials.sizing.series import DEPENDENT, Series

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan


class IndividualEffect(Question):
    """The half-width of the interval around one person's difference, treatment − comparator, in an n-of-1 series.

    `own` uses that person's cycles alone (and everybody's for the error variance); `shrunken` draws the person's result towards the average of
    all, the more the less people differ. Neither is the average effect, in the population or in these people: that is `superiority`.
    On the log scale `ratio_half_width` is the factor by which the interval reaches beyond the estimate.

    Notes
    -----
    own: t(1 − α/2, n(k − 1))·√(2σ²/k). shrunken: z(1 − α/2)·√PEV, PEV = ψ²(1 − B) + (1 − B)²(ψ² + 2σ²/k)/n, B = ψ²/(ψ² + 2σ²/k), which
    takes both variances as known. Where they are estimated from the same trial, an interval of that width holds the truth less often: nominal
    95 % became 86 % with 12 people, 90 % with 30 and 94 % with 100 (4 cycles, ψ² = σ²/2; simulated, moment estimates). Criteria 4 and 5 of Senn
    (2019); the formulas are our working version, simulated, not checked against the original.
    """

    kind: Literal["individual_effect"]
    treatment: Letter | None = None
    comparator: Letter | None = None
    half_width: Positive | None = None
    ratio_half_width: RatioWidth | None = None
    confidence_level: Share = 0.95
    estimate: Literal["own", "shrunken"] = "own"

    verbs: ClassVar[tuple[str, ...]] = ("n", "half_width", "cycles")
    needs_target: ClassVar[bool] = False
    of_series: ClassVar[bool] = True
    from_sequences: ClassVar[bool] = False
    critical_source: ClassVar[str] = "Student's t; the normal distribution where variances are taken as known"
    references: ClassVar[tuple[str, ...]] = (
        "Senn S. Sample size considerations for n-of-1 trials. Stat Methods Med Res 2019;28:372–383.",
        "Yang J, Steingrimsson JA, Schmid CH. Sample size calculations for n-of-1 trials. arXiv:2110.08970.",
    )

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        return {"estimator": None, "degrees_of_freedom": None}

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found = pair_problems(self.treatment, self.comparator, design)
        wanted, other = ("ratio_half_width", "half_width") if isinstance(outcome, LogOutcome) else ("half_width", "ratio_half_width")
        if getattr(self, other) is not None:
            found.append((f"question.{other}", f"On the {continuous(outcome).scale} scale the width is said as {wanted}, not {other}."))
        elif getattr(self, wanted) is None and verb in {"n", "cycles"}:
            found.append((f"question.{wanted}", f"{wanted} is missing: how far the interval may reach beyond a person's difference."))
        if self.estimate == "shrunken" and outcome is not None and "individual_response_sd" not in outcome.model_fields_set:
            message = "individual_response_sd is missing: how far a person's result is drawn towards the average depends on how much people differ."
            found.append(("outcome.individual_response_sd", message))
        for field in ("alpha", "sides"):
            if getattr(analysis, field) is not None:
                found.append((f"analysis.{field}", f"One person's effect has a confidence_level instead of {field}; leave {field} out."))
        return found

    def warnings(self, outcome: AnyOutcome | None) -> Warnings:
        if self.estimate == "own":
            return []
        message = (
            "The interval of a shrunken effect takes the variances within and between people as known. Estimated from the trial itself they are not: "
            "with some 30 people and 4 cycles an interval of this width that is called 95 % holds the truth in about 90 of 100. Take it as the least width."
        )
        return [("variances_taken_as_known", message)]

    # the numbers

    def reason(self, information: "Information") -> str | None:
        if not information.design.is_n_of_1:
            return (
                f"One person's own effect is read from an n-of-1 series; in {information.design.label} it is mixed with the effects of periods. "
                'Ask it of the design n_of_1, for example {"name": "n_of_1", "cycles": 4}.'
            )
        if information.continuous.autocorrelation:
            return DEPENDENT
        if self.series(information).cycles < 2:
            return "With one cycle a person nothing tells a person's effect from error. Add a cycle."
        return None

    def series(self, information: "Information") -> Series:
        if information.series is None:
            raise TypeError(information.design.label)
        return information.series

    def smallest_n(self, information: "Information") -> float:
        return 1.0 if self.estimate == "own" else 2.0

    def standard_error(self, information: "Information", n: float) -> float:
        series = self.series(information)
        variance = series.own_variance if self.estimate == "own" else series.shrunken_variance(n)
        return sqrt(variance * information.scale)

    def degrees_of_freedom(self, information: "Information", n: float) -> float | None:
        """Of the error variance, pooled over people; None where the variances are taken as known."""
        return n * (self.series(information).cycles - 1.0) if self.estimate == "own" else None

    def critical_value(self, information: "Information", n: float) -> float:
        from scipy import special

        from trials.sizing.laws.power import t_critical

        tail = (1.0 - self.confidence_level) / 2.0
        df = self.degrees_of_freedom(information, n)
        return float(-special.ndtri(tail) if df is None else t_critical(tail, df))

    def width(self, information: "Information", n: float) -> float:
        return self.critical_value(information, n) * self.standard_error(information, n)

    def reached(self, information: "Information", n: float) -> bool:
        wanted = log(self.ratio_half_width) if self.ratio_half_width is not None else self.half_width or 0.0
        return self.width(information, n) <= wanted

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        width = self.width(information, n)
        found: Figures = {
            "half_width": width,
            "confidence_level": self.confidence_level,
            "standard_error": self.standard_error(information, n),
            "critical_value": self.critical_value(information, n),
        }
        if (df := self.degrees_of_freedom(information, n)) is not None:
            found["degrees_of_freedom"] = df
        else:
            found["own_weight"] = self.series(information).own_weight
        if isinstance(information.continuous, LogOutcome):
            found["ratio_half_width"] = exp(min(width, 700.0))
        return found

    def find_half_width(self, plan: "Plan", information: "Information", n: float) -> Figures:
        return self.figures(information, n)

    def out_of_reach(self, information: "Information", n: float) -> str:
        return f"the half-width is still {plain(round(self.width(information, n), 6))}"

    def advice(self, plan: "Plan") -> str:
        return "More people hardly narrow one person's interval. Add cycles, or accept a wider interval."

    def more_than_cycles(self, plan: "Plan") -> str:
        return "Accept a wider interval, or find a measurement that varies less within people."

    # what is varied

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        if self.half_width is None or self.estimate == "own":
            return None  # people hardly matter for a person's own interval
        return "half_width", around(self.half_width, nice_step(self.half_width * 0.1), 2, 3)

    # the sentences

    def pair(self, design: Design) -> tuple[str, str]:
        return pair_of(self.treatment, self.comparator, design)

    def measure(self, plan: "Plan") -> str:
        sort = "ratio" if isinstance(plan.outcome, LogOutcome) else "difference"
        drawn = ", drawn towards the average of all" if self.estimate == "shrunken" else ""
        return f"Each person's own {sort}, {difference_of(plan, *self.pair(plan.design))}{drawn}"

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        a, b = self.pair(plan.design)
        level = percent(self.confidence_level, 1)
        if self.estimate == "own":
            return f"No hypothesis is tested; each person's own difference {a} − {b} is estimated from that person's cycles, with its {level} confidence interval."
        return (
            f"No hypothesis is tested; each person's difference {a} − {b} is estimated by drawing that person's own result towards the average of all "
            f"(shrinkage), with its {level} prediction interval."
        )

    def assuming(self, plan: "Plan", names: Names) -> str:
        said = f"This assumes {residual_of(plan, names)}"
        if self.estimate == "own":
            return f"{said}, the same for everybody."
        return f"{said}, the same for everybody, and true differences that vary between people with an SD of {individual_sd(plan, names)}."

    def tested(self, plan: "Plan") -> str:
        if self.estimate == "own":
            return "Each person's mean difference over the cycles is reported with an interval by Student's t; the error variance is pooled over people."
        return (
            "Each person's difference is reported as the best linear unbiased prediction of a model with random differences between people."
        )

    def method(self, plan: "Plan") -> str:
        level = percent(self.confidence_level, 1)
        if self.estimate == "own":
            return f"{level} confidence interval of one person's own mean difference by Student's t, the error variance pooled over people"
        return f"{level} prediction interval of one person's shrunken difference, the variances taken as known"

    def aim_found(self, plan: "Plan", answer: "Answer", names: Names) -> str | None:
        sort = "own" if self.estimate == "own" else "shrunken"
        return f"each person's {sort} difference to within {width_found(plan, answer, names)}"

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        return ""

    def width_in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        a, b = (names.treatment(letter) for letter in self.pair(plan.design))
        by = "from their own results" if self.estimate == "own" else "from their own results and what the others showed"
        return f"Each person will learn how {a} compares with {b} for them, {by}, to within {width_found(plan, answer, names)}."

    def freedom_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str] | None:
        return f"Degrees of freedom: {plain(answer.degrees_of_freedom or 0.0)}.", "n·(cycles − 1), the error variance pooled over people"

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        if self.estimate == "own":
            return []
        outcome, cycles = plan.continuous, answer.plan.design.cycles or 1
        found = (
            f"Shrinkage: a person's own result weighs B = ψ²/(ψ² + 2σ_w²/k) = {number(answer.own_weight or 0.0)} with ψ = "
            f"{number(outcome.individual_response_sd)}, σ_w = {number(outcome.residual_sd)} and k = {cycles}; the average of all weighs the rest."
        )
        return [(found, "best linear unbiased prediction; question after Senn 2019")]

    def error_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str] | None:
        sigma, psi, cycles = (
            plain(plan.continuous.residual_sd),
            plain(plan.continuous.individual_response_sd),
            answer.plan.design.cycles or 1,
        )
        error = plain(answer.standard_error or 0.0)
        if self.estimate == "own":
            return (
                f"Standard error of one person's mean difference: √(2σ_w²/k) = √(2·{sigma}²/{cycles}) = {error}.",
                "criterion 4 of Senn 2019",
            )
        found = f"Standard error of the prediction with n = {plain(answer.n_evaluable or 0)}, ψ = {psi}: √(ψ²(1 − B) + (1 − B)²(ψ² + 2σ_w²/k)/n) = {error}."
        return found, "criterion 5 of Senn 2019; formula derived"

    def width_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        found = f"Half-width: critical value × standard error = {plain(answer.half_width or 0.0)}."
        return found, "Student's t" if self.estimate == "own" else "normal distribution, variances taken as known"
