"""Sizes of randomisation blocks in the open text, where they make the next sequence guessable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from trials.protocol import sections
from trials.protocol.conformance.item import Place

if TYPE_CHECKING:
    from trials.protocol.content import Content

A_NUMBER = r"(?:\d+|two|three|four|five|six|eight|ten|twelve|sixteen|twenty)"
NUMBERS = rf"{A_NUMBER}(?:\s*(?:,|or|and|/|to|–|-)\s*{A_NUMBER}){{0,6}}"
NO_TIME = r"(?!\s*-?\s*(?:days?|weeks?|months?|years?|hours?|minutes?|mg|ml|periods?|sequences?|items?|questions?|visits?)\b)"
BLOCK_SIZES = re.compile(
    rf"\bblocks?[\s-]+(?:sizes?|lengths?)\b[^.;\n]{{0,40}}?\b{NUMBERS}\b{NO_TIME}"
    rf"|\bblocks?\s*(?:of|\(|=|:)\s*(?:(?:size|length)s?\s*(?:of|:|=)?\s*)?{NUMBERS}\b{NO_TIME}"
    rf"|\b(?:size|length)s?\s+(?:of\s+)?{NUMBERS}\s+(?:permuted\s+|random\s+)*blocks?\b"
    rf"|\b{NUMBERS}[\s-]+(?:(?:person|participant|patient)s?[\s-]+)?(?:permuted[\s-]+|random[\s-]+|randomi[sz]ation[\s-]+)?blocks?\b",
    re.IGNORECASE,
)


def block_sizes(content: Content) -> list[tuple[Place, str]]:
    """Where the open text names sizes of blocks, and the words that do."""
    found = [(Place("studio", item="title"), match[0]) for match in BLOCK_SIZES.finditer(content.title)]
    for section in sections.ALL:
        for item in section.items:
            for text in _texts(content.said(section.name, item.name)):
                found += [(Place("section", section.name, item.name), " ".join(match[0].split())) for match in BLOCK_SIZES.finditer(text)]
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
