"""Which SD is it? From what papers print to the SD that the plan needs, each with its formula and inputs.

Notes
-----
σ_D is the SD of one within-person difference, σ_w the residual SD between periods, ψ the SD between people of the true
difference: σ_D² = 2σ_w² + ψ². The √2 between σ_D and σ_w is the commonest source of a wrong n.
"""

from math import sqrt
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, StrictInt, TypeAdapter, model_validator

from trials.sizing.noun import Correlation, Located, NotNegative, Noun, Number, Positive, Share, WholePeople, plain
from trials.sizing.outcome import log_cv

SEPARATES = "Data of an AB/BA trial cannot tell the residual SD from individual responses; the difference contains both."
FIELDS = ("within_subject_sd", "within_subject_cv", "between_subject_sd", "between_subject_cv", "total_sd", "total_cv")


class Conversion(Noun):
    """One number of the plan that was converted: from what, by which formula, to what."""

    field: str
    source: str = Field(alias="from")
    inputs: dict[str, float]
    formula: str
    value: float
    note: str


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
        from math import log

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


def convert(field: str, converter: Converter, individual_response_sd: float = 0.0) -> Conversion:
    """The SD that stands in `field` of the outcome, with formula and inputs.

    Parameters
    ----------
    field : str
        One of `FIELDS`.
    converter : Converter
        What the paper prints, in the outcome's unit (on the log scale: of the logarithm, but ratios for confidence limits).
    individual_response_sd : float
        SD between people of the true difference, in the same unit.

    Raises
    ------
    Located
        When the published figure does not hold that SD, or individual_response_sd is larger than the SD that contains it.

    Examples
    --------
    >>> found = convert("within_subject_sd", FromDifferenceSD(source="difference_sd", difference_sd=2.0))
    >>> round(found.value, 6)
    1.414214
    """
    log_scale = field.endswith("_cv")
    formula, note = converter.formula, SEPARATES
    if field.startswith("within_subject"):
        variance: float | None = converter.within_variance(individual_response_sd, log_scale)
        if isinstance(converter, FromDailyReadings):
            note = "The mean of the readings of one period; the more they resemble each other, the less each further one helps."
    elif field.startswith("between_subject"):
        variance, formula = converter.between_variance(), "between_subject_sd = √(within_subject_correlation·total variance)"
        note = "Between people, the part of the variance that two periods of one person share."
    else:
        variance, formula = converter.total_variance(), "total_sd = √(mean of the variances)"
        note = "The SD of a single measurement, between and within people together."
    if variance is None or (variance <= 0 and not field.startswith("between")):
        raise Located(("from", f"{getattr(converter, 'source', '')} does not tell {field}; give the number, or another published figure."))
    value = sqrt(variance)
    if log_scale:
        value, formula = log_cv(value), f"{formula}; {field} = √(exp(SD²) − 1)"
    inputs = {key: float(given) for key, given in converter.model_dump(exclude={"source"}, exclude_none=True).items()}
    if isinstance(converter, Degrees):
        inputs["degrees_of_freedom"] = converter.df
    if field.startswith("within_subject") and not isinstance(converter, FromDailyReadings):
        inputs["individual_response_sd"] = individual_response_sd
    return Conversion(
        field=f"outcome.{field}", source=getattr(converter, "source", ""), inputs=inputs, formula=formula, value=value, note=note
    )
