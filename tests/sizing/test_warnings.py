"""What deserves a second look is said beside the answer, and nothing else is."""

from typing import Any

from trials.sizing.answer import Answer


def codes(answer: Answer) -> list[str]:
    return [warning.code for warning in answer.warnings]


def test_a_difference_on_the_wrong_side_warns(ask: Any) -> None:
    answer = ask(question={"mean_difference": 1.0, "better": "lower"})

    assert codes(answer) == ["difference_on_wrong_side", "carryover_not_separable"]
    assert answer.warnings[0].message.startswith("The assumed mean_difference 1 (A compared with B) is on the wrong side: lower is better")
    assert answer.n_evaluable == 46


def test_the_right_side_does_not_warn(ask: Any) -> None:
    assert codes(ask("ABB/BAA", question={"mean_difference": -1.0, "better": "lower"})) == []


def test_a_small_loss_within_the_margin_is_no_wrong_side(ask: Any) -> None:
    within = ask("ABB/BAA", question={"kind": "non_inferiority", "mean_difference": 0.2, "margin": 1.0, "better": "lower"})
    beyond = ask("ABB/BAA", question={"kind": "non_inferiority", "mean_difference": 1.2, "margin": 1.0, "better": "lower"})

    assert codes(within) == []
    assert codes(beyond) == ["difference_beyond_margin"]


def test_very_few_people_warn(ask: Any) -> None:
    assert codes(ask("ABB/BAA", question={"mean_difference": -4.0, "better": "lower"})) == ["very_small_n"]


def test_the_paired_test_warns_of_period_effects(ask: Any) -> None:
    assert codes(ask(analysis={"degrees_of_freedom": "paired"})) == ["carryover_not_separable", "period_effect_ignored"]


def test_loss_by_period_without_the_sd_between_people_warns(ask: Any) -> None:
    lost = {"attrition": {"lost_before_period": [0, 0.1, 0.2]}}

    without = ask("ABB/BAA", **lost)
    with_it = ask("ABB/BAA", outcome={"within_subject_sd": 2**0.5, "between_subject_sd": 1.0}, **lost)

    assert codes(without) == ["between_subject_sd_missing"]
    assert codes(with_it) == []
    assert with_it.n_randomised <= without.n_randomised
