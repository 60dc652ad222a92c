"""The page of evidence on one gap: what was found since the article, for and against, and when."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gaps.evidence.figure import Figure
from gaps.models import Citation, Estimate, Evidence, Gap, Study
from tests.gaps.evidence_rows import Rows, cite, difference, link, make_rows

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def words(response: Any) -> str:
    """What a reader reads, without the marks of the page."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def address(gap: Gap) -> str:
    return reverse("gap_evidence", args=[gap.uid])


def shown(response: Any) -> dict[str, list[str]]:
    return {part.slug: [piece.link.study.label for piece in part.pieces] for part in response.context["parts"]}


@pytest.fixture
def rows(db: None) -> Rows:
    return make_rows()


@pytest.fixture
def gap(make_gap: MakeGap, rows: Rows) -> Gap:
    """A question about mean pain with a point as the difference that matters, and an article of 2022."""
    gap = make_gap("benefit", outcome_domain=rows.pain, target_difference=1.0)
    cite(gap, 2022)
    link(gap, rows.younger, "supports", rows.younger_pain, "Before the article.")
    link(gap, rows.final, "contradicts", rows.final_pain, "No difference in 99 women.")
    link(gap, rows.innova, "contradicts", rows.innova_pain)
    link(gap, rows.planned, "under_way")
    link(gap, rows.final, "planning_input", rows.final_sd)
    return gap


def test_the_page_is_public_and_sorts_the_evidence_by_its_role(client: Client, gap: Gap) -> None:
    response = client.get(address(gap))

    assert address(gap) == f"/gaps/{gap.uid}/evidence/"
    assert text(response).count("<h1>") == 1
    assert shown(response) == {
        "for": ["Younger 2013"],
        "against": ["INNOVA", "FINAL 2024"],
        "answers": [],
        "under-way": ["Dose finding"],
        "planning": ["FINAL 2024"],
    }
    assert f'<a href="{address(gap)}" aria-current="page">Evidence</a>' in text(response)


def test_it_says_how_many_came_since_the_article_and_which_have_no_date(client: Client, gap: Gap) -> None:
    response = client.get(address(gap))

    assert response.context["article_year"] == 2022
    assert response.context["tally"][:4] == (0, 1, 0, 1)
    assert "Since the article, whose newest reference is of 2022" in words(response)
    assert "0 for a benefit 1 against 0 answering, wholly or in part 1 under way" in words(response)
    assert "Not counted, as the date of their results was not found: INNOVA ." in words(response)
    assert words(response).count("since the article") == 2  # FINAL in two roles; Younger is of 2013, INNOVA has no date


def test_a_study_counts_once_however_many_figures_it_brings(client: Client, gap: Gap, rows: Rows) -> None:
    link(gap, rows.final, "contradicts", note="As a whole, too.")

    assert client.get(address(gap)).context["tally"].against == 1


def test_a_gap_of_our_own_is_seen_against_the_article_that_raises_the_others(client: Client, gap: Gap, rows: Rows) -> None:
    own = Gap.objects.create(title="Ours", status="proposed", origin="team", origin_note="We asked.", outcome_domain=rows.pain)
    link(own, rows.final, "supports", rows.final_pain)

    response = client.get(address(own))

    assert (response.context["article_year"], response.context["tally"].for_benefit) == (2022, 1)


def test_without_an_article_nothing_is_called_later(client: Client, rows: Rows) -> None:
    own = Gap.objects.create(title="Ours", status="proposed", origin="team", origin_note="We asked.")
    link(own, rows.final, "supports", rows.final_pain)

    response = client.get(address(own))

    assert not Citation.objects.exists()
    assert "since the article" not in words(response).lower()


def test_each_figure_stands_with_interval_people_basis_report_and_registration(client: Client, gap: Gap) -> None:
    page = client.get(address(gap))

    assert "R eported −0.34 points 95 % CI −0.95 to 0.27" in words(page)
    assert "D erived standard error 0.307, p 0.27" in words(page)
    assert "No difference in 99 women." in words(page)
    assert "D erived 95 % CI −0.32 to 1.30" in words(page)
    assert '<a href="https://doi.org/10.9999/s2665-9913(23)00278-3">10.9999/s2665-9913(23)00278-3</a>' in text(page)
    assert '<a class="nowrap" href="https://clinicaltrials.gov/study/NCT09990001">NCT09990001</a>' in text(page)
    assert "expected Apr 2028" in words(page)


def test_differences_are_drawn_with_the_one_that_matters_and_a_table_says_the_same(client: Client, gap: Gap) -> None:
    response = client.get(address(gap))

    page = text(response)
    rows = [finding.row for finding in response.context["findings"]]
    assert [(row.label, row.note, row.value, row.low, row.high) for row in rows] == [
        ("INNOVA", "n 98", 0.49, -0.32, 1.3),
        ("FINAL 2024", "2024, n 99", -0.34, -0.95, 0.27),
    ]
    assert [(row.derived_value, row.derived_interval) for row in rows] == [(False, True), (False, False)]
    assert page.count('<svg viewBox="0 0 690') == 1
    assert page.count('<svg viewBox="0 0 310') == 1
    assert "The dashed line marks the difference that matters, −1. Below 0: naltrexone better; above 0: placebo better." in page
    assert "Not drawn, as they are not on a scale whose ends are known: Younger 2013." in words(response)
    table = page[page.index("The same as a table") :]
    for row in rows:
        line = table[table.index(row.label) :]
        assert f'data-label="Difference">{str(row.value).replace("-", "−")}</td>' in line


def test_another_scale_is_laid_on_the_common_one(client: Client, gap: Gap, rows: Rows) -> None:
    study = Study.objects.create(slug="on-100", label="On 0–100", design="parallel", year=2025)
    link(gap, study, "supports", difference(study, rows.pain, -12, scale_max=100, ci_low=-20, ci_high=-4, ci_level=0.95, unit="mm"))

    found = [finding.row for finding in client.get(address(gap)).context["findings"]]

    assert [(row.value, row.low, row.high) for row in found if row.label == "On 0–100"] == [(-1.2, -2, -0.4)]


def test_where_higher_is_better_the_sides_change_places(client: Client, gap: Gap, rows: Rows) -> None:
    rows.pain.better = "higher"
    rows.pain.save()

    page = text(client.get(address(gap)))

    assert "The dashed line marks the difference that matters, 1. Below 0: placebo better; above 0: naltrexone better." in page


def test_other_measures_comparisons_and_outcomes_are_not_drawn(client: Client, gap: Gap, rows: Rows) -> None:
    study = Study.objects.create(slug="others", label="Others", design="parallel", year=2025)
    for slug, fields in {
        "median": {"measure": "median_difference"},
        "active": {"comparison": "active"},
        "ratio": {"measure": "risk_ratio"},
    }.items():
        link(gap, study, "supports", difference(study, rows.pain, 1.0, slug=slug, **fields))

    assert "Others" not in [finding.row.label for finding in client.get(address(gap)).context["findings"]]
    rows.pain.gaps_of_outcome.clear()
    assert client.get(address(gap)).context["findings"] == []


def test_a_question_of_dose_shows_which_doses_were_studied(client: Client, gap: Gap) -> None:
    before = text(client.get(address(gap)))
    gap.kind = "dose_response"
    gap.save()

    page = text(client.get(address(gap)))

    assert "Doses studied so far" not in before
    assert "Randomised, with results: INNOVA (randomised, n 98): 4.5 mg; FINAL 2024 (randomised, n 99): 6 mg;" in page
    assert "Not randomised, or without results: Dose finding (planned, n 75): 1.5 to 6 mg." in page


def test_a_number_to_plan_with_can_be_taken_into_a_protocol(client: Client, gap: Gap, rows: Rows) -> None:
    study = rows.final_sd.study
    fields = {"measure": "difference_sd", "value": 2.0, "scale_min": 0, "scale_max": 10, "outcome_domain": rows.pain}
    estimate = Estimate.objects.create(study=study, slug="sd-within", label="SD of the difference", **fields)
    link(gap, study, "planning_input", estimate)
    use = f'href="{reverse("protocol_add")}?gap={gap.uid}&amp;estimate={estimate.pk}">Use in a protocol</a>'

    assert gap.evidence.filter(role="planning_input").count() == 2  # the SD of the change has to be converted first
    assert text(client.get(address(gap))).count(use) == 1
    assert text(client.get(address(gap))).count("Use in a protocol") == 1


def test_an_empty_gap_says_so_for_each_role(client: Client, make_gap: MakeGap) -> None:
    page = words(client.get(address(make_gap("nothing"))))

    for sentence in ("Nothing linked speaks for a benefit.", "Nothing linked speaks against.", "No number to plan with is linked."):
        assert sentence in page
    assert "<svg" not in page


def test_only_who_may_link_evidence_is_led_to_the_desk(client: Client, desk: Client, gap: Gap, researcher: User) -> None:
    gap.created_by = researcher
    gap.save()
    at_desk = f"{reverse('admin:gaps_gap_change', args=[gap.pk])}#evidence-group"

    assert at_desk in text(desk.get(address(gap)))
    assert at_desk not in text(client.get(address(gap)))


def test_who_may_not_edit_this_gap_is_not_led_to_the_desk(desk: Client, gap: Gap) -> None:
    assert "#evidence-group" not in text(desk.get(address(gap)))


def test_a_draft_keeps_its_evidence_to_itself_and_a_merged_gap_leads_on(client: Client, gap: Gap, make_gap: MakeGap) -> None:
    draft = make_gap("a thought", status="draft")
    merged = make_gap("the same", status="merged", merged_into=gap)

    assert client.get(address(draft)).status_code == 404
    assert client.get(address(merged)).headers["Location"] == address(gap)
    assert client.post(address(gap)).status_code == 405


def test_the_page_asks_as_many_queries_for_three_of_a_kind_as_for_one(client: Client, gap: Gap, rows: Rows) -> None:
    client.get(address(gap))
    with CaptureQueriesContext(connection) as for_few:
        client.get(address(gap))
    for number in range(3):
        study = Study.objects.create(slug=f"more-{number}", label=f"More {number}", design="parallel", year=2025)
        link(gap, study, "supports", difference(study, rows.pain, -1.0))
        link(gap, study, "planning_input", Estimate.objects.create(study=study, slug="sd", label="SD", measure="total_sd", value=2))

    with CaptureQueriesContext(connection) as for_many:
        response = client.get(address(gap))

    assert len(shown(response)["for"]) == 4
    assert len(for_many) == len(for_few)


def test_every_gap_of_the_register_has_a_sound_page_of_evidence(client: Client, register: None) -> None:
    uids = list(Gap.objects.visible_to(AnonymousUser()).exclude(status="merged").values_list("uid", flat=True))

    pages = {uid: client.get(reverse("gap_evidence", args=[uid])) for uid in uids}

    assert len(pages) == 17
    for uid, page in pages.items():
        linked = Evidence.objects.filter(gap__uid=uid).count()
        assert page.status_code == 200
        assert sum(len(part.pieces) for part in page.context["parts"]) == linked


@pytest.mark.parametrize(
    ("kind", "heading", "nothing"),
    [
        (Gap.Kind.EFFICACY, "for a benefit", "Nothing linked speaks against."),
        (Gap.Kind.SAFETY, "reassuring", "Nothing linked points to harm."),
        (Gap.Kind.MECHANISM, "for this mechanism", "Nothing linked speaks against this mechanism."),
    ],
)
def test_a_question_of_harm_is_not_told_as_one_of_benefit(
    client: Client, make_gap: MakeGap, rows: Rows, kind: Gap.Kind, heading: str, nothing: str
) -> None:
    values = {"tolerated_rate": 0.01} if kind == Gap.Kind.SAFETY else {}
    gap = make_gap("harm", kind=kind, **values)
    cite(gap, 2022)
    link(gap, rows.final, "supports", rows.final_pain)

    page = words(client.get(address(gap)))

    assert f"1 {heading} 0 " in page
    assert nothing in page


@pytest.mark.parametrize(
    ("values", "value", "interval"),
    [
        ({"measure": "risk_difference", "value": 0.17, "standard_error": 0.0953}, "+17\xa0percentage points", "95 % CI −1.7 to 35.7"),
        ({"measure": "proportion", "value": 1 / 74, "n": 74, "events": 1}, "1.351351351\xa0%", "95 % CI 0.03 to 7.30\xa0%"),
        (
            {"measure": "mean_difference", "value": -0.86, "ci_low": -1.2, "ci_high": -0.51, "unit": "points"},
            "−0.86\xa0points",
            "95 % CI −1.20 to −0.51",
        ),
        ({"measure": "mean_change", "value": -1.0, "unit": "points"}, "−1.0\xa0points", ""),
        ({"measure": "dose", "value": 6.0, "unit": "mg"}, "6\xa0mg", ""),
    ],
)
def test_a_figure_reads_with_its_unit_and_both_ends_alike(rows: Rows, values: dict[str, Any], value: str, interval: str) -> None:
    level = 0.95 if "ci_low" in values else None

    figure = Figure(Estimate(study=rows.final, slug="x", label="X", ci_level=level, **values))

    assert (figure.value, figure.interval) == (value, interval)


def test_points_of_another_instrument_are_not_drawn_where_the_outcome_has_no_ends(client: Client, gap: Gap, rows: Rows) -> None:
    rows.pain.scale_min = rows.pain.scale_max = None
    rows.pain.save()
    rows.final_pain.instrument = "Another scale"
    rows.final_pain.save()

    response = client.get(address(gap))

    assert [finding.row.label for finding in response.context["findings"]] == ["INNOVA", "Younger 2013"]
    assert "known: FINAL 2024." in words(response)
