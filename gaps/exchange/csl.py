"""CSL-JSON, as Zotero, Mendeley and DOI services write it: one reference or a list of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from gaps.exchange.json_text import entries
from gaps.exchange.record import Failure, Reading, Record, Unfit
from gaps.exchange.reference import PMID_IN_TEXT, Name, Reference, source_row
from gaps.exchange.text import decode, shorten, tidy
from gaps.models import Source

CALLED = {
    "title": "title",
    "authors": "author",
    "container_title": "container-title",
    "year": "issued",
    "volume": "volume",
    "pages": "page",
    "doi": "DOI",
    "pmid": "PMID",
    "url": "URL",
}
KINDS = {
    "article-journal": Source.Kind.ARTICLE,
    "article": Source.Kind.ARTICLE,
    "journal-article": Source.Kind.ARTICLE,  # as Crossref says it
    "article-magazine": Source.Kind.ARTICLE,
    "review": Source.Kind.REVIEW,
    "chapter": Source.Kind.CHAPTER,
    "book": Source.Kind.CHAPTER,
    "entry-encyclopedia": Source.Kind.CHAPTER,
    "standard": Source.Kind.GUIDELINE,
    "webpage": Source.Kind.WEBSITE,
    "post": Source.Kind.WEBSITE,
    "post-weblog": Source.Kind.WEBSITE,
}


def read(content: bytes, mapping: Mapping[str, str]) -> Reading:
    """The references of a CSL-JSON file; one that is no JSON counts as a single record that failed."""
    text, encoding = decode(content)
    try:
        items = entries(text, "items", "references")
    except Unfit as unfit:
        return Reading((), (unfit.failure(1, _("the whole file")),), 1, (encoding,))
    records: list[Record] = []
    failures: list[Failure] = []
    for number, (line, item) in enumerate(items, 1):
        name = shorten(tidy(item.get("id") or item.get("title") or ""), 120) if isinstance(item, dict) else ""
        name = name or _("entry %(number)s") % {"number": number}
        try:
            records.append(_record(item, line, name))
        except Unfit as unfit:
            failures.append(unfit.failure(line, name))
    return Reading(tuple(records), tuple(failures), len(items), (encoding,))


def _record(item: Any, line: int, name: str) -> Record:
    if not isinstance(item, dict):
        raise Unfit("JSON", _("The entry is no object with fields."), _("Export it once more as CSL-JSON."))
    kind = KINDS.get(_text(item, "type"))
    notes = (
        ()
        if kind
        else (_("The type %(type)s is no kind of source here; it becomes an article.") % {"type": _text(item, "type")[:20] or "–"},)
    )
    pmid = _text(item, "PMID") or (found[1] if (found := PMID_IN_TEXT.search(_text(item, "note"))) else "")
    reference = Reference(
        kind=kind.value if kind else "",
        authors=list(_names(item)),
        title=_text(item, "title"),
        container_title=_text(item, "container-title") or (_text(item, "publisher") if kind == Source.Kind.WEBSITE else ""),
        year=_issued(item),
        volume=_text(item, "volume"),
        pages=_text(item, "page"),
        doi=_text(item, "DOI"),
        pmid=pmid,
        urls=[_text(item, "URL")],
    )
    return Record(line, name, (source_row(reference, CALLED),), notes)


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    if isinstance(value, list):  # as Crossref gives titles
        value = value[0] if value else ""
    if isinstance(value, dict | list):
        raise Unfit(name, _("The field %(field)s is no text.") % {"field": name}, _("Write it as text, or leave it out."))
    return "" if value is None or isinstance(value, bool) else tidy(value)


def _names(item: dict[str, Any]) -> Iterator[Name]:
    authors = item.get("author") or []
    if not isinstance(authors, list) or not all(isinstance(author, dict) for author in authors):
        raise Unfit("author", _("The authors are no list of names."), _('Write each as {"family": "Younger", "given": "Jarred"}.'))
    for author in authors:
        if literal := _text(author, "literal") or _text(author, "name"):
            yield Name(literal)
            continue
        particles = [_text(author, "dropping-particle"), _text(author, "non-dropping-particle")]
        family = " ".join(part for part in (*particles, _text(author, "family")) if part)
        given = _text(author, "given")
        yield Name(family or given, given if family else "", _text(author, "suffix"))


def _issued(item: dict[str, Any]) -> str:
    issued = item.get("issued")
    if not isinstance(issued, dict):
        return tidy(issued or "")
    parts = issued.get("date-parts")
    if parts:
        try:
            return str(parts[0][0] if parts[0][0] is not None else "")
        except (TypeError, LookupError) as error:
            problem = _("The date-parts of issued are no lists of numbers.")
            raise Unfit("issued", problem, _('Write them as {"date-parts": [[2013, 2]]}.')) from error
    return tidy(issued.get("raw") or issued.get("literal") or issued.get("season") or "")
