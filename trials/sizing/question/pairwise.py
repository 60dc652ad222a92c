"""Questions about the difference of two treatments, answered by one or two t tests."""

from collections.abc import Mapping
from math import exp, log, sqrt
from typing import TYPE_CHECKING, Any, ClassVar

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names, number, percent
from trials.sizing.nearby import around, nice_step, ratios
from trials.sizing.noun import Letter, Number, Positive, in_words, plain
from trials.sizing.outcome import AnyOutcome, Continuous, LogOutcome, continuous
from trials.sizing.phrases import chance_in_words, variability_of, with_model
from trials.sizing.question.base import Better, Figures, Problems, Question

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Contrast, Information
    from trials.sizing.plan import Plan


class PairwiseQuestion(Question):
    """A question about the difference of two treatments, answered by one or two t tests."""

    verbs: ClassVar[tuple[str, ...]] = ("n", "power", "mean_difference", "within_subject_sd", "half_width", "cycles")
    of_series: ClassVar[bool] = True
    analysis_takes: ClassVar[tuple[str, ...]] = ("people",)

    treatment: Letter
    comparator: Letter
    mean_difference: Number | None = None
    mean_ratio: Positive | None = None

    @property
    def effect(self) -> float:
        """The assumed difference, treatment − comparator, on the scale of the analysis."""
        return log(self.mean_ratio) if self.mean_ratio is not None else self.mean_difference or 0.0

    @property
    def weights(self) -> Mapping[str, float]:
        return {self.treatment: 1.0, self.comparator: -1.0}

    def with_effect(self, effect: float, outcome: AnyOutcome | None) -> "PairwiseQuestion":
        """The same question with another assumed difference (on the scale of the analysis)."""
        if isinstance(outcome, LogOutcome):
            return self.model_copy(update={"mean_ratio": exp(max(min(effect, 700.0), -700.0))})
        return self.model_copy(update={"mean_difference": effect})

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found = letters_given(self.treatment, self.comparator, design)
        given, other = ("mean_ratio", "mean_difference") if isinstance(outcome, LogOutcome) else ("mean_difference", "mean_ratio")
        if getattr(self, other) is not None:
            found.append(
                (
                    f"question.{other}",
                    f"An outcome on the {continuous(outcome).scale} scale is compared by its {given}; give that instead of {other}.",
                )
            )
        elif (
            getattr(self, given) is None
            and verb in {"n", "power", "assurance", "within_subject_sd", "within_subject_cv", "cycles"}
            and self.needs_target
        ):
            found.append(
                (
                    f"question.{given}",
                    f"{given} is missing: the difference that is assumed, {self.treatment} compared with {self.comparator}, with its sign."
                    if given == "mean_difference"
                    else f"{given} is missing: the ratio that is assumed, {self.treatment} ÷ {self.comparator}, for example 0.8.",
                )
            )
        return found

    # the polymorphic part

    def distances(self, outcome: Continuous) -> tuple[float, ...]:
        """How far the assumed effect lies from each boundary, positive on the side that is to be shown."""
        raise NotImplementedError

    @classmethod
    def power_from(cls, distances: tuple[Any, ...], standard_error: Any, degrees_of_freedom: Any, alpha: Any, sides: int) -> Any:
        """Power from distances, standard error and degrees of freedom: numbers or arrays."""
        raise NotImplementedError

    # what follows from it

    def contrast(self, information: "Information") -> "Contrast":
        return information.contrast(self.weights)

    def reason(self, information: "Information") -> str | None:
        return self.contrast(information).reason

    def smallest_n(self, information: "Information") -> float:
        return self.contrast(information).degrees_of_freedom.smallest_n

    def power(self, information: "Information", n: Any) -> Any:
        contrast = self.contrast(information)
        analysis = information.analysis
        return self.power_from(
            self.distances(information.continuous),
            (contrast.variance / n) ** 0.5,
            contrast.degrees_of_freedom.at(n),
            analysis.alpha,
            analysis.sides or 1,
        )

    def powers(self, information: "Information", n: Any) -> Any:
        return self.power(information, n)

    @classmethod
    def guess_from(
        cls, distances: tuple[Any, ...], variance: Any, alpha: Any, sides: int, target_power: Any, degrees_of_freedom_per_person: Any
    ) -> Any:
        """n by the normal distribution, with Guenther's correction for Student's t: numbers or arrays."""
        from scipy import special

        z_alpha = -special.ndtri(alpha / sides)
        z_sum = z_alpha + special.ndtri(target_power)
        return variance * (z_sum / (abs(distances[0]) + 1e-60)) ** 2 + z_alpha * z_alpha / (2.0 * degrees_of_freedom_per_person)

    def guess(self, information: "Information", target_power: float | None) -> float:
        contrast, analysis = self.contrast(information), information.analysis
        per_person = contrast.degrees_of_freedom.per_person
        return float(
            self.guess_from(
                self.distances(information.continuous), contrast.variance, analysis.alpha, analysis.sides or 1, target_power, per_person
            )
        )

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        from trials.sizing.laws.power import t_critical

        contrast, analysis = self.contrast(information), information.analysis
        alpha, sides = analysis.alpha or 0.05, analysis.sides or 1
        se, df = sqrt(contrast.variance / n), contrast.degrees_of_freedom.at(n)
        if power is None:
            power = float(self.power_from(self.distances(information.continuous), se, df, alpha, sides))
        return {
            "power": power,
            "variance_factor": contrast.variance / information.scale,
            "standard_error": se,
            "degrees_of_freedom": df,
            "critical_value": float(t_critical(alpha / sides, df)),
        }

    def advice(self, plan: "Plan") -> str:
        if min(self.distances(plan.continuous)) <= 0:
            return "The assumed difference lies on the boundary that is tested, so more people do not help. Assume another difference or margin."
        return "Assume a larger difference or less variability, or raise max_n."

    def more_than_cycles(self, plan: "Plan") -> str:
        if min(self.distances(plan.continuous)) <= 0:
            return "The assumed difference lies on the boundary that is tested, so more cycles do not help. Assume another difference or margin."
        if plan.analysis.people != "fixed" and plan.continuous.individual_response_sd:
            return NOT_BELOW
        return super().more_than_cycles(plan)

    # what is varied

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        if self.mean_ratio is not None:
            return "mean_ratio", ratios(self.mean_ratio)
        values = self.differences_around()
        return None if values is None else ("mean_difference", values)

    def differences_around(self) -> tuple[float, ...] | None:
        """Six differences, the planned one among them; None where there is nothing to take a step from."""
        effect, margin = self.mean_difference, getattr(self, "margin", None) or 0.0
        if effect is None or (effect == 0 and not margin):
            return None
        if effect == 0:
            return around(0.0, nice_step(margin / 6), 2, 3)
        sign = -1.0 if effect < 0 else 1.0
        return tuple(effect if size == abs(effect) else sign * size for size in around(abs(effect), nice_step(abs(effect) * 0.2), 2, 3))

    # the sentences

    def quantity(self, plan: "Plan") -> str:
        """What the question is about: the mean difference or ratio of two letters, in an n-of-1 series with those for whom it holds."""
        where = ""
        if plan.design.is_n_of_1:
            where = " in these people" if plan.analysis.people == "fixed" else " in the population"
        if isinstance(plan.outcome, LogOutcome):
            return f"mean ratio {self.treatment} ÷ {self.comparator}{where}"
        return f"mean difference {self.treatment} − {self.comparator}{where}"

    def measure(self, plan: "Plan") -> str:
        found = mean_effect(plan, self.treatment, self.comparator)
        return f"{found[0].upper()}{found[1:]}"

    def assuming(self, plan: "Plan", names: Names) -> str:
        compared = f"{names.treatment(self.treatment)} compared with {names.treatment(self.comparator)}"
        if isinstance(plan.outcome, LogOutcome):
            effect = (
                f"a mean ratio of {number(self.mean_ratio)} in {names.measured}"
                if self.mean_ratio is not None
                else f"a ratio in {names.measured}"
            )
        else:
            effect = (
                f"a mean difference of {names.amount(self.mean_difference)} in {names.measured}"
                if self.mean_difference is not None
                else f"a difference in {names.measured}"
            )
        better = getattr(self, "better", None)
        return f"This assumes {effect} ({compared}{f'; {better} is better' if better else ''}) and {variability_of(plan, names)}."

    def test_named(self, plan: "Plan") -> str:
        """The test with its margin or limits and its level, for a sentence."""
        raise NotImplementedError

    def tested(self, plan: "Plan") -> str:
        return with_model(f"The comparison is {self.test_named(plan)}", plan)

    def if_true(self, plan: "Plan", names: Names) -> str:
        """The assumption in everyday words, as the first half of a sentence."""
        a, b = names.treatment(self.treatment), names.treatment(self.comparator)
        if isinstance(plan.outcome, LogOutcome):
            return f"If {a} truly gives {number(self.mean_ratio or 1.0)} times the value of {b}"
        effect = self.mean_difference or 0.0
        return f"If {a} truly gives a value {names.amount(abs(effect))} {'lower' if effect < 0 else 'higher'} than {b} on average"

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if answer.power is None:
            return ""
        return f"{self.if_true(plan, names)}, the chance that the trial will show it is {chance_in_words(answer.power)}."

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        shown = percent(answer.power or 0.0, 2)
        if not answer.standard_error:
            return f"Power: {shown}.", self.power_source
        ratio = in_words(plain(one / answer.standard_error) for one in self.distances(plan.continuous))
        return f"Power: {self.sort_of_distance} {ratio}; power {shown}.", self.power_source

    power_source: ClassVar[str] = "noncentral t; Senn 2002"
    sort_of_distance: ClassVar[str] = "noncentrality (difference − boundary) ÷ standard error"


class DirectedQuestion(PairwiseQuestion):
    """A pairwise question that one t test answers: is the difference beyond one boundary (or, two-sided, different from it)?"""

    better: Better | None = None

    @property
    def direction(self) -> float:
        return -1.0 if self.better == "lower" else 1.0

    def boundary(self, outcome: AnyOutcome | None) -> float:
        """The difference that is tested, on the scale of the analysis."""
        raise NotImplementedError

    def distances(self, outcome: Continuous) -> tuple[float, ...]:
        return (self.direction * (self.effect - self.boundary(outcome)),)

    @classmethod
    def power_from(cls, distances: tuple[Any, ...], standard_error: Any, degrees_of_freedom: Any, alpha: Any, sides: int) -> Any:
        from trials.sizing.laws.power import t_power

        return t_power(distances[0] / standard_error, degrees_of_freedom, alpha, sides)

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        log_scale = isinstance(plan.outcome, LogOutcome)
        show = number if log_scale else names.amount
        null, alpha, quantity = (1.0 if log_scale else 0.0), f"alpha {number(plan.analysis.alpha or 0.05)}", self.quantity(plan)
        if plan.analysis.sides == 2:
            return f"Null hypothesis: the {quantity} is {show(null)}. Alternative: it is not {show(null)}. Two-sided test at {alpha}."
        at_boundary = self.boundary(plan.outcome)
        boundary = exp(at_boundary) if log_scale else at_boundary + 0.0
        null_side, other_side = ("or less", "above") if self.better == "higher" else ("or more", "below")
        return f"Null hypothesis: the {quantity} is {show(boundary)} {null_side}. Alternative: it is {other_side} {show(boundary)}. One-sided test at {alpha}."

    def when_looked_at(self, analysis: Analysis) -> dict[str, Any]:
        """What interim looks bring with them: a known variance, and alpha spent as O'Brien and Fleming would."""
        return {"test": "normal", "spending": "obrien_fleming"} if (analysis.looks or 1) > 1 else {}

    name: ClassVar[str] = "superiority"

    def test_named(self, plan: "Plan") -> str:
        margin = getattr(self, "margin", None)
        said = f" with a margin of {number(margin)}" if margin else ""
        return (
            f"a {'two' if plan.analysis.sides == 2 else 'one'}-sided t test for {self.name}{said} "
            f"at a significance level of {number(plan.analysis.alpha or 0.05)}"
        )

    def method(self, plan: "Plan") -> str:
        sides = "Two" if plan.analysis.sides == 2 else "One"
        return f"{sides}-sided t test at alpha {number(plan.analysis.alpha or 0.05)}; exact power by the noncentral t distribution"


NOT_BELOW = (
    "People differ in their response, so however many cycles there are, the variance of the average stays above individual_response_sd² ÷ people. "
    "Add people."
)


def mean_effect(plan: "Plan", treatment: str, comparator: str) -> str:
    """The mean difference or ratio of two letters as a quantity: "mean within-person difference, A − B"."""
    contrast = difference_of(plan, treatment, comparator)
    sort = "ratio" if isinstance(plan.outcome, LogOutcome) else "difference"
    # an n-of-1 series is of one person after the other, each compared with himself
    if plan.design.n_periods == 1 and not plan.design.is_n_of_1:
        return f"mean {sort} between people, {contrast}"
    return f"mean within-person {sort}, {contrast}"


def difference_of(plan: "Plan", treatment: str, comparator: str) -> str:
    """A − B, on the log scale A ÷ B."""
    return f"{treatment} {'÷' if isinstance(plan.outcome, LogOutcome) else '−'} {comparator}"


def pair_of(treatment: str | None, comparator: str | None, design: Design) -> tuple[str, str]:
    """The two letters that are compared: those given, else the only two of the design."""
    first, second = design.letters[:2]
    return treatment or first, comparator or second


def pair_problems(treatment: str | None, comparator: str | None, design: Design) -> Problems:
    """Whether two letters are given, or may be left out because the design has no others."""
    if treatment is None and comparator is None:
        if len(design.letters) == 2:
            return []
        return [("question.treatment", f"The design has {in_words(design.letters)}; say which two are compared: treatment and comparator.")]
    if treatment is None or comparator is None:
        field = "treatment" if treatment is None else "comparator"
        return [(f"question.{field}", f"{field} is missing; give both letters that are compared.")]
    return letters_given(treatment, comparator, design)


def letters_given(treatment: str, comparator: str, design: Design) -> Problems:
    """Whether both letters stand in the design and differ."""
    found: Problems = [
        (
            f"question.{field}",
            f"{letter} is not a treatment of the design, which has {in_words(design.letters)}. Choose one of these.",
        )
        for field, letter in (("treatment", treatment), ("comparator", comparator))
        if letter not in design.letters
    ]
    if treatment == comparator:
        found.append(("question.comparator", f"Treatment and comparator are both {treatment}; choose two different letters."))
    return found
