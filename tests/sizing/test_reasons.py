"""A well-formed question without an answer is an answer with a reason."""

from typing import Any

import pytest


def test_carryover_in_ab_ba_is_a_reason_not_an_error(ask: Any) -> None:
    answer = ask(analysis={"adjust_for_carryover": True})

    assert answer.as_json()["n_evaluable"] is None
    assert (
        answer.reason
        == "Sequences AB and BA cannot separate carry-over from the treatment effect; add a period or leave carry-over out of the model."
    )


@pytest.mark.parametrize(
    ("design", "start"),
    [
        ("AA/BB", "Nobody receives more than one of A and B"),
        ("AB/AB", "Sequences AB and AB cannot tell the difference between A and B from that between periods"),
        ("AC/CA/BD/DB", "Nobody receives more than one of A and B"),
    ],
)
def test_a_design_that_cannot_answer_says_why(design: str, start: str, ask: Any) -> None:
    answer = ask(design)

    assert answer.n_evaluable is None
    assert answer.reason.startswith(start)


def test_estimability_is_judged_for_the_contrast_asked(ask: Any) -> None:
    assert ask("AB/BA/CC").reason is None
    assert ask("AB/BA/CC", question={"treatment": "A", "comparator": "C", "mean_difference": 1.0}).reason is not None


def test_no_difference_has_a_ceiling(ask: Any) -> None:
    answer = ask(question={"mean_difference": 0.0})

    assert answer.n_evaluable is None
    assert answer.maximum_attainable == pytest.approx(0.05)
    assert answer.reason.startswith("No number of people up to 100,000 reaches a power of 0.9; the most is 0.05.")


def test_the_wrong_side_of_a_one_sided_test_has_a_ceiling(ask: Any) -> None:
    answer = ask(question={"mean_difference": 1.0, "better": "lower"}, analysis={"sides": 1})

    assert answer.n_evaluable is None
    assert answer.maximum_attainable < 0.025
    assert "on the wrong side" in answer.reason


def test_a_search_stops_at_max_n(ask: Any) -> None:
    answer = ask(solve={"for": "n", "target_power": 0.9, "max_n": 44})

    assert answer.n_evaluable is None
    assert answer.maximum_attainable == pytest.approx(0.8997, abs=1e-4)


def test_a_sequence_with_one_person_has_no_variance_of_its_own(ask: Any) -> None:
    answer = ask(
        "ABBA/BAAB", outcome={"within_subject_sd": 1.0, "individual_response_sd": 1.0}, solve={"for": "power", "n_per_sequence": [1, 8]}
    )

    assert answer.n_evaluable is None
    assert "fewer than two" in answer.reason


def test_too_few_people_for_a_test_is_a_reason(ask: Any) -> None:
    answer = ask(solve={"for": "power", "n_evaluable": 2})

    assert answer.reason == "With 2 people no degrees of freedom are left for the test; 3 people are the least."


def test_an_omnibus_test_with_individual_responses_is_refused_with_a_reason(ask: Any) -> None:
    answer = ask(
        "ABC/BCA/CAB",
        outcome={"within_subject_sd": 1.0, "individual_response_sd": 1.0},
        question={"kind": "omnibus", "means": {"A": 0.0, "B": 1.0, "C": 0.0}},
    )

    assert answer.reason.startswith("With individual responses or autocorrelation the pooled F test is not valid")
