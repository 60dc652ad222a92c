"""What would be enough: the difference that matters, its direction, and the errors that one accepts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from statistics import NormalDist


class Better(StrEnum):
    """In which direction of the outcome a benefit lies."""

    LOWER = "lower"
    HIGHER = "higher"


@dataclass(frozen=True)
class Target:
    """A difference that matters, and how surely it should be found.

    Attributes
    ----------
    target_difference : float
        Smallest benefit worth finding, without sign, in the unit of the outcome.
    better : Better
    alpha : float
        Two-sided, 0–1.
    power : float
        0–1.

    Raises
    ------
    ValueError
        When a number is out of its range.
    """

    target_difference: float
    better: Better = Better.LOWER
    alpha: float = 0.05
    power: float = 0.9

    def __post_init__(self) -> None:
        if not isfinite(self.target_difference) or self.target_difference <= 0:
            raise ValueError(f"The difference that matters is above 0, not {self.target_difference:g}; give it without sign.")
        if not 0 < self.alpha < 1 or not self.alpha / 2 < self.power < 1:
            raise ValueError(f"Alpha lies between 0 and 1 and power between alpha/2 and 1, not {self.alpha:g} and {self.power:g}.")

    @property
    def required_information(self) -> float:
        """The information, 1/variance of the pooled difference, that finds the difference at this alpha and power; per unit squared.

        Notes
        -----
        (z_{1−α/2} + z_{1−β})²/δ²; Wetterslev et al., BMC Med Res Methodol 2017;17:39, 10.1186/s12874-017-0315-7.

        Examples
        --------
        >>> round(Target(1.0).required_information, 2)
        10.51
        """
        normal = NormalDist()
        return ((normal.inv_cdf(1.0 - self.alpha / 2.0) + normal.inv_cdf(self.power)) / self.target_difference) ** 2

    def benefit(self, difference: float) -> float:
        """A difference turned so that more is better, in the unit of the outcome."""
        return -difference if self.better is Better.LOWER else difference
