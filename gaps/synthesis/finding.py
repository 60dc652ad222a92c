"""What one study found: a difference and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST = 1e100


@dataclass(frozen=True)
class Finding:
    """The difference of one study, treatment − comparator, and its standard error, both in the unit of the outcome.

    Raises
    ------
    ValueError
        When a number is not finite, so large or small that its square is none, or the standard error is not above 0.
    """

    difference: float
    standard_error: float

    def __post_init__(self) -> None:
        if not (abs(self.difference) < LARGEST and 1 / LARGEST < self.standard_error < LARGEST):
            raise ValueError(
                f"A finding needs a finite difference and a standard error above 0, not {self.difference:g} and {self.standard_error:g}."
            )

    @property
    def variance(self) -> float:
        """Square of the standard error, in the outcome's unit squared."""
        return self.standard_error**2
