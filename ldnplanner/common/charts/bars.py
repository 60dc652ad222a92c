"""Bars side by side: one number for each of several things, longest room for the largest."""

from dataclasses import dataclass
from math import isfinite

from django.utils.translation import gettext as _

from ldnplanner.common.charts.scale import Scale
from ldnplanner.common.charts.svg import Drawing, Size, fitting, text_width

WIDTHS = {"wide": 590.0, "narrow": 326.0}
PITCH = {"wide": 30.0, "narrow": 42.0}
BAR, TOP = 16.0, 4.0
WIDEST_LABELS = 250.0


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its number and that number in words; `marked` is the one that the others are compared with."""

    label: str
    value: float
    text: str
    marked: bool = False

    def __post_init__(self) -> None:
        if not isfinite(self.value) or self.value < 0:
            raise ValueError(f"A bar is as long as a number from 0 on, not {self.value}.")


@dataclass(frozen=True)
class BarChart:
    """What the chart shows, the first bar on top; `marked_as` says what the marked bar is."""

    title: str
    bars: tuple[Bar, ...]
    marked_as: str

    def __post_init__(self) -> None:
        if not self.bars:
            raise ValueError("A chart of bars needs one bar or more.")


def draw(data: BarChart, *, size: Size, prefix: str) -> str:
    """The chart as an ``<svg>``, drawn for a width of 590 or 326 pixels; the marked bar is full, the others are outlined."""
    drawing = Drawing(
        WIDTHS[size], TOP + PITCH[size] * len(data.bars), size=size, prefix=prefix, title=data.title, description=describe(data)
    )
    values = max(text_width(bar.text) for bar in data.bars) + 10
    labels = min(max(text_width(bar.label) for bar in data.bars) * 1.2 + 12, WIDEST_LABELS) if size == "wide" else 0.0
    across = Scale(0, max(1e-9, *(bar.value for bar in data.bars)), labels + 1, drawing.width - values)
    for index, bar in enumerate(data.bars):
        top = TOP + PITCH[size] * index
        _bar(drawing, across, bar, top, labels)
    return drawing.render()


def _bar(drawing: Drawing, across: Scale, bar: Bar, top: float, labels: float) -> None:
    name = "c-strong c-sm" if bar.marked else "c-sm"
    if drawing.size == "wide":
        y = top + (PITCH["wide"] - BAR) / 2
        drawing.text(0, y + BAR - 4, fitting(bar.label, labels - 12), classes=name)
    else:
        y = top + 18
        drawing.text(0, top + 12, fitting(bar.label, drawing.width), classes=name)
    end = across(bar.value)
    drawing.rect(across.start, y, max(end - across.start, 1.0), BAR, "d-a" if bar.marked else "d-g")
    drawing.text(end + 8, y + BAR - 4, bar.text, classes="c-sm c-strong" if bar.marked else "c-sm")


def describe(data: BarChart) -> str:
    """Each bar in words, and which is marked."""
    return " ".join(
        (_("{label}, {marked_as}: {text}.") if bar.marked else _("{label}: {text}.")).format(
            label=bar.label, text=bar.text, marked_as=data.marked_as
        )
        for bar in data.bars
    )
