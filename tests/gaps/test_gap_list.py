"""The public list of gaps."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from gaps.models import Gap, GapReason

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]


def shown(response: Any) -> list[str]:
    """The identifiers on the page, in order."""
    return [row.record.uid for row in response.context["table"].paginated_rows]


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def kinds(make_gap: MakeGap) -> list[Gap]:
    """A safety gap, an efficacy gap with reason D1, and a withdrawn one."""
    harm = make_gap("harm", kind="safety", time_frame_days=365)
    benefit = make_gap("benefit", time_frame_days=28)
    GapReason.objects.create(gap=benefit, code="D1")
    harm.reasons.all().delete()
    GapReason.objects.create(gap=harm, code="B1", primary=True)
    past = make_gap("past", kind="context", status="withdrawn", withdrawn_reason="Out of scope.", origin="team", origin_note="Ours.")
    return [harm, benefit, past]


def test_the_list_is_public_and_shows_what_is_in_scope(client: Client, kinds: list[Gap]) -> None:
    response = client.get(reverse("gap_list"))

    assert response.status_code == 200
    assert shown(response) == ["GAP-0001", "GAP-0002"]
    assert '<span class="count" id="list-count" role="status">2 gaps </span>' in text(response)
    assert text(response).count("<h1>") == 1
    assert '<caption class="visually-hidden">Research gaps</caption>' in text(response)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=harm", ["GAP-0001"]),
        ("q=more+benefit", ["GAP-0002"]),
        ("kind=safety", ["GAP-0001"]),
        ("reason=D", []),
        ("reason=A", ["GAP-0002"]),
        ("reason=B", ["GAP-0001"]),
        ("status=withdrawn", ["GAP-0003"]),
        ("status=all", ["GAP-0001", "GAP-0002", "GAP-0003"]),
        ("status=all&origin=team", ["GAP-0003"]),
        ("q=harm&kind=efficacy", []),
    ],
)
def test_filters_narrow_the_list(client: Client, kinds: list[Gap], query: str, expected: list[str]) -> None:
    response = client.get(f"{reverse('gap_list')}?{query}")

    assert shown(response) == expected


def test_filters_in_force_are_pills_that_can_be_taken_away(client: Client, kinds: list[Gap]) -> None:
    response = client.get(f"{reverse('gap_list')}?q=harm&kind=safety&sort=-kind")

    assert [tuple(pill) for pill in response.context["filters"].pills()] == [
        ("“harm”", "?kind=safety&sort=-kind"),
        ("Kind: Safety", "?q=harm&sort=-kind"),
        ("In scope", "?q=harm&kind=safety&status=all&sort=-kind"),
    ]
    assert 'aria-label="Remove the filter Kind: Safety"' in text(response)
    assert '<input type="hidden" name="sort" value="-kind">' in text(response)


def test_nothing_found_says_why_and_offers_two_ways_on(client: Client, kinds: list[Gap]) -> None:
    response = client.get(f"{reverse('gap_list')}?q=nowhere")

    assert "No gap matches" in text(response)
    assert f'href="{reverse("gap_list")}">Show all gaps in scope</a>' in text(response)
    assert f'href="{reverse("gap_list")}?status=all">Show every gap, withdrawn ones too</a>' in text(response)
    assert "Export:" not in text(response)


def test_a_value_that_no_filter_knows_is_said_at_its_field(client: Client, kinds: list[Gap]) -> None:
    response = client.get(f"{reverse('gap_list')}?kind=nonsense&status=nonsense&q=harm")

    assert response.status_code == 200
    assert "nonsense is not one of the available choices" in text(response)
    assert shown(response) == ["GAP-0001"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-uid", ["GAP-0003", "GAP-0002", "GAP-0001"]),
        ("title", ["GAP-0002", "GAP-0001", "GAP-0003"]),
        ("kind", ["GAP-0003", "GAP-0002", "GAP-0001"]),
        ("time_frame", ["GAP-0002", "GAP-0001", "GAP-0003"]),
        ("-time_frame", ["GAP-0001", "GAP-0002", "GAP-0003"]),
        ("-reasons", ["GAP-0001", "GAP-0002", "GAP-0003"]),
        ("nonsense", ["GAP-0001", "GAP-0002", "GAP-0003"]),
    ],
)
def test_columns_sort_and_an_empty_time_comes_last(client: Client, kinds: list[Gap], sort: str, expected: list[str]) -> None:
    response = client.get(f"{reverse('gap_list')}?status=all&sort={sort}")

    assert shown(response) == expected


def test_pages_hold_25_gaps_and_bad_page_numbers_do_no_harm(client: Client, make_gap: MakeGap) -> None:
    for number in range(26):
        make_gap(f"gap {number}")

    first, last = client.get(reverse("gap_list")), client.get(f"{reverse('gap_list')}?page=2&per_page=-1")

    assert len(shown(first)) == 25
    assert shown(last) == ["GAP-0026"]
    assert shown(client.get(f"{reverse('gap_list')}?page=99")) == ["GAP-0026"]
    assert shown(client.get(f"{reverse('gap_list')}?page=nonsense")) == shown(first)


def test_the_list_asks_as_many_queries_for_three_gaps_as_for_one(client: Client, make_gap: MakeGap) -> None:
    make_gap("one")
    client.get(reverse("gap_list"))  # warms what is cached for the process
    with CaptureQueriesContext(
        connection,
    ) as for_one:
        client.get(reverse("gap_list"))
    make_gap("two")
    make_gap("three")

    with CaptureQueriesContext(connection) as for_three:
        response = client.get(reverse("gap_list"))

    assert len(shown(response)) == 3
    assert len(for_three) == len(for_one)


def test_htmx_gets_the_rows_and_the_count_alone(client: Client, kinds: list[Gap]) -> None:
    response = client.get(f"{reverse('gap_list')}?kind=safety", headers={"HX-Request": "true"})

    assert "<h1>" not in text(response)
    assert '<span id="list-count" hx-swap-oob="innerHTML">1 gap </span>' in text(response)
    assert "HX-Request" in response["Vary"]


def test_drafts_stay_with_their_author_and_owner(client: Client, desk: Client, researcher: User, make_gap: MakeGap) -> None:
    draft = make_gap("a thought", status="draft", owner=researcher)

    everybody, own = client.get(f"{reverse('gap_list')}?status=draft"), desk.get(f"{reverse('gap_list')}?status=draft")

    assert "draft is not one of the available choices" in text(everybody)
    assert draft.uid not in text(everybody)
    assert shown(own) == [draft.uid]


def test_only_who_may_log_gaps_is_offered_to(client: Client, desk: Client, kinds: list[Gap]) -> None:
    assert "Log a gap" not in text(client.get(reverse("gap_list")))
    assert reverse("admin:gaps_gap_add") in text(desk.get(reverse("gap_list")))


def test_the_csv_holds_the_filtered_list_in_its_order(client: Client, kinds: list[Gap]) -> None:
    response = client.get(f"{reverse('gap_list')}?status=all&sort=-uid&_export=csv")

    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row["uid"] for row in rows] == ["GAP-0003", "GAP-0002", "GAP-0001"]
    assert rows[1]["reasons"] == "A2;D1"
    assert rows[1]["primary_reason"] == "A2"
    assert rows[1]["time_frame_days"] == "28"
    assert rows[1]["passages"] == "“more should be known about benefit” (An article, paragraph 1, sentence 1)"
    assert response["Content-Disposition"] == 'attachment; filename="gaps.csv"'


def test_exported_cells_cannot_become_formulas(client: Client, make_gap: MakeGap) -> None:
    make_gap("=1+1", population="@SUM(A1)", comparator="-2+3")

    text_row = next(csv.DictReader(io.StringIO(client.get(f"{reverse('gap_list')}?_export=csv").content.decode("utf-8-sig"))))
    book = load_workbook(io.BytesIO(client.get(f"{reverse('gap_list')}?_export=xlsx").content))
    header, cells = book.worksheets[0].iter_rows()

    assert (text_row["title"], text_row["population"], text_row["comparator"]) == ("'=1+1", "'@SUM(A1)", "'-2+3")
    assert [cell.value for cell in header][:3] == ["uid", "title", "question"]
    assert cells[1].value == "=1+1"
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}


def test_the_export_asks_as_many_queries_for_three_gaps_as_for_one(client: Client, make_gap: MakeGap) -> None:
    make_gap("one")
    client.get(f"{reverse('gap_list')}?_export=csv")
    with CaptureQueriesContext(connection) as for_one:
        client.get(f"{reverse('gap_list')}?_export=csv")
    make_gap("two")
    make_gap("three")

    with CaptureQueriesContext(connection) as for_three:
        client.get(f"{reverse('gap_list')}?_export=csv")

    assert len(for_three) == len(for_one)
