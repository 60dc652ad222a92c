"""Trials of several doses: a trend, each dose against one comparator, or the largest of several contrasts.

All tests of a trial use the smallest of the degrees of freedom of their contrasts, as the plan says. Critical values of joint tests are the engine's for the
planned correlation, each at the degrees of freedom of its trial.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from trials.sizing.matrices import Matrix
from trials.sizing.outcome import LogOutcome
from trials.sizing.plan import Plan
from trials.sizing.question import DoseResponseShapes, DoseTrend, ManyToOne
from trials.sizing.question.doses import DoseQuestion
from trials.sizing.simulate.continuous import Continuous, critical, with_question
from trials.sizing.simulate.linear import Fitted
from trials.sizing.simulate.outcomes import Outcomes
from trials.sizing.simulate.setting import Setting
from trials.sizing.simulate.simulated import Expected
from trials.sizing.simulate.tally import Measures


class OfDoses(Continuous):
    """Contrasts of doses, with one direction for all of them."""

    def statistics(self, fitted: Fitted, question: DoseQuestion) -> tuple[Matrix, Matrix]:
        """t of each contrast, larger where more is shown, and the degrees of freedom of all; NaN where there is no test."""
        with np.errstate(invalid="ignore", divide="ignore"):
            t = question.direction * fitted.estimate / fitted.standard_error
        t = np.where(fitted.tested[:, None], np.abs(t) if self.plan.analysis.sides == 2 else t, np.nan)
        return t, np.where(fitted.tested, fitted.degrees_of_freedom.min(axis=1), np.nan)

    @property
    def level(self) -> float:
        """Alpha of one side."""
        return (self.plan.analysis.alpha or 0.025) / (self.plan.analysis.sides or 1)


class Trend(OfDoses):
    """One contrast of all doses by a t test."""

    def means(self) -> Mapping[str, float]:
        return self.asked(DoseTrend).means

    def contrasts(self) -> Matrix:
        contrast = self.asked(DoseTrend).contrast
        return np.array([[contrast[letter] for letter in self.letters]])

    def decide(self, fitted: Fitted) -> Measures:
        t, df = self.statistics(fitted, self.asked(DoseTrend))
        return {"shown": t[:, 0] > critical(self.level, df), "estimate": np.where(fitted.tested, fitted.estimate[:, 0], np.nan)}

    def expected(self) -> tuple[Expected, ...]:
        return (*super().expected(), Expected("estimate", self.asked(DoseTrend).effect, judged=False))

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        if not isinstance(plan.question, DoseTrend):
            raise TypeError(plan.question.kind)
        return with_question(plan, plan.question.model_copy(update={"means": dict.fromkeys(plan.question.means, 0.0)}))


class Many(OfDoses):
    """Each letter against the comparator, the error rate kept for all of them by the planned procedure."""

    @property
    def question(self) -> ManyToOne:
        return self.asked(ManyToOne)

    def means(self) -> Mapping[str, float]:
        return dict.fromkeys(self.letters, 0.0) | self.question.assumed

    def contrasts(self) -> Matrix:
        return self.question.contrasts(self.known)

    def decide(self, fitted: Fitted) -> Measures:
        t, df = self.statistics(fitted, self.question)
        rejected = self.rejected(t, df)
        found: dict[str, Any] = {"any comparison": rejected.any(axis=1), "all comparisons": rejected.all(axis=1)}
        found["shown"] = found["any comparison" if self.question.success == "any" else "all comparisons"]
        return found | {_against(letter): rejected[:, i] for i, letter in enumerate(self.question.letters)}

    def rejected(self, t: Matrix, df: Matrix) -> Any:
        """Which comparisons of each trial the procedure rejects, shape (trials, comparisons)."""
        question, k = self.question, t.shape[1]
        if question.adjustment == "dunnett":
            joint = question.situation(self.known, self.setting.n_counted).joint
            alpha, sides = self.plan.analysis.alpha or 0.025, self.plan.analysis.sides or 1
            return t > by_freedom(df, lambda one: joint.critical_value(alpha, one, sides))[:, None]
        if question.adjustment == "bonferroni":
            return t > critical(self.level / k, df)[:, None]
        if question.adjustment == "fixed_sequence":
            place = [question.letters.index(letter) for letter in question.order or question.letters]
            passed = np.cumprod(t[:, place] > critical(self.level, df)[:, None], axis=1).astype(bool)
            return passed[:, np.argsort(place)]
        order = np.argsort(-t, axis=1)  # Holm: the largest against the strictest level, until one fails
        steps = np.stack([critical(self.level / left, df) for left in range(k, 0, -1)], axis=1)
        passed = np.cumprod(np.take_along_axis(t, order, axis=1) > steps, axis=1).astype(bool)
        return np.take_along_axis(passed, np.argsort(order, axis=1), axis=1)

    def expected(self) -> tuple[Expected, ...]:
        figures = self.question.figures(self.known, self.setting.n_counted)
        found = [Expected("shown", float(figures["power"]), share=True)]
        if len(self.question.letters) == 1:
            return tuple(found)
        other = "all" if self.question.success == "any" else "any"
        found.append(Expected("all comparisons" if other == "all" else "any comparison", float(figures[f"power_{other}"]), share=True))
        return (
            *found,
            *(Expected(_against(letter), float(power), share=True) for letter, power in figures["power_by_comparison"].items()),
        )

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        """No letter differs from the comparator; the direction that is tested stays."""
        question = plan.question
        if not isinstance(question, ManyToOne):
            raise TypeError(question.kind)
        field, none = ("mean_ratios", 1.0) if isinstance(plan.outcome, LogOutcome) else ("mean_differences", 0.0)
        return with_question(plan, question.model_copy(update={field: dict.fromkeys(question.assumed, none)}))


class Largest(OfDoses):
    """The largest of the contrasts that are best for each assumed shape. Every shape has its turn to be the true one.

    Notes
    -----
    What is shown is that under the shape with the least analytic power, or the mean over the shapes, as the plan aims at.
    """

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.powers = self.question.by_shape(self.known, np.array([self.setting.n_counted]))[0]
        # without an effect all shapes are alike
        self.turns = [0] if setting.null else list(range(len(self.question.shapes)))
        means = self.question.means(self.known, self.question.max_effect)
        self.by_shape = [Outcomes(setting, dict(zip(self.letters, means[shape].tolist(), strict=True))) for shape in self.turns]

    @property
    def question(self) -> DoseResponseShapes:
        return self.asked(DoseResponseShapes)

    def means(self) -> Mapping[str, float]:
        return dict.fromkeys(self.letters, 0.0)

    def contrasts(self) -> Matrix:
        return self.question.contrasts(self.known)

    def measure(self, rng: np.random.Generator, trials: int) -> Measures:
        found: dict[str, Any] = {}
        for shape, outcomes in zip(self.turns, self.by_shape, strict=True):
            portions = []
            for made in outcomes.trials(rng, trials):
                fitted = self.analysis.fit(made)
                portions.append((self.beyond(fitted), fitted.tested))
            found[_under(self.question.labels[shape])] = np.concatenate([shown for shown, _ in portions])
            found["tested"] = np.concatenate([tested for _, tested in portions])
        each = np.array([found[_under(self.question.labels[shape])] for shape in self.turns], dtype=float)
        return found | {"shown": each.mean(axis=0) if self.averages else each[self.turns.index(self.aimed_at)]}

    def beyond(self, fitted: Fitted) -> Any:
        t, df = self.statistics(fitted, self.question)
        return t.max(axis=1) > by_freedom(df, lambda one: self.question.critical(self.known, one))

    @property
    def averages(self) -> bool:
        return self.question.target == "mean"

    @property
    def aimed_at(self) -> int:
        """The least favourable shape."""
        return 0 if self.setting.null else int(np.argmin(self.powers))

    def expected(self) -> tuple[Expected, ...]:
        if self.setting.null:
            return (Expected("shown", float(self.powers[0]), share=True),)
        shown = float(self.powers.mean() if self.averages else self.powers.min())
        found = [Expected("shown", shown, share=not self.averages)]
        shapes = [shape for shape in self.turns if self.averages or shape != self.aimed_at]
        return (
            *found,
            *(Expected(_under(self.question.labels[shape]), float(self.powers[shape]), share=True) for shape in shapes),
        )

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        if not isinstance(plan.question, DoseResponseShapes):
            raise TypeError(plan.question.kind)
        question = plan.question
        towards = "lower" if question.direction < 0 else "higher"
        return with_question(plan, question.model_copy(update={"max_effect": 0.0, "better": towards}))


def by_freedom(df: Matrix, find: Callable[[float], float]) -> Matrix:
    """A critical value at each of the few different degrees of freedom; NaN where there are none."""
    found = np.full(len(df), np.nan)
    for one in np.unique(df[~np.isnan(df)]):
        found[df == one] = find(float(one))
    return found


def _against(letter: str) -> str:
    return f"comparison of {letter}"


def _under(label: str) -> str:
    return f"if {label} is true"
