"""A second opinion: what statsmodels' power classes say to the same question."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from typing import Any

from trials.sizing.answer import Answer
from trials.sizing.asked import asked
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
        None where statsmodels has no sound method: equivalence, omnibus, precision, individual responses, autocorrelation, loss by
        period, and models without sequence effects.

    Notes
    -----
    AB/BA compares period differences between two groups, so `TTestIndPower` with effect 2·|difference|/difference_sd has its degrees
    of freedom, n − 2; `TTestPower` (n − 1) is the paired test without period effects; one period is `TTestIndPower` itself. An n-of-1 series
    is its `ttest_power` of people's mean differences, with n − 1 degrees of freedom or, for these people alone, n(cycles − 1). For every
    other design a least-squares fit by statsmodels (`WLS` on the design's own rows, subjects swept out) gives variance and degrees of
    freedom, and its `ttest_power` the power.
    """
    if not _is_asked(plan, answer):
        return None
    plan = answer.plan if plan.solve.find == "cycles" else plan  # with the cycles that were found
    if plan.design.is_n_of_1:
        opinion = _series(plan)
    else:
        opinion = _two_groups(plan, answer) if _compares_two_groups(plan) else _regression(plan, answer)
    n = float(sum(answer.n_per_sequence or (answer.n_evaluable or 0,)))
    theirs = opinion.power(n)
    found = _their_n(opinion.power, plan, answer) if plan.solve.find == "n" else None
    difference = theirs - (answer.power or 0.0)
    return Witness(
        method=f"statsmodels {opinion.said}",
        power=theirs,
        n_evaluable=found,
        agrees=abs(difference) <= AGREES_WITHIN and (found is None or found == answer.n_evaluable),
        difference=difference,
        note=" ".join(dict.fromkeys(opinion.note)),
    )


@dataclass(frozen=True)
class Opinion:
    """A way to ask statsmodels: the power with n people, what was asked in words, and what has to be remarked."""

    power: Callable[[float], float]
    said: str
    note: list[str]


def _is_asked(plan: Plan, answer: Answer) -> bool:
    analysis = plan.analysis
    if not isinstance(plan.question, Superiority | NonInferiority) or asked(plan) is not plan.question:
        return False
    outcome = plan.continuous
    if plan.design.is_n_of_1:
        return plan.solve.find in {"n", "power", "cycles"} and answer.power is not None and outcome.autocorrelation == 0
    return (
        plan.solve.find in {"n", "power"}
        and answer.n_per_sequence is not None
        and answer.power is not None
        and analysis.sequence_effects
        and analysis.estimator == "within_subject"
        and outcome.individual_response_sd == 0
        and outcome.autocorrelation == 0
        and plan.attrition.observed_by_period is None
    )


def _compares_two_groups(plan: Plan) -> bool:
    """AB/BA and two parallel groups, where one value a person is compared between two groups."""
    sequences = plan.design.sequences
    if len(sequences) != 2 or len(plan.design.letters) != 2 or plan.analysis.adjust_for_carryover:
        return False
    return plan.design.n_periods == 1 or (plan.design.n_periods == 2 and sequences[0] == sequences[1][::-1])


def _two_groups(plan: Plan, answer: Answer) -> Opinion:
    distance, residual_sd = _distance(plan), plan.continuous.residual_sd
    first, second = (float(n) for n in answer.n_per_sequence or ())
    is_paired = plan.analysis.degrees_of_freedom == "paired"
    if is_paired:
        effect = distance / (2.0**0.5 * residual_sd)
    elif plan.design.n_periods == 1:
        effect = distance / residual_sd
    else:
        # 2·d/difference_sd: between the sequences the mean period differences lie 2·d apart, each with SD difference_sd
        effect = 2.0 * distance / (2.0**0.5 * residual_sd)
    note: list[str] = []

    def power(n: float) -> float:
        from statsmodels.stats.power import TTestIndPower, TTestPower

        def ask(size: float, alpha: float, alternative: str) -> float:
            if is_paired:
                return float(TTestPower().power(size, n, alpha, alternative=alternative))
            return float(TTestIndPower().power(size, n * first / (first + second), alpha, ratio=second / first, alternative=alternative))

        return _settled(ask, effect, plan, note)

    name = "TTestPower(" if is_paired else "TTestIndPower(between sequences, "
    return Opinion(power, f"{name}effect size {abs(effect):.6g})", note)


def _series(plan: Plan) -> Opinion:
    """People's mean differences over their cycles as one sample."""
    outcome, cycles = plan.continuous, plan.design.cycles or 1
    is_fixed = plan.analysis.people == "fixed"
    between = 0.0 if is_fixed else outcome.individual_response_sd**2
    effect = _distance(plan) / (between + 2.0 * outcome.residual_sd**2 / cycles) ** 0.5
    note: list[str] = []

    def power(n: float) -> float:
        from statsmodels.stats.power import ttest_power

        freedom = n * (cycles - 1) if is_fixed else n - 1
        if freedom < 1:
            return 0.0
        return _settled(lambda size, alpha, side: float(ttest_power(size, n, alpha, df=freedom, alternative=side)), effect, plan, note)

    return Opinion(power, f"ttest_power(one mean difference a person, effect size {abs(effect):.6g})", note)


def _regression(plan: Plan, answer: Answer) -> Opinion:
    people = tuple(float(n) for n in answer.n_per_sequence or ())
    total, periods = sum(people), plan.design.n_periods
    variance, rank = _least_squares(plan, people)
    effect = _distance(plan) / (variance * total) ** 0.5
    note: list[str] = []

    def freedom(n: float) -> float:
        return n - len(people) if plan.analysis.degrees_of_freedom == "robust" else n * (periods - 1) - rank

    def power(n: float) -> float:
        from statsmodels.stats.power import ttest_power

        if freedom(n) < 1:
            return 0.0
        return _settled(
            lambda size, alpha, alternative: float(ttest_power(size, n, alpha, df=freedom(n), alternative=alternative)), effect, plan, note
        )

    return Opinion(power, f"WLS and ttest_power(effect size {abs(effect):.6g}, df {freedom(total):g})", note)


def _least_squares(plan: Plan, people: tuple[float, ...]) -> tuple[float, int]:
    """Variance of the estimate and rank of the model beside the subjects, from statsmodels' fit to the rows of the design."""
    import numpy as np
    from statsmodels.regression.linear_model import WLS

    letters, periods = plan.design.letters, plan.design.n_periods
    rows: list[list[float]] = []
    for sequence in plan.design.sequences:
        before = " " + sequence[:-1]
        columns = [[float(given == letter) for given in sequence] for letter in letters]
        columns += [[float(at == period) for at in range(periods)] for period in range(periods)]
        if plan.analysis.adjust_for_carryover:
            columns += [[float(given == letter) for given in before] for letter in letters]
        block = np.array(columns).T
        rows += (block - block.mean(axis=0)).tolist()
    weights = np.repeat(people, periods)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nothing is fitted to data here, only the design's matrix is asked for
        fitted = WLS(np.zeros(len(rows)), np.array(rows), weights=weights).fit()
    question = plan.question
    contrast = np.zeros(len(rows[0]))
    contrast[letters.index(question.treatment)], contrast[letters.index(question.comparator)] = 1.0, -1.0  # type: ignore[union-attr]  # two treatments are compared
    variance = float(contrast @ fitted.model.normalized_cov_params @ contrast) * plan.continuous.residual_sd**2
    return variance, round(fitted.model.rank)


def _distance(plan: Plan) -> float:
    question = plan.question
    if not isinstance(question, Superiority | NonInferiority):
        raise TypeError(question.kind)
    return question.distances(plan.continuous)[0]


def _settled(ask: Callable[[float, float, str], float], effect: float, plan: Plan, note: list[str]) -> float:
    """statsmodels' own power; where its two-sided figure is not a number, its upper tail, and a note."""
    sides, alpha = plan.analysis.sides or 1, plan.analysis.alpha or 0.05
    size = abs(effect) if sides == 2 else effect
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = ask(size, alpha, "two-sided" if sides == 2 else "larger")
        if isnan(found) and sides == 2:
            note.append(
                "statsmodels' two-sided power is not a number here, because the lower tail of the noncentral t fails where power is near 1; its upper tail is shown."
            )
            found = ask(size, alpha / 2.0, "larger")
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
    least = max(1 if plan.design.is_n_of_1 else 3, unit)
    for _ in range(MOST_STEPS):
        if power(n) < target:
            n += unit
        elif n - unit >= least and power(n - unit) >= target:
            n -= unit
        else:
            return n
    return None
