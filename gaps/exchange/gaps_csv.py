"""Gaps as a table of comma-separated values: the columns of the list's own file, or those of another that somebody has mapped."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from gaps.exchange.record import Failure, Named, Reading, Record, Row, Unfit
from gaps.exchange.text import decode, shorten, tidy
from gaps.exports.gap_lines import COLUMNS
from gaps.models import Gap, GapReason, GapSource, Passage, ReasonCode
from ldnplanner.common.cells import FORMULA_STARTS, NUMBER

OWN = (
    "uid",
    "title",
    "question",
    "kind",
    "status",
    "population",
    "intervention",
    "comparator",
    "outcome",
    "time_frame",
    "time_frame_days",
    "setting",
    "effect_modifier",
    "dose_low_mg",
    "dose_high_mg",
    "target_difference",
    "tolerated_rate",
    "evidence_summary",
    "searched_date",
    "burden",
    "study_type",
    "guidance_relevance",
    "external_priorities",
    "equality",
    "next_action",
    "origin",
    "origin_note",
    "withdrawn_reason",
)
LINKED = ("primary_reason", "reasons", "passages", "sources")
FIELDS = (*OWN, *LINKED)
GUESSES = {
    "id": "uid",
    "identifier": "uid",
    "gap": "title",
    "name": "title",
    "research question": "question",
    "p": "population",
    "patients": "population",
    "participants": "population",
    "i": "intervention",
    "exposure": "intervention",
    "treatment": "intervention",
    "c": "comparator",
    "comparison": "comparator",
    "control": "comparator",
    "o": "outcome",
    "outcomes": "outcome",
    "t": "time_frame",
    "timeframe": "time_frame",
    "time": "time_frame",
    "follow-up": "time_frame",
    "days": "time_frame_days",
    "type": "kind",
    "reason": "reasons",
    "robinson": "reasons",
    "reason codes": "reasons",
    "primary reason": "primary_reason",
    "references": "sources",
    "source": "sources",
    "quote": "passages",
    "note": "origin_note",
}
PASSAGE = re.compile(r"“(.*?)” \((.*?)\)(?=; “|$)", re.DOTALL)
UID = re.compile(r"GAP-[0-9]{4,8}")


def label(name: str) -> str:
    """How a field is called for people."""
    if name in LINKED:
        return {"primary_reason": _("primary reason"), "reasons": _("reasons"), "passages": _("passages"), "sources": _("sources")}[name]
    return str(getattr(Gap._meta.get_field(name), "verbose_name", name))


@dataclass(frozen=True)
class Table:
    """The cells of a file: its columns, the first lines as a sample, how it was read."""

    columns: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def look(content: bytes) -> Table:
    """The columns of a file and its first three lines, for mapping."""
    text, encoding = decode(content)
    lines = list(_lines(text))
    header = lines[0][1] if lines and not isinstance(lines[0][1], Unfit) else []
    sample = [tuple(cells) for _line, cells in lines[1:4] if not isinstance(cells, Unfit)]
    return Table(tuple(tidy(cell) for cell in header), tuple(sample), (encoding,))


def guess(columns: tuple[str, ...]) -> dict[str, str]:
    """The field of the register that each column probably holds; "" for a column that is left aside."""
    known = {name: name for name in FIELDS} | {label(name).lower(): name for name in FIELDS} | GUESSES
    found: dict[str, str] = {}
    for column in columns:
        words = column.strip().lower()
        name = known.get(words) or known.get(words.replace(" ", "_")) or known.get(words.replace("_", " ")) or ""
        found[column] = "" if name in found.values() else name
    return found


def is_own(columns: tuple[str, ...]) -> bool:
    """Whether the file has the columns of the list's own export, so that nothing needs to be mapped."""
    return columns == COLUMNS


def read(content: bytes, mapping: Mapping[str, str]) -> Reading:
    """The gaps of a CSV file; the mapping says which field each column holds, and without one it is guessed."""
    text, encoding = decode(content)
    lines = list(_lines(text))
    if not lines:
        return Reading((), (), 0, (encoding, _("The file is empty.")))
    line, header = lines[0]
    whole = _("the whole file")
    if isinstance(header, Unfit):
        return Reading((), (header.failure(line, whole),), 1, (encoding,))
    columns = tuple(tidy(cell) for cell in header)
    mapping = mapping or guess(columns)
    fields = [mapping.get(column, "") for column in columns]
    if failure := _unusable(line, columns, fields):
        problem = _("The columns are not clear.")
        others = (Failure(at, _("line %(line)s") % {"line": at}, "", problem, failure.remedy) for at, _cells in lines[1:])
        return Reading((), (failure, *others), len(lines), (encoding,))
    notes = [encoding]
    if aside := [column for column, name in zip(columns, fields, strict=True) if not name]:
        notes.append(_("Left aside: %(columns)s.") % {"columns": ", ".join(column or "–" for column in aside)})
    records: list[Record] = []
    failures: list[Failure] = []
    for line, found in lines[1:]:
        name = _("line %(line)s") % {"line": line}
        try:
            cells = _whole(found, columns)
            given = {field: value for field, cell in zip(fields, cells, strict=True) if field and (value := plain_cell(cell))}
            name = shorten(tidy(given.get("uid") or given.get("title") or name), 120)
            called = {field: column for column, field in zip(columns, fields, strict=True) if field}
            records.append(_record(given, called, line, name))
        except Unfit as unfit:
            failures.append(unfit.failure(line, name))
    return Reading(tuple(records), tuple(failures), len(records) + len(failures), tuple(notes))


def _whole(cells: list[str] | Unfit, columns: tuple[str, ...]) -> list[str]:
    """The cells of a line, one a column."""
    if isinstance(cells, Unfit):
        raise cells
    if len(cells) != len(columns):
        problem = _("The line has %(given)s cells, the header %(wanted)s.") % {"given": len(cells), "wanted": len(columns)}
        raise Unfit(columns[min(len(cells), len(columns)) - 1], problem, _("Put quotation marks around a cell that holds a comma."))
    return cells


def _unusable(line: int, columns: tuple[str, ...], fields: list[str]) -> Failure | None:
    doubled = sorted({name for name in fields if name and fields.count(name) > 1})
    if doubled:
        names = ", ".join(column for column, name in zip(columns, fields, strict=True) if name == doubled[0])
        problem = _("The columns %(columns)s are both said to hold “%(field)s”.") % {"columns": names, "field": label(doubled[0])}
        return Failure(line, _("the header"), doubled[0], problem, _("Map one of them, and leave the other aside."))
    if not {"uid", "title"} & set(fields):
        return Failure(
            line, _("the header"), "title", _("No column holds a title or an identifier."), _("Map one of the columns to the title.")
        )
    return None


def _lines(text: str) -> Iterator[tuple[int, list[str] | Unfit]]:
    """The lines of the file that hold anything, each with the number at which it begins; one that cannot be read says why."""
    text = text.replace("\0", "")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=lambda sign: (first.count(sign), sign == ","))
    rows = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    while True:
        line = rows.line_num + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            problem = _("The line cannot be read as cells: %(what)s.") % {"what": error}
            yield line, Unfit("CSV", problem, _("Look for a quotation mark that is not closed, or is not doubled within a cell."))
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells


def plain_cell(cell: str) -> str:
    """The text of a cell, without the ' that a register's file puts before what a spreadsheet would run as a formula.

    Examples
    --------
    >>> plain_cell("'=1+1")
    '=1+1'
    >>> plain_cell("'tis known")
    "'tis known"
    """
    if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) and not NUMBER.fullmatch(cell[1:]):
        return cell[1:]
    return cell.strip()


def _record(given: dict[str, str], called: dict[str, str], line: int, name: str) -> Record:
    fields = {field: _value(field, given[field], called) for field in OWN if field in given}
    if "uid" in fields and not UID.fullmatch(fields["uid"]):
        problem = _("“%(given)s” is no identifier of a gap.") % {"given": fields["uid"][:40]}
        raise Unfit(called["uid"], problem, _("Write it like GAP-0001, or leave it empty for a new gap."))
    gap = Row(Gap, fields, called=called)
    rows = [gap, *_reasons(given, called, gap), *_passages(given, called, gap)]
    if "sources" in given:
        rows += [
            Row(GapSource, {"gap": gap, "source": Named(text)}, called={"source": called["sources"]})
            for text in _parted(given["sources"], r";\s+")
        ]
    return Record(line, name, tuple(rows))


def _parted(text: str, sign: str = ";") -> list[str]:
    return list(dict.fromkeys(part for piece in re.split(sign, text) if (part := tidy(piece))))


def _value(name: str, text: str, called: dict[str, str]) -> Any:
    field: models.Field[Any, Any] = Gap._meta.get_field(name)  # type: ignore[assignment]  # no relation
    choices = list(field.choices or [])
    if choices:
        known = {str(value).lower(): value for value, _label in choices} | {str(words).lower(): value for value, words in choices}
        if text.lower() not in known:
            problem = _("“%(text)s” is no %(field)s known here.") % {"text": text[:60], "field": label(name)}
            raise Unfit(
                called[name], problem, _("It can be %(allowed)s.") % {"allowed": ", ".join(str(value) for value, _label in choices)}
            )
        return known[text.lower()]
    try:
        return field.to_python(text.replace("−", "-") if isinstance(field, models.FloatField | models.IntegerField) else text)
    except ValidationError as error:
        remedy = {"DateField": _("Write a date as 2026-02-28."), "FloatField": _("Write a number with a full stop, such as 4.5.")}
        raise Unfit(called[name], error.messages[0], remedy.get(type(field).__name__, _("Write a whole number."))) from error


def _reasons(given: dict[str, str], called: dict[str, str], gap: Row) -> Iterator[Row]:
    codes = [code.upper() for code in _parted(given.get("reasons", "").replace(",", ";"))]
    primary = given.get("primary_reason", "").strip().upper() or (codes[0] if codes else "")
    if primary and primary not in codes:
        codes.insert(0, primary)
    for code in dict.fromkeys(codes):
        if code not in ReasonCode.values:
            column = called.get("reasons") or called["primary_reason"]
            raise Unfit(
                column, _("“%(code)s” is no reason.") % {"code": code[:20]}, _("Reasons are A1 to D5, parted by semicolons: A3;D3.")
            )
        at = called.get("reasons") or called["primary_reason"]
        yield Row(
            GapReason,
            {"gap": gap, "code": code, **({"primary": True} if code == primary else {})},
            called={"code": at, "primary": at, "note": at},
        )


def _passages(given: dict[str, str], called: dict[str, str], gap: Row) -> Iterator[Row]:
    text = given.get("passages", "")
    if not text:
        return
    found = list(PASSAGE.finditer(text))
    if "; ".join(each[0] for each in found) != text:
        problem = _("The passages are not written as the register writes them.")
        raise Unfit(
            called["passages"],
            problem,
            _("Write “the words” (title of the source, place), parted by semicolons; or leave the column aside."),
        )
    for each in found:
        yield Row(
            Passage,
            {"gap": gap, "quote": tidy(each[1]), "source": Named(each[2])},
            called={"quote": called["passages"], "source": called["passages"]},
        )
