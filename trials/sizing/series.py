"""n-of-1 series: what cycles of A and B, repeated within people, tell about the difference between the two.

Notes
-----
n people go through k cycles, each one period on A and one on B in an order drawn anew; d_ij = τ_i + ε_ij is the difference of person i in cycle
j, Var ε = 2σ², and the true differences τ_i vary between people with SD ψ. Senn (2019) tells five aims of such a series apart, and each has
a size of its own:

1. the average effect in the *population*: people are a sample, Var = (ψ² + 2σ²/k)/n with n − 1 degrees of freedom;
2. the average effect in *these patients*: only cycles are a sample, Var = 2σ²/(nk) with n(k − 1) degrees of freedom;
3. whether patients *differ* in their response (`question.heterogeneity`);
4. *one patient's own* effect from that patient's cycles alone, Var = 2σ²/k;
5. one patient's effect *shrunk* towards the average of all (`question.individual_effect`).

Chance decides the order in every cycle, so that a trend over time favours neither treatment, and no term for it is fitted: a difference
between the first and the second period of a cycle would add to σ. The criteria follow Senn S, Stat Methods Med Res 2019;28:372–383; the
formulas are our working version, derived and simulated, not checked against the original.
"""

from collections.abc import Sequence
from typing import NamedTuple

from trials.sizing.noun import in_words


class Series(NamedTuple):
    """A series for a residual SD of 1; `individual` is ψ ÷ σ."""

    cycles: int
    people: str  # random or fixed
    individual: float = 0.0
    autocorrelation: float = 0.0

    @property
    def reason(self) -> str | None:
        """Why the average effect has no test whatever n is, or None."""
        if self.autocorrelation:
            return DEPENDENT
        if self.people == "fixed" and self.cycles < 2:
            return (
                "With one cycle a person nothing tells how much the difference varies within people, so the effect in these people has no test. "
                "Add a cycle, or let people be random."
            )
        return None

    @property
    def variance(self) -> float:
        """n·Var of the average difference: criterion 1 for random people, criterion 2 for fixed ones."""
        return self.own_variance + (self.individual**2 if self.people == "random" else 0.0)

    @property
    def freedom(self) -> tuple[float, float]:
        """Slope and intercept of the degrees of freedom in n."""
        return (1.0, -1.0) if self.people == "random" else (self.cycles - 1.0, 0.0)

    @property
    def own_variance(self) -> float:
        """Variance of one patient's mean difference around that patient's true one: criterion 4."""
        return 2.0 / self.cycles

    @property
    def own_weight(self) -> float:
        """B = ψ²/(ψ² + 2σ²/k), how much a patient's own result counts beside the average of all."""
        return self.individual**2 / (self.individual**2 + self.own_variance)

    def shrunken_variance(self, n: float) -> float:
        """Prediction error variance of a patient's effect shrunk towards the average of n people: criterion 5.

        Notes
        -----
        PEV = ψ²(1 − B) + (1 − B)²(ψ² + 2σ²/k)/n, the variances taken as known; with one person it is 2σ²/k.
        """
        others = self.own_variance / (self.individual**2 + self.own_variance)  # 1 − B without losing digits
        return self.individual**2 * others + others**2 * (self.individual**2 + self.own_variance) / n

    def carryover_bias(self, difference: float) -> float:
        """How far a difference in carry-over moves the estimate, on average over the orders that chance may draw: −½ of it.

        The second period of each cycle receives what the first leaves behind; what a cycle leaves for the next meets A and B alike.
        """
        return -0.5 * difference


DEPENDENT = (
    "With autocorrelation the differences from cycle to cycle depend on each other and on the order of the periods, and no exact method serves "
    "that. Leave autocorrelation out; the converter daily_readings turns correlated readings within a period into the SD of the period."
)


def complete_cycles(sequences: Sequence[str], treatment: str, comparator: str) -> tuple[int, str | None]:
    """How many complete cycles of two treatments everybody goes through, or the reason why heterogeneity cannot be told from error.

    Returns
    -------
    cycles : int
        k where every sequence gives each of the two k times and k is 2 or more; else 0.
    reason : str or None

    Notes
    -----
    The first A of a person is paired with the first B, the second with the second, whatever lies between: with independent residuals every
    difference has variance 2σ² + (what the person brings), and the means by sequence and cycle, which hold all period effects, are removed.
    """
    counts = {(sequence.count(treatment), sequence.count(comparator)) for sequence in sequences}
    design, pair = "/".join(sequences), f"{treatment} and {comparator}"
    if any(0 in both for both in counts):
        return 0, f"In {design} some people do not take both {pair}, so they show no difference of their own. {WHAT_HELPS}"
    if any(a != b for a, b in counts):
        return 0, (
            f"In {design} people do not take {pair} equally often, so their periods do not make up complete cycles of one period on each. {WHAT_HELPS}"
        )
    if len(counts) > 1:
        return (
            0,
            f"In {design} people go through {in_words(sorted(a for a, _ in counts))} cycles, not all through the same number. {WHAT_HELPS}",
        )
    ((cycles, _),) = counts
    if cycles < 2:
        return 0, (
            f"In {design} everybody takes {pair} once. One difference a person holds individual response and error together, and nothing tells them "
            f"apart. {WHAT_HELPS}"
        )
    return cycles, None


WHAT_HELPS = "Repeat complete cycles, as in ABBA/BAAB or in an n-of-1 series."
