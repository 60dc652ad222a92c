"""Prior: how uncertain the assumed effect and SD are, said directly or by the published estimate that they come from."""

from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from trials.sizing.noun import Located, Noun, Number, Positive, Share, WholePeople

Degrees = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=1, le=1e7)]


class Prior(Noun):
    """What the planned effect and SD may truly be.

    `sd_degrees_of_freedom` (`cv_degrees_of_freedom` on the log scale): the SD was estimated on so many. `effect_standard_error`: the effect is
    normal around the planned one, on the log scale for ratios. Or a published `estimate` with its `confidence_interval` or `p_value`
    and `n`, from which both follow. `effect_truncated_at` cuts the effect off; `share_responding` is the chance that there is an effect at all.
    """

    sd_degrees_of_freedom: Degrees | None = None
    cv_degrees_of_freedom: Degrees | None = None
    effect_standard_error: Positive | None = None
    estimate: Number | None = None
    confidence_interval: tuple[Number, Number] | None = None
    confidence_level: Share | None = None
    p_value: Share | None = None
    sides: Annotated[StrictInt, Field(ge=1, le=2)] | None = None
    n: Annotated[WholePeople, Field(ge=3)] | None = None
    effect_truncated_at: Number | None = None
    share_responding: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=1)] | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.sd_degrees_of_freedom is not None and self.cv_degrees_of_freedom is not None:
            raise Located(("cv_degrees_of_freedom", "Give sd_degrees_of_freedom or, on the log scale, cv_degrees_of_freedom, not both."))
        return self
