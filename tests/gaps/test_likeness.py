"""Which gaps ask nearly the same."""

from collections.abc import Callable
from time import perf_counter

import pytest
from django.contrib.auth.models import User

from gaps.kin.likeness import likeness, nearly_the_same, pieces
from gaps.models import Gap

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]


@pytest.mark.parametrize(
    ("one", "other", "is_like"),
    [
        ("Benefit in men with fibromyalgia", "Benefit in men with fibromyalgia?", True),
        ("Benefit in men with fibromyalgia", "Benefits for men with fibromyalgia", True),
        ("Benefit in men with fibromyalgia", "The benefit of low-dose naltrexone in men with Fibromyálgia", True),
        ("Benefit in men with fibromyalgia", "Fibromyalgia in men: benefit", True),
        ("Benefit in men with fibromyalgia", "Safety in pregnancy", False),
        ("Benefit in men with fibromyalgia", "Benefit in osteoarthritis of the knee", False),
        ("What is it?", "What is it?", False),
        ("", "", False),
    ],
)
def test_texts_are_alike_by_their_telling_words(one: str, other: str, is_like: bool) -> None:
    assert (likeness(pieces(one), pieces(other)) >= 0.6) is is_like


def test_live_gaps_that_ask_nearly_the_same_are_found_by_title_or_question(make_gap: MakeGap, curator: User) -> None:
    question = "Which doses of naltrexone reduce neuropathic pain after chemotherapy?"
    gap = make_gap("Neuropathic pain after chemotherapy", question=question)
    by_title = make_gap("Neuropathic pains after chemotherapy", question="Who knows?")
    by_question = make_gap("Something", question="Which dose of naltrexone reduces neuropathic pain after chemotherapy?")
    make_gap("Chemotherapy and neuropathic pain", status="withdrawn", withdrawn_reason="Answered.", question=question)
    make_gap("Neuropathic pain after chemotherapy: 3 mg", parent=gap, question=question)

    assert nearly_the_same(gap, curator) == [by_title, by_question]


def test_a_draft_of_somebody_else_is_not_given_away(make_gap: MakeGap, researcher: User, curator: User) -> None:
    gap = make_gap("Neuropathic pain after chemotherapy")
    hidden = make_gap("Neuropathic pains after chemotherapy", status="draft")

    assert nearly_the_same(gap, researcher) == []
    assert nearly_the_same(gap, curator) == [hidden]


def test_a_thousand_gaps_are_compared_in_a_blink(curator: User) -> None:
    words = [*Gap.Kind.labels, *Gap.EffectModifier.labels]
    titles = [f"{one} and {other} number {number}" for number in range(5) for one in words for other in words]
    Gap.objects.bulk_create([Gap(uid=f"GAP-{number + 1000}", title=title, status="proposed") for number, title in enumerate(titles)])
    gap = Gap.objects.get(uid="GAP-1500")

    began = perf_counter()
    found = nearly_the_same(gap, curator)
    took = perf_counter() - began

    assert len(titles) == 1280
    assert found
    assert took < 1
