"""Charts are sound XML, stay inside their frame, say in words what they show, and bring no style of their own."""

import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ldnplanner.common.charts import bars, heat, lines, power_bar, power_curve, standalone, trial_figure, washout
from ldnplanner.common.charts.bars import Bar, BarChart
from ldnplanner.common.charts.lines import LineChart, Series
from ldnplanner.common.charts.power_curve import Curve, PowerCurve
from ldnplanner.common.charts.svg import Size, fitting, number, per_cent, text_width
from ldnplanner.common.charts.trial_figure import SequenceRow, TrialFigure, caption
from ldnplanner.common.charts.washout import Span, WashoutChart

SVG = "{http://www.w3.org/2000/svg}"
SIZES: tuple[Size, ...] = ("wide", "narrow")
HOSTILE = "</text><script>alert(1)</script> & \" ' < > ]]> \x00\x0b\ud800"

AB_BA = TrialFigure(
    (SequenceRow("AB", 29), SequenceRow("BA", 29)), {"A": "LDN 4.5 mg", "B": "placebo"}, run_in_days=14, period_days=42, washout_days=14
)
CURVES = PowerCurve(
    n_evaluable=(10, 20, 30, 40, 46, 60, 80, 100),
    curves=(
        Curve("SD 1.4", (0.51, 0.86, 0.97, 0.995, 0.998, 1.0, 1.0, 1.0)),
        Curve("SD 2.0", (0.29, 0.56, 0.75, 0.87, 0.9125, 0.968, 0.993, 0.999), planned=True),
        Curve("SD 2.5", (0.2, 0.4, 0.56, 0.69, 0.756, 0.86, 0.94, 0.979)),
    ),
    target_power=0.9,
    marked_n=46,
    x_label="evaluable participants",
)

words = st.text(max_size=40) | st.just(HOSTILE)
figures = st.builds(
    TrialFigure,
    sequences=st.integers(1, 10).flatmap(
        lambda periods: st.lists(
            st.builds(SequenceRow, st.text("ABCDEFGH", min_size=periods, max_size=periods), st.none() | st.integers(0, 5000)),
            min_size=1,
            max_size=40,
        ).map(tuple)
    ),
    treatments=st.dictionaries(st.sampled_from("ABCDEFGH"), words),
    run_in_days=st.integers(0, 3650),
    period_days=st.integers(1, 3650),
    washout_days=st.integers(0, 3650),
)
whole_figures = figures.flatmap(
    lambda data: st.builds(
        replace,
        st.just(data),
        titration_days=st.integers(0, data.period_days // 2),
        readout_days=st.integers(0, data.period_days - data.period_days // 2),
        follow_up_days=st.integers(0, 3650),
        visits=st.lists(st.integers(-4000, 80_000), max_size=8).map(tuple),
    )
)
lengths = st.floats(0, 36_500, allow_nan=False)
washouts = st.builds(
    WashoutChart,
    st.integers(0, 3650),
    st.lists(
        st.tuples(lengths, lengths).flatmap(lambda ends: st.builds(Span, words, st.just(min(ends)), st.just(max(ends)), st.booleans())),
        min_size=1,
        max_size=6,
    ).map(tuple),
)
bar_charts = st.builds(
    BarChart,
    words,
    st.lists(st.builds(Bar, words, st.floats(0, 1e9), st.text(max_size=12), st.booleans()), min_size=1, max_size=12).map(tuple),
    words,
)
curves = st.lists(st.integers(2, 5000), min_size=1, max_size=30, unique=True).flatmap(
    lambda ns: st.builds(
        PowerCurve,
        n_evaluable=st.just(tuple(float(n) for n in sorted(ns))),
        curves=st.lists(
            st.builds(
                Curve,
                words,
                st.lists(st.floats(0, 1) | st.just(float("nan")), min_size=len(ns), max_size=len(ns)).map(tuple),
                st.booleans(),
            ),
            max_size=5,
        ).map(tuple),
        target_power=st.none() | st.floats(0.01, 0.99),
        marked_n=st.none() | st.floats(1, 6000),
        x_label=words,
    )
)

any_value = st.none() | st.floats(allow_nan=True, allow_infinity=True)
line_charts = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20, unique=True).flatmap(
    lambda xs: st.builds(
        LineChart,
        title=words,
        x=st.just(tuple(sorted(xs))),
        series=st.lists(
            st.builds(Series, words, st.lists(any_value, min_size=len(xs), max_size=len(xs)).map(tuple), st.booleans()), max_size=6
        ).map(tuple),
        x_label=words,
        y_label=words,
        shares=st.booleans(),
        target=st.none() | st.floats(0.01, 0.99),
        marked_x=st.none() | st.floats(-1e6, 1e6),
    )
)


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314  (our own drawing)


def frame(root: ET.Element) -> tuple[float, float]:
    _left, _top, width, height = (float(value) for value in root.attrib["viewBox"].split())
    return width, height


def points(root: ET.Element) -> list[tuple[float, float]]:
    """Every corner, end and anchor of the drawing, but for those of the patterns."""
    found = []
    for element in root.iter():
        at = {name: float(value) for name, value in element.attrib.items() if re.fullmatch(r"-?[\d.]+", value)}
        if element.tag == "rect" and "x" in at:
            found += [(at["x"], at["y"]), (at["x"] + at["width"], at["y"] + at["height"])]
        elif element.tag == "text":
            found.append((at["x"], at["y"]))
        elif element.tag == "circle" and element.attrib.get("class") == "c-dot":
            found += [(at["cx"] - at["r"], at["cy"] - at["r"]), (at["cx"] + at["r"], at["cy"] + at["r"])]
        elif element.tag == "line" and element.attrib.get("class") not in {"d-hatch", "d-stripe"}:
            found += [(at["x1"], at["y1"]), (at["x2"], at["y2"])]
        elif element.tag in {"polyline", "polygon"}:
            found += [(float(x), float(y)) for x, y in (pair.split(",") for pair in element.attrib.get("points", "").split())]
    return found


def assert_sound(svg: str) -> None:
    root = parsed(svg)
    width, height = frame(root)
    identifiers = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]

    assert len(identifiers) == len(set(identifiers))
    assert set(root.attrib["aria-labelledby"].split()) <= set(identifiers)
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(identifiers)
    assert not [element for element in root.iter() if "style" in element.attrib or element.tag == "script"]
    assert [(x, y) for x, y in points(root) if not (-0.05 <= x <= width + 0.05 and -0.05 <= y <= height + 0.05)] == []


@settings(max_examples=60, deadline=None)
@given(figures, st.sampled_from(SIZES))
@example(TrialFigure((SequenceRow("AA", None),), {}, 1, 1, 14), "narrow")  # no room for the word over the run-in
def test_any_trial_figure_is_sound(data: TrialFigure, size: Size) -> None:
    assert_sound(trial_figure.draw(data, size=size, prefix="f"))


@settings(max_examples=80, deadline=None)
@given(whole_figures, st.sampled_from(SIZES))
def test_any_trial_figure_with_all_its_parts_is_sound(data: TrialFigure, size: Size) -> None:
    assert_sound(trial_figure.draw(data, size=size, prefix="f"))


@settings(max_examples=60, deadline=None)
@given(washouts, st.sampled_from(SIZES))
def test_any_washout_is_sound(data: WashoutChart, size: Size) -> None:
    assert_sound(washout.draw(data, size=size, prefix="w"))


@settings(max_examples=60, deadline=None)
@given(bar_charts, st.sampled_from(SIZES))
def test_any_bars_are_sound(data: BarChart, size: Size) -> None:
    assert_sound(bars.draw(data, size=size, prefix="b"))


@settings(max_examples=80, deadline=None)
@given(line_charts, st.sampled_from(SIZES))
@example(LineChart("t", (1.0, 1.0), (Series("a", (0.5, 0.5)),), "x", "y", marked_x=1.0), "wide")
def test_any_line_chart_is_sound(data: LineChart, size: Size) -> None:
    assert_sound(lines.draw(data, size=size, prefix="l"))


def test_a_line_chart_says_where_its_lines_begin_and_end_and_what_the_plan_has() -> None:
    data = LineChart(
        "Power by participants",
        (10.0, 20.0, 30.0),
        (Series("main effect", (0.2, 0.6, 0.9), planned=True), Series("trend", (None, 0.3, 0.5))),
        "evaluable participants",
        "power",
        shares=True,
        target=0.8,
        marked_x=25.0,
    )

    said = parsed(lines.draw(data, size="wide", prefix="l")).find("desc")

    assert said is not None
    assert said.text == (
        "main effect: 20\N{NO-BREAK SPACE}% at 10, 90\N{NO-BREAK SPACE}% at 30. At 25, as planned, it is 75\N{NO-BREAK SPACE}%. "
        "trend: 30\N{NO-BREAK SPACE}% at 20, 50\N{NO-BREAK SPACE}% at 30. At 25, as planned, it is 40\N{NO-BREAK SPACE}%. "
        "The dashed line is what is wanted, 80\N{NO-BREAK SPACE}%."
    )


@settings(max_examples=80, deadline=None)
@given(curves, st.sampled_from(SIZES))
def test_any_power_curve_is_sound(data: PowerCurve, size: Size) -> None:
    assert_sound(power_curve.draw(data, size=size, prefix="p"))


@pytest.mark.parametrize("size", SIZES)
def test_the_largest_design_is_sound(size: Size) -> None:
    rows = tuple(SequenceRow("".join("ABCDEFGH"[(start + index) % 8] for index in range(10)), 5) for start in range(40))

    svg = trial_figure.draw(TrialFigure(rows, dict.fromkeys("ABCDEFGH", "a long label " * 9), 7, 28, 14), size=size, prefix="big")

    assert_sound(svg)
    assert svg.count("<rect") >= 400


@pytest.mark.parametrize(
    "draw", [lambda: trial_figure.draw(AB_BA, size="wide", prefix="x"), lambda: power_curve.draw(CURVES, size="wide", prefix="x")]
)
def test_two_sizes_and_two_prefixes_share_no_id(draw: Callable[[], str]) -> None:
    one = draw()
    identifiers = re.findall(r' id="([^"]+)"', one)

    assert identifiers
    assert all(identifier.startswith("x-wide-") for identifier in identifiers)


def test_hostile_labels_come_out_as_text() -> None:
    figure = TrialFigure((SequenceRow("AB"),), {"A": HOSTILE}, 0, 40, 0)

    root = parsed(trial_figure.draw(figure, size="wide", prefix='"><script>'))

    assert "<script>alert(1)</script>" in "".join(root.itertext())
    assert {element.tag for element in root.iter()} <= {"svg", "title", "desc", "defs", "pattern", "rect", "line", "path", "text", "circle"}


def test_a_trial_figure_says_its_design_in_words() -> None:
    root = parsed(trial_figure.draw(AB_BA, size="wide", prefix="f"))

    title, description = root[0].text, root[1].text

    assert title == "AB/BA crossover, drawn to time scale"
    assert description == (
        "58 participants are randomised, 29 to each of 2 sequences. A period lasts 42 days; a washout of 14 days between periods; "
        "a run-in of 14 days before randomisation. Sequence AB (29 participants): A on days 0 to 42, B on days 56 to 98. "
        "Sequence BA (29 participants): B on days 0 to 42, A on days 56 to 98. A: LDN 4.5 mg. B: placebo."
    )


def test_a_figure_without_numbers_of_people_gives_none() -> None:
    figure = TrialFigure((SequenceRow("ABB"), SequenceRow("BAA", 12)), {}, 0, 28, 0)

    description = parsed(trial_figure.draw(figure, size="wide", prefix="f"))[1].text

    assert description is not None
    assert description.startswith(
        "Participants are randomised to 2 sequences. A period lasts 28 days; no washout between periods; no run-in"
    )


def test_periods_are_drawn_to_time_scale() -> None:
    root = parsed(trial_figure.draw(AB_BA, size="wide", prefix="f"))

    drug, washout = root.find(".//rect[@class='d-a']"), root.find(".//rect[@fill]")

    assert drug is not None
    assert washout is not None
    assert (float(drug.attrib["width"]) + 1.5) / float(washout.attrib["width"]) == pytest.approx(3, rel=0.01)


def test_a_label_that_does_not_fit_is_cut_in_the_drawing_and_whole_in_the_description() -> None:
    label = "naltrexone 4.5 mg by mouth once a day, in the evening, after the last meal, as a capsule that looks like the placebo"
    figure = TrialFigure((SequenceRow("AB"), SequenceRow("BA")), {"A": label}, 0, 42, 14)

    root = parsed(trial_figure.draw(figure, size="narrow", prefix="f"))

    assert label in (root[1].text or "")
    assert [text.text for text in root.iter("text") if (text.text or "").endswith("…")]


WHOLE = replace(AB_BA, titration_days=14, readout_days=7, follow_up_days=14, visits=(0, 41, 200))


def test_a_trial_figure_says_what_happens_inside_its_periods() -> None:
    description = parsed(trial_figure.draw(WHOLE, size="wide", prefix="f"))[1].text or ""

    assert (
        "Each period begins with 14 days of titration. The outcome is read in the last 7 days of each period. "
        "Follow-up lasts 14 days after the last period. Visits are on days 0, 41. Sequence AB"
    ) in description
    assert caption(WHOLE) == (
        "To time scale. R: randomisation. Dotted: run-in and follow-up. Slope: titration. Hatched: washout. "
        "Copper bar: read-out window, the last 7 days of each period. Dots on the axis: visits."
    )
    assert caption(AB_BA) == "To time scale. R: randomisation. Hatched: washout."


def test_readout_bars_end_with_their_periods_and_slopes_rise_in_titration() -> None:
    root = parsed(trial_figure.draw(WHOLE, size="wide", prefix="f"))

    read = [rect for rect in root.iter("rect") if rect.attrib.get("class") == "d-read"]
    blocks = [polygon for polygon in root.iter("polygon") if polygon.attrib["class"] in {"d-a", "d-b"}]

    assert (len(read), len(blocks)) == (4, 4)
    for bar, block in zip(read, blocks, strict=True):
        corners = [tuple(map(float, corner.split(","))) for corner in block.attrib["points"].split()]
        (left, low), (ramp, top), (right, _), (_, bottom), _ = corners
        per_day = (right - left) / 42
        assert ramp - left == pytest.approx(14 * per_day, abs=0.11)
        assert top < low < bottom
        assert float(bar.attrib["x"]) + float(bar.attrib["width"]) == pytest.approx(right, abs=0.11)
        assert float(bar.attrib["width"]) == pytest.approx(7 * per_day, abs=0.11)
    assert "Follow-up" in {text.text for text in root.iter("text")}


def test_no_label_stands_in_the_air_above_a_slope() -> None:
    root = parsed(trial_figure.draw(WHOLE, size="wide", prefix="f"))

    first = next(polygon for polygon in root.iter("polygon") if polygon.attrib["class"] == "d-a")
    corners = [tuple(map(float, corner.split(","))) for corner in first.attrib["points"].split()]
    label = next(text for text in root.iter("text") if text.attrib.get("class") == "d-at")
    start = float(label.attrib["x"]) - text_width(label.text or "") / 2
    height = (start - corners[0][0]) / (corners[1][0] - corners[0][0])

    assert min(height, 1) >= 0.59  # there the slope is as high as the top of the letters


@pytest.mark.parametrize("parts", [{"titration_days": 40}, {"readout_days": 43}, {"follow_up_days": -1}])
def test_what_does_not_fit_into_a_period_is_refused(parts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="A figure needs"):
        replace(WHOLE, **parts)  # type: ignore[arg-type]  # numbers only


def test_a_washout_says_what_it_covers() -> None:
    data = WashoutChart(14, (Span("6β-naltrexol", 2.7083, 3.75), Span("the effect", 21, 21), Span("seen", 10, 28, checked=False)))

    description = parsed(washout.draw(data, size="wide", prefix="w"))[1].text

    assert description == (
        "6β-naltrexol: 2.7 to 3.8 days; the washout covers it. the effect: 21 days; the washout does not cover it. "
        "seen (not checked): 10 to 28 days; the washout covers part of it."
    )


def test_bars_are_as_long_as_their_numbers_and_the_own_one_is_full() -> None:
    data = BarChart("Randomised participants", (Bar("ABB/BAA", 44, "44"), Bar("AB/BA", 88, "88", marked=True)), "the draft’s own")

    root = parsed(bars.draw(data, size="wide", prefix="b"))
    drawn = [(rect.attrib["class"], float(rect.attrib["width"])) for rect in root.iter("rect")]

    assert [name for name, _width in drawn] == ["d-g", "d-a"]
    assert drawn[1][1] == pytest.approx(2 * drawn[0][1], abs=0.2)
    assert root[1].text == "ABB/BAA: 44. AB/BA, the draft’s own: 88."


@pytest.mark.parametrize(
    "make", [lambda: Span("a", 3, 2), lambda: WashoutChart(3, ()), lambda: Bar("a", float("nan"), ""), lambda: BarChart("t", (), "own")]
)
def test_what_cannot_be_drawn_as_a_length_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError):
        make()


@pytest.mark.parametrize(
    "parts",
    [
        {"sequences": ()},
        {"sequences": (SequenceRow(""),)},
        {"period_days": 0},
        {"washout_days": -1},
        {"run_in_days": -1},
    ],
)
def test_a_design_that_cannot_be_drawn_is_refused(parts: dict[str, int]) -> None:
    given = {"sequences": (SequenceRow("AB"),), "treatments": {}, "run_in_days": 0, "period_days": 7, "washout_days": 0} | parts

    with pytest.raises(ValueError, match="A figure needs"):
        TrialFigure(**given)  # type: ignore[arg-type]


def test_a_power_curve_says_its_numbers_in_words() -> None:
    description = parsed(power_curve.draw(CURVES, size="narrow", prefix="p"))[1].text

    assert description == (
        "From 10 to 100 evaluable participants. At 46, power is 91.2 % with SD 2.0, as planned. At 46, it is 99.8 % with SD 1.4. "
        "At 46, it is 75.6 % with SD 2.5. The dashed line is the power wanted, 90 %."
    ).replace(" %", "\N{NO-BREAK SPACE}%")


def test_the_planned_curve_is_the_heavy_one_and_the_others_differ_by_dash() -> None:
    root = parsed(power_curve.draw(CURVES, size="wide", prefix="p"))

    assert sorted(line.attrib["class"] for line in root.iter("polyline")) == ["c-l1", "c-l2", "c-l3"]
    assert list(root.iter("polyline"))[-1].attrib["class"] == "c-l2"


def test_the_dot_stands_on_the_planned_curve_at_the_planned_n() -> None:
    root = parsed(power_curve.draw(CURVES, size="wide", prefix="p"))

    dot, planned = root.find("circle"), root.find("polyline[@class='c-l2']")

    assert dot is not None
    assert planned is not None
    assert f"{dot.attrib['cx']},{dot.attrib['cy']}" in planned.attrib["points"].split()


def test_without_target_or_plan_neither_line_nor_dot_is_drawn() -> None:
    bare = PowerCurve((10, 20), (Curve("SD 1", (0.2, 0.4), planned=True),), None, None, "n")

    root = parsed(power_curve.draw(bare, size="wide", prefix="p"))

    assert root.find("circle") is None
    assert root.find("line[@class='c-target']") is None


@pytest.mark.parametrize("svg", [trial_figure.draw(AB_BA, size="wide", prefix="f"), power_curve.draw(CURVES, size="narrow", prefix="p")])
def test_a_standalone_chart_needs_nothing_around_it(svg: str) -> None:
    file = standalone(svg)

    root = parsed(file)
    used = {name for element in root.iter() for name in element.attrib.get("class", "").split()} - {"only-wide", "only-narrow"}
    style = root.find(f"{SVG}style")

    assert root.tag == f"{SVG}svg"
    assert f"0 0 {root.attrib['width']} {root.attrib['height']}" == root.attrib["viewBox"]
    assert "var(" not in file
    assert "light-dark(" not in file
    assert style is not None
    assert used <= set(re.findall(r"\.([\w-]+)", style.text or ""))


def test_the_bar_of_power_fills_to_the_power_and_marks_the_target() -> None:
    root = parsed(power_bar.draw(0.75, 0.9))

    bar, target = root.find("rect[@class='d-a']"), root.find("line")

    assert bar is not None
    assert target is not None
    assert float(bar.attrib["width"]) == pytest.approx(154, abs=0.1)
    assert float(target.attrib["x1"]) == pytest.approx(1 + 308 * 0.8, abs=0.1)
    assert [text.text for text in root.iter("text") if "c-cop" in text.attrib["class"]] == ["90"]


def test_a_power_of_less_than_half_leaves_the_bar_empty() -> None:
    assert 'class="d-a"' not in power_bar.draw(0.3, None)


def test_shades_grow_with_the_number_and_leave_holes_alone() -> None:
    assert heat.shades([[86, 46, 32, 24, 18, 12], [266, 136, None, 68, 0, 32]]) == [
        ["q4", "q3", "q2", "q1", "q0", "q0"],
        ["q6", "q5", "", "q3", "", "q2"],
    ]


def test_equal_numbers_share_the_lightest_shade() -> None:
    assert heat.shades([[46, 46]]) == [["q0", "q0"]]


@given(st.text(max_size=60), st.floats(0, 400))
def test_fitted_words_fit(text: str, width: float) -> None:
    fitted = fitting(text, width)

    assert text_width(fitted) <= width
    assert fitted == text or fitted.endswith("…") or not fitted


@pytest.mark.parametrize(("value", "text"), [(-0.04, "0"), (1.0, "1"), (2.25, "2.2"), (-3.5, "-3.5")])
def test_coordinates_are_short(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(("share", "text"), [(0.9, "90 %"), (0.9125, "91.2 %"), (1.0, "100 %"), (0.9999, "over 99.9 %")])
def test_a_share_is_never_rounded_up_to_all(share: float, text: str) -> None:
    assert per_cent(share) == text.replace(" %", "\N{NO-BREAK SPACE}%")
