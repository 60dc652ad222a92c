"""Do people truly differ in their response? Cycles that everybody repeats, in n-of-1 series and in crossovers such as ABBA/BAAB."""

import numpy as np

from trials.sizing.outcome import continuous
from trials.sizing.plan import Plan
from trials.sizing.simulate.outcomes import Outcomes
from trials.sizing.simulate.outcomes import Sequence as OfSequence
from trials.sizing.simulate.series import SeriesOutcomes, heterogeneity, present
from trials.sizing.simulate.setting import CannotSimulate, Setting
from trials.sizing.simulate.simulated import Expected
from trials.sizing.simulate.tally import Measures


class Heterogeneity:
    """F of the differences by cycle, people against error; in a crossover with the means by sequence and cycle removed."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.plan = setting, setting.plan
        design, question = self.plan.design, self.plan.question
        a, b = (getattr(question, name, None) or letter for name, letter in zip(("treatment", "comparator"), design.letters, strict=False))
        means = dict.fromkeys(design.letters, 0.0)
        if design.is_n_of_1:
            self.outcomes: SeriesOutcomes | Outcomes = SeriesOutcomes(setting, means, a, b)
            return
        if self.plan.attrition.observed_by_period is not None:
            raise CannotSimulate("attrition.lost_before_period", "Only people with all their cycles count here; give a dropout_rate.")
        if continuous(self.plan.outcome).autocorrelation:
            raise CannotSimulate("outcome.autocorrelation", "Autocorrelated residuals look like individual responses here; leave it out.")
        cycles = [[sequence[k : k + 2] for k in range(0, design.n_periods, 2)] for sequence in design.sequences]
        if any(set(cycle) != {a, b} for one in cycles for cycle in one) or design.n_periods < 4:
            message = f"Everybody must go through {a} and {b} in each pair of periods, at least twice; {design.label} does not do that."
            raise CannotSimulate("design.sequences", message)
        self.signs = [np.array([1.0 if cycle[0] == a else -1.0 for cycle in one]) for one in cycles]
        self.outcomes = Outcomes(setting, means)

    def measure(self, rng: np.random.Generator, trials: int) -> Measures:
        portions = [self._look(made) for made in self.outcomes.trials(rng, trials)]
        return {name: np.concatenate([portion[name] for portion in portions]) for name in portions[0]}

    def _look(self, made: list[OfSequence]) -> Measures:
        from scipy import special

        series = self.plan.design.is_n_of_1
        by_cycle = (
            [one.measured for one in made]
            if series
            else [(one.measured[..., ::2] - one.measured[..., 1::2]) * sign for one, sign in zip(made, self.signs, strict=True)]
        )
        f, between, within = heterogeneity([(d, present(one)) for d, one in zip(by_cycle, made, strict=True)], by_cycle=not series)
        tested = (between >= 1) & (within >= 1)
        critical = special.fdtri(np.maximum(between, 1), np.maximum(within, 1), 1.0 - (self.plan.analysis.alpha or 0.05))
        return {"shown": tested & (f > critical), "tested": tested}

    def expected(self) -> tuple[Expected, ...]:
        return (Expected("shown", float(self.plan.question.power(self.setting.known, self.setting.n_counted)), share=True),)

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        """The same plan where everybody responds alike."""
        return plan.model_copy(update={"outcome": continuous(plan.outcome).model_copy(update={"individual_response_sd": 0.0})})
