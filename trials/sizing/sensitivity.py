"""What the answer would be if the assumptions were a little different: curves, a grid, loss, and what else the trial can tell."""

from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from trials.sizing.answer import Answer
from trials.sizing.asked import asked
from trials.sizing.attrition import inflate
from trials.sizing.grid import Axis, n_grid, vary
from trials.sizing.nearby import Values, around, nice_step, within
from trials.sizing.noun import Noun, plain
from trials.sizing.outcome import LogOutcome
from trials.sizing.people import people_around, share_kept
from trials.sizing.plan import Plan
from trials.sizing.question import DoseResponseShapes, PairwiseQuestion, Precision
from trials.sizing.question.assured import Assured
from trials.sizing.question.group_sequential import GroupSequential
from trials.sizing.question.re_estimated import ReEstimated
from trials.sizing.several.curves import QuestionCurves, curves_of_questions
from trials.sizing.several.plan import JointPlan
from trials.sizing.shapes import DoseShapes
from trials.sizing.size import information_for, size
from trials.sizing.solve import ForHalfWidth, ForMeanDifference, ForMeanRatio, ForN
from trials.sizing.stress import StressTest, stress
from trials.sizing.trade_off import CyclesTradeOff, cycles_trade_off

if TYPE_CHECKING:
    from trials.sizing.several.answer import JointAnswer

LOSSES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)


class Curve(Noun):
    """Power at each n of the power curve, for one value of an assumption."""

    assumption: str
    value: float
    planned: bool
    power: tuple[float, ...]


class PowerCurve(Noun):
    n_evaluable: tuple[float, ...]
    curves: tuple[Curve, ...]
    target_power: float | None
    n_evaluable_planned: float | None


class AssuranceCurve(Noun):
    """Assurance at each n, the power at the planned values beside it, and what the assurance approaches."""

    n_evaluable: tuple[float, ...]
    assurance: tuple[float, ...]
    power: tuple[float, ...]
    assurance_ceiling: float
    target_assurance: float | None
    n_evaluable_planned: float | None


class SensitivityTable(Noun):
    """n for pairs of assumptions; None where none is enough. `planned` is the row and column of the plan itself."""

    rows: Values
    columns: Values
    n_evaluable: tuple[tuple[int | None, ...], ...]
    n_randomised: tuple[tuple[int | None, ...], ...]
    planned: tuple[int, int]


class Loss(Noun):
    """People to randomise for each dropout rate so that the answer's n_evaluable remain."""

    dropout_rate: tuple[float, ...]
    n_randomised: tuple[int, ...]
    planned: int


class Exploration(Noun):
    """What is shown beside an answer; parts that the plan has no use for are None."""

    power_curve: PowerCurve | None = None
    assurance_curve: AssuranceCurve | None = None
    sensitivity: SensitivityTable | None = None
    loss: Loss | None = None
    detectable_difference: float | None = None
    half_width: float | None = None
    confidence_level: float | None = None
    readings: tuple[str, ...] = ()
    dose_shapes: DoseShapes | None = None
    stress: StressTest | None = None
    cycles_trade_off: CyclesTradeOff | None = None
    question_curves: QuestionCurves | None = None


def explore(plan: Plan | JointPlan, answer: "Answer | JointAnswer") -> Exploration:
    """Curves, grid, loss, readings and stress test around an answer; the power of each question where there are several.

    Parameters
    ----------
    plan : Plan or JointPlan
    answer : Answer or JointAnswer
        What `size` found for it.

    Returns
    -------
    Exploration
        Empty where the answer is a reason, but for other numbers of cycles, which may have one.
    """
    if isinstance(plan, JointPlan):
        if answer.n_evaluable is None:
            return Exploration()
        return Exploration(question_curves=curves_of_questions(plan, float(answer.n_evaluable)), loss=_loss(plan, answer))
    if not isinstance(answer, Answer):
        raise TypeError(type(answer).__name__)
    plan = answer.plan if plan.solve.find == "cycles" else plan.settled()  # with the cycles that were found
    if answer.reason is not None or answer.n_evaluable is None:
        return Exploration(cycles_trade_off=cycles_trade_off(plan, answer))
    table = _table(plan)
    detectable = _detectable(plan, answer)
    width = _half_width(plan, answer)
    return Exploration(
        power_curve=_power_curve(plan, answer),
        assurance_curve=_assurance_curve(plan, answer),
        sensitivity=table,
        loss=_loss(plan, answer),
        detectable_difference=detectable,
        half_width=width.half_width if width else None,
        confidence_level=width.confidence_level if width else None,
        readings=_readings(plan, answer, table),
        dose_shapes=question.curves() if isinstance(question := asked(plan), DoseResponseShapes) else None,
        stress=stress(plan, answer),
        cycles_trade_off=cycles_trade_off(plan, answer),
    )


def _power_curve(plan: Plan, answer: Answer) -> PowerCurve | None:
    question = asked(plan)
    chosen = question.uncertain(plan)
    if chosen is None or answer.power is None or answer.n_evaluable is None:
        return None
    name, value = chosen
    kept = share_kept(plan)
    known = information_for(plan)
    n = people_around(plan, answer.n_evaluable / kept, question.smallest_n(known), question.curve_points)
    low, _, high = within(_three(value), value, *question.bounds(plan, name))
    curves = []
    for one in (low, value, high):
        varied = plan if one == value else vary(plan, name, one)
        seen = information_for(varied)
        power = np.clip(np.nan_to_num(asked(varied).powers(seen, n)), 0.0, 1.0)
        curves.append(Curve(assumption=name, value=one, planned=one == value, power=tuple(power.tolist())))
    return PowerCurve(
        n_evaluable=tuple((n * kept).tolist()),
        curves=tuple(curves),
        target_power=getattr(plan.solve, "target_power", None),
        n_evaluable_planned=float(answer.n_evaluable),
    )


def _assurance_curve(plan: Plan, answer: Answer) -> AssuranceCurve | None:
    question = asked(plan)
    if not isinstance(question, Assured) or answer.n_evaluable is None:
        return None
    known, kept = information_for(plan), share_kept(plan)
    n = people_around(plan, answer.n_evaluable / kept, question.smallest_n(known), question.curve_points)
    return AssuranceCurve(
        n_evaluable=tuple((n * kept).tolist()),
        assurance=tuple(np.clip(question.attained(known, n), 0.0, 1.0).tolist()),
        power=tuple(np.clip(np.nan_to_num(question.powers(known, n)), 0.0, 1.0).tolist()),
        assurance_ceiling=question.ceiling(known),
        target_assurance=getattr(plan.solve, "target_assurance", None),
        n_evaluable_planned=float(answer.n_evaluable),
    )


def _three(value: float) -> tuple[float, float, float]:
    low, middle, high = around(value, nice_step(value * 0.25), 1, 1)
    return low, middle, high


def _table(plan: Plan) -> SensitivityTable | None:
    question = asked(plan)
    chosen, effect = question.uncertain(plan), question.effect_around(plan)
    if not isinstance(plan.solve, ForN) or not question.has_table or chosen is None or effect is None:
        return None
    name, value = chosen
    planned_value = getattr(plan.outcome, effect[0], None)  # an effect may stand in the outcome
    planned_value = question.planned(effect[0]) if planned_value is None else planned_value
    columns = Values(assumption=effect[0], values=within(effect[1], planned_value, *question.bounds(plan, effect[0])))
    least = plan.continuous.individual_response_sd if name == "difference_sd" else 0.0
    rows = around(value, nice_step(value * 0.125), 2, 2)
    if rows[0] <= least:
        rows = tuple(value * factor if factor != 1 else value for factor in (0.9, 0.95, 1.0, 1.125, 1.25))
    rows = within(rows, value, *question.bounds(plan, name))
    grid = n_grid(plan, Axis(name, rows), Axis(columns.assumption, columns.values))
    return SensitivityTable(
        rows=Values(assumption=name, values=rows),
        columns=columns,
        n_evaluable=tuple(tuple(int(n) or None for n in row) for row in grid.n_evaluable),
        n_randomised=tuple(tuple(int(n) or None for n in row) for row in grid.n_randomised),
        planned=(2, columns.values.index(planned_value)),
    )


def _loss(plan: Plan | JointPlan, answer: "Answer | JointAnswer") -> Loss | None:
    if plan.attrition.lost_before_period is not None or not isinstance(plan.solve, ForN) or answer.n_evaluable is None:
        return None
    planned = plan.attrition.dropout_rate or 0.0
    rates = tuple(sorted({*LOSSES, planned}))
    unit = sum(plan.design.unit)
    return Loss(
        dropout_rate=rates, n_randomised=tuple(inflate(answer.n_evaluable, rate, unit) for rate in rates), planned=rates.index(planned)
    )


def _detectable(plan: Plan, answer: Answer) -> float | None:
    """The smallest difference (ratio) that this n can show with the target power; for equivalence the largest it can stand."""
    question, target = plan.question, getattr(plan.solve, "target_power", None)
    if asked(plan) is not question:  # the fixed test's own verbs say nothing of one that is looked at on the way
        return None
    if not isinstance(question, PairwiseQuestion) or isinstance(question, Precision) or target is None:
        return None
    verb = ForMeanRatio if isinstance(plan.outcome, LogOutcome) else ForMeanDifference
    name = "mean_ratio" if isinstance(plan.outcome, LogOutcome) else "mean_difference"
    wanted: dict[str, Any] = {"find": name, "target_power": target, **_same_people(plan, answer)}
    found = size(plan.model_copy(update={"solve": verb.model_construct(None, **wanted)}))
    value = getattr(found, name)
    return None if value is None else abs(float(value)) if name == "mean_difference" else float(value)


def _same_people(plan: Plan, answer: Answer) -> dict[str, Any]:
    """The people whom the answer's power rests on."""
    split = getattr(plan.solve, "n_per_sequence", None)
    if split is not None:
        return {"n_per_sequence": split}
    if plan.attrition.lost_before_period is not None:
        return {"n_randomised": answer.n_randomised}
    return {"n_evaluable": answer.n_evaluable}


def _half_width(plan: Plan, answer: Answer) -> Answer | None:
    if not isinstance(plan.question, PairwiseQuestion) or isinstance(asked(plan), GroupSequential | ReEstimated):
        return None
    found = size(plan.model_copy(update={"solve": ForHalfWidth.model_construct(find="half_width", **_same_people(plan, answer))}))
    # a level that rounds to 1 has no interval
    return found if found.half_width is not None and isfinite(found.half_width) and (found.confidence_level or 0.0) < 1.0 else None


def _readings(plan: Plan, answer: Answer, table: SensitivityTable | None) -> tuple[str, ...]:
    """What the grid says, in sentences."""
    if table is None or answer.n_evaluable is None:
        return ()
    row, column = table.planned
    label = _called(table.rows.assumption)
    found = []
    higher = table.n_evaluable[row + 2][column]
    if higher is not None:
        found.append(
            f"If the {label} were {plain(table.rows.values[row + 2])} instead of {plain(table.rows.values[row])}, {higher} evaluable participants would be needed instead of {plain(answer.n_evaluable)}."
        )
    if column > 0 and (other := table.n_evaluable[row][column - 1]) is not None:
        effect = _called(table.columns.assumption)
        found.append(
            f"If the {effect} were {plain(table.columns.values[column - 1])} instead of {plain(table.columns.values[column])}, {other} evaluable participants would be needed."
        )
    return tuple(found)


SAID = {
    "difference_sd": "SD of the within-person difference",
    "treatment_only": "share who respond only on the treatment",
    "comparator_only": "share who respond only on the comparator",
    "probability_treatment": "share who respond on the treatment",
    "probability_comparator": "share who respond on the comparator",
    "rate_comparator": "rate on the comparator",
}


def _called(assumption: str) -> str:
    """An assumption as it is called in a sentence."""
    spelled = assumption.replace("_subject_", "-subject ").replace("_", " ").replace(" sd", " SD").replace(" cv", " CV")
    return SAID.get(assumption, spelled)
