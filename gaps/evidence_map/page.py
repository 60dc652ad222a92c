"""The map made ready for its templates, which only show: words, addresses and the figure of one cell."""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from gaps.evidence_map import wording
from gaps.evidence_map.cells import Cell, EvidenceMap, Row
from gaps.evidence_map.counting import Counted
from gaps.models import Gap
from gaps.synthesis.pooling import Model, pool
from gaps.synthesis.verdict import Synthesis
from ldnplanner.common.charts import forest
from ldnplanner.templatetags.numbers import amount

GAPS_IN_HEAD = 4
GAPS_IN_LIST = 50


@dataclass(frozen=True)
class ShownCell:
    """A cell as the map and the table show it."""

    cell: Cell
    look: wording.Look
    headline: str
    lines: list[str]
    pools: list[dict[str, Any]]
    address: str
    here: bool


@dataclass(frozen=True)
class ShownRow:
    """A row's heading with its first gaps, and its cells."""

    row: Row
    uids: str
    cells: list[ShownCell]


def shown_rows(drawn: EvidenceMap, query: str, here: str) -> list[ShownRow]:
    """All rows; `query` is the map's own address without a cell, `here` the key of the cell that is open."""
    found = []
    for row in drawn.rows:
        cells = [
            ShownCell(
                cell=cell,
                look=wording.look(cell),
                headline=wording.headline(cell),
                lines=wording.lines(cell),
                pools=pools(cell),
                address=f"?{query}&cell={cell.key}#cell" if query else f"?cell={cell.key}#cell",
                here=cell.key == here,
            )
            for cell in row.cells
        ]
        found.append(ShownRow(row, _uids(row.gaps), cells))
    return found


def _uids(gaps: tuple[Gap, ...]) -> str:
    """The first gaps of a row, the later ones by their number alone, such as GAP-0017, -0012."""
    words = [gap.uid if index == 0 else gap.uid.removeprefix("GAP") for index, gap in enumerate(gaps[:GAPS_IN_HEAD])]
    if len(gaps) > GAPS_IN_HEAD:
        words.append(_("{n} more").format(n=len(gaps) - GAPS_IN_HEAD))
    return ", ".join(words)


def detail(cell: Cell) -> dict[str, Any]:
    """What the page says of the cell that is open."""
    counted = []
    if cell.synthesis:
        weights = zip(cell.synthesis.fixed.weights, cell.synthesis.random.weights, strict=True)
        counted = [(one, fixed, random) for one, (fixed, random) in zip(cell.counted, weights, strict=True)]
    return {
        "cell": cell,
        "sentences": wording.sentences(cell),
        "counted": counted,
        "left_out": [(one, wording.why(one)) for one in cell.left_out],
        "pools": pools(cell),
        "forest": figure(cell),
        "gaps": cell.gaps[:GAPS_IN_LIST],
        "further_gaps": max(len(cell.gaps) - GAPS_IN_LIST, 0),
    }


def pools(cell: Cell) -> list[dict[str, Any]]:
    """Both models of a cell in numbers and words."""
    found = cell.synthesis
    if found is None:
        return []
    return [
        {
            "model": wording.MODEL_WORDS[model],
            "chosen": model is cell.model,
            "difference": found.pooled(model).difference,
            "interval": wording.interval(*found.interval(model)),
            "information": found.pooled(model).information,
            "required": found.target.required_information,
            "share": wording.share(found.fraction(model)),
            "verdict": wording.benefit(found.verdict(model), found, cell.unit),
        }
        for model in Model
    ]


def figure(cell: Cell) -> SafeString:
    """The trials and both pools as a forest plot, wide and narrow."""
    found = cell.synthesis
    if found is None:
        return SafeString()
    data = _forest(cell, found)
    return mark_safe("".join(forest.draw(data, size=size, prefix="cell") for size in ("wide", "narrow")))  # noqa: S308  (escaped by the drawing)


def _forest(cell: Cell, found: Synthesis) -> forest.Forest:
    rows = tuple(
        forest.ForestRow(one.study.label, one.finding.difference, *_limits(one, found), weight)
        for one, weight in zip(cell.counted, found.pooled(cell.model).weights, strict=True)
    )
    pooled = tuple(
        forest.ForestRow(
            _("Fixed effect") if model is Model.FIXED else _("Random effects"), found.pooled(model).difference, *found.interval(model)
        )
        for model in Model
    )
    target = found.target.benefit(found.target.target_difference)
    return forest.Forest(
        title=_("Differences of {row}, {column}").format(row=cell.row.label, column=cell.column.label),
        rows=rows,
        pooled=pooled,
        target=target,
        target_label=_("{size} better").format(size=amount(found.target.target_difference, cell.unit)),
        axis_label=_("difference in {unit}, 95 % intervals").format(unit=cell.unit) if cell.unit else _("difference, 95 % intervals"),
    )


def _limits(one: Counted, found: Synthesis) -> tuple[float, float]:
    """The interval that the study reports, on the common scale; from its standard error where it reports none at this level."""
    estimate, factor = one.estimate, one.estimate.factor() or 1.0
    if estimate.ci_low is not None and estimate.ci_high is not None and isclose(estimate.ci_level or 0.0, 1.0 - found.target.alpha):
        return estimate.ci_low * factor, estimate.ci_high * factor
    return pool([one.finding], Model.FIXED).interval(found.target.alpha)
