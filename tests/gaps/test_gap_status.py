"""How a gap moves from one status to the next."""

from collections.abc import Callable
from itertools import product

import pytest
from django.contrib.auth.models import User

from gaps.models import Gap, StatusChange
from gaps.status import TRANSITIONS, MoveRefused, check, move, offers, targets

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]


def test_a_complete_draft_is_proposed_and_the_log_says_by_whom(make_own_gap: MakeGap, researcher: User) -> None:
    gap = make_own_gap("benefit", status="draft")

    move(gap, "proposed", by=researcher)

    assert Gap.objects.get(pk=gap.pk).status == "proposed"
    assert [(row.gap, row.from_status, row.to_status, row.actor) for row in StatusChange.objects.all()] == [
        (gap, "draft", "proposed", researcher)
    ]


def test_an_incomplete_draft_is_told_what_it_needs(researcher: User) -> None:
    draft = Gap.objects.create(title="Only a title", created_by=researcher)

    with pytest.raises(MoveRefused) as refusal:
        move(draft, "proposed", by=researcher)

    assert refusal.value.messages == [f"{draft.uid} cannot be proposed; it still needs {', '.join(draft.missing())}."]
    assert Gap.objects.get(pk=draft.pk).status == "draft"
    assert not StatusChange.objects.exists()


def test_withdrawing_needs_a_reason_and_can_be_taken_back(make_own_gap: MakeGap, researcher: User) -> None:
    gap = make_own_gap("benefit")

    with pytest.raises(MoveRefused, match="it still needs the reason for withdrawing it"):
        move(gap, "withdrawn", by=researcher)
    gap.withdrawn_reason = "Out of scope."
    move(gap, "withdrawn", by=researcher)
    move(gap, "draft", by=researcher)

    assert Gap.objects.get(pk=gap.pk).status == "draft"


def test_illegal_moves_are_refused_with_the_legal_ones(make_own_gap: MakeGap, researcher: User) -> None:
    gap = make_own_gap("benefit", status="withdrawn", withdrawn_reason="Out of scope.")

    with pytest.raises(MoveRefused, match=rf"{gap.uid} is withdrawn and cannot become proposed; it can become draft\."):
        move(gap, "proposed", by=researcher)
    with pytest.raises(MoveRefused, match=rf"{gap.uid} already is withdrawn\."):
        move(gap, "withdrawn", by=researcher)


def test_a_move_is_made_only_by_who_may(make_gap: MakeGap, researcher: User, curator: User, second_reader: User) -> None:
    gap = make_gap("benefit", withdrawn_reason="Out of scope.")

    with pytest.raises(MoveRefused, match=rf"Only its author or owner or a curator can make {gap.uid} withdrawn\."):
        move(gap, "withdrawn", by=researcher)
    with pytest.raises(MoveRefused, match=rf"Only a reviewer can make {gap.uid} verified\."):
        move(gap, "verified", by=curator)
    with pytest.raises(MoveRefused, match=rf"{gap.uid} cannot be verified; it still needs a verification"):
        move(gap, "verified", by=second_reader)


def test_every_pair_outside_the_table_is_refused(make_gap: MakeGap, curator: User) -> None:
    gap = make_gap("benefit")
    pairs = set(product(Gap.Status.values, Gap.Status.values))
    illegal = pairs - set(TRANSITIONS)

    for current, target in illegal:
        gap.status = current
        with pytest.raises(MoveRefused, match=r"cannot become|already is"):
            check(gap, target, curator)

    assert len(illegal) + len(TRANSITIONS) == len(Gap.Status.values) ** 2
    assert {(status, status) for status in Gap.Status.values} <= illegal
    assert {status: targets(status) for status in ("draft", "proposed", "withdrawn", "merged")} == {
        "draft": ["proposed", "withdrawn", "merged"],
        "proposed": ["verified", "answered", "withdrawn", "merged"],
        "withdrawn": ["draft"],
        "merged": [],
    }


def test_offers_say_what_each_move_still_wants(make_own_gap: MakeGap, researcher: User) -> None:
    gap = make_own_gap("benefit", status="draft", outcome="")

    offered = {offer.target.value: (offer.may, offer.wanted) for offer in offers(gap, researcher)}

    assert offered == {
        "proposed": (True, ["the outcome"]),
        "withdrawn": (True, ["the reason for withdrawing it"]),
        "merged": (False, ["the gap it is merged into"]),
    }
