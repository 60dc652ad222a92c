"""What a gap's page of evidence tells: pieces by role, what came since the article, and what can be drawn on one axis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Max
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gaps.figures import Figure
from gaps.models import Basis, Citation, Estimate, Evidence, Gap, Study, Term
from gaps.planning_use import can_be_taken
from ldnplanner.common.charts import doses
from ldnplanner.common.charts import findings as chart
from ldnplanner.templatetags.numbers import number

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from ldnplanner.common.charts.svg import Size

Role = Evidence.Role
SIZES: tuple[Size, ...] = ("wide", "narrow")
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
        return self.link.role == Role.PLANNING_INPUT and estimate is not None and can_be_taken(estimate)

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


class Finding(NamedTuple):
    """A mean difference against placebo on the common scale of its outcome."""

    piece: Piece
    row: chart.Finding


def findings(gap: Gap, pieces: Iterable[Piece]) -> tuple[list[Finding], list[Piece]]:
    """The placebo-controlled differences of means of the gap's outcome, newest first, and those whose scale is not known."""
    drawn: dict[int, Finding] = {}
    left_out: dict[int, Piece] = {}
    for piece in sorted(pieces, key=lambda piece: (-piece.when, piece.link.study.label, piece.link.pk)):
        estimate = piece.link.estimate
        if estimate is None or not _is_drawn(gap, estimate):
            continue
        row = _row(piece, estimate)
        instruments = {finding.piece.link.estimate.instrument for finding in drawn.values() if finding.piece.link.estimate}
        if row is None or (_has_no_scale(gap) and (instruments - {estimate.instrument} or _is_in_another_unit(gap, estimate))):
            left_out.setdefault(estimate.pk, piece)
        else:
            drawn.setdefault(estimate.pk, Finding(piece, row))
    return list(drawn.values()), list(left_out.values())


def _has_no_scale(gap: Gap) -> bool:
    """Whether points of one instrument cannot be laid beside those of another."""
    return gap.outcome_domain is None or gap.outcome_domain.scale_min is None


def _is_in_another_unit(gap: Gap, estimate: Estimate) -> bool:
    return gap.outcome_domain is None or gap.outcome_domain.unit.casefold() != estimate.unit.casefold()


def _is_drawn(gap: Gap, estimate: Estimate) -> bool:
    return (
        gap.outcome_domain_id is not None
        and estimate.outcome_domain_id == gap.outcome_domain_id
        and estimate.measure == Estimate.Measure.MEAN_DIFFERENCE
        and estimate.comparison == Estimate.Comparison.PLACEBO
        and estimate.value is not None
    )


def _row(piece: Piece, estimate: Estimate) -> chart.Finding | None:
    factor = estimate.factor()
    if factor is None or estimate.value is None:
        return None
    study, interval = piece.link.study, estimate.interval()
    people = estimate.n if estimate.n is not None else study.n_analysed
    note = [str(study.year)] if study.year else []
    if people is not None:
        note.append(_("n {n}").format(n=number(people)))
    return chart.Finding(
        label=study.label,
        note=", ".join(note),
        value=_on_common_scale(estimate.value, factor),
        low=None if interval is None else _on_common_scale(interval.low, factor),
        high=None if interval is None else _on_common_scale(interval.high, factor),
        derived_value=estimate.basis != Basis.REPORTED,
        derived_interval=interval is not None and interval.basis != Basis.REPORTED,
    )


def _on_common_scale(value: float, factor: float) -> float:
    """To two decimals, as the plot and its table say it."""
    scaled = value * factor
    return float(f"{scaled:.2f}") or float(f"{scaled:.2g}")


def findings_chart(gap: Gap, drawn: list[Finding]) -> SafeString:
    """The differences on one axis, with the gap's difference that matters on the side of a benefit."""
    outcome = gap.outcome_domain
    if not drawn or outcome is None:
        return SafeString("")
    lower_is_better = outcome.better != Term.Better.HIGHER
    sides = (_("naltrexone better"), _("placebo better"))
    target = gap.target_difference
    data = chart.FindingsChart(
        title=_("{outcome}: difference from placebo in each study").format(outcome=outcome.label),
        rows=tuple(finding.row for finding in drawn),
        x_label=_("naltrexone − placebo, {unit}").format(unit=outcome.unit) if outcome.unit else _("naltrexone − placebo"),
        target=None if target is None else -target if lower_is_better else target,
        below_zero=sides[0] if lower_is_better else sides[1],
        above_zero=sides[1] if lower_is_better else sides[0],
    )
    return _markup([chart.draw(data, size=size, prefix="findings") for size in SIZES])


def dose_chart(gap: Gap, pieces: Iterable[Piece]) -> SafeString:
    """For a question of dose: which doses the linked studies gave, with the doses of a stated effect that they found."""
    rows: dict[int, doses.DoseRow] = {}
    marks: dict[int, doses.DoseMark] = {}
    for piece in sorted(pieces, key=lambda piece: (-piece.when, piece.link.study.label)):
        study, estimate = piece.link.study, piece.link.estimate
        if study.dose_low_mg is not None or study.dose_high_mg is not None:
            low = study.dose_low_mg if study.dose_low_mg is not None else study.dose_high_mg
            high = study.dose_high_mg if study.dose_high_mg is not None else study.dose_low_mg
            solid = study.is_randomised() and not study.is_under_way()
            people = "" if study.n_randomised is None else _("n {n}").format(n=number(study.n_randomised))
            rows[study.pk] = doses.DoseRow(
                study.label, ", ".join(part for part in (_kind(piece), people) if part), low or 0.0, high or 0.0, solid
            )
        if estimate is not None and estimate.measure == Estimate.Measure.DOSE and estimate.value is not None:
            marks[estimate.pk] = doses.DoseMark(estimate.label.partition(",")[0], estimate.value)
    if gap.kind != Gap.Kind.DOSE_RESPONSE or not rows:
        return SafeString("")
    data = doses.DoseChart(_("Daily doses studied so far"), tuple(rows.values()), tuple(marks.values()), _("mg naltrexone a day"))
    return _markup([doses.draw(data, size=size, prefix="doses") for size in SIZES])


def _kind(piece: Piece) -> str:
    study = piece.link.study
    if study.is_under_way():
        return study.get_status_display().lower()
    return _("randomised") if study.is_randomised() else _("not randomised")


def _markup(drawings: list[str]) -> SafeString:
    return mark_safe("".join(drawings))  # noqa: S308  # drawn by our own charts, which escape every text
