"""n-of-1 series: the average effect in the population and in these people."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.power import TTestPower

from tests.sizing.far import at_most
from trials.sizing.comparison import compare
from trials.sizing.design import Design
from trials.sizing.plan import MalformedPlan, read_plan
from trials.sizing.sensitivity import explore
from trials.sizing.series import Series
from trials.sizing.size import size
from trials.sizing.stress import stress
from trials.sizing.witness import witness

TRIALS = 100_000
Matrix = NDArray[np.float64]
PSI = 0.5**0.5
WITH_RESPONSES = {"within_subject_sd": 1.0, "individual_response_sd": PSI}
DIFFERENCE = {"mean_difference": 0.7}
AT_12 = {"for": "power", "n_evaluable": 12}


def series(cycles: int | None = 4) -> dict[str, Any]:
    return {"name": "n_of_1"} | ({} if cycles is None else {"cycles": cycles})


def people(which: str) -> dict[str, str]:
    return {"people": which}


def differences(rng: np.random.Generator, n: int, cycles: int, true: Matrix, carryover: float = 0.0) -> Matrix:
    """Differences A − B by cycle, shape (trials, people, cycles), from single periods in an order that chance draws."""
    trials = len(true)
    a_first = rng.random((trials, n, cycles)) < 0.5
    y = (
        rng.standard_normal((trials, n, cycles, 2))
        + 3.0 * rng.standard_normal((trials, n, 1, 1))
        + rng.standard_normal((trials, n, cycles, 1))
    )
    is_a = np.stack([a_first, ~a_first], axis=3)
    y += is_a * true[:, :, None, None]
    if carryover:
        given_a = is_a.reshape(trials, n, 2 * cycles)
        before = np.concatenate([np.zeros((trials, n, 1), dtype=bool), given_a[:, :, :-1]], axis=2)
        y += carryover * before.reshape(y.shape)
    return np.asarray(np.where(a_first, y[..., 0] - y[..., 1], y[..., 1] - y[..., 0]))


def significant_by_people(d: Matrix, alpha: float = 0.05) -> NDArray[np.bool_]:
    """One-sample t test of people's mean differences."""
    means = d.mean(axis=2)
    n = means.shape[1]
    t = means.mean(axis=1) / (means.std(axis=1, ddof=1) / np.sqrt(n))
    return np.asarray(np.abs(t) > stats.t.ppf(1 - alpha / 2, n - 1))


def significant_within_people(d: Matrix, alpha: float = 0.05) -> NDArray[np.bool_]:
    """t test of the mean difference with the variance of the differences within people."""
    _, n, k = d.shape
    variance = d.var(axis=2, ddof=1).mean(axis=1)
    t = d.mean(axis=(1, 2)) / np.sqrt(variance / (n * k))
    return np.asarray(np.abs(t) > stats.t.ppf(1 - alpha / 2, n * (k - 1)))


def agrees(rejected: NDArray[np.bool_], power: float) -> bool:
    error = float(np.sqrt(power * (1 - power) / len(rejected)))
    assert error <= 0.003
    return bool(abs(rejected.mean() - power) <= 4 * error)


# reference values


def test_the_average_effect_in_the_population_has_the_power_of_the_reference(ask: Any) -> None:
    answer = ask(series(), outcome=WITH_RESPONSES, question=DIFFERENCE, solve=AT_12)

    assert answer.power == pytest.approx(0.5989, abs=5e-5)
    assert (answer.degrees_of_freedom, answer.variance_factor) == pytest.approx((11, 1.0))
    assert answer.plan.analysis.people == "random"


def test_the_effect_in_these_people_rests_on_cycles_alone(ask: Any) -> None:
    answer = ask(series(), outcome=WITH_RESPONSES, question=DIFFERENCE, analysis=people("fixed"), solve=AT_12)

    assert answer.power == pytest.approx(0.9156656671, abs=1e-9)
    assert (answer.degrees_of_freedom, answer.standard_error) == pytest.approx((36, (2 / 48) ** 0.5))


@pytest.mark.parametrize(("target", "numbers"), [(0.9, (88, 110)), (0.8, (68, 86))])
def test_two_strategies_in_a_crossover_find_the_individual_optimum(ask: Any, target: float, numbers: tuple[int, int]) -> None:
    answer = ask(
        "AB/BA",
        outcome={"within_subject_sd": {"from": "difference_sd", "difference_sd": 2.0}},
        question={"mean_difference": -0.7, "better": "lower"},
        attrition={"dropout_rate": 0.2},
        solve={"for": "n", "target_power": target},
    )

    assert (answer.n_evaluable, answer.n_randomised) == numbers


# an independent route


def test_random_people_have_the_planned_power_in_simulated_trials(ask: Any) -> None:
    rng = np.random.default_rng(1)
    d = differences(rng, 12, 4, 0.7 + PSI * rng.standard_normal((TRIALS, 12)))

    power = ask(series(), outcome=WITH_RESPONSES, question=DIFFERENCE, solve=AT_12).power
    without_responses = ask(series(), outcome={"within_subject_sd": 1.0}, question=DIFFERENCE, solve=AT_12).power

    assert agrees(significant_by_people(d), power)
    assert not agrees(significant_by_people(d), without_responses)


def test_fixed_people_have_the_planned_power_in_simulated_trials(ask: Any) -> None:
    rng = np.random.default_rng(2)
    own = PSI * rng.standard_normal(8)
    own += 0.5 - own.mean()
    d = differences(rng, 8, 4, np.tile(own, (TRIALS, 1)))
    at_8 = {"for": "power", "n_evaluable": 8}

    fixed = ask(series(), outcome=WITH_RESPONSES, question={"mean_difference": 0.5}, analysis=people("fixed"), solve=at_8).power
    random = ask(series(), outcome=WITH_RESPONSES, question={"mean_difference": 0.5}, solve=at_8).power

    assert agrees(significant_within_people(d), fixed)
    assert not agrees(significant_within_people(d), random)


def test_the_test_for_these_people_claims_too_much_for_the_population() -> None:
    rng = np.random.default_rng(3)
    d = differences(rng, 12, 4, PSI * rng.standard_normal((TRIALS, 12)))

    assert agrees(significant_by_people(d), 0.05)
    assert significant_within_people(d).mean() > 0.15


def test_carryover_moves_the_estimate_by_half_of_it_whatever_the_number_of_cycles() -> None:
    rng = np.random.default_rng(4)

    for cycles in (1, 2, 5):
        d = differences(rng, 5, cycles, np.zeros((20_000, 5)), carryover=0.8)
        bias = Series(cycles, "random").carryover_bias(0.8)

        assert bias == -0.4
        assert d.mean() == pytest.approx(bias, abs=4 * d.mean(axis=(1, 2)).std() / 20_000**0.5)


# what the other questions and verbs make of it


@pytest.mark.parametrize("which", ["random", "fixed"])
@pytest.mark.parametrize(
    ("question", "solve"),
    [
        ({"mean_difference": -1.0, "better": "lower"}, {"for": "n", "target_power": 0.9}),
        ({"mean_difference": -1.0, "better": "lower"}, {"for": "half_width", "n_evaluable": 20}),
        ({"better": "lower"}, {"for": "mean_difference", "n_evaluable": 20, "target_power": 0.9}),
        ({"mean_difference": -1.0, "better": "lower"}, {"for": "within_subject_sd", "n_evaluable": 20, "target_power": 0.9}),
        ({"kind": "non_inferiority", "mean_difference": 0.0, "margin": 0.5, "better": "lower"}, {"for": "n", "target_power": 0.8}),
        ({"kind": "equivalence", "mean_difference": 0.0, "lower_limit": -0.5, "upper_limit": 0.5}, {"for": "n", "target_power": 0.8}),
        ({"kind": "precision", "half_width": 0.4}, {"for": "n"}),
        ({"kind": "precision", "half_width": 0.4}, {"for": "cycles", "n_evaluable": 40}),
    ],
)
def test_every_pairwise_question_and_verb_is_served_and_can_be_run_again(ask: Any, which: str, question: Any, solve: Any) -> None:
    answer = ask(
        series(), outcome={"within_subject_sd": 1.0, "individual_response_sd": 0.5}, question=question, analysis=people(which), solve=solve
    )

    assert answer.reason is None
    assert answer.n_per_sequence is None
    assert size(read_plan(json.loads(json.dumps(answer.as_json()))["plan"])) == answer


def test_the_echo_says_that_there_are_no_sequences(ask: Any) -> None:
    echoed = ask(series(), outcome=WITH_RESPONSES, question=DIFFERENCE, solve=AT_12).as_json()["plan"]

    assert echoed["design"] == {"name": "n_of_1", "cycles": 4, "sequences": None}
    assert "degrees_of_freedom" not in echoed["analysis"]


def test_a_solved_n_is_the_smallest_and_loss_counts_people(ask: Any) -> None:
    asked = {"outcome": WITH_RESPONSES, "question": DIFFERENCE}
    answer = ask(series(), **asked, attrition={"dropout_rate": 0.2}, solve={"for": "n", "target_power": 0.8})

    below = ask(series(), **asked, solve={"for": "power", "n_evaluable": answer.n_evaluable - 1})

    assert (answer.n_evaluable, answer.n_randomised) == (19, 24)
    assert below.power == answer.power_one_step_below < 0.8 <= answer.power


def test_one_person_alone_is_a_one_sample_test_of_her_cycles(ask: Any) -> None:
    alone = {"for": "power", "n_evaluable": 1}

    fixed = ask(series(6), outcome={"within_subject_sd": 0.5}, question={"mean_difference": 1.0}, analysis=people("fixed"), solve=alone)
    random = ask(series(6), outcome={"within_subject_sd": 0.5}, question={"mean_difference": 1.0}, solve=alone)

    assert fixed.degrees_of_freedom == 5
    assert fixed.power == pytest.approx(TTestPower().power(1.0 / (2**0.5 * 0.5), 6, 0.05), abs=1e-9)
    assert random.reason == "With 1 person no degrees of freedom are left for the test; 2 people are the least."


def test_statsmodels_has_the_same_power_and_n(planned: Any) -> None:
    for which in ("random", "fixed"):
        plan = planned(
            series(), outcome=WITH_RESPONSES, question=DIFFERENCE, analysis=people(which), solve={"for": "n", "target_power": 0.8}
        )

        opinion = witness(plan, size(plan))

        assert opinion is not None
        assert (opinion.agrees, opinion.n_evaluable) == (True, size(plan).n_evaluable)


def test_the_table_agrees_with_single_answers(planned: Any, ask: Any) -> None:
    asked = {"analysis": people("fixed"), "solve": {"for": "n", "target_power": 0.8}}
    plan = planned(series(3), outcome={"within_subject_sd": 1.0}, question={"mean_difference": 4.0}, **asked)

    table = explore(plan, size(plan)).sensitivity

    assert table is not None
    singly = tuple(
        tuple(
            ask(series(3), outcome={"within_subject_sd": sd}, question={"mean_difference": difference}, **asked).n_evaluable
            for difference in table.columns.values
        )
        for sd in table.rows.values
    )
    assert table.n_evaluable == singly
    assert singly[0][-1] == 1


def test_the_stress_test_loses_people_by_chance(planned: Any) -> None:
    plan = planned(
        series(), outcome=WITH_RESPONSES, question=DIFFERENCE, attrition={"dropout_rate": 0.2}, solve={"for": "n", "target_power": 0.8}
    )
    answer = size(plan)
    started = int(answer.n_randomised or 0)
    stayed = np.arange(started + 1)

    tested = stress(plan, answer)

    chances = stats.binom.pmf(stayed, started, 0.8)
    powers = [
        0.0
        if n < 2
        else size(planned(series(), outcome=WITH_RESPONSES, question=DIFFERENCE, solve={"for": "power", "n_evaluable": int(n)})).power
        for n in stayed
    ]
    assert tested is not None
    assert tested.random_dropout is not None
    assert tested.random_dropout.expected_power == pytest.approx(float(chances @ powers), abs=1e-7)


def test_series_and_sequences_are_compared_for_one_question(planned: Any) -> None:
    plan = planned("AB/BA", solve={"for": "n", "target_power": 0.9})
    designs = {"AB/BA": Design(sequences=("AB", "BA")), "two cycles": Design(name="n_of_1", cycles=2)}

    by_name = {row.name: row for row in compare(plan, designs)}
    refused = compare(planned("ABB/BAA", analysis={"adjust_for_carryover": True}), {"series": Design(name="n_of_1", cycles=2)})

    assert (by_name["AB/BA"].n_evaluable, by_name["two cycles"].n_evaluable) == (46, 24)
    assert by_name["two cycles"].visits == 24 * 4
    assert refused[0].reason == "The analysis of n-of-1 cycles has no carry-over term; leave adjust_for_carryover out to compare."


# properties


sds = st.floats(0.05, 20.0)
psis = st.floats(0.0, 20.0)
effects = st.floats(-5.0, 5.0)


@at_most(1_000)
@given(sd=sds, psi=psis, effect=effects, cycles=st.integers(2, 50), n=st.integers(2, 5000), which=st.sampled_from(["random", "fixed"]))
def test_power_is_a_probability_that_rises_with_people_and_cycles(
    ask: Any, sd: float, psi: float, effect: float, cycles: int, n: int, which: str
) -> None:
    asked = {
        "outcome": {"within_subject_sd": sd, "individual_response_sd": psi},
        "question": {"mean_difference": effect},
        "analysis": people(which),
    }

    power = ask(series(cycles), **asked, solve={"for": "power", "n_evaluable": n}).power
    more_people = ask(series(cycles), **asked, solve={"for": "power", "n_evaluable": n + 1}).power
    fewer_cycles = ask(series(cycles - 1), **asked, solve={"for": "power", "n_evaluable": n}).power

    assert 0.0 <= power <= 1.0
    assert more_people >= power - 1e-9
    assert fewer_cycles is None or fewer_cycles <= power + 1e-9


@at_most(1_000)
@given(
    sd=sds, psi=psis, effect=effects, cycles=st.integers(2, 50), scale=st.floats(0.01, 100.0), which=st.sampled_from(["random", "fixed"])
)
def test_power_ignores_the_unit_and_the_letters(
    ask: Any, sd: float, psi: float, effect: float, cycles: int, scale: float, which: str
) -> None:
    def power(effect: float, by: float, treatment: str, comparator: str) -> float:
        return float(
            ask(
                series(cycles),
                outcome={"within_subject_sd": by * sd, "individual_response_sd": by * psi},
                question={"mean_difference": by * effect, "treatment": treatment, "comparator": comparator},
                analysis=people(which),
                solve={"for": "power", "n_evaluable": 9},
            ).power
        )

    plain = power(effect, 1.0, "A", "B")

    assert power(effect, scale, "A", "B") == pytest.approx(plain, abs=1e-9)
    assert power(-effect, 1.0, "B", "A") == pytest.approx(plain, abs=1e-12)


@at_most(1_000)
@given(sd=sds, effect=effects, n=st.integers(2, 300))
def test_one_cycle_of_people_alike_is_the_paired_t_test(ask: Any, sd: float, effect: float, n: int) -> None:
    asked = {"outcome": {"within_subject_sd": sd}, "question": {"mean_difference": effect}, "solve": {"for": "power", "n_evaluable": n}}

    assert ask(series(1), **asked).power == pytest.approx(ask("AB/BA", **asked, analysis={"degrees_of_freedom": "paired"}).power, abs=1e-10)


@at_most(1_000)
@given(sd=sds, psi=st.floats(0.05, 20.0), cycles=st.integers(1, 50))
def test_no_number_of_cycles_gets_below_the_variance_between_people(sd: float, psi: float, cycles: int) -> None:
    random, fixed = Series(cycles, "random", psi / sd), Series(cycles, "fixed", psi / sd)

    assert random.variance * sd**2 > psi**2
    assert random.variance - fixed.variance == pytest.approx((psi / sd) ** 2)
    assert Series(cycles, "random").variance == fixed.variance
    assert Series(10**9, "random", psi / sd).variance * sd**2 == pytest.approx(psi**2, rel=1e-3)


# what is refused


@pytest.mark.parametrize(
    ("design", "parts", "field", "message"),
    [
        ({"name": "n_of_1"}, {}, "design.cycles", "cycles is missing: how often everybody goes through A and B, for example 4."),
        (series(51), {}, "design.cycles", "cycles is 51; it must be a whole number from 1 to 50."),
        (
            "AB/BA",
            {"analysis": people("fixed")},
            "analysis.people",
            "people goes with an n-of-1 design, not with AB/BA; leave it out.",
        ),
        (
            "AB/BA",
            {"solve": {"for": "cycles", "n_evaluable": 9, "target_power": 0.8}},
            "solve.for",
            "superiority on the additive scale can be solved for n, power, mean_difference, within_subject_sd, half_width or assurance, not for cycles.",
        ),
        (
            series(None),
            {"solve": {"for": "cycles", "n_evaluable": 9}},
            "solve.target_power",
            "target_power is missing: the power that is wanted, for example 0.9 for 90 %.",
        ),
        (
            series(),
            {"solve": {"for": "power", "n_per_sequence": [9]}},
            "solve.n_per_sequence",
            "An n-of-1 design has no sequences; give n_evaluable or n_randomised.",
        ),
        (
            series(1),
            {"attrition": {"lost_before_period": [0, 0.1]}},
            "attrition.lost_before_period",
            "In an n-of-1 design people count who complete all cycles; give dropout_rate, the share that does not.",
        ),
        (
            series(),
            {"analysis": {"adjust_for_carryover": True}},
            "analysis.adjust_for_carryover",
            "The analysis of n-of-1 cycles compares A with B within each cycle and has no carry-over term; leave adjust_for_carryover out.",
        ),
        (
            series(),
            {"analysis": {"degrees_of_freedom": "robust"}},
            "analysis.degrees_of_freedom",
            "degrees_of_freedom goes with sequences. In an n-of-1 design cycles and people decide it; leave it out.",
        ),
        (
            series(),
            {"question": {"treatment": "C", "mean_difference": 1.0}},
            "question.treatment",
            "C is not a treatment of the design, which has A and B. Choose one of these.",
        ),
    ],
)
def test_what_does_not_fit_a_series_is_said_at_its_field(raw: Any, design: Any, parts: Any, field: str, message: str) -> None:
    with pytest.raises(MalformedPlan) as refusal:
        read_plan(raw(design, **parts))

    assert {"field": field, "message": message} in refusal.value.errors


def test_a_question_without_a_method_for_series_names_those_that_have_one(raw: Any) -> None:
    with pytest.raises(MalformedPlan) as refusal:
        read_plan(raw(series(), question={"kind": "omnibus", "means": {"A": 0.0, "B": 1.0}}))

    (error,) = refusal.value.errors
    assert error["field"] == "question.kind"
    assert error["message"].startswith("No method serves omnibus for an n-of-1 design. It can be asked for equivalence, heterogeneity,")


def test_autocorrelation_is_a_reason(ask: Any) -> None:
    answer = ask(series(), outcome={"within_subject_sd": 1.0, "autocorrelation": 0.3})

    assert answer.n_evaluable is None
    assert answer.reason.startswith("With autocorrelation the differences from cycle to cycle depend on each other")
