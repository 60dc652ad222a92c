"""What must hold for any plan: 10,000 plans each in the long run of the suite, 60 otherwise."""

from math import isfinite, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from trials.sizing.laws.power import equivalence_power, f_power, t_power
from trials.sizing.plan import read_plan
from trials.sizing.size import size

pytestmark = pytest.mark.filterwarnings("error")

DESIGNS = [
    "AB/BA",
    "ABB/BAA",
    "ABBA/BAAB",
    "ABAB/BABA",
    "AB/BA/AA/BB",
    "ABC/BCA/CAB/CBA/ACB/BAC",
    "ADBC/BACD/CBDA/DCAB",
    "AB/BC/CA",
    "ABBA/BAAB/AABB/BBAA",
]
designs = st.sampled_from(DESIGNS)
sds = st.floats(0.05, 50)
effects = st.floats(0.1, 3).flatmap(lambda size: st.sampled_from([size, -size]))  # in units of the SD
alphas = st.floats(0.001, 0.2)
powers = st.floats(0.5, 0.99)
people = st.integers(6, 400)


@st.composite
def questions(draw: st.DrawFn, sd: float) -> dict[str, Any]:
    """Any question with a power on the additive scale."""
    kind = draw(st.sampled_from(["superiority", "margin", "non_inferiority", "equivalence"]))
    better = draw(st.sampled_from(["higher", "lower"]))
    sign = 1 if better == "higher" else -1
    size_of_effect = draw(st.floats(0.3, 3)) * sd
    pair = {"treatment": "A", "comparator": "B"}
    if kind == "superiority":
        return pair | {"kind": "superiority", "mean_difference": sign * size_of_effect, "better": better}
    if kind == "margin":
        return pair | {
            "kind": "superiority",
            "mean_difference": sign * size_of_effect * 1.5,
            "margin": size_of_effect * 0.5,
            "better": better,
        }
    if kind == "non_inferiority":
        return pair | {
            "kind": "non_inferiority",
            "mean_difference": sign * draw(st.floats(-0.3, 1)) * size_of_effect,
            "margin": size_of_effect,
            "better": better,
        }
    middle = draw(st.floats(-0.6, 0.6))
    return pair | {
        "kind": "equivalence",
        "mean_difference": middle * size_of_effect,
        "lower_limit": -size_of_effect,
        "upper_limit": size_of_effect,
    }


@st.composite
def plans(draw: st.DrawFn, solve: str = "n") -> dict[str, Any]:
    sd = draw(sds)
    plan: dict[str, Any] = {
        "design": {"text": draw(designs)},
        "outcome": {"kind": "continuous", "within_subject_sd": sd},
        "question": draw(questions(sd)),
        "analysis": {"alpha": draw(st.floats(0.005, 0.1))},
        "solve": {"for": "n", "target_power": draw(powers)} if solve == "n" else {"for": "power", "n_evaluable": draw(people)},
    }
    if draw(st.booleans()):
        plan["outcome"]["individual_response_sd"] = draw(st.floats(0.01, 1)) * sd
    elif draw(st.booleans()):
        plan["analysis"]["degrees_of_freedom"] = draw(st.sampled_from(["anova", "robust"]))
    return plan


def power_of(plan: dict[str, Any]) -> float:
    answer = size(read_plan(plan))
    assume(answer.reason is None)
    assert answer.power is not None
    return answer.power


@given(df=st.floats(1, 1e6), nc=st.floats(-60, 1e4), alpha=st.floats(1e-6, 0.49), sides=st.sampled_from([1, 2]))
def test_power_of_a_t_test_is_a_probability_and_never_nan(df: float, nc: float, alpha: float, sides: int) -> None:
    scalar = float(t_power(nc, df, alpha, sides))
    array = float(t_power(np.array([nc]), np.array([df]), alpha, sides)[0])

    assert 0.0 <= scalar <= 1.0
    assert array == pytest.approx(scalar, abs=1e-12)


@given(df=st.floats(1, 1e6), a=st.floats(-50, 1e3), b=st.floats(-50, 1e3), alpha=st.floats(1e-4, 0.4))
def test_power_of_equivalence_is_a_probability_and_never_nan(df: float, a: float, b: float, alpha: float) -> None:
    assert 0.0 <= float(equivalence_power(a, b, df, alpha)) <= 1.0


@given(df1=st.integers(1, 7), df2=st.floats(1, 1e5), nc=st.floats(0, 1e7), alpha=st.floats(1e-4, 0.4))
def test_power_of_an_f_test_is_a_probability_at_least_alpha(df1: int, df2: float, nc: float, alpha: float) -> None:
    assert alpha - 1e-9 <= float(f_power(nc, df1, df2, alpha)) <= 1.0


@given(plan=plans())
def test_a_solved_n_is_minimal_and_balanced_over_whole_units(plan: dict[str, Any]) -> None:
    answer = size(read_plan(plan))

    assume(answer.reason is None)
    target = plan["solve"]["target_power"]
    assert answer.power is not None
    assert answer.n_per_sequence is not None
    assert answer.power >= target
    assert answer.power_one_step_below is None or answer.power_one_step_below < target
    assert len(set(answer.n_per_sequence)) == 1
    assert all(isinstance(n, int) for n in answer.n_per_sequence)


@given(plan=plans("power"), more=st.integers(1, 200))
def test_power_never_falls_with_more_people(plan: dict[str, Any], more: int) -> None:
    n = plan["solve"]["n_evaluable"]

    few, many = power_of(plan), power_of(plan | {"solve": {"for": "power", "n_evaluable": n + more}})

    # two one-sided tests of a trial that is far too small gain a little by a lucky variance, which more people make rarer
    assume(plan["question"]["kind"] != "equivalence" or few >= plan["analysis"]["alpha"])
    assert many >= few - 1e-9


@given(sd=sds, effect=st.floats(0, 5), more=st.floats(0, 5), n=people, design=designs, sides=st.sampled_from([1, 2]))
def test_power_never_falls_with_a_larger_difference(sd: float, effect: float, more: float, n: int, design: str, sides: int) -> None:
    def power(size_of_effect: float) -> float:
        return power_of(
            {
                "design": {"text": design},
                "outcome": {"kind": "continuous", "within_subject_sd": sd},
                "question": {
                    "kind": "superiority",
                    "treatment": "A",
                    "comparator": "B",
                    "mean_difference": size_of_effect * sd,
                    "better": "higher",
                },
                "analysis": {"sides": sides},
                "solve": {"for": "power", "n_evaluable": n},
            }
        )

    assert power(effect + more) >= power(effect) - 1e-9


@given(plan=plans(), factor=st.sampled_from([0.001, 0.1, 2.0, 1000.0, 3.7]))
def test_units_make_no_difference(plan: dict[str, Any], factor: float) -> None:
    lengths = {"mean_difference", "margin", "lower_limit", "upper_limit", "within_subject_sd", "individual_response_sd"}
    scaled = plan | {
        noun: {key: value * factor if key in lengths else value for key, value in plan[noun].items()} for noun in ("outcome", "question")
    }

    ours, theirs = size(read_plan(plan)), size(read_plan(scaled))

    assert theirs.n_evaluable == ours.n_evaluable
    assert theirs.power == (None if ours.power is None else pytest.approx(ours.power, abs=1e-9))


@given(plan=plans(), letters=st.permutations("ABCD"))
def test_names_of_treatments_make_no_difference(plan: dict[str, Any], letters: list[str]) -> None:
    rename = str.maketrans("ABCD", "".join(letters))
    question = plan["question"] | {key: plan["question"][key].translate(rename) for key in ("treatment", "comparator")}

    ours, theirs = (
        size(read_plan(plan)),
        size(read_plan(plan | {"design": {"text": plan["design"]["text"].translate(rename)}, "question": question})),
    )

    assert theirs.n_evaluable == ours.n_evaluable
    assert theirs.power == (None if ours.power is None else pytest.approx(ours.power, abs=1e-9))


@given(plan=plans())
def test_turning_the_outcome_round_makes_no_difference(plan: dict[str, Any]) -> None:
    question = dict(plan["question"])
    question["mean_difference"] = -question["mean_difference"]
    if "better" in question:
        question["better"] = "lower" if question["better"] == "higher" else "higher"
    else:
        question["lower_limit"], question["upper_limit"] = -question["upper_limit"], -question["lower_limit"]

    ours, theirs = size(read_plan(plan)), size(read_plan(plan | {"question": question}))

    assert theirs.n_evaluable == ours.n_evaluable
    assert theirs.power == (None if ours.power is None else pytest.approx(ours.power, abs=1e-12))


@given(plan=plans(), rate=st.floats(0, 0.9))
def test_nobody_lost_and_loss_differ_only_in_who_is_randomised(plan: dict[str, Any], rate: float) -> None:
    alone, lossy = size(read_plan(plan)), size(read_plan(plan | {"attrition": {"dropout_rate": rate}}))

    assume(alone.n_evaluable is not None)
    assert alone.n_randomised == alone.n_evaluable
    assert lossy.n_evaluable == alone.n_evaluable
    assert lossy.n_randomised is not None
    assert lossy.n_evaluable is not None
    unit = len(lossy.n_per_sequence or ())
    assert lossy.n_evaluable - 1e-6 <= lossy.n_randomised * (1 - rate) < lossy.n_evaluable + unit * (1 - rate) + 1e-6


@given(plan=plans("power"), lost=st.floats(1e-12, 1e-9))
def test_hardly_any_loss_by_period_recovers_no_loss(plan: dict[str, Any], lost: float) -> None:
    n = plan["solve"]["n_evaluable"]
    periods = len(plan["design"]["text"].split("/")[0])
    outcome = plan["outcome"] | {"between_subject_sd": plan["outcome"]["within_subject_sd"]}

    whole = plan | {"outcome": outcome, "solve": {"for": "power", "n_randomised": n}}
    general = plan["analysis"] | {"estimator": "generalised_least_squares"}
    by_period = whole | {"analysis": general, "attrition": {"lost_before_period": [0.0] + [lost] * (periods - 1)}}

    assert power_of(by_period) == pytest.approx(power_of(whole | {"analysis": general}), abs=1e-6)


@given(plan=plans("power"))
def test_hardly_any_individual_response_recovers_the_simpler_variance(plan: dict[str, Any]) -> None:
    sd = plan["outcome"]["within_subject_sd"]
    simple = {"kind": "continuous", "within_subject_sd": sd}

    with_little = size(read_plan(plan | {"outcome": simple | {"individual_response_sd": 1e-7 * sd}, "analysis": {}}))
    without = size(read_plan(plan | {"outcome": simple, "analysis": {}}))

    assume(with_little.reason is None)
    assert with_little.variance_factor == pytest.approx(without.variance_factor, rel=1e-9)


@given(design=designs, sd=sds, alpha=alphas, sides=st.sampled_from([1, 2]), effect=st.floats(5, 50), target=powers)
def test_effects_of_many_sds_have_an_answer(design: str, sd: float, alpha: float, sides: int, effect: float, target: float) -> None:
    answer = size(
        read_plan(
            {
                "design": {"text": design},
                "outcome": {"kind": "continuous", "within_subject_sd": sd},
                "question": {
                    "kind": "superiority",
                    "treatment": "A",
                    "comparator": "B",
                    "mean_difference": -effect * sd,
                    "better": "lower",
                },
                "analysis": {"alpha": alpha, "sides": sides},
                "solve": {"for": "n", "target_power": target},
            }
        )
    )

    assert answer.n_evaluable is not None
    assert answer.power is not None
    assert target <= answer.power <= 1.0
    assert isfinite(answer.power)


@given(plan=plans("power"), target=powers)
def test_the_detectable_difference_has_exactly_the_target_power(plan: dict[str, Any], target: float) -> None:
    assume(plan["question"]["kind"] != "equivalence")
    n = plan["solve"]["n_evaluable"]

    found = size(read_plan(plan | {"solve": {"for": "mean_difference", "n_evaluable": n, "target_power": target}}))

    assume(found.reason is None)
    assert found.power == pytest.approx(target, abs=1e-9)
    again = power_of(plan | {"question": plan["question"] | {"mean_difference": found.mean_difference}})
    assert again == pytest.approx(target, abs=1e-9)


@given(plan=plans("power"), target=powers)
def test_the_largest_sd_has_exactly_the_target_power(plan: dict[str, Any], target: float) -> None:
    n = plan["solve"]["n_evaluable"]

    found = size(read_plan(plan | {"solve": {"for": "within_subject_sd", "n_evaluable": n, "target_power": target}}))

    assume(found.reason is None)
    assert found.power == pytest.approx(target, abs=1e-7)


@given(plan=plans())
def test_the_echoed_plan_gives_the_same_answer(plan: dict[str, Any]) -> None:
    answer = size(read_plan(plan)).as_json()

    assert size(read_plan(answer["plan"])).as_json() == answer


@given(sd=sds, effect=effects, alpha=alphas, target=powers, psi=st.floats(0, 1))
def test_individual_responses_in_ab_ba_are_only_a_larger_difference_sd(
    sd: float, effect: float, alpha: float, target: float, psi: float
) -> None:
    question = {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": effect * sd}
    common: dict[str, Any] = {
        "design": {"name": "ab_ba"},
        "question": question,
        "analysis": {"alpha": alpha},
        "solve": {"for": "n", "target_power": target},
    }

    split = size(read_plan(common | {"outcome": {"kind": "continuous", "within_subject_sd": sd, "individual_response_sd": psi * sd}}))
    together = size(read_plan(common | {"outcome": {"kind": "continuous", "within_subject_sd": sd * sqrt(1 + psi**2 / 2)}}))

    assert split.n_evaluable == together.n_evaluable
