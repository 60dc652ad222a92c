"""What rows and columns of the map can be, and where gaps and figures stand on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from gaps.models import Estimate, Gap, Study, Term

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Figure:
    """A study in one outcome: by a figure of its own, or by a gap that it bears on without a figure."""

    study: Study
    outcome: str
    estimate: Estimate | None = None


@dataclass(frozen=True)
class Category:
    """One row or column: its key in addresses, its heading, and the term that it is, if it is one."""

    key: str
    label: str
    term: Term | None = None


@dataclass(frozen=True)
class Band:
    """A range of doses or times, up to and with its end."""

    key: str
    label: _StrPromise
    up_to: float


@dataclass(frozen=True)
class Axis:
    """One way to lay out gaps and figures.

    `of_figure` and `of_gap` give the keys of their categories, none where the record does not say; only the
    categories in `kept` have a row or column while they are empty.
    """

    key: str
    label: _StrPromise
    categories: Callable[[Iterable[Term]], list[Category]]
    of_figure: Callable[[Figure], frozenset[str]]
    of_gap: Callable[[Gap], frozenset[str]]
    kept: frozenset[str] = frozenset()


UNSTATED = "unstated"
DOSE_BANDS = (
    Band("to-1.5-mg", _("up to 1.5 mg"), 1.5),
    Band("to-3-mg", _("over 1.5 to 3 mg"), 3),
    Band("to-4.5-mg", _("over 3 to 4.5 mg"), 4.5),
    Band("to-6-mg", _("over 4.5 to 6 mg"), 6),
    Band("over-6-mg", _("over 6 mg"), inf),
)
DURATION_BANDS = (
    Band("to-4-weeks", _("up to 4 weeks"), 28),
    Band("to-12-weeks", _("over 4 to 12 weeks"), 84),
    Band("to-26-weeks", _("over 12 to 26 weeks"), 182),
    Band("over-26-weeks", _("over 26 weeks"), inf),
)


def bands_between(bands: Iterable[Band], low: float, high: float) -> frozenset[str]:
    """The keys of the bands that hold any value from low to high.

    Examples
    --------
    >>> sorted(bands_between(DOSE_BANDS, 1.5, 3.5))
    ['to-1.5-mg', 'to-3-mg', 'to-4.5-mg']
    """
    found, start = set(), -inf
    for band in bands:
        if low <= band.up_to and high > start:
            found.add(band.key)
        start = band.up_to
    return frozenset(found)


def _keys(key: str) -> frozenset[str]:
    return frozenset({key}) if key else frozenset()


def _terms(scheme: str) -> Callable[[Iterable[Term]], list[Category]]:
    return lambda terms: [Category(term.slug, term.label, term) for term in terms if term.scheme == scheme]


def _bands(bands: Iterable[Band], unstated: _StrPromise) -> Callable[[Iterable[Term]], list[Category]]:
    return lambda _terms: [*(Category(band.key, str(band.label)) for band in bands), Category(UNSTATED, str(unstated))]


def _dose_of_figure(figure: Figure) -> frozenset[str]:
    study = figure.study
    highest = study.dose_high_mg if study.dose_high_mg is not None else study.dose_low_mg
    return _keys(UNSTATED) if highest is None else bands_between(DOSE_BANDS, highest, highest)


def _doses_of_gap(gap: Gap) -> frozenset[str]:
    given = [dose for dose in (gap.dose_low_mg, gap.dose_high_mg) if dose is not None]
    return bands_between(DOSE_BANDS, given[0], given[-1]) if given else _keys(UNSTATED)


def _duration(days: int | None) -> frozenset[str]:
    return _keys(UNSTATED) if days is None else bands_between(DURATION_BANDS, days, days)


def _durations_of_gap(gap: Gap) -> frozenset[str]:
    """From the shortest time that could answer on: a longer study answers too."""
    return bands_between(DURATION_BANDS, gap.time_frame_days, inf) if gap.time_frame_days else _keys(UNSTATED)


def _duration_of_figure(figure: Figure) -> frozenset[str]:
    measured = figure.estimate.timepoint_days if figure.estimate else None
    return _duration(figure.study.treatment_days if measured is None else measured)


POPULATION = Axis(
    "population",
    _("Population or subgroup"),
    _terms(Term.Scheme.POPULATION),
    lambda figure: _keys(figure.study.population_group.slug if figure.study.population_group else ""),
    lambda gap: _keys(gap.population_group.slug if gap.population_group else ""),
)
OUTCOME = Axis(
    "outcome",
    _("Outcome"),
    _terms(Term.Scheme.OUTCOME),
    lambda figure: _keys(figure.outcome),
    lambda gap: _keys(gap.outcome_domain.slug if gap.outcome_domain else ""),
)
DOSE = Axis(
    "dose",
    _("Dose a day"),
    _bands(DOSE_BANDS, _("dose not stated")),
    _dose_of_figure,
    _doses_of_gap,
    frozenset(band.key for band in DOSE_BANDS),
)
DURATION = Axis(
    "duration",
    _("Duration"),
    _bands(DURATION_BANDS, _("duration not stated")),
    _duration_of_figure,
    _durations_of_gap,
    frozenset(band.key for band in DURATION_BANDS),
)
AXES = {axis.key: axis for axis in (POPULATION, OUTCOME, DOSE, DURATION)}
