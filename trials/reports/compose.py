"""From a stored sizing to the document of its report."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trials.models import Sizing
from trials.reports.display import count, date, held_together, power, sentence
from trials.reports.document import Cell, Document, Fact, Figure, Line, Value
from trials.reports.parts.assumptions import assumptions
from trials.reports.parts.checks import checks
from trials.reports.parts.design import design
from trials.reports.parts.method import method
from trials.reports.parts.question import question
from trials.reports.parts.rerun import rerun
from trials.reports.parts.result import difference, result
from trials.reports.parts.sensitivity import sensitivity
from trials.reports.parts.statement import statement
from trials.reports.parts.symbols import symbols
from trials.reports.stored import Stored


def compose(sizing: Sizing) -> Document:
    """The report of this sizing, from its row alone: numbers are put into words here, and none of the engine's is worked out again."""
    stored = Stored.read(sizing)
    language, _hyphen, region = (get_language() or "en-gb").partition("-")
    planned = design(stored, "2", figure_number=1)
    drawn = sum(isinstance(block, Figure) for block in planned.blocks)
    subject = _("Sample-size report {report} of protocol {protocol}").format(report=stored.uid, protocol=stored.snapshot.protocol_uid)
    return Document(
        uid=stored.uid,
        title=stored.snapshot.protocol_title.strip() or subject,
        language=f"{language}-{region.upper()}" if region else language,
        subject=subject,
        facts=_front(stored),
        answer_line=_answer_line(stored),
        sections=(
            question(stored, "1"),
            planned,
            assumptions(stored, "3"),
            result(stored, "4"),
            statement(stored, "5"),
            sensitivity(stored, "6", figure_number=1 + drawn),
            checks(stored, "7"),
            method(stored, "8"),
            rerun(stored, "9"),
            symbols(),
        ),
        record=stored.record,
    )


def _front(stored: Stored) -> tuple[Fact, ...]:
    record = stored.record
    return (
        Fact(_("Protocol"), Cell(Value(stored.snapshot.protocol_uid, stored.snapshot.protocol_uid))),
        Fact(_("Report"), Cell(Value(stored.uid, stored.uid))),
        Fact(_("Sized"), Cell(date(record.created_at))),
        Fact(_("Saved by"), Cell(Value(record.created_by, record.created_by))),
        Fact(_("Engine version"), Cell(Value(record.engine_version, record.engine_version))),
    )


def _answer_line(stored: Stored) -> Line:
    answer = stored.answer
    if answer.get("n_evaluable") is None:
        return sentence(_("No number of participants answers this question: {reason}"), reason=str(answer.get("reason", "")))
    if stored.snapshot.sentences.summary and difference(stored).value is None:  # not about one difference of means: the engine says it
        return (held_together(stored.snapshot.sentences.summary, stored.unit),)
    if answer.get("n_randomised") == answer["n_evaluable"]:
        complete = _("{n_randomised} participants are randomised, and all are taken to complete every period.")
    elif stored.sequences and len(stored.sequences[0]) == 2:
        complete = _("{n_randomised} participants are randomised so that {n_evaluable} complete both periods.")
    else:
        complete = _("{n_randomised} participants are randomised so that {n_evaluable} complete every period.")
    reached = _("That gives {power} power for a difference of {difference} in {outcome}.")
    return sentence(
        f"{complete} {reached}",
        n_randomised=count(answer.get("n_randomised")),
        n_evaluable=count(answer["n_evaluable"]),
        power=power(answer.get("power"), decimals=1),
        difference=difference(stored),
        outcome=stored.snapshot.outcome.outcome,
    )
