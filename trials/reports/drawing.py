"""The drawings of a report, and what they say to those who cannot see them."""

import re
from html import unescape

from ldnplanner.common.charts import lines, power_curve, trial_figure
from ldnplanner.common.charts.lines import LineChart
from ldnplanner.common.charts.power_curve import PowerCurve
from ldnplanner.common.charts.svg import Size
from ldnplanner.common.charts.trial_figure import TrialFigure


def drawn(chart: TrialFigure | PowerCurve | LineChart, *, size: Size, prefix: str) -> str:
    """The chart as SVG; the prefix keeps its ids apart from those of other drawings on the page."""
    if isinstance(chart, TrialFigure):
        return trial_figure.draw(chart, size=size, prefix=prefix)
    if isinstance(chart, LineChart):
        return lines.draw(chart, size=size, prefix=prefix)
    return power_curve.draw(chart, size=size, prefix=prefix)


def spoken(svg: str) -> str:
    """Title and description that a drawing of ours carries inside, as plain text."""
    found = (re.search(rf"<{name}[^>]*>(.*?)</{name}>", svg, re.DOTALL) for name in ("title", "desc"))
    return ". ".join(unescape(match[1]).removesuffix(".") for match in found if match) + "."
