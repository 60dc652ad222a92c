"""Differences of several studies with their intervals, one a line, and what they give together: a forest plot."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from ldnplanner.common.charts.scale import Scale, nice_ticks
from ldnplanner.common.charts.svg import Drawing, Size, fitting, number, signed, text_width

WIDTHS = {"wide": 590.0, "narrow": 326.0}
LABELS = {"wide": 150.0, "narrow": 96.0}
VALUES = {"wide": 140.0, "narrow": 0.0}
TOP, PITCH, SMALLEST, LARGEST = 30.0, 28.0, 3.0, 8.0
POOL_CLASSES = ("c-dia", "c-dia-o")


@dataclass(frozen=True)
class ForestRow:
    """One line: a difference with its limits, and its share in the pool where it has one."""

    label: str
    value: float
    low: float
    high: float
    weight: float | None = None


@dataclass(frozen=True)
class Forest:
    """What the plot shows; `target` is the difference that matters, signed, with its words."""

    title: str
    rows: tuple[ForestRow, ...]
    pooled: tuple[ForestRow, ...]
    target: float
    target_label: str
    axis_label: str


def draw(data: Forest, *, size: Size, prefix: str) -> str:
    """The plot as an ``<svg>``, drawn for a width of 590 or 326 pixels."""
    lines = [*data.rows, *data.pooled]
    bottom = TOP + PITCH * len(lines) + 6
    drawing = Drawing(WIDTHS[size], bottom + 40, size=size, prefix=f"{prefix}-forest", title=data.title, description=describe(data))
    low = min(0.0, data.target, *(one.low for one in lines))
    high = max(0.0, data.target, *(one.high for one in lines))
    room = (high - low) * 0.04 or 1.0
    across = Scale(low - room, high + room, LABELS[size], WIDTHS[size] - VALUES[size] - 8)

    _ground(drawing, data, across, bottom)
    for index, one in enumerate(lines):
        y = TOP + PITCH * (index + 0.5)
        pooled = index >= len(data.rows)
        drawing.text(0, y + 4, fitting(one.label, LABELS[size] - 10), classes="c-strong" if pooled else "")
        if size == "wide":
            drawing.text(WIDTHS[size], y + 4, _values(one), classes="c-mut c-sm", anchor="end")
        if pooled:
            _diamond(drawing, one, across, y, POOL_CLASSES[min(index - len(data.rows), 1)])
        else:
            _square(drawing, one, across, y)
    return drawing.render()


def describe(data: Forest) -> str:
    """The plot in words, for readers who cannot see it."""
    told = [f"{one.label} {_values(one)}" for one in (*data.rows, *data.pooled)]
    return _("{lines}. The difference that matters: {target}.").format(lines="; ".join(told), target=data.target_label)


def _ground(drawing: Drawing, data: Forest, across: Scale, bottom: float) -> None:
    """No difference as a line, the difference that matters as a dashed one, and the axis."""
    zero, target = across(0), across(data.target)
    drawing.line(zero, TOP - 4, zero, bottom, "c-grid")
    drawing.line(target, TOP - 4, target, bottom, "c-target")
    half = text_width(data.target_label) / 2
    x = min(max(target, half), drawing.width - half)
    drawing.text(x, TOP - 12, data.target_label, classes="c-cop c-sm", anchor="middle")
    drawing.line(across.start, bottom, across.end, bottom, "c-axis")
    for tick in nice_ticks(across.low, across.high, about=5):
        drawing.line(across(tick), bottom, across(tick), bottom + 4, "c-axis")
        drawing.text(across(tick), bottom + 16, signed(tick), classes="c-mut c-sm", anchor="middle")
    label = fitting(data.axis_label, drawing.width)
    middle = min(max((across.start + across.end) / 2, text_width(label) / 2), drawing.width - text_width(label) / 2)
    drawing.text(middle, bottom + 33, label, classes="c-mut c-sm", anchor="middle")


def _square(drawing: Drawing, one: ForestRow, across: Scale, y: float) -> None:
    side = 2 * (SMALLEST + (LARGEST - SMALLEST) * (one.weight or 0.0) ** 0.5)
    drawing.line(across(one.low), y, across(one.high), y, "c-ci")
    drawing.rect(across(one.value) - side / 2, y - side / 2, side, side, "c-pt")


def _diamond(drawing: Drawing, one: ForestRow, across: Scale, y: float, css_class: str) -> None:
    corners = ((across(one.low), y), (across(one.value), y - 7), (across(one.high), y), (across(one.value), y + 7))
    drawing.element("polygon", points=" ".join(f"{number(x)},{number(height)}" for x, height in corners), class_=css_class)


def _values(one: ForestRow) -> str:
    value, low, high = (f"{number:.2f}".replace("-", "−") for number in (one.value, one.low, one.high))
    return _("{value} ({low} to {high})").format(value=value, low=low, high=high)
