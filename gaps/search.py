"""What people type or paste to find a gap, as the full-text index of the database understands it."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError

from gaps.doi import normalise_doi
from gaps.registries import normalise_registration, registry_of

MOST_WORDS = 20
LONGEST = 10_000
_QUOTES = str.maketrans("“”„«»", '"' * 5, "\x00")
_LABEL = re.compile(r"\b(?:doi|pmid)\s*:\s*(?=[0-9])", re.IGNORECASE)
_RECORD = re.compile(r"^https?://(?:pubmed\.ncbi\.nlm\.nih\.gov|(?:www\.)?clinicaltrials\.gov)/(?:\w+/)*(\w+)/?$", re.IGNORECASE)


def pieces(words: str) -> list[str]:
    """The words to look for, of which the first twenty count; what stands in quotation marks is one piece, an address is its identifier.

    Examples
    --------
    >>> pieces('women "low dose" doi: 10.1002/art.37734 – https://clinicaltrials.gov/study/NCT04270877')
    ['women', 'low dose', '10.1002/art.37734', 'NCT04270877']
    """
    text = _LABEL.sub("", words[:LONGEST].translate(_QUOTES))
    found = [phrase or word for phrase, word in re.findall(r'"([^"]*)"|([^\s"]+)', text)]
    return [_identifier(piece) for piece in found if any(map(_is_written, piece))][:MOST_WORDS]


def match(words: str) -> str:
    """The pieces as a query of SQLite's FTS5: all must occur, each as the beginning of a word; empty when nothing can be looked for.

    Examples
    --------
    >>> match('women "low dose" NEAR* - 10.1002/art.37734')
    '"women"* AND "low dose"* AND "NEAR*"* AND "10.1002/art.37734"*'
    """
    return " AND ".join(f'"{piece}"*' for piece in pieces(words))


def _identifier(piece: str) -> str:
    """A DOI without its resolver, a registry's number as the registry writes it; any other piece as it is."""
    if record := _RECORD.match(piece):
        piece = record[1]
    if not piece.isalpha():
        try:
            registry_of(piece)
        except ValidationError:
            return normalise_doi(piece).replace('"', " ").encode("utf-8", "replace").decode()
        return normalise_registration(piece)
    return piece


def _is_written(letter: str) -> bool:
    """Whether the index keeps it: letters, digits and what fonts define for themselves; of punctuation and pictures nothing can be found."""
    category = unicodedata.category(letter)
    return category[0] in "LN" or category == "Co"
