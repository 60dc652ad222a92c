"""What is kept of simulated trials: how many there were, and for each thing measured in a trial its sum and its sum of squares."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Measures = Mapping[str, NDArray[Any]]  # one value a trial: whether something was shown, or a number; NaN where the trial gave none


@dataclass(frozen=True)
class Sum:
    """Values of one measure, added up."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.count + other.count, self.total + other.total, self.squares + other.squares)

    @property
    def mean(self) -> float:
        return self.total / self.count if self.count else nan

    @property
    def error(self) -> float:
        """Monte Carlo standard error of the mean of a number."""
        if self.count < 2:
            return nan
        return sqrt(max(self.squares - self.total**2 / self.count, 0.0) / (self.count - 1) / self.count)

    @property
    def share_error(self) -> float:
        """Monte Carlo standard error of a share; never 0.

        Notes
        -----
        √(p̃(1 − p̃)/m) with two successes and two failures added (Agresti & Coull 1998): a hundred trials that all succeed have not shown
        that every trial will.
        """
        m = self.count + 4
        share = (self.total + 2.0) / m
        return sqrt(share * (1.0 - share) / m)


@dataclass(frozen=True)
class Tally:
    """Everything that is known of some simulated trials; tallies add up."""

    trials: int = 0
    sums: Mapping[str, Sum] = field(default_factory=dict)

    def __add__(self, other: "Tally") -> "Tally":
        names = [*self.sums, *(name for name in other.sums if name not in self.sums)]
        return Tally(self.trials + other.trials, {name: self[name] + other[name] for name in names})

    def __getitem__(self, name: str) -> Sum:
        return self.sums.get(name, Sum())


def tally(measures: Measures) -> Tally:
    """The sums of some trials."""
    sums = {}
    for name, given in measures.items():
        values = np.asarray(given, dtype=float)
        known = values[~np.isnan(values)]
        sums[name] = Sum(len(known), float(known.sum()), float(np.square(known).sum()))
    return Tally(max((len(values) for values in measures.values()), default=0), sums)
