"""What the desk's page of a gap tells besides its fields: completeness, moves, kin, likes, decisions and history."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from gaps import status
from gaps.admin.history import Piece, changed_words
from gaps.models import CertaintyAssessment, Gap, GapReason, Source, Term, Verification
from tests.gaps.test_gap_admin import ADD, change, posted, sentences

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]


def text(response: Any) -> str:
    """What a reader of the page reads, with single spaces."""
    body = re.sub(r"<script.*?</script>|<style.*?</style>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_the_page_says_which_elements_of_a_recommendation_are_missing(desk: Client, make_own_gap: MakeGap) -> None:
    gap = make_own_gap("benefit", burden="Two million people.", searched_date=date(2026, 1, 5))

    page = text(desk.get(change(gap)))

    assert "Record: 7 of 9 elements of EPICOT+" in page
    assert "Missing: Evidence, Type of study" in page


def test_the_page_says_what_each_move_still_needs(desk: Client, make_own_gap: MakeGap) -> None:
    page = text(desk.get(change(make_own_gap("benefit"))))

    assert "Verified (not yours to make) still needs a verification by somebody who neither logged nor owns it" in page
    assert "Withdrawn still needs the reason for withdrawing it" in page


def test_every_new_field_is_saved(curators_desk: Client, make_gap: MakeGap) -> None:
    gap, broad = make_gap("benefit"), make_gap("broad")
    people = Term.objects.create(scheme="population", slug="zebras", label="Zebras")
    pain = Term.objects.create(scheme="outcome", slug="some-pain", label="Some pain", better="lower")
    given: dict[str, Any] = {
        "setting": "At home", "population_group": people.pk, "outcome_domain": pain.pk, "effect_modifier": "sex", "dose_low_mg": 1.5,
        "dose_high_mg": 4.5, "target_difference": 1.0, "tolerated_rate": 0.01, "evidence_summary": "Two trials.", "burden": "Many.",
        "study_type": "Crossover", "guidance_relevance": "high", "external_priorities": "JLA 7", "equality": "Men", "next_action": "Ask.",
        "tier": "A", "tier_note": "Because.", "parent": broad.pk,
    }  # fmt: skip

    response = curators_desk.post(change(gap), posted(curators_desk.get(change(gap)), searched_date="2026-01-05", **given))

    saved = Gap.objects.get(pk=gap.pk)
    assert response.status_code == 302, sentences(response)
    assert {
        name: getattr(saved, f"{name}_id" if name in {"population_group", "outcome_domain", "parent"} else name) for name in given
    } == given
    assert saved.searched_date == date(2026, 1, 5)


def test_a_gap_cannot_become_a_part_of_its_own_part(curators_desk: Client, make_gap: MakeGap) -> None:
    gap = make_gap("broad")
    part = make_gap("part", parent=gap)

    response = curators_desk.post(change(gap), posted(curators_desk.get(change(gap)), parent=part.pk))

    assert sentences(response) == [f"{part} is itself a part of this gap."]


def test_only_curators_set_the_tier_and_say_why(desk: Client, curators_desk: Client, make_own_gap: MakeGap) -> None:
    gap = make_own_gap("benefit")

    desk.post(change(gap), posted(desk.get(change(gap)), tier="A", tier_note="Mine."))
    refused = curators_desk.post(change(gap), posted(curators_desk.get(change(gap)), tier="A"))

    assert "tier" not in desk.get(change(gap)).context["adminform"].form.fields
    assert Gap.objects.get(pk=gap.pk).tier == ""
    assert sentences(refused) == [f"Say why: {gap.uid} was in no closed priority round."]


def test_researchers_edit_their_own_gaps_until_they_are_verified(
    desk: Client, curators_desk: Client, make_gap: MakeGap, make_own_gap: MakeGap
) -> None:
    others, own, verified = make_gap("others"), make_own_gap("own"), make_own_gap("verified", status="verified")

    def may_change(client: Client) -> list[bool]:
        return [client.get(change(gap)).context["has_change_permission"] for gap in (others, own, verified)]

    assert may_change(desk) == [False, True, False]
    assert may_change(curators_desk) == [True, True, True]
    assert [desk.post(change(gap), {"title": "Mine now"}).status_code for gap in (others, verified)] == [403, 403]


def test_a_draft_of_somebody_else_is_not_there(desk: Client, make_gap: MakeGap) -> None:
    assert desk.get(change(make_gap("hidden", status="draft"))).status_code == 302


def test_a_verified_gap_may_be_edited_by_curators_but_not_hollowed_out(curators_desk: Client, make_gap: MakeGap) -> None:
    gap = make_gap("benefit", status="verified")

    response = curators_desk.post(change(gap), posted(curators_desk.get(change(gap)), outcome=""))

    assert sentences(response) == [f"{gap.uid} cannot be verified; it still needs the outcome."]


def test_decisions_and_moves_are_shown_to_read(curators_desk: Client, make_own_gap: MakeGap, researcher: User, second_reader: User) -> None:
    gap = make_own_gap("benefit", status="draft")
    status.move(gap, "proposed", by=researcher, note="Ready.")
    Verification.objects.create(
        gap=gap, searched_date=date(2026, 1, 5), databases="PubMed", strategy="ldn", n_found=3, verdict="true_gap",
        rationale="Nothing since 2013.", verifier=second_reader,
    )  # fmt: skip
    pain = Term.objects.create(scheme="outcome", slug="some-pain", label="Some pain", better="lower")
    CertaintyAssessment.objects.create(
        gap=gap, outcome_domain=pain, start=4, imprecision=-2, imprecision_note="Thirty people.", assessor=second_reader,
        assessed_date=date(2026, 1, 6),
    )  # fmt: skip

    response = curators_desk.get(change(gap))

    page = text(response)
    kept = {
        inline.formset.model: inline.formset
        for inline in response.context["inline_admin_formsets"]
        if not inline.has_change_permission and not inline.has_add_permission
    }
    assert {model.__name__ for model in kept if model._meta.app_label == "gaps"} == {"StatusChange", "Verification", "CertaintyAssessment"}
    assert "researcher Draft Proposed Ready." in page
    assert "5 Jan 2026 Still a gap second reader PubMed 3 Nothing since 2013. 5 Jan 2027" in page
    assert "Some pain Low High: randomised evidence; imprecision −2: Thirty people. second reader" in page


def test_a_gap_that_is_nearly_there_already_is_pointed_out_and_saved(desk: Client, make_own_gap: MakeGap, make_gap: MakeGap) -> None:
    known = make_gap("Neuropathic pain after chemotherapy")

    response = desk.post(ADD, posted(desk.get(ADD), title="Neuropathic pains after chemotherapy"))
    new = Gap.objects.get(title="Neuropathic pains after chemotherapy")
    again = desk.post(change(new), posted(desk.get(change(new)), setting="At home"))

    warnings = [str(message) for message in get_messages(response.wsgi_request) if message.level_tag == "warning"]
    assert response.status_code == 302
    assert warnings == [
        f'This gap asks nearly the same: <a href="{change(known)}">{known}</a>. If they are one question, a curator can merge them.'
    ]
    assert [message.level_tag for message in get_messages(again.wsgi_request)] == ["success"]


def test_the_title_of_a_like_is_not_taken_for_html(desk: Client, make_gap: MakeGap) -> None:
    make_gap("<b>Neuropathic</b> pain after chemotherapy")

    response = desk.post(ADD, posted(desk.get(ADD), title="<i>Neuropathic</i> pain after chemotherapy"))

    warning = next(str(message) for message in get_messages(response.wsgi_request) if message.level_tag == "warning")
    assert "&lt;b&gt;Neuropathic&lt;/b&gt; pain after chemotherapy" in warning


# History


def test_the_primary_reason_passes_on_without_a_row_that_changes_nothing(desk: Client, make_own_gap: MakeGap) -> None:
    gap = make_own_gap("benefit")
    further = GapReason.objects.create(gap=gap, code="A1")

    desk.post(change(gap), posted(desk.get(change(gap)), **{"reasons-0-primary": None, "reasons-1-primary": "on"}))

    assert [(row.history_type, row.primary) for row in further.history.order_by("history_id")] == [("+", False), ("~", True)]
    before = gap.reasons.get(code="A2")
    assert [(row.history_type, row.primary) for row in before.history.order_by("history_id")] == [("+", True), ("~", False)]


def test_changed_words_are_told_from_kept_ones() -> None:
    assert changed_words("mean diary pain, 0–10", "mean weekly pain, 0–10") == [
        Piece("kept", "mean "),
        Piece("del", "diary "),
        Piece("ins", "weekly "),
        Piece("kept", "pain, 0–10"),
    ]
    assert changed_words("", "Men") == [Piece("ins", "Men")]
    assert changed_words("Pain", "Death within a year") == [Piece("del", "Pain"), Piece("ins", "Death within a year")]


def test_the_history_says_who_changed_what_in_words(curators_desk: Client, make_gap: MakeGap, curator: User) -> None:
    gap = make_gap("benefit")
    people = Term.objects.create(scheme="population", slug="zebras", label="Zebras")
    given = {"outcome": "Mean weekly pain, 0–10", "kind": "safety", "population_group": people.pk, "searched_date": "2026-01-05"}
    curators_desk.post(change(gap), posted(curators_desk.get(change(gap)), **given))

    response = curators_desk.get(reverse("admin:gaps_gap_history", args=[gap.pk]))

    latest = response.context["page_obj"].object_list[0]
    assert latest.history_user == curator
    assert {one.label: [(piece.fate, piece.words.strip()) for piece in one.pieces] for one in latest.history_delta_changes} == {
        "Outcome": [("kept", "Mean"), ("del", "diary"), ("ins", "weekly"), ("kept", "pain, 0–10")],
        "Kind": [("del", "Efficacy"), ("ins", "Safety")],
        "Population on the map": [("ins", "Zebras")],
        "As of": [("ins", "5 Jan 2026")],
    }
    assert "Mean <del>diary </del> <ins>weekly </ins>" in response.content.decode()


def test_a_version_is_read_as_it_was_and_not_brought_back(curators_desk: Client, make_gap: MakeGap) -> None:
    gap = make_gap("benefit")
    first = gap.history.get()
    gap.outcome = "Death"
    gap.save()
    version = reverse("admin:gaps_gap_simple_history", args=[gap.pk, first.pk])

    page = curators_desk.get(version)

    assert "Mean diary pain, 0–10" in page.content.decode()
    assert curators_desk.post(version, posted(curators_desk.get(change(gap)), outcome="Brought back")).status_code == 403
    assert Gap.objects.get(pk=gap.pk).outcome == "Death"


def test_no_page_of_the_desk_has_a_style_or_script_that_the_policy_refuses(
    curators_desk: Client, make_gap: MakeGap, article: Source
) -> None:
    gap = make_gap("benefit")
    make_gap("part", parent=gap)
    gap.save()
    pages = [
        reverse("admin:gaps_gap_changelist"),
        change(gap),
        ADD,
        reverse("admin:gaps_gap_history", args=[gap.pk]),
        reverse("admin:gaps_gap_simple_history", args=[gap.pk, gap.history.latest().pk]),
        reverse("admin:gaps_source_history", args=[article.pk]),
        reverse("admin:gaps_source_change", args=[article.pk]),
    ]

    for address in pages:
        response = curators_desk.get(address)
        page = response.content.decode()
        assert response.status_code == 200, address
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert re.findall(r"""\sstyle=|\son[a-z]+=["']|<style|<script(?![^>]*\ssrc=)(?![^>]*application/json)""", page) == [], address
        assert len(re.findall("<h1", page)) == 1, address


def test_the_history_of_a_gap_one_may_not_see_is_not_shown(desk: Client, make_gap: MakeGap) -> None:
    gap = make_gap("hidden", status="draft")
    version = reverse("admin:gaps_gap_simple_history", args=[gap.pk, gap.history.get().pk])

    assert desk.get(version).status_code == 404
    assert desk.get(reverse("admin:gaps_gap_history", args=[gap.pk])).status_code == 404


@pytest.mark.parametrize("page", ["history", "simple_history"])
def test_the_history_of_a_row_that_is_no_number_is_not_found(desk: Client, page: str) -> None:
    arguments = ["nothing"] if page == "history" else ["nothing", 1]

    assert desk.get(reverse(f"admin:gaps_gap_{page}", args=arguments)).status_code == 404
