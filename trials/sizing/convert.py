"""Which SD is it? From what papers print to the SD that the plan needs, each with its formula and inputs.

Notes
-----
σ_D is the SD of one within-person difference, σ_w the residual SD between periods, ψ the SD between people of the true
difference: σ_D² = 2σ_w² + ψ². The √2 between σ_D and σ_w is the commonest source of a wrong n.
"""

from math import sqrt

from pydantic import Field

from trials.sizing.converters import Converter, Degrees, FromDailyReadings
from trials.sizing.noun import Located, Noun
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
    >>> from trials.sizing.converters import FromDifferenceSD
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
