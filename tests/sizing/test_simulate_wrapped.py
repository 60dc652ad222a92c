"""Simulated assurance, interim looks and people's own effects agree with the engine, and contradict what leaves them out."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from trials.sizing.plan import Plan, read_plan
from trials.sizing.simulate import CannotSimulate, Simulated, simulate
from trials.sizing.simulate.assured import UncertainOutcomes
from trials.sizing.simulate.looks import _part
from trials.sizing.simulate.setting import setting_of
from trials.sizing.size import size

Planned = Callable[..., Plan]
LONG: dict[str, Any] = {"trials": 30_000, "seed": 6}
AT_30 = {"for": "assurance", "n_evaluable": 30}


def contradicts(found: Simulated, wrong: float | None) -> bool:
    assert wrong is not None
    return not found.main.model_copy(update={"analytic": wrong}).agrees


ASSURED: dict[str, dict[str, Any]] = {
    "an uncertain effect": {"prior": {"effect_standard_error": 0.5}},
    "an uncertain SD": {"prior": {"sd_degrees_of_freedom": 6}},
    "both, cut off": {"prior": {"effect_standard_error": 0.6, "sd_degrees_of_freedom": 10, "effect_truncated_at": 0.0}},
    "a published estimate": {"prior": {"estimate": -0.8, "confidence_interval": [-1.5, -0.1], "n": 24}},
    "some who do not respond": {"prior": {"share_responding": 0.6}},
    "two-sided, no direction": {"prior": {"effect_standard_error": 0.5}, "question": {"mean_difference": -1.0}},
    "equivalence": {
        "question": {"kind": "equivalence", "mean_difference": 0.1, "lower_limit": -0.9, "upper_limit": 0.9},
        "outcome": {"within_subject_sd": 1.0},
        "prior": {"sd_degrees_of_freedom": 8, "effect_standard_error": 0.2},
    },
    "with individual responses": {
        "design": "ABBA/BAAB",
        "outcome": {"within_subject_sd": 1.4, "individual_response_sd": 0.8},
        "prior": {"sd_degrees_of_freedom": 8},
    },
    "parallel groups": {"design": "A/B", "outcome": {"total_sd": 1.2}, "prior": {"effect_standard_error": 0.4}},
}


@pytest.mark.parametrize("name", ASSURED)
def test_trials_with_drawn_truths_show_the_assurance(name: str, planned: Planned) -> None:
    parts = {"solve": AT_30, "simulation": LONG} | ASSURED[name]

    found = simulate(planned(parts.pop("design", "AB/BA"), **parts), processes=1)

    assert found.monte_carlo_error <= 0.003
    assert found.agreement
    assert found.agreement_said.startswith("assurance: analytic .")
    assert found.simulated_power is None


@pytest.mark.parametrize("name", ["an uncertain effect", "an uncertain SD", "some who do not respond"])
def test_the_power_at_the_planned_values_is_contradicted(name: str, planned: Planned) -> None:
    plan = planned(solve=AT_30, simulation=LONG, **ASSURED[name])

    assert contradicts(simulate(plan, processes=1), size(plan).power)


def test_pairs_beyond_the_cut_are_drawn_again(planned: Planned) -> None:
    setting = setting_of(planned(solve=AT_30, **ASSURED["both, cut off"]))

    ratio, effect = UncertainOutcomes(setting, setting.question)._truth(np.random.default_rng(1), 20_000)  # type: ignore[arg-type]

    assert effect.max() <= 0
    assert -1.4 < effect.mean() < -1.0
    assert ratio.min() > 0.3
    assert (ratio**-2).mean() == pytest.approx(1.0, abs=0.05)  # χ²_ν ÷ ν, hardly touched by the cut


def test_several_processes_draw_the_same_truths(planned: Planned) -> None:
    plan = planned(solve=AT_30, simulation={"trials": 1_000}, **ASSURED["both, cut off"])

    assert simulate(plan, processes=2) == simulate(plan, processes=1)


def test_an_assurance_has_no_null_hypothesis(planned: Planned) -> None:
    with pytest.raises(CannotSimulate, match="averages over effects"):
        simulate(planned(solve=AT_30, **ASSURED["an uncertain SD"]), null=True)


LOOKS: dict[str, dict[str, Any]] = {
    "two looks": {"analysis": {"looks": 2}, "solve": {"for": "power", "n_evaluable": 48}},
    "three looks, Pocock, one-sided": {
        "analysis": {"looks": 3, "spending": "pocock", "sides": 1},
        "solve": {"for": "power", "n_evaluable": 48},
    },
    "non-inferiority": {
        "question": {"kind": "non_inferiority", "mean_difference": 0.0, "margin": 0.9, "better": "higher"},
        "analysis": {"looks": 2},
        "solve": {"for": "power", "n_evaluable": 60},
    },
    "with individual responses": {
        "design": "ABBA/BAAB",
        "outcome": {"within_subject_sd": 1.4, "individual_response_sd": 0.8},
        "analysis": {"looks": 2},
        "solve": {"for": "power", "n_evaluable": 32},
    },
    "parallel groups": {
        "design": "A/B",
        "outcome": {"total_sd": 1.2},
        "analysis": {"looks": 2},
        "solve": {"for": "power", "n_evaluable": 60},
    },
    "one look with a known SD": {"analysis": {"test": "normal"}, "solve": {"for": "power", "n_evaluable": 20}},
}


@pytest.mark.parametrize("name", LOOKS)
def test_trials_that_are_looked_at_have_their_power_and_their_expected_n(name: str, planned: Planned) -> None:
    parts = {"simulation": LONG} | LOOKS[name]

    found = simulate(planned(parts.pop("design", "AB/BA"), **parts), processes=1)

    assert found.monte_carlo_error <= 0.003
    assert found.agreement
    assert [figure.measure for figure in found.figures if figure.judged] == ["shown", "people"][: 1 if "one look" in name else 2]


@pytest.mark.parametrize("name", ["two looks", "three looks, Pocock, one-sided"])
def test_looks_spend_alpha_and_no_more(name: str, planned: Planned) -> None:
    found = simulate(planned(simulation=LONG, **LOOKS[name]), processes=1, null=True)

    assert found.agreement
    assert found.analytic_power == pytest.approx(0.05 if name == "two looks" else 0.025, abs=1e-6)


def test_looks_cost_power_that_the_trial_without_them_has(planned: Planned) -> None:
    parts = LOOKS["three looks, Pocock, one-sided"]
    without = planned(analysis={"sides": 1, "test": "normal"}, solve=parts["solve"])

    assert contradicts(simulate(planned(simulation=LONG, **parts), processes=1), size(without).power)


def test_a_look_shares_its_people_among_the_sequences() -> None:
    present = np.array([[23, 23], [20, 10], [5, 4]])

    halves = _part(present, 1, 2)

    assert halves.sum(axis=1).tolist() == [23, 15, 5] or halves.sum(axis=1).tolist() == [23, 15, 4]
    assert np.all(np.abs(halves - present / 2) < 1)
    assert _part(present, 2, 2) is present


def test_looks_are_not_analysed_by_a_mixed_model(planned: Planned) -> None:
    outcome = {"within_subject_sd": 1.0, "between_subject_sd": 1.0}

    with pytest.raises(CannotSimulate, match="its SD taken as known") as refused:
        simulate(planned(analysis={"looks": 2}, outcome=outcome, simulation={"analysis": "mixed_model"}))

    assert refused.value.field == "simulation.analysis"


def own(estimate: str, **parts: Any) -> Plan:
    given = {
        "design": {"name": "n_of_1", "cycles": 4},
        "outcome": {"kind": "continuous", "within_subject_sd": 1.0, "individual_response_sd": 0.8},
        "question": {"kind": "individual_effect", "estimate": estimate},
        "solve": {"for": "half_width", "n_evaluable": 12},
        "simulation": LONG,
    }
    return read_plan(given | parts)


@pytest.mark.parametrize("estimate", ["own", "shrunken"])
def test_intervals_of_own_effects_hold_the_truth_as_often_as_they_say(estimate: str) -> None:
    found = simulate(own(estimate), processes=1)

    assert found.agreement
    assert found.main.measure == "covered"
    assert found.main.analytic == 0.95
    assert found.main.distance <= 4


def test_an_interval_of_another_level_is_contradicted() -> None:
    assert contradicts(simulate(own("own"), processes=1), 0.94)


def test_own_effects_have_no_null_hypothesis() -> None:
    with pytest.raises(CannotSimulate, match="no null hypothesis"):
        simulate(own("own"), null=True)


def test_the_average_of_these_people_leaves_out_how_they_differ() -> None:
    question = {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": 0.5}
    solve = {"for": "power", "n_evaluable": 12}
    these, population = (own("own", question=question, solve=solve, analysis={"people": people}) for people in ("fixed", "random"))

    found = simulate(these, processes=1)

    assert found.agreement
    assert contradicts(found, size(population).power)
