"""Which module reads which format, how a format is guessed, and what every record is checked for before it meets the register."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gaps.exchange import bibtex, clinicaltrials, csl, gaps_csv, register_json, ris
from gaps.exchange.record import Failure, Key, Named, Reading, Record, Row
from gaps.exchange.text import decode
from gaps.models import ImportBatch

Format = ImportBatch.Format
MOST_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Reader:
    """How one format is read: by which function, how many records at most, and which endings its files have."""

    read: Callable[[bytes, Mapping[str, str]], Reading]
    most_records: int
    endings: tuple[str, ...]


READERS: dict[ImportBatch.Format, Reader] = {
    Format.RIS: Reader(ris.read, 20_000, (".ris",)),
    Format.BIBTEX: Reader(bibtex.read, 20_000, (".bib", ".bibtex")),
    Format.CSL_JSON: Reader(csl.read, 20_000, (".json",)),
    Format.CLINICALTRIALS: Reader(clinicaltrials.read, 1_000, (".json",)),
    Format.REGISTER_JSON: Reader(register_json.read, 20_000, (".json",)),
    Format.GAPS_CSV: Reader(gaps_csv.read, 1_000, (".csv", ".tsv")),
}


def read(content: bytes, format: str, mapping: Mapping[str, str]) -> Reading:  # noqa: A002  (the word of the model)
    """The file, read; every record's fields are what the register's fields may hold, whatever the register holds now."""
    return _read(bytes(content), format, tuple(sorted(mapping.items())))


@lru_cache(maxsize=2)  # a page of a dry run follows another; what a file says never changes
def _read(content: bytes, format: str, mapping: tuple[tuple[str, str], ...]) -> Reading:  # noqa: A002
    reader = READERS[Format(format)]
    reading = reader.read(content, dict(mapping))
    if reading.in_file > reader.most_records:
        most = _("The file holds %(given)s records; at most %(most)s are read at once.") % {
            "given": reading.in_file,
            "most": reader.most_records,
        }
        failure = Failure(1, _("the whole file"), "", most, _("Part it into several files."))
        return Reading((), (failure,) * reading.in_file, reading.in_file, reading.notes)
    records: list[Record] = []
    failures = list(reading.failures)
    for record in reading.records:
        found = _checked(record)
        (records if isinstance(found, Record) else failures).append(found)  # type: ignore[arg-type]  # each into its own list
    failures.sort(key=lambda failure: failure.line)
    return replace(reading, records=tuple(records), failures=tuple(failures))


def is_reference(value: Any) -> bool:
    """Whether a value stands for another row, or for several."""
    return isinstance(value, Row | Key | Named | list)


def _checked(record: Record) -> Record | Failure:
    """The record with its values as the register's fields keep them, or the first field that cannot be kept."""
    for row in record.rows:
        for given in (row.defaults, row.fields):
            for name, value in given.items():
                if is_reference(value):
                    continue
                field: Any = row.model._meta.get_field(name)
                try:
                    given[name] = field.clean(value, None)  # type: ignore[index]  # a reader's own dict
                except ValidationError as error:
                    text = str(value)
                    shown = f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"
                    remedy = _("It stands there as %(given)s; correct it in the file.") % {"given": shown}
                    return Failure(record.line, record.name, row.called.get(name, name), error.messages[0], remedy)
    return record


def guess_format(name: str, content: bytes) -> ImportBatch.Format | None:
    """The format that a file's name and its first lines point to, or none."""
    text = decode(content[:20_000])[0].lstrip()
    lower = name.lower()
    if text.startswith("{") and '"schema_version"' in text:
        return Format.REGISTER_JSON
    if text.startswith(("{", "[")):
        return Format.CLINICALTRIALS if '"protocolSection"' in text or '"studies"' in text else Format.CSL_JSON
    for format_, reader in READERS.items():
        if lower.endswith(tuple(ending for ending in reader.endings if ending != ".json")):
            return format_
    if any(ris.TAG.match(line) and line.lstrip().startswith("TY") for line in text.split("\n")):
        return Format.RIS
    if bibtex.BEGINS.search(text):
        return Format.BIBTEX
    return None
