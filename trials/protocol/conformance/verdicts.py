"""All standards held against one protocol."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from trials.protocol.conformance import consort_crossover, delta2, sample_size, spirit
from trials.protocol.conformance.item import STANDARDS, STATES, StandardItem, Verdict, verdict_of
from trials.protocol.conformance.rules.sizing import freshness

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trials.protocol.content import Content

ITEMS: tuple[StandardItem, ...] = (*spirit.ITEMS, *consort_crossover.ITEMS, *delta2.ITEMS, *sample_size.ITEMS)
BY_KEY = {item.key: item for item in ITEMS}


@dataclass(frozen=True)
class Count:
    """How many items of a standard are in each state, in the order of the states."""

    standard: str
    title: str
    states: dict[str, int]

    @property
    def met(self) -> int:
        return self.states["met"]

    @property
    def all(self) -> int:
        return sum(self.states.values())


def verdicts(content: Content, *, version: str = "") -> tuple[Verdict, ...]:
    """How a protocol stands to every item of every standard.

    Parameters
    ----------
    content : Content
    version : str
        Number and date of the frozen version that the content is; empty for a draft.
    """
    return tuple(verdict_of(item, content, version=version) for item in ITEMS)


def counts(found: Iterable[Verdict]) -> tuple[Count, ...]:
    """For each standard, how many of its items are in each state."""
    counted = Counter((verdict.item.standard, verdict.state) for verdict in found)
    return tuple(
        Count(standard, str(title), {state: counted[standard, state] for state in STATES})  # type: ignore[index]  # the keys are the literals
        for standard, title in STANDARDS.items()
    )


def lacking_to_freeze(content: Content) -> list[str]:
    """Why a version cannot be frozen yet, in words: the sizing that is missing or stale, and the rows that the sample size needs and that are open."""
    reasons = []
    unsized = freshness(content)
    if unsized is not None:
        reasons.append(unsized.lacking)
    for item in sample_size.ITEMS:
        verdict = verdict_of(item, content)
        if item.required != "yes" or verdict.state != "open":
            continue
        own = [words for words in verdict.lacking if unsized is None or words != unsized.lacking]
        if own or unsized is None:
            reasons.append(_("{number}, {words}: {lacking}").format(number=item.number, words=item.words, lacking=" ".join(own)))
    return reasons
