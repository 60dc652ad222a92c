"""A second opinion: what statsmodels' power classes say to the same question."""

import warnings
from math import isnan
from typing import Any

from trials.sizing.answer import Answer
from trials.sizing.noun import Noun
from trials.sizing.plan import Plan
from trials.sizing.question import NonInferiority, Superiority

AGREES_WITHIN = 1e-6
MOST_STEPS = 200


class Witness(Noun):
    """statsmodels' own figures beside ours; `difference` is its power minus ours."""

    method: str
    power: float | None
    n_evaluable: int | float | None
    agrees: bool
    difference: float | None
    note: str


def witness(plan: Plan, answer: Answer) -> Witness | None:
    """statsmodels' power for the answer's n, and the n it would have chosen.

    Returns
    -------
    Witness or None
        None where statsmodels has no sound method: designs with more than two sequences or periods, equivalence, individual
        responses, loss by period, carry-over in the model.

    Notes
    -----
    AB/BA compares period differences between two groups, so `TTestIndPower` with effect 2·|difference|/difference_sd has its degrees
    of freedom, n − 2; `TTestPower` (n − 1) is the paired test without period effects; one period is `TTestIndPower` itself.
    """
    question, outcome = plan.question, plan.outcome
    if not isinstance(question, Superiority | NonInferiority) or not _sound(plan) or answer.n_per_sequence is None or answer.power is None:
        return None
    if plan.solve.find not in {"n", "power"}:
        return None
    distance = question.distances(outcome)[0]
    sides = plan.analysis.sides or 1
    alpha = plan.analysis.alpha or 0.05
    first, second = (float(n) for n in answer.n_per_sequence)
    if plan.analysis.degrees_of_freedom == "paired":
        method, effect = "TTestPower", distance / (2.0**0.5 * outcome.residual_sd)
    elif plan.design.n_periods == 1:
        method, effect = "TTestIndPower", distance / outcome.residual_sd
    else:
        # 2·d/difference_sd: between the sequences the mean period differences lie 2·d apart, each with SD difference_sd
        method, effect = "TTestIndPower", 2.0 * distance / (2.0**0.5 * outcome.residual_sd)
    note: list[str] = []

    def power(n: float) -> float:
        scale = n / (first + second)
        return _power(method, effect, first * scale, second * scale, alpha, sides, note)

    theirs = power(first + second)
    found = _their_n(power, plan, answer) if plan.solve.find == "n" else None
    difference = theirs - answer.power
    agrees = abs(difference) <= AGREES_WITHIN and (found is None or found == answer.n_evaluable)
    said = f"{method}({'' if method == 'TTestPower' else 'between sequences, '}effect size {abs(effect):.6g})"
    return Witness(
        method=f"statsmodels {said}",
        power=theirs,
        n_evaluable=found,
        agrees=agrees,
        difference=difference,
        note=" ".join(dict.fromkeys(note)),
    )


def _sound(plan: Plan) -> bool:
    analysis, outcome, sequences = plan.analysis, plan.outcome, plan.design.sequences
    ab_ba = (
        len(sequences) == 2 and plan.design.n_periods <= 2 and sequences[0] == sequences[1][::-1]
        if plan.design.n_periods == 2
        else len(sequences) == 2
    )
    return (
        ab_ba
        and plan.design.n_periods <= 2
        and len(plan.design.letters) == 2
        and not analysis.adjust_for_carryover
        and analysis.sequence_effects
        and analysis.estimator == "within_subject"
        and outcome.individual_response_sd == 0
        and outcome.autocorrelation == 0
        and plan.attrition.observed_by_period is None
    )


def _power(method: str, effect: float, first: float, second: float, alpha: float, sides: int, note: list[str]) -> float:
    """statsmodels' own power; where its two-sided figure is not a number, its upper tail, and a note."""
    from statsmodels.stats.power import TTestIndPower, TTestPower

    size = abs(effect) if sides == 2 else effect

    def ask(alternative: str, level: float) -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if method == "TTestPower":
                return float(TTestPower().power(size, first + second, level, alternative=alternative))
            return float(TTestIndPower().power(size, first, level, ratio=second / first, alternative=alternative))

    found = ask("two-sided" if sides == 2 else "larger", alpha)
    if isnan(found) and sides == 2:
        note.append(
            "statsmodels' two-sided power is not a number here, because the lower tail of the noncentral t fails where power is near 1; its upper tail is shown."
        )
        found = ask("larger", alpha / 2.0)
    if isnan(found):
        note.append("statsmodels gives no number here; the power is beyond what its noncentral t can tell from 0.")
        found = 0.0
    return found


def _their_n(power: Any, plan: Plan, answer: Answer) -> int | float | None:
    """The n at which statsmodels' power first reaches the target, looking up and down from ours in whole units."""
    unit, n = sum(plan.design.unit), answer.n_evaluable
    target = getattr(plan.solve, "target_power", None)
    if n is None or target is None:
        return None
    least = max(3, unit)
    for _ in range(MOST_STEPS):
        if power(n) < target:
            n += unit
        elif n - unit >= least and power(n - unit) >= target:
            n -= unit
        else:
            return n
    return None
