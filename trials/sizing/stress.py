"""The stress test: what power the planned n keeps when the assumptions were too kind."""

from itertools import product
from math import sqrt
from typing import Any

import numpy as np
from pydantic import computed_field
from scipy import stats

from trials.sizing.answer import Answer
from trials.sizing.asked import asked
from trials.sizing.information import Information
from trials.sizing.noun import Noun
from trials.sizing.plan import Plan
from trials.sizing.question import PairwiseQuestion, Precision
from trials.sizing.question.group_sequential import GroupSequential
from trials.sizing.question.re_estimated import ReEstimated
from trials.sizing.size import information_for

CARRYOVER = (0.0, 0.1, 0.25, 0.5)
MOST_SPLITS = 6_000  # shared among the sequences, because each split takes time in proportion to them
SEED = 1


class Stress(Noun):
    """One assumption that fails, by how much, and the power that the planned n then has."""

    assumption: str
    change: float
    power: float

    @computed_field  # type: ignore[prop-decorator]  # pydantic reads the property
    @property
    def in_words(self) -> str:
        """What fails, such as "SD 20 % larger" or "25 % of the effect carries over"."""
        by = f"{abs(self.change):.0%}".replace("%", "\N{NO-BREAK SPACE}%")
        if self.assumption == "carryover_of_treatment":
            return f"{by} of the effect carries over" if self.change else "nothing carries over"
        if not self.change:
            return self.assumption
        return f"{self.assumption.replace('standard_deviation', 'SD')} {by} {'larger' if self.change > 0 else 'smaller'}"


class RandomDropout(Noun):
    """What chance does to the number of people who stay: each leaves with probability `dropout_rate`.

    `draws` is 0 where every split was enumerated, else the number of splits drawn (with seed 1).
    """

    expected_power: float
    probability_of_target: float | None
    draws: int


class StressTest(Noun):
    rows: tuple[Stress, ...]
    random_dropout: RandomDropout | None


def stress(plan: Plan, answer: Answer) -> StressTest | None:
    """Power of the planned n with SD ±20 %, a difference 20 % smaller, carry-over of 0–50 % of the effect left out of the model, and random dropout.

    Parameters
    ----------
    plan : Plan
    answer : Answer
        What `size` found for it; it tells n.

    Returns
    -------
    StressTest or None
        None where the answer has no n or the question no power.

    Notes
    -----
    Carry-over of the treatment alone: its effect in the period after it, as a share of the assumed difference. An n is enough on
    average over random dropout or not; `probability_of_target` says how often the people who stay are enough.
    """
    plan = answer.plan if plan.solve.find == "cycles" else plan  # with the cycles that were found
    question, around = plan.question, asked(plan)
    if answer.power is None or answer.n_evaluable is None or not isinstance(question, PairwiseQuestion) or isinstance(question, Precision):
        return None
    if isinstance(around, ReEstimated):
        return None  # the power of a trial whose n may change is simulated for one truth, said in the plan
    known = information_for(plan)
    n = float((answer.n_randomised if plan.attrition.lost_before_period is not None else answer.n_evaluable) or 0.0)
    contrast = known.contrast(question.weights)
    se, df = sqrt(contrast.variance / n), contrast.degrees_of_freedom.at(n)

    def power(effect: float, factor: float = 1.0) -> float:
        distances = question.with_effect(effect, plan.outcome).distances(plan.continuous)
        if isinstance(around, GroupSequential):
            return around.power_with(plan, distances, se * factor)
        return float(question.power_from(distances, se * factor, df, plan.analysis.alpha, plan.analysis.sides or 1))

    rows = [Stress(assumption="as planned", change=0.0, power=power(question.effect))]
    rows += [Stress(assumption="standard_deviation", change=change, power=power(question.effect, 1.0 + change)) for change in (-0.2, 0.2)]
    if question.effect:
        rows.append(Stress(assumption="difference", change=-0.2, power=power(0.8 * question.effect)))
    if plan.design.n_periods > 1 and question.effect:
        for share in CARRYOVER:
            bias = known.carryover_bias(question.weights, {question.treatment: share * question.effect})
            rows.append(Stress(assumption="carryover_of_treatment", change=share, power=power(question.effect + bias)))
    return StressTest(rows=tuple(rows), random_dropout=_random_dropout(plan, answer, known))


def _random_dropout(plan: Plan, answer: Answer, known: Information) -> RandomDropout | None:
    rate, started = plan.attrition.dropout_rate, answer.n_randomised_per_sequence
    if plan.design.is_n_of_1 and answer.n_randomised is not None:
        started = (answer.n_randomised,)
    if not rate or started is None:
        return None
    counts = [round(n) for n in started]
    most = MOST_SPLITS // len(counts)
    ranges = [range(int(stats.binom.ppf(1e-8, n, 1 - rate)), int(stats.binom.ppf(1 - 1e-8, n, 1 - rate)) + 1) for n in counts]
    if np.prod([float(len(one)) for one in ranges]) <= most:
        splits = list(product(*ranges))
        by_sequence = [stats.binom.pmf(np.array(stayed), n, 1 - rate) for stayed, n in zip(ranges, counts, strict=True)]
        chances = np.prod(np.meshgrid(*by_sequence, indexing="ij"), axis=0).ravel()
        draws = 0
    else:
        rng = np.random.default_rng(SEED)
        draws = most
        drawn, times = np.unique(rng.binomial(counts, 1 - rate, size=(draws, len(counts))), axis=0, return_counts=True)
        splits, chances = [tuple(row) for row in drawn.tolist()], times / draws
    powers = np.array([_power_of_split(plan, split) for split in splits])
    target = getattr(plan.solve, "target_power", None)
    chances = chances / chances.sum()
    return RandomDropout(
        expected_power=min(1.0, float(powers @ chances)),
        probability_of_target=None if target is None else min(1.0, float(chances[powers >= target].sum())),
        draws=draws,
    )


def _power_of_split(plan: Plan, split: tuple[Any, ...]) -> float:
    """Power when so many stay in each sequence; none where a sequence is empty, or nothing or no test is left."""
    if min(split) < 1:
        return 0.0
    varied = plan.model_copy(update={"design": plan.design.model_copy(update={"allocation": split}), "solve": plan.solve})
    known = information_for(varied)
    n = float(sum(split))
    if plan.question.reason(known) is not None or plan.question.smallest_n(known) > n:
        return 0.0
    wrapped = asked(plan)
    return float(wrapped.power(known, n)) if wrapped.smallest_n(known) <= n else 0.0
