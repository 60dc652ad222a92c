"""Which figures of a cell can be counted, and why the others cannot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from gaps.evidence_map.axes import Figure
from gaps.models import Basis, Estimate, Study, Term
from gaps.synthesis.finding import Finding

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

RATES = (Estimate.Measure.RATE, Estimate.Measure.UPPER_LIMIT)


class Why(StrEnum):
    """Why a study of a cell is not counted; the first that holds."""

    UNDER_WAY = "under_way"
    REVIEW = "review"
    OTHER_COMPARISON = "other_comparison"
    SCALE_UNKNOWN = "scale_unknown"
    OTHER_UNIT = "other_unit"
    NO_DIRECTION = "no_direction"
    ASSUMED = "assumed"
    NO_ERROR = "no_error"
    NOT_CHOSEN = "not_chosen"
    NO_DIFFERENCE = "no_difference"


WHY_WORDS: dict[Why, _StrPromise] = {
    Why.UNDER_WAY: _("under way"),
    Why.REVIEW: _("a meta-analysis, whose trials count by themselves"),
    Why.OTHER_COMPARISON: _("another comparison"),
    Why.SCALE_UNKNOWN: _("scale not known"),
    Why.OTHER_UNIT: _("another unit or instrument, and no common scale"),
    Why.NO_DIRECTION: _("the outcome does not say which direction is better"),
    Why.ASSUMED: _("assumed, not found"),
    Why.NO_ERROR: _("no standard error known"),
    Why.NOT_CHOSEN: _("no figure is marked to stand for the study"),
    Why.NO_DIFFERENCE: _("no difference of means"),
}


@dataclass(frozen=True)
class Counted:
    """A study's figure on the common scale of its outcome."""

    study: Study
    estimate: Estimate
    finding: Finding
    n: int | None


@dataclass(frozen=True)
class LeftOut:
    """A study of the cell whose figures cannot be counted."""

    study: Study
    why: Why
    n: int | None

    @property
    def words(self) -> str:
        return str(WHY_WORDS[self.why])


@dataclass(frozen=True)
class FollowedUp:
    """People of one study who were followed for a harm, and those who had it."""

    study: Study
    estimate: Estimate
    n: int
    events: int


def people(study: Study, estimate: Estimate | None = None) -> int | None:
    """The people behind a figure: its own, else those analysed, else those randomised or enrolled."""
    for known in (estimate.n if estimate else None, study.n_analysed, study.n_randomised):
        if known is not None:
            return known
    return None


def count(
    figures: Iterable[Figure], outcome: Term | None, comparison: str, poolable: frozenset[int]
) -> tuple[list[Counted], list[LeftOut]]:
    """The studies of one cell, each counted once by the figure that stands for it, or left out for a reason."""
    counted: list[Counted] = []
    left_out: list[LeftOut] = []
    for study, estimates in _by_study(figures):
        if study.design == Study.Design.META_ANALYSIS:
            left_out.append(LeftOut(study, Why.REVIEW, people(study)))
            continue
        reasons = []
        for estimate in estimates:
            why = _why_not(estimate, outcome, comparison, poolable)
            finding = None if why else _finding(estimate)
            if finding and outcome and outcome.scale_min is None and any(one.estimate.instrument != estimate.instrument for one in counted):
                finding, why = None, Why.OTHER_UNIT  # without common ends, points of two instruments are two units
            if finding:
                counted.append(Counted(study, estimate, finding, people(study, estimate)))
                break
            reasons.append(why or Why.NO_ERROR)
        else:
            why = Why.UNDER_WAY if study.is_under_way() else min(reasons, key=list(Why).index, default=Why.NO_DIFFERENCE)
            left_out.append(LeftOut(study, why, people(study)))
    return counted, left_out


def followed_up(figures: Iterable[Figure]) -> list[FollowedUp]:
    """The studies of one cell that say how many people were followed for a harm and how many had it, each by its largest figure."""
    found = []
    for study, estimates in _by_study(figures):
        if study.design == Study.Design.META_ANALYSIS:
            continue
        usable = [
            FollowedUp(study, estimate, estimate.n, events)
            for estimate in estimates
            if estimate.measure in RATES and estimate.stands_for_study and estimate.basis != Basis.ASSUMED and estimate.n
            if (events := _events(estimate)) is not None
        ]
        found += sorted(usable, key=lambda one: -one.n)[:1]
    return found


def _events(estimate: Estimate) -> int | None:
    if estimate.events is not None:
        return estimate.events
    formula = estimate.formula_of("value")
    return 0 if formula and formula.name == "zero_event_upper_limit" else None


def _by_study(figures: Iterable[Figure]) -> list[tuple[Study, list[Estimate]]]:
    found: dict[int, tuple[Study, list[Estimate]]] = {}
    for figure in figures:
        estimates = found.setdefault(figure.study.pk, (figure.study, []))[1]
        if figure.estimate:
            estimates.append(figure.estimate)
    return list(found.values())


def _finding(estimate: Estimate) -> Finding | None:
    """The figure on the common scale of its outcome; none where its numbers are beyond all measure."""
    factor = estimate.factor() or 1.0
    try:
        return Finding(float(estimate.value or 0.0) * factor, float(estimate.standard_error or 0.0) * factor)
    except ValueError:
        return None


def _why_not(estimate: Estimate, outcome: Term | None, comparison: str, poolable: frozenset[int]) -> Why | None:
    if estimate.measure in RATES and not estimate.stands_for_study:
        return Why.NOT_CHOSEN
    if estimate.measure != Estimate.Measure.MEAN_DIFFERENCE or estimate.value is None:
        return Why.NO_DIFFERENCE
    other_unit = outcome is not None and outcome.scale_min is None and estimate.unit.casefold() != outcome.unit.casefold()
    refusals = {
        Why.OTHER_COMPARISON: estimate.comparison != comparison,
        Why.NO_ERROR: estimate.standard_error is None,
        Why.NOT_CHOSEN: estimate.pk not in poolable,
        Why.NO_DIRECTION: outcome is None or not outcome.better,
        Why.SCALE_UNKNOWN: estimate.factor() is None,
        Why.OTHER_UNIT: other_unit,
        Why.ASSUMED: estimate.basis == Basis.ASSUMED,
    }
    return next((why for why, refused in refusals.items() if refused), None)
