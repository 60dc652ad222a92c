"""What each verb finds for a given number of people."""

from math import exp
from typing import Any

import pytest


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
