"""How many people start, how many give all periods, and on how many the power rests."""

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from trials.sizing.attrition import inflate
from trials.sizing.plan import Plan
from trials.sizing.solve import AtN

if TYPE_CHECKING:
    from trials.sizing.several.plan import JointPlan

Count = int | float


@dataclass(frozen=True)
class People:
    """Totals and people by sequence; `counted` are those whom the information refers to."""

    n_evaluable: Count
    n_randomised: Count
    n_per_sequence: tuple[Count, ...]
    n_randomised_per_sequence: tuple[Count, ...]
    counted: float


def whole(count: float) -> Count:
    """A count without the dust of floating point; fractions of people stay fractions."""
    near = round(count)
    return near if abs(count - near) <= 1e-9 * max(1.0, abs(count)) else count


def of_total(plan: Plan, *, n_evaluable: float | None = None, n_randomised: float | None = None) -> People:
    """People when a total is given; it is split in proportion to the allocation, fractions kept.

    Notes
    -----
    With a dropout rate n_evaluable = n_randomised·(1 − d); the other way round people are randomised in whole allocation units.
    With loss by period everything observed counts, so that power belongs to n_randomised.
    """
    kept = plan.attrition.share_with_all_periods
    by_period = plan.attrition.lost_before_period is not None
    if n_evaluable is None:
        n_evaluable = (n_randomised or 0.0) * kept
    elif n_randomised is None:
        n_randomised = n_evaluable
        if kept < 1.0:
            n_randomised = n_evaluable / kept if by_period else inflate(n_evaluable, 1.0 - kept, sum(plan.design.unit))
    n_randomised = n_randomised or 0.0
    counted = n_randomised if by_period else n_evaluable
    return People(whole(n_evaluable), whole(n_randomised), _split(plan, n_evaluable), _split(plan, n_randomised), float(counted))


def of_solve(plan: Plan, solve: AtN) -> People:
    """People as the verb of the plan says; a split that it gives has become the design's allocation."""
    if solve.person_years is not None and plan.exposure is not None:
        return of_total(plan, n_evaluable=solve.person_years / plan.exposure.years_each)
    if solve.n_per_sequence is None:
        return of_total(plan, n_evaluable=solve.n_evaluable, n_randomised=solve.n_randomised)
    kept = plan.attrition.share_with_all_periods
    by_period = plan.attrition.lost_before_period is not None
    started: tuple[Count, ...] = tuple(whole(n / kept) if by_period else ceil(n / kept - 1e-9) for n in solve.n_per_sequence)
    n_evaluable, n_randomised = sum(solve.n_per_sequence), sum(started)
    return People(n_evaluable, n_randomised, solve.n_per_sequence, started, float(n_randomised if by_period else n_evaluable))


def _split(plan: Plan, total: float) -> tuple[Count, ...]:
    shares = plan.design.allocation
    return tuple(whole(total * share / sum(shares)) for share in shares)


def share_kept(plan: "Plan | JointPlan") -> float:
    """The share of those whom the power rests on that gives all periods."""
    return plan.attrition.share_with_all_periods if plan.attrition.lost_before_period is not None else 1.0


def people_around(plan: "Plan | JointPlan", planned: float, smallest_n: float, points: int) -> Any:
    """Whole steps from the smallest trial to twice the planned one."""
    unit = sum(plan.design.unit)
    least = max(unit, int(-(-smallest_n // unit)) * unit)
    most = max(2.0 * planned, least + 10.0 * unit)
    step = max(unit, int(-(-(most - least) / points // unit)) * unit)
    return np.arange(least, most + step, step, dtype=float)
