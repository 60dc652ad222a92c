"""Which row of the register a row of a file is: by identifiers first, then by what names it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple

from django.db import models

from gaps.doi import normalise_doi
from gaps.models import Citation, Claim, Estimate, Evidence, Gap, GapReason, GapSource, Passage, Registration, Source, Study, Term

Values = Mapping[str, Any]


class By(NamedTuple):
    """One way to know a row: the key that its values make, or none; a strong one is held by one row alone."""

    name: str
    fields: tuple[str, ...]
    key: Callable[[Values], Hashable | None]
    strong: bool = True


def plain(text: object) -> str:
    """A title without case, accents or punctuation, for comparing."""
    letters = unicodedata.normalize("NFKD", str(text or "")).casefold()
    return re.sub(r"[^\w]+", " ", "".join(letter for letter in letters if not unicodedata.combining(letter))).strip()


def address(url: object) -> str:
    """A web address without its scheme, www and closing slash, for comparing."""
    return re.sub(r"^https?://(?:www\.)?", "", str(url or "").strip().lower()).rstrip("/")


def _together(*names: str) -> By:
    def key(values: Values) -> Hashable | None:
        found = tuple(values.get(name) for name in names)
        return None if any(value in ("", None) for value in found) else found

    return By(names[-1], names, key)


def _work(values: Values) -> Hashable | None:
    title = plain(values.get("title"))
    return (title, plain(str(values.get("authors") or "").partition(",")[0]), values.get("year")) if title else None


def _page(values: Values) -> Hashable | None:
    return (address(values["url"]), plain(values.get("title"))) if values.get("url") else None


def _lower(name: str) -> Callable[[Values], Hashable | None]:
    return lambda values: str(values.get(name) or "").lower() or None


KNOWN_BY: dict[type[models.Model], tuple[By, ...]] = {
    Term: (_together("scheme", "slug"),),
    Source: (
        By("doi", ("doi",), lambda values: normalise_doi(str(values.get("doi") or "")).lower() or None),
        _together("pmid"),
        _together("slug"),
        By("url", ("url", "title"), _page, strong=False),
        By("title", ("title", "authors", "year"), _work, strong=False),
    ),
    Gap: (_together("uid"), By("title", ("title",), _lower("title"))),
    Study: (_together("slug"),),
    Registration: (_together("identifier"),),
    GapReason: (_together("gap", "code"),),
    GapSource: (_together("gap", "source"),),
    Passage: (_together("gap", "source", "quote"),),
    Citation: (_together("citing", "number"),),
    Estimate: (_together("study", "slug"),),
    Evidence: (
        By("role", ("gap", "study", "role", "estimate"), lambda v: (v.get("gap"), v.get("study"), v.get("role"), v.get("estimate"))),
    ),
    Claim: (_together("source", "slug"),),
}
IMMUTABLE = {(Gap, "uid"), (Source, "slug"), (Study, "slug"), (Registration, "study")}
IDENTIFIERS = ("doi", "pmid")


def contradict(mine: Values, theirs: Values) -> bool:
    """Whether two works that are called the same have different identifiers."""
    return any(mine.get(name) and theirs.get(name) and str(mine[name]).lower() != str(theirs[name]).lower() for name in IDENTIFIERS)
