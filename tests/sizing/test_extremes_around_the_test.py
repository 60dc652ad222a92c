"""No prior, look or re-estimation leads to a traceback, a NaN or a figure that JSON cannot hold, however far-fetched its numbers are."""

import json
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from tests.sizing.far import at_most
from trials.sizing.explain import for_people, steps
from trials.sizing.plan import MalformedPlan, read_plan
from trials.sizing.sensitivity import explore
from trials.sizing.size import size
from trials.sizing.wording import describe_method, hypothesis, plain_statement, statement, summary

pytestmark = pytest.mark.filterwarnings("error")

sizes = st.sampled_from([1e-9, 1e-6, 0.1, 1.0, 10.0, 1e6, 1e9])
signed = sizes.flatmap(lambda size_: st.sampled_from([size_, -size_, 0.0]))


@st.composite
def far_fetched(draw: st.DrawFn) -> dict[str, Any]:
    log_scale = draw(st.booleans())
    outcome: dict[str, Any] = {"kind": "continuous", "scale": "log" if log_scale else "additive"}
    outcome["within_subject_cv" if log_scale else "within_subject_sd"] = draw(st.sampled_from([1e-9, 0.3, 40.0]) if log_scale else sizes)
    if draw(st.booleans()):
        outcome["individual_response_sd"] = draw(sizes)
    question: dict[str, Any] = {"kind": draw(st.sampled_from(["superiority", "non_inferiority", "equivalence"])), "treatment": "A"}
    question["comparator"] = "B"
    question["mean_ratio" if log_scale else "mean_difference"] = draw(st.sampled_from([1e-9, 0.5, 1.0, 2.0]) if log_scale else signed)
    if question["kind"] == "equivalence":
        question |= {"lower_limit": 0.8, "upper_limit": 1.25} if log_scale else {"lower_limit": -draw(sizes), "upper_limit": draw(sizes)}
    else:
        question["better"] = draw(st.sampled_from(["higher", "lower"]))
    if question["kind"] == "non_inferiority":
        question["margin"] = (0.8 if question["better"] == "higher" else 1.25) if log_scale else draw(sizes)
    plan: dict[str, Any] = {
        "design": {"text": draw(st.sampled_from(["AB/BA", "ABBA/BAAB", "AB/BA/AA/BB", "ABC/BCA/CAB"]))},
        "outcome": outcome,
        "question": question,
    }
    n = draw(st.sampled_from([2, 5, 46, 1000, 10_000_000]))
    around = draw(st.sampled_from(["prior", "looks", "re_estimation"]))
    if around == "prior":
        prior: dict[str, Any] = {}
        if draw(st.booleans()):
            prior["sd_degrees_of_freedom"] = draw(st.sampled_from([1.0, 2.5, 30.0, 1e7]))
        if draw(st.booleans()) or not prior:
            prior["effect_standard_error"] = draw(sizes)
        if draw(st.booleans()):
            prior["effect_truncated_at"] = draw(st.sampled_from([1e-9, 1.0, 2.0]) if log_scale else signed)
        if draw(st.booleans()):
            prior["share_responding"] = draw(st.sampled_from([1e-6, 0.5, 1.0]))
        target = draw(st.sampled_from([1e-6, 0.5, 0.9, 0.999999]))
        plan |= {
            "prior": prior,
            "solve": draw(st.sampled_from([{"for": "n", "target_assurance": target}, {"for": "assurance", "n_evaluable": n}])),
        }
        return plan
    target = draw(st.sampled_from([0.001, 0.5, 0.9, 0.999999]))
    plan["solve"] = draw(st.sampled_from([{"for": "n", "target_power": target}, {"for": "power", "n_evaluable": n}]))
    plan["analysis"] = {"alpha": draw(st.sampled_from([1e-12, 0.025, 0.4, 0.97]))}
    if around == "looks":
        plan["analysis"] |= {"looks": draw(st.integers(2, 12)), "spending": draw(st.sampled_from(["obrien_fleming", "pocock"]))}
    else:
        plan["analysis"]["re_estimation"] = {"maximum_n": draw(st.sampled_from([4, 120, 1_000_000])), "true_within_subject_sd": draw(sizes)}
    return plan


@at_most(1_000)
@given(far_fetched())
def test_a_plan_is_refused_answered_or_given_a_reason(plan: dict[str, Any]) -> None:
    try:
        read = read_plan(plan)
    except MalformedPlan:
        reject()

    answer = size(read)

    assert (answer.reason is None) == (answer.n_evaluable is not None)
    for key in ("power", "assurance", "assurance_ceiling", "power_if_effective", "type_one_error", "maximum_attainable"):
        value = getattr(answer, key)
        assert value is None or 0 <= value <= 1
    json.dumps(answer.as_json(), allow_nan=False)
    for say in (for_people, steps, summary, statement, plain_statement, describe_method):
        assert say(read, answer)
    assert hypothesis(read)
    json.dumps(explore(read, answer).model_dump(mode="json"), allow_nan=False)
