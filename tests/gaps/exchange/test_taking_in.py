"""What a file changes: planned, shown, taken in whole or not at all, and safe to repeat."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gaps.exchange.apply import NotTakenIn, PlanChanged, plan_of, take_in
from gaps.exchange.decision import Verdict
from gaps.exchange.plan import Plan
from gaps.models import Gap, GapReason, ImportBatch, Passage, Source, StatusChange, Study
from ldnplanner.common.cells import safe_cell

pytestmark = pytest.mark.django_db
Upload = Callable[..., ImportBatch]
FILES = Path(__file__).parent / "files"
BRUUN = "10.1093/pm/pnaa001"


def verdicts(plan: Plan) -> list[str]:
    return [decision.verdict.name.lower() for decision in plan.decisions]


def changes(plan: Plan) -> list[tuple[str, str, str, bool]]:
    return [(change.field, change.old, change.new, change.taken) for decision in plan.decisions for change in decision.changes]


def rows() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in (Gap, GapReason, Source, Study, StatusChange, Passage)}


def table(*lines: dict[str, str]) -> bytes:
    """A CSV file with one line a gap, as a spreadsheet would write it."""
    names = list(dict.fromkeys(name for line in lines for name in line))
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


WHOLE = {
    "title": "Doses above 6 mg",
    "question": "Do doses of naltrexone above 6 mg relieve the pain of fibromyalgia?",
    "kind": "dose_response",
    "population": "Adults with fibromyalgia",
    "intervention": "Naltrexone 9 mg a day",
    "comparator": "Naltrexone 4.5 mg a day",
    "outcome": "Mean diary pain, 0–10",
    "time_frame": "12 weeks",
    "origin": "team",
    "origin_note": "Asked in a meeting.",
    "reasons": "A3;D3",
}


# References


def test_a_file_of_endnote_is_held_against_the_register(upload: Upload, curator: User) -> None:
    plan = plan_of(upload("endnote.ris", "ris"), curator)

    assert verdicts(plan) == ["same", "new", "same", "same"]
    assert plan.counts() == {"in_file": 6, "read": 4, "failed": 2, "new": 1, "changed": 0, "same": 3, "refused": 0, "kept": 1}
    assert changes(plan) == [("authors", "Bruun-Plesner, K. et al.", "Bruun-Plesner, K.", False)]


def test_one_failed_record_keeps_the_whole_file_out(upload: Upload, curator: User) -> None:
    before = rows()

    with pytest.raises(NotTakenIn, match="2 of 6 records cannot be taken in, so none was"):
        take_in(upload("endnote.ris", "ris"), curator)

    assert rows() == before
    assert ImportBatch.objects.get().applied_at is None


def test_the_good_records_are_taken_in_when_the_person_leaves_the_failures(upload: Upload, curator: User) -> None:
    batch = upload("endnote.ris", "ris")

    take_in(batch, curator, leave_failures=True)

    source = Source.objects.get(doi=BRUUN)
    assert (source.slug, source.kind, source.pmid, source.pages) == ("bruun-plesner-2020", "trial", "32068870", "2253–2261")
    assert source.history.get().history_user == curator
    assert source.history.get().history_change_reason == f"Import {batch.pk}: endnote.ris"
    batch.refresh_from_db()
    assert (batch.counts["new"], batch.applied_at is not None) == (1, True)


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("endnote.ris", "ris"),
        ("zotero.ris", "ris"),
        ("zotero.bib", "bibtex"),
        ("mendeley.json", "csl_json"),
        ("NCT04270877.json", "clinicaltrials"),
    ],
)
@pytest.mark.parametrize("overwrite", [False, True])
def test_taking_a_file_in_twice_changes_nothing_the_second_time(
    upload: Upload, curator: User, name: str, format_: str, overwrite: bool
) -> None:
    take_in(upload(name, format_), curator, leave_failures=True, overwrite=overwrite)
    before = rows() | {"history": Source.history.count() + Study.history.count()}

    plan = take_in(upload(name, format_), curator, leave_failures=True, overwrite=overwrite)

    assert plan.changes_nothing()
    assert rows() | {"history": Source.history.count() + Study.history.count()} == before


def test_an_empty_field_is_filled_and_a_filled_one_is_kept(upload: Upload, curator: User) -> None:
    content = b"TY  - JOUR\nTI  - Another title\nDO  - 10.1002/art.37734\nAN  - 23359310\nDB  - PubMed\nER  - \n"
    title = Source.objects.get(slug="younger-2013").title

    plan = take_in(upload("a.ris", "ris", content), curator)

    source = Source.objects.get(slug="younger-2013")
    assert (source.pmid, source.title, source.volume) == ("23359310", title, "65")
    assert verdicts(plan) == ["changed"]
    assert changes(plan) == [("title", title, "Another title", False), ("PMID", "", "23359310", True)]


def test_the_files_values_are_taken_when_the_person_says_so(upload: Upload, curator: User) -> None:
    content = (
        b"TY  - JOUR\nTI  - Another title\nDO  - 10.1002/ART.37734\nER  - \nTY  - JOUR\nTI  - A third\nDO  - 10.1002/art.37734\nER  - \n"
    )

    plan = take_in(upload("a.ris", "ris", content), curator, overwrite=True)

    source = Source.objects.get(slug="younger-2013")
    assert (source.title, source.doi, source.authors) == (
        "Another title",
        "10.1002/art.37734",
        "Younger, J., Noor, N., McCue, R. & Mackey, S.",
    )
    assert [change[1:] for change in changes(plan)][1] == ("Another title", "A third", False)
    assert source.history.first().history_user == curator


def test_a_doi_and_a_pmid_of_two_sources_are_refused(upload: Upload, curator: User) -> None:
    Source.objects.filter(slug="brown-2009").get()
    other = Source.objects.create(slug="other", title="Other", pmid="23359310")
    content = b"TY  - JOUR\nTI  - X\nDO  - 10.1002/art.37734\nN1  - PMID: 23359310\nER  - \n"

    plan = plan_of(upload("a.ris", "ris", content), curator)

    assert verdicts(plan) == ["refused"]
    assert plan.failures()[0].problem == f"By its doi it is Younger 2013, by its pmid it is {other.title}."


def test_works_of_one_title_with_other_dois_are_two(upload: Upload, curator: User) -> None:
    content = b"TY  - JOUR\nTI  - Editorial\nPY  - 2020\nDO  - 10.1000/one\nER  - \nTY  - JOUR\nTI  - Editorial\nPY  - 2020\nDO  - 10.1000/two\nER  - \n"

    take_in(upload("a.ris", "ris", content), curator)

    assert list(Source.objects.filter(title="Editorial").values_list("slug", flat=True)) == ["editorial-2020", "editorial-2020-2"]


def test_the_plan_asks_as_many_queries_for_three_records_as_for_one(upload: Upload, curator: User) -> None:
    one = "TY  - JOUR\nTI  - Record {0}\nDO  - 10.1000/{0}\nER  - \n"
    batches = [upload("a.ris", "ris", "".join(one.format(number) for number in range(count)).encode()) for count in (1, 3)]
    counted = []

    for batch in batches:
        with CaptureQueriesContext(connection) as queries:
            plan_of(batch, curator)
        counted.append(len(queries))

    assert counted == [1, 1]


def test_a_plan_that_the_register_has_overtaken_is_shown_again(upload: Upload, curator: User) -> None:
    batch = upload("zotero.ris", "ris")
    shown = plan_of(batch, curator).digest()
    Source.objects.create(slug="innova", title="INNOVA", doi="10.1136/bmjopen-2021-055351")
    before = rows()

    with pytest.raises(PlanChanged, match="The register has changed since this page was shown"):
        take_in(batch, curator, shown=shown)

    assert rows() == before
    assert take_in(batch, curator, shown=plan_of(batch, curator).digest()).count(Verdict.CHANGED) == 1


# Studies


def test_a_study_is_known_by_any_of_its_registrations(upload: Upload, curator: User) -> None:
    study = Study.objects.create(slug="final-2024", label="FINAL 2024", design="parallel", status="published", n_randomised=99)
    study.registrations.create(identifier="2019-000702-30")

    plan = take_in(upload("NCT04270877.json", "clinicaltrials"), curator)

    study.refresh_from_db()
    assert (study.label, study.status, str(study.completion_date), study.population) == (
        "FINAL 2024",
        "published",
        "2022-12-01",
        "women: Fibromyalgia",
    )
    assert sorted(study.registrations.values_list("identifier", flat=True)) == ["2019-000702-30", "NCT04270877"]
    assert list(study.sources.values_list("pmid", flat=True)) == ["34781989"]
    assert verdicts(plan) == ["changed"]


def test_a_new_study_comes_with_its_registrations_and_report(upload: Upload, curator: User) -> None:
    take_in(upload("NCT04270877.json", "clinicaltrials"), curator)

    study = Study.objects.get(slug="final-nct04270877")
    assert study.registrations.count() == 2
    assert study.sources.get().slug == "bruun-2021"
    assert study.history.first().history_user == curator


def test_registrations_of_two_studies_in_one_record_are_refused(upload: Upload, curator: User) -> None:
    for slug, number in (("one", "NCT04270877"), ("two", "2019-000702-30")):
        Study.objects.create(slug=slug, label=slug, design="parallel").registrations.create(identifier=number)

    plan = plan_of(upload("NCT04270877.json", "clinicaltrials"), curator)

    assert verdicts(plan) == ["refused"]
    assert plan.failures()[0].problem == "By its NCT04270877 it is one, by its 2019-000702-30 it is two."


# Gaps


def test_a_new_gap_is_a_draft_of_the_curator_with_its_reasons(upload: Upload, curator: User) -> None:
    take_in(upload("a.csv", "gaps_csv", table(WHOLE)), curator)

    gap = Gap.objects.get(title="Doses above 6 mg")
    assert (gap.uid, gap.status, gap.created_by, gap.owner) == ("GAP-0018", "draft", curator, curator)
    assert [(reason.code, reason.primary) for reason in gap.reasons.all()] == [("A3", True), ("D3", False)]
    assert gap.missing() == []


def test_a_gap_is_proposed_through_the_table_of_moves_alone(upload: Upload, curator: User) -> None:
    take_in(upload("a.csv", "gaps_csv", table(WHOLE | {"status": "proposed"})), curator)

    gap = Gap.objects.get(title="Doses above 6 mg")
    assert gap.status == "proposed"
    logged = StatusChange.objects.get(gap=gap)
    assert (logged.from_status, logged.to_status, logged.actor) == ("draft", "proposed", curator)


@pytest.mark.parametrize(
    ("fields", "column", "problem"),
    [
        ({"status": "proposed", "outcome": ""}, "status", "Doses above 6 mg cannot be proposed; it still needs the outcome."),
        ({"status": "verified"}, "status", "A new gap cannot come in as verified."),
        ({"reasons": "B2"}, "reasons", "With B2, say in the note which limitations make the results unsafe."),
        ({"dose_low_mg": "6", "dose_high_mg": "3"}, "dose_low_mg", "The lowest dose is not above the highest."),
        ({"sources": "a book that nobody has"}, "sources", "No source here is called “a book that nobody has”."),
    ],
)
def test_a_gap_that_cannot_be_is_refused_before_anything_is_written(
    upload: Upload, curator: User, fields: dict[str, str], column: str, problem: str
) -> None:
    batch = upload(
        "a.csv", "gaps_csv", table({"title": "First", "outcome": "Pain"}, WHOLE | fields, {"title": "Third", "outcome": "Sleep"})
    )
    before = rows()

    plan = plan_of(batch, curator)
    with pytest.raises(NotTakenIn, match="1 of 3 records"):
        take_in(batch, curator)

    assert verdicts(plan) == ["new", "refused", "new"]
    assert [(failure.line, failure.field, failure.problem) for failure in plan.failures()] == [(3, column, problem)]
    assert rows() == before


def test_the_lists_own_export_changes_nothing_when_it_comes_back(client: Client, upload: Upload, curator: User) -> None:
    client.force_login(curator)
    content = client.get(f"{reverse('gap_list')}?status=all&_export=csv").content

    plan = plan_of(upload("gaps.csv", "gaps_csv", content), curator, overwrite=True)

    assert plan.counts() == {"in_file": 17, "read": 17, "failed": 0, "new": 0, "changed": 0, "same": 17, "refused": 0, "kept": 0}


def test_cells_that_look_like_formulas_come_back_as_they_went(client: Client, upload: Upload, curator: User) -> None:
    titles = ["=1+1", "+pain", "-5 mg", "@home", "'quoted", "-1.5", "＝full width"]
    take_in(upload("a.csv", "gaps_csv", table(*({"title": safe_cell(title)} for title in titles))), curator)
    client.force_login(curator)

    content = client.get(f"{reverse('gap_list')}?status=draft&_export=csv").content
    plan = plan_of(upload("b.csv", "gaps_csv", content), curator, overwrite=True)

    assert list(Gap.objects.filter(status="draft").order_by("uid").values_list("title", flat=True)) == titles
    assert plan.changes_nothing()
    assert changes(plan) == []


def test_another_primary_reason_is_kept_until_the_files_values_are_taken(upload: Upload, curator: User) -> None:
    gap = Gap.objects.get(uid="GAP-0001")
    first = gap.reasons.get(primary=True).code
    content = table({"uid": "GAP-0001", "primary_reason": "D5"})

    kept = take_in(upload("a.csv", "gaps_csv", content), curator)
    held = gap.reasons.get(primary=True).code
    taken = take_in(upload("a.csv", "gaps_csv", content), curator, overwrite=True)

    assert changes(kept) == [("primary reason", first, "D5", False)]
    assert held == first
    assert changes(taken) == [("primary reason", first, "D5", True)]
    assert gap.reasons.get(primary=True).code == "D5"
    assert gap.reasons.filter(code=first, primary=False).exists()


def test_a_gap_with_its_passage_and_sources_comes_in_from_another_register(upload: Upload, curator: User) -> None:
    quote = "“More research into the range of LDN doses that are effective is needed.” (Naltrexone for Analgesia, paragraph 5, sentence 2)"
    content = table(WHOLE | {"origin": "article", "status": "proposed", "passages": quote, "sources": "10.1002/ART.37734; brown-2009"})

    take_in(upload("a.csv", "gaps_csv", content), curator)

    gap = Gap.objects.get(title="Doses above 6 mg")
    assert gap.status == "proposed"
    assert [(passage.source.slug, passage.locator) for passage in gap.passages.all()] == [
        ("naltrexone-for-analgesia", "paragraph 5, sentence 2")
    ]
    assert sorted(link.source.slug for link in gap.source_links.all()) == ["brown-2009", "younger-2013"]


def test_two_lines_of_one_new_gap_are_one(upload: Upload, curator: User) -> None:
    plan = take_in(
        upload("a.csv", "gaps_csv", table({"title": "Sleep", "outcome": ""}, {"title": "SLEEP", "outcome": "Sleep quality"})), curator
    )

    assert verdicts(plan) == ["new", "changed"]
    assert Gap.objects.get(title="Sleep").outcome == "Sleep quality"


def test_results_of_a_registry_become_an_estimate_once(upload: Upload, curator: User) -> None:
    from tests.gaps.exchange.test_registry_results import RESULTS, STUDY

    content = json.dumps(STUDY | {"resultsSection": RESULTS}).encode()

    take_in(upload("a.json", "clinicaltrials", content), curator)
    again = take_in(upload("a.json", "clinicaltrials", content), curator)

    estimate = Study.objects.get(slug="final-nct04270877").estimates.get()
    assert (estimate.value, estimate.ci_low, estimate.ci_high, estimate.basis, estimate.stands_for_study) == (
        -0.34,
        -0.95,
        0.27,
        "reported",
        False,
    )
    assert again.changes_nothing()
    assert Study.objects.get(slug="final-nct04270877").status == "published"


def test_a_row_that_the_database_refuses_takes_everything_back(upload: Upload, curator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from gaps.exchange import apply

    batch = upload("a.csv", "gaps_csv", table({"title": "First"}, {"title": "Second"}))
    before, save = rows(), apply._save

    def save_and_clash(target: Any, by: User, reason: str) -> None:
        save(target, by, reason)
        Gap.objects.create(title="second") if target.values["title"] == "First" else None  # somebody else is faster

    monkeypatch.setattr(apply, "_save", save_and_clash)
    with pytest.raises(NotTakenIn, match="The database refuses a row"):
        take_in(batch, curator)

    assert rows() == before
