"""Simulated trials with a moderator agree with the engine's powers, and contradict them where what they assume is not so."""

from typing import Any

import numpy as np
import pytest

from trials.sizing.plan import Plan, read_plan
from trials.sizing.simulate import CannotSimulate, Simulated, simulate
from trials.sizing.simulate.moderated import Moderated
from trials.sizing.simulate.setting import setting_of
from trials.sizing.size import size

LONG: dict[str, Any] = {"trials": 30_000, "seed": 8}


def read(moderator: dict[str, Any], n: int = 60, **parts: Any) -> Plan:
    given = {
        "design": {"name": "ab_ba"},
        "outcome": {"kind": "continuous", "within_subject_sd": 1.0},
        "question": {"kind": "moderator", "treatment": "A", "comparator": "B", "moderator": moderator},
        "solve": {"for": "power", "n_evaluable": n},
        "simulation": LONG,
    }
    return read_plan(given | parts)


def binary(**more: Any) -> dict[str, Any]:
    return {"kind": "binary", "prevalence": 0.4, "difference_in_effect": 1.0} | more


def categorical(**more: Any) -> dict[str, Any]:
    given = {"kind": "categorical", "shares": {"CC": 0.5, "CT": 0.3, "TT": 0.2}, "effects": {"CC": 0.0, "CT": 0.5, "TT": 1.2}}
    return given | more


def continuous(**more: Any) -> dict[str, Any]:
    return {"kind": "continuous", "moderator_sd": 5.0, "slope": 0.1} | more


def agrees(found: Simulated) -> bool:
    assert found.monte_carlo_error <= 0.003
    return found.agreement


def contradicts(found: Simulated, wrong: float | None) -> bool:
    assert wrong is not None
    return not found.main.model_copy(update={"analytic": wrong}).agrees


INDIVIDUAL = {"kind": "continuous", "within_subject_sd": 1.0, "individual_response_sd": 0.7}
AGREE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a trait": (binary(), {}),
    "a trait, one-sided with a negative effect": (binary(difference_in_effect=-0.8), {"analysis": {"sides": 1}}),
    "a trait left to chance in small groups": (
        binary(prevalence=0.2, difference_in_effect=1.6, stratified=False),
        {"solve": {"for": "power", "n_evaluable": 40}},
    ),
    "a trait classed with error": (
        binary(sensitivity=0.9, specificity=0.85, stratified=False),
        {"solve": {"for": "power", "n_evaluable": 120}},
    ),
    "a trait, with individual responses": (binary(), {"outcome": INDIVIDUAL}),
    "a trait, with robust degrees of freedom": (binary(), {"analysis": {"degrees_of_freedom": "robust"}}),
    "a trait in a Latin square with carry-over in the model": (
        binary(),
        {
            "design": {"name": "williams", "treatments": 3},
            "analysis": {"adjust_for_carryover": True},
            "solve": {"for": "power", "n_evaluable": 60},
            "simulation": LONG | {"trials": 28_000, "carryover": {"A": 0.4}},
        },
    ),
    "a trait, paired": (binary(), {"analysis": {"degrees_of_freedom": "paired"}}),
    "a trait in parallel groups": (
        binary(),
        {"design": {"name": "parallel"}, "outcome": {"kind": "continuous", "total_sd": 1.0}, "solve": {"for": "power", "n_evaluable": 160}},
    ),
    "a trait with loss by period": (
        binary(),
        {
            "design": {"name": "replicate", "periods": 4},
            "outcome": {"kind": "continuous", "within_subject_sd": 1.0, "between_subject_sd": 1.0},
            "attrition": {"lost_before_period": [0, 0.1, 0.2, 0.2]},
            "solve": {"for": "power", "n_randomised": 40},
            "simulation": LONG | {"dropout": "fixed"},
        },
    ),
    "groups, at all": (categorical(), {}),
    "groups, two of them": (categorical(compare=["TT", "CC"]), {}),
    "groups, with individual responses": (categorical(), {"outcome": INDIVIDUAL, "solve": {"for": "power", "n_evaluable": 80}}),
    "a value": (continuous(), {}),
    "a value measured with error": (continuous(reliability=0.7, slope=0.13), {"solve": {"for": "power", "n_evaluable": 80}}),
}


@pytest.mark.parametrize("name", AGREE)
def test_the_power_of_an_interaction_is_the_analytic_one(name: str) -> None:
    moderator, parts = AGREE[name]

    found = simulate(read(moderator, **parts), processes=1)

    assert agrees(found)
    estimate = [figure for figure in found.figures if figure.measure == "estimate"]
    assert all(figure.distance <= 4 for figure in estimate)


@pytest.mark.parametrize("name", ["a trait", "groups, at all", "a value", "a trait, with individual responses"])
def test_without_an_interaction_the_test_has_its_size(name: str) -> None:
    moderator, parts = AGREE[name]

    found = simulate(read(moderator, **(parts | {"simulation": LONG | {"trials": 10_000}})), processes=1, null=True)

    assert found.agreement
    assert found.analytic_power == pytest.approx(0.05, abs=1e-4)


def test_error_of_classing_that_is_forgotten_is_found_out() -> None:
    found = simulate(read(binary(sensitivity=0.9, specificity=0.85), n=120), processes=1)

    assert contradicts(found, size(read(binary(), n=120)).power)


def test_groups_left_to_chance_contradict_the_power_of_planned_ones() -> None:
    by_chance = binary(prevalence=0.2, difference_in_effect=1.6, stratified=False)

    found = simulate(read(by_chance, n=40), processes=1)

    assert contradicts(found, size(read(by_chance | {"stratified": True}, n=40)).power)


def test_an_unreliable_value_contradicts_a_reliable_one() -> None:
    found = simulate(read(continuous(reliability=0.7)), processes=1)

    assert contradicts(found, size(read(continuous())).power)


def test_a_main_effect_of_the_same_size_is_far_easier_to_show() -> None:
    question = {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": 1.0}

    found = simulate(read(binary()), processes=1)

    assert contradicts(found, size(read(binary(), question=question)).power)


def test_groups_are_made_of_whole_people_in_the_planned_proportion() -> None:
    setting = setting_of(read(categorical(), n=46))

    sizes = np.array(Moderated(setting)._sizes())

    assert sizes.sum(axis=1).tolist() == list(setting.staying)
    np.testing.assert_allclose(sizes.sum(axis=0), [23.0, 13.8, 9.2], atol=1.0)


@pytest.mark.parametrize(
    ("parts", "field", "said"),
    [
        ({"simulation": {"analysis": "mixed_model"}}, "simulation.analysis", "Moderators are simulated with the planned analysis"),
        (
            {
                "outcome": INDIVIDUAL | {"between_subject_sd": 1.0},
                "attrition": {"lost_before_period": [0, 0.1]},
                "solve": {"for": "power", "n_randomised": 60},
            },
            "attrition.lost_before_period",
            "not with loss by period",
        ),
    ],
)
def test_what_is_not_simulated_with_a_moderator_is_said(parts: dict[str, Any], field: str, said: str) -> None:
    with pytest.raises(CannotSimulate, match=said) as refused:
        simulate(read(binary(), **({"outcome": INDIVIDUAL | {"between_subject_sd": 1.0}} | parts)))

    assert refused.value.field == field
