"""Every record of a file is read, or named with its line and field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps.exchange import bibtex, gaps_csv
from gaps.exchange.reading import MOST_BYTES, READERS, guess_format, read
from gaps.exchange.record import Reading
from gaps.exchange.reference import authors_line, inverted, pages_line
from gaps.exchange.text import decode
from gaps.models import ImportBatch, Registration, Source, Study

FILES = Path(__file__).parent / "files"


def file(name: str) -> bytes:
    return (FILES / name).read_bytes()


def fields(reading: Reading, number: int = 0) -> dict[str, Any]:
    return dict(reading.records[number].rows[0].fields)


def failed(reading: Reading) -> list[tuple[int, str]]:
    return [(failure.line, failure.field) for failure in reading.failures]


def test_ris_of_endnote_with_a_mark_and_line_ends_of_windows_is_accounted_for() -> None:
    content = file("endnote.ris")

    reading = read(content, "ris", {})

    assert content.startswith(b"\xef\xbb\xbfTY") and b"\r\n" in content  # noqa: PT018  (what the file is there for)
    assert reading.in_file == content.count(b"TY  - ") == 6
    assert [record.line for record in reading.records] == [1, 19, 44, 69]
    assert failed(reading) == [(61, "DO"), (80, "ER")]
    assert reading.notes == ("Read as UTF-8, by the byte-order mark at its beginning.",)


def test_ris_becomes_a_source_in_the_forms_of_the_house() -> None:
    reading = read(file("endnote.ris"), "ris", {})

    assert fields(reading) == {
        "authors": "Younger, J., Noor, N., McCue, R. & Mackey, S.",
        "title": "Low-dose naltrexone for the treatment of fibromyalgia: findings of a small, randomized, double-blind, placebo-controlled, "
        "counterbalanced, crossover trial assessing daily pain levels",
        "container_title": "Arthritis Rheum",
        "year": 2013,
        "volume": "65",
        "pages": "529–538",
        "doi": "10.1002/ART.37734",
    }
    second = reading.records[1].rows[0]
    assert (second.fields["authors"], second.fields["pmid"], second.fields["doi"]) == (
        "Bruun-Plesner, K. et al.",
        "32068870",
        "10.1093/pm/pnaa001",
    )
    assert "url" not in second.fields
    assert second.defaults == {"kind": "trial"}


def test_a_pmid_in_the_notes_of_zotero_is_found() -> None:
    reading = read(file("zotero.ris"), "ris", {})

    assert [fields(reading, number).get("pmid") for number in (0, 1)] == ["34992118", None]
    assert fields(reading)["pages"] == "e055351"
    assert reading.records[1].rows[0].defaults == {"kind": "website"}


def test_lines_between_ris_records_are_named_and_a_preamble_is_told() -> None:
    text = "Provider: a database\nContent: text\n\nTY  - JOUR\nTI  - One\nER  - \nstray words\nAU  - Lost, A.\nER  - \nTY  - JOUR\nTI  - Two\nER  -\n"

    reading = read(text.encode(), "ris", {})

    assert [record.name for record in reading.records] == ["One", "Two"]
    assert failed(reading) == [(7, "TY")]
    assert reading.in_file == 3
    assert reading.notes[1] == "What stands before the first record, from line 1, is no part of any and was left aside."


def test_bibtex_of_zotero_loses_its_latex_and_names_its_broken_entries() -> None:
    reading = read(file("zotero.bib"), "bibtex", {})

    assert [record.name for record in reading.records] == [
        "younger_use_2014",
        "colomer-carbonell_study_2022",
        "brown_low-dose_2009",
        "brown_low-dose_2009",
    ]
    assert fields(reading)["title"] == "The use of low-dose naltrexone (LDN) as a novel anti-inflammatory treatment for chronic pain"
    assert fields(reading)["container_title"] == "Clin. Rheumatol."
    assert fields(reading, 1)["authors"] == "Hernández-Negrín, H., Borràs, X. & García-Palacios, A."
    assert "cost–utility and neurobiological effects of low-dose naltrexone (LDN)" in fields(reading, 1)["title"]
    assert fields(reading, 1)["pmid"] == "34992118"
    assert reading.records[3].notes == ("The key brown_low-dose_2009 stands in line 38, too.",)
    assert failed(reading) == [(26, "year"), (31, "title")]
    assert reading.in_file == 6


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (r"van der Berg, Jan and M{\"u}ller, J{\'o}zef", "van der Berg, J. & Müller, J."),
        (r"{World Health Organization} and others", "World Health Organization et al."),
        (r"Jarred W. Younger and {\O}rsted, H. C.", "Younger, J. W. & Ørsted, H. C."),
        ("A, B and C, D and E, F and G, H and I, J and K, L", "A, B. et al."),
    ],
)
def test_bibtex_names_are_printed_as_the_register_prints_them(written: str, expected: str) -> None:
    assert authors_line(bibtex._names(written)) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [("Younger, Jarred W.", "Younger, J. W."), ("Besson, JM", "Besson, J. M."), ("Besson, J.-M.", "Besson, J.-M."), ("SAMHSA", "SAMHSA")],
)
def test_given_names_become_initials(written: str, expected: str) -> None:
    assert authors_line([inverted(written)]) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("529-38", "529–538"),
        ("529--538", "529–538"),
        ("e31-e39", "e31–e39"),
        ("e055351", "e055351"),
        ("155-155", "155"),
        ("S1-12", "S1–S12"),
    ],
)
def test_pages_have_a_dash_and_are_written_out(written: str, expected: str) -> None:
    assert pages_line(written) == expected


def test_csl_json_names_the_entry_that_is_no_reference() -> None:
    reading = read(file("mendeley.json"), "csl_json", {})

    assert [record.name for record in reading.records] == ["younger_low-dose_2013", "bested_2023", "niams", "bested_again"]
    assert (fields(reading)["year"], fields(reading)["pages"]) == (2013, "529–538")
    assert (fields(reading, 1)["volume"], fields(reading, 1)["pmid"]) == ("8", "38226027")
    assert failed(reading) == [(35, "author")]
    assert reading.in_file == 5


def test_a_single_csl_object_is_a_file_of_one() -> None:
    reading = read(b'{"type": "journal-article", "title": ["Naltrexone"], "DOI": "10.1002/med.2610020302"}', "csl_json", {})

    assert (reading.in_file, fields(reading)) == (1, {"title": "Naltrexone", "doi": "10.1002/med.2610020302"})


def test_malformed_json_names_its_line_and_reads_nothing() -> None:
    reading = read(file("cut-off.json"), "csl_json", {})

    assert (reading.in_file, reading.records) == (1, ())
    failure = reading.failures[0]
    assert (failure.line, failure.field) == (24, "JSON")
    assert failure.problem == "This is not JSON: Expecting property name enclosed in double quotes in line 24, column 5."


def test_a_clinicaltrials_record_becomes_a_study_with_its_numbers_and_reports() -> None:
    reading = read(file("NCT04270877.json"), "clinicaltrials", {})

    record = reading.records[0]
    study = next(row for row in record.rows if row.model is Study)
    assert (reading.in_file, record.name) == (1, "NCT04270877")
    assert study.fields["status"] == "completed"
    assert study.fields["population"] == "women: Fibromyalgia"
    assert study.fields["regimen"] == "Naltrexone Pill; Placebo oral tablet, masking: double"
    assert study.fields["n_randomised"] == 99
    assert study.defaults == {
        "slug": "final-nct04270877",
        "label": "FINAL (NCT04270877)",
        "design": "parallel",
        "unverified": "completion: the registry gives the month 2022-12, not the day",
    }
    assert [row.fields["identifier"] for row in record.rows if row.model is Registration] == ["NCT04270877", "2019-000702-30"]
    assert [dict(row.fields) for row in record.rows if row.model is Source] == [
        {
            "pmid": "34781989",
            "doi": "10.1186/s13063-021-05776-7",
            "authors": "Bruun, K. D. et al.",
            "title": "Low-dose naltrexone for the treatment of fibromyalgia: protocol for a double-blind, randomized, placebo-controlled trial",
            "container_title": "Trials",
            "year": 2021,
        }
    ]
    assert record.notes[0] == "The number OPEN is of no registry known here and was left aside."


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b'{"protocolSection": {"identificationModule": {"nctId": "NCT0427877"}}}', "nctId"),
        (b'{"studies": [{"hasResults": false}]}', "protocolSection"),
        (
            b'[{"protocolSection": {"identificationModule": {"nctId": "NCT04270877"}, "statusModule": {"overallStatus": "DONE"}}}]',
            "overallStatus",
        ),
        (b'[{"protocolSection": {"identificationModule": "x"}}]', "identificationModule"),
        (b"[1]", "protocolSection"),
    ],
)
def test_a_study_record_that_is_none_names_its_field(content: bytes, field: str) -> None:
    reading = read(content, "clinicaltrials", {})

    assert (reading.in_file, [failure.field for failure in reading.failures]) == (1, [field])


@pytest.mark.parametrize(
    ("content", "start"),
    [
        ("Köhler".encode(), "Read as UTF-8."),
        ("Köhler".encode("utf-8-sig"), "Read as UTF-8, by the byte-order mark"),
        ("Köhler".encode("utf-16"), "Read as UTF-16, by the byte-order mark"),
        ("Köhler".encode("utf-16-le"), "Read as UTF-16 without a byte-order mark."),
        ("a\nKöhler".encode("cp1252"), "Line 2 is not UTF-8, so the file was read as Windows-1252."),
    ],
)
def test_the_encoding_is_found_and_told_in_words(content: bytes, start: str) -> None:
    text, words = decode(content)

    assert text.endswith("Köhler")
    assert words.startswith(start)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.txt", b"TY  - JOUR\n", "ris"),
        ("a.txt", b"@article{a, title={b}}", "bibtex"),
        ("a.json", b'[{"type": "book"}]', "csl_json"),
        ("a.json", b'{"protocolSection": {}}', "clinicaltrials"),
        ("a.csv", b"title\n", "gaps_csv"),
        ("a.doc", b"\xd0\xcf", None),
    ],
)
def test_the_format_is_guessed_from_name_and_content(name: str, content: bytes, expected: str | None) -> None:
    assert guess_format(name, content) == expected


def test_more_records_than_are_read_at_once_are_all_told() -> None:
    reading = read(b"title\n" + b"a gap\n" * 1001, "gaps_csv", {})

    assert (reading.in_file, len(reading.failures), reading.records) == (1001, 1001, ())
    assert reading.failures[0].problem == "The file holds 1001 records; at most 1000 are read at once."


def test_every_format_but_the_registers_own_has_a_reader() -> None:
    assert set(READERS) >= set(ImportBatch.Format) - {ImportBatch.Format.REGISTER_JSON}
    assert MOST_BYTES == 10 * 1024 * 1024


# CSV


def test_csv_columns_of_other_people_are_guessed_and_the_rest_left_aside() -> None:
    table = gaps_csv.look(b"Gap;Research question;Patients;Kind;Favourite colour\nDoses;Which?;Adults;Dose response;red\n")

    assert gaps_csv.guess(table.columns) == {
        "Gap": "title",
        "Research question": "question",
        "Patients": "population",
        "Kind": "kind",
        "Favourite colour": "",
    }


def test_csv_lines_name_the_column_at_fault() -> None:
    text = 'title,kind,reasons,time_frame_days\nOne,efficacy,A3;D3,28\nTwo,cure,A1,28\nThree,safety,E9,28\nFour,safety,A1,soon\nFive,safety\n"Six,safety,A1,1\n'

    reading = read(text.encode(), "gaps_csv", {})

    assert [record.name for record in reading.records] == ["One"]
    assert failed(reading) == [(3, "kind"), (4, "reasons"), (5, "time_frame_days"), (6, "kind"), (7, "CSV")]
    assert reading.in_file == 6


def test_a_mapping_that_names_no_title_reads_nothing() -> None:
    reading = read(b"a,b\n1,2\n", "gaps_csv", {"a": "population", "b": ""})

    assert (len(reading.records), reading.in_file == len(reading.failures)) == (0, True)
    assert reading.failures[0].problem == "No column holds a title or an identifier."


# What no file may break

RIS_PIECES = [
    "TY  - JOUR\n",
    "TI  - A title\n",
    "ER  - \n",
    "ER  -",
    "\ufeff",
    "DO  - 10.1/x\n",
    "PY  - 2013\n",
    "AU  - \n",
    "words\n",
    "\r",
    "\n",
    "UK  - ",
    "TY - BOOK\r\n",
]
BIB_PIECES = [
    "@article{",
    "@string{a = ",
    "key,\n",
    "title = {A},\n",
    "title = ",
    '"',
    "{",
    "}",
    "\n",
    "author = {A and B}",
    "@comment{",
    "year=2013,",
    "\\'",
    "\\",
    "$",
    "%",
    "#",
]
JSON_PIECES = [
    '{"title": "A"}',
    "[",
    "]",
    ",",
    "{",
    "}",
    '"DOI"',
    ":",
    "null",
    "1e999",
    "-",
    '{"protocolSection": {}}',
    '{"author": [1]}',
    "\n",
    '"issued"',
    '{"issued": {"date-parts": [[]]}}',
    "NaN",
]
CSV_PIECES = ["title", "uid", ",", ";", "\n", '"', "a", "\t", "reasons", "A1;D9", "\r\n", "'=1", "GAP-0001", "\0"]
ALL = {"ris": RIS_PIECES, "bibtex": BIB_PIECES, "csl_json": JSON_PIECES, "clinicaltrials": JSON_PIECES, "gaps_csv": CSV_PIECES}


@pytest.mark.parametrize("format_", ALL)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_however_a_file_is_mangled_its_records_are_read_or_named(format_: str, data: st.DataObject) -> None:
    pieces = st.sampled_from(ALL[format_]) | st.text(max_size=6)
    text = "".join(data.draw(st.lists(pieces, max_size=30)))
    content = text.encode("utf-8", "replace") + data.draw(st.binary(max_size=4))

    reading = read(content, format_, {})

    assert reading.in_file == len(reading.records) + len(reading.failures)
    assert all(failure.problem and failure.line >= 1 for failure in reading.failures)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["", "junk\n", "AU  - Lost, A.\n"])), max_size=12))
def test_every_ris_record_counts_whatever_stands_between(parts: list[tuple[int, str]]) -> None:
    whole = [
        "TY  - JOUR\nTI  - A\nER  - \n",
        "TY  - JOUR\nTI  - B\n",
        "TY  - JOUR\nPY  - soon\nTI  - C\nER  - \n",
        "TY  - JOUR\nTI  - D\nDO  - 10.1000/d\nER  - \n",
    ]
    text = "".join(whole[number] + between for number, between in parts)

    reading = read(text.encode(), "ris", {})

    begun = text.count("TY  - ")
    assert reading.in_file >= begun
    assert len(reading.records) == sum(1 for number, _between in parts if number in {0, 3})


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (r"G{\"o}del and \'{e}t\'e, {\c{c}}a, {\o}re, \v{S}", "Gödel and été, ça, øre, Š"),
        (r"5\% of 10\,mg \& more, 100% of {LDN}", "5% of 10 mg & more, 100% of LDN"),
        (r"TNF-$\alpha$ in {\textit{Mus musculus}}, pages 1--2", "TNF-α in Mus musculus, pages 1–2"),
        ("J.~Younger", "J. Younger"),
    ],
)
def test_latex_becomes_the_text_that_it_prints(written: str, expected: str) -> None:
    assert bibtex._plain(written) == expected


def test_a_bibtex_entry_swallowed_by_another_is_named() -> None:
    text = "@article{one,\n  title = {A},\n  note = {open { brace},\n}\n  text @article{two,\n}\n@article{three, title = {C}}\n"

    reading = read(text.encode(), "bibtex", {})

    assert reading.in_file == len(reading.records) + len(reading.failures)
    assert [record.name for record in reading.records] == ["three"]


@pytest.mark.parametrize("format_", ["csl_json", "clinicaltrials", "register_json"])
@pytest.mark.parametrize("half", ["\\ud83d", "\\ude00", "\\uD83Dx", "\\ud83d\\ude00 and \\ude00"])
def test_json_with_half_a_character_names_its_line_and_reads_nothing(format_: str, half: str) -> None:
    reading = read(f'{{"schema_version": 1,\n"content": {{"title": "{half}"}}}}'.encode(), format_, {})

    assert (reading.records, failed(reading)) == ((), [(2, "JSON")])


def test_json_with_both_halves_of_a_character_is_read() -> None:
    reading = read(b'[{"type": "article", "title": "\\ud83d\\ude00 naltrexone", "DOI": "10.1002/x.1"}]', "csl_json", {})

    assert fields(reading)["title"] == "😀 naltrexone"
