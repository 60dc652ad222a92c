"""Power against n: for the values of an assumption, or for each of several questions."""

from typing import Any

import numpy as np

from trials.sizing.asked import asked
from trials.sizing.noun import Noun
from trials.sizing.plan import Plan
from trials.sizing.several.plan import JointPlan, verb_at_n
from trials.sizing.size import information_for


class QuestionCurve(Noun):
    """Power of one of several questions at each n."""

    name: str
    power: tuple[float, ...]
    target_power: float | None


class QuestionCurves(Noun):
    """Power of every question that has one, against the n that they share."""

    n_evaluable: tuple[float, ...]
    curves: tuple[QuestionCurve, ...]
    n_evaluable_planned: float


def share_kept(plan: Plan | JointPlan) -> float:
    """The share of those whom the power rests on that gives all periods."""
    return plan.attrition.share_with_all_periods if plan.attrition.lost_before_period is not None else 1.0


def people_around(plan: Plan | JointPlan, planned: float, smallest_n: float, points: int) -> Any:
    """Whole steps from the smallest trial to twice the planned one."""
    unit = sum(plan.design.unit)
    least = max(unit, int(-(-smallest_n // unit)) * unit)
    most = max(2.0 * planned, least + 10.0 * unit)
    step = max(unit, int(-(-(most - least) / points // unit)) * unit)
    return np.arange(least, most + step, step, dtype=float)


def curves_of_questions(plan: JointPlan, n_evaluable: float) -> QuestionCurves | None:
    cases = [(one, each, asked(each), information_for(each)) for one, each in zip(plan.questions, plan.plans(), strict=True)]
    cases = [case for case in cases if verb_at_n(case[2]) == "power" and case[2].reason(case[3]) is None]
    if not cases:
        return None
    kept = share_kept(plan)
    points = min(question.curve_points for _, _, question, _ in cases)
    n = people_around(plan, n_evaluable / kept, max(question.smallest_n(known) for _, _, question, known in cases), points)
    return QuestionCurves(
        n_evaluable=tuple((n * kept).tolist()),
        curves=tuple(
            QuestionCurve(
                name=one.name,
                power=tuple(np.clip(np.nan_to_num(question.powers(known, n)), 0.0, 1.0).tolist()),
                target_power=getattr(each.solve, "target_power", None),
            )
            for one, each, question, known in cases
        ),
        n_evaluable_planned=n_evaluable,
    )
