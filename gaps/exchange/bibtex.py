"""BibTeX, as Zotero, JabRef and Mendeley write it; parsed by bibtexparser, with accents and names out of their LaTeX."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from bibtexparser.library import Library
from bibtexparser.middlewares import RemoveEnclosingMiddleware, ResolveStringReferencesMiddleware
from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names
from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry, ParsingFailedBlock
from bibtexparser.splitter import Splitter
from django.utils.translation import gettext as _
from pylatexenc.latex2text import LatexNodes2Text

from gaps.exchange.record import Failure, Reading, Record, Unfit
from gaps.exchange.reference import PMID_IN_TEXT, Name, Reference, source_row
from gaps.exchange.text import decode, tidy
from gaps.models import Source

logging.getLogger("bibtexparser").addHandler(logging.NullHandler())  # what it would print there, a failure says

BEGINS = re.compile(r"^[ \t]*@(?!(?:string|preamble|comment)\b)[A-Za-z]+\s*[{(]", re.IGNORECASE | re.MULTILINE)
CALLED = {
    "title": "title",
    "authors": "author",
    "container_title": "journal",
    "year": "year",
    "volume": "volume",
    "pages": "pages",
    "doi": "doi",
    "pmid": "pmid",
    "url": "url",
}
KINDS = {
    "article": Source.Kind.ARTICLE,
    "incollection": Source.Kind.CHAPTER,
    "inbook": Source.Kind.CHAPTER,
    "book": Source.Kind.CHAPTER,
    "online": Source.Kind.WEBSITE,
    "electronic": Source.Kind.WEBSITE,
    "webpage": Source.Kind.WEBSITE,
}
ACCENT = re.compile(r"""\{\\(?:[^{}$]|\{[^{}$]*\})*\}|\\["'`^~=.](?:\{\\?[A-Za-z]\}|\\?[A-Za-z])""")
TEXT = LatexNodes2Text(math_mode="text", keep_comments=True)


def read(content: bytes, mapping: Mapping[str, str]) -> Reading:
    """The references of a BibTeX file."""
    text, encoding = decode(content)
    library = Splitter(text).split()
    for middleware in (
        ResolveStringReferencesMiddleware(allow_inplace_modification=True),
        RemoveEnclosingMiddleware(allow_inplace_modification=True),
    ):
        library = middleware.transform(library)
    records: list[Record] = []
    failures: list[Failure] = []
    accounted: set[int] = set()
    for found, line in _blocks(library):
        accounted.add(line)
        (records if isinstance(found, Record) else failures).append(found)  # type: ignore[arg-type]  # each into its own list
    lines = text.split("\n")
    for line in sorted(_begun(text) - accounted):
        name = lines[line - 1].strip()[:80]
        remedy = _("Close the braces of the entry before it.")
        failures.append(Failure(line, name, "@", _("The entry before it is not closed and has swallowed this one."), remedy))
    failures.sort(key=lambda failure: failure.line)
    return Reading(tuple(records), tuple(failures), len(records) + len(failures), (encoding,))


def _begun(text: str) -> set[int]:
    lines, line, counted = set(), 1, 0
    for found in BEGINS.finditer(text):
        line, counted = line + text.count("\n", counted, found.end()), found.end()
        lines.add(line)
    return lines


def _blocks(library: Library) -> Iterator[tuple[Record | Failure, int]]:
    keys: dict[str, int] = {}
    for block in library.blocks:
        line = (block.start_line or 0) + 1
        if isinstance(block, DuplicateFieldKeyBlock):
            field = sorted(block.duplicate_keys)[0]
            problem = _("The field %(field)s stands twice in the entry.") % {"field": field}
            yield Failure(line, _named(block.raw), field, problem, _("Keep one of the two.")), line
        elif isinstance(block, DuplicateBlockKeyBlock):
            entry = block.ignore_error_block
            if isinstance(entry, Entry):
                yield _record(entry, line, keys), line
        elif isinstance(block, ParsingFailedBlock):
            if BEGINS.match(block.raw or ""):
                yield _broken(block, line), line
        elif isinstance(block, Entry):
            yield _record(block, line, keys), line
            keys.setdefault(block.key, line)


def _named(raw: str | None) -> str:
    return (raw or "").strip().partition("\n")[0].rstrip(",")[:80]


def _broken(block: ParsingFailedBlock, line: int) -> Failure:
    error: Any = block.error
    field = next(iter(re.findall(r"^\s*([A-Za-z_-]+)\s*=", (block.raw or "").strip().rpartition("\n")[2], re.MULTILINE)), "@")
    words = re.sub(r"`", "", str(getattr(error, "abort_reason", "") or error)).strip().rstrip(".")
    problem = _("The entry cannot be read to its end: %(words)s.") % {"words": words or _("it breaks off")}
    return Failure(
        line, _named(block.raw), field, problem, _("Look for a brace or a comma that is missing, or export the entry once more.")
    )


def _record(entry: Entry, line: int, keys: dict[str, int]) -> Record | Failure:
    raw = {field.key.lower(): str(field.value) for field in entry.fields}
    notes = []
    if entry.key in keys:
        notes.append(_("The key %(key)s stands in line %(line)s, too.") % {"key": entry.key, "line": keys[entry.key]})
    if not _kind(entry, raw):
        notes.append(_("The type @%(type)s is no kind of source here; it becomes an article.") % {"type": entry.entry_type[:20]})
    try:
        row = source_row(_reference(entry, raw), CALLED)
    except Unfit as unfit:
        at = next(
            (field.start_line + 1 for field in entry.fields if field.key.lower() == unfit.field and field.start_line is not None), line
        )
        return unfit.failure(at, entry.key)
    return Record(line, entry.key, (row,), tuple(notes))


@lru_cache(maxsize=4096)  # the same few accents, thousands of times
def _decoded(latex: str) -> str:
    return str(TEXT.latex_to_text(latex))


def _plain(text: str) -> str:
    """The text without LaTeX: accents in one letter, no braces, dashes as printed."""
    text = ACCENT.sub(lambda found: _decoded(found[0]), text) if "\\" in text else text
    text = re.sub(r"(?<!\\)~", " ", text)
    unescaped = re.sub(r"\\([&%_#])", r"\1", text)
    if "\\" in unescaped or "$" in unescaped:  # more than accents: the whole of it, in which a bare sign stands for itself
        unescaped = str(TEXT.latex_to_text(re.sub(r"(?<!\\)([&%#])", r"\\\1", text)))
    text = unescaped
    return tidy(text.replace("{", "").replace("}", "").replace("---", "—").replace("--", "–"))


def _names(text: str) -> list[Name]:
    names = []
    for single in split_multiple_persons_names(text):
        if single.strip().startswith("{") and single.strip().endswith("}"):
            names.append(Name(_plain(single)))
            continue
        parts = parse_single_name_into_parts(single, strict=False)
        names.append(Name(_plain(" ".join(parts.von + parts.last)), _plain(" ".join(parts.first)), _plain(" ".join(parts.jr))))
    return names


def _reference(entry: Entry, raw: dict[str, str]) -> Reference:
    def first(*names: str) -> str:
        return next((text for name in names if (text := _plain(raw.get(name, "")))), "")

    def verbatim(*names: str) -> str:
        return next((text.replace("{", "").replace("}", "").replace("\\", "") for name in names if (text := raw.get(name, "").strip())), "")

    pmid = first("pmid") or (first("eprint") if raw.get("eprinttype", "").lower() == "pubmed" else "")
    if not pmid:
        pmid = found[1] if (found := PMID_IN_TEXT.search(first("note", "annote"))) else ""
    return Reference(
        kind=_kind(entry, raw),
        authors=_names(raw.get("author", "")),
        title=first("title"),
        container_title=first("journal", "journaltitle", "booktitle", "howpublished", "publisher"),
        year=first("year", "date"),
        volume=first("volume"),
        pages=first("pages"),
        doi=verbatim("doi"),
        pmid=pmid,
        urls=[verbatim("url")] if raw.get("url") else [],
    )


def _kind(entry: Entry, raw: dict[str, str]) -> str:
    kind = entry.entry_type.lower()
    if kind == "misc" and raw.get("url") and not raw.get("journal"):
        return Source.Kind.WEBSITE.value
    return KINDS[kind].value if kind in KINDS else ""
