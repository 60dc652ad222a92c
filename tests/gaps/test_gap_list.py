"""The public list of gaps."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from gaps.models import CertaintyAssessment, Comment, Evidence, Gap, GapReason, Registration, Study, Term, Verification

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]


def shown(response: Any) -> list[str]:
    """The identifiers on the page, in order."""
    return [row.record.uid for row in response.context["table"].paginated_rows]


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def kinds(make_gap: MakeGap) -> list[Gap]:
    """A safety gap, an efficacy gap with reason D1, and a withdrawn one."""
    harm = make_gap("harm", kind="safety", time_frame_days=365)
    benefit = make_gap("benefit", time_frame_days=28)
    GapReason.objects.create(gap=benefit, code="D1")
    harm.reasons.all().delete()
    GapReason.objects.create(gap=harm, code="B1", primary=True)
    past = make_gap("past", kind="context", status="withdrawn", withdrawn_reason="Out of scope.", origin="team", origin_note="Ours.")
    return [harm, benefit, past]


def test_the_list_is_public_and_shows_what_is_in_scope(client: Client, kinds: list[Gap]) -> None:
    response = client.get(reverse("gap_list"))

    assert response.status_code == 200
    assert shown(response) == ["GAP-0001", "GAP-0002"]
    assert '<span class="count" id="list-count" role="status">2 gaps </span>' in text(response)
    assert text(response).count("<h1>") == 1
    assert '<caption class="visually-hidden">Research gaps</caption>' in text(response)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=harm", ["GAP-0001"]),
        ("q=more+benefit", ["GAP-0002"]),
        ("kind=safety", ["GAP-0001"]),
        ("reason=D", []),
        ("reason=A", ["GAP-0002"]),
        ("reason=B", ["GAP-0001"]),
        ("status=withdrawn", ["GAP-0003"]),
        ("status=all", ["GAP-0001", "GAP-0002", "GAP-0003"]),
        ("status=all&origin=team", ["GAP-0003"]),
        ("q=harm&kind=efficacy", []),
    ],
)
def test_filters_narrow_the_list(client: Client, kinds: list[Gap], query: str, expected: list[str]) -> None:
    response = client.get(f"{reverse('gap_list')}?{query}")

    assert shown(response) == expected


def test_filters_in_force_are_pills_that_can_be_taken_away(client: Client, kinds: list[Gap]) -> None:
    response = client.get(f"{reverse('gap_list')}?q=harm&kind=safety&sort=-kind")

    assert [tuple(pill) for pill in response.context["filters"].pills()] == [
        ("“harm”", "?kind=safety&sort=-kind"),
        ("Kind: Safety", "?q=harm&sort=-kind"),
        ("In scope", "?q=harm&kind=safety&status=all&sort=-kind"),
    ]
    assert 'aria-label="Remove the filter Kind: Safety"' in text(response)
    assert '<input type="hidden" name="sort" value="-kind">' in text(response)


def test_nothing_found_says_why_and_offers_two_ways_on(client: Client, kinds: list[Gap]) -> None:
    response = client.get(f"{reverse('gap_list')}?q=nowhere")

    assert "No gap matches" in text(response)
    assert f'href="{reverse("gap_list")}">Show all gaps in scope</a>' in text(response)
    assert f'href="{reverse("gap_list")}?status=all">Show every gap, withdrawn ones too</a>' in text(response)
    assert "Export:" not in text(response)


def test_a_value_that_no_filter_knows_is_said_at_its_field(client: Client, kinds: list[Gap]) -> None:
    response = client.get(f"{reverse('gap_list')}?kind=nonsense&status=nonsense&q=harm")

    assert response.status_code == 200
    assert "nonsense is not one of the available choices" in text(response)
    assert shown(response) == ["GAP-0001"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-uid", ["GAP-0003", "GAP-0002", "GAP-0001"]),
        ("title", ["GAP-0002", "GAP-0001", "GAP-0003"]),
        ("kind", ["GAP-0003", "GAP-0002", "GAP-0001"]),
        ("time_frame", ["GAP-0002", "GAP-0001", "GAP-0003"]),
        ("-time_frame", ["GAP-0001", "GAP-0002", "GAP-0003"]),
        ("-reasons", ["GAP-0001", "GAP-0002", "GAP-0003"]),
        ("nonsense", ["GAP-0001", "GAP-0002", "GAP-0003"]),
    ],
)
def test_columns_sort_and_an_empty_time_comes_last(client: Client, kinds: list[Gap], sort: str, expected: list[str]) -> None:
    response = client.get(f"{reverse('gap_list')}?status=all&sort={sort}")

    assert shown(response) == expected


def test_pages_hold_25_gaps_and_bad_page_numbers_do_no_harm(client: Client, make_gap: MakeGap) -> None:
    for number in range(26):
        make_gap(f"gap {number}")

    first, last = client.get(reverse("gap_list")), client.get(f"{reverse('gap_list')}?page=2&per_page=-1")

    assert len(shown(first)) == 25
    assert shown(last) == ["GAP-0026"]
    assert shown(client.get(f"{reverse('gap_list')}?page=99")) == ["GAP-0026"]
    assert shown(client.get(f"{reverse('gap_list')}?page=nonsense")) == shown(first)


def test_the_list_asks_as_many_queries_for_three_gaps_as_for_one(client: Client, make_gap: MakeGap) -> None:
    make_gap("one")
    client.get(reverse("gap_list"))  # warms what is cached for the process
    with CaptureQueriesContext(
        connection,
    ) as for_one:
        client.get(reverse("gap_list"))
    make_gap("two")
    make_gap("three")

    with CaptureQueriesContext(connection) as for_three:
        response = client.get(reverse("gap_list"))

    assert len(shown(response)) == 3
    assert len(for_three) == len(for_one)


def test_htmx_gets_the_rows_and_the_count_alone(client: Client, kinds: list[Gap]) -> None:
    response = client.get(f"{reverse('gap_list')}?kind=safety", headers={"HX-Request": "true"})

    assert "<h1>" not in text(response)
    assert '<span id="list-count" hx-swap-oob="innerHTML">1 gap </span>' in text(response)
    assert "HX-Request" in response["Vary"]


def test_drafts_stay_with_their_author_and_owner(client: Client, desk: Client, researcher: User, make_gap: MakeGap) -> None:
    draft = make_gap("a thought", status="draft", owner=researcher)

    everybody, own = client.get(f"{reverse('gap_list')}?status=draft"), desk.get(f"{reverse('gap_list')}?status=draft")

    assert "draft is not one of the available choices" in text(everybody)
    assert draft.uid not in text(everybody)
    assert shown(own) == [draft.uid]


def test_only_who_may_log_gaps_is_offered_to(client: Client, desk: Client, kinds: list[Gap]) -> None:
    assert "Log a gap" not in text(client.get(reverse("gap_list")))
    assert reverse("admin:gaps_gap_add") in text(desk.get(reverse("gap_list")))


def test_the_csv_holds_the_filtered_list_in_its_order(client: Client, kinds: list[Gap]) -> None:
    response = client.get(f"{reverse('gap_list')}?status=all&sort=-uid&_export=csv")

    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row["uid"] for row in rows] == ["GAP-0003", "GAP-0002", "GAP-0001"]
    assert rows[1]["reasons"] == "A2;D1"
    assert rows[1]["primary_reason"] == "A2"
    assert rows[1]["time_frame_days"] == "28"
    assert rows[1]["passages"] == "“more should be known about benefit” (An article, paragraph 1, sentence 1)"
    assert response["Content-Disposition"] == 'attachment; filename="gaps.csv"'


def test_exported_cells_cannot_become_formulas(client: Client, make_gap: MakeGap) -> None:
    make_gap("=1+1", population="@SUM(A1)", comparator="-2+3")

    text_row = next(csv.DictReader(io.StringIO(client.get(f"{reverse('gap_list')}?_export=csv").content.decode("utf-8-sig"))))
    book = load_workbook(io.BytesIO(client.get(f"{reverse('gap_list')}?_export=xlsx").content))
    header, cells = book.worksheets[0].iter_rows()

    assert (text_row["title"], text_row["population"], text_row["comparator"]) == ("'=1+1", "'@SUM(A1)", "'-2+3")
    assert [cell.value for cell in header][:3] == ["uid", "title", "question"]
    assert cells[1].value == "=1+1"
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}


def test_the_export_asks_as_many_queries_for_three_gaps_as_for_one(client: Client, make_gap: MakeGap) -> None:
    make_gap("one")
    client.get(f"{reverse('gap_list')}?_export=csv")
    with CaptureQueriesContext(connection) as for_one:
        client.get(f"{reverse('gap_list')}?_export=csv")
    make_gap("two")
    make_gap("three")

    with CaptureQueriesContext(connection) as for_three:
        client.get(f"{reverse('gap_list')}?_export=csv")

    assert len(for_three) == len(for_one)


# Facets


def options(response: Any, name: str) -> dict[str, str]:
    """What a facet of the page offers, each choice with its count."""
    return dict(response.context["filters"].form.fields[name].widget.choices)


@pytest.fixture
def assessed(make_gap: MakeGap, second_reader: User) -> list[Gap]:
    """A gap verified this year, with moderate and then low certainty; one whose search is old; and one that nobody has looked at."""
    outcome = Term.objects.create(scheme="outcome", slug="pain-for-tests", label="Pain", better="lower")
    today = timezone.localdate()
    gaps = [
        make_gap("seen", tier="A", effect_modifier="sex", dose_low_mg=4.5),
        make_gap("aged", tier="B", dose_low_mg=0.1, dose_high_mg=9),
        make_gap("new"),
    ]
    for gap, days in ((gaps[0], 500), (gaps[0], 10), (gaps[1], 366)):
        Verification.objects.create(
            gap=gap,
            searched_date=today - timedelta(days=days),
            databases="PubMed",
            strategy="naltrexone",
            n_found=3,
            verdict="true_gap",
            rationale="No trial.",
            verifier=second_reader,
        )
    for imprecision in (-1, -2):
        CertaintyAssessment.objects.create(
            gap=gaps[0], outcome_domain=outcome, start=4, imprecision=imprecision, imprecision_note="Wide.", assessed_date=today
        )
    return gaps


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("verification=current", ["seen"]),
        ("verification=expired", ["aged"]),
        ("verification=none", ["new"]),
        ("certainty=2", ["seen"]),
        ("certainty=3", []),
        ("certainty=none", ["aged", "new"]),
        ("tier=A", ["seen"]),
        ("tier=none", ["new"]),
        ("effect_modifier=sex", ["seen"]),
        ("dose=under_1", ["aged"]),
        ("dose=1_to_4.5", ["seen", "aged"]),
        ("dose=over_4.5", ["aged"]),
        ("dose=none", ["new"]),
        ("tier=B&dose=over_4.5&verification=expired&q=aged", ["aged"]),
    ],
)
def test_each_facet_finds_its_gaps(client: Client, assessed: list[Gap], query: str, expected: list[str]) -> None:
    ours = {gap.uid: gap.title for gap in assessed}

    response = client.get(f"{reverse('gap_list')}?{query}")

    assert [ours[uid] for uid in shown(response) if uid in ours] == expected


def test_each_choice_says_how_many_gaps_it_would_show(client: Client, kinds: list[Gap]) -> None:
    plain, safety = client.get(reverse("gap_list")), client.get(f"{reverse('gap_list')}?kind=safety")

    assert options(plain, "kind")["safety"] == options(safety, "kind")["safety"] == "Safety (1)"
    assert options(safety, "kind")["efficacy"] == "Efficacy (1)"
    assert options(plain, "kind")[""] == "Any (2)"
    assert options(plain, "reason")["A"].endswith("(1)")
    assert options(safety, "reason")["A"].endswith("(0)")
    assert options(safety, "reason")["B"].endswith("(1)")
    assert options(plain, "status")[""] == "In scope (2)"
    assert options(plain, "status")["all"] == "Any (3)"
    assert options(safety, "status")["withdrawn"] == "Withdrawn (0)"
    assert options(plain, "tier")["none"] == "No tier yet (2)"
    assert options(plain, "origin")["team"] == "Raised by us (0)"


@pytest.mark.parametrize(
    "query", ["", "q=known", "kind=safety", "status=all&reason=A", "tier=none&origin=article&q=harm", "dose=none&status=proposed"]
)
def test_every_count_is_what_choosing_it_shows(client: Client, kinds: list[Gap], query: str) -> None:
    response = client.get(f"{reverse('gap_list')}?{query}")
    counted = [
        (name, value, int(label.rpartition("(")[2].rstrip(")")))
        for name in ("kind", "reason", "status", "tier", "effect_modifier", "origin")
        for value, label in options(response, name).items()
    ]

    given = QueryDict(query).dict()
    chosen = [
        (name, value, client.get(reverse("gap_list"), {**given, name: value}).context["table"].paginator.count)
        for name, value, _ in counted
    ]

    assert len(counted) > 40
    assert chosen == counted
    assert response.context["table"].paginator.count == len(shown(response))


def test_counts_of_reasons_are_left_out_where_they_are_slow_to_know(
    client: Client, kinds: list[Gap], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gaps.filters.gaps.MOST_BY_LETTER", 1)

    assert options(client.get(reverse("gap_list")), "reason")["A"] == "A, insufficient or imprecise information"
    assert options(client.get(f"{reverse('gap_list')}?reason=A"), "reason")["A"] == "A, insufficient or imprecise information"
    assert options(client.get(f"{reverse('gap_list')}?kind=safety"), "reason")["B"] == "B, information at risk of bias (1)"


def test_htmx_gets_new_counts_for_every_facet(client: Client, kinds: list[Gap]) -> None:
    part = text(client.get(f"{reverse('gap_list')}?kind=safety", headers={"HX-Request": "true"}))

    assert part.count('hx-swap-oob="innerHTML"') == 5
    assert "Efficacy (1)" in part
    assert "Raised by the article (1)" in part


def test_facets_are_folded_away_until_one_is_in_force(client: Client, kinds: list[Gap]) -> None:
    assert '<details class="further">' in text(client.get(reverse("gap_list")))
    assert '<details class="further" open>' in text(client.get(f"{reverse('gap_list')}?tier=A"))


@pytest.mark.parametrize("sort", ["uid", "-uid", "kind", "-time_frame", "tier", "-verification", "certainty", "-reasons"])
def test_the_pages_together_show_every_gap_once(client: Client, make_gap: MakeGap, sort: str) -> None:
    uids = [make_gap(f"gap {number}", time_frame_days=number or None, tier="AB"[number % 2]).uid for number in range(60)]

    pages = [shown(client.get(f"{reverse('gap_list')}?sort={sort}&page={page}")) for page in (1, 2, 3)]

    assert [len(page) for page in pages] == [25, 25, 10]
    assert sorted(uid for page in pages for uid in page) == uids
    if sort.endswith("uid"):
        assert [uid for page in pages for uid in page] == sorted(uids, reverse=sort == "-uid")


def test_a_row_tells_certainty_tier_the_last_search_and_open_comments(client: Client, assessed: list[Gap], second_reader: User) -> None:
    thread = Comment.objects.create(gap=assessed[0], body="Why?", author=second_reader)
    Comment.objects.create(gap=assessed[0], body="Because.", parent=thread, author=second_reader)
    Comment.objects.create(gap=assessed[0], body="Settled.", author=second_reader, resolved_by=second_reader, resolved_at=timezone.now())

    rows = {row.record.title: row for row in client.get(f"{reverse('gap_list')}?status=all&sort=-uid").context["table"].paginated_rows}

    seen, aged, new = rows["seen"], rows["aged"], rows["new"]
    assert seen.get_cell("certainty").count('class="f"') == 2
    assert seen.get_cell("certainty").strip().endswith("</svg>Low</span>")
    assert seen.get_cell("tier") == "A"
    assert "due again" not in seen.get_cell("verification")
    assert seen.get_cell("comments") == f'<a href="{assessed[0].get_absolute_url()}comments/">1</a>'
    assert "▲ due again" in aged.get_cell("verification")
    assert ("not rated" in new.get_cell("certainty"), new.get_cell("tier"), new.get_cell("comments")) == (True, "–", "–")


def test_merged_gaps_are_left_out_until_they_are_asked_for(client: Client, make_gap: MakeGap) -> None:
    kept = make_gap("kept")
    merged = make_gap("gone", status="merged", merged_into=kept)

    assert shown(client.get(reverse("gap_list"))) == [kept.uid]
    assert shown(client.get(f"{reverse('gap_list')}?status=merged")) == [merged.uid]


def test_the_file_tells_certainty_verification_and_studies(client: Client, assessed: list[Gap]) -> None:
    study = Study.objects.create(slug="a-trial", label="A trial", design="parallel")
    Registration.objects.create(study=study, identifier="NCT00000001")
    Evidence.objects.create(gap=assessed[0], study=study, role="contradicts")

    rows = csv.DictReader(io.StringIO(client.get(f"{reverse('gap_list')}?q=seen&_export=csv").content.decode("utf-8-sig")))

    row = next(row for row in rows if row["uid"] == assessed[0].uid)
    assert (row["certainty"], row["verdict"], row["tier"], row["dose_low_mg"]) == ("low", "true_gap", "A", "4.5")
    assert row["verified_date"] == str(timezone.localdate() - timedelta(days=10))
    assert row["studies"] == "A trial (contradicts, NCT00000001)"
