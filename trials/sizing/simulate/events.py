"""Trials that count harm: everybody has the event or not, or has events while on the drug, and people stop taking it."""

from math import expm1

import numpy as np
from numpy.typing import NDArray

from trials.sizing.matrices import Matrix
from trials.sizing.plan import Plan
from trials.sizing.question import FirstEvent, RatePrecision, RateUpperLimit
from trials.sizing.question.excluding import ExcludingQuestion
from trials.sizing.question.harm import HarmQuestion
from trials.sizing.simulate.setting import CannotSimulate, Setting
from trials.sizing.simulate.simulated import Expected
from trials.sizing.simulate.tally import Measures
from trials.sizing.time_on_drug import is_parallel

Counts = NDArray[np.int64]


class Harm:
    """Events of the people who are followed to the end, and the size that they come from: people, or their own person-years on the drug.

    Notes
    -----
    Over time everybody stops at a constant hazard; events are Poisson over the person-years that come of it. The exact tests and limits take these person-years,
    as an analysis does, where the answer takes the expected ones. In a parallel design the planned share of people is on the drug.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting, self.plan, self.known = setting, setting.plan, setting.known
        self.rate = self.true_rate()
        exposure = self.plan.exposure
        self.share = exposure.share_on_drug if exposure is not None and is_parallel(self.plan.design) else 1.0
        if self.rate <= 0:
            raise CannotSimulate(
                "question.observed_events",
                "What is ruled out follows from the events that are said to be seen, so that no trial is made. Give event_rate or person_time_rate, the rate that is "
                "assumed to be true, to simulate the chance to exclude the limit.",
            )

    @property
    def question(self) -> HarmQuestion:
        question = self.plan.question
        if not isinstance(question, HarmQuestion):
            raise TypeError(question.kind)
        return question

    def true_rate(self) -> float:
        return self.question.assumed

    def people(self, rng: np.random.Generator, trials: int) -> Counts:
        """People on the drug who are followed to the end."""
        setting = self.setting
        if setting.randomly_lost:
            followed = sum(rng.binomial(started, self.plan.attrition.share_with_all_periods, size=trials) for started in setting.started)
        else:
            followed = np.full(trials, sum(setting.staying))
        return np.floor(np.asarray(followed) * self.share + 0.5).astype(np.int64)

    def seen(self, rng: np.random.Generator, trials: int) -> tuple[Counts, Matrix]:
        """Events, and the people or person-years of each trial."""
        people = self.people(rng, trials)
        if self.question.basis == "person":
            return rng.binomial(people, self.rate), people.astype(float)
        size = self._years(rng, people)
        return rng.poisson(self.rate * size), size

    def _years(self, rng: np.random.Generator, people: Counts) -> Matrix:
        """Person-years on the drug."""
        exposure = self.plan.exposure
        if exposure is None:
            return people.astype(float)
        span, hazard = exposure.follow_up_years, exposure.discontinuation_rate
        on_drug = 1.0 if is_parallel(self.plan.design) else exposure.share_on_drug
        if hazard == 0:
            return np.asarray(people * (span * on_drug))
        stays = rng.binomial(people, np.exp(-hazard * span))
        found = stays * span
        for trial, stop in enumerate((people - stays).tolist()):
            found[trial] += float((-np.log1p(rng.random(stop) * expm1(-hazard * span)) / hazard).sum())
        return np.asarray(found * on_drug)

    @property
    def n(self) -> float:
        """People to whom the analytic answer belongs, those on the drug made whole."""
        each = np.floor(self.setting.n_counted * self.share + 0.5)
        return float(each / self.share)

    def measure(self, rng: np.random.Generator, trials: int) -> Measures:
        events, size = self.seen(rng, trials)
        return {**self.decide(events, size), "tested": size > 0}

    def decide(self, events: Counts, size: Matrix) -> Measures:
        raise NotImplementedError

    def expected(self) -> tuple[Expected, ...]:
        return (Expected("shown", float(self.question.power(self.known, self.n)), share=True),)

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        raise CannotSimulate("question.kind", f"{plan.question.kind} has no null hypothesis to simulate.")


class Seen(Harm):
    """Whether so many events are seen at all."""

    def decide(self, events: Counts, size: Matrix) -> Measures:
        if not isinstance(self.question, FirstEvent):
            raise TypeError(self.question.kind)
        return {"shown": events >= self.question.events}


class Excluded(Harm):
    """Whether the exact one-sided test excludes the limit. Without an effect of the null hypothesis: the limit is the true rate."""

    @property
    def excluding(self) -> ExcludingQuestion:
        if not isinstance(self.question, ExcludingQuestion):
            raise TypeError(self.question.kind)
        return self.question

    def true_rate(self) -> float:
        if self.setting.null:
            return self.excluding.limit
        return self.question.assumed

    def decide(self, events: Counts, size: Matrix) -> Measures:
        law, alpha = self.question.law, self.excluding.level(self.known)
        return {"shown": (size > 0) & (law.at_most(events, self.excluding.limit, np.maximum(size, 1e-12)) <= alpha * (1.0 + 1e-12))}

    def expected(self) -> tuple[Expected, ...]:
        size = self.n * self.question.each(self.known)
        power = self.question.law.exclusion_power(self.excluding.limit, self.rate, size, self.excluding.level(self.known))
        return (Expected("shown", float(power), share=True),)

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        """The plan as it is: the truth is put on the limit when trials are made."""
        if isinstance(plan.question, RateUpperLimit) and plan.question.assumed_name is None:
            raise CannotSimulate(
                "question.event_rate", "Without an assumed rate no hypothesis is tested; give event_rate or person_time_rate."
            )
        return plan


class Limits(Harm):
    """The exact two-sided interval of the rate: whether it covers the truth, and half of its length."""

    def decide(self, events: Counts, size: Matrix) -> Measures:
        lower, upper = self._interval(events, np.maximum(size, 1e-12))
        some = size > 0
        covered = (lower <= self.rate) & (self.rate <= upper)
        return {"half_width": np.where(some, (upper - lower) / 2.0, np.nan), "covered": np.where(some, covered, np.nan)}

    def _interval(self, events: Counts | Matrix, size: Matrix | float) -> tuple[Matrix, Matrix]:
        if not isinstance(self.question, RatePrecision):
            raise TypeError(self.question.kind)
        law, tail = self.question.law, (1.0 - self.question.confidence_level) / 2.0
        return law.lower_limit(events, size, tail), law.upper_limit(events, size, tail)

    def expected(self) -> tuple[Expected, ...]:
        """The coverage of an exact interval lies above its level, by as much as the events are few."""
        if not isinstance(self.question, RatePrecision):
            raise TypeError(self.question.kind)
        size = self.n * self.question.each(self.known)
        events, chances = self.question.law.chances(self.rate, size)
        lower, upper = self._interval(events, size)
        coverage = float(chances[(lower <= self.rate) & (self.rate <= upper)].sum() / chances.sum())
        by_chance = self.setting.randomly_lost or (self.plan.exposure is not None and self.plan.exposure.discontinuation_rate > 0)
        return (
            Expected("half_width", float(self.question.expected_half_width(self.known, self.n))),
            Expected("covered", min(1.0, coverage), share=True, judged=not by_chance),
        )
