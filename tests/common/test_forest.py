"""The forest plot: every line in words and in place, nothing but classes."""

import re

import pytest

from ldnplanner.common.charts import forest
from ldnplanner.common.charts.svg import Size

PLOT = forest.Forest(
    title="Differences",
    rows=(forest.ForestRow("One & <two>", -0.34, -0.95, 0.27, 0.64), forest.ForestRow("Three", 0.49, -0.32, 1.3, 0.36)),
    pooled=(forest.ForestRow("Fixed effect", -0.04, -0.52, 0.44), forest.ForestRow("Random effects", 0.03, -0.78, 0.84)),
    target=-1.0,
    target_label="1.0 points better",
    axis_label="difference in points",
)
SIZES: list[Size] = ["wide", "narrow"]


@pytest.mark.parametrize("size", SIZES)
def test_a_forest_plot_says_its_lines_in_words_and_carries_no_style(size: Size) -> None:
    drawn = forest.draw(PLOT, size=size, prefix="cell")

    assert re.findall(r"<desc[^>]*>(.*?)</desc>", drawn) == [
        (
            "One &amp; &lt;two&gt; −0.34 (−0.95 to 0.27); Three 0.49 (−0.32 to 1.30); Fixed effect −0.04 (−0.52 to 0.44); "
            "Random effects 0.03 (−0.78 to 0.84). The difference that matters: 1.0 points better."
        )
    ]
    assert "style=" not in drawn
    assert (drawn.count("<polygon"), drawn.count('class="c-ci"'), drawn.count('class="c-target"')) == (2, 2, 1)


@pytest.mark.parametrize("size", SIZES)
def test_a_forest_plot_stays_within_its_width_and_orders_its_values(size: Size) -> None:
    drawn = forest.draw(PLOT, size=size, prefix="cell")

    squares = [(float(x), float(width)) for x, width in re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawn)]
    lines = [
        (float(left), float(right)) for left, right in re.findall(r'<line x1="([\d.]+)" y1="[\d.]+" x2="([\d.]+)" [^>]*class="c-ci"', drawn)
    ]

    assert squares[0][0] < squares[1][0]
    assert squares[0][1] > squares[1][1]
    assert all(0 < left < right < forest.WIDTHS[size] for left, right in lines)
    assert [left < x + width / 2 < right for (x, width), (left, right) in zip(squares, lines, strict=True)] == [True, True]
