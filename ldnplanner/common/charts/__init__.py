"""Charts as SVG made on the server: classes only, no styles, text escaped, numbers and scales and nothing else computed."""

from ldnplanner.common.charts import forest, heat, lines, power_bar, power_curve, trial_figure
from ldnplanner.common.charts.printable import standalone

__all__ = ["forest", "heat", "lines", "power_bar", "power_curve", "standalone", "trial_figure"]
