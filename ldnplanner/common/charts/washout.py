"""A planned washout beside what it has to cover: how long drugs stay, and how long their effect lasts, on one axis of days."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from ldnplanner.common.charts.patterns import washout_fill
from ldnplanner.common.charts.scale import Scale, nice_ticks
from ldnplanner.common.charts.svg import Drawing, Size, fitting, text_width

WIDTHS = {"wide": 590.0, "narrow": 326.0}
LABELS, VALUES = 236.0, 96.0  # room for the names at the left and the numbers at the right of a wide drawing
HEAD, FOOT, BAR = 26.0, 40.0, 12.0
PITCH = {"wide": 26.0, "narrow": 38.0}
LONGEST = 36_500.0


@dataclass(frozen=True)
class Span:
    """One thing that lasts: from `low_days` to `high_days`, the same where only one value is known; hatched if nobody has checked it."""

    label: str
    low_days: float
    high_days: float
    checked: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.low_days <= self.high_days <= LONGEST:
            raise ValueError(f"A span lasts from 0 to {LONGEST:g} days, the lower end first, not {self.low_days} to {self.high_days}.")

    def in_words(self) -> str:
        """How long, such as "2.7 to 3.8 days"."""
        low, high = days_text(self.low_days), days_text(self.high_days)
        return _("{days} days").format(days=high) if low == high else _("{low} to {high} days").format(low=low, high=high)


@dataclass(frozen=True)
class WashoutChart:
    """What the figure shows: the planned washout in days, and what it is held against, the first on top."""

    washout_days: int
    spans: tuple[Span, ...]

    def __post_init__(self) -> None:
        if not self.spans or not 0 <= self.washout_days <= LONGEST:
            raise ValueError("A figure of a washout needs its length in days and something to hold it against.")


def draw(data: WashoutChart, *, size: Size, prefix: str) -> str:
    """The figure as an ``<svg>``, drawn for a width of 590 or 326 pixels."""
    bottom = HEAD + PITCH[size] * len(data.spans)
    planned = _("planned: {days} days").format(days=data.washout_days)
    drawing = Drawing(WIDTHS[size], bottom + FOOT, size=size, prefix=prefix, title=title(data), description=describe(data))
    left, right = (LABELS, drawing.width - VALUES) if size == "wide" else (8.0, drawing.width - 12)
    longest = max(data.washout_days, *(span.high_days for span in data.spans), 1.0)
    across = Scale(0, longest * 1.04, left, right)
    hatching = washout_fill(drawing)

    for tick in nice_ticks(0, longest, about=6):
        drawing.line(across(tick), HEAD, across(tick), bottom, "c-grid")
        drawing.text(across(tick), bottom + 15, f"{tick:g}", classes="c-mut c-sm", anchor="middle")
    for index, span in enumerate(data.spans):
        _span(drawing, across, span, HEAD + PITCH[size] * index, hatching)
    drawing.line(left, bottom, right, bottom, "c-axis")
    drawing.line(across(data.washout_days), HEAD - 6, across(data.washout_days), bottom, "d-r")
    half = text_width(planned) / 2
    at = min(max(across(data.washout_days), half), drawing.width - half)
    drawing.text(at, 14, planned, classes="c-cop c-strong c-sm", anchor="middle")
    drawing.text((left + right) / 2, bottom + 33, _("days from the last dose"), classes="c-mut c-sm", anchor="middle")
    return drawing.render()


def _span(drawing: Drawing, across: Scale, span: Span, top: float, hatching: str) -> None:
    """The bar: full as far as everybody agrees and it was checked, hatched beyond."""
    value = span.in_words()
    if drawing.size == "wide":
        y = top + (PITCH["wide"] - BAR) / 2
        drawing.text(0, y + BAR - 2, fitting(span.label, LABELS - 12), classes="c-sm")
        drawing.text(drawing.width, y + BAR - 2, value, classes="c-sm", anchor="end")
    else:
        y = top + 20
        drawing.text(0, top + 14, fitting(span.label, drawing.width - text_width(value) - 10), classes="c-sm c-halo")
        drawing.text(drawing.width, top + 14, value, classes="c-sm c-halo", anchor="end")
    agreed = span.low_days if span.checked or span.low_days < span.high_days else 0.0
    if agreed > 0:
        drawing.rect(across(0), y, max(across(agreed) - across(0), 1.0), BAR, "d-a")
    if span.high_days > agreed:
        drawing.rect(across(agreed), y, max(across(span.high_days) - across(agreed), 1.0), BAR, "d-edge", fill=hatching)


def title(data: WashoutChart) -> str:
    return _("A washout of {days} days against what is known").format(days=data.washout_days)


def describe(data: WashoutChart) -> str:
    """The same in words: each span, and whether the washout covers it."""
    found = []
    for span in data.spans:
        covers = (
            _("the washout covers it")
            if data.washout_days >= span.high_days
            else _("the washout does not cover it")
            if data.washout_days < span.low_days
            else _("the washout covers part of it")
        )
        checked = "" if span.checked else _(" (not checked)")
        found.append(
            _("{label}{checked}: {days}; {covers}.").format(label=span.label, checked=checked, days=span.in_words(), covers=covers)
        )
    return " ".join(found)


def days_text(days: float) -> str:
    """Days to a tenth, such as 2.7."""
    return f"{days:.1f}".removesuffix(".0")
