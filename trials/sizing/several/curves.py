"""Power against n: for the values of an assumption, or for each of several questions."""

import numpy as np

from trials.sizing.asked import asked
from trials.sizing.noun import Noun
from trials.sizing.people import people_around, share_kept
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
