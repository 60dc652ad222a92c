"""The analysis: error rates, the terms of the model, and which degrees of freedom its test uses."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from trials.sizing.noun import Noun, Positive, Share

Test = Literal["exact", "mid_p", "asymptotic", "wald", "prescott", "mainland_gart", "normal"]
People = Literal["random", "fixed"]
Spending = Literal["obrien_fleming", "pocock"]
Estimator = Literal["within_subject", "generalised_least_squares"]
DegreesOfFreedom = Literal["anova", "robust", "satterthwaite", "paired"]


class ReEstimation(Noun):
    """n is looked at again when a share of the people has been observed, from the variability alone, blind to the treatments."""

    method: Literal["blinded"] = "blinded"
    at_fraction: Share = 0.5
    maximum_n: Annotated[StrictInt, Field(ge=4, le=1_000_000)]
    true_within_subject_sd: Positive | None = None


class Analysis(Noun):
    """How the trial will be analysed. What is left out is filled in by the plan, and the answer echoes it."""

    alpha: Share | None = None
    sides: Annotated[StrictInt, Field(ge=1, le=2)] | None = None
    adjust_for_carryover: StrictBool = False
    sequence_effects: StrictBool = True
    estimator: Estimator | None = None
    degrees_of_freedom: DegreesOfFreedom | None = None
    test: Test | None = None
    people: People | None = None
    looks: Annotated[StrictInt, Field(ge=1, le=12)] | None = None
    spending: Spending | None = None
    re_estimation: ReEstimation | None = None

    def planned_estimator(self, *, loss_by_period: bool) -> Estimator:
        """As the plan says; generalised least squares when people leave by period or sequence effects are left out."""
        if self.estimator is not None:
            return self.estimator
        return "generalised_least_squares" if loss_by_period or not self.sequence_effects else "within_subject"
