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


def within(values: tuple[float, ...], planned: float, low: float, high: float) -> tuple[float, ...]:
    """The same values, or evenly spaced ones on a side where they leave the range between low and high (not included)."""
    if all(low < one < high for one in values):
        return values
    below, above = [one for one in values if one < planned], [one for one in values if one > planned]
    if below and below[0] <= low:
        below = [planned - (planned - low) * (len(below) - k) / (len(below) + 1) for k in range(len(below))]
    if above and above[-1] >= high:
        above = [planned + (high - planned) * (k + 1) / (len(above) + 1) for k in range(len(above))]
    return (*below, planned, *above)
