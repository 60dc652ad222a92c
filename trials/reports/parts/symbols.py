"""The annex: what each symbol means."""

from django.utils.translation import gettext as _

from trials.reports.document import Cell, Column, Section, Table, Value
from trials.reports.symbols import SYMBOLS


def symbols() -> Section:
    """A table of the symbols of the report."""
    rows = tuple((symbol.cell(), Cell(Value(str(symbol.meaning), str(symbol.meaning)))) for symbol in SYMBOLS)
    marks = _("Marks: R reported by the source, D derived from it, A assumed, U unverified.")
    return Section("symbols", "A", _("Annex: what each symbol means"), (Table(marks, (Column(_("Symbol")), Column(_("Meaning"))), rows),))
