"""The database itself keeps the log of moves, verifications and assessments as they were written, and moves no gap without a line in the log."""

from django.db import migrations

KEPT = ("gaps_statuschange", "gaps_verification", "gaps_certaintyassessment")
LATEST = """
    SELECT 1 FROM gaps_statuschange logged
    WHERE logged.id = (SELECT MAX(id) FROM gaps_statuschange WHERE gap_id = OLD.id)
    AND logged.from_status = OLD.status AND logged.to_status = NEW.status
"""
UNLOGGED = "A gap changes its status through gaps.status.move, which writes it into the log."


def refusal(table, verb):
    return f"A row of {table} is never {verb}; write a new one."


def sqlite():
    for table in KEPT:
        for event, verb in (("UPDATE", "changed"), ("DELETE", "deleted")):
            yield (
                f"CREATE TRIGGER IF NOT EXISTS {table}_is_never_{verb} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{refusal(table, verb)}'); END"
            )
    yield (
        "CREATE TRIGGER IF NOT EXISTS gaps_gap_moves_are_logged BEFORE UPDATE OF status ON gaps_gap "
        f"WHEN NEW.status <> OLD.status AND NOT EXISTS ({LATEST}) BEGIN SELECT RAISE(ABORT, '{UNLOGGED}'); END"
    )


def postgresql():
    for table in KEPT:
        yield (
            f"CREATE FUNCTION {table}_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{refusal(table, 'changed or deleted')}' USING ERRCODE = 'integrity_constraint_violation'; END; $$"
        )
        yield (
            f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_is_kept()"
        )
    yield (
        "CREATE FUNCTION gaps_gap_moves_are_logged() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF NEW.status <> OLD.status AND NOT EXISTS ({LATEST}) THEN "
        f"RAISE EXCEPTION '{UNLOGGED}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END; $$"
    )
    yield (
        "CREATE TRIGGER gaps_gap_moves_are_logged BEFORE UPDATE OF status ON gaps_gap "
        "FOR EACH ROW EXECUTE FUNCTION gaps_gap_moves_are_logged()"
    )


MAKE = {"sqlite": sqlite, "postgresql": postgresql}


def make(apps, schema_editor):
    for statement in MAKE[schema_editor.connection.vendor]():
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        names = [f"{table}_is_never_{verb}" for table in KEPT for verb in ("changed", "deleted")] + ["gaps_gap_moves_are_logged"]
        statements = [f"DROP TRIGGER IF EXISTS {name}" for name in names]
    else:
        statements = [f"DROP FUNCTION IF EXISTS {name}() CASCADE" for name in (*(f"{table}_is_kept" for table in KEPT), "gaps_gap_moves_are_logged")]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("gaps", "0002_evidence_and_decisions")]
    operations = [migrations.RunPython(make, drop)]
