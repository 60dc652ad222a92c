"""What the register offers to a draft: figures of studies that may stand for an assumption, each with its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from gaps.models import Estimate, Evidence, Gap
from trials.kinds import EFFECT, LOSS, VARIABILITY

if TYPE_CHECKING:
    from gaps.models import Source

MEASURES: dict[str, tuple[str, str]] = {
    Estimate.Measure.MEAN_DIFFERENCE: (EFFECT, "mean_difference"),
    Estimate.Measure.SD_OF_DIFFERENCE: (VARIABILITY, "difference_sd"),
    Estimate.Measure.SD_WITHIN: (VARIABILITY, "within_subject_sd"),
    Estimate.Measure.DROPOUT: (LOSS, "dropout_rate"),
}
"""Which row of the ledger, and which of its numbers, a measure can stand for as it is; others need a conversion that says which SD it is."""


@dataclass(frozen=True)
class Offered:
    """A figure of the register for one number of a draft: `value` is in `unit`, or a share of 0–1."""

    estimate: Estimate
    row: str
    column: str
    value: float
    unit: str

    @property
    def is_share(self) -> bool:
        return self.column == "dropout_rate"

    @property
    def shown(self) -> float:
        """The value as far as a reader looks: what was derived, to three digits."""
        return float(f"{self.value:.3g}") if "value" in self.estimate.derivation else self.value

    @property
    def source(self) -> Source | None:
        """The report of the study that the draft then cites."""
        return next(iter(self.estimate.study.sources.all()), None)

    def note(self) -> str:
        """What the ledger says of it: study, figure, people, and how it was derived."""
        estimate = self.estimate
        told = [f"{estimate.study.label}: {estimate.label}"]
        if estimate.n is not None:
            told.append(_("{n} people").format(n=estimate.n))
        if formula := estimate.formula_of("value"):
            told.append(_("derived: {rule}").format(rule=formula.rule))
        if estimate.factor() not in {1.0, None} and not self.is_share:
            scale = f"{estimate.scale_min:g}–{estimate.scale_max:g}"
            told.append(_("reported on {scale}, here in {unit} of the common scale").format(scale=scale, unit=self.unit))
        if estimate.locator:
            told.append(estimate.locator)
        return "; ".join(told)[:400]


def offered(estimate: Estimate) -> Offered | None:
    """What a figure offers to a draft; nothing when it cannot stand for a number of the ledger as it is."""
    place = MEASURES.get(estimate.measure)
    if place is None or estimate.value is None:
        return None
    row, column = place
    if column == "dropout_rate":
        return Offered(estimate, row, column, estimate.value, "")
    if (factor := estimate.factor()) is None:
        return None
    outcome = estimate.outcome_domain
    unit = outcome.unit if outcome is not None and outcome.scale_max is not None else estimate.unit
    return Offered(estimate, row, column, float(f"{estimate.value * factor:.12g}"), unit)


def can_take(estimate: Estimate, gap: Gap) -> bool:
    """Whether a draft for this gap can take the figure over as it is: a share, or a figure of the outcome that the gap asks about."""
    offer = offered(estimate)
    return offer is not None and _is_about(offer, [gap])


def offered_for(gaps: Iterable[Gap]) -> list[Offered]:
    """The figures that are linked to these gaps as numbers to plan with, the latest study first.

    An SD or a difference of another outcome than the one the gaps ask about is none for their plan, even where both are counted in points;
    where they ask about several outcomes, nobody can tell whose it would be, and only shares are left.
    """
    chosen = list(gaps)
    rows = (
        Estimate.objects.filter(
            evidence__gap__in=chosen, evidence__role=Evidence.Role.PLANNING_INPUT, measure__in=MEASURES, value__isnull=False
        )
        .select_related("study", "outcome_domain")
        .prefetch_related("study__sources")
        .order_by("-study__year", "study__label", "pk")
        .distinct()
    )
    found = [one for one in map(offered, rows) if one is not None]
    return [one for one in found if _is_about(one, chosen)]


def _is_about(offer: Offered, gaps: list[Gap]) -> bool:
    """Whether the figure is a share, or one of the only outcome that the gaps ask about."""
    outcomes = {gap.outcome_domain_id for gap in gaps}
    return offer.is_share or (offer.estimate.outcome_domain_id is not None and outcomes == {offer.estimate.outcome_domain_id})


def number_of(offer: Offered) -> dict[str, float | None]:
    """The numbers of a question that a figure settles: its own, and none in the box that is the other way to say the same."""
    other = {"difference_sd": "within_subject_sd", "within_subject_sd": "difference_sd"}.get(offer.column)
    return {offer.column: offer.value} | ({other: None} if other else {})


def source_of(offer: Offered) -> dict[str, object]:
    """What the ledger then says of the number's source, by the fields of its form."""
    return {
        "basis": offer.estimate.basis,
        "source": offer.source.slug if offer.source else "",
        "note": offer.note(),
        "estimate": offer.estimate.pk,
    }
