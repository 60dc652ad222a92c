"""Ordinal outcomes: the worked example, the rank test itself on simulated people, and what must hold for any plan."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special, stats

from tests.sizing.far import at_most
from trials.sizing.answer import Answer
from trials.sizing.plan import MalformedPlan, read_plan
from trials.sizing.sensitivity import explore
from trials.sizing.size import size

TRIALS = 30_000


def plan(probability: float, ties: tuple[float, ...] = (), design: Any = "AB/BA", **parts: Any) -> dict[str, Any]:
    question = {"kind": "superiority", "treatment": "A", "comparator": "B"} | parts.pop("question", {})
    return {
        "design": {"text": design} if isinstance(design, str) else design,
        "outcome": {"kind": "ordinal", "probability_superior": probability, "tie_fractions": list(ties)},
        "question": question,
        "solve": {"for": "n", "target_power": 0.8},
    } | parts


def asked(*args: Any, **parts: Any) -> Answer:
    return size(read_plan(plan(*args, **parts)))


def power_at(n: float, *args: Any, **parts: Any) -> float:
    found = asked(*args, solve={"for": "power", "n_evaluable": n}, **parts).power
    assert found is not None
    return found


def codes(answer: Answer) -> list[str]:
    return [warning.code for warning in answer.warnings]


def test_noethers_example_needs_65_before_rounding_and_66_in_pairs() -> None:
    answer = asked(0.7)

    assert answer.n_unrounded == pytest.approx(65.4, abs=0.05)
    assert answer.n_evaluable == 66


def test_ties_shrink_n_by_the_sum_of_their_cubes() -> None:
    tied = asked(0.7, (0.4, 0.2))

    assert (tied.n_unrounded or 0) / (asked(0.7).n_unrounded or 1) == pytest.approx(1 - 0.4**3 - 0.2**3)


def test_normal_data_need_what_the_t_test_needs_divided_by_the_efficiency_of_ranks() -> None:
    effect = 0.05  # within-subject SDs: so small that the efficiency is the limiting one, 3/π
    many = {"for": "n", "target_power": 0.8, "max_n": 1_000_000}

    ranks = asked(float(special.ndtr(effect)), solve=many).n_unrounded
    t_test = size(
        read_plan(
            plan(0.7, outcome={"kind": "continuous", "within_subject_sd": 1.0}, solve=many)
            | {"question": NORMAL | {"mean_difference": effect}}
        )
    ).n_evaluable

    assert (t_test or 0) / (ranks or 1) == pytest.approx(3 / np.pi, rel=0.003)


NORMAL = {"kind": "superiority", "treatment": "A", "comparator": "B"}


def test_two_to_one_sequences_need_an_eighth_more() -> None:
    answer = asked(0.7, (), {"sequences": ["AB", "BA"], "allocation": [2, 1]})

    assert (answer.n_unrounded or 0) / (asked(0.7).n_unrounded or 1) == pytest.approx(9 / 8)


# simulated people, analysed by the Wilcoxon–Mann–Whitney test of their period differences


def rejected(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.bool_]:
    test = stats.mannwhitneyu(first, second, axis=1, method="asymptotic", use_continuity=False)
    return np.asarray(test.pvalue <= 0.05)


def normal_trial(n: int, probability: float, seed: int) -> NDArray[np.bool_]:
    """Measurements with a period effect and a within-subject SD of 1 in two periods; the difference that gives this probability."""
    rng, effect = np.random.default_rng(seed), float(special.ndtri(probability))
    half = n // 2
    own = rng.standard_normal((2, TRIALS, half))
    period_1, period_2 = rng.standard_normal((2, 2, TRIALS, half)) + own
    ab = period_1[0] + effect - (period_2[0] + 0.6)
    ba = period_1[1] - (period_2[1] + effect + 0.6)
    return rejected(ab, ba)


def test_normal_differences_have_the_probability_that_is_named_after_them() -> None:
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((4, 400_000))
    ab, ba = 0.5 + noise[0] - noise[1], noise[2] - (noise[3] + 0.5)

    assert (ab > ba).mean() == pytest.approx(special.ndtr(0.5), abs=0.003)


@pytest.mark.parametrize(("n", "probability"), [(262, 0.6), (100, 0.6), (100, 0.63), (40, 0.62)])
def test_the_rank_test_has_the_planned_power_near_one_half(n: int, probability: float) -> None:
    simulated = normal_trial(n, probability, seed=2).mean()

    error = (simulated * (1 - simulated) / TRIALS) ** 0.5
    assert error <= 0.003
    assert simulated == pytest.approx(power_at(n, probability), abs=4 * error)


def test_the_share_of_people_who_do_better_is_not_this_probability_and_fails_the_same_test() -> None:
    # with P = 0.6 for two people, P(somebody does better on A) = Φ(effect/√2·σ_w) = 0.571
    simulated = normal_trial(262, 0.6, seed=2).mean()

    assert abs(simulated - power_at(262, float(special.ndtr(special.ndtri(0.6) / 2**0.5)))) > 0.2


@pytest.mark.parametrize(("n", "probability", "more"), [(66, 0.7, 0.03), (42, 0.75, 0.05), (30, 0.8, 0.07), (18, 0.9, 0.13)])
def test_far_from_one_half_the_formula_is_careful_by_as_much_as_is_said(n: int, probability: float, more: float) -> None:
    simulated = normal_trial(n, probability, seed=3).mean()

    assert 0.01 < simulated - power_at(n, probability) < more


TIED = [
    ((0.1, 0.2, 0.4, 0.3), (0.25, 0.35, 0.25, 0.15), 60),
    ((0.1, 0.4, 0.5), (0.2, 0.45, 0.35), 100),
    ((0.08, 0.75, 0.17), (0.17, 0.75, 0.08), 100),
]


@pytest.mark.parametrize(("first", "second", "n"), TIED)
def test_with_ties_the_rank_test_has_the_planned_power(first: tuple[float, ...], second: tuple[float, ...], n: int) -> None:
    rng, values = np.random.default_rng(4), np.arange(len(first))
    ab, ba = (rng.choice(values, (TRIALS, n // 2), p=shares).astype(float) for shares in (first, second))
    probability = sum(a * b * (1.0 if i > j else 0.5 if i == j else 0.0) for i, a in enumerate(first) for j, b in enumerate(second))
    ties = tuple((a + b) / 2 for a, b in zip(first, second, strict=True))

    simulated = rejected(ab, ba).mean()

    planned = power_at(n, probability, ties)
    assert simulated == pytest.approx(planned, abs=0.02)
    assert abs(simulated - power_at(n, probability)) > abs(simulated - planned)  # ties left out


# what fits


REFUSED = [
    ({"design": "ABB/BAA"}, "design.sequences", "Plan AB/BA."),
    ({"design": {"name": "williams", "treatments": 3}}, "design.name", "does not fit"),
    ({"ties": (0.9,)}, "outcome.probability_superior", "it lies between 0.4 and 0.6"),
    ({"ties": (0.7, 0.4)}, "outcome.tie_fractions", "add up to"),
    ({"analysis": {"test": "exact"}}, "analysis.test", "has no use for test"),
    ({"analysis": {"sides": 1}}, "question.better", "which direction is better"),
    ({"attrition": {"lost_before_period": [0, 0.1]}}, "attrition.lost_before_period", "give dropout_rate"),
]


@pytest.mark.parametrize(("parts", "field", "words"), REFUSED)
def test_what_does_not_fit_is_refused_at_its_field(parts: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(MalformedPlan) as refused:
        read_plan(plan(0.7, **parts))

    assert [error["field"] for error in refused.value.errors] == [field]
    assert words in refused.value.errors[0]["message"]


def test_one_half_has_a_reason() -> None:
    answer = asked(0.5)

    assert answer.n_evaluable is None
    assert "0.5 is no difference" in (answer.reason or "")


def test_small_trials_and_large_probabilities_are_warned_of() -> None:
    assert codes(asked(0.9)) == ["carryover_not_separable", "small_sample_formula", "careful_formula"]
    assert codes(asked(0.7)) == ["carryover_not_separable"]
    assert codes(asked(0.3, question={"better": "higher"})) == ["difference_on_wrong_side", "carryover_not_separable"]


# properties


@at_most(1_000)
@given(
    probability=st.floats(0.001, 0.999),
    n=st.floats(1.0, 500.0),
    ties=st.lists(st.floats(0.01, 0.3), max_size=3),
    alpha=st.floats(0.001, 0.3),
    sides=st.sampled_from([1, 2]),
)
def test_power_lies_between_0_and_1_and_turns_with_the_direction(
    probability: float, n: float, ties: list[float], alpha: float, sides: int
) -> None:
    analysis = {"alpha": alpha, "sides": sides}

    higher = power_at(n, probability, tuple(ties), analysis=analysis, question={"better": "higher"})
    lower = power_at(n, 1 - probability, tuple(ties), analysis=analysis, question={"better": "lower"})

    assert 0.0 <= higher <= 1.0
    assert lower == pytest.approx(higher, abs=1e-9)


@at_most(1_000)
@given(probability=st.floats(0.52, 0.95), n=st.integers(2, 400))
def test_power_rises_with_n_and_with_the_distance_from_one_half(probability: float, n: int) -> None:
    assert power_at(n + 1, probability) >= power_at(n, probability)
    assert power_at(n, probability + 0.01) >= power_at(n, probability)


@at_most(1_000)
@given(probability=st.floats(0.55, 0.95), target=st.floats(0.1, 0.99))
def test_n_is_the_smallest_in_whole_pairs(probability: float, target: float) -> None:
    answer = asked(probability, solve={"for": "n", "target_power": target})

    assert (answer.power or 0) >= target
    assert answer.power_one_step_below is None or answer.power_one_step_below < target


def test_curves_vary_the_probability_on_one_side_of_one_half() -> None:
    for probability in (0.52, 0.66, 0.45):
        read = read_plan(plan(probability))

        curve = explore(read, size(read)).power_curve

        assert curve is not None
        assert all((one.value - 0.5) * (probability - 0.5) > 0 for one in curve.curves)
