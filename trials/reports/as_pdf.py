"""The report as PDF/A-3a and PDF/UA-1, with the plan attached; the same sizing gives the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from ldnplanner.common.charts import standalone
from trials.protocol.content import canonical
from trials.reports.document import Block, Code, Document, Figure, HeatTable, Section, Table, plain
from trials.reports.drawing import drawn, spoken
from trials.reports.glyphs import showable
from trials.reports.widths import widths

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).with_name("report.typ")
STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
LONGEST_FOOTER = 80
LONGEST_IN_TEXT, LONGEST_IN_CELL, LONGEST_IN_CODE = 64, 20, 90


def as_pdf(document: Document) -> bytes:
    """The report as a tagged PDF for archives, dated when the sizing was saved.

    What people wrote reaches typst as JSON data and is never read as markup. Fonts come from the typst wheel alone, so
    that the file is the same on every machine; a character that they lack is written as its code, such as [U+1F600].
    """
    return pdf_of(sources(document), timestamp=int(document.record.created_at.timestamp()))


def sources(document: Document) -> dict[str, bytes]:
    """What typst is given: the template, and the document as data."""
    return {"main.typ": TEMPLATE.read_bytes(), "report.json": json.dumps(_payload(document), ensure_ascii=False).encode()}


def pdf_of(files: dict[str, bytes], *, timestamp: int) -> bytes:
    """The files compiled to PDF/A-3a and PDF/UA-1 with the fonts of the typst wheel alone."""
    import typst  # 80 MB that only a PDF needs

    source: Any = files  # typst takes files by name, which its stubs do not say
    return typst.compile(source, ignore_system_fonts=True, pdf_standards=STANDARDS, timestamp=timestamp)


def _payload(document: Document) -> dict[str, Any]:
    language, _hyphen, region = document.language.partition("-")
    around = {
        "title": document.title,
        "subject": document.subject,
        "author": document.record.created_by,
        "footer": f"{document.uid} · {document.title}" if len(document.title) <= LONGEST_FOOTER else document.uid,
        "page": _("page {page} of {pages}"),
        "inputs_description": _("The plan of this sizing, ready for the size command"),
        "answer_line": plain(document.answer_line),
        "facts": plain(document.facts),
    }
    return {
        **_showable(around, LONGEST_IN_TEXT),
        "lang": language,
        "region": region.upper() or None,
        "inputs": canonical(document.record.plan).decode(),
        "sections": [_section(section) for section in document.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    heads = _showable({"number": section.number, "heading": section.heading}, LONGEST_IN_TEXT)
    return {**heads, "blocks": [_block(block) for block in section.blocks]}


def _block(block: Block) -> Any:
    if isinstance(block, Figure):
        return _figure(block)
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Code):
        return _showable(plain(block), LONGEST_IN_CODE)
    if isinstance(block, HeatTable):
        return _showable(plain(block), LONGEST_IN_CELL)
    return _showable(plain(block), LONGEST_IN_TEXT)


def _figure(figure: Figure) -> dict[str, Any]:
    svg = drawn(figure.chart, size="wide", prefix="pdf")
    return {
        "kind": figure.kind,
        "svg": showable(standalone(svg), longest=len(svg) + 10_000),
        "alternative": spoken(svg),
        **_showable({"caption": figure.caption}, LONGEST_IN_TEXT),
        "table": _table(figure.table),
    }


def _table(table: Table) -> dict[str, Any]:
    return {**_showable(plain(table), LONGEST_IN_CELL), "widths": widths(table)}


def _showable(part: Any, longest: int) -> Any:
    """The same data with every text as the fonts can show it; addresses of links stay as they are."""
    if isinstance(part, str):
        return showable(part, longest)
    if isinstance(part, dict):
        return {key: value if key == "href" else _showable(value, longest) for key, value in part.items()}
    if isinstance(part, list):
        return [_showable(item, longest) for item in part]
    return part
