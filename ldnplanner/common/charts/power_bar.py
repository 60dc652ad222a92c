"""Power as a bar from 50 to 100 per cent with the target marked; the sentence beside it says the number."""

from ldnplanner.common.charts.scale import Scale
from ldnplanner.common.charts.svg import element, number

WIDTH, HEIGHT = 310, 36
TICKS = (50, 60, 70, 80, 90, 100)


def draw(power: float, target_power: float | None) -> str:
    """An ``<svg>`` hidden from screen readers, as it repeats a number that stands beside it in words."""
    across = Scale(50, 100, 1, WIDTH - 1)
    filled = across(min(max(power * 100, 50), 100)) - 1
    parts = [
        element("rect", x=1, y=6, width=WIDTH - 2, height=8, class_="d-w"),
        element("rect", x=1, y=6, width=filled, height=8, class_="d-a") if filled > 0 else "",
    ]
    target = None if target_power is None else target_power * 100
    if target is not None and 50 <= target <= 100:
        parts.append(element("line", x1=across(target), x2=across(target), y1=1, y2=19, class_="d-r"))
    for tick in TICKS:
        is_target = tick == target
        anchor = {50: None, 100: "end"}.get(tick, "middle")
        parts.append(
            element(
                "text", str(tick), x=across(tick), y=32, class_="c-cop c-strong c-sm" if is_target else "c-mut c-sm", text_anchor=anchor
            )
        )
    return element("svg", "".join(parts), viewBox=f"0 0 {number(WIDTH)} {number(HEIGHT)}", aria_hidden="true")
