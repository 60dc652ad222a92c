"""Trials whose true effect and SD are drawn from the prior, one for each trial: the share that shows what is asked is the assurance."""

from collections.abc import Iterator

import numpy as np

from trials.sizing.matrices import Matrix, covariance_of
from trials.sizing.outcome import continuous
from trials.sizing.plan import Plan
from trials.sizing.question import Equivalence, PairwiseQuestion
from trials.sizing.question.assured import Assured
from trials.sizing.question.pairwise import DirectedQuestion
from trials.sizing.simulate.continuous import Continuous, critical
from trials.sizing.simulate.linear import Fitted
from trials.sizing.simulate.outcomes import Outcomes, Sequence, root_of, spread_around
from trials.sizing.simulate.setting import CannotSimulate, Setting
from trials.sizing.simulate.simulated import Expected
from trials.sizing.simulate.tally import Measures

MOST_DRAWS = 1000


class UncertainOutcomes(Outcomes):
    """Measurements whose residual SD and difference of treatments are drawn anew for each trial; all other SDs are as planned.

    Notes
    -----
    σ = s·√(ν/χ²_ν). Given σ the effect is normal around the planned one or the published estimate, its SD in proportion to σ where both are uncertain; a pair (σ,
    effect) beyond the cut is drawn again. With the chance 1 − share_responding there is no effect.
    """

    def __init__(self, setting: Setting, assured: Assured) -> None:
        question, outcome, letters = assured.question, continuous(setting.plan.outcome), list(setting.plan.design.letters)
        super().__init__(setting, dict.fromkeys(letters, 0.0))
        self.assured, self.beliefs = assured, assured.beliefs(setting.known)
        centre = assured.prior.centre(log_scale=outcome.scale == "log")
        self.centre = question.effect if centre is None else centre
        # beliefs are measured towards what is to be shown
        self.towards = towards(assured.question, setting.plan)
        self.residual, self.rest, self.given = [], [], []
        sd = outcome.residual_sd
        for sequence in setting.plan.design.sequences:
            whole = covariance_of(
                sequence, letters, (outcome.between_people_sd or 0.0) / sd, outcome.individual_response_sd / sd, outcome.autocorrelation
            )
            own = covariance_of(sequence, letters, 0.0, 0.0, outcome.autocorrelation)
            self.residual.append(sd * root_of(own))
            self.rest.append(sd * root_of(whole - own) if np.any(whole != own) else None)
            self.given.append(np.array([float(letter == question.treatment) for letter in sequence]))

    def trials(self, rng: np.random.Generator, trials: int) -> Iterator[list[Sequence]]:
        for first in range(0, trials, self.portion):
            many = min(self.portion, trials - first)
            ratio, effect = self._truth(rng, many)
            yield [self._drawn(rng, s, ratio, effect) for s in range(len(self.means))]

    def _truth(self, rng: np.random.Generator, trials: int) -> tuple[Matrix, Matrix]:
        """σ ÷ s and the effect of each trial."""
        df, (low, high) = self.beliefs.degrees_of_freedom, self.beliefs.region
        ratio, from_centre = np.ones(trials), np.zeros(trials)
        again = np.ones(trials, dtype=bool)
        for _ in range(MOST_DRAWS):
            many = int(again.sum())
            ratio[again] = 1.0 if df is None else np.sqrt(df / rng.chisquare(df, many))
            from_centre[again] = self.beliefs.effect_sd * ratio[again] * rng.standard_normal(many)
            if self.beliefs.effect_sd == 0.0:
                break
            again = ~((from_centre > low) & (from_centre < high))
            if not again.any():
                break
        else:
            message = (
                "Hardly anything is left of the prior beyond effect_truncated_at, so that no effects can be drawn from it; check both."
            )
            raise CannotSimulate("prior.effect_truncated_at", message)
        effect = self.centre + self.towards * from_centre
        share = self.assured.prior.share_responding
        if share is not None and share < 1.0:
            effect = np.where(rng.random(trials) < share, effect, 0.0)
        return ratio, effect

    def _drawn(self, rng: np.random.Generator, s: int, ratio: Matrix, effect: Matrix) -> Sequence:
        seen, people = self._seen(rng, s, len(ratio))
        shape = (len(ratio), people, self.periods)
        none = [0.0] * self.periods
        measured = np.array(self.means[s]) + ratio[:, None, None] * spread_around(none, self.residual[s], rng.standard_normal(shape))
        rest = self.rest[s]
        if rest is not None:
            measured += spread_around(none, rest, rng.standard_normal(shape))
        measured += effect[:, None, None] * self.given[s]
        return Sequence(self.setting.plan.design.sequences[s], measured, seen)


class Assurance(Continuous):
    """The test in the direction that is to be shown, also where the plan tests both."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.outcomes = UncertainOutcomes(setting, self.assured)

    @property
    def assured(self) -> Assured:
        found = self.setting.question
        if not isinstance(found, Assured):
            raise TypeError(found.kind)
        return found

    def means(self) -> dict[str, float]:
        return dict.fromkeys(self.letters, 0.0)

    def contrasts(self) -> Matrix:
        return np.array([[self.assured.question.weights.get(letter, 0.0) for letter in self.letters]])

    def decide(self, fitted: Fitted) -> Measures:
        question, analysis, outcome = self.assured.question, self.plan.analysis, continuous(self.plan.outcome)
        with np.errstate(invalid="ignore", divide="ignore"):
            estimate, error = fitted.estimate[:, 0], fitted.standard_error[:, 0]
            limit = critical(
                (analysis.alpha or 0.05) / (analysis.sides or 1), np.where(fitted.tested, fitted.degrees_of_freedom[:, 0], np.nan)
            )
            if isinstance(question, Equivalence):
                lower, upper = question.limits(outcome)
                shown = ((estimate - lower) / error > limit) & ((estimate - upper) / error < -limit)
            else:
                boundary = question.boundary(outcome) if isinstance(question, DirectedQuestion) else 0.0
                shown = towards(question, self.plan) * (estimate - boundary) / error > limit
        return {"assurance": shown & fitted.tested}

    def expected(self) -> tuple[Expected, ...]:
        return (Expected("assurance", float(self.assured.attained(self.known, self.setting.n_counted)), share=True),)

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        raise CannotSimulate(
            "prior", "An assurance averages over effects, so that no trial has its truth on the boundary; leave the prior out."
        )


def towards(question: PairwiseQuestion, plan: Plan) -> float:
    """The direction that is to be shown: as `better` says, two-sided without it as the planned effect."""
    if plan.analysis.sides == 2 and getattr(question, "better", None) is None and question.effect < 0:
        return -float(getattr(question, "direction", 1.0))
    return float(getattr(question, "direction", 1.0))
