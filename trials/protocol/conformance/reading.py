"""What a rule may ask of a protocol: a text and what it has to speak of, a choice, lines, rows, or a value of the studio."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _

from trials.protocol import sections
from trials.protocol.conformance.item import Finding, Part, Place, Rule

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from trials.protocol.content import Content
    from trials.protocol.sections import Item

# what stands in a box until somebody says something
PLACEHOLDER = re.compile(
    r"(tb[acd]|todo|to be (added|announced|completed|confirmed|decided|defined|determined|done)|n/?a|none|nil|lorem\b.*|x+|[?.…–—-]+)\W*",
    re.IGNORECASE,
)
LEAST_WORDS = 3
LONGEST_EXCERPT = 140


class Topic(NamedTuple):
    """Something that a text has to speak of, and the beginnings of words by which we tell."""

    words: str | _StrPromise
    stems: tuple[str, ...]

    def is_in(self, text: str) -> bool:
        return any(re.search(rf"(?<!\w){stem}", text, re.IGNORECASE) for stem in self.stems)


def one_line(text: object) -> str:
    """The text with its white space drawn together."""
    return " ".join(str(text).split())


def excerpt(text: object) -> str:
    """The beginning of a text in quotation marks."""
    line = one_line(text)
    return f"“{line}”" if len(line) <= LONGEST_EXCERPT else f"“{line[:LONGEST_EXCERPT].rstrip()}…”"


def is_said(text: object) -> bool:
    """Whether a box holds more than a word that stands in for an answer."""
    line = one_line(text)
    return bool(line) and not PLACEHOLDER.fullmatch(line)


def is_crossover(content: Content) -> bool:
    """Whether the primary question, if there is one, is answered by the sequences of the studio."""
    return content.question is None or content.question.uses_sequences


def gives_naltrexone(content: Content) -> bool:
    """Whether a treatment is naltrexone, so that opioids have to be spoken of; so it is until treatments are named."""
    return not content.treatments or any(
        "naltrexone" in treatment.drug.lower() or "ldn" in treatment.drug.lower() for treatment in content.treatments
    )


def listed(content: Content, section: str, item: str) -> list[Any]:
    """The entries of a list; none where nothing is filled in."""
    said = content.said(section, item)
    return said if isinstance(said, list) else []


def filled_rows(content: Content, section: str, item: str) -> list[dict[str, Any]]:
    """The rows in which anything is filled in."""
    return [row for row in listed(content, section, item) if isinstance(row, dict) and any(row.values())]


def when(condition: Callable[[Content], bool], part: Part) -> Part:
    """The part, asked only where a condition holds."""
    return lambda content: part(content) if condition(content) else None


def crossover_only(rule: Rule) -> Rule:
    """The rule, for questions that a crossover answers; the others say why it does not arise."""

    def found(content: Content) -> tuple[Finding, ...]:
        if is_crossover(content):
            return rule(content)
        return (
            Finding(Place("studio", item="kind"), inapplicable=_("The primary question has a design of its own, which is no crossover.")),
        )

    return found


def text(section: str, item: str, *topics: Topic, least_words: int = LEAST_WORDS) -> Part:
    """A text that says something, in words enough, and speaks of each topic."""
    place, spec = Place("section", section, item), _spec(section, item)

    def part(content: Content) -> Finding:
        said = content.said(section, item)
        line = one_line(said)
        if not line:
            return Finding(place, lacking=_("“{item}” is empty.").format(item=spec.label))
        if not is_said(line):
            return Finding(
                place, lacking=_("“{item}” says only {text}, which stands in for an answer.").format(item=spec.label, text=excerpt(line))
            )
        if spec.sort != "line" and len(line.split()) < least_words:
            few = _("“{item}” says only {text}; say it in a sentence.").format(item=spec.label, text=excerpt(line))
            return Finding(place, lacking=few)
        return Finding(place, excerpt(line), _unspoken(spec, line, topics))

    return part


def lines(section: str, item: str, *topics: Topic) -> Part:
    """A list with at least one entry that says something, which together speak of each topic."""
    place, spec = Place("section", section, item), _spec(section, item)

    def part(content: Content) -> Finding:
        said = [one_line(line) for line in listed(content, section, item) if is_said(line)]
        if not said:
            return Finding(place, lacking=_("“{item}” is empty.").format(item=spec.label))
        shown = _("{first}, {n} in all").format(n=len(said), first=excerpt("; ".join(said)))
        return Finding(place, shown, _unspoken(spec, " ".join(said), topics))

    return part


def chosen(section: str, item: str) -> Part:
    """A choice, or several, of what is offered."""
    place, spec = Place("section", section, item), _spec(section, item)

    def part(content: Content) -> Finding:
        said = content.said(section, item)
        keys = [said] if isinstance(said, str) and said else [str(key) for key in said or []]
        known = [spec.choice(key) for key in keys if key in dict(spec.choices)]
        if not known:
            return Finding(place, lacking=_("Nothing is chosen at “{item}”.").format(item=spec.label))
        return Finding(place, "; ".join(known))

    return part


def rows(section: str, item: str, *columns: str) -> Part:
    """At least one row, and in every row each of these columns."""
    place, spec = Place("section", section, item), _spec(section, item)

    def part(content: Content) -> Finding:
        said = filled_rows(content, section, item)
        if not said:
            return Finding(place, lacking=_("“{item}” has no row.").format(item=spec.label))
        labels = {column.name: str(column.label) for column in spec.columns}
        blank = sorted({labels[name] for row in said for name in columns if not row.get(name)})
        lacking = _("“{item}” has rows without: {columns}.").format(item=spec.label, columns=", ".join(blank)) if blank else ""
        first = {column.name: column for column in spec.columns}[columns[0]]
        named = [first.choice(str(row[columns[0]])) for row in said if row.get(columns[0])]
        return Finding(place, _("{first}, {n} in all").format(n=len(said), first=excerpt("; ".join(named))), lacking)

    return part


def number(section: str, item: str) -> Part:
    """A whole number."""
    place, spec = Place("section", section, item), _spec(section, item)

    def part(content: Content) -> Finding:
        said = content.said(section, item)
        if not isinstance(said, int):
            return Finding(place, lacking=_("“{item}” is empty.").format(item=spec.label))
        return Finding(place, _("{item}: {n} {unit}").format(item=spec.label, n=said, unit=spec.unit).strip())

    return part


def given(page: str, name: str, value: Callable[[Content], str], lacking: Callable[[], str]) -> Part:
    """Something that stands in a column: what it is in words, or what is lacking where the words are empty."""
    place = Place("ledger" if page == "ledger" else "studio", item=name)

    def part(content: Content) -> Finding:
        shown = value(content)
        return Finding(place, shown) if shown else Finding(place, lacking=lacking())

    return part


def _unspoken(spec: Item, line: str, topics: Iterable[Topic]) -> str:
    missing = [str(topic.words) for topic in topics if not topic.is_in(line)]
    return _("“{item}” does not speak of: {topics}.").format(item=spec.label, topics="; ".join(missing)) if missing else ""


def _spec(section: str, item: str) -> Item:
    return sections.BY_NAME[section].item(item)
