"""The daily doses that each study gave, on one axis, so that one sees which have been studied and which have not."""

from dataclasses import dataclass
from math import isfinite

from django.utils.translation import gettext as _

from ldnplanner.common.charts.scale import Scale, nice_ticks
from ldnplanner.common.charts.svg import Drawing, Size, fitting, number, signed, text_width

WIDTHS = {"wide": 690.0, "narrow": 310.0}
ROWS = {"wide": 28.0, "narrow": 36.0}
PLOTS = {"wide": (316.0, 676.0), "narrow": (124.0, 300.0)}
TOP, BOTTOM = 26.0, 36.0
MARK_GAP = 16.0
LARGEST = 1e5


@dataclass(frozen=True)
class DoseRow:
    """One study from its lowest to its highest dose, in mg a day; a solid one compared people at random and has results."""

    label: str
    note: str
    low: float
    high: float
    solid: bool


@dataclass(frozen=True)
class DoseMark:
    """A dose with a name, such as ED50."""

    label: str
    dose: float


@dataclass(frozen=True)
class DoseChart:
    """What the chart shows, the solid rows on top."""

    title: str
    rows: tuple[DoseRow, ...]
    marks: tuple[DoseMark, ...]
    x_label: str


def draw(data: DoseChart, *, size: Size, prefix: str) -> str:
    """The chart as an ``<svg>``, drawn for a width of 690 or 310 pixels."""
    rows = sorted(data.rows, key=lambda row: not row.solid)
    left, right = PLOTS[size]
    top = TOP + MARK_GAP * max(len(data.marks) - 1, 0)
    bottom = top + ROWS[size] * len(rows)
    drawing = Drawing(WIDTHS[size], bottom + BOTTOM, size=size, prefix=prefix, title=data.title, description=_describe(data, rows))
    highest = max([_held(max(row.low, row.high)) for row in rows] + [_held(mark.dose) for mark in data.marks] + [1e-3])
    across = Scale(0.0, highest, left, right)

    for tick in nice_ticks(0, highest, about=9 if size == "wide" else 5):
        drawing.line(across(tick), top, across(tick), bottom, "c-grid")
        drawing.text(across(tick), bottom + 15, signed(tick), classes="c-mut c-sm", anchor="middle")
    drawing.text((left + right) / 2, bottom + 31, fitting(data.x_label, right - left), classes="c-mut c-sm", anchor="middle")
    for index, mark in enumerate(sorted(data.marks, key=lambda mark: mark.dose)):
        _mark(drawing, across, mark, 14 + MARK_GAP * index, bottom)
    for index, row in enumerate(rows):
        y = top + ROWS[size] * (index + 0.5)
        if index and rows[index - 1].solid and not row.solid:
            drawing.line(0, y - ROWS[size] / 2, drawing.width, y - ROWS[size] / 2, "c-axis c-dash")
        _row(drawing, across, row, y)
    return drawing.render()


def _mark(drawing: Drawing, across: Scale, mark: DoseMark, y: float, bottom: float) -> None:
    x = across(_held(mark.dose))
    drawing.line(x, y + 3, x, bottom, "c-target")
    words = fitting(_name(mark), drawing.width * 0.7)
    half = text_width(words) / 2
    drawing.text(min(max(x, half), drawing.width - half), y, words, classes="c-sm c-cop c-strong", anchor="middle")


def _row(drawing: Drawing, across: Scale, row: DoseRow, y: float) -> None:
    if drawing.size == "wide":
        note = fitting(row.note, 145)
        drawing.text(0, y + 4, fitting(row.label, across.start - text_width(note) - 22))
        drawing.text(across.start - 14, y + 4, note, classes="c-mut c-sm", anchor="end")
    else:
        drawing.text(0, y - 2, fitting(row.label, across.start - 10), classes="c-sm")
        drawing.text(0, y + 11, fitting(row.note, across.start - 10), classes="c-mut c-sm")
    css_class = "d-a" if row.solid else "d-b"
    low, high = sorted((across(_held(row.low)), across(_held(row.high))))
    if high - low < 3:
        drawing.element("circle", cx=low, cy=y, r=6, class_=css_class)
    else:
        drawing.element("rect", x=number(low), y=number(y - 5), width=number(high - low), height=10, rx=1, class_=css_class)


def _held(dose: float) -> float:
    return min(max(dose, 0.0), LARGEST) if isfinite(dose) else 0.0


def _name(mark: DoseMark) -> str:
    return f"{mark.label} {signed(float(f'{mark.dose:.4g}'))}"


def _describe(data: DoseChart, rows: list[DoseRow]) -> str:
    def told(row: DoseRow) -> str:
        if row.low == row.high:
            dose = _("{dose} mg").format(dose=signed(row.low))
        else:
            dose = _("{low} to {high} mg").format(low=signed(row.low), high=signed(row.high))
        return _("{label} ({note}): {dose}").format(label=row.label, note=row.note, dose=dose)

    sentences = []
    for is_solid, words in (
        (True, _("Randomised, with results: {studies}.")),
        (False, _("Not randomised, or without results: {studies}.")),
    ):
        if studies := "; ".join(told(row) for row in rows if row.solid == is_solid):
            sentences.append(words.format(studies=studies))
    if data.marks:
        sentences.append(_("Marked: {marks}.").format(marks="; ".join(f"{_name(mark)} mg" for mark in data.marks)))
    return " ".join(sentences)
