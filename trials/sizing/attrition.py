"""Attrition: who is lost, and when."""

from itertools import pairwise
from math import ceil
from typing import Annotated, Self

from pydantic import Field, model_validator

from trials.sizing.noun import Located, Noun, plain

Rate = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, lt=1)]


class Attrition(Noun):
    """Either a share of people lost altogether, or the cumulative share lost before each period."""

    dropout_rate: Rate | None = None
    lost_before_period: tuple[Rate, ...] | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.dropout_rate is not None and self.lost_before_period is not None:
            raise Located(
                (
                    "lost_before_period",
                    "Give dropout_rate (people without all periods are left out) or lost_before_period (all that was observed counts), not both.",
                )
            )
        if (lost := self.lost_before_period) is not None:
            if not lost or lost[0] != 0:
                first = plain(lost[0]) if lost else "missing"
                raise Located(
                    ("lost_before_period", f"The first share of lost_before_period is {first}; nobody is lost before period 1, so it is 0.")
                )
            if any(later < earlier for earlier, later in pairwise(lost)):
                raise Located(
                    (
                        "lost_before_period",
                        f"The shares {', '.join(map(plain, lost))} are cumulative and never fall; add up what was lost before each period.",
                    )
                )
        return self

    @property
    def share_with_all_periods(self) -> float:
        """The share of randomised people who give all periods."""
        if self.lost_before_period is not None:
            return 1.0 - self.lost_before_period[-1]
        return 1.0 - (self.dropout_rate or 0.0)

    @property
    def observed_by_period(self) -> tuple[float, ...] | None:
        """P(exactly j periods observed) for j = 1 … p, when people are lost by period; otherwise None."""
        if self.lost_before_period is None or not any(self.lost_before_period):
            return None
        lost = self.lost_before_period
        return (*(after - before for before, after in pairwise(lost)), 1.0 - lost[-1])


def inflate(n_evaluable: float, dropout_rate: float, unit: int) -> int:
    """People to randomise so that n_evaluable remain, rounded up to whole units.

    Notes
    -----
    n/(1 − d), never n(1 + d). The small allowance undoes floating point: 42/(1 − 0.3) is 60.00000000000001 and means 60.
    """
    return ceil(n_evaluable / (1.0 - dropout_rate) / unit - 1e-9) * unit
