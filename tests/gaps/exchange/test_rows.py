"""Rows of any model, as a reader of a whole register gives them, refer to each other and to the register."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from gaps.exchange.apply import write
from gaps.exchange.plan import Plan, make_plan
from gaps.exchange.record import Key, Reading, Record, Row
from gaps.models import Citation, Claim, Estimate, Evidence, Gap, Source, Study, Term

pytestmark = pytest.mark.django_db


def reading_of(*rows: Row) -> Reading:
    records = tuple(Record(number, str(number), (row,)) for number, row in enumerate(rows, 1))
    return Reading(records, (), len(records))


def graph(**estimate: Any) -> Reading:
    """A study with a figure, what it means for two gaps, a claim that it judges, and a reference, each a record of its own."""
    term = Row(Term, {"scheme": "outcome", "slug": "morning-pain", "label": "Morning pain", "better": "lower"})
    study = Row(Study, {"slug": "bested-2023", "label": "Bested 2023", "design": "crossover", "n_randomised": 58})
    figure = Row(
        Estimate,
        {"study": study, "slug": "pain", "label": "Pain", "measure": "p_value", "p_value": 0.4, "outcome_domain": term, **estimate},
    )
    article = Key(Source, ("naltrexone-for-analgesia",))
    return reading_of(
        term,
        study,
        figure,
        Row(Evidence, {"gap": Key(Gap, ("GAP-0001",)), "study": study, "estimate": figure, "role": "contradicts"}),
        Row(Evidence, {"gap": Key(Gap, ("GAP-0017",)), "study": study, "role": "contradicts"}),
        Row(
            Claim,
            {
                "source": article,
                "slug": "x",
                "quote": "a claim",
                "status": "outdated",
                "issue": "Later trials.",
                "gaps": [Key(Gap, ("GAP-0017",))],
            },
        ),
        Row(Citation, {"citing": article, "cited": Key(Source, ("brown-2009",)), "number": 8}),
    )


def verdicts(plan: Plan) -> list[str]:
    return [decision.verdict.name.lower() for decision in plan.decisions]


def test_rows_that_refer_to_each_other_are_written_together_and_found_again(curator: User) -> None:
    plan = make_plan(graph(), curator)

    write(plan, curator, "a test")

    assert verdicts(plan) == ["new"] * 6 + ["same"]
    estimate = Estimate.objects.get(study__slug="bested-2023")
    assert (estimate.p_value, str(estimate.outcome_domain)) == (0.4, "Morning pain")
    assert {(link.gap.uid, link.estimate) for link in Evidence.objects.filter(study=estimate.study)} == {
        ("GAP-0001", estimate),
        ("GAP-0017", None),
    }
    assert list(Claim.objects.get(slug="x").gaps.values_list("uid", flat=True)) == ["GAP-0017"]
    assert verdicts(make_plan(graph(), curator, overwrite=True)) == ["same"] * 7


def test_a_row_that_its_table_refuses_takes_those_that_refer_to_it_along(curator: User) -> None:
    plan = make_plan(graph(value=2.0, ci_low=0.1, ci_high=0.9, ci_level=0.95), curator)

    assert verdicts(plan) == ["new", "new", "refused", "refused", "new", "new", "same"]
    assert [failure.problem for failure in plan.failures()] == [
        "The value lies between the lower and the upper limit.",
        "What it refers to is not taken in.",
    ]


def test_a_row_that_is_not_in_the_register_is_named(curator: User) -> None:
    plan = make_plan(
        reading_of(Row(Citation, {"citing": Key(Source, ("nowhere",)), "cited": Key(Source, ("brown-2009",)), "number": 1})), curator
    )

    assert [failure.problem for failure in plan.failures()] == ["There is no source nowhere."]
