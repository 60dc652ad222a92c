"""One person's own effect: from that person's cycles alone, or shrunken towards the average of all."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from tests.sizing.far import at_most
from trials.sizing.plan import MalformedPlan, read_plan
from trials.sizing.sensitivity import explore
from trials.sizing.series import Series
from trials.sizing.size import size
from trials.sizing.wording import plain_statement

Matrix = NDArray[np.float64]
PSI = 0.5**0.5
WITH_RESPONSES = {"within_subject_sd": 1.0, "individual_response_sd": PSI}


def effect(ask: Any, cycles: int | None = 4, solve: Any = None, outcome: Any = WITH_RESPONSES, **question: Any) -> Any:
    design = {"name": "n_of_1"} | ({} if cycles is None else {"cycles": cycles})
    return ask(design, outcome=outcome, question={"kind": "individual_effect"} | question, solve=solve or at(12))


def at(n: float) -> dict[str, Any]:
    return {"for": "half_width", "n_evaluable": n}


def trials_of(rng: np.random.Generator, trials: int, n: int, cycles: int, psi: float = PSI) -> tuple[Matrix, Matrix]:
    """True differences of people, and their differences by cycle."""
    true = 0.7 + psi * rng.standard_normal((trials, n))
    return true, true[:, :, None] + np.sqrt(2) * rng.standard_normal((trials, n, cycles))


# reference values


def test_shrinkage_has_the_prediction_error_variance_of_the_reference(ask: Any) -> None:
    shrunken, own = effect(ask, estimate="shrunken"), effect(ask)

    assert shrunken.standard_error**2 == pytest.approx(0.2708, abs=5e-5)
    assert own.standard_error**2 == pytest.approx(0.500)
    assert shrunken.own_weight == pytest.approx(0.5)
    assert shrunken.half_width == pytest.approx(1.959964 * 0.2708333**0.5, abs=1e-5)


def test_an_own_interval_pools_the_error_of_all(ask: Any) -> None:
    answer = effect(ask)

    assert answer.degrees_of_freedom == 36
    assert answer.half_width == pytest.approx(stats.t.ppf(0.975, 36) * 0.5**0.5)


# an independent route


def test_own_intervals_hold_the_truth_as_often_as_they_say(ask: Any) -> None:
    rng = np.random.default_rng(31)
    true, d = trials_of(rng, 20_000, 12, 4)
    answer = effect(ask, confidence_level=0.9)

    error = np.abs(d.mean(axis=2) - true)
    pooled = np.sqrt(d.var(axis=2, ddof=1).mean(axis=1) / 4)
    held = (error <= stats.t.ppf(0.95, 36) * pooled[:, None]).mean()
    without_error = (error <= (answer.half_width / 2**0.5)).mean()

    assert held == pytest.approx(0.9, abs=0.003)
    assert (answer.critical_value * pooled).mean() == pytest.approx(answer.half_width, rel=0.01)
    assert without_error < 0.8


@pytest.mark.parametrize(("n", "cycles", "psi"), [(12, 4, PSI), (3, 2, 2.0), (40, 6, 0.3)])
def test_shrunken_effects_miss_the_truth_by_the_planned_variance(ask: Any, n: int, cycles: int, psi: float) -> None:
    rng = np.random.default_rng(32)
    true, d = trials_of(rng, 100_000 // n, n, cycles, psi)
    means, weight = d.mean(axis=2), psi**2 / (psi**2 + 2 / cycles)
    answer = effect(ask, cycles, at(n), {"within_subject_sd": 1.0, "individual_response_sd": psi}, estimate="shrunken")

    shrunken = means.mean(axis=1, keepdims=True) + weight * (means - means.mean(axis=1, keepdims=True))
    squared = ((shrunken - true) ** 2).mean(axis=1)
    error = squared.std() / len(squared) ** 0.5
    without_the_mean = psi**2 * (1 - weight)

    assert abs(squared.mean() - answer.standard_error**2) <= 4 * error
    assert abs(squared.mean() - without_the_mean) > 4 * error or n == 40
    assert (np.abs(shrunken - true) <= answer.half_width).mean() == pytest.approx(0.95, abs=0.004)


@pytest.mark.parametrize(("n", "coverage"), [(12, 0.857), (30, 0.903), (100, 0.940)])
def test_estimated_variances_make_the_shrunken_interval_hold_less_often_as_warned(ask: Any, n: int, coverage: float) -> None:
    rng = np.random.default_rng(33)
    true, d = trials_of(rng, 200_000 // n, n, 4)
    means, within = d.mean(axis=2), d.var(axis=2, ddof=1).mean(axis=1) / 4
    between = np.maximum(means.var(axis=1, ddof=1) - within, 0.0)
    weight = between / (between + within)

    shrunken = means.mean(axis=1, keepdims=True) + weight[:, None] * (means - means.mean(axis=1, keepdims=True))
    variance = between * (1 - weight) + (1 - weight) ** 2 * (between + within) / n
    held = (np.abs(shrunken - true) <= 1.959964 * np.sqrt(variance)[:, None]).mean()

    assert held == pytest.approx(coverage, abs=0.006)
    assert next(warning.code for warning in effect(ask, 4, at(n), estimate="shrunken").warnings) == "variances_taken_as_known"


# search and verbs


@pytest.mark.parametrize(("estimate", "half_width", "n"), [("own", 1.40, 41), ("shrunken", 1.01, 17)])
def test_a_solved_n_is_the_smallest(ask: Any, estimate: str, half_width: float, n: int) -> None:
    answer = effect(ask, solve={"for": "n"}, estimate=estimate, half_width=half_width)

    assert answer.n_evaluable == n
    assert answer.half_width <= half_width < effect(ask, solve=at(n - 1), estimate=estimate).half_width


@pytest.mark.parametrize("estimate", ["own", "shrunken"])
def test_cycles_are_the_fewest_that_reach_the_width(ask: Any, estimate: str) -> None:
    widths = [effect(ask, k, estimate=estimate).half_width for k in range(2, 12)]

    answer = effect(ask, None, {"for": "cycles", "n_evaluable": 12}, estimate=estimate, half_width=0.9)

    assert answer.cycles == 2 + next(k for k, width in enumerate(widths) if width <= 0.9)
    assert answer.half_width == widths[answer.cycles - 2]
    assert size(read_plan(answer.as_json()["plan"])) == answer


def test_more_people_do_not_narrow_an_own_interval_below_its_error(ask: Any) -> None:
    answer = effect(ask, solve={"for": "n"}, half_width=1.3)

    assert answer.n_evaluable is None
    assert "the half-width is still 1.385909. More people hardly narrow one person's interval. Add cycles" in answer.reason


def test_other_cycles_are_offered_where_people_do_not_help(planned: Any) -> None:
    plan = planned(
        {"name": "n_of_1", "cycles": 4},
        outcome=WITH_RESPONSES,
        question={"kind": "individual_effect", "half_width": 0.7},
        solve={"for": "n"},
    )

    table = explore(plan, size(plan)).cycles_trade_off

    assert table is not None
    assert table.cycles[-1] == 18
    assert table.n_evaluable[14] is None
    assert table.n_evaluable[15:] == (9, 2, 2)
    assert "a person's own cycles are what narrows that person's interval" in table.reading


def test_the_log_scale_takes_and_gives_a_factor(ask: Any, raw: Any) -> None:
    outcome = {"scale": "log", "within_subject_cv": 0.3, "individual_response_sd": 0.2}

    answer = effect(ask, None, {"for": "cycles", "n_evaluable": 12}, outcome, estimate="shrunken", ratio_half_width=1.3)

    assert answer.ratio_half_width == pytest.approx(np.exp(answer.half_width))
    assert answer.ratio_half_width <= 1.3
    with pytest.raises(MalformedPlan, match="the width is said as ratio_half_width"):
        read_plan(
            raw({"name": "n_of_1", "cycles": 3}, outcome=outcome, question={"kind": "individual_effect", "half_width": 1.0}, solve=at(9))
        )


def test_a_person_reads_what_she_will_learn(planned: Any) -> None:
    plan = planned({"name": "n_of_1", "cycles": 4}, outcome=WITH_RESPONSES, question={"kind": "individual_effect"}, solve=at(12))

    assert plain_statement(plan, size(plan)) == (
        "The trial starts with 12 people. Each person takes A and B 4 times over, in an order decided by chance each time. "
        "Each person will learn how A compares with B for them, from their own results, to within 1.434."
    )


# properties


@at_most(1_000)
@given(sd=st.floats(0.05, 20.0), psi=st.floats(0.0, 20.0), cycles=st.integers(2, 49), n=st.integers(2, 5000))
def test_a_shrunken_interval_is_narrower_and_narrows_with_people_and_cycles(ask: Any, sd: float, psi: float, cycles: int, n: int) -> None:
    outcome = {"within_subject_sd": sd, "individual_response_sd": psi}

    def width(k: int, people: int, estimate: str = "shrunken") -> float:
        return float(effect(ask, k, at(people), outcome, estimate=estimate).half_width)

    assert 0.0 < width(cycles, n) <= width(cycles, n, "own") * (1 + 1e-9)
    assert width(cycles, n + 1) <= width(cycles, n) * (1 + 1e-9)
    assert width(cycles + 1, n) <= width(cycles, n) * (1 + 1e-9)
    assert width(cycles, n + 1, "own") <= width(cycles, n, "own") * (1 + 1e-9)


@at_most(1_000)
@given(psi=st.floats(0.0, 20.0), cycles=st.integers(1, 50), n=st.integers(1, 1000))
def test_shrinkage_has_its_limits(psi: float, cycles: int, n: int) -> None:
    series = Series(cycles, "random", psi)

    assert series.shrunken_variance(1) == pytest.approx(series.own_variance)
    assert Series(cycles, "random", 0.0).shrunken_variance(n) == pytest.approx(series.own_variance / n)
    assert Series(cycles, "random", 1e6).shrunken_variance(n) == pytest.approx(series.own_variance, rel=1e-6)


@at_most(1_000)
@given(scale=st.floats(0.01, 100.0), estimate=st.sampled_from(["own", "shrunken"]))
def test_the_width_is_in_the_unit_of_the_outcome(ask: Any, scale: float, estimate: str) -> None:
    scaled = effect(ask, outcome={"within_subject_sd": scale, "individual_response_sd": scale * PSI}, estimate=estimate)

    assert scaled.half_width == pytest.approx(scale * effect(ask, estimate=estimate).half_width)


# where there is no answer


def test_a_crossover_is_referred_to_a_series(ask: Any) -> None:
    answer = ask("ABBA/BAAB", outcome=WITH_RESPONSES, question={"kind": "individual_effect"}, solve=at(12))

    assert answer.reason.startswith(
        "One person's own effect is read from an n-of-1 series; in ABBA/BAAB it is mixed with the effects of periods."
    )


@pytest.mark.parametrize(
    ("parts", "start"),
    [
        ({"cycles": 1}, "With one cycle a person nothing tells a person's effect from error. Add a cycle."),
        ({"outcome": WITH_RESPONSES | {"autocorrelation": 0.1}}, "With autocorrelation"),
        ({"estimate": "shrunken", "solve": at(1)}, "With 1 person"),
    ],
)
def test_a_person_s_effect_has_its_reasons(ask: Any, parts: Any, start: str) -> None:
    assert effect(ask, **parts).reason.startswith(start)


@pytest.mark.parametrize(
    ("parts", "field", "message"),
    [
        (
            {"outcome": {"within_subject_sd": 1.0}, "question": {"kind": "individual_effect", "estimate": "shrunken"}},
            "outcome.individual_response_sd",
            "individual_response_sd is missing: how far a person's result is drawn towards the average depends on how much people differ.",
        ),
        (
            {"question": {"kind": "individual_effect", "estimate": "blup"}},
            "question.estimate",
            'estimate is the text “blup”; it must be "own" or "shrunken".',
        ),
        (
            {"solve": {"for": "n"}},
            "question.half_width",
            "half_width is missing: how far the interval may reach beyond a person's difference.",
        ),
        (
            {"solve": {"for": "cycles", "n_evaluable": 9, "target_power": 0.8}},
            "solve.target_power",
            "individual_effect has no power; leave target_power out: the width in the question is what counts.",
        ),
        (
            {"analysis": {"alpha": 0.1}},
            "analysis.alpha",
            "One person's effect has a confidence_level instead of alpha; leave alpha out.",
        ),
        (
            {"solve": {"for": "power", "n_evaluable": 9}},
            "solve.for",
            "individual_effect on the additive scale can be solved for n, half_width or cycles, not for power.",
        ),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(raw: Any, parts: Any, field: str, message: str) -> None:
    usual = {"outcome": WITH_RESPONSES, "question": {"kind": "individual_effect"}, "solve": at(12)}

    with pytest.raises(MalformedPlan) as refusal:
        read_plan(raw({"name": "n_of_1", "cycles": 4}, **usual | parts))

    assert {"field": field, "message": message} in refusal.value.errors
