"""Heterogeneity: whether people differ in their true response, told from error by cycles that are repeated."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from tests.sizing.far import at_most
from trials.sizing.laws.power import f_ratio_power
from trials.sizing.plan import MalformedPlan, read_plan
from trials.sizing.sensitivity import explore
from trials.sizing.series import complete_cycles
from trials.sizing.size import size

TRIALS = 100_000
Matrix = NDArray[np.float64]
PSI = 0.5**0.5
WITH_RESPONSES = {"within_subject_sd": 1.0, "individual_response_sd": PSI}
FOUR_CYCLES = {"name": "n_of_1", "cycles": 4}


def heterogeneity(ask: Any, design: Any, outcome: Any = WITH_RESPONSES, question: Any = None, **parts: Any) -> Any:
    """`ask` adds the letters A and B, which are the only ones of these designs."""
    return ask(design, outcome=outcome, question={"kind": "heterogeneity"} | (question or {}), **parts)


def at(n: float) -> dict[str, Any]:
    return {"for": "power", "n_evaluable": n}


def crossover(rng: np.random.Generator, sequences: tuple[str, ...], per_sequence: int, psi: float) -> Matrix:
    """Measurements, shape (trials, sequences, people, periods): people differ in level and in each treatment; periods have a trend."""
    periods = len(sequences[0])
    shape = (TRIALS, len(sequences), per_sequence)
    letters = sorted(set("".join(sequences)))
    responses = psi / np.sqrt(2) * rng.standard_normal((*shape, len(letters)))
    place = np.array([[letters.index(letter) for letter in sequence] for sequence in sequences])
    own = np.take_along_axis(responses, np.broadcast_to(place[None, :, None, :], (*shape, periods)), axis=3)
    return np.asarray(own + rng.standard_normal((*shape, periods)) + 2.0 * rng.standard_normal((*shape, 1)) + 0.7 * np.arange(periods))


def by_cycle(y: Matrix, sequences: tuple[str, ...]) -> Matrix:
    """The first A minus the first B, the second A minus the second B, shape (trials, sequences, people, cycles)."""
    found = []
    for s, sequence in enumerate(sequences):
        first = [period for period, letter in enumerate(sequence) if letter == "A"]
        second = [period for period, letter in enumerate(sequence) if letter == "B"]
        found.append(y[:, s][..., first] - y[:, s][..., second])
    return np.stack(found, axis=1)


def significant(d: Matrix, *, adjusted: bool = True) -> NDArray[np.bool_]:
    """F test of the mean squares between and within people, once the means by sequence and cycle are removed."""
    _, sequences, people, cycles = d.shape
    n, groups = sequences * people, sequences if adjusted else 1
    d = d - d.mean(axis=2 if adjusted else (1, 2, 3), keepdims=True)
    means = d.mean(axis=3)
    between = cycles * np.sum(means**2, axis=(1, 2)) / (n - groups)
    freedom = (n - groups) * (cycles - 1) if adjusted else n * (cycles - 1)
    within = np.sum((d - means[..., None]) ** 2, axis=(1, 2, 3)) / freedom
    return np.asarray(between / within > stats.f.ppf(0.95, n - groups, freedom))


def agrees(rejected: NDArray[np.bool_], power: float) -> bool:
    error = float(np.sqrt(power * (1 - power) / len(rejected)))
    assert error <= 0.003
    return bool(abs(rejected.mean() - power) <= 4 * error)


# reference values


def test_a_series_has_the_power_of_the_reference(ask: Any) -> None:
    answer = heterogeneity(ask, FOUR_CYCLES, solve=at(12))

    assert answer.power == pytest.approx(0.4390, abs=5e-5)
    assert (answer.numerator_degrees_of_freedom, answer.degrees_of_freedom) == (11, 36)


def test_a_replicate_crossover_has_the_power_of_the_reference(ask: Any) -> None:
    answer = heterogeneity(ask, "ABBA/BAAB", solve=at(20))

    assert answer.power == pytest.approx(0.2075, abs=5e-5)
    assert (answer.numerator_degrees_of_freedom, answer.degrees_of_freedom) == (18, 18)


# an independent route


def test_a_series_has_the_planned_power_in_simulated_trials(ask: Any) -> None:
    rng = np.random.default_rng(21)
    d = PSI * rng.standard_normal((TRIALS, 1, 12, 1)) + np.sqrt(2) * rng.standard_normal((TRIALS, 1, 12, 4))

    rejected = significant(d, adjusted=False)

    assert agrees(rejected, heterogeneity(ask, FOUR_CYCLES, solve=at(12)).power)
    assert not agrees(
        rejected, heterogeneity(ask, FOUR_CYCLES, {"within_subject_sd": 2**0.5, "individual_response_sd": PSI}, solve=at(12)).power
    )


@pytest.mark.parametrize(
    ("sequences", "per_sequence", "psi"),
    [
        (("ABBA", "BAAB"), 10, PSI),
        (("ABBA", "BAAB"), 10, 0.0),
        (("ABAB", "BABA"), 6, 1.5),
        (("AABB", "BBAA"), 10, 1.0),
        (("ABCABC", "BCABCA", "CABCAB"), 5, 1.2),
        (("ABBAAB", "BAABBA"), 6, 1.0),
    ],
)
def test_a_crossover_of_complete_cycles_has_the_planned_power_in_simulated_trials(
    ask: Any, sequences: tuple[str, ...], per_sequence: int, psi: float
) -> None:
    rng = np.random.default_rng(22)
    d = by_cycle(crossover(rng, sequences, per_sequence, psi), sequences)
    outcome = {"within_subject_sd": 1.0, "individual_response_sd": psi}

    power = heterogeneity(ask, "/".join(sequences), outcome, solve=at(per_sequence * len(sequences))).power

    assert agrees(significant(d), power)


def test_period_effects_that_are_left_in_ruin_the_test(ask: Any) -> None:
    rng = np.random.default_rng(23)
    d = by_cycle(crossover(rng, ("ABBA", "BAAB"), 10, 0.0), ("ABBA", "BAAB"))

    nominal = heterogeneity(ask, "ABBA/BAAB", WITH_RESPONSES | {"individual_response_sd": 0.0}, solve=at(20)).power

    assert nominal == pytest.approx(0.05, abs=1e-12)
    assert agrees(significant(d), nominal)
    assert significant(d, adjusted=False).mean() < 0.02


# search, verbs, what is shown


@pytest.mark.parametrize("design", [FOUR_CYCLES, "ABBA/BAAB", "ABAB/BABA/ABBA/BAAB"])
def test_a_solved_n_is_the_smallest(ask: Any, design: Any) -> None:
    unit = 1 if design == FOUR_CYCLES else design.count("/") + 1

    answer = heterogeneity(ask, design, solve={"for": "n", "target_power": 0.8})
    below = heterogeneity(ask, design, solve=at(answer.n_evaluable - unit))

    assert answer.n_evaluable % unit == 0
    assert below.power == answer.power_one_step_below < 0.8 <= answer.power


def test_cycles_are_the_fewest_that_reach_the_target(ask: Any) -> None:
    powers = [heterogeneity(ask, {"name": "n_of_1", "cycles": k}, solve=at(20)).power for k in range(2, 9)]

    answer = heterogeneity(ask, {"name": "n_of_1"}, solve={"for": "cycles", "n_evaluable": 20, "target_power": 0.8})

    assert answer.cycles == 2 + next(k for k, power in enumerate(powers) if power >= 0.8)
    assert read_plan(answer.as_json()["plan"]) == answer.plan


def test_the_letters_may_be_left_out_where_there_are_two(raw: Any) -> None:
    plan = raw("ABBA/BAAB", outcome=WITH_RESPONSES, question={"kind": "heterogeneity"}, solve=at(20))
    bare = plan | {"question": {"kind": "heterogeneity"}}

    assert size(read_plan(bare)).power == size(read_plan(plan)).power


def test_the_table_varies_how_much_people_differ(planned: Any, ask: Any) -> None:
    plan = planned(FOUR_CYCLES, outcome=WITH_RESPONSES, question={"kind": "heterogeneity"}, solve={"for": "n", "target_power": 0.8})

    found = explore(plan, size(plan))

    table = found.sensitivity
    assert table is not None
    assert (table.rows.assumption, table.columns.assumption) == ("within_subject_sd", "individual_response_sd")
    row, column = table.planned
    assert table.n_evaluable[row][column] == size(plan).n_evaluable == 35
    assert found.power_curve is not None
    assert found.cycles_trade_off is not None
    assert found.cycles_trade_off.n_evaluable[:4] == (None, 152, 60, 35)
    assert found.cycles_trade_off.reading.startswith("To tell whether people differ in their response: with 2 cycles")


# properties


@at_most(1_000)
@given(
    sd=st.floats(0.05, 20.0),
    psi=st.floats(0.0, 200.0),
    n=st.integers(3, 100_000),
    cycles=st.integers(2, 50),
    alpha=st.floats(1e-6, 0.5),
)
def test_power_is_a_probability_above_alpha_that_rises_with_people(
    ask: Any, sd: float, psi: float, n: int, cycles: int, alpha: float
) -> None:
    design, outcome = {"name": "n_of_1", "cycles": cycles}, {"within_subject_sd": sd, "individual_response_sd": psi}

    power = heterogeneity(ask, design, outcome, analysis={"alpha": alpha}, solve=at(n)).power
    more = heterogeneity(ask, design, outcome, analysis={"alpha": alpha}, solve=at(n + 1)).power

    assert alpha * (1 - 1e-6) <= power <= 1.0
    assert more >= power - 1e-9


@at_most(1_000)
@given(psi=st.floats(0.0, 5.0), n=st.integers(3, 400), cycles=st.integers(2, 20), scale=st.floats(0.01, 100.0))
def test_power_ignores_the_unit_and_rises_with_cycles(ask: Any, psi: float, n: int, cycles: int, scale: float) -> None:
    def power(by: float, k: int) -> float:
        outcome = {"within_subject_sd": by, "individual_response_sd": by * psi}
        return float(heterogeneity(ask, {"name": "n_of_1", "cycles": k}, outcome, solve=at(n)).power)

    assert power(scale, cycles) == pytest.approx(power(1.0, cycles), abs=1e-9)
    assert power(1.0, cycles + 1) >= power(1.0, cycles) - 1e-9


@at_most(1_000)
@given(ratio=st.floats(1.0, 1e6), between=st.integers(1, 5000), within=st.integers(1, 50_000), alpha=st.floats(1e-4, 0.5))
def test_the_distribution_agrees_with_another_implementation(ratio: float, between: int, within: int, alpha: float) -> None:
    theirs = stats.f.sf(stats.f.isf(alpha, between, within) / ratio, between, within)

    assert f_ratio_power(ratio, between, within, alpha) == pytest.approx(theirs, abs=1e-7)


# where there is no answer


@pytest.mark.parametrize(
    ("design", "start"),
    [
        ("AB/BA", "In AB/BA everybody takes A and B once. One difference a person holds individual response and error together"),
        ("ABB/BAA", "In ABB/BAA people do not take A and B equally often"),
        ("AB/BA/AA/BB", "In AB/BA/AA/BB some people do not take both A and B"),
        ("ABBACC/ABCCCC", "In ABBACC/ABCCCC people go through 1 and 2 cycles, not all through the same number."),
        ({"name": "n_of_1", "cycles": 1}, "With one cycle a person nothing tells individual response from error. Add a cycle."),
    ],
)
def test_without_repeated_cycles_there_is_a_reason(ask: Any, design: Any, start: str) -> None:
    answer = heterogeneity(ask, design, solve=at(20))

    assert answer.n_evaluable is None
    assert answer.reason.startswith(start)


@pytest.mark.parametrize("sequence", ["ABBA", "BAAB", "AABB", "BABA"])
def test_complete_cycles_need_as_many_of_one_as_of_the_other(sequence: str) -> None:
    assert complete_cycles((sequence,), "A", "B") == (2, None)
    assert complete_cycles((sequence + "A",), "A", "B")[0] == 0


@pytest.mark.parametrize("design", [FOUR_CYCLES, "ABBA/BAAB"])
def test_autocorrelation_is_a_reason(ask: Any, design: Any) -> None:
    answer = heterogeneity(ask, design, WITH_RESPONSES | {"autocorrelation": 0.2}, solve=at(20))

    assert answer.reason.startswith("With autocorrelation the differences from cycle to cycle depend on each other")


def test_loss_by_period_is_a_reason(ask: Any) -> None:
    answer = heterogeneity(ask, "ABBA/BAAB", attrition={"lost_before_period": [0, 0, 0.1, 0.1]}, solve=at(20))

    assert answer.reason.startswith("Only people with all their cycles tell individual response from error")


def test_people_who_do_not_differ_are_nothing_to_find(ask: Any) -> None:
    answer = heterogeneity(ask, FOUR_CYCLES, WITH_RESPONSES | {"individual_response_sd": 0.0}, solve={"for": "n", "target_power": 0.8})

    assert answer.reason.endswith(
        "individual_response_sd is 0, so people do not differ and there is nothing to find; assume how much they differ."
    )
    assert answer.maximum_attainable == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("parts", "field", "start"),
    [
        (
            {"outcome": {"within_subject_sd": 1.0}},
            "outcome.individual_response_sd",
            "individual_response_sd is missing: the SD between people",
        ),
        ({"question": {"kind": "heterogeneity", "treatment": "C"}}, "question.treatment", "C is not a treatment of the design"),
        ({"question": {"kind": "heterogeneity", "comparator": None}}, "question.comparator", "comparator is missing"),
        ({"analysis": {"sides": 2}}, "analysis.sides", "An F test has no sides"),
        ({"analysis": {"people": "fixed"}}, "analysis.people", "heterogeneity has no use for people"),
        ({"analysis": {"degrees_of_freedom": "robust"}}, "analysis.degrees_of_freedom", "degrees_of_freedom"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(raw: Any, parts: Any, field: str, start: str) -> None:
    plan = raw("ABBA/BAAB", **{"outcome": WITH_RESPONSES, "question": {"kind": "heterogeneity"}, "solve": at(20)} | parts)

    with pytest.raises(MalformedPlan) as refusal:
        read_plan(plan)

    assert any(error["field"] == field and error["message"].startswith(start) for error in refusal.value.errors)


def test_a_design_of_three_letters_must_be_told_which_two(raw: Any) -> None:
    plan = raw("ABCABC/BCABCA", outcome=WITH_RESPONSES, solve=at(20)) | {"question": {"kind": "heterogeneity"}}

    with pytest.raises(MalformedPlan) as refusal:
        read_plan(plan)

    message = "The design has A, B and C; say which two are compared: treatment and comparator."
    assert refusal.value.errors == [{"field": "question.treatment", "message": message}]
