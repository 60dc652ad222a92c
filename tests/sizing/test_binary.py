"""Binary outcomes: published values, an own count of every possible trial, and what must hold for any plan."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.sizing.conftest import Ask
from tests.sizing.far import at_most
from trials.sizing.answer import Answer
from trials.sizing.dichotomy import both_respond, latent
from trials.sizing.explain import steps
from trials.sizing.laws.binomial import rejecting, tail
from trials.sizing.laws.two_sequences import exact_power
from trials.sizing.plan import MalformedPlan, read_plan
from trials.sizing.sensitivity import explore
from trials.sizing.size import size

MCNEMAR = ("exact", "mid_p", "asymptotic", "wald")
ALL = (*MCNEMAR, "prescott", "mainland_gart")


def plan(treatment_only: float, comparator_only: float, design: Any = "AB/BA", **parts: Any) -> dict[str, Any]:
    analysis = {key: parts.pop(key) for key in ("test", "alpha", "sides") if key in parts}
    question = {"kind": "superiority", "treatment": "A", "comparator": "B"} | parts.pop("question", {})
    return {
        "design": {"text": design} if isinstance(design, str) else design,
        "outcome": {"kind": "binary", "treatment_only": treatment_only, "comparator_only": comparator_only},
        "question": question,
        "analysis": analysis,
        "solve": {"for": "n", "target_power": 0.8},
    } | parts


def asked(*args: Any, **parts: Any) -> Answer:
    return size(read_plan(plan(*args, **parts)))


def power_at(n: float, *args: Any, **parts: Any) -> Answer:
    return asked(*args, solve={"for": "power", "n_evaluable": n}, **parts)


# published and peer-computed values


def test_connors_formula_and_walds_give_lrstats_n_and_power() -> None:
    connor, wald = power_at(103, 0.225, 0.075, test="asymptotic"), power_at(97, 0.225, 0.075, test="wald")

    far_tail = 1e-6  # which lrstat leaves out
    assert connor.power == pytest.approx(0.802892, abs=far_tail)
    assert wald.power == pytest.approx(0.800797 + far_tail, abs=far_tail)
    assert np.ceil(asked(0.225, 0.075, test="asymptotic").n_unrounded or 0) == 103
    assert np.ceil(asked(0.225, 0.075, test="wald").n_unrounded or 0) == 97


def test_chow_shao_and_wangs_example_needs_59_before_rounding_to_whole_sequences() -> None:
    answer = asked(0.5, 0.2, test="asymptotic")

    assert answer.n_unrounded == pytest.approx(58.63, abs=0.005)
    assert answer.n_evaluable == 60


def test_connors_n_is_too_small_for_the_exact_test() -> None:
    exact, mid_p = power_at(103, 0.225, 0.075, test="exact"), power_at(103, 0.225, 0.075, test="mid_p")

    assert (round(exact.power or 0, 4), round(exact.actual_size or 0, 4)) == (0.7612, 0.0310)
    assert (round(mid_p.power or 0, 4), round(mid_p.actual_size or 0, 4)) == (0.8081, 0.0452)
    assert asked(0.225, 0.075, test="exact").n_evaluable == 112


@pytest.mark.parametrize(("target", "expected"), [(0.9, (160, 158, 170)), (0.8, (120, 118, 130))])
def test_the_responders_of_the_evidence_table_need_these_people(target: float, expected: tuple[int, int, int]) -> None:
    found = [asked(0.31, 0.14, test=test, solve={"for": "n", "target_power": target}) for test in ("asymptotic", "mid_p", "exact")]

    assert tuple(answer.n_evaluable for answer in found) == expected


@pytest.mark.parametrize(("per_sequence", "prescott", "mcnemar"), [(10, 0.477, 0.471), (15, 0.694, 0.710), (20, 0.842, 0.844)])
def test_prescotts_test_has_the_enumerated_power(per_sequence: int, prescott: float, mcnemar: float) -> None:
    people = {"for": "power", "n_per_sequence": [per_sequence, per_sequence]}

    assert asked(0.45, 0.10, test="prescott", solve=people).power == pytest.approx(prescott, abs=5e-4)
    assert asked(0.45, 0.10, test="exact", solve=people).power == pytest.approx(mcnemar, abs=5e-4)


def test_fishers_test_gives_the_p_value_of_the_published_asthma_trial() -> None:
    # formoterol first 9, 3, 0; salbutamol first 1, 5, 6 (Senn, Cross-over Trials in Clinical Research)
    from trials.sizing.laws.two_sequences import _fisher

    assert _fisher(12, 2)[9, 9, 7, 1] == pytest.approx(stats.fisher_exact([[9, 0], [1, 6]]).pvalue, rel=1e-12)


# an own count


def slow_power(test: str, n: int, only: tuple[float, float], alpha: float, sides: int) -> float:
    """Power by going through every number of discordant people and every split of them."""
    total = 0.0
    for m in range(n + 1):
        k = np.arange(m + 1)
        upper = stats.binom.sf(k - 1, m, 0.5) - (0.5 * stats.binom.pmf(k, m, 0.5) if test == "mid_p" else 0.0)
        lower = upper[::-1]
        p = upper if sides == 1 else np.minimum(2 * np.minimum(upper, lower), 1.0)
        rejected = (p <= alpha * (1 + 1e-12)) & (m > 0)
        total += stats.binom.pmf(m, n, sum(only)) * stats.binom.pmf(k, m, only[0] / sum(only))[rejected].sum()
    return float(total)


CASES = [
    ("exact", (0.6, 0.2), 0.05, 2, 0.8),
    ("exact", (0.75, 0.25), 0.05, 2, 0.8),  # everybody responds on one treatment alone: the largest teeth
    ("exact", (0.75, 0.25), 0.025, 1, 0.9),
    ("mid_p", (0.7, 0.3), 0.05, 2, 0.7),
    ("mid_p", (0.5, 0.1), 0.01, 2, 0.8),
    ("mid_p", (0.35, 0.05), 0.05, 1, 0.9),
    ("exact", (0.4, 0.0), 0.05, 2, 0.5),
]


@pytest.mark.parametrize(("test", "only", "alpha", "sides", "target"), CASES)
def test_the_first_n_is_the_first_of_all_n_counted_one_by_one(
    test: str, only: tuple[float, float], alpha: float, sides: int, target: float
) -> None:
    question = {"question": {"better": "higher"}} if sides == 1 else {}
    answer = asked(*only, test=test, alpha=alpha, sides=sides, solve={"for": "n", "target_power": target}, **question)

    slow = {n: slow_power(test, n, only, alpha, sides) for n in range(2, 121, 2)}
    first = next(n for n, power in slow.items() if power >= target)
    last_below = max((n for n, power in slow.items() if first < n <= first + 60 and power < target), default=first - 2)

    assert answer.n_evaluable == first
    assert answer.n_stays == last_below + 2
    assert answer.power == pytest.approx(slow[first], abs=1e-12)


def test_some_of_these_powers_fall_again_after_the_first_n() -> None:
    answer = asked(0.75, 0.25, test="exact", solve={"for": "n", "target_power": 0.8})

    assert (answer.n_evaluable, answer.n_stays) == (30, 36)
    assert slow_power("exact", 34, (0.75, 0.25), 0.05, 2) < 0.8


def test_the_exact_test_rejects_what_scipys_two_sided_binomial_test_rejects() -> None:
    for m in range(1, 60):
        p = np.array([stats.binomtest(k, m).pvalue for k in range(m + 1)])
        for share in (0.5, 0.8):
            expected = stats.binom.pmf(np.arange(m + 1), m, share)[p <= 0.05].sum()

            assert rejecting("exact", 0.05, 2, share, m, m)[0] == pytest.approx(expected, abs=1e-12)


def test_the_tail_of_many_is_that_of_the_incomplete_beta_function() -> None:
    m = np.arange(20_001.0, 20_100.0)
    for share in (0.05, 0.5, 0.51, 0.7):
        k = np.round(m * share + np.linspace(-3, 4, len(m)) * np.sqrt(m * share * (1 - share)))

        assert np.abs(tail(k, m, share) - stats.binom.sf(k - 1, m, share)).max() < 2e-5


def test_huge_trials_are_those_of_the_normal_distribution() -> None:
    most = {"for": "n", "target_power": 0.9, "max_n": 10_000_000}

    exact, normal = (asked(0.203, 0.2, test=test, solve=most).n_evaluable for test in ("mid_p", "asymptotic"))

    assert exact == pytest.approx(normal, rel=2e-4)


# the other tests of the same people


def test_walds_enumerated_size_is_reported() -> None:
    def slow_size(n: int, differ: float) -> float:
        z, total = stats.norm.ppf(0.975), 0.0
        for m in range(n + 1):
            k = np.arange(m + 1)
            d = 2 * k - m
            with np.errstate(divide="ignore", invalid="ignore"):
                statistic = np.where(m > 0, np.abs(d) / np.sqrt(np.maximum(m - d**2 / n, 1e-300)), 0.0)
            total += stats.binom.pmf(m, n, differ) * stats.binom.pmf(k, m, 0.5)[statistic > z].sum()
        return float(total)

    answer = power_at(60, 0.3, 0.1, test="wald")

    assert answer.actual_size == pytest.approx(slow_size(60, 0.4), abs=1e-9)
    assert "size_above_alpha" in [warning.code for warning in answer.warnings]


def test_period_effects_spoil_mcnemars_size_in_unequal_sequences_and_leave_prescotts() -> None:
    # neither treatment is better; 70 % are better in period 1 only, 5 % in period 2 only; 20 start with A and 10 with B
    first, second = (0.7, 0.05), (0.7, 0.05)
    rng = np.random.default_rng(5)
    a = rng.multinomial(20, (0.7, 0.05, 0.25), size=40_000)
    b = rng.multinomial(10, (0.7, 0.05, 0.25), size=40_000)
    on_treatment, differ = a[:, 0] + b[:, 1], a[:, 0] + a[:, 1] + b[:, 0] + b[:, 1]

    rejected = 2 * np.minimum(stats.binom.cdf(on_treatment, differ, 0.5), stats.binom.sf(on_treatment - 1, differ, 0.5)) <= 0.05

    assert rejected.mean() > 0.1
    assert exact_power("prescott", 20, 10, first, second, 0.05, 2) < 0.05
    assert exact_power("mainland_gart", 20, 10, first, second, 0.05, 2) < 0.05


def test_a_test_of_sequences_is_enumerated_up_to_30_in_each_and_says_so_beyond() -> None:
    at_30, at_31 = (asked(0.3, 0.15, test="prescott", solve={"for": "power", "n_per_sequence": [n, n]}) for n in (30, 31))

    assert at_30.actual_size is not None
    assert at_31.actual_size is None
    assert "asymptotic_power" not in [warning.code for warning in at_30.warnings]
    assert "asymptotic_power" in [warning.code for warning in at_31.warnings]


def test_unequal_sequences_cost_a_test_of_sequences_people_and_mcnemar_a_warning() -> None:
    design = {"sequences": ["AB", "BA"], "allocation": [2, 1]}

    prescott, mcnemar = (asked(0.3, 0.15, design, test=test) for test in ("prescott", "mid_p"))

    assert prescott.n_unrounded == pytest.approx((asked(0.3, 0.15, test="asymptotic").n_unrounded or 0) * 9 / 8, rel=1e-12)
    assert "period_effect_ignored" in [warning.code for warning in mcnemar.warnings]
    assert "period_effect_ignored" not in [warning.code for warning in prescott.warnings]


# the price of dichotomising


def test_the_tetrachoric_correlation_of_halves_is_known_in_closed_form() -> None:
    for correlation in (-0.8, -0.3, 0.0, 0.4, 0.9):
        assert both_respond(0.5, 0.5, correlation) == pytest.approx(0.25 + np.arcsin(correlation) / (2 * np.pi), abs=1e-12)


@pytest.mark.parametrize(("treatment", "comparator", "correlation"), [(0.45, 0.28, 0.2), (0.1, 0.7, -0.6), (0.9, 0.85, 0.95)])
def test_both_respond_as_often_as_scipys_bivariate_normal_says(treatment: float, comparator: float, correlation: float) -> None:
    limits = stats.norm.ppf([treatment, comparator])
    expected = stats.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]]).cdf(limits)

    score = latent(treatment, comparator, both_respond(treatment, comparator, correlation))

    assert both_respond(treatment, comparator, correlation) == pytest.approx(expected, abs=1e-7)
    assert score is not None
    assert score.correlation == pytest.approx(correlation, abs=1e-9)


def probabilities(treatment: float, comparator: float, correlation: float, **parts: Any) -> dict[str, Any]:
    outcome = {"probability_treatment": treatment, "probability_comparator": comparator, "within_subject_correlation": correlation}
    return plan(0.1, 0.1, outcome={"kind": "binary"} | outcome, **parts)


def test_the_price_of_dichotomising_is_the_ratio_to_the_t_test_of_the_score(ask: Ask) -> None:
    answer = size(read_plan(probabilities(0.45, 0.28, 0.1)))
    score = latent(0.45, 0.28, 0.45 * 0.28 + 0.1 * (0.45 * 0.55 * 0.28 * 0.72) ** 0.5)
    assert score is not None

    continuous = ask(
        outcome={"within_subject_sd": score.within_subject_sd},
        question={"mean_difference": score.difference},
        solve={"for": "n", "target_power": 0.8},
    )

    assert answer.n_if_continuous == continuous.n_evaluable
    assert answer.price_of_dichotomising == pytest.approx((answer.n_evaluable or 0) / (continuous.n_evaluable or 1))


def test_the_price_is_told_at_the_power_that_a_given_n_has() -> None:
    answer = size(read_plan(probabilities(0.45, 0.28, 0.1, solve={"for": "power", "n_evaluable": 120})))

    same = size(read_plan(probabilities(0.45, 0.28, 0.1, solve={"for": "n", "target_power": answer.power})))

    assert answer.n_if_continuous == same.n_if_continuous


NOT_TOLD = [
    (plan(0.3, 0.15), "it takes both probabilities"),
    (probabilities(0.6, 0.3, ((0.3 * 0.4) / (0.6 * 0.7)) ** 0.5 - 1e-12), "hardly exists"),
    (probabilities(0.4, 0.4, 0.2, solve={"for": "power", "n_evaluable": 40}), "not assumed to differ"),
]


@pytest.mark.parametrize(("given_plan", "why"), NOT_TOLD)
def test_where_the_price_cannot_be_told_the_derivation_says_why(given_plan: dict[str, Any], why: str) -> None:
    read = read_plan(given_plan)
    answer = size(read)

    assert answer.price_of_dichotomising is None
    assert [why in step for step in steps(read, answer)].count(True) == 1


# what fits


REFUSED = [
    ({"design": "ABBA/BAAB"}, "design.sequences", "every sequence gives each of them exactly once"),
    ({"design": {"name": "parallel", "treatments": 2}}, "design.name", "ask two_proportions"),
    ({"design": {"name": "n_of_1", "cycles": 3}}, "design.name", "n-of-1 with 3 cycles does not"),
    ({"design": {"name": "williams", "treatments": 3}, "test": "prescott"}, "design.name", "Plan AB/BA, or a McNemar test"),
    ({"test": "normal"}, "analysis.test", "for a binary outcome it must be exact, mid_p"),
    ({"sides": 1}, "question.better", "which direction is better"),
    ({"attrition": {"lost_before_period": [0, 0.1]}}, "attrition.lost_before_period", "give dropout_rate"),
    ({"question": {"mean_difference": 1.0}}, "question.mean_difference", "There is no key mean_difference here."),
    ({"question": {"treatment": "C"}}, "question.treatment", "C is not a treatment of the design"),
    ({"solve": {"for": "half_width", "n_evaluable": 20}}, "solve.for", "can be solved for n or power"),
]


@pytest.mark.parametrize(("parts", "field", "words"), REFUSED)
def test_what_does_not_fit_is_refused_at_its_field(parts: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(MalformedPlan) as refused:
        read_plan(plan(0.3, 0.15, **parts))

    assert [error["field"] for error in refused.value.errors] == [field]
    assert words in refused.value.errors[0]["message"]


@pytest.mark.parametrize("key", ["adjust_for_carryover", "estimator", "degrees_of_freedom"])
def test_terms_of_a_linear_model_are_refused(key: str) -> None:
    given_plan = plan(0.3, 0.15)
    given_plan["analysis"] = {key: {"adjust_for_carryover": True, "estimator": "within_subject", "degrees_of_freedom": "anova"}[key]}

    with pytest.raises(MalformedPlan) as refused:
        read_plan(given_plan)

    assert [error["field"] for error in refused.value.errors] == [f"analysis.{key}"]


@pytest.mark.parametrize(("treatment", "comparator", "low", "high"), [(0.6, 0.3, -0.8018, 0.5345), (0.3, 0.3, -0.4286, 1.0)])
def test_a_correlation_beyond_what_the_probabilities_allow_is_refused(treatment: float, comparator: float, low: float, high: float) -> None:
    for beyond in (low - 0.001, *([high + 0.001] if high < 1 else [])):
        with pytest.raises(MalformedPlan) as refused:
            read_plan(probabilities(treatment, comparator, beyond))

        assert refused.value.errors[0]["field"] == "outcome.within_subject_correlation"
    assert read_plan(probabilities(treatment, comparator, low + 0.001)).outcome is not None


def test_equal_shares_have_a_reason_and_the_most_that_can_be_had() -> None:
    answer = asked(0.2, 0.2, test="exact")

    assert answer.n_evaluable is None
    assert "more people do not help" in (answer.reason or "")
    assert 0.0 < (answer.maximum_attainable or 0) <= 0.05


def test_a_share_on_the_wrong_side_is_warned_of() -> None:
    for better, codes in (("higher", ["difference_on_wrong_side"]), ("lower", [])):
        answer = asked(0.1, 0.3, question={"better": better}, solve={"for": "power", "n_evaluable": 80})

        assert [warning.code for warning in answer.warnings if warning.code == "difference_on_wrong_side"] == codes


def test_three_treatments_are_compared_two_by_two_and_come_in_whole_squares() -> None:
    answer = asked(0.31, 0.14, {"name": "williams", "treatments": 3}, solve={"for": "n", "target_power": 0.9})

    assert answer.n_evaluable == 162  # 158 in steps of six
    assert [warning.code for warning in answer.warnings] == []


# properties


shares = st.tuples(st.floats(0.0, 0.95), st.floats(0.0, 0.95)).filter(lambda only: 0.01 <= sum(only) <= 1.0)


@at_most(1_000)
@given(only=shares, n=st.floats(1.0, 300.0), test=st.sampled_from(ALL), alpha=st.floats(0.001, 0.3), sides=st.sampled_from([1, 2]))
def test_power_and_size_lie_between_0_and_1(only: tuple[float, float], n: float, test: str, alpha: float, sides: int) -> None:
    answer = power_at(n, *only, test=test, alpha=alpha, sides=sides, question={"better": "higher"})

    assert 0.0 <= (answer.power if answer.power is not None else -1) <= 1.0
    assert answer.actual_size is None or 0.0 <= answer.actual_size <= 1.0


@at_most(1_000)
@given(only=shares, n=st.integers(2, 60), test=st.sampled_from(ALL), sides=st.sampled_from([1, 2]))
def test_letters_and_directions_are_only_names(only: tuple[float, float], n: int, test: str, sides: int) -> None:
    as_planned = power_at(n, *only, test=test, sides=sides, question={"better": "higher"}).power

    relabelled = power_at(n, *only, test=test, sides=sides, question={"treatment": "B", "comparator": "A", "better": "higher"}).power
    turned = power_at(n, *only[::-1], test=test, sides=sides, question={"better": "lower"}).power

    assert relabelled == pytest.approx(as_planned, abs=1e-12)
    assert turned == pytest.approx(as_planned, abs=1e-12)


@at_most(1_000)
@given(only=shares, n=st.integers(2, 200), sides=st.sampled_from([1, 2]))
def test_mid_p_is_never_behind_the_exact_test_and_the_exact_test_keeps_alpha(only: tuple[float, float], n: int, sides: int) -> None:
    exact, mid_p = (power_at(n, *only, test=test, sides=sides, question={"better": "higher"}) for test in ("exact", "mid_p"))

    assert (exact.power or 0) <= (mid_p.power or 0) + 1e-12
    assert (exact.actual_size or 0) <= 0.05 + 1e-12


@at_most(1_000)
@given(differ=st.floats(0.02, 1.0), n=st.integers(1, 25), test=st.sampled_from(["exact", "mid_p", "prescott", "mainland_gart"]))
def test_without_a_difference_power_is_the_size(differ: float, n: int, test: str) -> None:
    answer = power_at(2 * n, differ / 2, differ / 2, test=test)

    assert answer.power == pytest.approx(answer.actual_size, abs=1e-12)


@at_most(1_000)
@given(only=shares, n=st.integers(2, 300), test=st.sampled_from(["asymptotic", "wald"]))
def test_the_formulas_powers_rise_with_n(only: tuple[float, float], n: int, test: str) -> None:
    fewer, more = (power_at(people, *only, test=test).power for people in (n, n + 1))

    assert (more or 0) >= (fewer or 0) - 1e-12


@at_most(1_000)
@given(n=st.integers(2, 150), part=st.floats(0.0, 1.0), test=st.sampled_from(["exact", "mid_p"]))
def test_a_fraction_of_a_person_lies_between_whole_people(n: int, part: float, test: str) -> None:
    below, between, above = (power_at(people, 0.4, 0.15, test=test).power or 0 for people in (n, n + part, n + 1))

    assert min(below, above) - 1e-12 <= between <= max(below, above) + 1e-12


@at_most(1_000)
@given(only=shares, target=st.floats(0.3, 0.97), test=st.sampled_from(["exact", "mid_p"]))
def test_n_reaches_the_target_and_one_unit_less_does_not(only: tuple[float, float], target: float, test: str) -> None:
    if abs(only[0] - only[1]) < 0.02:
        return
    answer = asked(*only, test=test, solve={"for": "n", "target_power": target})

    assert (answer.power or 0) >= target
    assert answer.power_one_step_below is None or answer.power_one_step_below < target


@at_most(1_000)
@given(treatment=st.floats(0.05, 0.95), comparator=st.floats(0.05, 0.95), correlation=st.floats(-0.9, 0.9), both_letters=st.booleans())
def test_probabilities_say_the_same_as_the_shares_that_follow(
    treatment: float, comparator: float, correlation: float, both_letters: bool
) -> None:
    try:
        by_probability = read_plan(probabilities(treatment, comparator, correlation, solve={"for": "power", "n_evaluable": 50}))
    except MalformedPlan:
        return
    only = by_probability.outcome.shares  # type: ignore[union-attr]  # a binary one

    assert size(by_probability).power == pytest.approx(power_at(50, *only).power, abs=1e-9)
    assert only[0] - only[1] == pytest.approx(treatment - comparator, abs=1e-12)


# what is shown beside the answer


@pytest.mark.parametrize("test", ALL)
def test_curves_vary_what_the_comparator_does_and_stay_possible(test: str) -> None:
    read = read_plan(plan(0.45, 0.1, test=test))
    shown = explore(read, size(read))

    assert shown.power_curve is not None
    assert {curve.assumption for curve in shown.power_curve.curves} == {"comparator_only"}
    for curve in shown.power_curve.curves:
        assert all(0.0 <= power <= 1.0 for power in curve.power)
    assert shown.power_curve.curves[0].power[-1] > shown.power_curve.curves[2].power[-1]


def test_the_table_holds_the_planned_n_and_never_turns_the_effect_round() -> None:
    read = read_plan(plan(0.31, 0.27))
    answer = size(read)

    table = explore(read, answer).sensitivity

    assert table is not None
    row, column = table.planned
    assert table.n_evaluable[row][column] == answer.n_evaluable
    assert max(table.rows.values) < min(table.columns.values)


def test_the_table_is_left_out_where_it_takes_too_long(ask: Ask) -> None:
    for parts in ({"test": "prescott"}, {"test": "mid_p", "solve": {"for": "n", "target_power": 0.99}}):
        read = read_plan(plan(0.3, 0.28 if "solve" in parts else 0.1, **parts))

        assert explore(read, size(read)).sensitivity is None


def test_the_answer_as_json_can_be_run_again(raw: Callable[..., dict[str, Any]]) -> None:
    answer = asked(0.31, 0.14, attrition={"dropout_rate": 0.2})

    again = size(read_plan(json.loads(json.dumps(answer.as_json()))["plan"]))

    assert again.as_json() == answer.as_json()
    assert answer.plan.analysis.test == "mid_p"
    assert (answer.n_evaluable, answer.n_randomised) == (118, 148)
