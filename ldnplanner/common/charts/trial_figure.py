"""A crossover drawn to time scale: a row is a sequence, a block a period, hatching a washout."""

from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ldnplanner.common.charts.crossover import SequenceRow, TrialFigure, caption, describe, title
from ldnplanner.common.charts.patterns import Look, treatment_look, washout_fill
from ldnplanner.common.charts.scale import DAY_STEPS, WEEK_STEPS, Scale, step_ticks
from ldnplanner.common.charts.svg import Drawing, Size, fitting, signed, text_width

__all__ = ["SequenceRow", "TrialFigure", "caption", "draw"]

WIDTHS = {"wide": 590.0, "narrow": 326.0}
RIGHT, HEAD, SHORTEST_AXIS_GAP = 8.0, 34.0, 24.0
RAMP_START = 0.15  # the share of its height at which a block with titration starts
TOO_LOW = 0.75  # the share of the slope that does not reach above a word
VISIT = 2.5  # radius of the dot of a visit
KEY_LINE, KEY_SWATCH, KEY_GAP = 20.0, 22.0, 16.0
WEEKS_FROM_DAYS = 42
WIDE_CAPITALS = 1.35  # capitals are wider than the mean character
PERIOD_WORDINGS = (gettext_noop("Period {number}"), gettext_noop("P{number}"), "{number}")


@dataclass(frozen=True)
class Rows:
    """How high rows and blocks are: fewer sequences get more room, and a second line for their n."""

    pitch: float
    block: float
    two_lines: bool
    readout_gap: float
    readout: float


def draw(data: TrialFigure, *, size: Size, prefix: str) -> str:
    """The figure as an ``<svg>``, drawn for a width of 590 or 326 pixels."""
    drawing = Drawing(WIDTHS[size], 0, size=size, prefix=prefix, title=title(data), description=describe(data))
    return _Painter(data, drawing).paint()


class _Painter:
    """Draws one figure; holds what each part of it needs: the data, the drawing, the scale and the looks."""

    def __init__(self, data: TrialFigure, drawing: Drawing) -> None:
        self.data = data
        self.drawing = drawing
        self.rows = _rows(len(data.sequences))
        self.axis = HEAD + self.rows.pitch * len(data.sequences)
        self.across = Scale(-data.run_in_days, data.end_day, self._gutter(), drawing.width - RIGHT)
        self.hatching = washout_fill(drawing)
        self.looks = {letter: treatment_look(drawing, letter) for letter in sorted(set("".join(row.letters for row in data.sequences)))}

    def paint(self) -> str:
        self._heads()
        for index, row in enumerate(self.data.sequences):
            self._row(row, HEAD + self.rows.pitch * index)
        start = self.across(0)
        self.drawing.line(start, HEAD - 10, start, self.axis, "d-r")
        self.drawing.text(start - 4, HEAD - 1, "R", classes="c-cop c-strong c-sm", anchor="end")
        self._time_axis()
        self._key()
        return self.drawing.render()

    def _gutter(self) -> float:
        """Room at the left for the letters of the longest sequence, and for n."""
        widest = max(text_width(row.letters) * WIDE_CAPITALS for row in self.data.sequences)
        counts = max(text_width(self._count(row)) for row in self.data.sequences)
        return max(widest, counts) + 14 if self.rows.two_lines else widest + counts + (20 if counts else 10)

    def _count(self, row: SequenceRow) -> str:
        return f"n = {row.n_randomised}" if row.n_randomised is not None and self.drawing.size == "wide" else ""

    def _heads(self) -> None:
        """What each stretch of time is, in the longest wording for which there is room."""
        across, period, washout = self.across, self.data.period_days, self.data.washout_days
        period_width, washout_width = across(period) - across(0), across(washout) - across(0)
        pauses = _longest_that_fits((_("Washout"), _("Wash."), _("W")), washout_width - 4)
        words = _longest_that_fits(tuple(map(_, PERIOD_WORDINGS)), period_width - 4)
        if not words or not pauses:
            pauses, words = "", _longest_that_fits(tuple(map(_, PERIOD_WORDINGS)), period_width + washout_width - 6)
        for index in range(self.data.periods):
            start, end = self.data.period(index)
            self._head(across((start + end) / 2), words.format(number=index + 1))
            if index + 1 < self.data.periods:
                self._head(across(end + washout / 2), pauses)

        if self.data.run_in_days:
            run_in = _("Run-in")
            middle = (across.start + across(0)) / 2
            first_label = across(period / 2) - text_width(words) / 2 - 6
            self._head(min(middle, first_label - text_width(run_in) / 2), run_in)
        if self.data.follow_up_days:
            self._head_after(words)

    def _head_after(self, words: str) -> None:
        """The heading over follow-up, clear of that over the last period."""
        across, data = self.across, self.data
        start, end = data.period(data.periods - 1)
        taken = across((start + end) / 2) + text_width(words.format(number=data.periods)) / 2 + 6
        middle = across(data.last_day + data.follow_up_days / 2)
        after = _longest_that_fits((_("Follow-up"), _("F-up")), self.drawing.width - taken)
        half = text_width(after) / 2
        self._head(min(max(middle, taken + half), self.drawing.width - half), after)

    def _head(self, middle: float, words: str) -> None:
        """A heading over its stretch of time; left out where the next one leaves it no room."""
        half = text_width(words) / 2
        x = min(middle, self.drawing.width - half)
        if words and x >= half:
            self.drawing.text(x, 16, words, classes="c-mut c-sm", anchor="middle")

    def _row(self, row: SequenceRow, top: float) -> None:
        across, block = self.across, self.rows.block
        middle = top + block / 2
        count = self._count(row)
        self.drawing.text(0, middle + (-1 if self.rows.two_lines and count else 4), row.letters, classes="c-strong")
        if count and self.rows.two_lines:
            self.drawing.text(0, middle + 14, count, classes="c-mut c-sm")
        elif count:
            self.drawing.text(across.start - 8, middle + 4, count, classes="c-mut c-sm", anchor="end")

        if self.data.run_in_days:
            self.drawing.line(across.start, middle, across(0), middle, "d-line")
        if self.data.follow_up_days:
            self.drawing.line(across(self.data.last_day), middle, across.end, middle, "d-line")
        periods = [self.data.period(index) for index in range(len(row.letters))]
        for (_start, end), (following, _end) in pairwise(periods):
            if following > end:
                self.drawing.rect(across(end), top, across(following) - across(end), block, fill=self.hatching)
        for (start, end), letter in zip(periods, row.letters, strict=True):
            self._block(letter, across(start), across(end), top)

    def _block(self, letter: str, left: float, right: float, top: float) -> None:
        look = self.looks[letter]
        self._shape(look, left + 0.75, max(right - 0.75, left + 1.75), top)
        start = left + self._under_slope(right - left)
        shown = self._shown_label(letter, right - left)
        if text_width(shown) <= right - start:
            self.drawing.text((start + right) / 2, top + self.rows.block / 2 + 4.5, shown, classes=look.text, anchor="middle")
        else:
            x = min((left + right) / 2, self.drawing.width - text_width(shown) / 2)
            self.drawing.text(x, top + self.rows.block + 9, shown, classes="c-sm c-strong", anchor="middle")

    def _under_slope(self, width: float) -> float:
        """How much of a block of this width is too low for a word, as titration has not risen far enough."""
        return TOO_LOW * width * self.data.titration_days / self.data.period_days

    def _shape(self, look: Look, left: float, right: float, top: float) -> None:
        """A block; with titration its top rises from near the ground to its full height. Below it, a bar over the read-out window."""
        data, bottom = self.data, top + self.rows.block
        per_day = (right - left) / data.period_days
        if data.titration_days:
            ramp = left + per_day * data.titration_days
            corners = ((left, bottom - RAMP_START * self.rows.block), (ramp, top), (right, top), (right, bottom), (left, bottom))
            self.drawing.polygon(corners, look.block, fill=look.fill)
        else:
            self.drawing.rect(left, top, right - left, self.rows.block, look.block, fill=look.fill)
        if data.readout_days:
            width = min(max(per_day * data.readout_days, 1.5), right - left)
            self.drawing.rect(right - width, bottom + self.rows.readout_gap, width, self.rows.readout, "d-read")

    def _whole_label(self, letter: str) -> str:
        label = self.data.treatments.get(letter, "")
        return f"{letter} · {label}" if label else letter

    def _shown_label(self, letter: str, width: float) -> str:
        """The letter with what it stands for, or alone where a block of this width does not hold all of it: half a dose is none."""
        whole = self._whole_label(letter)
        room = width - self._under_slope(width) - 12
        return whole if self.drawing.size == "wide" and text_width(whole) <= room else letter

    def _time_axis(self) -> None:
        across, axis, data = self.across, self.axis, self.data
        in_weeks = data.end_day + data.run_in_days >= WEEKS_FROM_DAYS
        unit = 7 if in_weeks else 1
        self.drawing.line(across.start, axis, across.end, axis, "c-axis")
        room = int((across.end - across.start) // SHORTEST_AXIS_GAP)
        steps = WEEK_STEPS if in_weeks else DAY_STEPS
        for tick in step_ticks(-data.run_in_days / unit, data.end_day / unit, steps=steps, at_most=max(room, 2)):
            x = across(tick * unit)
            self.drawing.line(x, axis, x, axis + 5, "c-axis")
            self.drawing.text(x, axis + 16, signed(tick), classes="c-mut c-sm", anchor="end" if x > self.drawing.width - 12 else "middle")
        for day in data.visits_shown:
            self.drawing.element("circle", cx=across(day), cy=axis, r=VISIT, class_="c-pt")
        words = _("weeks from randomisation") if in_weeks else _("days from randomisation")
        self.drawing.text((across.start + across.end) / 2, axis + 33, words, classes="c-mut c-sm", anchor="middle")
        self.drawing.height = axis + 40

    def _key(self) -> None:
        """What each letter stands for, where the blocks do not say it; the whole wording is in the description too."""
        drawing, treatments = self.drawing, self.data.treatments
        width = self.across(self.data.period_days) - self.across(0)
        labelled = [letter for letter in self.looks if treatments.get(letter)]
        if all(self._shown_label(letter, width) == self._whole_label(letter) for letter in labelled):
            return
        x, y = 0.0, self.axis + 46
        for letter in labelled:
            look = self.looks[letter]
            label = fitting(treatments[letter], drawing.width - KEY_SWATCH - 12)
            needed = KEY_SWATCH + 8 + text_width(label)
            if x > 0 and x + needed > drawing.width:
                x, y = 0.0, y + KEY_LINE
            drawing.rect(x + 0.75, y, KEY_SWATCH - 1.5, 15, look.block, fill=look.fill)
            drawing.text(x + KEY_SWATCH / 2, y + 12, letter, classes=f"{look.text} c-sm", anchor="middle")
            drawing.text(x + KEY_SWATCH + 8, y + 12, label, classes="c-sm")
            x += needed + KEY_GAP
        drawing.height = y + KEY_LINE


def _rows(sequences: int) -> Rows:
    if sequences <= 4:
        return Rows(60, 40, two_lines=True, readout_gap=4, readout=5)
    if sequences <= 8:
        return Rows(40, 26, two_lines=False, readout_gap=3, readout=4)
    return Rows(27, 18, two_lines=False, readout_gap=2, readout=3)


def _longest_that_fits(wordings: tuple[str, ...], width: float) -> str:
    return next((words for words in wordings if text_width(words.format(number=10)) <= width), "")
