"""SQLite's INSERT OR REPLACE deletes a row without asking the triggers of 0003: what is never changed is not replaced either."""

from django.db import migrations

KEPT = ("gaps_statuschange", "gaps_verification", "gaps_certaintyassessment")


def make(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    for table in KEPT:
        schema_editor.execute(
            f"CREATE TRIGGER IF NOT EXISTS {table}_is_never_replaced BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} kept WHERE kept.id = NEW.id) "
            f"BEGIN SELECT RAISE(ABORT, 'A row of {table} is never replaced; write a new one.'); END"
        )
    schema_editor.execute(
        "CREATE TRIGGER IF NOT EXISTS gaps_gap_is_never_replaced BEFORE INSERT ON gaps_gap "
        "WHEN EXISTS (SELECT 1 FROM gaps_gap kept WHERE kept.id = NEW.id OR kept.uid = NEW.uid) "
        "BEGIN SELECT RAISE(ABORT, 'A gap is never replaced; change it, and move it through gaps.status.move.'); END"
    )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for table in (*KEPT, "gaps_gap"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_is_never_replaced")


class Migration(migrations.Migration):
    dependencies = [("gaps", "0004_search")]
    operations = [migrations.RunPython(make, drop)]
