"""Which questions can be simulated, and by what: one line for each kind of question and of trial."""

from typing import Protocol

import numpy as np

from trials.sizing.asked import asked
from trials.sizing.plan import Plan
from trials.sizing.question.assured import Assured
from trials.sizing.question.group_sequential import GroupSequential
from trials.sizing.question.wrapped import Wrapped
from trials.sizing.simulate.assured import Assurance
from trials.sizing.simulate.companions import Proportions, Survival, TwoValues
from trials.sizing.simulate.continuous import Alike, Differ, Directed, Interval
from trials.sizing.simulate.doses import Largest, Many, Trend
from trials.sizing.simulate.events import Excluded, Limits, Seen
from trials.sizing.simulate.heterogeneous import Heterogeneity
from trials.sizing.simulate.looks import Looks
from trials.sizing.simulate.moderated import Moderated
from trials.sizing.simulate.pairs import BinaryPairs, CountPairs, OrdinalPairs
from trials.sizing.simulate.people import OwnEffects
from trials.sizing.simulate.setting import CannotSimulate, Setting
from trials.sizing.simulate.simulated import Expected
from trials.sizing.simulate.tally import Measures


class Simulator(Protocol):
    """Makes trials of one setting and analyses them."""

    def __init__(self, setting: Setting) -> None: ...

    def measure(self, rng: np.random.Generator, trials: int) -> Measures:
        """What so many trials show: one value a trial for each measure, among them `tested`."""

    def expected(self) -> tuple[Expected, ...]:
        """What the engine says about the measures; the first decides when there are enough trials."""

    @classmethod
    def under_null(cls, plan: Plan) -> Plan:
        """The plan with the truth on the boundary that is tested."""


# (kind of question, kind of outcome or n_of_1; none where the question takes no outcome) -> what simulates it
SIMULATORS: dict[tuple[str, str], type[Simulator]] = {
    ("superiority", "continuous"): Directed,
    ("non_inferiority", "continuous"): Directed,
    ("equivalence", "continuous"): Alike,
    ("precision", "continuous"): Interval,
    ("omnibus", "continuous"): Differ,
    ("dose_trend", "continuous"): Trend,
    ("many_to_one", "continuous"): Many,
    ("dose_response_shapes", "continuous"): Largest,
    ("moderator", "continuous"): Moderated,
    ("superiority", "binary"): BinaryPairs,
    ("superiority", "ordinal"): OrdinalPairs,
    ("superiority", "count"): CountPairs,
    ("superiority", "n_of_1"): Directed,
    ("non_inferiority", "n_of_1"): Directed,
    ("equivalence", "n_of_1"): Alike,
    ("precision", "n_of_1"): Interval,
    ("individual_effect", "n_of_1"): OwnEffects,
    ("heterogeneity", "n_of_1"): Heterogeneity,
    ("heterogeneity", "continuous"): Heterogeneity,
    ("first_event", "none"): Seen,
    ("rate_upper_limit", "none"): Excluded,
    ("rate_increase", "none"): Excluded,
    ("rate_precision", "none"): Limits,
    ("correlation", "none"): TwoValues,
    ("two_proportions", "none"): Proportions,
    ("time_to_event", "none"): Survival,
}
# what the plan does around its question takes the place of the above
WRAPPERS: dict[type[Wrapped], type[Simulator]] = {Assured: Assurance, GroupSequential: Looks}


def simulator_of(plan: Plan) -> type[Simulator]:
    """What simulates this plan.

    Raises
    ------
    CannotSimulate
        Where nothing does, or the plan asks the simulation for something that it does not do.
    """
    wrapped = next((made for wrapper, made in WRAPPERS.items() if isinstance(asked(plan), wrapper)), None)
    if wrapped is not None:
        return wrapped
    sort = "n_of_1" if plan.design.is_n_of_1 else plan.outcome.kind if plan.outcome is not None else "none"
    found = SIMULATORS.get((plan.question.kind, sort))
    if found is None:
        served = ", ".join(sorted(kind for kind, of in SIMULATORS if of == sort))
        said = (
            f"a {sort.replace('_', '-')} {'series' if sort == 'n_of_1' else 'outcome'}" if sort != "none" else "a plan without an outcome"
        )
        instead = f"; what can be simulated there is {served}" if served else ""
        raise CannotSimulate("question.kind", f"{plan.question.kind} for {said} is not simulated yet{instead}.")
    return found
