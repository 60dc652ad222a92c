"""Gaps as files: JSON, Markdown by EPICOT+, the rationale table of NICE, and RIS."""

import json
from collections.abc import Callable

import pytest
import rispy
from django.contrib.auth.models import AnonymousUser, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from gaps.exports import markdown, nice, ris
from gaps.exports.canonical import digest
from gaps.exports.ris import people
from gaps.models import Evidence, Gap, GapSource, Source, Study, Term

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]


def export(client: Client, form: str, **filters: str) -> str:
    return client.get(reverse("gap_export", args=[form]), filters).content.decode()


def test_the_json_names_every_row_by_its_natural_key(client: Client, register: None) -> None:
    document = json.loads(export(client, "json", status="all"))

    content = document["content"]
    first = content["gaps"][0]
    assert (document["schema_version"], first["uid"], first["status"]) == (1, "GAP-0001", "proposed")
    assert {row["gap"] for row in content["reasons"]} <= {row["uid"] for row in content["gaps"]}
    assert {row["source"] for row in content["passages"]} <= {row["slug"] for row in content["sources"]}
    assert len(content["gaps"]) == 17


def test_two_exports_of_one_register_have_one_digest(client: Client, register: None) -> None:
    first, second = (json.loads(export(client, "json")) for _ in range(2))

    changed = Gap.objects.get(uid="GAP-0001")
    changed.burden = "Many."
    changed.save()

    third = json.loads(export(client, "json"))
    assert first["content_sha256"] == second["content_sha256"] == digest(first["content"])
    assert third["content_sha256"] != first["content_sha256"]


def test_no_export_names_a_person_or_shows_a_draft(client: Client, make_gap: MakeGap, researcher: User) -> None:
    draft = make_gap("secret", status="draft")
    draft.owner = draft.created_by = researcher
    draft.save()

    texts = [export(client, form, status="all") for form in ("json", "epicot", "nice", "ris")]

    assert [("secret" in text, "researcher" in text) for text in texts] == [(False, False)] * 4
    assert client.get(reverse("gap_file", args=[draft.uid, "json"])).status_code == 404
    assert client.get(reverse("gap_file", args=["GAP-0001", "docx"])).status_code == 404


def test_an_export_holds_what_the_list_shows(client: Client, register: None) -> None:
    document = json.loads(export(client, "json", kind="safety"))

    assert {row["kind"] for row in document["content"]["gaps"]} == {"safety"}
    assert len(document["content"]["gaps"]) == Gap.objects.filter(kind="safety").in_scope().count()


def test_a_recommendation_has_a_line_an_element_then_robinson_and_grade(client: Client, register: None) -> None:
    text = client.get(reverse("gap_file", args=["GAP-0001", "epicot"])).content.decode()

    lines = [line for line in text.splitlines() if line.startswith("- **")]
    names = [line.split("**")[1] for line in lines]
    assert names == [
        "Evidence",
        "Population",
        "Intervention",
        "Comparison",
        "Outcome",
        "Time stamp",
        "Burden",
        "Follow-up",
        "Type of study",
        "Robinson",
        "GRADE",
        "Status",
    ]
    assert "> “More research into the range of LDN doses that are effective is needed.”" in text


def test_the_rationale_has_the_rows_of_nice_and_says_what_is_not_recorded(make_gap: MakeGap) -> None:
    gap = make_gap("benefit", guidance_relevance="high", equality="Men were left out.", tier="A", tier_note="Round 1.")

    rows = dict(nice.rationale(gap))

    assert list(rows)[1:] == [
        "Importance to patients or the population",
        "Relevance to guidance",
        "Relevance to the health service",
        "National priorities",
        "Current evidence base",
        "Equality considerations",
        "Feasibility",
    ]
    assert rows["Relevance to guidance"] == "High: essential to update a key recommendation"
    assert rows["National priorities"] == rows["Feasibility"] == "Not recorded."
    assert rows["Relevance to the health service"] == "Tier A. Round 1."


def test_feasibility_is_the_size_of_protocols_that_the_reader_may_see(researcher: User, colleague: User) -> None:
    call_command("loaddata", "protocols", verbosity=0)
    gap = Gap.objects.get(uid="GAP-0017")

    own, others = (nice.tables([gap], user) for user in (researcher, colleague))

    assert "46 evaluable, 58 randomised participants, each for 16 weeks" in own
    assert "| Feasibility | Not recorded. |" in others


HOSTILE = "# a | b\n- **x** <script> `c` [d](http://e) =1+1 ~~s~~ \\"


def test_hostile_text_stays_text_in_markdown(make_gap: MakeGap) -> None:
    gap = make_gap("hostile", burden=HOSTILE)

    recommendation, table = markdown.recommendations([gap]), nice.tables([gap], AnonymousUser())

    burden = r"\# a \| b - \*\*x\*\* \<script\> \`c\` \[d\](http://e) =1+1 \~\~s\~\~ \\"
    assert f"- **Burden**: {burden}" in recommendation
    assert f"| {burden} |" in table
    assert all(line.replace("\\|", "").count("|") == 3 for line in table.splitlines() if line.startswith("| "))


@given(st.text())
def test_any_text_is_one_line_of_markdown_without_live_markup(text: str) -> None:
    line = markdown.plain(text)

    assert len(line.splitlines()) <= 1
    bare = line.replace("\\\\", "")
    assert all(bare[at - 1] == "\\" for at, letter in enumerate(bare) if letter in "*_`[]<>|#{}~")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Younger, J., Noor, N., McCue, R. & Mackey, S.", ["Younger, J.", "Noor, N.", "McCue, R.", "Mackey, S."]),
        ("Singh, D. & Saadabadi, A.", ["Singh, D.", "Saadabadi, A."]),
        ("Gold, M. S. et al.", ["Gold, M. S."]),
        ("Due Bruun, K.", ["Due Bruun, K."]),
        ("SAMHSA", ["SAMHSA"]),
        ("", []),
    ],
)
def test_the_printed_line_of_authors_is_taken_apart(line: str, names: list[str]) -> None:
    assert people(line) == names


def test_ris_holds_every_source_of_the_gaps_and_reads_back(client: Client, register: None) -> None:
    text = export(client, "ris", status="all")

    entries = rispy.loads(text)
    slugs = {entry["id"] for entry in entries}
    cited = {row.source.slug for row in GapSource.objects.select_related("source")}
    assert text.startswith("TY  - ")
    assert text.count("TY  - ") == text.count("ER  - ") == len(entries)
    assert cited <= slugs
    younger = next(entry for entry in entries if entry["id"] == "younger-2013")
    assert younger["doi"] == "10.1002/art.37734"
    assert younger["authors"][0] == "Younger, J."


def test_a_line_break_in_a_title_makes_no_new_field() -> None:
    source = Source(slug="s", title="One\nER  - \nTY  - JOUR", authors="A, B.")

    assert len(rispy.loads(ris.references([source]))) == 1


@pytest.mark.parametrize("form", ["json", "epicot", "nice", "ris"])
def test_an_export_asks_as_many_queries_for_three_gaps_as_for_one(form: str, client: Client, make_gap: MakeGap, researcher: User) -> None:
    client.force_login(researcher)

    def told(title: str) -> None:
        gap = make_gap(title)
        study = Study.objects.create(slug=title, label=title, design="parallel")
        Evidence.objects.create(gap=gap, study=study, role="supports")
        GapSource.objects.create(gap=gap, source=Source.objects.create(slug=f"s-{title}", title=title))

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            export(client, form)
        return len(asked)

    told("first")
    queries()
    one = queries()
    told("second")
    told("third")

    assert queries() == one


def test_a_file_of_gaps_on_the_map_and_part_of_another_asks_as_many_queries_for_three_as_for_one(
    client: Client, make_gap: MakeGap, register: None
) -> None:
    whole = make_gap("pain")
    words = {scheme: Term.objects.filter(scheme=scheme)[0] for scheme in ("population", "outcome")}
    counts = []

    for number in range(3):
        make_gap(f"pain {number}", parent=whole, population_group=words["population"], outcome_domain=words["outcome"])
        with CaptureQueriesContext(connection) as asked:
            export(client, "json")
        counts.append(len(asked))

    assert counts[0] == counts[2]
