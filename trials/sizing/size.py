"""The verb carried out: from a plan to its answer."""

from typing import Any

from trials.sizing.answer import Answer, Warn
from trials.sizing.caution import cautions
from trials.sizing.find import FIND
from trials.sizing.information import Information, information
from trials.sizing.noun import plain
from trials.sizing.people import People, of_solve, of_total
from trials.sizing.plan import Plan
from trials.sizing.question import PairwiseQuestion, Precision
from trials.sizing.search import smallest_units, units
from trials.sizing.solve import ForN


def size(plan: Plan) -> Answer:
    """Find what the plan asks for.

    Parameters
    ----------
    plan : Plan
        As `read_plan` returns it.

    Returns
    -------
    Answer
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
    plan = plan.settled()
    solve = plan.solve
    known = information_for(plan)
    if reason := plan.question.reason(known):
        return _answer(plan, known, None, {"reason": reason})
    if isinstance(solve, ForN):
        return _for_n(plan, known, solve)
    people = of_solve(plan, solve)
    if people.counted < plan.question.smallest_n(known) - 1e-9:
        return _answer(plan, known, None, {"reason": _too_few(plan, known, people.counted)})
    return _answer(plan, known, people, FIND[solve.find](plan, known, people.counted))


def information_for(plan: Plan) -> Information:
    """The information of a plan; people given by sequence take the place of the allocation."""
    design = plan.design
    given = getattr(plan.solve, "n_per_sequence", None)
    if given is not None and given != design.allocation:
        design = design.model_copy(update={"allocation": given})
    return information(design, plan.outcome, plan.analysis, plan.attrition)


def _for_n(plan: Plan, known: Information, solve: ForN) -> Answer:
    """Search, round to allocation units, inflate for loss: three steps."""
    question, unit = plan.question, sum(plan.design.unit)
    first, last = units(max(question.smallest_n(known), 2.0), unit), solve.max_n // unit
    target = solve.target_power
    if last < first:
        reason = f"max_n is {solve.max_n}, but the smallest trial of this design with a test has {first * unit} people. Allow more people."
        return _answer(plan, known, None, {"reason": reason})
    guess = units(min(question.guess(known, target), float(last * unit)), unit)
    powers: dict[int, float] = {}

    def reached(step: int) -> bool:
        if target is None:
            return question.reached(known, float(step * unit))
        if step not in powers:
            powers[step] = float(question.power(known, float(step * unit)))
        return powers[step] >= target

    found = smallest_units(reached, first, last, guess)
    if found is None:
        return _answer(plan, known, None, _out_of_reach(plan, known, first, last, unit))
    people = _people(plan, found * unit)
    figures = question.figures(known, people.counted, powers.get(found))
    if found > first and target is not None:
        reached(found - 1)
        figures["power_one_step_below"] = powers[found - 1]
    return _answer(plan, known, people, figures)


def _people(plan: Plan, n: int) -> People:
    return of_total(plan, n_randomised=n) if plan.attrition.lost_before_period is not None else of_total(plan, n_evaluable=n)


def _out_of_reach(plan: Plan, known: Information, first: int, last: int, unit: int) -> dict[str, Any]:
    """Why no n up to the largest is enough, with the most that can be had."""
    question, solve = plan.question, plan.solve
    if isinstance(question, Precision):
        width = float(question.expected_half_width(known, float(last * unit)))
        reason = f"With {last * unit} people, the most that max_n allows, the expected half-width is still {plain(width)}."
        return {"reason": f"{reason} Accept a wider interval or raise max_n."}
    steps = sorted({first, last, *(min(last, max(first, round(first * (last / first) ** (k / 40)))) for k in range(41))})
    most = max(float(question.power(known, float(step * unit))) for step in steps)
    target = getattr(solve, "target_power", None) or 0.0
    start = f"No number of people up to {last * unit:,} reaches a power of {plain(target)}; the most is {plain(round(most, 4))}."
    if warned := question.warnings(plan.outcome):
        return {"reason": f"{start} {warned[0][1]}", "maximum_attainable": most}
    if isinstance(question, PairwiseQuestion) and min(question.distances(plan.outcome)) <= 0:
        advice = (
            "The assumed difference lies on the boundary that is tested, so more people do not help. Assume another difference or margin."
        )
    else:
        advice = "Assume a larger difference or less variability, or raise max_n."
    return {"reason": f"{start} {advice}", "maximum_attainable": most}


def _too_few(plan: Plan, known: Information, n: float) -> str:
    least = plan.question.smallest_n(known)
    if plan.analysis.degrees_of_freedom == "satterthwaite":
        return f"With {plain(n)} people a sequence that counts has fewer than two, so its own variance cannot be estimated and there is no test; {plain(least)} are the least."
    return f"With {plain(n)} people no degrees of freedom are left for the test; {plain(least)} people are the least."


def _answer(plan: Plan, known: Information, people: People | None, figures: dict[str, Any]) -> Answer:
    """The answer, unchecked: every number comes from the engine."""
    from trials.sizing.wording import method_in_short

    warnings = tuple(Warn(code=code, message=message) for code, message in cautions(plan, known, None if "reason" in figures else people))
    found = dict(figures)
    if people is not None and "reason" not in figures:
        found |= {
            "n_evaluable": people.n_evaluable,
            "n_randomised": people.n_randomised,
            "n_per_sequence": people.n_per_sequence,
            "n_randomised_per_sequence": people.n_randomised_per_sequence,
        }
    return Answer(
        **found,
        method=method_in_short(plan, known.model.estimator),
        references=plan.question.references,
        warnings=warnings,
        conversions=plan.conversions,
        plan=plan,
    )
