"""Trials of companion designs: two values of the same people, two groups that respond or not, two groups that are followed until an event."""

from math import log

import numpy as np
from numpy.typing import NDArray

from trials.sizing.matrices import Matrix
from trials.sizing.plan import Plan
from trials.sizing.question import Correlation, TimeToEvent, TwoProportions
from trials.sizing.simulate.continuous import with_question
from trials.sizing.simulate.pair_tests import beyond
from trials.sizing.simulate.setting import CannotSimulate, Setting
from trials.sizing.simulate.simulated import Expected
from trials.sizing.simulate.tally import Measures

Counts = NDArray[np.int64]
BY_ENUMERATION = "power by enumeration"


class Companion:
    """Groups of people, those who are lost left out."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.plan, self.known = setting, setting.plan, setting.known
        self.alpha, self.sides = self.plan.analysis.alpha or 0.05, self.plan.analysis.sides or 2

    def people(self, rng: np.random.Generator, trials: int) -> list[Counts]:
        """Those of each group who are seen to the end."""
        setting, kept = self.setting, self.plan.attrition.share_with_all_periods
        if setting.randomly_lost:
            return [rng.binomial(started, kept, size=trials) for started in setting.started]
        return [np.full(trials, staying) for staying in setting.staying]

    def expected(self) -> tuple[Expected, ...]:
        return (Expected("shown", float(self.plan.question.power(self.known, self.setting.n_counted)), share=True),)


class TwoValues(Companion):
    """Whether two normal values of the same people are correlated, by Fisher's z.

    Notes
    -----
    atanh(r) lies about ρ/(2(n − 1)) above atanh(ρ), which the answer leaves out: with 60 people and ρ = 0.4 the true power is about 0.005 above it.
    """

    @property
    def rho(self) -> float:
        if not isinstance(self.plan.question, Correlation):
            raise TypeError(self.plan.question.kind)
        return self.plan.question.correlation

    def measure(self, rng: np.random.Generator, trials: int) -> Measures:
        n = np.sum(self.people(rng, trials), axis=0)
        here = np.arange(max(1, int(n.max()))) < n[:, None]
        x = rng.standard_normal(here.shape)
        y = self.rho * x + np.sqrt(1.0 - self.rho**2) * rng.standard_normal(here.shape)
        x, y = (_centred(values, here, n) for values in (x, y))
        with np.errstate(divide="ignore", invalid="ignore"):
            r = (x * y).sum(axis=1) / np.sqrt(np.square(x).sum(axis=1) * np.square(y).sum(axis=1))
            z = np.arctanh(np.clip(r, -1.0, 1.0)) * np.sqrt(np.maximum(n - 3, 0))
        tested = n >= 4
        towards = z if self.setting.null or self.rho >= 0 else -z
        return {"shown": tested & beyond(towards, self.alpha, self.sides), "tested": tested, "correlation": np.where(tested, r, np.nan)}

    def expected(self) -> tuple[Expected, ...]:
        return (*super().expected(), Expected("correlation", self.rho, judged=False))

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        return with_question(plan, plan.question.model_copy(update={"correlation": 0.0}))


class Groups(Companion):
    """Two groups, of the treatment and of the comparator."""

    def by_treatment(self, rng: np.random.Generator, trials: int) -> tuple[Counts, Counts]:
        question = self.plan.question
        at = dict(zip(self.plan.design.sequences, self.people(rng, trials), strict=True))
        return at[getattr(question, "treatment", "A")], at[getattr(question, "comparator", "B")]


class Proportions(Groups):
    """The z test of two proportions: with the pooled variance, against a margin with the unpooled one."""

    @property
    def question(self) -> TwoProportions:
        if not isinstance(self.plan.question, TwoProportions):
            raise TypeError(self.plan.question.kind)
        return self.plan.question

    def measure(self, rng: np.random.Generator, trials: int) -> Measures:
        question = self.question
        n1, n2 = self.by_treatment(rng, trials)
        tested = (n1 > 0) & (n2 > 0)
        m1, m2 = np.maximum(n1, 1), np.maximum(n2, 1)
        p1, p2 = (rng.binomial(n, p) / m for n, p, m in ((n1, self.truth[0], m1), (n2, self.truth[1], m2)))
        if question.margin is None:
            pooled = (p1 * m1 + p2 * m2) / (m1 + m2)
            variance = pooled * (1.0 - pooled) * (1.0 / m1 + 1.0 / m2)
            distance = (p1 - p2) * (1.0 if question.difference >= 0 else -1.0)
        else:
            variance = p1 * (1.0 - p1) / m1 + p2 * (1.0 - p2) / m2
            distance = question.margin + (p1 - p2) * self._better
        with np.errstate(divide="ignore", invalid="ignore"):
            z = np.where(distance == 0, 0.0, distance / np.sqrt(variance))
        shown = tested & beyond(z, self.alpha, self.sides)
        return {"shown": shown, BY_ENUMERATION: shown, "tested": tested, "difference": np.where(tested, p1 - p2, np.nan)}

    @property
    def _better(self) -> float:
        return -1.0 if self.question.better == "lower" else 1.0

    @property
    def truth(self) -> tuple[float, float]:
        return self.question.probability_treatment, self.question.probability_comparator

    def expected(self) -> tuple[Expected, ...]:
        """The answer's normal power, which is judged, and the exact one of the same test, where it can be had."""
        found = [*super().expected(), Expected("difference", self.question.difference, judged=False)]
        first, second = self._sizes()
        exact = self.question.exact_rejection((first, second), self.truth, self.alpha, self.sides)
        if exact is not None and not self.setting.randomly_lost:
            found.append(Expected(BY_ENUMERATION, exact, share=True, judged=False))
        return tuple(found)

    def _sizes(self) -> tuple[int, int]:
        at = dict(zip(self.plan.design.sequences, self.setting.staying, strict=True))
        return at[self.question.treatment], at[self.question.comparator]

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        """The probability on the comparator as it is, that on the treatment on the boundary."""
        question = plan.question
        if not isinstance(question, TwoProportions):
            raise TypeError(question.kind)
        moved = 0.0 if question.margin is None else question.margin * (1.0 if question.better == "lower" else -1.0)
        truth = question.probability_comparator + moved
        if not 0 < truth < 1:
            message = "With this margin the boundary lies beyond the probabilities that there are, so that no trial has its truth there."
            raise CannotSimulate("question.margin", message)
        return with_question(plan, question.model_copy(update={"probability_treatment": truth}))


class Survival(Groups):
    """The log-rank test when the planned share of people have had the event.

    Notes
    -----
    Times are exponential with the hazard ratio between the groups. The trial ends with event number ⌊n·event_share⌋, and all who are without it by then are
    censored. Schoenfeld's formula is for ratios near 1 and equal groups: with a ratio of 2 in groups of 2 : 1 the trials may show 0.06 less power. z = Σ(O − E)/√ΣV over the events, with V the hypergeometric variance, turned towards the group that is assumed to do better.
    """

    @property
    def question(self) -> TimeToEvent:
        if not isinstance(self.plan.question, TimeToEvent):
            raise TypeError(self.plan.question.kind)
        return self.plan.question

    def measure(self, rng: np.random.Generator, trials: int) -> Measures:
        n1, n2 = self.by_treatment(rng, trials)
        first, second = (self._times(rng, n, hazard) for n, hazard in ((n1, self.question.hazard_ratio), (n2, 1.0)))
        times = np.hstack([first, second])
        order = np.argsort(times, axis=1, kind="stable")
        treated = np.take_along_axis(np.arange(times.shape[1])[None, :] < first.shape[1], order, axis=1)
        there = np.isfinite(np.take_along_axis(times, order, axis=1))
        at_risk = (n1 + n2)[:, None] - np.arange(times.shape[1])
        of_treated = n1[:, None] - np.cumsum(treated & there, axis=1) + (treated & there)
        events = np.floor((n1 + n2) * (self.question.event_share or 1.0) + 1e-9)
        counted = there & (np.arange(times.shape[1]) < events[:, None])
        share = of_treated / np.maximum(at_risk, 1)
        excess = np.where(counted, treated - share, 0.0).sum(axis=1)
        variance = np.where(counted, share * (1.0 - share), 0.0).sum(axis=1)
        tested = variance > 0
        towards = -1.0 if log(self.question.hazard_ratio) <= 0 else 1.0
        z = towards * excess / np.sqrt(np.where(tested, variance, 1.0))
        return {"shown": tested & beyond(z, self.alpha, self.sides), "tested": tested}

    @staticmethod
    def _times(rng: np.random.Generator, n: Counts, hazard: float) -> Matrix:
        """Times to the event; infinite for those who are not there."""
        times = rng.exponential(1.0 / hazard, size=(len(n), int(n.max(initial=0))))
        return np.where(np.arange(times.shape[1]) < n[:, None], times, np.inf)

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        return with_question(plan, plan.question.model_copy(update={"hazard_ratio": 1.0}))


def _centred(values: Matrix, here: NDArray[np.bool_], n: Counts) -> Matrix:
    kept = np.where(here, values, 0.0)
    return np.where(here, kept - (kept.sum(axis=1) / np.maximum(n, 1))[:, None], 0.0)
