"""The desk's lists: search, filters, actions, and who may come."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gaps.models import Gap, GapReason, GapSource, Source

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]
LIST = "/admin/gaps/gap/"


def listed(response: Any) -> list[str]:
    return [gap.title for gap in response.context["cl"].result_list]


def told(response: Any) -> list[tuple[str, str]]:
    """The messages at the top of the page: level and sentence."""
    return [(message.level_tag, str(message)) for message in get_messages(response.wsgi_request)]


def act(client: Client, action: str, *gaps: Gap, **fields: str) -> Any:
    return client.post(LIST, {"action": action, "_selected_action": [gap.pk for gap in gaps], **fields})


@pytest.mark.parametrize("words", ["more be known zebras", "10.1002/zebra", "https://doi.org/10.1002/zebra", "zebras placebo"])
def test_search_looks_into_text_quotes_and_sources(desk: Client, make_gap: MakeGap, words: str) -> None:
    gap = make_gap("zebras")
    GapSource.objects.create(gap=gap, source=Source.objects.create(slug="zebra", title="On stripes", doi="10.1002/zebra"))

    assert listed(desk.get(LIST, {"q": words})) == ["zebras"]


def test_filters_know_status_and_any_reason(desk: Client, make_own_gap: MakeGap) -> None:
    GapReason.objects.create(gap=make_own_gap("zebras", status="draft"), code="D5")

    assert listed(desk.get(LIST, {"status__exact": "draft"})) == ["zebras"]
    assert listed(desk.get(LIST, {"letter": "D", "status__exact": "draft"})) == ["zebras"]
    assert listed(desk.get(LIST, {"letter": "B", "status__exact": "draft"})) == []


def test_rows_wear_their_reasons_and_status(desk: Client, make_own_gap: MakeGap) -> None:
    make_own_gap("zebras", status="draft")

    page = desk.get(LIST, {"q": "zebras"}).content.decode()

    assert '<strong class="rs first" title="few studies">A2</strong>' in page
    assert '<span class="tag draft"><span aria-hidden="true">□</span> Draft</span>' in page


def test_the_list_asks_as_many_queries_for_three_gaps_as_for_one(desk: Client, make_gap: MakeGap) -> None:
    make_gap("zebra one")
    desk.get(LIST, {"q": "zebra"})
    with CaptureQueriesContext(connection) as for_one:
        desk.get(LIST, {"q": "zebra"})
    make_gap("zebra two")
    make_gap("zebra three")

    with CaptureQueriesContext(connection) as for_three:
        response = desk.get(LIST, {"q": "zebra"})

    assert len(listed(response)) == 3
    assert len(for_three) == len(for_one)


def test_propose_moves_what_is_ready_and_says_why_the_rest_stays(desk: Client, make_own_gap: MakeGap) -> None:
    ready, hasty = make_own_gap("ready", status="draft"), make_own_gap("hasty", status="draft", outcome="")
    past = make_own_gap("past", status="withdrawn", withdrawn_reason="Out of scope.")

    response = act(desk, "propose", ready, hasty, past)

    assert told(response) == [
        ("warning", f"{hasty.uid} cannot be proposed; it still needs the outcome."),
        ("warning", f"{past.uid} is withdrawn and cannot become proposed; it can become draft."),
        ("success", f"1 gap is now proposed: {ready.uid}."),
    ]
    assert {gap.title: gap.status for gap in Gap.objects.filter(title__in=["ready", "hasty", "past"])} == {
        "ready": "proposed",
        "hasty": "draft",
        "past": "withdrawn",
    }
    assert LogEntry.objects.filter(object_id=ready.pk).count() == 1


def test_withdraw_asks_for_the_reason_before_it_acts(desk: Client, make_own_gap: MakeGap) -> None:
    one, two = make_own_gap("one"), make_own_gap("two", status="draft")

    question = act(desk, "withdraw", one, two)
    unanswered = act(desk, "withdraw", one, two, apply="Withdraw", withdrawn_reason=" ")
    done = act(desk, "withdraw", one, two, apply="Withdraw", withdrawn_reason="Answered by a later trial.")

    assert "A withdrawn gap keeps its page" in question.content.decode()
    assert "This field is required." in unanswered.content.decode()
    assert told(done) == [("success", f"2 gaps are now withdrawn: {one.uid}, {two.uid}.")]
    assert set(Gap.objects.filter(pk__in=[one.pk, two.pk]).values_list("status", "withdrawn_reason")) == {
        ("withdrawn", "Answered by a later trial.")
    }


def test_an_action_that_is_refused_leaves_the_reason_as_it_was(desk: Client, make_own_gap: MakeGap) -> None:
    past = make_own_gap("past", status="withdrawn", withdrawn_reason="Out of scope.")

    response = act(desk, "withdraw", past, apply="Withdraw", withdrawn_reason="Another reason.")

    assert told(response) == [("warning", f"{past.uid} already is withdrawn.")]
    assert Gap.objects.get(pk=past.pk).withdrawn_reason == "Out of scope."


def test_gaps_and_sources_complete_themselves_elsewhere(desk: Client, make_gap: MakeGap) -> None:
    make_gap("zebras")

    answer = desk.get(
        "/admin/autocomplete/", {"app_label": "gaps", "model_name": "passage", "field_name": "source", "term": "10.1002/art.37734"}
    )

    assert [result["text"].partition(":")[0] for result in answer.json()["results"]] == ["Younger 2013"]


def test_who_may_only_view_gaps_reads_but_does_not_act(make_gap: MakeGap) -> None:
    gap = make_gap("zebras")
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_gap"))
    client = Client()
    client.force_login(reader)

    act(client, "withdraw", gap, apply="Withdraw", withdrawn_reason="Not mine.")

    assert client.get(f"{LIST}{gap.pk}/change/").status_code == 200
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{gap.pk}/change/", {"title": "Mine"}).status_code == 403
    assert Gap.objects.get(pk=gap.pk).status == "proposed"


def test_the_desk_is_for_the_staff(client: Client, colleague: User) -> None:
    client.force_login(colleague)

    assert client.get(LIST).status_code == 302


def test_the_list_of_sources_counts_gaps_in_a_constant_number_of_queries(desk: Client) -> None:
    with CaptureQueriesContext(connection) as for_one:
        one = desk.get("/admin/gaps/source/", {"q": "younger-2013"})

    with CaptureQueriesContext(connection) as for_all:
        everything = desk.get("/admin/gaps/source/")

    assert len(one.context["cl"].result_list) == 1
    assert [source.gap_count for source in one.context["cl"].result_list] == [2]
    assert len(everything.context["cl"].result_list) == 10
    assert len(for_all) == len(for_one)
