"""Every example plan has a report that a page, a PDF and a program can show, with its own numbers in it."""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from pypdf import PdfReader

from tests.reports.report_texts import MakeSizing, squeezed, text_of_html
from trials.models import Sizing
from trials.protocol.content import digest
from trials.protocol.facts import OutcomeFact, TreatmentFact
from trials.reports.as_html import as_html
from trials.reports.as_json import as_json
from trials.reports.as_pdf import as_pdf
from trials.reports.compose import compose
from trials.reports.document import Document, Figure, values
from trials.reports.snapshot import SentencesFact, Snapshot
from trials.sizing.asked import asked
from trials.sizing.plan import Plan, read_plan
from trials.sizing.sensitivity import explore
from trials.sizing.size import size
from trials.sizing.wording import Names, describe_method, hypothesis, plain_statement, statement, summary

PLANS = {path.stem: json.loads(path.read_text()) for path in sorted((Path(settings.BASE_DIR) / "fixtures" / "plans").glob("*.json"))}
OF_ONE_QUESTION = {name: plan for name, plan in PLANS.items() if "question" in plan}
NAMES = Names(
    treatments={letter: f"treatment {letter}" for letter in "ABCDEFGH"}, outcome="mean daily pain", instrument="0–10 scale", unit="points"
)


@pytest.fixture
def sizing_of(make_sizing: MakeSizing) -> Any:
    """A function that stores the sizing of a plan as the site would, with plain words around it."""

    def make(given: dict[str, Any]) -> Sizing:
        first = make_sizing()
        read: Plan = read_plan(given)
        answer = size(read)
        plan = answer.plan
        continuous = plan.has_continuous_outcome
        snapshot = Snapshot(
            protocol_uid="PRO-0001",
            protocol_title="A trial of low-dose naltrexone",
            gaps=(),
            sequences=plan.design.sequences,
            period_days=42,
            washout_days=14,
            run_in_days=0,
            treatments=tuple(
                TreatmentFact(letter=letter, drug=NAMES.treatment(letter), dose_mg=None, frequency="", label=NAMES.treatment(letter))
                for letter in plan.design.letters
            ),
            question_label=plan.question.kind,
            outcome=OutcomeFact(
                outcome=NAMES.outcome,
                instrument=NAMES.instrument,
                unit="points" if continuous else "",
                better=getattr(plan.question, "better", None) or "",
            ),
            assumptions=(),
            sentences=SentencesFact(
                summary=summary(plan, answer, NAMES),
                measure=asked(plan).measure(plan),
                hypothesis=hypothesis(plan, NAMES),
                statement=statement(plan, answer, NAMES),
                plain_statement=plain_statement(plan, answer, NAMES),
                method=describe_method(plan, answer),
            ),
        )
        return Sizing.objects.create(
            question=first.question,
            plan=given,
            answer=answer.as_json(),
            witness=None,
            exploration=explore(read, answer).model_dump(mode="json"),
            snapshot=snapshot.model_dump(mode="json"),
            plan_digest=digest(given),
            engine_version=answer.engine_version,
            created_by=first.created_by,
            created_at=timezone.now(),
        )

    return make


def page_text(document: Document) -> str:
    page = as_html(document)
    blocks = [part for section in page.sections for part in section.blocks]
    return squeezed(
        text_of_html("".join(render_to_string(part.template, {"block": part.block, "table": part.table, "part": part}) for part in blocks))
    )


@pytest.mark.parametrize("name", OF_ONE_QUESTION)
def test_every_example_has_its_report_as_page_and_data(name: str, sizing_of: Any) -> None:
    sizing = sizing_of(OF_ONE_QUESTION[name])

    document = compose(sizing)
    text = page_text(document)

    shown = [value.text for section in document.sections for value in values(section.blocks) if value.text]
    assert [one for one in shown if squeezed(one) not in text and "svg" not in one] == []
    assert [one for one in shown if re.search(r"\b(nan|inf|None)\b", one) and not one.startswith("None: the calculation")] == []
    for sentence in (sizing.snapshot["sentences"]["statement"], sizing.snapshot["sentences"]["plain_statement"]):
        assert squeezed(sentence) in text
    assert json.loads(as_json(document))["answer"] == json.loads(json.dumps(sizing.answer))


OWN_FIGURES = {
    "dose-response-shapes": "Assumed shapes of the dose response",
    "n-of-1-average-effect": "People needed by cycles for each person",
    "assurance-from-published-interval": "Assurance and power by evaluable participants",
}


@pytest.mark.parametrize("name", OWN_FIGURES)
def test_kinds_with_a_picture_of_their_own_show_it_with_a_table(name: str, sizing_of: Any) -> None:
    document = compose(sizing_of(OF_ONE_QUESTION[name]))

    figures = [block for section in document.sections for block in section.blocks if isinstance(block, Figure)]

    assert OWN_FIGURES[name] in [getattr(figure.chart, "title", "") for figure in figures]
    assert [figure.caption.partition(".")[0] for figure in figures] == [f"Figure {at}" for at in range(1, len(figures) + 1)]
    assert all(figure.table.rows for figure in figures)


ONE_OF_EACH = (
    "moderator-bmi",
    "many-to-one-doses",
    "dose-response-shapes",
    "responder-mid-p",
    "safety-upper-limit",
    "n-of-1-average-effect",
    "assurance-from-published-interval",
    "group-sequential-two-looks",
    "no-answer-carryover-in-ab-ba",
)


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_the_pdf_of_a_kind_holds_every_value_of_its_document(name: str, sizing_of: Any) -> None:
    document = compose(sizing_of(OF_ONE_QUESTION[name]))

    text = squeezed("".join(page.extract_text() for page in PdfReader(BytesIO(as_pdf(document))).pages))

    shown = [
        value.text
        for section in document.sections
        if section.name in {"result", "assumptions", "design"}
        for value in values(section.blocks)
    ]
    assert [one for one in shown if squeezed(one) not in text and len(one) < 40] == []
