"""Trials of two treatments with an outcome that is counted or ranked: each person's pair is made, and the planned test of pairs is run."""

from collections.abc import Sequence as Many
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from trials.sizing.discrete import BinaryOutcome, CountOutcome, OrdinalOutcome
from trials.sizing.noun import Noun
from trials.sizing.plan import Plan
from trials.sizing.simulate.pair_tests import Counts, Decisions, by_sequence, mcnemar, rate_ratio, wilcoxon
from trials.sizing.simulate.setting import CannotSimulate, Setting
from trials.sizing.simulate.simulated import Expected
from trials.sizing.simulate.tally import Measures
from trials.sizing.simulate.ties import Differences

Sort = TypeVar("Sort", bound=Noun)
# those who receive the treatment first and those who receive it second, in each trial: shape (trials,)
People = tuple[Counts, Counts]
OF_SEQUENCES = {"prescott", "mainland_gart"}


@dataclass(frozen=True)
class Level:
    """Alpha, sides and the direction in which the treatment is better."""

    alpha: float
    sides: int
    direction: int = 1


class Pairs:
    """People give as many periods on the treatment as on the comparator, some in one order and others in another."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.plan = setting, setting.plan
        question, analysis, design = self.plan.question, self.plan.analysis, self.plan.design
        self.pair = getattr(question, "treatment", "A"), getattr(question, "comparator", "B")
        if not self.fits(design.sequences):
            raise CannotSimulate("design.sequences", f"The planned test compares pairs; {design.label} does not give them.")
        direction = -1 if getattr(question, "better", None) == "lower" else 1
        self.level = Level(analysis.alpha or 0.05, analysis.sides or 2, direction)

    def fits(self, sequences: Many[str]) -> bool:
        """Whether the design gives what is compared: each treatment of the pair in one of two periods."""
        return set(sequences) <= {"".join(self.pair), "".join(self.pair[::-1])}

    def measure(self, rng: np.random.Generator, trials: int) -> Measures:
        people = self.people(rng, trials)
        return {"shown": self.significant(rng, people), "tested": np.sum(people, axis=0) > 0}

    def people(self, rng: np.random.Generator, trials: int) -> list[Counts]:
        """Those of each sequence who give all periods; only they count."""
        setting, kept = self.setting, self.plan.attrition.share_with_all_periods
        if setting.randomly_lost:
            return [rng.binomial(started, kept, size=trials) for started in setting.started]
        return [np.full(trials, staying) for staying in setting.staying]

    def by_order(self, people: list[Counts]) -> People:
        """Those who receive the treatment first, and the others."""
        first, second = (np.zeros_like(people[0]) for _ in range(2))
        for sequence, count in zip(self.plan.design.sequences, people, strict=True):
            if sequence.index(self.pair[0]) < sequence.index(self.pair[1]):
                first += count
            else:
                second += count
        return first, second

    def significant(self, rng: np.random.Generator, people: list[Counts]) -> Decisions:
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

    def significant(self, rng: np.random.Generator, people: list[Counts]) -> Decisions:
        return binary_pairs(rng, self.by_order(people), self.outcome(BinaryOutcome).shares, self.plan.analysis.test or "mid_p", self.level)

    def fits(self, sequences: Many[str]) -> bool:
        """McNemar's test takes any order; the others compare two sequences."""
        if self.plan.analysis.test in OF_SEQUENCES:
            return super().fits(sequences)
        return all(sequence.count(letter) == 1 for sequence in sequences for letter in self.pair)

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
    if test in OF_SEQUENCES:
        # on the treatment only means better in period 1 in the first sequence, in period 2 in the other
        return by_sequence(first, second[:, ::-1], level.alpha, level.sides, ties=test == "prescott")
    both = first + second
    return mcnemar(both[:, 0], both[:, 2], people[0] + people[1], test, level.alpha, level.sides)


class OrdinalPairs(Pairs):
    """Ranks of the differences period 1 − period 2, compared between the sequences."""

    @cached_property
    def differences(self) -> Differences:
        outcome = self.outcome(OrdinalOutcome)
        first, second = (int(count[0]) for count in self.by_order([np.array([n]) for n in self.setting.staying]))
        try:
            return Differences.with_superiority(outcome.probability_superior, outcome.tie_fractions, first / max(1, first + second))
        except ValueError as error:
            raise CannotSimulate("outcome.tie_fractions", str(error)) from error

    def significant(self, rng: np.random.Generator, people: list[Counts]) -> Decisions:
        return ordinal_pairs(rng, self.by_order(people), self.differences, self.level)

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

    def fits(self, sequences: Many[str]) -> bool:
        return len({sequence.count(letter) for sequence in sequences for letter in self.pair} - {0}) == 1

    def significant(self, rng: np.random.Generator, people: list[Counts]) -> Decisions:
        outcome = self.outcome(CountOutcome)
        periods = self.plan.design.sequences[0].count(self.pair[0])
        usual = "mid_p" if outcome.overdispersion == 1.0 else "asymptotic"
        return count_pairs(rng, people, outcome, self.plan.analysis.test or usual, self.level, periods)

    @classmethod
    def no_effect(cls, plan: Plan) -> dict[str, Any]:
        return {"rate_ratio": 1.0}


def count_pairs(
    rng: np.random.Generator,
    people: Many[Counts],
    outcome: CountOutcome,
    test: str,
    level: Level,
    periods: int = 1,
    frailty_cv: float = 0.0,
) -> Decisions:
    """Trials with such events: which are significant.

    Parameters
    ----------
    people : list of arrays of shape (trials,)
        Those of each sequence.
    periods : int
        On each treatment.
    frailty_cv : float
        How people differ in their rates: a gamma distribution with this coefficient of variation. It does not enter the test.

    Notes
    -----
    Overdispersion φ: a person's events have a gamma rate with shape μ/(φ − 1) and scale φ − 1, so that their variance is φ·μ.
    """
    spare = outcome.overdispersion - 1.0
    here = np.hstack([np.arange(int(count.max(initial=0))) < count[:, None] for count in people])
    own = rng.gamma(1.0 / frailty_cv**2, frailty_cv**2, size=here.shape) if frailty_cv else np.ones(here.shape)

    def events(rate: float) -> Counts:
        mean = periods * rate * own
        rates = rng.gamma(mean / spare, spare) if spare > 0 else mean
        return np.where(here, rng.poisson(rates), 0)

    on, off = events(outcome.rate_comparator * outcome.rate_ratio), events(outcome.rate_comparator)
    more, fewer = (on, off) if level.direction > 0 else (off, on)
    return rate_ratio(more, fewer, people, test, level.alpha, level.sides)


def _those_here(values: NDArray[np.float64], count: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.where(np.arange(values.shape[1]) < count[:, None], values, np.nan)
