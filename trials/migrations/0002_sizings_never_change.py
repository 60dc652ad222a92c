"""The database itself refuses to change a stored sizing."""

from django.db import migrations

REFUSAL = "A stored sizing never changes; save a new one."

SQLITE = f"""
CREATE TRIGGER trials_sizing_never_changes BEFORE UPDATE ON trials_sizing
BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END;
"""

POSTGRESQL = f"""
CREATE FUNCTION trials_sizing_never_changes() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END; $$;
CREATE TRIGGER trials_sizing_never_changes BEFORE UPDATE ON trials_sizing
FOR EACH ROW EXECUTE FUNCTION trials_sizing_never_changes();
"""

MAKE = {"sqlite": [SQLITE], "postgresql": [POSTGRESQL]}
DROP = {
    "sqlite": ["DROP TRIGGER trials_sizing_never_changes"],
    "postgresql": ["DROP TRIGGER trials_sizing_never_changes ON trials_sizing", "DROP FUNCTION trials_sizing_never_changes()"],
}


def make(apps, schema_editor):
    for statement in MAKE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    for statement in DROP[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("trials", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
