"""What a trial asks of people, of sites and of the budget: pure arithmetic on the design and the number of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trials.protocol import timeline

if TYPE_CHECKING:
    from trials.protocol.content import DesignFact

DAYS_A_WEEK = 7
DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Load:
    """The load of a trial; None where the design does not give what it takes.

    `days_per_person` from the start of the run-in to the end of follow-up; `visits_per_person` in the periods; `person_weeks`, `visits`
    and `cost` count everybody randomised, as if nobody left; `cost` in the currency of the design; `recruitment_months` until the last
    person is randomised, `trial_months` until that person has finished, from the first randomisation on and with a first run-in before.
    """

    n_randomised: int | None
    days_per_person: int | None
    visits_per_person: int | None
    person_weeks: float | None
    visits: int | None
    cost: float | None
    recruitment_months: float | None
    recruitment_per_site_month: float | None
    trial_months: float | None


def load_of(design: DesignFact, n_randomised: float | None) -> Load:
    """The load of a design with so many people randomised.

    Notes
    -----
    person-weeks = people·(run-in + periods·period + (periods − 1)·washout + follow-up)/7; visits = people·periods·visits_per_period;
    cost = people·cost_per_participant + visits·cost_per_visit, where a price that is not given counts as nothing, but not both;
    months to recruit = people/recruitment_per_month, evenly; a month has 365.25/12 days.
    """
    people = None if n_randomised is None else int(n_randomised)
    days = timeline.length_days(design)
    visits_each = None if design.visits_per_period is None or not design.sequences else design.n_periods * design.visits_per_period
    visits = None if people is None or visits_each is None else people * visits_each
    recruiting = None if people is None or not design.recruitment_per_month else people / design.recruitment_per_month
    return Load(
        n_randomised=people,
        days_per_person=days,
        visits_per_person=visits_each,
        person_weeks=None if people is None or days is None else people * days / DAYS_A_WEEK,
        visits=visits,
        cost=_cost(design, people, visits),
        recruitment_months=recruiting,
        recruitment_per_site_month=design.recruitment_per_month / design.sites if design.recruitment_per_month and design.sites else None,
        trial_months=None if recruiting is None or days is None else recruiting + days / DAYS_A_MONTH,
    )


def _cost(design: DesignFact, people: int | None, visits: int | None) -> float | None:
    """What people and visits cost together; None while a price, or the number that it multiplies, is not given."""
    if people is None or (design.cost_per_participant is None and design.cost_per_visit is None):
        return None
    if design.cost_per_visit and visits is None:
        return None
    return people * (design.cost_per_participant or 0.0) + (visits or 0) * (design.cost_per_visit or 0.0)
