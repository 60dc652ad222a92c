"""What the page of a draft shows of its design: the figure with its table, the design's properties, its washout and its load."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString, mark_safe

from ldnplanner.common.charts import washout as washout_chart
from ldnplanner.common.charts.svg import Size
from ldnplanner.common.charts.washout import Span, WashoutChart
from trials import planning
from trials.common_designs import COMMON
from trials.contents import design_of
from trials.protocol.burden import load_of
from trials.protocol.washout import Washout, washout_of
from trials.reports.design_words import Held, load_rows, property_rows, washout_rows
from trials.reports.display import days

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trials.models import Protocol
    from trials.reports.document import Fact

SIZES: tuple[Size, ...] = ("wide", "narrow")


@dataclass(frozen=True)
class WashoutPanel:
    """The washout beside what it has to cover: drawn, as rows of a table, and what it misses in words."""

    planned: str
    figures: dict[str, SafeString]
    rows: list[Held]
    warnings: list[str]
    is_open: bool


@dataclass(frozen=True)
class Studio:
    """The panels under the figure of a design; empty where the design does not give what they take."""

    properties: list[Fact] = field(default_factory=list)
    washout: WashoutPanel | None = None
    load: list[Fact] = field(default_factory=list)


def studio_of(protocol: Protocol, drugs: Iterable[str], n_randomised: float | None = None) -> Studio:
    """The panels of a design; `drugs` are those of its treatments, `n_randomised` from the size."""
    found = planning.properties_of(protocol)
    washout = washout_of(protocol.washout_days, drugs, protocol.effect_persistence_days) if protocol.washout_days is not None else None
    design = design_of(protocol)
    return Studio(
        properties=property_rows(found, design.letters) if found else [],
        washout=washout_panel(washout) if washout else None,
        load=load_rows(load_of(design, n_randomised), protocol.currency),
    )


def washout_panel(found: Washout) -> WashoutPanel:
    """One panel from what is known; without a figure where there is nothing to hold the washout against."""
    rows = washout_rows(found)
    spans = tuple(Span(row.name, row.low_days, row.high_days, checked=row.basis != "unverified") for row in rows)
    chart = WashoutChart(found.washout_days, spans) if spans else None
    return WashoutPanel(
        planned=days(found.washout_days).text,
        figures={size: our_svg(washout_chart.draw(chart, size=size, prefix="washout")) for size in SIZES} if chart else {},
        rows=rows,
        warnings=found.warnings,
        is_open=found.is_open,
    )


def picks(protocol: Protocol) -> list[dict[str, Any]]:
    """The common designs to pick from, and which of them the draft has now."""
    now = sorted(protocol.sequences.split("/"))
    return [{"design": one, "is_current": sorted(one.sequences) == now} for one in COMMON]


def our_svg(svg: str) -> SafeString:
    """A drawing of our own charts, ready for a template."""
    return mark_safe(svg)  # noqa: S308  # drawn by our own charts, which escape every text
