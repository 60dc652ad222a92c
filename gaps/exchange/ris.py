"""RIS, as Zotero, EndNote, Mendeley and databases write it; parsed by rispy, one record at a time, so that none is dropped in silence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import rispy
from django.utils.translation import gettext as _

from gaps.exchange.record import Failure, Reading, Record, Unfit
from gaps.exchange.reference import PMID_IN_TEXT, Reference, inverted, source_row
from gaps.exchange.text import decode, shorten, tidy
from gaps.models import Source

TAG = re.compile(r"^\s{0,3}([A-Z][A-Z0-9]) {1,3}-(?: (.*))?$")
PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
CALLED = {
    "title": "TI",
    "authors": "AU",
    "container_title": "T2",
    "year": "PY",
    "volume": "VL",
    "pages": "SP",
    "doi": "DO",
    "pmid": "AN",
    "url": "UR",
}
KINDS = {
    "JOUR": Source.Kind.ARTICLE,
    "EJOUR": Source.Kind.ARTICLE,
    "INPR": Source.Kind.ARTICLE,
    "CHAP": Source.Kind.CHAPTER,
    "ECHAP": Source.Kind.CHAPTER,
    "BOOK": Source.Kind.CHAPTER,
    "EBOOK": Source.Kind.CHAPTER,
    "ELEC": Source.Kind.WEBSITE,
    "BLOG": Source.Kind.WEBSITE,
    "STAND": Source.Kind.GUIDELINE,
}
WORK = (
    ("guideline", Source.Kind.GUIDELINE),
    ("review", Source.Kind.REVIEW),
    ("meta-analysis", Source.Kind.REVIEW),
    ("trial", Source.Kind.TRIAL),
)


@dataclass
class _Piece:
    """Some lines of a file: a record from its TY to its ER, or what stands outside of any."""

    line: int
    is_record: bool
    lines: list[str] = field(default_factory=list)
    ended: bool = False
    has_tags: bool = False


def read(content: bytes, mapping: Mapping[str, str]) -> Reading:
    """The references of a RIS file."""
    text, encoding = decode(content)
    records: list[Record] = []
    failures: list[Failure] = []
    notes = [encoding]
    pieces = list(_pieces(text))
    for number, piece in enumerate(pieces):
        if number == 0 and not piece.is_record and not piece.has_tags and len(pieces) > 1:
            notes.append(
                _("What stands before the first record, from line %(line)s, is no part of any and was left aside.") % {"line": piece.line}
            )
            continue
        found = _read(piece)
        (records if isinstance(found, Record) else failures).append(found)  # type: ignore[arg-type]  # each into its own list
    return Reading(tuple(records), tuple(failures), len(records) + len(failures), tuple(notes))


def _pieces(text: str) -> Iterator[_Piece]:
    piece: _Piece | None = None
    for number, line in enumerate(text.split("\n"), 1):
        tag = found[1] if (found := TAG.match(line)) else ""
        if tag == "TY" or (piece is not None and piece.ended and line.strip()) or (piece is None and line.strip()):
            if piece is not None:
                yield piece
            piece = _Piece(number, tag == "TY")
        if piece is None or piece.ended:
            continue
        piece.lines.append(f"{found[1]}  - {found[2] or ''}" if found else line)
        piece.has_tags = piece.has_tags or bool(found)
        piece.ended = piece.is_record and tag == "ER"
    if piece is not None:
        yield piece


def _read(piece: _Piece) -> Record | Failure:
    name = next((tidy(line[6:]) for tag in ("TI", "T1", "DO") for line in piece.lines if line.startswith(f"{tag}  - ")), "")
    name = shorten(name, 120) or _("record in line %(line)s") % {"line": piece.line}
    try:
        raw = _parsed(piece)
        return Record(piece.line, name, (source_row(_reference(raw), CALLED),), tuple(_notes(raw)))
    except Unfit as unfit:
        line = next((piece.line + at for at, line in enumerate(piece.lines) if line.startswith(f"{unfit.field}  -")), piece.line)
        return unfit.failure(line, name)


def _parsed(piece: _Piece) -> dict[str, Any]:
    if not piece.is_record:
        raise Unfit("TY", _("These lines belong to no record."), _("Begin a record with a line TY  - and its type, such as TY  - JOUR."))
    if not piece.ended:
        raise Unfit("ER", _("The record has no line ER  - that ends it."), _("Add a line ER  - after its last field; it may be cut off."))
    try:
        found = rispy.loads("\n".join(piece.lines))
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise Unfit("TY", _("Its lines cannot be read as RIS."), _("Export the record once more.")) from error
    if len(found) != 1:
        raise Unfit("TY", _("Its lines cannot be read as one record."), _("Export the record once more."))
    return dict(found[0])


def _first(raw: dict[str, Any], *names: str) -> str:
    return next((text for name in names if (text := tidy(raw.get(name, "")))), "")


def _reference(raw: dict[str, Any]) -> Reference:
    first, last = _first(raw, "start_page"), _first(raw, "end_page")
    return Reference(
        kind=_kind(raw),
        authors=[inverted(author) for author in raw.get("authors", []) + raw.get("first_authors", [])],
        title=_first(raw, "title", "primary_title"),
        container_title=_first(raw, "secondary_title", "journal_name", "alternate_title3", "alternate_title2", "alternate_title1"),
        year=_first(raw, "year", "publication_year", "date"),
        volume=_first(raw, "volume"),
        pages=first if "-" in first or not last else f"{first}-{last}",
        doi=_first(raw, "doi"),
        pmid=_pmid(raw),
        urls=[tidy(address) for address in raw.get("urls", [])],
    )


def _kind(raw: dict[str, Any]) -> str:
    work = _first(raw, "type_of_work").lower()
    return next((kind.value for word, kind in WORK if word in work), KINDS.get(_first(raw, "type_of_reference"), ""))


def _pmid(raw: dict[str, Any]) -> str:
    number = _first(raw, "accession_number")
    if PUBMED.search(f"{_first(raw, 'name_of_database')} {_first(raw, 'database_provider')}") and number.isascii() and number.isdigit():
        return number.lstrip("0")
    said = " ".join([*raw.get("notes", []), _first(raw, "note", "research_notes"), number])
    return found[1] if (found := PMID_IN_TEXT.search(said)) else ""


def _notes(raw: dict[str, Any]) -> Iterator[str]:
    if not _kind(raw):
        yield _("The type %(type)s is no kind of source here; it becomes an article.") % {
            "type": _first(raw, "type_of_reference")[:20] or "–"
        }
