"""Sequences and allocations as people type them: what is wrong is told with its place."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.trials.drafts import query
from trials import planning
from trials.forms import Draft
from trials.forms.sequences import allocation_fits, checked_allocation, checked_sequences, inside_period
from trials.models import Protocol
from trials.protocol.content import digest


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("AB/BX", "Letter 2 of the second sequence (BX) is “X”, which stands for no treatment. Use the letters A to H."),
        ("ab1a/baab", "Letter 3 of the first sequence (AB1A) is “1”, which stands for no treatment. Use the letters A to H."),
        ("AB/BA/AA/BB/AC/CA/A-", "Letter 2 of sequence 7 (A-) is “-”, which stands for no treatment. Use the letters A to H."),
        (
            "ABB/BA",
            "The second sequence (BA) has 2 letters, but the first one (ABB) has 3 letters. Give each sequence one letter a period, so that all are equally long.",
        ),
        (
            "AB/BA/AB",
            "The third sequence (AB) repeats the first sequence. Write each sequence once; to send more people to one, give shares in the allocation, such as 2:1.",
        ),
        (
            "A/B",
            "A crossover has at least two periods: give each sequence two letters or more, such as AB/BA. The first sequence (A) has one.",
        ),
        ("AA", "Every sequence gives A alone. A crossover compares two treatments or more: use another letter as well, such as AB/BA."),
        ("ABABABABABA/BABABABABAB", "The first sequence (ABABABABABA) has 11 letters, so as many periods; at most 10 are allowed."),
    ],
)
def test_what_is_wrong_with_sequences_is_told_with_its_place(text: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        checked_sequences(text)

    assert refused.value.messages == [words]


def test_more_sequences_than_the_engine_takes_are_refused() -> None:
    many = [first + second + third + fourth for first in "ABC" for second in "ABC" for third in "ABC" for fourth in "AB"]

    with pytest.raises(ValidationError, match="54 sequences; at most 40"):
        checked_sequences("/".join(many))


@pytest.mark.parametrize("text", ["", " / ", "AB/BA", "ab, ba", "ABBA|BAAB", "ABDC/BCAD/CDBA/DACB", "AC/CA"])
def test_sequences_of_a_crossover_are_kept(text: str) -> None:
    assert all(sequence.isupper() for sequence in checked_sequences(text))


@given(st.text(max_size=60))
def test_any_text_gives_sequences_that_the_engine_takes_or_one_sentence(text: str) -> None:
    problems: list[str] = []
    found: tuple[str, ...] = ()
    try:
        found = checked_sequences(text)
    except ValidationError as refused:
        problems = refused.messages

    assert len(problems) <= 1
    assert set("".join(found)) <= set("ABCDEFGH")
    assert len({len(sequence) for sequence in found}) <= 1
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("text", "shares"), [("", ()), ("2:1", (2, 1)), ("4 : 2", (2, 1)), ("3,3", (1, 1)), ("2/1/1", (2, 1, 1)), ("1:1", (1, 1))]
)
def test_shares_are_read_in_their_lowest_terms(text: str, shares: tuple[int, ...]) -> None:
    assert checked_allocation(text) == shares


@pytest.mark.parametrize(
    ("text", "words"), [("2:0", "Share 2 is “0”"), ("two:1", "Share 1 is “two”"), ("1.5:1", "“1.5”"), ("1000:1", "1 to 999")]
)
def test_a_share_that_is_no_whole_number_is_told_with_its_place(text: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        checked_allocation(text)


def test_an_allocation_has_a_share_for_each_sequence() -> None:
    assert allocation_fits((2, 1), ("AB", "BA")) == ""
    assert allocation_fits((), ("AB", "BA")) == ""
    assert allocation_fits((2, 1, 1), ("AB", "BA")) == (
        "There are 3 shares for 2 sequences (AB/BA). Give one share a sequence, in their order, such as 2:1; leave it empty for equal numbers."
    )


@pytest.mark.parametrize(
    ("period", "titration", "readout", "field", "words"),
    [
        (42, 14, 28, None, ""),
        (42, None, 42, None, ""),
        (42, 14, 29, "readout_days", "begins on day 13 of the period, before the 14 days of titration end. Use 28 days at most"),
        (42, None, 43, "readout_days", "longer than the period of 42 days, so it would reach into the washout before"),
        (42, 42, None, "titration_days", "leaves nothing of the period of 42 days. Use 41 days at most"),
        (None, 14, 29, None, ""),
    ],
)
def test_a_readout_window_lies_in_its_period_after_titration(
    period: int | None, titration: int | None, readout: int | None, field: str | None, words: str
) -> None:
    found = inside_period(period, titration, readout)

    assert (found[0] if found else None) == field
    assert words in (found[1] if found else "")


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"protocol-sequences": "ABX/BAA"}, "sequences", "Letter 3 of the first sequence"),
        ({"protocol-allocation": "2:1:1"}, "allocation", "3 shares for 2 sequences"),
        ({"protocol-sequences": "AB/BA/AA", "protocol-allocation": "2:1"}, "allocation", "2 shares for 3 sequences"),
        ({"protocol-readout_days": "30"}, "readout_days", "before the 14 days of titration end"),
        ({"protocol-readout_days": "50"}, "readout_days", "longer than the period"),
        ({"protocol-titration_days": "60"}, "titration_days", "leaves nothing"),
        ({"protocol-allocation": "999:998", "protocol-sequences": "AB/BA/ABC"}, "sequences", "3 letters"),
        ({"protocol-sites": "0"}, "sites", "1"),
        ({"protocol-recruitment_per_month": "0"}, "recruitment_per_month", "0.01"),
        ({"protocol-cost_per_visit": "-3"}, "cost_per_visit", "0"),
        ({"protocol-currency": "euro"}, "currency", ""),
    ],
)
def test_what_is_wrong_with_the_design_stands_at_its_field(
    typed: dict[str, str], field: str, words: str, client: Client, researcher: User, filled: dict[str, Any]
) -> None:
    client.force_login(researcher)

    page = client.post(reverse("protocol_add"), filled | typed | {"action": "save"})

    form = page.context["draft"].protocol
    assert page.status_code == 422
    assert list(form.errors) == [field]
    assert words in " ".join(form.errors[field])
    assert form[field].value() == typed.get(f"protocol-{field}", form[field].value())
    assert not Protocol.objects.exists()


def test_unequal_shares_reach_the_plan_and_equal_ones_leave_its_digest_alone(protocol: Protocol) -> None:
    question = protocol.primary_question
    assert question is not None
    before = digest(planning.plan_of(protocol, question))

    protocol.allocation = "1:1"
    equal = digest(planning.plan_of(protocol, question))
    protocol.allocation = "2:1"
    unequal = planning.plan_of(protocol, question)

    assert equal == before
    assert unequal["design"] == {"text": "AB/BA", "allocation": [2, 1]}
    assert digest(unequal) != before


def test_costs_visits_and_sites_do_not_make_a_sizing_stale(protocol: Protocol) -> None:
    question = protocol.primary_question
    assert question is not None
    before = digest(planning.plan_of(protocol, question))

    protocol.cost_per_participant, protocol.cost_per_visit, protocol.visits_per_period, protocol.sites = 900.0, 80.0, 4, 3

    assert digest(planning.plan_of(protocol, question)) == before


def test_a_share_that_the_engine_refuses_is_told_at_the_allocation(filled: dict[str, Any]) -> None:
    sequences = ["ABBA", "BAAB", "AABB", "BBAA", "ABAB", "BABA", "AAAB", "AABA", "ABAA", "BAAA", "BBBA"]
    draft = Draft(query(filled | {"protocol-sequences": "/".join(sequences), "protocol-allocation": ":".join(["999"] * 10 + ["998"])}))

    assert not draft.is_valid()
    assert list(draft.protocol.errors) == ["allocation"]
