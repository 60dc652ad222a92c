"""Part 9: all that is needed to get the same numbers again."""

from django.utils.translation import gettext as _

from trials.reports.as_json import canonical
from trials.reports.document import Cell, Code, Fact, Facts, Paragraph, Section, Value
from trials.reports.stored import Stored

COMMAND = "python3 manage.py size inputs.json"


def rerun(stored: Stored, number: str) -> Section:
    """The command, the plan as data, its digest, and the version that answered."""
    record = stored.record
    facts = Facts(
        (
            Fact(_("Engine version"), Cell(Value(record.engine_version, record.engine_version))),
            Fact(
                _("SHA-256 of the plan"),
                Cell(
                    Value(record.plan_digest, record.plan_digest),
                    note=_("Taken of the plan as JSON with sorted keys and no spaces, as it is attached to the PDF."),
                ),
            ),
            Fact(_("Seed"), Cell(Value(None, _seed(stored)))),
        )
    )
    return Section(
        "rerun",
        number,
        _("Run it again"),
        (
            Paragraph((_("Save the plan below as inputs.json (the PDF carries it as an attachment) and run, in a copy of the project:"),)),
            Code(_("Command"), COMMAND),
            facts,
            Code(_("Plan (inputs.json)"), canonical(record.plan).decode().rstrip()),
        ),
    )


def _seed(stored: Stored) -> str:
    if stored.answer.get("trials_run"):
        return _("Fixed in the method: the simulation behind this size draws the same trials every time.")
    return _("None: the calculation is exact and draws no random numbers.")
