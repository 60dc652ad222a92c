"""The verb `cycles`: how often n people must go through A and B."""

from typing import Any

from trials.sizing.asked import asked
from trials.sizing.design import MOST_CYCLES
from trials.sizing.information import Information, information
from trials.sizing.noun import plain
from trials.sizing.plan import Plan


def with_cycles(plan: Plan, cycles: int) -> Plan:
    """The plan of an n-of-1 series with another number of cycles."""
    return plan.model_copy(update={"design": plan.design.with_cycles(cycles)})


def cycles(plan: Plan, known: Information, n: float) -> dict[str, Any]:
    """The smallest number of cycles a person with which n people reach the target.

    Notes
    -----
    Every number from 1 to 50 is tried in turn, so that nothing hangs on power rising with each cycle. For the average effect in the population
    no number helps beyond Var = ψ²/n.
    """
    question, target = asked(plan), getattr(plan.solve, "target_power", None)
    for k in range(1, MOST_CYCLES + 1):
        seen = _with(known, k)
        if question.reason(seen) is not None or n < question.smallest_n(seen) - 1e-9:
            continue
        if question.reached(seen, n) if target is None else float(question.power(seen, n)) >= target:
            return {"cycles": k, **question.figures(seen, n)}
    return _out_of_reach(plan, known, n, target)


def _with(known: Information, k: int) -> Information:
    return information(known.design.with_cycles(k), known.outcome, known.analysis, known.attrition, known.exposure)


def _out_of_reach(plan: Plan, known: Information, n: float, target: float | None) -> dict[str, Any]:
    """Why no number of cycles is enough, with the most that can be had."""
    question, people = asked(plan), f"{plain(n)} {'person' if n == 1 else 'people'}"
    most = _with(known, MOST_CYCLES)
    if target is None:
        said = question.out_of_reach(most, n)
        return {"reason": f"With {people} and {MOST_CYCLES} cycles, the most that are allowed, {said}. {question.more_than_cycles(plan)}"}
    power = float(question.power(most, n))
    reason = (
        f"With {people} no number of cycles up to {MOST_CYCLES} reaches {question.wanted_word} of {plain(target)}; the most is "
        f"{plain(round(power, 4))}. {question.more_than_cycles(plan)}"
    )
    return {"reason": reason, "maximum_attainable": power}
