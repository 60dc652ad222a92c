"""statsmodels beside the engine: where it speaks it agrees, and where it fails the note says so."""

from typing import Any

import pytest

from trials.sizing.plan import Plan
from trials.sizing.size import size
from trials.sizing.witness import Witness, witness


def opinion(plan: Plan) -> Witness | None:
    return witness(plan, size(plan))


@pytest.mark.parametrize(("target", "n", "power"), [(0.9, 46, 0.9124983603), (0.8, 34, 0.80703672)])
def test_statsmodels_agrees_on_the_pain_trial(target: float, n: int, power: float, planned: Any) -> None:
    found = opinion(planned(solve={"for": "n", "target_power": target}))

    assert found is not None
    assert found.method.startswith("statsmodels TTestIndPower")
    assert (found.n_evaluable, found.agrees, found.note) == (n, True, "")
    assert found.power == pytest.approx(power, abs=1e-8)


@pytest.mark.parametrize(
    ("design", "parts", "method"),
    [
        ("AB/BA", {"analysis": {"degrees_of_freedom": "paired"}}, "TTestPower"),
        ("AB/BA", {"analysis": {"degrees_of_freedom": "robust"}}, "TTestIndPower"),
        ({"sequences": ["AB", "BA"], "allocation": [2, 1]}, {}, "TTestIndPower"),
        ("AB/BA", {"question": {"mean_difference": -1.0, "better": "lower", "margin": 0.3}}, "TTestIndPower"),
        ("AB/BA", {"question": {"kind": "non_inferiority", "mean_difference": -0.1, "better": "lower", "margin": 1.0}}, "TTestIndPower"),
        ("AB/BA", {"outcome": {"scale": "log", "within_subject_cv": 0.3}, "question": {"mean_ratio": 0.8}}, "TTestIndPower"),
        ({"name": "parallel"}, {"outcome": {"total_sd": 2.0}}, "TTestIndPower"),
        ("AB/BA", {"solve": {"for": "power", "n_per_sequence": [20, 30]}}, "TTestIndPower"),
    ],
)
def test_statsmodels_agrees_wherever_it_has_the_same_test(design: Any, parts: dict[str, Any], method: str, planned: Any) -> None:
    found = opinion(planned(design, **parts))

    assert found is not None
    assert found.agrees
    assert f"statsmodels {method}(" in found.method


@pytest.mark.parametrize(
    ("design", "parts"),
    [
        ("ABB/BAA", {}),
        ("AB/BA/AA/BB", {}),
        ("ABBA/BAAB", {"analysis": {"adjust_for_carryover": True}}),
        ("ABBA/BAAB", {"analysis": {"degrees_of_freedom": "robust"}}),
        ({"name": "williams", "treatments": 4}, {"analysis": {"adjust_for_carryover": True, "sides": 1}}),
        ({"name": "latin_square", "treatments": 3}, {"attrition": {"dropout_rate": 0.3}}),
        ({"name": "incomplete", "treatments": 4, "periods": 3}, {}),
        ({"sequences": ["ABB", "BAA"], "allocation": [2, 1]}, {}),
        ({"name": "williams", "treatments": 3}, {"solve": {"for": "power", "n_per_sequence": [9, 9, 9, 9, 8, 8]}}),
        ("ABB/BAA", {"question": {"kind": "non_inferiority", "mean_difference": -0.1, "better": "lower", "margin": 1.0}}),
    ],
)
def test_statsmodels_least_squares_agrees_for_every_other_design(design: Any, parts: dict[str, Any], planned: Any) -> None:
    found = opinion(planned(design, **parts))

    assert found is not None
    assert found.agrees
    assert found.difference == pytest.approx(0.0, abs=1e-9)
    assert found.method.startswith("statsmodels WLS and ttest_power(")


@pytest.mark.parametrize(
    ("design", "parts"),
    [
        ("AB/BA", {"question": {"kind": "equivalence", "mean_difference": 0.0, "lower_limit": -1.0, "upper_limit": 1.0}}),
        ("AB/BA", {"outcome": {"within_subject_sd": 1.0, "individual_response_sd": 0.5}}),
        ("AB/BA", {"outcome": {"within_subject_sd": 1.0, "between_subject_sd": 1.0}, "attrition": {"lost_before_period": [0, 0.1]}}),
        ("AB/BA", {"solve": {"for": "mean_difference", "n_evaluable": 46, "target_power": 0.9}}),
    ],
)
def test_statsmodels_is_not_asked_where_it_has_no_sound_method(design: str, parts: dict[str, Any], planned: Any) -> None:
    assert opinion(planned(design, **parts)) is None


def test_a_power_that_statsmodels_cannot_compute_is_noted(planned: Any) -> None:
    found = opinion(planned(question={"mean_difference": -6.25, "better": "lower"}, solve={"for": "power", "n_evaluable": 8}))

    assert found is not None
    assert found.agrees
    assert found.power == pytest.approx(1.0)
    assert found.note.startswith("statsmodels' two-sided power is not a number here")


def test_a_disagreement_is_shown(planned: Any) -> None:
    plan = planned()
    answer = size(plan)

    found = witness(plan, answer.model_copy(update={"power": 0.95}))

    assert found is not None
    assert not found.agrees
    assert found.difference == pytest.approx(0.9124983603 - 0.95)
