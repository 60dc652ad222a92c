"""The rank of each gap in a round as a dot, and how sure it is as a line through it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ldnplanner.common.charts.scale import Scale, nice_ticks
from ldnplanner.common.charts.svg import Drawing, Size, fitting, number

SIZES: tuple[Size, ...] = ("wide", "narrow")
WIDTHS = {"wide": 700.0, "narrow": 310.0}
LABELS = {"wide": 330.0, "narrow": 0.0}
ROWS = {"wide": 24.0, "narrow": 40.0}
TOP, RIGHT, BOTTOM, INSET = 26.0, 14.0, 12.0, 12.0


@dataclass(frozen=True)
class RankInterval:
    """One gap: its rank, and the ends of the interval."""

    uid: str
    title: str
    rank: float
    low: float
    high: float


def draw(data: Sequence[RankInterval], count: int, *, size: Size, prefix: str) -> str:
    """The chart as an ``<svg>``; the ranks run from 1 to count, and dashed lines part the thirds."""
    height = TOP + ROWS[size] * len(data) + BOTTOM
    title = _("Rank of each gap and its 95 % interval")
    drawing = Drawing(WIDTHS[size], height, size=size, prefix=prefix, title=title, description=_describe(data, count))
    across = Scale(1, max(count, 2), LABELS[size] + INSET, WIDTHS[size] - RIGHT)
    third = -(-count // 3)
    thirds = sorted({third + 0.5, count - third + 0.5}) if 2 * third <= count else []

    for tick in _ticks(count):
        drawing.text(across(tick), 12, number(tick), classes="c-mut c-sm", anchor="middle")
        drawing.line(across(tick), TOP - 9, across(tick), TOP - 4, "c-axis")
    for at, row in enumerate(data):
        _row(drawing, row, TOP + ROWS[size] * at, across, size, thirds)
    return drawing.render()


def _row(drawing: Drawing, row: RankInterval, top: float, across: Scale, size: Size, thirds: Sequence[float]) -> None:
    middle = top + (12 if size == "wide" else 27)
    name = fitting(f"{row.uid}  {row.title}", (LABELS[size] or WIDTHS[size]) - 8)
    drawing.text(0, top + (16 if size == "wide" else 14), name, classes="c-sm")
    drawing.line(across(1), middle, drawing.width - RIGHT, middle, "c-grid")
    for edge in thirds:  # not through the words above the line
        drawing.line(across(edge), middle - 8, across(edge), middle + 12, "c-target")
    drawing.line(across(row.low), middle, across(row.high), middle, "c-ci")
    for end in (row.low, row.high):
        drawing.line(across(end), middle - 4, across(end), middle + 4, "c-ci")
    drawing.element("circle", cx=across(row.rank), cy=middle, r=4.5, class_="c-dot")


def _ticks(count: int) -> list[float]:
    inner = [tick for tick in nice_ticks(1, count, about=6) if tick == int(tick) and 1 < tick < count] if count > 2 else []
    return [1, *(tick for tick in inner if count - tick > 0.04 * count and tick - 1 > 0.04 * count), count]


def _describe(data: Sequence[RankInterval], count: int) -> str:
    each = "; ".join(
        _("{uid}: rank {rank}, between {low} and {high}").format(
            uid=row.uid, rank=f"{row.rank:g}", low=f"{row.low:g}", high=f"{row.high:g}"
        )
        for row in data
    )
    return _("Ranks among {count} gaps, the first at the left. {each}.").format(count=count, each=each)
