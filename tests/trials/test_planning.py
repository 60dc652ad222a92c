"""A stored protocol meets the engine."""

import math
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from trials import planning
from trials.models import PlannedQuestion, Protocol, Sizing
from trials.protocol.content import digest
from trials.sizing.plan import read_plan
from trials.sizing.size import size

pytestmark = pytest.mark.django_db


def question_of(protocol: Protocol) -> PlannedQuestion:
    question = protocol.primary_question
    assert question is not None
    return question


def test_the_proposed_draft_is_sized_as_published_planning_numbers_say(protocol: Protocol, researcher: User) -> None:
    sizing = planning.save_sizing(question_of(protocol), researcher)

    assert (sizing.answer["n_evaluable"], sizing.answer["n_randomised"]) == (46, 58)
    assert math.isclose(sizing.answer["power"], 0.9124983603, abs_tol=1e-9)
    assert sizing.witness is not None
    assert math.isclose(sizing.witness["power"], sizing.answer["power"], abs_tol=1e-9)
    assert sizing.witness["agrees"]


def test_eighty_per_cent_power_needs_34_evaluable_and_44_randomised(protocol: Protocol, researcher: User) -> None:
    question = question_of(protocol)
    question.target_power = 0.8
    question.save()

    sizing = planning.save_sizing(question, researcher)

    assert (sizing.answer["n_evaluable"], sizing.answer["n_randomised"]) == (34, 44)


def test_the_same_figure_read_as_within_subject_sd_needs_twice_the_people(protocol: Protocol, researcher: User) -> None:
    question = question_of(protocol)
    question.difference_sd, question.within_subject_sd = None, 2.0
    question.save()
    question.assumption_sources.filter(assumption="within_subject_sd").update(note="A pilot of ours.")

    sizing = planning.save_sizing(question, researcher)

    assert sizing.answer["n_evaluable"] == 88
    assert sizing.plan["outcome"]["within_subject_sd"] == 2.0


@pytest.mark.parametrize(("sequences", "n_evaluable"), [("ABB/BAA", 34), ("ABBA/BAAB", 22), ("AB/BA/AA/BB", 88)])
def test_other_designs_of_two_treatments_are_sized_with_a_second_opinion_too(
    sequences: str, n_evaluable: int, protocol: Protocol, researcher: User
) -> None:
    protocol.sequences = sequences
    protocol.save()

    sizing = planning.save_sizing(question_of(Protocol.objects.get()), researcher)

    assert sizing.answer["n_evaluable"] == n_evaluable
    assert sizing.witness is not None
    assert sizing.witness["agrees"]


def test_the_stored_plan_gives_the_stored_answer_again(protocol: Protocol, researcher: User) -> None:
    sizing = planning.save_sizing(question_of(protocol), researcher)
    sizing.refresh_from_db()

    again = size(read_plan(sizing.plan)).as_json()

    assert again == sizing.answer
    assert digest(sizing.plan) == sizing.plan_digest


def test_a_difference_on_the_wrong_side_warns(protocol: Protocol, researcher: User) -> None:
    question = question_of(protocol)
    question.mean_difference = 1.0
    question.save()

    found = planning.preview(protocol, question, protocol.labels())

    assert found is not None
    assert "difference_on_wrong_side" in {warning.code for warning in found.answer.warnings}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mean_difference", None),
        ("difference_sd", None),
        ("dropout_rate", None),
        ("target_power", None),
        ("outcome", ""),
        ("unit", ""),
        ("better", ""),
    ],
)
def test_an_incomplete_draft_is_not_sized_and_says_what_is_missing(name: str, value: Any, protocol: Protocol, researcher: User) -> None:
    question = question_of(protocol)
    setattr(question, name, value)
    question.save()
    protocol = Protocol.objects.get(pk=protocol.pk)

    with pytest.raises(planning.NotReadyError) as lacking:
        planning.save_sizing(question_of(protocol), researcher)

    assert lacking.value.args == tuple(protocol.missing())
    assert len(protocol.missing()) == 1
    assert not Sizing.objects.exists()


def test_an_assumption_without_its_source_is_not_sized(protocol: Protocol, researcher: User) -> None:
    question_of(protocol).assumption_sources.filter(assumption="dropout_rate").delete()
    protocol = Protocol.objects.get(pk=protocol.pk)

    assert protocol.missing() == ["where the value comes from: loss"]


def test_a_report_still_says_what_was_true_when_it_was_saved(protocol: Protocol, researcher: User) -> None:
    sizing = planning.save_sizing(question_of(protocol), researcher)
    before = sizing.snapshot

    protocol.title = "Another title"
    protocol.save()
    sizing.refresh_from_db()

    assert sizing.snapshot == before
    assert sizing.snapshot["protocol_title"] == "LDN against placebo"


@pytest.mark.parametrize("statement", ["UPDATE trials_sizing SET engine_version = '0'", "UPDATE trials_sizing SET answer = '{}'"])
def test_the_database_refuses_to_change_a_stored_sizing(statement: str, protocol: Protocol, researcher: User) -> None:
    sizing = planning.save_sizing(question_of(protocol), researcher)

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    stored = Sizing.objects.get(pk=sizing.pk)
    assert (stored.engine_version, stored.answer) == (sizing.engine_version, sizing.answer)


def test_the_example_protocols_size_again_to_their_stored_numbers(researcher: User) -> None:
    call_command("loaddata", "protocols", verbosity=0)
    sizings = Sizing.objects.all()

    for sizing in sizings:
        protocol = sizing.question.protocol
        assert planning.plan_of(protocol, sizing.question) == sizing.plan
        again = size(read_plan(sizing.plan)).as_json()
        assert {name: again[name] for name in ("n_evaluable", "n_randomised")} == {
            name: sizing.answer[name] for name in ("n_evaluable", "n_randomised")
        }
        assert again.get("power") == pytest.approx(sizing.answer.get("power"), abs=1e-12)
        assert digest(sizing.plan) == sizing.plan_digest
        assert protocol.missing() == []

    numbers = {sizing.question.protocol.uid: (sizing.answer["n_evaluable"], sizing.answer["n_randomised"]) for sizing in sizings}
    assert numbers == {
        "PRO-0001": (46, 58),
        "PRO-0002": (40, 60),
        "PRO-0003": (172, 216),
        "PRO-0004": (299, 468),
        "PRO-0005": (158, 198),
    }
