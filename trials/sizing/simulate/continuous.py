"""Trials with a continuous outcome: their measurements are made, the planned model is fitted, and each kind of question decides in its way."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, TypeVar

import numpy as np

from trials.sizing.matrices import Matrix
from trials.sizing.outcome import continuous
from trials.sizing.plan import Plan
from trials.sizing.question import AnyQuestion, Equivalence, Omnibus, PairwiseQuestion, Precision
from trials.sizing.question.pairwise import DirectedQuestion
from trials.sizing.simulate.linear import Fitted, LinearModel
from trials.sizing.simulate.outcomes import Outcomes, Sequence
from trials.sizing.simulate.series import SeriesModel, SeriesOutcomes
from trials.sizing.simulate.setting import CannotSimulate, Setting
from trials.sizing.simulate.simulated import Expected
from trials.sizing.simulate.tally import Measures


class Made(Protocol):
    """What makes trials."""

    def trials(self, rng: np.random.Generator, trials: int) -> Iterator[list[Sequence]]: ...


class Analysis(Protocol):
    """A linear model that is fitted to trials."""

    def fit(self, trials: list[Sequence]) -> Fitted: ...


Asked = TypeVar("Asked", bound=AnyQuestion)


class Continuous:
    """Trials of one setting, made and analysed as one kind of question asks. A further kind is one subclass and one line in the registry."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.plan = setting, setting.plan
        self.letters, self.known = setting.plan.design.letters, setting.known
        self.outcomes, self.analysis = self._of_series() if self.plan.design.is_n_of_1 else self._of_crossover()

    def _of_crossover(self) -> "tuple[Made, Analysis]":
        planned = LinearModel(self.known, self.contrasts())
        if self.setting.simulation.analysis == "planned":
            return Outcomes(self.setting, self.means()), planned
        from trials.sizing.simulate.mixed_model import MixedModel

        return Outcomes(self.setting, self.means()), MixedModel(self.known, planned)

    def _of_series(self) -> "tuple[Made, Analysis]":
        pair = self.asked(PairwiseQuestion)
        return SeriesOutcomes(self.setting, self.means(), pair.treatment, pair.comparator), SeriesModel(
            self.plan.analysis.people or "random"
        )

    def measure(self, rng: np.random.Generator, trials: int) -> Measures:
        """What so many trials show: one value a trial for each measure."""
        portions = []
        for made in self.outcomes.trials(rng, trials):
            fitted = self.analysis.fit(made)
            portions.append({**self.decide(fitted), "tested": fitted.tested})
        return {name: np.concatenate([portion[name] for portion in portions]) for name in portions[0]}

    def means(self) -> Mapping[str, float]:
        """True means by letter, on the scale of the analysis."""
        raise NotImplementedError

    def contrasts(self) -> Matrix:
        """What the model estimates, shape (k, letters)."""
        raise NotImplementedError

    def decide(self, fitted: Fitted) -> Measures:
        """What each trial shows; `shown` is what the power counts."""
        raise NotImplementedError

    def expected(self) -> tuple[Expected, ...]:
        """What the engine says about the measures; those that are judged first."""
        return (Expected("shown", float(self.setting.question.power(self.known, self.setting.n_counted)), share=True),)

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        """The plan with the truth on the boundary that is tested, so that what is shown is shown in error."""
        raise CannotSimulate("question.kind", f"{plan.question.kind} has no null hypothesis to simulate.")

    def asked(self, kind: type[Asked]) -> Asked:
        question = self.plan.question
        if not isinstance(question, kind):
            raise TypeError(question.kind)
        return question


class Pairwise(Continuous):
    """One difference of two treatments."""

    @property
    def question(self) -> PairwiseQuestion:
        return self.asked(PairwiseQuestion)

    def means(self) -> Mapping[str, float]:
        return dict.fromkeys(self.letters, 0.0) | {self.question.treatment: self.question.effect}

    def contrasts(self) -> Matrix:
        return np.array([[self.question.weights.get(letter, 0.0) for letter in self.letters]])

    def expected(self) -> tuple[Expected, ...]:
        return (*super().expected(), Expected("estimate", self.question.effect, judged=False))

    @staticmethod
    def alone(fitted: Fitted) -> tuple[Matrix, Matrix, Matrix]:
        """Estimate, standard error and degrees of freedom of the one contrast; NaN where there is no test."""
        found = (fitted.estimate[:, 0], fitted.standard_error[:, 0], fitted.degrees_of_freedom[:, 0])
        estimate, error, df = (np.where(fitted.tested, one, np.nan) for one in found)
        return estimate, error, df


class Directed(Pairwise):
    """One t test against a boundary: superiority and non-inferiority."""

    def decide(self, fitted: Fitted) -> Measures:
        question, analysis = self.asked(DirectedQuestion), self.plan.analysis
        estimate, error, df = self.alone(fitted)
        sides = analysis.sides or 1
        beyond = question.direction * (estimate - question.boundary(self.plan.outcome)) / error
        limit = critical((analysis.alpha or 0.05) / sides, df)
        return {"shown": (np.abs(beyond) if sides == 2 else beyond) > limit, "estimate": estimate}

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        question = plan.question
        if not isinstance(question, DirectedQuestion):
            raise TypeError(question.kind)
        return with_question(plan, question.with_effect(question.boundary(plan.outcome), plan.outcome))


class Alike(Pairwise):
    """Two one-sided t tests."""

    def decide(self, fitted: Fitted) -> Measures:
        lower, upper = self.asked(Equivalence).limits(continuous(self.plan.outcome))
        estimate, error, df = self.alone(fitted)
        limit = critical(self.plan.analysis.alpha or 0.05, df)
        shown = ((estimate - lower) / error > limit) & ((estimate - upper) / error < -limit)
        return {"shown": shown, "estimate": estimate}

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        """The truth at the limit that is nearer to the assumed difference."""
        question, outcome = plan.question, continuous(plan.outcome)
        if not isinstance(question, Equivalence):
            raise TypeError(question.kind)
        lower, upper = question.limits(outcome)
        return with_question(plan, question.with_effect(lower if question.effect - lower < upper - question.effect else upper, outcome))


class Interval(Pairwise):
    """A confidence interval: whether it covers the truth, and how wide it is."""

    def decide(self, fitted: Fitted) -> Measures:
        question = self.asked(Precision)
        estimate, error, df = self.alone(fitted)
        width = error * critical((1.0 - question.confidence_level) / 2.0, df)
        covered = np.where(np.isnan(width), np.nan, np.abs(estimate - question.effect) <= width)
        found: dict[str, Any] = {"covered": covered, "half_width": width, "estimate": estimate}
        if question.half_width is not None or question.ratio_half_width is not None:
            found["narrow"] = width <= question.wanted
        return found

    def expected(self) -> tuple[Expected, ...]:
        question, n = self.asked(Precision), self.setting.n_counted
        found = [
            Expected("covered", question.confidence_level, share=True),
            Expected("half_width", float(question.expected_half_width(self.known, n))),
        ]
        if question.half_width is not None or question.ratio_half_width is not None:
            found.insert(0 if question.probability else 2, Expected("narrow", float(question.probability_at(self.known, n)), share=True))
        return (*found, Expected("estimate", question.effect, judged=False))


class Differ(Continuous):
    """The F test that all treatments are alike."""

    def means(self) -> Mapping[str, float]:
        return self.asked(Omnibus).means

    def contrasts(self) -> Matrix:
        others = len(self.letters) - 1
        return np.hstack([np.ones((others, 1)), -np.eye(others)])

    def decide(self, fitted: Fitted) -> Measures:
        from scipy import special

        others = len(self.letters) - 1
        tested, estimate = fitted.tested, fitted.estimate[fitted.tested]
        explained = np.einsum("tk,tk->t", estimate, np.linalg.solve(fitted.covariance[tested], estimate[..., None])[..., 0]) / others
        df, back = np.unique(fitted.degrees_of_freedom[tested, 0], return_inverse=True)
        limit = special.fdtri(others, df, 1.0 - (self.plan.analysis.alpha or 0.05))[back]
        shown = np.zeros(len(tested))
        shown[tested] = explained / fitted.scale[tested, 0] > limit
        return {"shown": shown}

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        if not isinstance(plan.question, Omnibus):
            raise TypeError(plan.question.kind)
        return with_question(plan, plan.question.model_copy(update={"means": dict.fromkeys(plan.question.means, 0.0)}))


def with_question(plan: Plan, question: AnyQuestion) -> Plan:
    return plan.model_copy(update={"question": question})


def critical(alpha: float, df: Matrix) -> Matrix:
    """The upper point of Student's t; trials have few different degrees of freedom."""
    from trials.sizing.laws.power import t_critical

    unique, back = np.unique(df, return_inverse=True)
    return np.asarray(t_critical(alpha, unique)[back])
