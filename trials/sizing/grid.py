"""The smallest n over a grid of any two assumptions, all cells at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trials.sizing.asked import asked
from trials.sizing.attrition import Attrition
from trials.sizing.information import Contrast, information
from trials.sizing.laws.search import smallest_units_many
from trials.sizing.plan import Plan
from trials.sizing.question import PairwiseQuestion, Precision
from trials.sizing.size import size
from trials.sizing.solve import ForN

OUTCOME = {
    "within_subject_sd",
    "within_subject_cv",
    "between_subject_sd",
    "between_subject_cv",
    "total_sd",
    "total_cv",
    "individual_response_sd",
    "autocorrelation",
}
QUESTION = {"mean_difference", "mean_ratio", "margin", "lower_limit", "upper_limit", "half_width", "ratio_half_width"}
ASSUMPTIONS = (*sorted(OUTCOME), *sorted(QUESTION), "difference_sd", "alpha", "target_power", "dropout_rate")


@dataclass(frozen=True)
class Axis:
    """One assumption and the values it takes, under the plan language's name."""

    assumption: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Grid:
    """n by row and column; 0 where no n up to max_n is enough."""

    n_evaluable: NDArray[np.int64]
    n_randomised: NDArray[np.int64]


def vary(plan: Plan, assumption: str, value: float) -> Plan:
    """The plan with another value of one assumption.

    Raises
    ------
    ValueError
        When the plan language has no assumption of that name.
    """
    if assumption == "difference_sd":
        within = sqrt(max(value * value - plan.continuous.individual_response_sd**2, 0.0) / 2.0)
        return vary(plan, "within_subject_sd", within)
    if plan.outcome is not None and assumption in type(plan.outcome).model_fields:
        return plan.model_copy(update={"outcome": plan.outcome.model_copy(update={assumption: value})})
    if assumption in QUESTION or assumption in plan.question.varied:
        return plan.model_copy(update={"question": plan.question.vary(assumption, value)})
    if assumption == "alpha":
        return plan.model_copy(update={"analysis": plan.analysis.model_copy(update={"alpha": value})})
    if assumption == "target_power":
        return plan.model_copy(update={"solve": plan.solve.model_copy(update={"target_power": value})})
    if assumption == "dropout_rate":
        return plan.model_copy(update={"attrition": Attrition(dropout_rate=value)})
    raise _unknown(assumption)


def n_grid(plan: Plan, rows: Axis, columns: Axis) -> Grid:
    """The smallest n for every pair of values.

    Parameters
    ----------
    plan : Plan
        Solved for n; what the axes name is replaced by their values.
    rows, columns : Axis
        Two different assumptions.

    Returns
    -------
    Grid
        Arrays of shape (rows, columns).

    Notes
    -----
    Information is worked out once for each value that it depends on; then all cells are searched together.
    """
    for axis in (rows, columns):
        if axis.assumption not in {*ASSUMPTIONS, *plan.question.varied, *(type(plan.outcome).model_fields if plan.outcome else ())}:
            raise _unknown(axis.assumption)
    plan = plan.settled()
    question = asked(plan)
    if not isinstance(question, PairwiseQuestion) or isinstance(question, Precision):
        return _one_by_one(plan, rows, columns)
    shape = (len(rows.values), len(columns.values))

    def spread(matters: set[str], find: Callable[[Plan], Any]) -> list[Any]:
        """find(plan) for each cell, worked out only as often as an axis matters to it."""
        first: Sequence[float | None] = rows.values if rows.assumption in matters else (None,)
        second: Sequence[float | None] = columns.values if columns.assumption in matters else (None,)
        table = []
        for row in first:
            varied = plan if row is None else vary(plan, rows.assumption, row)
            table.append([find(varied if column is None else vary(varied, columns.assumption, column)) for column in second])
        return [table[i if len(first) > 1 else 0][j if len(second) > 1 else 0] for i in range(shape[0]) for j in range(shape[1])]

    contrasts: list[Contrast] = spread(OUTCOME | {"difference_sd"}, _contrast)
    distances = np.array(spread(QUESTION, _distances)).T
    alpha = np.array(spread({"alpha"}, lambda varied: varied.analysis.alpha or 0.05), dtype=float)
    target = np.array(spread({"target_power"}, _target), dtype=float)
    kept = np.array(spread({"dropout_rate"}, lambda varied: varied.attrition.share_with_all_periods), dtype=float)
    n_counted = search_many(plan, contrasts, distances, alpha, target).reshape(shape)
    unit = sum(plan.design.unit)
    if plan.attrition.lost_before_period is not None:
        return Grid(np.floor(n_counted * kept.reshape(shape)).astype(np.int64), n_counted)
    n_randomised = np.ceil(n_counted / kept.reshape(shape) / unit - 1e-9).astype(np.int64) * unit
    return Grid(n_counted, n_randomised)


def search_many(plan: Plan, contrasts: Sequence[Contrast], distances: NDArray[np.float64], alpha: Any, target: Any) -> NDArray[np.int64]:
    """The smallest n of many cases of one question.

    Parameters
    ----------
    plan : Plan
        Gives the kind of question, its sides, the allocation unit and max_n.
    contrasts : sequence of Contrast
        By case.
    distances : array, shape (1 or 2, cases)
        As the question's `distances`.
    alpha, target : array, shape (cases,)

    Returns
    -------
    array of int, shape (cases,)
        0 where no n up to max_n is enough.
    """
    question = type(plan.question)
    if not issubclass(question, PairwiseQuestion):
        raise TypeError(question.__name__)
    sides, unit = plan.analysis.sides or 1, sum(plan.design.unit)
    last = (plan.solve.max_n if isinstance(plan.solve, ForN) else 100_000) // unit
    variance = np.array([contrast.variance for contrast in contrasts])
    answerable = np.isfinite(variance)
    variance = np.where(answerable, variance, 1.0)
    freedom = _Freedom(contrasts)
    first = np.maximum(np.ceil(np.maximum(freedom.smallest_n, 1.0 if unit == 1 else 2.0) / unit - 1e-9), 1.0)
    guess = question.guess_from(tuple(distances), variance, alpha, sides, target, freedom.per_person)
    guess = np.ceil(np.clip(guess / unit, 1.0, float(last)))

    def reached(cases: Any, steps: Any) -> Any:
        n = steps * float(unit)
        near = tuple(distance[cases] for distance in distances)
        power = question.power_from(near, np.sqrt(variance[cases] / n), freedom.at(cases, n), alpha[cases], sides)
        return power >= target[cases]

    steps = smallest_units_many(reached, np.minimum(first, last), np.full(len(variance), last), guess)
    return np.where(answerable & (first <= last), steps, 0) * unit


class _Freedom:
    """The degrees of freedom of many contrasts, as arrays."""

    def __init__(self, contrasts: Sequence[Contrast]) -> None:
        laws = [contrast.degrees_of_freedom for contrast in contrasts]
        self.slope = np.array([law.slope for law in laws])
        self.intercept = np.array([law.intercept for law in laws])
        unlike = {id(law): law for law in laws}
        least = {key: law.smallest_n if law.shares or law.slope else 1.0 for key, law in unlike.items()}
        added = {key: law.per_person if law.shares or law.slope else 1.0 for key, law in unlike.items()}
        self.smallest_n = np.array([least[id(law)] for law in laws])
        self.per_person = np.array([added[id(law)] for law in laws])
        width = max(len(law.shares) for law in laws)
        self.shares = np.zeros((len(laws), width))
        self.allocation = np.ones((len(laws), width))
        if width:
            for k, law in enumerate(laws):
                self.shares[k, : len(law.shares)] = law.shares
                self.allocation[k, : len(law.shares)] = law.allocation

    def at(self, cases: Any, n: Any) -> Any:
        if not self.shares.shape[1]:
            return self.slope[cases] * n + self.intercept[cases]
        people = n[:, None] * self.allocation[cases] - 1.0
        # a case without an answer has no shares
        return 1.0 / np.maximum(np.sum(self.shares[cases] ** 2 / np.maximum(people, 1e-9), axis=1), 1e-12)


def _unknown(assumption: str) -> ValueError:
    return ValueError(f"There is no assumption {assumption}. A grid varies {', '.join(ASSUMPTIONS)}.")


def _pairwise(plan: Plan) -> PairwiseQuestion:
    if not isinstance(plan.question, PairwiseQuestion):
        raise TypeError(plan.question.kind)
    return plan.question


def _contrast(plan: Plan) -> Contrast:
    return information(plan.design, plan.outcome, plan.analysis, plan.attrition).contrast(_pairwise(plan).weights)


def _distances(plan: Plan) -> tuple[float, ...]:
    return _pairwise(plan).distances(plan.continuous)


def _target(plan: Plan) -> float:
    return float(getattr(plan.solve, "target_power", None) or 0.0)


def _one_by_one(plan: Plan, rows: Axis, columns: Axis) -> Grid:
    """Questions without an array form, cell by cell."""
    cells = [[size(vary(vary(plan, rows.assumption, row), columns.assumption, column)) for column in columns.values] for row in rows.values]
    return Grid(
        np.array([[int(cell.n_evaluable or 0) for cell in row] for row in cells], dtype=np.int64),
        np.array([[int(cell.n_randomised or 0) for cell in row] for row in cells], dtype=np.int64),
    )
