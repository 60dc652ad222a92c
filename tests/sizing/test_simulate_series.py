"""Simulated n-of-1 series and replicate crossovers have the power that the formulas of methods give."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from trials.sizing.plan import Plan
from trials.sizing.simulate import CannotSimulate
from trials.sizing.simulate.n_of_1 import differences, heterogeneity_tested, mean_tested
from trials.sizing.simulate.repeats import RepeatedCycles
from trials.sizing.simulate.setting import Setting, setting_of

TRIALS = 40_000
SERIES = {"shape": (TRIALS, 12, 4), "within_subject_sd": 1.0, "individual_response_sd": 0.5**0.5}


def error(power: float) -> float:
    return float((power * (1 - power) / TRIALS) ** 0.5)


def test_the_average_effect_in_the_population_has_its_power() -> None:
    made = differences(np.random.default_rng(1), effect=0.7, **SERIES)

    _, t, df = mean_tested(made, 0.0, "random")

    assert df == 11
    assert np.mean(np.abs(t) > stats.t.ppf(0.975, df)) == pytest.approx(0.5989, abs=4 * error(0.6))


def test_the_average_effect_in_these_people_has_its_size() -> None:
    made = differences(np.random.default_rng(2), **SERIES | {"effect": 0.0, "individual_response_sd": 0.0})

    _, t, df = mean_tested(made, 0.0, "fixed")

    assert df == 36
    assert np.mean(np.abs(t) > stats.t.ppf(0.975, df)) == pytest.approx(0.05, abs=4 * error(0.05))


def test_heterogeneity_has_its_power_and_size() -> None:
    rng = np.random.default_rng(3)
    made = differences(rng, effect=0.7, **SERIES)
    alike = differences(rng, **SERIES | {"effect": 0.7, "individual_response_sd": 0.0})

    f, between, within = heterogeneity_tested([made], by_cycle=False)
    null, *_ = heterogeneity_tested([alike], by_cycle=False)

    critical = stats.f.ppf(0.95, between, within)
    assert (between, within) == (11, 36)
    assert np.mean(f > critical) == pytest.approx(0.4390, abs=4 * error(0.44))
    assert np.mean(null > critical) == pytest.approx(0.05, abs=4 * error(0.05))


def replicate(planned: Callable[..., Plan], individual: float, **parts: Any) -> Setting:
    outcome = {"within_subject_sd": 1.0, "individual_response_sd": individual}
    return setting_of(planned("ABBA/BAAB", outcome=outcome, solve={"for": "power", "n_evaluable": 20}, **parts))


@pytest.mark.parametrize(("individual", "share"), [(0.5**0.5, 0.2075), (0.0, 0.05)])
def test_heterogeneity_in_a_replicate_crossover_has_its_power_whatever_the_periods_do(
    individual: float, share: float, planned: Callable[..., Plan]
) -> None:
    simulator = RepeatedCycles(replicate(planned, individual))

    found = simulator.measure(np.random.default_rng(4), TRIALS)

    assert np.mean(found["shown"]) == pytest.approx(share, abs=4 * error(share))


def test_period_effects_that_are_left_in_would_spoil_the_test(planned: Callable[..., Plan]) -> None:
    simulator = RepeatedCycles(replicate(planned, 0.0))
    made = next(simulator.outcomes.trials(np.random.default_rng(5), 2000))
    found = [(one.measured[..., ::2] - one.measured[..., 1::2]) * sign for one, sign in zip(made, simulator.signs, strict=True)]

    f, between, within = heterogeneity_tested([np.concatenate(found, axis=1)], by_cycle=False)

    assert np.mean(f > stats.f.ppf(0.95, between, within)) < 0.03


def test_heterogeneity_with_random_dropout_keeps_its_size(planned: Callable[..., Plan]) -> None:
    simulator = RepeatedCycles(replicate(planned, 0.0, attrition={"dropout_rate": 0.2}))

    found = simulator.measure(np.random.default_rng(6), 5000)

    assert np.mean(found["shown"]) == pytest.approx(0.05, abs=0.0125)


def test_a_design_without_complete_cycles_is_refused(planned: Callable[..., Plan]) -> None:
    setting = setting_of(planned("ABB/BAA", solve={"for": "power", "n_evaluable": 20}))

    with pytest.raises(CannotSimulate, match="in each pair of periods"):
        RepeatedCycles(setting)
