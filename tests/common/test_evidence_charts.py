"""The charts of evidence are sound XML inside their frame, and say in words what they show."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ldnplanner.common.charts import doses, findings
from ldnplanner.common.charts.doses import DoseChart, DoseMark, DoseRow
from ldnplanner.common.charts.findings import Finding, FindingsChart
from ldnplanner.common.charts.svg import Size

SIZES: tuple[Size, ...] = ("wide", "narrow")
HOSTILE = "</text><script>alert(1)</script> & \" ' < > ]]> \x00\x0b\ud800"

TRIALS = FindingsChart(
    "Mean pain: difference from placebo in each study",
    (
        Finding("INNOVA", "n 98", 0.49, -0.32, 1.3, derived_interval=True),
        Finding("FINAL 2024", "2024, n 99", -0.34, -0.95, 0.27),
        Finding("A small one", "", -0.8, derived_value=True),
    ),
    "naltrexone − placebo, points",
    target=-1.0,
    below_zero="naltrexone better",
    above_zero="placebo better",
)
STUDIED = DoseChart(
    "Daily doses studied so far",
    (
        DoseRow("Records", "not randomised, n 115", 0.8, 9.0, solid=False),
        DoseRow("FINAL 2024", "randomised, n 99", 6.0, 6.0, solid=True),
        DoseRow("Younger 2013", "randomised, n 31", 3.0, 4.5, solid=True),
    ),
    (DoseMark("ED95", 5.4), DoseMark("ED50", 3.88)),
    "mg naltrexone a day",
)

words = st.text(max_size=40) | st.just(HOSTILE)
values = st.floats(-1e12, 1e12)
rows = st.builds(Finding, words, words, values, st.none() | values, st.none() | values, st.booleans(), st.booleans())
finding_charts = st.builds(
    FindingsChart, words, st.lists(rows, min_size=1, max_size=6).map(tuple), words, st.none() | st.floats(-1e6, 1e6), words, words
)
dose_charts = st.builds(
    DoseChart,
    words,
    st.lists(st.builds(DoseRow, words, words, st.floats(0, 1e6), st.floats(0, 1e6), st.booleans()), min_size=1, max_size=6).map(tuple),
    st.lists(st.builds(DoseMark, words, st.floats(0, 1e6)), max_size=3).map(tuple),
    words,
)


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314  (our own drawing)


def described(svg: str) -> str:
    return parsed(svg).findtext("desc") or ""


def assert_sound(svg: str) -> None:
    root = parsed(svg)
    _left, _top, width, height = (float(value) for value in root.attrib["viewBox"].split())
    outside = []
    for element in root.iter():
        at = {name: float(value) for name, value in element.attrib.items() if re.fullmatch(r"-?[\d.]+", value)}
        for x in ("x", "x1", "x2", "cx"):
            if not -0.05 <= at.get(x, 0) <= width + 0.05:
                outside.append((element.tag, at))
        for y in ("y", "y1", "y2", "cy"):
            if not -0.05 <= at.get(y, 0) <= height + 0.05:
                outside.append((element.tag, at))

    assert outside == []
    assert root.attrib["role"] == "img"
    assert not [element for element in root.iter() if "style" in element.attrib or element.tag == "script"]


@settings(max_examples=80, deadline=None)
@given(finding_charts, st.sampled_from(SIZES))
def test_any_chart_of_findings_is_sound(data: FindingsChart, size: Size) -> None:
    assert_sound(findings.draw(data, size=size, prefix="f"))


@settings(max_examples=80, deadline=None)
@given(dose_charts, st.sampled_from(SIZES))
def test_any_chart_of_doses_is_sound(data: DoseChart, size: Size) -> None:
    assert_sound(doses.draw(data, size=size, prefix="d"))


@pytest.mark.parametrize("size", SIZES)
def test_the_findings_are_told_in_words(size: Size) -> None:
    assert described(findings.draw(TRIALS, size=size, prefix="f")) == (
        "INNOVA (n 98): +0.49 (−0.32 to 1.30). FINAL 2024 (2024, n 99): −0.34 (−0.95 to 0.27). A small one: −0.8. "
        "The dashed line marks the difference that matters, −1. Below 0: naltrexone better; above 0: placebo better."
    )


@pytest.mark.parametrize("size", SIZES)
def test_what_is_derived_is_hollow_or_dashed_and_no_line_is_drawn_where_no_interval_is_known(size: Size) -> None:
    root = parsed(findings.draw(TRIALS, size=size, prefix="f"))

    points = [element.attrib["class"] for element in root.iter("circle")]
    spans = [element.attrib["class"] for element in root.iter("line") if element.attrib["class"].startswith("c-ci")]
    targets = [element for element in root.iter("line") if element.attrib["class"] == "c-target"]

    assert points == ["c-pt", "c-pt", "c-ring"]
    assert [css_class for css_class in spans if "dash" in css_class] == ["c-ci c-dash"]
    assert len(spans) == 2 * 3  # a line with two ends for each interval
    assert len(targets) == 1


def test_points_stand_where_their_values_fall() -> None:
    root = parsed(findings.draw(TRIALS, size="wide", prefix="f"))

    (zero,) = [float(line.attrib["x1"]) for line in root.iter("line") if line.attrib["class"] == "c-axis"]
    (target,) = [float(line.attrib["x1"]) for line in root.iter("line") if line.attrib["class"] == "c-target"]
    first, second, _third = [float(circle.attrib["cx"]) for circle in root.iter("circle")]
    unit = zero - target

    assert (first - zero) / unit == pytest.approx(0.49, abs=0.002)
    assert (second - zero) / unit == pytest.approx(-0.34, abs=0.002)


def test_without_a_difference_that_matters_none_is_drawn() -> None:
    bare = FindingsChart("t", TRIALS.rows, "x", None, "a", "b")

    assert "c-target" not in findings.draw(bare, size="wide", prefix="f")
    assert "that matters" not in findings.draw(bare, size="wide", prefix="f")


def test_the_doses_are_told_in_words_the_randomised_first() -> None:
    assert described(doses.draw(STUDIED, size="wide", prefix="d")) == (
        "Randomised, with results: FINAL 2024 (randomised, n 99): 6 mg; Younger 2013 (randomised, n 31): 3 to 4.5 mg. "
        "Not randomised, or without results: Records (not randomised, n 115): 0.8 to 9 mg. Marked: ED95 5.4 mg; ED50 3.88 mg."
    )


def test_one_dose_is_a_point_and_a_range_a_bar() -> None:
    root = parsed(doses.draw(STUDIED, size="narrow", prefix="d"))

    assert [element.attrib["class"] for element in root.iter("circle")] == ["d-a"]
    assert [element.attrib["class"] for element in root.iter("rect")] == ["d-a", "d-b"]


def test_a_dose_row_whose_ends_are_swapped_is_drawn_from_the_lower() -> None:
    data = DoseChart("t", (DoseRow("a", "b", 6.0, 3.0, solid=True),), (), "mg")

    assert_sound(doses.draw(data, size="wide", prefix="d"))
