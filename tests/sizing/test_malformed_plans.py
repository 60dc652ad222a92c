"""A malformed plan is refused with every error at its field, in a sentence."""

from typing import Any

import pytest

from trials.sizing.plan import MalformedPlan, read_plan

Build = Any
PAIR = {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": 1.0}


def errors_of(plan: Any) -> list[dict[str, str]]:
    with pytest.raises(MalformedPlan) as refused:
        read_plan(plan)
    return refused.value.errors


REFUSED = [
    (
        {"outcome": {"within_subject_sd": "abc"}},
        "outcome.within_subject_sd",
        "within_subject_sd is the text “abc”; it must be an SD above 0",
    ),
    ({"outcome": {"within_subject_sd": 0}}, "outcome.within_subject_sd", "within_subject_sd is 0; it must be an SD above 0"),
    ({"outcome": {"within_subject_sd": -2.0}}, "outcome.within_subject_sd", "within_subject_sd is -2.0; it must be an SD above 0"),
    ({"outcome": {"within_subject_sd": float("nan")}}, "outcome.within_subject_sd", "within_subject_sd is nan"),
    ({"outcome": {"within_subject_sd": float("inf")}}, "outcome.within_subject_sd", "within_subject_sd is inf"),
    ({"outcome": {"within_subject_sd": True}}, "outcome.within_subject_sd", "within_subject_sd is true"),
    ({"outcome": {}}, "outcome.within_subject_sd", "within_subject_sd is missing"),
    ({"outcome": {"within_subject_sd": 1.0, "total_sd": 2.0}}, "outcome.total_sd", "Give within_subject_sd for a crossover"),
    ({"outcome": {"total_sd": 2.0}}, "outcome.total_sd", "a crossover needs within_subject_sd"),
    (
        {"outcome": {"within_subject_sd": 1.0, "individual_response_sd": -1.0}},
        "outcome.individual_response_sd",
        "individual_response_sd is -1.0",
    ),
    ({"outcome": {"within_subject_sd": 1.0, "autocorrelation": 1.0}}, "outcome.autocorrelation", "it must be above −1 and below 1"),
    ({"outcome": {"within_subject_sd": 1.0, "scale": "cubic"}}, "outcome.scale", "it must be additive or log"),
    ({"outcome": {"within_subject_cv": 0.3}}, "outcome.within_subject_cv", "There is no key within_subject_cv here. Did you mean"),
    (
        {"outcome": {"kind": "binry"}},
        "outcome.kind",
        "No method serves kind binry; it must be continuous, binary, ordinal or count. Did you mean",
    ),
    ({"outcome": {"kind": "binary"}}, "outcome.treatment_only", "treatment_only is missing"),
    ({"outcome": "pain"}, "outcome", "it must be an object"),
    ({"question": PAIR | {"mean_difference": "1,0"}}, "question.mean_difference", "mean_difference is the text “1,0”"),
    ({"question": PAIR | {"treatment": "C"}}, "question.treatment", "C is not a treatment of the design, which has A and B."),
    ({"question": PAIR | {"comparator": "A"}}, "question.comparator", "Treatment and comparator are both A"),
    ({"question": PAIR | {"mean_ratio": 0.9}}, "question.mean_ratio", "compared by its mean_difference"),
    ({"question": PAIR | {"margin": 0.5}}, "question.better", "which direction is better"),
    ({"question": PAIR | {"better": "up"}}, "question.better", 'it must be "higher" or "lower"'),
    ({"question": PAIR | {"kind": "superority"}}, "question.kind", "Did you mean superiority?"),
    ({"question": PAIR | {"marge": 1}}, "question.marge", "Did you mean margin?"),
    ({"question": {"kind": "superiority", "treatment": "A", "comparator": "B"}}, "question.mean_difference", "mean_difference is missing"),
    ({"question": PAIR | {"kind": "non_inferiority", "better": "higher"}}, "question.margin", "margin is missing"),
    (
        {"question": PAIR | {"kind": "equivalence", "lower_limit": 1.0, "upper_limit": -1.0}},
        "question.upper_limit",
        "must lie above the lower limit",
    ),
    (
        {"question": {"kind": "omnibus", "means": {"A": 1.0, "B": 2.0, "C": 0.0}}},
        "question.means",
        "C stands in means but not in the design",
    ),
    ({"question": {"kind": "omnibus", "means": {"A": 1.0}}}, "question.means", "means is"),
    (
        {"question": {"kind": "precision", "treatment": "A", "comparator": "B", "half_width": 1.0}},
        "solve.target_power",
        "precision has no power",
    ),
    ({"analysis": {"alpha": 0.0}}, "analysis.alpha", "it must be above 0 and below 1"),
    ({"analysis": {"alpha": 5}}, "analysis.alpha", "Rates are shares of 1: write 0.2 for 20 %."),
    (
        {"analysis": {"adjust_for_carryover": "yes"}},
        "analysis.adjust_for_carryover",
        "adjust_for_carryover is the text “yes”; it must be true or false.",
    ),
    ({"analysis": {"sequence_effects": 0}}, "analysis.sequence_effects", "sequence_effects is 0; it must be true or false."),
    ({"analysis": {"sides": True}}, "analysis.sides", "sides is true; it must be 1 or 2"),
    ({"analysis": {"sides": "2"}}, "analysis.sides", "it must be 1 or 2"),
    ({"question": PAIR | {"treatment": "a"}}, "question.treatment", "it must be one capital letter of the design"),
    ({"analysis": {"sides": 3}}, "analysis.sides", "it must be 1 or 2"),
    ({"analysis": {"adjust_for_cary": True}}, "analysis.adjust_for_cary", "Did you mean adjust_for_carryover?"),
    ({"analysis": {"degrees_of_freedom": "welch"}}, "analysis.degrees_of_freedom", "it must be anova, robust, satterthwaite or paired"),
    ({"attrition": {"dropout_rate": 1.0}}, "attrition.dropout_rate", "it must be at least 0 and below 1"),
    ({"attrition": {"dropout_rate": 20}}, "attrition.dropout_rate", "write 0.2 for 20 %"),
    ({"attrition": {"dropout_rate": -0.1}}, "attrition.dropout_rate", "dropout_rate is -0.1"),
    ({"attrition": {"lost_before_period": [0, 0.1, 0.2]}}, "attrition.lost_before_period", "There are 3 shares for 2 periods"),
    ({"attrition": {"lost_before_period": [0.1, 0.2]}}, "attrition.lost_before_period", "nobody is lost before period 1"),
    ({"attrition": {"lost_before_period": [0, 0.1], "dropout_rate": 0.1}}, "attrition.lost_before_period", "not both"),
    ({"solve": {"for": "n", "target_power": 1.2}}, "solve.target_power", "target_power is 1.2; it must be above 0 and below 1"),
    ({"solve": {"for": "n", "target_power": 90}}, "solve.target_power", "target_power is 90"),
    ({"solve": {"for": "n"}}, "solve.target_power", "target_power is missing"),
    ({"solve": {"for": "m"}}, "solve.for", "No method serves for m"),
    ({"solve": {"target_power": 0.9}}, "solve.for", "for is missing"),
    ({"solve": {"for": "power"}}, "solve.n_evaluable", "Say for how many people"),
    ({"solve": {"for": "power", "n_evaluable": 0}}, "solve.n_evaluable", "n_evaluable is 0"),
    ({"solve": {"for": "power", "n_evaluable": 10, "n_randomised": 12}}, "solve.n_randomised", "not both"),
    ({"solve": {"for": "power", "n_per_sequence": [5, 5, 5]}}, "solve.n_per_sequence", "There are 3 numbers for 2 sequences"),
    ({"solve": {"for": "mean_ratio", "n_evaluable": 10, "target_power": 0.9}}, "solve.for", "can be solved for"),
    ({"solve": {"for": "n", "target_power": 0.9, "max_n": 1e9}}, "solve.max_n", "it must be a whole number from 2 to 10,000,000"),
    ({"sovle": {}}, "sovle", "Did you mean solve?"),
]


@pytest.mark.parametrize(("part", "field", "sentence"), REFUSED, ids=[f"{row[1]}-{index}" for index, row in enumerate(REFUSED)])
def test_a_wrong_value_is_refused_at_its_field(part: dict[str, Any], field: str, sentence: str, raw: Build) -> None:
    errors = errors_of(
        raw()
        | {key: ({"kind": "continuous"} | value if key == "outcome" and isinstance(value, dict) else value) for key, value in part.items()}
    )

    assert [error["field"] for error in errors] == [field]
    assert sentence in errors[0]["message"]


@pytest.mark.parametrize(
    ("design", "field", "sentence"),
    [
        ({}, "design.sequences", "A design needs its sequences"),
        ({"text": "A" * 40 + "/" + "B" * 40}, "design.sequences", "The design has 40 periods; at most 10 are allowed."),
        ({"sequences": ["AB", "BA"] * 21}, "design.sequences", "The design has 42 sequences; at most 40 are allowed."),
        ({"text": "ABCDEFGHI/IHGFEDCBA"}, "design.sequences", "The design has 9 treatments; at most 8 are allowed."),
        ({"text": "AB/BAA"}, "design.sequences", "Sequences must have the same number of periods"),
        ({"text": "ab/ba"}, "design.sequences", "must be capital letters"),
        ({"text": "AB//BA"}, "design.sequences", "must be capital letters"),
        ({"text": "AA/AA"}, "design.sequences", "All sequences give A alone"),
        ({"text": "A" * 100_000 + "1"}, "design.sequences", "must be capital letters"),
        ({"sequences": ["AB", "BA"], "allocation": [1e-300, 1]}, "design.allocation", "from 0.001 to 1,000"),
        ({"text": ""}, "design.text", "The text of a design is its sequences"),
        ({"sequences": "AB"}, "design.sequences", "it must be a list of sequences"),
        ({"sequences": ["AB", 1]}, "design.sequences", "it must be a list of sequences"),
        ({"sequences": ["AB", "BA"], "allocation": [1]}, "design.allocation", "The allocation has 1 numbers for 2 sequences"),
        ({"sequences": ["AB", "BA"], "allocation": [1, 0]}, "design.allocation", "allocation is 0"),
        ({"sequences": ["AB", "BA"], "allocation": [1, "two"]}, "design.allocation", "allocation is the text “two”"),
        ({"sequences": ["AB", "BA"], "allocation": [1, 0.99999]}, "design.allocation", "use smaller whole numbers"),
        ({"name": "williams"}, "design.name", "needs the number of treatments"),
        (
            {"name": "williams", "treatments": "4"},
            "design.treatments",
            "treatments is the text “4”; it must be a whole number from 2 to 8.",
        ),
        ({"name": "replicate", "periods": 3.5}, "design.periods", "periods is 3.5"),
        ({"name": 5}, "design.name", "it must be text"),
        ({"text": "AB/BA", "treatments": 3}, "design.treatments", "goes with the name of a design"),
        ({"name": "latin"}, "design.name", "There is no design named 'latin'"),
        ({"name": "williams", "treatments": 12}, "design.treatments", "it may have 2 to 8"),
        ({"name": "ab_ba", "sequences": ["AB", "AA"]}, "design.sequences", "Leave out either the name or the sequences."),
        ({"name": "ab_ba", "text": "AB/BA"}, "design.text", "Give the sequences once"),
        ({"name": "ab_ba", "burden": {"cost": 1}}, "design.burden.cost", "There is no key cost here."),
        ({"sequence": ["AB", "BA"], "text": "AB/BA"}, "design.sequence", "Did you mean sequences?"),
    ],
)
def test_a_wrong_design_is_refused_at_its_field(design: dict[str, Any], field: str, sentence: str, raw: Build) -> None:
    errors = errors_of(raw() | {"design": design})

    assert field in [error["field"] for error in errors]
    assert sentence in " ".join(error["message"] for error in errors)


@pytest.mark.parametrize(
    ("analysis", "outcome", "design", "field"),
    [
        (
            {"degrees_of_freedom": "anova"},
            {"within_subject_sd": 1.0, "individual_response_sd": 1.0},
            "AB/BA",
            "analysis.degrees_of_freedom",
        ),
        ({"degrees_of_freedom": "paired"}, {"within_subject_sd": 1.0}, "ABB/BAA", "analysis.degrees_of_freedom"),
        (
            {"degrees_of_freedom": "paired", "adjust_for_carryover": True},
            {"within_subject_sd": 1.0},
            "AB/BA",
            "analysis.adjust_for_carryover",
        ),
        ({"adjust_for_carryover": True}, {"total_sd": 1.0}, "A/B", "analysis.adjust_for_carryover"),
        ({}, {"within_subject_sd": 1.0}, "A/B", "outcome.total_sd"),
    ],
)
def test_nouns_that_do_not_fit_together_are_refused(
    analysis: dict[str, Any], outcome: dict[str, Any], design: str, field: str, raw: Build
) -> None:
    assert field in [error["field"] for error in errors_of(raw(design, analysis=analysis, outcome=outcome))]


@pytest.mark.parametrize("kind", ["non_inferiority", "equivalence"])
def test_questions_of_one_side_refuse_two(kind: str, raw: Build) -> None:
    limits = {"margin": 1.0, "better": "higher"} if kind == "non_inferiority" else {"lower_limit": -1.0, "upper_limit": 1.0}

    errors = errors_of(raw(question={"kind": kind, "mean_difference": 0.0} | limits, analysis={"sides": 2}))

    assert [error["field"] for error in errors] == ["analysis.sides"]


@pytest.mark.parametrize(("better", "margin"), [("higher", 1.25), ("lower", 0.8)])
def test_a_margin_on_the_wrong_side_of_one_is_refused(better: str, margin: float, raw: Build) -> None:
    question = {"kind": "non_inferiority", "mean_ratio": 1.0, "margin": margin, "better": better}

    errors = errors_of(raw(outcome={"scale": "log", "within_subject_cv": 0.3}, question=question))

    assert [error["field"] for error in errors] == ["question.margin"]


def test_all_errors_are_found_at_once() -> None:
    errors = errors_of(
        {
            "design": {"text": "AB/BA"},
            "outcome": {"kind": "continuous", "within_subject_sd": {"from": "difference_sd", "difference_sd": -2.0}},
            "question": {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": "x"},
            "analysis": {"alpha": 2},
            "attrition": {"dropout_rate": 1},
            "solve": {"for": "n", "target_power": 0},
            "extra": 1,
        }
    )

    assert sorted(error["field"] for error in errors) == [
        "analysis.alpha",
        "attrition.dropout_rate",
        "extra",
        "outcome.within_subject_sd.difference_sd",
        "question.mean_difference",
        "solve.target_power",
    ]


@pytest.mark.parametrize("given", [None, 5, "plan", [], True])
def test_what_is_no_object_is_refused(given: Any) -> None:
    assert [error["field"] for error in errors_of(given)] == ["plan"]


def test_an_empty_plan_names_what_it_needs() -> None:
    assert [error["field"] for error in errors_of({})] == ["design", "question", "solve"]


@pytest.mark.parametrize("noun", ["design", "outcome", "question", "analysis", "attrition", "solve"])
@pytest.mark.parametrize("value", [None, [], "x", 3, {"x": {"y": [1, {"z": None}]}}])
def test_any_noun_may_be_nonsense_without_a_traceback(noun: str, value: Any, raw: Build) -> None:
    errors = errors_of(raw() | {noun: value})

    assert errors
    assert all(error["field"].split(".")[0] == noun for error in errors)
    assert all(error["message"].endswith((".", "?")) for error in errors)


@pytest.mark.parametrize("value", [1e-320, 9e-13])
def test_a_share_that_nothing_tells_from_0_is_refused(value: float) -> None:
    plan = {
        "design": {"name": "ab_ba"},
        "outcome": {"kind": "continuous", "within_subject_sd": 1.0},
        "question": {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": 1.0},
        "analysis": {"alpha": value},
        "solve": {"for": "half_width", "n_evaluable": 20},
    }

    with pytest.raises(MalformedPlan) as refused:
        read_plan(plan)

    assert refused.value.errors == [
        {"field": "analysis.alpha", "message": f"alpha is {value}; shares below 1e-12 are not told from 0. Use a larger one."}
    ]


@pytest.mark.parametrize("value", [1e300, 10**400, float("inf")])
def test_individual_responses_out_of_range_are_an_error_beside_a_converter(value: float) -> None:
    plan = {
        "design": {"name": "ab_ba"},
        "outcome": {
            "kind": "continuous",
            "within_subject_sd": {"from": "difference_sd", "difference_sd": 2.0},
            "individual_response_sd": value,
        },
        "question": {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": 1.0},
        "solve": {"for": "n", "target_power": 0.9},
    }

    with pytest.raises(MalformedPlan) as refused:
        read_plan(plan)

    assert [error["field"] for error in refused.value.errors] == ["outcome.individual_response_sd"]
