"""Counts of events: the worked example, simulated people who differ in how prone they are, and what must hold for any plan."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from tests.sizing.far import at_most
from trials.sizing.answer import Answer
from trials.sizing.laws.events import conditional_power, dispersed_power
from trials.sizing.plan import MalformedPlan, read_plan
from trials.sizing.sensitivity import explore
from trials.sizing.size import size

TRIALS = 60_000


def plan(rate: float = 4.0, ratio: float = 0.7, overdispersion: float = 1.0, design: Any = "AB/BA", **parts: Any) -> dict[str, Any]:
    analysis = {key: parts.pop(key) for key in ("test", "alpha", "sides") if key in parts}
    question = {"kind": "superiority", "treatment": "A", "comparator": "B"} | parts.pop("question", {})
    return {
        "design": {"text": design} if isinstance(design, str) else design,
        "outcome": {"kind": "count", "rate_comparator": rate, "rate_ratio": ratio, "overdispersion": overdispersion},
        "question": question,
        "analysis": analysis,
        "solve": {"for": "n", "target_power": 0.8},
    } | parts


def asked(*args: Any, **parts: Any) -> Answer:
    return size(read_plan(plan(*args, **parts)))


def power_at(n: float, *args: Any, **parts: Any) -> Answer:
    return asked(*args, solve={"for": "power", "n_evaluable": n}, **parts)


def codes(answer: Answer) -> list[str]:
    return [warning.code for warning in answer.warnings]


def test_the_worked_example_needs_250_events_and_37_people_before_rounding() -> None:
    answer = asked()

    assert answer.events == pytest.approx(249.7, abs=0.05)
    assert answer.n_unrounded == pytest.approx(36.7, abs=0.05)
    assert answer.n_evaluable == 38


def test_overdispersion_multiplies_what_is_needed() -> None:
    answer = asked(4.0, 0.7, 2.5)

    assert (answer.events or 0) / (asked().events or 1) == pytest.approx(2.5)
    assert (answer.n_unrounded or 0) / (asked().n_unrounded or 1) == pytest.approx(2.5)


def test_two_periods_on_each_treatment_need_half_as_many_people() -> None:
    assert (asked(4.0, 0.7, 1.0, "ABBA/BAAB").n_unrounded or 0) * 2 == pytest.approx(asked().n_unrounded)


def test_where_power_is_asked_for_the_events_are_those_expected() -> None:
    assert power_at(40).events == pytest.approx(40 * 4.0 * 1.7)


def test_power_given_a_poisson_number_of_events_is_that_of_every_split() -> None:
    events, share = 60.0, 0.4
    total = 0.0
    for m in range(1, 140):
        k = np.arange(m + 1)
        p = np.array([stats.binomtest(int(one), m).pvalue for one in k])
        total += stats.poisson.pmf(m, events) * stats.binom.pmf(k, m, share)[p <= 0.05].sum()

    assert conditional_power("exact", events, share, 0.05, 2) == pytest.approx(total, abs=1e-9)


@pytest.mark.parametrize("test", ["exact", "mid_p"])
def test_the_first_n_is_the_first_of_all(test: str) -> None:
    for rate, ratio, target in ((0.5, 0.3, 0.8), (1.0, 2.5, 0.9), (0.2, 0.2, 0.7)):
        answer = asked(rate, ratio, test=test, solve={"for": "n", "target_power": target})

        reached = [n for n in range(2, int(answer.n_evaluable or 0) + 1, 2) if (power_at(n, rate, ratio, test=test).power or 0) >= target]

        assert reached == [answer.n_evaluable]


# simulated people


def people(n: int, rate: float, ratio: float, overdispersion: float, frailty: float, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Events of each person on treatment and comparator; `frailty` is the coefficient of variation of how prone people are."""
    rng = np.random.default_rng(seed)
    prone = rng.gamma(1 / frailty**2, frailty**2, (TRIALS, n)) if frailty else np.ones((TRIALS, n))
    means = prone * rate * ratio, prone * rate
    if overdispersion == 1.0:
        return rng.poisson(means[0]), rng.poisson(means[1])
    a, b = (rng.negative_binomial(np.maximum(mean, 1e-12) / (overdispersion - 1), 1 / overdispersion) for mean in means)
    return a, b


def mid_p_rejects(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.bool_]:
    on_a, on_b = a.sum(axis=1), b.sum(axis=1)
    more, m = np.maximum(on_a, on_b), on_a + on_b
    return np.asarray(2 * stats.binom.sf(more - 1, m, 0.5) - stats.binom.pmf(more, m, 0.5) <= 0.05)


def t_rejects(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.bool_]:
    """(A − B)/√(φ̂·(A + B)), φ̂ from how people's own splits scatter around that of their sequence (half of them in each)."""
    n = a.shape[1]
    scatter, binomial = np.zeros(len(a)), np.zeros(len(a))
    for sequence in (slice(0, n // 2), slice(n // 2, n)):
        mine, all_events = a[:, sequence].astype(float), (a + b)[:, sequence].astype(float)
        total = np.maximum(all_events.sum(axis=1), 1)
        share = mine.sum(axis=1) / total
        scatter += ((mine - all_events * share[:, None]) ** 2).sum(axis=1)
        binomial += share * (1 - share) * total * (1 - (all_events**2).sum(axis=1) / total**2)
    dispersion = scatter / np.maximum(binomial, 1e-12)
    on_a, on_b = a.sum(axis=1), b.sum(axis=1)
    t = (on_a - on_b) / np.sqrt(np.maximum(dispersion * (on_a + on_b), 1e-12))
    return np.asarray(np.abs(t) > stats.t.ppf(0.975, n - 2))


def agrees(rejected: NDArray[np.bool_], power: float | None) -> bool:
    """Within four Monte Carlo standard errors, each at most 0.003."""
    share = float(rejected.mean())
    error = (max(share * (1 - share), 1e-4) / len(rejected)) ** 0.5
    assert error <= 0.003
    return bool(abs(share - (power or 0.0)) <= 4 * error)


@pytest.mark.parametrize(("n", "rate", "ratio"), [(38, 4.0, 0.7), (20, 1.5, 0.5), (38, 4.0, 1.0)])
def test_poisson_events_have_the_planned_power(n: int, rate: float, ratio: float) -> None:
    rejected = mid_p_rejects(*people(n, rate, ratio, 1.0, 0.0, seed=1))

    assert agrees(rejected, power_at(n, rate, ratio, test="mid_p").power)


def test_how_prone_people_are_cancels_but_for_what_it_does_to_the_number_of_events() -> None:
    rejected = mid_p_rejects(*people(38, 4.0, 0.7, 1.0, 0.5, seed=2))

    assert rejected.mean() == pytest.approx(power_at(38, 4.0, 0.7, test="mid_p").power, abs=0.01)
    assert mid_p_rejects(*people(38, 4.0, 1.0, 1.0, 0.5, seed=3)).mean() == pytest.approx(0.05, abs=0.004)


DISPERSED = [
    (76, 4.0, 0.7, 2.0, 0.5),
    (38, 4.0, 0.7, 1.0, 0.0),
    (24, 10.0, 0.7, 3.0, 0.5),
    (20, 2.0, 0.5, 1.5, 0.7),
    (76, 4.0, 1.0, 2.0, 0.5),
]


@pytest.mark.parametrize(("n", "rate", "ratio", "overdispersion", "frailty"), DISPERSED)
def test_overdispersed_events_have_the_planned_power(n: int, rate: float, ratio: float, overdispersion: float, frailty: float) -> None:
    rejected = t_rejects(*people(n, rate, ratio, overdispersion, frailty, seed=4))

    assert rejected.mean() == pytest.approx(power_at(n, rate, ratio, overdispersion, test="asymptotic").power, abs=0.01)


def test_formulas_that_forget_the_overdispersion_fail_the_same_test() -> None:
    rejected = t_rejects(*people(76, 4.0, 0.7, 2.0, 0.5, seed=4))

    assert abs(rejected.mean() - (power_at(76, 4.0, 0.7, 1.0, test="asymptotic").power or 0)) > 0.1


def test_a_binomial_test_of_overdispersed_events_rejects_too_often() -> None:
    rejected = mid_p_rejects(*people(76, 4.0, 1.0, 2.0, 0.5, seed=5))

    assert rejected.mean() > 0.15


# what fits


REFUSED = [
    ({"design": "ABB/BAA"}, "design.sequences", "every sequence gives both equally often"),
    ({"design": {"name": "balaam"}}, "design.name", "AB/BA/AA/BB does not"),
    ({"overdispersion": 2.0, "test": "exact"}, "analysis.test", "rejects too often"),
    ({"test": "wald"}, "analysis.test", "for counts it must be exact, mid_p or asymptotic"),
    ({"sides": 1}, "question.better", "which direction is better"),
    ({"rate": -1.0}, "outcome.rate_comparator", "a mean number of events above 0"),
    ({"overdispersion": 0.5}, "outcome.overdispersion", "at least 1"),
    ({"attrition": {"lost_before_period": [0, 0.1]}}, "attrition.lost_before_period", "give dropout_rate"),
]


@pytest.mark.parametrize(("parts", "field", "words"), REFUSED)
def test_what_does_not_fit_is_refused_at_its_field(parts: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(MalformedPlan) as refused:
        read_plan(plan(**parts))

    assert [error["field"] for error in refused.value.errors] == [field]
    assert words in refused.value.errors[0]["message"]


def test_equal_rates_have_a_reason() -> None:
    answer = asked(4.0, 1.0)

    assert answer.n_evaluable is None
    assert "A rate_ratio of 1 is no difference" in (answer.reason or "")


def test_no_overdispersion_few_events_and_the_wrong_side_are_warned_of() -> None:
    assert "no_overdispersion" in codes(asked())
    assert "no_overdispersion" not in codes(asked(4.0, 0.7, 2.0))
    assert "few_events" in codes(asked(0.5, 0.1))
    assert "difference_on_wrong_side" in codes(asked(4.0, 0.7, question={"better": "higher"}))


def test_the_test_is_chosen_by_the_overdispersion() -> None:
    assert asked().plan.analysis.test == "mid_p"
    assert asked(4.0, 0.7, 2.0).plan.analysis.test == "asymptotic"


# properties


@at_most(1_000)
@given(
    rate=st.floats(0.01, 200.0),
    ratio=st.floats(0.05, 20.0),
    overdispersion=st.floats(1.0, 50.0),
    n=st.floats(1.0, 300.0),
    alpha=st.floats(0.001, 0.3),
    sides=st.sampled_from([1, 2]),
)
def test_power_and_size_lie_between_0_and_1(rate: float, ratio: float, overdispersion: float, n: float, alpha: float, sides: int) -> None:
    answer = power_at(n, rate, ratio, overdispersion, alpha=alpha, sides=sides, question={"better": "lower"})

    assert 0.0 <= (answer.power if answer.power is not None else -1) <= 1.0
    assert 0.0 <= (answer.actual_size if answer.actual_size is not None else -1) <= 1.0


@at_most(1_000)
@given(rate=st.floats(0.2, 20.0), ratio=st.floats(0.2, 0.95), n=st.integers(6, 100), test=st.sampled_from(["exact", "mid_p", "asymptotic"]))
def test_treatment_and_comparator_are_only_names(rate: float, ratio: float, n: int, test: str) -> None:
    as_planned = power_at(n, rate, ratio, test=test).power

    turned = power_at(n, rate * ratio, 1 / ratio, test=test, question={"treatment": "B", "comparator": "A"}).power

    assert turned == pytest.approx(as_planned, abs=2e-4 if test == "asymptotic" else 1e-9)


@at_most(1_000)
@given(rate=st.floats(0.5, 20.0), ratio=st.floats(0.3, 0.9), overdispersion=st.floats(1.05, 5.0), n=st.integers(10, 150))
def test_overdispersion_takes_power_and_people_give_it(rate: float, ratio: float, overdispersion: float, n: int) -> None:
    power = power_at(n, rate, ratio, overdispersion).power or 0

    assert (power_at(n, rate, ratio, overdispersion * 1.5).power or 0) <= power + 1e-3
    assert (power_at(n + 10, rate, ratio, overdispersion).power or 0) >= power - 1e-3


@at_most(1_000)
@given(events=st.floats(20.0, 2000.0), share=st.floats(0.3, 0.7), degrees_of_freedom=st.integers(5, 500))
def test_hardly_any_overdispersion_is_none(events: float, share: float, degrees_of_freedom: int) -> None:
    hardly, none = (dispersed_power(events, share, overdispersion, degrees_of_freedom, 0.05, 2) for overdispersion in (1 + 1e-7, 1.0))

    assert hardly == pytest.approx(none, abs=1e-5)


@at_most(1_000)
@given(rate=st.floats(0.2, 20.0), ratio=st.floats(0.2, 0.9), overdispersion=st.sampled_from([1.0, 1.5, 4.0]), target=st.floats(0.3, 0.97))
def test_n_reaches_the_target_and_one_unit_less_does_not(rate: float, ratio: float, overdispersion: float, target: float) -> None:
    answer = asked(rate, ratio, overdispersion, solve={"for": "n", "target_power": target})

    assert (answer.power or 0) >= target
    assert answer.power_one_step_below is None or answer.power_one_step_below < target


def test_millions_of_events_pass_smoothly_into_the_normal_distribution() -> None:
    counted, normal = (dispersed_power(events, 0.499, 2.0, 1000.0, 0.05, 2) for events in (499_999.0, 500_001.0))

    assert normal == pytest.approx(counted, abs=5e-4)


def test_curves_and_table_vary_rate_or_overdispersion_and_the_ratio() -> None:
    for overdispersion, name in ((1.0, "rate_comparator"), (2.0, "overdispersion"), (1.01, "overdispersion")):
        read = read_plan(plan(4.0, 0.7, overdispersion))
        answer = size(read)

        shown = explore(read, answer)

        assert shown.power_curve is not None
        assert shown.sensitivity is not None
        assert {curve.assumption for curve in shown.power_curve.curves} == {name}
        assert shown.sensitivity.n_evaluable[2][shown.sensitivity.planned[1]] == answer.n_evaluable
        assert min(curve.value for curve in shown.power_curve.curves) > (1.0 if name == "overdispersion" else 0.0)
        assert max(shown.sensitivity.columns.values) < 1.0
