"""What the title says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from trials.protocol.conformance.item import Finding, Place
from trials.protocol.conformance.reading import is_crossover, is_said, one_line

if TYPE_CHECKING:
    from trials.protocol.content import Content

TITLE = Place("studio", item="title")
STOPWORDS = {
    "with",
    "and",
    "the",
    "women",
    "adults",
    "people",
    "patients",
    "participants",
    "chronic",
    "children",
    "aged",
    "years",
    "from",
    "other",
    "who",
    "have",
    "disease",
    "syndrome",
}


def title_says_crossover(content: Content) -> Finding | None:
    if not is_crossover(content):
        return None
    found = re.search(r"cross-?\s?over", content.title, re.IGNORECASE)
    return (
        Finding(TITLE, _("The title says “{word}”.").format(word=found[0]))
        if found
        else Finding(TITLE, lacking=_("The title does not say “crossover”."))
    )


def title_says_protocol(content: Content) -> Finding:
    found = re.search(r"protocol", content.title, re.IGNORECASE)
    return (
        Finding(TITLE, _("It says that it is a protocol."))
        if found
        else Finding(TITLE, lacking=_("The title does not say that this is a protocol."))
    )


def title_names_population(content: Content) -> Finding:
    wanted = words_of_population(content)
    if not wanted:
        place = Place("section", "population", "condition")
        return Finding(
            place,
            lacking=_("Whether the title names the population cannot be told: neither a condition nor a gap says whom the trial is about."),
        )
    title = content.title.lower()
    if named := [word for word in wanted if word in title]:
        return Finding(TITLE, _("It names the population: {words}.").format(words=", ".join(named)))
    return Finding(TITLE, lacking=_("The title names none of the words of the population: {words}.").format(words=", ".join(wanted[:5])))


def words_of_population(content: Content) -> list[str]:
    """The telling words of the condition, else of the gaps' populations."""
    condition = one_line(content.said("population", "condition"))
    said = condition if is_said(condition) else " ".join(gap.population for gap in content.gaps)
    return list(dict.fromkeys(word for word in re.findall(r"[^\W\d_]{4,}", said.lower()) if word not in STOPWORDS))


def title_names_treatments(content: Content) -> Finding:
    if not content.treatments:
        return Finding(
            Place("studio", item="treatments"), lacking=_("Whether the title names the treatments cannot be told: none is given.")
        )
    title = content.title.lower()
    drugs = list(dict.fromkeys(treatment.drug for treatment in content.treatments))
    missing = [drug for drug in drugs if not _in_title(drug.lower(), title)]
    if not missing:
        return Finding(TITLE, _("It names the treatments: {drugs}.").format(drugs=", ".join(drugs)))
    shown = [drug for drug in drugs if drug not in missing]
    return Finding(TITLE, ", ".join(shown), _("The title does not name: {drugs}.").format(drugs=", ".join(missing)))


def _in_title(drug: str, title: str) -> bool:
    return drug in title or ("naltrexone" in drug and re.search(r"\bldn\b", title) is not None)
