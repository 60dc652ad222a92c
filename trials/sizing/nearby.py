"""Nice values on both sides of the planned ones, for tables and curves."""

from math import floor, log10

from trials.sizing.noun import Noun


class Values(Noun):
    """One assumption and the values it takes."""

    assumption: str
    values: tuple[float, ...]


def nice_step(value: float) -> float:
    """The number of 1, 2, 2.5 or 5 times a power of ten that lies nearest below."""
    power = 10.0 ** floor(log10(value))
    return max(step * power for step in (1.0, 2.0, 2.5, 5.0) if step * power <= value * (1 + 1e-9))


def around(planned: float, step: float, below: int, above: int) -> tuple[float, ...]:
    """Multiples of a step on both sides of the planned value, which stays as it is."""
    down = floor((planned - 0.5 * step) / step + 1e-9)
    up = floor((planned + 0.5 * step) / step - 1e-9) + 1
    low = [round((down - k) * step, 12) for k in range(below)][::-1]
    return (*low, planned, *(round((up + k) * step, 12) for k in range(above)))


def ratios(ratio: float) -> tuple[float, ...]:
    """Six ratios in steps of 0.05, smaller close to 1."""
    step = 0.05 if abs(ratio - 1) >= 0.12 else 0.01
    values = around(ratio, step, 2, 3) if ratio >= 1 else around(ratio, step, 3, 2)
    return values if values[0] > 0 else tuple(ratio * factor if factor != 1 else ratio for factor in (0.8, 0.9, 1, 1.1, 1.2, 1.3))
