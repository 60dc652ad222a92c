"""Outcomes that are counted or ranked rather than measured: two answers, ordered ones, or numbers of events."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from trials.sizing.noun import Correlation, Located, Noun, Positive, Share, plain

ShareOrNone = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, lt=1)]
ROUNDING = 1e-12  # what floating point may add to shares
Overdispersion = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=1, le=1000)]


class BinaryOutcome(Noun):
    """An outcome with two answers, such as 30 % less pain: who responds on one treatment alone decides the comparison.

    Either the shares of people who respond on the treatment only and on the comparator only, or both chances of a response and their
    correlation within a person.

    Notes
    -----
    p₁₁ = p_A·p_B + φ·√(p_A(1 − p_A)·p_B(1 − p_B)); treatment_only = p_A − p₁₁, comparator_only = p_B − p₁₁. A correlation that makes one
    of the four shares negative (beyond the Fréchet bounds) is refused.
    """

    kind: Literal["binary"]
    treatment_only: ShareOrNone | None = None
    comparator_only: ShareOrNone | None = None
    probability_treatment: Share | None = None
    probability_comparator: Share | None = None
    within_subject_correlation: Correlation | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        only = (self.treatment_only, self.comparator_only)
        both = (self.probability_treatment, self.probability_comparator, self.within_subject_correlation)
        if any(one is not None for one in only) and any(one is not None for one in both):
            message = "Give either treatment_only and comparator_only, or both probabilities with their within_subject_correlation, not a mixture."
            raise Located(("treatment_only", message))
        if any(one is not None for one in both):
            names = ("probability_treatment", "probability_comparator", "within_subject_correlation")
            if missing := [name for name, one in zip(names, both, strict=True) if one is None]:
                raise Located(
                    (missing[0], f"{missing[0]} is missing; two probabilities and their correlation within a person belong together.")
                )
            if not self.is_possible:
                low, high = self.correlation_bounds
                message = (
                    f"within_subject_correlation is {plain(self.within_subject_correlation or 0.0)}, but these probabilities allow only "
                    f"{plain(round(low, 4))} to {plain(round(high, 4))}."
                )
                raise Located(("within_subject_correlation", message))
            return self
        if missing := [name for name, one in zip(("treatment_only", "comparator_only"), only, strict=True) if one is None]:
            raise Located((missing[0], f"{missing[0]} is missing: the share of people who respond on that treatment and not on the other."))
        if (self.treatment_only or 0.0) + (self.comparator_only or 0.0) > 1 + ROUNDING:
            raise Located(
                ("comparator_only", "treatment_only and comparator_only are shares of the same people; together they are at most 1.")
            )
        if not any(only):
            raise Located(("treatment_only", "Nobody responds on one treatment alone, so there is nothing to compare."))
        return self

    @property
    def shares(self) -> tuple[float, float]:
        """Those who respond on the treatment only, and on the comparator only."""
        if self.probability_treatment is None or self.probability_comparator is None:
            return self.treatment_only or 0.0, self.comparator_only or 0.0
        a, b = self.probability_treatment, self.probability_comparator
        together = a * b + (self.within_subject_correlation or 0.0) * (a * (1 - a) * b * (1 - b)) ** 0.5
        return _not_dust(a - together), _not_dust(b - together)

    @property
    def marginals(self) -> tuple[float, float, float]:
        """Where both probabilities are known: they, and the share of people who respond on both treatments."""
        a = self.probability_treatment or 0.0
        return a, self.probability_comparator or 0.0, a - self.shares[0]

    @property
    def is_possible(self) -> bool:
        """Whether all four kinds of people (both, one, the other, neither) have a share of at least 0, and some tell the treatments apart."""
        both = self.marginals[2] if self.probability_treatment is not None else 0.0
        return min(self.shares) >= 0 and both >= -ROUNDING and 0 < sum(self.shares) <= 1 + ROUNDING - both

    @property
    def correlation_bounds(self) -> tuple[float, float]:
        """The correlations within a person that both probabilities allow (Fréchet)."""
        a, b = self.probability_treatment or 0.5, self.probability_comparator or 0.5
        spread = (a * (1 - a) * b * (1 - b)) ** 0.5
        return (max(0.0, a + b - 1.0) - a * b) / spread, (min(a, b) - a * b) / spread


def _not_dust(share: float) -> float:
    return 0.0 if abs(share) < ROUNDING else share


class OrdinalOutcome(Noun):
    """An ordered or plainly non-normal outcome, compared by ranks of the period differences.

    `probability_superior` is the chance that the difference period 1 − period 2 of somebody in the sequence treatment–comparator exceeds that of
    somebody in comparator–treatment, plus half the chance of a tie; it is not the share of people who do better on the treatment.
    `tie_fractions` are the shares of people, both sequences together, who share one value of the difference.
    """

    kind: Literal["ordinal"]
    probability_superior: Share
    tie_fractions: tuple[Share, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if sum(self.tie_fractions) > 1 + 1e-9:
            raise Located(
                ("tie_fractions", f"The tie_fractions add up to {plain(sum(self.tie_fractions))}; shares of people add up to 1 at most.")
            )
        return self


class CountOutcome(Noun):
    """Events counted for each person and period, such as rescue doses.

    `rate_comparator` is the mean number a person and period on the comparator; `overdispersion` is variance ÷ mean within a person.
    """

    kind: Literal["count"]
    rate_comparator: Positive
    rate_ratio: Positive
    overdispersion: Overdispersion = 1.0
