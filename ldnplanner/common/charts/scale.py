"""Where values fall on a line of pixels, and which of them get a tick."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WEEK_STEPS = (1, 2, 4, 6, 8, 12, 26, 52, 104, 260, 520, 1040, 2080)
DAY_STEPS = (1, 2, 5, 7, 14, 28, 56, 112)


@dataclass(frozen=True)
class Scale:
    """A linear scale from values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (self.end - self.start) * (value - self.low) / (self.high - self.low)


def nice_ticks(low: float, high: float, *, about: int) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten from low to high, about so many of them.

    Examples
    --------
    >>> nice_ticks(10, 100, about=5)
    [20.0, 40.0, 60.0, 80.0, 100.0]
    """
    rough = (high - low) / max(about, 1)
    power = 10 ** math.floor(math.log10(rough))
    step = next(multiple * power for multiple in (1, 2, 5, 10) if multiple * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{index * step:.12g}") for index in range(first, last + 1)]


def step_ticks(low: float, high: float, *, steps: Sequence[int], at_most: int) -> list[float]:
    """Multiples of the smallest of the steps that gives no more than so many ticks, counted from zero.

    Examples
    --------
    >>> step_ticks(-2, 14, steps=WEEK_STEPS, at_most=10)
    [-2.0, 0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0]
    """
    step = next((step for step in steps if (high - low) / step + 1 <= at_most), steps[-1])
    return [float(index * step) for index in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
