"""What is simulated: a plan with what it solved for filled in, and how many whole people start and stay in each sequence."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

from trials.sizing.answer import Answer
from trials.sizing.asked import asked
from trials.sizing.find import FIND
from trials.sizing.information import Information, information
from trials.sizing.outcome import LogOutcome
from trials.sizing.plan import Plan
from trials.sizing.question import AnyQuestion, Equivalence, PairwiseQuestion
from trials.sizing.question.pairwise import DirectedQuestion
from trials.sizing.question.re_estimated import ReEstimated
from trials.sizing.simulation import Simulation
from trials.sizing.size import size

AS_USUAL = Simulation()
RE_ESTIMATED = (
    "Power, type I error and expected n of a plan with re_estimation are the result of simulated trials already, as `size` gives them; there is no "
    "analytic figure to hold another simulation against. Leave re_estimation out to simulate the trial that keeps its planned n."
)


class CannotSimulate(Exception):  # noqa: N818  says what, not that
    """A plan that cannot be simulated: the field that stands in the way, and a sentence."""

    def __init__(self, field: str, message: str) -> None:
        self.field, self.message = field, message
        super().__init__(message)


@dataclass(frozen=True)
class Setting:
    """A plan as it is simulated, without anything left to solve for.

    `started` people are randomised to each sequence and `staying` of them give all periods as planned; both are whole. `answer` is that of
    the plan as it was given.
    """

    plan: Plan
    answer: Answer
    simulation: Simulation
    started: tuple[int, ...]
    staying: tuple[int, ...]
    null: bool = False

    @property
    def question(self) -> AnyQuestion:
        """The question as it is asked: with what wraps it, such as a prior or interim looks."""
        return asked(self.plan)

    @property
    def by_period(self) -> bool:
        return self.plan.attrition.observed_by_period is not None

    @property
    def randomly_lost(self) -> bool:
        """Whether chance decides who leaves."""
        return self.simulation.dropout == "random" and self.plan.attrition.share_with_all_periods < 1.0

    @property
    def present(self) -> tuple[int, ...]:
        """People by sequence who are in the trial at its start; those who are lost before they count are left out where that is no chance."""
        return self.started if self.by_period or self.randomly_lost else self.staying

    @property
    def counted(self) -> tuple[float, ...]:
        """People by sequence to whom the analytic answer belongs."""
        incomplete_count = getattr(self.plan.question, "uses_incomplete_people", True)
        if self.plan.attrition.lost_before_period is not None and incomplete_count:
            return self.started
        planned = self.answer.n_per_sequence or (self.answer.n_evaluable or 0.0,)
        if self.randomly_lost and any(count != int(count) for count in planned):
            return tuple(count * self.plan.attrition.share_with_all_periods for count in self.started)
        return self.staying

    @property
    def known(self) -> Information:
        """What one person tells, with the people shared among the sequences as they are simulated."""
        plan = self.plan
        design = plan.design if plan.design.is_n_of_1 else plan.design.model_copy(update={"allocation": self.counted})
        return information(design, plan.outcome, plan.analysis, plan.attrition, plan.exposure)

    @property
    def n_counted(self) -> float:
        return sum(self.counted)


def setting_of(plan: Plan) -> Setting:
    """The plan sized, what it found put in its place, and people made whole.

    Raises
    ------
    CannotSimulate
        Where the plan has no answer, or asks for something that no trial shows.
    """
    plan = plan.settled()
    if isinstance(asked(plan), ReEstimated):
        raise CannotSimulate("analysis.re_estimation", RE_ESTIMATED)
    answer = size(plan)
    simulation = plan.simulation or AS_USUAL
    if answer.reason is not None:
        raise CannotSimulate("solve", f"There is nothing to simulate, because the plan has no answer: {answer.reason}")
    settled = _found(plan, answer)
    if plan.design.is_n_of_1:
        started, staying = (whole_people((count or 0.0,)) for count in (answer.n_randomised, answer.n_evaluable))
    else:
        started, staying = (whole_people(counts or ()) for counts in (answer.n_randomised_per_sequence, answer.n_per_sequence))
    if not sum(staying):
        raise CannotSimulate("solve", "There are no people to simulate: with less than one person there is no trial. Simulate more people.")
    setting = Setting(settled, answer, simulation, started, staying)
    known, question = setting.known, setting.question
    if reason := question.reason(known):
        raise CannotSimulate("solve", f"Split into whole people the trial cannot be analysed: {reason}")
    if question.smallest_n(known) > setting.n_counted + 1e-9:
        raise CannotSimulate("solve", "Split into whole people too few are left in a sequence for the test; simulate more people.")
    return setting


def _found(plan: Plan, answer: Answer) -> Plan:
    """The plan with the difference, the SD or the cycles that it asked for; it then asks for power (precision: for a width) at that n."""
    found: dict[str, Any] = {}
    question, outcome, verb = plan.question, plan.outcome, plan.solve.find
    if verb in {"mean_difference", "mean_ratio"} and isinstance(question, PairwiseQuestion):
        update: dict[str, Any] = {verb: getattr(answer, verb)}
        found["question"] = question.model_copy(update=update)
    elif verb in {"within_subject_sd", "within_subject_cv"} and outcome is not None:
        found["outcome"] = outcome.model_copy(update={verb: getattr(answer, verb)})
    elif verb == "cycles":
        found["design"] = plan.design.model_copy(update={"cycles": answer.cycles})
    elif verb == "half_width" and isinstance(question, DirectedQuestion | Equivalence) and answer.power is None:
        given = "mean_ratio" if isinstance(outcome, LogOutcome) else "mean_difference"
        raise CannotSimulate(
            f"question.{given}",
            f"Without {given} there is nothing for a trial to show. Give the difference that is assumed, or ask a precision question.",
        )
    elif verb not in FIND and verb not in {"n", "power", "assurance", "half_width"}:
        raise CannotSimulate("solve.for", f"A plan that asks for {verb} is not simulated yet; ask for n or for power.")
    return plan.model_copy(update=found) if found else plan


def whole_people(counts: Sequence[float]) -> tuple[int, ...]:
    """Whole people with the same total, as near to the given counts as can be; those that lost most by rounding down come first.

    Examples
    --------
    >>> whole_people((11.5, 11.5))
    (12, 11)
    """
    down = [floor(count + 1e-9) for count in counts]
    left = round(sum(counts)) - sum(down)
    order = sorted(range(len(down)), key=lambda s: down[s] - counts[s])
    return tuple(count + (order.index(s) < left) for s, count in enumerate(down))
