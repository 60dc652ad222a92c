"""The shades of a heat table: the table itself is HTML."""

import math
from collections.abc import Sequence

SHADES = 7


def shades(values: Sequence[Sequence[float | None]]) -> list[list[str]]:
    """For each number of a table its class ``q0`` (smallest) to ``q6`` (largest), evenly spaced in ratio; "" where there is none.

    Examples
    --------
    >>> shades([[12, 46, 266]])
    [['q0', 'q3', 'q6']]
    """
    known = [value for row in values for value in row if value is not None and value > 0]
    low, high = (min(known), max(known)) if known else (1, 1)
    return [[_shade(value, low, high) for value in row] for row in values]


def _shade(value: float | None, low: float, high: float) -> str:
    if value is None or value <= 0:
        return ""
    if high <= low:
        return "q0"
    place = math.log(value / low) / math.log(high / low)
    return f"q{min(int(place * SHADES), SHADES - 1)}"
