"""The register's own JSON: out, in, and out again."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from gaps.exchange.apply import NotTakenIn, plan_of, take_in
from gaps.exchange.plan import Plan
from gaps.exports import graph
from gaps.exports.canonical import canonical
from gaps.models import Estimate, Evidence, Gap, GapReason, ImportBatch, StatusChange, Study, Term
from tests.conftest import GUARDS

pytestmark = pytest.mark.django_db


def document(*, everything: bool = True) -> dict[str, Any]:
    gaps = Gap.objects.all() if everything else Gap.objects.in_scope()
    return json.loads(graph.text_of(gaps))  # type: ignore[no-any-return]


def batch(content: Any, user: User) -> ImportBatch:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
    return ImportBatch.objects.create(
        file_name="register.json", format="register_json", content=text.encode(), content_sha256="0" * 64, uploaded_by=user
    )


def refused(content: Any, user: User) -> list[tuple[str, str]]:
    plan: Plan = plan_of(batch(content, user), user)
    assert plan.reading.in_file == len(plan.reading.records) + len(plan.reading.failures)
    return [(failure.field, failure.problem) for failure in plan.failures()]


class Editor:
    """Runs statements inside the test's transaction, where SQLite's own schema editor refuses to work."""

    connection = connection

    def execute(self, statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)


def emptied() -> None:
    """The register without a row, as on a new installation; what the database never deletes is let go for it."""
    for guards in GUARDS:
        guards.drop(None, Editor())
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        for model in apps.get_app_config("gaps").get_models(include_auto_created=True):
            if model is not ImportBatch:
                cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: S608  # our own tables
    for guards in GUARDS:
        guards.make(None, Editor())


@pytest.fixture
def rich(curator: User) -> User:
    """The fixture's register with a study, a figure, evidence and a part of a gap beside it."""
    pain = Term.objects.create(scheme="outcome", slug="some-pain", label="Pain", unit="points", scale_min=0, scale_max=10, better="lower")
    study = Study.objects.create(slug="some-study", label="Some study", design="parallel", start_date="2020-02-01", n_randomised=99)
    derivation = {"standard_error": {"formula": "se_from_interval", "inputs": {"low": -0.95, "high": 0.27, "level": 0.95, "df": 97}}}
    figure = Estimate(
        study=study, slug="pain", label="pain", outcome_domain=pain, measure="mean_difference", value=-0.34, derivation=derivation
    )
    figure.full_clean()
    figure.save()
    whole = Gap.objects.get(uid="GAP-0001")
    Gap.objects.create(uid="GAP-0018", title="Low doses", parent=whole, dose_low_mg=0.1, dose_high_mg=1.0, outcome_domain=pain)
    whole.parent = Gap.objects.get(uid="GAP-0011")  # a part whose whole comes later in the file
    whole.burden = "=1+1 “quoted” \\ Ünïcödé 🙂 \N{RIGHT-TO-LEFT OVERRIDE}"
    whole.save()
    Evidence.objects.create(gap=whole, study=study, estimate=figure, role="supports")
    Evidence.objects.create(gap=whole, study=study, role="planning_input")
    return curator


def test_what_goes_out_comes_in_unchanged_and_goes_out_again_the_same(rich: User) -> None:
    first = graph.text_of(Gap.objects.all())

    plan = take_in(batch(first, rich), rich)

    again = json.loads(graph.text_of(Gap.objects.all()))
    assert plan.changes_nothing()
    assert plan.failures() == []
    assert canonical(again["content"]) == canonical(json.loads(first)["content"])


def test_an_empty_register_becomes_the_same_register(rich: User) -> None:
    first = document()
    emptied()
    assert not Gap.objects.exists()

    plan = take_in(batch(first, rich), rich)

    second = document()
    assert plan.failures() == []
    assert canonical(second["content"]) == canonical(first["content"])
    assert second["content_sha256"] == first["content_sha256"]
    proposed = Gap.objects.filter(status="proposed").count()
    assert StatusChange.objects.filter(to_status="proposed", actor=rich).count() == proposed > 10
    assert GapReason.objects.filter(primary=True).count() == Gap.objects.filter(reasons__isnull=False).distinct().count()


def test_no_file_verifies_a_gap(rich: User) -> None:
    changed = document()
    for gap in changed["content"]["gaps"]:
        if gap["uid"] == "GAP-0002":
            gap["status"] = "verified"
    take_in(batch(changed, rich), rich)
    in_place = Gap.objects.get(uid="GAP-0002").status
    emptied()

    take_in(batch(changed, rich), rich)

    assert in_place == "proposed"
    assert Gap.objects.get(uid="GAP-0002").status == "proposed"


def test_taking_it_in_twice_changes_nothing(rich: User) -> None:
    changed = document()
    changed["content"]["gaps"][1]["setting"] = "Outpatient clinics"

    first = take_in(batch(changed, rich), rich)
    second = take_in(batch(changed, rich), rich)

    assert not first.changes_nothing()
    assert second.changes_nothing()


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda d: d.update(schema_version=2), ("schema_version", "The file has schema version 2; this register reads version 1.")),
        (lambda d: d.pop("content"), ("content", "The file holds no object “content”.")),
        (lambda d: d["content"].update(gaps={}), ("gaps", "“gaps” is no list.")),
        (lambda d: d["content"]["gaps"][0].update(colour="red"), ("colour", "The register has no field of this name here.")),
        (lambda d: d["content"]["gaps"].append(7), ("gaps", "This entry is no object.")),
        (lambda d: d["content"]["gaps"][0].update(status="solved"), ("status", "solved is no status.")),
        (
            lambda d: d["content"]["reasons"][0].update(gap="GAP-7777"),
            ("gap", "It belongs to the gap GAP-7777, which the file does not hold."),
        ),
        (lambda d: d["content"]["studies"][0].update(sources="x"), ("sources", "This is no list.")),
        (lambda d: d["content"]["estimates"][0].update(study=7), ("study", "7 does not name a study.")),
        (lambda d: d["content"]["estimates"][0].update(study="nowhere"), ("study", "There is no study nowhere.")),
        (lambda d: d["content"]["registrations"].append({"study": "some-study", "identifier": "NCT0427877"}), ("identifier", None)),
    ],
)
def test_a_malformed_file_names_its_field_and_changes_nothing(rich: User, spoil: Any, expected: tuple[str, str | None]) -> None:
    spoiled = document()
    spoil(spoiled)
    before = document()["content"]

    found = refused(spoiled, rich)

    field, problem = expected
    assert field in {name for name, _problem in found}
    assert problem is None or (field, problem) in found
    with pytest.raises(NotTakenIn):
        take_in(batch(spoiled, rich), rich)
    assert document()["content"] == before


def test_a_cut_off_file_names_the_line(rich: User) -> None:
    text = graph.text_of(Gap.objects.all())

    plan = plan_of(batch(text[: len(text) // 2], rich), rich)

    assert len(plan.failures()) == 1
    assert plan.failures()[0].line > 100
    assert plan.failures()[0].field == "JSON"


def test_a_line_is_that_of_the_entry(rich: User) -> None:
    spoiled = document()
    spoiled["content"]["sources"][3]["colour"] = "red"
    text = json.dumps(spoiled, ensure_ascii=False, indent=1)
    wanted = next(at for at, line in enumerate(text.splitlines(), 1) if f'"slug": "{spoiled["content"]["sources"][3]["slug"]}"' in line)

    failure = plan_of(batch(text, rich), rich).failures()[0]

    assert failure.line == wanted - 1  # the brace that opens it


def test_a_curator_uploads_what_the_site_gave_out(rich: User, client: Client) -> None:
    exported = client.get(reverse("gap_export", args=["json"]), {"status": "all"}).content
    call_command("check")
    client.force_login(rich)
    from django.core.files.uploadedfile import SimpleUploadedFile

    added = client.post(reverse("import_add"), {"file": SimpleUploadedFile("gaps.json", exported)}, follow=True)

    assert ImportBatch.objects.get().format == "register_json"
    assert added.status_code == 200
