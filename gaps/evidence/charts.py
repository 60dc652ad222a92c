"""What the linked studies say, drawn: differences from placebo on one axis, and the doses that were studied."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from gaps.evidence.pieces import Piece
from gaps.models import Basis, Estimate, Gap, Term
from ldnplanner.common.charts import doses
from ldnplanner.common.charts import findings as chart
from ldnplanner.templatetags.numbers import number

if TYPE_CHECKING:
    from ldnplanner.common.charts.svg import Size

SIZES: tuple[Size, ...] = ("wide", "narrow")


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
