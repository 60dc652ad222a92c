"""How each treatment looks: a letter first, then a pattern and a border of its own, so that none needs a colour."""

from typing import NamedTuple

from ldnplanner.common.charts.svg import Drawing, element


class Look(NamedTuple):
    """The classes of a treatment's block and of the text on it, and the fill where it is a pattern."""

    block: str
    text: str
    fill: str | None = None


def washout_fill(drawing: Drawing) -> str:
    """The hatching of a washout."""
    return drawing.pattern("w", 6, _ground(6) + element("line", x1=0, y1=0, x2=0, y2=6, class_="d-hatch"), turned=45)


# The pattern of the treatments that have one: its width, how far it is turned, and what is drawn on its ground.
PATTERNS = {
    "C": (7, 0, element("circle", cx=3.5, cy=3.5, r=1.2, class_="d-dots")),
    "D": (8, 0, element("line", x1=0, y1=4, x2=8, y2=4, class_="d-stripe")),
    "F": (8, 0, element("path", d="M0 4H8M4 0V8", class_="d-stripe")),
    "H": (12, -45, element("rect", x=0, y=0, width=5, height=12, class_="d-wide")),
}
PLAIN = {"A": Look("d-a", "d-at"), "B": Look("d-b", "d-bt"), "E": Look("d-e", "d-bt"), "G": Look("d-g", "d-bt")}


def treatment_look(drawing: Drawing, letter: str) -> Look:
    """A solid, B outlined and dashed, C dots, D stripes, E copper outline, F grid, G pale, H and any other wide stripes."""
    if letter in PLAIN:
        return PLAIN[letter]
    width, turned, content = PATTERNS.get(letter, PATTERNS["H"])
    return Look("d-edge", "d-ht", drawing.pattern(letter.lower(), width, _ground(width) + content, turned=turned))


def _ground(width: int) -> str:
    return element("rect", width=width, height=width, class_="d-w")
