"""What every question has in common: how it turns (variance, degrees of freedom) into power, and which defaults it brings."""

from collections.abc import Mapping
from math import exp, log, sqrt
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.noun import Letter, Noun, Number, Positive, in_words
from trials.sizing.outcome import AdditiveOutcome, LogOutcome

if TYPE_CHECKING:
    from trials.sizing.information import Contrast, Information

Better = Literal["higher", "lower"]
Problems = list[tuple[str, str]]
Warnings = list[tuple[str, str]]
AnyOutcome = AdditiveOutcome | LogOutcome


class Question(Noun):
    """One question asked of a trial. A new kind is one subclass in one module."""

    verbs: ClassVar[tuple[str, ...]] = ("n", "power")
    references: ClassVar[tuple[str, ...]] = ()
    needs_target: ClassVar[bool] = True

    def defaults(self, analysis: Analysis, outcome: AnyOutcome) -> dict[str, Any]:
        """What this question takes for granted in the analysis."""
        return {"alpha": 0.05}

    def problems(self, design: Design, outcome: AnyOutcome, analysis: Analysis, verb: str) -> Problems:
        """What does not fit together, as (field, sentence)."""
        return []

    def warnings(self, outcome: AnyOutcome) -> Warnings:
        """What deserves a second look, as (code, sentence)."""
        return []

    def reason(self, information: "Information") -> str | None:
        """Why there is no answer whatever n is, or None."""
        raise NotImplementedError

    def smallest_n(self, information: "Information") -> float:
        """From how many people the test exists."""
        raise NotImplementedError

    def power(self, information: "Information", n: Any) -> Any:
        """Power with n people (those whom the information refers to)."""
        raise NotImplementedError

    def reached(self, information: "Information", n: float) -> bool:
        """Whether n people are enough, for questions without a target power."""
        raise NotImplementedError

    def guess(self, information: "Information", target_power: float | None) -> float:
        """A first guess of n, which the search corrects."""
        return self.smallest_n(information)

    def figures(self, information: "Information", n: float, power: float | None = None) -> dict[str, Any]:
        """What the answer reports for n people; their power, when it is known already."""
        raise NotImplementedError


class PairwiseQuestion(Question):
    """A question about the difference of two treatments, answered by one or two t tests."""

    verbs: ClassVar[tuple[str, ...]] = ("n", "power", "mean_difference", "within_subject_sd", "half_width")

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

    def with_effect(self, effect: float, outcome: AnyOutcome) -> "PairwiseQuestion":
        """The same question with another assumed difference (on the scale of the analysis)."""
        if isinstance(outcome, LogOutcome):
            return self.model_copy(update={"mean_ratio": exp(max(min(effect, 700.0), -700.0))})
        return self.model_copy(update={"mean_difference": effect})

    def problems(self, design: Design, outcome: AnyOutcome, analysis: Analysis, verb: str) -> Problems:
        found: Problems = []
        for field, letter in (("treatment", self.treatment), ("comparator", self.comparator)):
            if letter not in design.letters:
                found.append(
                    (
                        f"question.{field}",
                        f"{letter} is not a treatment of the design, which has {in_words(design.letters)}. Choose one of these.",
                    )
                )
        if self.treatment == self.comparator:
            found.append(("question.comparator", f"Treatment and comparator are both {self.treatment}; choose two different letters."))
        given, other = ("mean_ratio", "mean_difference") if isinstance(outcome, LogOutcome) else ("mean_difference", "mean_ratio")
        if getattr(self, other) is not None:
            found.append(
                (f"question.{other}", f"An outcome on the {outcome.scale} scale is compared by its {given}; give that instead of {other}.")
            )
        elif getattr(self, given) is None and verb in {"n", "power", "within_subject_sd", "within_subject_cv"} and self.needs_target:
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

    def distances(self, outcome: AnyOutcome) -> tuple[float, ...]:
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
            self.distances(information.outcome),
            (contrast.variance / n) ** 0.5,
            contrast.degrees_of_freedom.at(n),
            analysis.alpha,
            analysis.sides or 1,
        )

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
                self.distances(information.outcome), contrast.variance, analysis.alpha, analysis.sides or 1, target_power, per_person
            )
        )

    def figures(self, information: "Information", n: float, power: float | None = None) -> dict[str, Any]:
        from trials.sizing.power import t_critical

        contrast, analysis = self.contrast(information), information.analysis
        alpha, sides = analysis.alpha or 0.05, analysis.sides or 1
        se, df = sqrt(contrast.variance / n), contrast.degrees_of_freedom.at(n)
        if power is None:
            power = float(self.power_from(self.distances(information.outcome), se, df, alpha, sides))
        return {
            "power": power,
            "variance_factor": contrast.variance / information.scale,
            "standard_error": se,
            "degrees_of_freedom": df,
            "critical_value": float(t_critical(alpha / sides, df)),
        }


class DirectedQuestion(PairwiseQuestion):
    """A pairwise question that one t test answers: is the difference beyond one boundary (or, two-sided, different from it)?"""

    better: Better | None = None

    @property
    def direction(self) -> float:
        return -1.0 if self.better == "lower" else 1.0

    def boundary(self, outcome: AnyOutcome) -> float:
        """The difference that is tested, on the scale of the analysis."""
        raise NotImplementedError

    def distances(self, outcome: AnyOutcome) -> tuple[float, ...]:
        return (self.direction * (self.effect - self.boundary(outcome)),)

    @classmethod
    def power_from(cls, distances: tuple[Any, ...], standard_error: Any, degrees_of_freedom: Any, alpha: Any, sides: int) -> Any:
        from trials.sizing.power import t_power

        return t_power(distances[0] / standard_error, degrees_of_freedom, alpha, sides)
