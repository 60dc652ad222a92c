"""The map as lines of a spreadsheet: one a cell."""

from __future__ import annotations

from collections.abc import Iterator

from gaps.evidence_map.cells import Cell, EvidenceMap
from gaps.synthesis.pooling import Model

EXPORTED = (
    "row",
    "column",
    "state",
    "outcome",
    "unit",
    "better",
    "comparison",
    "target_difference",
    "power",
    "model",
    "gaps",
    "studies",
    "under_way",
    "not_countable",
    "trials_counted",
    "people_counted",
    "required_information",
    "fixed_information",
    "fixed_fraction",
    "fixed_difference",
    "fixed_ci_low",
    "fixed_ci_high",
    "fixed_verdict",
    "random_information",
    "random_fraction",
    "random_difference",
    "random_ci_low",
    "random_ci_high",
    "random_verdict",
    "tau_squared",
    "i_squared",
    "tolerated_rate",
    "people_followed",
    "events",
    "people_needed",
)


def export_rows(drawn: EvidenceMap) -> Iterator[list[object]]:
    """Every cell as a line, in the columns of `EXPORTED`; several values of one cell are parted by "; "."""
    for cell in drawn.cells():
        values = _plain(cell, drawn) | _pooled(cell) | _followed(cell)
        yield [values.get(name) for name in EXPORTED]


def _plain(cell: Cell, drawn: EvidenceMap) -> dict[str, object]:
    chosen = drawn.chosen
    return {
        "row": cell.row.label,
        "column": cell.column.label,
        "state": cell.state,
        "outcome": cell.outcome.label if cell.outcome else "",
        "unit": cell.unit,
        "better": cell.outcome.better if cell.outcome else "",
        "comparison": chosen.comparison,
        "power": chosen.power,
        "model": chosen.model.value,
        "gaps": "; ".join(gap.uid for gap in cell.gaps),
        "studies": "; ".join(study.label for study in cell.studies),
        "under_way": len(cell.under_way),
        "not_countable": len(cell.not_countable),
        "trials_counted": len(cell.counted),
        "people_counted": sum(one.n or 0 for one in cell.counted),
    }


def _pooled(cell: Cell) -> dict[str, object]:
    found = cell.synthesis
    if found is None:
        return {}
    values: dict[str, object] = {
        "target_difference": found.target.target_difference,
        "required_information": found.target.required_information,
        "tau_squared": found.heterogeneity.tau_squared,
        "i_squared": found.heterogeneity.i_squared,
    }
    for model in Model:
        low, high = found.interval(model)
        values |= {
            f"{model}_information": found.pooled(model).information,
            f"{model}_fraction": found.fraction(model),
            f"{model}_difference": found.pooled(model).difference,
            f"{model}_ci_low": low,
            f"{model}_ci_high": high,
            f"{model}_verdict": found.verdict(model).value,
        }
    return values


def _followed(cell: Cell) -> dict[str, object]:
    if cell.followed is None:
        return {}
    return {
        "tolerated_rate": cell.followed.tolerated_rate,
        "people_followed": cell.followed.n,
        "events": cell.followed.events,
        "people_needed": cell.followed.needed,
    }
