"""What papers print about variability, one noun a kind, and the variance of a within-person difference that follows from it."""

from math import log, sqrt
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, StrictInt, TypeAdapter, model_validator

from trials.sizing.noun import Correlation, Located, NotNegative, Noun, Number, Positive, Share, WholePeople, plain


class Converter(Noun):
    """What a paper prints about variability. `difference_sd` is the SD of one within-person difference, where it says so."""

    formula: ClassVar[str] = ""

    def difference_variance(self, log_scale: bool) -> float:
        """σ_D², the variance of one within-person difference (of logarithms on the log scale)."""
        raise NotImplementedError

    def within_variance(self, individual_response_sd: float, log_scale: bool) -> float:
        """σ_w² = (σ_D² − ψ²)/2."""
        difference = self.difference_variance(log_scale)
        if individual_response_sd**2 >= difference:
            message = (
                f"individual_response_sd is {plain(individual_response_sd)}, but the SD of one within-person difference, which contains it, is only "
                f"{plain(sqrt(difference))}. Give a smaller individual_response_sd or check the published figure."
            )
            raise Located(("individual_response_sd", message))
        return (difference - individual_response_sd**2) / 2.0

    def between_variance(self) -> float | None:
        """σ_b², where the published figures give it."""
        return None

    def total_variance(self) -> float | None:
        return None


class FromDifferenceSD(Converter):
    source: Literal["difference_sd"] = Field(alias="from")
    difference_sd: Positive
    formula: ClassVar[str] = "within_subject_sd = √((difference_sd² − individual_response_sd²) / 2)"

    def difference_variance(self, log_scale: bool) -> float:
        return self.difference_sd**2


class FromTotalSD(Converter):
    source: Literal["total_sd"] = Field(alias="from")
    total_sd: Positive
    within_subject_correlation: Correlation
    formula: ClassVar[str] = (
        "difference_sd = total_sd·√(2(1 − within_subject_correlation)); within_subject_sd = √((difference_sd² − individual_response_sd²) / 2)"
    )

    def difference_variance(self, log_scale: bool) -> float:
        return 2.0 * self.total_sd**2 * (1.0 - self.within_subject_correlation)

    def between_variance(self) -> float | None:
        return self.total_sd**2 * max(self.within_subject_correlation, 0.0)

    def total_variance(self) -> float | None:
        return self.total_sd**2


class FromTwoSDs(Converter):
    source: Literal["two_sds"] = Field(alias="from")
    treatment_sd: Positive
    comparator_sd: Positive
    within_subject_correlation: Correlation
    formula: ClassVar[str] = (
        "difference_sd² = treatment_sd² + comparator_sd² − 2·within_subject_correlation·treatment_sd·comparator_sd; "
        "within_subject_sd = √((difference_sd² − individual_response_sd²) / 2)"
    )

    def difference_variance(self, log_scale: bool) -> float:
        return self.treatment_sd**2 + self.comparator_sd**2 - 2.0 * self.within_subject_correlation * self.treatment_sd * self.comparator_sd

    def between_variance(self) -> float | None:
        return max(self.within_subject_correlation, 0.0) * self.treatment_sd * self.comparator_sd

    def total_variance(self) -> float | None:
        return (self.treatment_sd**2 + self.comparator_sd**2) / 2.0


class FromPairedT(Converter):
    source: Literal["paired_t"] = Field(alias="from")
    mean_difference: Number
    t: Number
    n: Annotated[WholePeople, Field(ge=2)]
    formula: ClassVar[str] = (
        "difference_sd = |mean_difference / t|·√n; within_subject_sd = √((difference_sd² − individual_response_sd²) / 2)"
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        for field in ("mean_difference", "t"):
            if getattr(self, field) == 0:
                raise Located(
                    (
                        field,
                        f"{field} is 0, which says nothing about the SD; use another published figure, such as the confidence interval.",
                    )
                )
        return self

    def difference_variance(self, log_scale: bool) -> float:
        return (self.mean_difference / self.t) ** 2 * self.n


class Degrees(Converter):
    """A published figure that rests on Student's t; degrees of freedom default to n − 2, those of AB/BA."""

    n: Annotated[WholePeople, Field(ge=2)]
    degrees_of_freedom: Annotated[float, Field(strict=True, gt=0, le=1e7)] | None = None

    @model_validator(mode="after")
    def _some_left(self) -> Self:
        if self.degrees_of_freedom is None and self.n < 3:
            raise Located(
                (
                    "n",
                    f"With n {self.n} no degrees of freedom are left; n − 2 is the default, so give n of 3 or more, or degrees_of_freedom.",
                )
            )
        return self

    @property
    def df(self) -> float:
        return self.degrees_of_freedom or self.n - 2.0


class FromPValue(Degrees):
    source: Literal["p_value"] = Field(alias="from")
    mean_difference: Number
    p_value: Share
    sides: Annotated[StrictInt, Field(ge=1, le=2)] = 2
    formula: ClassVar[str] = (
        "difference_sd = |mean_difference| / t·√n with t the upper p_value/sides point of Student's t on degrees_of_freedom; "
        "within_subject_sd = √((difference_sd² − individual_response_sd²) / 2)"
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.mean_difference == 0:
            raise Located(("mean_difference", "mean_difference is 0, which says nothing about the SD; use another published figure."))
        if self.p_value / self.sides >= 0.5:
            raise Located(("p_value", f"A one-sided p value of {plain(self.p_value)} says nothing about the SD; it must be below 0.5."))
        return self

    def difference_variance(self, log_scale: bool) -> float:
        from scipy import special

        t = -float(special.stdtrit(self.df, self.p_value / self.sides))
        return (self.mean_difference / t) ** 2 * self.n


class FromConfidenceInterval(Degrees):
    source: Literal["confidence_interval"] = Field(alias="from")
    lower: Number
    upper: Number
    confidence_level: Share = 0.95
    formula: ClassVar[str] = (
        "difference_sd = (upper − lower) / (2t)·√n with t the two-sided confidence_level point of Student's t on degrees_of_freedom "
        "(logarithms of both limits on the log scale); within_subject_sd = √((difference_sd² − individual_response_sd²) / 2)"
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.lower >= self.upper:
            raise Located(("upper", f"The upper limit {plain(self.upper)} must lie above the lower limit {plain(self.lower)}."))
        return self

    def difference_variance(self, log_scale: bool) -> float:
        from scipy import special

        if log_scale and self.lower <= 0:
            raise Located(("lower", f"On the log scale the limits are ratios above 0; the lower one is {plain(self.lower)}."))
        width = log(self.upper) - log(self.lower) if log_scale else self.upper - self.lower
        t = -float(special.stdtrit(self.df, (1.0 - self.confidence_level) / 2.0))
        return (width / (2.0 * t)) ** 2 * self.n


class FromMeanSquare(Converter):
    source: Literal["anova_mean_square"] = Field(alias="from")
    mean_square: Positive
    formula: ClassVar[str] = (
        "within_subject_sd = √(mean_square − individual_response_sd² / 2), the residual mean square of the crossover's analysis of variance"
    )

    def difference_variance(self, log_scale: bool) -> float:
        return 2.0 * self.mean_square


class FromDailyReadings(Converter):
    source: Literal["daily_readings"] = Field(alias="from")
    reading_sd: Positive
    readings: Annotated[StrictInt, Field(ge=1, le=10_000)]
    autocorrelation: Correlation = 0.0
    period_sd: NotNegative = 0.0
    formula: ClassVar[str] = (
        "within_subject_sd = √(period_sd² + reading_sd² / readings·[1 + 2·Σ(1 − l/readings)·autocorrelationˡ]), the sum over lags l = 1 … readings − 1"
    )

    def difference_variance(self, log_scale: bool) -> float:
        return 2.0 * self.within_variance(0.0, log_scale)

    def within_variance(self, individual_response_sd: float, log_scale: bool) -> float:
        together = 1.0 + 2.0 * sum((1.0 - lag / self.readings) * self.autocorrelation**lag for lag in range(1, self.readings))
        return self.period_sd**2 + self.reading_sd**2 / self.readings * together


AnyConverter = Annotated[
    FromDifferenceSD | FromTotalSD | FromTwoSDs | FromPairedT | FromPValue | FromConfidenceInterval | FromMeanSquare | FromDailyReadings,
    Field(discriminator="source"),
]
READ: TypeAdapter[Any] = TypeAdapter(AnyConverter)
CONVERTERS: dict[str, type[Converter]] = {
    "difference_sd": FromDifferenceSD,
    "total_sd": FromTotalSD,
    "two_sds": FromTwoSDs,
    "paired_t": FromPairedT,
    "p_value": FromPValue,
    "confidence_interval": FromConfidenceInterval,
    "anova_mean_square": FromMeanSquare,
    "daily_readings": FromDailyReadings,
}
