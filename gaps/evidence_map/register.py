"""What the map reads from the register, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch

from gaps.evidence_map.axes import Figure
from gaps.models import Estimate, Evidence, Gap, Study, Term

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

BEARING = (
    Evidence.Role.SUPPORTS,
    Evidence.Role.CONTRADICTS,
    Evidence.Role.PARTLY_ANSWERS,
    Evidence.Role.ANSWERS,
    Evidence.Role.UNDER_WAY,
)
GAP_FIELDS = (
    "uid",
    "title",
    "kind",
    "status",
    "dose_low_mg",
    "dose_high_mg",
    "time_frame_days",
    "target_difference",
    "tolerated_rate",
    "population_group",
    "outcome_domain",
)


@dataclass(frozen=True)
class Register:
    """The gaps that a reader may see, the studies as figures, and which estimates may be pooled."""

    gaps: list[Gap]
    figures: list[Figure]
    studies: list[Study]
    poolable: frozenset[int]


def read_register(user: User | AnonymousUser, terms: Iterable[Term]) -> Register:
    """The whole register as the map needs it; gaps and estimates carry the very terms that are handed in."""
    by_pk = {term.pk: term for term in terms}
    gaps = list(Gap.objects.visible_to(user).in_scope().only(*GAP_FIELDS))
    for gap in gaps:
        gap.population_group = by_pk.get(gap.population_group_id or 0)
        gap.outcome_domain = by_pk.get(gap.outcome_domain_id or 0)
    bearing = Evidence.objects.filter(role__in=BEARING, estimate__isnull=True)
    studies = list(
        Study.objects.in_scope()
        .order_by("label")
        .prefetch_related("registrations", Prefetch("estimates"), Prefetch("evidence", queryset=bearing, to_attr="bearing"))
    )
    outcomes = {gap.pk: gap.outcome_domain.slug for gap in gaps if gap.outcome_domain}
    figures = []
    for study in studies:
        study.population_group = by_pk.get(study.population_group_id or 0)
        figures += _figures(study, by_pk, outcomes)
    return Register(gaps, figures, studies, frozenset(Estimate.objects.poolable().values_list("pk", flat=True)))


def _figures(study: Study, terms: dict[int, Term], outcome_of_gap: dict[int, str]) -> list[Figure]:
    """The study by each of its estimates that has an outcome, and by the outcomes of gaps that it bears on without one."""
    found = []
    for estimate in study.estimates.all():
        estimate.outcome_domain = terms.get(estimate.outcome_domain_id or 0)
        if estimate.outcome_domain:
            found.append(Figure(study, estimate.outcome_domain.slug, estimate))
    measured = {figure.outcome for figure in found}
    linked: dict[str, None] = {}
    for link in study.bearing:  # type: ignore[attr-defined]  # made by the prefetch
        if (outcome := outcome_of_gap.get(link.gap_id, "")) and outcome not in measured:
            linked[outcome] = None
    return found + [Figure(study, outcome) for outcome in linked]
