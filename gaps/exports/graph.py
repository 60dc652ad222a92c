"""The register as one JSON document: every row with its own fields, rows named by their natural keys, in one fixed order.

``{"schema_version": 1, "exported_at": …, "content_sha256": …, "content": {"terms": [...], "sources": [...], …, "gaps": [...], …}}``

The digest is that of ``content`` as JSON with sorted keys and without spaces, in UTF-8: two exports of the same register have the
same digest, whenever they were made. People (authors, owners, who verified) and what they decided stay in the register that knows
them; a status is exported, but no file can verify a gap.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.utils import timezone

from gaps.exports.canonical import canonical, digest
from gaps.models import Citation, Claim, Estimate, Evidence, Gap, GapReason, GapSource, Passage, Registration, Source, Study, Term
from gaps.models.queryset import GapQuerySet

SCHEMA_VERSION = 1
PARTS: dict[str, type[models.Model]] = {
    "terms": Term,
    "sources": Source,
    "citations": Citation,
    "studies": Study,
    "registrations": Registration,
    "estimates": Estimate,
    "gaps": Gap,
    "passages": Passage,
    "reasons": GapReason,
    "gap_sources": GapSource,
    "evidence": Evidence,
    "claims": Claim,
}
"""The lists of the document, each after those that its rows refer to."""

LEFT_OUT = {"id", "created_by", "created_at", "updated_at", "added_at", "owner", "cites"}
MANY = {Study: ("sources",), Claim: ("gaps", "studies", "sources")}


def fields_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """The fields of a row that the document holds: its own, without people and dates of record."""
    return [field for field in model._meta.concrete_fields if field.name not in LEFT_OUT]


def content_of(gaps: GapQuerySet) -> dict[str, list[dict[str, Any]]]:
    """These gaps with everything that belongs to them, and the terms, sources, studies and figures that they rest on."""
    chosen = list(gaps.select_related("population_group", "outcome_domain", "parent", "merged_into").order_by("uid"))
    keys = [gap.pk for gap in chosen]
    claims = Claim.objects.filter(gaps__in=keys).distinct()
    studies = Study.objects.filter(models.Q(evidence__gap__in=keys) | models.Q(claims__in=claims)).distinct()
    sources = _sources(keys, studies, claims)
    terms = Term.objects.filter(
        models.Q(gaps_of_population__in=keys)
        | models.Q(gaps_of_outcome__in=keys)
        | models.Q(studies__in=studies)
        | models.Q(estimates__study__in=studies)
    ).distinct()
    rows: dict[type[models.Model], Iterable[models.Model]] = {
        Term: terms,
        Source: sources,
        Citation: Citation.objects.filter(citing__in=sources, cited__in=sources).select_related("citing", "cited"),
        Study: studies.select_related("population_group").prefetch_related("sources"),
        Registration: Registration.objects.filter(study__in=studies).select_related("study"),
        Estimate: Estimate.objects.filter(study__in=studies).select_related("study", "outcome_domain"),
        Gap: chosen,
        Passage: Passage.objects.filter(gap__in=keys).select_related("gap", "source"),
        GapReason: GapReason.objects.filter(gap__in=keys).select_related("gap"),
        GapSource: GapSource.objects.filter(gap__in=keys).select_related("gap", "source"),
        Evidence: Evidence.objects.filter(gap__in=keys).select_related("gap", "study", "estimate__study"),
        Claim: claims.select_related("source").prefetch_related("gaps", "studies", "sources"),
    }
    return {name: [_row(row) for row in sorted(rows[model], key=_order)] for name, model in PARTS.items()}


def document(gaps: GapQuerySet) -> dict[str, Any]:
    """The whole document: the content, its digest, and when it was made."""
    content = content_of(gaps)
    return {
        "schema_version": SCHEMA_VERSION,
        "exported_at": timezone.now().isoformat(timespec="seconds"),
        "content_sha256": digest(content),
        "content": content,
    }


def text_of(gaps: GapQuerySet) -> str:
    """The document as people read it, with a line for each value."""
    return json.dumps(document(gaps), ensure_ascii=False, indent=1) + "\n"


def _sources(gaps: list[int], studies: models.QuerySet[Study], claims: models.QuerySet[Claim]) -> models.QuerySet[Source]:
    """What the gaps, studies and claims cite, and what those texts cite in turn by number."""
    cited = models.Q(passages__gap__in=gaps) | models.Q(gaps__in=gaps) | models.Q(studies__in=studies)
    named = cited | models.Q(claims__in=claims) | models.Q(claims_judged__in=claims)
    first = set(Source.objects.filter(named).values_list("pk", flat=True))
    further = set(Citation.objects.filter(citing__in=first).values_list("cited", flat=True))
    return Source.objects.filter(pk__in=first | further)


def _row(row: models.Model) -> dict[str, Any]:
    return dict(_values(row))


def _values(row: models.Model) -> Iterator[tuple[str, Any]]:
    for field in fields_of(type(row)):
        if field.is_relation:
            yield field.name, _key(getattr(row, field.name))
        else:
            value = field.value_from_object(row)
            yield field.name, value.isoformat() if hasattr(value, "isoformat") else value
    for name in MANY.get(type(row), ()):
        yield name, sorted((_key(other) for other in getattr(row, name).all()), key=canonical)


def _order(row: Any) -> str:
    return canonical(list(row.natural_key()))


def _key(row: Any) -> Any:
    """What names a row in the document: its natural key, bare where that is a single value."""
    if row is None:
        return None
    key = list(row.natural_key())
    return key[0] if len(key) == 1 else key
