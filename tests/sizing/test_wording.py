"""The sentences hold the numbers of the answer and nothing else."""

from typing import Any

import pytest

from trials.sizing.size import size
from trials.sizing.wording import Names, describe_method, hypothesis, percent, plain_statement, statement, summary

NAMES = Names(
    treatments={"A": "LDN 4.5 mg once daily", "B": "placebo"},
    outcome="mean daily pain",
    instrument="0–10 numerical rating scale",
    unit="points",
)
PAIN = {"outcome": {"within_subject_sd": {"from": "difference_sd", "difference_sd": 2.0}}, "attrition": {"dropout_rate": 0.2}}


def test_the_pain_trial_in_words(planned: Any) -> None:
    plan = planned(**PAIN)
    answer = size(plan)

    assert summary(plan, answer, NAMES) == "58 randomised participants (46 evaluable) give 91.2 % power."
    assert statement(plan, answer, NAMES) == (
        "With the crossover design AB/BA, 46 evaluable participants give 91.2 % power (target 90 %). This assumes a mean difference of −1 point in mean daily "
        "pain (0–10 numerical rating scale) (LDN 4.5 mg once daily compared with placebo; lower is better) and an SD of the within-person difference of 2 points "
        "(within-subject SD 1.414). The comparison is a two-sided t test for superiority at a significance level of 0.05, from a model with sequence, subject, "
        "period and treatment effects. To allow for 20 % of participants not completing all periods, 58 are randomised, 29 to each of the sequences AB and BA."
    )
    assert plain_statement(plan, answer, NAMES) == (
        "The trial starts with 58 people. Each person takes LDN 4.5 mg once daily and placebo, one after the other, in an order decided by chance. About 20 % may "
        "leave before the end, so that about 46 complete it. If LDN 4.5 mg once daily truly gives a value 1 point lower than placebo on average, the chance that "
        "the trial will show it is about 91 in 100."
    )
    assert (
        hypothesis(plan, NAMES)
        == "Null hypothesis: the mean difference A − B is 0 points. Alternative: it is not 0 points. Two-sided test at alpha 0.05."
    )
    assert "difference_sd" not in describe_method(plan, answer)


@pytest.mark.parametrize(
    ("question", "outcome", "sentence"),
    [
        (
            {"kind": "non_inferiority", "mean_difference": 0.0, "margin": 1.0, "better": "lower"},
            {"within_subject_sd": 2.0},
            "the mean difference A − B is 1 point or more. Alternative: it is below 1 point. One-sided test at alpha 0.025.",
        ),
        (
            {"kind": "non_inferiority", "mean_difference": 0.0, "margin": 1.0, "better": "higher"},
            {"within_subject_sd": 2.0},
            "is −1 point or less. Alternative: it is above −1 point.",
        ),
        (
            {"mean_difference": 2.0, "margin": 0.5, "better": "higher"},
            {"within_subject_sd": 2.0},
            "is 0.5 points or less. Alternative: it is above 0.5 points.",
        ),
        (
            {"mean_difference": -2.0, "margin": 0.5, "better": "lower"},
            {"within_subject_sd": 2.0},
            "is −0.5 points or more. Alternative: it is below −0.5 points.",
        ),
        (
            {"kind": "equivalence", "mean_ratio": 0.95, "lower_limit": 0.8, "upper_limit": 1.25},
            {"scale": "log", "within_subject_cv": 0.3},
            "the mean ratio A ÷ B is 0.8 or less, or 1.25 or more. Alternative: it lies between 0.8 and 1.25. Two one-sided tests, each at alpha 0.05.",
        ),
    ],
)
def test_hypotheses_say_the_boundary_with_its_sign(question: dict[str, Any], outcome: dict[str, Any], sentence: str, planned: Any) -> None:
    assert sentence in hypothesis(planned(question=question, outcome=outcome), NAMES)


@pytest.mark.parametrize(
    ("design", "parts"),
    [
        ("ABC/BCA/CAB", {"question": {"kind": "omnibus", "means": {"A": 0.0, "B": 1.0, "C": 1.0}}}),
        ("AB/BA", {"question": {"kind": "precision", "half_width": 0.5}, "solve": {"for": "n"}}),
        ("AB/BA", {"outcome": {"scale": "log", "within_subject_cv": 0.3}, "question": {"mean_ratio": 0.8}}),
        ("AB/BA", {"solve": {"for": "half_width", "n_evaluable": 30}}),
        ("AB/BA", {"solve": {"for": "mean_difference", "n_evaluable": 30, "target_power": 0.9}}),
        ("AB/BA", {"solve": {"for": "within_subject_sd", "n_evaluable": 30, "target_power": 0.9}}),
        ("AB/BA", {"analysis": {"adjust_for_carryover": True}}),
        ("A/B", {"outcome": {"total_sd": 2.0}}),
        ("ABB/BAA", {"outcome": {"within_subject_sd": 1.0, "between_subject_sd": 1.0}, "attrition": {"lost_before_period": [0, 0.1, 0.2]}}),
        (
            "AB/BA",
            {"outcome": {}, "question": {}, "solve": {"for": "mean_difference", "n_evaluable": 30, "target_power": 0.9}, "analysis": {}}
            | {"outcome": {"within_subject_sd": 1.0}},
        ),
    ],
)
def test_every_kind_of_answer_has_its_sentences(design: str, parts: dict[str, Any], planned: Any) -> None:
    plan = planned(design, **parts)
    answer = size(plan)

    sentences = [
        summary(plan, answer, NAMES),
        statement(plan, answer, NAMES),
        plain_statement(plan, answer, NAMES),
        hypothesis(plan, NAMES),
        describe_method(plan, answer),
    ]

    assert all(sentence.endswith(".") for sentence in sentences)
    assert not any("None" in sentence or "nan" in sentence.split() for sentence in sentences)


@pytest.mark.parametrize(
    ("share", "shown"), [(0.9125, "91.2 %"), (0.9, "90 %"), (0.99999, "> 99.9 %"), (0.0001, "< 0.1 %"), (1.0, "100 %"), (0.0, "0 %")]
)
def test_per_cent_is_never_rounded_to_certainty(share: float, shown: str) -> None:
    assert percent(share, 1) == shown


@pytest.mark.parametrize(
    ("unit", "shown"),
    [
        ("points", "1 point"),
        ("points on the scale", "1 point on the scale"),
        ("percentage points", "1 percentage point"),
        ("mmHg", "1 mmHg"),
        ("", "1"),
        ("loss", "1 loss"),
        ("ms", "1 ms"),
    ],
)
def test_one_is_said_in_the_singular(unit: str, shown: str) -> None:
    assert Names(unit=unit).amount(1.0) == shown
    assert Names(unit=unit).amount(2.0) == f"2 {unit}".rstrip()


def test_loss_by_period_counts_those_who_start(planned: Any) -> None:
    plan = planned(
        "ABB/BAA", outcome={"within_subject_sd": 2**0.5, "between_subject_sd": 1.0}, attrition={"lost_before_period": [0, 0.1, 0.2]}
    )
    answer = size(plan)

    found = statement(plan, answer, NAMES)

    assert f"{answer.n_randomised} randomised participants, of whom {answer.n_evaluable:g} complete all periods, give" in found
    assert "Losses of 0 %, 10 %, 20 % before the successive periods are allowed for" in found


def test_individual_responses_are_said_beside_a_converted_sd(planned: Any) -> None:
    plan = planned(
        "ABBA/BAAB", outcome={"within_subject_sd": {"from": "difference_sd", "difference_sd": 2.0}, "individual_response_sd": 1.0}
    )

    found = statement(plan, size(plan), NAMES)

    assert (
        "an SD of the within-person difference of 2 points (within-subject SD 1.225), with an SD of 1 between people in the true difference"
        in found
    )
