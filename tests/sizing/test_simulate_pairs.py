"""Simulated pairs with two answers, ranks or counts: the tests are those of SciPy and statsmodels, and powers are the known ones."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as peer_mcnemar

from tests.sizing.far import at_most
from trials.sizing.discrete import BinaryOutcome, CountOutcome, OrdinalOutcome
from trials.sizing.plan import Plan
from trials.sizing.simulate import CannotSimulate
from trials.sizing.simulate.pair_tests import by_sequence, mcnemar, rate_ratio, wilcoxon
from trials.sizing.simulate.pairs import BinaryPairs, CountPairs, Level, OrdinalPairs, binary_pairs, count_pairs, ordinal_pairs
from trials.sizing.simulate.registry import simulator_of
from trials.sizing.simulate.setting import Setting, setting_of
from trials.sizing.simulate.ties import Differences

TWO_SIDED = Level(0.05, 2)
TRIALS = 40_000
Planned = Callable[..., Plan]


def people(first: int, second: int, trials: int = TRIALS) -> Any:
    return np.full(trials, first), np.full(trials, second)


def near(found: Any, power: float) -> bool:
    error = (power * (1 - power) / len(found)) ** 0.5
    return bool(abs(found.mean() - power) <= 4 * error)


# binary


@pytest.mark.parametrize(
    ("test", "people_in_all", "power", "size"),
    [("exact", 103, 0.7612, 0.0310), ("mid_p", 103, 0.8081, 0.0452), ("exact", 112, 0.8016, None)],
)
def test_mcnemar_has_the_exact_power_and_size(test: str, people_in_all: int, power: float, size: float | None) -> None:
    rng = np.random.default_rng(1)
    split = people(people_in_all // 2, people_in_all - people_in_all // 2)

    assert near(binary_pairs(rng, split, (0.225, 0.075), test, TWO_SIDED), power)
    assert size is None or near(binary_pairs(rng, split, (0.15, 0.15), test, TWO_SIDED), size)


def test_mcnemar_has_the_power_of_the_enumeration() -> None:
    n, a, b = 40, 0.3, 0.1
    m = np.arange(n + 1)
    power = 0.0
    for total in m:
        k = np.arange(total + 1)
        rejected = mcnemar(k, total - k, np.full(total + 1, n), "asymptotic", 0.05, 2)
        power += stats.binom.pmf(total, n, a + b) * float((stats.binom.pmf(k, total, a / (a + b)) * rejected).sum())

    assert near(binary_pairs(np.random.default_rng(2), people(20, 20), (a, b), "asymptotic", TWO_SIDED), power)


@at_most(1_000)
@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from([0.01, 0.05, 0.2]))
def test_mcnemar_decides_as_statsmodels(more: int, fewer: int, alpha: float) -> None:
    one = np.array([more]), np.array([fewer]), np.array([100])

    if more + fewer:
        assert mcnemar(*one, "exact", alpha, 2)[0] == (peer_mcnemar([[0, more], [fewer, 0]], exact=True).pvalue <= alpha)
        normal = peer_mcnemar([[0, more], [fewer, 0]], exact=False, correction=False).pvalue
        assert mcnemar(*one, "asymptotic", alpha, 2)[0] == (normal < alpha)
    else:
        assert not mcnemar(*one, "exact", alpha, 2)[0]


@pytest.mark.parametrize(("per_sequence", "power"), [(10, 0.477), (15, 0.694), (20, 0.842)])
def test_prescott_has_the_published_power(per_sequence: int, power: float) -> None:
    rejected = binary_pairs(np.random.default_rng(3), people(per_sequence, per_sequence), (0.45, 0.10), "prescott", TWO_SIDED)

    assert rejected.mean() == pytest.approx(power, abs=5e-4 + 4 * (power * (1 - power) / TRIALS) ** 0.5)


@pytest.mark.parametrize("counts", [((4, 1, 1), (1, 1, 3)), ((3, 2, 0), (0, 3, 2)), ((5, 0, 1), (0, 1, 3)), ((2, 2, 2), (2, 1, 1))])
def test_prescott_permutes_the_preferences(counts: tuple[tuple[int, int, int], tuple[int, int, int]]) -> None:
    first, second = counts
    scores = [value for n, value in zip(np.add(first, second), (1, 0, -1), strict=True) for _ in range(n)]
    sums = [sum(chosen) for chosen in combinations(scores, sum(first))]
    larger = float(np.mean(np.array(sums) >= first[0] - first[2]))

    decided = [by_sequence(np.array([first]), np.array([second]), alpha, 1, ties=True)[0] for alpha in (larger - 1e-9, larger + 1e-9)]

    assert decided == [False, True]


@at_most(1_000)
@given(st.tuples(*[st.integers(0, 8)] * 4))
def test_mainland_and_gart_is_fishers_test_of_sequence_by_period(table: tuple[int, int, int, int]) -> None:
    a, b, c, d = table
    p = stats.fisher_exact([[a, b], [c, d]], alternative="greater").pvalue

    decided = by_sequence(np.array([[a, 5, b]]), np.array([[c, 1, d]]), 0.05, 1, ties=False)[0]

    assert decided == (p <= 0.05 + 1e-12) or abs(p - 0.05) < 1e-9


def test_prescott_keeps_its_size_beyond_thirty_people_a_sequence() -> None:
    rejected = binary_pairs(np.random.default_rng(4), people(40, 40), (0.3, 0.3), "prescott", TWO_SIDED)

    assert rejected.mean() == pytest.approx(0.05, abs=0.004)


@pytest.mark.parametrize("test", ["exact", "wald", "prescott", "mainland_gart"])
def test_the_direction_that_is_better_decides_a_one_sided_test(test: str) -> None:
    rng = np.random.default_rng(5)
    higher, lower = Level(0.025, 1, 1), Level(0.025, 1, -1)

    favours = binary_pairs(rng, people(20, 20, 4000), (0.45, 0.10), test, higher).mean()
    against = binary_pairs(rng, people(20, 20, 4000), (0.45, 0.10), test, lower).mean()

    assert favours > 0.7
    assert against < 0.005


# ordinal


def test_differences_exceed_each_other_with_the_planned_chance_and_ties() -> None:
    differences = Differences.with_superiority(0.7, (0.3, 0.2, 0.1))
    rng = np.random.default_rng(6)
    first, second = (differences.draw(rng, 200_000, group) for group in (0, 1))

    chance = np.mean(first > second) + np.mean(first == second) / 2
    _, counts = np.unique(np.concatenate([first, second]), return_counts=True)

    assert differences.superiority == pytest.approx(0.7, abs=1e-9)
    assert chance == pytest.approx(0.7, abs=0.004)
    assert sorted(counts[counts > 1] / 400_000) == pytest.approx([0.1, 0.2, 0.3], abs=0.003)


def test_without_ties_the_chance_is_that_of_normal_data() -> None:
    assert Differences.with_superiority(float(stats.norm.cdf(0.7)), ()).shift == pytest.approx(0.7 / 2**0.5, abs=1e-9)


def test_ties_that_leave_no_room_are_refused() -> None:
    with pytest.raises(ValueError, match=r"probability_superior is 0\.9 at most"):
        Differences.with_superiority(0.95, (0.6, 0.4))


@pytest.mark.parametrize("sides", [1, 2])
def test_wilcoxon_decides_as_scipy(sides: int) -> None:
    rng = np.random.default_rng(7)
    first, second = rng.integers(0, 6, (300, 14)).astype(float), rng.integers(1, 7, (300, 11)).astype(float)
    first[:, 12:], second[:100, 10:] = np.nan, np.nan

    decided = wilcoxon(second, first, 0.05, sides)

    for t in range(300):
        a, b = (group[t][~np.isnan(group[t])] for group in (second, first))
        kind = "two-sided" if sides == 2 else "greater"
        p = stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=False, alternative=kind).pvalue
        assert decided[t] == (p < 0.05)
    assert 0 < decided.sum() < 300


def test_ranks_have_about_the_power_that_noether_promises() -> None:
    rng, split = np.random.default_rng(8), people(33, 33, 10_000)

    power = ordinal_pairs(rng, split, Differences.with_superiority(0.7, ()), TWO_SIDED).mean()
    size = ordinal_pairs(rng, split, Differences(0.0, ()), TWO_SIDED).mean()

    # Noether takes the variance without an effect; with one it is smaller: 80 % is promised, 82.5 % come
    assert power == pytest.approx(0.825, abs=0.016)
    assert size == pytest.approx(0.05, abs=0.009)


# counts


def test_counts_have_the_power_of_the_conditional_formula() -> None:
    outcome = CountOutcome(kind="count", rate_comparator=4.0, rate_ratio=0.7)

    power = count_pairs(np.random.default_rng(9), people(18, 19, 20_000), outcome, "mid_p", TWO_SIDED).mean()

    # 36.7 people for 80 %
    assert power == pytest.approx(0.803, abs=0.0115)


def test_what_makes_people_differ_cancels() -> None:
    outcome = CountOutcome(kind="count", rate_comparator=4.0, rate_ratio=1.0)

    size = count_pairs(np.random.default_rng(10), people(18, 19, 20_000), outcome, "mid_p", TWO_SIDED, frailty_cv=1.0).mean()

    assert size == pytest.approx(0.05, abs=0.007)


@pytest.mark.parametrize("people_in_all", [20, 74])
def test_overdispersion_keeps_its_size(people_in_all: int) -> None:
    outcome = CountOutcome(kind="count", rate_comparator=4.0, rate_ratio=1.0, overdispersion=2.0)
    split = people(people_in_all // 2, people_in_all // 2, 20_000)

    size = count_pairs(np.random.default_rng(11), split, outcome, "asymptotic", TWO_SIDED, frailty_cv=0.5).mean()

    assert size == pytest.approx(0.0518, abs=4 * (0.05 * 0.95 / 20_000) ** 0.5)


def test_overdispersion_needs_as_many_times_more_people() -> None:
    outcome = CountOutcome(kind="count", rate_comparator=4.0, rate_ratio=0.7, overdispersion=2.0)

    power = count_pairs(np.random.default_rng(12), people(37, 37), outcome, "asymptotic", TWO_SIDED).mean()

    # 37 people for 80 % without overdispersion; estimating it costs about one point
    assert power == pytest.approx(0.79, abs=0.0082)


def test_two_periods_on_each_treatment_count_twice() -> None:
    outcome = CountOutcome(kind="count", rate_comparator=2.0, rate_ratio=0.7)
    rng = np.random.default_rng(13)

    twice = count_pairs(rng, people(18, 19, 20_000), outcome, "mid_p", TWO_SIDED, periods=2).mean()

    assert twice == pytest.approx(0.803, abs=0.0115)


def test_a_binomial_test_would_be_too_liberal_under_overdispersion() -> None:
    outcome = CountOutcome(kind="count", rate_comparator=4.0, rate_ratio=1.0, overdispersion=2.0)

    size = count_pairs(np.random.default_rng(14), people(37, 37, 10_000), outcome, "mid_p", TWO_SIDED).mean()

    assert size > 0.14


def test_poisson_counts_decide_as_the_binomial_test_of_scipy() -> None:
    rng = np.random.default_rng(13)
    on, off = rng.poisson(1.5, (100, 12)), rng.poisson(1.0, (100, 12))

    decided = rate_ratio(on, off, people(6, 6, 100), "exact", 0.05, 2)

    for t in range(100):
        a, total = int(on[t].sum()), int((on[t] + off[t]).sum())
        assert decided[t] == (stats.binomtest(a, total).pvalue <= 0.05)


# as simulators


def setting_with(planned: Planned, outcome: Any, **parts: Any) -> Setting:
    """A plan of these people with another outcome in place of the continuous one."""
    setting = setting_of(planned(**parts))
    return Setting(
        setting.plan.model_copy(update={"outcome": outcome}), setting.answer, setting.simulation, setting.started, setting.staying
    )


OUTCOMES = [
    (BinaryOutcome(kind="binary", treatment_only=0.45, comparator_only=0.1), BinaryPairs),
    (OrdinalOutcome(kind="ordinal", probability_superior=0.75, tie_fractions=(0.2, 0.3)), OrdinalPairs),
    (CountOutcome(kind="count", rate_comparator=3.0, rate_ratio=0.6), CountPairs),
]


@pytest.mark.parametrize(("outcome", "kind"), OUTCOMES)
def test_each_outcome_is_simulated_with_and_without_its_effect(outcome: Any, kind: Any, planned: Planned) -> None:
    parts: dict[str, Any] = {"attrition": {"dropout_rate": 0.2}, "solve": {"for": "power", "n_randomised": 50}}
    setting = setting_with(planned, outcome, question={"mean_difference": 1.0}, **parts)
    null = Setting(kind.under_null(setting.plan), setting.answer, setting.simulation, setting.started, setting.staying)

    found, without = (simulator_of(one.plan)(one).measure(np.random.default_rng(14), 2000) for one in (setting, null))

    assert simulator_of(setting.plan) is kind
    assert found["shown"].mean() > 0.5
    assert 0.02 < without["shown"].mean() < 0.07
    assert found["tested"].all()


def test_random_dropout_takes_people_from_the_pairs(planned: Planned) -> None:
    parts: dict[str, Any] = {"attrition": {"dropout_rate": 0.2}, "solve": {"for": "power", "n_randomised": 50}}

    counts = BinaryPairs(setting_with(planned, OUTCOMES[0][0], **parts)).people(np.random.default_rng(15), 5000)

    assert counts[0].mean() == pytest.approx(20.0, abs=0.15)
    assert counts[0].std() == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(("outcome", "kind"), OUTCOMES[:2])
def test_a_design_without_pairs_is_refused(outcome: Any, kind: Any, planned: Planned) -> None:
    setting = setting_with(planned, outcome, design={"text": "ABB/BAA"})

    with pytest.raises(CannotSimulate, match="compares pairs; ABB/BAA does not give them"):
        kind(setting)


def test_mcnemar_takes_any_order_and_counts_take_as_many_periods_on_each(planned: Planned) -> None:
    parts: dict[str, Any] = {"question": {"mean_difference": 1.0}, "solve": {"for": "power", "n_evaluable": 30}}
    rng = np.random.default_rng(16)

    binary = BinaryPairs(setting_with(planned, OUTCOMES[0][0], design={"text": "ABC/CBA/BCA"}, **parts)).measure(rng, 500)
    counts = CountPairs(setting_with(planned, OUTCOMES[2][0], design={"text": "ABBA/BAAB"}, **parts)).measure(rng, 500)

    assert binary["shown"].mean() > 0.5
    assert counts["shown"].mean() > 0.9
