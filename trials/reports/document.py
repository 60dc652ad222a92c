"""The plain document of a report: what every format draws, without a trace of HTML or typst.

Whatever a reader sees as a value is a :class:`Value`, which holds the raw number beside the text shown, so that each
format can be checked against the document and a spreadsheet can keep numbers as numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any, Literal

from ldnplanner.common.charts.lines import LineChart
from ldnplanner.common.charts.power_curve import PowerCurve
from ldnplanner.common.charts.trial_figure import TrialFigure


@dataclass(frozen=True)
class Value:
    """A raw number or string and the text that shows it."""

    value: str | int | float | None
    text: str


Line = tuple[str | Value, ...]
"""A sentence, in which the values stand out."""


@dataclass(frozen=True)
class Mark:
    """How far a value can be trusted: the letter R, D, A or U, its word, and the basis it stands for."""

    basis: Literal["reported", "derived", "assumed", "unverified"]
    letter: str
    word: str


@dataclass(frozen=True)
class Link:
    """An address and the text that stands for it."""

    href: str
    text: str


@dataclass(frozen=True)
class Cell:
    """A value with what may belong to it: a subscript, a mark, a link and a remark."""

    value: Value
    subscript: str = ""
    mark: Mark | None = None
    link: Link | None = None
    note: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Running text; `quiet` text is an aside."""

    line: Line
    quiet: bool = False
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Notice:
    """A sentence that must not be missed: a warning, or a check that agrees."""

    tone: Literal["warn", "success"]
    line: Line
    kind: Literal["notice"] = "notice"


@dataclass(frozen=True)
class Fact:
    """A label and what belongs to it."""

    label: str
    cell: Cell


@dataclass(frozen=True)
class Facts:
    """Labels and values, one pair a row."""

    rows: tuple[Fact, ...]
    kind: Literal["facts"] = "facts"


@dataclass(frozen=True)
class Column:
    """The head of a column; numbers are aligned right."""

    heading: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under headed columns; the first cell of a row is its head. A `long` table may be folded where folding exists."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    long: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class HeatCell:
    """A count on a scale of seven steps, 0 the lowest."""

    value: Value
    step: int
    planned: bool


@dataclass(frozen=True)
class HeatRow:
    """A row of a heat table with its head."""

    heading: Value
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True)
class HeatTable:
    """One number over two assumptions, darker where it is larger."""

    caption: str
    row_heading: str
    column_heading: str
    columns: tuple[Value, ...]
    rows: tuple[HeatRow, ...]
    kind: Literal["heat_table"] = "heat_table"


@dataclass(frozen=True)
class Figure:
    """What a drawing shows, with the table that says the same."""

    chart: TrialFigure | PowerCurve | LineChart
    caption: str
    table: Table
    kind: Literal["figure"] = "figure"


@dataclass(frozen=True)
class Statement:
    """Text ready to be pasted into a protocol or a consent sheet."""

    heading: str
    text: str
    kind: Literal["statement"] = "statement"


@dataclass(frozen=True)
class Code:
    """A command or data, kept to the letter."""

    label: str
    text: str
    kind: Literal["code"] = "code"


@dataclass(frozen=True)
class References:
    """What the method and the assumptions rest on."""

    items: tuple[Cell, ...]
    kind: Literal["references"] = "references"


Block = Paragraph | Notice | Facts | Table | HeatTable | Figure | Statement | Code | References


@dataclass(frozen=True)
class Section:
    """A numbered part of the report; `name` stays the same in every language."""

    name: str
    number: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Record:
    """The stored sizing as it is, for formats that a program reads."""

    plan: Mapping[str, Any]
    answer: Mapping[str, Any]
    witness: Mapping[str, Any] | None
    exploration: Mapping[str, Any]
    snapshot: Mapping[str, Any]
    plan_digest: str
    engine_version: str
    created_at: datetime
    created_by: str


@dataclass(frozen=True)
class Document:
    """A whole report, ready to be drawn."""

    uid: str
    title: str
    language: str
    subject: str
    facts: tuple[Fact, ...]
    answer_line: Line
    sections: tuple[Section, ...]
    record: Record


def values(part: object) -> Iterator[Value]:
    """Every displayed value of a document or of a part of one, in reading order."""
    if isinstance(part, Value):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from values(item)
    elif is_dataclass(part) and not isinstance(part, Record):
        for field in fields(part):
            yield from values(getattr(part, field.name))


def plain(part: object) -> Any:
    """A part of a document as lists, dicts and scalars, ready for JSON."""
    if is_dataclass(part) and not isinstance(part, type):
        return {field.name: plain(getattr(part, field.name)) for field in fields(part)}
    if isinstance(part, Mapping):
        return {str(key): plain(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [plain(item) for item in part]
    return part
