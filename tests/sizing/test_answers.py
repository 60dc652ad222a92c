"""What an answer says: people, warnings, reasons, and what each verb finds."""

from math import exp, sqrt
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


# warnings


def codes(answer: Answer) -> list[str]:
    return [warning.code for warning in answer.warnings]


def test_a_difference_on_the_wrong_side_warns(ask: Any) -> None:
    answer = ask(question={"mean_difference": 1.0, "better": "lower"})

    assert codes(answer) == ["difference_on_wrong_side", "carryover_not_separable"]
    assert answer.warnings[0].message.startswith("The assumed mean_difference 1 (A compared with B) is on the wrong side: lower is better")
    assert answer.n_evaluable == 46


def test_the_right_side_does_not_warn(ask: Any) -> None:
    assert codes(ask("ABB/BAA", question={"mean_difference": -1.0, "better": "lower"})) == []


def test_a_small_loss_within_the_margin_is_no_wrong_side(ask: Any) -> None:
    within = ask("ABB/BAA", question={"kind": "non_inferiority", "mean_difference": 0.2, "margin": 1.0, "better": "lower"})
    beyond = ask("ABB/BAA", question={"kind": "non_inferiority", "mean_difference": 1.2, "margin": 1.0, "better": "lower"})

    assert codes(within) == []
    assert codes(beyond) == ["difference_beyond_margin"]


def test_very_few_people_warn(ask: Any) -> None:
    assert codes(ask("ABB/BAA", question={"mean_difference": -4.0, "better": "lower"})) == ["very_small_n"]


def test_the_paired_test_warns_of_period_effects(ask: Any) -> None:
    assert codes(ask(analysis={"degrees_of_freedom": "paired"})) == ["carryover_not_separable", "period_effect_ignored"]


def test_loss_by_period_without_the_sd_between_people_warns(ask: Any) -> None:
    lost = {"attrition": {"lost_before_period": [0, 0.1, 0.2]}}

    without = ask("ABB/BAA", **lost)
    with_it = ask("ABB/BAA", outcome={"within_subject_sd": 2**0.5, "between_subject_sd": 1.0}, **lost)

    assert codes(without) == ["between_subject_sd_missing"]
    assert codes(with_it) == []
    assert with_it.n_randomised <= without.n_randomised


# reasons


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


# what the other verbs find


def test_the_difference_takes_the_sign_of_better(ask: Any) -> None:
    solve = {"for": "mean_difference", "n_evaluable": 46, "target_power": 0.9}

    lower, higher, unsaid = (ask(question=question, solve=solve) for question in ({"better": "lower"}, {"better": "higher"}, {}))

    assert lower.mean_difference == pytest.approx(-0.97744748)
    assert higher.mean_difference == unsaid.mean_difference == -lower.mean_difference


def test_the_detectable_difference_of_non_inferiority_starts_at_the_margin(ask: Any) -> None:
    answer = ask(
        question={"kind": "non_inferiority", "margin": 1.0, "better": "higher"},
        solve={"for": "mean_difference", "n_evaluable": 46, "target_power": 0.9},
    )

    assert answer.mean_difference == pytest.approx(0.97744748 - 1.0, abs=1e-4)
    assert answer.power == pytest.approx(0.9)


def test_equivalence_tells_the_largest_difference_it_can_stand(ask: Any) -> None:
    question = {"kind": "equivalence", "lower_limit": -1.5, "upper_limit": 1.5}

    answer = ask(question=question, solve={"for": "mean_difference", "n_evaluable": 46, "target_power": 0.9})
    too_few = ask(question=question, solve={"for": "mean_difference", "n_evaluable": 8, "target_power": 0.9})

    assert 0 < answer.mean_difference < 1.5
    assert answer.power == pytest.approx(0.9)
    assert too_few.n_evaluable is None
    assert too_few.maximum_attainable < 0.9


def test_ratios_are_found_on_the_log_scale(ask: Any) -> None:
    parts = {"outcome": {"scale": "log", "within_subject_cv": 0.3}, "question": {"better": "lower"}}

    answer = ask(**parts, solve={"for": "mean_ratio", "n_evaluable": 40, "target_power": 0.8})
    back = ask(
        outcome=parts["outcome"], question={"better": "lower", "mean_ratio": answer.mean_ratio}, solve={"for": "power", "n_evaluable": 40}
    )

    assert answer.mean_ratio < 1
    assert back.power == pytest.approx(0.8)


def test_the_sd_need_not_be_given_when_it_is_sought(ask: Any) -> None:
    answer = ask(outcome={}, solve={"for": "within_subject_sd", "n_evaluable": 46, "target_power": 0.9})

    assert answer.within_subject_sd == pytest.approx(1.44684354)


def test_the_variation_is_sought_on_the_log_scale(ask: Any) -> None:
    answer = ask(
        outcome={"scale": "log"}, question={"mean_ratio": 0.8}, solve={"for": "within_subject_cv", "n_evaluable": 40, "target_power": 0.8}
    )
    back = ask(
        outcome={"scale": "log", "within_subject_cv": answer.within_subject_cv},
        question={"mean_ratio": 0.8},
        solve={"for": "power", "n_evaluable": 40},
    )

    assert back.power == pytest.approx(0.8)


def test_no_sd_is_small_enough_when_individual_responses_are_too_large(ask: Any) -> None:
    answer = ask(
        outcome={"within_subject_sd": 1.0, "individual_response_sd": 50.0},
        solve={"for": "within_subject_sd", "n_evaluable": 46, "target_power": 0.9},
    )

    assert answer.n_evaluable is None
    assert answer.maximum_attainable < 0.9
    assert answer.reason.startswith("Even with hardly any variability within people")


def test_half_width_goes_with_the_level_of_the_test(ask: Any) -> None:
    two, one = (
        ask(question={"mean_difference": -1.0, "better": "lower"}, analysis=analysis, solve={"for": "half_width", "n_evaluable": 46})
        for analysis in ({}, {"sides": 1})
    )

    assert (two.confidence_level, one.confidence_level) == (0.95, 0.95)
    assert two.half_width == one.half_width == pytest.approx(0.59093264)


def test_half_width_is_a_factor_on_the_log_scale(ask: Any) -> None:
    answer = ask(
        outcome={"scale": "log", "within_subject_cv": 0.3},
        question={"kind": "precision", "ratio_half_width": 1.1},
        solve={"for": "half_width", "n_evaluable": 40},
    )

    assert answer.ratio_half_width == pytest.approx(exp(answer.half_width))


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
