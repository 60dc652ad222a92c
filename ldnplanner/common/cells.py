"""Lists as CSV and XLSX files whose cells a spreadsheet never runs as formulas."""

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from ldnplanner.common.download import download
from ldnplanner.common.markup import xml_text

# What makes a spreadsheet read a text as a formula: the list of OWASP's "CSV Injection", with the full-width signs.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
LONGEST_XLSX_TEXT = 32_767
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Plain = str | float | bool | Decimal | date | None


def safe_cell(value: object) -> str:
    """The text of a CSV cell, with a leading ' where a spreadsheet would otherwise run it as a formula.

    Examples
    --------
    >>> safe_cell("=1+1")
    "'=1+1"
    >>> safe_cell("-1.5")
    '-1.5'
    """
    text = "" if value is None else str(value)
    if text.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def csv_response(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A download ``name.csv`` in UTF-8, every cell through `safe_cell`."""
    text = io.StringIO()
    text.write("\N{ZERO WIDTH NO-BREAK SPACE}")  # Excel takes a file for UTF-8 only after this mark
    writer = csv.writer(text)
    for row in (header, *rows):
        writer.writerow([safe_cell(value) for value in row])
    return download(f"{name}.csv", "text/csv; charset=utf-8", text.getvalue().encode("utf-8", "replace"))


def xlsx_response(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A download ``name.xlsx``: numbers and dates stay what they are, and every text is stored as text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", name)[:31] or None)
    sheet.freeze_panes = "A2"
    sheet.append([_xlsx_cell(sheet, value, bold=True) for value in header])
    for row in rows:
        sheet.append([_xlsx_cell(sheet, value) for value in row])

    content = io.BytesIO()
    book.save(content)
    return download(f"{name}.xlsx", XLSX_TYPE, content.getvalue())


def _xlsx_cell(sheet: WriteOnlyWorksheet, value: object, *, bold: bool = False) -> Cell:
    plain = _xlsx_value(value)
    cell = WriteOnlyCell(sheet, value=plain)  # type: ignore[arg-type]  # dates and Decimal are taken too
    if isinstance(plain, str):
        cell.data_type = "s"  # or "=1+1" would be stored as a formula, and "#N/A" as an error
    if bold:
        cell.font = Font(bold=True)
    return cell


def _xlsx_value(value: object) -> Plain:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).replace(tzinfo=None)  # XLSX knows no time zones
    if value is None or isinstance(value, bool | int | float | Decimal | date):
        return value
    return xml_text(value)[:LONGEST_XLSX_TEXT]
