"""Interim looks: peers' figures, trials simulated with their looks, an independent integral, limits and refusals."""

import json
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.sizing.conftest import plan_with
from tests.sizing.far import at_most
from trials.sizing.laws.boundaries import boundaries, spent
from trials.sizing.plan import MalformedPlan, read_plan
from trials.sizing.sensitivity import explore
from trials.sizing.size import size
from trials.sizing.wording import plain_statement, statement

ROWS = [json.loads(line) for line in (Path(__file__).parent / "reference" / "group-sequential.jsonl").read_text().splitlines()]
TRIALS = 40_000  # a Monte Carlo error of 0.0025 at a power of 0.5
HALF: dict[str, Any] = {"outcome": {"within_subject_sd": 1.0}, "question": {"mean_difference": 0.5, "better": "higher"}}
ONE_SIDED: dict[str, Any] = {"alpha": 0.025, "sides": 1}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_row_of_lrstat_agrees(row: dict[str, Any]) -> None:
    answer = size(read_plan(row["plan"])).as_json()

    for key, want in row["expect"].items():
        assert answer[key] == pytest.approx(want, rel=row["tolerance"][key])
    assert set(row["expect"]) == {"n_unrounded", "expected_n_alternative", "expected_n_null", "critical_values"}


def test_every_row_was_held_against_the_engine() -> None:
    assert (len(ROWS), {row["family"] for row in ROWS}) == (15, {"group-sequential"})


def test_the_example_of_rpact_and_lrstat_is_met() -> None:
    answer = size(read_plan(plan_with(**HALF, analysis=ONE_SIDED | {"looks": 2}, solve={"for": "n", "target_power": 0.8})))

    assert answer.critical_values == pytest.approx((2.96259, 1.96860), abs=1e-5)
    assert answer.n_unrounded == pytest.approx(63.0249, abs=1e-4)
    assert answer.expected_n_alternative == pytest.approx(57.8548, abs=1e-4)
    assert (answer.n_evaluable, answer.n_per_look) == (64, (32, 64))
    assert (answer.power or 0.0) >= 0.8 > (answer.power_one_step_below or 1.0)


@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock"])
@pytest.mark.parametrize("drift", [0.0, 1.0, 3.0])
def test_the_chance_to_cross_is_that_of_a_multivariate_normal(spending: str, drift: float) -> None:
    bounds = boundaries(0.025, 3, spending, 1)

    expected = 1 - stats.multivariate_normal.cdf(
        bounds.critical_values,
        mean=drift * np.sqrt(bounds.fractions),
        cov=np.sqrt(np.minimum.outer(bounds.fractions, bounds.fractions) / np.maximum.outer(bounds.fractions, bounds.fractions)),
        abseps=1e-9,
        releps=1e-9,
        maxpts=1_000_000,
    )

    assert float(bounds.power(drift)) == pytest.approx(float(expected), abs=1e-7)


class Looked:
    """AB/BA trials with a known SD, analysed person by person at each look."""

    def __init__(self, seed: int, effect: float, at: tuple[int, ...], sd: float = 1.0) -> None:
        rng = np.random.default_rng(seed)
        people = at[-1]
        sign = np.where(np.arange(people) % 2 == 0, 1.0, -1.0)
        y = sd * rng.standard_normal((TRIALS, people, 2))
        y += 0.4 * np.arange(2)
        y[:, :, 0] += effect * (sign > 0)
        y[:, :, 1] += effect * (sign < 0)
        d = (y[:, :, 0] - y[:, :, 1]) / 2
        first, second = np.cumsum(np.where(sign > 0, d, 0.0), axis=1), np.cumsum(np.where(sign < 0, d, 0.0), axis=1)
        # half the difference between the sequences' mean period differences
        self.z = np.stack([(first[:, n - 1] - second[:, n - 1]) / (n / 2) / (sd * sqrt(2.0 / n)) for n in at], axis=1)
        self.at = np.array(at)

    def crossed(self, critical: Any, *, two_sided: bool) -> tuple[float, float]:
        """The share of trials that cross, and the mean number of people when they stop."""
        over = (np.abs(self.z) if two_sided else self.z) > np.asarray(critical)
        stopped = np.where(over.any(axis=1), self.at[np.argmax(over, axis=1)], self.at[-1])
        return float(over.any(axis=1).mean()), float(stopped.mean())


@pytest.mark.parametrize(("sides", "spending"), [(1, "obrien_fleming"), (2, "pocock")])
def test_trials_with_looks_reach_the_power_and_keep_alpha(sides: int, spending: str) -> None:
    analysis: dict[str, Any] = {"alpha": 0.025 * sides, "sides": sides, "looks": 3, "spending": spending}
    answer = size(read_plan(plan_with(**HALF, analysis=analysis, solve={"for": "power", "n_evaluable": 60})))
    at = tuple(int(n) for n in answer.n_per_look or ())

    power, expected_n = Looked(21, 0.5, at).crossed(answer.critical_values, two_sided=sides == 2)
    alpha, expected_null = Looked(22, 0.0, at).crossed(answer.critical_values, two_sided=sides == 2)
    careless, _ = Looked(22, 0.0, at).crossed([1.959964] * 3, two_sided=sides == 2)

    error = 4 * sqrt(0.25 / TRIALS)
    assert at == (20, 40, 60)
    assert answer.power == pytest.approx(power, abs=error)
    assert answer.expected_n_alternative == pytest.approx(expected_n, abs=0.2)
    assert answer.expected_n_null == pytest.approx(expected_null, abs=0.05)
    assert 0.025 * sides == pytest.approx(alpha, abs=4 * sqrt(0.05 / TRIALS))
    # looking three times without paying for it is noticed
    assert careless > 0.025 * sides + 0.01


def test_one_look_by_the_normal_distribution_is_the_plain_formula() -> None:
    answer = size(read_plan(plan_with(**HALF, analysis=ONE_SIDED | {"test": "normal"}, solve={"for": "n", "target_power": 0.8})))

    z = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    assert answer.n_unrounded == pytest.approx(2 * float(z / 0.5) ** 2, rel=1e-9)
    assert answer.critical_values == pytest.approx((1.959964,), abs=1e-6)
    assert answer.expected_n_alternative == pytest.approx(answer.n_unrounded)


@at_most(1_000)
@given(
    alpha=st.floats(1e-6, 0.4),
    looks=st.integers(1, 12),
    spending=st.sampled_from(["obrien_fleming", "pocock"]),
    sides=st.sampled_from([1, 2]),
    drifts=st.lists(st.floats(-8, 12), min_size=2, max_size=2),
)
def test_alpha_is_spent_to_the_last_and_power_grows(alpha: float, looks: int, spending: str, sides: int, drifts: list[float]) -> None:
    bounds = boundaries(alpha, looks, spending, sides)
    low, high = sorted(abs(drift) if sides == 2 else drift for drift in drifts)

    powers = bounds.power(np.array([low, high]))

    assert float(bounds.power(0.0)) == pytest.approx(alpha, rel=1e-9)
    assert np.cumsum(bounds.crossed(0.0)) == pytest.approx(
        [sides * spent(alpha / sides, k / looks, spending) for k in range(1, looks)] + [alpha], rel=1e-7
    )
    assert np.all((powers >= 0) & (powers <= 1))
    assert powers[0] <= powers[1] + 1e-12


@at_most(1_000)
@given(factor=st.floats(1e-3, 1e3), sign=st.sampled_from([1.0, -1.0]))
def test_the_unit_and_the_direction_of_the_outcome_change_nothing(factor: float, sign: float) -> None:
    def asked(scale: float, better: str) -> Any:
        return size(
            read_plan(
                plan_with(
                    outcome={"within_subject_sd": abs(scale)},
                    question={"kind": "non_inferiority", "mean_difference": 0.0, "margin": 0.6 * abs(scale), "better": better},
                    analysis={"looks": 3},
                )
            )
        )

    found, plain = asked(factor * sign, "higher" if sign > 0 else "lower"), asked(1.0, "higher")

    assert found.n_evaluable == plain.n_evaluable
    assert found.n_unrounded == pytest.approx(plain.n_unrounded, rel=1e-9)


def test_looks_are_whole_allocation_units_and_end_at_n() -> None:
    answer = size(read_plan(plan_with("ABC/BCA/CAB", **HALF, analysis={"looks": 4}, solve={"for": "n", "target_power": 0.85})))

    looks = answer.n_per_look or ()
    assert looks[-1] == answer.n_evaluable
    assert [n % 3 for n in looks] == [0, 0, 0, 0]
    assert list(looks) == sorted(set(looks))


def test_more_looks_than_people_have_a_reason() -> None:
    answer = size(read_plan(plan_with(**HALF, analysis={"looks": 12}, solve={"for": "power", "n_evaluable": 20})))

    assert answer.n_evaluable is None
    assert "not enough for 12 looks" in (answer.reason or "")


def test_a_difference_on_the_boundary_has_a_reason() -> None:
    question = {"kind": "non_inferiority", "mean_difference": -1.0, "margin": 1.0, "better": "higher"}

    answer = size(read_plan(plan_with(question=question, analysis={"looks": 2})))

    assert answer.n_evaluable is None
    assert answer.maximum_attainable == pytest.approx(0.025, abs=1e-9)


def test_the_overrun_of_a_crossover_is_warned_of() -> None:
    answer = size(read_plan(plan_with(analysis={"looks": 2})))

    assert {"over_run", "known_variance"} <= {warning.code for warning in answer.warnings}
    assert answer.degrees_of_freedom is None


def test_without_looks_nothing_is_over_run() -> None:
    assert "over_run" not in {warning.code for warning in size(read_plan(plan_with())).warnings}


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"analysis": {"looks": 13}}, "analysis.looks"),
        ({"analysis": {"spending": "pocock"}}, "analysis.spending"),
        ({"analysis": {"looks": 2, "test": "mid_p"}}, "analysis.test"),
        ({"analysis": {"looks": 2}, "solve": {"for": "mean_difference", "n_evaluable": 40, "target_power": 0.8}}, "solve.for"),
        ({"analysis": {"looks": 2}, "attrition": {"lost_before_period": [0, 0.1]}}, "attrition.lost_before_period"),
        ({"analysis": {"looks": 2, "re_estimation": {"maximum_n": 90}}}, "analysis.re_estimation"),
        (
            {
                "analysis": {"looks": 2},
                "question": {"kind": "equivalence", "mean_difference": 0.0, "lower_limit": -1.0, "upper_limit": 1.0},
            },
            "analysis.looks",
        ),
    ],
)
def test_looks_where_they_do_not_fit_are_refused(parts: dict[str, Any], field: str) -> None:
    with pytest.raises(MalformedPlan) as refused:
        read_plan(plan_with(**parts))

    assert [error["field"] for error in refused.value.errors] == [field]


def test_the_sentences_say_when_the_data_are_looked_at() -> None:
    plan = read_plan(plan_with(analysis={"looks": 2}))
    answer = size(plan)

    assert "The data are looked at 2 times, when 22 and 44 participants have completed all periods" in statement(plan, answer)
    assert "its alpha spent over 2 equally spaced looks by O'Brien and Fleming's function" in statement(plan, answer)
    assert "The results are looked at 2 times" in plain_statement(plan, answer)


def test_what_is_shown_around_the_answer_keeps_its_looks() -> None:
    plan = read_plan(plan_with(analysis={"looks": 2}, attrition={"dropout_rate": 0.1}))
    answer = size(plan)

    found = explore(plan, answer)

    assert found.stress is not None
    assert found.stress.rows[0].power == pytest.approx(answer.power, abs=1e-12)
    assert found.sensitivity is not None
    row, column = found.sensitivity.planned
    assert found.sensitivity.n_evaluable[row][column] == answer.n_evaluable
    assert found.power_curve is not None
    planned = next(curve for curve in found.power_curve.curves if curve.planned)
    assert planned.power[found.power_curve.n_evaluable.index(float(answer.n_evaluable or 0))] == pytest.approx(answer.power, abs=1e-12)
    assert (found.detectable_difference, found.half_width) == (None, None)
