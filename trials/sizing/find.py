"""What each verb finds for a given number of people: power, difference, SD or half-width."""

from collections.abc import Callable
from math import exp, log
from typing import Any

from trials.sizing.asked import asked
from trials.sizing.cycles import cycles
from trials.sizing.fits import MOST_TIMES
from trials.sizing.information import Information, information
from trials.sizing.laws.power import expected_half_width
from trials.sizing.laws.search import halve
from trials.sizing.noun import plain
from trials.sizing.outcome import LogOutcome
from trials.sizing.plan import Plan
from trials.sizing.question import Equivalence, PairwiseQuestion, Precision
from trials.sizing.question.pairwise import DirectedQuestion

Figures = dict[str, Any]
LARGEST_STEP = 1e12
# e^14 is a million: an SD a million times smaller or larger than the difference is as good as none, or as no information
SD_REACH = 14.0
LARGEST_LOG_SD = log(20.0)  # beyond, the coefficient of variation leaves the range of floating point


def power(plan: Plan, known: Information, n: float) -> Figures:
    """Power with n people, and what it rests on."""
    return asked(plan).figures(known, n)


def mean_difference(plan: Plan, known: Information, n: float) -> Figures:
    """The difference nearest to the boundary (for equivalence, furthest from the middle) that still reaches the target power."""
    question, target, sign = _pairwise(plan), _target(plan), _sign(plan)

    def reached(effect: float) -> bool:
        return bool(question.with_effect(effect, plan.continuous).power(known, n) >= target)

    if isinstance(question, Equivalence):
        lower, upper = question.limits(plan.continuous)
        middle = (lower + upper) / 2.0
        if not reached(middle):
            most = float(question.with_effect(middle, plan.continuous).power(known, n))
            reason = f"With {plain(n)} people the power to show equivalence is {plain(round(most, 4))} at most, where the truth lies in the middle of the limits. Add people."
            return {"reason": reason, "maximum_attainable": most}
        effect = sign * halve(lambda size: reached(sign * size), sign * middle, upper if sign > 0 else -lower)
    else:
        se = (known.contrast(question.weights).variance / n) ** 0.5
        boundary = question.boundary(plan.continuous) if isinstance(question, DirectedQuestion) else 0.0
        effect = boundary + sign * _smallest(lambda size: reached(boundary + sign * size), se, two_sided=plan.analysis.sides == 2)
    name, value = ("mean_ratio", exp(min(effect, 700.0))) if isinstance(plan.outcome, LogOutcome) else ("mean_difference", effect)
    return {name: value, **question.with_effect(effect, plan.continuous).figures(known, n)}


def within_subject_sd(plan: Plan, known: Information, n: float) -> Figures:
    """The largest residual SD at which the power still reaches the target; all other SDs stay as planned."""
    question, outcome, target = _pairwise(plan), plan.continuous, _target(plan)
    distance = max(1e-9, *(abs(one) for one in question.distances(outcome)))

    def with_sd(log_sd: float) -> Information:
        return information(known.design, outcome.with_residual_sd(exp(log_sd)), plan.analysis, plan.attrition)

    def reached(log_sd: float) -> bool:
        seen = with_sd(log_sd)
        return question.reason(seen) is None and bool(question.power(seen, n) >= target)

    low, high = log(distance) - SD_REACH, log(distance) + SD_REACH
    largest = max(outcome.individual_response_sd, outcome.between_people_sd or 0.0)
    if largest > 0:
        low = min(max(low, log(largest / MOST_TIMES)), high)
    if isinstance(outcome, LogOutcome):
        high = min(high, LARGEST_LOG_SD)
    if not reached(low):
        most = float(question.power(with_sd(low), n)) if question.reason(with_sd(low)) is None else 0.0
        reason = f"Even with hardly any variability within people the power with {plain(n)} people is {plain(round(most, 4))}, below {plain(target)}; the other assumptions limit it."
        return {"reason": reason, "maximum_attainable": most}
    name = outcome.residual_field
    if reached(high):
        return {"reason": f"Whatever {name} is, the power stays above {plain(target)}. Choose a target well above alpha."}
    found = with_sd(halve(reached, low, high))
    return {name: getattr(found.continuous, name), **question.figures(found, n)}


def half_width(plan: Plan, known: Information, n: float) -> Figures:
    """Expected half-width of the confidence interval of the difference."""
    question = _pairwise(plan)
    if isinstance(question, Precision):
        return {"confidence_level": question.confidence_level, **question.figures(known, n)}
    level, contrast = confidence_level(plan), known.contrast(question.weights)
    width = float(expected_half_width((contrast.variance / n) ** 0.5, contrast.degrees_of_freedom.at(n), level))
    figures = question.figures(known, n)
    if question.mean_difference is None and question.mean_ratio is None:
        del figures["power"]
    if isinstance(plan.outcome, LogOutcome):
        figures["ratio_half_width"] = exp(min(width, 700.0))
    return {**figures, "half_width": width, "confidence_level": level}


def confidence_level(plan: Plan) -> float:
    """The level of the interval that matches the test: 1 − alpha two-sided, 1 − 2·alpha one-sided."""
    alpha = plan.analysis.alpha or 0.05
    return 1.0 - alpha if plan.analysis.sides == 2 else 1.0 - 2.0 * alpha


FIND: dict[str, Callable[[Plan, Information, float], Figures]] = {
    "power": power,
    "mean_difference": mean_difference,
    "mean_ratio": mean_difference,
    "within_subject_sd": within_subject_sd,
    "within_subject_cv": within_subject_sd,
    "half_width": half_width,
    "cycles": cycles,
}


def _smallest(reached: Callable[[float], bool], se: float, *, two_sided: bool) -> float:
    """The smallest distance from the boundary that is enough; negative one-sided when the target is below alpha."""
    near = 0.0
    if two_sided and reached(0.0):
        return 0.0
    while not two_sided and reached(near) and near > -LARGEST_STEP * se:
        near = min(2.0 * near, -se)
    far = se
    while not reached(far) and far < LARGEST_STEP * se:
        far *= 2.0
    return -halve(lambda size: reached(-size), -far, -near)


def _pairwise(plan: Plan) -> PairwiseQuestion:
    """The plan's question, which fits() has let through only when it compares two treatments."""
    if not isinstance(plan.question, PairwiseQuestion):
        raise TypeError(plan.question.kind)
    return plan.question


def _target(plan: Plan) -> float:
    return float(getattr(plan.solve, "target_power", None) or 0.0)


def _sign(plan: Plan) -> float:
    """As `better`, else as the planned difference, else positive."""
    better = getattr(plan.question, "better", None)
    if better is not None:
        return 1.0 if better == "higher" else -1.0
    return -1.0 if _pairwise(plan).effect < 0 else 1.0
