"""Every kind of question, whatever it asks: sources, an example, sentences, a derivation, and an answer that can be had again."""

import json
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from trials.sizing.answer import Answer
from trials.sizing.asked import asked
from trials.sizing.explain import for_people, steps
from trials.sizing.plan import Plan, read_plan
from trials.sizing.question import KINDS, AnyQuestion
from trials.sizing.reading import read_any
from trials.sizing.size import size
from trials.sizing.wording import describe_method, hypothesis, plain_statement, statement, summary

PLANS = Path(settings.BASE_DIR) / "fixtures" / "plans"
SENTENCES = {"hypothesis", "statement", "plain statement", "summary", "method"}
LEFT_OVER = ("None", "nan", "inf ", "  ", "{", "}", " .", "..")


@cache
def plans_of(tag: str) -> tuple[Plan, ...]:
    """The example plans of a kind, each with one question."""
    found = []
    for path in sorted(PLANS.glob("*.json")):
        plan = read_any(json.loads(path.read_text()))
        found += [one for one in ([plan] if isinstance(plan, Plan) else plan.plans()) if type(one.question) is KINDS[tag]]
    return tuple(found)


@cache
def example(tag: str) -> tuple[Plan, Answer]:
    plan = next(plan for plan in plans_of(tag) if size(plan).reason is None)
    return plan, size(plan)


def said(tag: str) -> dict[str, str]:
    plan, answer = example(tag)
    return {
        "hypothesis": hypothesis(plan),
        "statement": statement(plan, answer),
        "plain statement": plain_statement(plan, answer),
        "summary": summary(plan, answer),
        "method": describe_method(plan, answer),
    }


every_kind = pytest.mark.parametrize("tag", KINDS)


@every_kind
def test_a_kind_states_its_formula_and_names_its_sources(tag: str) -> None:
    kind = KINDS[tag]

    text = kind.__doc__ or ""

    assert "Notes\n    -----\n" in text
    assert len(text.partition("-----\n")[2].strip()) > 60
    assert kind.references
    assert all(len(source) > 20 for source in kind.references)


@every_kind
def test_a_kind_has_an_example_plan_with_an_answer(tag: str) -> None:
    plan, answer = example(tag)

    assert (tag.rpartition(" ")[2], answer.reason) == (plan.question.kind, None)
    assert answer.n_evaluable


@every_kind
def test_a_kind_is_put_into_whole_sentences(tag: str) -> None:
    texts = said(tag)

    assert set(texts) == SENTENCES
    for text in texts.values():
        assert text[:1].isupper() or text[:1].isdigit()
        assert text.endswith(".")
        assert not [rest for rest in LEFT_OVER if rest in text]


@pytest.mark.parametrize("sort", sorted(SENTENCES))
def test_no_two_kinds_say_the_same(sort: str) -> None:
    texts = {tag: said(tag)[sort] for tag in KINDS}

    assert len(set(texts.values())) == len(KINDS)


@every_kind
def test_a_kind_is_derived_step_by_step(tag: str) -> None:
    plan, answer = example(tag)

    found = steps(plan, answer)

    assert [int(step.partition(".")[0]) for step in found] == list(range(1, len(found) + 1))
    assert all(step.endswith("]") and not step.endswith("[]") for step in found)
    assert hypothesis(plan) in for_people(plan, answer)


@every_kind
def test_the_plan_that_an_answer_echoes_gives_the_same_answer(tag: str) -> None:
    for plan in plans_of(tag):
        answer = size(plan).as_json()

        again = size(read_plan(json.loads(json.dumps(answer["plan"], allow_nan=False)))).as_json()

        assert again == answer


@every_kind
def test_a_kind_names_the_quantity_that_it_estimates(tag: str) -> None:
    for plan in plans_of(tag):
        measure = asked(plan).measure(plan)

        assert measure[0].isupper()
        assert not measure.endswith(".")
        assert not [rest for rest in LEFT_OVER if rest in measure]
        assert "_" not in measure.partition("shapes")[0]


def test_a_question_with_something_around_it_names_the_same_quantity() -> None:
    for tag in ("superiority", "non_inferiority", "equivalence"):
        around = [plan for plan in plans_of(tag) if asked(plan) is not plan.question]

        assert all(asked(plan).measure(plan) == plan.question.measure(plan) for plan in around)
    assert any(asked(plan) is not plan.question for plan in plans_of("superiority"))


@pytest.mark.parametrize(
    ("question", "design", "outcome", "measure"),
    [
        (
            {"kind": "moderator", "treatment": "A", "comparator": "B", "moderator": {"kind": "binary", "prevalence": 0.36, "difference_in_effect": -1.0}},
            "ab_ba",
            "additive",
            "Difference in the mean within-person difference, A − B, between people who have the moderator and those who do not",
        ),
        (
            {
                "kind": "moderator",
                "treatment": "A",
                "comparator": "B",
                "moderator": {"kind": "categorical", "shares": {"AA": 0.5, "AG": 0.3, "GG": 0.2}, "effects": {"AA": -0.1, "AG": 0.1, "GG": 0.2}},
            },
            "ab_ba",
            "log",
            "Ratios of the mean within-person ratio, A ÷ B, among AA, AG and GG",
        ),
        ({"kind": "omnibus", "means": {"A": 0, "B": 1}}, "ab_ba", "additive", "Mean within-person differences among A and B"),
        ({"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": 1.0}, "parallel", "total", "Mean difference between people, A − B"),
        (
            {"kind": "many_to_one", "comparator": "B", "mean_differences": {"A": 1.0}},
            "parallel",
            "total",
            "Mean difference between people, A − B",
        ),
    ],
)  # fmt: skip
def test_the_quantity_says_within_or_between_and_difference_or_ratio(
    question: dict[str, object], design: str, outcome: str, measure: str
) -> None:
    outcomes = {
        "additive": {"kind": "continuous", "within_subject_sd": 1.0},
        "total": {"kind": "continuous", "total_sd": 1.0},
        "log": {"kind": "continuous", "scale": "log", "within_subject_cv": 0.3},
    }
    plan = read_plan(
        {"design": {"name": design}, "outcome": outcomes[outcome], "question": question, "solve": {"for": "power", "n_evaluable": 60}}
    )

    assert asked(plan).measure(plan) == measure


def test_every_kind_of_question_is_registered_once() -> None:
    assert len(set(KINDS.values())) == len(KINDS)
    assert all(issubclass(kind, AnyQuestion) for kind in KINDS.values())
