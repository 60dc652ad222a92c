"""What is shown around an answer: curves, grids, loss, stress, other designs."""

import json
from typing import Any

import numpy as np
import pytest

from trials.sizing import sensitivity
from trials.sizing import stress as stress_test
from trials.sizing.comparison import compare
from trials.sizing.design import Design
from trials.sizing.grid import ASSUMPTIONS, Axis, n_grid, vary
from trials.sizing.nearby import around, nice_step
from trials.sizing.plan import read_plan
from trials.sizing.size import size

# parts of them may be None; a test that finds one fails where it looks inside
explore: Any = sensitivity.explore
stress: Any = stress_test.stress

PAIN = {"outcome": {"within_subject_sd": {"from": "difference_sd", "difference_sd": 2.0}}, "attrition": {"dropout_rate": 0.2}}


def test_the_exploration_is_named_for_the_sd_that_was_given(planned: Any) -> None:
    converted, direct = planned(**PAIN), planned()

    found = [explore(plan, size(plan)) for plan in (converted, direct)]

    assert [one.sensitivity.rows.assumption for one in found] == ["difference_sd", "within_subject_sd"]
    assert found[0].sensitivity.rows.values == (1.5, 1.75, 2.0, 2.25, 2.5)


def test_the_planned_cell_of_the_grid_is_the_answer(planned: Any) -> None:
    plan = planned(**PAIN)
    answer = size(plan)

    table = explore(plan, answer).sensitivity

    row, column = table.planned
    assert (table.rows.values[row], table.columns.values[column]) == (2.0, -1.0)
    assert (table.n_evaluable[row][column], table.n_randomised[row][column]) == (answer.n_evaluable, answer.n_randomised) == (46, 58)
    assert (len(table.rows.values), len(table.columns.values)) == (5, 6)


def test_curves_pass_through_the_answer(planned: Any) -> None:
    plan = planned(**PAIN)
    answer = size(plan)

    curve = explore(plan, answer).power_curve

    planned_curve = next(one for one in curve.curves if one.planned)
    assert planned_curve.power[curve.n_evaluable.index(46)] == pytest.approx(answer.power)
    assert [one.value for one in curve.curves] == [1.5, 2.0, 2.5]
    assert (curve.target_power, curve.n_evaluable_planned) == (0.9, 46)
    assert all(np.all(np.diff(one.power) >= -1e-12) for one in curve.curves)


def test_loss_and_what_else_the_trial_tells(planned: Any) -> None:
    plan = planned(**PAIN)

    found = explore(plan, size(plan))

    assert found.loss.n_randomised[found.loss.planned] == 58
    assert found.loss.dropout_rate == (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
    assert found.detectable_difference == pytest.approx(0.97744748)
    assert (found.half_width, found.confidence_level) == (pytest.approx(0.59093264), 0.95)
    assert (
        found.readings[0]
        == "If the SD of the within-person difference were 2.5 instead of 2, 68 evaluable participants would be needed instead of 46."
    )


@pytest.mark.parametrize(
    ("design", "parts"),
    [
        ("ABB/BAA", {"question": {"kind": "non_inferiority", "mean_difference": 0.0, "margin": 1.0, "better": "lower"}}),
        ("AB/BA", {"question": {"kind": "equivalence", "mean_difference": 0.1, "lower_limit": -1.5, "upper_limit": 1.5}}),
        ("AB/BA", {"outcome": {"scale": "log", "within_subject_cv": 0.3}, "question": {"mean_ratio": 0.8}}),
        (
            "AB/BA",
            {
                "outcome": {"scale": "log", "within_subject_cv": 0.3},
                "question": {"kind": "equivalence", "mean_ratio": 0.95, "lower_limit": 0.8, "upper_limit": 1.25},
            },
        ),
        ("AB/BA", {"question": {"kind": "precision", "half_width": 0.5}, "solve": {"for": "n"}}),
        ("ABC/BCA/CAB", {"question": {"kind": "omnibus", "means": {"A": 0.0, "B": 1.0, "C": 1.0}}}),
        ({"name": "parallel"}, {"outcome": {"total_sd": 2.0}}),
        ("ABBA/BAAB", {"outcome": {"within_subject_sd": 1.0, "individual_response_sd": 0.5}}),
        ("ABB/BAA", {"outcome": {"within_subject_sd": 1.0, "between_subject_sd": 1.0}, "attrition": {"lost_before_period": [0, 0.1, 0.2]}}),
        ("AB/BA", {"solve": {"for": "power", "n_evaluable": 30}}),
        ("AB/BA", {"question": {"mean_difference": -60.0, "better": "lower"}}),
        ("AB/BA", {"question": {"mean_difference": 0.0}, "solve": {"for": "power", "n_evaluable": 30}}),
        ("AB/BA", {"outcome": {"within_subject_sd": {"from": "difference_sd", "difference_sd": 1.0}, "individual_response_sd": 0.9}}),
    ],
)
def test_any_plan_can_be_explored_and_written_as_json(design: Any, parts: dict[str, Any], planned: Any) -> None:
    plan = planned(design, **parts)
    answer = size(plan)

    found = explore(plan, answer)

    assert answer.reason is None
    assert json.loads(json.dumps(found.model_dump(mode="json"), allow_nan=False))
    if found.sensitivity is not None:
        row, column = found.sensitivity.planned
        assert found.sensitivity.n_evaluable[row][column] == (
            answer.n_evaluable if plan.attrition.lost_before_period is None else int(answer.n_evaluable or 0)
        )
        assert len(set(found.sensitivity.columns.values)) == len(found.sensitivity.columns.values) == 6


def test_a_plan_without_an_answer_has_nothing_to_explore(planned: Any) -> None:
    plan = planned(analysis={"adjust_for_carryover": True})

    assert explore(plan, size(plan)).power_curve is None


@pytest.mark.parametrize(
    ("planned_value", "step", "values"),
    [(2.0, 0.25, (1.5, 1.75, 2.0, 2.25, 2.5)), (1.4142, 0.2, (1.0, 1.2, 1.4142, 1.6, 1.8)), (-0.03, 0.05, (-0.15, -0.1, -0.03, 0.0, 0.05))],
)
def test_nice_values_lie_on_both_sides_of_the_planned_one(planned_value: float, step: float, values: tuple[float, ...]) -> None:
    assert around(planned_value, step, 2, 2) == pytest.approx(values)


@pytest.mark.parametrize(("value", "step"), [(0.25, 0.25), (0.3, 0.25), (0.19, 0.1), (7.0, 5.0), (2000.0, 2000.0)])
def test_steps_are_one_two_two_and_a_half_or_five(value: float, step: float) -> None:
    assert nice_step(value) == pytest.approx(step)


# grids


GRIDS = [
    ("AB/BA", {}, ("within_subject_sd", (1.0, 1.5, 2.0)), ("mean_difference", (-0.5, -1.0, -2.0))),
    ("AB/BA", {}, ("difference_sd", (1.0, 2.0)), ("target_power", (0.5, 0.8, 0.95))),
    ("AB/BA", {}, ("alpha", (0.01, 0.05)), ("dropout_rate", (0.0, 0.3))),
    (
        "ABBA/BAAB",
        {"outcome": {"within_subject_sd": 1.0, "individual_response_sd": 0.5}},
        ("individual_response_sd", (0.2, 1.0)),
        ("within_subject_sd", (0.7, 1.4)),
    ),
    (
        "ABB/BAA",
        {"outcome": {"within_subject_sd": 1.0, "autocorrelation": 0.2}},
        ("autocorrelation", (0.1, 0.6)),
        ("mean_difference", (-0.4, -1.0)),
    ),
    (
        "AB/BA",
        {"question": {"kind": "equivalence", "mean_difference": 0.1, "lower_limit": -1.5, "upper_limit": 1.5}},
        ("mean_difference", (-0.5, 0.0, 0.5)),
        ("upper_limit", (1.0, 1.5)),
    ),
    (
        "AB/BA",
        {
            "outcome": {"scale": "log", "within_subject_cv": 0.3},
            "question": {"kind": "non_inferiority", "mean_ratio": 1.0, "margin": 0.8, "better": "higher"},
        },
        ("within_subject_cv", (0.2, 0.4)),
        ("mean_ratio", (0.95, 1.05)),
    ),
    (
        "AB/BA",
        {"question": {"kind": "precision", "half_width": 0.5}, "solve": {"for": "n"}},
        ("within_subject_sd", (1.0, 2.0)),
        ("half_width", (0.3, 0.6)),
    ),
    (
        "ABC/BCA/CAB",
        {"question": {"kind": "omnibus", "means": {"A": 0.0, "B": 1.0, "C": 1.0}}},
        ("within_subject_sd", (1.0, 2.0)),
        ("alpha", (0.01, 0.05)),
    ),
]


@pytest.mark.parametrize(("design", "parts", "rows", "columns"), GRIDS)
def test_every_cell_of_a_grid_is_what_size_finds_alone(design: str, parts: dict[str, Any], rows: Any, columns: Any, planned: Any) -> None:
    plan = planned(design, **parts)

    grid = n_grid(plan, Axis(*rows), Axis(*columns))

    for i, row in enumerate(rows[1]):
        for j, column in enumerate(columns[1]):
            alone = size(vary(vary(plan, rows[0], row), columns[0], column))
            assert (grid.n_evaluable[i, j], grid.n_randomised[i, j]) == (alone.n_evaluable or 0, alone.n_randomised or 0)


def test_cells_out_of_reach_are_zero(planned: Any) -> None:
    grid = n_grid(planned(), Axis("mean_difference", (0.0, -1.0)), Axis("within_subject_sd", (1.0, 1e6)))

    assert (grid.n_evaluable > 0).tolist() == [[False, False], [True, False]]


def test_an_unknown_assumption_is_refused_with_those_that_are_known(planned: Any) -> None:
    with pytest.raises(ValueError, match=f"There is no assumption sd. A grid varies {', '.join(ASSUMPTIONS)}"):
        n_grid(planned(), Axis("sd", (1.0,)), Axis("alpha", (0.05,)))


# stress and other designs


def by_name(found: Any, assumption: str) -> dict[float, float]:
    return {row.change: row.power for row in found.rows if row.assumption == assumption}


def test_carryover_that_is_left_out_costs_power_as_published(planned: Any) -> None:
    plan = planned(outcome={"within_subject_sd": 1.0}, question={"mean_difference": 0.7}, solve={"for": "power", "n_evaluable": 34})

    found = by_name(stress(plan, size(plan)), "carryover_of_treatment")

    assert found == pytest.approx({0.0: 0.799, 0.1: 0.758, 0.25: 0.688, 0.5: 0.556}, abs=7e-4)


@pytest.mark.parametrize(("rate", "started", "expected", "probability"), [(0.15, 44, 0.834, 0.884), (0.2, 46, 0.827, 0.80)])
def test_random_dropout_has_the_published_expected_power(
    rate: float, started: int, expected: float, probability: float, planned: Any
) -> None:
    plan = planned(
        outcome={"within_subject_sd": 1.0},
        question={"mean_difference": 0.7},
        attrition={"dropout_rate": rate},
        solve={"for": "n", "target_power": 0.8},
    )
    answer = size(plan)

    found = stress(plan, answer).random_dropout

    assert (answer.n_evaluable, answer.n_randomised) == (36, started)
    assert (found.expected_power, found.probability_of_target) == (pytest.approx(expected, abs=6e-4), pytest.approx(probability, abs=1e-3))


def test_many_sequences_are_drawn_with_a_seed(planned: Any) -> None:
    plan = planned("ABC/BCA/CAB/ACB/BAC/CBA", attrition={"dropout_rate": 0.2})
    answer = size(plan)

    first, second = stress(plan, answer), stress(plan, answer)

    assert first == second
    assert first.random_dropout.draws == 1000
    assert 0.85 < first.random_dropout.expected_power < 1


def test_a_larger_sd_and_a_smaller_difference_cost_power(planned: Any) -> None:
    plan = planned()
    answer: Any = size(plan)

    found = stress(plan, answer)

    sd = by_name(found, "standard_deviation")
    assert sd[0.2] < answer.power < sd[-0.2]
    assert by_name(found, "difference")[-0.2] == pytest.approx(
        size(planned(question={"mean_difference": -0.8}, solve={"for": "power", "n_evaluable": 46})).power
    )


def test_designs_are_compared_by_people_visits_time_and_cost(planned: Any) -> None:
    burden = {
        "period_weeks": 4,
        "washout_weeks": 2,
        "run_in_weeks": 1,
        "visits_per_period": 2,
        "cost_per_participant": 100,
        "cost_per_visit": 10,
    }
    plan = planned(
        {"name": "ab_ba", "burden": burden},
        outcome={"within_subject_sd": 1.0, "between_subject_sd": 1.0},
        question={"mean_difference": 0.7},
        solve={"for": "n", "target_power": 0.8},
    )
    designs = {
        "AB/BA": Design(name="ab_ba"),
        "parallel": Design(name="parallel"),
        "ABBA/BAAB": Design(name="replicate", periods=4),
        "CD/DC": Design(sequences=("CD", "DC")),
    }

    found = {row.name: row for row in compare(plan, designs)}

    assert list(found) == ["ABBA/BAAB", "AB/BA", "parallel", "CD/DC"]
    assert found["AB/BA"].n_evaluable == 36
    assert (found["AB/BA"].visits, found["AB/BA"].person_weeks, found["AB/BA"].cost) == (36 * 2 * 2, 36 * (1 + 8 + 2), 36 * 100 + 144 * 10)
    assert (
        found["parallel"].n_evaluable
        == size(
            read_plan(plan.as_json() | {"design": {"name": "parallel"}, "outcome": {"kind": "continuous", "total_sd": 2**0.5}})
        ).n_evaluable
    )
    assert found["CD/DC"].reason == "CD/DC does not give all of A, B."


def test_a_parallel_design_needs_the_sd_between_people(planned: Any) -> None:
    found = compare(planned(), {"parallel": Design(name="parallel")})

    assert found[0].reason == "A design of one period compares people with each other; give the SD between people."


def test_the_expected_power_over_random_dropout_is_at_most_1() -> None:
    plan = read_plan(
        {
            "design": {"name": "parallel", "treatments": 3},
            "outcome": {"kind": "continuous", "total_sd": 0.7191},
            "question": {"kind": "superiority", "treatment": "B", "comparator": "A", "mean_difference": -0.7191},
            "attrition": {"dropout_rate": 0.3},
            "solve": {"for": "half_width", "n_randomised": 1000},
        }
    )

    tested = stress(plan, size(plan))

    assert tested is not None
    assert tested.random_dropout is not None
    assert 0.999 < tested.random_dropout.expected_power <= 1.0
