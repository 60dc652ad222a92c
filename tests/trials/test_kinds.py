"""Every kind of question that the engine registers can be drafted, sized and saved on the page."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.trials.drafts import shown
from trials import kinds, planning
from trials.kinds.values import dig
from trials.models import PlannedQuestion, Protocol, Sizing
from trials.sizing.outcome import OUTCOMES
from trials.sizing.plan import read_plan
from trials.sizing.question import KINDS
from trials.sizing.size import size

pytestmark = pytest.mark.django_db

NOTES = {f"sources-{number}-note": "A trial of ours." for number in range(3)} | {
    f"sources-{number}-basis": "assumed" for number in range(3)
}
# what the boxes do not propose by themselves: values by the name of their field
TYPED: dict[str, dict[str, str]] = {
    "omnibus": {"inputs-question__means__A": "4", "inputs-question__means__B": "5.5"},
    "dose_trend": {
        "inputs-question__means__A": "4.5",
        "inputs-question__means__B": "6",
        "inputs-question__means__C": "5",
    },
    "many_to_one": {},
    "dose_response_shapes": {"inputs-question__shapes__linear": "on", "inputs-question__shapes__emax__ed50": "1.5"},
}
DOSES = {"dose_trend", "many_to_one", "dose_response_shapes"}
CASES = [(kind.name, outcome) for kind in kinds.ALL if kind.is_served() for outcome in (kind.served_outcomes() or ("",))]


class Hidden(HTMLParser):
    """Every input, select and text of a page as a browser would post it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.select = ""
        self.area = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "input" and name and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            self.values[name] = value or ("on" if given.get("type") == "checkbox" else "")
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in given or self.select not in self.values):
            self.values[self.select] = value
        elif tag == "textarea":
            self.area = name
            self.values[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""
        if tag == "textarea":
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.values[self.area] += data.removeprefix("\n")


def posted(html: str) -> dict[str, str]:
    """What a browser would send of this page or part of a page."""
    return {name: value for name, value in Hidden(html).values.items() if "-" in name}


@pytest.fixture
def desk(client: Client, researcher: User) -> Client:
    client.force_login(researcher)
    return client


NEW: dict[str, str] = {}
CHOSEN: dict[tuple[str, str], dict[str, str]] = {}  # a page as a browser would send it is the same in every test


def chosen(desk: Client, kind: str, outcome: str = "", **further: str) -> dict[str, str]:
    """The page of a new draft after a kind was chosen on it and its boxes were filled in, as a browser would send it."""
    if (kind, outcome) not in CHOSEN:
        CHOSEN[kind, outcome] = _walked(desk, kind, outcome)
    return CHOSEN[kind, outcome] | further


def changed(desk: Client, sent: dict[str, str], **changes: str) -> dict[str, str]:
    """The page after these boxes were changed on it, as a browser would send it again."""
    page = desk.post(reverse("protocol_preview"), sent | changes)
    return sent | changes | posted(page.content.decode())


def _walked(desk: Client, kind: str, outcome: str) -> dict[str, str]:
    if not NEW:
        NEW.update(posted(desk.get(reverse("protocol_add"), {"gap": "GAP-0017"}).content.decode()))
    sent = NEW | {"protocol-title": "LDN against placebo", "question-kind": kind, "action": "preview"}
    if kind in DOSES:
        sent |= {
            "protocol-sequences": "ABC/BCA/CAB",
            "treatments-TOTAL_FORMS": "3",
            "treatments-2-letter": "C",
            "treatments-2-drug": "naltrexone",
            "treatments-2-dose_mg": "1.5",
        }
    sent = posted(desk.post(reverse("protocol_add"), sent).content.decode())
    if sent.get("question-outcome_kind", outcome) != outcome and outcome:
        sent |= {"question-outcome_kind": outcome, "action": "preview"}
        sent = posted(desk.post(reverse("protocol_add"), sent).content.decode())
    return sent | TYPED.get(kind, {}) | NOTES | {"gap": "GAP-0017"}


def test_every_kind_that_the_engine_registers_has_its_boxes_and_its_words() -> None:
    registered = {tag.rpartition(" ")[2] for tag in KINDS}

    assert registered <= set(kinds.BY_NAME)
    assert registered == {kind.name for kind in kinds.ALL if kind.is_served()}
    assert {name for _group, choices in kinds.offered() for name, _label in choices} == registered


def test_sorts_of_outcome_are_the_engines() -> None:
    assert set(kinds.OUTCOMES) == set(OUTCOMES) == set(planning.OUTCOME_WORDS)


def test_every_outcome_that_the_engine_answers_for_a_kind_is_offered() -> None:
    for tag, noun in KINDS.items():
        served = kinds.kind_of(tag.rpartition(" ")[2]).served_outcomes()
        assert {kinds.kind.CONTINUOUS.get(outcome, outcome) for outcome in served} >= set(noun.outcomes), tag


def test_boxes_ask_for_words_of_the_plan_language_alone() -> None:
    from trials.sizing.plan import KNOWN

    for kind in kinds.ALL:
        noun = kind.noun((kind.served_outcomes() or ("",))[0])
        if noun is None:
            continue
        for box in kind.boxes:
            for path in box.plan_paths:
                block, _stop, word = path.partition(".")
                known = set().union(*KNOWN[block].values()) | ({"within_subject_sd"} if block == "outcome" else set())
                assert word.partition(".")[0] in known, path


@pytest.mark.parametrize(("kind", "outcome"), CASES)
def test_a_kind_can_be_drafted_previewed_saved_sized_and_opened_again(kind: str, outcome: str, desk: Client) -> None:
    sent = chosen(desk, kind, outcome)

    preview = desk.post(reverse("protocol_preview"), sent)
    assert preview.context.get("answer") is not None, preview.content.decode()
    assert preview.context["answer"].n_evaluable
    desk.post(reverse("protocol_add"), sent | {"action": "save"})
    protocol = Protocol.objects.get()
    opened = posted(desk.get(reverse("protocol_edit", args=[protocol.uid])).content.decode())
    answer = desk.post(reverse("protocol_edit", args=[protocol.uid]), opened | {"action": "size"})

    assert protocol.missing() == []
    question = PlannedQuestion.objects.get()
    assert (question.kind, question.outcome_kind) == (kind, outcome or question.outcome_kind)
    assert {name: opened[name] for name in sent if name.startswith("inputs-") and sent[name]} == {
        name: value for name, value in sent.items() if name.startswith("inputs-") and value
    }
    sizing = Sizing.objects.get()
    assert answer.headers["Location"] == reverse("sizing_report", args=[sizing.uid])
    assert sizing.answer["n_evaluable"] == preview.context["answer"].n_evaluable
    assert size(read_plan(sizing.plan)).as_json() == sizing.answer
    assert desk.get(reverse("protocol_detail", args=[protocol.uid])).status_code == 200


@pytest.mark.parametrize("kind", sorted({kind for kind, _outcome in CASES} - DOSES - {"omnibus"}))
def test_a_kind_is_sized_by_its_proposals_as_soon_as_it_is_chosen(kind: str, desk: Client) -> None:
    sent = posted(desk.get(reverse("protocol_add"), {"gap": "GAP-0017"}).content.decode())

    fragment = desk.post(reverse("protocol_preview"), sent | {"question-kind": kind})

    assert fragment.context.get("answer") is not None, fragment.content.decode()
    assert fragment.context["answer"].n_evaluable


def test_a_stored_draft_that_is_given_another_kind_keeps_its_letters(desk: Client) -> None:
    address = desk.post(reverse("protocol_add"), chosen(desk, "omnibus") | {"action": "save"}).headers["Location"]
    PlannedQuestion.objects.update(set_aside={}, comparator="B", better="lower")
    sent = posted(desk.get(address).content.decode())

    back = posted(desk.post(address, sent | {"question-kind": "superiority", "action": "preview"}).content.decode())

    assert (back["question-treatment"], back["question-comparator"], back["question-better"]) == ("A", "B", "lower")
    assert (back["question-sides"], back["question-mean_difference"]) == ("2", "-1")


@pytest.mark.parametrize(("kind", "outcome"), CASES)
def test_a_sizing_names_every_assumed_value_with_its_source(kind: str, outcome: str, desk: Client) -> None:
    desk.post(reverse("protocol_add"), chosen(desk, kind, outcome) | {"action": "size"})

    sizing = Sizing.objects.get()
    facts = sizing.snapshot["assumptions"]
    assert {(fact["basis"], fact["note"]) for fact in facts} == {("assumed", "A trial of ours.")}
    assert all(fact["text"] for fact in facts)
    given = [box for box in sizing.question.boxes() if box.row and sizing.question.value_of(box) is not None]
    assert {box.key for box in given} <= {fact["name"].partition(".")[0] for fact in facts} | {"levels"}
    assert given


@pytest.mark.parametrize(("kind", "outcome"), CASES)
def test_changing_the_kind_and_changing_back_loses_nothing(kind: str, outcome: str, desk: Client) -> None:
    other = "precision" if kind != "precision" else "equivalence"
    sent = chosen(desk, kind, outcome)

    away = posted(desk.post(reverse("protocol_add"), sent | {"question-kind": other, "action": "preview"}).content.decode())
    saved = desk.post(reverse("protocol_add"), away | {"action": "save"})
    opened = posted(desk.get(saved.headers["Location"]).content.decode())
    back = posted(
        desk.post(
            saved.headers["Location"], opened | {"question-kind": kind, "question-outcome_kind": outcome, "action": "preview"}
        ).content.decode()
    )

    assert PlannedQuestion.objects.get().kind == other
    typed = {name: value for name, value in sent.items() if name.startswith(("inputs-", "question-")) and value}
    assert {name: back.get(name) for name in typed} == typed


@pytest.mark.parametrize(("kind", "outcome"), CASES)
def test_a_number_that_is_none_is_told_at_its_box_and_stays(kind: str, outcome: str, desk: Client) -> None:
    sent = chosen(desk, kind, outcome)
    page = desk.post(reverse("protocol_add"), sent | {"action": "preview"})
    names = [
        name
        for name, field in {**page.context["draft"].question.fields, **page.context["draft"].inputs.fields}.items()
        if (getattr(field, "widget", None) and field.widget.attrs.get("inputmode")) or hasattr(field, "number")
    ]

    bad = {f"{'question' if name in page.context['draft'].question.fields else 'inputs'}-{name}": "not a number" for name in names}
    answer = desk.post(reverse("protocol_add"), sent | bad | {"action": "save"})

    assert names
    assert answer.status_code == 422
    for full in bad:
        prefix, _dash, name = full.partition("-")
        form = answer.context["draft"].question if prefix == "question" else answer.context["draft"].inputs
        assert "not a number" in form[name].value()
        assert form.errors[name], name
    assert not Protocol.objects.exists()


@pytest.mark.parametrize(("kind", "outcome"), CASES)
def test_the_result_follows_every_assumption(kind: str, outcome: str, desk: Client) -> None:
    sent = chosen(desk, kind, outcome)
    as_planned = desk.post(reverse("protocol_preview"), sent)
    rows = [box for box in as_planned.context["draft"].asking.boxes if box.row]
    names = {f"{'question' if box.column else 'inputs'}-{name}": box.row for box in rows for name in sent_names(box, sent)}

    unmoved = []
    for name, row in names.items():
        other = desk.post(reverse("protocol_preview"), sent | {name: moved_from(sent[name], 0.25 if row == kinds.LOSS else 0.8)})
        if figures_of(other) == figures_of(as_planned):
            unmoved.append(name)

    assert names
    assert unmoved == []


def moved_from(text: str, factor: float) -> str:
    """Another number than the one that was typed; a small change of the loss is lost in rounding to whole sequences."""
    return f"{float(text) * factor:.6g}" if float(text) else "1"


def sent_names(box: kinds.Box, sent: dict[str, str]) -> list[str]:
    """The names of the filled-in fields of a box that hold a number."""
    prefix = "question" if box.column else "inputs"
    named = [full.partition("-")[2] for full in sent if full.startswith(f"{prefix}-{box.name}")]
    return [name for name in named if name.partition(f"{box.name}")[2][:2] in {"", "__"} and is_number(sent[f"{prefix}-{name}"])]


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def figures_of(fragment: Any) -> dict[str, Any]:
    """What the engine found, without what it was asked."""
    assert fragment.context.get("answer") is not None, fragment.content.decode()
    return {name: value for name, value in fragment.context["answer"].as_json().items() if name not in {"plan", "conversions", "warnings"}}


@pytest.mark.parametrize(
    ("kind", "field", "typed", "words"),
    [
        ("equivalence", "inputs-question__upper_limit", "-2", "above the lower limit"),
        ("non_inferiority", "inputs-question__margin", "-1", "margin"),
        ("precision", "inputs-question__half_width", "0", "half-width"),
        ("precision", "inputs-question__confidence_level", "0.95", "per cent"),
        ("precision", "inputs-outcome__individual_response_sd", "3", "individual"),
        ("superiority", "inputs-outcome__autocorrelation", "2", "above −1 and below 1"),
        ("superiority", "inputs-attrition__lost_before_period", "0 10", "not both"),
        ("superiority", "inputs-analysis__degrees_of_freedom", "nonsense", "nonsense"),
        ("omnibus", "inputs-question__means__A", "1e12", "1,000,000,000"),
    ],
)
def test_what_the_engine_refuses_is_told_at_its_box(kind: str, field: str, typed: str, words: str, desk: Client) -> None:
    page = desk.post(reverse("protocol_add"), chosen(desk, kind) | {field: typed, "action": "save"})

    form = page.context["draft"].inputs
    assert page.status_code == 422
    assert words in str(form.errors[field.removeprefix("inputs-")])
    assert len(page.context["draft"].errors) == 1
    assert form[field.removeprefix("inputs-")].value() == typed


def test_a_value_that_another_kind_proposed_becomes_what_this_kind_proposes(desk: Client) -> None:
    equivalence = chosen(desk, "equivalence")
    non_inferiority = chosen(desk, "non_inferiority")

    assert (equivalence["question-mean_difference"], equivalence["question-alpha"]) == ("0", "0.05")
    assert (non_inferiority["question-mean_difference"], non_inferiority["question-alpha"]) == ("0", "0.025")


def test_a_proposed_note_stands_only_beside_the_value_that_it_speaks_of(desk: Client) -> None:
    sent = posted(desk.get(reverse("protocol_add")).content.decode())

    away = changed(desk, sent, **{"question-kind": "first_event"})
    back = changed(desk, away, **{"question-kind": "superiority"})
    typed = changed(desk, sent | {"sources-0-note": "A pilot of ours."}, **{"question-kind": "first_event"})

    assert sent["sources-0-note"].startswith("Salaffi 2004")
    assert (away["sources-0-basis"], away["sources-0-note"], away["sources-2-note"]) == ("", "", "")
    assert {name: text for name, text in back.items() if name.startswith("sources-")} == {
        name: text for name, text in sent.items() if name.startswith("sources-")
    }
    assert (typed["sources-0-basis"], typed["sources-0-note"]) == ("reported", "A pilot of ours.")


def test_outcome_and_direction_are_proposed_as_they_fit_what_is_asked(desk: Client) -> None:
    sent = posted(desk.get(reverse("protocol_add")).content.decode())

    binary = changed(desk, sent, **{"question-outcome_kind": "binary"})
    harm = changed(desk, sent, **{"question-kind": "first_event"})
    typed = changed(desk, sent | {"question-outcome": "sleep"}, **{"question-kind": "first_event"})
    back = changed(desk, harm, **{"question-kind": "superiority"})

    assert (binary["question-outcome"], binary["question-better"]) == ("pain at least 30 % below the level before treatment", "higher")
    assert (harm["question-outcome"], harm["question-instrument"]) == ("serious adverse event", "")
    assert typed["question-outcome"] == "sleep"
    assert {name: back[name] for name in ("question-outcome", "question-instrument", "question-unit", "question-better")} == {
        name: sent[name] for name in ("question-outcome", "question-instrument", "question-unit", "question-better")
    }


def test_the_people_of_two_groups_are_said_by_group(desk: Client) -> None:
    groups = desk.post(reverse("protocol_preview"), chosen(desk, "two_proportions")).context["headline"]
    sequences = desk.post(reverse("protocol_preview"), chosen(desk, "superiority")).context["headline"]

    assert groups[0].cell.note == "167 + 167 by group"
    assert sequences[0].cell.note == "23 + 23 by sequence"


def test_a_yes_or_no_says_what_it_costs_beside_the_measurement(desk: Client) -> None:
    rows = desk.post(reverse("protocol_preview"), chosen(desk, "superiority", "binary")).context["figure_rows"]

    said = {row.label: row.cell.value.text for row in rows}
    assert said["Evaluable if the measurement itself were compared"] == "56"
    assert said["Times as many for a yes or no"] == "2.107"


def test_an_interval_without_its_other_end_is_told_at_its_boxes(desk: Client) -> None:
    sent = changed(desk, chosen(desk, "superiority"), **{"inputs-page__how_sure": "published"})

    page = desk.post(reverse("protocol_add"), sent | {"inputs-prior__confidence_interval__lower": "-1.7", "action": "save"})

    assert page.status_code == 422
    assert "two ends" in str(page.context["draft"].inputs.errors["prior__confidence_interval__lower"])


def test_a_value_that_somebody_typed_stays_when_the_kind_changes(desk: Client) -> None:
    page = desk.get(reverse("protocol_add"))
    sent = posted(page.content.decode()) | {"question-mean_difference": "-1.3", "question-alpha": "0.01"}

    moved = posted(desk.post(reverse("protocol_add"), sent | {"question-kind": "non_inferiority", "action": "preview"}).content.decode())

    assert (moved["question-mean_difference"], moved["question-alpha"]) == ("-1.3", "0.01")


def test_proposals_in_points_are_not_made_for_another_unit(desk: Client) -> None:
    page = desk.get(reverse("protocol_add"))
    sent = posted(page.content.decode()) | {"question-unit": "mm"}

    moved = posted(desk.post(reverse("protocol_add"), sent | {"question-kind": "precision", "action": "preview"}).content.decode())

    assert (moved["inputs-question__half_width"], moved["inputs-question__confidence_level"]) == ("", "95")


def test_the_preview_brings_the_boxes_of_the_kind_that_was_chosen(desk: Client) -> None:
    sent = posted(desk.get(reverse("protocol_add")).content.decode())

    same = desk.post(reverse("protocol_preview"), sent | {"question-difference_sd": "2.5"}).content.decode()
    moved = desk.post(reverse("protocol_preview"), sent | {"question-kind": "precision"}).content.decode()
    asked = desk.post(reverse("protocol_preview"), sent | {"question-kind": "omnibus"}).content.decode()

    assert 'id="question-boxes"' not in same
    assert 'id="question-boxes" hx-swap-oob' in moved
    assert 'name="inputs-question__half_width"' in moved
    assert 'name="inputs-question__means__A"' in asked
    assert "the mean on each treatment" in asked


def test_a_new_letter_brings_its_boxes(desk: Client) -> None:
    sent = chosen(desk, "omnibus")

    fragment = desk.post(reverse("protocol_preview"), sent | {"protocol-sequences": "ABC/BCA/CAB"}).content.decode()

    assert 'name="inputs-question__means__C"' in fragment
    assert posted(fragment)["inputs-question__means__A"] == "4"


def test_precision_has_neither_an_effect_nor_a_power(desk: Client) -> None:
    sent = chosen(desk, "precision")
    desk.post(reverse("protocol_add"), sent | {"action": "size"})

    sizing = Sizing.objects.get()
    assert sizing.plan["question"] == {
        "kind": "precision",
        "treatment": "A",
        "comparator": "B",
        "half_width": 0.5,
        "confidence_level": 0.95,
    }
    assert sizing.plan["solve"] == {"for": "n"}
    assert sizing.plan["analysis"] == {}
    assert [fact["name"] for fact in sizing.snapshot["assumptions"]] == ["difference_sd", "dropout_rate"]
    assert sizing.question.mean_difference is None


def test_a_copy_keeps_what_its_kind_asks_and_what_is_set_aside(desk: Client, researcher: User) -> None:
    desk.post(reverse("protocol_add"), chosen(desk, "omnibus") | {"action": "save"})
    protocol = Protocol.objects.get()

    copy = protocol.duplicate(owner=researcher)

    first, second = protocol.primary_question, copy.primary_question
    assert first is not None
    assert second is not None
    assert (second.kind, second.inputs, second.set_aside) == (first.kind, first.inputs, first.set_aside)
    assert second.inputs == {"question": {"means": {"A": 4.0, "B": 5.5}}}
    assert second.set_aside["mean_difference"] == "-1"


def test_the_page_of_a_protocol_shows_what_its_question_was_given(desk: Client) -> None:
    desk.post(reverse("protocol_add"), chosen(desk, "omnibus", **{"inputs-analysis__adjust_for_carryover": ""}) | {"action": "save"})

    page = desk.get(reverse("protocol_detail", args=["PRO-0001"])).content.decode()

    assert "Do the treatments differ" in page or "do the treatments differ" in page
    assert "5.5\N{NO-BREAK SPACE}points" in page


def test_inputs_beyond_the_boxes_of_the_page_are_kept(desk: Client) -> None:
    desk.post(reverse("protocol_add"), chosen(desk, "superiority") | {"action": "save"})
    PlannedQuestion.objects.update(inputs={"design": {"allocation": [2, 1]}, "outcome": {"autocorrelation": 0.2}})
    address = reverse("protocol_edit", args=["PRO-0001"])

    sent = posted(desk.get(address).content.decode())
    desk.post(address, sent | {"action": "save"})

    question = PlannedQuestion.objects.get()
    assert question.inputs == {"design": {"allocation": [2, 1]}, "outcome": {"autocorrelation": 0.2}}
    assert dig(planning.plan_of(question.protocol, question), "design.allocation") == [2, 1]


@pytest.mark.parametrize(
    ("typed", "figures"),
    [
        ({"inputs-analysis__looks": "2", "inputs-analysis__spending": "obrien_fleming"}, {"critical_values", "n_per_look", "power"}),
        (
            {"inputs-prior__sd_degrees_of_freedom": "28", "inputs-solve__target_assurance": "80", "question-target_power": ""},
            {"assurance"},
        ),
        ({"inputs-prior__effect_standard_error": "0.2", "inputs-solve__target_assurance": "80"}, {"assurance"}),
        ({"inputs-analysis__re_estimation__maximum_n": "120"}, {"expected_n", "type_one_error"}),
    ],
)
def test_looks_priors_and_re_estimation_are_asked_among_the_advanced_boxes(typed: dict[str, str], figures: set[str], desk: Client) -> None:
    sent = chosen(desk, "superiority") | typed

    fragment = desk.post(reverse("protocol_preview"), sent)
    desk.post(reverse("protocol_add"), sent | {"action": "size"})

    assert fragment.context.get("answer") is not None, fragment.content.decode()
    assert figures <= set(Sizing.objects.get().answer)


@pytest.mark.parametrize(
    ("typed", "headline"),
    [
        ({}, ["Evaluable", "Randomised"]),
        ({"inputs-solve__for": "cycles"}, ["Cycles", "Evaluable"]),
    ],
)
@pytest.mark.parametrize("kind", ["superiority", "heterogeneity"])
def test_an_n_of_1_series_is_sized_by_people_or_by_cycles(kind: str, typed: dict[str, str], headline: list[str], desk: Client) -> None:
    asked = chosen(desk, kind) | {"inputs-design__name": "n_of_1"} | typed
    sent = posted(desk.post(reverse("protocol_add"), asked | {"action": "preview"}).content.decode())
    sent = posted(desk.post(reverse("protocol_add"), sent | {"action": "preview"}).content.decode())

    fragment = desk.post(reverse("protocol_preview"), sent)

    assert fragment.context.get("answer") is not None, fragment.content.decode()
    assert [figure.label for figure in fragment.context["headline"]] == headline
    assert fragment.context["answer"].plan.design.is_n_of_1


def test_text_for_boxes_that_nobody_knows_is_not_kept(desk: Client) -> None:
    sent = chosen(desk, "superiority") | {"inputs-nonsense": "x", "question-nonsense": "y", "inputs-question__half_width": "z" * 5000}

    desk.post(reverse("protocol_add"), sent | {"action": "save"})

    assert PlannedQuestion.objects.get().set_aside == {"question__half_width": "z" * 200, "page__how_sure": "said"}


def test_a_draft_takes_the_same_queries_whatever_it_asks(desk: Client) -> None:
    taken = {}
    for kind in ("superiority", "omnibus", "precision"):
        address = desk.post(reverse("protocol_add"), chosen(desk, kind) | {"action": "save"}).headers["Location"]
        desk.get(address)
        with CaptureQueriesContext(connection) as opened:
            page = desk.get(address)
        taken[kind] = len(opened)
        assert shown(page.context["draft"])["question-kind"] == kind

    assert set(taken.values()) == {17}


@pytest.mark.parametrize(
    ("kind", "outcome", "chosen_first", "typed", "at", "expected"),
    [
        (
            "moderator",
            "",
            {"question__moderator__kind": "categorical"},
            {
                **{f"question__moderator__levels__{row}__name": name for row, name in enumerate(("none", "one", "two"), 1)},
                **{f"question__moderator__levels__{row}__share": share for row, share in enumerate(("50", "30", "20"), 1)},
                **{f"question__moderator__levels__{row}__effect": effect for row, effect in enumerate(("-0.2", "-1", "-1.5"), 1)},
                "question__moderator__compare": "none / two",
            },
            "question.moderator",
            {
                "kind": "categorical",
                "shares": {"none": 0.5, "one": 0.3, "two": 0.2},
                "effects": {"none": -0.2, "one": -1.0, "two": -1.5},
                "compare": ["none", "two"],
            },
        ),
        (
            "moderator",
            "",
            {"question__moderator__kind": "continuous"},
            {"question__moderator__reliability": "80"},
            "question.moderator",
            {"kind": "continuous", "slope": -0.1, "moderator_sd": 6.0, "reliability": 0.8},
        ),
        ("dose_trend", "", {"question__scores": "log_offset"}, {}, "question.scores", {"log_offset": 0.5}),
        (
            "many_to_one",
            "",
            {"question__adjustment": "fixed_sequence"},
            {"question__order": "A, c"},
            "question.order",
            ["A", "C"],
        ),
        (
            "rate_upper_limit",
            "",
            {"question__per": "person", "page__known_by": "left_to_chance"},
            {},
            "question.event_rate",
            0.005,
        ),
        (
            "rate_upper_limit",
            "",
            {"question__per": "person_year", "page__known_by": "left_to_chance"},
            {},
            "question.person_time_rate",
            0.005,
        ),
        (
            "superiority",
            "",
            {"page__how_sure": "published"},
            {
                "prior__estimate": "-0.9",
                "prior__confidence_interval__lower": "−1,7",
                "prior__confidence_interval__upper": "-0.1",
                "prior__confidence_level": "90",
                "prior__n": "31",
                "solve__target_assurance": "75",
            },
            "prior",
            {"estimate": -0.9, "confidence_interval": [-1.7, -0.1], "confidence_level": 0.9, "n": 31},
        ),
        (
            "superiority",
            "log",
            {"page__how_sure": "published", "page__published_with": "p_value"},
            {"prior__estimate__ratio": "0.8", "prior__p_value": "0.02", "prior__n": "31"},
            "prior",
            {"estimate": 0.8, "p_value": 0.02, "n": 31},
        ),
        ("superiority", "binary", {"analysis__test": "prescott"}, {}, "outcome.within_subject_correlation", 0.3),
    ],
)
def test_boxes_that_follow_a_choice_reach_the_plan_and_are_sized(
    kind: str, outcome: str, chosen_first: dict[str, str], typed: dict[str, str], at: str, expected: object, desk: Client
) -> None:
    sent = chosen(desk, kind, outcome)
    for name, answer in chosen_first.items():
        sent = changed(desk, sent, **{f"inputs-{name}": answer})
    sent |= {f"inputs-{name}": text for name, text in typed.items()}

    fragment = desk.post(reverse("protocol_preview"), sent)
    desk.post(reverse("protocol_add"), sent | {"action": "size"})

    assert fragment.context.get("answer") is not None, fragment.content.decode()
    sizing = Sizing.objects.get()
    assert dig(sizing.plan, at) == expected
    assert sizing.answer["n_evaluable"] == fragment.context["answer"].n_evaluable
    assert size(read_plan(sizing.plan)).as_json() == sizing.answer
    opened = posted(desk.get(reverse("protocol_edit", args=["PRO-0001"])).content.decode())
    assert {name: opened[f"inputs-{name}"] for name in chosen_first} == chosen_first
