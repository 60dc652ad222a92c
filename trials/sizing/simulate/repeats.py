"""Crossovers that repeat complete cycles (ABBA/BAAB): do people truly differ in their response?"""

import numpy as np

from trials.sizing.matrices import Matrix
from trials.sizing.outcome import continuous
from trials.sizing.plan import Plan
from trials.sizing.simulate.n_of_1 import heterogeneity_tested, without_individual_response
from trials.sizing.simulate.outcomes import Outcomes
from trials.sizing.simulate.outcomes import Sequence as OfSequence
from trials.sizing.simulate.setting import CannotSimulate, Setting
from trials.sizing.simulate.simulated import Expected
from trials.sizing.simulate.tally import Measures


class RepeatedCycles:
    """F of the differences by cycle, people within sequences against error, with the means by sequence and cycle removed."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.plan = setting, setting.plan
        design, question = self.plan.design, self.plan.question
        if self.plan.attrition.observed_by_period is not None:
            raise CannotSimulate("attrition.lost_before_period", "Only people with all their cycles count here; give a dropout_rate.")
        if continuous(self.plan.outcome).autocorrelation:
            raise CannotSimulate("outcome.autocorrelation", "Autocorrelated residuals look like individual responses here; leave it out.")
        a, b = (getattr(question, name, None) or letter for name, letter in zip(("treatment", "comparator"), design.letters, strict=False))
        cycles = [[sequence[k : k + 2] for k in range(0, design.n_periods, 2)] for sequence in design.sequences]
        if any(set(cycle) != {a, b} for one in cycles for cycle in one) or design.n_periods < 4:
            message = f"Everybody must go through {a} and {b} in each pair of periods, at least twice; {design.label} does not do that."
            raise CannotSimulate("design.sequences", message)
        self.signs = [np.array([1.0 if cycle[0] == a else -1.0 for cycle in one]) for one in cycles]
        self.outcomes = Outcomes(setting, dict.fromkeys(design.letters, 0.0))

    def measure(self, rng: np.random.Generator, trials: int) -> Measures:
        portions = [self._look(made) for made in self.outcomes.trials(rng, trials)]
        return {name: np.concatenate([portion[name] for portion in portions]) for name in portions[0]}

    def _look(self, made: list[OfSequence]) -> Measures:
        from scipy import special

        found: list[Matrix] = [
            (one.measured[..., ::2] - one.measured[..., 1::2]) * sign for one, sign in zip(made, self.signs, strict=True)
        ]
        stay = np.stack([one.counts[:, -1] for one in made], axis=1)
        shown, tested = np.zeros(len(stay)), stay.sum(axis=1) > stay.shape[1]
        for people in np.unique(stay[tested], axis=0):
            here = np.all(stay == people, axis=1)
            kept = [one[here, :n] for one, n in zip(found, people, strict=True) if n]
            f, between, within = heterogeneity_tested(kept, by_cycle=True)
            shown[here] = f > special.fdtri(between, within, 1.0 - (self.plan.analysis.alpha or 0.05))
        return {"shown": shown, "tested": tested}

    def expected(self) -> tuple[Expected, ...]:
        return (Expected("shown", float(self.plan.question.power(self.setting.known, self.setting.n_counted)), share=True),)

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        return without_individual_response(plan)
