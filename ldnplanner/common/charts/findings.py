"""Differences of several studies on one axis, each with its interval: what each study found, side by side."""

from dataclasses import dataclass
from math import isfinite

from django.utils.translation import gettext as _

from ldnplanner.common.charts.scale import Scale, nice_ticks
from ldnplanner.common.charts.svg import Drawing, Size, fitting, signed, text_width

WIDTHS = {"wide": 690.0, "narrow": 310.0}
ROWS = {"wide": 36.0, "narrow": 52.0}
PLOTS = {"wide": (172.0, 520.0), "narrow": (8.0, 302.0)}
TOP, BOTTOM = 26.0, 52.0
LARGEST = 1e9
BOLD = 1.12  # how much wider than text_width a bold label may be


@dataclass(frozen=True)
class Finding:
    """One study: its name, what stands below it, its difference, and its interval if one is known."""

    label: str
    note: str
    value: float
    low: float | None = None
    high: float | None = None
    derived_value: bool = False
    derived_interval: bool = False

    def in_words(self) -> str:
        """The difference and its interval, such as "−0.34 (−0.95 to 0.27)"."""
        value, low, high = self.texts
        value = f"+{value}" if self.value > 0 else value
        if self.low is None or self.high is None:
            return value
        return _("{value} ({low} to {high})").format(value=value, low=low, high=high)

    @property
    def texts(self) -> tuple[str, str, str]:
        """The difference and the ends of its interval, all to as many decimals as the longest of them; a dash for an end not known."""
        briefs = [None if number is None else _brief(number) for number in (self.value, self.low, self.high)]
        decimals = max(len(brief.partition(".")[2]) for brief in briefs if brief)
        value, low, high = ("–" if brief is None else _padded(brief, decimals) for brief in briefs)
        return value, low, high


@dataclass(frozen=True)
class FindingsChart:
    """What the plot shows, the first row on top; `target` is the difference that matters, with its sign."""

    title: str
    rows: tuple[Finding, ...]
    x_label: str
    target: float | None
    below_zero: str
    above_zero: str


def draw(data: FindingsChart, *, size: Size, prefix: str) -> str:
    """The plot as an ``<svg>``, drawn for a width of 690 or 310 pixels."""
    left, right = PLOTS[size]
    bottom = TOP + ROWS[size] * len(data.rows)
    drawing = Drawing(WIDTHS[size], bottom + BOTTOM, size=size, prefix=prefix, title=data.title, description=_describe(data))
    across = Scale(*_span(data), left, right)

    for tick in nice_ticks(across.low, across.high, about=7 if size == "wide" else 5):
        drawing.line(across(tick), TOP, across(tick), bottom, "c-grid")
        drawing.text(across(tick), bottom + 15, signed(tick), classes="c-mut c-sm", anchor="middle")
    drawing.line(across(0), TOP - 4, across(0), bottom, "c-axis")
    if data.target is not None:
        _target(drawing, across, data.target, bottom)
    for index, row in enumerate(data.rows):
        _row(drawing, across, row, TOP + ROWS[size] * index)
    middle = across(0)
    drawing.text(middle - 8, bottom + 32, fitting(f"← {data.below_zero}", middle - 8), classes="c-sm", anchor="end")
    drawing.text(middle + 8, bottom + 32, fitting(f"{data.above_zero} →", drawing.width - middle - 8), classes="c-sm")
    drawing.text(
        (left + right) / 2,
        bottom + 48,
        fitting(data.x_label, 2 * min((left + right) / 2, drawing.width - (left + right) / 2)),
        classes="c-mut c-sm",
        anchor="middle",
    )
    return drawing.render()


def _target(drawing: Drawing, across: Scale, target: float, bottom: float) -> None:
    x = across(target)
    drawing.line(x, TOP - 6, x, bottom, "c-target")
    words = _("matters: {target}").format(target=_brief(target))
    half = text_width(words) / 2
    at = min(max(x, half), drawing.width - half)
    drawing.text(at, TOP - 12, words, classes="c-sm c-cop c-strong", anchor="middle")


def _row(drawing: Drawing, across: Scale, row: Finding, top: float) -> None:
    words = row.in_words()
    if drawing.size == "wide":
        y = top + ROWS["wide"] / 2
        drawing.text(0, y - 2, fitting(row.label, across.start - 12), classes="c-strong")
        drawing.text(0, y + 13, fitting(row.note, across.start - 12), classes="c-mut c-sm")
        drawing.text(drawing.width, y + 4, fitting(words, drawing.width - across.end - 8), anchor="end")
    else:
        y = top + 38
        figure = fitting(words, drawing.width * 0.62)
        drawing.text(drawing.width, top + 14, figure, classes="c-sm c-halo", anchor="end")
        room = drawing.width - text_width(figure) - 10
        label = fitting(row.label, room)
        drawing.text(0, top + 14, label, classes="c-strong c-sm c-halo")
        at = text_width(label) * BOLD + 6
        if note := fitting(row.note, room - at):
            drawing.text(at, top + 14, note, classes="c-mut c-sm c-halo")
    if row.low is not None and row.high is not None:
        classes = "c-ci c-dash" if row.derived_interval else "c-ci"
        low, high = across(_held(row.low)), across(_held(row.high))
        drawing.line(low, y, high, y, classes)
        for end in (low, high):
            drawing.line(end, y - 4, end, y + 4, "c-ci")
    drawing.element("circle", cx=across(_held(row.value)), cy=y, r=5, class_="c-ring" if row.derived_value else "c-pt")


def _held(value: float) -> float:
    return min(max(value, -LARGEST), LARGEST) if isfinite(value) else 0.0


def _span(data: FindingsChart) -> tuple[float, float]:
    """From the lowest to the highest of what is drawn, 0 always among it, with a little room on both sides."""
    values = [0.0] + ([] if data.target is None else [_held(data.target)])
    for row in data.rows:
        values += [_held(value) for value in (row.value, row.low, row.high) if value is not None]
    low, high = min(values), max(values)
    room = 0.06 * (high - low) or 1.0
    return low - room, high + room


def _brief(value: float) -> str:
    return signed(float(f"{value:.2f}") or float(f"{value:.2g}"))


def _padded(brief: str, decimals: int) -> str:
    whole, _point, part = brief.partition(".")
    return f"{whole}.{part:0<{decimals}}" if decimals else whole


def _describe(data: FindingsChart) -> str:
    sentences = [
        _("{label} ({note}): {figure}.").format(label=row.label, note=row.note, figure=row.in_words())
        if row.note
        else _("{label}: {figure}.").format(label=row.label, figure=row.in_words())
        for row in data.rows
    ]
    if data.target is not None:
        sentences.append(_("The dashed line marks the difference that matters, {target}.").format(target=_brief(data.target)))
    sentences.append(_("Below 0: {below}; above 0: {above}.").format(below=data.below_zero, above=data.above_zero))
    return " ".join(sentences)
