"""The list of protocols and the pages of one."""

import io
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.trials.drafts import shown
from trials import planning
from trials.models import Protocol, Sizing

pytestmark = pytest.mark.django_db


def sized(protocol: Protocol, user: User) -> Sizing:
    question = protocol.primary_question
    assert question is not None
    return planning.save_sizing(question, user)


@pytest.mark.parametrize("name", ["protocol_list", "protocol_add", "account"])
def test_pages_of_researchers_ask_for_a_sign_in_and_bring_one_back(name: str, client: Client, researcher: User) -> None:
    asked = client.get(reverse(name) + "?gap=GAP-0001")

    back = client.post(asked.headers["Location"], {"username": "researcher", "password": "a password for tests"})

    assert asked.status_code == 302
    assert back.headers["Location"] == reverse(name) + "?gap=GAP-0001"


def test_one_sees_ones_own_protocols_and_a_reviewer_sees_all(protocol: Protocol, researcher: User, colleague: User, reviewer: User) -> None:
    seen = {user.username: [row.uid for row in Protocol.objects.visible_to(user)] for user in (researcher, colleague, reviewer)}
    changed = {user.username: [row.uid for row in Protocol.objects.editable_by(user)] for user in (researcher, colleague, reviewer)}

    assert seen == {"researcher": ["PRO-0001"], "colleague": [], "reviewer": ["PRO-0001"]}
    assert changed == {"researcher": ["PRO-0001"], "colleague": [], "reviewer": []}


@pytest.mark.parametrize("name", ["protocol_detail", "protocol_edit", "protocol_withdraw"])
def test_what_one_may_not_see_is_not_found(name: str, client: Client, protocol: Protocol, colleague: User) -> None:
    client.force_login(colleague)

    assert client.get(reverse(name, args=[protocol.uid])).status_code == 404


def test_a_report_is_not_found_by_who_may_not_see_its_protocol(
    client: Client, protocol: Protocol, researcher: User, colleague: User
) -> None:
    sizing = sized(protocol, researcher)
    client.force_login(colleague)

    for address in (sizing.get_absolute_url(), *(reverse("sizing_file", args=[sizing.uid, extension]) for extension in ("pdf", "json"))):
        assert client.get(address).status_code == 404


def test_the_list_takes_the_same_queries_for_one_row_and_for_three(client: Client, protocol: Protocol, researcher: User) -> None:
    sized(protocol, researcher)
    client.force_login(researcher)
    client.get(reverse("protocol_list"))

    with CaptureQueriesContext(connection) as for_one:
        client.get(reverse("protocol_list"))
    for _ in range(2):
        sized(protocol.duplicate(owner=researcher), researcher)
    with CaptureQueriesContext(connection) as for_three:
        page = client.get(reverse("protocol_list"))

    assert len(page.context["table"].rows) == 3
    assert len(for_three) == len(for_one)


def test_the_list_is_sorted_filtered_searched_and_paged(client: Client, protocol: Protocol, researcher: User) -> None:
    sized(protocol, researcher)
    for number in range(30):
        copy = protocol.duplicate(owner=researcher)
        copy.title = f"Copy number-{number}-"
        copy.save()
    Protocol.objects.get(title="Copy number-29-").withdraw("A copy too many.", researcher)
    client.force_login(researcher)

    def titles(**query: str) -> list[str]:
        return [row.record.title for row in client.get(reverse("protocol_list"), query).context["table"].page.object_list]

    assert len(titles()) == 25
    assert len(titles(page="2")) == 5
    assert titles(sort="-n_evaluable")[0] == "LDN against placebo"
    assert titles(sort="n_evaluable")[0] == "LDN against placebo"
    assert titles(q="copy number-7-") == ["Copy number-7-"]
    assert titles(status="withdrawn") == ["Copy number-29-"]
    assert titles(gap="GAP-0017", q="LDN against") == ["LDN against placebo"]
    assert titles(q="nothing like this") == []


def test_the_list_as_a_file_cannot_become_formulas(client: Client, protocol: Protocol, researcher: User) -> None:
    sized(protocol, researcher)
    Protocol.objects.filter(pk=protocol.pk).update(title='=HYPERLINK("x")')
    client.force_login(researcher)

    text = client.get(reverse("protocol_list"), {"_export": "csv"}).content.decode()
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("protocol_list"), {"_export": "xlsx"}).content))

    assert "'=HYPERLINK" in text
    sheet = book.worksheets[0]
    row = dict(zip([cell.value for cell in sheet[1]], sheet[2], strict=True))
    assert (row["title"].data_type, row["title"].value) == ("s", '=HYPERLINK("x")')
    assert (row["n_evaluable"].value, row["n_randomised"].value, row["gaps"].value) == (46, 58, "GAP-0017")


def test_a_copy_has_everything_but_the_sizings(protocol: Protocol, researcher: User, colleague: User) -> None:
    sized(protocol, researcher)

    copy = protocol.duplicate(owner=colleague)

    assert (copy.uid, copy.owner, copy.missing()) == ("PRO-0002", colleague, [])
    question, original = copy.primary_question, protocol.primary_question
    assert question is not None
    assert original is not None
    assert planning.plan_of(copy, question) == planning.plan_of(protocol, original)
    assert not question.sizings.exists()


def test_a_withdrawn_draft_stays_readable_but_cannot_be_edited(client: Client, protocol: Protocol, researcher: User) -> None:
    client.force_login(researcher)

    client.post(reverse("protocol_withdraw", args=[protocol.uid]), {"withdrawn_reason": "Answered by another trial."})

    page = client.get(protocol.get_absolute_url())
    assert "Answered by another trial." in page.content.decode()
    assert client.get(reverse("protocol_edit", args=[protocol.uid])).status_code == 404


def test_a_draft_is_not_withdrawn_without_a_reason(client: Client, protocol: Protocol, researcher: User) -> None:
    client.force_login(researcher)

    page = client.post(reverse("protocol_withdraw", args=[protocol.uid]), {"withdrawn_reason": " "})

    protocol.refresh_from_db()
    assert page.status_code == 422
    assert protocol.status == Protocol.Status.DRAFT


@pytest.mark.parametrize(("extension", "media_type", "begins"), [("pdf", "application/pdf", b"%PDF"), ("json", "application/json", b"{")])
def test_a_report_is_downloaded_under_the_name_of_its_sizing(
    extension: str, media_type: str, begins: bytes, client: Client, protocol: Protocol, researcher: User
) -> None:
    sizing = sized(protocol, researcher)
    client.force_login(researcher)

    file = client.get(reverse("sizing_file", args=[sizing.uid, extension]))

    assert file.headers["Content-Type"] == media_type
    assert file.headers["Content-Disposition"] == f'attachment; filename="SIZ-0001.{extension}"'
    assert file.content.startswith(begins)


def test_an_unknown_format_is_not_found(client: Client, protocol: Protocol, researcher: User) -> None:
    sizing = sized(protocol, researcher)
    client.force_login(researcher)

    assert client.get(reverse("sizing_file", args=[sizing.uid, "exe"])).status_code == 404


def test_editing_changes_the_draft_and_leaves_its_sizings(
    client: Client, protocol: Protocol, filled: dict[str, Any], researcher: User
) -> None:
    sizing = sized(protocol, researcher)
    client.force_login(researcher)
    address = reverse("protocol_edit", args=[protocol.uid])
    data = shown(client.get(address).context["draft"]) | {"sources-1-note": "A trial of ours."}

    client.post(address, data | {"question-difference_sd": "2.5", "protocol-title": "Changed", "action": "save"})

    changed = Protocol.objects.get()
    sizing.refresh_from_db()
    question = changed.primary_question
    assert question is not None
    assert (changed.title, question.difference_sd, changed.missing()) == ("Changed", 2.5, [])
    assert changed.treatments.count() == 2
    assert sizing.answer["n_evaluable"] == 46
