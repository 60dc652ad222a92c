"""A reference of any reference manager as a source of the register, in the forms of the house."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gaps.doi import normalise_doi, valid_doi
from gaps.exchange.record import Row, Unfit
from gaps.exchange.text import tidy
from gaps.models import Source
from gaps.models.source import EARLIEST_YEAR, LATEST_YEAR

MOST_NAMED = 5  # of more authors the first is named, as Nature's style has it
NO_YEAR = re.compile(r"n\.? ?d\.?|no date|undated|in press|forthcoming|submitted|online ahead of print|epub ahead of print", re.IGNORECASE)
OTHERS = re.compile(r"(?:and )?(?:others|et al\.?)", re.IGNORECASE)
PMID_IN_TEXT = re.compile(r"\bPMID:?\s*([1-9][0-9]{0,7})\b", re.IGNORECASE)
PMID_IN_ADDRESS = re.compile(r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/(?:m/)?pubmed)/([1-9][0-9]{0,7})\b", re.IGNORECASE)
RESOLVER = re.compile(r"https?://(?:dx\.|www\.)?doi\.org/", re.IGNORECASE)


@dataclass(frozen=True)
class Name:
    """One author: family and given names as the file has them, or a body that signs by one name."""

    family: str
    given: str = ""
    suffix: str = ""


@dataclass
class Reference:
    """What a reference manager says of one work, before it is put into the house's forms."""

    kind: str = ""
    authors: list[Name] = field(default_factory=list)
    title: str = ""
    container_title: str = ""
    year: str = ""
    volume: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    urls: list[str] = field(default_factory=list)


def inverted(text: str) -> Name:
    """A name written "Family, Given" or "Family, Given, Jr."; without a comma it is a body's."""
    family, _comma, rest = tidy(text).partition(",")
    given, _comma, suffix = rest.partition(",")
    return Name(family.strip(), given.strip(), suffix.strip())


def printed(name: Name) -> str:
    """The name as the register prints it, such as "Besson, J. M."."""
    if not name.given:
        return name.family
    initials = _initials(name.given)
    return ", ".join(part for part in (name.family, initials, name.suffix) if part)


def _initials(given: str) -> str:
    given = re.sub(r"\.(?=\w)", ". ", given)  # J.M. and J.-M.
    words = []
    for word in given.split():
        bare = word.strip(".")
        if not bare or not any(letter.isalpha() for letter in bare):
            continue
        if "-" in bare.strip("-"):
            words.append("-".join(f"{piece[0]}." for piece in bare.split("-") if piece))
        elif bare.isupper() and len(bare) <= 3 and not word.endswith(".") and bare.isalpha():
            words += [f"{letter}." for letter in bare]  # JM
        elif bare[0].islower():
            words.append(bare)  # van, de
        else:
            words.append(f"{bare[0]}.")
    return " ".join(words)


def authors_line(names: Iterable[Name]) -> str:
    """The authors as the register prints them: up to five are named, of more the first with "et al."."""
    named = [name for name in names if name.family]
    more = [name for name in named if OTHERS.fullmatch(name.family)]
    shown = [printed(name) for name in named if name not in more]
    if not shown:
        return ""
    if more or len(shown) > MOST_NAMED:
        return f"{shown[0]} et al."
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} & {shown[-1]}"


def pages_line(text: str) -> str:
    """First and last page with an en dash, the last one in full: 529-38 is 529–538."""
    text = tidy(text)
    found = re.fullmatch(r"(?:pp?\.\s*)?([A-Za-z]*)([0-9]+)\s*[-\u2010-\u2015\u2212]+\s*([A-Za-z]*)([0-9]+)", text)
    if found is None:
        return text
    letters, first, more_letters, last = found.groups()
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return (
        f"{letters}{first}–{more_letters or letters}{last}" if (letters, first) != (more_letters or letters, last) else f"{letters}{first}"
    )


def year_of(text: str, field: str) -> int | None:
    """The year that a date begins with, or none where the file says that there is none.

    Raises
    ------
    Unfit
        When the text names no year from 1500 to 2200.
    """
    text = tidy(text)
    if not text or NO_YEAR.fullmatch(text):
        return None
    found = re.search(r"(?<![0-9])[0-9]{4}(?![0-9])", text)
    if found is None or not EARLIEST_YEAR <= int(found[0]) <= LATEST_YEAR:
        raise Unfit(
            field,
            _("“%(text)s” names no year from 1500 to 2200.") % {"text": text[:60]},
            _("Write the year in four digits, or leave it out."),
        )
    return int(found[0])


def _doi(reference: Reference, called: Mapping[str, str]) -> str:
    doi = normalise_doi(tidy(reference.doi)).rstrip(".,;")
    if not doi:
        doi = next((normalise_doi(address) for address in reference.urls if RESOLVER.match(address)), "")
    if not doi:
        return ""
    try:
        valid_doi(doi)
    except ValidationError as error:
        raise Unfit(
            called["doi"],
            _("“%(doi)s” is no DOI.") % {"doi": doi[:80]},
            _("%(rule)s Correct it, or leave it out.") % {"rule": error.messages[0]},
        ) from error
    return doi


def _addresses(reference: Reference) -> list[str]:
    addresses = (tidy(address) for address in reference.urls)
    return [address for address in addresses if address.lower().startswith(("http://", "https://")) and _has_host(address)]


def _has_host(address: str) -> bool:
    try:
        return "." in (urlsplit(address).hostname or "")
    except ValueError:
        return False


def source_row(reference: Reference, called: Mapping[str, str]) -> Row:
    """The row of the register; `called` says how the file calls each field.

    Raises
    ------
    Unfit
        When a field cannot be what it should be, or nothing says where to find the work.
    """
    addresses = _addresses(reference)
    doi = _doi(reference, called)
    pmid = tidy(reference.pmid) or next((found[1] for address in addresses if (found := PMID_IN_ADDRESS.search(address))), "")
    url = next((address for address in addresses if not RESOLVER.match(address) and not PMID_IN_ADDRESS.search(address)), "")
    fields: dict[str, Any] = {
        "authors": authors_line(reference.authors),
        "title": re.sub(r"(?<!\.)\.$", "", tidy(reference.title)),
        "container_title": tidy(reference.container_title),
        "year": year_of(reference.year, called["year"]),
        "volume": tidy(reference.volume),
        "pages": pages_line(reference.pages),
        "doi": doi,
        "pmid": pmid,
        "url": url,
    }
    given = {name: value for name, value in fields.items() if value not in ("", None)}
    if not given.keys() & {"doi", "pmid", "url", "title"}:
        raise Unfit(
            called["title"], _("It has neither a title nor a DOI, PMID or web address."), _("Give one of them, so that others can find it.")
        )
    return Row(Source, given, {"kind": reference.kind} if reference.kind else {}, called)
