"""The analysis: error rates, the terms of the model, and which degrees of freedom its test uses."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from trials.sizing.noun import Noun, Share

Estimator = Literal["within_subject", "generalised_least_squares"]
DegreesOfFreedom = Literal["anova", "robust", "satterthwaite", "paired"]


class Analysis(Noun):
    """How the trial will be analysed. What is left out is filled in by the plan, and the answer echoes it."""

    alpha: Share | None = None
    sides: Annotated[StrictInt, Field(ge=1, le=2)] | None = None
    adjust_for_carryover: StrictBool = False
    sequence_effects: StrictBool = True
    estimator: Estimator | None = None
    degrees_of_freedom: DegreesOfFreedom | None = None

    def planned_estimator(self, *, loss_by_period: bool) -> Estimator:
        """As the plan says; generalised least squares when people leave by period or sequence effects are left out."""
        if self.estimator is not None:
            return self.estimator
        return "generalised_least_squares" if loss_by_period or not self.sequence_effects else "within_subject"
