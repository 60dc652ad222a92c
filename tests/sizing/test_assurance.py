"""Power averaged over what effect and SD may truly be: peers' figures, trials simulated with the truth drawn, limits and refusals."""

import json
from math import log1p, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from scipy import stats

from tests.sizing.conftest import plan_with
from tests.sizing.far import at_most
from trials.sizing.laws.averaging import averaged_within, sd_nodes
from trials.sizing.laws.power import t_power
from trials.sizing.plan import MalformedPlan, read_plan
from trials.sizing.sensitivity import explore
from trials.sizing.size import size
from trials.sizing.wording import Names, plain_statement, statement, summary

ROWS = [json.loads(line) for line in (Path(__file__).parent / "reference" / "assurance.jsonl").read_text().splitlines()]
TRIALS = 100_000
LOG_SD = sqrt(log1p(0.3**2))
EQUIVALENT: dict[str, Any] = {"kind": "equivalence", "mean_ratio": 0.95, "lower_limit": 0.8, "upper_limit": 1.25}
HALF: dict[str, Any] = {"outcome": {"within_subject_sd": 1.0}, "question": {"mean_difference": 0.5, "better": "higher"}}
AT_60: dict[str, Any] = {"for": "assurance", "n_evaluable": 60}


def on_log_scale(prior: dict[str, Any], question: dict[str, Any] = EQUIVALENT, **parts: Any) -> dict[str, Any]:
    outcome = {"scale": "log", "within_subject_cv": 0.3}
    return plan_with(outcome=outcome, question=question, prior=prior, **{"solve": {"for": "assurance", "n_evaluable": 40}} | parts)


def assurance_of(plan: dict[str, Any]) -> float:
    found = size(read_plan(plan)).assurance
    assert found is not None
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_a_row_of_powertost_agrees(row: dict[str, Any]) -> None:
    assert assurance_of(row["plan"]) == pytest.approx(row["expect"]["assurance"], abs=row["tolerance"]["assurance"])


def test_every_row_was_held_against_the_engine() -> None:
    assert (len(ROWS), {row["family"] for row in ROWS}) == (30, {"assurance"})


@pytest.mark.parametrize(
    ("prior", "published"),
    [
        ({"cv_degrees_of_freedom": 10}, 0.736552),
        ({"effect_standard_error": 0.1}, 0.610872),
        # both from a trial of 12: the standard error grows with the true SD
        ({"cv_degrees_of_freedom": 10, "effect_standard_error": LOG_SD * sqrt(2 / 12)}, 0.511469),
    ],
)
def test_the_examples_of_powertost_are_met(prior: dict[str, float], published: float) -> None:
    assert assurance_of(on_log_scale(prior)) == pytest.approx(published, abs=1e-5)


def test_a_prior_on_both_would_not_agree_if_effect_and_sd_were_independent() -> None:
    ratios, weights = sd_nodes(10)
    tau = LOG_SD * sqrt(2 / 12)
    se, critical = LOG_SD * ratios * sqrt(2 / 40), stats.t.ppf(0.95, 38)
    whole = (np.full(len(ratios), -np.inf), np.full(len(ratios), np.inf))
    independent = weights @ averaged_within(whole, (np.log(0.95 / 0.8), np.log(1.25 / 0.95)), tau, se, 38.0, critical)

    assert independent == pytest.approx(0.5108, abs=1e-4)
    assert abs(independent - 0.511469) > 5e-4


def test_non_inferiority_with_an_uncertain_cv_agrees_with_powertost() -> None:
    margin = {"kind": "non_inferiority", "mean_ratio": 0.95, "margin": 0.8, "better": "higher"}

    assert assurance_of(on_log_scale({"cv_degrees_of_freedom": 10}, margin)) == pytest.approx(0.676107, abs=1e-6)


def test_n_for_an_assurance_is_that_of_powertost() -> None:
    answer = size(read_plan(on_log_scale({"cv_degrees_of_freedom": 10}, solve={"for": "n", "target_assurance": 0.8})))

    assert answer.n_evaluable == 48
    assert answer.assurance == pytest.approx(0.804617, abs=1e-6)
    assert answer.assurance_one_step_below is not None
    assert answer.assurance_one_step_below < 0.8
    assert answer.power_one_step_below is None


def test_the_closed_formula_of_a_known_sd_is_approached_by_the_t_test() -> None:
    one_sided: dict[str, Any] = HALF | {"analysis": {"alpha": 0.025, "sides": 1}, "prior": {"effect_standard_error": 0.25}}

    def closed(n: int) -> float:
        return float(stats.norm.cdf((0.5 * sqrt(n / 2) - 1.959964) / sqrt(1 + 0.25**2 * n / 2)))

    assert closed(60) == pytest.approx(0.677, abs=5e-4)
    assert assurance_of(plan_with(**one_sided, solve=AT_60)) == pytest.approx(0.669, abs=5e-4)
    assert assurance_of(plan_with(**one_sided, solve={"for": "assurance", "n_evaluable": 60_000})) == pytest.approx(
        closed(60_000), abs=1e-5
    )


def test_the_average_is_that_of_gauss_and_hermite() -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    power = t_power((0.5 + 0.25 * nodes) / sqrt(2 / 60), np.full(80, 58.0), 0.025, 1)

    expected = float(weights @ power / weights.sum())

    found = assurance_of(plan_with(**HALF, analysis={"sides": 1, "alpha": 0.025}, prior={"effect_standard_error": 0.25}, solve=AT_60))
    assert found == pytest.approx(expected, abs=1e-10)


class Drawn:
    """AB/BA trials whose true effect and SD are drawn from a prior, analysed by the t test of the period differences."""

    def __init__(self, seed: int, n: int, *, sd_df: float | None, effect_sd: float, effect: float, sd: float = 1.0) -> None:
        rng = np.random.default_rng(seed)
        ratio = np.ones(TRIALS) if sd_df is None else np.sqrt(sd_df / rng.chisquare(sd_df, TRIALS))
        self.sd = sd * ratio
        self.effect = effect + effect_sd * ratio * rng.standard_normal(TRIALS)
        self.rng, self.n = rng, n

    def t(self, effect: Any, boundary: float) -> Any:
        d = self.sd[:, None] * sqrt(2.0) * self.rng.standard_normal((len(self.sd), self.n)) + 0.3
        half = self.n // 2
        d[:, :half] += effect[:, None]
        d[:, half:] -= effect[:, None]
        first, second = d[:, :half], d[:, half:]
        pooled = (first.var(axis=1, ddof=1) + second.var(axis=1, ddof=1)) / 2
        return ((first.mean(axis=1) - second.mean(axis=1)) / 2 - boundary) / np.sqrt(pooled / self.n)


def within_four_errors(found: float, share: Any) -> bool:
    share = np.asarray(share, dtype=float)
    return bool(abs(found - share.mean()) < 4 * max(share.std() / sqrt(len(share)), 1e-5))


def test_trials_with_a_drawn_truth_reach_the_assurance_and_not_the_power() -> None:
    plan = plan_with(
        **HALF, prior={"sd_degrees_of_freedom": 8, "effect_standard_error": 0.3}, solve={"for": "assurance", "n_evaluable": 40}
    )
    drawn = Drawn(11, 40, sd_df=8, effect_sd=0.3, effect=0.5)

    shown = drawn.t(drawn.effect, 0.0) > stats.t.ppf(0.975, 38)
    answer = size(read_plan(plan))

    assert answer.assurance is not None
    assert answer.power is not None
    assert answer.power_if_effective is not None
    assert within_four_errors(answer.assurance, shown)
    assert within_four_errors(answer.power_if_effective, shown[drawn.effect > 0])
    assert not within_four_errors(answer.power, shown)
    assert answer.assurance_ceiling == pytest.approx(float(stats.t.cdf(0.5 / 0.3, 8)), abs=1e-9)


def test_a_cut_off_and_a_share_who_respond_are_simulated_alike() -> None:
    prior = {"sd_degrees_of_freedom": 12, "effect_standard_error": 0.4, "effect_truncated_at": 0.1, "share_responding": 0.7}
    plan = plan_with(**HALF, prior=prior, solve={"for": "assurance", "n_evaluable": 30})
    drawn = Drawn(12, 30, sd_df=12, effect_sd=0.4, effect=0.5)
    kept = drawn.effect > 0.1
    works = drawn.rng.random(TRIALS) < 0.7
    critical = stats.t.ppf(0.975, 28)

    with_effect = (drawn.t(drawn.effect, 0.0) > critical)[kept]
    without = (drawn.t(np.zeros(TRIALS), 0.0) > critical)[kept]
    shown = np.where(works[kept], with_effect, without)
    answer = size(read_plan(plan))

    assert answer.assurance is not None
    assert within_four_errors(answer.assurance, shown)
    assert not within_four_errors(answer.assurance, with_effect)
    assert answer.assurance_ceiling == pytest.approx(0.7 + 0.3 * 0.025, abs=1e-9)
    assert answer.power_if_effective is not None
    assert within_four_errors(answer.power_if_effective, with_effect)


def test_equivalence_with_both_uncertain_is_simulated_alike() -> None:
    question = {"kind": "equivalence", "mean_difference": 0.1, "lower_limit": -0.7, "upper_limit": 0.6}
    prior = {"sd_degrees_of_freedom": 15, "effect_standard_error": 0.2, "effect_truncated_at": -0.15}
    plan = plan_with(outcome={"within_subject_sd": 1.0}, question=question, prior=prior, solve={"for": "assurance", "n_evaluable": 36})
    drawn = Drawn(13, 36, sd_df=15, effect_sd=0.2, effect=0.1)
    critical, kept = stats.t.ppf(0.95, 34), drawn.effect > -0.15

    rng_state = drawn.rng.bit_generator.state
    above = drawn.t(drawn.effect, -0.7) > critical
    drawn.rng.bit_generator.state = rng_state
    below = drawn.t(drawn.effect, 0.6) < -critical
    shown = (above & below)[kept]
    answer = size(read_plan(plan))

    assert answer.assurance is not None
    assert answer.power_if_effective is not None
    assert within_four_errors(answer.assurance, shown)
    assert within_four_errors(answer.power_if_effective, shown[(drawn.effect < 0.6)[kept]])


def test_individual_responses_stay_as_planned_when_the_sd_is_uncertain() -> None:
    parts: dict[str, Any] = {"outcome": {"within_subject_sd": 1.0, "individual_response_sd": 1.0}, "question": HALF["question"]}
    found = assurance_of(plan_with("ABBA/BAAB", **parts, prior={"sd_degrees_of_freedom": 6}, solve={"for": "assurance", "n_evaluable": 50}))

    # a person's contrast of ABBA has variance σ_w² + ψ², each sequence its own spread: n − 2 degrees of freedom
    rng = np.random.default_rng(14)
    variance = 6 / rng.chisquare(6, TRIALS) + 1.0
    d = np.sqrt(variance)[:, None] * rng.standard_normal((TRIALS, 50)) + 0.5
    pooled = (d[:, :25].var(axis=1, ddof=1) + d[:, 25:].var(axis=1, ddof=1)) / 2
    shown = d.mean(axis=1) / np.sqrt(pooled / 50) > stats.t.ppf(0.975, 48)

    assert within_four_errors(found, shown)
    in_proportion = size(
        read_plan(
            plan_with(
                outcome={"within_subject_sd": 1.0},
                question=HALF["question"],
                prior={"sd_degrees_of_freedom": 6},
                solve={"for": "assurance", "n_evaluable": 50},
            )
        )
    )
    assert not within_four_errors(in_proportion.assurance or 0.0, shown)


@at_most(1_000)
@given(
    n=st.integers(2, 200).map(lambda half: 2 * half),
    effect=st.floats(-2, 2),
    error=st.floats(1e-6, 5),
    df=st.floats(1, 1e6),
    share=st.floats(0.05, 1),
    kind=st.sampled_from(["superiority", "non_inferiority", "equivalence"]),
    cut=st.sampled_from([None, -1.0, 0.0, 1.0]),
)
@pytest.mark.filterwarnings("error")
def test_an_assurance_is_a_probability(n: int, effect: float, error: float, df: float, share: float, kind: str, cut: float | None) -> None:
    limits: dict[str, dict[str, Any]] = {
        "superiority": {"better": "higher"},
        "non_inferiority": {"better": "higher", "margin": 0.5},
        "equivalence": {"lower_limit": -1.0, "upper_limit": 1.2},
    }
    prior: dict[str, Any] = {"sd_degrees_of_freedom": df, "effect_standard_error": error, "share_responding": share}
    plan = plan_with(
        outcome={"within_subject_sd": 1.0},
        question={"kind": kind, "mean_difference": effect} | limits[kind],
        prior=prior if cut is None else prior | {"effect_truncated_at": cut},
        solve={"for": "assurance", "n_evaluable": n},
    )

    try:
        answer = size(read_plan(plan))
    except MalformedPlan:
        reject()  # cut off beyond all that the effect may be

    assert 0 <= (answer.assurance or 0.0) <= 1
    assert 0 <= (answer.assurance_ceiling or 0.0) <= 1
    assert answer.power_if_effective is None or 0 <= answer.power_if_effective <= 1
    json.dumps(answer.as_json(), allow_nan=False)


@at_most(1_000)
@given(n=st.integers(2, 100).map(lambda half: 2 * half), effect=st.floats(0.05, 2), sides=st.sampled_from([1, 2]))
def test_certainty_gives_back_the_power_in_the_right_direction(n: int, effect: float, sides: int) -> None:
    plan = plan_with(
        outcome={"within_subject_sd": 1.0},
        question={"mean_difference": effect, "better": "higher"},
        analysis={"sides": sides, "alpha": 0.05},
        prior={"sd_degrees_of_freedom": 1e7, "effect_standard_error": 1e-7},
        solve={"for": "assurance", "n_evaluable": n},
    )

    expected = float(t_power(effect / sqrt(2 / n), float(n - 2), 0.05 / sides, 1))

    assert assurance_of(plan) == pytest.approx(expected, abs=1e-6)


@at_most(1_000)
@given(factor=st.floats(1e-3, 1e3), sign=st.sampled_from([1.0, -1.0]))
def test_the_unit_and_the_direction_of_the_outcome_change_nothing(factor: float, sign: float) -> None:
    def plan(scale: float, better: str) -> dict[str, Any]:
        return plan_with(
            outcome={"within_subject_sd": abs(scale)},
            question={"mean_difference": 0.5 * scale, "better": better},
            prior={
                "estimate": 0.5 * scale,
                "confidence_interval": sorted([-0.2 * scale, 1.2 * scale]),
                "n": 30,
                "effect_truncated_at": 0.0,
            },
            solve={"for": "assurance", "n_evaluable": 40},
        )

    assert assurance_of(plan(factor * sign, "higher" if sign > 0 else "lower")) == pytest.approx(
        assurance_of(plan(1.0, "higher")), rel=1e-9
    )


def test_other_letters_give_the_same_assurance() -> None:
    turned: dict[str, Any] = HALF | {"question": {"treatment": "B", "comparator": "A", "mean_difference": 0.5, "better": "higher"}}
    prior = {"effect_standard_error": 0.25}

    assert assurance_of(plan_with(**turned, prior=prior, solve=AT_60)) == assurance_of(plan_with(**HALF, prior=prior, solve=AT_60))


def test_a_significant_result_for_the_wrong_treatment_is_no_success() -> None:
    prior = {"effect_standard_error": 1.0}
    plan = plan_with(
        outcome={"within_subject_sd": 1.0},
        question={"mean_difference": -0.5},
        prior=prior,
        solve={"for": "assurance", "n_evaluable": 1_000_000},
    )

    answer = size(read_plan(plan))

    assert answer.assurance_ceiling == pytest.approx(float(stats.norm.cdf(0.5)), abs=1e-12)
    assert answer.assurance == pytest.approx(float(stats.norm.cdf(0.5)), abs=2e-3)


def test_a_target_above_the_ceiling_has_a_reason() -> None:
    answer = size(read_plan(plan_with(**HALF, prior={"effect_standard_error": 0.25}, solve={"for": "n", "target_assurance": 0.98})))

    assert answer.n_evaluable is None
    assert answer.maximum_attainable == pytest.approx(float(stats.norm.cdf(2.0)), abs=1e-12)
    assert "it stays below 0.9772" in (answer.reason or "")


def test_an_assurance_just_below_the_ceiling_is_found() -> None:
    answer = size(read_plan(plan_with(**HALF, prior={"effect_standard_error": 0.25}, solve={"for": "n", "target_assurance": 0.975})))

    assert (answer.n_evaluable or 0) > 10_000
    assert (answer.assurance or 0.0) >= 0.975 > (answer.assurance_one_step_below or 1.0)


def test_a_published_interval_says_how_uncertain_effect_and_sd_are() -> None:
    low, high = -0.95, 0.27
    published = {"estimate": -0.34, "confidence_interval": [low, high], "n": 99}
    question = {"mean_difference": -0.34, "better": "lower"}
    direct = {"sd_degrees_of_freedom": 97, "effect_standard_error": (high - low) / 2 / float(stats.t.ppf(0.975, 97))}

    found = [assurance_of(plan_with(question=question, prior=prior, solve=AT_60)) for prior in (published, direct)]

    assert found[0] == pytest.approx(found[1], abs=1e-12)


def test_a_published_p_value_says_the_same_as_its_standard_error() -> None:
    error = 10.8 / float(stats.t.ppf(1 - 0.016 / 2, 27))
    parts: dict[str, Any] = {
        "outcome": {"within_subject_sd": 16.0},
        "question": {"mean_difference": -10.8, "better": "lower"},
        "solve": AT_60,
    }

    found = [
        assurance_of(plan_with(**parts, prior=prior))
        for prior in (
            {"estimate": -10.8, "p_value": 0.016, "n": 29},
            {"estimate": -10.8, "p_value": 0.008, "sides": 1, "n": 29},
            {"sd_degrees_of_freedom": 27, "effect_standard_error": error},
        )
    ]

    assert found == pytest.approx([found[2]] * 3, abs=1e-12)


def test_the_published_estimate_is_the_centre_and_a_warning_says_so() -> None:
    published = {"estimate": -0.34, "confidence_interval": [-0.95, 0.27], "n": 99}

    answer = size(read_plan(plan_with(prior=published, solve=AT_60)))

    assert (answer.assurance or 1.0) < 0.4
    assert (answer.power or 0.0) > 0.9
    assert "prior_off_plan" in [warning.code for warning in answer.warnings]


def test_a_prior_that_is_not_asked_for_is_remarked() -> None:
    answer = size(read_plan(plan_with(prior={"sd_degrees_of_freedom": 10})))

    assert answer.n_evaluable == 46
    assert answer.assurance is None
    assert "prior_not_used" in [warning.code for warning in answer.warnings]


ASSURED: dict[str, Any] = {"for": "assurance", "n_evaluable": 40}
REFUSED = [
    ({}, "prior.sd_degrees_of_freedom", "leaves nothing uncertain"),
    ({"sd_degrees_of_freedom": 0.5}, "prior.sd_degrees_of_freedom", "it must be degrees of freedom from 1"),
    ({"sd_degrees_of_freedom": 10, "cv_degrees_of_freedom": 10}, "prior.cv_degrees_of_freedom", "not both"),
    ({"cv_degrees_of_freedom": 10}, "prior.cv_degrees_of_freedom", "give sd_degrees_of_freedom instead"),
    ({"n": 30}, "prior.estimate", "n belongs to a published estimate"),
    ({"estimate": -1.0, "n": 30}, "prior.confidence_interval", "give one of the two"),
    ({"estimate": -1.0, "p_value": 0.1, "confidence_interval": [-2, 0], "n": 30}, "prior.confidence_interval", "give one of the two"),
    ({"estimate": -1.0, "p_value": 0.1}, "prior.n", "how many people"),
    ({"estimate": -1.0, "p_value": 0.1, "n": 30, "effect_standard_error": 1.0}, "prior.effect_standard_error", "one or the other"),
    ({"estimate": -1.0, "p_value": 0.1, "n": 30, "confidence_level": 0.9}, "prior.confidence_level", "leave it out"),
    ({"estimate": -1.0, "confidence_interval": [-2, 0], "n": 30, "sides": 2}, "prior.sides", "leave it out"),
    ({"estimate": -1.0, "p_value": 0.7, "sides": 1, "n": 30}, "prior.p_value", "points the other way"),
    ({"estimate": 0.0, "p_value": 0.7, "n": 30}, "prior.p_value", "No standard error follows"),
    ({"estimate": -1.0, "confidence_interval": [0.0, -2.0], "n": 30}, "prior.confidence_interval", "the lower end comes first"),
    ({"estimate": -3.0, "confidence_interval": [-2, 0], "n": 30}, "prior.estimate", "does not lie in its interval"),
    ({"estimate": -1.9, "confidence_interval": [-2, 0], "n": 30}, "prior.confidence_interval", "in the middle of its interval"),
    ({"sd_degrees_of_freedom": 10, "effect_truncated_at": 0.0}, "prior.effect_truncated_at", "Only an uncertain effect"),
    ({"effect_standard_error": 0.1, "effect_truncated_at": -5.0}, "prior.effect_truncated_at", "nothing is left"),
    ({"effect_standard_error": 0.1, "share_responding": 1.2}, "prior.share_responding", "at most 1"),
]


@pytest.mark.parametrize(("prior", "field", "sentence"), REFUSED)
def test_a_prior_that_makes_no_sense_is_refused(prior: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(MalformedPlan) as refused:
        read_plan(plan_with(prior=prior, solve=ASSURED))

    assert [error["field"] for error in refused.value.errors] == [field]
    assert sentence in refused.value.errors[0]["message"]


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"solve": ASSURED}, "prior"),
        ({"solve": {"for": "n", "target_assurance": 0.8}}, "prior"),
        (
            {"solve": {"for": "n", "target_assurance": 0.8, "target_power": 0.8}, "prior": {"sd_degrees_of_freedom": 9}},
            "solve.target_assurance",
        ),
        ({"question": {"kind": "precision", "half_width": 1.0}, "prior": {"sd_degrees_of_freedom": 9}, "solve": {"for": "n"}}, "prior"),
        (
            {
                "question": {"kind": "precision", "half_width": 1.0},
                "prior": {"sd_degrees_of_freedom": 9},
                "solve": {"for": "n", "target_assurance": 0.8},
            },
            "solve.target_assurance",
        ),
        ({"analysis": {"looks": 2}, "prior": {"sd_degrees_of_freedom": 9}, "solve": ASSURED}, "analysis.looks"),
        (
            {"analysis": {"re_estimation": {"maximum_n": 90}}, "prior": {"sd_degrees_of_freedom": 9}, "solve": ASSURED},
            "analysis.re_estimation",
        ),
    ],
)
def test_an_assurance_where_it_does_not_fit_is_refused(parts: dict[str, Any], field: str) -> None:
    with pytest.raises(MalformedPlan) as refused:
        read_plan(plan_with(**parts))

    assert [error["field"] for error in refused.value.errors] == [field]


def test_the_sentences_tell_assurance_from_power() -> None:
    plan = read_plan(
        plan_with(prior={"sd_degrees_of_freedom": 20, "effect_standard_error": 0.3}, solve={"for": "n", "target_assurance": 0.8})
    )
    answer = size(plan)
    names = Names(treatments={"A": "LDN", "B": "placebo"}, outcome="pain", unit="points")

    assert summary(plan, answer) == "46 evaluable participants give an assurance of 80.9 % (power 91.2 % at the planned values)."
    assert "give an assurance of 80.9 % (target 80 %): the power averaged over how uncertain the assumptions are." in statement(
        plan, answer
    )
    assert "normal around the planned one with a standard error of 0.3 points." in statement(plan, answer, names)
    assert "Averaged over how uncertain the assumptions are, it is about 81 in 100." in plain_statement(plan, answer, names)


def test_the_curve_rises_to_the_ceiling_and_passes_through_the_answer() -> None:
    plan = read_plan(
        plan_with(prior={"sd_degrees_of_freedom": 20, "effect_standard_error": 0.6}, solve={"for": "n", "target_assurance": 0.8})
    )
    answer = size(plan)

    found = explore(plan, answer)
    curve = found.assurance_curve

    assert curve is not None
    assert list(curve.assurance) == sorted(curve.assurance)
    assert max(curve.assurance) < curve.assurance_ceiling == answer.assurance_ceiling
    assert float(np.interp(answer.n_evaluable or 0, curve.n_evaluable, curve.assurance)) == pytest.approx(answer.assurance, abs=1e-3)
    assert curve.power[-1] > curve.assurance[-1]
    assert found.stress is not None
    assert found.stress.rows[0].power == pytest.approx(answer.power)


def test_a_plan_without_a_prior_has_no_assurance_curve() -> None:
    plan = read_plan(plan_with())

    assert explore(plan, size(plan)).assurance_curve is None
