"""The key of a chart with several lines: a sample of each line with its label, in as many rows as they need."""

from collections.abc import Sequence

from ldnplanner.common.charts.svg import Drawing, fitting, text_width

LINE, SAMPLE, GAP = 18.0, 26.0, 18.0
OTHER_LINES = ("c-l1", "c-l3", "c-l4", "c-l5", "c-l6", "c-l7")
Place = tuple[str, float, int]


def places(labels: Sequence[str], left: float, right: float) -> list[Place]:
    """For each label as it fits, where its sample begins, and in which row of the key."""
    found = []
    x, row = left, 0
    for words in labels:
        label = fitting(words, right - left - SAMPLE - 6)
        needed = SAMPLE + 6 + text_width(label)
        if x > left and x + needed > right:
            x, row = left, row + 1
        found.append((label, x, row))
        x += needed + GAP
    return found


def rows(found: Sequence[Place]) -> int:
    """How many rows the key has below its first one."""
    return max((row for *_place, row in found), default=0)


def line_classes(planned: Sequence[bool]) -> list[str]:
    """The planned line is solid and heavy, the others differ by their dashes."""
    others = iter(OTHER_LINES * len(planned))
    return ["c-l2" if one else next(others) for one in planned]


def draw_entry(drawing: Drawing, css_class: str, place: Place, *, planned: bool) -> None:
    label, x, row = place
    y = 12 + LINE * row
    drawing.line(x, y, x + SAMPLE, y, css_class)
    drawing.text(x + SAMPLE + 6, y + 4, label, classes="c-sm c-strong" if planned else "c-sm")
