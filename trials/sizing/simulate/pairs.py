"""Trials of two treatments with an outcome that is counted or ranked: each person's pair is made, and the planned test of pairs is run."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from trials.sizing.discrete import BinaryOutcome, CountOutcome, OrdinalOutcome
from trials.sizing.noun import Noun
from trials.sizing.plan import Plan
from trials.sizing.simulate.pair_tests import Decisions, by_sequence, mcnemar, rate_ratio, wilcoxon
from trials.sizing.simulate.setting import CannotSimulate, Setting
from trials.sizing.simulate.simulated import Expected
from trials.sizing.simulate.tally import Measures
from trials.sizing.simulate.ties import Differences

Sort = TypeVar("Sort", bound=Noun)
# people of each sequence who give both periods, in each trial: shape (trials,)
People = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True)
class Level:
    """Alpha, sides and the direction in which the treatment is better."""

    alpha: float
    sides: int
    direction: int = 1


class Pairs:
    """People give one period on the treatment and one on the comparator, some in this order and the others in the other."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.plan = setting, setting.plan
        question, analysis = self.plan.question, self.plan.analysis
        treatment, comparator = getattr(question, "treatment", "A"), getattr(question, "comparator", "B")
        orders = (treatment + comparator, comparator + treatment)
        if not set(self.plan.design.sequences) <= set(orders):
            message = f"Pairs are simulated in the design {'/'.join(orders)} alone, not in {self.plan.design.label}."
            raise CannotSimulate("design.sequences", message)
        self.places = [orders.index(sequence) for sequence in self.plan.design.sequences]
        direction = -1 if getattr(question, "better", None) == "lower" else 1
        self.level = Level(analysis.alpha or 0.05, analysis.sides or 2, direction)

    def measure(self, rng: np.random.Generator, trials: int) -> Measures:
        people = self._people(rng, trials)
        return {"shown": self.significant(rng, people), "tested": (people[0] + people[1]) > 0}

    def _people(self, rng: np.random.Generator, trials: int) -> People:
        """Who gives both periods; only pairs count."""
        setting, counts = self.setting, [np.zeros(trials, dtype=np.int64) for _ in range(2)]
        kept = self.plan.attrition.share_with_all_periods
        for place, started, staying in zip(self.places, setting.started, setting.staying, strict=True):
            counts[place] += rng.binomial(started, kept, size=trials) if setting.randomly_lost else staying
        return counts[0], counts[1]

    def significant(self, rng: np.random.Generator, people: People) -> Decisions:
        raise NotImplementedError

    def expected(self) -> tuple[Expected, ...]:
        return (Expected("shown", float(self.plan.question.power(self.setting.known, self.setting.n_counted)), share=True),)

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        return plan.model_copy(update={"outcome": plan.outcome.model_copy(update=cls.no_effect(plan))}) if plan.outcome else plan

    @classmethod
    def no_effect(cls, plan: Plan) -> dict[str, Any]:
        """What changes in the outcome when the treatments do not differ."""
        raise NotImplementedError

    def outcome(self, kind: type[Sort]) -> Sort:
        found = self.plan.outcome
        if not isinstance(found, kind):
            raise TypeError(type(found))
        return found


class BinaryPairs(Pairs):
    """Whether people respond on one treatment alone, by McNemar's test or one that allows for a period effect."""

    def significant(self, rng: np.random.Generator, people: People) -> Decisions:
        return binary_pairs(rng, people, self.outcome(BinaryOutcome).shares, self.plan.analysis.test or "mid_p", self.level)

    @classmethod
    def no_effect(cls, plan: Plan) -> dict[str, Any]:
        """As many people respond on one treatment alone, half of them on either."""
        half = sum(plan.outcome.shares) / 2.0 if isinstance(plan.outcome, BinaryOutcome) else 0.0
        rest = dict.fromkeys(("probability_treatment", "probability_comparator", "within_subject_correlation"))
        return {"treatment_only": half, "comparator_only": half, **rest}


def binary_pairs(rng: np.random.Generator, people: People, shares: tuple[float, float], test: str, level: Level) -> Decisions:
    """Trials in which these shares of people respond on the treatment only and on the comparator only: which are significant."""
    chances = [shares[0], 1.0 - sum(shares), shares[1]]
    first, second = (rng.multinomial(count, chances)[:, :: level.direction] for count in people)
    if test in {"prescott", "mainland_gart"}:
        # on the treatment only means better in period 1 in the first sequence, in period 2 in the other
        return by_sequence(first, second[:, ::-1], level.alpha, level.sides, ties=test == "prescott")
    both = first + second
    return mcnemar(both[:, 0], both[:, 2], people[0] + people[1], test, level.alpha, level.sides)


class OrdinalPairs(Pairs):
    """Ranks of the differences period 1 − period 2, compared between the sequences."""

    @cached_property
    def differences(self) -> Differences:
        outcome = self.outcome(OrdinalOutcome)
        counts = [sum(n for place, n in zip(self.places, self.setting.staying, strict=True) if place == one) for one in range(2)]
        try:
            return Differences.with_superiority(outcome.probability_superior, outcome.tie_fractions, counts[0] / max(1, sum(counts)))
        except ValueError as error:
            raise CannotSimulate("outcome.tie_fractions", str(error)) from error

    def significant(self, rng: np.random.Generator, people: People) -> Decisions:
        return ordinal_pairs(rng, people, self.differences, self.level)

    @classmethod
    def no_effect(cls, plan: Plan) -> dict[str, Any]:
        return {"probability_superior": 0.5}


def ordinal_pairs(rng: np.random.Generator, people: People, differences: Differences, level: Level) -> Decisions:
    """Trials with such differences: which are significant by Wilcoxon–Mann–Whitney."""
    first, second = (
        _those_here(differences.draw(rng, (len(count), int(count.max(initial=0))), group), count) for group, count in enumerate(people)
    )
    return wilcoxon(level.direction * first, level.direction * second, level.alpha, level.sides)


class CountPairs(Pairs):
    """Events of each person on either treatment, given how many there are in all."""

    def significant(self, rng: np.random.Generator, people: People) -> Decisions:
        outcome, analysis = self.outcome(CountOutcome), self.plan.analysis
        return count_pairs(rng, people, outcome, analysis.test or "exact", self.level)

    @classmethod
    def no_effect(cls, plan: Plan) -> dict[str, Any]:
        return {"rate_ratio": 1.0}


def count_pairs(
    rng: np.random.Generator, people: People, outcome: CountOutcome, test: str, level: Level, frailty_cv: float = 0.0
) -> Decisions:
    """Trials with such events: which are significant.

    Parameters
    ----------
    frailty_cv : float
        How people differ in their rates: a gamma distribution with this coefficient of variation. It does not enter the test.

    Notes
    -----
    Overdispersion φ: a person's events have a gamma rate with shape μ/(φ − 1) and scale φ − 1, so that their variance is φ·μ.
    """
    count, spare = people[0] + people[1], outcome.overdispersion - 1.0
    shape = (len(count), int(count.max(initial=0)))
    own = rng.gamma(1.0 / frailty_cv**2, frailty_cv**2, size=shape) if frailty_cv else np.ones(shape)
    here = np.arange(shape[1]) < count[:, None]

    def events(rate: float) -> NDArray[np.int64]:
        mean = rate * own
        rates = rng.gamma(mean / spare, spare) if spare > 0 else mean
        return np.where(here, rng.poisson(rates), 0)

    on, off = events(outcome.rate_comparator * outcome.rate_ratio), events(outcome.rate_comparator)
    more, fewer = (on, off) if level.direction > 0 else (off, on)
    return rate_ratio(more, fewer, test, level.alpha, level.sides, overdispersed=spare > 0)


def _those_here(values: NDArray[np.float64], count: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.where(np.arange(values.shape[1]) < count[:, None], values, np.nan)
