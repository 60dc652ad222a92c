"""What an answer says: people, their split, and the plan that it echoes."""

from math import sqrt
from typing import Any

import pytest

from trials.sizing.answer import Answer
from trials.sizing.attrition import inflate
from trials.sizing.design import Design
from trials.sizing.plan import read_plan
from trials.sizing.size import size

PAIN = {"within_subject_sd": {"from": "difference_sd", "difference_sd": 2.0}}
LOSS = {"dropout_rate": 0.2}


@pytest.mark.parametrize(("target", "n_evaluable", "n_randomised", "power"), [(0.9, 46, 58, 0.9124983603), (0.8, 34, 44, 0.80703672)])
def test_the_pain_trial_has_its_published_size(target: float, n_evaluable: int, n_randomised: int, power: float, ask: Any) -> None:
    answer = ask(outcome=PAIN, attrition=LOSS, solve={"for": "n", "target_power": target})

    assert (answer.n_evaluable, answer.n_randomised) == (n_evaluable, n_randomised)
    assert answer.power == pytest.approx(power, abs=1e-8)
    assert answer.power_one_step_below < target


@pytest.mark.parametrize(
    ("n", "rate", "unit", "started"),
    [(42, 0.3, 2, 60), (46, 0.2, 2, 58), (34, 0.2, 2, 44), (36, 0.0, 2, 36), (10, 0.9, 2, 100), (9, 0.1, 3, 12)],
)
def test_loss_inflates_by_one_over_one_minus_d_and_rounds_once(n: int, rate: float, unit: int, started: int) -> None:
    assert inflate(n, rate, unit) == started


def test_a_total_is_split_in_proportion_with_fractions(ask: Any) -> None:
    answer = ask(attrition=LOSS, solve={"for": "power", "n_randomised": 57})

    assert answer.n_randomised_per_sequence == (28.5, 28.5)
    assert answer.n_evaluable == pytest.approx(45.6)


def test_unequal_allocation_comes_in_its_own_units(ask: Any) -> None:
    answer = ask({"sequences": ["AB", "BA"], "allocation": [2, 1]})

    assert answer.n_evaluable == 51
    assert answer.n_per_sequence == (34, 17)


@pytest.mark.parametrize(
    ("allocation", "unit"), [((1, 1), (1, 1)), ((2, 1), (2, 1)), ((1.5, 1), (3, 2)), ((4, 2), (2, 1)), ((0.5, 0.25), (2, 1))]
)
def test_the_unit_is_the_smallest_whole_vector_in_proportion(allocation: tuple[float, ...], unit: tuple[int, ...]) -> None:
    assert Design(sequences=("AB", "BA"), allocation=allocation).unit == unit


def test_a_sequence_that_stands_twice_counts_twice(ask: Any) -> None:
    answer = ask("AB/BA/AB/BA")

    assert answer.n_evaluable == 48
    assert answer.n_per_sequence == (12, 12, 12, 12)


def test_loss_by_period_counts_those_who_start(ask: Any) -> None:
    answer = ask("ABB/BAA", outcome={"within_subject_sd": 1.0, "between_subject_sd": 1.0}, attrition={"lost_before_period": [0, 0.1, 0.2]})

    assert isinstance(answer.n_randomised, int)
    assert answer.n_randomised % 2 == 0
    assert answer.n_evaluable == pytest.approx(0.8 * answer.n_randomised)
    assert answer.plan.analysis.estimator == "generalised_least_squares"


def test_given_people_by_sequence_take_the_place_of_the_allocation(ask: Any) -> None:
    answer = ask(attrition=LOSS, solve={"for": "power", "n_per_sequence": [20, 30]})

    assert (answer.n_evaluable, answer.n_randomised) == (50, 63)
    assert answer.variance_factor == pytest.approx(50 / 2 * (1 / 20 + 1 / 30))


@pytest.mark.parametrize("n", [1_000_000, 10_000_000])
def test_very_large_trials_are_answered_at_once(n: int, ask: Any) -> None:
    answer = ask(question={"mean_difference": 1e-3}, solve={"for": "power", "n_evaluable": n})
    solved = ask(question={"mean_difference": 2e-3}, solve={"for": "n", "target_power": 0.9, "max_n": 10_000_000})

    assert 0 < answer.power <= 1
    assert solved.n_evaluable is None or solved.n_evaluable > 1_000_000


def test_an_answer_can_be_read_back(ask: Any) -> None:
    answer = ask(outcome=PAIN, attrition=LOSS)

    again = Answer.model_validate(answer.as_json())

    assert again.as_json() == answer.as_json()
    assert size(again.plan).as_json() == answer.as_json()


def test_a_named_design_is_echoed_in_full(raw: Any) -> None:
    plan = read_plan(raw({"name": "williams", "treatments": 3}))

    echoed = plan.as_json()["design"]

    assert echoed["sequences"] == ["ABC", "BCA", "CAB", "CBA", "ACB", "BAC"]
    assert read_plan(plan.as_json()) == plan


def test_defaults_are_filled_in(planned: Any) -> None:
    two = planned().analysis
    margin = planned(question={"mean_difference": 1.0, "margin": 0.2, "better": "higher"}).analysis
    equivalence = planned(question={"kind": "equivalence", "mean_difference": 0.0, "lower_limit": -1.0, "upper_limit": 1.0}).analysis
    individual = planned(outcome={"within_subject_sd": 1.0, "individual_response_sd": 0.5}).analysis

    assert (two.alpha, two.sides, two.degrees_of_freedom, two.estimator) == (0.05, 2, "anova", "within_subject")
    assert (margin.alpha, margin.sides) == (0.025, 1)
    assert (equivalence.alpha, equivalence.sides) == (0.05, 1)
    assert individual.degrees_of_freedom == "satterthwaite"


def test_the_burden_of_a_design_makes_no_difference_to_n(ask: Any) -> None:
    heavy = ask({"name": "ab_ba", "burden": {"period_weeks": 12, "cost_per_participant": 1000}})

    assert heavy.n_evaluable == ask({"name": "ab_ba"}).n_evaluable


def test_individual_response_sd_is_part_of_the_difference_sd(ask: Any) -> None:
    answer = ask(outcome={"within_subject_sd": {"from": "difference_sd", "difference_sd": 2.0}, "individual_response_sd": 1.0})

    assert answer.plan.outcome.within_subject_sd == pytest.approx(sqrt(1.5))
    assert answer.standard_error == pytest.approx(2.0 / sqrt(46))
    assert answer.n_evaluable == 46
