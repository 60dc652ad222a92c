"""The questions that pages ask of the gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connections, models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL

from gaps import search

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    from gaps.models.gap import Gap

GAP_WORDS = (
    "uid",
    "title",
    "question",
    "population",
    "intervention",
    "comparator",
    "outcome",
    "time_frame",
    "setting",
    "origin_note",
    "evidence_summary",
)
SOURCE_WORDS = ("title", "authors", "container_title", "doi", "pmid", "url")
EVIDENCE_WORDS = (
    "note",
    "study__label",
    "study__title",
    "study__registrations__identifier",
    "study__sources__doi",
    "study__sources__pmid",
)


class GapQuerySet(models.QuerySet["Gap"]):
    """The questions that pages ask of the gaps."""

    def visible_to(self, user: User | AnonymousUser) -> GapQuerySet:
        """Those that this person may read: all but the drafts; of the drafts their own, and all for curators."""
        if user.has_perm("gaps.curate_gap"):
            return self
        open_to_all = ~Q(status=self.model.Status.DRAFT)
        return self.filter(open_to_all | Q(created_by=user.pk) | Q(owner=user.pk) if user.is_authenticated else open_to_all)

    def editable_by(self, user: User | AnonymousUser) -> GapQuerySet:
        """Those whose record this person may change: their own until it is verified, and all but the merged for curators."""
        if user.has_perm("gaps.curate_gap"):
            return self.exclude(status=self.model.Status.MERGED)
        if not user.has_perm("gaps.change_gap"):
            return self.none()
        own = Q(created_by=user.pk) | Q(owner=user.pk)
        return self.filter(own, status__in=(self.model.Status.DRAFT, self.model.Status.PROPOSED, self.model.Status.WITHDRAWN))

    def in_scope(self) -> GapQuerySet:
        """Those that are still questions for us: all but the withdrawn and the merged."""
        return self.exclude(status__in=(self.model.Status.WITHDRAWN, self.model.Status.MERGED))

    def for_list(self) -> GapQuerySet:
        """With what a row of a list shows: the reasons, and the code of the primary one to sort by."""
        from gaps.models.reason import GapReason

        primary = GapReason.objects.filter(gap=OuterRef("pk"), primary=True)
        return self.prefetch_related("reasons").annotate(primary_code=Subquery(primary.values("code")[:1]))

    def for_page(self) -> GapQuerySet:
        """With everything that a gap's own page, or a line of the export, tells."""
        return self.select_related("owner", "parent", "merged_into", "population_group", "outcome_domain").prefetch_related(
            "reasons", "passages__source__citations", "source_links__source", "verifications", "evidence"
        )

    def with_reason(self, letter: str) -> GapQuerySet:
        """Those that are open for this reason, primary or not: A to D, or a code such as A2."""
        from gaps.models.reason import GapReason

        return self.filter(Exists(GapReason.objects.filter(gap=OuterRef("pk"), code__startswith=letter)))

    def search(self, words: str) -> GapQuerySet:
        """Those that hold each of these words in text, quotes, sources, studies or identifiers; see `gaps.search` for what a word is."""
        if not words.strip():
            return self
        wanted = search.match(words)
        if not wanted:
            return self.none()
        if connections[self.db].vendor != "sqlite":
            return self._search_each(search.pieces(words))
        return self.filter(pk__in=RawSQL("SELECT rowid FROM gaps_search WHERE gaps_search MATCH %s", (wanted,)))  # noqa: S611  (a parameter)

    def _search_each(self, pieces: list[str]) -> GapQuerySet:
        """The search of a database without our full-text table: slower, and a word may begin anywhere."""
        from gaps.models.evidence import Evidence
        from gaps.models.passage import GapSource, Passage

        def about(prefix: str, names: tuple[str, ...], piece: str) -> Q:
            held = Q()
            for name in names:
                held |= Q(**{f"{prefix}{name}__icontains": piece})
            return held

        found = self
        for piece in pieces:
            quoted = Passage.objects.filter(gap=OuterRef("pk")).filter(about("", ("quote", "source__doi", "source__pmid"), piece))
            named = GapSource.objects.filter(gap=OuterRef("pk")).filter(about("source__", SOURCE_WORDS, piece) | Q(note__icontains=piece))
            studied = Evidence.objects.filter(gap=OuterRef("pk")).filter(about("", EVIDENCE_WORDS, piece))
            found = found.filter(about("", GAP_WORDS, piece) | Exists(quoted) | Exists(named) | Exists(studied))
        return found

    def get_by_natural_key(self, uid: str) -> Gap:
        return self.get(uid=uid)
