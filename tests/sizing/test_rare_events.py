"""The exact laws of rare events agree with SciPy's distributions, with statsmodels' intervals, and with searches that leave nothing out."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from tests.sizing.far import at_most
from trials.sizing.laws.rare import AMONG_PEOPLE, OVER_TIME, Exclusion, Law

RATES = st.floats(1e-4, 0.9)


@at_most(1_000)
@given(events=st.integers(0, 60), rate=RATES, people=st.integers(1, 3000))
def test_tails_among_people_are_those_of_the_binomial_distribution(events: int, rate: float, people: int) -> None:
    law = stats.binom(people, rate)

    assert AMONG_PEOPLE.at_most(events, rate, people) == pytest.approx(law.cdf(events), abs=1e-12)
    assert AMONG_PEOPLE.at_least(events, rate, people) == pytest.approx(law.sf(events - 1), abs=1e-12)


@at_most(1_000)
@given(events=st.integers(0, 60), rate=st.floats(1e-4, 5), years=st.floats(0.1, 3000))
def test_tails_over_time_are_those_of_the_poisson_distribution(events: int, rate: float, years: float) -> None:
    law = stats.poisson(rate * years)

    assert OVER_TIME.at_most(events, rate, years) == pytest.approx(law.cdf(events), abs=1e-12)
    assert OVER_TIME.at_least(events, rate, years) == pytest.approx(law.sf(events - 1), abs=1e-12)


@pytest.mark.parametrize(("events", "people"), [(0, 300), (1, 50), (7, 48), (20, 20), (0, 1)])
def test_limits_among_people_are_those_of_clopper_and_pearson(events: int, people: int) -> None:
    low, high = proportion_confint(events, people, alpha=0.1, method="beta")

    assert AMONG_PEOPLE.upper_limit(events, people, 0.05) == pytest.approx(high, abs=1e-12)
    assert AMONG_PEOPLE.lower_limit(events, people, 0.05) == pytest.approx(low, abs=1e-12)


def test_limits_over_time_are_half_the_chi_square_quantiles() -> None:
    upper = [OVER_TIME.upper_limit(events, 1.0, 0.05) for events in range(4)]

    assert np.round(upper, 3).tolist() == [2.996, 4.744, 6.296, 7.754]
    assert OVER_TIME.upper_limit(2, 630.0, 0.05) == pytest.approx(stats.chi2.ppf(0.95, 6) / 2 / 630)
    assert OVER_TIME.lower_limit(3, 1.0, 0.025) == pytest.approx(stats.chi2.ppf(0.025, 6) / 2)
    assert OVER_TIME.lower_limit(0, 1.0, 0.025) == 0


def test_no_event_in_three_hundred_people_leaves_a_little_less_than_one_per_cent() -> None:
    assert AMONG_PEOPLE.upper_limit(0, 300, 0.05) == pytest.approx(0.00994, abs=5e-6)
    assert AMONG_PEOPLE.upper_limit(0, 48, 0.05) == pytest.approx(0.0605, abs=5e-5)
    assert AMONG_PEOPLE.upper_limit(0, 100, 0.05) == pytest.approx(0.0295, abs=5e-5)


@at_most(1_000)
@given(limit=st.floats(1e-3, 0.95), people=st.integers(1, 5000), alpha=st.sampled_from([0.01, 0.025, 0.05, 0.2, 0.6]))
def test_the_most_events_exclude_the_limit_and_one_more_does_not(limit: float, people: int, alpha: float) -> None:
    for law, tail in ((AMONG_PEOPLE, stats.binom(people, limit)), (OVER_TIME, stats.poisson(people * limit))):
        most = law.most_events(limit, people, alpha)

        assert most < 0 or tail.cdf(most) <= alpha * (1 + 1e-9)
        assert tail.cdf(most + 1) > alpha * (1 - 1e-9)


@pytest.mark.parametrize("target", [0.1, 0.5, 0.8, 0.9, 0.95])
@pytest.mark.parametrize(
    ("law", "limit", "rate", "alpha", "each"),
    [
        (AMONG_PEOPLE, 0.01, 0.003, 0.05, 1.0),
        (AMONG_PEOPLE, 0.3, 0.2, 0.05, 2.0),
        (AMONG_PEOPLE, 0.9, 0.7, 0.05, 1.0),
        (AMONG_PEOPLE, 0.05, 0.02, 0.1, 40.0),
        (AMONG_PEOPLE, 0.3, 0.2, 0.05, 0.5),
        (OVER_TIME, 0.02, 0.01, 0.05, 1.0),
        (OVER_TIME, 0.5, 0.3, 0.025, 7.0),
        (OVER_TIME, 0.2, 0.1, 0.05, 0.125),
    ],
)
def test_the_search_finds_what_a_search_over_every_n_finds(
    law: Law, limit: float, rate: float, alpha: float, each: float, target: float
) -> None:
    test = Exclusion(law, limit, rate, alpha, each)
    n = np.arange(1, 8001)
    enough = test.power(n) >= target

    assert test.first(target) == n[enough][0]
    assert test.stays(target) == n[~enough][-1] + 1


def test_the_power_is_a_sawtooth_so_that_a_search_by_halving_would_be_wrong() -> None:
    power = Exclusion(AMONG_PEOPLE, 0.02, 0.009, 0.05, 1.0).power(np.arange(782, 860))

    assert power[0] >= 0.8 > power.min()
    assert [now < before for before, now in pairwise(power[:40])] == [True] * 39


def test_a_limit_that_lies_below_the_rate_is_never_excluded_with_power() -> None:
    test = Exclusion(AMONG_PEOPLE, 0.01, 0.02, 0.05, 1.0)

    assert (test.first(0.8), test.stays(0.8)) == (None, None)


@at_most(1_000)
@given(rate=RATES, confidence=st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_the_expected_width_falls_with_every_person(rate: float, confidence: float) -> None:
    for law in (AMONG_PEOPLE, OVER_TIME):
        widths = [law.half_width(rate, float(n), confidence) for n in (*range(1, 12), 30, 31, 100, 101, 1000)]

        assert all(after < before for before, after in pairwise(widths))


def test_the_expected_width_is_the_mean_over_all_numbers_of_events() -> None:
    events = np.arange(41)
    low, high = proportion_confint(events, 40, alpha=0.05, method="beta")

    assert AMONG_PEOPLE.half_width(0.1, 40, 0.95) == pytest.approx(float(stats.binom(40, 0.1).pmf(events) @ (high - low)) / 2)
    assert AMONG_PEOPLE.half_width(0.1, 40.25, 0.95) == pytest.approx(
        0.75 * AMONG_PEOPLE.half_width(0.1, 40, 0.95) + 0.25 * AMONG_PEOPLE.half_width(0.1, 41, 0.95)
    )


@at_most(1_000)
@given(rate=st.floats(1e-9, 1e9), size=st.floats(1e-6, 1e12))
def test_far_fetched_rates_and_times_give_chances_between_0_and_1(rate: float, size: float) -> None:
    chances = [OVER_TIME.at_least(3, rate, size), OVER_TIME.at_most(3, rate, size), OVER_TIME.exclusion_power(2 * rate, rate, size, 0.05)]

    assert all(0 <= chance <= 1 for chance in chances)
