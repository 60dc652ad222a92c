"""Which gaps ask nearly the same, so that nobody logs one twice."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from django.db.models import Q

from gaps.models import Gap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AnonymousUser, User

ALIKE = 0.6
"""Share of three-letter pieces that two texts have in common (Jaccard), from which they are nearly the same."""

MOST_SHOWN = 5
LITTLE_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    a an and are as at be by can could did do does dose for from has have how in is it ldn low more naltrexone of on or than
    that the their there these they this to was were what when where whether which who whom why will with would
    """,
    )
)
"""What nearly every question of this register says, and so does not tell two of them apart."""


def pieces(text: str) -> frozenset[str]:
    """The three-letter pieces of the words of a text, without case, accents, punctuation and the words that all questions share."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = re.findall(r"[^\W_]+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    padded = [f" {word} " for word in words if word not in LITTLE_WORDS]
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of pieces that two texts have in common, from 0 to 1 (Jaccard)."""
    if not one or not other or min(len(one), len(other)) < ALIKE * max(len(one), len(other)):
        return 0.0  # of so different length that they cannot be alike
    both = len(one & other)
    return both / (len(one) + len(other) - both)


def nearly_the_same(gap: Gap, user: User | AnonymousUser) -> list[Gap]:
    """Live gaps that this person may see whose title or question is nearly that of the gap, the likest first; its own kin is left out."""
    kin = Q(pk=gap.pk) | Q(parent=gap.pk)
    if gap.parent_id:
        kin |= Q(pk=gap.parent_id) | Q(parent=gap.parent_id)
    others = Gap.objects.visible_to(user).in_scope().exclude(kin).values_list("pk", "title", "question")
    found = sorted(_compare(gap, others.iterator()), reverse=True)[:MOST_SHOWN]
    gaps = Gap.objects.in_bulk([pk for _likeness, pk in found])
    return [gaps[pk] for _likeness, pk in found]


def _compare(gap: Gap, others: Iterable[tuple[int, str, str]]) -> list[tuple[float, int]]:
    own = (pieces(gap.title), pieces(gap.question))
    compared = ((max(likeness(own[0], pieces(title)), likeness(own[1], pieces(question))), pk) for pk, title, question in others)
    return [(how_like, pk) for how_like, pk in compared if how_like >= ALIKE]
