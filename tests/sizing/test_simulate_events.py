"""Simulated trials that count harm, and those of companion designs, agree with the engine, and contradict other truths."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from trials.sizing.plan import Plan, read_plan
from trials.sizing.simulate import CannotSimulate, Simulated, simulate
from trials.sizing.simulate.companions import Survival
from trials.sizing.simulate.events import Excluded
from trials.sizing.simulate.setting import setting_of
from trials.sizing.size import size

LONG: dict[str, Any] = {"trials": 30_000, "seed": 4}
YEAR = {"follow_up_years": 1.0}


def read(question: dict[str, Any], n: int, **parts: Any) -> Plan:
    verb = {"for": "half_width" if question["kind"] == "rate_precision" else "power", "n_evaluable": n}
    return read_plan({"question": question, "solve": verb, "simulation": LONG} | parts)


def contradicts(found: Simulated, wrong: float | None) -> bool:
    assert wrong is not None
    return not found.main.model_copy(update={"analytic": wrong}).agrees


STOPPING = {"follow_up_years": 2.0, "discontinuation_rate": 0.3}
HARM: dict[str, tuple[dict[str, Any], int, dict[str, Any]]] = {
    "a first event among people": ({"kind": "first_event", "event_rate": 0.01}, 150, {}),
    "three events over time": ({"kind": "first_event", "person_time_rate": 0.01, "events": 3}, 250, {"exposure": STOPPING}),
    "a first event in a crossover": (
        {"kind": "first_event", "person_time_rate": 0.05},
        60,
        {"design": {"name": "ab_ba"}, "exposure": YEAR | {"share_on_drug": 0.5}},
    ),
    "a first event in one of two groups": (
        {"kind": "first_event", "event_rate": 0.02},
        101,
        {"design": {"name": "parallel"}, "exposure": YEAR | {"share_on_drug": 0.5}},
    ),
    "an upper limit among people": ({"kind": "rate_upper_limit", "upper_limit": 0.05, "event_rate": 0.02}, 300, {}),
    "an upper limit over time": ({"kind": "rate_upper_limit", "upper_limit": 0.05, "person_time_rate": 0.02}, 310, {"exposure": YEAR}),
    "a doubling that is ruled out": ({"kind": "rate_increase", "person_time_rate": 0.04, "ratio_to_exclude": 2}, 330, {"exposure": YEAR}),
    "the precision of a share": ({"kind": "rate_precision", "event_rate": 0.03}, 200, {}),
    "the precision of a rate": ({"kind": "rate_precision", "person_time_rate": 0.03}, 200, {"exposure": STOPPING}),
}


@pytest.mark.parametrize("name", HARM)
def test_questions_of_harm_have_their_analytic_figures(name: str) -> None:
    question, n, parts = HARM[name]

    found = simulate(read(question, n, **parts), processes=1)

    assert found.monte_carlo_error <= 0.003
    assert found.agreement


def test_time_that_people_are_off_the_drug_is_missed() -> None:
    question, n, _ = HARM["three events over time"]

    found = simulate(read(question, n, exposure=STOPPING), processes=1)

    assert contradicts(found, size(read(question, n, exposure={"follow_up_years": 2.0})).power)


@pytest.mark.parametrize("name", ["an upper limit among people", "a doubling that is ruled out"])
def test_a_limit_that_is_true_is_excluded_no_more_often_than_alpha(name: str) -> None:
    question, n, parts = HARM[name]
    plan = read(question, n, **parts)

    found = simulate(plan, processes=1, null=True)

    assert found.agreement
    assert found.analytic_power == pytest.approx(size(plan).actual_size, abs=1e-12)
    assert (found.analytic_power or 1.0) <= 0.05


def test_random_loss_has_the_power_averaged_over_who_is_followed() -> None:
    question = {"kind": "rate_upper_limit", "upper_limit": 0.02, "event_rate": 0.009}
    given = {"exposure": YEAR, "attrition": {"dropout_rate": 0.36}, "solve": {"for": "n", "target_power": 0.8}}

    found = simulate(read(question, 1, **given), processes=1)

    assert found.analytic_over_dropout is not None
    assert not found.agreement
    assert found.simulated_power == pytest.approx(found.analytic_over_dropout, abs=4 * found.monte_carlo_error)


def test_person_years_are_those_of_people_who_stop_at_a_constant_rate() -> None:
    setting = setting_of(read(HARM["three events over time"][0], 400, exposure=STOPPING))

    years = Excluded(setting)._years(np.random.default_rng(2), np.full(20_000, 400))

    one = stats.truncexpon(b=0.6, scale=1 / 0.3)  # given that somebody stops before the end
    stop = 1 - np.exp(-0.6)
    second = stop * (one.var() + one.mean() ** 2) + (1 - stop) * 4.0
    mean = stop * one.mean() + (1 - stop) * 2.0
    assert years.mean() == pytest.approx(400 * mean, rel=2e-3)
    assert years.mean() == pytest.approx(400 * (1 - np.exp(-0.6)) / 0.3, rel=2e-3)
    assert years.std() == pytest.approx((400 * (second - mean**2)) ** 0.5, rel=0.03)


COMPANIONS: dict[str, tuple[dict[str, Any], int, dict[str, Any]]] = {
    "a correlation": ({"kind": "correlation", "correlation": 0.2}, 200, {}),
    "a negative correlation, one-sided": ({"kind": "correlation", "correlation": -0.2}, 200, {"analysis": {"sides": 1}}),
    "two proportions": ({"kind": "two_proportions", "probability_treatment": 0.5, "probability_comparator": 0.38}, 600, {}),
    "two proportions with a margin": (
        {"kind": "two_proportions", "probability_treatment": 0.4, "probability_comparator": 0.4, "margin": 0.1, "better": "higher"},
        800,
        {},
    ),
    "times to an event": (
        {"kind": "time_to_event", "hazard_ratio": 0.75, "event_share": 0.6},
        640,
        {"simulation": LONG | {"trials": 28_000}},
    ),
}


@pytest.mark.parametrize("name", COMPANIONS)
def test_companion_designs_have_their_analytic_power(name: str) -> None:
    question, n, parts = COMPANIONS[name]

    found = simulate(read(question, n, **parts), processes=1)

    assert found.monte_carlo_error <= 0.003
    assert found.main.distance <= 4


@pytest.mark.parametrize("name", COMPANIONS)
def test_companion_designs_keep_their_size(name: str) -> None:
    question, n, parts = COMPANIONS[name]

    found = simulate(read(question, n, **parts), processes=1, null=True)

    assert found.main.distance <= 4
    assert found.analytic_power == pytest.approx(0.025 if "margin" in question or parts.get("analysis") else 0.05, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("a correlation", {"correlation": 0.22}),
        ("two proportions", {"probability_comparator": 0.37}),
        ("two proportions with a margin", {"margin": 0.09}),
        ("times to an event", {"event_share": 0.9}),
    ],
)
def test_another_truth_is_contradicted(name: str, wrong: dict[str, Any]) -> None:
    question, n, parts = COMPANIONS[name]

    found = simulate(read(question, n, **parts), processes=1)

    assert contradicts(found, size(read(question | wrong, n, **parts)).power)


def test_rare_outcomes_have_the_power_by_enumeration_and_not_the_normal_one() -> None:
    question = {"kind": "two_proportions", "probability_treatment": 0.02, "probability_comparator": 0.02, "margin": 0.03, "better": "lower"}

    found = simulate(read(question, 300), processes=1)

    exact = next(figure for figure in found.figures if figure.measure == "power by enumeration")
    assert exact.agrees
    assert not found.agreement


def test_the_log_rank_test_is_that_of_the_textbook() -> None:
    setting = setting_of(read({"kind": "time_to_event", "hazard_ratio": 0.5, "event_share": 0.7}, 40))
    made = Survival(setting)
    times = [rng.exponential(size=20) for rng in (np.random.default_rng(1), np.random.default_rng(2))]
    made._times = lambda rng, n, hazard: times[0 if hazard != 1.0 else 1][None, :]  # type: ignore[method-assign]

    shown = bool(made.measure(np.random.default_rng(3), 1)["shown"][0])

    end = np.sort(np.concatenate(times))[27]
    groups = [stats.CensoredData(uncensored=one[one <= end], right=np.full(int((one > end).sum()), end)) for one in times]
    assert shown is bool(stats.logrank(*groups).pvalue < 0.05)


@pytest.mark.parametrize(
    ("question", "parts", "field", "said"),
    [
        ({"kind": "rate_upper_limit", "upper_limit": 0.02}, {"solve": {"for": "n"}}, "question.observed_events", "no trial is made"),
        (
            {"kind": "first_event", "event_rate": 0.02},
            {"attrition": {"dropout_rate": 0.9}, "solve": {"for": "power", "n_randomised": 1}},
            "solve",
            "There are no people to simulate",
        ),
        (
            {"kind": "first_event", "event_rate": 0.02},
            {"simulation": {"analysis": "mixed_model"}},
            "simulation.analysis",
            'use "planned" here',
        ),
    ],
)
def test_what_cannot_be_made_is_said(question: dict[str, Any], parts: dict[str, Any], field: str, said: str) -> None:
    with pytest.raises(CannotSimulate, match=said) as refused:
        simulate(read(question, 100, **parts))

    assert refused.value.field == field


@pytest.mark.parametrize("name", ["a first event among people", "the precision of a share"])
def test_questions_without_a_hypothesis_have_no_null(name: str) -> None:
    question, n, parts = HARM[name]

    with pytest.raises(CannotSimulate, match="no null hypothesis"):
        simulate(read(question, n, **parts), null=True)
