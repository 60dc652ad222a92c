"""What is read from a file: rows of the register, the records they came in, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models


@dataclass(frozen=True)
class Key:
    """Another row, by its natural key: of this file if it is in it, or else of the register."""

    model: type[models.Model]
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Named:
    """A source by whatever the file calls it: its DOI, PMID, address, short name or title."""

    text: str


@dataclass(frozen=True, eq=False)
class Row:
    """What a file says of one row of the register.

    `fields` holds only what the file gives; the row that another field refers to is a `Row` of the same record, a `Key` or a `Named`, and a
    list of them stands for a many-to-many field. `defaults` is taken by a new row alone, where the file's word is too coarse to differ from
    the register's. `called` says how the file calls a field; `known_by` are rows that hang on this one and by which it is recognised, as a
    study is by its registrations.
    """

    model: type[models.Model]
    fields: Mapping[str, Any]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    known_by: tuple[Key, ...] = ()


@dataclass(frozen=True, eq=False)
class Record:
    """One entry of a file, with the line on which it begins, what it is called there, and its rows, each after those it refers to.

    `notes` say what of the entry is left aside, and why; `about` is the row that the entry is there for, where it is not the first.
    """

    line: int
    name: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    about: Row | None = None


@dataclass(frozen=True)
class Failure:
    """An entry of a file that is not taken in: where it stands, which field is at fault, what is wrong and what to do."""

    line: int
    name: str
    field: str
    problem: str
    remedy: str


class Unfit(Exception):  # noqa: N818  (reads as what happened)
    """A record that cannot be read; carries the field at fault, what is wrong and what to do."""

    def __init__(self, field: str, problem: str, remedy: str, line: int | None = None) -> None:
        super().__init__(problem)
        self.field, self.problem, self.remedy, self.line = field, problem, remedy, line

    def failure(self, line: int, name: str) -> Failure:
        return Failure(self.line or line, name, self.field, self.problem, self.remedy)


@dataclass(frozen=True)
class Reading:
    """A file, read: ``in_file == len(records) + len(failures)``, whatever the file holds. `notes` are about the file as a whole."""

    records: tuple[Record, ...]
    failures: tuple[Failure, ...]
    in_file: int
    notes: tuple[str, ...] = ()

    def counts(self) -> dict[str, int]:
        return {"in_file": self.in_file, "read": len(self.records), "failed": len(self.failures)}
