"""The verb carried out: from a plan to its answer."""

from typing import TYPE_CHECKING, Any, overload

from trials.sizing.answer import Answer, Warn
from trials.sizing.asked import asked
from trials.sizing.caution import cautions
from trials.sizing.cycles import with_cycles
from trials.sizing.design import MOST_CYCLES
from trials.sizing.find import FIND
from trials.sizing.information import Information, information
from trials.sizing.laws.search import units
from trials.sizing.noun import plain
from trials.sizing.people import People, of_solve, of_total
from trials.sizing.plan import Plan
from trials.sizing.question import AnyQuestion
from trials.sizing.solve import ForN

if TYPE_CHECKING:
    from trials.sizing.several.answer import JointAnswer
    from trials.sizing.several.plan import JointPlan


@overload
def size(plan: Plan) -> Answer: ...
@overload
def size(plan: "JointPlan") -> "JointAnswer": ...
@overload
def size(plan: "Plan | JointPlan") -> "Answer | JointAnswer": ...
def size(plan: "Plan | JointPlan") -> "Answer | JointAnswer":
    """Find what the plan asks for.

    Parameters
    ----------
    plan : Plan or JointPlan
        As `read_plan` or `read_any` returns it.

    Returns
    -------
    Answer or JointAnswer
        A question without an answer has `n_evaluable` None and a `reason`; nothing is raised.

    Examples
    --------
    >>> from trials.sizing.plan import read_plan
    >>> answer = size(read_plan({
    ...     "design": {"sequences": ["AB", "BA"]},
    ...     "outcome": {"kind": "continuous", "within_subject_sd": {"from": "difference_sd", "difference_sd": 2.0}},
    ...     "question": {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": -1.0, "better": "lower"},
    ...     "attrition": {"dropout_rate": 0.2},
    ...     "solve": {"for": "n", "target_power": 0.9},
    ... }))
    >>> answer.n_evaluable, answer.n_randomised, round(answer.power, 6)
    (46, 58, 0.912498)
    """
    if not isinstance(plan, Plan):
        from trials.sizing.several.answer import size_jointly

        return size_jointly(plan)
    plan = plan.settled()
    solve = plan.solve
    known = information_for(with_cycles(plan, MOST_CYCLES) if solve.find == "cycles" else plan)
    question = asked(plan)
    if reason := question.reason(known):
        return _answer(plan, known, None, {"reason": reason})
    if isinstance(solve, ForN):
        return _for_n(plan, question, known, solve)
    people = of_solve(plan, solve)
    if people.counted < question.smallest_n(known) - 1e-9:
        return _answer(plan, known, None, {"reason": _too_few(plan, question, known, people.counted)})
    find = getattr(question, f"find_{solve.find}", None) or FIND[solve.find]
    found = find(plan, known, people.counted)
    # an answer's plan can be run again: it holds the cycles that were found
    return _answer(with_cycles(plan, found["cycles"]) if "cycles" in found else plan, known, people, found)


def information_for(plan: Plan) -> Information:
    """The information of a plan; people given by sequence take the place of the allocation."""
    design = plan.design
    given = getattr(plan.solve, "n_per_sequence", None)
    if given is not None and given != design.allocation:
        design = design.model_copy(update={"allocation": given})
    return information(design, plan.outcome, plan.analysis, plan.attrition, plan.exposure)


def _for_n(plan: Plan, question: AnyQuestion, known: Information, solve: ForN) -> Answer:
    """Search, round to allocation units, inflate for loss: three steps."""
    unit = sum(plan.design.unit)
    first, last = units(max(question.smallest_n(known), 1.0 if unit == 1 else 2.0), unit), solve.max_n // unit
    target = solve.target
    if target is not None and (beyond := question.why_out_of_reach(known, target)) is not None:
        return _answer(plan, known, None, beyond)
    if last < first:
        reason = f"max_n is {solve.max_n}, but the smallest trial of this design with a test has {first * unit} people. Allow more people."
        return _answer(plan, known, None, {"reason": reason})
    guess = units(min(question.guess(known, target), float(last * unit)), unit)
    powers: dict[int, float] = {}

    def reached(step: int) -> bool:
        if target is None:
            return question.reached(known, float(step * unit))
        if step not in powers:
            powers[step] = float(question.attained(known, float(step * unit)))
        return powers[step] >= target

    found = question.smallest(reached, first, last, guess)
    if found is None:
        return _answer(plan, known, None, _out_of_reach(plan, question, known, first, last, unit))
    people = _people(plan, found * unit)
    figures = question.figures(known, people.counted, powers.get(found))
    if found > first and target is not None and question.one_step_below is not None:
        reached(found - 1)
        figures[question.one_step_below] = powers[found - 1]
    return _answer(plan, known, people, figures | question.after_search(plan, known, people.counted))


def _people(plan: Plan, n: int) -> People:
    return of_total(plan, n_randomised=n) if plan.attrition.lost_before_period is not None else of_total(plan, n_evaluable=n)


def _out_of_reach(plan: Plan, question: AnyQuestion, known: Information, first: int, last: int, unit: int) -> dict[str, Any]:
    """Why no n up to the largest is enough, with the most that can be had."""
    target = plan.solve.target if isinstance(plan.solve, ForN) else None
    if target is None:
        said = question.out_of_reach(known, float(last * unit))
        return {"reason": f"With {last * unit:,} people, the most that max_n allows, {said}. {question.advice(plan)}"}
    steps = sorted({first, last, *(min(last, max(first, round(first * (last / first) ** (k / 40)))) for k in range(41))})
    most = max(float(question.attained(known, float(step * unit))) for step in steps)
    start = (
        f"No number of people up to {last * unit:,} reaches {question.wanted_word} of {plain(target)}; the most is {plain(round(most, 4))}."
    )
    if warned := question.warnings(plan.outcome):
        return {"reason": f"{start} {warned[0][1]}", "maximum_attainable": most}
    return {"reason": f"{start} {question.advice(plan)}", "maximum_attainable": most}


def _too_few(plan: Plan, question: AnyQuestion, known: Information, n: float) -> str:
    least = question.smallest_n(known)
    if own := question.too_few(plan, known, n):
        return own
    if known.fitted is None and known.series is None:
        return f"With {plain(n)} {'person' if n == 1 else 'people'} there is nothing to test; {plain(least)} are the least."
    if plan.analysis.degrees_of_freedom == "satterthwaite":
        return f"With {plain(n)} people a sequence that counts has fewer than two, so its own variance cannot be estimated and there is no test; {plain(least)} are the least."
    return f"With {plain(n)} {'person' if n == 1 else 'people'} no degrees of freedom are left for the test; {plain(least)} people are the least."


def _answer(plan: Plan, known: Information, people: People | None, figures: dict[str, Any]) -> Answer:
    """The answer, unchecked: every number comes from the engine."""
    from trials.sizing.wording import method_in_short

    warnings = tuple(Warn(code=code, message=message) for code, message in cautions(plan, known, None if "reason" in figures else people))
    found = dict(figures)
    if people is not None and "reason" not in figures:
        found |= {
            "n_evaluable": people.n_evaluable,
            "n_randomised": people.n_randomised,
            # an n-of-1 design has no sequences
            "n_per_sequence": people.n_per_sequence or None,
            "n_randomised_per_sequence": people.n_randomised_per_sequence or None,
        }
    return Answer(
        **found,
        method=method_in_short(plan, known.fitted.estimator if known.fitted else ""),
        references=asked(plan).cited(),
        warnings=warnings,
        conversions=plan.conversions,
        plan=plan,
    )
