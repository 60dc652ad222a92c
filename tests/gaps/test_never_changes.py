"""What is written once: the log of moves, verifications, assessments of certainty; and no status without its line in the log."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, connection, models, transaction
from django.utils import timezone

from gaps import status
from gaps.models import CertaintyAssessment, Gap, StatusChange, Term, Verification

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]
KEPT = (StatusChange, Verification, CertaintyAssessment)
CHANGED = {StatusChange: ("note", "another"), Verification: ("rationale", "another"), CertaintyAssessment: ("risk_of_bias_note", "another")}


@pytest.fixture
def rows(make_gap: MakeGap, researcher: User, second_reader: User) -> dict[type[models.Model], models.Model]:
    """One row of each kind that is never changed."""
    gap = make_gap("benefit", created_by=researcher)
    outcome = Term.objects.create(scheme="outcome", slug="pain-here", label="Pain", better="lower")
    verification = Verification.objects.create(
        gap=gap,
        verifier=second_reader,
        verdict="true_gap",
        searched_date=timezone.localdate(),
        databases="PubMed",
        strategy="naltrexone",
        n_found=3,
        rationale="Nothing answers it.",
    )
    assessment = CertaintyAssessment.objects.create(gap=gap, outcome_domain=outcome, start=4, assessed_date=timezone.localdate())
    status.move(gap, "verified", by=second_reader)
    return {StatusChange: StatusChange.objects.get(gap=gap), Verification: verification, CertaintyAssessment: assessment}


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        act()
    return str(refusal.value)


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("model", KEPT)
def test_a_row_is_changed_neither_by_a_save_nor_by_an_update_nor_in_sql(
    rows: dict[type[models.Model], models.Model], model: type[models.Model]
) -> None:
    row, (name, value) = rows[model], CHANGED[model]
    table, before = model._meta.db_table, getattr(row, name)
    edited: Any = model._default_manager.get(pk=row.pk)
    setattr(edited, name, value)

    for act in (
        edited.save,
        lambda: model._default_manager.filter(pk=row.pk).update(**{name: value}),
        lambda: model._default_manager.bulk_update([edited], [name]),
        lambda: sql(f"UPDATE {table} SET {name} = %s WHERE id = %s", value, row.pk),  # noqa: S608  (our own table)
    ):
        assert f"A row of {table} is never changed" in refused(act)

    assert getattr(model._default_manager.get(pk=row.pk), name) == before


@pytest.mark.parametrize("model", KEPT)
def test_a_row_is_deleted_neither_by_django_nor_in_sql(rows: dict[type[models.Model], models.Model], model: type[models.Model]) -> None:
    row, table = rows[model], model._meta.db_table

    for act in (
        lambda: model._default_manager.get(pk=row.pk).delete(),
        lambda: model._default_manager.filter(pk=row.pk).delete(),
        lambda: sql(f"DELETE FROM {table}"),  # noqa: S608  (our own table)
    ):
        assert f"A row of {table} is never" in refused(act)

    assert model._default_manager.filter(pk=row.pk).exists()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite knows INSERT OR REPLACE")
@pytest.mark.parametrize("model", [*KEPT, Gap])
def test_a_row_is_not_replaced_by_another_of_its_number(rows: dict[type[models.Model], models.Model], model: type[models.Model]) -> None:
    row: Any = rows.get(model) or Gap.objects.get(title="benefit")
    columns = ", ".join(str(one.column) for one in model._meta.concrete_fields if not one.generated)
    table = model._meta.db_table

    said = refused(lambda: sql(f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE id = %s", row.pk))  # noqa: S608

    assert "is never replaced" in said


def test_a_gap_with_a_log_is_not_deleted(rows: dict[type[models.Model], models.Model]) -> None:
    gap = Gap.objects.get(title="benefit")

    with pytest.raises(models.ProtectedError):
        gap.delete()


@pytest.mark.parametrize("to", [one for one in Gap.Status.values if one not in {"verified", "merged"}])
def test_no_status_is_set_behind_the_log(rows: dict[type[models.Model], models.Model], to: str) -> None:
    gap = Gap.objects.get(title="benefit")
    gap.withdrawn_reason = "Out of scope."
    gap.save()
    edited = Gap.objects.get(pk=gap.pk)
    edited.status = to

    for act in (
        edited.save,
        lambda: Gap.objects.filter(pk=gap.pk).update(status=to),
        lambda: sql("UPDATE gaps_gap SET status = %s WHERE id = %s", to, gap.pk),
    ):
        assert "through gaps.status.move, which writes it into the log" in refused(act)

    assert Gap.objects.get(pk=gap.pk).status == "verified"


def test_a_line_in_the_log_serves_one_move_only(make_gap: MakeGap, curator: User, researcher: User) -> None:
    gap = make_gap("benefit", created_by=researcher, withdrawn_reason="Out of scope.")
    status.move(gap, "withdrawn", by=curator)
    status.move(gap, "draft", by=curator)

    assert "writes it into the log" in refused(lambda: Gap.objects.filter(pk=gap.pk).update(status="withdrawn"))


def test_other_fields_of_a_gap_are_changed_freely(rows: dict[type[models.Model], models.Model]) -> None:
    gap = Gap.objects.get(title="benefit")
    gap.next_action = "Ask for the data."

    gap.save()

    assert Gap.objects.get(pk=gap.pk).next_action == "Ask for the data."


def test_a_level_cannot_be_written(rows: dict[type[models.Model], models.Model]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(
            "INSERT INTO gaps_certaintyassessment (gap_id, outcome_domain_id, start, assessed_date, level) "
            "SELECT gap_id, outcome_domain_id, 2, assessed_date, 4 FROM gaps_certaintyassessment"
        )
