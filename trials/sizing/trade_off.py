"""Cycles against patients: how many people an n-of-1 series needs for each number of cycles."""

from itertools import count
from typing import Any

from trials.sizing.answer import Answer
from trials.sizing.asked import asked
from trials.sizing.cycles import with_cycles
from trials.sizing.design import MOST_CYCLES
from trials.sizing.noun import Noun
from trials.sizing.phrases import cycles_in_words
from trials.sizing.plan import Plan
from trials.sizing.question import Heterogeneity, PairwiseQuestion
from trials.sizing.size import size
from trials.sizing.solve import ForCycles, ForN

FEWEST_ROWS = 8
ROWS_BEYOND = 2  # the planned cycles, or the first that are enough
WITHOUT_END = 10**9  # cycles, to see what no number of them gets below


class CyclesTradeOff(Noun):
    """People needed for each number of cycles; None where no number is enough. `planned` is the place of the plan's own cycles.

    `periods` counts the periods of all randomised people together, what the series costs in time. `n_evaluable_at_least` is the n that no number
    of cycles gets below because people differ; None where they do not, or where that is no obstacle.
    """

    cycles: tuple[int, ...]
    n_evaluable: tuple[int | None, ...]
    n_randomised: tuple[int | None, ...]
    periods: tuple[int | None, ...]
    planned: int | None
    n_evaluable_at_least: int | None
    reading: str


def cycles_trade_off(plan: Plan, answer: Answer) -> CyclesTradeOff | None:
    """The n for 1, 2, 3 … cycles, so that a series can be made of few people often or of many people seldom.

    Parameters
    ----------
    plan : Plan
        Of an n-of-1 design, with a target: solved for n or for cycles.
    answer : Answer
        What `size` found for it; it tells the cycles.

    Returns
    -------
    CyclesTradeOff or None
        None for other designs, without a target, and where no number of cycles is enough.

    Notes
    -----
    The average effect in the population has Var = (ψ² + 2σ²/k)/n: with ψ > 0 more cycles cannot push it below ψ²/n, so people cannot be
    replaced by cycles. In these patients it is 2σ²/(nk): only the product counts. To find heterogeneity or one person's own effect cycles
    are what helps. After the five criteria of Senn (2019).
    """
    if not plan.design.is_n_of_1 or not isinstance(plan.solve, ForN | ForCycles):
        return None
    searched, chosen = _for_n(plan), answer.plan.design.cycles
    last, found = max(FEWEST_ROWS, (chosen or 0) + ROWS_BEYOND), list[Answer]()
    for k in count(1):
        if k > MOST_CYCLES or (k > last and found[-1 - ROWS_BEYOND].n_evaluable is not None):
            break
        found.append(size(with_cycles(searched, k)))
    if all(one.n_evaluable is None for one in found):
        return None
    cycles = tuple(range(1, len(found) + 1))
    evaluable = tuple(None if one.n_evaluable is None else round(one.n_evaluable) for one in found)
    randomised = tuple(None if one.n_randomised is None else round(one.n_randomised) for one in found)
    least = None
    if _aim(plan) == "random" and plan.continuous.individual_response_sd:
        least = size(with_cycles(searched, WITHOUT_END)).n_evaluable
    return CyclesTradeOff(
        cycles=cycles,
        n_evaluable=evaluable,
        n_randomised=randomised,
        periods=tuple(None if n is None else 2 * k * n for k, n in zip(cycles, randomised, strict=True)),
        planned=None if chosen is None else cycles.index(chosen),
        n_evaluable_at_least=None if least is None else round(least),
        reading=_reading(plan, cycles, evaluable, least),
    )


def _for_n(plan: Plan) -> Plan:
    """The same question solved for n."""
    target: dict[str, Any] = {"target_power": getattr(plan.solve, "target_power", None)}
    solve = plan.solve if isinstance(plan.solve, ForN) else ForN.model_construct(None, find="n", **target)
    return plan.model_copy(update={"solve": solve})


def _reading(plan: Plan, cycles: tuple[int, ...], evaluable: tuple[int | None, ...], least: float | None) -> str:
    """What the table says, for the purpose that the question has."""
    known = [(k, n) for k, n in zip(cycles, evaluable, strict=True) if n is not None]
    (first, n_first), (last, n_last) = known[0], known[-1]
    more = f", with {cycles_in_words(last)} {_people(n_last)}" if last > first else ""
    parts = [f"{AIM[_aim(plan)]}: with {cycles_in_words(first)} a person {_people(n_first)} needed{more}."]
    if first > 1:
        parts.append(f"Fewer than {cycles_in_words(first)} are not enough, whatever the number of people.")
    if least is not None:
        parts.append(f"However many cycles there are, it takes at least {round(least):,} people, because people differ in their response.")
    elif _aim(plan) == "fixed":
        parts.append("The number of people times the number of cycles is what counts; the conclusion is about these people alone.")
    elif _aim(plan) == "own":
        parts.append("Other people only help to estimate the error; a person's own cycles are what narrows that person's interval.")
    return " ".join(parts)


def _aim(plan: Plan) -> str:
    """Which of the five criteria of Senn (2019) the question asks for."""
    question = asked(plan)
    if isinstance(question, PairwiseQuestion):
        return plan.analysis.people or "random"
    return "heterogeneity" if isinstance(question, Heterogeneity) else str(getattr(question, "estimate", "own"))


AIM = {
    "random": "For the average effect in the population",
    "fixed": "For the average effect in these people",
    "heterogeneity": "To tell whether people differ in their response",
    "own": "For each person's own effect",
    "shrunken": "For each person's effect, shrunk towards the average of all",
}


def _people(count: int) -> str:
    return "1 person is" if count == 1 else f"{count:,} people are"
