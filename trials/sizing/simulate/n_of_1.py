"""Series of n-of-1 trials: everybody goes through cycles of A and B in random order, and the differences within cycles are compared."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trials.sizing.outcome import continuous
from trials.sizing.plan import Plan
from trials.sizing.question.pairwise import DirectedQuestion
from trials.sizing.simulate.setting import CannotSimulate, Setting
from trials.sizing.simulate.simulated import Expected
from trials.sizing.simulate.tally import Measures

Differences = NDArray[np.float64]  # (trials, people, cycles)


def differences(
    rng: np.random.Generator, shape: tuple[int, int, int], effect: float, within_subject_sd: float, individual_response_sd: float
) -> Differences:
    """A − B in each cycle: d_ij = θ + τ_i + ε_ij with Var τ = ψ² and Var ε = 2σ_w²."""
    own = individual_response_sd * rng.standard_normal((*shape[:2], 1))
    return np.asarray(effect + own + np.sqrt(2.0) * within_subject_sd * rng.standard_normal(shape))


def mean_tested(found: Differences, boundary: float, people: str) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """The mean difference, t against the boundary, and its degrees of freedom.

    Notes
    -----
    `random`: people are a sample, and their means are the data (n − 1 df). `fixed`: the effect in these people, with the variance within them
    (n(k − 1) df). Senn 2019 for the two questions; the formulas are our working version, checked by simulation.
    """
    _, n, k = found.shape
    means = found.mean(axis=2)
    estimate = means.mean(axis=1)
    if people == "fixed":
        df = n * (k - 1)
        variance = np.square(found - means[..., None]).sum(axis=(1, 2)) / max(df, 1) / (n * k)
    else:
        df = n - 1
        variance = means.var(axis=1, ddof=1) / n
    return estimate, (estimate - boundary) / np.sqrt(variance), df


def heterogeneity_tested(found: Sequence[Differences], *, by_cycle: bool) -> tuple[NDArray[np.float64], int, int]:
    """F = mean square between people ÷ within them, and its degrees of freedom.

    Parameters
    ----------
    found : list of arrays of shape (trials, people, cycles)
        One for each sequence; a series of n-of-1 trials is one.
    by_cycle : bool
        Whether the means by sequence and cycle, which periods share, are removed first.

    Notes
    -----
    n − 1 and n(k − 1); with S sequences whose means are removed n − S and (n − S)(k − 1).
    """
    between = within = np.zeros(len(found[0]))
    between_df = within_df = 0
    for one in found:
        _, n, k = one.shape
        rest = one - one.mean(axis=1, keepdims=True) if by_cycle else one - one.mean(axis=(1, 2), keepdims=True)
        means = rest.mean(axis=2)
        between = between + k * np.square(means).sum(axis=1)
        within = within + np.square(rest - means[..., None]).sum(axis=(1, 2))
        between_df += n - 1
        within_df += (n - 1 if by_cycle else n) * (k - 1)
    return between / between_df / (within / within_df), between_df, within_df


class Series:
    """Trials of one n-of-1 setting."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.plan = setting, setting.plan
        if self.plan.attrition.observed_by_period is not None:
            raise CannotSimulate(
                "attrition.lost_before_period", "n-of-1 series are simulated with a dropout_rate, not with loss by period."
            )
        self.cycles = self.plan.design.cycles or 1
        if continuous(self.plan.outcome).autocorrelation:
            raise CannotSimulate("outcome.autocorrelation", "n-of-1 series are simulated without autocorrelation; leave it out.")

    def effect(self) -> float:
        raise NotImplementedError

    def look(self, found: Differences) -> Measures:
        """What trials with the same number of people show."""
        raise NotImplementedError

    def measure(self, rng: np.random.Generator, trials: int) -> Measures:
        setting, outcome = self.setting, continuous(self.plan.outcome)
        started, staying = sum(setting.started), sum(setting.staying)
        shape = (trials, started if setting.randomly_lost else staying, self.cycles)
        made = differences(rng, shape, self.effect(), outcome.residual_sd, outcome.individual_response_sd)
        stay = np.full(trials, shape[1])
        if setting.randomly_lost:
            stay = rng.binomial(started, self.plan.attrition.share_with_all_periods, size=trials)
        shown, estimate, tested = np.zeros(trials), np.full(trials, np.nan), stay >= 2
        for people in np.unique(stay[tested]):
            here = stay == people
            seen = self.look(made[here, :people])
            shown[here], estimate[here] = seen["shown"], seen["estimate"]
        return {"shown": shown, "estimate": estimate, "tested": tested}

    def expected(self) -> tuple[Expected, ...]:
        power = float(self.plan.question.power(self.setting.known, self.setting.n_counted))
        return (Expected("shown", power, share=True), Expected("estimate", self.effect(), judged=False))


class AverageEffect(Series):
    """Superiority: the average effect in the population or in these people, by `analysis.people`."""

    @property
    def question(self) -> DirectedQuestion:
        if not isinstance(self.plan.question, DirectedQuestion):
            raise TypeError(self.plan.question.kind)
        return self.plan.question

    def effect(self) -> float:
        return self.question.effect

    def look(self, found: Differences) -> Measures:
        from trials.sizing.power import t_critical

        analysis, question = self.plan.analysis, self.question
        estimate, t, df = mean_tested(found, question.boundary(self.plan.outcome), analysis.people or "random")
        sides = analysis.sides or 1
        critical = t_critical((analysis.alpha or 0.05) / sides, df)
        return {"shown": (np.abs(t) if sides == 2 else question.direction * t) > critical, "estimate": estimate}

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        question = plan.question
        if not isinstance(question, DirectedQuestion):
            raise TypeError(question.kind)
        return plan.model_copy(update={"question": question.with_effect(question.boundary(plan.outcome), plan.outcome)})


class Heterogeneity(Series):
    """Whether people truly differ in their response, by F."""

    def effect(self) -> float:
        return 0.0

    def look(self, found: Differences) -> Measures:
        from scipy import special

        f, between, within = heterogeneity_tested([found], by_cycle=False)
        critical = special.fdtri(between, within, 1.0 - (self.plan.analysis.alpha or 0.05))
        return {"shown": f > critical, "estimate": found.mean(axis=(1, 2))}

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        return without_individual_response(plan)


def without_individual_response(plan: Plan) -> Plan:
    """The same plan where everybody responds alike."""
    return plan.model_copy(update={"outcome": continuous(plan.outcome).model_copy(update={"individual_response_sd": 0.0})})
