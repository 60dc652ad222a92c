"""What may change the effect of a treatment: a trait that people have or lack, one of several groups, or a value; each as it is measured."""

from collections.abc import Mapping
from math import sqrt
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, StrictBool, model_validator

from trials.sizing.noun import Located, Noun, Number, Positive, Share, in_words, plain

if TYPE_CHECKING:
    from trials.sizing.information import DegreesOfFreedom, Information
    from trials.sizing.moderators.subgroups import Told

Weights = dict[str, float]
Certain = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=1)]
Name = Annotated[str, Field(min_length=1, max_length=60)]
MOST_LEVELS = 12


class MeasuredModerator(Noun):
    """What the three have in common. Effects are differences of treatment − comparator, in the outcome's unit (of its logarithm on the log scale)."""

    kind: str

    @property
    def has_direction(self) -> bool:
        """Whether one number is tested, so that the test has sides."""
        return True

    @property
    def levels(self) -> int:
        """Groups that the model fits separately; a value takes as many degrees of freedom as two groups."""
        return 2

    @property
    def difference(self) -> float:
        """The true difference in effect that is assumed, with its sign."""
        raise NotImplementedError

    @property
    def observed(self) -> float:
        """What is left of it when the moderator is measured with error; of a value, per SD as measured."""
        return self.difference

    @property
    def hidden(self) -> tuple[float, ...]:
        """Variance of the true effect that error of measurement leaves within each level, in squared units of the outcome."""
        return (0.0, 0.0)

    @property
    def has_error(self) -> bool:
        """Whether the moderator is measured with error, so that true effects differ within the levels."""
        return False

    def told(self, known: "Information", weights: Weights) -> "Told":
        from trials.sizing.moderators.subgroups import told

        return told(known, weights, self.hidden)

    def degrees_of_freedom(self, known: "Information", weights: Weights) -> "DegreesOfFreedom":
        return self.told(known, weights).degrees_of_freedom.within(self.levels)

    def smallest_n(self, known: "Information", weights: Weights) -> float:
        return self.degrees_of_freedom(known, weights).smallest_n

    def power(self, known: "Information", weights: Weights, n: Any) -> Any:
        raise NotImplementedError

    def variance(self, known: "Information", weights: Weights, n: float) -> float:
        """Variance of the estimate with n people, in squared units of the outcome (per squared unit of a value)."""
        raise NotImplementedError

    def varied(self, assumption: str, value: float) -> Self:
        """The same moderator with another value of one assumption."""
        return self.model_copy(update={assumption: value})

    def variable(self) -> tuple[str, float] | None:
        """The assumed effect that tables vary: its name and value."""
        raise NotImplementedError


class BinaryModerator(MeasuredModerator):
    """A trait that people have or lack, such as a BMI of 30 or more.

    `prevalence` is the true share of people who have it; where recruitment is enriched, the share that is recruited. `difference_in_effect` is the effect in
    people who have it less the effect in the others. `stratified`: the sizes of both groups are planned; otherwise they come as chance has them.

    Notes
    -----
    Observed share q_o = Se·q + (1 − Sp)(1 − q); PPV = Se·q/q_o, NPV = Sp(1 − q)/(1 − q_o); observed difference = γ(PPV + NPV − 1). Within the groups as
    observed the true effect varies by γ²·PPV(1 − PPV) and γ²·NPV(1 − NPV), which adds to v in each. The pooled residual shows their mean, weighted by
    the sizes of the groups, where the variance of the estimate has each divided by the size of its own; both are kept apart here.
    """

    kind: Literal["binary"]
    prevalence: Share
    difference_in_effect: Number
    sensitivity: Certain = 1.0
    specificity: Certain = 1.0
    stratified: StrictBool = True

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.sensitivity + self.specificity <= 1.0:
            message = (
                f"sensitivity {plain(self.sensitivity)} and specificity {plain(self.specificity)} add up to {plain(self.sensitivity + self.specificity)}; "
                "a measurement says more than chance only when they add up to more than 1."
            )
            raise Located(("specificity", message))
        return self

    @property
    def difference(self) -> float:
        return self.difference_in_effect

    @property
    def observed_prevalence(self) -> float:
        return self.sensitivity * self.prevalence + (1.0 - self.specificity) * (1.0 - self.prevalence)

    @property
    def predictive_values(self) -> tuple[float, float]:
        """The chance of having the trait when it is observed, and of lacking it when it is not."""
        q = self.observed_prevalence
        return self.sensitivity * self.prevalence / q, self.specificity * (1.0 - self.prevalence) / (1.0 - q)

    @property
    def has_error(self) -> bool:
        return self.sensitivity < 1.0 or self.specificity < 1.0

    @property
    def observed(self) -> float:
        return self.difference * (sum(self.predictive_values) - 1.0) if self.has_error else self.difference

    @property
    def hidden(self) -> tuple[float, ...]:
        if not self.has_error:
            return (0.0, 0.0)
        return tuple(self.difference**2 * value * max(1.0 - value, 0.0) for value in self.predictive_values)

    def power(self, known: "Information", weights: Weights, n: Any) -> Any:
        from trials.sizing.moderators.group_sizes import power_of_planned_groups, power_of_random_groups

        seen, q, alpha, sides = self.told(known, weights), self.observed_prevalence, known.analysis.alpha or 0.05, known.analysis.sides or 2
        observed = abs(self.observed)
        if self.stratified:
            return power_of_planned_groups(seen, observed, (q, 1.0 - q), n, alpha, sides)
        if isinstance(n, np.ndarray):
            return np.array([power_of_random_groups(seen, observed, q, float(one), alpha, sides) for one in n])
        return power_of_random_groups(seen, observed, q, float(n), alpha, sides)

    def variance(self, known: "Information", weights: Weights, n: float) -> float:
        first, second = self.told(known, weights).variances
        return (first / self.observed_prevalence + second / (1.0 - self.observed_prevalence)) / n

    def variable(self) -> tuple[str, float] | None:
        return "difference_in_effect", self.difference_in_effect


class CategoricalModerator(MeasuredModerator):
    """Several groups, such as the genotypes of a receptor: the share of each and the effect in each.

    With `compare` two of them are compared by a t test, its residual pooled over all groups; without, an F test asks whether the effect differs at all.

    Notes
    -----
    Two groups: Var = (v/N)(1/q_a + 1/q_b). All: λ = (N/v)·Σ q_g(e_g − ē)² with ē = Σ q_g·e_g, groups − 1 numerator degrees of freedom, because one contrast of the
    treatments is followed through the groups (with two treatments that is the whole interaction).
    """

    kind: Literal["categorical"]
    shares: Annotated[dict[Name, Share], Field(min_length=2, max_length=MOST_LEVELS)]
    effects: Annotated[dict[Name, Number], Field(min_length=2, max_length=MOST_LEVELS)]
    compare: tuple[str, str] | None = None

    def __hash__(self) -> int:
        return hash((tuple(self.shares.items()), tuple(self.effects.items()), self.compare))

    @model_validator(mode="after")
    def _check(self) -> Self:
        problems = []
        if strange := [name for name in self.effects if name not in self.shares]:
            problems.append(("effects", f"{in_words(strange)} has an effect but no share; give every group both."))
        if missing := [name for name in self.shares if name not in self.effects]:
            problems.append(("effects", f"The effect in {in_words(missing)} is missing; give every group both a share and an effect."))
        if abs(sum(self.shares.values()) - 1.0) > 1e-3:
            total = plain(round(sum(self.shares.values()), 6))
            problems.append(("shares", f"The shares add up to {total}; shares of all people add up to 1 (write 0.3333 for a third)."))
        if self.compare is not None:
            if unknown := [name for name in self.compare if name not in self.shares]:
                problems.append(("compare", f"{in_words(unknown)} is not one of the groups {in_words(self.shares)}; compare two of these."))
            elif self.compare[0] == self.compare[1]:
                problems.append(("compare", f"Both groups to compare are {self.compare[0]}; choose two different ones."))
        if problems:
            raise Located(*problems)
        return self

    @property
    def has_direction(self) -> bool:
        return self.compare is not None

    @property
    def levels(self) -> int:
        return len(self.shares)

    @property
    def hidden(self) -> tuple[float, ...]:
        return (0.0, 0.0)

    @property
    def difference(self) -> float:
        """Between the two that are compared, or between the largest and the smallest effect."""
        if self.compare is not None:
            return self.effects[self.compare[0]] - self.effects[self.compare[1]]
        return max(self.effects.values()) - min(self.effects.values())

    def share(self, name: str) -> float:
        """Of all people; shares that add up to 0.999 are taken as thirds and the like."""
        return self.shares[name] / sum(self.shares.values())

    @property
    def spread(self) -> float:
        """Σ q(e − ē)², the variance of the effect between groups."""
        middle = sum(self.share(name) * effect for name, effect in self.effects.items())
        return sum(self.share(name) * (effect - middle) ** 2 for name, effect in self.effects.items())

    def power(self, known: "Information", weights: Weights, n: Any) -> Any:
        from trials.sizing.laws.power import f_power, t_power

        seen, alpha = self.told(known, weights), known.analysis.alpha or 0.05
        df = seen.degrees_of_freedom.within(self.levels).at(n)
        if self.compare is None:
            return f_power(n * self.spread / seen.variances[0], self.levels - 1, df, alpha)
        return t_power(abs(self.difference) / self.variance(known, weights, n) ** 0.5, df, alpha, known.analysis.sides or 2)

    def variance(self, known: "Information", weights: Weights, n: float) -> float:
        v = self.told(known, weights).variances[0]
        if self.compare is None:
            return v / n  # of the effect itself; an F test has no single estimate
        return sum(v / self.share(name) for name in self.compare) / n

    def varied(self, assumption: str, value: float) -> Self:
        if assumption != "difference_in_effect" or self.compare is None:
            return super().varied(assumption, value)
        first, second = self.compare
        return self.model_copy(update={"effects": {**self.effects, first: self.effects[second] + value}})

    def variable(self) -> tuple[str, float] | None:
        return None if self.compare is None else ("difference_in_effect", self.difference)


class ContinuousModerator(MeasuredModerator):
    """A value, such as body mass index: `slope` is by how much the effect changes per unit of its true value.

    `moderator_sd` is the SD as measured, in the moderator's own unit; `reliability` the share of its variance that is not error of measurement.

    Notes
    -----
    The slope per unit as measured is γ·R; within people of one measured value the true effect varies by γ²·R(1 − R)·s², which adds to v. The values are taken as
    normally distributed, and power is averaged over the spread that they come to have; N − 6 in place of N gives nearly the same in AB/BA.
    """

    kind: Literal["continuous"]
    moderator_sd: Positive
    slope: Number
    reliability: Certain = 1.0

    @property
    def difference(self) -> float:
        """Between people one SD above and one SD below the mean of the true value: what a trait that half of the people have compares (Gelman 2008)."""
        return 2.0 * self.slope * self.moderator_sd * sqrt(self.reliability)

    @property
    def observed(self) -> float:
        return self.slope * self.reliability * self.moderator_sd

    @property
    def hidden(self) -> tuple[float, ...]:
        return (self.slope**2 * self.reliability * (1.0 - self.reliability) * self.moderator_sd**2,)

    @property
    def has_error(self) -> bool:
        return self.reliability < 1.0

    def smallest_n(self, known: "Information", weights: Weights) -> float:
        from trials.sizing.moderators.value_spread import smallest_for_values

        seen = self.told(known, weights)
        return max(seen.degrees_of_freedom.within(2).smallest_n, smallest_for_values(seen))

    def power(self, known: "Information", weights: Weights, n: Any) -> Any:
        from trials.sizing.moderators.value_spread import power_of_random_values

        analysis = known.analysis
        return power_of_random_values(self.told(known, weights), abs(self.observed), n, analysis.alpha or 0.05, analysis.sides or 2)

    def variance(self, known: "Information", weights: Weights, n: float) -> float:
        """Of the slope per unit as measured, with the mean spread of the values plugged in."""
        from trials.sizing.moderators.value_spread import mean_inflation

        seen = self.told(known, weights)
        return float(seen.variances[0] * mean_inflation(seen, n)) / n / self.moderator_sd**2

    def variable(self) -> tuple[str, float] | None:
        return "slope", self.slope


Moderated = Annotated[BinaryModerator | CategoricalModerator | ContinuousModerator, Field(discriminator="kind")]
MODERATORS: Mapping[str, type[Noun]] = {
    "binary": BinaryModerator,
    "categorical": CategoricalModerator,
    "continuous": ContinuousModerator,
}
