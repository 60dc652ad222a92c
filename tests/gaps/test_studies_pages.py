"""The list of studies, the page of one, and the desk at which they and their figures are logged."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags
from openpyxl import load_workbook

from gaps.admin.evidence import EvidenceInline
from gaps.models import Estimate, Evidence, Gap, Registration, Study, Term
from tests.gaps.evidence_rows import FINAL_SD, FINAL_SE, Rows, difference, link, make_rows

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]
LIST = "/gaps/studies/"
FINAL = "/gaps/studies/test-final/"


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def words(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def shown(response: Any) -> list[str]:
    return [row.record.label for row in response.context["table"].paginated_rows]


@pytest.fixture
def rows(db: None) -> Rows:
    return make_rows()


# The list


def test_the_list_is_public_and_begins_with_what_is_under_way_then_the_newest(client: Client, rows: Rows) -> None:
    response = client.get(LIST)

    assert reverse("study_list") == LIST
    assert shown(response) == ["Dose finding", "FINAL 2024", "Younger 2013", "INNOVA"]
    assert text(response).count("<h1>") == 1
    assert f'<a href="{LIST}" aria-current="page">Studies</a>' in text(response)
    assert "4 studies" in words(response)
    assert "expected Apr 2028" in words(response)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=final", ["FINAL 2024"]),
        ("q=nct09990001", ["FINAL 2024"]),
        ("q=10.9999/s2665-9913(23)00278-3", ["FINAL 2024"]),
        ("q=Due+Bruun", ["FINAL 2024"]),
        ("design=crossover", ["Younger 2013"]),
        ("population=test-women", ["FINAL 2024"]),
        ("status=under_way", ["Dose finding"]),
        ("status=planned", ["Dose finding"]),
        ("status=withdrawn", ["Never begun"]),
        ("status=all&q=never", ["Never begun"]),
        ("q=never", []),
        ("sort=-year", ["FINAL 2024", "Younger 2013", "Dose finding", "INNOVA"]),
        ("sort=people", ["Younger 2013", "Dose finding", "INNOVA", "FINAL 2024"]),
    ],
)
def test_filters_and_columns_arrange_the_list(client: Client, rows: Rows, query: str, expected: list[str]) -> None:
    Study.objects.create(slug="never", label="Never begun", design="parallel", status="withdrawn")

    assert shown(client.get(f"{LIST}?{query}")) == expected


def test_filters_in_force_are_pills_in_words(client: Client, rows: Rows) -> None:
    filters = client.get(f"{LIST}?population=test-women&status=under_way").context["filters"]

    assert [pill.label for pill in filters.pills()] == ["Population: Women with pain", "Status: Planned or under way"]


def test_nothing_found_offers_two_ways_on(client: Client, rows: Rows) -> None:
    page = text(client.get(f"{LIST}?q=nowhere"))

    assert "No study matches" in page
    assert f'href="{LIST}?status=all">Show every study, withdrawn ones too</a>' in page


def test_the_list_as_csv_and_xlsx_holds_the_filtered_studies(client: Client, rows: Rows) -> None:
    Study.objects.filter(pk=rows.final.pk).get().sources.clear()
    hostile = Study.objects.create(slug="hostile", label="=1+1", design="parallel", year=2025)

    text_rows = list(csv.DictReader(io.StringIO(client.get(f"{LIST}?sort=-year&_export=csv").content.decode("utf-8-sig"))))
    response = client.get(f"{LIST}?q=final&_export=xlsx")
    sheet = load_workbook(io.BytesIO(response.content)).worksheets[0]

    assert [row["label"] for row in text_rows][:2] == ["'=1+1", "FINAL 2024"]
    assert {name: text_rows[1][name] for name in ("registrations", "population_group", "n_randomised", "figures", "dose_low_mg")} == {
        "registrations": "NCT09990001",
        "population_group": "Women with pain",
        "n_randomised": "99",
        "figures": "2",
        "dose_low_mg": "6.0",
    }
    assert [cell.value for cell in list(sheet.iter_rows())[1]][:2] == ["test-final", "FINAL 2024"]
    assert response["Content-Disposition"] == 'attachment; filename="studies.xlsx"'
    assert hostile.label == "=1+1"


@pytest.mark.parametrize("query", ["", "?_export=csv", "?population=test-women&q=study"])
def test_the_list_asks_as_many_queries_for_three_studies_as_for_one(client: Client, query: str) -> None:
    women = Term.objects.create(scheme="population", slug="test-women", label="Women")

    def add(number: int) -> None:
        study = Study.objects.create(slug=f"study-{number}", label=f"Study {number}", design="parallel", population_group=women)
        Registration.objects.create(study=study, identifier=f"NCT0000000{number}")

    add(1)
    client.get(f"{LIST}{query}")
    with CaptureQueriesContext(connection) as for_one:
        client.get(f"{LIST}{query}")
    add(2)
    add(3)

    with CaptureQueriesContext(connection) as for_three:
        response = client.get(f"{LIST}{query}")

    assert text(response).count("Study ") >= 3
    assert len(for_three) == len(for_one)


# One study


def test_the_page_tells_what_was_done_and_found_and_keeps_unverified_apart(client: Client, rows: Rows) -> None:
    page = client.get(FINAL)

    assert text(page).count("<h1>") == 1
    assert "U nverified Not checked yet: The assumptions behind its sample size." in words(page)
    assert "R eported −0.34 points 95 % CI −0.95 to 0.27" in words(page)
    assert "D erived 1.53 points" in words(page)
    assert "Dose 6 mg a day" in words(page)
    assert "Treatment lasts 84 days (12 weeks)" in words(page)
    assert "NCT09990001 ClinicalTrials.gov, looked up 2 Jan 2026" in words(page)
    assert 'href="https://doi.org/10.9999/s2665-9913(23)00278-3"' in text(page)


def test_each_derived_figure_is_told_with_its_steps_in_words(client: Client, rows: Rows) -> None:
    page = words(client.get(FINAL))

    assert (
        "Standard error from a confidence interval : lower limit −0.95 ; upper limit 0.27 ; confidence level 0.95 ; "
        "degrees of freedom of the t test 97 . D erived 0.30735 (high − low) / (2·t), t the two-sided point of Student's t"
    ) in page.replace("&#x27;", "'")
    assert (
        "SD of one measurement from the standard error of a difference between two groups (value): standard error 0.307348 ; "
        "participants of one group 49 ; participants of the other 50 . D erived 1.529"
    ) in page


def test_a_study_under_way_says_that_there_are_no_results_yet(client: Client, rows: Rows) -> None:
    page = words(client.get(rows.planned.get_absolute_url()))

    assert "No results yet." in page
    assert "Expected end 1 Apr 2028" in page
    assert "Dose 1.5–6 mg a day" in page
    assert "It is linked to no gap yet." in page


def test_the_gaps_it_bears_on_are_those_that_the_reader_may_see(client: Client, curator: User, rows: Rows, make_gap: MakeGap) -> None:
    gap, draft = make_gap("benefit"), make_gap("a thought", status="draft")
    for one in (gap, draft):
        link(one, rows.final, "contradicts", rows.final_pain, "No difference.")
    link(gap, rows.final, "planning_input", rows.final_sd)

    everybody = client.get(FINAL)
    client.force_login(curator)
    keeper = client.get(FINAL)

    assert [bearing.gap for bearing in everybody.context["bearings"]] == [gap]
    assert [link.role for link, _figure in everybody.context["bearings"][0].links] == ["contradicts", "planning_input"]
    assert draft.uid not in text(everybody)
    assert [bearing.gap for bearing in keeper.context["bearings"]] == [gap, draft]


def test_the_page_of_a_study_asks_as_many_queries_for_more_figures(client: Client, rows: Rows, make_gap: MakeGap) -> None:
    link(make_gap("one"), rows.final, "contradicts", rows.final_pain)
    client.get(FINAL)
    with CaptureQueriesContext(connection) as for_few:
        client.get(FINAL)
    for number in range(3):
        estimate = difference(rows.final, rows.pain, -1.0, slug=f"more-{number}")
        link(make_gap(f"more {number}"), rows.final, "supports", estimate)

    with CaptureQueriesContext(connection) as for_many:
        response = client.get(FINAL)

    assert len(response.context["bearings"]) == 4
    assert len(for_many) == len(for_few)


def test_an_unknown_study_is_not_found_and_pages_are_only_read(client: Client, rows: Rows) -> None:
    assert client.get("/gaps/studies/nobody/").status_code == 404
    assert client.post(FINAL).status_code == 405


def test_edit_and_log_are_offered_to_who_may(client: Client, desk: Client, rows: Rows) -> None:
    change = reverse("admin:gaps_study_change", args=[rows.final.pk])

    assert change in text(desk.get(FINAL))
    assert change not in text(client.get(FINAL))
    assert reverse("admin:gaps_study_add") in text(desk.get(LIST))
    assert reverse("admin:gaps_study_add") not in text(client.get(LIST))


def test_every_study_of_the_register_has_a_sound_page(client: Client, register: None) -> None:
    make_rows()
    slugs = list(Study.objects.values_list("slug", flat=True))

    pages = [client.get(reverse("study_detail", args=[slug])) for slug in slugs]

    assert len(pages) >= 4
    assert {page.status_code for page in pages} == {200}
    assert all(text(page).count("<h1>") == 1 for page in pages)


# The desk


def form_values(response: Any, **changes: Any) -> dict[str, Any]:
    """Every value that a page of the desk shows, as the browser would post it, with these changes."""
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values = {bound.html_name: bound.value() for form in forms for bound in form}
    return {name: value for name, value in {**values, **changes}.items() if value is not None and value is not False}


def said(response: Any) -> list[str]:
    """Everything that the page says is wrong."""
    return [line for error in response.context["errors"] for line in strip_tags(str(error).replace("</li>", "\n")).split("\n") if line]


ADD_STUDY, ADD_ESTIMATE = "/admin/gaps/study/add/", "/admin/gaps/estimate/add/"


def test_a_study_is_logged_with_its_registration_from_a_pasted_address(desk: Client) -> None:
    values = form_values(desk.get(ADD_STUDY), label="FINAL 2024", slug="final-x", design="parallel")
    number = {"registrations-TOTAL_FORMS": 1, "registrations-0-identifier": "https://clinicaltrials.gov/study/nct09990009"}

    response = desk.post(ADD_STUDY, values | number)

    study = Study.objects.get(slug="final-x")
    assert response.status_code == 302
    assert [registration.identifier for registration in study.registrations.all()] == ["NCT09990009"]
    assert [record.history_user.username for record in study.history.all()] == ["researcher"]


def test_a_number_gone_wrong_is_said_at_its_field_with_all_that_was_typed(desk: Client) -> None:
    values = form_values(desk.get(ADD_STUDY), label="FINAL 2024", slug="final-x", design="parallel", title="A long title")

    response = desk.post(ADD_STUDY, values | {"registrations-TOTAL_FORMS": 1, "registrations-0-identifier": "NCT0427877"})

    assert said(response) == [
        "NCT0427877 has 7 digits; a number of ClinicalTrials.gov has 8, such as NCT04270877. One may be missing or doubled."
    ]
    assert 'value="A long title"' in text(response)
    assert 'value="NCT0427877"' in text(response)
    assert not Study.objects.filter(slug="final-x").exists()


def test_the_same_number_twice_in_one_form_is_refused(desk: Client) -> None:
    values = form_values(desk.get(ADD_STUDY), label="FINAL 2024", slug="final-x", design="parallel")
    twice = {"registrations-0-identifier": "2000-000001-30", "registrations-1-identifier": "EUCTR2000-000001-30-DK"}

    response = desk.post(ADD_STUDY, values | {"registrations-TOTAL_FORMS": 2} | twice)

    assert said(response)[0] == "Please correct the duplicate data for identifier."


def test_the_page_of_a_study_lists_its_figures_with_a_link_to_add_one(desk: Client, rows: Rows) -> None:
    page = text(desk.get(reverse("admin:gaps_study_change", args=[rows.final.pk])))

    assert f'<a href="{reverse("admin:gaps_estimate_change", args=[rows.final_pain.pk])}">Change in mean pain, LDN − placebo</a>' in page
    assert f'<a href="{ADD_ESTIMATE}?study={rows.final.pk}">Add a figure</a>' in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=NCT09990001", ["FINAL 2024"]),
        ("q=10.9999/s2665-9913(23)00278-3", ["FINAL 2024"]),
        ("unverified=yes", ["FINAL 2024"]),
        ("unverified=no", ["Dose finding", "INNOVA", "Younger 2013"]),
        ("design__exact=crossover", ["Younger 2013"]),
        ("status__exact=planned", ["Dose finding"]),
    ],
)
def test_the_desk_finds_studies(desk: Client, rows: Rows, query: str, expected: list[str]) -> None:
    found = desk.get(f"/admin/gaps/study/?{query}").context["cl"].queryset

    assert [study.label for study in found if study.pk in {rows.final.pk, rows.innova.pk, rows.younger.pk, rows.planned.pk}] == expected


@pytest.mark.parametrize("model", ["study", "estimate", "term"])
def test_lists_of_the_desk_ask_as_many_queries_for_more_rows(desk: Client, rows: Rows, model: str) -> None:
    address = f"/admin/gaps/{model}/"
    desk.get(address)
    with CaptureQueriesContext(connection) as for_few:
        desk.get(address)
    for number in range(3):
        study = Study.objects.create(slug=f"more-{number}", label=f"More {number}", design="parallel", population_group=rows.women)
        Registration.objects.create(study=study, identifier=f"NCT0999010{number}")
        difference(study, rows.pain, -1.0)
        Term.objects.create(scheme="population", slug=f"more-{number}", label=f"More {number}")

    with CaptureQueriesContext(connection) as for_many:
        response = desk.get(address)

    assert response.status_code == 200
    assert len(for_many) == len(for_few)


def posted_estimate(desk: Client, study: Study, **changes: Any) -> Any:
    values = form_values(desk.get(ADD_ESTIMATE), study=study.pk, label="Pain", slug="pain-x", measure="mean_difference", **changes)
    return desk.post(ADD_ESTIMATE, values)


def test_a_standard_error_is_derived_at_the_desk_and_shown_with_its_rule(desk: Client, rows: Rows) -> None:
    response = posted_estimate(
        desk,
        rows.innova,
        value="-0.34",
        standard_error_formula="se_from_interval",
        standard_error_inputs="low = -0.95, high = 0.27,\nlevel = 0.95, df = 97",
    )

    estimate = Estimate.objects.get(slug="pain-x")
    assert response.status_code == 302, said(response)
    assert (estimate.basis, estimate.derivation) == ("reported", {"standard_error": FINAL_SE})
    assert estimate.standard_error == pytest.approx(0.30735, abs=1e-5)
    page = text(desk.get(reverse("admin:gaps_estimate_change", args=[estimate.pk])))
    assert "Standard error: 0.307348, by (high − low) / (2·t)" in page
    assert "<p>standard error: Standard error from a confidence interval, (high − low) / (2·t)" in page
    assert "low = -0.95, high = 0.27, level = 0.95, df = 97</textarea>" in page


def test_a_value_derived_in_two_steps_becomes_derived_by_itself(desk: Client, rows: Rows) -> None:
    response = posted_estimate(
        desk,
        rows.innova,
        value_formula="sd_from_group_se",
        value_inputs="standard_error = se_from_interval(low = -0.95, high = 0.27, level = 0.95, df = 97), n_1 = 49, n_2 = 50",
    )

    estimate = Estimate.objects.get(slug="pain-x")
    assert response.status_code == 302, said(response)
    assert (estimate.basis, estimate.derivation) == ("derived", {"value": FINAL_SD})
    assert estimate.value == pytest.approx(1.529, abs=1e-3)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"value_formula": "share"},
            ["This formula takes events = … (participants with the event), n = … (participants)."],
        ),
        (
            {"value_formula": "share", "value_inputs": "events = 28\nn = x"},
            ["Line 2, “n = x”: n is “x”, which is no number; write it with a point, such as 0.05."],
        ),
        (
            {"value_formula": "share", "value_inputs": "events = 28"},
            ["Share of events: n (participants) is missing or no number."],
        ),
        (
            {"value_formula": "share", "value_inputs": "events = 28, n = 14"},
            ["Share of events: events (participants with the event) is 28, but must be at most n."],
        ),
        (
            {"value": "0.3", "value_formula": "share", "value_inputs": "events = 28, n = 140"},
            ["The formula gives 0.2; leave this empty to have it filled in."],
        ),
        ({"value": "0.3", "value_inputs": "events = 28"}, ["Choose the formula that these inputs are for."]),
        ({"value": "0.3", "basis": "derived"}, ["A derived value needs its formula and inputs."]),
    ],
)
def test_what_cannot_be_derived_is_said_at_its_field_and_stays_typed(
    desk: Client, rows: Rows, changes: dict[str, str], says: list[str]
) -> None:
    response = posted_estimate(desk, rows.innova, **changes)

    assert response.status_code == 200
    assert said(response)[: len(says)] == says
    assert 'value="Pain"' in text(response)
    if typed := changes.get("value_inputs"):
        assert f"{typed}</textarea>" in response.content.decode()
    assert not Estimate.objects.filter(slug="pain-x").exists()


def test_changed_inputs_fill_the_figure_in_anew(desk: Client, rows: Rows) -> None:
    change = reverse("admin:gaps_estimate_change", args=[rows.final_sd.pk])

    response = desk.post(change, form_values(desk.get(change), value_inputs="standard_error = 0.5, n_1 = 8, n_2 = 8"))

    rows.final_sd.refresh_from_db()
    assert response.status_code == 302, said(response)
    assert rows.final_sd.value == 1.0


def test_saving_a_derived_figure_unchanged_changes_nothing(desk: Client, rows: Rows) -> None:
    change = reverse("admin:gaps_estimate_change", args=[rows.final_sd.pk])

    response = desk.post(change, form_values(desk.get(change)))

    again = Estimate.objects.get(pk=rows.final_sd.pk)
    assert response.status_code == 302, said(response)
    assert (again.value, again.derivation, again.basis) == (rows.final_sd.value, {"value": FINAL_SD}, "derived")


def test_taking_the_formula_away_makes_the_value_a_typed_one(desk: Client, rows: Rows) -> None:
    change = reverse("admin:gaps_estimate_change", args=[rows.final_sd.pk])

    desk.post(change, form_values(desk.get(change), value_formula="", value_inputs="", value="1.5", basis="assumed"))

    again = Estimate.objects.get(pk=rows.final_sd.pk)
    assert (again.value, again.derivation, again.basis) == (1.5, {}, "assumed")


def test_who_may_only_read_sees_figures_without_a_form(client: Client, second_reader: User, rows: Rows) -> None:
    second_reader.is_staff = True
    second_reader.save()
    client.force_login(second_reader)

    response = client.get(reverse("admin:gaps_estimate_change", args=[rows.final_sd.pk]))

    assert response.status_code == 200
    assert "SD of the change" in text(response)
    assert 'name="value_inputs"' not in text(response)


@pytest.mark.parametrize(
    ("model", "word", "expected"),
    [("study", "NCT09990001", ["FINAL 2024"]), ("estimate", "INNOVA", ["INNOVA: Change in mean pain, LDN − placebo"])],
)
def test_autocomplete_finds_studies_by_registration_and_figures_by_study(
    desk: Client, rows: Rows, model: str, word: str, expected: list[str]
) -> None:
    query = {"app_label": "gaps", "model_name": "evidence", "field_name": model, "term": word}

    found = desk.get(reverse("admin:autocomplete"), query).json()

    texts = [row["text"] for row in found["results"]]
    assert [one for one in texts if one in expected] == expected
    assert all(word in one for one in texts) or texts == expected


def evidence_formset(researcher: User, gap: Gap, **row: Any) -> Any:
    request = RequestFactory().post("/")
    request.user = researcher
    formset_class: Any = EvidenceInline(Gap, admin.site).get_formset(request, gap)
    data = {"evidence-TOTAL_FORMS": 1, "evidence-INITIAL_FORMS": 0, **{f"evidence-0-{name}": value for name, value in row.items()}}
    return formset_class(data, instance=gap, prefix="evidence")


def test_a_figure_brings_its_study_to_the_evidence_of_a_gap(researcher: User, rows: Rows, make_gap: MakeGap) -> None:
    gap = make_gap("benefit")
    formset = evidence_formset(researcher, gap, role="contradicts", estimate=rows.final_pain.pk)

    assert formset.is_valid(), formset.errors
    formset.save()

    assert [(link.study, link.estimate, link.role) for link in Evidence.objects.filter(gap=gap)] == [
        (rows.final, rows.final_pain, "contradicts")
    ]


def test_evidence_without_study_or_with_anothers_figure_is_refused_at_its_field(researcher: User, rows: Rows, make_gap: MakeGap) -> None:
    gap = make_gap("benefit")

    nothing = evidence_formset(researcher, gap, role="supports")
    another = evidence_formset(researcher, gap, role="supports", study=rows.innova.pk, estimate=rows.final_pain.pk)

    assert nothing.errors == [{"study": ["Choose the study, or one of its figures."]}]
    assert another.errors == [{"estimate": ["FINAL 2024: Change in mean pain, LDN − placebo is a figure of another study."]}]


def test_a_gap_takes_evidence_at_its_own_page(researcher: User) -> None:
    assert EvidenceInline in admin.site._registry[Gap].inlines
