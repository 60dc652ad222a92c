"""The cells of the map: what stands in each, and how much of what is needed that is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from gaps.evidence_map.axes import OUTCOME, POPULATION, Axis, Category, Figure
from gaps.evidence_map.choices import ALPHA, Chosen
from gaps.evidence_map.counting import Counted, FollowedUp, LeftOut, Why, count, followed_up, people
from gaps.evidence_map.register import Register
from gaps.models import Basis, Gap, Study, Term
from gaps.synthesis.pooling import Model
from gaps.synthesis.rare_events import Followed
from gaps.synthesis.target import Better, Target
from gaps.synthesis.verdict import Synthesis, synthesise

NONE, UNDER_WAY, NOT_COUNTABLE = "none", "under_way", "not_countable"


@dataclass(frozen=True)
class Cell:
    """One cell: its gaps and studies, and its figures pooled or its people added up.

    Differences are on the common scale of the outcome, treatment − comparator. `state` is a verdict's value, or one of
    "none", "under_way" and "not_countable".
    """

    row: Category
    column: Category
    outcome: Term | None
    model: Model
    gaps: tuple[Gap, ...]
    studies: tuple[Study, ...]
    counted: tuple[Counted, ...]
    left_out: tuple[LeftOut, ...]
    synthesis: Synthesis | None
    followed: Followed | None
    followed_up: tuple[FollowedUp, ...]
    own_difference_of: Gap | None = None

    @property
    def key(self) -> str:
        return f"{self.row.key},{self.column.key}"

    @property
    def unit(self) -> str:
        return self.outcome.unit if self.outcome else ""

    @property
    def other_model(self) -> Model:
        return Model.RANDOM if self.model is Model.FIXED else Model.FIXED

    @cached_property
    def state(self) -> str:
        if self.synthesis:
            return self.synthesis.verdict(self.model).value
        if self.followed:
            return self.followed.verdict().value
        if not self.studies:
            return NONE
        under_way = self.under_way and not self.not_countable
        return UNDER_WAY if under_way else NOT_COUNTABLE

    @property
    def fraction(self) -> float | None:
        """Information or people gathered as a share of what is needed; none where nothing can be counted."""
        if self.synthesis:
            return self.synthesis.fraction(self.model)
        return self.followed.fraction if self.followed else None

    @property
    def people(self) -> int:
        """The people of the studies that are counted, or of all where none is; a meta-analysis has the people of its trials, and adds none."""
        if self.counted:
            return sum(one.n or 0 for one in self.counted)
        if self.followed:
            return self.followed.n
        return sum(people(study) or 0 for study in self.primary if self.state == UNDER_WAY or study.has_taken_place())

    @property
    def primary(self) -> tuple[Study, ...]:
        """The studies that have people of their own: all but the meta-analyses."""
        return tuple(study for study in self.studies if study.design != Study.Design.META_ANALYSIS)

    @property
    def reviews(self) -> int:
        """How many meta-analyses stand here."""
        return len(self.studies) - len(self.primary)

    @property
    def under_way(self) -> tuple[LeftOut, ...]:
        return tuple(one for one in self.left_out if one.why is Why.UNDER_WAY)

    @property
    def not_countable(self) -> tuple[LeftOut, ...]:
        return tuple(one for one in self.left_out if one.why not in {Why.UNDER_WAY, Why.REVIEW})

    @property
    def unverified(self) -> int:
        """How many of the counted figures nobody has verified."""
        estimates = [one.estimate for one in self.counted] + [one.estimate for one in self.followed_up]
        return sum(estimate.basis == Basis.UNVERIFIED for estimate in estimates)


@dataclass(frozen=True)
class Row:
    """One row of the map with its gaps, each named once."""

    category: Category
    cells: tuple[Cell, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class EvidenceMap:
    """All cells, and what has no place among them."""

    chosen: Chosen
    columns: tuple[Category, ...]
    rows: tuple[Row, ...]
    empty: tuple[Category, ...]
    gaps_without_place: tuple[Gap, ...]
    studies_without_place: tuple[Study, ...]

    def cells(self) -> Iterator[Cell]:
        for row in self.rows:
            yield from row.cells

    def cell(self, key: str) -> Cell | None:
        """The cell of an address, or none."""
        return next((cell for cell in self.cells() if cell.key == key), None)


def draw(chosen: Chosen, register: Register, terms: Iterable[Term]) -> EvidenceMap:
    """The register laid out as the reader chose."""
    terms = list(terms)
    figures: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    gaps: dict[tuple[str, str], list[Gap]] = defaultdict(list)
    for figure in register.figures:
        if _is_asked_for(figure, chosen):
            for place in product(chosen.rows.of_figure(figure), chosen.columns.of_figure(figure)):
                figures[place].append(figure)
    asked = [gap for gap in register.gaps if _is_asked_about(gap, chosen)]
    for gap in asked:
        for place in product(chosen.rows.of_gap(gap), chosen.columns.of_gap(gap)):
            gaps[place].append(gap)

    used = figures.keys() | gaps.keys()
    rows, no_rows = _parted(chosen.rows, terms, {row for row, _column in used})
    columns, no_columns = _parted(chosen.columns, terms, {column for _row, column in used})
    drawn = []
    for row in rows:
        cells = tuple(_cell(row, column, gaps[row.key, column.key], figures[row.key, column.key], chosen, register) for column in columns)
        drawn.append(Row(row, cells, tuple(sorted({gap for cell in cells for gap in cell.gaps}, key=lambda gap: gap.uid))))

    placed_studies = {figure.study.pk for found in figures.values() for figure in found}
    placed_gaps = {gap.pk for found in gaps.values() for gap in found}
    return EvidenceMap(
        chosen,
        tuple(columns),
        tuple(drawn),
        tuple(category for category in (*no_rows, *no_columns) if category.term),
        tuple(gap for gap in register.gaps if gap.pk not in placed_gaps),
        tuple(study for study in register.studies if study.pk not in placed_studies),
    )


def _parted(axis: Axis, terms: list[Term], used: set[str]) -> tuple[list[Category], list[Category]]:
    """The categories that have a row or column, and those that have none because nothing stands there."""
    categories = axis.categories(terms)
    shown = [category for category in categories if category.key in used or category.key in axis.kept]
    return shown, [category for category in categories if category not in shown]


def _is_asked_for(figure: Figure, chosen: Chosen) -> bool:
    """Whether a figure is of a population of the map, and of the outcome and population to which the reader narrowed it.

    What has no population there, such as a trial of another drug that gives an SD to plan with, would otherwise fill
    the rows of doses that are not stated.
    """
    if figure.study.population_group is None:
        return False
    if OUTCOME not in chosen.axes and (chosen.outcome is None or figure.outcome != chosen.outcome.slug):
        return False
    return chosen.population is None or figure.study.population_group == chosen.population


def _is_asked_about(gap: Gap, chosen: Chosen) -> bool:
    if OUTCOME not in chosen.axes and gap.outcome_domain != chosen.outcome:
        return False
    return POPULATION in chosen.axes or chosen.population is None or gap.population_group == chosen.population


def _cell(row: Category, column: Category, gaps: list[Gap], figures: list[Figure], chosen: Chosen, register: Register) -> Cell:
    outcome = {chosen.rows: row.term, chosen.columns: column.term}.get(OUTCOME, chosen.outcome)
    counted, left_out = count(figures, outcome, chosen.comparison, register.poolable)
    difference, own = _difference(gaps, chosen)
    synthesis = None
    if counted and outcome:
        target = Target(difference, Better(outcome.better), ALPHA, chosen.power)
        synthesis = synthesise([one.finding for one in counted], target)
    watched = [] if counted else followed_up(figures)
    if watched:
        seen = {one.study.pk for one in watched}
        left_out = [one for one in left_out if one.study.pk not in seen]
    followed = Followed(sum(one.n for one in watched), sum(one.events for one in watched), _rate(gaps, chosen), ALPHA) if watched else None
    return Cell(
        row=row,
        column=column,
        outcome=outcome,
        model=chosen.model,
        gaps=tuple(gaps),
        studies=tuple({figure.study.pk: figure.study for figure in figures}.values()),
        counted=tuple(counted),
        left_out=tuple(left_out),
        synthesis=synthesis,
        followed=followed,
        followed_up=tuple(watched),
        own_difference_of=own,
    )


def _difference(gaps: list[Gap], chosen: Chosen) -> tuple[float, Gap | None]:
    """The difference that a cell is held against: the chosen one, or the smallest that its gaps name, and the gap that names it."""
    own = [(gap.target_difference, gap.uid, gap) for gap in gaps if gap.target_difference] if chosen.own_difference else []
    if not own:
        return chosen.target_difference, None
    difference, _uid, gap = min(own)
    return difference, gap


def _rate(gaps: list[Gap], chosen: Chosen) -> float:
    own = [gap.tolerated_rate for gap in gaps if gap.tolerated_rate] if chosen.own_difference else []
    return min(own, default=chosen.tolerated_rate)
