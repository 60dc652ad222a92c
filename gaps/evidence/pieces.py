"""What a gap's page of evidence tells: pieces by role, and what came since the article."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Max
from django.utils.translation import gettext_lazy

from gaps.evidence.figure import Figure
from gaps.evidence.planning import can_be_taken
from gaps.models import Citation, Evidence, Gap, Study

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


Role = Evidence.Role
NO_YEAR = 9999  # a study without results yet comes before those with results


@dataclass(frozen=True)
class Piece:
    """One link of a study to a gap, with its figure as it reads, and whether it came after the article."""

    link: Evidence
    article_year: int | None

    @cached_property
    def figure(self) -> Figure | None:
        return Figure(self.link.estimate) if self.link.estimate else None

    @property
    def can_be_taken(self) -> bool:
        """Whether a draft can plan with the figure as it is."""
        estimate = self.link.estimate
        return self.link.role == Role.PLANNING_INPUT and estimate is not None and can_be_taken(estimate, self.link.gap)

    @property
    def year(self) -> int | None:
        """When its results appeared; where that was not found, when it was or will be complete."""
        study = self.link.study
        if study.year is None and study.completion_date:
            return study.completion_date.year
        return study.year

    @property
    def is_later(self) -> bool:
        """Whether it has results, and they appeared after the newest text that the article names."""
        has_results = self.link.study.status == Study.Status.PUBLISHED
        return has_results and self.year is not None and self.article_year is not None and self.year > self.article_year

    @property
    def when(self) -> int:
        """The year to sort by; what has no date yet comes before everything that has."""
        start = self.link.study.start_date
        return self.year or (start.year if start else NO_YEAR)


class Part(NamedTuple):
    """The pieces of one role or of kindred roles, under their heading."""

    slug: str
    heading: _StrPromise
    none: _StrPromise
    pieces: list[Piece]


SIDES: dict[str, tuple[tuple[_StrPromise, _StrPromise], tuple[_StrPromise, _StrPromise]]] = {
    Gap.Kind.SAFETY: (
        (gettext_lazy("Reassuring"), gettext_lazy("Nothing linked is reassuring.")),
        (gettext_lazy("Points to harm"), gettext_lazy("Nothing linked points to harm.")),
    ),
    Gap.Kind.MECHANISM: (
        (gettext_lazy("For this mechanism"), gettext_lazy("Nothing linked speaks for this mechanism.")),
        (gettext_lazy("Against this mechanism"), gettext_lazy("Nothing linked speaks against this mechanism.")),
    ),
}
"""The headings of both sides where a question is not whether there is a benefit, with what is said where there is nothing."""
PARTS = (
    ("for", gettext_lazy("For a benefit"), gettext_lazy("Nothing linked speaks for a benefit."), (Role.SUPPORTS,)),
    ("against", gettext_lazy("Against"), gettext_lazy("Nothing linked speaks against."), (Role.CONTRADICTS,)),
    (
        "answers",
        gettext_lazy("Answers"),
        gettext_lazy("Nothing linked answers the question, not even in part."),
        (Role.ANSWERS, Role.PARTLY_ANSWERS),
    ),
    ("under-way", gettext_lazy("Under way"), gettext_lazy("No study that may answer it is linked."), (Role.UNDER_WAY,)),
    ("planning", gettext_lazy("Numbers to plan with"), gettext_lazy("No number to plan with is linked."), (Role.PLANNING_INPUT,)),
    ("raises", gettext_lazy("Raises the question"), gettext_lazy("No study raises it."), (Role.RAISES,)),
)


def sides(gap: Gap) -> tuple[tuple[_StrPromise, _StrPromise], tuple[_StrPromise, _StrPromise]]:
    """What speaking for and against means for this kind of gap: the heading, and what is said where there is nothing."""
    both = [(heading, none) for slug, heading, none, _roles in PARTS if slug in {"for", "against"}]
    return SIDES.get(gap.kind, (both[0], both[1]))


def parts(gap: Gap, pieces: Iterable[Piece]) -> list[Part]:
    """The pieces by their roles, in each the newest study first; the last part only where there is something in it.

    What has no date stands first, so that nobody overlooks it, but among the numbers to plan with last.
    """
    newest = sorted(pieces, key=lambda piece: (-piece.when, piece.link.study.label, piece.link.pk))
    found = []
    own = dict(zip(("for", "against"), sides(gap), strict=True))
    for slug, usual_heading, usual_none, roles in PARTS:
        heading, none = own.get(slug, (usual_heading, usual_none))
        of_role = [piece for piece in newest if piece.link.role in roles]
        if slug == "planning":
            of_role.sort(key=lambda piece: piece.when == NO_YEAR)
        found.append(Part(slug, heading, none, of_role))
    return [part for part in found if part.pieces or part.slug != "raises"]


def newest_year_of_the_article(gap: Gap) -> int | None:
    """When the article that raises gaps knew of: its own year, or else the newest year among its references."""
    citing = Citation.objects.filter(citing__passages__gap=gap)
    if not citing.exists():
        citing = Citation.objects.filter(citing__passages__isnull=False)  # a gap of our own is seen against the same article
    years = citing.aggregate(own=Max("citing__year"), cited=Max("cited__year"))
    found: int | None = years["own"] or years["cited"]
    return found


class Tally(NamedTuple):
    """How many studies speak for a benefit, against, or answer with results since the article; how many are under way; which have no date."""

    for_benefit: int
    against: int
    answering: int
    under_way: int
    undated: list[Study]


def tally(pieces: Iterable[Piece]) -> Tally:
    """The balance of what came since the article, each study counted once on each side."""
    sides: dict[str, set[int]] = {"for": set(), "against": set(), "answers": set(), "under-way": set()}
    slug_of = {role: slug for slug, _heading, _none, roles in PARTS for role in roles}
    undated: dict[int, Study] = {}
    for piece in pieces:
        side, study = slug_of[Role(piece.link.role)], piece.link.study
        if side not in sides:
            continue
        if side != "under-way" and piece.year is None:
            undated[study.pk] = study
        elif side == "under-way" or piece.is_later:
            sides[side].add(study.pk)
    counts = {slug: len(found) for slug, found in sides.items()}
    return Tally(counts["for"], counts["against"], counts["answers"], counts["under-way"], sorted(undated.values(), key=str))
