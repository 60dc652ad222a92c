"""The desk's lists: search, filters, actions, and who may come."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gaps import status
from gaps.models import CertaintyAssessment, Comment, Evidence, Gap, GapReason, GapSource, Registration, Source, Study, Term, Verification

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]
LIST = "/admin/gaps/gap/"
TODAY = timezone.localdate()


def listed(response: Any) -> list[str]:
    return [gap.title for gap in response.context["cl"].result_list]


def told(response: Any) -> list[tuple[str, str]]:
    """The messages at the top of the page: level and sentence."""
    return [(message.level_tag, str(message)) for message in get_messages(response.wsgi_request)]


def verify(gap: Gap, reader: User, searched: date) -> None:
    Verification.objects.create(
        gap=gap,
        searched_date=searched,
        databases="PubMed",
        strategy="ldn",
        n_found=3,
        verdict="true_gap",
        rationale="None.",
        verifier=reader,
    )


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
    assert (
        '<rect x="1.5" y="1.5" width="9" height="9" class="o"/></svg>Draft</span>' in page
    )  # the square that a draft wears on the site too


def test_rows_tell_certainty_tier_owner_open_comments_and_what_must_be_looked_at_again(
    curators_desk: Client, make_gap: MakeGap, curator: User, second_reader: User
) -> None:
    gap = make_gap("zebras", status="verified", tier="B", tier_note="Soon.", owner=curator)
    pain = Term.objects.create(scheme="outcome", slug="some-pain", label="Some pain", better="lower")
    for start in (4, 2):
        CertaintyAssessment.objects.create(gap=gap, outcome_domain=pain, start=start, assessed_date=date(2026, 1, 5))
    verify(gap, second_reader, date(2020, 1, 1))
    first = Comment.objects.create(gap=gap, author=curator, body="Really?")
    Comment.objects.create(gap=gap, author=curator, body="Really.", parent=first)

    row = curators_desk.get(LIST, {"q": "zebras"}).context["cl"].result_list[0]
    page = curators_desk.get(LIST, {"q": "zebras"}).content.decode()

    assert (row.certainty_level, row.certainty_outcome, row.open_comments) == (2, "Some pain", 1)
    assert '<span class="tag" title="Some pain"><span class="chips" aria-hidden="true">●●○○</span><br>Low</span>' in page
    assert '<span class="tag warn">verify again</span>' in page
    assert '<strong title="Soon.">B</strong>' in page
    assert '<td class="field-owner nowrap">curator</td>' in page


def test_the_verification_filter_sees_what_the_table_of_moves_sees(curators_desk: Client, make_gap: MakeGap, second_reader: User) -> None:
    gaps = {name: make_gap(f"zebra {name}") for name in ("never", "current", "expired", "overtaken", "renewed")}
    for name, searched in (
        ("current", TODAY),
        ("expired", TODAY - timedelta(days=365)),
        ("overtaken", TODAY),
        ("renewed", date(2020, 1, 1)),
        ("renewed", TODAY),
    ):
        verify(gaps[name], second_reader, searched)
    Evidence.objects.create(gap=gaps["overtaken"], study=Study.objects.create(slug="one", label="One", design="crossover"), role="answers")

    found = {choice: listed(curators_desk.get(LIST, {"q": "zebra", "verification": choice})) for choice in ("none", "current", "expired")}

    assert found == {
        "none": ["zebra never"],
        "current": ["zebra current", "zebra renewed"],
        "expired": ["zebra expired", "zebra overtaken"],
    }
    assert [gap.title for gap in Gap.objects.filter(title__startswith="zebra") if status.is_stale(gap)] == found["expired"]


@pytest.mark.parametrize(
    ("chosen", "titles"),
    [
        ({"dose": "to-1.5"}, ["zebra low"]),
        ({"dose": "to-3"}, ["zebra low", "zebra three"]),
        ({"dose": "to-4.5"}, []),
        ({"dose": "above-6"}, ["zebra high"]),
        ({"dose": "none"}, ["zebra free"]),
        ({"effect_modifier": "sex"}, ["zebra high"]),
        ({"tier": "A"}, ["zebra three"]),
        ({"owned": "me"}, ["zebra low"]),
        ({"owned": "nobody"}, ["zebra three", "zebra high", "zebra free"]),
    ],
)
def test_filters_know_dose_modifier_tier_and_owner(
    curators_desk: Client, make_gap: MakeGap, curator: User, chosen: dict[str, str], titles: list[str]
) -> None:
    make_gap("zebra low", dose_low_mg=1, dose_high_mg=3, owner=curator)
    make_gap("zebra three", dose_low_mg=3, tier="A")
    make_gap("zebra high", dose_low_mg=50, dose_high_mg=50, effect_modifier="sex")
    make_gap("zebra free")

    assert listed(curators_desk.get(LIST, {"q": "zebra", **chosen})) == titles


def test_a_gap_is_found_by_the_registry_number_of_a_study(desk: Client, make_gap: MakeGap) -> None:
    gap = make_gap("zebras")
    study = Study.objects.create(slug="one", label="One", design="crossover")
    Registration.objects.create(study=study, identifier="NCT01234567")
    assert listed(desk.get(LIST, {"q": "nct01234567"})) == []

    Evidence.objects.create(gap=gap, study=study, role="under_way")

    assert listed(desk.get(LIST, {"q": "nct01234567 zebras"})) == ["zebras"]


def test_the_list_asks_as_many_queries_for_thirty_gaps_as_for_one(
    curators_desk: Client, make_gap: MakeGap, curator: User, second_reader: User
) -> None:
    study = Study.objects.create(slug="one", label="One", design="crossover")
    pain = Term.objects.create(scheme="outcome", slug="some-pain", label="Some pain", better="lower")

    def furnished(number: int) -> None:
        gap = make_gap(f"zebra {number}", owner=curator)
        verify(gap, second_reader, TODAY)
        Evidence.objects.create(gap=gap, study=study, role="answers")
        Comment.objects.create(gap=gap, author=curator, body="Really?")
        CertaintyAssessment.objects.create(gap=gap, outcome_domain=pain, start=4, assessed_date=TODAY)

    furnished(1)
    curators_desk.get(LIST, {"q": "zebra"})
    with CaptureQueriesContext(connection) as for_one:
        curators_desk.get(LIST, {"q": "zebra"})
    for number in range(2, 31):
        furnished(number)

    with CaptureQueriesContext(connection) as for_thirty:
        response = curators_desk.get(LIST, {"q": "zebra"})

    assert len(listed(response)) == 30
    assert len(for_thirty) == len(for_one)


def test_a_page_of_the_list_holds_fifty_even_when_all_are_asked_for(desk: Client) -> None:
    Gap.objects.bulk_create([Gap(uid=f"GAP-{number + 1000}", title=f"zebra {number}", status="proposed") for number in range(60)])

    assert len(listed(desk.get(LIST, {"q": "zebra"}))) == 50
    assert len(listed(desk.get(LIST, {"q": "zebra", "all": ""}))) == 50


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
    assert len(everything.context["cl"].result_list) == Source.objects.count() > 10
    assert len(for_all) == len(for_one)
