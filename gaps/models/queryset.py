"""The questions that pages ask of the gaps."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from django.db import connections, models
from django.db.models import Count, Exists, Func, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from gaps import search

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    from gaps.models.gap import Gap

FACETS = ("status", "kind", "tier", "origin", "effect_modifier")
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


class IsFound(Func):
    """Whether the full-text table finds a gap by a query.

    The plus keeps SQLite on the index of the order or of the facets: it asks of each entry whether it was found, and sorts nothing.
    """

    template = "+%(expressions)s)"
    arg_joiner = " IN (SELECT rowid FROM gaps_search WHERE gaps_search MATCH "
    arity = 2


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

    def for_rows(self) -> GapQuerySet:
        """With what a row of the public list shows, read for the rows of one page only."""
        from gaps.models.comment import Comment

        unresolved = Prefetch("comments", queryset=Comment.objects.unresolved(), to_attr="open_threads")
        return self.prefetch_related("reasons", "verifications", "evidence", "certainty_assessments", unresolved)

    def for_page(self) -> GapQuerySet:
        """With everything that a gap's own page, or a line of the export, tells."""
        return self.select_related("owner", "parent", "merged_into", "population_group", "outcome_domain").prefetch_related(
            "reasons",
            "passages__source__citations",
            "source_links__source",
            "verifications",
            "evidence",
            "certainty_assessments__outcome_domain",
        )

    def with_reason(self, letter: str) -> GapQuerySet:
        """Those that are open for this reason, primary or not: A to D, or a code such as A2."""
        from gaps.models.reason import GapReason

        return self.filter(Exists(GapReason.objects.filter(gap=OuterRef("pk"), code__startswith=letter)))

    def with_primary_reason(self, letter: str) -> GapQuerySet:
        """Those whose primary reason has this letter, A to D."""
        from gaps.models.reason import GapReason

        return self.filter(Exists(GapReason.objects.filter(gap=OuterRef("pk"), primary=True, code__startswith=letter)))

    def with_verification(self, state: str, today: date) -> GapQuerySet:
        """Those never verified ("none"), or whose latest search is of the last year ("current") or older ("expired")."""
        from gaps.models.verification import VALID_FOR, Verification

        if state == "none":
            return self.filter(~Exists(Verification.objects.filter(gap=OuterRef("pk"))))
        age = Q(searched_date__gt=today - VALID_FOR) if state == "current" else Q(searched_date__lte=today - VALID_FOR)
        later = Verification.objects.filter(gap=OuterRef("gap"), pk__gt=OuterRef("pk"))
        return self.filter(pk__in=Verification.objects.filter(age).exclude(Exists(later)).order_by().values("gap"))

    def with_certainty(self, level: int | None) -> GapQuerySet:
        """Those whose latest assessment found this level of certainty, 1 to 4; none for those without an assessment."""
        from gaps.models.certainty import CertaintyAssessment

        if level is None:
            return self.filter(~Exists(CertaintyAssessment.objects.filter(gap=OuterRef("pk"))))
        day = Q(assessed_date__gt=OuterRef("assessed_date")) | Q(assessed_date=OuterRef("assessed_date"), pk__gt=OuterRef("pk"))
        later = CertaintyAssessment.objects.filter(day, gap=OuterRef("gap"))
        return self.filter(pk__in=CertaintyAssessment.objects.filter(level=level).exclude(Exists(later)).order_by().values("gap"))

    def with_dose(self, lowest_mg: float, highest_mg: float) -> GapQuerySet:
        """Those about a daily dose in this range; a gap that names one end of its own range reaches as far as that."""
        named = Q(dose_low_mg__isnull=False) | Q(dose_high_mg__isnull=False)
        low, high = Coalesce("dose_low_mg", "dose_high_mg"), Coalesce("dose_high_mg", "dose_low_mg")
        return self.filter(named).filter(LessThanOrEqual(low, Value(highest_mg)), GreaterThanOrEqual(high, Value(lowest_mg)))

    def without_dose(self) -> GapQuerySet:
        return self.filter(dose_low_mg=None, dose_high_mg=None)

    def cells(self) -> list[tuple[tuple[str, ...], int]]:
        """How many there are of each combination of the values of `FACETS`, read off the index `gap_facets` in one go."""
        return [(row[:-1], row[-1]) for row in self.order_by().values_list(*FACETS).annotate(count=Count("pk"))]

    def primary_letters(self, most: int) -> Counter[str] | None:
        """How many there are of each letter of the primary reason; none where there are more gaps than is quick to count."""
        from gaps.models.reason import GapReason

        counts: Counter[str] = Counter()
        chosen = GapReason.objects.filter(primary=True, gap__in=self.order_by().values("pk")[: most + 1])
        for code, count in chosen.order_by().values_list("code").annotate(count=Count("pk")):
            counts[code[0]] += count
        return counts if counts.total() <= most else None

    def search(self, words: str) -> GapQuerySet:
        """Those that hold each of these words in text, quotes, sources, studies or identifiers; see `gaps.search` for what a word is."""
        if not words.strip():
            return self
        wanted = search.match(words)
        if not wanted:
            return self.none()
        if connections[self.db].vendor != "sqlite":
            return self._search_each(search.pieces(words))
        return self.filter(IsFound("pk", Value(wanted), output_field=models.BooleanField()))

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
