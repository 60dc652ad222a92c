"""No cell of a list that leaves the site may become a formula."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.utils.translation import gettext_lazy as _
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ldnplanner.common.cells import FORMULA_STARTS, LONGEST_XLSX_TEXT, NUMBER, csv_response, safe_cell, xlsx_response

DANGEROUS = ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0", "-1_000", "-inf", "＝1+1", "-", "=", "+nan"]
NUMBERS = ["-1", "+1.5", "-0.25", "1e-3", "-1.2E+10", "0"]


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def xlsx_sheet(content: bytes) -> Worksheet:
    sheet = load_workbook(io.BytesIO(content)).active
    assert isinstance(sheet, Worksheet)
    return sheet


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_would_run_gets_a_leading_quote_in_csv(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", [*NUMBERS, "plain", "1=1", "a@b.org", "", "'quoted", "− 1 point"])
def test_numbers_and_harmless_text_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


@pytest.mark.parametrize(("value", "text"), [(None, ""), (-1.5, "-1.5"), (7, "7"), (True, "True"), (_("gap"), "gap")])
def test_plain_values_become_their_text_in_csv(value: object, text: str) -> None:
    assert safe_cell(value) == text


@given(st.text())
def test_no_text_at_all_begins_like_a_formula_once_it_is_safe(text: str) -> None:
    safe = safe_cell(text)

    assert not safe.startswith(FORMULA_STARTS) or NUMBER.fullmatch(safe)
    assert safe.removeprefix("'") == text.removeprefix("'")


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2), max_size=5))
def test_a_csv_gives_back_every_cell_that_went_in(rows: list[list[str]]) -> None:
    response = csv_response("gaps", ["title", "=unsafe"], rows)

    assert csv_rows(response.content) == [["title", "'=unsafe"], *[[safe_cell(cell) for cell in row] for row in rows]]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=8))
def test_no_text_becomes_a_formula_or_an_error_in_xlsx(texts: list[str]) -> None:
    response = xlsx_response("gaps", ["text"] * len(texts), [texts, DANGEROUS[: len(texts)]])

    cells = [cell for row in xlsx_sheet(response.content).iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_spreadsheet_keeps_numbers_dates_and_dangerous_text() -> None:
    response = xlsx_response(
        "gaps", ["title", "n", "share", "logged", "none"], [["=1+1", 46, 0.9, datetime(2026, 11, 22, 9, tzinfo=UTC), None]]
    )

    header, row = xlsx_sheet(response.content).iter_rows(values_only=True)
    assert header == ("title", "n", "share", "logged", "none")
    assert row == ("=1+1", 46, 0.9, datetime(2026, 11, 22, 9), None)  # noqa: DTZ001  (XLSX has no time zones)


def test_what_xml_cannot_hold_is_replaced_and_long_text_is_cut() -> None:
    response = xlsx_response("gaps", ["a", "b", "c"], [["bell\x07", "x" * 40_000, float("nan")]])

    assert [cell.value for cell in xlsx_sheet(response.content)[2]] == ["bell\N{REPLACEMENT CHARACTER}", "x" * LONGEST_XLSX_TEXT, "nan"]


@pytest.mark.parametrize(
    ("make", "ending", "kind"),
    [
        (csv_response, "csv", "text/csv; charset=utf-8"),
        (xlsx_response, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_a_list_arrives_as_a_named_download(make: type, ending: str, kind: str) -> None:
    response = make("research gaps", ["title"], [])

    assert response["Content-Disposition"] == f'attachment; filename="research gaps.{ending}"'
    assert response["Content-Type"] == kind
