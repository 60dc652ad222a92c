"""The answer: numbers, warnings and reasons."""

import json
from typing import Annotated, Any

from pydantic import ValidatorFunctionWrapHandler, WrapValidator

from trials.sizing.convert import Conversion
from trials.sizing.noun import Noun
from trials.sizing.plan import Plan

ENGINE_VERSION = "1.0"


def _as_it_is(given: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """A plan has checked itself when it was made; only plain data are read."""
    return given if isinstance(given, Plan) else read(given)


class Warn(Noun):
    """What deserves a second look before the answer is used."""

    code: str
    message: str


class Answer(Noun):
    """What the engine found. Counts of people are totals unless they say per sequence; power is that of n_evaluable
    (of n_randomised where people leave by period); what a plan did not ask for is None and left out of the JSON."""

    n_evaluable: int | float | None = None
    n_randomised: int | float | None = None
    n_per_sequence: tuple[int | float, ...] | None = None
    n_randomised_per_sequence: tuple[int | float, ...] | None = None
    n_unrounded: float | None = None
    power: float | None = None
    power_one_step_below: float | None = None
    mean_difference: float | None = None
    mean_ratio: float | None = None
    within_subject_sd: float | None = None
    within_subject_cv: float | None = None
    half_width: float | None = None
    ratio_half_width: float | None = None
    confidence_level: float | None = None
    probability: float | None = None
    variance_factor: float | None = None
    standard_error: float | None = None
    degrees_of_freedom: float | None = None
    numerator_degrees_of_freedom: float | None = None
    critical_value: float | None = None
    # dose range
    contrast: dict[str, float] | None = None
    contrasts: dict[str, dict[str, float]] | None = None
    power_any: float | None = None
    power_all: float | None = None
    power_by_comparison: dict[str, float] | None = None
    power_by_shape: dict[str, float] | None = None
    # moderators
    main_effect_n: int | float | None = None
    ratio_to_main_effect: float | None = None
    # n-of-1
    cycles: int | None = None
    own_weight: float | None = None  # of a person's own result beside the average of all
    # discrete outcomes
    n_stays: int | None = None
    actual_size: float | None = None
    n_if_continuous: int | float | None = None
    price_of_dichotomising: float | None = None
    # harm
    events: float | None = None
    person_years: float | None = None
    person_years_needed: float | None = None
    upper_limit: float | None = None
    # uncertain assumptions and interim looks
    assurance: float | None = None
    assurance_one_step_below: float | None = None
    assurance_ceiling: float | None = None
    power_if_effective: float | None = None
    critical_values: tuple[float, ...] | None = None
    n_per_look: tuple[int | float, ...] | None = None
    expected_n_alternative: float | None = None
    expected_n_null: float | None = None
    expected_n: float | None = None
    power_without_re_estimation: float | None = None
    type_one_error: float | None = None
    monte_carlo_error: float | None = None
    trials_run: int | None = None
    reason: str | None = None
    maximum_attainable: float | None = None
    method: str = ""
    references: tuple[str, ...] = ()
    warnings: tuple[Warn, ...] = ()
    conversions: tuple[Conversion, ...] = ()
    plan: Annotated[Plan, WrapValidator(_as_it_is)]
    engine_version: str = ENGINE_VERSION

    def as_json(self) -> dict[str, Any]:
        """Plain values under the plan language's keys; without an answer, n_evaluable is there and None."""
        found = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        if self.reason is not None:
            found = {"n_evaluable": None, **found}
        return found

    def as_json_line(self) -> str:
        return super().as_json_line() if self.reason is None else json.dumps(self.as_json(), ensure_ascii=False)
