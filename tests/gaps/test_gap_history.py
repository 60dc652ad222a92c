"""The timeline of a gap: moves, verifications, assessments, and who changed what."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gaps import status
from gaps.models import CertaintyAssessment, Estimate, Evidence, Gap, GapReason, GapSource, Passage, Source, Study, Term, Verification
from gaps.timeline import in_words, timeline

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]


def text(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


def history(gap: Gap) -> str:
    return reverse("gap_history", args=[gap.uid])


def told(gap: Gap) -> list[tuple[str, str]]:
    """The kinds of what happened, and of which record, oldest first."""
    return [(entry.kind, entry.what if entry.kind in {"added", "changed", "removed"} else "") for entry in reversed(timeline(gap))]


@pytest.fixture
def gap(make_gap: MakeGap, researcher: User) -> Gap:
    return make_gap("benefit", created_by=researcher)


@pytest.fixture
def pain(register: None) -> Term:
    return Term.objects.create(scheme="outcome", slug="pain-here", label="Pain here", better="lower")


def verify(gap: Gap, by: User) -> Verification:
    return Verification.objects.create(
        gap=gap,
        verifier=by,
        verdict="true_gap",
        searched_date=timezone.localdate(),
        databases="PubMed",
        strategy="naltrexone",
        n_found=31,
        rationale="No trial compares doses.",
        newest_review=Source.objects.create(slug=f"review-{Source.objects.count()}", kind="review", title="A review of trials"),
    )


def everything(gap: Gap, by: User, outcome: Term) -> None:
    """One of everything that can happen to a gap short of a move."""
    number = Study.objects.filter(slug__startswith="study-").count() + 1
    study = Study.objects.create(slug=f"study-{number}", label=f"Study {number}", design="crossover")
    figure = Estimate.objects.create(
        study=study, slug="a-figure", label="a figure", outcome_domain=outcome, measure="mean_difference", value=-0.3
    )
    source = Source.objects.create(slug=f"source-{number}", title=f"Source {number}")
    link = Evidence.objects.create(gap=gap, study=study, estimate=figure, role="supports")
    link.role = "contradicts"
    link.save()
    GapSource.objects.create(gap=gap, source=source)
    passage = Passage.objects.create(gap=gap, source=source, quote=f"words number {number}", locator="paragraph 2")
    passage.locator = "paragraph 3"
    passage.save()
    passage.delete()
    gap.owner, gap.next_action = by, f"Step {number}."
    gap.save()
    CertaintyAssessment.objects.create(gap=gap, outcome_domain=outcome, assessor=by, start=4, assessed_date=timezone.localdate())
    verify(gap, by)


def test_the_history_of_a_public_gap_is_public_and_that_of_a_draft_is_not(client: Client, gap: Gap, make_gap: MakeGap) -> None:
    draft = make_gap("harm", status="draft")

    response = client.get(history(gap))

    assert response.status_code == 200
    assert text(response).count("<h1>") == 1
    assert client.get(history(draft)).status_code == 404
    assert client.post(history(gap)).status_code == 405


def test_a_gap_begins_with_being_logged_and_its_parts_follow(gap: Gap) -> None:
    assert told(gap) == [("logged", ""), ("added", "passage"), ("added", "reason")]


def test_a_gap_that_was_loaded_without_history_still_says_when_it_was_logged(client: Client, register: None) -> None:
    gap = Gap.objects.get(uid="GAP-0001")
    assert gap.history.count() == 0

    page = text(client.get(history(gap)))

    assert f"<b>Logged</b> {gap.title}" in page
    assert told(gap) == [("logged", "")]


def test_a_move_tells_from_to_who_when_and_the_note_and_is_told_once(client: Client, gap: Gap, researcher: User) -> None:
    gap.withdrawn_reason = "Answered by others."
    status.move(gap, "withdrawn", by=researcher)

    page = text(client.get(history(gap)))

    assert told(gap)[-1] == ("move", "")
    assert len(told(gap)) == 4
    assert '<b>Proposed → Withdrawn</b></p> <p class="said">Answered by others.</p>' in page
    assert '<span class="who">researcher</span>' in page


def test_a_move_of_the_register_itself_says_so(client: Client, make_gap: MakeGap, second_reader: User) -> None:
    gap = make_gap("benefit", status="verified")
    verify(gap, second_reader)
    study = Study.objects.create(slug="a-study", label="A study", design="crossover")
    Evidence.objects.create(gap=gap, study=study, role="contradicts")
    status.move(Gap.objects.get(pk=gap.pk), "proposed", by=None)

    assert '<span class="who">the register itself</span>' in text(client.get(history(gap)))


def test_verifications_and_assessments_are_told_in_full(client: Client, gap: Gap, second_reader: User, pain: Term) -> None:
    verify(gap, second_reader)
    CertaintyAssessment.objects.create(
        gap=gap,
        outcome_domain=pain,
        assessor=second_reader,
        start=4,
        imprecision=-2,
        imprecision_note="The interval holds both.",
        assessed_date=timezone.localdate(),
    )

    page = text(client.get(history(gap)))

    assert "<b>Verification: Still a gap</b>" in page
    assert f"Searched in PubMed on {timezone.localdate():%-d %b %Y}; 31 records. Most recent review: A review of trials." in page
    assert "<b>Certainty of the evidence on Pain here</b>" in page
    assert "Low</span>" in page
    assert "imprecision: The interval holds both." in page


def test_a_change_says_each_field_with_its_old_and_new_value_and_who(gap: Gap, researcher: User, pain: Term, client: Client) -> None:
    gap.population, gap.kind, gap.time_frame_days = "Adults with hand osteoarthritis", "safety", 84
    gap.owner, gap.outcome_domain, gap.searched_date, gap.dose_low_mg = researcher, pain, timezone.localdate().replace(day=1), 4.5
    gap._history_user = researcher  # type: ignore[attr-defined]  # as the middleware does for a signed-in request
    gap.save()

    entry = in_words(timeline(gap)[:1], researcher)[0]

    assert (entry.kind, entry.who) == ("changed", "researcher")
    assert [(change.label, change.old, change.new) for change in entry.changes] == [
        ("Kind", "Efficacy", "Safety"),
        ("Population", "Adults with fibromyalgia", "Adults with hand osteoarthritis"),
        ("Shortest time", "nothing", "84"),
        ("Outcome on the map", "nothing", "Pain here"),
        ("Lowest dose", "nothing", "4.5"),
        ("As of", "nothing", f"1 {timezone.localdate():%b %Y}"),
        ("Owner", "nothing", "researcher"),
    ]
    page = text(client.get(history(gap)))
    was, became = '<span class="visually-hidden">was </span>', '<span class="visually-hidden">became</span>'
    assert f'<dd>{was}<del>Efficacy</del> <span aria-hidden="true">→</span>{became} <ins>Safety</ins></dd>' in page


def test_a_signed_in_request_leaves_its_name(gap: Gap, curator: User, client: Client) -> None:
    client.force_login(curator)

    client.post(reverse("gap_tier", args=[gap.uid]), {"tier": "A", "tier_note": "Asked most often."})

    assert (timeline(gap)[0].kind, timeline(gap)[0].who) == ("changed", "curator")


def test_parts_are_added_changed_and_removed_by_name(client: Client, gap: Gap, second_reader: User, pain: Term) -> None:
    everything(gap, second_reader, pain)
    reason = gap.reasons.get(code="A2")
    reason.note = "One small trial."
    reason.save()
    GapReason.objects.create(gap=gap, code="D3")

    page = text(client.get(history(gap)))

    for said in (
        "<b>Added: evidence</b> Study 1: a figure, “Speaks for a benefit”",
        "<b>Changed: evidence</b> Study 1: a figure, “Speaks against”",
        "<del>Speaks for a benefit</del>",
        "<b>Added: source of the gap</b> Source 1",
        "<b>Added: passage</b> “words number 1”",
        "<b>Changed: passage</b> “words number 1”",
        "<del>paragraph 2</del>",
        "<b>Removed: passage</b> “words number 1”",
        "<b>Changed: reason</b> A2, few studies",
        "<ins>One small trial.</ins>",
        "<b>Added: reason</b> D3, follow-up inadequate",
    ):
        assert page.count(said) == 1, said


def test_what_a_record_pointed_at_may_be_gone(client: Client, gap: Gap, second_reader: User, pain: Term) -> None:
    everything(gap, second_reader, pain)
    Evidence.objects.filter(gap=gap).delete()
    GapSource.objects.filter(gap=gap).delete()
    Estimate.objects.filter(study__slug="study-1").delete()
    Study.objects.filter(slug="study-1").delete()
    Source.objects.filter(slug="source-1").delete()

    page = text(client.get(history(gap)))

    assert "<b>Removed: source of the gap</b> a source that is gone" in page
    assert "<b>Removed: evidence</b> a study that is gone, “Speaks against”" in page


def test_an_owner_who_took_over_stands_beside_the_one_before(gap: Gap, researcher: User, second_reader: User, pain: Term) -> None:
    gap.owner, gap.outcome_domain = researcher, pain
    gap.save()
    gap.owner, gap.outcome_domain = second_reader, None
    gap.save()
    pain.delete()

    entry = in_words(timeline(gap)[:1], researcher)[0]

    assert [(change.label, change.old, change.new) for change in entry.changes] == [
        ("Outcome on the map", "one that is gone", "nothing"),
        ("Owner", "researcher", "second reader"),
    ]


def test_a_save_that_changes_nothing_is_not_told(gap: Gap) -> None:
    before = told(gap)

    gap.save()
    gap.passages.get().save()

    assert gap.history.count() == 2
    assert told(gap) == before


def test_the_first_change_of_a_loaded_gap_owns_up_to_having_nothing_to_compare_with(client: Client, register: None) -> None:
    gap = Gap.objects.get(uid="GAP-0001")
    gap.next_action = "Ask for the data."
    gap.save()

    assert "No earlier version was kept to compare with." in text(client.get(history(gap)))


def test_what_somebody_typed_is_text_and_never_markup(client: Client, gap: Gap) -> None:
    gap.population = "<script>alert(1)</script>"
    gap.save()

    page = client.get(history(gap)).content.decode()

    assert "<ins>&lt;script&gt;alert(1)&lt;/script&gt;</ins>" in page


def test_the_newest_comes_first_and_long_histories_are_paged(client: Client, gap: Gap) -> None:
    for number in range(30):
        gap.next_action = f"Step {number}."
        gap.save()

    first, second = (client.get(f"{history(gap)}?page={page}") for page in (1, 2))
    beyond = client.get(f"{history(gap)}?page=99")

    times = [entry.happened_at for page in (first, second) for entry in page.context["entries"]]
    assert (len(first.context["entries"]), len(second.context["entries"])) == (25, 8)
    assert times == sorted(times, reverse=True)
    assert "1–25 of 33" in text(first)
    assert "<ins>Step 29.</ins>" in text(first)
    assert [entry.row for entry in beyond.context["entries"]] == [entry.row for entry in second.context["entries"]]
    assert timeline(gap)[-1].kind == "logged"


def test_the_page_asks_as_many_queries_for_three_of_everything_as_for_one(
    client: Client, gap: Gap, second_reader: User, pain: Term
) -> None:
    everything(gap, second_reader, pain)
    client.get(history(gap))
    with CaptureQueriesContext(connection) as for_one:
        client.get(history(gap))
    for name in ("one", "two"):
        outcome = Term.objects.create(scheme="outcome", slug=name, label=name, better="lower")
        everything(gap, User.objects.create_user(name), outcome)
    gap.withdrawn_reason = "Out of scope."
    status.move(gap, "withdrawn", by=gap.created_by)

    with CaptureQueriesContext(connection) as for_three:
        client.get(history(gap))

    assert len(for_three) == len(for_one)


def test_an_assessment_stands_at_the_end_of_its_day(gap: Gap, pain: Term) -> None:
    day = timezone.localdate() - timedelta(days=3)
    CertaintyAssessment.objects.create(gap=gap, outcome_domain=pain, start=4, assessed_date=day)

    entry = timeline(gap)[-1]

    assert (entry.kind, timezone.localtime(entry.happened_at).date()) == ("assessment", day)
