"""Several lines over one axis, such as the power of each question against n, or the assumed shapes over the dose."""

from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from ldnplanner.common.charts import key
from ldnplanner.common.charts.scale import Scale, nice_ticks
from ldnplanner.common.charts.svg import Drawing, Size, fitting, number, per_cent, signed, text_width

WIDTHS = {"wide": 590.0, "narrow": 310.0}
PLOT_HEIGHTS = {"wide": 190.0, "narrow": 150.0}
LEFT, RIGHT, TOP = 52.0, 14.0, 38.0
LARGEST = 1e9


@dataclass(frozen=True)
class Series:
    """One line: a value at each x, None where there is none; a planned one is drawn heaviest."""

    label: str
    values: tuple[float | None, ...]
    planned: bool = False


@dataclass(frozen=True)
class LineChart:
    """What the chart shows. `shares` are drawn from 0 to 100 %; `target` is a dashed level, `marked_x` the place of the plan."""

    title: str
    x: tuple[float, ...]
    series: tuple[Series, ...]
    x_label: str
    y_label: str
    shares: bool = False
    target: float | None = None
    marked_x: float | None = None


def draw(data: LineChart, *, size: Size, prefix: str) -> str:
    """The chart as an ``<svg>``, drawn for a width of 590 or 310 pixels."""
    entries = key.places([one.label for one in data.series], LEFT, WIDTHS[size] - RIGHT)
    classes = key.line_classes([one.planned for one in data.series])
    top = TOP + key.LINE * key.rows(entries) + 12
    bottom = top + PLOT_HEIGHTS[size]
    drawing = Drawing(WIDTHS[size], bottom + 40, size=size, prefix=prefix, title=data.title, description=_describe(data))
    across = Scale(*_span(list(data.x)), LEFT, WIDTHS[size] - RIGHT)
    up = Scale(*_heights(data), bottom, top)

    _axes(drawing, data, across, up, top)
    for one, css_class, place in zip(data.series, classes, entries, strict=True):
        key.draw_entry(drawing, css_class, place, planned=one.planned)
    for one, css_class in sorted(zip(data.series, classes, strict=True), key=lambda pair: pair[0].planned):
        for run in _runs(data, one):
            drawing.element("polyline", class_=css_class, points=" ".join(f"{number(across(x))},{number(up(y))}" for x, y in run))
            if len(run) == 1:
                drawing.element("circle", cx=across(run[0][0]), cy=up(run[0][1]), r=2.5, class_="c-pt")
    if data.marked_x is not None and across.low <= data.marked_x <= across.high:
        x = across(data.marked_x)
        drawing.line(x, top, x, bottom, "c-drop")
        words = signed(data.marked_x)
        at_end = x + 5 + text_width(words) > drawing.width - RIGHT
        drawing.text(x - 5 if at_end else x + 5, top + 10, words, classes="c-strong c-acc", anchor="end" if at_end else "start")
    return drawing.render()


def _runs(data: LineChart, series: Series) -> list[list[tuple[float, float]]]:
    """The points of a line, broken where there is no value."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(data.x, series.values, strict=True):
        if y is None or y != y:  # noqa: PLR0124  (NaN)
            runs.append([])
        else:
            runs[-1].append((x, min(max(y, 0.0), 1.0) if data.shares else min(max(y, -LARGEST), LARGEST)))
    return [run for run in runs if run]


def _span(values: list[float]) -> tuple[float, float]:
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    return (low, high) if high - low > 1e-9 * max(1.0, abs(high)) else (low - 1, high + 1)


def _heights(data: LineChart) -> tuple[float, float]:
    if data.shares:
        return 0.0, 1.0
    values = [y for one in data.series for run in _runs(data, one) for _x, y in run] + ([] if data.target is None else [data.target])
    low, high = _span([*values, 0.0])
    ticks = nice_ticks(low, high, about=5)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else high - low
    return (low if low == 0 else ticks[0] - (step if ticks[0] > low else 0)), (
        high if high == 0 else ticks[-1] + (step if ticks[-1] < high else 0)
    )


def _axes(drawing: Drawing, data: LineChart, across: Scale, up: Scale, top: float) -> None:
    right, bottom = drawing.width - RIGHT, up(up.low)
    levels = [0.0, 0.25, 0.5, 0.75, 1.0] if data.shares else nice_ticks(up.low, up.high, about=5)
    for level in levels:
        drawing.line(LEFT, up(level), right, up(level), "c-axis" if level in {0.0, up.low} else "c-grid")
        if data.target is None or abs(up(level) - up(data.target)) > 11:
            words = per_cent(level) if data.shares else signed(level)
            drawing.text(LEFT - 6, up(level) + 4, fitting(words, LEFT - 8), classes="c-mut c-sm", anchor="end")
    for tick in nice_ticks(across.low, across.high, about=8 if drawing.size == "wide" else 5):
        drawing.line(across(tick), bottom, across(tick), bottom + 4, "c-axis")
        drawing.text(across(tick), bottom + 16, signed(tick), classes="c-mut c-sm", anchor="middle")
    drawing.text((LEFT + right) / 2, bottom + 34, fitting(data.x_label, right - LEFT), classes="c-mut c-sm", anchor="middle")
    drawing.text(0, top - 12, fitting(data.y_label, right), classes="c-mut c-sm")
    if data.target is not None:
        drawing.line(LEFT, up(data.target), right, up(data.target), "c-target")
        words = per_cent(data.target) if data.shares else signed(data.target)
        drawing.text(LEFT - 6, up(data.target) + 4, fitting(words, LEFT - 8), classes="c-sm c-cop c-strong", anchor="end")


def _describe(data: LineChart) -> str:
    """Where each line begins and ends, and what it is at the place of the plan."""
    show = per_cent if data.shares else lambda y: signed(float(f"{y:.3g}"))
    sentences = []
    for one in data.series:
        runs = _runs(data, one)
        if not runs:
            continue
        (x0, y0), (x1, y1) = runs[0][0], runs[-1][-1]
        sentences.append(
            _("{label}: {first} at {from_x}, {last} at {to_x}.").format(
                label=one.label, first=show(y0), from_x=signed(x0), last=show(y1), to_x=signed(x1)
            )
        )
        marked = _at(data, one)
        if marked is not None and data.marked_x is not None:
            sentences.append(_("At {x}, as planned, it is {y}.").format(x=signed(data.marked_x), y=show(marked)))
    if data.target is not None:
        sentences.append(_("The dashed line is what is wanted, {y}.").format(y=show(data.target)))
    return " ".join(sentences)


def _at(data: LineChart, series: Series) -> float | None:
    if data.marked_x is None:
        return None
    for run in _runs(data, series):
        for (x0, y0), (x1, y1) in pairwise(run):
            if x0 <= data.marked_x <= x1 and x1 > x0:
                return y0 + (y1 - y0) * (data.marked_x - x0) / (x1 - x0)
    return None
