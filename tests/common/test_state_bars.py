"""The bars that count how many things are in each state."""

import re
from xml.etree import ElementTree

import pytest

from ldnplanner.common.charts.state_bars import SIZES, StateBar, draw
from ldnplanner.common.charts.svg import Size

STATES = ("Met", "Partly met", "Open", "Not applicable", "Not due yet")
SVG = "{http://www.w3.org/2000/svg}"


def drawn(rows: list[StateBar], size: Size = "wide") -> ElementTree.Element:
    svg = draw(rows, STATES, "By state", size=size, prefix="t").replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')
    return ElementTree.fromstring(svg)  # noqa: S314  our own drawing


@pytest.mark.parametrize("size", SIZES)
def test_a_bar_is_as_wide_as_its_share_and_fills_the_row(size: Size) -> None:
    svg = drawn([StateBar("S", (1, 2, 1, 0, 0))], size)

    bars = [float(rect.get("width", 0)) + 1.5 for rect in svg.findall(f"{SVG}rect") if rect.get("height") == "24"]

    assert bars[1] == pytest.approx(2 * bars[0], abs=0.3)
    assert bars[2] == pytest.approx(bars[0], abs=0.3)
    assert len(bars) == 3


def test_the_description_says_every_count_and_escapes_what_it_writes() -> None:
    svg = drawn([StateBar("<b>S & T</b>", (3, 0, 2, 1, 0))])

    words = svg.findtext(f"{SVG}desc")
    assert words == "<b>S & T</b>: 3 Met, 0 Partly met, 2 Open, 1 Not applicable, 0 Not due yet."
    assert svg.findtext(f"{SVG}title") == "By state"


def test_a_row_without_anything_has_no_bar() -> None:
    svg = drawn([StateBar("S", (0, 0, 0, 0, 0))])

    assert [rect for rect in svg.findall(f"{SVG}rect") if rect.get("height") == "24"] == []
    assert re.fullmatch(r"0 0 704 [\d.]+", svg.get("viewBox", ""))
