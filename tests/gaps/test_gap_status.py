"""How a gap moves from one status to the next."""

from collections.abc import Callable
from itertools import product

import pytest

from gaps.models import Gap
from gaps.status import TRANSITIONS, MoveRefused, check, move, targets

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]


def test_a_complete_draft_is_proposed(make_gap: MakeGap) -> None:
    gap = make_gap("benefit", status="draft")

    move(gap, "proposed")

    assert Gap.objects.get(title="benefit").status == "proposed"


def test_an_incomplete_draft_is_told_what_it_needs() -> None:
    draft = Gap.objects.create(title="Only a title")

    with pytest.raises(MoveRefused) as refusal:
        move(draft, "proposed")

    assert refusal.value.messages == [f"GAP-0001 cannot be proposed; it still needs {', '.join(draft.missing())}."]
    assert Gap.objects.get().status == "draft"


def test_withdrawing_needs_a_reason_and_can_be_taken_back(make_gap: MakeGap) -> None:
    gap = make_gap("benefit")

    with pytest.raises(MoveRefused, match="it still needs the reason for withdrawing it"):
        move(gap, "withdrawn")
    gap.withdrawn_reason = "Out of scope."
    move(gap, "withdrawn")
    move(gap, "draft")

    assert Gap.objects.get().status == "draft"


def test_illegal_moves_are_refused_with_the_legal_ones(make_gap: MakeGap) -> None:
    gap = make_gap("benefit", status="withdrawn", withdrawn_reason="Out of scope.")

    with pytest.raises(MoveRefused, match=r"GAP-0001 is withdrawn and cannot become proposed; it can become draft."):
        move(gap, "proposed")
    with pytest.raises(MoveRefused, match=r"GAP-0001 already is withdrawn."):
        move(gap, "withdrawn")


def test_every_pair_outside_the_table_is_refused(make_gap: MakeGap) -> None:
    gap = make_gap("benefit")
    pairs = set(product(Gap.Status.values, Gap.Status.values))

    illegal = pairs - set(TRANSITIONS)
    for current, target in illegal:
        with pytest.raises(MoveRefused, match="cannot become"):
            check(gap, current, target)

    assert illegal == {("proposed", "draft"), ("withdrawn", "proposed")}
    assert {status: targets(status) for status in Gap.Status.values} == {
        "draft": ["draft", "proposed", "withdrawn"],
        "proposed": ["proposed", "withdrawn"],
        "withdrawn": ["withdrawn", "draft"],
    }
