"""The outcome: how one measurement behaves, on the scale it is analysed on."""

from math import exp, log1p, sqrt
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Tag, model_validator

from trials.sizing.discrete import BinaryOutcome, CountOutcome, OrdinalOutcome
from trials.sizing.noun import Correlation, Located, NotNegative, Noun, Positive, VariationCoefficient


class AdditiveOutcome(Noun):
    """A continuous outcome compared by differences; every SD is in the outcome's unit."""

    kind: Literal["continuous"] = "continuous"
    scale: Literal["additive"] = "additive"
    within_subject_sd: Positive | None = None
    between_subject_sd: NotNegative | None = None
    total_sd: Positive | None = None
    individual_response_sd: NotNegative = 0.0
    autocorrelation: Correlation = 0.0

    @model_validator(mode="after")
    def _one_variability(self) -> Self:
        _not_both(self, "within_subject_sd", "total_sd")
        return self

    @property
    def residual_sd(self) -> float:
        """The SD that variance factors refer to: within a person, or in total for designs of one period. 1 while it is being sought."""
        return self.within_subject_sd or self.total_sd or 1.0

    @property
    def between_people_sd(self) -> float | None:
        return self.between_subject_sd

    @property
    def residual_field(self) -> str:
        return "within_subject_sd" if self.total_sd is None else "total_sd"

    def with_residual_sd(self, residual_sd: float) -> Self:
        """The same outcome with another within-subject (or total) SD, on the scale of the analysis."""
        return self.model_copy(update={self.residual_field: residual_sd})


class LogOutcome(Noun):
    """A continuous outcome compared by ratios, analysed on the logarithm; 0.30 is a coefficient of variation of 30 %."""

    kind: Literal["continuous"] = "continuous"
    scale: Literal["log"] = "log"
    within_subject_cv: VariationCoefficient | None = None
    between_subject_cv: NotNegative | None = None
    total_cv: VariationCoefficient | None = None
    individual_response_sd: NotNegative = 0.0
    autocorrelation: Correlation = 0.0

    @model_validator(mode="after")
    def _one_variability(self) -> Self:
        _not_both(self, "within_subject_cv", "total_cv")
        return self

    @property
    def residual_sd(self) -> float:
        """√ln(1 + CV²), the SD of the logarithm. 1 while it is being sought."""
        cv = self.within_subject_cv or self.total_cv
        return 1.0 if cv is None else log_sd(cv)

    @property
    def between_people_sd(self) -> float | None:
        return None if self.between_subject_cv is None else log_sd(self.between_subject_cv)

    @property
    def residual_field(self) -> str:
        return "within_subject_cv" if self.total_cv is None else "total_cv"

    def with_residual_sd(self, residual_sd: float) -> Self:
        return self.model_copy(update={self.residual_field: log_cv(residual_sd)})


def log_sd(cv: float) -> float:
    """The SD of the logarithm of a lognormal outcome with this coefficient of variation: √ln(1 + CV²)."""
    return sqrt(log1p(cv * cv))


def log_cv(sd: float) -> float:
    """The coefficient of variation of a lognormal outcome whose logarithm has this SD: √(exp(SD²) − 1)."""
    return sqrt(exp(sd * sd) - 1.0) if sd * sd < 700 else float("inf")


def _not_both(outcome: Noun, within: str, total: str) -> None:
    if getattr(outcome, within) is not None and getattr(outcome, total) is not None:
        raise Located((total, f"Give {within} for a crossover or {total} for a design of one period, not both."))


def sort_of(given: Any) -> str | None:
    """Which outcome a mapping describes: its scale for a continuous one, its kind for the others."""
    if not isinstance(given, dict):
        return getattr(given, "scale", None) or getattr(given, "kind", None)
    key, usual = ("scale", "additive") if given.get("kind") == "continuous" else ("kind", None)
    sort = given.get(key, usual)
    return sort if isinstance(sort, str) else None


Continuous = AdditiveOutcome | LogOutcome
AnyOutcome = AdditiveOutcome | LogOutcome | BinaryOutcome | OrdinalOutcome | CountOutcome
Outcome = Annotated[
    Annotated[AdditiveOutcome, Tag("additive")]
    | Annotated[LogOutcome, Tag("log")]
    | Annotated[BinaryOutcome, Tag("binary")]
    | Annotated[OrdinalOutcome, Tag("ordinal")]
    | Annotated[CountOutcome, Tag("count")],
    Discriminator(sort_of),
]
OUTCOMES: dict[str, type[Noun]] = {
    "additive": AdditiveOutcome,
    "log": LogOutcome,
    "binary": BinaryOutcome,
    "ordinal": OrdinalOutcome,
    "count": CountOutcome,
}


def continuous(outcome: AnyOutcome | None) -> Continuous:
    """The outcome, where only a continuous one can stand; a plan with another one has been refused before."""
    if not isinstance(outcome, AdditiveOutcome | LogOutcome):
        raise TypeError(getattr(outcome, "kind", None))
    return outcome
