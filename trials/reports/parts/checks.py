"""Part 7: the same power by another program, shown whether it agrees or not."""

from django.utils.translation import gettext as _

from trials.reports.display import NOT_GIVEN, count, power, sentence
from trials.reports.document import Block, Cell, Column, Notice, Paragraph, Section, Table, Value
from trials.reports.parts.result import degrees
from trials.reports.stored import Stored

SMALLEST_SHOWN = 0.0001
T_TESTS = {"superiority", "non_inferiority"}


def checks(stored: Stored, part_number: str) -> Section:
    """The exact figure beside that of statsmodels, and one line that says whether they agree."""
    answer, witness = stored.answer, stored.record.witness
    rows = [_row(_own_method(stored), answer.get("power"), answer.get("n_evaluable"), _("The plan's own method"))]
    if witness:
        rows.append(_row(str(witness["method"]), witness.get("power"), witness.get("n_evaluable"), str(witness.get("note") or "")))
    at_n = _("Power at {n}").format(n=count(answer.get("n_evaluable")).text)
    columns = (
        Column(_("Method")),
        Column(at_n, numeric=True),
        Column(_("Evaluable needed"), numeric=True),
        Column(_("Note")),
    )
    return Section("checks", part_number, _("Checks"), (Table("", columns, tuple(rows)), _agreement(stored)))


def _own_method(stored: Stored) -> str:
    """The engine's own method in a few words: the first sentence of the method, or the distribution of a t test."""
    if stored.question["kind"] in T_TESTS and stored.plan.get("outcome", {}).get("kind") == "continuous":
        return _("Exact, noncentral t, df {df}").format(df=degrees(stored.answer.get("degrees_of_freedom")).text)
    return str(stored.answer.get("method", "")).partition(". ")[0].removesuffix(".")


def _row(method: str, share: float | None, n: int | None, note: str) -> tuple[Cell, ...]:
    return (Cell(Value(method, method)), Cell(power(share, decimals=4)), Cell(count(n)), Cell(Value(note, note)))


def _agreement(stored: Stored) -> Block:
    witness = stored.record.witness
    if not witness:
        return Paragraph((_("statsmodels has no method that is sound for this question, so no second figure stands here."),), quiet=True)
    apart = _apart(witness.get("difference"))
    if witness.get("agrees"):
        return Notice("success", sentence(_("The two agree: their powers differ by {apart}."), apart=apart))
    return Notice(
        "warn", sentence(_("The two disagree: their powers differ by {apart}. Find out why before using this size."), apart=apart)
    )


def _apart(difference: float | None) -> Value:
    """A difference of two powers in percentage points; what is too small to show is said to be small."""
    if difference is None:
        return NOT_GIVEN
    points = abs(difference) * 100
    shown = _("less than 0.0001") if points < SMALLEST_SHOWN else f"{points:.4f}"
    return Value(difference, _("{number} percentage points").format(number=shown))
