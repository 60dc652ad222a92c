"""Scores, ranks, intervals and tiers of priority rounds, from arrays of answers."""

import math
import time
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gaps.priority import chnri, jla, ranks

BLANK = math.nan
Floats = NDArray[np.float64]

# gaps/methods.md 2.3: rows are criteria, columns the four scorers; c = 83.3, 62.5, 75.0, 66.7, 62.5, RPS 70.0, AEA 0.50
WORKED = [[1, 0.5, 1, BLANK], [1, 1, 0.5, 0], [0.5, 0.5, 1, 1], [BLANK, 1, 0.5, 0.5], [1, 1, 0, 0.5]]

response = st.sampled_from([1.0, 0.5, 0.0, BLANK])


@st.composite
def rounds(draw: st.DrawFn, *, fewest: int = 1) -> Floats:
    people, gaps, criteria = draw(st.integers(fewest, 9)), draw(st.integers(1, 6)), draw(st.integers(1, 4))
    flat = draw(st.lists(response, min_size=people * gaps * criteria, max_size=people * gaps * criteria))
    return np.array(flat).reshape(people, gaps, criteria)


@st.composite
def ballots(draw: st.DrawFn, gaps: int) -> list[float]:
    """The points of one ballot that ranks some of the gaps."""
    order = draw(st.permutations(range(gaps)))
    chosen = draw(st.integers(0, min(gaps, 10)))
    points = [0.0] * gaps
    for place, gap in enumerate(order[:chosen], start=1):
        points[gap] = jla.points_of(place)
    return points


@st.composite
def groups(draw: st.DrawFn) -> dict[str, Floats]:
    gaps = draw(st.integers(1, 12))
    return {
        name: np.array(draw(st.lists(ballots(gaps), min_size=1, max_size=8)), dtype=float)
        for name in draw(st.sets(st.sampled_from(["patient", "carer", "clinician"]), min_size=1))
    }


def test_the_worked_example_has_its_published_scores() -> None:
    answers = np.array(WORKED).T[:, np.newaxis, :]

    [scored] = chnri.score(answers, [1] * 5, seed=1)

    assert [round(value, 1) for value in scored.criteria if value is not None] == [83.3, 62.5, 75.0, 66.7, 62.5]
    assert scored.priority_score == pytest.approx(70.0)
    assert scored.agreement == pytest.approx(0.50)
    assert (scored.answers, scored.rank_low, scored.rank_high) == (18, None, None)


def test_a_weight_makes_a_criterion_count_as_often() -> None:
    answers = np.array([[[1.0, 0.0]]])

    [scored] = chnri.score(answers, [3, 1], seed=1)

    assert scored.priority_score == 75.0


def test_a_criterion_that_nobody_answered_is_left_out_rather_than_counted_as_nothing() -> None:
    answers = np.array([[[1.0, BLANK]], [[0.5, BLANK]]])

    [scored] = chnri.score(answers, [1, 4], seed=1)

    assert scored.criteria == (75.0, None)
    assert scored.priority_score == 75.0


def test_a_gap_that_nobody_answered_has_no_score_and_comes_last() -> None:
    answers = np.array([[[BLANK], [0.0]]])

    unanswered, refused = chnri.score(answers, [1], seed=1)

    assert (unanswered.priority_score, unanswered.rank) == (None, 2.0)
    assert (refused.priority_score, refused.rank) == (0.0, 1.0)


def test_nobody_and_nothing_score_nothing() -> None:
    assert chnri.score(np.empty((0, 3, 5)), [1] * 5, seed=1) == []
    assert jla.score({"patient": np.empty((0, 3))}, seed=1) == []


@given(rounds())
def test_scores_lie_between_0_and_100_and_agreement_between_a_quarter_and_1(answers: Floats) -> None:
    scored = chnri.score(answers, [1.0] * answers.shape[2], seed=1)

    values = [value for row in scored for value in (*row.criteria, row.priority_score) if value is not None]
    assert all(0 <= value <= 100 for value in values)
    assert all(0.25 <= row.agreement <= 1 for row in scored)
    assert sum(row.rank for row in scored) == pytest.approx(len(scored) * (len(scored) + 1) / 2)


@settings(max_examples=50)
@given(rounds(fewest=5), st.randoms(use_true_random=False))
def test_the_order_of_the_scorers_changes_nothing_not_even_the_intervals(answers: Floats, random: Random) -> None:
    order = list(range(len(answers)))
    random.shuffle(order)

    assert chnri.score(answers[order], [1.0] * answers.shape[2], seed=7) == chnri.score(answers, [1.0] * answers.shape[2], seed=7)


@given(rounds())
def test_a_scorer_who_leaves_everything_blank_moves_no_score(answers: Floats) -> None:
    with_blank = np.concatenate([answers, np.full((1, *answers.shape[1:]), BLANK)])

    before = chnri.score(answers, [1.0] * answers.shape[2], seed=1)
    after = chnri.score(with_blank, [1.0] * answers.shape[2], seed=1)

    assert [(row.criteria, row.rank) for row in after] == [(row.criteria, row.rank) for row in before]
    assert [row.priority_score for row in after] == [row.priority_score for row in before]


@given(st.integers(1, 9), st.integers(1, 6), st.lists(st.floats(0.01, 100), min_size=1, max_size=6))
def test_a_unanimous_yes_scores_100_in_full_agreement(people: int, gaps: int, weights: list[float]) -> None:
    scored = chnri.score(np.ones((people, gaps, len(weights))), weights, seed=1)

    assert {(round(row.priority_score or 0, 9), row.agreement) for row in scored} == {(100.0, 1.0)}


def test_ranks_turn_into_points_positions_and_a_mean_of_positions() -> None:
    # Two people and one clinician over three gaps. People: 10 + 9, 9 + 10, 8 + 0; the clinician: third, then first.
    people = np.array([[10.0, 9.0, 8.0], [9.0, 10.0, 0.0]])
    clinician = np.array([[0.0, 9.0, 10.0]])

    first, second, third = jla.score({"patient": people, "clinician": clinician}, seed=1)

    assert (first.points, first.positions, first.mean_position) == (
        {"clinician": 0, "patient": 19},
        {"clinician": 3.0, "patient": 1.5},
        2.25,
    )
    assert (second.positions, second.mean_position, second.rank) == ({"clinician": 2.0, "patient": 1.5}, 1.75, 1.0)
    assert (third.positions, third.mean_position, third.rank) == ({"clinician": 1.0, "patient": 3.0}, 2.0, 2.0)
    assert (first.answers, second.answers, third.answers, first.rank) == (2, 3, 2, 3.0)


@given(groups())
def test_twice_as_many_ballots_of_people_with_pain_change_no_ranking(voted: dict[str, Floats]) -> None:
    doubled = {name: np.concatenate([rows, rows]) if name == "patient" else rows for name, rows in voted.items()}

    assert [row.rank for row in jla.score(doubled, seed=1)] == [row.rank for row in jla.score(voted, seed=1)]


@settings(max_examples=50)
@given(groups(), st.randoms(use_true_random=False))
def test_the_order_of_ballots_and_constituencies_changes_nothing(voted: dict[str, Floats], random: Random) -> None:
    turned = {name: voted[name][random.sample(range(len(voted[name])), len(voted[name]))] for name in reversed(list(voted))}

    assert jla.score(turned, seed=3) == jla.score(voted, seed=3)


def test_a_constituency_without_a_ballot_counts_for_nothing() -> None:
    people = np.array([[10.0, 9.0, 0.0]])

    with_empty = jla.score({"patient": people, "carer": np.empty((0, 3))}, seed=1)

    assert with_empty == jla.score({"patient": people}, seed=1)


def test_intervals_wait_for_five_ballots_in_every_constituency_that_voted() -> None:
    five = np.array([[10.0, 9.0, 8.0]] * 5)

    assert [row.rank_low for row in jla.score({"patient": five}, seed=1)] == [1.0, 2.0, 3.0]
    assert [row.rank_low for row in jla.score({"patient": five, "carer": five[:4]}, seed=1)] == [None] * 3


@given(st.lists(st.integers(0, 5) | st.just(BLANK), min_size=1, max_size=30))
def test_positions_are_those_that_counting_gives(values: list[float]) -> None:
    found = ranks.positions(np.array(values, dtype=float))

    known = [-math.inf if math.isnan(value) else value for value in values]
    counted = [1 + sum(other > value for other in known) + (known.count(value) - 1) / 2 for value in known]
    assert found.tolist() == counted


def test_an_interval_is_the_one_that_resampling_one_by_one_gives() -> None:
    rng = np.random.default_rng(5)
    answers = rng.choice([1.0, 0.5, 0.0, BLANK], size=(12, 8, 3), p=[0.4, 0.2, 0.3, 0.1])

    scored = chnri.score(answers, [1, 2, 1], seed=11)

    other = np.random.default_rng(99)
    by_hand = []
    for _ in range(2000):
        chosen = answers[other.integers(0, 12, 12)]
        means = [[np.nanmean(column) if (~np.isnan(column)).any() else BLANK for column in gap.T] for gap in chosen.transpose(1, 0, 2)]
        by_hand.append(ranks.positions(np.array([np.average(mean, weights=[1, 2, 1]) for mean in means])))
    low, high = np.percentile(by_hand, (2.5, 97.5), axis=0)
    assert np.abs(low - [row.rank_low for row in scored]).max() <= 1
    assert np.abs(high - [row.rank_high for row in scored]).max() <= 1


def test_the_same_name_gives_the_same_intervals_in_every_process() -> None:
    assert ranks.seed_of("spring-2026") == 0xEAB97BA5D6B38616
    assert ranks.seed_of("spring-2026") != ranks.seed_of("autumn-2026")


@pytest.mark.parametrize(
    ("low", "high", "count", "expected"),
    [
        (1, 6, 17, "A"),
        (1, 6.5, 17, "B"),
        (12, 17, 17, "C"),
        (11.5, 17, 17, "B"),
        (1, 17, 17, "B"),
        (7, 11, 17, "B"),
        (1, 1, 3, "A"),
        (3, 3, 3, "C"),
        (1.5, 1.5, 2, "B"),
        (1, 1, 1, "B"),
    ],
)
def test_a_tier_is_first_or_last_only_where_the_whole_interval_is(low: float, high: float, count: int, expected: str) -> None:
    assert ranks.tier(low, high, count) == expected


def test_two_hundred_scorers_of_a_hundred_gaps_take_a_few_seconds_at_most() -> None:
    answers = np.random.default_rng(2).choice([1.0, 0.5, 0.0, BLANK], size=(200, 100, 5))

    began = time.perf_counter()
    scored = chnri.score(answers, [1] * 5, seed=1)

    assert len(scored) == 100
    assert all(row.rank_low is not None and row.rank_high is not None and row.rank_low <= row.rank_high for row in scored)
    assert time.perf_counter() - began < 5
