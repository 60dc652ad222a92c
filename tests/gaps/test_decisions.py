"""The page on which people decide about a gap: moves, verification, certainty, tier."""

from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gaps.models import CertaintyAssessment, Gap, PriorityRound, Source, StatusChange, Term, Verification
from gaps.models.certainty import DOMAINS, DOWN, UP

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]


def text(response: Any) -> str:
    return " ".join(unescape(response.content.decode()).split())


def decisions(gap: Gap) -> str:
    return reverse("gap_decisions", args=[gap.uid])


@pytest.fixture
def gap(make_gap: MakeGap, researcher: User) -> Gap:
    return make_gap("benefit", created_by=researcher, owner=researcher, next_action="Ask the authors for their data.")


@pytest.fixture
def pain(register: None) -> Term:
    return Term.objects.create(scheme="outcome", slug="pain-here", label="Pain here", better="lower")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def reader(second_reader: User) -> Client:
    """A browser in which a reviewer is signed in who neither logged nor owns the gap."""
    return signed_in(second_reader)


@pytest.fixture
def keeper(curator: User) -> Client:
    """A browser in which a curator is signed in."""
    return signed_in(curator)


def a_search(days_ago: int = 5, **fields: Any) -> dict[str, Any]:
    """What a reviewer types into the form for a verification."""
    searched = timezone.localdate() - timedelta(days=days_ago)
    return {
        "searched_date": searched.isoformat(),
        "databases": "PubMed, Cochrane Library",
        "strategy": "naltrexone AND fibromyalgia",
        "n_found": "31",
        "verdict": "true_gap",
        "rationale": "No trial compares doses.",
        **fields,
    }


def a_judgement(outcome: Term, **fields: Any) -> dict[str, Any]:
    """What a reviewer types into the form for certainty."""
    return {
        "outcome_domain": outcome.pk,
        "start": "4",
        **dict.fromkeys(DOMAINS, "0"),
        "assessed_date": timezone.localdate().isoformat(),
        **fields,
    }


def verified(gap: Gap, by: User, days_ago: int = 5, **fields: Any) -> Verification:
    values = a_search(**fields) | {"searched_date": timezone.localdate() - timedelta(days=days_ago)}
    return Verification.objects.create(gap=gap, verifier=by, **values)


def buttons(page: str) -> list[str]:
    """The words on the buttons that move a gap."""
    section = page.partition('id="next"')[2].partition('id="verification"')[0]
    return [piece.partition(">")[2].partition("<")[0] for piece in section.split("<button")[1:]]


# Moves


def test_everybody_reads_which_moves_there_are_and_who_makes_them(client: Client, gap: Gap) -> None:
    page = text(client.get(decisions(gap)))

    assert page.count("<h1>") == 1
    assert buttons(page) == []
    assert "Done by a reviewer." in page
    assert "<li>a verification by somebody who neither logged nor owns it</li>" in page
    assert "Sign in</a> to see which of these moves you may make." in page
    assert "Ask the authors for their data." in page


def test_each_person_is_offered_their_own_moves_only(gap: Gap, reader: Client, desk: Client, keeper: Client, second_reader: User) -> None:
    verified(gap, second_reader)

    offered = [buttons(text(one.get(decisions(gap)))) for one in (reader, desk, keeper)]

    assert offered == [["Make it verified"], ["Withdraw it"], ["Withdraw it"]]
    assert f'{reverse("admin:gaps_gap_changelist")}?q={gap.uid}">at the desk</a>' in text(keeper.get(decisions(gap)))


def test_a_draft_is_seen_and_proposed_by_its_author(client: Client, make_gap: MakeGap, researcher: User, desk: Client) -> None:
    draft = make_gap("benefit", status="draft", created_by=researcher)
    assert client.get(decisions(draft)).status_code == 404
    assert buttons(text(desk.get(decisions(draft)))) == ["Propose it", "Withdraw it"]

    response = desk.post(reverse("gap_move", args=[draft.uid]), {"target": "proposed"}, follow=True)

    assert f"{draft.uid} now is proposed." in text(response)
    assert Gap.objects.get(pk=draft.pk).status == "proposed"


def test_an_incomplete_draft_shows_what_it_needs_in_place_of_a_button(researcher: User, desk: Client) -> None:
    draft = Gap.objects.create(title="Only a title", created_by=researcher)

    page = text(desk.get(decisions(draft)))

    assert buttons(page) == ["Withdraw it"]
    assert all(f"<li>{words}</li>" in page for words in draft.missing())


def test_withdrawing_asks_for_the_reason_and_keeps_what_was_typed(gap: Gap, desk: Client) -> None:
    move = reverse("gap_move", args=[gap.uid])

    empty = desk.post(move, {"target": "withdrawn", "withdrawn_reason": "  "})
    long = desk.post(move, {"target": "withdrawn", "withdrawn_reason": "x" * 301})

    assert (empty.status_code, long.status_code) == (422, 422)
    assert "The gap stays where it is" in text(empty)
    assert "x" * 301 in text(long)
    assert Gap.objects.get(pk=gap.pk).status == "proposed"

    desk.post(move, {"target": "withdrawn", "withdrawn_reason": "Answered by others."})

    withdrawn = Gap.objects.get(pk=gap.pk)
    assert (withdrawn.status, withdrawn.withdrawn_reason) == ("withdrawn", "Answered by others.")
    assert [row.note for row in withdrawn.status_changes.all()] == ["Answered by others."]


def test_reopening_asks_for_a_note_and_says_what_came_up(make_gap: MakeGap, keeper: Client, second_reader: User) -> None:
    gap = make_gap("benefit", status="verified")
    move = reverse("gap_move", args=[gap.uid])
    verified(gap, second_reader)
    assert "Re-open it" not in buttons(text(keeper.get(decisions(gap))))
    old = verified(gap, second_reader, days_ago=400)
    page = text(keeper.get(decisions(gap)))
    day = f"{old.searched_date.day} {old.searched_date:%b %Y}"
    assert buttons(page) == ["Re-open it", "Withdraw it"]
    assert f"<b>To be looked at again:</b> the search of its verification, of {day}, is more than a year old." in page

    assert keeper.post(move, {"target": "proposed", "note": ""}).status_code == 422
    assert Gap.objects.get(pk=gap.pk).status == "verified"
    keeper.post(move, {"target": "proposed", "note": "A year has passed."})

    assert Gap.objects.get(pk=gap.pk).status == "proposed"
    assert [row.note for row in gap.status_changes.all()] == ["A year has passed."]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("in_trial", "{uid} is proposed and cannot become in trial; it can become verified or answered or withdrawn or merged."),
        ("proposed", "{uid} already is proposed."),
        ("verified", "Only a reviewer can make {uid} verified."),
        ("merged", "Only a curator can make {uid} merged."),
        ("nonsense", "{uid} is proposed and cannot become nonsense; it can become verified or answered or withdrawn or merged."),
    ],
)
def test_what_the_machine_refuses_the_page_refuses_in_the_same_words(gap: Gap, desk: Client, target: str, said: str) -> None:
    response = desk.post(reverse("gap_move", args=[gap.uid]), {"target": target, "note": "x"})

    assert response.status_code == 422
    assert f"<li>{said.format(uid=gap.uid)}</li>" in text(response)
    assert (Gap.objects.get(pk=gap.pk).status, StatusChange.objects.filter(gap=gap).count()) == ("proposed", 0)


def test_a_reviewer_is_refused_while_a_guard_wants_something(gap: Gap, reader: Client) -> None:
    response = reader.post(reverse("gap_move", args=[gap.uid]), {"target": "verified"})

    said = f"{gap.uid} cannot be verified; it still needs a verification by somebody who neither logged nor owns it."
    assert response.status_code == 422
    assert said in text(response)


def test_moves_are_made_by_those_who_signed_in(client: Client, gap: Gap) -> None:
    move = reverse("gap_move", args=[gap.uid])

    response = client.post(move, {"target": "withdrawn", "withdrawn_reason": "Spite."})

    assert (response.status_code, response.headers["Location"]) == (302, f"{reverse('login')}?next={move}")
    assert Gap.objects.get(pk=gap.pk).status == "proposed"


def test_coming_back_from_signing_in_leads_to_the_page(gap: Gap, desk: Client, keeper: Client) -> None:
    for name, browser in (("gap_move", desk), ("gap_tier", keeper)):
        response = browser.get(reverse(name, args=[gap.uid]))

        assert (response.status_code, response.headers["Location"]) == (302, decisions(gap))


def test_a_merged_gap_says_where_it_goes_on(client: Client, make_gap: MakeGap) -> None:
    other = make_gap("harm")
    gap = make_gap("benefit", status="merged", merged_into=other)

    page = text(client.get(decisions(gap)))

    assert f'Merged into <a href="{other.get_absolute_url()}">{other.uid}</a> harm, where it goes on.' in page
    assert buttons(page) == []


@pytest.mark.parametrize("current", Gap.Status.values)
def test_each_status_has_a_shape_of_its_own_and_its_word(keeper: Client, make_gap: MakeGap, current: str) -> None:
    other = make_gap("harm")
    reason = {"withdrawn_reason": "Out of scope."} if current == "withdrawn" else {}
    gap = make_gap("benefit", status=current, merged_into=other if current == "merged" else None, **reason)

    response = keeper.get(decisions(gap))

    facts = text(response).partition('class="facts')[2].partition("</div>")[0]
    assert response.status_code == 200
    assert f"</svg>{Gap.Status(current).label}</span>" in facts
    assert facts.count("<svg") == 1


def test_no_two_statuses_look_alike() -> None:
    from django.template.loader import render_to_string

    drawn = {str(one): render_to_string("gaps/_status.html", {"record": Gap(uid="GAP-0001", status=one)}) for one in Gap.Status}

    assert len({words.partition("<svg")[2].partition("</svg>")[0] for words in drawn.values()}) == len(Gap.Status) == 10
    assert all(f"</svg>{Gap.Status(one).label}</span>" in words for one, words in drawn.items())


# Verification


def test_a_reviewer_records_a_verification_and_is_offered_the_move(gap: Gap, reader: Client, second_reader: User) -> None:
    review = Source.objects.create(slug="a-review", kind="review", title="A review", doi="10.1000/182")

    response = reader.post(reverse("gap_verify", args=[gap.uid]), a_search(newest_review=review.pk), follow=True)

    page, row = text(response), Verification.objects.get(gap=gap)
    expires = row.searched_date + timedelta(days=365)
    assert (row.verifier, row.n_found, row.newest_review) == (second_reader, 31, review)
    assert f"Recorded: still a gap. With it, {gap.uid} can be made verified." in page
    assert buttons(page) == ["Make it verified"]
    assert f"In force until {expires.day} {expires:%b %Y}" in page
    assert "PubMed, Cochrane Library" in page
    assert "31 records" in page
    assert 'href="https://doi.org/10.1000/182"' in page


def test_a_verdict_that_allows_no_move_offers_none(gap: Gap, reader: Client) -> None:
    page = text(reader.post(reverse("gap_verify", args=[gap.uid]), a_search(verdict="out_of_scope"), follow=True))

    assert "Recorded: out of scope." in page
    assert buttons(page) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"days_ago": -2}, "Date of the search: The search has not been made yet."),
        ({"databases": ""}, "Searched in: This field is required."),
        ({"strategy": ""}, "Search strategy: This field is required."),
        ({"n_found": "-1"}, "Records found: Ensure this value is greater than or equal to 0."),
        ({"verdict": ""}, "Verdict: This field is required."),
    ],
)
def test_what_a_verification_lacks_is_said_and_the_rest_is_kept(gap: Gap, reader: Client, fields: dict[str, Any], said: str) -> None:
    response = reader.post(reverse("gap_verify", args=[gap.uid]), a_search(**fields))

    assert response.status_code == 422
    assert said in text(response)
    assert "No trial compares doses." in text(response)
    assert Verification.objects.filter(gap=gap).count() == 0


def test_the_most_recent_review_is_a_review_or_a_guideline(gap: Gap, reader: Client) -> None:
    trial = Source.objects.create(slug="a-trial", kind="trial", title="A trial")

    response = reader.post(reverse("gap_verify", args=[gap.uid]), a_search(newest_review=trial.pk))

    assert response.status_code == 422
    assert Verification.objects.filter(gap=gap).count() == 0


@pytest.mark.parametrize("own", ["created_by", "owner"])
def test_who_logged_or_owns_a_gap_is_told_why_somebody_else_verifies_it(make_gap: MakeGap, second_reader: User, own: str) -> None:
    gap = make_gap("benefit", **{own: second_reader})
    reader, verify = signed_in(second_reader), reverse("gap_verify", args=[gap.uid])
    why = "You logged or own this gap. Somebody else verifies it, who reads it with other eyes."

    pages = [reader.get(decisions(gap)), reader.get(verify), reader.post(verify, a_search())]

    assert [page.status_code for page in pages] == [200, 200, 422]
    assert [why in text(page) for page in pages] == [True, True, True]
    assert verify not in text(pages[0])
    assert Verification.objects.filter(gap=gap).count() == 0


def test_a_verification_of_ones_own_gap_is_refused_by_its_model_too(gap: Gap, researcher: User) -> None:
    row = Verification(gap=gap, verifier=researcher, **(a_search() | {"searched_date": timezone.localdate()}))

    with pytest.raises(ValidationError, match="Who logged or owns a gap cannot verify it"):
        row.full_clean()


def test_a_verification_older_than_a_year_is_shown_as_expired_with_its_date(client: Client, gap: Gap, second_reader: User) -> None:
    row = verified(gap, second_reader, days_ago=365)

    page = text(client.get(decisions(gap)))

    today = timezone.localdate()
    assert row.expires_date == today
    assert f"Expired {today.day} {today:%b %Y}" in page
    assert "In force until" not in page


def test_a_later_verification_takes_the_place_of_an_earlier_one(client: Client, gap: Gap, second_reader: User) -> None:
    verified(gap, second_reader, rationale="The first look.")
    verified(gap, second_reader, rationale="The second look.", verdict="answered")

    page = text(client.get(decisions(gap)))

    assert page.index("The second look.") < page.index("The first look.")
    assert (page.count("In force until"), page.count("A later one took its place")) == (1, 1)
    assert "It is never changed; a later one takes its place." in page


def test_only_reviewers_open_the_forms(gap: Gap, desk: Client, keeper: Client, client: Client) -> None:
    for name in ("gap_verify", "gap_assess"):
        address = reverse(name, args=[gap.uid])
        assert [one.get(address).status_code for one in (desk, keeper, client)] == [403, 403, 302]
        assert [one.post(address, a_search()).status_code for one in (desk, keeper, client)] == [403, 403, 302]
        assert address not in text(desk.get(decisions(gap)))


@pytest.mark.parametrize("name", ["gap_verify", "gap_assess"])
def test_a_withdrawn_gap_is_not_reviewed(make_gap: MakeGap, reader: Client, pain: Term, name: str) -> None:
    gap = make_gap("benefit", status="withdrawn", withdrawn_reason="Out of scope.")
    typed = a_search() if name == "gap_verify" else a_judgement(pain)

    response = reader.post(reverse(name, args=[gap.uid]), typed)

    assert response.status_code == 422
    assert f"{gap.uid} is withdrawn; what is proposed or beyond is reviewed." in text(response)
    assert (Verification.objects.filter(gap=gap).count(), CertaintyAssessment.objects.filter(gap=gap).count()) == (0, 0)


# Certainty


def test_a_level_is_the_start_and_the_domains_held_between_very_low_and_high(gap: Gap, pain: Term, second_reader: User) -> None:
    steps = [(2, 4), *[(0, -1, -2)] * len(DOWN), (0, 1, 2), (0, 1), (0, 1)]
    rows = [
        CertaintyAssessment(
            gap=gap,
            outcome_domain=pain,
            assessor=second_reader,
            assessed_date=timezone.localdate(),
            start=start,
            **dict(zip(DOMAINS, moved, strict=True)),
            **{f"{domain}_note": "Because." for domain in DOMAINS},
        )
        for start, *moved in product(*steps)
    ]

    CertaintyAssessment.objects.bulk_create(rows, batch_size=40)

    stored = CertaintyAssessment.objects.filter(gap=gap).values_list("level", "start", *DOMAINS)
    assert len(stored) == 2 * 3**5 * 3 * 2 * 2 == 5832
    assert [level for level, *moved in stored if level != min(4, max(1, sum(moved)))] == []
    assert {level for level, *_moved in stored} == {1, 2, 3, 4}


def test_a_reviewer_records_an_assessment_and_sees_four_dots_and_the_word(
    gap: Gap, reader: Client, pain: Term, second_reader: User
) -> None:
    typed = a_judgement(pain, imprecision="-2", imprecision_note="The interval holds both.")

    page = text(reader.post(reverse("gap_assess", args=[gap.uid]), typed, follow=True))

    row = CertaintyAssessment.objects.get(gap=gap)
    assert (row.level, row.assessor, row.assessed_date) == (2, second_reader, timezone.localdate())
    assert "Recorded: certainty of the evidence on Pain here is low." in page
    grade = page.partition('class="grade"')[2].partition("</span>")[0]
    assert (grade.count('class="f"'), grade.count('class="o"'), grade.endswith("Low")) == (2, 2, True)
    assert "−2</span> imprecision: The interval holds both." in page


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_domain_that_moves_certainty_says_why(gap: Gap, reader: Client, pain: Term, domain: str) -> None:
    step = "-1" if domain in DOWN else "1"

    response = reader.post(reverse("gap_assess", args=[gap.uid]), a_judgement(pain, **{domain: step, f"{domain}_note": "  "}))

    label = response.context["form"][domain].label
    assert response.status_code == 422
    assert text(response).count("Say in one sentence why this domain moves the certainty.") == 2  # on top, and at the field
    assert f'href="#id_{domain}_note">{label}, because: Say in one sentence' in text(response)
    assert CertaintyAssessment.objects.filter(gap=gap).count() == 0
    unsaid = CertaintyAssessment(gap=gap, outcome_domain=pain, start=4, assessed_date=timezone.localdate(), **{domain: int(step)})
    with pytest.raises(IntegrityError), transaction.atomic():
        unsaid.save()


def test_nobody_types_a_level_or_a_step_that_grade_does_not_know(gap: Gap, reader: Client, pain: Term) -> None:
    assess = reverse("gap_assess", args=[gap.uid])
    for domain, step in (("risk_of_bias", "-3"), ("risk_of_bias", "1"), ("dose_response", "2"), ("large_effect", "3"), ("start", "3")):
        assert reader.post(assess, a_judgement(pain, **{domain: step, f"{domain}_note": "Because."})).status_code == 422

    reader.post(assess, a_judgement(pain, start="2", level="4"))

    assert [row.level for row in CertaintyAssessment.objects.filter(gap=gap)] == [2]


def test_an_assessment_of_tomorrow_is_refused(gap: Gap, reader: Client, pain: Term) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)

    response = reader.post(reverse("gap_assess", args=[gap.uid]), a_judgement(pain, assessed_date=tomorrow.isoformat()))

    assert response.status_code == 422
    assert "Assessed: This day is still to come." in text(response)


@pytest.mark.parametrize(("up", "down", "warns"), [("1", "-1", True), ("0", "-1", False), ("1", "0", False)])
def test_taking_up_what_is_also_taken_down_is_recorded_with_a_caution(
    gap: Gap, reader: Client, pain: Term, up: str, down: str, warns: bool
) -> None:
    typed = a_judgement(pain, start="2", dose_response=up, dose_response_note="More dose.", imprecision=down, imprecision_note="Wide.")

    page = text(reader.post(reverse("gap_assess", args=[gap.uid]), typed, follow=True))

    assert CertaintyAssessment.objects.filter(gap=gap).count() == 1
    assert ("which GRADE does rarely; look at it once more." in page) is warns
    assert ("Taken up by one domain and down by another" in page) is warns


def test_the_outcome_that_was_assessed_last_comes_first(gap: Gap, pain: Term) -> None:
    sleep = Term.objects.create(scheme="outcome", slug="sleep", label="Sleep", better="higher")
    for outcome, day in ((pain, 1), (sleep, 2), (pain, 3)):
        CertaintyAssessment.objects.create(gap=gap, outcome_domain=outcome, start=4, assessed_date=date(2026, 1, day))

    assert [(row.outcome_domain, row.assessed_date.day) for row in gap.certainties()] == [(pain, 3), (sleep, 2)]


def test_the_next_assessment_begins_with_the_last_and_the_latest_is_in_force(gap: Gap, reader: Client, pain: Term) -> None:
    assess = reverse("gap_assess", args=[gap.uid])
    reader.post(assess, a_judgement(pain, imprecision="-1", imprecision_note="Few people."))

    again = reader.get(f"{assess}?outcome={pain.slug}")
    assert again.context["form"]["imprecision_note"].value() == "Few people."
    assert again.context["form"]["assessed_date"].value() == timezone.localdate()
    reader.post(assess, a_judgement(pain))

    page = text(reader.get(decisions(gap)))
    assert page.index("High</span>") < page.index("1 earlier assessment") < page.index("Moderate</span>")


# Tier


def test_a_curator_sets_a_tier_with_a_reason(gap: Gap, keeper: Client, curator: User) -> None:
    address = reverse("gap_tier", args=[gap.uid])

    refused = keeper.post(address, {"tier": "A", "tier_note": " "})
    assert refused.status_code == 422
    assert "Say why; the gap has been in no round that is closed." in text(refused)
    assert Gap.objects.get(pk=gap.pk).tier == ""

    page = text(keeper.post(address, {"tier": "A", "tier_note": "Asked most often."}, follow=True))

    changed = Gap.objects.get(pk=gap.pk)
    assert (changed.tier, changed.tier_note, changed.history.first().history_user) == ("A", "Asked most often.", curator)
    assert "<b>A, first</b><br>Asked most often." in page


def test_a_closed_round_is_reason_enough_for_a_tier(gap: Gap, keeper: Client) -> None:
    now = timezone.now()
    PriorityRound.objects.create(slug="a-round", name="A round", method="chnri", opened_at=now, closed_at=now).gaps.add(gap)

    keeper.post(reverse("gap_tier", args=[gap.uid]), {"tier": "B", "tier_note": ""})

    assert Gap.objects.get(pk=gap.pk).tier == "B"


def test_a_prioritised_gap_keeps_a_tier(make_gap: MakeGap, keeper: Client) -> None:
    gap = make_gap("benefit", status="prioritised", tier="A", tier_note="Asked most often.")

    response = keeper.post(reverse("gap_tier", args=[gap.uid]), {"tier": "", "tier_note": ""})

    assert response.status_code == 422
    assert Gap.objects.get(pk=gap.pk).tier == "A"


def test_only_curators_set_a_tier_and_not_of_a_withdrawn_gap(
    gap: Gap, make_gap: MakeGap, desk: Client, reader: Client, keeper: Client
) -> None:
    past = make_gap("past", status="withdrawn", withdrawn_reason="Out of scope.")
    typed = {"tier": "A", "tier_note": "Asked most often."}

    assert [one.post(reverse("gap_tier", args=[gap.uid]), typed).status_code for one in (desk, reader)] == [403, 403]
    assert keeper.post(reverse("gap_tier", args=[past.uid]), typed).status_code == 403
    assert "Save the tier" not in text(desk.get(decisions(gap)))


# Cost


def test_the_page_asks_as_many_queries_for_three_of_each_as_for_one(gap: Gap, keeper: Client, second_reader: User, pain: Term) -> None:
    others = [User.objects.create_user(name) for name in ("one", "two")]
    for other in others:
        other.groups.add(Group.objects.get(name="Reviewers"))

    def look(by: User, number: int) -> None:
        review = Source.objects.create(slug=f"review-{number}", kind="review", title=f"Review {number}")
        verified(gap, by, newest_review=review)
        outcome = Term.objects.create(scheme="outcome", slug=f"outcome-{number}", label=f"Outcome {number}", better="lower")
        CertaintyAssessment.objects.create(gap=gap, outcome_domain=outcome, assessor=by, start=4, assessed_date=timezone.localdate())
        CertaintyAssessment.objects.create(gap=gap, outcome_domain=pain, assessor=by, start=2, assessed_date=timezone.localdate())

    look(second_reader, 1)
    keeper.get(decisions(gap))
    with CaptureQueriesContext(connection) as for_one:
        keeper.get(decisions(gap))
    for number, other in enumerate(others, 2):
        look(other, number)

    with CaptureQueriesContext(connection) as for_three:
        page = text(keeper.get(decisions(gap)))

    assert "2 earlier assessments" in page
    assert len(for_three) == len(for_one)


def test_many_verifications_are_shown_ten_at_a_time_with_a_way_to_the_rest(client: Client, gap: Gap, second_reader: User) -> None:
    for number in range(11):
        verified(gap, second_reader, rationale=f"Look number {number}.")

    page = text(client.get(decisions(gap)))

    assert [f"Look number {number}." in page for number in range(11)] == [False, *[True] * 10]
    assert f'<a href="{reverse("gap_history", args=[gap.uid])}">Earlier ones stand in the history</a>' in page


def test_up_and_down_together_are_all_domains() -> None:
    assert (*DOWN, *UP) == DOMAINS


def test_what_is_sent_twice_is_recorded_once_as_nobody_could_take_it_away(reader: Client, gap: Gap, pain: Term) -> None:
    search, judgement = a_search(), a_judgement(pain)

    verified = [reader.post(reverse("gap_verify", args=[gap.uid]), search) for _again in range(2)]
    assessed = [reader.post(reverse("gap_assess", args=[gap.uid]), judgement) for _again in range(2)]

    assert [response.status_code for response in (*verified, *assessed)] == [302, 422, 302, 422]
    assert "You have recorded exactly this already; it is not added again." in text(verified[1])
    assert (gap.verifications.count(), gap.certainty_assessments.count()) == (1, 1)

    reader.post(reverse("gap_verify", args=[gap.uid]), search | {"n_found": "32"})

    assert gap.verifications.count() == 2
