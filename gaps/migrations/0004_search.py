"""The words by which a gap is found: a full-text table that the database itself keeps true, whoever changes a row, and by which road.

SQLite drops the triggers of a table that a later migration makes anew (every change of a column or constraint does), and refuses to rename it
while the view below still reads it. Such a migration puts ``RunPython(drop, make)`` first and ``RunPython(make, drop)`` last, both from here.
Other databases are searched without the table (`gaps.search`).
"""

from django.db import migrations

TABLE, DOCUMENT = "gaps_search", "gaps_search_document"
COLUMNS = ("uid", "title", "question", "parts", "quotes", "sources", "studies")
GAP_WORDS = (
    "uid", "title", "question", "population", "intervention", "comparator", "outcome", "time_frame", "setting", "origin_note", "evidence_summary",
)
SOURCE_WORDS = ("title", "authors", "container_title", "doi", "pmid", "url")
STUDY_WORDS = ("label", "title")

MADE = f"""
CREATE VIRTUAL TABLE {TABLE} USING fts5({", ".join(COLUMNS)}, tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3 4')
"""
SEEN = f"""
CREATE VIEW {DOCUMENT} AS SELECT
    gap.id AS gap_id, gap.uid, gap.title, gap.question,
    gap.population || char(10) || gap.intervention || char(10) || gap.comparator || char(10) || gap.outcome || char(10) || gap.time_frame
        || char(10) || gap.setting || char(10) || gap.origin_note || char(10) || gap.evidence_summary AS parts,
    (SELECT group_concat(passage.quote || char(10) || source.doi || ' ' || source.pmid, char(10))
        FROM gaps_passage passage JOIN gaps_source source ON source.id = passage.source_id WHERE passage.gap_id = gap.id) AS quotes,
    (SELECT group_concat(
            link.note || char(10) || source.title || char(10) || source.authors || char(10) || source.container_title
            || char(10) || source.doi || ' ' || source.pmid || ' ' || source.url, char(10))
        FROM gaps_gapsource link JOIN gaps_source source ON source.id = link.source_id WHERE link.gap_id = gap.id) AS sources,
    (SELECT group_concat(
            evidence.note || char(10) || study.label || char(10) || study.title
            || char(10) || COALESCE((SELECT group_concat(identifier, ' ') FROM gaps_registration WHERE study_id = study.id), '')
            || char(10) || COALESCE((SELECT group_concat(report.doi || ' ' || report.pmid, ' ') FROM gaps_study_sources reported
                JOIN gaps_source report ON report.id = reported.source_id WHERE reported.study_id = study.id), ''), char(10))
        FROM gaps_evidence evidence JOIN gaps_study study ON study.id = evidence.study_id WHERE evidence.gap_id = gap.id) AS studies
FROM gaps_gap gap
"""


def read_again(gaps):
    """Statements that write the words of these gaps anew; `gaps` is what stands behind IN."""
    return (
        f"DELETE FROM {TABLE} WHERE rowid IN ({gaps}); "
        f"INSERT INTO {TABLE} (rowid, {', '.join(COLUMNS)}) SELECT gap_id, {', '.join(COLUMNS)} FROM {DOCUMENT} WHERE gap_id IN ({gaps});"
    )


def of_study(row):
    return f"SELECT gap_id FROM gaps_evidence WHERE study_id = {row}.study_id"


OF_SOURCE = """
    SELECT gap_id FROM gaps_gapsource WHERE source_id = NEW.id UNION SELECT gap_id FROM gaps_passage WHERE source_id = NEW.id
    UNION SELECT evidence.gap_id FROM gaps_study_sources reported JOIN gaps_evidence evidence ON evidence.study_id = reported.study_id
    WHERE reported.source_id = NEW.id
"""


def changed(names):
    return " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in names)


def triggers():
    """The name of each trigger, and what it does."""
    yield f"{TABLE}_gap_insert", f"AFTER INSERT ON gaps_gap BEGIN {read_again('NEW.id')} END"
    yield f"{TABLE}_gap_update", f"AFTER UPDATE ON gaps_gap WHEN {changed(('id', *GAP_WORDS))} BEGIN {read_again('OLD.id, NEW.id')} END"
    yield f"{TABLE}_gap_delete", f"AFTER DELETE ON gaps_gap BEGIN DELETE FROM {TABLE} WHERE rowid = OLD.id; END"
    for name in ("passage", "gapsource", "evidence"):
        yield f"{TABLE}_{name}_insert", f"AFTER INSERT ON gaps_{name} BEGIN {read_again('NEW.gap_id')} END"
        yield f"{TABLE}_{name}_update", f"AFTER UPDATE ON gaps_{name} BEGIN {read_again('OLD.gap_id, NEW.gap_id')} END"
        yield f"{TABLE}_{name}_delete", f"AFTER DELETE ON gaps_{name} BEGIN {read_again('OLD.gap_id')} END"
    for name in ("registration", "study_sources"):
        yield f"{TABLE}_{name}_insert", f"AFTER INSERT ON gaps_{name} BEGIN {read_again(of_study('NEW'))} END"
        yield f"{TABLE}_{name}_update", f"AFTER UPDATE ON gaps_{name} BEGIN {read_again(of_study('OLD') + ' UNION ' + of_study('NEW'))} END"
        yield f"{TABLE}_{name}_delete", f"AFTER DELETE ON gaps_{name} BEGIN {read_again(of_study('OLD'))} END"
    yield f"{TABLE}_source_update", f"AFTER UPDATE ON gaps_source WHEN {changed(SOURCE_WORDS)} BEGIN {read_again(OF_SOURCE)} END"
    yield (
        f"{TABLE}_study_update",
        f"AFTER UPDATE ON gaps_study WHEN {changed(STUDY_WORDS)} BEGIN {read_again('SELECT gap_id FROM gaps_evidence WHERE study_id = NEW.id')} END",
    )


def make(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    drop(apps, schema_editor)
    for statement in (MADE, SEEN, *(f"CREATE TRIGGER {name} {what}" for name, what in triggers())):
        schema_editor.execute(statement, params=None)
    schema_editor.execute(f"INSERT INTO {TABLE} (rowid, {', '.join(COLUMNS)}) SELECT * FROM {DOCUMENT}", params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    for name, _what in triggers():
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}", params=None)
    schema_editor.execute(f"DROP VIEW IF EXISTS {DOCUMENT}", params=None)
    schema_editor.execute(f"DROP TABLE IF EXISTS {TABLE}", params=None)


class Migration(migrations.Migration):
    dependencies = [("gaps", "0003_what_never_changes")]
    operations = [migrations.RunPython(make, drop)]
