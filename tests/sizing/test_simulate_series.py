"""Simulated n-of-1 series and replicate crossovers have the power that the formulas of methods give."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from trials.sizing.design import Design
from trials.sizing.plan import Plan
from trials.sizing.simulate import CannotSimulate
from trials.sizing.simulate.heterogeneous import Heterogeneity
from trials.sizing.simulate.outcomes import Sequence
from trials.sizing.simulate.series import SeriesModel, SeriesOutcomes, heterogeneity, present
from trials.sizing.simulate.setting import Setting, setting_of

TRIALS = 40_000
Planned = Callable[..., Plan]


def error(power: float) -> float:
    return float((power * (1 - power) / TRIALS) ** 0.5)


def series(planned: Planned, effect: float, individual: float, people: int = 12, **parts: Any) -> Setting:
    """The setting of 12 people with 4 cycles, σ_w = 1, in place of a crossover."""
    plan = planned(
        "ABBA/BAAB",
        outcome={"within_subject_sd": 1.0, "individual_response_sd": individual},
        question={"mean_difference": effect},
        solve={"for": "power", "n_evaluable" if "attrition" not in parts else "n_randomised": people},
        **parts,
    )
    setting = setting_of(plan)
    n_of_1 = setting.plan.model_copy(update={"design": Design(name="n_of_1", cycles=4)})
    return Setting(n_of_1, setting.answer, setting.simulation, (sum(setting.started),), (sum(setting.staying),))


def made(setting: Setting, effect: float, seed: int, trials: int = TRIALS) -> Sequence:
    outcomes = SeriesOutcomes(setting, {"A": effect, "B": 0.0}, "A", "B")
    portions = [one for (one,) in outcomes.trials(np.random.default_rng(seed), trials)]
    seen = None if portions[0].seen is None else np.concatenate([one.seen for one in portions if one.seen is not None])
    return Sequence("", np.concatenate([one.measured for one in portions]), seen)


def rejected(found: Sequence, people: str) -> tuple[NDArray[np.bool_], float]:
    fitted = SeriesModel(people).fit([found])
    df = float(fitted.degrees_of_freedom[0, 0])
    return np.abs(fitted.estimate[:, 0] / fitted.standard_error[:, 0]) > stats.t.ppf(0.975, df), df


def test_the_average_effect_in_the_population_has_its_power(planned: Planned) -> None:
    shown, df = rejected(made(series(planned, 0.7, 0.5**0.5), 0.7, 1), "random")

    assert df == 11
    assert shown.mean() == pytest.approx(0.5989, abs=4 * error(0.6))


def test_the_average_effect_in_these_people_has_its_size(planned: Planned) -> None:
    shown, df = rejected(made(series(planned, 0.7, 0.0), 0.0, 2), "fixed")

    assert df == 36
    assert shown.mean() == pytest.approx(0.05, abs=4 * error(0.05))


@pytest.mark.parametrize("people", ["random", "fixed"])
def test_people_who_left_do_not_count(people: str, planned: Planned) -> None:
    found = made(series(planned, 0.7, 0.5, attrition={"dropout_rate": 0.3}), 0.7, 3, 50)

    fitted = SeriesModel(people).fit([found])

    for t in range(50):
        values = found.measured[t][present(found)[t]]
        if people == "random":
            theirs = stats.ttest_1samp(values.mean(axis=1), 0.0)
            assert fitted.estimate[t, 0] / fitted.standard_error[t, 0] == pytest.approx(theirs.statistic)
        else:
            within = np.square(values - values.mean(axis=1, keepdims=True)).sum() / (len(values) * 3)
            assert fitted.standard_error[t, 0] == pytest.approx((within / values.size) ** 0.5)
        assert fitted.estimate[t, 0] == pytest.approx(values.mean())
    assert len(set(fitted.degrees_of_freedom[:, 0])) > 3


def test_heterogeneity_has_its_power_and_size(planned: Planned) -> None:
    for individual, share in ((0.5**0.5, 0.4390), (0.0, 0.05)):
        found = made(series(planned, 0.7, individual), 0.7, 4)

        f, between, within = heterogeneity([(found.measured, present(found))], by_cycle=False)

        assert (between[0], within[0]) == (11, 36)
        assert np.mean(f > stats.f.ppf(0.95, 11, 36)) == pytest.approx(share, abs=4 * error(share))


def test_a_series_is_asked_whether_people_differ(planned: Planned) -> None:
    shown = Heterogeneity(series(planned, 0.7, 0.5**0.5)).measure(np.random.default_rng(5), TRIALS)["shown"]

    assert shown.mean() == pytest.approx(0.4390, abs=4 * error(0.44))


def replicate(planned: Planned, individual: float, **parts: Any) -> Setting:
    outcome = {"within_subject_sd": 1.0, "individual_response_sd": individual}
    return setting_of(planned("ABBA/BAAB", outcome=outcome, solve={"for": "power", "n_evaluable": 20}, **parts))


@pytest.mark.parametrize(("individual", "share"), [(0.5**0.5, 0.2075), (0.0, 0.05)])
def test_heterogeneity_in_a_replicate_crossover_has_its_power_whatever_the_periods_do(
    individual: float, share: float, planned: Planned
) -> None:
    found = Heterogeneity(replicate(planned, individual)).measure(np.random.default_rng(6), TRIALS)

    assert np.mean(found["shown"]) == pytest.approx(share, abs=4 * error(share))


def test_period_effects_that_are_left_in_would_spoil_the_test(planned: Planned) -> None:
    simulator = Heterogeneity(replicate(planned, 0.0))
    trials = next(simulator.outcomes.trials(np.random.default_rng(7), 2000))
    found = [(one.measured[..., ::2] - one.measured[..., 1::2]) * sign for one, sign in zip(trials, simulator.signs, strict=True)]
    everybody = np.concatenate(found, axis=1)

    f, between, within = heterogeneity([(everybody, np.ones(everybody.shape[:2], dtype=bool))], by_cycle=False)

    assert np.mean(f > stats.f.ppf(0.95, between[0], within[0])) < 0.03


def test_heterogeneity_with_random_dropout_keeps_its_size(planned: Planned) -> None:
    simulator = Heterogeneity(replicate(planned, 0.0, attrition={"dropout_rate": 0.2}))

    found = simulator.measure(np.random.default_rng(8), 5000)

    assert np.mean(found["shown"]) == pytest.approx(0.05, abs=0.0125)


def test_without_individual_response_nobody_differs(planned: Planned) -> None:
    plan = Heterogeneity.under_null(replicate(planned, 0.5).plan)

    assert plan.continuous.individual_response_sd == 0.0


def test_a_design_without_complete_cycles_is_refused(planned: Planned) -> None:
    setting = setting_of(planned("ABB/BAA", solve={"for": "power", "n_evaluable": 20}))

    with pytest.raises(CannotSimulate, match="in each pair of periods"):
        Heterogeneity(setting)
