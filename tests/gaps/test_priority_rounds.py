"""Priority rounds on the site: set up, locked, voted in, hidden, closed, and put on the gaps."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from gaps.models import Ballot, Gap, PriorityRound, StatusChange, Verification, Vote
from gaps.models.priority import five_criteria
from gaps.rounds import course
from gaps.rounds.results import results
from gaps.rounds.tiers import set_tiers

pytestmark = pytest.mark.django_db
MakeRound = Callable[..., PriorityRound]
GAPS = ("GAP-0001", "GAP-0002", "GAP-0003")
TWO_CRITERIA = five_criteria()[:2]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def make_round(register: None) -> MakeRound:
    """Makes a round over three gaps of the register, as a draft, open, or closed."""

    def make(name: str = "Spring", *, state: str = "draft", gaps: tuple[str, ...] = GAPS, **fields: Any) -> PriorityRound:
        values = {"slug": name.lower(), "method": "chnri", "criteria": TWO_CRITERIA, "purpose": "For adults with pain.", **fields}
        asked = PriorityRound.objects.create(name=name, **values)
        asked.gaps.set(Gap.objects.filter(uid__in=gaps))
        if state != "draft":
            course.open_round(asked)
        if state == "closed":
            course.close_round(asked)
        return asked

    return make


@pytest.fixture
def cast(register: None) -> Callable[..., Ballot]:
    """Casts a ballot of a new scorer: for each gap a score on every criterion, or a rank."""

    def vote(asked: PriorityRound, answers: dict[str, Any], constituency: str = "patient") -> Ballot:
        scorer = User.objects.create_user(f"scorer {User.objects.count()}")
        ballot = Ballot.objects.create(round=asked, scorer=scorer, constituency=constituency)
        for uid, answer in answers.items():
            gap = Gap.objects.get(uid=uid)
            if asked.method == "jla":
                Vote.objects.create(ballot=ballot, gap=gap, rank=answer)
            else:
                for row in asked.criteria:
                    Vote.objects.create(ballot=ballot, gap=gap, criterion=row["key"], score=answer)
        return ballot

    return vote


def criteria_fields(*rows: tuple[str, str, str]) -> dict[str, str]:
    fields = {"criteria-TOTAL_FORMS": str(len(rows)), "criteria-INITIAL_FORMS": "0"}
    for at, (label, question, weight) in enumerate(rows):
        fields |= {f"criteria-{at}-label": label, f"criteria-{at}-question": question, f"criteria-{at}-weight": weight}
    return fields


# Setting up


def test_a_curator_sets_up_a_round_chooses_its_gaps_and_opens_it(curator: User) -> None:
    client = signed_in(curator)
    form = {"name": "Spring 2027", "purpose": "For adults with pain.", "method": "chnri", "blinded": "on"}

    made = client.post(
        reverse("round_add"), form | criteria_fields(("Need", "Is it needed?", "2"), ("", "", ""), ("Ease", "Is it easy?", "1"))
    )
    asked = PriorityRound.objects.get()
    chosen = client.post(reverse("round_gaps", args=[asked.slug]), {"gap": GAPS, "action": "ticks"})
    client.post(reverse("round_open", args=[asked.slug]))

    asked.refresh_from_db()
    assert (made.status_code, made.headers["Location"]) == (302, "/gaps/rounds/spring-2027/gaps/")
    assert chosen.status_code == 302
    assert (asked.slug, asked.created_by, asked.state) == ("spring-2027", curator, "open")
    assert asked.criteria == [
        {"key": "need", "label": "Need", "question": "Is it needed?", "weight": 2.0},
        {"key": "ease", "label": "Ease", "question": "Is it easy?", "weight": 1.0},
    ]
    assert list(asked.gaps.values_list("uid", flat=True)) == list(GAPS)


@pytest.mark.parametrize("weight", ["0", "-1", "", "NaN", "inf", "ten"])
def test_a_weight_that_is_no_number_above_0_is_refused_at_its_field_and_nothing_typed_is_lost(curator: User, weight: str) -> None:
    form = {"name": "Spring", "purpose": "For whom.", "method": "chnri"} | criteria_fields(("Need", "Is it needed?", weight))

    answer = signed_in(curator).post(reverse("round_add"), form)

    assert answer.status_code == 422
    assert list(answer.context["form"].criteria.forms[0].errors) == ["weight"]
    assert 'value="Is it needed?"' in text(answer)
    assert PriorityRound.objects.count() == 0


def test_two_criteria_of_one_name_and_a_round_without_criteria_are_refused(curator: User) -> None:
    form = {"name": "Spring", "purpose": "For whom.", "method": "chnri"}
    client = signed_in(curator)

    twice = client.post(reverse("round_add"), form | criteria_fields(("Need", "Is it?", "1"), ("need", "Is it so?", "1")))
    none = client.post(reverse("round_add"), form | criteria_fields(("", "", "")))

    assert list(twice.context["form"].criteria.non_form_errors()) == ["Two criteria are called Need; give each a name of its own."]
    assert list(none.context["form"].criteria.non_form_errors()) == ["Ask for at least one criterion."]


@pytest.mark.parametrize("weight", [0, -1, True, "1", None, float("nan"), float("inf")])
def test_the_model_refuses_a_weight_that_is_no_number_above_0(make_round: MakeRound, weight: Any) -> None:
    asked = make_round()
    asked.criteria = [TWO_CRITERIA[0] | {"weight": weight}]

    with pytest.raises(ValidationError, match="must be a number above 0"):
        asked.full_clean()


def test_rounds_of_one_name_get_addresses_of_their_own(make_round: MakeRound) -> None:
    make_round("Spring")

    assert course.free_slug("Spring") == "spring-2"
    assert course.free_slug("New") == "new-2"
    assert course.free_slug("春") == "round"


def test_unticking_takes_a_gap_out_and_keeps_those_on_other_pages(curator: User, make_round: MakeRound) -> None:
    asked = make_round()

    signed_in(curator).post(f"{reverse('round_gaps', args=[asked.slug])}?q=GAP-0001", {"action": "ticks"})

    assert list(asked.gaps.values_list("uid", flat=True)) == ["GAP-0002", "GAP-0003"]


def test_everything_that_the_filter_finds_can_be_chosen_at_once(curator: User, make_round: MakeRound) -> None:
    asked = make_round(gaps=())

    signed_in(curator).post(f"{reverse('round_gaps', args=[asked.slug])}?kind=safety", {"action": "all"})

    expected = Gap.objects.filter(kind="safety", status__in=course.ASKABLE)
    assert expected.count() >= 2
    assert set(asked.gaps.all()) == set(expected)


def test_more_gaps_than_a_ballot_can_bear_are_refused_as_a_whole(curator: User, make_round: MakeRound, monkeypatch: Any) -> None:
    monkeypatch.setattr(course, "MOST_GAPS", 3)
    asked = make_round()

    answer = signed_in(curator).post(reverse("round_gaps", args=[asked.slug]), {"action": "all"}, follow=True)

    assert told(answer) == ["A round asks about at most 3 gaps; choose fewer, or narrow the filter first."]
    assert list(asked.gaps.values_list("uid", flat=True)) == list(GAPS)


def test_a_round_that_is_not_complete_is_not_opened(curator: User, make_round: MakeRound) -> None:
    asked = make_round(gaps=("GAP-0001",))

    answer = signed_in(curator).post(reverse("round_open", args=[asked.slug]), follow=True)

    asked.refresh_from_db()
    assert told(answer) == ["“Spring” cannot be opened; it still needs at least two gaps to compare."]
    assert asked.state == "draft"


# Locking


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Other"),
        ("purpose", "Other"),
        ("method", "jla"),
        ("criteria", TWO_CRITERIA[:1]),
        ("blinded", False),
        ("slug", "other"),
        ("opened_at", None),
    ],
)
def test_clean_refuses_to_change_what_an_open_round_asks(make_round: MakeRound, field: str, value: object) -> None:
    asked = make_round(state="open")
    asked.full_clean()
    setattr(asked, field, value)

    with pytest.raises(ValidationError, match="has been opened, and what is asked stays as it is"):
        asked.full_clean()


def test_clean_refuses_to_open_again_what_is_closed(make_round: MakeRound) -> None:
    asked = make_round(state="closed")
    asked.closed_at = None

    with pytest.raises(ValidationError, match="when it was closed"):
        asked.full_clean()


def test_the_form_of_an_open_round_changes_nothing(curator: User, make_round: MakeRound) -> None:
    from gaps.forms.priority import RoundForm

    asked = make_round(state="open")
    typed = {"name": "Other", "purpose": "Other.", "method": "chnri"} | criteria_fields(("Need", "Is it?", "1"))

    answer = signed_in(curator).post(reverse("round_edit", args=[asked.slug]), typed, follow=True)
    form = RoundForm(typed, instance=PriorityRound.objects.get())

    assert told(answer) == ["“Spring” has been opened: what it asks stays as it is. Set up another round instead."]
    assert not form.is_valid()
    assert "has been opened, and what is asked stays as it is" in form.non_field_errors()[0]
    assert PriorityRound.objects.get().name == "Spring"


def test_the_gaps_of_an_open_round_stay(curator: User, make_round: MakeRound) -> None:
    asked = make_round(state="open")

    answer = signed_in(curator).post(reverse("round_gaps", args=[asked.slug]), {"action": "all"}, follow=True)

    assert told(answer) == ["“Spring” has been opened: what it asks stays as it is. Set up another round instead."]
    assert list(asked.gaps.values_list("uid", flat=True)) == list(GAPS)


def test_the_desk_shows_rounds_and_leads_to_the_site_to_set_them_up(curator: User, make_round: MakeRound) -> None:
    draft = make_round("Draft")
    client = signed_in(curator)
    address = reverse("admin:gaps_priorityround_change", args=[draft.pk])

    added = client.get(reverse("admin:gaps_priorityround_add"))
    shown = client.get(address)
    refused = client.post(address, {"name": "Renamed", "purpose": "Other.", "method": "jla"})

    assert (added.status_code, added.headers["Location"]) == (302, reverse("round_add"))
    assert (shown.status_code, refused.status_code) == (200, 403)
    assert [f"{uid}</a>" in shown.content.decode() for uid in GAPS] == [True] * len(GAPS)
    assert f'href="{reverse("admin:view_on_site", args=[shown.context["content_type_id"], draft.pk])}"' in shown.content.decode()
    assert list(PriorityRound.objects.values_list("name", flat=True)) == ["Draft"]


# Voting


def ballot_address(asked: PriorityRound) -> str:
    return reverse("round_ballot", args=[asked.slug])


def test_a_scorer_answers_returns_and_changes_the_one_ballot(scorer: User, make_round: MakeRound) -> None:
    asked = make_round(state="open")
    client = signed_in(scorer)
    first = {"constituency": "carer", "GAP-0001-answerability": "1", "GAP-0001-effectiveness": "0.5", "GAP-0002-answerability": "0"}

    client.post(ballot_address(asked), first)
    again = client.get(ballot_address(asked))
    client.post(ballot_address(asked), first | {"GAP-0001-answerability": "0", "GAP-0002-answerability": ""})

    ballot = Ballot.objects.get()
    assert "3 of 6 answered; the others count as “not informed enough”." in text(again)
    assert again.context["form"]["GAP-0001-effectiveness"].value() == "0.5"
    assert (ballot.scorer, ballot.constituency) == (scorer, "carer")
    assert sorted(ballot.votes.values_list("gap__uid", "criterion", "score")) == [
        ("GAP-0001", "answerability", "0"),
        ("GAP-0001", "effectiveness", "0.5"),
    ]


def test_the_database_refuses_a_second_ballot_of_a_scorer(scorer: User, make_round: MakeRound) -> None:
    asked = make_round(state="open")
    Ballot.objects.create(round=asked, scorer=scorer, constituency="carer")

    with pytest.raises(IntegrityError), transaction.atomic():
        Ballot.objects.create(round=asked, scorer=scorer, constituency="patient")


def test_a_page_of_the_ballot_leaves_the_answers_of_the_others(scorer: User, make_round: MakeRound) -> None:
    uids = tuple(Gap.objects.filter(status="proposed").values_list("uid", flat=True)[:12])
    asked = make_round(state="open", gaps=uids)
    client = signed_in(scorer)

    turned = client.post(ballot_address(asked), {"constituency": "carer", f"{uids[0]}-answerability": "1", "action": "next"})
    client.post(f"{ballot_address(asked)}?page=2", {"constituency": "carer", f"{uids[11]}-answerability": "0"})

    assert turned.headers["Location"] == f"{ballot_address(asked)}?page=2"
    assert sorted(Vote.objects.values_list("gap__uid", "score")) == [(uids[0], "1"), (uids[11], "0")]


def test_a_ballot_saves_as_one_goes_and_says_how_far_it_is(scorer: User, make_round: MakeRound) -> None:
    asked = make_round(state="open")
    client = signed_in(scorer)

    refused = client.post(ballot_address(asked), {"GAP-0001-answerability": "1"}, headers={"HX-Request": "true"})
    saved = client.post(ballot_address(asked), {"constituency": "carer", "GAP-0001-answerability": "1"}, headers={"HX-Request": "true"})

    assert (refused.status_code, saved.status_code) == (422, 200)
    assert "Not saved yet." in text(refused)
    assert "1 of 6 answered" in text(saved)
    assert "<h1" not in text(saved)


def test_nothing_answered_is_lost_where_the_constituency_is_missing(scorer: User, make_round: MakeRound) -> None:
    asked = make_round(state="open")

    answer = signed_in(scorer).post(ballot_address(asked), {"GAP-0002-effectiveness": "0.5"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["constituency"]
    assert answer.context["form"]["GAP-0002-effectiveness"].value() == "0.5"
    assert Ballot.objects.count() == 0


def test_an_answer_that_is_none_is_refused_at_its_place(scorer: User, make_round: MakeRound) -> None:
    asked = make_round(state="open")

    answer = signed_in(scorer).post(ballot_address(asked), {"constituency": "carer", "GAP-0002-effectiveness": "7"})

    assert list(answer.context["form"].errors) == ["GAP-0002-effectiveness"]
    assert Ballot.objects.count() == 0


def test_ranks_are_kept_and_may_be_swapped(scorer: User, make_round: MakeRound) -> None:
    asked = make_round(state="open", method="jla")
    client = signed_in(scorer)

    client.post(ballot_address(asked), {"constituency": "patient", "GAP-0001": "1", "GAP-0002": "2"})
    client.post(ballot_address(asked), {"constituency": "patient", "GAP-0001": "2", "GAP-0002": "1"})

    assert sorted(Vote.objects.values_list("gap__uid", "rank")) == [("GAP-0001", 2), ("GAP-0002", 1)]


def test_a_rank_that_is_given_twice_is_named_at_both_places_and_keeps_what_was_typed(scorer: User, make_round: MakeRound) -> None:
    asked = make_round(state="open", method="jla")

    answer = signed_in(scorer).post(ballot_address(asked), {"constituency": "patient", "GAP-0001": "3", "GAP-0002": "3", "GAP-0003": "1"})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "GAP-0001": ["Rank 3 is given to GAP-0002, too; give each rank once."],
        "GAP-0002": ["Rank 3 is given to GAP-0001, too; give each rank once."],
    }
    assert [answer.context["form"][uid].value() for uid in GAPS] == ["3", "3", "1"]
    assert Ballot.objects.count() == 0


@pytest.mark.parametrize("rank", ["0", "11", "-1", "1.5", "first"])
def test_a_rank_outside_1_to_10_is_refused(scorer: User, make_round: MakeRound, rank: str) -> None:
    asked = make_round(state="open", method="jla")

    answer = signed_in(scorer).post(ballot_address(asked), {"constituency": "patient", "GAP-0001": rank})

    assert answer.context["form"].errors == {"GAP-0001": [f"A rank is a whole number from 1 to 10, not {rank}."]}


def test_researchers_are_refused_at_the_field_where_they_only_advise_and_vote_on_criteria(scorer: User, make_round: MakeRound) -> None:
    ranking, scoring = make_round("Ranking", state="open", method="jla"), make_round("Scoring", state="open")
    client = signed_in(scorer)

    refused = client.post(ballot_address(ranking), {"constituency": "researcher", "GAP-0001": "1"})
    taken = client.post(ballot_address(scoring), {"constituency": "researcher", "GAP-0001-answerability": "1"})

    assert refused.context["form"].errors == {
        "constituency": ["Researchers advise in a round of the James Lind Alliance's kind, but do not vote."]
    }
    assert refused.context["form"]["GAP-0001"].value() == "1"
    assert taken.status_code == 302
    assert [ballot.round for ballot in Ballot.objects.all()] == [scoring]


def test_a_ballot_that_comes_after_the_close_is_not_counted_and_not_lost_from_the_page(scorer: User, make_round: MakeRound) -> None:
    asked = make_round(state="closed")

    answer = signed_in(scorer).post(ballot_address(asked), {"constituency": "carer", "GAP-0001-answerability": "1"})

    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == ["This round is not open."]
    assert answer.context["form"]["GAP-0001-answerability"].value() == "1"
    assert Ballot.objects.count() == 0


@pytest.mark.parametrize(
    ("method", "vote", "field"),
    [
        ("chnri", {"gap": "GAP-0005", "criterion": "answerability", "score": "1"}, "gap"),
        ("chnri", {"gap": "GAP-0001", "criterion": "price", "score": "1"}, "criterion"),
        ("jla", {"gap": "GAP-0001", "criterion": "answerability", "score": "1"}, "rank"),
    ],
)
def test_clean_refuses_a_vote_on_what_is_not_asked(
    scorer: User, make_round: MakeRound, method: str, vote: dict[str, str], field: str
) -> None:
    asked = make_round(state="open", method=method)
    ballot = Ballot.objects.create(round=asked, scorer=scorer, constituency="patient")

    with pytest.raises(ValidationError) as refused:
        Vote(ballot=ballot, **vote | {"gap": Gap.objects.get(uid=vote["gap"])}).full_clean()

    assert list(refused.value.message_dict) == [field]


# Blindness


@pytest.fixture
def everybody(curator: User, researcher: User, scorer: User, colleague: User) -> dict[str, Client]:
    return {
        "anonymous": Client(),
        "researcher": signed_in(researcher),
        "scorer": signed_in(scorer),
        "curator": signed_in(curator),
        "colleague": signed_in(colleague),
    }


def test_a_draft_round_is_there_for_curators_only(everybody: dict[str, Client], make_round: MakeRound) -> None:
    asked = make_round()

    found = {name: client.get(reverse("round_detail", args=[asked.slug])).status_code for name, client in everybody.items()}
    listed = {name: len(client.get(reverse("round_list")).context["table"].rows) for name, client in everybody.items()}

    assert found == {"anonymous": 404, "researcher": 404, "scorer": 404, "curator": 200, "colleague": 404}
    assert listed == {"anonymous": 0, "researcher": 0, "scorer": 0, "curator": 1, "colleague": 0}


def test_only_scorers_have_a_ballot(everybody: dict[str, Client], make_round: MakeRound) -> None:
    asked = make_round(state="open")

    found = {name: client.get(ballot_address(asked)).status_code for name, client in everybody.items()}

    assert found == {"anonymous": 302, "researcher": 403, "scorer": 200, "curator": 403, "colleague": 403}


@pytest.mark.parametrize("page", ["round_edit", "round_gaps", "round_open", "round_close", "round_tiers"])
def test_only_curators_manage_rounds(everybody: dict[str, Client], make_round: MakeRound, page: str) -> None:
    asked = make_round(state="open")
    del everybody["curator"]

    found = {name: client.post(reverse(page, args=[asked.slug])).status_code for name, client in everybody.items()}

    assert found == {"anonymous": 302, "researcher": 403, "scorer": 403, "colleague": 403}


def test_an_open_blinded_round_tells_nobody_what_was_answered(
    everybody: dict[str, Client], make_round: MakeRound, cast: Callable[..., Ballot]
) -> None:
    asked = make_round(state="open")
    for _person in range(5):
        cast(asked, {"GAP-0001": "1", "GAP-0002": "0"})
    address = reverse("round_detail", args=[asked.slug])

    pages = {name: client.get(address) for name, client in everybody.items()}
    files = {name: client.get(f"{address}?_export=csv") for name, client in everybody.items()}

    assert {name: page.status_code for name, page in pages.items()} == dict.fromkeys(everybody, 200) | {"scorer": 302}
    assert pages["scorer"].headers["Location"] == ballot_address(asked)
    shown = {name: page for name, page in pages.items() if name != "scorer"}
    assert {name: "results" in page.context for name, page in shown.items()} == dict.fromkeys(shown, False)
    assert {name for name, page in shown.items() if "ballots" in page.context} == {"curator"}
    assert pages["curator"].context["ballots"] == [("People with pain", 5)]
    assert {file.headers["Content-Type"] for name, file in files.items() if name != "scorer"} == {"text/html; charset=utf-8"}


def test_another_scorer_sees_an_empty_ballot_and_no_ballot_of_others(
    scorer: User, curator: User, make_round: MakeRound, cast: Callable[..., Ballot]
) -> None:
    asked = make_round(state="open")
    other = cast(asked, {"GAP-0001": "1"})

    answer = signed_in(scorer).get(ballot_address(asked))

    assert "0 of 6 answered" in text(answer)
    assert {answer.context["form"][f"{uid}-answerability"].value() for uid in GAPS} == {""}
    assert [list(Ballot.objects.visible_to(user)) for user in (scorer, curator, other.scorer)] == [[], [], [other]]


def test_a_round_that_is_not_blinded_shows_its_results_while_it_is_open(
    client: Client, make_round: MakeRound, cast: Callable[..., Ballot]
) -> None:
    asked = make_round(state="open", blinded=False)
    cast(asked, {"GAP-0001": "1"})

    answer = client.get(reverse("round_detail", args=[asked.slug]))

    assert answer.context["results"].scorers == 1


# Results


@pytest.fixture
def voted(make_round: MakeRound, cast: Callable[..., Ballot]) -> PriorityRound:
    """A closed round in which everybody put the first gap first and the third last."""
    asked = make_round(state="open")
    for constituency in ("patient",) * 5 + ("clinician",):
        cast(asked, {"GAP-0001": "1", "GAP-0002": "0.5", "GAP-0003": "0"}, constituency)
    Ballot.objects.create(round=asked, scorer=User.objects.create_user("silent"), constituency="funder")
    course.close_round(asked)
    return asked


def test_a_closed_round_shows_everybody_tiers_first_and_scores_one_click_away(client: Client, voted: PriorityRound) -> None:
    address = reverse("round_detail", args=[voted.slug])

    page, scores = client.get(address), client.get(f"{address}?scores=1")

    assert [(tier.value, [row.gap.uid for row in rows]) for tier, rows in page.context["tiers"]] == [
        ("A", ["GAP-0001"]),
        ("B", ["GAP-0002"]),
        ("C", ["GAP-0003"]),
    ]
    assert "6 ballots; the ranking is unstable below about 50." in text(page)
    assert "People with pain: 5, Clinicians: 1." in text(page)
    assert '<details class="scores" id="scores">' in text(page)
    assert '<details class="scores" id="scores" open>' in text(scores)
    assert text(page).count('<svg viewBox="0 0 700') == 1
    assert text(page).count("<h1>") == 1


def test_a_constituency_of_few_is_not_shown_by_itself(client: Client, voted: PriorityRound) -> None:
    found = results(voted)

    assert found.ballots == {"patient": 5, "clinician": 1}
    assert found.groups == ("patient",)
    assert "Not shown by themselves, with fewer than 5 ballots: Clinicians." in text(client.get(reverse("round_detail", args=[voted.slug])))


def test_too_few_ballots_give_ranks_but_neither_intervals_nor_tiers(
    curator: User, make_round: MakeRound, cast: Callable[..., Ballot]
) -> None:
    asked = make_round(state="open")
    for _person in range(4):
        cast(asked, {"GAP-0001": "1", "GAP-0002": "0"})
    course.close_round(asked)

    answer = signed_in(curator).post(reverse("round_tiers", args=[asked.slug]), follow=True)

    assert [(row.gap.uid, row.rank, row.tier) for row in results(asked).rows] == [
        ("GAP-0001", 1.0, ""),
        ("GAP-0002", 2.0, ""),
        ("GAP-0003", 3.0, ""),
    ]
    assert told(answer) == ["Too few people answered in “Spring” for a tier."]


def test_a_ranking_counts_each_constituency_the_same_and_no_researcher(make_round: MakeRound, cast: Callable[..., Ballot]) -> None:
    asked = make_round(state="open", method="jla")
    for _person in range(9):
        cast(asked, {"GAP-0001": 1, "GAP-0002": 2, "GAP-0003": 3})
    cast(asked, {"GAP-0002": 1}, "carer")
    cast(asked, {"GAP-0003": 1}, "researcher")

    found = results(asked)

    assert found.ballots == {"patient": 9, "carer": 1}
    assert [(row.gap.uid, row.score, row.rank) for row in found.rows] == [
        ("GAP-0001", (1 + 2.5) / 2, 2.0),
        ("GAP-0002", (2 + 1) / 2, 1.0),
        ("GAP-0003", (3 + 2.5) / 2, 3.0),
    ]


def test_a_round_in_which_nobody_voted_says_so(client: Client, make_round: MakeRound) -> None:
    for method in ("chnri", "jla"):
        asked = make_round(method, state="closed", method=method)

        assert "Nobody voted in this round" in text(client.get(reverse("round_detail", args=[asked.slug])))


def test_results_leave_as_csv_xlsx_and_json_with_the_same_numbers(client: Client, voted: PriorityRound) -> None:
    address = reverse("round_detail", args=[voted.slug])

    csv_rows = list(csv.reader(io.StringIO(client.get(f"{address}?_export=csv").content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(client.get(f"{address}?_export=xlsx").content)).worksheets[0]
    data = json.loads(client.get(f"{address}?_export=json").content)

    header = ["uid", "title", "question", "tier", "rank", "rank_low", "rank_high", "research_priority_score", "expert_agreement", "answers"]
    assert csv_rows[0] == [*header, "criterion_answerability", "criterion_effectiveness", "score_patient"]
    assert [[row[0], *row[3:]] for row in csv_rows[1:]] == [
        ["GAP-0001", "A", "1.0", "1.0", "1.0", "100.0", "1.0", "12", "100.0", "100.0", "100.0"],
        ["GAP-0002", "B", "2.0", "2.0", "2.0", "50.0", "1.0", "12", "50.0", "50.0", "50.0"],
        ["GAP-0003", "C", "3.0", "3.0", "3.0", "0.0", "1.0", "12", "0.0", "0.0", "0.0"],
    ]
    assert [[str(value) for value in row[4:7]] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        [str(round(float(value))) for value in row[4:7]] for row in csv_rows[1:]
    ]
    assert (data["schema_version"], len(data["content_sha256"]), data["ballots"]) == (1, 64, {"patient": 5, "clinician": 1})
    assert [(gap["uid"], gap["research_priority_score"]) for gap in data["gaps"]] == [("GAP-0001", 100), ("GAP-0002", 50), ("GAP-0003", 0)]


# Tiers on the gaps


def test_tiers_are_written_with_their_source_and_verified_gaps_are_prioritised(
    curator: User, second_reader: User, make_round: MakeRound, cast: Callable[..., Ballot]
) -> None:
    from gaps import status

    verified = Gap.objects.get(uid="GAP-0001")
    Verification.objects.create(
        gap=verified,
        verifier=second_reader,
        verdict="true_gap",
        searched_date=timezone.localdate(),
        databases="PubMed",
        strategy="naltrexone",
        n_found=9,
    )
    status.move(verified, "verified", by=second_reader)
    asked = make_round(state="open")
    for _person in range(6):
        cast(asked, {"GAP-0001": "1", "GAP-0002": "0.5", "GAP-0003": "0"})
    gone = Gap.objects.get(uid="GAP-0003")
    gone.withdrawn_reason = "Out of scope."
    status.move(gone, "withdrawn", by=curator)
    course.close_round(asked)

    answer = signed_in(curator).post(reverse("round_tiers", args=[asked.slug]), follow=True)

    gaps = {gap.uid: gap for gap in Gap.objects.filter(uid__in=GAPS)}
    assert [(gap.tier, gap.status) for gap in gaps.values()] == [("A", "prioritised"), ("B", "proposed"), ("", "withdrawn")]
    day = f"{timezone.localdate():%-d %b %Y}"
    assert gaps["GAP-0001"].tier_note == f"From round “Spring”, closed {day}: rank 1 of 3, 95 % interval 1–1, 6 ballots."
    assert told(answer) == [
        "2 gaps have their tiers; 1 is now prioritised.",
        "GAP-0003 keeps its tier, as it is withdrawn.",
        "GAP-0002 stays proposed: nobody has verified yet that it is a gap.",
    ]
    moved = StatusChange.objects.get(to_status="prioritised")
    assert (moved.actor, moved.note) == (curator, gaps["GAP-0001"].tier_note)
    latest = gaps["GAP-0002"].history.first()
    assert (latest.tier, latest.history_change_reason) == ("B", gaps["GAP-0002"].tier_note[:100])


def test_setting_the_tiers_again_writes_nothing_new(curator: User, voted: PriorityRound) -> None:
    set_tiers(voted, by=curator)
    written = Gap.history.count()

    again = set_tiers(voted, by=curator)

    assert again.given == 3
    assert Gap.history.count() == written


def test_an_open_round_gives_no_tiers(curator: User, make_round: MakeRound, cast: Callable[..., Ballot]) -> None:
    asked = make_round(state="open", blinded=False)
    for _person in range(5):
        cast(asked, {"GAP-0001": "1", "GAP-0002": "0"})

    answer = signed_in(curator).post(reverse("round_tiers", args=[asked.slug]), follow=True)

    assert told(answer) == ["“Spring” is not closed yet; tiers come from its result."]
    assert set(Gap.objects.values_list("tier", flat=True)) == {""}


def test_a_gap_that_is_a_draft_again_is_left_out_for_those_who_may_not_see_it(client: Client, curator: User, voted: PriorityRound) -> None:
    from gaps import status

    gap = Gap.objects.get(uid="GAP-0001")
    gap.withdrawn_reason = "By mistake."
    status.move(gap, "withdrawn", by=curator)
    status.move(gap, "draft", by=curator)
    address = reverse("round_detail", args=[voted.slug])

    public, curated = client.get(address), signed_in(curator).get(address)

    assert [row.gap.uid for row in public.context["results"].rows] == ["GAP-0002", "GAP-0003"]
    assert gap.title not in text(public)
    assert gap.title in text(curated)
    assert gap.title not in client.get(f"{address}?_export=csv").content.decode()


# Queries


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_number_of_queries_for_one_round_as_for_three(client: Client, make_round: MakeRound, rows: int) -> None:
    for number in range(rows):
        make_round(f"Round {number}", state="open", slug=f"round-{number}")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(reverse("round_list"))

    assert len(answer.context["table"].rows) == rows
    assert len(queries) == 2


@pytest.mark.parametrize(("gaps", "people"), [(2, 5), (9, 12)])
def test_results_and_ballots_take_the_same_number_of_queries_however_many_voted(
    client: Client, make_round: MakeRound, cast: Callable[..., Ballot], gaps: int, people: int
) -> None:
    uids = tuple(Gap.objects.filter(status="proposed").values_list("uid", flat=True)[:gaps])
    asked = make_round(state="open", gaps=uids)
    for _person in range(people):
        ballot = cast(asked, dict.fromkeys(uids, "1"))
    ballot.scorer.groups.add(Group.objects.get(name="Scorers"))

    browser = signed_in(ballot.scorer)
    with CaptureQueriesContext(connection) as own:
        browser.get(ballot_address(asked))
    course.close_round(asked)
    with CaptureQueriesContext(connection) as results:
        answer = client.get(reverse("round_detail", args=[asked.slug]))

    assert answer.context["results"].scorers == people
    assert (len(own), len(results)) == (9, 7)
