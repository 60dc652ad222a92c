"""What points at a draft tells nobody of it who may not read it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.test import Client
from django.urls import reverse

from gaps import merging, rounds, status
from gaps.models import Ballot, Claim, Gap, PriorityRound, Vote
from trials.models import Protocol

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]
SECRET = "A private thought"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


@pytest.fixture
def draft(make_gap: MakeGap, researcher: User) -> Gap:
    return make_gap(SECRET, status="draft", created_by=researcher)


@pytest.fixture
def child(make_gap: MakeGap, colleague: User, draft: Gap) -> Gap:
    """A proposal that became part of the draft after it was logged; its author may not read the draft."""
    gap = make_gap("a part", created_by=colleague)
    gap.parent = draft
    gap.save()
    return gap


@pytest.fixture
def colleagues_desk(colleague: User) -> Client:
    """A browser in which another researcher is signed in, who has logged a proposal."""
    colleague.is_staff = True
    colleague.save()
    colleague.groups.add(Group.objects.get(name="Researchers"))
    return signed_in(colleague)


def test_a_row_at_hand_is_readable_by_whom_the_queryset_finds_it_for(
    make_gap: MakeGap, researcher: User, curator: User, second_reader: User, scorer: User, colleague: User
) -> None:
    make_gap("one", status="draft", created_by=researcher)
    make_gap("two", status="draft", created_by=researcher, owner=colleague)
    make_gap("three", status="verified", created_by=researcher)
    make_gap("four", status="withdrawn", withdrawn_reason="Asked twice.", created_by=researcher)
    readers: list[Any] = [researcher, curator, second_reader, scorer, colleague, AnonymousUser()]

    for reader in readers:
        found = set(Gap.objects.visible_to(reader))

        assert {gap for gap in Gap.objects.all() if gap.may_be_read_by(reader)} == found


@pytest.mark.parametrize("page", ["gap_detail", "gap_history"])
def test_the_pages_of_a_part_do_not_tell_of_a_draft_that_it_is_part_of(
    client: Client, desk: Client, draft: Gap, child: Gap, page: str
) -> None:
    address = reverse(page, args=[child.uid])

    assert [SECRET in text(reader, address) for reader in (desk, client)] == [True, False]


@pytest.mark.parametrize("page", ["change", "history"])
def test_the_desk_does_not_tell_of_a_draft_that_a_gap_is_part_of(
    curators_desk: Client, colleagues_desk: Client, draft: Gap, child: Gap, page: str
) -> None:
    address = reverse(f"admin:gaps_gap_{page}", args=[child.pk])

    assert [SECRET in text(reader, address) for reader in (curators_desk, colleagues_desk)] == [True, False]


def test_nobody_makes_a_gap_part_of_a_draft_that_is_not_theirs(colleagues_desk: Client, colleague: User, draft: Gap) -> None:
    empty = {f"{name}-{part}_FORMS": "0" for name in ("passages", "reasons", "source_links", "evidence") for part in ("TOTAL", "INITIAL")}
    address = reverse("admin:gaps_gap_add")

    response = colleagues_desk.post(address, {"title": "Mine", "status": "draft", "origin": "team", "parent": draft.pk, **empty})

    assert "parent" in response.context["adminform"].form.errors
    assert SECRET not in response.content.decode()
    assert SECRET not in text(colleagues_desk, f"{address}?parent={draft.pk}")
    assert not Gap.objects.filter(created_by=colleague).exists()


def test_a_claim_at_the_desk_keeps_a_draft_that_it_does_not_show(desk: Client, colleagues_desk: Client, draft: Gap) -> None:
    claim = Claim.objects.order_by("pk")[0]
    claim.gaps.add(draft)
    before = set(claim.gaps.all())
    address = reverse("admin:gaps_claim_change", args=[claim.pk])
    assert [SECRET in text(reader, address) for reader in (desk, colleagues_desk)] == [True, False]

    shown = colleagues_desk.get(address).context["adminform"].form.initial
    typed = {name: [row.pk for row in value] if isinstance(value, list) else value for name, value in shown.items()}
    response = colleagues_desk.post(address, typed | {"issue": "Said anew."})

    assert response.status_code == 302
    claim.refresh_from_db()
    assert (claim.issue, set(claim.gaps.all())) == ("Said anew.", before)


@pytest.fixture
def taken_back(make_gap: MakeGap, researcher: User) -> Callable[[str], PriorityRound]:
    """Makes an open round of which one gap was withdrawn since, and made a draft again."""

    def make(method: str) -> PriorityRound:
        gap = make_gap(SECRET, created_by=researcher)
        asked = PriorityRound.objects.create(name="Spring", slug="spring", method=method, purpose="Which come first.")
        asked.gaps.set([gap, *Gap.objects.filter(uid__in=("GAP-0001", "GAP-0002"))])
        rounds.open_round(asked)
        gap.withdrawn_reason = "Asked twice."
        for target in ("withdrawn", "draft"):
            status.move(gap, target, by=researcher)
        return asked

    return make


def test_a_ballot_and_the_desk_do_not_show_a_gap_that_was_taken_back_as_a_draft(
    scorer: User, colleagues_desk: Client, curators_desk: Client, taken_back: Callable[[str], PriorityRound]
) -> None:
    asked = taken_back("chnri")
    at_the_desk = reverse("admin:gaps_priorityround_change", args=[asked.pk])

    assert SECRET not in text(signed_in(scorer), reverse("round_ballot", args=[asked.slug]))
    assert [SECRET in text(reader, at_the_desk) for reader in (curators_desk, colleagues_desk)] == [True, False]


def test_a_rank_that_a_gap_no_longer_shown_has_can_be_given_to_another(scorer: User, taken_back: Callable[[str], PriorityRound]) -> None:
    asked = taken_back("jla")
    ballot = Ballot.objects.create(round=asked, scorer=scorer, constituency="patient")
    Vote.objects.create(ballot=ballot, gap=Gap.objects.get(title=SECRET), rank=1)

    signed_in(scorer).post(reverse("round_ballot", args=[asked.slug]), {"constituency": "patient", "GAP-0002": "1"})

    assert list(ballot.votes.values_list("gap__uid", "rank")) == [("GAP-0002", 1)]


def test_who_drafts_a_protocol_is_offered_no_draft_of_others(desk: Client, scorer: User, draft: Gap) -> None:
    address = reverse("protocol_add")

    assert [SECRET in text(reader, address) for reader in (desk, signed_in(scorer))] == [True, False]

    response = signed_in(scorer).post(reverse("protocol_add"), {"protocol-gaps": draft.uid, "protocol-title": "Mine", "action": "save"})

    assert SECRET not in response.content.decode()
    assert not Protocol.objects.filter(owner=scorer).exists()


def test_the_list_of_protocols_offers_no_draft_of_others_and_no_gap_of_protocols_one_may_not_see(
    desk: Client, researcher: User, scorer: User, draft: Gap
) -> None:
    protocol = Protocol.objects.create(title="Doses", owner=researcher)
    protocol.gaps.add(draft, Gap.objects.get(uid="GAP-0001"))
    shared = Protocol.objects.create(title="Another", owner=scorer)
    shared.gaps.add(draft, Gap.objects.get(uid="GAP-0002"))
    address = reverse("protocol_list")

    choices = [dict(reader.get(address).context["filters"].form.fields["gap"].choices) for reader in (desk, signed_in(scorer))]

    assert [sorted(filter(None, offered)) for offered in choices] == [["GAP-0001", draft.uid], ["GAP-0002"]]


def test_a_proposal_is_not_merged_into_a_draft_where_its_readers_could_not_follow(make_gap: MakeGap, curator: User, draft: Gap) -> None:
    gap = make_gap("benefit")

    with pytest.raises(status.MoveRefused, match="a gap to merge into that is no draft"):
        merging.merge(gap, draft, by=curator)

    assert Gap.objects.get(pk=gap.pk).status == "proposed"


def test_the_page_of_a_merged_gap_does_not_lead_to_a_survivor_that_was_taken_back(
    client: Client, make_gap: MakeGap, researcher: User, curator: User
) -> None:
    gap, survivor = make_gap("benefit"), make_gap(SECRET, created_by=researcher)
    merging.merge(gap, survivor, by=curator)
    survivor.refresh_from_db()
    survivor.withdrawn_reason = "Asked twice."
    for target in ("withdrawn", "draft"):
        status.move(survivor, target, by=researcher)

    pages = [reverse(name, args=[gap.uid]) for name in ("gap_detail", "gap_evidence", "gap_decisions", "gap_comments", "gap_history")]

    assert [SECRET in text(client, page) for page in pages] == [False] * 5
