"""The pages on which a curator uploads a file, sees what it would change, and takes it in; and the same from the shell."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gaps.exchange.reading import MOST_BYTES
from gaps.models import Gap, ImportBatch, Source

pytestmark = pytest.mark.django_db
FILES = Path(__file__).parent / "files"
Upload = Callable[..., ImportBatch]


@pytest.fixture
def curators_browser(curator: User) -> Client:
    """A browser in which the curator is signed in."""
    client = Client()
    client.force_login(curator)
    return client


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def send(client: Client, name: str, content: bytes, **fields: str) -> Any:
    return client.post(reverse("import_add"), {"file": SimpleUploadedFile(name, content), **fields})


@pytest.mark.parametrize("name", ["import_list", "import_add", "import_detail", "import_columns"])
def test_the_pages_are_for_curators_alone(client: Client, upload: Upload, researcher: User, name: str) -> None:
    batch = upload("a.csv", "gaps_csv", b"title\nA gap\n")
    address = reverse(name, args=[batch.pk] if name in {"import_detail", "import_columns"} else [])

    anonymous = client.get(address)
    client.force_login(researcher)
    other, posted = client.get(address), client.post(address)
    client.force_login(batch.uploaded_by)

    assert (anonymous.status_code, anonymous["Location"].startswith(reverse("login"))) == (302, True)
    assert other.status_code == 403
    assert posted.status_code in {403, 405}
    assert client.get(address).status_code == 200
    assert not Gap.objects.filter(title="A gap").exists()


def test_an_upload_shows_what_it_would_change_and_changes_nothing(curators_browser: Client) -> None:
    before = Source.objects.count()

    answer = send(curators_browser, "endnote.ris", (FILES / "endnote.ris").read_bytes())
    batch = ImportBatch.objects.get()
    page = curators_browser.get(answer["Location"])

    assert answer["Location"] == reverse("import_detail", args=[batch.pk])
    assert (batch.format, batch.counts) == ("ris", {"in_file": 6, "read": 4, "failed": 2})
    assert Source.objects.count() == before
    assert text(page).count("<h1") == 1
    assert "Of the 4 read: <b>1 new</b>, <b>0 changed</b>, 3 the same as here, 0 refused." in text(page)
    assert [row.record.line for row in page.context["failures"].rows] == [61, 80]
    assert "Take in what is good (4) and leave out what failed (2)" in text(page)
    assert text(page).count("btn-primary") == 1


def test_taking_in_wants_the_failures_to_be_left_out_by_choice(curators_browser: Client, upload: Upload) -> None:
    batch = upload("endnote.ris", "ris")
    address = reverse("import_detail", args=[batch.pk])
    digest = curators_browser.get(address).context["digest"]

    refused = curators_browser.post(address, {"digest": digest})
    taken = curators_browser.post(address, {"digest": digest, "leave_failures": "on"}, follow=True)

    assert refused.status_code == 409
    assert "2 of 6 records cannot be taken in, so none was." in text(refused)
    assert "Taken in: 1 new record, 0 changed." in text(taken)
    assert "What came of it" in text(taken)
    source = Source.objects.get(slug="bruun-plesner-2020")
    assert f'href="{reverse("admin:gaps_source_change", args=[source.pk])}"' in text(taken)
    assert "Take it in" not in text(taken)


def test_a_register_that_has_changed_is_shown_before_anything_is_written(curators_browser: Client, upload: Upload) -> None:
    batch = upload("zotero.ris", "ris")
    address = reverse("import_detail", args=[batch.pk])
    digest = curators_browser.get(address).context["digest"]
    Source.objects.create(slug="innova", title="INNOVA", doi="10.1136/bmjopen-2021-055351")

    answer = curators_browser.post(address, {"digest": digest})

    assert answer.status_code == 409
    assert "The register has changed since this page was shown" in text(answer)
    assert "<b>0 new</b>, <b>1 changed</b>" in text(answer)
    assert Source.objects.get(slug="innova").authors == ""


def test_the_same_file_again_says_so_and_offers_nothing_to_take_in(curators_browser: Client) -> None:
    content = (FILES / "zotero.ris").read_bytes()
    first = send(curators_browser, "zotero.ris", content)["Location"]
    curators_browser.post(first, {"digest": curators_browser.get(first).context["digest"]})

    second = curators_browser.get(send(curators_browser, "again.ris", content)["Location"])

    assert "This same file was taken in on" in text(second)
    assert "The register says all of this already; taking it in would change nothing." in text(second)
    assert "Take it in" not in text(second)


def test_values_of_the_file_are_taken_only_where_that_was_shown(curators_browser: Client, upload: Upload) -> None:
    batch = upload("a.ris", "ris", b"TY  - JOUR\nTI  - Another title\nDO  - 10.1002/art.37734\nER  - \n")
    address = reverse("import_detail", args=[batch.pk])
    plain, shown = curators_browser.get(address), curators_browser.get(f"{address}?overwrite=on")

    mixed = curators_browser.post(address, {"digest": plain.context["digest"], "overwrite": "on"})
    curators_browser.post(address, {"digest": shown.context["digest"], "overwrite": "on"})

    assert "register’s kept" in text(plain)
    assert "taken" in text(shown)
    assert mixed.status_code == 409
    assert Source.objects.get(slug="younger-2013").title == "Another title"


def test_columns_of_other_people_are_mapped_before_the_dry_run(curators_browser: Client) -> None:
    content = b"Topic;Patients;Colour\nSleep on LDN;Adults with insomnia;red\n"
    columns = send(curators_browser, "ideas.csv", content)["Location"]
    page = curators_browser.get(columns)

    wrong = curators_browser.post(columns, {"column_0": "", "column_1": "population", "column_2": ""})
    doubled = curators_browser.post(columns, {"column_0": "title", "column_1": "title", "column_2": ""})
    right = curators_browser.post(columns, {"column_0": "title", "column_1": "population", "column_2": ""})
    shown = curators_browser.get(right["Location"])
    curators_browser.post(right["Location"], {"digest": shown.context["digest"]})

    assert "Sleep on LDN" in text(page)
    assert '<option value="population" selected>' in text(page)
    assert "Say which column holds the title, or the identifier, of a gap." in text(wrong)
    assert "Two columns cannot hold the same; leave one aside." in text(doubled)
    assert "Left aside: Colour." in text(shown)
    assert ImportBatch.objects.get().counts["in_file"] == 1
    gap = Gap.objects.get(title="Sleep on LDN")
    assert (gap.population, gap.status) == ("Adults with insomnia", "draft")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.doc", b"\xd0\xcf\x11", "Neither the name nor the content of the file tells its format. Choose it."),
        ("a.nbib", b"PMID- 38226027\n", "This is PubMed’s own format (.nbib)."),
        ("big.ris", b"x" * (MOST_BYTES + 1), "at most 10.0\xa0MB are read at once."),
        ("empty.ris", b"", "The submitted file is empty."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(curators_browser: Client, name: str, content: bytes, words: str) -> None:
    answer = send(curators_browser, name, content)

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_malformed_file_is_shown_with_its_line_and_nothing_to_take_in(curators_browser: Client) -> None:
    page = curators_browser.get(send(curators_browser, "cut-off.json", (FILES / "cut-off.json").read_bytes())["Location"])

    assert "This is not JSON: Expecting property name enclosed in double quotes in line 24, column 5." in text(page)
    assert "There is nothing in this file that can be taken in." in text(page)
    assert "Take it in" not in text(page)


def test_tables_of_a_long_file_are_paged(curators_browser: Client, upload: Upload) -> None:
    content = "".join(f"TY  - JOUR\nTI  - Record {number}\nER  - \n" for number in range(60)).encode()
    batch = upload("a.ris", "ris", content)

    page = curators_browser.get(f"{reverse('import_detail', args=[batch.pk])}?records-page=3")

    assert [row.record["name"] for row in page.context["records"].paginated_rows] == [f"Record {number}" for number in range(50, 60)]
    assert "51–60 of 60" in text(page)


def test_the_list_asks_as_many_queries_for_three_files_as_for_one(curators_browser: Client, upload: Upload) -> None:
    upload("a.ris", "ris", b"one")
    curators_browser.get(reverse("import_list"))
    with CaptureQueriesContext(connection) as for_one:
        curators_browser.get(reverse("import_list"))
    upload("b.ris", "ris", b"two")
    upload("c.ris", "ris", b"three")

    with CaptureQueriesContext(connection) as for_three:
        answer = curators_browser.get(reverse("import_list"))

    assert [row.record.file_name for row in answer.context["table"].paginated_rows] == ["c.ris", "b.ris", "a.ris"]
    assert len(for_three) == len(for_one)


# From the shell


def run(*arguments: str) -> str:
    said = io.StringIO()
    call_command("import_register", *arguments, stdout=said)
    return said.getvalue()


def test_a_dry_run_from_the_shell_says_everything_and_keeps_nothing(curator: User) -> None:
    before = Source.objects.count()

    said = run(str(FILES / "endnote.ris"), "--by", "curator", "--dry-run")

    assert "6 in the file = 4 read + 2 that could not be read\n1 new, 0 changes, 3 same, 0 refused\n" in said
    assert "line 61, DO, Serious adverse events" in said
    assert said.endswith("Dry run: nothing was changed.\n")
    assert (Source.objects.count(), ImportBatch.objects.count()) == (before, 0)


def test_the_shell_takes_a_file_in_by_the_same_road(curator: User) -> None:
    with pytest.raises(CommandError, match="2 of 6 records cannot be taken in"):
        run(str(FILES / "endnote.ris"), "--by", "curator")
    kept = ImportBatch.objects.count()

    first = run(str(FILES / "endnote.ris"), "--by", "curator", "--leave-failures")

    assert kept == 0
    assert first.endswith("Taken in.\n")
    assert Source.objects.get(slug="bruun-plesner-2020").history.get().history_user == curator
    assert ImportBatch.objects.get().applied_at is not None


def test_the_shell_maps_columns(curator: User, tmp_path: Path) -> None:
    file = tmp_path / "ideas.csv"
    file.write_text("Topic,Colour\nSleep on LDN,red\n")

    run(str(file), "--by", "curator", "--column", "Topic=title")

    assert Gap.objects.get(title="Sleep on LDN").created_by == curator


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.ris", "--by", "curator"], "nowhere.ris cannot be read: No such file or directory."),
        ([str(FILES / "zotero.ris"), "--by", "researcher"], "--by is researcher, which is no account of a curator."),
        ([str(FILES / "zotero.ris"), "--by", "nobody"], "--by is nobody, which is no account of a curator."),
    ],
)
def test_the_shell_says_what_is_wrong(curator: User, researcher: User, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError) as refusal:
        run(*arguments)

    assert str(refusal.value) == words
