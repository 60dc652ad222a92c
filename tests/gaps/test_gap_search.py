"""Searching the register by words, phrases and identifiers, in an index that the database keeps itself."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from gaps import search
from gaps.models import Evidence, Gap, GapSource, Passage, Registration, Source, Study

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]
INDEX: Any = import_module("gaps.migrations.0004_search")
GUARDS: Any = import_module("gaps.migrations.0003_what_never_changes")


def found(words: str) -> list[str]:
    return [gap.title for gap in Gap.objects.search(words)]


def each_way(words: str) -> list[list[str]]:
    """What the index finds, and what a database without it does."""
    without = Gap.objects.all()._search_each(search.pieces(words))
    return [found(words), [gap.title for gap in without]]


@pytest.fixture
def linked(make_gap: MakeGap) -> Gap:
    """A gap with a source, and a registered study with its report."""
    gap = make_gap("benefit", population="Naïve women", question="Does a low dose of naltrexone relieve pain?")
    make_gap("harm")
    trial = Source.objects.create(slug="trial", title="A small trial", authors="Younger, J.", doi="10.1016/s2665-9913(23)00278-3")
    GapSource.objects.create(gap=gap, source=trial, note="Cited later.")
    study = Study.objects.create(slug="final", label="FINAL 2024", design="parallel")
    study.sources.add(Source.objects.create(slug="report", pmid="38226027", title="Its report"))
    Registration.objects.create(study=study, identifier="NCT04270877")
    Registration.objects.create(study=study, identifier="2019-000702-30")
    Evidence.objects.create(gap=gap, study=study, role="contradicts", note="No difference at twelve weeks.")
    return gap


@pytest.mark.parametrize(
    "words",
    [
        "naive",
        "NAÏVE wom",
        "low-dose",
        '"a low dose of nal',
        "“low dose” women",
        "10.1016/s2665-9913(23)00278-3",
        "https://doi.org/10.1016/s2665-9913%2823%2900278-3",
        "doi: 10.1016/S2665-9913(23)00278-3",
        "NCT04270877",
        " nct04270877 ",
        "NCT0427",
        "https://clinicaltrials.gov/study/NCT04270877",
        "EUCTR2019-000702-30-ES",
        "PMID: 38226027",
        "https://pubmed.ncbi.nlm.nih.gov/38226027/",
        "final twelve",
        "younger small benefit",
        "pain & – relieve",
    ],
)
def test_what_people_paste_finds_its_gap(linked: Gap, words: str) -> None:
    assert found(words) == ["benefit"]


@pytest.mark.parametrize(
    "words", ['"dose low of"', '"women low"', "ain", "NCT04270878", "benefit unheard", "benefit NOT harm", "*", "🙂", "\x00"]
)
def test_a_phrase_stays_together_and_a_word_begins_where_it_begins(linked: Gap, words: str) -> None:
    assert found(words) == []


def test_a_database_without_the_index_finds_the_same_words(linked: Gap) -> None:
    for words in ("younger women", "NCT04270877", "38226027", '"low dose" final', "10.1016/s2665-9913(23)00278-3"):
        assert each_way(words) == [["benefit"], ["benefit"]]
    assert each_way("younger harm") == [[], []]


@pytest.mark.parametrize(
    "words",
    [
        '"',
        '""',
        'a"b"c',
        "'; DROP TABLE gaps_gap; --",
        "NEAR(a b, 2)",
        "title:benefit",
        "^benefit",
        "-benefit",
        "(benefit",
        "benefit OR",
        "AND AND",
        "{uid} : x",
        "benefit*",
        "\x00benefit\x00",
        "🙂 benefit",
        "\ud800",
        "\U0001e900",
        "a" * 10_000,
        "a " * 5_000,
        '"' * 10_000,
        "%s %(x)s %",
        "\\",
        "１０.1016／",
    ],
)
def test_no_input_is_an_error(linked: Gap, client: Any, words: str) -> None:
    assert Gap.objects.search(words).count() <= 2
    assert client.get(reverse("gap_list"), {"q": words.replace("\ud800", "")}).status_code == 200


def test_no_words_leave_the_list_as_it_is(linked: Gap) -> None:
    assert found("") == found("   ") == ["benefit", "harm"]


def test_only_the_first_twenty_words_count(linked: Gap) -> None:
    assert found("benefit " * 20 + "unheard") == ["benefit"]
    assert found("benefit " * 19 + "unheard") == []


# Kept true


def test_every_trigger_is_there_after_the_migrations() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'gaps_%%'")
        there = {row[0] for row in cursor.fetchall()}

    ours = {name for name, _what in INDEX.triggers()}
    guards = {f"{table}_is_never_{verb}" for table in GUARDS.KEPT for verb in ("changed", "deleted")} | {"gaps_gap_moves_are_logged"}
    assert len(ours) == 20
    assert (ours | guards) - there == set()


def test_every_change_is_found_at_once(linked: Gap) -> None:
    link, evidence, study = linked.source_links.get(), linked.evidence.get(), Study.objects.get()

    def after(row: Any, words: str, **fields: str) -> list[str]:
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()
        return found(words)

    assert after(linked, "zebra", title="zebra") == ["zebra"]
    assert found("benefit") == ["zebra"]  # its passage says so still
    assert after(linked.passages.get(), "okapi", quote="an okapi") == ["zebra"]
    assert found("benefit") == []
    assert after(link, "gnu", note="a gnu") == ["zebra"]
    assert after(link.source, "10.1002/art.37734", doi="10.1002/art.37734") == ["zebra"]
    assert found("10.1016/s2665-9913(23)00278-3") == []
    assert after(linked.passages.get().source, "10.1000/seed", doi="10.1000/seed") == ["zebra", "harm"]
    assert after(evidence, "kudu", note="a kudu") == ["zebra"]
    assert after(study, "INNOVA", label="INNOVA") == ["zebra"]
    assert found("FINAL") == []
    assert after(study.sources.get(), "38226028", pmid="38226028") == ["zebra"]
    assert after(study.registrations.get(identifier="NCT04270877"), "NCT04270878", identifier="NCT04270878") == ["zebra"]
    assert found("NCT04270877") == []


def test_what_is_taken_away_is_found_no_more(linked: Gap) -> None:
    study = Study.objects.get()

    study.registrations.all().delete()
    assert found("NCT04270877") == []
    study.sources.clear()
    assert found("38226027") == []
    study.sources.add(Source.objects.get(slug="report"))
    assert found("38226027") == ["benefit"]
    linked.evidence.all().delete()
    assert found("FINAL") == []
    linked.source_links.all().delete()
    assert found("younger") == []
    linked.passages.all().delete()
    assert found('"more should be known" benefit') == []
    linked.reasons.all().delete()
    linked.delete()
    assert found("women") == []


def test_a_row_that_moves_to_another_gap_takes_its_words_along(linked: Gap) -> None:
    harm = Gap.objects.get(title="harm")
    passage = linked.passages.get()

    passage.gap, passage.quote = harm, "an okapi"
    passage.save()

    assert found("okapi") == ["harm"]


def test_rows_written_past_our_models_are_found_too(linked: Gap) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE gaps_gap SET outcome = 'sleep diary' WHERE title = 'harm'")

    assert found("sleep") == ["harm"]


def test_a_fixture_is_found_when_it_is_loaded(db: None) -> None:
    call_command("loaddata", "gaps", verbosity=0)

    assert "GAP-0001" in [gap.uid for gap in Gap.objects.search("which doses work")]
    assert Passage.objects.count() > 0
    assert Gap.objects.search('"' + Passage.objects.all()[0].quote + '"').get() == Passage.objects.all()[0].gap


@pytest.mark.django_db(transaction=True)
def test_the_index_is_filled_with_what_was_there_before(make_gap: MakeGap) -> None:
    make_gap("benefit")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM gaps_search")
    emptied = found("benefit")

    with connection.schema_editor() as editor:
        INDEX.drop(None, editor)
        INDEX.make(None, editor)

    assert (emptied, found("benefit")) == ([], ["benefit"])
