"""Several questions of one trial: one n for all, each one's power, and error rates that are said and kept."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydantic import ValidationError
from scipy import stats

from tests.sizing.far import at_most
from tests.sizing.test_size_command import run
from trials.sizing.answer import Answer
from trials.sizing.plan import MalformedPlan, Plan, read_plan
from trials.sizing.reading import read_any
from trials.sizing.sensitivity import explore
from trials.sizing.several.answer import JointAnswer
from trials.sizing.several.explain import for_people, steps
from trials.sizing.several.plan import JointPlan
from trials.sizing.several.wording import hypothesis, multiplicity_in_words, plain_statement, statement, summary
from trials.sizing.size import size
from trials.sizing.wording import Names

PAIN = {
    "name": "pain",
    "question": {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": -1.0, "better": "lower"},
}
SLEEP = {
    "name": "sleep",
    "question": {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": 1.0},
    "outcome": {"kind": "continuous", "within_subject_sd": 1.6},
}
WIDTH = {"name": "width", "question": {"kind": "precision", "treatment": "A", "comparator": "B", "half_width": 0.5}}
HARM = {"name": "harm", "question": {"kind": "rate_increase", "person_time_rate": 1.5, "ratio_to_exclude": 2}, "target_power": 0.8}
FIRST = {"name": "first event", "question": {"kind": "first_event", "event_rate": 0.05}}
PLAN = Path(settings.BASE_DIR) / "fixtures" / "plans" / "several-questions.json"


def plan_of(*questions: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {
        "design": {"name": "ab_ba"},
        "outcome": {"kind": "continuous", "within_subject_sd": 2.0**0.5},
        "questions": deepcopy(list(questions)),
        "solve": {"for": "n", "target_power": 0.9},
    } | parts


def read(*questions: dict[str, Any], **parts: Any) -> JointPlan:
    plan = read_any(plan_of(*questions, **parts))
    assert isinstance(plan, JointPlan)
    return plan


def ask(*questions: dict[str, Any], **parts: Any) -> JointAnswer:
    return size(read(*questions, **parts))


def alone(question: dict[str, Any], **parts: Any) -> Answer:
    """The same question as a plan of its own."""
    solve = {"for": "n", "target_power": question.get("target_power", 0.9)}
    base = {
        "design": {"name": "ab_ba"},
        "outcome": question.get("outcome", {"kind": "continuous", "within_subject_sd": 2.0**0.5}),
        "solve": solve,
    }
    return size(read_plan(base | {"question": question["question"]} | parts))


# the numbers


def test_a_plan_with_one_question_is_read_as_before(raw: Any) -> None:
    plan = read_any(raw())

    assert isinstance(plan, Plan)
    assert plan == read_plan(raw())


def test_n_is_the_largest_that_a_question_needs_alone() -> None:
    answer = ask(PAIN, SLEEP, attrition={"dropout_rate": 0.2})

    assert (answer.n_evaluable, answer.n_randomised) == (alone(SLEEP).n_evaluable, 70)
    assert {name: one.n_evaluable for name, one in answer.questions.items()} == {
        "pain": alone(PAIN).n_evaluable,
        "sleep": alone(SLEEP).n_evaluable,
    }
    assert {name: one.drives_n for name, one in answer.questions.items()} == {"pain": False, "sleep": True}


def test_each_question_has_the_power_that_it_would_have_alone_with_so_many_people() -> None:
    answer = ask(PAIN, SLEEP)

    for entry in (PAIN, SLEEP):
        at = {"for": "power", "n_evaluable": answer.n_evaluable}
        assert answer.questions[str(entry["name"])].power == alone(entry, solve=at).power


def test_the_order_of_the_questions_does_not_matter_without_a_sequence() -> None:
    forwards, backwards = ask(PAIN, SLEEP, WIDTH), ask(WIDTH, SLEEP, PAIN)

    assert forwards.questions == backwards.questions
    assert forwards.n_evaluable == backwards.n_evaluable


def test_at_a_given_n_each_question_says_what_it_has() -> None:
    answer = ask(PAIN, WIDTH, solve={"for": "power", "n_evaluable": 40})

    assert answer.questions["pain"].power == alone(PAIN, solve={"for": "power", "n_evaluable": 40}).power
    assert answer.questions["width"].half_width == pytest.approx(stats.t.ppf(0.975, 38) * (4 / 40) ** 0.5 * 0.9934, abs=1e-4)
    assert (answer.n_evaluable, answer.questions["pain"].drives_n, answer.questions["pain"].n_evaluable) == (40, None, None)


def test_a_question_may_have_a_target_of_its_own() -> None:
    answer = ask(PAIN | {"target_power": 0.8}, SLEEP | {"target_power": 0.8}, solve={"for": "n"})

    assert answer.questions["pain"].n_evaluable == 34
    assert answer.questions["pain"].target_power == 0.8


EXPOSED = {"exposure": {"follow_up_years": 0.25, "share_on_drug": 0.5}}


def test_a_dip_of_a_sawtooth_raises_the_common_n_above_what_each_needs_alone() -> None:
    # 52 people are enough to exclude the doubling, but 54 and 58 are not
    at_54, at_56, at_58 = (ask(PAIN | {"target_power": target}, HARM, **EXPOSED) for target in (0.947, 0.955, 0.962))

    assert [one.n_evaluable for one in at_54.questions.values()] == [54, 52]
    assert [one.n_evaluable for one in at_56.questions.values()] == [56, 52]
    assert [one.n_evaluable for one in at_58.questions.values()] == [58, 52]
    assert [one.n_evaluable for one in (at_54, at_56, at_58)] == [56, 56, 60]
    assert [one.questions["harm"].drives_n for one in (at_54, at_56, at_58)] == [True, False, True]


@pytest.mark.parametrize("target", [0.8, 0.9, 0.947, 0.962, 0.97])
def test_all_questions_have_enough_at_the_common_n_and_not_at_any_smaller_one(target: float) -> None:
    answer = ask(PAIN | {"target_power": target}, HARM, **EXPOSED)
    harm = {key: value for key, value in HARM.items() if key != "target_power"}

    def all_enough(n: int) -> bool:
        at = ask(PAIN, harm, solve={"for": "power", "n_evaluable": n}, **EXPOSED).questions
        return (at["pain"].power or 0.0) >= target and (at["harm"].power or 0.0) >= 0.8

    assert answer.n_evaluable == next(n for n in range(4, 200, 2) if all_enough(n))


def test_loss_by_period_counts_what_was_observed() -> None:
    answer = ask(PAIN, SLEEP, attrition={"lost_before_period": [0, 0.1]})

    assert answer.n_randomised == max(one.n_randomised or 0 for one in answer.questions.values())
    assert answer.n_evaluable == pytest.approx((answer.n_randomised or 0) * 0.9)


def test_questions_of_harm_alone_need_no_design() -> None:
    given_ = {"questions": [FIRST], "solve": {"for": "n", "target_power": 0.95}}
    plan = read_any(given_)

    assert isinstance(plan, JointPlan)
    assert size(plan).n_evaluable == 59


def test_what_the_questions_share_reaches_only_those_that_have_a_use_for_it() -> None:
    plan = read(PAIN, WIDTH, FIRST, analysis={"alpha": 0.01, "sides": 2, "adjust_for_carryover": False}, **EXPOSED)

    assert [one.analysis.alpha for one in plan.questions] == [0.01, None, None]
    assert [one.outcome is None for one in plan.plans()] == [False, False, True]
    assert [one.exposure is None for one in plan.plans()] == [True, True, False]


# error rates


@pytest.mark.parametrize(("multiplicity", "alpha"), [("none", 0.05), ("bonferroni", 0.025), ("holm", 0.025), ("fixed_sequence", 0.05)])
def test_the_level_is_divided_among_the_tests_and_not_among_estimates(multiplicity: str, alpha: float) -> None:
    answer = ask(PAIN, SLEEP, WIDTH, multiplicity=multiplicity)

    assert [one.alpha_used for one in answer.questions.values()] == [alpha, alpha, None]
    assert answer.questions["pain"].n_evaluable == alone(PAIN, analysis={"alpha": alpha}).n_evaluable


@pytest.mark.parametrize(("multiplicity", "family"), [("none", 0.1), ("bonferroni", 0.05), ("holm", 0.05), ("fixed_sequence", 0.05)])
def test_the_chance_of_any_false_finding_is_said(multiplicity: str, family: float) -> None:
    answer = ask(PAIN, SLEEP, multiplicity=multiplicity)

    assert answer.family_error == pytest.approx(family)
    assert f"{family:g}" in multiplicity_in_words(answer.plan)
    assert multiplicity_in_words(answer.plan) in answer.method


TRIALS = 60_000


def p_values(n: int, effects: tuple[float, float], sds: tuple[float, float], correlation: float) -> NDArray[np.float64]:
    """AB/BA trials with two outcomes of the same people, analysed by the t test of period differences; shape (trials, 2)."""
    rng = np.random.default_rng(11)
    half = n // 2
    found = []
    noise = rng.standard_normal((TRIALS, n, 2))
    noise[:, :, 1] = correlation * noise[:, :, 0] + (1 - correlation**2) ** 0.5 * noise[:, :, 1]
    for k in range(2):
        # half of the within-person difference, treated − comparator, with a period effect of opposite sign in the two sequences
        d = effects[k] + 2**0.5 * sds[k] * noise[:, :, k]
        d[:, :half] += 0.4
        d[:, half:] -= 0.4
        estimate = (d[:, :half].mean(axis=1) + d[:, half:].mean(axis=1)) / 2
        pooled = (d[:, :half].var(axis=1, ddof=1) + d[:, half:].var(axis=1, ddof=1)) / 2
        found.append(2 * stats.t.sf(np.abs(estimate) / np.sqrt(pooled / n), n - 2))
    return np.array(found).T


def agrees(happened: NDArray[np.bool_], chance: float) -> bool:
    error = float(np.sqrt(chance * (1 - chance) / len(happened)))
    assert error <= 0.003
    return bool(abs(happened.mean() - chance) <= 4 * error)


@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_simulated_trials_with_two_outcomes_keep_what_is_promised(correlation: float) -> None:
    small = SLEEP | {"question": SLEEP["question"] | {"mean_difference": 0.8}}  # type: ignore[operator]
    at = {"for": "power", "n_evaluable": 40}
    told = {rule: ask(PAIN, small, multiplicity=rule, solve=at) for rule in ("none", "bonferroni", "holm", "fixed_sequence")}
    p = p_values(40, (-1.0, 0.8), (2.0**0.5, 1.6), correlation)

    def power(rule: str, name: str) -> float:
        return told[rule].questions[name].power or 0.0

    for k, name in enumerate(("pain", "sleep")):
        assert agrees(p[:, k] <= 0.05, power("none", name))
        assert agrees(p[:, k] <= 0.025, power("bonferroni", name))
        assert not agrees(p[:, k] <= 0.025, power("none", name))
        by_holm = (p[:, k] <= 0.025) | ((p[:, k] <= 0.05) & (p[:, 1 - k] <= 0.025))
        assert by_holm.mean() >= power("holm", name)
    in_sequence = (p[:, 0] <= 0.05) & (p[:, 1] <= 0.05)
    assert (told["fixed_sequence"].questions["sleep"].power_with_those_before or 0.0) <= in_sequence.mean()
    assert not agrees(in_sequence, power("fixed_sequence", "sleep"))  # the power of the test alone promises too much
    assert (told["none"].power_all_at_least or 0.0) <= in_sequence.mean() <= (told["none"].power_all_at_most or 0.0)


@pytest.mark.parametrize(("rule", "most"), [("bonferroni", 0.05), ("holm", 0.05), ("fixed_sequence", 0.05)])
def test_simulated_trials_without_any_difference_find_one_no_more_often_than_said(rule: str, most: float) -> None:
    p = p_values(20, (0.0, 0.0), (1.0, 1.0), 0.3)
    found = {
        "bonferroni": (p <= 0.025).any(axis=1),
        "holm": (p <= 0.025).any(axis=1),
        "fixed_sequence": p[:, 0] <= 0.05,
    }[rule]

    assert ask(PAIN, SLEEP, multiplicity=rule).family_error == pytest.approx(most)
    assert found.mean() <= most + 4 * np.sqrt(most * (1 - most) / TRIALS)
    assert (p <= 0.05).any(axis=1).mean() > most + 4 * np.sqrt(most * (1 - most) / TRIALS)  # uncorrected


@at_most(1_000)
@given(
    n=st.integers(3, 60),
    effects=st.tuples(st.floats(0.1, 3), st.floats(0.1, 3)),
    rule=st.sampled_from(["none", "bonferroni", "holm", "fixed_sequence"]),
)
def test_chances_of_several_questions_are_chances(n: int, effects: tuple[float, float], rule: str) -> None:
    questions = [{"name": f"q{k}", "question": PAIN["question"] | {"mean_difference": -effect}} for k, effect in enumerate(effects)]  # type: ignore[operator]
    answer = ask(*questions, multiplicity=rule, solve={"for": "power", "n_evaluable": 2 * n})

    powers = [one.power or 0.0 for one in answer.questions.values()]
    assert all(0 <= power <= 1 for power in powers)
    assert 0 <= (answer.power_all_at_least or 0.0) <= (answer.power_all_at_most or 0.0) == min(powers)


# what is said


def test_the_shipped_plan_in_words() -> None:
    plan = read_any(json.loads(PLAN.read_text()))
    assert isinstance(plan, JointPlan)
    answer = size(plan)
    names = Names(treatments={"A": "LDN", "B": "placebo"}, outcome="pain", unit="points")

    assert summary(plan, answer, {"pain": names}).startswith(
        "80 randomised participants (64 evaluable) answer all 3 questions: “pain” with 97.6 % power, “sleep is not worse” with 93.6 % power"
    )
    said = statement(plan, answer, {"pain": names})
    assert "One trial answers 3 questions." in said
    assert "a mean difference of −1 point in pain (LDN compared with placebo; lower is better)" in said
    assert "“how large the effect is” decides the common number, 64." in said
    assert "That it is reached and succeeds has a chance of at least 91.2 %." in said
    assert "Its expected half-width is 0.4977." in said
    assert said.endswith(
        "To allow for 20 % of participants not completing all periods, 80 are randomised, 40 to each of the sequences AB and BA."
    )
    plainly = plain_statement(plan, answer, {"pain": names})
    assert plainly.startswith(
        "The trial starts with 80 people. Each person takes LDN and placebo, one after the other, in an order decided by chance."
    )
    assert (
        "Pain: If LDN truly gives a value 1 point lower than placebo on average, the chance that the trial will show it is about 98 in 100."
        in plainly
    )
    assert hypothesis(plan).startswith("“pain”: Null hypothesis: the mean difference A − B is 0.")
    assert "Together: the smallest n at which all have enough is 64; alone they need 46, 44, 64." in steps(plan, answer)[-1]
    assert "decides n" in for_people(plan, answer)


def test_a_crossover_with_a_question_of_harm_says_what_it_cannot_tell() -> None:
    plan = read(PAIN, FIRST, exposure={"follow_up_years": 0.25, "share_on_drug": 0.5})
    answer = size(plan)

    assert "First event: If 1 in 20 people have the event" in plain_statement(plan, answer)
    assert "It cannot tell what happens to people who take the drug for years." in plain_statement(plan, answer)
    assert [warning.code for warning in answer.warnings if warning.message.startswith("“first event”: ")] == [
        "crossover_is_too_short",
        "time_off_the_drug_not_counted",
    ]


def test_the_plan_of_an_answer_sizes_again_to_the_same() -> None:
    for rule in ("none", "holm"):
        answer = ask(PAIN, SLEEP, WIDTH, HARM, multiplicity=rule, attrition={"dropout_rate": 0.1}, **EXPOSED)
        again = read_any(json.loads(json.dumps(answer.as_json()["plan"])))

        assert isinstance(again, JointPlan)
        assert size(again).as_json() == answer.as_json()


def test_an_answer_can_be_read_from_its_json() -> None:
    answer = ask(PAIN, SLEEP)

    assert JointAnswer.model_validate(answer.as_json()).questions == answer.questions
    with pytest.raises(ValidationError):
        JointAnswer.model_validate(answer.as_json() | {"n": 1})


def test_the_curves_show_the_power_of_every_question_that_has_one() -> None:
    plan = read(PAIN, SLEEP, WIDTH)
    answer = size(plan)
    curves = explore(plan, answer).question_curves

    assert curves is not None
    assert [curve.name for curve in curves.curves] == ["pain", "sleep"]
    assert curves.n_evaluable_planned == answer.n_evaluable
    for curve in curves.curves:
        at = curves.n_evaluable.index(float(answer.n_evaluable or 0))
        assert curve.power[at] == pytest.approx(answer.questions[curve.name].power)
        assert curve.target_power == 0.9


# what is refused, and what has no answer


def errors_of(plan: Any) -> list[tuple[str, str]]:
    with pytest.raises(MalformedPlan) as refused:
        read_any(plan)
    return [(error["field"], error["message"]) for error in refused.value.errors]


BAD = {"kind": "non_inferiority", "treatment": "A", "comparator": "B", "mean_difference": 0.0, "better": "lower"}


@pytest.mark.parametrize(
    ("plan", "field", "said"),
    [
        (plan_of(PAIN, {"name": "ni", "question": BAD}), "questions.1.question.margin", "margin is missing"),
        (plan_of(PAIN, {"name": "ni", "question": {"kind": "superority"}}), "questions.1.question.kind", "Did you mean superiority?"),
        (
            plan_of(PAIN, SLEEP | {"outcome": {"kind": "continuous"}}),
            "questions.1.outcome.within_subject_sd",
            "within_subject_sd is missing",
        ),
        (plan_of(PAIN, SLEEP | {"analysis": {"alpha": 2}}), "questions.1.analysis.alpha", "above 0 and below 1"),
        (plan_of(PAIN, SLEEP | {"target_power": 2}), "questions.1.target_power", "above 0 and below 1"),
        (plan_of(PAIN, WIDTH | {"target_power": 0.9}), "questions.1.target_power", "precision has no power"),
        (plan_of(PAIN, SLEEP | {"aim": 1}), "questions.1.aim", "There is no key aim here."),
        (plan_of(PAIN, PAIN), "questions.1.name", "Question 1 is called pain, too"),
        (plan_of(PAIN, {"question": PAIN["question"]}), "questions.1.name", "name is missing"),
        (plan_of(PAIN, {"name": "nothing"}), "questions.1.question", "question is missing"),
        (plan_of(PAIN, "sleep"), "questions.1", "must be an object with a name and a question"),  # type: ignore[arg-type]
        (plan_of(*[PAIN | {"name": str(k)} for k in range(11)]), "questions", "There are 11 questions; at most 10"),
        (plan_of(), "questions", "questions must be a list of objects"),
        (plan_of(PAIN) | {"questions": {"pain": PAIN}}, "questions", "questions must be a list of objects"),
        (plan_of(PAIN, SLEEP, multiplicity="hochberg"), "multiplicity", "must be none, bonferroni, holm or fixed_sequence"),
        (plan_of(PAIN, SLEEP, question=PAIN["question"]), "question", "not both"),
        (plan_of(PAIN, SLEEP, prior={"effect_standard_error": 0.1}), "prior", "belongs to one question"),
        (plan_of(PAIN, SLEEP, desing={}), "desing", "Did you mean design?"),
        (plan_of(PAIN, SLEEP, solve={"for": "n"}), "solve.target_power", "target_power is missing"),
        (plan_of(PAIN, SLEEP, design={"text": "AB/BAA"}), "design.sequences", "the same number of periods"),
        (plan_of(PAIN, SLEEP, outcome={"kind": "continuous"}), "outcome.within_subject_sd", "For “pain”: within_subject_sd is missing"),
        (plan_of(PAIN, {"name": "ni", "question": BAD | {"margin": 1.0}}, analysis={"sides": 2}), "analysis.sides", "For “ni”: "),
        (plan_of(SLEEP), "outcome", "No question uses the plan's outcome"),
        (plan_of(PAIN, exposure={"follow_up_years": 1}), "exposure", "None of these questions counts time"),
        (
            plan_of(PAIN, SLEEP | {"target_power": 0.8}, solve={"for": "power", "n_evaluable": 9}),
            "questions.1.target_power",
            "leave target_power out",
        ),
    ],
)
def test_a_malformed_plan_is_refused_at_its_place(plan: Any, field: str, said: str) -> None:
    errors = errors_of(plan)

    assert [place for place, _ in errors] == [field]
    assert said in errors[0][1]


def test_a_verb_for_one_question_is_refused_for_several() -> None:
    errors = dict(errors_of(plan_of(PAIN, SLEEP, solve={"for": "mean_difference", "n_evaluable": 40, "target_power": 0.9})))

    assert errors["solve.for"] == "Several questions can be solved for n or power, not for mean_difference."


def test_one_question_without_an_answer_leaves_the_others_theirs() -> None:
    answer = ask(PAIN, SLEEP | {"analysis": {"adjust_for_carryover": True}})

    assert answer.as_json()["n_evaluable"] is None
    assert answer.questions["pain"].n_evaluable == 46
    assert answer.questions["sleep"].reason is not None
    assert answer.reason is not None
    assert answer.reason.startswith("“sleep”: Sequences AB and BA cannot separate carry-over")
    assert "have no common sample size" in statement(answer.plan, answer)
    assert "cannot answer all of its questions" in plain_statement(answer.plan, answer)
    assert explore(answer.plan, answer).question_curves is None


def test_at_a_given_n_a_question_without_an_answer_is_said() -> None:
    carryover = SLEEP | {"analysis": {"adjust_for_carryover": True}}
    answer = ask(PAIN, carryover, solve={"for": "power", "n_evaluable": 40})

    assert answer.questions["pain"].power is not None
    assert "“sleep” has no answer: Sequences AB and BA cannot separate" in statement(answer.plan, answer)
    assert "no answer" in for_people(answer.plan, answer)
    assert (answer.power_all_at_least, answer.reason) == (None, None)


# the command


def test_the_command_answers_several_questions_for_people_and_as_json() -> None:
    people, machine = run(str(PLAN), "--explain", "--stress"), run(str(PLAN), "--json", "--stress")

    assert people.returncode == 0
    assert people.stdout.startswith("80 randomised participants (64 evaluable) answer all 3 questions")
    assert "“pain” alone:" in people.stdout
    answer = json.loads(machine.stdout)
    assert answer["questions"]["how large the effect is"]["drives_n"] is True
    assert sorted(answer["stress"]) == ["pain", "sleep is not worse"]


def test_lines_may_hold_plans_of_both_sorts(raw: Any) -> None:
    lines = [json.dumps(raw()), json.dumps(plan_of(PAIN, SLEEP)), json.dumps(plan_of(PAIN, PAIN))]

    answers = [json.loads(line) for line in run("--lines", given="\n".join(lines)).stdout.splitlines()]

    assert [answer.get("n_evaluable") for answer in answers] == [46, 56, None]
    assert answers[2]["error"][0]["field"] == "questions.1.name"


def test_designs_are_compared_for_one_question_at_a_time() -> None:
    done = run(str(PLAN), "--compare", "ABB/BAA")

    assert done.returncode == 1
    assert "Designs are compared for one question at a time" in done.stderr
