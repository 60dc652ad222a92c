"""The page of a protocol's conformance: what it shows, who may say that an item does not apply, and its files."""

import csv
import io

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.trials.full_content import SECTIONS
from trials import planning
from trials.models import NotApplicable, Protocol, Section
from trials.protocol.conformance import ITEMS, Place
from trials.views.conformance import place_url

pytestmark = pytest.mark.django_db
BECAUSE = "The trial is open: nobody is blinded."


def address(protocol: Protocol) -> str:
    return reverse("protocol_conformance", args=[protocol.uid])


def states(client: Client, protocol: Protocol) -> dict[str, str]:
    groups = client.get(address(protocol)).context["groups"]
    return {row.verdict.item.key: row.verdict.state for _count, rows in groups for row in rows}


def test_the_page_holds_every_item_with_its_state_and_a_table_beside_the_figure(
    client: Client, protocol: Protocol, researcher: User
) -> None:
    client.force_login(researcher)

    page = client.get(address(protocol))

    html = page.content.decode()
    assert page.status_code == 200
    assert len(states(client, protocol)) == 100
    assert html.count('class="what"') == 100
    assert "100 of 100 items are shown." in html
    assert html.count("<svg viewBox") > 100
    assert "Items of each standard by state" in html
    assert "number not checked against the paper" in html


def test_the_page_follows_what_the_sections_say(client: Client, protocol: Protocol, researcher: User) -> None:
    client.force_login(researcher)
    before = states(client, protocol)

    for name, content in SECTIONS.items():
        Section.objects.create(protocol=protocol, name=name, content=content)

    after = states(client, protocol)
    assert (before["spirit:22"], after["spirit:22"]) == ("open", "met")
    assert (before["spirit:27d"], after["spirit:27d"]) == ("open", "met")
    assert sum(state == "met" for state in after.values()) > 50


def test_a_saved_sizing_meets_its_rows_and_a_changed_draft_makes_it_stale(client: Client, protocol: Protocol, researcher: User) -> None:
    client.force_login(researcher)
    question = protocol.primary_question
    assert question is not None

    before = states(client, protocol)["sample_size:S11"]
    planning.save_sizing(question, researcher)
    sized = states(client, protocol)["sample_size:S11"]
    question.mean_difference = -1.2
    question.save()
    stale = states(client, protocol)["sample_size:S11"]

    assert (before, sized, stale) == ("open", "met", "partly")


def test_items_are_filtered_by_standard_state_and_crossover(client: Client, protocol: Protocol, researcher: User) -> None:
    client.force_login(researcher)

    def shown(**query: str) -> set[str]:
        return {row.verdict.item.key for _count, rows in client.get(address(protocol), query).context["groups"] for row in rows}

    own = {item.key for item in ITEMS if item.crossover == "!!"}
    assert shown(standard="delta2") == {item.key for item in ITEMS if item.standard == "delta2"}
    assert shown(crossover="own") == own
    assert shown(standard="spirit", state="not_due") == {"spirit:2"}
    assert shown(standard="delta2", state="not_applicable") == set()
    assert len(shown(standard="papyrus")) == 100


def test_a_choice_that_there_is_not_is_said_at_its_field(client: Client, protocol: Protocol, researcher: User) -> None:
    client.force_login(researcher)

    assert "papyrus is not one of the available choices" in client.get(address(protocol), {"state": "papyrus"}).content.decode()


def test_an_author_says_that_an_item_does_not_apply_and_takes_it_back(client: Client, protocol: Protocol, researcher: User) -> None:
    client.force_login(researcher)

    marked = client.post(address(protocol) + "?standard=spirit", {"item": "spirit:24a", "reason": BECAUSE, "action": "mark"})
    page = client.get(address(protocol)).content.decode()

    row = NotApplicable.objects.get()
    assert marked.headers["Location"] == address(protocol) + "?standard=spirit#item-spirit-24a"
    assert (row.item, row.reason, row.decided_by) == ("spirit:24a", BECAUSE, researcher)
    assert states(client, protocol)["spirit:24a"] == "not_applicable"
    assert BECAUSE in page
    assert f"researcher, {row.decided_at:%-d %b %Y}" in page

    client.post(address(protocol), {"item": "spirit:24a", "action": "take_back"})

    assert not NotApplicable.objects.exists()
    assert states(client, protocol)["spirit:24a"] == "open"
    assert [one.history_type for one in NotApplicable.history.order_by("history_id")] == ["+", "-"]


def test_a_reason_that_is_sent_twice_is_kept_once(client: Client, protocol: Protocol, researcher: User) -> None:
    client.force_login(researcher)

    for reason in (BECAUSE, "Everybody knows what they take."):
        client.post(address(protocol), {"item": "spirit:24a", "reason": reason, "action": "mark"})

    assert [row.reason for row in NotApplicable.objects.all()] == ["Everybody knows what they take."]


@pytest.mark.parametrize("reason", ["", "too short", "          ", "x" * 301, "nul \x00 character"])
def test_a_reason_that_says_nothing_is_refused_and_what_was_typed_stays(
    reason: str, client: Client, protocol: Protocol, researcher: User
) -> None:
    client.force_login(researcher)

    page = client.post(address(protocol) + "?state=met", {"item": "spirit:24a", "reason": reason, "action": "mark"})

    html = page.content.decode()
    assert page.status_code == 422
    assert not NotApplicable.objects.exists()
    assert 'href="#id_spirit-24a_reason"' in html
    assert 'id="id_spirit-24a_reason_error"' in html
    assert reason.strip() == "" or f'value="{reason}"' in html


@pytest.mark.parametrize("key", ["spirit:1a", "sample_size:S4", "spirit:99", "", "delta2:8", "<b>"])
def test_what_may_not_be_marked_is_not_found(key: str, client: Client, protocol: Protocol, researcher: User) -> None:
    client.force_login(researcher)

    assert client.post(address(protocol), {"item": key, "reason": BECAUSE, "action": "mark"}).status_code == 404
    assert not NotApplicable.objects.exists()


def test_who_may_only_read_sees_the_page_and_changes_nothing(
    client: Client, protocol: Protocol, researcher: User, reviewer: User, colleague: User
) -> None:
    client.force_login(reviewer)
    page = client.get(address(protocol))
    refused = client.post(address(protocol), {"item": "spirit:24a", "reason": BECAUSE, "action": "mark"})
    client.force_login(colleague)

    assert page.status_code == 200
    assert "does not apply …" not in page.content.decode()
    assert f'href="{reverse("protocol_edit", args=[protocol.uid])}' not in page.content.decode()
    assert refused.status_code == 404
    assert client.get(address(protocol)).status_code == 404
    assert client.post(address(protocol), {"item": "spirit:24a", "reason": BECAUSE, "action": "mark"}).status_code == 404
    assert not NotApplicable.objects.exists()


def test_a_withdrawn_protocol_is_marked_no_more(client: Client, protocol: Protocol, researcher: User) -> None:
    protocol.withdraw("Not needed any more.", researcher)
    client.force_login(researcher)

    assert client.get(address(protocol)).status_code == 200
    assert client.post(address(protocol), {"item": "spirit:24a", "reason": BECAUSE, "action": "mark"}).status_code == 404


def test_page_and_overview_take_the_same_queries_however_much_the_protocol_says(
    client: Client, protocol: Protocol, researcher: User
) -> None:
    client.force_login(researcher)
    NotApplicable.objects.create(protocol=protocol, item="spirit:24a", reason=BECAUSE, decided_by=researcher)
    Section.objects.create(protocol=protocol, name="design", content=SECTIONS["design"])
    question = protocol.primary_question
    assert question is not None
    planning.save_sizing(question, researcher)
    pages = (address(protocol), protocol.get_absolute_url())

    def queries() -> list[int]:
        counted = []
        for page in pages:
            with CaptureQueriesContext(connection) as taken:
                assert client.get(page).status_code == 200
            counted.append(len(taken))
        return counted

    queries()
    few = queries()
    for name in set(SECTIONS) - {"design"}:
        Section.objects.create(protocol=protocol, name=name, content=SECTIONS[name])
    for item in ("spirit:7b", "spirit:3d"):
        NotApplicable.objects.create(protocol=protocol, item=item, reason=BECAUSE, decided_by=researcher)
    planning.save_sizing(question, researcher)

    assert queries() == few


def test_the_overview_counts_what_is_met_and_leads_to_the_page(client: Client, protocol: Protocol, researcher: User) -> None:
    client.force_login(researcher)

    html = client.get(protocol.get_absolute_url()).content.decode()

    assert "SPIRIT 2025: <b" in html
    assert '<span class="num">53</span> met' in html
    assert f'href="{address(protocol)}"' in html


def test_hostile_text_is_shown_as_text_and_never_becomes_a_formula(client: Client, protocol: Protocol, researcher: User) -> None:
    client.force_login(researcher)
    NotApplicable.objects.create(protocol=protocol, item="spirit:7b", reason='=HYPERLINK("http://x")', decided_by=researcher)
    Section.objects.create(protocol=protocol, name="administrative", content={"authors": ["<script>alert(1)</script>, a {0} %s name"]})

    html = client.get(address(protocol)).content.decode()
    table = client.get(reverse("protocol_file", args=[protocol.uid, "conformance"])).content.decode("utf-8-sig")
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("protocol_file", args=[protocol.uid, "conformance-xlsx"])).content))

    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {row["not_applicable_because"] for row in rows if row["item"] == "7b"} == {'\'=HYPERLINK("http://x")'}
    assert len({(row["standard"], row["item"]) for row in rows}) == 100
    cells = [cell for line in book.worksheets[0] for cell in line if cell.value == '=HYPERLINK("http://x")']
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}


def test_a_place_leads_to_its_page_and_to_none_that_is_not_there() -> None:
    edit = reverse("protocol_edit", args=["PRO-0001"])

    assert place_url("PRO-0001", Place("studio", item="title")) == f"{edit}#id_protocol-title"
    assert place_url("PRO-0001", Place("studio", item="kind")) == f"{edit}#id_question-kind"
    assert place_url("PRO-0001", Place("sizing"), sizing="SIZ-0001") == reverse("sizing_report", args=["SIZ-0001"])
    assert place_url("PRO-0001", Place("sizing")) == edit
    section = place_url("PRO-0001", Place("section", "design", "concealment"))
    assert section == "" or section.endswith("/sections/design/#id_concealment")
