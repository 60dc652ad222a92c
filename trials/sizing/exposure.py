"""Exposure: how long people are on the drug, which is all that a question about harm can count."""

from math import expm1
from typing import Annotated

from pydantic import Field

from trials.sizing.noun import NotNegative, Noun

Years = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0.001, le=100)]
OnDrug = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0.001, le=1)]


class Exposure(Noun):
    """Time on the drug: the follow-up in years, the share of it on the drug (½ in AB/BA), and how fast people stop taking it (per year)."""

    follow_up_years: Years
    share_on_drug: OnDrug = 1.0
    discontinuation_rate: NotNegative = 0.0

    @property
    def years_each(self) -> float:
        """Person-years on the drug that one person contributes on average.

        Notes
        -----
        With a constant hazard h of stopping, share·(1 − e^(−hT))/h; share·T where nobody stops.
        """
        hazard, span = self.discontinuation_rate, self.follow_up_years
        return self.share_on_drug * (-expm1(-hazard * span) / hazard if hazard > 0 else span)
