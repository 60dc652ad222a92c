"""The report as what the page's template draws: each block with its partial, each figure drawn wide and narrow."""

from dataclasses import dataclass

from django.utils.safestring import mark_safe

from ldnplanner.common.charts.svg import Size
from trials.reports.document import Block, Cell, Column, Document, Figure, Section, Table
from trials.reports.drawing import drawn
from trials.reports.widths import is_short

SIZES: tuple[Size, ...] = ("wide", "narrow")


@dataclass(frozen=True)
class DrawnTable:
    """A table whose rows know the column of each of their cells; a short one is not stretched."""

    table: Table
    short: bool
    rows: tuple[tuple[tuple[Column, Cell], ...], ...]


@dataclass(frozen=True)
class DrawnBlock:
    """A block, the partial that draws it, and what that partial needs besides: a table, and the drawings of a figure."""

    block: Block
    template: str
    table: DrawnTable | None = None
    wide: str = ""
    narrow: str = ""


@dataclass(frozen=True)
class DrawnSection:
    """A section, the anchor that links point to, and its blocks."""

    section: Section
    anchor: str
    blocks: tuple[DrawnBlock, ...]


@dataclass(frozen=True)
class Page:
    """What trials/sizing_report.html draws."""

    document: Document
    sections: tuple[DrawnSection, ...]


def as_html(document: Document) -> Page:
    """The document with the drawings that belong on a page; the template does the rest."""
    return Page(document, tuple(_section(section) for section in document.sections))


def _section(section: Section) -> DrawnSection:
    return DrawnSection(section, section.name, tuple(drawn_block(block, f"{section.name}-{at}") for at, block in enumerate(section.blocks)))


def drawn_block(block: Block, prefix: str) -> DrawnBlock:
    """One block as its partial draws it; the prefix keeps the ids of its drawings apart from others on the page."""
    template = f"trials/report/_{block.kind}.html"
    if isinstance(block, Table):
        return DrawnBlock(block, template, _table(block))
    if isinstance(block, Figure):
        # The charts escape every text that they write.
        wide, narrow = (mark_safe(drawn(block.chart, size=size, prefix=prefix)) for size in SIZES)  # noqa: S308
        return DrawnBlock(block, template, _table(block.table), wide, narrow)
    return DrawnBlock(block, template)


def _table(table: Table) -> DrawnTable:
    return DrawnTable(table, is_short(table), tuple(tuple(zip(table.columns, row, strict=True)) for row in table.rows))
