"""The database itself keeps versions, moves, sealed lists and sizings as they were written, and moves no protocol without a line in the log.

Migration 0005 remakes the table of sizings, which on SQLite lets go of its trigger; it is made again here.
"""

from importlib import import_module

from django.db import migrations

SIZINGS = import_module("trials.migrations.0002_sizings_never_change")
KEPT = ("trials_version", "trials_protocolmove", "trials_randomisationlist")
LATEST = """
    SELECT 1 FROM trials_protocolmove logged
    WHERE logged.id = (SELECT MAX(id) FROM trials_protocolmove WHERE protocol_id = OLD.id)
    AND logged.from_status = OLD.status AND logged.to_status = NEW.status
"""
UNLOGGED = "A protocol changes its status through a move, which is written into the log."


def refusal(table, verb):
    return f"A row of {table} is never {verb}; write a new one."


def sqlite():
    yield SIZINGS.SQLITE.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS").strip().removesuffix(";")
    for table in KEPT:
        for event, verb in (("UPDATE", "changed"), ("DELETE", "deleted")):
            yield (
                f"CREATE TRIGGER IF NOT EXISTS {table}_is_never_{verb} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{refusal(table, verb)}'); END"
            )
        yield (
            f"CREATE TRIGGER IF NOT EXISTS {table}_is_never_replaced BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} kept WHERE kept.id = NEW.id) BEGIN SELECT RAISE(ABORT, '{refusal(table, 'replaced')}'); END"
        )
    yield (
        "CREATE TRIGGER IF NOT EXISTS trials_protocol_moves_are_logged BEFORE UPDATE OF status ON trials_protocol "
        f"WHEN NEW.status <> OLD.status AND NOT EXISTS ({LATEST}) BEGIN SELECT RAISE(ABORT, '{UNLOGGED}'); END"
    )


def postgresql():
    for table in KEPT:
        yield (
            f"CREATE FUNCTION {table}_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{refusal(table, 'changed or deleted')}' USING ERRCODE = 'integrity_constraint_violation'; END; $$"
        )
        yield f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_is_kept()"
    yield (
        "CREATE FUNCTION trials_protocol_moves_are_logged() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF NEW.status <> OLD.status AND NOT EXISTS ({LATEST}) THEN "
        f"RAISE EXCEPTION '{UNLOGGED}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END; $$"
    )
    yield (
        "CREATE TRIGGER trials_protocol_moves_are_logged BEFORE UPDATE OF status ON trials_protocol "
        "FOR EACH ROW EXECUTE FUNCTION trials_protocol_moves_are_logged()"
    )


MAKE = {"sqlite": sqlite, "postgresql": postgresql}


def make(apps, schema_editor):
    for statement in MAKE[schema_editor.connection.vendor]():
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        names = [f"{table}_is_never_{verb}" for table in KEPT for verb in ("changed", "deleted", "replaced")]
        statements = [f"DROP TRIGGER IF EXISTS {name}" for name in (*names, "trials_protocol_moves_are_logged")]
    else:
        names = [*(f"{table}_is_kept" for table in KEPT), "trials_protocol_moves_are_logged"]
        statements = [f"DROP FUNCTION IF EXISTS {name}() CASCADE" for name in names]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("trials", "0005_what_a_protocol_says")]
    operations = [migrations.RunPython(make, drop)]
