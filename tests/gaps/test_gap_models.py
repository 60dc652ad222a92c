"""What the database keeps of a gap, and what it refuses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from gaps.models import Gap, GapReason, GapSource, Passage, Source
from gaps.models.passage import count_words

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]


def test_identifiers_count_up_from_the_highest() -> None:
    first = Gap.objects.create(title="First")
    Gap.objects.create(title="Ninth", uid="GAP-0009")

    assert first.uid == "GAP-0001"
    assert Gap.objects.create(title="Tenth").uid == "GAP-0010"


def test_a_title_is_taken_whatever_its_case() -> None:
    Gap.objects.create(title="Which doses work")

    with pytest.raises(ValidationError, match="Another gap already has this title"):
        Gap(title="WHICH doses work").full_clean()
    with pytest.raises(IntegrityError):
        Gap.objects.create(title="WHICH doses work")


@pytest.mark.parametrize("text", ["Which doses work", "Does it work? Does it last?", "It works. Does it last?", "Does it\nlast?"])
def test_a_question_is_one_sentence_with_a_question_mark(text: str) -> None:
    with pytest.raises(ValidationError, match="Write one sentence that ends with a question mark"):
        Gap(title="A title", question=text).full_clean()


def test_a_question_may_hold_decimals_and_abbreviations() -> None:
    Gap(title="A title", question="Is 4.5 mg vs. placebo enough?").full_clean()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"time_frame_days": 0}, "greater than or equal to 1"),
        ({"time_frame_days": 36_501}, "less than or equal to 36500"),
        ({"status": "withdrawn"}, "Say why the gap is withdrawn"),
        ({"question": "No question"}, "question mark"),
    ],
)
def test_form_and_database_refuse_the_same(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Gap(title="A title", **fields).full_clean()
    with pytest.raises(IntegrityError):
        Gap.objects.create(title="A title", **fields)


@pytest.mark.parametrize("fields", [{"status": "solved"}, {"kind": "curiosity"}, {"origin": "nobody"}, {"tier": "D"}])
def test_the_database_knows_its_words(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        Gap.objects.create(title="A title", **fields)


def test_a_draft_says_everything_that_it_still_needs() -> None:
    draft = Gap.objects.create(title="Only a title")

    assert draft.missing() == [
        "the question in one sentence",
        "its kind",
        "the population",
        "the intervention",
        "the comparison",
        "the outcome",
        "the time frame",
        "the passage that raises it",
        "a reason why it is open",
    ]


def test_a_gap_of_our_own_needs_a_note_instead_of_a_passage(make_gap: MakeGap) -> None:
    gap = make_gap("benefit", origin=Gap.Origin.TEAM)

    assert gap.missing() == ["a note on what made us ask"]


def test_reasons_without_a_primary_one_are_not_enough(make_gap: MakeGap) -> None:
    gap = make_gap("benefit")
    gap.reasons.update(primary=False)

    assert gap.missing() == ["which of the reasons is the primary one"]


def test_a_gap_has_one_primary_reason_and_each_reason_once(make_gap: MakeGap) -> None:
    gap = make_gap("benefit")

    with pytest.raises(ValidationError, match="A gap has one primary reason"):
        GapReason(gap=gap, code="B1", primary=True).full_clean()
    with pytest.raises(ValidationError, match="This gap already has this reason"):
        GapReason(gap=gap, code="A2").full_clean()
    with pytest.raises(IntegrityError):
        GapReason.objects.create(gap=gap, code="B1", primary=True)


def test_b2_needs_a_note(make_gap: MakeGap) -> None:
    gap = make_gap("benefit")

    with pytest.raises(ValidationError, match="With B2, say in the note"):
        GapReason(gap=gap, code="B2").full_clean()
    GapReason(gap=gap, code="B2", note="allocation was not concealed").full_clean()


def test_a_reason_outside_the_codes_is_refused(make_gap: MakeGap) -> None:
    with pytest.raises(IntegrityError):
        GapReason.objects.create(gap=make_gap("benefit"), code="E1")


def test_a_quote_of_more_than_40_words_is_refused(make_gap: MakeGap, article: Source) -> None:
    gap = make_gap("benefit")

    Passage(gap=gap, source=article, quote="word " * 39 + "… word", locator="paragraph 1").full_clean()
    with pytest.raises(ValidationError, match="The quote has 41 words"):
        Passage(gap=gap, source=article, quote="word " * 41, locator="paragraph 1").full_clean()


def test_dots_and_dashes_are_no_words() -> None:
    assert count_words("doses … that differ – 4.5-5 mg") == 5


def test_drafts_are_seen_by_their_authors_and_owners_and_by_curators(
    make_gap: MakeGap, researcher: User, curator: User, colleague: User
) -> None:
    make_gap("benefit")
    make_gap("draft", status="draft", created_by=colleague, owner=researcher)
    make_gap("other", status="draft")
    make_gap("past", status="withdrawn", withdrawn_reason="Out of scope.")

    def titles(user: Any) -> list[str]:
        return [
            title
            for title in Gap.objects.visible_to(user).values_list("title", flat=True)
            if title in {"benefit", "draft", "other", "past"}
        ]

    assert titles(curator) == ["benefit", "draft", "other", "past"]
    assert titles(researcher) == titles(colleague) == ["benefit", "draft", "past"]
    assert titles(AnonymousUser()) == ["benefit", "past"]
    assert "past" not in Gap.objects.in_scope().values_list("title", flat=True)


def test_search_wants_every_word_somewhere_in_the_record(make_gap: MakeGap) -> None:
    gap = make_gap("benefit", population="Women")
    make_gap("harm")
    trial = Source.objects.create(slug="trial", title="A small trial", authors="Younger, J.", doi="10.1002/art.37734")
    GapSource.objects.create(gap=gap, source=trial, note="Cited later.")

    def found(words: str) -> list[str]:
        return [gap.title for gap in Gap.objects.search(words)]

    assert found("known") == ["benefit", "harm"]
    assert found("WOMEN should benefit") == ["benefit"]
    assert found("https://doi.org/10.1002/art.37734") == ["benefit"]
    assert found("younger women") == ["benefit"]
    assert found("younger harm") == []
    assert found("gap-0002") == ["harm"]


def test_a_whole_page_pasted_into_the_search_does_no_harm(make_gap: MakeGap) -> None:
    make_gap("benefit")

    assert [gap.title for gap in Gap.objects.search("known " * 3000)] == ["benefit"]
    assert not Gap.objects.search("\x00 unheard\x00of").exists()


def test_reasons_are_found_by_letter_and_by_code(make_gap: MakeGap) -> None:
    GapReason.objects.create(gap=make_gap("benefit"), code="D3")
    make_gap("harm")

    assert [gap.title for gap in Gap.objects.with_reason("D")] == ["benefit"]
    assert [gap.title for gap in Gap.objects.with_reason("A2")] == ["benefit", "harm"]
    assert not Gap.objects.with_reason("C").exists()
