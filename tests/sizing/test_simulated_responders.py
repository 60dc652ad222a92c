"""An independent witness for binary outcomes: people are drawn, their trial is analysed by the test that is named, and rejections counted."""

from collections.abc import Callable
from functools import cache
from math import comb
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from tests.sizing.test_binary import asked, plan, power_at, probabilities
from trials.sizing.plan import read_plan
from trials.sizing.size import size

TRIALS = 100_000
Counts = NDArray[np.int64]


def agrees(rejected: NDArray[np.bool_], power: float | None) -> bool:
    """Within four Monte Carlo standard errors, each at most 0.003."""
    error = float(np.sqrt(max(rejected.mean() * (1 - rejected.mean()), 1e-4) / len(rejected)))
    assert error <= 0.003
    return bool(abs(rejected.mean() - (power or 0.0)) <= 4 * error)


def mcnemar(b: Counts, c: Counts, n: int, test: str) -> NDArray[np.bool_]:
    """Two-sided at 0.05: b people respond on A alone, c on B alone."""
    m = b + c
    if test == "wald":
        return np.asarray(np.abs(b - c) / np.sqrt(np.maximum(m - (b - c) ** 2 / n, 1e-300)) > stats.norm.ppf(0.975)) & (m > 0)
    if test == "asymptotic":
        return np.asarray((b - c) ** 2 / np.maximum(m, 1) > stats.chi2.ppf(0.95, 1))
    more = np.maximum(b, c)
    p = 2 * stats.binom.sf(more - 1, m, 0.5)
    if test == "mid_p":
        p = p - stats.binom.pmf(more, m, 0.5)
    return np.asarray((p <= 0.05) & (m > 0))


@pytest.mark.parametrize("only", [(0.31, 0.14), (0.7, 0.3), (0.2, 0.2)])
@pytest.mark.parametrize("test", ["exact", "mid_p"])
def test_mcnemars_tests_have_the_planned_power(test: str, only: tuple[float, float]) -> None:
    people = np.random.default_rng(1).multinomial(60, (*only, 1 - sum(only)), size=TRIALS)

    rejected = mcnemar(people[:, 0], people[:, 1], 60, test)

    assert agrees(rejected, power_at(60, *only, test=test).power)


def test_a_wrong_formula_fails_the_same_test() -> None:
    people = np.random.default_rng(1).multinomial(20, (0.45, 0.10, 0.45), size=TRIALS)
    rejected = mcnemar(people[:, 0], people[:, 1], 20, "exact")

    connor = power_at(20, 0.45, 0.10, test="asymptotic").power

    assert agrees(rejected, power_at(20, 0.45, 0.10, test="exact").power)
    assert not agrees(rejected, connor)


@pytest.mark.parametrize("test", ["asymptotic", "wald"])
def test_the_normal_tests_have_the_size_that_is_reported(test: str) -> None:
    people = np.random.default_rng(2).multinomial(50, (0.2, 0.2, 0.6), size=TRIALS)

    rejected = mcnemar(people[:, 0], people[:, 1], 50, test)

    assert agrees(rejected, power_at(50, 0.3, 0.1, test=test).actual_size)


def test_connors_formula_comes_near_the_power_of_its_test() -> None:
    people = np.random.default_rng(3).multinomial(160, (0.31, 0.14, 0.55), size=TRIALS)

    rejected = mcnemar(people[:, 0], people[:, 1], 160, "asymptotic")

    assert rejected.mean() == pytest.approx(power_at(160, 0.31, 0.14, test="asymptotic").power, abs=0.01)


# two sequences: every table that occurs is analysed once, by going through all tables with the same margins


@cache
def permutation_p(first: tuple[int, int, int], second: tuple[int, int, int]) -> float:
    """Prescott's two-sided p-value: of all ways to share the columns between the sequences, twice the smaller tail of the first one's score."""
    n, columns = sum(first), tuple(a + b for a, b in zip(first, second, strict=True))
    observed, ways = first[0] - first[2], dict[int, int]()
    for better_1 in range(columns[0] + 1):
        for better_2 in range(columns[2] + 1):
            alike = n - better_1 - better_2
            if 0 <= alike <= columns[1]:
                count = comb(columns[0], better_1) * comb(columns[1], alike) * comb(columns[2], better_2)
                ways[better_1 - better_2] = ways.get(better_1 - better_2, 0) + count
    total = sum(ways.values())
    upper = sum(count for score, count in ways.items() if score >= observed) / total
    lower = sum(count for score, count in ways.items() if score <= observed) / total
    return min(1.0, 2 * min(upper, lower))


@cache
def fisher_p(first: tuple[int, int, int], second: tuple[int, int, int]) -> float:
    return float(stats.fisher_exact([[first[0], first[2]], [second[0], second[2]]]).pvalue)


def of_sequences(p_value: Callable[..., float], sizes: tuple[int, int], shares: tuple[float, float], seed: int) -> NDArray[np.bool_]:
    """Trials in which the first sequence is better in period 1 (2) with these shares and the second the other way round."""
    rng = np.random.default_rng(seed)
    a = rng.multinomial(sizes[0], (shares[0], 1 - sum(shares), shares[1]), size=TRIALS)
    b = rng.multinomial(sizes[1], (shares[1], 1 - sum(shares), shares[0]), size=TRIALS)
    tables, at = np.unique(np.concatenate([a, b], axis=1), axis=0, return_inverse=True)
    p = np.array([p_value(tuple(map(int, row[:3])), tuple(map(int, row[3:]))) for row in tables])
    return np.asarray(p[at.ravel()] <= 0.05 + 1e-9)


@pytest.mark.parametrize(("test", "p_value"), [("prescott", permutation_p), ("mainland_gart", fisher_p)])
@pytest.mark.parametrize("sizes", [(10, 10), (12, 6)])
def test_tests_of_two_sequences_have_the_planned_power(test: str, p_value: Callable[..., float], sizes: tuple[int, int]) -> None:
    rejected = of_sequences(p_value, sizes, (0.45, 0.10), seed=4)

    planned = asked(0.45, 0.10, test=test, solve={"for": "power", "n_per_sequence": list(sizes)})

    assert agrees(rejected, planned.power)


def test_one_test_of_two_sequences_is_not_the_other() -> None:
    rejected = of_sequences(permutation_p, (10, 10), (0.45, 0.10), seed=4)

    fisher = asked(0.45, 0.10, test="mainland_gart", solve={"for": "power", "n_per_sequence": [10, 10]})

    assert not agrees(rejected, fisher.power)


# scores cut into answers


def test_cutting_scores_into_answers_costs_what_is_told() -> None:
    answer = size(read_plan(probabilities(0.45, 0.28, 0.1)))
    from trials.sizing.dichotomy import latent

    score = latent(*read_plan(probabilities(0.45, 0.28, 0.1)).outcome.marginals)  # type: ignore[union-attr]  # a binary outcome
    assert score is not None
    n, enough = int(answer.n_evaluable or 0), int(answer.n_if_continuous or 0)

    def scores(rng: np.random.Generator, people: int) -> tuple[Any, Any]:
        own = np.sqrt(score.correlation) * rng.standard_normal((TRIALS // 4, people))
        noise = score.within_subject_sd * rng.standard_normal((2, TRIALS // 4, people))
        return own + noise[0] + score.difference, own + noise[1]

    a, b = scores(np.random.default_rng(6), n)
    threshold = stats.norm.ppf(1 - 0.28)
    a_responds, b_responds = a > threshold, b > threshold
    cut = mcnemar((a_responds & ~b_responds).sum(axis=1), (b_responds & ~a_responds).sum(axis=1), n, "mid_p")
    a, b = scores(np.random.default_rng(7), enough)
    half = enough // 2
    whole = stats.ttest_ind((a - b)[:, :half], (b - a)[:, half:], axis=1).pvalue <= 0.05

    assert a_responds.mean() == pytest.approx(0.45, abs=0.002)
    assert agrees(cut, answer.power)
    assert whole.mean() == pytest.approx(0.8, abs=0.015)
    assert whole.mean() >= 0.8 - 4 * 0.0026


def test_three_treatments_in_a_williams_design_are_compared_with_the_planned_power() -> None:
    rng = np.random.default_rng(8)
    people = 60
    tendency = rng.standard_normal((TRIALS // 4, people))
    given_a, given_c = (tendency + rng.standard_normal(tendency.shape) > cut for cut in (0.2, 1.0))
    b, c = (given_a & ~given_c).sum(axis=1), (given_c & ~given_a).sum(axis=1)
    only = (float((given_a & ~given_c).mean()), float((given_c & ~given_a).mean()))

    rejected = mcnemar(b, c, people, "mid_p")

    design = {"name": "williams", "treatments": 3}
    planned = size(
        read_plan(plan(*only, design, question={"comparator": "C"}, test="mid_p", solve={"for": "power", "n_evaluable": people}))
    )
    assert agrees(rejected, planned.power)
