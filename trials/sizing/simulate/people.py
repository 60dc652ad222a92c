"""Everybody's own effect in an n-of-1 series: whether the intervals hold the true effects, and how wide they are."""

import numpy as np

from trials.sizing.outcome import continuous
from trials.sizing.plan import Plan
from trials.sizing.question import IndividualEffect
from trials.sizing.simulate.continuous import critical
from trials.sizing.simulate.series import SeriesOutcomes, present
from trials.sizing.simulate.setting import CannotSimulate, Setting
from trials.sizing.simulate.simulated import Expected
from trials.sizing.simulate.tally import Measures


class OwnEffects:
    """Each person's interval, from the person's own cycles or drawn towards the average of all.

    Notes
    -----
    own: mean ± t·√(2s²/k), s² pooled over people; its expected half-width is E[s]/σ times that of the answer, which takes σ itself. shrunken: B·(own mean) +
    (1 − B)·(mean of all) with the variances taken as known. `covered` is the share of the people of a trial whose true effect is in their interval.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting, self.plan = setting, setting.plan
        a, b = self.question.pair(self.plan.design)
        self.outcomes = SeriesOutcomes(setting, dict.fromkeys(self.plan.design.letters, 0.0), a, b, keep_own=True)
        self.series = self.question.series(setting.known)
        self.sd = continuous(self.plan.outcome).residual_sd

    @property
    def question(self) -> IndividualEffect:
        question = self.plan.question
        if not isinstance(question, IndividualEffect):
            raise TypeError(question.kind)
        return question

    def measure(self, rng: np.random.Generator, trials: int) -> Measures:
        portions = []
        for (made,) in self.outcomes.trials(rng, trials):
            here, cycles, true = present(made), made.measured.shape[2], self.outcomes.own
            n, own = here.sum(axis=1), made.measured.mean(axis=2)
            tail = (1.0 - self.question.confidence_level) / 2.0
            if self.question.estimate == "own":
                df = n * (cycles - 1)
                squares = np.square((made.measured - own[..., None]) * here[..., None]).sum(axis=(1, 2))
                width = critical(tail, np.maximum(df, 1).astype(float)) * np.sqrt(squares / np.maximum(df, 1) / cycles)
                guess, tested = own, df >= 1
            else:
                weight, average = self.series.own_weight, (own * here).sum(axis=1) / np.maximum(n, 1)
                guess, tested = weight * own + (1.0 - weight) * average[:, None], n >= 2
                width = np.array([self.question.width(self.setting.known, float(max(one, 1))) for one in n.tolist()])
            inside = (np.abs(guess - true) <= width[:, None]) & here
            covered = inside.sum(axis=1) / np.maximum(n, 1)
            portions.append({"covered": np.where(tested, covered, np.nan), "half_width": np.where(tested, width, np.nan), "tested": tested})
        return {name: np.concatenate([portion[name] for portion in portions]) for name in portions[0]}

    def expected(self) -> tuple[Expected, ...]:
        from trials.sizing.laws.power import expected_residual_ratio

        known, n, question = self.setting.known, self.setting.n_counted, self.question
        width, df = float(question.width(known, n)), question.degrees_of_freedom(known, n)
        ratio = 1.0 if df is None else float(expected_residual_ratio(df))
        # with known variances and as many people as planned the width is no matter of chance
        return Expected("covered", question.confidence_level), Expected("half_width", ratio * width, judged=df is not None)

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        raise CannotSimulate("question.kind", "individual_effect has no null hypothesis to simulate.")
