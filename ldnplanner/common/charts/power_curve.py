"""Power against the number of evaluable participants, for the planned assumption and its neighbours."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from ldnplanner.common.charts import key
from ldnplanner.common.charts.scale import Scale, nice_ticks
from ldnplanner.common.charts.svg import Drawing, Size, fitting, number, per_cent, signed, text_width

WIDTHS = {"wide": 590.0, "narrow": 310.0}
PLOT_HEIGHTS = {"wide": 190.0, "narrow": 134.0}
LEFT, RIGHT, TOP = 46.0, 14.0, 20.0
LABEL_HEIGHT = 11.0


@dataclass(frozen=True)
class Curve:
    """The power at each n under one assumption; the planned one is drawn heaviest."""

    label: str
    power: tuple[float, ...]
    planned: bool = False


@dataclass(frozen=True)
class PowerCurve:
    """What the chart shows: powers from 0 to 1 for each n, the target, and the n of the plan."""

    n_evaluable: tuple[float, ...]
    curves: tuple[Curve, ...]
    target_power: float | None
    marked_n: float | None
    x_label: str


def draw(data: PowerCurve, *, size: Size, prefix: str) -> str:
    """The chart as an ``<svg>``, drawn for a width of 590 or 310 pixels."""
    entries = key.places([curve.label for curve in data.curves], LEFT, WIDTHS[size] - RIGHT)
    classes = key.line_classes([curve.planned for curve in data.curves])
    top = TOP + key.LINE * key.rows(entries) + 12
    bottom = top + PLOT_HEIGHTS[size]
    drawing = Drawing(
        WIDTHS[size],
        bottom + 40,
        size=size,
        prefix=prefix,
        title=_("Power in per cent by {x_label}").format(x_label=data.x_label),
        description=_describe(data),
    )
    low, high = _range(data.n_evaluable)
    across = Scale(low, high, LEFT, WIDTHS[size] - RIGHT)
    up = Scale(0, 1, bottom, top)

    _axes(drawing, data, across, up)
    for curve, css_class, place in zip(data.curves, classes, entries, strict=True):
        key.draw_entry(drawing, css_class, place, planned=curve.planned)
    for curve, css_class in sorted(zip(data.curves, classes, strict=True), key=lambda pair: pair[0].planned):
        drawing.element("polyline", class_=css_class, points=_line(_points(data, curve), across, up))
    _mark(drawing, data, across, up)
    return drawing.render()


def power_at(data: PowerCurve, curve: Curve, n: float) -> float | None:
    """The power that the drawn line has at n, or None outside it."""
    points = _points(data, curve)
    for (n_left, power_left), (n_right, power_right) in zip(points, points[1:] or points, strict=False):
        if n_left <= n <= n_right:
            return power_left if n_left == n_right else power_left + (power_right - power_left) * (n - n_left) / (n_right - n_left)
    return None


def _points(data: PowerCurve, curve: Curve) -> list[tuple[float, float]]:
    return [(n, min(max(power, 0.0), 1.0)) for n, power in zip(data.n_evaluable, curve.power, strict=True) if power == power]  # noqa: PLR0124  (NaN)


def _range(values: tuple[float, ...]) -> tuple[float, float]:
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    return (low, high) if high > low else (low - 1, high + 1)


def _axes(drawing: Drawing, data: PowerCurve, across: Scale, up: Scale) -> None:
    right, bottom = drawing.width - RIGHT, up(0)
    for power in (0.0, 0.25, 0.5, 0.75, 1.0):
        drawing.line(LEFT, up(power), right, up(power), "c-axis" if power == 0 else "c-grid")
        if data.target_power is None or abs(up(power) - up(data.target_power)) > LABEL_HEIGHT:
            drawing.text(LEFT - 6, up(power) + 4, per_cent(power), classes="c-mut c-sm", anchor="end")
    for tick in nice_ticks(across.low, across.high, about=8 if drawing.size == "wide" else 5):
        drawing.line(across(tick), bottom, across(tick), bottom + 4, "c-axis")
        drawing.text(across(tick), bottom + 16, signed(tick), classes="c-mut c-sm", anchor="middle")
    drawing.text((LEFT + right) / 2, bottom + 34, fitting(data.x_label, right - LEFT), classes="c-mut c-sm", anchor="middle")
    if data.target_power is not None:
        drawing.line(LEFT, up(data.target_power), right, up(data.target_power), "c-target")
        drawing.text(LEFT - 6, up(data.target_power) + 4, per_cent(data.target_power), classes="c-sm c-cop c-strong", anchor="end")


def _line(points: list[tuple[float, float]], across: Scale, up: Scale) -> str:
    return " ".join(f"{number(across(n))},{number(up(power))}" for n, power in points)


def _mark(drawing: Drawing, data: PowerCurve, across: Scale, up: Scale) -> None:
    planned = next((curve for curve in data.curves if curve.planned), None)
    power = None if planned is None or data.marked_n is None else power_at(data, planned, data.marked_n)
    if power is None or data.marked_n is None:
        return
    x = across(data.marked_n)
    drawing.line(x, up(power), x, up(0), "c-drop")
    drawing.element("circle", cx=x, cy=up(power), r=5, class_="c-dot")
    words = signed(data.marked_n)
    if x + 4 + text_width(words) < drawing.width - RIGHT:
        drawing.text(x + 5, up(0) - 6, words, classes="c-strong c-acc")
    else:
        drawing.text(x - 5, up(0) - 6, words, classes="c-strong c-acc", anchor="end")


def _describe(data: PowerCurve) -> str:
    sentences = []
    if data.n_evaluable:
        low, high = _range(data.n_evaluable)
        sentences.append(_("From {low} to {high} {x_label}.").format(low=signed(low), high=signed(high), x_label=data.x_label))
    if data.marked_n is not None:
        for curve in sorted(data.curves, key=lambda curve: not curve.planned):
            power = power_at(data, curve, data.marked_n)
            if power is not None:
                words = (
                    _("At {n}, power is {power} with {label}, as planned.") if curve.planned else _("At {n}, it is {power} with {label}.")
                )
                sentences.append(words.format(n=signed(data.marked_n), power=per_cent(power), label=curve.label))
    if data.target_power is not None:
        sentences.append(_("The dashed line is the power wanted, {power}.").format(power=per_cent(data.target_power)))
    return " ".join(sentences)
