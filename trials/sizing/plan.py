"""The plan: five nouns and a verb, everything that a sample size depends on."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ValidationError, ValidationInfo, model_validator

from trials.sizing.analysis import Analysis, ReEstimation
from trials.sizing.attrition import Attrition
from trials.sizing.convert import FIELDS, Conversion, convert
from trials.sizing.converters import CONVERTERS, READ
from trials.sizing.design import Burden, Design
from trials.sizing.exposure import Exposure
from trials.sizing.fits import problems
from trials.sizing.malformed import MalformedPlan, located
from trials.sizing.moderators.traits import MODERATORS
from trials.sizing.noun import LARGEST, Located, Noun
from trials.sizing.outcome import OUTCOMES, AdditiveOutcome, Continuous, LogOutcome, Outcome, continuous
from trials.sizing.prior import Prior
from trials.sizing.question import KINDS, Question, asked_of
from trials.sizing.shapes import Shape
from trials.sizing.simulation import Simulation
from trials.sizing.solve import VERBS, Solve

__all__ = ["MalformedPlan", "Plan", "read_plan"]

NOBODY_LOST = Attrition()
AS_USUAL = Analysis()


def _of_this_outcome(given: Any, info: ValidationInfo) -> Any:
    return asked_of(info.data.get("outcome"), given)


class Plan(Noun):
    """One sizing question. `conversions` says where an SD came from when it was converted from what a paper prints."""

    design: Design
    outcome: Outcome | None = None
    question: Annotated[Question, BeforeValidator(_of_this_outcome)]
    analysis: Analysis = AS_USUAL
    attrition: Attrition = NOBODY_LOST
    prior: Prior | None = None
    exposure: Exposure | None = None
    simulation: Simulation | None = None
    solve: Solve
    conversions: tuple[Conversion, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _usual_design(cls, given: Any) -> Any:
        """Questions of harm and of companion designs do without a design that is spelled out, and take from the plan what it settles."""
        if not isinstance(given, Mapping) or not isinstance(given.get("question"), Mapping):
            return given
        asked = KINDS.get(str(given["question"].get("kind")))
        if asked is None:
            return given
        usual = {} if "design" in given or asked.design_by_default is None else {"design": asked.design_by_default}
        return {**given, **usual, "question": asked.spelled_out(given["question"], given)}

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        found = problems(self)
        for conversion in self.conversions:
            held = getattr(self.outcome, conversion.field.removeprefix("outcome."), None)
            if held is None or abs(held - conversion.value) > 1e-9 * abs(conversion.value):
                found.append(
                    (
                        "conversions",
                        f"{conversion.field} is {held}, but its conversion gave {conversion.value:g}. Leave conversions out when the number is changed.",
                    )
                )
        if found:
            raise Located(*found)
        return self

    def settled(self) -> Self:
        """The same plan with the defaults of its question filled in."""
        analysis, outcome = self.analysis, self.outcome
        if None not in (analysis.alpha, analysis.sides, analysis.degrees_of_freedom, analysis.estimator) and analysis.looks is None:
            return self
        usual = dict(self.question.defaults(analysis, outcome))
        if isinstance(outcome, AdditiveOutcome | LogOutcome):
            individual = outcome.individual_response_sd > 0 or outcome.autocorrelation != 0
            usual = {
                "degrees_of_freedom": "satterthwaite" if individual else "anova",
                "estimator": analysis.planned_estimator(loss_by_period=self.attrition.observed_by_period is not None),
            } | usual
        if self.design.is_n_of_1:
            # which people the conclusion is about decides what sequences and their model decide elsewhere
            usual |= {"degrees_of_freedom": None, "estimator": None}
            usual |= {"people": "random"} if "people" in self.question.analysis_takes else {}
        missing = {name: value for name, value in usual.items() if getattr(analysis, name) is None}
        return self.model_copy(update={"analysis": analysis.model_copy(update=missing)}) if missing else self

    @property
    def has_continuous_outcome(self) -> bool:
        return isinstance(self.outcome, AdditiveOutcome | LogOutcome)

    @property
    def continuous(self) -> Continuous:
        """The outcome, of a plan whose question is asked of continuous ones alone."""
        return continuous(self.outcome)

    def variability(self) -> tuple[str, float] | None:
        """The SD as the plan gave it: its name and value; the SD of a within-person difference when it was converted from that."""
        for conversion in self.conversions:
            if conversion.field == "outcome.within_subject_sd" and conversion.source == "difference_sd":
                return "difference_sd", conversion.inputs["difference_sd"]
        name = self.continuous.residual_field
        value = getattr(self.outcome, name)
        return (name, value) if value is not None else None


KNOWN: dict[str, dict[str, list[str]]] = {
    "": {"": list(Plan.model_fields)},
    "design": {"": [*Design.model_fields, "text"]},
    "design.burden": {"": list(Burden.model_fields)},
    "outcome": {sort: list(noun.model_fields) for sort, noun in OUTCOMES.items()},
    "question": {kind: list(noun.model_fields) for kind, noun in KINDS.items()},
    "question.moderator": {kind: list(noun.model_fields) for kind, noun in MODERATORS.items()},
    "question.shapes": {"": list(Shape.model_fields)},
    "analysis": {"": list(Analysis.model_fields)},
    "analysis.re_estimation": {"": list(ReEstimation.model_fields)},
    "prior": {"": list(Prior.model_fields)},
    "exposure": {"": list(Exposure.model_fields)},
    "simulation": {"": list(Simulation.model_fields)},
    "attrition": {"": list(Attrition.model_fields)},
    "solve": {verb: [field.alias or name for name, field in noun.model_fields.items()] for verb, noun in VERBS.items()},
}
KNOWN |= {
    field: {name: [info.alias or key for key, info in noun.model_fields.items()] for name, noun in CONVERTERS.items()} for field in FIELDS
}


def read_plan(given: Mapping[str, Any]) -> Plan:
    """A plan from plain data, with converters worked out and defaults filled in.

    Parameters
    ----------
    given : mapping
        The plan language, as JSON or a form's values.

    Raises
    ------
    MalformedPlan
        With every error and the field it belongs to.

    Examples
    --------
    >>> plan = read_plan({
    ...     "design": {"name": "ab_ba"},
    ...     "outcome": {"kind": "continuous", "within_subject_sd": {"from": "difference_sd", "difference_sd": 2.0}},
    ...     "question": {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": -1.0, "better": "lower"},
    ...     "solve": {"for": "n", "target_power": 0.9},
    ... })
    >>> plan.analysis.alpha
    0.05
    """
    if not isinstance(given, Mapping):
        raise MalformedPlan([{"field": "plan", "message": f"A plan is an object with the keys {', '.join(Plan.model_fields)}."}])
    spelled, errors = _with_numbers(given)
    try:
        plan = Plan.model_validate(spelled)
    except ValidationError as error:
        errors += [one for found in error.errors(include_url=False) for one in located(found, KNOWN)]
    if errors:
        raise MalformedPlan(errors)
    return plan.settled()


def _with_numbers(given: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[dict[str, str]]]:
    """The plan with each converter replaced by its number, and what is wrong with the converters."""
    outcome = given.get("outcome")
    if not isinstance(outcome, dict) or not any(isinstance(value, dict) for value in outcome.values()):
        return given, []
    numbers, conversions, errors = dict(outcome), [], []
    individual = outcome.get("individual_response_sd", 0.0)
    individual = float(individual) if isinstance(individual, int | float) and 0 < individual <= LARGEST else 0.0
    for field in FIELDS:
        if not isinstance(outcome.get(field), dict):
            continue
        numbers[field] = 1.0  # stands in while other errors are looked for
        try:
            conversion = convert(field, READ.validate_python(outcome[field]), individual)
            numbers[field] = conversion.value
            conversions.append(conversion)
        except ValidationError as error:
            errors += [one for found in error.errors(include_url=False) for one in located(found, KNOWN, ("outcome", field))]
        except Located as problem:
            for name, message in problem.problems:
                place = f"outcome.{name}" if name == "individual_response_sd" else f"outcome.{field}.{name}"
                errors.append({"field": place, "message": message})
    return {**given, "outcome": numbers, "conversions": [*given.get("conversions", ()), *conversions]}, errors
