"""The questions that pages ask of the gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from gaps.doi import normalise_doi

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    from gaps.models.gap import Gap

MOST_WORDS = 20


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
        """Those that hold each of these words, of which the first twenty count, in text, quotes, identifier, sources or studies."""
        from gaps.models.evidence import Evidence
        from gaps.models.passage import GapSource, Passage

        found = self
        for word in words.replace("\x00", "").split()[:MOST_WORDS]:
            doi = normalise_doi(word)
            own = Q(uid__icontains=word)
            for field in ("title", "question", "population", "intervention", "comparator", "outcome", "time_frame", "origin_note"):
                own |= Q(**{f"{field}__icontains": word})
            quoted = Passage.objects.filter(gap=OuterRef("pk"), quote__icontains=word)
            named = GapSource.objects.filter(gap=OuterRef("pk")).filter(
                Q(source__doi__icontains=doi)
                | Q(source__title__icontains=word)
                | Q(source__authors__icontains=word)
                | Q(note__icontains=word)
            )
            studied = Evidence.objects.filter(gap=OuterRef("pk")).filter(
                Q(study__label__icontains=word) | Q(study__registrations__identifier__icontains=word)
            )
            found = found.filter(own | Exists(quoted) | Exists(named) | Exists(studied))
        return found

    def get_by_natural_key(self, uid: str) -> Gap:
        return self.get(uid=uid)
