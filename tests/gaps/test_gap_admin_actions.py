"""What is done to several gaps at the desk: owners, tiers, parts and merges."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client

from gaps import status
from gaps.models import Comment, Gap, GapReason, PriorityRound, Verification

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]
LIST = "/admin/gaps/gap/"


def told(response: Any) -> list[tuple[str, str]]:
    """The messages at the top of the page: level and sentence."""
    return [(message.level_tag, str(message)) for message in get_messages(response.wsgi_request)]


def act(client: Client, action: str, *gaps: Gap, **fields: str) -> Any:
    return client.post(LIST, {"action": action, "_selected_action": [gap.pk for gap in gaps], **fields})


def offered(client: Client) -> set[str]:
    return {value for value, _label in client.get(LIST).context["action_form"].fields["action"].choices if value}


def test_curators_are_offered_more_than_researchers(desk: Client, curators_desk: Client) -> None:
    everybody = {"propose", "withdraw", "reopen", "assign_owner", "split", "export_csv", "export_xlsx", "export_json"}

    assert offered(desk) == everybody
    assert offered(curators_desk) == everybody | {"set_tier", "merge"}


def test_reopening_makes_a_draft_of_the_withdrawn_and_a_proposal_of_the_stale(
    curators_desk: Client, make_gap: MakeGap, second_reader: User
) -> None:
    withdrawn = make_gap("withdrawn", status="withdrawn", withdrawn_reason="Out of scope.")
    stale, fresh = make_gap("stale", status="verified"), make_gap("fresh", status="verified")
    for gap, searched in ((stale, date(2020, 1, 1)), (fresh, date.today())):  # noqa: DTZ011  (a day, wherever the reader is)
        Verification.objects.create(
            gap=gap, searched_date=searched, databases="PubMed", strategy="ldn", n_found=1, verdict="true_gap", rationale="None.",
            verifier=second_reader,
        )  # fmt: skip

    response = act(curators_desk, "reopen", withdrawn, stale, fresh)

    assert told(response) == [
        (
            "warning",
            f"{fresh.uid} cannot be proposed; it still needs a verification that has expired or says otherwise, or evidence for or against it that was linked since.",
        ),
        ("success", f"1 gap is now draft: {withdrawn.uid}."),
        ("success", f"1 gap is now proposed: {stale.uid}."),
    ]
    assert [Gap.objects.get(pk=gap.pk).status for gap in (withdrawn, stale, fresh)] == ["draft", "proposed", "verified"]


def test_an_owner_is_given_to_what_one_may_edit_and_the_history_knows(
    desk: Client, make_gap: MakeGap, make_own_gap: MakeGap, researcher: User, curator: User
) -> None:
    own, others = make_own_gap("own"), make_gap("others")

    question = act(desk, "assign_owner", own, others)
    response = act(desk, "assign_owner", own, others, apply="yes", owner=str(curator.pk))

    assert {owner.username for owner in question.context["form"].fields["owner"].queryset} == {"researcher", "curator"}
    assert told(response) == [
        ("warning", f"{others.uid} is proposed, and not yours to edit."),
        ("success", f"curator now owns 1 gap: {own.uid}."),
    ]
    assert [Gap.objects.get(pk=gap.pk).owner for gap in (own, others)] == [curator, None]
    assert own.history.latest().history_user == researcher


def test_a_tier_needs_a_reason_or_a_closed_round(curators_desk: Client, make_gap: MakeGap) -> None:
    asked, other = make_gap("asked"), make_gap("other")
    closed = PriorityRound.objects.create(
        slug="one", name="One", method="jla", opened_at="2026-01-01T00:00Z", closed_at="2026-02-01T00:00Z"
    )
    closed.gaps.add(asked)

    refused = act(curators_desk, "set_tier", asked, other, apply="yes", tier="A", tier_note=" ")
    by_round = act(curators_desk, "set_tier", asked, apply="yes", tier="A", tier_note="")
    by_reason = act(curators_desk, "set_tier", other, apply="yes", tier="B", tier_note="Cheap to answer.")

    assert refused.context["form"].errors["tier_note"] == [f"Say why: {other.uid} was in no closed priority round."]
    assert told(by_round) == [("success", f"1 gap is in tier A: {asked.uid}.")]
    assert told(by_reason)[1:] == [("success", f"1 gap is in tier B: {other.uid}.")]
    assert set(Gap.objects.filter(pk__in=[asked.pk, other.pk]).values_list("tier", "tier_note")) == {("A", ""), ("B", "Cheap to answer.")}


def test_researchers_set_no_tiers_and_merge_nothing(desk: Client, make_own_gap: MakeGap) -> None:
    one, two = make_own_gap("one"), make_own_gap("two")

    act(desk, "set_tier", one, apply="yes", tier="A", tier_note="Mine.")
    act(desk, "merge", one, two, apply="yes", survivor=one.uid)

    assert set(Gap.objects.filter(pk__in=[one.pk, two.pk]).values_list("tier", "status")) == {("", "proposed")}


def test_a_gap_is_split_after_the_doses_are_asked_for(desk: Client, make_own_gap: MakeGap, researcher: User) -> None:
    gap = make_own_gap("Doses that work", dose_low_mg=1, dose_high_mg=6)

    question = act(desk, "split", gap)
    wrong = act(desk, "split", gap, apply="yes", doses="3, few")
    outside = act(desk, "split", gap, apply="yes", doses="3, 9")
    done = act(desk, "split", gap, apply="yes", doses="1.5, 3")

    parts = list(gap.children.order_by("pk"))
    assert "Each dose becomes a draft of yours" in question.content.decode()
    assert wrong.context["form"].errors["doses"][0].startswith("“few” is no dose")
    assert outside.context["form"].errors["doses"] == [f"9 mg a day is outside the doses of {gap.uid}, 1 to 6 mg a day."]
    assert told(done) == [("success", f"{gap.uid} now has these parts, each a draft of yours: {parts[0].uid}, {parts[1].uid}.")]
    assert [(part.title, part.created_by, part.status) for part in parts] == [
        ("Doses that work: 1.5 mg", researcher, "draft"),
        ("Doses that work: 3 mg", researcher, "draft"),
    ]


def test_one_splits_a_single_gap_of_ones_own(desk: Client, make_gap: MakeGap, make_own_gap: MakeGap) -> None:
    others, own = make_gap("others"), make_own_gap("own")

    act(desk, "split", own, others)
    response = act(desk, "split", others, apply="yes", doses="3")

    assert told(response) == [
        ("warning", "Choose one gap to split."),
        ("warning", f"{others.uid} is proposed, and not yours to edit."),
    ]
    assert not others.children.exists()


def test_a_merge_first_shows_what_will_move(curators_desk: Client, make_gap: MakeGap, curator: User) -> None:
    survivor, gap = make_gap("stays"), make_gap("goes")
    GapReason.objects.create(gap=gap, code="B1")
    Comment.objects.create(gap=gap, author=curator, body="Twice the same.")

    choose = act(curators_desk, "merge", survivor, gap)
    plan = act(curators_desk, "merge", survivor, gap, show="yes", survivor=survivor.uid)

    assert [value for value, _label in choose.context["form"].fields["survivor"].choices] == [survivor.uid, gap.uid]
    assert [
        (one.uid, {found.kind.name: (len(found.moving), len(found.doubled)) for found in links})
        for one, links, _stays in plan.context["plans"]
    ] == [(gap.uid, {"passages": (1, 0), "reasons": (1, 1), "comments": (1, 0)})]
    assert "curator: Twice the same." in plan.content.decode()
    assert Gap.objects.get(pk=gap.pk).status == "proposed"


def test_several_gaps_are_merged_into_one_that_need_not_be_chosen(curators_desk: Client, make_gap: MakeGap) -> None:
    survivor, one, two = make_gap("stays"), make_gap("one"), make_gap("two")

    response = act(curators_desk, "merge", one, two, apply="yes", other=survivor.uid.lower())

    assert told(response) == [("success", f"{one.uid}, {two.uid} were merged into {survivor}.")]
    assert set(Gap.objects.filter(merged_into=survivor)) == {one, two}
    assert survivor.passages.count() == 3


def test_a_merge_of_several_is_all_or_nothing(curators_desk: Client, make_gap: MakeGap) -> None:
    survivor, one = make_gap("stays"), make_gap("one")
    past = make_gap("past", status="withdrawn", withdrawn_reason="Out of scope.")

    response = act(curators_desk, "merge", one, past, apply="yes", other=survivor.uid)

    assert [str(message) for message in response.context["messages"]] == [
        f"Nothing was merged. {past.uid} is withdrawn and cannot become merged; it can become draft."
    ]
    assert Gap.objects.get(pk=one.pk).status == "proposed"
    assert survivor.passages.count() == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choose the gap that stays."),
        ({"other": "GAP-9999"}, "There is no gap GAP-9999."),
        ({"survivor": "own"}, "Choose a second gap, or name another one that stays."),
    ],
)
def test_a_merge_says_what_it_still_wants(curators_desk: Client, make_gap: MakeGap, fields: dict[str, str], sentence: str) -> None:
    gap = make_gap("alone")
    given = {name: gap.uid if value == "own" else value for name, value in fields.items()}

    response = act(curators_desk, "merge", gap, show="yes", **given)

    assert response.context["form"].non_field_errors() == [sentence]


def test_a_merged_gap_can_be_read_but_not_edited(curators_desk: Client, make_gap: MakeGap) -> None:
    survivor, gap = make_gap("stays"), make_gap("goes")
    act(curators_desk, "merge", survivor, gap, apply="yes", survivor=survivor.uid)

    page = curators_desk.get(f"{LIST}{gap.pk}/change/")

    assert not status.moves(Gap.objects.get(pk=gap.pk), None)
    assert page.status_code == 200
    assert not page.context["has_change_permission"]
    assert "None; what is merged stays merged." in page.content.decode()
