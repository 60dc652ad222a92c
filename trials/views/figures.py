"""The pictures and numbers that a page shows of a design and of a sizing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ldnplanner.common.charts import power_bar, power_curve, trial_figure
from trials.contents import design_of
from trials.protocol import timeline
from trials.reports import figures
from trials.reports.answer_rows import explored_rows, figure_rows, figure_tables, headline
from trials.reports.as_html import drawn_block
from trials.reports.explored import explored_blocks
from trials.reports.parts.design import figure_table
from trials.reports.parts.sensitivity import heat_table, stress_blocks
from trials.sizing.wording import summary
from trials.views.studio import SIZES, our_svg, picks, studio_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trials.forms import Draft
    from trials.models import Protocol, Treatment
    from trials.planning import Preview
    from trials.reports.document import Block

DRAWN_FROM = ("sequences", "allocation", "period_days", "washout_days", "run_in_days", "titration_days", "readout_days", "follow_up_days")
LEFT_OUT = ("variance_factor", "critical_value")  # for the report


def trial_figures(protocol: Protocol, treatments: Iterable[Treatment], n_per_sequence: Sequence[float] | None) -> dict[str, Any]:
    """The sequence × period figure, wide and narrow, with its caption and the table that says the same; empty while the design or its lengths are not given."""
    if n_per_sequence is not None and len(n_per_sequence) != len(protocol.sequences.split("/")):
        n_per_sequence = None  # the question has a design of its own
    if not protocol.sequences or protocol.period_days is None or protocol.washout_days is None:
        return {}
    labels = {treatment.letter: treatment.short_label() for treatment in treatments if treatment.drug}
    data = figures.trial_data(
        sequences=protocol.sequences.split("/"),
        n_per_sequence=n_per_sequence,
        labels=labels,
        period_days=protocol.period_days,
        washout_days=protocol.washout_days,
        run_in_days=protocol.run_in_days or 0,
        titration_days=protocol.titration_days,
        readout_days=protocol.readout_days,
        follow_up_days=protocol.follow_up_days,
        visits=_visit_days(protocol),
    )
    drawn: dict[str, Any] = {size: our_svg(trial_figure.draw(data, size=size, prefix=f"trial-{size}")) for size in SIZES}
    return drawn | {"caption": trial_figure.caption(data), "table": drawn_block(figure_table(data, labels), "trial-table")}


def _visit_days(protocol: Protocol) -> list[int]:
    """The days of the contacts that the section on the schedule plans, for the design as it stands."""
    if protocol.pk is None:
        return []
    contacts = next((section.content.get("contacts") for section in protocol.sections.all() if section.name == "schedule"), None)
    return [visit.day for visit in timeline.planned(contacts or [], design_of(protocol))]


def draft_context(draft: Draft, found: Preview | None) -> dict[str, Any]:
    """Everything beside the boxes of a draft: the design's figure, and the result where there is one."""
    answer = found.answer if found else None
    hides_design = not draft.question.instance.uses_sequences() or any(name in draft.protocol.errors for name in DRAWN_FROM)
    n_per_sequence = answer.n_randomised_per_sequence if answer else None
    design = draft.protocol.instance
    drugs = [str(treatment.drug) for treatment in draft.treatments_typed() if treatment.letter in design.letters()]
    context: dict[str, Any] = {
        "draft": draft,
        "figures": {} if hides_design else trial_figures(design, draft.treatments_typed(), n_per_sequence),
        "studio": None if hides_design else studio_of(design, drugs, answer.n_randomised if answer else None),
        "hides_design": hides_design,
        "picks": picks(design),
        "result": found,
    }
    if found:
        exploration = found.exploration.model_dump(mode="json")
        plain = found.answer.as_json()
        curve = figures.curve_data(exploration)
        rows = figure_rows(plain, unit=found.names.unit, leave_out=LEFT_OUT).rows
        tables = figure_tables(plain, labels=dict(found.names.treatments))
        context |= {
            "answer": found.answer,
            "headline": headline(plain),
            "figure_rows": [*rows, *explored_rows(exploration, plain, unit=found.names.unit).rows],
            "figure_tables": [drawn_block(table, f"figures-{at}") for at, table in enumerate(tables)],
            "summary": summary(found.plan, found.answer, found.names),
            "sensitivity": [drawn_block(block, f"sensitivity-{at}") for at, block in enumerate(_sensitivity(found, exploration))],
            "curve": our_svg(power_curve.draw(curve, size="narrow", prefix="curve")) if curve else "",
            "curve_assumption": figures.varied_in_curves(exploration),
            "bar": our_svg(power_bar.draw(found.answer.power, _target(found))) if found.answer.power and _target(found) else "",
        }
    return context


def _target(found: Preview) -> float | None:
    wanted = getattr(found.plan.solve, "target_power", None)
    return None if wanted is None else float(wanted)


def _sensitivity(found: Preview, exploration: dict[str, Any]) -> list[Block]:
    """What becomes of the size when an assumption is wrong, in the report's own blocks."""
    blocks: list[Block] = []
    if grid := exploration["sensitivity"]:
        blocks.append(heat_table(grid, unit=found.names.unit, target_power=_target(found)))
    if stress := exploration["stress"]:
        blocks += stress_blocks(stress)
    return blocks + explored_blocks(exploration, unit=found.names.unit)
