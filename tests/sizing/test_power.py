"""The distributions against independent integrals, where SciPy is known to fail."""

from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from trials.sizing.laws.power import equivalence_power, expected_half_width, f_power, probability_of_half_width, t_power

NODES, WEIGHTS = np.polynomial.legendre.leggauss(1_500)


def average_over_spread(given: Any, df: float, upper: float = np.inf) -> float:
    """∫ given(u)·f(u) du for u = s/σ with df degrees of freedom, on the logarithm of u: another route than the engine's."""
    low, high = np.log(np.sqrt(stats.chi2.ppf(1e-18, df) / df)), np.log(min(upper, np.sqrt(stats.chi2.isf(1e-18, df) / df)))
    log_u = (low + high) / 2 + (high - low) / 2 * NODES
    u = np.exp(log_u)
    density = np.exp(np.log(2) + df / 2 * np.log(df / 2) - special.gammaln(df / 2) + df * log_u - df * u * u / 2)
    return float(np.sum(WEIGHTS * given(u) * density) * (high - low) / 2)


@pytest.mark.parametrize("df", [1.0, 2.0, 3.5, 8.0, 44.0, 704.0])
@pytest.mark.parametrize("noncentrality", [0.0, 0.3, 2.0, 4.5, 5.92, 6.0, 6.1, 12.0, 30.0])
@pytest.mark.parametrize("alpha", [0.3, 0.05, 0.005, 0.0001])
def test_two_sided_power_is_the_integral_over_both_tails(df: float, noncentrality: float, alpha: float) -> None:
    critical = float(stats.t.isf(alpha / 2, df))

    exact = average_over_spread(lambda u: special.ndtr(noncentrality - critical * u) + special.ndtr(-noncentrality - critical * u), df)

    assert float(t_power(noncentrality, df, alpha, 2)) == pytest.approx(exact, abs=2e-9)
    assert float(t_power(np.array([noncentrality]), np.array([df]), alpha, 2)[0]) == pytest.approx(exact, abs=2e-9)


@pytest.mark.parametrize("df", [1.0, 5.0, 44.0, 704.0])
@pytest.mark.parametrize("noncentrality", [-60.0, -5.0, -3.5, -1.0, 0.0, 3.0, 40.0])
def test_one_sided_power_is_the_integral_over_one_tail(df: float, noncentrality: float) -> None:
    critical = float(stats.t.isf(0.025, df))

    exact = average_over_spread(lambda u: special.ndtr(noncentrality - critical * u), df)

    assert float(t_power(noncentrality, df, 0.025, 1)) == pytest.approx(exact, abs=2e-9)


def test_the_far_tail_that_scipy_cannot_compute_counts_for_nothing() -> None:
    df, noncentrality, alpha = 704.0, 5.92, 0.005
    critical = float(stats.t.isf(alpha / 2, df))

    assert np.isnan(special.nctdtr(df, noncentrality, -critical))
    assert float(t_power(noncentrality, df, alpha, 2)) == pytest.approx(0.99902047, abs=1e-8)


def test_the_lost_tail_counts_in_small_differences() -> None:
    assert float(t_power(0.1 * 10**0.5, 9, 0.05, 2)) == pytest.approx(0.0593, abs=5e-5)
    assert float(t_power(0.1 * 10**0.5, 9, 0.025, 1)) == pytest.approx(0.0469, abs=5e-5)


@pytest.mark.parametrize("df", [1.0, 2.0, 3.0, 8.0, 58.0, 1000.0])
@pytest.mark.parametrize(("a", "b"), [(2.0, 2.0), (5.0, 3.0), (30.0, 4.0), (0.5, 0.5), (-1.0, 6.0), (36.0, 5.0)])
def test_equivalence_is_the_integral_on_another_scale(df: float, a: float, b: float) -> None:
    critical = float(stats.t.isf(0.05, df))

    exact = average_over_spread(
        lambda u: np.maximum(special.ndtr(b - critical * u) - special.ndtr(critical * u - a), 0), df, (a + b) / (2 * critical)
    )

    assert float(equivalence_power(a, b, df, 0.05)) == pytest.approx(exact, abs=1e-10)


def test_equivalence_is_never_negative_where_a_peer_is(ask: Any) -> None:
    found = [
        ask(
            outcome={"within_subject_sd": 1.0},
            question={"kind": "equivalence", "mean_difference": 0.0, "lower_limit": -0.8, "upper_limit": 0.8},
            analysis={"alpha": 0.025},
            solve={"for": "power", "n_evaluable": n},
        ).power
        for n in (4, 6, 8, 10)
    ]

    assert all(0 < power < 0.2 for power in found)


@pytest.mark.parametrize("noncentrality", [0.0, 1e-9, 3.0, 50.0, 1e5, 1e7])
def test_f_power_is_a_mixture_of_betas(noncentrality: float) -> None:
    critical = float(stats.f.isf(0.05, 3, 243))
    if noncentrality < 1000:
        j = np.arange(200)
        exact = float(np.sum(stats.poisson.pmf(j, noncentrality / 2) * stats.beta.sf(3 * critical / (3 * critical + 243), 1.5 + j, 121.5)))
    else:
        exact = 1.0

    assert float(f_power(noncentrality, 3, 243, 0.05)) == pytest.approx(exact, abs=1e-9)


def test_two_treatments_make_f_the_square_of_t() -> None:
    assert float(f_power(9.0, 1, 30, 0.05)) == pytest.approx(float(t_power(3.0, 30, 0.05, 2)), abs=1e-9)


def test_half_width_is_expected_and_assured_as_its_distribution_says() -> None:
    df, se = 32.0, 0.25
    spread = np.sqrt(np.random.default_rng(3).chisquare(df, 200_000) / df)
    widths = stats.t.ppf(0.975, df) * se * spread

    assert float(expected_half_width(se, df, 0.95)) == pytest.approx(widths.mean(), rel=2e-3)
    assert float(probability_of_half_width(0.55, se, df, 0.95)) == pytest.approx((widths <= 0.55).mean(), abs=5e-3)
