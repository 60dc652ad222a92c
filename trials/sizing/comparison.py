"""Several designs for one question, by people, visits, time and cost."""

from collections.abc import Mapping
from math import sqrt

from trials.sizing.design import Burden, Design
from trials.sizing.noun import Noun
from trials.sizing.outcome import AdditiveOutcome, AnyOutcome, Continuous, LogOutcome, log_cv
from trials.sizing.plan import Plan
from trials.sizing.size import size

NO_BURDEN = Burden()


class Compared(Noun):
    """What one design needs; a reason where it cannot answer the question. Time and cost count everybody who starts."""

    name: str
    sequences: tuple[str, ...]
    n_evaluable: int | float | None = None
    n_randomised: int | float | None = None
    power: float | None = None
    variance_factor: float | None = None
    visits: float | None = None
    person_weeks: float | None = None
    cost: float | None = None
    reason: str | None = None


def compare(plan: Plan, designs: Mapping[str, Design]) -> tuple[Compared, ...]:
    """The same question answered by several designs, those with fewest randomised people first.

    Parameters
    ----------
    plan : Plan
        Its design is replaced; its burden stands in where a design has none.
    designs : mapping of name to Design

    Notes
    -----
    visits = people·periods·visits_per_period; person-weeks = people·(run-in + periods·period + (periods − 1)·washout);
    cost = people·cost_per_participant + visits·cost_per_visit. A design of one period compares people with each other: its
    SD is √(σ_w² + σ_b² + ψ²/2), so it needs the SD between people.
    """
    rows = [_row(plan, name, design) for name, design in designs.items()]
    return tuple(sorted(rows, key=lambda row: (row.n_randomised is None, row.n_randomised or 0)))


def _row(plan: Plan, name: str, design: Design) -> Compared:
    if reason := _why_not(plan, name, design):
        return Compared(name=name, sequences=design.sequences, reason=reason)
    analysis = plan.analysis
    outcome: AnyOutcome | None = plan.outcome
    if design.n_periods == 1 and plan.has_continuous_outcome:
        outcome = _single_measurement(plan.continuous)
        analysis = analysis.model_copy(update={"adjust_for_carryover": False, "degrees_of_freedom": "anova", "estimator": "within_subject"})
    answer = size(plan.model_copy(update={"design": design, "outcome": outcome, "analysis": analysis}))
    if answer.reason is not None or answer.n_randomised is None:
        return Compared(name=name, sequences=design.sequences, reason=answer.reason)
    burden, periods, people = design.burden or plan.design.burden or NO_BURDEN, answer.plan.design.n_periods, answer.n_randomised
    visits = people * periods * burden.visits_per_period
    return Compared(
        name=name,
        sequences=design.sequences,
        n_evaluable=answer.n_evaluable,
        n_randomised=people,
        power=answer.power,
        variance_factor=answer.variance_factor,
        visits=visits,
        person_weeks=people * (burden.run_in_weeks + periods * burden.period_weeks + (periods - 1) * burden.washout_weeks),
        cost=people * burden.cost_per_participant + visits * burden.cost_per_visit,
    )


def _why_not(plan: Plan, name: str, design: Design) -> str | None:
    """Why this design cannot be compared for this plan, or None."""
    letters, lost = _letters(plan), plan.attrition.lost_before_period
    if letters is None:
        return f"{plan.question.kind} compares no treatments by their means, so another design is another plan; size it on its own."
    if not set(letters) <= set(design.letters):
        return f"{name} does not give all of {', '.join(letters)}."
    if design.n_periods == 1 and plan.has_continuous_outcome and _single_measurement(plan.continuous) is None:
        return "A design of one period compares people with each other; give the SD between people."
    if lost is not None and len(lost) != design.n_periods:
        return f"lost_before_period speaks of {len(lost)} periods; give dropout_rate to compare designs."
    return _unlike(plan, design)


def _letters(plan: Plan) -> tuple[str, ...] | None:
    """The treatments that are compared; None for questions that no comparison of means answers."""
    question = plan.question
    if not question.outcomes:
        return None
    return question.letters_compared() or (() if question.of_series else None)


def _unlike(plan: Plan, design: Design) -> str | None:
    """Why a design in sequences and an n-of-1 series cannot be compared for this plan, or None."""
    if not design.is_n_of_1:
        return "The plan asks for a number of cycles; only an n-of-1 design has them." if plan.solve.find == "cycles" else None
    if not plan.question.of_series:
        return f"An n-of-1 design is not asked for {plan.question.kind}."
    if design.cycles is None and plan.solve.find != "cycles":
        return "An n-of-1 design needs its number of cycles, for example n_of_1:4."
    if plan.analysis.adjust_for_carryover:
        return "The analysis of n-of-1 cycles has no carry-over term; leave adjust_for_carryover out to compare."
    if plan.attrition.lost_before_period is not None:
        return "In an n-of-1 design people count who complete all cycles; give dropout_rate to compare designs."
    return None


def _single_measurement(outcome: Continuous) -> Continuous | None:
    """The outcome as people show it who are measured once."""
    if outcome.between_people_sd is None:
        return None
    total = sqrt(outcome.residual_sd**2 + outcome.between_people_sd**2 + outcome.individual_response_sd**2 / 2.0)
    return LogOutcome(total_cv=log_cv(total)) if isinstance(outcome, LogOutcome) else AdditiveOutcome(total_sd=total)
