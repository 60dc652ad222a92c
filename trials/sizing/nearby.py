"""Nice values on both sides of the planned ones, for tables and curves."""

from math import floor, log10

from trials.sizing.noun import Noun
from trials.sizing.plan import Plan
from trials.sizing.question import Equivalence, PairwiseQuestion, Precision


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


def effects_around(plan: Plan) -> Values | None:
    """Six values of the assumed effect (of the wanted width), the planned one among them."""
    question = plan.question
    if isinstance(question, Precision):
        return _widths(question)
    if not isinstance(question, PairwiseQuestion):
        return None
    if question.mean_ratio is not None:
        return Values(assumption="mean_ratio", values=_ratios(question.mean_ratio))
    effect = question.mean_difference
    margin = getattr(question, "margin", None) or 0.0
    if effect is None or (effect == 0 and not margin and not isinstance(question, Equivalence)):
        return None
    if isinstance(question, Equivalence):
        values = around(effect, nice_step((question.upper_limit - question.lower_limit) / 16), 2, 3)
    elif effect == 0:
        values = around(0.0, nice_step(margin / 6), 2, 3)
    else:
        sign = -1.0 if effect < 0 else 1.0
        values = tuple(effect if size == abs(effect) else sign * size for size in around(abs(effect), nice_step(abs(effect) * 0.2), 2, 3))
    return Values(assumption="mean_difference", values=values)


def _widths(question: Precision) -> Values:
    if question.half_width is not None:
        return Values(assumption="half_width", values=around(question.half_width, nice_step(question.half_width * 0.2), 2, 3))
    wanted = question.ratio_half_width or 2.0
    return Values(
        assumption="ratio_half_width",
        values=tuple(wanted if factor == 1 else 1 + (wanted - 1) * factor for factor in (0.6, 0.8, 1, 1.2, 1.4, 1.6)),
    )


def _ratios(ratio: float) -> tuple[float, ...]:
    """Six ratios in steps of 0.05, smaller close to 1."""
    step = 0.05 if abs(ratio - 1) >= 0.12 else 0.01
    values = around(ratio, step, 2, 3) if ratio >= 1 else around(ratio, step, 3, 2)
    return values if values[0] > 0 else tuple(ratio * factor if factor != 1 else ratio for factor in (0.8, 0.9, 1, 1.1, 1.2, 1.3))
