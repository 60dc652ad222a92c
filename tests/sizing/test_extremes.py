"""No plan that is read leads to a traceback, a NaN or a figure that JSON cannot hold, however far-fetched its numbers are."""

import json
from typing import Any

import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

from trials.sizing.explain import for_people, steps
from trials.sizing.plan import MalformedPlan, read_plan
from trials.sizing.sensitivity import explore
from trials.sizing.size import size
from trials.sizing.wording import describe_method, hypothesis, plain_statement, statement, summary

pytestmark = pytest.mark.filterwarnings("error")

DESIGNS = [
    "AB/BA",
    "ABB/BAA",
    "ABBA/BAAB",
    "AB/BA/AA/BB",
    "ABC/BCA/CAB",
    "AB",
    "AA/BB",
    "AB/AC/BC",
    "ABCDEFGH/HGFEDCBA",
    "ABABABABAB/BABABABABA",
]
sizes = st.sampled_from([1e-12, 1e-9, 1e-6, 0.1, 0.3, 1.0, 2**0.5, 10.0, 1e3, 1e6, 1e9, 1e12])
signed = sizes.flatmap(lambda size_: st.sampled_from([size_, -size_, 0.0]))
ratios = st.sampled_from([1e-9, 0.5, 0.8, 0.95, 1.0, 1.1, 2.0, 1e9])
people = st.sampled_from([1, 2, 3, 4, 7, 46, 1000, 10_000_000])
targets = st.sampled_from([0.01, 0.5, 0.8, 0.9, 0.999999])


@st.composite
def far_fetched(draw: st.DrawFn) -> dict[str, Any]:
    log_scale, design = draw(st.booleans()), draw(st.sampled_from(DESIGNS))
    unit, compared = ("cv", "mean_ratio") if log_scale else ("sd", "mean_difference")
    outcome: dict[str, Any] = {"kind": "continuous", "scale": "log" if log_scale else "additive"}
    outcome[f"within_subject_{unit}"] = draw(st.sampled_from([1e-9, 0.3, 5.0, 40.0]) if log_scale else sizes)
    if draw(st.booleans()):
        outcome[f"between_subject_{unit}"] = draw(sizes)
    if draw(st.booleans()):
        outcome["individual_response_sd"] = draw(sizes)
    if draw(st.booleans()):
        outcome["autocorrelation"] = draw(st.sampled_from([-0.99, 0.3, 0.999999]))
    kind = draw(st.sampled_from(["superiority", "non_inferiority", "equivalence", "precision", "omnibus"]))
    question: dict[str, Any] = {"kind": kind, "treatment": "A", "comparator": "B"}
    if kind == "omnibus":
        question = {"kind": kind, "means": {letter: draw(signed) for letter in sorted(set(design) - {"/"})}}
    elif kind != "precision":
        question[compared] = draw(ratios if log_scale else signed)
    if kind in {"superiority", "non_inferiority"}:
        question["better"] = draw(st.sampled_from(["higher", "lower"]))
    if kind == "non_inferiority":
        question["margin"] = (0.8 if question["better"] == "higher" else 1.25) if log_scale else draw(sizes)
    if kind == "equivalence":
        question |= {"lower_limit": 0.8, "upper_limit": 1.25} if log_scale else {"lower_limit": -draw(sizes), "upper_limit": draw(sizes)}
    if kind == "precision":
        question["ratio_half_width" if log_scale else "half_width"] = draw(st.sampled_from([1.0001, 1.2, 10.0]) if log_scale else sizes)
    analysis: dict[str, Any] = {"adjust_for_carryover": draw(st.booleans()), "sequence_effects": draw(st.booleans())}
    if kind != "precision" and draw(st.booleans()):
        analysis["alpha"] = draw(st.sampled_from([1e-10, 0.001, 0.4]))
    loss = draw(st.sampled_from([{}, {"dropout_rate": 0.999}, {"lost_before_period": [0.0] + [0.9] * (len(design.split("/")[0]) - 1)}]))
    at = {draw(st.sampled_from(["n_evaluable", "n_randomised"])): draw(people)}
    target = {} if kind == "precision" else {"target_power": draw(targets)}
    solve = draw(
        st.sampled_from(
            [
                {"for": "n", "max_n": draw(st.sampled_from([2, 100, 10_000_000]))} | target,
                {"for": "power"} | at,
                {"for": compared} | at | target,
                {"for": f"within_subject_{unit}"} | at | target,
                {"for": "half_width"} | at,
            ]
        )
    )
    return {"design": {"text": design}, "outcome": outcome, "question": question, "analysis": analysis, "attrition": loss, "solve": solve}


UNEVEN_LOSS = {  # some uneven splits of these people tell nothing of the contrast
    "design": {"text": "AB/BA"},
    "outcome": {"kind": "continuous", "scale": "log", "within_subject_cv": 1e-9, "between_subject_cv": 1e-12, "autocorrelation": 0.999999},
    "question": {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_ratio": 1e-9, "better": "higher"},
    "analysis": {"adjust_for_carryover": True, "sequence_effects": False},
    "attrition": {"dropout_rate": 0.999},
    "solve": {"for": "power", "n_evaluable": 4},
}


@settings(max_examples=min(settings().max_examples, 1_000))  # each case is a whole exploration, a twentieth of a second
@given(given_plan=far_fetched())
@example(given_plan=UNEVEN_LOSS)
def test_any_plan_that_is_read_has_an_answer_in_finite_numbers_and_whole_sentences(given_plan: dict[str, Any]) -> None:
    try:
        plan = read_plan(given_plan)
    except MalformedPlan:
        reject()

    answer = size(plan)
    said = answer.as_json()
    explored = explore(plan, answer)

    assert json.dumps(said, allow_nan=False)
    assert json.dumps(explored.model_dump(mode="json"), allow_nan=False)
    assert answer.power is None or 0.0 <= answer.power <= 1.0
    assert (said["n_evaluable"] is None) == (answer.reason is not None)
    assert size(read_plan(said["plan"])).as_json() == said
    sentences = [say(plan, answer) for say in (summary, statement, plain_statement, describe_method)]
    assert all(sentence.endswith(".") for sentence in [*sentences, hypothesis(plan)])
    assert for_people(plan, answer)
    assert steps(plan, answer)
