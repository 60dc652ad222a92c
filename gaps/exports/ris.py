"""The sources of gaps as RIS, for reference managers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from gaps.models import Source

TYPES = {
    "article": "JOUR",
    "review": "JOUR",
    "trial": "JOUR",
    "chapter": "CHAP",
    "guideline": "RPRT",
    "registry": "DBASE",
    "website": "ELEC",
}
_INITIALS = re.compile(r"^(?:[A-ZÀ-Þ]\.?[\s-]?)+(?:\s(?:Jr|Sr|II|III)\.?)?$")


def people(authors: str) -> list[str]:
    """The authors one by one, "Younger, J.", from the line in which the register prints them.

    Examples
    --------
    >>> people("Younger, J., Noor, N., McCue, R. & Mackey, S.")
    ['Younger, J.', 'Noor, N.', 'McCue, R.', 'Mackey, S.']
    >>> people("Cochrane Collaboration")
    ['Cochrane Collaboration']
    """
    found: list[str] = []
    named = re.sub(r",?\s+et al\.?$", "", authors.strip())
    for piece in re.split(r",\s+|\s+&\s+|\s+and\s+", named):
        if found and _INITIALS.match(piece) and "," not in found[-1]:
            found[-1] = f"{found[-1]}, {piece}"
        elif piece:
            found.append(piece)
    return found


def references(sources: Iterable[Source]) -> str:
    """The sources as a RIS file."""
    import rispy

    class Writer(rispy.RisWriter):
        def set_header(self, count: int) -> str:
            """Nothing before a record; a number there is no part of the format."""
            return ""

    text: str = rispy.dumps([_reference(source) for source in sources], implementation=Writer)
    return text.lstrip("\n")


def _reference(source: Source) -> dict[str, Any]:
    first, _dash, last = source.pages.replace("-", "–").partition("–")
    values = {
        "type_of_reference": TYPES.get(source.kind, "GEN"),
        "id": source.slug,
        "authors": [_one_line(name) for name in people(source.authors)],
        "title": source.title,
        "secondary_title": source.container_title,
        "year": str(source.year) if source.year else "",
        "volume": source.volume,
        "start_page": first,
        "end_page": last,
        "doi": source.doi,
        "accession_number": source.pmid,
        "urls": [source.link()] if source.link() else [],
    }
    return {name: _one_line(value) if isinstance(value, str) else value for name, value in values.items() if value}


def _one_line(text: str) -> str:
    return " ".join(text.split())
