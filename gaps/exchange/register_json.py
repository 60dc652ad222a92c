"""The register's own JSON, as it gives itself out: every row by its natural key, each list after those that its rows refer to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from gaps.exchange.json_text import lists_of
from gaps.exchange.planner import FOR_A_NEW_GAP
from gaps.exchange.record import Failure, Key, Reading, Record, Row, Unfit
from gaps.exchange.text import decode
from gaps.exports.canonical import digest
from gaps.exports.graph import MANY, PARTS, SCHEMA_VERSION, fields_of
from gaps.models import Gap

OF_A_GAP = ("passages", "reasons", "gap_sources")


def read(content: bytes, mapping: Mapping[str, str]) -> Reading:
    """The rows of a register's file, those that others refer to first."""
    text, encoding = decode(content)
    whole = _("the whole file")
    try:
        document, lists = lists_of(text, "content")
        _check(document)
    except Unfit as unfit:
        return Reading((), (unfit.failure(1, whole),), 1, (encoding,))
    notes = [encoding]
    if document.get("content_sha256") != digest(document["content"]):
        notes.append(_("The digest in the file is not that of its content: it was edited after it was exported."))
    notes += [
        _("The list “%(name)s” is left aside: the register has none of this name.") % {"name": name} for name in set(lists) - set(PARTS)
    ]
    hanging = {part: _by_gap(lists.get(part, [])) for part in OF_A_GAP}
    records: list[Record] = []
    failures: list[Failure] = []
    for part, model in PARTS.items():
        if part in OF_A_GAP:
            continue
        own: list[Record] = []
        for number, (line, item) in enumerate(lists.get(part, []), 1):
            name = _name(part, number, item)
            try:
                own.append(_gap(item, line, name, hanging) if model is Gap else Record(line, name, (_row(part, item, line),)))
            except Unfit as unfit:
                failures.append(unfit.failure(line, name))
        records += _parents_first(own) if model is Gap else own
    failures += [_stray(part, line, item) for part, by_gap in hanging.items() for rows in by_gap.values() for line, item in rows]
    return Reading(tuple(records), tuple(failures), len(records) + len(failures), tuple(notes))


def _check(document: dict[str, Any]) -> None:
    version = document.get("schema_version")
    if version != SCHEMA_VERSION:
        problem = _("The file has schema version %(given)s; this register reads version %(known)s.") % {
            "given": version if version is not None else "–",
            "known": SCHEMA_VERSION,
        }
        raise Unfit("schema_version", problem, _("Export it from a register of this version."))


def _name(part: str, number: int, item: Any) -> str:
    """What an entry is called: by what names it, or by its place in its list."""
    names = ("uid", "slug", "identifier", "quote") if isinstance(item, dict) else ()
    own = next((item[key] for key in names if isinstance(item.get(key), str)), "")
    return str(own)[:120] or _("%(list)s, entry %(number)s") % {"list": part, "number": number}


def _by_gap(entries: list[tuple[int, Any]]) -> dict[Any, list[tuple[int, Any]]]:
    found: dict[Any, list[tuple[int, Any]]] = {}
    for line, item in entries:
        gap = item.get("gap") if isinstance(item, dict) else None
        found.setdefault(gap if isinstance(gap, str) else None, []).append((line, item))
    return found


def _gap(item: Any, line: int, name: str, hanging: dict[str, dict[Any, list[tuple[int, Any]]]]) -> Record:
    """A gap with its passages, reasons and sources: one record, as its status rests on them."""
    own = {part: by_gap.pop(item.get("uid") if isinstance(item, dict) else None, []) for part, by_gap in hanging.items()}
    row, notes = _row("gaps", item, line), []
    status = row.fields.get("status", "")
    if status == Gap.Status.MERGED:
        raise Unfit("status", _("The gap was merged into another one there."), _("Take in the gap that took over."))
    if status and status not in Gap.Status.values:
        raise Unfit("status", _("%(given)s is no status.") % {"given": status}, _("Write draft or proposed."))
    if status not in FOR_A_NEW_GAP and status != Gap.Status.DRAFT:
        fields = {key: value for key, value in row.fields.items() if key != "status"}
        row = Row(Gap, fields, {"status": Gap.Status.PROPOSED.value})
        notes.append(_("What lies beyond a proposal is decided here, by people: a new gap comes in as proposed."))
    parts = [_row(part, each, at, gap=row) for part, rows in own.items() for at, each in rows]
    return Record(line, name, (row, *parts), tuple(notes))


def _stray(part: str, line: int, item: Any) -> Failure:
    gap = item.get("gap") if isinstance(item, dict) else None
    problem = _("It belongs to the gap %(gap)s, which the file does not hold.") % {"gap": gap or "–"}
    return Failure(line, part, "gap", problem, _("Take it out of the file, or put the gap into it."))


def _row(part: str, item: Any, line: int, **given: Row) -> Row:
    model = PARTS[part]
    if not isinstance(item, dict):
        raise Unfit(part, _("This entry is no object."), _("Export the file once more."), line)
    known: dict[str, Any] = {field.name: field for field in fields_of(model)}
    known |= {many: model._meta.get_field(many) for many in MANY.get(model, ())}
    fields: dict[str, Any] = {}
    for key, value in item.items():
        if key not in known:
            raise Unfit(key, _("The register has no field of this name here."), _("Take it out of the file."), line)
        if key in given:
            fields[key] = given[key]
        elif value not in (None, "", [], {}):
            fields[key] = _value(known[key], key, value)
    return Row(model, fields)


def _value(field: Any, key: str, value: Any) -> Any:
    if field.many_to_many:
        if not isinstance(value, list):
            raise Unfit(key, _("This is no list."), _("Write the names in square brackets."))
        return [_reference(field.related_model, key, one) for one in value]
    if field.is_relation:
        return _reference(field.related_model, key, value)
    if isinstance(value, list):
        raise Unfit(key, _("This is a list where one value belongs."), _("Write one value."))
    return value


def _reference(model: type[models.Model], key: str, value: Any) -> Key:
    """The key of another row, as long as the keys of its table."""
    values = tuple(value) if isinstance(value, list) else (value,)
    length = len(PARTS_KEYS[model])
    if len(values) != length or not all(isinstance(one, str) for one in values):
        problem = _("%(given)s does not name a %(what)s.") % {"given": str(value)[:60], "what": model._meta.verbose_name}
        raise Unfit(key, problem, _("Name it by %(keys)s.") % {"keys": ", ".join(PARTS_KEYS[model])})
    return Key(model, values)


PARTS_KEYS: dict[type[models.Model], tuple[str, ...]] = {
    PARTS["terms"]: ("scheme", "slug"),
    PARTS["sources"]: ("slug",),
    PARTS["studies"]: ("slug",),
    PARTS["estimates"]: ("study", "slug"),
    PARTS["gaps"]: ("uid",),
}
"""What names a row that others refer to."""


def _parents_first(records: list[Record]) -> list[Record]:
    """Gaps after those that they are part of; all else as it comes."""
    by_uid = {record.rows[0].fields.get("uid"): record for record in records}
    placed: dict[int, Record] = {}

    def place(record: Record, seen: frozenset[int]) -> None:
        parent = record.rows[0].fields.get("parent")
        above = by_uid.get(parent.values[0]) if isinstance(parent, Key) else None
        if above is not None and id(above) not in seen:
            place(above, seen | {id(record)})
        placed.setdefault(id(record), record)

    for record in records:
        place(record, frozenset({id(record)}))
    return list(placed.values())
