"""The chart of rank intervals is sound XML, stays inside its frame, and says in words what it shows."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from ldnplanner.common.charts import rank_intervals
from ldnplanner.common.charts.rank_intervals import RankInterval

SVG = "{http://www.w3.org/2000/svg}"


def intervals(count: int) -> st.SearchStrategy[list[RankInterval]]:
    ends = st.lists(st.floats(1, count), min_size=3, max_size=3).map(sorted)
    words = st.text(max_size=80) | st.just("</text><script> & \" ' ]]> \x00")
    row = st.builds(lambda uid, title, three: RankInterval(uid, title, three[1], three[0], three[2]), st.just("GAP-0001"), words, ends)
    return st.lists(row, min_size=1, max_size=count)


@given(st.integers(1, 120).flatmap(lambda count: st.tuples(st.just(count), intervals(count))))
def test_every_mark_of_every_gap_lies_inside_the_frame(drawn: tuple[int, list[RankInterval]]) -> None:
    count, data = drawn

    for size in rank_intervals.SIZES:
        drawing = rank_intervals.draw(data, count, size=size, prefix="ranks")
        svg = ET.fromstring(drawing.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1))  # noqa: S314  (our own drawing)
        _x, _y, width, height = (float(value) for value in svg.attrib["viewBox"].split())
        dots = svg.findall(f"{SVG}circle")
        assert len(dots) == len(data)
        for line in svg.findall(f"{SVG}line"):
            assert all(0 <= float(line.attrib[name]) <= width for name in ("x1", "x2"))
            assert all(0 <= float(line.attrib[name]) <= height for name in ("y1", "y2"))
        assert all(0 <= float(dot.attrib["cx"]) <= width and 0 <= float(dot.attrib["cy"]) <= height for dot in dots)


def test_the_chart_says_each_rank_and_its_interval_in_words() -> None:
    drawing = rank_intervals.draw([RankInterval("GAP-0001", "Doses", 2, 1, 3.5)], 4, size="wide", prefix="ranks")

    assert "<desc" in drawing
    assert "Ranks among 4 gaps, the first at the left. GAP-0001: rank 2, between 1 and 3.5." in drawing
