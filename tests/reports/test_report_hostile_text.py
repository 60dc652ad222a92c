"""Whatever people write comes out as text in every kind of block."""

import io
from datetime import UTC, datetime

from django.template.loader import render_to_string
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from ldnplanner.common.charts.power_curve import Curve, PowerCurve
from tests.reports.report_texts import squeezed, text_of_html
from trials.reports.as_html import as_html
from trials.reports.as_json import as_json
from trials.reports.as_pdf import as_pdf
from trials.reports.document import (
    Cell,
    Code,
    Column,
    Document,
    Fact,
    Facts,
    Figure,
    HeatCell,
    HeatRow,
    HeatTable,
    Link,
    Mark,
    Notice,
    Paragraph,
    Record,
    References,
    Section,
    Statement,
    Table,
    Value,
)

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60)


def document_of(text: str) -> Document:
    """A document in which every text that people can write is this one."""
    heading = text.strip() or "A heading is never empty"
    value = Value(text, text)
    cell = Cell(value, subscript=text, mark=Mark("assumed", "A", text), link=Link("https://doi.org/10.1000/1", text), note=text)
    table = Table(text, (Column(text), Column(text, numeric=True)), ((cell, cell),))
    curve = PowerCurve((4.0, 8.0), (Curve(text, (0.2, 0.9), planned=True),), 0.9, 8.0, text)
    blocks = (
        Paragraph((text, value)),
        Notice("warn", (value, text)),
        Facts((Fact(text, cell),)),
        table,
        HeatTable(text, text, text, (value,), (HeatRow(value, (HeatCell(value, 6, planned=True),)),)),
        Figure(curve, text, table),
        Statement(heading, text),
        Code(text, text),
        References((cell,)),
    )
    record = Record({"text": text}, {}, None, {}, {}, "0" * 64, "1.0", datetime(2026, 11, 22, tzinfo=UTC), text)
    return Document("SIZ-0001", heading, "en-GB", text, (Fact(text, cell),), (text, value), (Section("one", "1", heading, blocks),), record)


@given(TEXTS)
@example("")
@example('#panic() $ \\ */ // ]) " "); = - + / <a> @b `c` _d_ *e* ~ \'')
@example("{% now 'Y' %}{{ settings.SECRET_KEY }}<script>&amp;")
@example("\u202e\u2066\u200f\ufeff\U000e0001\ufffe")
@example("i̇̊̈" * 20)
@example("0\u1dc0 a\u20d0 \u03b1\u1abe")
@settings(max_examples=30, deadline=None)
def test_any_text_makes_a_file_of_every_format(text: str) -> None:
    document = document_of(text)

    pdf = as_pdf(document)

    assert pdf.startswith(b"%PDF")
    assert as_json(document).endswith(b"}\n")


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789#$*_`<>@=+-/\\\"'[](){}&;:~^%|!?.,", min_size=1, max_size=60))
@settings(max_examples=15, deadline=None)
def test_printable_text_is_found_again_in_the_pdf(text: str) -> None:
    content = as_pdf(document_of(text))

    shown = squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages))
    assert shown.count(squeezed(text)) >= 20


def test_each_block_is_drawn_as_text_on_the_page() -> None:
    text = "<b>{{ 1 }}</b> & 'x'"
    page = as_html(document_of(text))

    drawn = "".join(
        render_to_string(block.template, {"block": block.block, "table": block.table, "part": block})
        for section in page.sections
        for block in section.blocks
    )

    assert "<b>{{" not in drawn
    assert text_of_html(drawn).count(text) >= 20
