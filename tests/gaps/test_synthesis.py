"""Pooling, information and verdicts: against the published table, against statsmodels, and by what must always hold."""

import math
from fractions import Fraction
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from gaps.derivations import work_out
from gaps.synthesis.finding import Finding
from gaps.synthesis.pooling import Model, heterogeneity, pool
from gaps.synthesis.rare_events import Followed, RateVerdict, chance_of_at_most, people_to_exclude
from gaps.synthesis.target import Better, Target
from gaps.synthesis.verdict import Verdict, synthesise, verdict

# FINAL (Due Bruun 2024): −0.34 (95 % CI −0.95 to 0.27), 97 df; INNOVA: 0.49, p 0.236, 96 df. Pain on 0–10, LDN − placebo.
FINAL_SE = work_out({"formula": "se_from_interval", "inputs": {"low": -0.95, "high": 0.27, "level": 0.95, "df": 97}})
INNOVA_SE = work_out({"formula": "se_from_p_value", "inputs": {"difference": 0.49, "p_value": 0.236, "df": 96}})
TWO = (Finding(-0.34, FINAL_SE), Finding(0.49, INNOVA_SE))

differences = st.floats(-10, 10)
errors = st.floats(0.05, 10)
findings = st.lists(st.builds(Finding, differences, errors), min_size=1, max_size=8)
targets = st.floats(0.01, 100)


def test_standard_errors_of_the_worked_example_follow_from_what_the_trials_report() -> None:
    assert f"{FINAL_SE:.5f}" == "0.30735"
    assert f"{INNOVA_SE:.5f}" == "0.41090"


@pytest.mark.parametrize(
    ("difference", "required", "fixed", "random"),
    [(1.0, "10.51", "157", "56"), (0.7, "21.44", "77", "27"), (0.5, "42.03", "39", "14")],
)
def test_information_of_the_worked_example_is_as_printed(difference: float, required: str, fixed: str, random: str) -> None:
    found = synthesise(TWO, Target(difference))

    assert found is not None
    assert f"{found.target.required_information:.2f}" == required
    assert f"{found.fraction(Model.FIXED) * 100:.0f}" == fixed
    assert f"{found.fraction(Model.RANDOM) * 100:.0f}" == random


def test_pools_of_the_worked_example_are_as_printed() -> None:
    found = synthesise(TWO, Target(1.0))

    assert found is not None
    assert f"{found.fixed.information:.2f} {found.random.information:.2f}" == "16.51 5.87"
    assert [f"{value:.2f}" for value in (found.fixed.difference, *found.interval(Model.FIXED))] == ["-0.04", "-0.52", "0.44"]
    assert [f"{value:.2f}" for value in (found.random.difference, *found.interval(Model.RANDOM))] == ["0.03", "-0.78", "0.84"]
    assert f"{found.heterogeneity.q:.2f} {found.heterogeneity.tau_squared:.3f} {found.heterogeneity.i_squared:.2f}" == "2.62 0.213 0.62"


@pytest.mark.parametrize(
    ("difference", "model", "expected"),
    [
        (1.0, Model.FIXED, Verdict.EXCLUDED),
        (1.0, Model.RANDOM, Verdict.EXCLUDED),
        (0.7, Model.FIXED, Verdict.EXCLUDED),
        (0.7, Model.RANDOM, Verdict.LITTLE),
        (0.5, Model.FIXED, Verdict.SOME),
        (0.5, Model.RANDOM, Verdict.LITTLE),
    ],
)
def test_verdicts_of_the_worked_example(difference: float, model: Model, expected: Verdict) -> None:
    assert verdict(synthesise(TWO, Target(difference)), model) is expected


@pytest.mark.parametrize(
    ("found", "model", "expected"),
    [
        ((), Model.FIXED, Verdict.NO_EVIDENCE),
        ((Finding(-1.5, 0.2),), Model.FIXED, Verdict.SHOWN),
        ((Finding(1.5, 0.2),), Model.FIXED, Verdict.EXCLUDED),
        ((Finding(-1.0, 0.2),), Model.FIXED, Verdict.UNDECIDED),
        ((Finding(-3.0, 0.3), Finding(1.0, 0.3)), Model.FIXED, Verdict.INCONSISTENT),
        ((Finding(-3.0, 0.3), Finding(1.0, 0.3)), Model.RANDOM, Verdict.INCONSISTENT),
        ((Finding(-1.0, 0.5),), Model.RANDOM, Verdict.SOME),
        ((Finding(-1.0, 1.0),), Model.RANDOM, Verdict.LITTLE),
    ],
)
def test_each_verdict_is_reached(found: tuple[Finding, ...], model: Model, expected: Verdict) -> None:
    assert verdict(synthesise(found, Target(1.0)), model) is expected


def test_an_interval_that_ends_at_the_difference_shows_the_benefit_and_does_not_exclude_it() -> None:
    half = NormalDist().inv_cdf(0.975) * 0.25
    beyond, short = Finding(-1.0 - half, 0.25), Finding(-1.0 + half, 0.25)

    assert verdict(synthesise([Finding(beyond.difference - 1e-12, 0.25)], Target(1.0)), Model.FIXED) is Verdict.SHOWN
    assert verdict(synthesise([Finding(short.difference - 1e-12, 0.25)], Target(1.0)), Model.FIXED) is not Verdict.EXCLUDED
    assert verdict(synthesise([Finding(short.difference + 1e-9, 0.25)], Target(1.0)), Model.FIXED) is Verdict.EXCLUDED


def by_hand(found: list[Finding]) -> tuple[float, float, float, float]:
    """τ², pooled difference and information of the fixed and random models, from sums written out (DerSimonian and Laird 1986)."""
    sum_w = sum_wd = sum_wdd = sum_ww = 0.0
    for finding in found:
        w = finding.standard_error**-2
        sum_w, sum_ww = sum_w + w, sum_ww + w * w
        sum_wd, sum_wdd = sum_wd + w * finding.difference, sum_wdd + w * finding.difference**2
    q = sum_wdd - sum_wd**2 / sum_w
    tau_squared = max(0.0, (q - (len(found) - 1)) / (sum_w - sum_ww / sum_w)) if len(found) > 1 else 0.0
    weights = [1 / (finding.standard_error**2 + tau_squared) for finding in found]
    mean = sum(w * finding.difference for w, finding in zip(weights, found, strict=True)) / sum(weights)
    return tau_squared, mean, sum(weights), q


@given(findings)
def test_random_effects_agree_with_sums_written_out(found: list[Finding]) -> None:
    tau_squared, mean, information, _q = by_hand(found)

    pooled = pool(found, Model.RANDOM)

    assert math.isclose(heterogeneity(found).tau_squared, tau_squared, rel_tol=1e-6, abs_tol=1e-6)
    assert math.isclose(pooled.difference, mean, rel_tol=1e-5, abs_tol=1e-5)
    assert math.isclose(pooled.information, information, rel_tol=1e-5)


@pytest.mark.parametrize("found", [TWO, (Finding(-0.86, 0.18), Finding(-0.1, 0.3), Finding(0.49, 0.41), Finding(-1.4, 0.6))])
def test_both_models_agree_with_statsmodels(found: tuple[Finding, ...]) -> None:
    from statsmodels.stats.meta_analysis import combine_effects

    peer = combine_effects(
        np.array([one.difference for one in found]), np.array([one.variance for one in found]), method_re="chi2", use_t=False
    )

    fixed, random, spread = pool(found, Model.FIXED), pool(found, Model.RANDOM), heterogeneity(found)
    ours = [fixed.difference, fixed.standard_error, random.difference, random.standard_error, spread.tau_squared, spread.q]
    theirs = [peer.mean_effect_fe, peer.sd_eff_w_fe, peer.mean_effect_re, peer.sd_eff_w_re, peer.tau2, peer.q]
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


@given(findings, targets, targets, st.sampled_from(Model))
def test_a_smaller_difference_needs_more_information(found: list[Finding], one: float, other: float, model: Model) -> None:
    assume(one * (1 + 1e-9) < other)
    smaller, larger = synthesise(found, Target(one)), synthesise(found, Target(other))

    assert smaller is not None
    assert larger is not None
    assert smaller.fraction(model) < larger.fraction(model)


@given(findings, st.builds(Finding, differences, errors))
def test_a_further_study_never_lowers_the_information_of_one_common_effect(found: list[Finding], further: Finding) -> None:
    assert pool([*found, further], Model.FIXED).information > pool(found, Model.FIXED).information


@given(findings, st.randoms(use_true_random=False), st.sampled_from(Model))
def test_the_order_of_the_studies_does_not_matter(found: list[Finding], random: object, model: Model) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    one, other = pool(found, model), pool(shuffled, model)

    assert math.isclose(one.difference, other.difference, rel_tol=1e-7, abs_tol=1e-7)
    assert math.isclose(one.information, other.information, rel_tol=1e-7)


@given(findings, st.floats(0.01, 100), targets, st.sampled_from(Model))
def test_another_unit_changes_no_share_of_information(found: list[Finding], factor: float, target: float, model: Model) -> None:
    rescaled = [Finding(one.difference * factor, one.standard_error * factor) for one in found]
    before, after = synthesise(found, Target(target)), synthesise(rescaled, Target(target * factor))

    assert before is not None
    assert after is not None
    assert math.isclose(after.pooled(model).difference, before.pooled(model).difference * factor, rel_tol=1e-6, abs_tol=1e-6)
    assert math.isclose(after.fraction(model), before.fraction(model), rel_tol=1e-6)


@given(findings)
def test_effects_that_vary_never_carry_more_information(found: list[Finding]) -> None:
    assert pool(found, Model.RANDOM).information <= pool(found, Model.FIXED).information * (1 + 1e-12)


@given(st.builds(Finding, differences, errors))
def test_with_one_study_both_models_are_that_study(one: Finding) -> None:
    for model in Model:
        pooled = pool([one], model)
        assert [pooled.difference, pooled.standard_error] == pytest.approx([one.difference, one.standard_error])
        assert pooled.weights == (1.0,)


@given(findings, targets, st.sampled_from(Model))
def test_where_higher_is_better_the_mirrored_findings_get_the_same_verdict(found: list[Finding], target: float, model: Model) -> None:
    mirrored = [Finding(-one.difference, one.standard_error) for one in found]

    assert verdict(synthesise(found, Target(target, Better.LOWER)), model) is verdict(
        synthesise(mirrored, Target(target, Better.HIGHER)), model
    )


@given(findings, targets, targets, st.sampled_from(Model))
def test_what_excludes_a_benefit_excludes_every_larger_one(found: list[Finding], one: float, other: float, model: Model) -> None:
    assume(one < other)
    assume(verdict(synthesise(found, Target(one)), model) is Verdict.EXCLUDED)

    assert verdict(synthesise(found, Target(other)), model) is Verdict.EXCLUDED


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Finding(0.1, 0.0), "A finding needs a finite difference and a standard error above 0, not 0.1 and 0."),
        (lambda: Finding(math.nan, 1.0), "A finding needs a finite difference and a standard error above 0, not nan and 1."),
        (lambda: Target(-1.0), "The difference that matters is above 0, not -1; give it without sign."),
        (lambda: Target(1.0, power=1.0), "Alpha lies between 0 and 1 and power between alpha/2 and 1, not 0.05 and 1."),
        (lambda: pool([], Model.FIXED), "There is no finding to pool; give one or more."),
        (lambda: Followed(3, 4, 0.01), "No more people have an event than are followed: 4 of 3."),
        (lambda: Followed(3, 1, 1.0), "A tolerated rate and alpha lie between 0 and 1, not 1 and 0.05."),
    ],
)
def test_a_malformed_noun_says_what_is_wrong(make: object, message: str) -> None:
    with pytest.raises(ValueError) as refused:
        make()  # type: ignore[operator]

    assert str(refused.value) == message


@pytest.mark.parametrize(("rate", "expected"), [(0.01, 299), (0.001, 2995), (0.03, 99), (0.1, 29), (0.5, 5)])
def test_people_needed_with_no_event_are_exact_and_close_to_three_by_the_rate(rate: float, expected: int) -> None:
    needed = people_to_exclude(rate, 0.05)

    assert needed == expected
    assert (1 - rate) ** needed <= 0.05 < (1 - rate) ** (needed - 1)


@settings(deadline=None)
@given(st.integers(0, 12), st.floats(0.002, 0.5))
def test_people_needed_with_events_are_the_fewest_by_the_exact_upper_limit(events: int, rate: float) -> None:
    needed = people_to_exclude(rate, 0.05, events)

    assert stats.beta.ppf(0.95, events + 1, needed - events) <= rate * (1 + 1e-9)
    assert needed - 1 == events or stats.beta.ppf(0.95, events + 1, needed - 1 - events) > rate * (1 - 1e-9)


@settings(deadline=None)
@given(st.integers(0, 30), st.integers(1, 2000), st.floats(0.001, 0.9))
def test_the_chance_of_few_events_is_the_binomial_sum(events: int, n: int, rate: float) -> None:
    written_out = (
        math.fsum(math.comb(n, k) * Fraction(rate) ** k * (1 - Fraction(rate)) ** (n - k) for k in range(min(events, n) + 1))
        if n < 200
        else float(stats.beta.sf(rate, events + 1, n - events))
    )

    assert math.isclose(chance_of_at_most(events, n, rate), written_out, rel_tol=1e-7, abs_tol=1e-12)


@pytest.mark.parametrize(
    ("n", "events", "expected", "share"),
    [
        (48, 0, RateVerdict.LITTLE, "16"),
        (150, 0, RateVerdict.SOME, "50"),
        (299, 0, RateVerdict.BELOW, "100"),
        (299, 1, RateVerdict.SOME, "63"),
        (48, 4, RateVerdict.ABOVE, "5"),
        (0, 0, RateVerdict.NO_EVIDENCE, "0"),
    ],
)
def test_people_followed_are_a_share_of_those_who_exclude_a_rate_of_one_per_cent(
    n: int, events: int, expected: RateVerdict, share: str
) -> None:
    followed = Followed(n, events, 0.01)

    assert followed.verdict() is expected
    assert f"{followed.fraction * 100:.0f}" == share


def test_a_finding_of_each_study_keeps_its_share_in_the_pool() -> None:
    fixed = pool(TWO, Model.FIXED)

    assert math.isclose(sum(fixed.weights), 1.0)
    assert all(later < earlier for earlier, later in pairwise(fixed.weights))
