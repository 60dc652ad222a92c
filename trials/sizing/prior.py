"""Prior: how uncertain the assumed effect and SD are, said directly or by the published estimate that they come from."""

from math import log
from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from trials.sizing.noun import LARGEST, SMALLEST, Located, Noun, Number, Positive, Share, WholePeople, plain

Degrees = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=1, le=1e7)]
DIRECT = ("sd_degrees_of_freedom", "cv_degrees_of_freedom", "effect_standard_error")
OF_ESTIMATE = ("confidence_interval", "confidence_level", "p_value", "sides", "n")
# a published interval is rounded; one whose middle lies further off than this share of its half-width is no t interval
LARGEST_OFFSET = 0.2


class Prior(Noun):
    """What the planned effect and SD may truly be.

    `sd_degrees_of_freedom` (`cv_degrees_of_freedom` on the log scale): the SD was estimated on so many. `effect_standard_error`: the effect is
    normal around the planned one, on the log scale for ratios. Or a published `estimate` with its `confidence_interval` or `p_value`
    and `n`, from which both follow; then the effect is normal around that estimate. `effect_truncated_at` cuts the effect off;
    `share_responding` is the chance that there is an effect at all.
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
        problems = self._problems()
        if problems:
            raise Located(*problems)
        return self

    def _problems(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        if self.sd_degrees_of_freedom is not None and self.cv_degrees_of_freedom is not None:
            found.append(("cv_degrees_of_freedom", "Give sd_degrees_of_freedom or, on the log scale, cv_degrees_of_freedom, not both."))
        if self.estimate is not None:
            found += self._of_estimate()
        elif given := [field for field in OF_ESTIMATE if getattr(self, field) is not None]:
            found.append(("estimate", f"{given[0]} belongs to a published estimate, which is missing: give estimate, too."))
        elif all(getattr(self, field) is None for field in DIRECT) and self.share_responding in {None, 1.0}:
            found.append(
                (
                    "sd_degrees_of_freedom",
                    (
                        "The prior leaves nothing uncertain. Give sd_degrees_of_freedom, effect_standard_error, share_responding, or a published "
                        "estimate with its confidence_interval and n."
                    ),
                )
            )
        if self.effect_truncated_at is not None and self.estimate is None and self.effect_standard_error is None:
            found.append(
                ("effect_truncated_at", "Only an uncertain effect can be cut off: give effect_standard_error, too, or leave it out.")
            )
        return found

    def _of_estimate(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = [
            (field, f"{field} follows from the published estimate; give one or the other, not both.")
            for field in DIRECT
            if getattr(self, field) is not None
        ]
        if (self.confidence_interval is None) == (self.p_value is None):
            found.append(
                (
                    "confidence_interval",
                    "The uncertainty of the estimate is said by its confidence_interval or by its p_value; give one of the two.",
                )
            )
        if self.n is None:
            found.append(("n", "n is missing: how many people the published estimate rests on."))
        if self.confidence_level is not None and self.confidence_interval is None:
            found.append(("confidence_level", "confidence_level goes with a confidence_interval; leave it out."))
        if self.sides is not None and self.p_value is None:
            found.append(("sides", "sides goes with a p_value; leave it out."))
        if self.p_value is not None and self.sides == 1 and self.p_value >= 0.5:
            found.append(
                (
                    "p_value",
                    f"A one-sided p_value of {plain(self.p_value)} points the other way, and the standard error does not follow from it; give the confidence_interval.",
                )
            )
        if self.confidence_interval is not None:
            low, high = self.confidence_interval
            if not low < high:
                found.append(("confidence_interval", f"The interval runs from {plain(low)} to {plain(high)}; the lower end comes first."))
            elif self.estimate is not None and not low <= self.estimate <= high:
                found.append(
                    ("estimate", f"The estimate {plain(self.estimate)} does not lie in its interval from {plain(low)} to {plain(high)}.")
                )
        return found

    def problems(self, *, log_scale: bool) -> list[tuple[str, str]]:
        """What does not fit the scale of the outcome, as (field, sentence)."""
        ratios = {"estimate": self.estimate, "effect_truncated_at": self.effect_truncated_at}
        ratios["confidence_interval"] = self.confidence_interval[0] if self.confidence_interval else None
        if log_scale and (wrong := [field for field, value in ratios.items() if value is not None and value <= 0]):
            return [(field, f"On the log scale {field} is a ratio above 0, for example 0.9.") for field in wrong]
        found: list[tuple[str, str]] = []
        if self.cv_degrees_of_freedom is not None and not log_scale:
            found.append(("cv_degrees_of_freedom", "On the additive scale variability is an SD: give sd_degrees_of_freedom instead."))
        centre = self.centre(log_scale=log_scale)
        if self.p_value is not None and centre == 0:
            none = 1 if log_scale else 0
            found.append(
                ("p_value", f"No standard error follows from a p_value when the estimate is {none}; give the confidence_interval.")
            )
        if centre is not None and self.confidence_interval is not None:
            low, high = (_scaled(end, log_scale=log_scale) for end in self.confidence_interval)
            if abs((low + high) / 2.0 - centre) > LARGEST_OFFSET * (high - low) / 2.0:
                scale = " on the log scale" if log_scale else ""
                found.append(
                    (
                        "confidence_interval",
                        (
                            f"The estimate does not lie in the middle of its interval{scale}, so that no standard error follows from it; check the numbers, "
                            "or give effect_standard_error instead."
                        ),
                    )
                )
        return found

    def centre(self, *, log_scale: bool) -> float | None:
        """The published estimate on the scale of the analysis; None where the planned effect is the centre."""
        return None if self.estimate is None else _scaled(self.estimate, log_scale=log_scale)

    def truncated_at(self, *, log_scale: bool) -> float | None:
        """Where the effect is cut off, on the scale of the analysis."""
        return None if self.effect_truncated_at is None else _scaled(self.effect_truncated_at, log_scale=log_scale)

    def variability_degrees_of_freedom(self) -> float | None:
        """On how many degrees of freedom the SD was estimated (n − 2 for a published estimate); None where it is taken as known."""
        if self.estimate is not None:
            return float((self.n or 3) - 2)
        return self.sd_degrees_of_freedom or self.cv_degrees_of_freedom

    def standard_error(self, *, log_scale: bool) -> float:
        """The standard error of the effect, on the scale of the analysis; 0 where the effect is taken as known.

        Notes
        -----
        From a published interval (upper − lower)/(2·t(1 − (1 − level)/2, n − 2)), from a p-value |estimate|/t(1 − p/sides, n − 2).
        """
        if self.estimate is None:
            return self.effect_standard_error or 0.0
        from trials.sizing.laws.power import t_critical

        df = self.variability_degrees_of_freedom()
        if self.confidence_interval is not None:
            low, high = (_scaled(end, log_scale=log_scale) for end in self.confidence_interval)
            found = (high - low) / 2.0 / t_critical((1.0 - (self.confidence_level or 0.95)) / 2.0, df)
        else:
            found = abs(_scaled(self.estimate, log_scale=log_scale)) / t_critical((self.p_value or 0.5) / (self.sides or 2), df)
        return min(max(float(found), SMALLEST), LARGEST)


def _scaled(value: float, *, log_scale: bool) -> float:
    return log(value) if log_scale else value
