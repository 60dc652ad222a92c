"""Simulated trials of several doses agree with the engine's powers, procedure by procedure, and contradict those of another one."""

from typing import Any

import numpy as np
import pytest

from trials.sizing.plan import Plan, read_plan
from trials.sizing.simulate import Simulated, simulate
from trials.sizing.simulate.continuous import with_question
from trials.sizing.simulate.doses import by_freedom
from trials.sizing.simulate.registry import simulator_of
from trials.sizing.size import size

LONG: dict[str, Any] = {"trials": 30_000, "seed": 5}
DOSES = {"A": 0.0, "B": 1.0, "C": 2.0, "D": 4.0}


def read(question: dict[str, Any], n: int = 24, **parts: Any) -> Plan:
    given = {
        "design": {"name": "williams", "treatments": 4},
        "outcome": {"kind": "continuous", "within_subject_sd": 1.0},
        "question": question,
        "solve": {"for": "power", "n_evaluable": n},
        "simulation": LONG,
    }
    return read_plan(given | parts)


def trend(**more: Any) -> dict[str, Any]:
    return {"kind": "dose_trend", "doses": DOSES, "means": {"A": 0.0, "B": 0.2, "C": 0.4, "D": 0.6}} | more


def many(adjustment: str = "dunnett", success: str = "any", **more: Any) -> dict[str, Any]:
    differences = {"B": 0.3, "C": 0.6, "D": 0.75}
    order = {"order": ["D", "C", "B"]} if adjustment == "fixed_sequence" else {}
    question = {"kind": "many_to_one", "comparator": "A", "mean_differences": differences, "adjustment": adjustment, "success": success}
    return question | order | more


def shapes(**more: Any) -> dict[str, Any]:
    given = [{"kind": "linear"}, {"kind": "emax", "ed50": 0.5}]
    return {"kind": "dose_response_shapes", "doses": DOSES, "max_effect": 0.7, "shapes": given} | more


def agrees(found: Simulated) -> bool:
    assert found.monte_carlo_error <= 0.003
    return found.agreement


def contradicts(found: Simulated, wrong: float | None, measure: str = "shown") -> bool:
    figure = next(one for one in found.figures if one.measure == measure)
    assert wrong is not None
    return not figure.model_copy(update={"analytic": wrong}).agrees


AGREE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a trend": (trend(), {}),
    "a trend in the logarithm, two-sided": (trend(scores={"log_offset": 0.5}), {"analysis": {"sides": 2}}),
    "a trend that falls, with carry-over in the model": (
        trend(means={"A": 0.0, "B": -0.2, "C": -0.4, "D": -0.7}),
        {"analysis": {"adjust_for_carryover": True}, "simulation": LONG | {"carryover": {"D": -0.4}}},
    ),
    "a trend with individual responses": (
        trend(),
        {"outcome": {"kind": "continuous", "within_subject_sd": 1.0, "individual_response_sd": 0.5}},
    ),
    "a trend with loss by period": (
        trend(),
        {
            "outcome": {"kind": "continuous", "within_subject_sd": 1.0, "between_subject_sd": 1.0},
            "attrition": {"lost_before_period": [0, 0.1, 0.2, 0.25]},
            "solve": {"for": "power", "n_randomised": 40},
            "simulation": LONG | {"dropout": "fixed"},
        },
    ),
    "Dunnett, any": (many(), {}),
    "Dunnett, all, two-sided": (many(success="all"), {"analysis": {"sides": 2}}),
    "Bonferroni, any": (many("bonferroni"), {}),
    "Holm, all": (many("holm", "all"), {}),
    "a fixed sequence, all": (many("fixed_sequence", "all"), {}),
    "Dunnett on the log scale, lower is better": (
        {"kind": "many_to_one", "comparator": "A", "mean_ratios": {"B": 0.9, "D": 0.85}, "better": "lower"},
        {"outcome": {"kind": "continuous", "scale": "log", "within_subject_cv": 0.25}},
    ),
    "shapes in parallel groups": (
        shapes(),
        {
            "design": {"name": "parallel", "treatments": 4},
            "outcome": {"kind": "continuous", "total_sd": 1.0},
            "solve": {"for": "power", "n_evaluable": 120},
        },
    ),
    "shapes, on average": (shapes(target="mean"), {}),
}


@pytest.mark.parametrize("name", AGREE)
def test_the_powers_of_several_doses_are_the_analytic_ones(name: str) -> None:
    question, parts = AGREE[name]

    found = simulate(read(question, **parts), processes=1)

    assert agrees(found)
    assert found.trials_without_test == 0


@pytest.mark.parametrize("name", ["a trend", "Dunnett, any", "Bonferroni, any", "a fixed sequence, all", "shapes, on average"])
def test_without_an_effect_the_family_has_its_size(name: str) -> None:
    question, parts = AGREE[name]

    found = simulate(read(question, **parts), processes=1, null=True)

    assert found.agreement
    if name not in {"Bonferroni, any", "a fixed sequence, all"}:
        assert found.analytic_power == pytest.approx(0.025, abs=1e-4)


def test_each_procedure_contradicts_the_powers_of_another() -> None:
    dunnett = simulate(read(many(success="all")), processes=1)
    holm = simulate(read(many("holm", "all")), processes=1)
    chain = simulate(read(many("fixed_sequence", "all")), processes=1)
    powers = {sort: size(read(many(sort, "all"))) for sort in ("dunnett", "holm", "fixed_sequence")}

    assert contradicts(dunnett, powers["holm"].power)
    assert contradicts(holm, powers["dunnett"].power)
    by_chain = powers["fixed_sequence"].power_by_comparison
    assert by_chain is not None
    assert contradicts(holm, by_chain["D"], "comparison of D")
    assert contradicts(chain, powers["holm"].power_any, "any comparison")


def test_a_trend_in_other_scores_is_contradicted() -> None:
    found = simulate(read(trend(means={"A": 0.0, "B": 0.4, "C": 0.5, "D": 0.55})), processes=1)

    wrong = size(read(trend(means={"A": 0.0, "B": 0.4, "C": 0.5, "D": 0.55}, scores={"log_offset": 0.5}))).power

    assert contradicts(found, wrong)


def test_the_least_favourable_shape_is_the_one_that_counts() -> None:
    plan = read(shapes())

    found = simulate(plan, processes=1)

    powers = size(plan).power_by_shape
    assert powers is not None
    assert agrees(found)
    assert found.analytic_power == pytest.approx(min(powers.values()), abs=1e-9)
    assert contradicts(found, max(powers.values()))


def test_carryover_that_is_left_out_of_a_trend_is_found_out() -> None:
    found = simulate(
        read(trend(), design={"sequences": ["ABCD", "BCDA", "CDAB", "DABC"]}, simulation=LONG | {"carryover": {"D": -0.8}}), processes=1
    )

    assert not found.agreement


def test_critical_values_are_found_once_for_each_number_of_degrees_of_freedom() -> None:
    asked: list[float] = []

    def find(df: float) -> float:
        asked.append(df)
        return 2.0 * df

    found = by_freedom(np.array([5.0, 7.0, np.nan, 5.0]), find)

    np.testing.assert_array_equal(found, [10.0, 14.0, np.nan, 10.0])
    assert asked == [5.0, 7.0]


def test_kinds_are_not_mixed_up() -> None:
    plan = read(trend())

    with pytest.raises(TypeError):
        simulator_of(read(shapes())).under_null(with_question(plan, read(many()).question))
