"""The verdicts as a table, a row for each thing that an item asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trials.protocol.conformance.verdicts import verdicts

if TYPE_CHECKING:
    from trials.protocol.content import Content

HEADER = (
    "protocol",
    "standard",
    "item",
    "crossover",
    "required",
    "words",
    "state",
    "shows",
    "lacking",
    "place",
    "section",
    "section_item",
    "not_applicable_because",
    "number_note",
)


def rows(content: Content) -> list[tuple[str, ...]]:
    """A row for each finding of each item; an item of which nothing is asked yet has one row too."""
    found: list[tuple[str, ...]] = []
    for verdict in verdicts(content):
        item = verdict.item
        head = (content.uid, item.standard, item.number, item.crossover, item.required, str(item.words), verdict.state)
        tail = (verdict.reason, str(item.number_note))
        for finding in verdict.findings:
            place = finding.place
            found.append((*head, finding.shows, finding.lacking, place.page, place.section, place.item, *tail))
        if not verdict.findings:
            found.append((*head, "", "", "", "", "", *tail))
    return found
