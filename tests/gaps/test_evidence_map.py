"""The evidence map: what stands where, what is counted, and what its page says."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from gaps.evidence_map import wording
from gaps.evidence_map.axes import DOSE_BANDS, DURATION_BANDS, bands_between
from gaps.evidence_map.cells import Cell, EvidenceMap, draw
from gaps.evidence_map.choices import MapChoices
from gaps.evidence_map.export import EXPORTED
from gaps.evidence_map.register import read_register
from gaps.models import Estimate, Evidence, Gap, Registration, SavedView, Study, Term

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]
WOMEN_PAIN = "women-with-fibromyalgia,mean-pain"


class Rows:
    """A small register: three populations, three outcomes, and the studies of the worked example."""

    def __init__(self) -> None:
        population, outcome = Term.Scheme.POPULATION, Term.Scheme.OUTCOME
        self.women = Term.objects.create(scheme=population, slug="women-with-fibromyalgia", label="Women with fibromyalgia", position=0)
        self.neuropathy = Term.objects.create(scheme=population, slug="neuropathy", label="Diabetic neuropathy", position=1)
        self.regional = Term.objects.create(scheme=population, slug="regional-pain", label="Complex regional pain", position=2)
        self.pain = Term.objects.create(
            scheme=outcome, slug="mean-pain", label="Mean pain", position=0, unit="points", scale_min=0, scale_max=10, better="lower"
        )
        self.harm = Term.objects.create(scheme=outcome, slug="harm", label="Serious harm", position=1, better="lower")
        self.mood = Term.objects.create(scheme=outcome, slug="mood", label="Mood", position=2, unit="units", better="higher")

    def study(self, slug: str, population: Term | None, **fields: Any) -> Study:
        values = {"label": slug.upper(), "design": Study.Design.PARALLEL, "n_randomised": 100, "treatment_days": 84} | fields
        return Study.objects.create(slug=slug, population_group=population, **values)

    def difference(self, study: Study, value: float | None, standard_error: float | None, **fields: Any) -> Estimate:
        values = {
            "slug": f"difference-{study.estimates.count()}",
            "label": "Difference in mean pain",
            "measure": Estimate.Measure.MEAN_DIFFERENCE,
            "outcome_domain": self.pain,
            "scale_min": 0,
            "scale_max": 10,
            "unit": "points",
            "stands_for_study": True,
        } | fields
        estimate = Estimate(study=study, value=value, standard_error=standard_error, **values)
        estimate.full_clean()
        estimate.save()
        return estimate

    def worked_example(self) -> None:
        final = self.study("final", self.women, n_randomised=99, n_analysed=99, dose_low_mg=6, dose_high_mg=6)
        se = {"formula": "se_from_interval", "inputs": {"low": -0.95, "high": 0.27, "level": 0.95, "df": 97}}
        self.difference(
            final, -0.34, None, n=99, ci_low=-0.95, ci_high=0.27, ci_level=0.95, timepoint_days=84, derivation={"standard_error": se}
        )
        innova = self.study("innova", self.women, n_randomised=98, dose_low_mg=4.5, dose_high_mg=4.5, treatment_days=365)
        se = {"formula": "se_from_p_value", "inputs": {"difference": 0.49, "p_value": 0.236, "df": 96}}
        self.difference(innova, 0.49, None, n=98, basis="unverified", timepoint_days=91, derivation={"standard_error": se})


@pytest.fixture
def rows(db: None) -> Rows:
    return Rows()


@pytest.fixture
def register(db: None) -> None:
    """The roles alone, for whom to sign in as: the map of these tests lays out its own small register."""
    call_command("loaddata", "roles", verbosity=0)


@pytest.fixture
def example(rows: Rows) -> Rows:
    rows.worked_example()
    return rows


def drawn(query: str = "", user: Any = None) -> EvidenceMap:
    from django.contrib.auth.models import AnonymousUser

    terms = list(Term.objects.all())
    return draw(MapChoices(QueryDict(query).dict(), terms).chosen(), read_register(user or AnonymousUser(), terms), terms)


def at(key: str, query: str = "") -> Cell:
    cell = drawn(query).cell(key)
    assert cell is not None
    return cell


def page(client: Client, query: str = "") -> str:
    response = client.get(f"{reverse('evidence_map')}?{query}")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize(
    ("query", "state", "headline", "lines"),
    [
        ("", "excluded", "157 %", ["benefit of 1.0 points excluded", "2 trials, 197 people", "if effects vary: 56 %, excluded"]),
        ("model=random", "excluded", "56 %", ["benefit of 1.0 points excluded", "2 trials, 197 people", "if all share one effect: 157 %, excluded"]),
        ("difference=0.7", "excluded", "77 %", ["benefit of 0.7 points excluded", "2 trials, 197 people", "if effects vary: 27 %"]),
        ("difference=0.7&model=random", "little", "27 %", ["little of what 0.7 points needs", "2 trials, 197 people", "if all share one effect: 77 %, excluded"]),
        ("difference=0.5", "some", "39 %", ["part of what 0.5 points needs", "2 trials, 197 people", "if effects vary: 14 %"]),
        ("difference=0.5&model=random", "little", "14 %", ["little of what 0.5 points needs", "2 trials, 197 people", "if all share one effect: 39 %"]),
    ],
)  # fmt: skip
def test_the_worked_example_stands_in_its_cell(example: Rows, query: str, state: str, headline: str, lines: list[str]) -> None:
    cell = at(WOMEN_PAIN, query)

    assert cell.state == state
    assert wording.headline(cell).replace("\xa0", " ") == headline
    assert [line.replace("\xa0", " ") for line in wording.lines(cell)] == lines


def test_less_power_needs_less_information(example: Rows) -> None:
    assert wording.headline(at(WOMEN_PAIN, "power=0.8")).replace("\xa0", " ") == "210 %"


def test_a_difference_on_another_scale_is_brought_onto_the_common_one(rows: Rows) -> None:
    rows.difference(rows.study("hundred", rows.women), -12.0, 4.0, scale_max=100)

    finding = at(WOMEN_PAIN).counted[0].finding

    assert [finding.difference, finding.standard_error] == pytest.approx([-1.2, 0.4])


@pytest.mark.parametrize(
    ("fields", "study", "why"),
    [
        ({"scale_min": None, "scale_max": None}, {}, "scale_unknown"),
        ({"comparison": "active"}, {}, "other_comparison"),
        ({"comparison": "baseline"}, {}, "other_comparison"),
        ({"stands_for_study": False}, {}, "not_chosen"),
        ({"standard_error": None}, {}, "no_error"),
        ({"basis": "assumed"}, {}, "assumed"),
        ({"standard_error": 1e-200}, {}, "no_error"),
        ({"value": 1e200}, {}, "no_error"),
        ({"measure": "median_difference"}, {}, "no_difference"),
        ({"value": None, "p_value": 0.04}, {}, "no_difference"),
        ({"measure": "standardised_difference"}, {"status": "ongoing"}, "under_way"),
    ],
)
def test_a_figure_that_cannot_be_counted_says_why(rows: Rows, fields: dict[str, Any], study: dict[str, Any], why: str) -> None:
    given = {"value": -1.0, "standard_error": 0.4} | fields
    rows.difference(rows.study("one", rows.women, **study), given.pop("value"), given.pop("standard_error"), **given)

    cell = at(WOMEN_PAIN)

    assert cell.counted == ()
    assert [one.why.value for one in cell.left_out] == [why]
    assert cell.state == ("under_way" if why == "under_way" else "not_countable")


def test_an_outcome_without_common_scale_pools_its_own_unit_only(rows: Rows) -> None:
    rows.difference(rows.study("same", rows.women), 2.0, 0.5, outcome_domain=rows.mood, unit="Units", scale_min=None, scale_max=None)
    rows.difference(rows.study("other", rows.women), 2.0, 0.5, outcome_domain=rows.mood, unit="mmol", scale_min=None, scale_max=None)

    cell = at("women-with-fibromyalgia,mood")

    assert [one.study.slug for one in cell.counted] == ["same"]
    assert [(one.study.slug, one.why.value) for one in cell.left_out] == [("other", "other_unit")]
    assert cell.state == "shown"


def test_a_meta_analysis_is_shown_and_never_counted_beside_its_trials(example: Rows) -> None:
    review = example.study("review", example.women, design="meta_analysis", n_randomised=500)
    example.difference(review, -0.86, 0.18)
    alone = example.study("another-review", example.neuropathy, design="meta_analysis", n_randomised=500)
    example.difference(alone, -0.86, 0.18)

    cell, other = at(WOMEN_PAIN), at("neuropathy,mean-pain")

    assert [one.study.slug for one in cell.counted] == ["final", "innova"]
    assert wording.lines(cell)[-1] == "1 meta-analysis"
    assert (other.state, wording.headline(other), wording.lines(other)) == ("not_countable", "1 meta-analysis", [])


def test_an_active_comparison_is_counted_when_the_reader_chooses_it(rows: Rows) -> None:
    rows.difference(rows.study("amitriptyline", rows.neuropathy), 0.16, 0.13, comparison="active")

    assert at("neuropathy,mean-pain").state == "not_countable"
    assert at("neuropathy,mean-pain", "comparison=active").state == "excluded"


def test_a_withdrawn_study_is_not_on_the_map(rows: Rows) -> None:
    rows.difference(rows.study("withdrawn", rows.women, status="withdrawn"), -1.0, 0.3)
    rows.difference(rows.study("published", rows.women), -1.0, 0.3)

    assert [study.slug for study in at(WOMEN_PAIN).studies] == ["published"]


def test_a_study_under_way_stands_where_the_gap_stands_on_which_it_bears(rows: Rows, make_gap: MakeGap) -> None:
    gap = make_gap("regional pain", population_group=rows.women, outcome_domain=rows.pain)
    study = rows.study("ongoing", rows.regional, status="ongoing", n_randomised=40)
    Registration.objects.create(study=study, identifier="NCT06306157")
    Evidence.objects.create(gap=gap, study=study, role="under_way")

    cell = at("regional-pain,mean-pain")

    assert cell.state == "under_way"
    assert [line.replace("\xa0", " ") for line in wording.lines(cell)] == ["NCT06306157", "1 study, n 40"]
    assert at(WOMEN_PAIN).studies == ()


def test_a_study_that_only_gives_a_number_to_plan_with_is_no_evidence_on_the_gap(rows: Rows, make_gap: MakeGap) -> None:
    gap = make_gap("pain", population_group=rows.women, outcome_domain=rows.pain)
    Evidence.objects.create(gap=gap, study=rows.study("plan", rows.women), role="planning_input")

    cell = at(WOMEN_PAIN)

    assert (cell.state, cell.studies) == ("none", ())
    assert wording.headline(cell) == "1 gap, no study"


def test_a_draft_neither_shows_nor_places_a_study_for_strangers(rows: Rows, make_gap: MakeGap, colleague: User) -> None:
    draft = make_gap("a draft", status="draft", created_by=colleague, population_group=rows.women, outcome_domain=rows.pain)
    Evidence.objects.create(gap=draft, study=rows.study("ongoing", rows.women, status="ongoing"), role="under_way")

    own = drawn(user=colleague).cell(WOMEN_PAIN)

    assert list(drawn().cells()) == []
    assert [study.slug for study in drawn().studies_without_place] == ["ongoing"]
    assert own is not None
    assert (own.gaps, len(own.studies)) == ((draft,), 1)


@pytest.mark.parametrize(
    ("n", "events", "query", "state", "headline", "line"),
    [
        (48, 0, "", "little", "16 %", "48 of 299 people to rule out 1 %, no events"),
        (150, 0, "", "some", "50 %", "150 of 299 people to rule out 1 %, no events"),
        (299, 0, "", "below", "100 %", "1 % ruled out: 299 of 299 people, no events"),
        (298, 0, "", "some", "99 %", "298 of 299 people to rule out 1 %, no events"),
        (48, 5, "", "above", "5 %", "above 1 %: 48 of 1,049 people, 5 events"),
        (48, 0, "tolerated_rate=10", "below", "166 %", "10 % ruled out: 48 of 29 people, no events"),
    ],
)
def test_a_harm_is_counted_by_people_followed(rows: Rows, n: int, events: int, query: str, state: str, headline: str, line: str) -> None:
    study = rows.study("followed", rows.women)
    fields = {"measure": "rate", "comparison": "none", "outcome_domain": rows.harm, "unit": "", "scale_min": None, "scale_max": None}
    rows.difference(study, events / n, None, n=n, events=events, **fields)

    cell = at("women-with-fibromyalgia,harm", query)

    assert cell.state == state
    assert wording.headline(cell).replace("\xa0", " ") == headline
    assert wording.lines(cell)[0].replace("\xa0", " ") == line


def test_an_upper_limit_by_the_rule_for_no_event_counts_its_people(rows: Rows) -> None:
    study = rows.study("no event", rows.women)
    derivation = {"value": {"formula": "zero_event_upper_limit", "inputs": {"n": 48, "level": 0.95}}}
    rows.difference(study, None, None, n=48, measure="upper_limit", basis="derived", derivation=derivation, outcome_domain=rows.harm)
    rows.difference(rows.study("limit alone", rows.women), 0.05, None, n=60, measure="upper_limit", outcome_domain=rows.harm)

    cell = at("women-with-fibromyalgia,harm")

    assert [(one.n, one.events) for one in cell.followed_up] == [(48, 0)]
    assert [one.study.slug for one in cell.left_out] == ["limit alone"]


def test_a_gap_can_bring_its_own_difference_and_rate(example: Rows, make_gap: MakeGap) -> None:
    make_gap("large", population_group=example.women, outcome_domain=example.pain, target_difference=2.0)
    smaller = make_gap("small", population_group=example.women, outcome_domain=example.pain, target_difference=0.5)

    cell = at(WOMEN_PAIN, "own_difference=on&difference=1")

    assert cell.own_difference_of == smaller
    assert cell.state == "some"
    assert at(WOMEN_PAIN, "difference=1").state == "excluded"


def test_doses_and_durations_lie_in_bands_that_hold_their_ends() -> None:
    assert [sorted(bands_between(DOSE_BANDS, dose, dose)) for dose in (0, 1.5, 1.6, 4.5, 6, 50)] == [
        ["to-1.5-mg"],
        ["to-1.5-mg"],
        ["to-3-mg"],
        ["to-4.5-mg"],
        ["to-6-mg"],
        ["over-6-mg"],
    ]
    assert [sorted(bands_between(DURATION_BANDS, days, days)) for days in (28, 29, 84, 182, 183)] == [
        ["to-4-weeks"],
        ["to-12-weeks"],
        ["to-12-weeks"],
        ["to-26-weeks"],
        ["over-26-weeks"],
    ]
    assert bands_between(DOSE_BANDS, 0.1, 9) == {band.key for band in DOSE_BANDS}


def test_dose_and_duration_lay_out_one_outcome(example: Rows, make_gap: MakeGap) -> None:
    make_gap("range", population_group=example.women, outcome_domain=example.pain, dose_low_mg=3.5, dose_high_mg=5, time_frame_days=100)
    make_gap("harm", population_group=example.women, outcome_domain=example.harm, dose_low_mg=3.5, dose_high_mg=5, time_frame_days=100)
    found = drawn("rows=dose&columns=duration")

    occupied = {
        cell.key: ([one.study.slug for one in cell.counted], [gap.title for gap in cell.gaps])
        for cell in found.cells()
        if cell.studies or cell.gaps
    }

    assert occupied == {
        "to-4.5-mg,to-26-weeks": (["innova"], ["range"]),
        "to-4.5-mg,over-26-weeks": ([], ["range"]),
        "to-6-mg,to-12-weeks": (["final"], []),
        "to-6-mg,to-26-weeks": ([], ["range"]),
        "to-6-mg,over-26-weeks": ([], ["range"]),
    }
    assert [gap.title for gap in found.gaps_without_place] == ["harm"]
    assert "dose not stated" not in [row.category.label for row in found.rows]


def test_a_population_can_be_chosen_where_the_axes_do_not_show_it(example: Rows) -> None:
    example.difference(example.study("neuropathy", example.neuropathy, dose_low_mg=6), 0.0, 0.4, timepoint_days=84)

    together = at("to-6-mg,to-12-weeks", "rows=dose&columns=duration")
    women = at("to-6-mg,to-12-weeks", "rows=dose&columns=duration&population=women-with-fibromyalgia")

    assert [one.study.slug for one in together.counted] == ["final", "neuropathy"]
    assert [one.study.slug for one in women.counted] == ["final"]


def test_every_pair_of_axes_holds_every_counted_trial_once(example: Rows) -> None:
    axes = ("population", "outcome", "dose", "duration")
    pairs = [(one, other) for one in axes for other in axes if one != other]

    counted = [
        sorted(one.study.slug for cell in drawn(f"rows={one}&columns={other}").cells() for one in cell.counted) for one, other in pairs
    ]

    assert counted == [["final", "innova"]] * 12


def test_the_map_is_public_and_every_cell_is_a_named_link(client: Client, example: Rows, make_gap: MakeGap) -> None:
    make_gap("mood", population_group=example.neuropathy, outcome_domain=example.mood)
    html = page(client)

    links = re.findall(r'<td class="m\w+"><a href="(.*?)">(.*?)</a></td>', html)

    assert html.count("<h1>") == 1
    assert len(links) == 4
    assert "Neither a study nor a gap stands at: Complex regional pain; Serious harm." in plain(html)
    assert links[0][0] == "?cell=women-with-fibromyalgia,mean-pain#cell"
    assert plain(links[0][1]) == (
        "Women with fibromyalgia, Mean pain: ⊘ 157 % benefit of 1.0 points excluded 2 trials, 197 people if effects vary: 56 %, excluded"
    )
    assert plain(links[1][1]) == "Women with fibromyalgia, Mood: no study, nothing logged"


def test_a_cell_lists_its_studies_and_gaps_with_both_models(client: Client, example: Rows, make_gap: MakeGap) -> None:
    example.difference(example.study("bested", example.women, n_randomised=58), -0.3, None, measure="median_difference")
    make_gap("benefit", population_group=example.women, outcome_domain=example.pain)

    html = page(client, f"cell={WOMEN_PAIN}")
    detail = plain(html.split('id="cell"')[1].split('id="how"')[0])

    assert "An average benefit as large as 1.0 points is excluded by 2 trials with 197 people." in detail
    assert (
        "The pooled difference is −0.04 points (95 % interval −0.52 to 0.44), with 157 % of the information that 90 % power needs."
        in detail
    )
    assert "Fixed effect, chosen −0.04 −0.52 to 0.44 16.51 10.51 157 % benefit of 1.0 points excluded" in detail
    assert "Random effects 0.03 −0.78 to 0.84 5.87 10.51 56 % benefit of 1.0 points excluded" in detail
    assert "Q 2.62 on 1 df, I² 62 %, τ² 0.213" in detail
    assert "0.307 D" in detail
    assert "BESTED No difference of means 58" in detail
    assert "GAP-0001 benefit" in detail
    assert "FINAL −0.34 (−0.95 to 0.27); INNOVA 0.49 (−0.32 to 1.30); Fixed effect −0.04 (−0.52 to 0.44)" in detail
    assert 'aria-current="true"' in html


@pytest.mark.parametrize(
    "query",
    ["cell=nowhere,mean-pain", "cell=,", "rows=nothing", "difference=nan", "difference=-1", "difference=1e999", "power=2", "rows=dose&columns=dose", "outcome=nothing&rows=dose&columns=duration", "tolerated_rate=0", "comparison=none", "population=x&rows=dose&columns=outcome", "_export=pdf"],
)  # fmt: skip
def test_a_choice_that_makes_no_sense_is_drawn_as_on_the_first_visit(client: Client, example: Rows, query: str) -> None:
    html = page(client, query)

    assert html.count('<table class="map') == 1
    assert 'id="cell"' not in html


def test_a_choice_that_makes_no_sense_is_named_at_its_field(client: Client, example: Rows) -> None:
    html = page(client, "rows=dose&columns=dose&difference=-1")

    assert "Rows already show this; choose something else for the columns." in html
    assert "Give a difference of 0.001 or more, without sign." in html


def test_the_table_says_the_same_as_the_map(client: Client, example: Rows) -> None:
    table = plain(page(client).split("map-table")[1].split("</table>")[0])

    assert (
        "Women with fibromyalgia Mean pain ⊘ benefit excluded 2 197 10.51 157 % −0.04 (−0.52 to 0.44), I 16.51 56 % 0.03 (−0.78 to 0.84), I 5.87"
        in table
    )


def test_the_files_hold_every_cell(client: Client, example: Rows, make_gap: MakeGap) -> None:
    address = f"{reverse('evidence_map')}?difference=0.7&_export="
    make_gap("mood", population_group=example.neuropathy, outcome_domain=example.mood)

    lines = list(csv.DictReader(io.StringIO(client.get(address + "csv").content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(client.get(address + "xlsx").content)).active
    first = lines[0]

    assert len(lines) == 4
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == list(EXPORTED)
    assert (first["row"], first["column"], first["state"], first["studies"]) == (
        "Women with fibromyalgia",
        "Mean pain",
        "excluded",
        "FINAL; INNOVA",
    )
    assert (first["fixed_verdict"], first["random_verdict"], first["unit"]) == ("excluded", "little", "points")
    assert [f"{float(first[name]):.3f}" for name in ("required_information", "fixed_fraction", "random_fraction", "tau_squared")] == [
        "21.444",
        "0.770",
        "0.274",
        "0.213",
    ]


def test_a_term_that_begins_like_a_formula_is_text_in_the_files(client: Client, rows: Rows) -> None:
    rows.women.label = "=1+1"
    rows.women.save()
    rows.difference(rows.study("one", rows.women), 0.1, None)

    text = client.get(f"{reverse('evidence_map')}?_export=csv").content.decode("utf-8-sig")

    assert text.splitlines()[1].startswith("'=1+1,Mean pain,not_countable")


def test_the_map_takes_the_same_queries_however_much_is_on_it(client: Client, example: Rows, make_gap: MakeGap) -> None:
    address = f"{reverse('evidence_map')}?cell={WOMEN_PAIN}"
    make_gap("one", population_group=example.women, outcome_domain=example.pain)
    with CaptureQueriesContext(connection) as few:
        client.get(address)

    for index in range(3):
        population = Term.objects.create(scheme="population", slug=f"p{index}", label=f"Population {index}", position=9)
        gap = make_gap(f"more {index}", population_group=example.women, outcome_domain=example.pain)
        for slug, group in ((f"a{index}", example.women), (f"b{index}", population)):
            study = example.study(slug, group, status="ongoing")
            Registration.objects.create(study=study, identifier=f"NCT0000{index}{ord(slug[0]):03d}")
            Evidence.objects.create(gap=gap, study=study, role="under_way")
            example.difference(study, -0.5, 0.4)
    with CaptureQueriesContext(connection) as many:
        client.get(address)

    assert len(many) == len(few)


def test_an_empty_register_says_that_there_is_nothing_to_lay_out(client: Client, db: None) -> None:
    for query in ("", "rows=dose&columns=duration"):
        html = page(client, query)
        assert ("There is nothing to lay out yet" in html) is (query == "")


# Saved maps


@pytest.fixture
def signed_in(client: Client, colleague: User) -> Client:
    client.force_login(colleague)
    return client


def save(client: Client, **fields: str) -> Any:
    return client.post(
        reverse("save_view", args=["evidence_map"]), {"query": "rows=dose&columns=duration&cell=a,b&page=3", "name": "Doses"} | fields
    )


def test_a_map_is_saved_listed_opened_and_deleted(signed_in: Client, example: Rows, colleague: User) -> None:
    saved = save(signed_in)
    view = SavedView.objects.get()
    html = page(signed_in)

    deleted = signed_in.post(reverse("delete_view", args=[view.pk]), {"query": "model=random"})

    assert (view.name, view.query, view.owner, view.shared) == ("Doses", "rows=dose&columns=duration", colleague, False)
    assert saved.headers["Location"] == "/gaps/map/?rows=dose&columns=duration"
    assert '<a href="/gaps/map/?rows=dose&amp;columns=duration">Doses</a>' in html
    assert deleted.headers["Location"] == "/gaps/map/?model=random"
    assert SavedView.objects.count() == 0


def test_saving_under_a_name_again_replaces_its_choices(signed_in: Client, example: Rows) -> None:
    save(signed_in)
    save(signed_in, query="model=random")

    assert list(SavedView.objects.values_list("name", "query")) == [("Doses", "model=random")]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "   "}, "The view was not saved. Name: This field cannot be blank."),
        ({"name": "x" * 81}, "The view was not saved. Name: Ensure this value has at most 80 characters (it has 81)."),
        ({"query": "a=" + "x" * 1000}, "The view was not saved. Choices: Ensure this value has at most 1000 characters (it has 1002)."),
    ],
)
def test_a_view_that_cannot_be_saved_says_why(signed_in: Client, example: Rows, fields: dict[str, str], message: str) -> None:
    save(signed_in, **fields)

    assert message in plain(page(signed_in))
    assert SavedView.objects.count() == 0


def test_nobody_keeps_more_than_fifty_views_of_a_page(signed_in: Client, example: Rows, colleague: User) -> None:
    SavedView.objects.bulk_create(SavedView(page="evidence_map", name=f"View {index}", owner=colleague) for index in range(50))

    save(signed_in)

    assert SavedView.objects.count() == 50
    assert "You have 50 saved views of this page; delete one first." in page(signed_in)


def test_only_curators_share_a_view_and_delete_a_shared_one(client: Client, example: Rows, colleague: User, curator: User) -> None:
    client.force_login(colleague)
    save(client, shared="on", name="mine")
    client.force_login(curator)
    save(client, shared="on", name="ours")
    ours, mine = SavedView.objects.get(name="ours"), SavedView.objects.get(name="mine")

    forbidden = client.post(reverse("delete_view", args=[mine.pk]))
    client.force_login(colleague)
    also_forbidden = client.post(reverse("delete_view", args=[ours.pk]))
    own = page(client)
    client.logout()
    html = page(client)

    assert (ours.shared, mine.shared) == (True, False)
    assert (forbidden.status_code, also_forbidden.status_code) == (404, 404)
    assert "Save this view" in own
    assert ">ours</a>" in html
    assert ">mine</a>" not in html
    assert "Save this view" not in html


def test_a_stranger_saves_nothing(client: Client, example: Rows) -> None:
    response = save(client)

    assert response.headers["Location"] == f"{reverse('login')}?next=/gaps/views/evidence_map/save/"
    assert SavedView.objects.count() == 0


def test_a_page_that_does_not_exist_keeps_no_views(signed_in: Client, example: Rows) -> None:
    assert signed_in.post(reverse("save_view", args=["admin"]), {"name": "x"}).status_code == 404
    assert signed_in.get(reverse("save_view", args=["evidence_map"])).status_code == 405


def test_planned_participants_are_not_counted_as_people(rows: Rows) -> None:
    rows.difference(rows.study("bested", rows.women, n_randomised=58), -0.3, None, measure="median_difference")
    rows.difference(rows.study("queensland", rows.women, n_randomised=90, status="planned"), None, None, measure="p_value", p_value=1)
    rows.difference(rows.study("unknown", rows.women, n_randomised=122, status="unknown"), None, None, measure="p_value", p_value=1)

    cell = drawn().cell(WOMEN_PAIN)

    assert cell is not None
    assert cell.people == 58
    assert wording.headline(cell) == "2 studies, n\xa058"
    assert wording.lines(cell) == ["no difference of means", "1 under way"]


def test_a_study_of_no_population_of_the_map_stands_in_none_of_its_cells(rows: Rows) -> None:
    rows.difference(rows.study("duloxetine", None), -1.9, 0.5, comparison="active")
    rows.difference(rows.study("neuropathic", rows.neuropathy), -1.0, 0.5, comparison="active")

    found = drawn("rows=dose&columns=duration&outcome=mean-pain&comparison=active")

    assert {study.slug for cell in found.cells() for study in cell.studies} == {"neuropathic"}
    assert [study.slug for study in found.studies_without_place] == ["duloxetine"]


def test_points_of_two_instruments_without_common_ends_are_not_pooled(rows: Rows) -> None:
    for slug, instrument in (("a", "SF-36 MCS"), ("b", "SF-36 MCS"), ("c", "Mental Health Inventory")):
        values = {"outcome_domain": rows.mood, "unit": "units", "instrument": instrument, "scale_min": None, "scale_max": None}
        rows.difference(rows.study(slug, rows.women), 3.0, 1.5, **values)

    cell = drawn().cell("women-with-fibromyalgia,mood")

    assert cell is not None
    assert [one.study.slug for one in cell.counted] == ["a", "b"]
    assert [(one.study.slug, one.why) for one in cell.left_out] == [("c", "other_unit")]
