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
    analysis, attrition = plan.analysis, plan.attrition
    outcome: AnyOutcome | None = plan.outcome
    if not set(_letters(plan)) <= set(design.letters):
        return Compared(name=name, sequences=design.sequences, reason=f"{name} does not give all of {', '.join(_letters(plan))}.")
    if design.n_periods == 1 and plan.has_continuous_outcome:
        if (single := _single_measurement(plan.continuous)) is None:
            return Compared(
                name=name,
                sequences=design.sequences,
                reason="A design of one period compares people with each other; give the SD between people.",
            )
        outcome = single
        analysis = analysis.model_copy(update={"adjust_for_carryover": False, "degrees_of_freedom": "anova", "estimator": "within_subject"})
    if attrition.lost_before_period is not None and len(attrition.lost_before_period) != design.n_periods:
        return Compared(
            name=name,
            sequences=design.sequences,
            reason=f"lost_before_period speaks of {len(attrition.lost_before_period)} periods; give dropout_rate to compare designs.",
        )
    answer = size(plan.model_copy(update={"design": design, "outcome": outcome, "analysis": analysis}))
    if answer.reason is not None or answer.n_randomised is None:
        return Compared(name=name, sequences=design.sequences, reason=answer.reason)
    burden, periods, people = design.burden or plan.design.burden or NO_BURDEN, design.n_periods, answer.n_randomised
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


def _letters(plan: Plan) -> tuple[str, ...]:
    question = plan.question
    return tuple(question.means) if question.kind == "omnibus" else (question.treatment, question.comparator)


def _single_measurement(outcome: Continuous) -> Continuous | None:
    """The outcome as people show it who are measured once."""
    if outcome.between_people_sd is None:
        return None
    total = sqrt(outcome.residual_sd**2 + outcome.between_people_sd**2 + outcome.individual_response_sd**2 / 2.0)
    return LogOutcome(total_cv=log_cv(total)) if isinstance(outcome, LogOutcome) else AdditiveOutcome(total_sd=total)
