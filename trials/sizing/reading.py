"""Reading a plan with one question or with several, each error at its place."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from trials.sizing.malformed import MalformedPlan, unknown_key
from trials.sizing.noun import in_words
from trials.sizing.plan import Plan, read_plan
from trials.sizing.question import KINDS, AnyQuestion, Question, asked_of
from trials.sizing.several.plan import LONGEST_NAME, MOST_QUESTIONS, MULTIPLICITIES, JointPlan, NamedQuestion, verb_at_n
from trials.sizing.solve import ForN, ForPower

Errors = list[dict[str, str]]
OWN = ("name", "question", "outcome", "analysis", "target_power", "conversions")
SHARED = ("design", "outcome", "questions", "multiplicity", "analysis", "attrition", "exposure", "solve", "conversions")
ONE_ONLY = {
    "question": "Give question, or several questions with their names, not both.",
    "prior": "A prior belongs to one question; leave it out, or size that question on its own.",
    "simulation": "One question at a time is simulated; leave simulation out.",
}
ASKED: TypeAdapter[AnyQuestion] = TypeAdapter(Question)


def read_any(given: Any) -> Plan | JointPlan:
    """A plan from plain data, with `question` or with `questions`.

    Raises
    ------
    MalformedPlan
        With every error and the field it belongs to, such as `questions.0.question.margin`.

    Examples
    --------
    >>> plan = read_any({
    ...     "design": {"name": "ab_ba"},
    ...     "outcome": {"kind": "continuous", "within_subject_sd": 1.4},
    ...     "questions": [
    ...         {"name": "pain", "question": {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": -1.0}},
    ...         {"name": "width", "question": {"kind": "precision", "treatment": "A", "comparator": "B", "half_width": 0.5}},
    ...     ],
    ...     "solve": {"for": "n", "target_power": 0.9},
    ... })
    >>> [one.name for one in plan.questions]
    ['pain', 'width']
    """
    return read_several(given) if isinstance(given, Mapping) and "questions" in given else read_plan(given)


def read_several(given: Mapping[str, Any]) -> JointPlan:
    """A plan with several questions. What a question does not say itself it takes from the plan, as far as it has a use for it.

    Raises
    ------
    MalformedPlan
        As above.
    """
    errors = _shape(given)
    questions = given["questions"]
    if not isinstance(questions, list | tuple) or not 1 <= len(questions) <= MOST_QUESTIONS:
        raise MalformedPlan(errors)
    plans: list[Plan] = []
    shared: dict[tuple[str, str], list[str]] = {}
    entries = [one for one in questions if isinstance(one, Mapping)]
    for at, entry in enumerate(questions):
        if not isinstance(entry, Mapping):
            continue
        try:
            plans.append(_read_one(given, entry))
        except MalformedPlan as refusal:
            for error in refusal.errors:
                place = _place(error["field"], at, entry)
                if place.startswith("questions."):
                    errors.append(_error(place, error["message"]))
                else:
                    shared.setdefault((place, error["message"]), []).append(str(entry.get("name")))
    for (field, message), names in shared.items():
        errors.append(_error(field, message if len(names) == len(entries) else _for_some(field, message, names)))
    if errors:
        raise MalformedPlan(errors)
    if any(plan.design != plans[0].design for plan in plans):
        raise MalformedPlan([_error("design", "design is missing: these questions do not have the same usual design.")])
    return _joined(given, plans)


def _shape(given: Mapping[str, Any]) -> Errors:
    """What is wrong with the frame: keys, verb, names, and how the questions belong together."""
    found = [*_keys(given), *_verb(given.get("solve"))]
    questions = given["questions"]
    if not isinstance(questions, list | tuple) or not questions:
        message = 'questions must be a list of objects, each with a name and a question, for example [{"name": "pain", "question": {…}}].'
        return [*found, _error("questions", message)]
    if len(questions) > MOST_QUESTIONS:
        message = f"There are {len(questions)} questions; at most {MOST_QUESTIONS} can be asked of one trial. Leave out what does not decide its size."
        return [*found, _error("questions", message)]
    solve = given.get("solve")
    for_power = isinstance(solve, Mapping) and solve.get("for") == "power"
    seen: dict[str, int] = {}
    for at, entry in enumerate(questions):
        found += _entry(at, entry, seen)
        if for_power and isinstance(entry, Mapping) and entry.get("target_power") is not None:
            found.append(_error(f"questions.{at}.target_power", "A target belongs to solving for n; leave target_power out."))
    return found


def _for_some(field: str, message: str, names: list[str]) -> str:
    """An error in what all share that only some questions make one."""
    advice = " What the others need can stand in an analysis of their own." if field.startswith("analysis.") else ""
    return f"For {in_words(f'“{name}”' for name in names)}: {message}{advice}"


def _error(field: str, message: str) -> dict[str, str]:
    return {"field": field, "message": message}


def _keys(given: Mapping[str, Any]) -> Errors:
    found = [_error(str(key), ONE_ONLY.get(key) or unknown_key(str(key), SHARED)) for key in given if key not in SHARED]
    multiplicity = given.get("multiplicity", "none")
    if multiplicity not in MULTIPLICITIES:
        found.append(_error("multiplicity", f"multiplicity is {str(multiplicity)[:40]}; it must be {in_words(MULTIPLICITIES, 'or')}."))
    return found


def _verb(solve: Any) -> Errors:
    if not isinstance(solve, Mapping):
        return []
    found: Errors = []
    if isinstance(verb := solve.get("for"), str) and verb not in {"n", "power"}:
        found.append(_error("solve.for", f"Several questions can be solved for n or power, not for {verb[:40]}."))
    if solve.get("target_assurance") is not None:
        found.append(_error("solve.target_assurance", "An assurance belongs to one question; give target_power."))
    if solve.get("person_years") is not None:
        message = "Several questions share a number of people; give n_evaluable, n_randomised or n_per_sequence."
        found.append(_error("solve.person_years", message))
    return found


def _entry(at: int, entry: Any, seen: dict[str, int]) -> Errors:
    """What is wrong with the frame of one question; its name is added to those seen."""
    if not isinstance(entry, Mapping):
        return [_error(f"questions.{at}", f"Question {at + 1} must be an object with a name and a question.")]
    found = [_error(f"questions.{at}.{key}", unknown_key(str(key), OWN)) for key in entry if key not in OWN]
    name = entry.get("name")
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
        message = f"name is missing: what this question is called, in at most {LONGEST_NAME} letters, for example main effect."
        found.append(_error(f"questions.{at}.name", message))
    elif name in seen:
        found.append(_error(f"questions.{at}.name", f"Question {seen[name] + 1} is called {name}, too; give each question its own name."))
    else:
        seen[name] = at
    return found


def _read_one(given: Mapping[str, Any], entry: Mapping[str, Any]) -> Plan:
    """One of the questions as a plan of its own, with what it takes from the plan."""
    question = entry.get("question")
    outcome = entry.get("outcome", given.get("outcome"))
    noun, asked = _noun(question, outcome), _asked(question, outcome)
    data: dict[str, Any] = {key: given[key] for key in ("design", "attrition") if key in given}
    data["solve"] = _solve(given.get("solve"), entry, asked)
    if "question" in entry:
        data["question"] = question
    if "outcome" in entry:
        data |= {key: entry[key] for key in ("outcome", "conversions") if key in entry}
    elif noun is None or noun.outcomes:
        data |= {key: given[key] for key in ("outcome", "conversions") if key in given}
    if "exposure" in given and (noun is None or noun.needs_exposure):
        data["exposure"] = given["exposure"]
    if "analysis" in entry:
        return read_plan(data | {"analysis": entry["analysis"]})
    if not isinstance(shared := given.get("analysis"), Mapping):
        return read_plan(data | ({"analysis": shared} if shared is not None else {}))
    if noun is not None and not noun.outcomes and noun.from_sequences is False and not _tests(data):
        return read_plan(data)
    if not _tests(data):
        return read_plan(data | {"analysis": {key: value for key, value in shared.items() if key not in {"alpha", "sides"}}})
    return read_plan(data | {"analysis": shared})


def _tests(data: Mapping[str, Any]) -> bool:
    """Whether the question of a plan tests at a significance level; taken for granted where it cannot be read."""
    try:
        return read_plan(data).analysis.alpha is not None
    except MalformedPlan:
        return True


def _noun(question: Any, outcome: Any) -> type[AnyQuestion] | None:
    kind = question.get("kind") if isinstance(question, Mapping) else None
    of = outcome.get("kind") if isinstance(outcome, Mapping) else None
    return KINDS.get(f"{of} {kind}") or KINDS.get(str(kind))


def _asked(question: Any, outcome: Any) -> AnyQuestion | None:
    """The question alone; None where it is malformed, which reading its plan will say."""
    of = SimpleNamespace(kind=outcome.get("kind") if isinstance(outcome, Mapping) else None)
    try:
        return ASKED.validate_python(asked_of(of, question))
    except ValidationError:
        return None


def _solve(solve: Any, entry: Mapping[str, Any], asked: AnyQuestion | None) -> Any:
    """The verb for one question: its own target power, or the width or limit that it has in place of a power."""
    if not isinstance(solve, Mapping):
        return solve
    if solve.get("for") == "power" and asked is not None:
        return {**solve, "for": verb_at_n(asked)}
    own = entry.get("target_power")
    if own is not None:
        return {**solve, "target_power": own}
    if asked is not None and not asked.wants_target:
        return {key: value for key, value in solve.items() if key != "target_power"}
    return solve


def _place(field: str, at: int, entry: Mapping[str, Any]) -> str:
    """Where an error of one question's plan stands in the plan of all."""
    noun = field.split(".", maxsplit=1)[0]
    if noun == "question" or (noun in {"outcome", "analysis", "conversions"} and noun in entry):
        return f"questions.{at}.{field}"
    if field == "solve.target_power" and entry.get("target_power") is not None:
        return f"questions.{at}.target_power"
    return field


def _joined(given: Mapping[str, Any], plans: list[Plan]) -> JointPlan:
    """The nouns as each question's plan has read them, put together."""
    entries: list[Mapping[str, Any]] = list(given["questions"])
    sharing = [plan for plan, entry in zip(plans, entries, strict=True) if "outcome" not in entry and plan.outcome is not None]
    if "outcome" in given and not sharing:
        raise MalformedPlan([_error("outcome", "No question uses the plan's outcome; leave it out.")])
    exposed = [plan for plan in plans if plan.exposure is not None]
    if given.get("exposure") is not None and not exposed:
        raise MalformedPlan([_error("exposure", "None of these questions counts time on the drug; leave exposure out.")])
    solve = dict(given["solve"])
    return JointPlan(
        design=plans[0].design,
        outcome=sharing[0].outcome if sharing else None,
        questions=tuple(
            NamedQuestion(
                name=entry["name"],
                question=plan.question,
                outcome=plan.outcome if "outcome" in entry else None,
                analysis=plan.analysis,
                target_power=entry.get("target_power"),
                conversions=plan.conversions if "outcome" in entry else (),
            )
            for plan, entry in zip(plans, entries, strict=True)
        ),
        multiplicity=given.get("multiplicity", "none"),
        attrition=plans[0].attrition,
        exposure=exposed[0].exposure if exposed else None,
        solve=ForN.model_validate(solve) if solve["for"] == "n" else ForPower.model_validate(solve),
        conversions=sharing[0].conversions if sharing else (),
    )


__all__ = ["MalformedPlan", "read_any", "read_several"]
