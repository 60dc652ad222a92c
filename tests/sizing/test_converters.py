"""Every converter gives the SD back from which its published figure was made."""

from math import exp, log, sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from trials.sizing.converters import CONVERTERS
from trials.sizing.plan import MalformedPlan, read_plan

sds = st.floats(0.1, 50)
counts = st.integers(4, 400)


def converted(converter: dict[str, Any], field: str = "within_subject_sd", **outcome: Any) -> Any:
    """The outcome's number and its conversion."""
    log_scale = field.endswith("cv")
    plan = read_plan(
        {
            "design": {"name": "parallel" if field.startswith("total") else "ab_ba"},
            "outcome": {"kind": "continuous", "scale": "log" if log_scale else "additive", field: converter} | outcome,
            "question": {"kind": "superiority", "treatment": "A", "comparator": "B"}
            | ({"mean_ratio": 0.8} if log_scale else {"mean_difference": 1.0}),
            "solve": {"for": "n", "target_power": 0.8},
        }
    )
    return getattr(plan.outcome, field), plan.conversions[-1]


@given(sd=sds, psi=st.floats(0, 0.9))
def test_difference_sd_holds_individual_responses(sd: float, psi: float) -> None:
    difference_sd = sqrt(2 * sd**2 + (psi * sd) ** 2)

    value, conversion = converted({"from": "difference_sd", "difference_sd": difference_sd}, individual_response_sd=psi * sd)

    assert value == pytest.approx(sd)
    assert conversion.inputs == {"difference_sd": difference_sd, "individual_response_sd": psi * sd}
    assert conversion.formula == "within_subject_sd = √((difference_sd² − individual_response_sd²) / 2)"


@given(within=sds, between=sds)
def test_total_sd_and_correlation(within: float, between: float) -> None:
    total = sqrt(within**2 + between**2)

    value, _ = converted({"from": "total_sd", "total_sd": total, "within_subject_correlation": between**2 / total**2})

    assert value == pytest.approx(within, rel=1e-6)


def test_two_sds_of_a_published_example() -> None:
    value, _ = converted({"from": "two_sds", "treatment_sd": 40.0, "comparator_sd": 55.0, "within_subject_correlation": 0.3})

    assert value == pytest.approx(sqrt((40**2 + 55**2 - 2 * 0.3 * 40 * 55) / 2))


@given(sd=sds, n=counts, effect=st.floats(0.1, 10))
def test_paired_t(sd: float, n: int, effect: float) -> None:
    t = effect / (sd * sqrt(2) / sqrt(n))

    value, _ = converted({"from": "paired_t", "mean_difference": -effect, "t": -t, "n": n})

    assert value == pytest.approx(sd)


@given(sd=sds, n=counts, t=st.floats(0.2, 4), sides=st.sampled_from([1, 2]))
def test_p_value(sd: float, n: int, t: float, sides: int) -> None:
    p_value = float(stats.t.sf(t, n - 2) * sides)

    value, conversion = converted({"from": "p_value", "mean_difference": t * sd * sqrt(2 / n), "p_value": p_value, "sides": sides, "n": n})

    assert value == pytest.approx(sd, rel=1e-6)
    assert conversion.inputs["degrees_of_freedom"] == n - 2


@given(sd=sds, n=counts, level=st.floats(0.5, 0.99))
def test_confidence_interval(sd: float, n: int, level: float) -> None:
    reach = float(stats.t.ppf((1 + level) / 2, n - 2)) * sd * sqrt(2 / n)

    value, _ = converted({"from": "confidence_interval", "lower": 1.0 - reach, "upper": 1.0 + reach, "confidence_level": level, "n": n})

    assert value == pytest.approx(sd)


@given(cv=st.floats(0.05, 2), n=counts)
def test_confidence_interval_of_a_ratio(cv: float, n: int) -> None:
    reach = float(stats.t.ppf(0.95, n - 2)) * sqrt(log(1 + cv**2)) * sqrt(2 / n)

    value, _ = converted(
        {"from": "confidence_interval", "lower": exp(-reach), "upper": exp(reach), "confidence_level": 0.9, "n": n}, "within_subject_cv"
    )

    assert value == pytest.approx(cv)


def test_anova_mean_square() -> None:
    assert converted({"from": "anova_mean_square", "mean_square": 4.0})[0] == 2.0
    assert converted({"from": "anova_mean_square", "mean_square": 4.0}, individual_response_sd=2.0)[0] == pytest.approx(sqrt(2))


@pytest.mark.parametrize("correlation", [0.0, 0.5, -0.3])
def test_daily_readings_are_as_variable_as_their_simulated_mean(correlation: float) -> None:
    import numpy as np

    lags = np.abs(np.subtract.outer(np.arange(7), np.arange(7)))
    exact = 0.5**2 + 2.0**2 * np.mean(np.power(correlation, lags) if correlation else np.eye(7))

    value, _ = converted({"from": "daily_readings", "reading_sd": 2.0, "readings": 7, "autocorrelation": correlation, "period_sd": 0.5})

    assert value == pytest.approx(sqrt(float(exact)))


def test_total_sd_also_tells_the_sd_between_people() -> None:
    plan_value, conversion = converted(
        {"from": "total_sd", "total_sd": 2.0, "within_subject_correlation": 0.36}, "between_subject_sd", within_subject_sd=1.0
    )

    assert plan_value == pytest.approx(1.2)
    assert conversion.field == "outcome.between_subject_sd"


def test_two_sds_give_the_total_sd_of_a_parallel_trial() -> None:
    value, _ = converted({"from": "two_sds", "treatment_sd": 3.0, "comparator_sd": 4.0, "within_subject_correlation": 0.0}, "total_sd")

    assert value == pytest.approx(sqrt(12.5))


@pytest.mark.parametrize(
    ("converter", "field", "sentence"),
    [
        (
            {"from": "difference_sd", "difference_sd": 0.0},
            "outcome.within_subject_sd.difference_sd",
            "difference_sd is 0.0; it must be an SD above 0",
        ),
        ({"from": "difference_sd"}, "outcome.within_subject_sd.difference_sd", "difference_sd is missing"),
        ({"from": "diference_sd", "difference_sd": 1.0}, "outcome.within_subject_sd.from", "Did you mean difference_sd?"),
        ({"difference_sd": 1.0}, "outcome.within_subject_sd.from", "from is missing"),
        ({"from": "difference_sd", "difference_sd": 1.0, "sd": 2}, "outcome.within_subject_sd.sd", "There is no key sd here."),
        (
            {"from": "paired_t", "mean_difference": 1.0, "t": 0.0, "n": 10},
            "outcome.within_subject_sd.t",
            "t is 0, which says nothing about the SD",
        ),
        (
            {"from": "p_value", "mean_difference": 1.0, "p_value": 0.7, "sides": 1, "n": 10},
            "outcome.within_subject_sd.p_value",
            "it must be below 0.5",
        ),
        (
            {"from": "confidence_interval", "lower": 2.0, "upper": 1.0, "n": 10},
            "outcome.within_subject_sd.upper",
            "must lie above the lower limit",
        ),
        (
            {"from": "confidence_interval", "lower": 1.0, "upper": 2.0, "n": 2},
            "outcome.within_subject_sd.n",
            "no degrees of freedom are left",
        ),
    ],
)
def test_a_figure_that_cannot_be_converted_is_refused_at_its_place(converter: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(MalformedPlan) as refused:
        converted(converter)

    assert [error["field"] for error in refused.value.errors] == [field]
    assert sentence in refused.value.errors[0]["message"]


def test_individual_responses_larger_than_the_difference_are_refused() -> None:
    with pytest.raises(MalformedPlan) as refused:
        converted({"from": "difference_sd", "difference_sd": 1.0}, individual_response_sd=1.5)

    assert refused.value.errors == [
        {
            "field": "outcome.individual_response_sd",
            "message": (
                "individual_response_sd is 1.5, but the SD of one within-person difference, which contains it, is only 1. "
                "Give a smaller individual_response_sd or check the published figure."
            ),
        }
    ]


def test_ab_ba_data_are_said_to_hold_both_sds() -> None:
    _, conversion = converted({"from": "difference_sd", "difference_sd": 2.0})

    assert conversion.note == "Data of an AB/BA trial cannot tell the residual SD from individual responses; the difference contains both."


def test_a_number_that_was_changed_after_its_conversion_is_refused(raw: Any) -> None:
    plan = raw(outcome={"within_subject_sd": {"from": "difference_sd", "difference_sd": 2.0}})
    echoed = read_plan(plan).as_json()
    echoed["outcome"]["within_subject_sd"] = 3.0

    with pytest.raises(MalformedPlan) as refused:
        read_plan(echoed)

    assert [error["field"] for error in refused.value.errors] == ["conversions"]


def test_every_converter_is_tested_here() -> None:
    assert sorted(CONVERTERS) == [
        "anova_mean_square",
        "confidence_interval",
        "daily_readings",
        "difference_sd",
        "p_value",
        "paired_t",
        "total_sd",
        "two_sds",
    ]
