"""Several questions answered by one trial: the smallest n at which each reaches its target, or what each has at a given n."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from trials.sizing.answer import ENGINE_VERSION, Answer, Warn
from trials.sizing.noun import Noun, plain
from trials.sizing.plan import Plan
from trials.sizing.reading import read_several
from trials.sizing.several.common_n import Case, common_steps, counted, driver_of
from trials.sizing.several.plan import JointPlan, NamedQuestion, at_n
from trials.sizing.size import size
from trials.sizing.solve import AtN, ForN, ForPower


class QuestionAnswer(Noun):
    """What one of several questions needs alone, and what it has at the common n.

    `power` is that of its own test at `alpha_used`; a question without power has its expected `half_width` or its `upper_limit` instead.
    `power_with_those_before` is a lower bound of the chance that this test and all before it in a fixed sequence succeed.
    """

    kind: str
    n_evaluable: int | float | None = None
    n_randomised: int | float | None = None
    drives_n: bool | None = None
    target_power: float | None = None
    alpha_used: float | None = None
    power: float | None = None
    power_with_those_before: float | None = None
    half_width: float | None = None
    ratio_half_width: float | None = None
    upper_limit: float | None = None
    confidence_level: float | None = None
    person_years: float | None = None
    events: float | None = None
    reason: str | None = None


def _as_it_is(given: Any) -> Any:
    """A plan has been read when it was made; only plain data are read."""
    return given if isinstance(given, JointPlan) else read_several(given)


class JointAnswer(Noun):
    """What the engine found for several questions, by name. Counts of people are totals unless they say per sequence.

    `power_all_at_least` and `power_all_at_most` enclose the chance that every question with a power succeeds, whatever the questions have to do with
    each other. `alone` and `together` are the ordinary answers that the numbers come from; they are not part of the JSON.
    """

    n_evaluable: int | float | None = None
    n_randomised: int | float | None = None
    n_per_sequence: tuple[int | float, ...] | None = None
    n_randomised_per_sequence: tuple[int | float, ...] | None = None
    questions: dict[str, QuestionAnswer] = {}
    power_all_at_least: float | None = None
    power_all_at_most: float | None = None
    family_error: float | None = None
    reason: str | None = None
    method: str = ""
    references: tuple[str, ...] = ()
    warnings: tuple[Warn, ...] = ()
    plan: Annotated[JointPlan, BeforeValidator(_as_it_is)]
    engine_version: str = ENGINE_VERSION
    alone: Annotated[tuple[Answer, ...], Field(exclude=True)] = ()
    together: Annotated[tuple[Answer, ...], Field(exclude=True)] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain values under the plan language's keys; without an answer, n_evaluable is there and None."""
        found = super().as_json()
        return {"n_evaluable": None, **found} if self.reason is not None else found

    def as_json_line(self) -> str:
        return super().as_json_line() if self.reason is None else json.dumps(self.as_json(), ensure_ascii=False)


def size_jointly(plan: JointPlan) -> JointAnswer:
    """Find what a plan with several questions asks for; see `size`.

    Notes
    -----
    n is at least what each question needs alone. Where a power goes up and down with n, that may not do, and n is raised in whole allocation units until
    all have enough at once.
    """
    plans = plan.plans()
    if isinstance(plan.solve, ForPower):
        return _answer(plan, plans, (), tuple(size(one) for one in plans))
    alone = tuple(size(one) for one in plans)
    if any(one.reason is not None for one in alone):
        return _answer(plan, plans, alone, ())
    unit, cases = sum(plan.design.unit), [Case(one) for one in plans]
    first = max(round(counted(one) / unit) for one in alone)
    steps = common_steps(cases, first, plan.solve.max_n // unit, unit)
    if steps is None:
        return _answer(plan, plans, alone, ())
    together = tuple(size(one.model_copy(update={"solve": _people(one, steps * unit)})) for one in plans)
    return _answer(plan, plans, alone, together, driver_of(cases, alone, steps, unit))


def _people(plan: Plan, n: int) -> AtN:
    people = {"n_randomised": n} if plan.attrition.lost_before_period is not None else {"n_evaluable": n}
    return at_n(plan.question, ForPower.model_validate({"for": "power", **people}))


def _answer(
    plan: JointPlan, plans: Sequence[Plan], alone: Sequence[Answer], together: Sequence[Answer], driver: int | None = None
) -> JointAnswer:
    from trials.sizing.several.wording import method_of_several

    found = _people_of(together)
    reason = None if found else _reason(plan, alone or together)
    answers = together or alone
    chain = _chain(plan, together)
    questions = {
        one.name: _of_question(plan, at, alone[at] if alone else None, together[at] if together else None, driver, chain.get(at))
        for at, one in enumerate(plan.questions)
    }
    powers = [one.power for one in together if one.power is not None]
    bounds = {"power_all_at_least": _at_least(powers), "power_all_at_most": min(powers)} if powers else {}
    return JointAnswer(
        **found,
        **(bounds if found and not any(one.reason for one in together) else {}),
        questions=questions,
        family_error=plan.family_error if plan.tests else None,
        reason=reason,
        method=method_of_several(plan, answers),
        references=tuple(dict.fromkeys(reference for one in answers for reference in one.references)),
        warnings=_warnings(plan, answers),
        plan=plan,
        alone=tuple(alone),
        together=tuple(together),
    )


def _people_of(together: Sequence[Answer]) -> dict[str, Any]:
    """The people, who are the same for all; nothing where no question has an answer."""
    one = next((answer for answer in together if answer.reason is None), None)
    if one is None:
        return {}
    names = ("n_evaluable", "n_randomised", "n_per_sequence", "n_randomised_per_sequence")
    return {name: getattr(one, name) for name in names}


def _reason(plan: JointPlan, answers: Sequence[Answer]) -> str:
    reasons = [f"“{one.name}”: {answer.reason}" for one, answer in zip(plan.questions, answers, strict=True) if answer.reason is not None]
    if reasons:
        return " ".join(reasons)
    most = plan.solve.max_n if isinstance(plan.solve, ForN) else 0
    return (
        f"Each question has an n alone, but up to {plain(most)} people there is none at which all of them have enough at once. Raise max_n."
    )


def _of_question(
    plan: JointPlan, at: int, alone: Answer | None, together: Answer | None, driver: int | None, chained: float | None
) -> QuestionAnswer:
    one = plan.questions[at]
    reason = next((answer.reason for answer in (alone, together) if answer is not None and answer.reason is not None), None)
    found: dict[str, Any] = {}
    if together is not None and together.reason is None:
        names = ("power", "half_width", "ratio_half_width", "upper_limit", "confidence_level", "person_years", "events")
        found = {name: getattr(together, name) for name in names}
    return QuestionAnswer(
        kind=one.question.kind,
        n_evaluable=alone.n_evaluable if alone else None,
        n_randomised=alone.n_randomised if alone else None,
        power_with_those_before=None if reason else chained,
        drives_n=None if driver is None else driver == at,
        target_power=_target(plan, one),
        alpha_used=plan.alpha_used(one),
        reason=reason,
        **found,
    )


def _at_least(powers: Sequence[float]) -> float:
    """The least chance that all succeed, whatever they have to do with each other: 1 − Σ(1 − power), Bonferroni's inequality."""
    return max(0.0, min(*powers, 1.0 - sum(1.0 - power for power in powers)) if len(powers) > 1 else powers[0])


def _chain(plan: JointPlan, together: Sequence[Answer]) -> dict[int, float]:
    """For each test of a fixed sequence, the least chance that it and all before it succeed.

    Notes
    -----
    Over the tests up to it, as `_at_least`.
    """
    if plan.multiplicity != "fixed_sequence":
        return {}
    found: dict[int, float] = {}
    powers: list[float] = []
    for at, (one, answer) in enumerate(zip(plan.questions, together, strict=False)):
        if one.tests:
            powers.append(answer.power or 0.0)
            found[at] = _at_least(powers)
    return found


def _target(plan: JointPlan, one: NamedQuestion) -> float | None:
    if not isinstance(plan.solve, ForN) or not one.question.wants_target:
        return None
    return one.target_power or plan.solve.target_power


def _warnings(plan: JointPlan, answers: Sequence[Answer]) -> tuple[Warn, ...]:
    """Each warning once, with the names of the questions that it belongs to where it is not all of them."""
    names: dict[tuple[str, str], list[str]] = {}
    for one, answer in zip(plan.questions, answers, strict=True):
        for warning in answer.warnings:
            names.setdefault((warning.code, warning.message), []).append(f"“{one.name}”")
    everybody = len(plan.questions)
    return tuple(
        Warn(code=code, message=message if len(of) == everybody else f"{', '.join(of)}: {message}") for (code, message), of in names.items()
    )
