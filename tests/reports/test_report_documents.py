"""The plain document: what it says, in which order, and that it says what was stored."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from django.conf import settings
from django.utils import translation

from tests.reports.report_texts import MakeSizing
from trials.models import Sizing
from trials.reports.compose import compose
from trials.reports.document import Document, Figure, HeatTable, Line, Notice, Section, Statement, Table, values

PARTS = ["question", "design", "assumptions", "result", "statement", "sensitivity", "checks", "method", "rerun", "symbols"]


def section(document: Document, name: str) -> Section:
    return next(one for one in document.sections if one.name == name)


def words(part: object) -> str:
    return " | ".join(value.text for value in values(part)).replace("\u00a0", " ")


def line(parts: Line) -> str:
    return "".join(part if isinstance(part, str) else part.text for part in parts).replace("\u00a0", " ")


def test_the_parts_stand_in_their_order(sizing: Sizing) -> None:
    document = compose(sizing)

    assert [part.name for part in document.sections] == PARTS
    assert [part.number for part in document.sections] == [*"123456789", "A"]


def test_the_answer_is_one_sentence_with_its_numbers(sizing: Sizing) -> None:
    document = compose(sizing)

    assert line(document.answer_line) == (
        "58 participants are randomised so that 46 complete both periods. "
        "That gives 91.2 % power for a difference of 1.0 points in mean daily pain over the last 7 days of each period."
    )


def test_the_front_names_protocol_report_date_and_version(sizing: Sizing) -> None:
    front = words(compose(sizing).facts)

    assert sizing.question.protocol.uid in front
    assert sizing.uid in front
    assert str(sizing.created_at.year) in front
    assert sizing.engine_version in front


def test_the_result_holds_people_power_and_precision(sizing: Sizing) -> None:
    found = words(section(compose(sizing), "result"))

    for shown in ("46 = 23 + 23", "58 = 29 + 29", "91.25 %", "89.97 %", "0.2949 points", "44", "2.015"):
        assert shown in found


def test_each_assumption_carries_its_mark_and_source(sizing: Sizing) -> None:
    table = section(compose(sizing), "assumptions").blocks[0]

    assert isinstance(table, Table)
    marks = {str(row[0].value.value): row[3].mark.letter if row[3].mark else "" for row in table.rows}
    assert marks == {
        "mean_difference": "R",
        "difference_sd": "A",
        "dropout_rate": "D",
        "standardised_difference": "D",
        "alpha": "A",
        "target_power": "A",
        "carryover": "A",
    }
    link = table.rows[0][3].link
    assert link is not None
    assert link.text == "10.1000/xyz(1)"
    assert link.href.startswith("https://doi.org/10.1000/xyz")


def test_the_conversion_of_the_sd_is_shown_with_its_formula(sizing: Sizing) -> None:
    found = words(section(compose(sizing), "assumptions"))

    assert "√" in found
    assert "1.414 points" in found


def test_a_within_subject_sd_that_was_given_is_shown_without_a_conversion(make_sizing: MakeSizing) -> None:
    sizing = make_sizing(question={"difference_sd": None, "within_subject_sd": 1.5})

    blocks = section(compose(sizing), "assumptions").blocks

    assert [block.kind for block in blocks] == ["table"]
    assert "1.5 points" in words(blocks[0])


def test_the_total_time_of_a_participant_adds_up(sizing: Sizing) -> None:
    assert "112 days (16 weeks)" in words(section(compose(sizing), "design"))


def test_the_plan_is_the_one_outlined_cell_of_the_heat_table(sizing: Sizing) -> None:
    heat = next(block for block in section(compose(sizing), "sensitivity").blocks if isinstance(block, HeatTable))

    outlined = [cell.value.value for row in heat.rows for cell in row.cells if cell.planned]
    assert outlined == [46]
    assert {cell.step for row in heat.rows for cell in row.cells} <= set(range(7))


def test_every_figure_has_a_table_of_the_same_numbers(sizing: Sizing) -> None:
    drawings = [block for part in compose(sizing).sections for block in part.blocks if isinstance(block, Figure)]

    assert len(drawings) == 2
    trial, curve = (drawing.table for drawing in drawings)
    assert [column.heading for column in trial.columns] == ["Sequence", "Randomised", "Period 1, days 0–42", "Period 2, days 56–98"]
    assert len(curve.rows) == len(sizing.exploration["power_curve"]["n_evaluable"])


def test_statements_come_in_technical_and_in_plain_words(sizing: Sizing) -> None:
    blocks = section(compose(sizing), "statement").blocks

    assert all(isinstance(block, Statement) for block in blocks)
    technical, plain_words = (block.text.replace("\u00a0", " ") for block in blocks if isinstance(block, Statement))
    assert "58" in technical
    assert "46" in technical
    assert "58" in plain_words
    assert " n =" not in technical


def test_what_a_first_report_must_say_is_said(sizing: Sizing) -> None:
    """The rows of the content list that have no number of their own."""
    found = words(compose(sizing).sections)

    for passage in (
        "difference between the sequences",
        "washout of 14 days",
        "complete cases",
        "terms of the model",
        "smallest whole number",
        "not divided",
    ):
        assert passage in found


def test_agreement_with_statsmodels_is_stated(sizing: Sizing) -> None:
    table, verdict = section(compose(sizing), "checks").blocks

    assert isinstance(table, Table)
    assert len(table.rows) == 2
    assert isinstance(verdict, Notice)
    assert verdict.tone == "success"


def test_a_disagreement_is_shown(sizing: Sizing) -> None:
    assert sizing.witness is not None
    sizing.witness |= {"agrees": False, "power": 0.85, "difference": 0.0625}

    checks = section(compose(sizing), "checks")

    verdict = checks.blocks[-1]
    assert isinstance(verdict, Notice)
    assert verdict.tone == "warn"
    assert "85.0000 %" in words(checks)
    assert "6.2500 percentage points" in words(checks)


def test_the_absence_of_a_witness_is_said(sizing: Sizing) -> None:
    sizing.witness = None

    last = section(compose(sizing), "checks").blocks[-1]

    assert last.kind == "paragraph"
    assert "no second figure" in line(last.line)


def test_warnings_of_the_engine_are_passed_on(sizing: Sizing) -> None:
    sizing.answer |= {"warnings": [{"code": "a_code", "message": "Look twice."}]}

    last = section(compose(sizing), "result").blocks[-1]

    assert isinstance(last, Notice)
    assert line(last.line) == "Look twice."


def test_an_old_row_is_drawn_with_its_own_numbers(sizing: Sizing) -> None:
    """Nothing is computed again: numbers that today's engine would never give are shown as they were stored."""
    sizing.engine_version = "0.1"
    sizing.answer |= {"power": 0.8765, "n_evaluable": 47, "n_per_sequence": [24, 23], "standard_error": 0.333}

    document = compose(sizing)

    result = words(section(document, "result"))
    assert "87.65 %" in result
    assert "47 = 24 + 23" in result
    assert "0.333 points" in result
    assert "0.1" in words(document.facts)


def test_a_report_says_why_there_is_no_answer(sizing: Sizing) -> None:
    sizing.answer |= {"n_evaluable": None, "n_randomised": None, "reason": "No size reaches the target.", "maximum_attainable": 0.75}

    document = compose(sizing)

    assert "No size reaches the target." in line(document.answer_line)
    assert "75.00 %" in words(section(document, "result"))


def test_a_later_edit_of_the_protocol_does_not_change_the_report(sizing: Sizing) -> None:
    before = compose(sizing)

    protocol = sizing.question.protocol
    protocol.title, protocol.washout_days = "Another title", 99
    protocol.save()
    sizing.question.mean_difference = -5.0
    sizing.question.save()

    assert compose(Sizing.objects.get(pk=sizing.pk)) == before


def test_the_document_does_not_depend_on_number_formats_of_a_language(sizing: Sizing) -> None:
    english = [value.text for value in values(compose(sizing))]

    with translation.override("de"):
        german = compose(sizing)

    assert [value.text for value in values(replace(german, language="en-GB"))] == english


@pytest.mark.parametrize("washout_days", [0, 14])
def test_designs_with_and_without_washout_are_composed(make_sizing: MakeSizing, washout_days: int) -> None:
    sizing = make_sizing(protocol={"washout_days": washout_days, "run_in_days": 0})

    assert f"{washout_days} day" in words(section(compose(sizing), "design"))


def test_no_loss_is_said_in_the_answer(make_sizing: MakeSizing) -> None:
    document = compose(make_sizing(question={"dropout_rate": 0}))

    assert line(document.answer_line).startswith("46 participants are randomised, and all are taken to complete every period.")
    assert "No loss is allowed for." in str(section(document, "result"))


def test_the_standardised_difference_is_shown_as_derived(sizing: Sizing) -> None:
    assert "Standardised difference |  | −0.5 |" in words(section(compose(sizing), "assumptions"))


def test_what_the_engine_reads_out_of_the_tables_is_passed_on(sizing: Sizing) -> None:
    first = section(compose(sizing), "sensitivity").blocks[0]

    assert first.kind == "paragraph"
    assert line(first.line) == sizing.exploration["readings"][0]


def test_drawing_a_report_loads_no_statistics() -> None:
    """SciPy and statsmodels compute; a report that needed them would be computing."""
    program = (
        "import sys, django; django.setup(); import trials.reports.formats, trials.reports.as_html; "
        "print([name for name in ('scipy', 'statsmodels', 'trials.sizing.size') if name in sys.modules], 'trials.reports.compose' in sys.modules)"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "ldnplanner.settings"}

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment, cwd=settings.BASE_DIR
    )

    assert done.stdout == "[] False\n"


def test_a_protocol_without_a_title_goes_by_its_identifiers(sizing: Sizing) -> None:
    sizing.snapshot["protocol_title"] = " \u00a0"

    assert compose(sizing).title == f"Sample-size report {sizing.uid} of protocol {sizing.snapshot['protocol_uid']}"
