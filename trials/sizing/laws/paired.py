"""A test of paired answers as a plan names it: its power, its size, and from which n on it is worth looking."""

from dataclasses import dataclass
from typing import Literal

from trials.sizing.laws import mcnemar
from trials.sizing.laws.binomial import Sort
from trials.sizing.laws.search import smallest_units
from trials.sizing.laws.two_sequences import MOST_EXACT, Shares, between_whole

Name = Literal["exact", "mid_p", "asymptotic", "wald", "prescott", "mainland_gart"]


@dataclass(frozen=True)
class PairedTest:
    """One of the tests for a binary outcome.

    `only` are always the shares of people who do better on the treatment alone and on the comparator alone; one-sided tests look for more of the
    former. `first_share` is the share of people who start with the treatment.
    """

    name: Name
    alpha: float
    sides: int
    first_share: float = 0.5

    @property
    def compares_sequences(self) -> bool:
        return self.name in {"prescott", "mainland_gart"}

    @property
    def is_normal(self) -> bool:
        """Whether its planned power is that of a formula."""
        return self.name in {"asymptotic", "wald"}

    def is_enumerated(self, n: float) -> bool:
        """Whether a test of sequences is worked out answer by answer; McNemar's are, whatever n is."""
        return not self.compares_sequences or max(self.first_share, 1.0 - self.first_share) * n <= MOST_EXACT + 1e-9

    def power(self, n: float, only: Shares) -> float:
        """The planned power with n people."""
        discordant, share = _discordant(only)
        if self.compares_sequences and self.is_enumerated(n):
            people = (self.first_share * n, (1.0 - self.first_share) * n)
            return between_whole(_sequence_test(self.name), people, only, self.alpha, self.sides)
        if self.compares_sequences or self.is_normal:
            return mcnemar.normal_power(
                n * self.balance, discordant, only[0] - only[1], self.alpha, self.sides, null_variance=self.name != "wald"
            )
        return mcnemar.power(_binomial_test(self.name), n, discordant, share, self.alpha, self.sides)

    def counted_power(self, n: float, only: Shares) -> float:
        """The power counted answer by answer, also where the planned one is that of a formula."""
        discordant, share = _discordant(only)
        if self.name == "wald":
            return mcnemar.wald_power(n, discordant, share, self.alpha, self.sides)
        if self.name == "asymptotic":
            return mcnemar.power("asymptotic", n, discordant, share, self.alpha, self.sides)
        return self.power(n, only)

    def size(self, n: float, only: Shares) -> float | None:
        """The chance to reject where as many people differ, but none of the treatments is better; None where it is not enumerated."""
        half = _discordant(only)[0] / 2.0
        return self.counted_power(n, (half, half)) if self.is_enumerated(n) else None

    @property
    def balance(self) -> float:
        """4r(1 − r): what unequal sequences leave of n for a test that compares them; 1 for McNemar's."""
        return 4.0 * self.first_share * (1.0 - self.first_share) if self.compares_sequences else 1.0

    def normal_n(self, only: Shares, target_power: float) -> float:
        """n by the formula of the normal distribution, not rounded."""
        discordant, difference = _discordant(only)[0], only[0] - only[1]
        found = mcnemar.normal_n(discordant, difference, self.alpha, self.sides, target_power, null_variance=self.name != "wald")
        return found / self.balance

    def first_n(self, only: Shares, target_power: float, unit: int) -> float:
        """The first n, in whole units, that reaches the target, or a number below it; infinite where none ever will."""
        if self.sides == 1 and only[0] < only[1]:
            return 1.0  # power falls with n; nothing can be skipped
        if not self.compares_sequences and not self.is_normal:
            discordant, share = _discordant(only)
            return mcnemar.first_n(_binomial_test(self.name), discordant, share, self.alpha, self.sides, target_power, unit)
        start = 1
        if self.compares_sequences:
            last = int(MOST_EXACT / max(self.first_share, 1.0 - self.first_share) / unit + 1e-9)
            enough = (step * unit for step in range(1, last + 1) if self.power(step * unit, only) >= target_power)
            if (found := next(enough, None)) is not None:
                return float(found)
            start = last + 1
        near = self.normal_n(only, target_power)
        if near > mcnemar.OUT_OF_SIGHT:
            return float("inf")
        steps = smallest_units(
            lambda step: self.power(step * unit, only) >= target_power, start, int(mcnemar.OUT_OF_SIGHT), round(near / unit)
        )
        return float("inf") if steps is None else float(steps * unit)


def _discordant(only: Shares) -> tuple[float, float]:
    """The share of people who respond on one treatment alone, and of those, the share for the treatment."""
    return min(sum(only), 1.0), only[0] / sum(only)


def _binomial_test(name: Name) -> Sort:
    return "exact" if name == "exact" else "mid_p"


def _sequence_test(name: Name) -> Literal["prescott", "mainland_gart"]:
    return "prescott" if name == "prescott" else "mainland_gart"
