"""Derived figures against published numbers, against own arithmetic, and what is refused."""

import json
from collections.abc import Callable
from math import log, sqrt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from gaps.derivations import FORMULAS, agrees, steps, work_out
from gaps.derivations import text as derivation_text


def found(formula: str, **inputs: Any) -> float:
    return work_out({"formula": formula, "inputs": inputs})


def then(formula: str, **inputs: Any) -> dict[str, Any]:
    return {"formula": formula, "inputs": inputs}


FINAL = then("se_from_interval", low=-0.95, high=0.27, level=0.95, df=97)
INNOVA = then("se_from_p_value", difference=0.49, p_value=0.236, df=96)
YOUNGER = then("se_from_p_value", difference=28.8 - 18.0, p_value=0.016, df=27)
DULOXETINE = then("se_from_p_value", difference=4.1 - 6.0, p_value=0.001, df=24)
SRINIVASAN = then("se_from_interval", low=-1.11, high=4.13, level=0.95, df=66)

# What ldn-evidence.md, sections 3, 4, 6, 7.1 and 9, prints, to the digits it prints.
PUBLISHED = [
    ("FINAL, SD of change from the difference", "sd_from_group_se", {"standard_error": FINAL, "n_1": 49, "n_2": 50}, 1.53, 2),
    ("FINAL, SD of change on LDN", "sd_from_interval", {"low": -1.7, "high": -0.8, "level": 0.95, "n": 49}, 1.57, 2),
    ("FINAL, SD of change on placebo", "sd_from_interval", {"low": -1.4, "high": -0.5, "level": 0.95, "n": 50}, 1.58, 2),
    ("FINAL, SD of change from d", "sd_from_standardised_difference", {"difference": -0.34, "standardised_difference": 0.23}, 1.48, 2),
    ("INNOVA, SD of change from p", "sd_from_group_se", {"standard_error": INNOVA, "n_1": 48, "n_2": 50}, 2.03, 2),
    ("INNOVA, if d is of 0.31", "sd_from_standardised_difference", {"difference": 0.31, "standardised_difference": 0.19}, 1.63, 2),
    ("INNOVA, if d is of 0.49", "sd_from_standardised_difference", {"difference": 0.49, "standardised_difference": 0.19}, 2.58, 2),
    ("Younger 2013", "difference_sd_from_se", {"standard_error": YOUNGER, "n": 28}, 22.2, 1),
    ("Younger 2013 in points", "from_per_cent", {"per_cent": 22.2, "whole": 6.8}, 1.5, 1),
    ("Srinivasan 2021", "difference_sd_from_se", {"standard_error": SRINIVASAN, "n": 67}, 10.7, 1),
    ("duloxetine, low back pain", "difference_sd_from_se", {"standard_error": DULOXETINE, "n": 25}, 2.54, 2),
    ("duloxetine, correlation", "correlation_from_sds", {"sd_1": 2.9, "sd_2": 2.7, "difference_sd": 2.54}, 0.59, 2),
    ("Bested 2023, FIQR", "sd_from_iqr", {"iqr": 18.55}, 13.8, 1),
    ("Bested 2023, summed pain", "sd_from_iqr", {"iqr": 6.33}, 4.7, 1),
    (
        "Cree 2010, MCS",
        "difference_sd_from_se",
        {"standard_error": then("se_from_p_value", difference=3.3, p_value=0.04, df=59), "n": 60},
        12.2,
        1,
    ),
    (
        "Cree 2010, PES",
        "difference_sd_from_se",
        {"standard_error": then("se_from_p_value", difference=1.6, p_value=0.04, df=59), "n": 60},
        5.9,
        1,
    ),
    ("SD after entry restriction", "ratio", {"first": 2.04, "second": 1.39}, 1.47, 2),
    ("default SD of the difference", "difference_sd_from_correlation", {"total_sd": 2.0, "correlation": 0.5}, 2.0, 9),
    ("default within-subject SD", "within_subject_sd_from_difference_sd", {"difference_sd": 2.0}, 1.41, 2),
    ("day to day, 3 days", "spearman_brown", {"reliability": 0.65, "k": 3}, 0.85, 2),
    ("day to day, 5 days", "spearman_brown", {"reliability": 0.65, "k": 5}, 0.903, 3),
    ("day to day, 14 days", "spearman_brown", {"reliability": 0.65, "k": 14}, 0.96, 2),
    ("no event in 48, exact", "zero_event_upper_limit", {"n": 48, "level": 0.95}, 0.0605, 4),
    ("no event in 100, exact", "zero_event_upper_limit", {"n": 100, "level": 0.95}, 0.0295, 4),
    ("no event in 48, rule of three", "rule_of_three", {"n": 48}, 0.0625, 9),
    ("lost in three crossovers of LDN", "share", {"events": 28, "n": 140}, 0.20, 9),
    ("FINAL, responders apart", "difference", {"first": 0.45, "second": 0.28}, 0.17, 9),
]


@pytest.mark.parametrize(("formula", "inputs", "printed", "digits"), [row[1:] for row in PUBLISHED], ids=[str(row[0]) for row in PUBLISHED])
def test_each_derived_number_of_the_evidence_file_comes_out(formula: str, inputs: dict[str, Any], printed: float, digits: int) -> None:
    assert round(found(formula, **inputs), digits) == printed


# Every formula by another road than its own code, in the numbers given.
OWN = [
    ("se_from_interval", {"low": -0.95, "high": 0.27, "level": 0.95, "df": 97}, lambda: 0.61 / stats.t.ppf(0.975, 97)),
    ("se_from_interval", {"low": 1.0, "high": 3.0, "level": 0.9, "df": 1e13}, lambda: 1 / stats.norm.ppf(0.95)),
    ("se_from_p_value", {"difference": -2.0, "p_value": 0.05, "df": 12}, lambda: 2 / stats.t.isf(0.025, 12)),
    ("se_from_sd", {"sd": 3.0, "n": 36}, lambda: 0.5),
    ("se_of_mean_difference", {"sd_1": 3.0, "n_1": 9, "sd_2": 4.0, "n_2": 16}, lambda: sqrt(2.0)),
    ("se_of_share", {"share": 0.2, "n": 100}, lambda: 0.04),
    ("se_of_risk_difference", {"p_1": 0.45, "n_1": 49, "p_2": 0.28, "n_2": 50}, lambda: sqrt(0.2475 / 49 + 0.2016 / 50)),
    ("log_se_from_interval", {"low": 1.27, "high": 1.49, "level": 0.95}, lambda: log(1.49 / 1.27) / 2 / stats.norm.ppf(0.975)),
    ("sd_from_interval", {"low": 4.0, "high": 6.0, "level": 0.95, "n": 25}, lambda: 5 / stats.t.ppf(0.975, 24)),
    ("sd_from_group_se", {"standard_error": 0.5, "n_1": 8, "n_2": 8}, lambda: 1.0),
    ("sd_from_standardised_difference", {"difference": -3.0, "standardised_difference": 0.5}, lambda: 6.0),
    ("sd_from_iqr", {"iqr": 2 * stats.norm.ppf(0.75) * 5}, lambda: 5 * 2 * stats.norm.ppf(0.75) / 1.349),
    ("pooled_sd", {"sd_1": 2.9, "n_1": 25, "sd_2": 2.7, "n_2": 25}, lambda: sqrt((2.9**2 + 2.7**2) / 2)),
    ("pooled_sd", {"sd_1": 1.0, "n_1": 3, "sd_2": 2.0, "n_2": 2}, lambda: sqrt(6 / 3)),
    ("difference_sd_from_se", {"standard_error": 0.3, "n": 100}, lambda: 3.0),
    ("difference_sd_from_correlation", {"total_sd": 3.0, "correlation": -1}, lambda: 6.0),
    ("within_subject_sd_from_difference_sd", {"difference_sd": 3 * sqrt(2)}, lambda: 3.0),
    ("correlation_from_sds", {"sd_1": 3.0, "sd_2": 4.0, "difference_sd": 5.0}, lambda: 0.0),
    ("spearman_brown", {"reliability": 0.5, "k": 2}, lambda: 2 / 3),
    ("difference", {"first": -1.3, "second": -0.9}, lambda: -0.4),
    ("ratio", {"first": 45, "second": 28}, lambda: 45 / 28),
    ("from_per_cent", {"per_cent": 50, "whole": 7}, lambda: 3.5),
    ("share", {"events": 0, "n": 7}, lambda: 0.0),
    ("share_lower_limit", {"events": 11, "n": 25, "level": 0.95}, lambda: stats.binomtest(11, 25).proportion_ci(0.95).low),
    ("share_upper_limit", {"events": 11, "n": 25, "level": 0.95}, lambda: stats.binomtest(11, 25).proportion_ci(0.95).high),
    ("share_lower_limit", {"events": 0, "n": 48, "level": 0.9}, lambda: 0.0),
    ("share_upper_limit", {"events": 0, "n": 48, "level": 0.9}, lambda: 1 - 0.05 ** (1 / 48)),
    ("share_upper_limit", {"events": 48, "n": 48, "level": 0.9}, lambda: 1.0),
    ("zero_event_upper_limit", {"n": 300, "level": 0.95}, lambda: stats.beta.ppf(0.95, 1, 300)),
    ("rule_of_three", {"n": 3000}, lambda: 0.001),
]


@pytest.mark.parametrize(("formula", "inputs", "expected"), OWN)
def test_each_formula_agrees_with_another_road(formula: str, inputs: dict[str, Any], expected: Callable[[], float]) -> None:
    assert found(formula, **inputs) == pytest.approx(expected(), rel=1e-10, abs=1e-15)


def test_every_formula_has_a_published_number_or_another_road() -> None:
    assert set(FORMULAS) == {row[0] for row in OWN} | {row[1] for row in PUBLISHED}
    assert set(FORMULAS) == {row[0] for row in OWN}


def test_the_rule_names_every_formula_as_people_know_it() -> None:
    assert all(formula.rule and formula.source and str(formula.label) for formula in FORMULAS.values())


@pytest.mark.parametrize(
    ("formula", "inputs", "says"),
    [
        ("se_from_interval", {"low": 0.27, "high": -0.95, "level": 0.95, "df": 97}, "high (upper limit) is -0.95, but must be above low."),
        ("se_from_interval", {"low": 1, "high": 1, "level": 0.95, "df": 97}, "high (upper limit) is 1, but must be above low."),
        ("se_from_interval", {"low": 1, "high": 2, "level": 95, "df": 97}, "level (confidence level) is 95, but must be below 1."),
        (
            "se_from_interval",
            {"low": 1, "high": 2, "level": 0.95, "df": 0},
            "df (degrees of freedom of the t test) is 0, but must be above 0.",
        ),
        ("se_from_interval", {"low": 1, "high": 2, "level": 0.95}, "df (degrees of freedom of the t test) is missing or no number."),
        ("se_from_interval", {"low": "1", "high": 2, "level": 0.95, "df": 9}, "low (lower limit) is missing or no number."),
        ("se_from_interval", {"low": True, "high": 2, "level": 0.95, "df": 9}, "low (lower limit) is missing or no number."),
        ("se_from_interval", {"low": 10**400, "high": 2, "level": 0.95, "df": 9}, "low (lower limit) is missing or no number."),
        ("se_from_interval", {"low": 1, "high": float("nan"), "level": 0.95, "df": 9}, "high (upper limit) is missing or no number."),
        (
            "se_from_interval",
            {"low": 1, "high": 2, "level": 0.95, "df": 9, "n": 10},
            "n is no input of it; it takes low, high, level, df.",
        ),
        ("se_from_p_value", {"difference": 0, "p_value": 0.5, "df": 9}, "difference (difference) is 0, but must not be 0."),
        ("se_from_p_value", {"difference": 1, "p_value": 1, "df": 9}, "p_value (two-sided p value) is 1, but must be below 1."),
        ("share", {"events": 5, "n": 4}, "events (participants with the event) is 5, but must be at most n."),
        ("share", {"events": -1, "n": 4}, "events (participants with the event) is -1, but must be at least 0."),
        ("share", {"events": 1.5, "n": 4}, "events (participants with the event) is 1.5, but must be a whole number."),
        ("pooled_sd", {"sd_1": 1, "n_1": 1, "sd_2": 1, "n_2": 2}, "n_1 (participants of one group) is 1, but must be at least 2."),
        (
            "correlation_from_sds",
            {"sd_1": 1, "sd_2": 1, "difference_sd": 3},
            "these inputs give -3.5, and only -1 to 1 is possible; they do not fit together.",
        ),
        ("ratio", {"first": 1, "second": 0}, "second (second figure, the comparator's) is 0, but must not be 0."),
    ],
)
def test_an_input_that_cannot_be_is_named(formula: str, inputs: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        found(formula, **inputs)

    assert refused.value.messages == [f"{FORMULAS[formula].label}: {says}"]


@pytest.mark.parametrize("derivation", [{}, {"formula": "magic"}, {"formula": None}, {"formula": ["share"]}])
def test_what_is_no_formula_is_refused_with_those_there_are(derivation: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="is no formula; choose one of se_from_interval, "):
        work_out(derivation)


def test_numbers_too_large_to_hold_give_no_number() -> None:
    with pytest.raises(ValidationError, match="these inputs give no number"):
        found("se_of_mean_difference", sd_1=1e200, n_1=2, sd_2=1e200, n_2=2)


def test_an_input_may_be_derived_and_its_step_is_told_first() -> None:
    derivation = then("difference_sd_from_se", standard_error=YOUNGER, n=28)

    told = steps(derivation)

    assert [step.formula.name for step in told] == ["se_from_p_value", "difference_sd_from_se"]
    assert [(item.name, item.derived) for item in told[1].inputs] == [("standard_error", True), ("n", False)]
    assert told[1].inputs[0].value == told[0].result
    assert told[0].result == pytest.approx(10.8 / stats.t.isf(0.008, 27))
    assert work_out(derivation) == told[1].result


def test_a_wrong_input_of_an_inner_step_is_named_with_its_formula() -> None:
    inner = then("se_from_p_value", difference=10.8, p_value=1.6, df=27)

    with pytest.raises(ValidationError) as refused:
        found("difference_sd_from_se", standard_error=inner, n=28)

    assert refused.value.messages == ["Standard error from a two-sided p value: p_value (two-sided p value) is 1.6, but must be below 1."]


def test_steps_inside_one_another_end_somewhere() -> None:
    derivation: dict[str, Any] = then("difference", first=1, second=1)
    for _level in range(3):
        derivation = then("difference", first=derivation, second=1)

    assert work_out(derivation) == -3
    with pytest.raises(ValidationError, match="at most 4 steps"):
        found("difference", first=derivation, second=1)


def test_a_stored_value_agrees_to_nine_digits_and_no_further_off() -> None:
    value = work_out(FINAL)

    assert agrees(FINAL, value)
    assert agrees(json.loads(json.dumps(FINAL)), float(f"{value:.12g}"))
    assert not agrees(FINAL, value * (1 + 1e-8))


# What is typed at the desk


@pytest.mark.parametrize(
    ("text", "inputs"),
    [
        ("low = -0.95, high = 0.27, level = 0.95, df = 97", {"low": -0.95, "high": 0.27, "level": 0.95, "df": 97}),
        ("low: −0.95\nhigh=.27;  level\t= 9.5e-1\n\ndf = 97,", {"low": -0.95, "high": 0.27, "level": 0.95, "df": 97}),
        ("", {}),
        (
            "standard_error = se_from_p_value(\n  difference = 10.8, p_value = 0.016, df = 27\n)\nn = 28",
            {"standard_error": {"formula": "se_from_p_value", "inputs": {"difference": 10.8, "p_value": 0.016, "df": 27}}, "n": 28},
        ),
    ],
)
def test_inputs_are_read_as_people_type_them(text: str, inputs: dict[str, Any]) -> None:
    assert derivation_text.read(text) == inputs


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("low = -0.95\nhigh 0.27", "Line 2, “high 0.27”: write each input as name = number, such as low = -0.95."),
        ("low = -0.95\nhigh = 0.2x", "Line 2, “high = 0.2x”: high is “0.2x”, which is no number; write it with a point, such as 0.05."),
        ("low = , high = 1", "Line 1, “low = , high = 1”: low is “”, which is no number; write it with a point, such as 0.05."),
        ("level = 95%", "Line 1, “level = 95%”: level is “95%”, which is no number; write it with a point, such as 0.05."),
        ("high = 0,27", "Line 1, “high = 0,27”: write decimals with a point, such as 0.05."),
        ("low = 1, low = 2", "Line 1, “low = 1, low = 2”: low is given twice."),
        ("n = share(events = 1, n = 2", "Line 1, “n = share(events = 1, n = 2”: the bracket behind share is not closed."),
        ("n = 2)", "Line 1, “n = 2)”: this bracket is not opened."),
        ("n = a(n = b(n = c(n = d(n = 1))))", "Line 1, “n = a(n = b(n = c(n = d(n = 1))))”: at most 4 formulas stand inside one another."),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        derivation_text.read(text)

    assert refused.value.messages == [says]


names = st.from_regex(r"[a-z]\w{0,8}", fullmatch=True)
numbers = st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False)
inputs_of_one = st.dictionaries(names, numbers, max_size=5)


@given(
    st.dictionaries(names, numbers | st.builds(lambda name, inner: {"formula": name, "inputs": inner}, names, inputs_of_one), max_size=5)
)
def test_what_is_written_is_read_again_as_it_was(inputs: dict[str, Any]) -> None:
    assert derivation_text.read(derivation_text.write(inputs)) == inputs


@given(st.text(alphabet="low=high()-0.95,;\n e+x9", max_size=60))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    said = ""
    inputs: dict[str, Any] = {}
    try:
        inputs = derivation_text.read(text)
    except ValidationError as refused:
        said = refused.messages[0]

    assert not said or said.startswith("Line ")
    assert derivation_text.read(derivation_text.write(inputs)) == inputs
