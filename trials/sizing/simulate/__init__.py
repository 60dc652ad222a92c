"""A trial simulated as it is planned, and analysed as it is planned: an independent witness for the analytic answer."""

import os
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trials.sizing.noun import in_words as listed
from trials.sizing.plan import Plan
from trials.sizing.question import Correlation
from trials.sizing.question.assured import Assured
from trials.sizing.question.harm import HarmQuestion
from trials.sizing.several.plan import JointPlan
from trials.sizing.simulate.chunks import Chunks, run_here, run_in_processes
from trials.sizing.simulate.registry import simulator_of
from trials.sizing.simulate.setting import CannotSimulate, Setting, setting_of
from trials.sizing.simulate.simulated import Simulated, error_of, figures_of
from trials.sizing.simulate.tally import Tally
from trials.sizing.simulate.words import for_people, in_words, stamp

__all__ = ["CannotSimulate", "Progress", "Simulated", "for_people", "in_words", "one_at_a_time", "simulate"]

WORTH_PROCESSES = 3.0  # seconds of work; starting processes takes about one
SECONDS_A_MEASUREMENT = 1e-7
SECONDS_A_MIXED_MODEL = 0.05


@dataclass(frozen=True)
class Progress:
    """How far a simulation is: trials so far, at most, and the share found so far with its Monte Carlo standard error."""

    trials_run: int
    trials: int
    simulated: float
    monte_carlo_error: float
    wanted: float | None

    @property
    def share_done(self) -> float:
        """Between 0 and 1; the error falls with the square root of the trials."""
        by_trials = self.trials_run / self.trials
        return min(1.0, by_trials if self.wanted is None else max(by_trials, (self.wanted / max(self.monte_carlo_error, 1e-12)) ** 2))


def simulate(
    plan: Plan | JointPlan,
    processes: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    *,
    null: bool = False,
) -> Simulated:
    """Simulate the trial of a plan and run its analysis.

    Parameters
    ----------
    plan : Plan or JointPlan
        As `read_plan` returns it; its `simulation` says how (seed 1 and 10,000 trials where it says nothing). A plan that solves for n is
        simulated at that n.
    processes : int, optional
        How many to use; as many as pay off where it is not said. The answer does not depend on it.
    progress : callable, optional
        Told how far it is, after every chunk or few.
    stop : callable, optional
        Asked between chunks; when it says yes, what has been found so far is the answer, marked `interrupted`.
    null : bool
        Put the truth on the boundary that is tested: the share of trials that show something is then the size of the test.

    Returns
    -------
    Simulated

    Raises
    ------
    CannotSimulate
        Where the plan has no answer or several questions, nothing simulates its kind of question, or it was stopped before the first chunk.

    Notes
    -----
    Chunk k of 50 trials has the seed `SeedSequence(seed, spawn_key=(k,))`. With `monte_carlo_error` the simulation stops after the first chunk k
    with which the standard error over chunks 0 … k is small enough; this is decided in the order of the chunks, whichever finishes first.
    """
    if not isinstance(plan, Plan):
        raise CannotSimulate("questions", one_at_a_time(plan))
    setting = setting_of(plan)
    kind = simulator_of(setting.plan)
    if reason := _cannot(setting):
        raise CannotSimulate(*reason)
    if null:
        setting = Setting(kind.under_null(setting.plan), setting.answer, setting.simulation, setting.started, setting.staying, null=True)
    simulation = setting.simulation
    expected = kind(setting).expected()
    wanted = simulation.monte_carlo_error

    def enough(total: Tally) -> bool:
        return wanted is not None and error_of(total, expected[0]) <= wanted

    def report(total: Tally) -> None:
        if progress is not None:
            found = total[expected[0].measure]
            progress(Progress(total.trials, simulation.trials, found.mean, error_of(total, expected[0]), wanted))

    chunks, asked = Chunks(setting), stop or (lambda: False)
    seconds = _seconds_a_trial(setting)
    count = processes or (available() if seconds * simulation.trials > WORTH_PROCESSES else 1)
    if count == 1:
        total, interrupted = run_here(chunks, enough, report, asked)
    else:
        total, interrupted = run_in_processes(chunks, enough, report, asked, count, chunks.in_a_job(seconds))
    if not total.trials:
        raise CannotSimulate("simulation", "The simulation was stopped before its first chunk of trials was done.")
    figures = figures_of(total, expected)
    power = next((figure for figure in figures if figure.measure == "shown"), None)
    return Simulated(
        simulated_power=power.simulated if power else None,
        analytic_power=power.analytic if power else None,
        analytic_over_dropout=_over_dropout(setting),
        monte_carlo_error=error_of(total, expected[0]),
        trials_run=total.trials,
        agreement=all(figure.agrees for figure in figures if figure.judged),
        agreement_said=stamp(figures, null=null),
        figures=figures,
        trials_without_test=total.trials - round(total["tested"].total),
        analysis=simulation.analysis,
        dropout=simulation.dropout if setting.plan.attrition.share_with_all_periods < 1.0 else None,
        carryover=simulation.carryover,
        null=null,
        seed=simulation.seed,
        trials=simulation.trials,
        monte_carlo_error_wanted=wanted,
        n_simulated_per_sequence=setting.present,
        interrupted=interrupted,
    )


def one_at_a_time(plan: JointPlan) -> str:
    """Why several questions are not simulated, and what to do."""
    names = listed(f"“{one.name}”" for one in plan.questions)
    return (
        f"One question at a time is simulated. Use simulate on each of {names}: a plan of its own, with its question (and outcome, analysis and "
        "target_power where it has its own) in place of questions."
    )


def available() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _seconds_a_trial(setting: Setting) -> float:
    """About how long one trial takes, for choosing processes and jobs; the answer does not depend on it."""
    if setting.simulation.analysis == "mixed_model":
        return SECONDS_A_MIXED_MODEL
    return SECONDS_A_MEASUREMENT * max(1, sum(setting.present)) * setting.plan.design.n_periods


def _over_dropout(setting: Setting) -> float | None:
    """The analytic power averaged over who leaves by chance."""
    plan = setting.plan
    if setting.null or setting.by_period or not setting.randomly_lost or isinstance(setting.question, Assured):
        return None
    if plan.design.is_n_of_1 or isinstance(plan.question, HarmQuestion | Correlation):
        return None if setting.answer.power is None else _over_followed(setting)
    from trials.sizing.stress import stress

    tested = stress(plan, setting.answer)
    return tested.random_dropout.expected_power if tested is not None and tested.random_dropout is not None else None


def _over_followed(setting: Setting) -> float:
    """The power of a question to which only the number of people matters, averaged over how many are followed to the end."""
    from scipy import stats

    started, kept = sum(setting.started), setting.plan.attrition.share_with_all_periods
    low, high = (int(stats.binom.ppf(tail, started, kept)) for tail in (1e-9, 1.0 - 1e-9))
    followed = np.arange(low, high + 1)
    chances = stats.binom.pmf(followed, started, kept)
    question, known = setting.question, setting.known
    least = max(1.0, question.smallest_n(known) - 1e-9)
    powers = np.array([float(question.power(known, float(n))) if n >= least else 0.0 for n in followed.tolist()])
    return float(powers @ chances / chances.sum())


def _cannot(setting: Setting) -> tuple[str, str] | None:
    """What the simulation is asked to do and does not: the field and a sentence."""
    from trials.sizing.simulate.mixed_model import why_not

    plan, simulation = setting.plan, setting.simulation
    if simulation.analysis == "mixed_model":
        if not plan.has_continuous_outcome or plan.design.is_n_of_1:
            return "simulation.analysis", 'A mixed model is fitted to a continuous outcome of a crossover design; use "planned" here.'
        return why_not(plan, plan.continuous)
    return None
