"""The register's own JSON, as it gives itself out: every row by its natural key, each list after those that its rows refer to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from gaps.exchange.json_text import lists_of
from gaps.exchange.record import Failure, Key, Reading, Record, Row, Unfit
from gaps.exchange.text import decode
from gaps.exports.graph import MANY, PARTS, SCHEMA_VERSION, digest, fields_of

MADE_HERE = {"level"}


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
    records: list[Record] = []
    failures: list[Failure] = []
    for part, model in PARTS.items():
        rows = [_read(part, model, line, number, item) for number, (line, item) in enumerate(lists.get(part, []), 1)]
        records += _parents_first([row for row in rows if isinstance(row, Record)])
        failures += [row for row in rows if isinstance(row, Failure)]
    for name in set(lists) - set(PARTS):
        for line, _item in lists[name]:
            failures.append(Failure(line, name, name, _("The register has no list of this name."), _("Take the list out of the file.")))
    return Reading(tuple(records), tuple(failures), len(records) + len(failures), tuple(notes))


def _check(document: dict[str, Any]) -> None:
    version = document.get("schema_version")
    if version != SCHEMA_VERSION:
        problem = _("The file has schema version %(given)s; this register reads version %(known)s.") % {
            "given": version if version is not None else "–",
            "known": SCHEMA_VERSION,
        }
        raise Unfit("schema_version", problem, _("Export it from a register of this version."))


def _read(part: str, model: type[models.Model], line: int, number: int, item: Any) -> Record | Failure:
    name = _("%(list)s, entry %(number)s") % {"list": part, "number": number}
    if not isinstance(item, dict):
        return Failure(line, name, part, _("This entry is no object."), _("Export the file once more."))
    name = next((str(item[key]) for key in ("uid", "slug", "identifier", "code", "quote") if isinstance(item.get(key), str)), name)[:120]
    known = {field.name: field for field in fields_of(model)} | {many: model._meta.get_field(many) for many in MANY.get(model, ())}
    fields: dict[str, Any] = {}
    for key, value in item.items():
        if key not in known:
            return Failure(line, name, key, _("The register has no field of this name here."), _("Take it out of the file."))
        if value in (None, "", [], {}) or key in MADE_HERE:
            continue
        try:
            fields[key] = _value(known[key], key, value)
        except Unfit as unfit:
            return unfit.failure(line, name)
    return Record(line, name, (Row(model, fields),))


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
