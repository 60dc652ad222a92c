"""How many things are in each state, a bar a row: met solid, partly striped, open outlined, with the counts in the bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ldnplanner.common.charts.patterns import Look, treatment_look
from ldnplanner.common.charts.svg import Drawing, Size, text_width

SIZES: tuple[Size, ...] = ("wide", "narrow")
WIDTHS = {"wide": 704.0, "narrow": 340.0}
LABELS = {"wide": 200.0, "narrow": 0.0}
ROWS = {"wide": 38.0, "narrow": 54.0}
BAR, KEY_ROW, SWATCH, GAP = 24.0, 24.0, 22.0, 18.0
LOOKS = ("A", "D", "B", "C", "G")  # solid, stripes, dashed outline, dots, pale


@dataclass(frozen=True)
class StateBar:
    """One row: what it counts, and how many are in each state, in the order of the states."""

    label: str
    counts: tuple[int, ...]


def draw(rows: Sequence[StateBar], states: Sequence[str], title: str, *, size: Size, prefix: str) -> str:
    """The chart as an ``<svg>``; every row fills the width, so that shares can be compared."""
    width, places = WIDTHS[size], _key_places(states, WIDTHS[size])
    top = KEY_ROW * (places[-1][1] + 1) + 12 if places else 0.0
    drawing = Drawing(width, top + ROWS[size] * len(rows) + 4, size=size, prefix=prefix, title=title, description=_describe(rows, states))
    looks = [treatment_look(drawing, LOOKS[at]) for at in range(len(states))]
    for word, look, (x, row) in zip(states, looks, places, strict=True):
        drawing.rect(x + 0.75, KEY_ROW * row + 2, SWATCH - 1.5, 15, look.block, fill=look.fill)
        drawing.text(x + SWATCH + 6, KEY_ROW * row + 14, word, classes="c-sm")
    for at, bar in enumerate(rows):
        _bar(drawing, bar, top + ROWS[size] * at, looks, size)
    return drawing.render()


def _bar(drawing: Drawing, row: StateBar, top: float, looks: Sequence[Look], size: Size) -> None:
    whole, left = sum(row.counts), LABELS[size]
    y = top if size == "wide" else top + 20
    drawing.text(0, top + (17 if size == "wide" else 14), row.label, classes="c-sm c-strong")
    x = left
    for count, look in zip(row.counts, looks, strict=True):
        if not count:
            continue
        across = (drawing.width - left) * count / whole
        drawing.rect(x + 0.75, y, max(across - 1.5, 1), BAR, look.block, fill=look.fill)
        if across > text_width(str(count)) + 4:
            drawing.text(x + across / 2, y + 16.5, str(count), classes=look.text, anchor="middle")
        x += across


def _key_places(states: Sequence[str], width: float) -> list[tuple[float, int]]:
    found, x, row = [], 0.0, 0
    for word in states:
        needed = SWATCH + 6 + text_width(word)
        if x and x + needed > width:
            x, row = 0.0, row + 1
        found.append((x, row))
        x += needed + GAP
    return found


def _describe(rows: Sequence[StateBar], states: Sequence[str]) -> str:
    return " ".join(
        _("{label}: {counts}.").format(
            label=row.label, counts=", ".join(f"{count} {word}" for count, word in zip(row.counts, states, strict=True))
        )
        for row in rows
    )
