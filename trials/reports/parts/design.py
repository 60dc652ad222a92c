"""Part 2: the sequences, drawn to time scale."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ldnplanner.common.charts.trial_figure import TrialFigure
from trials.protocol.facts import TreatmentFact
from trials.reports import figures
from trials.reports.display import NO_BREAK_SPACE, count, days, number, percent
from trials.reports.document import Cell, Column, Fact, Facts, Figure, Section, Table, Value
from trials.reports.snapshot import Snapshot
from trials.reports.stored import Stored

MOST_LABELLED_PERIODS = 3


def design(stored: Stored, number: str, figure_number: int) -> Section:
    """The sequence × period figure where there are sequences, and the lengths of time that it is drawn from."""
    facts = Facts(tuple(_facts(stored)))
    if len(stored.sequences) < 2 or not stored.snapshot.period_days or stored.plan.get("exposure"):
        return Section("design", number, _("Design"), (facts,))
    return Section("design", number, _("Design"), (_figure(stored, figure_number), facts))


def _facts(stored: Stored) -> list[Fact]:
    snapshot, design = stored.snapshot, stored.plan["design"]
    cycles = design.get("cycles") or stored.answer.get("cycles")
    periods = 2 * int(cycles) if design.get("name") == "n_of_1" and cycles else len(stored.sequences[0]) if stored.sequences else 0
    rows = []
    if stored.sequences:
        rows.append(Fact(_("Sequences"), Cell(Value("/".join(stored.sequences), " / ".join(stored.sequences)))))
    if design.get("name") == "n_of_1" and cycles:
        rows.append(
            Fact(
                _("Cycles"),
                Cell(count(int(cycles)), note=_("Each a period of A and one of B, in an order decided by chance, for every person.")),
            )
        )
    rows += [Fact(_("Treatment {letter}").format(letter=one.letter), Cell(Value(one.label, one.label))) for one in snapshot.treatments]
    if len(stored.sequences) > 1:
        allocation = design.get("allocation") or [1] * len(stored.sequences)
        rows.append(Fact(_("Allocation"), Cell(Value(":".join(map(str, allocation)), " : ".join(map(str, allocation))))))
    if exposure := stored.plan.get("exposure"):
        return rows + _follow_up(exposure)
    if periods and (len(stored.sequences) != 1):
        rows.append(Fact(_("Periods"), Cell(count(periods))))
    if periods and len(stored.sequences) != 1 and snapshot.period_days:
        total_days = (
            snapshot.run_in_days + periods * snapshot.period_days + (periods - 1) * snapshot.washout_days + (snapshot.follow_up_days or 0)
        )
        rows += [
            Fact(_("Run-in"), Cell(days(snapshot.run_in_days))),
            Fact(_("Period"), Cell(days(snapshot.period_days))),
            *_inside_periods(snapshot),
            Fact(_("Washout"), Cell(days(snapshot.washout_days))),
            *([Fact(_("Follow-up"), Cell(days(snapshot.follow_up_days)))] if snapshot.follow_up_days is not None else []),
            Fact(_("In all, for one participant"), Cell(days(total_days))),
        ]
    return rows


def _inside_periods(snapshot: Snapshot) -> list[Fact]:
    """Titration and the read-out window, which older sizings do not know."""
    rows = []
    if snapshot.titration_days is not None:
        rows.append(Fact(_("Titration, at the start of each period"), Cell(days(snapshot.titration_days))))
    if snapshot.readout_days is not None:
        rows.append(Fact(_("Read-out window, at the end of each period"), Cell(days(snapshot.readout_days))))
    return rows


def _follow_up(exposure: dict[str, Any]) -> list[Fact]:
    """How long people are followed, and how much of it they are on the drug."""
    years = float(exposure["follow_up_years"])
    rows = [
        Fact(_("Follow-up"), Cell(number(years, unit=_("years") if years != 1 else _("year")))),
        Fact(_("Share of it on the drug"), Cell(percent(exposure.get("share_on_drug", 1.0)))),
    ]
    if rate := exposure.get("discontinuation_rate"):
        rows.append(Fact(_("People who stop taking it"), Cell(number(rate, unit=_("a year")), note=_("A constant rate."))))
    return rows


def _figure(stored: Stored, figure_number: int) -> Figure:
    snapshot = stored.snapshot
    labels = {one.letter: _short(one) for one in snapshot.treatments}
    chart = figures.trial_data(
        sequences=stored.sequences,
        n_per_sequence=stored.answer.get("n_randomised_per_sequence"),
        labels=labels,
        period_days=snapshot.period_days,
        washout_days=snapshot.washout_days,
        run_in_days=snapshot.run_in_days,
        titration_days=snapshot.titration_days,
        readout_days=snapshot.readout_days,
        follow_up_days=snapshot.follow_up_days,
    )
    caption = _("Figure {number}. Sequences and periods, drawn to time scale.").format(number=figure_number)
    if marks := _marks(chart):
        caption = f"{caption} {marks}"
    return Figure(chart, caption, figure_table(chart, labels))


def _marks(chart: TrialFigure) -> str:
    """What slope and bar mean, where the figure has them."""
    found = [_("Slope: titration.")] if chart.titration_days else []
    if chart.readout_days:
        found.append(_("Copper bar: read-out window."))
    return " ".join(found)


def figure_table(chart: TrialFigure, labels: Mapping[str, str]) -> Table:
    """Who takes what in which days; with many periods the letters alone, whose meaning stands below."""
    with_labels = chart.periods <= MOST_LABELLED_PERIODS
    heads = [
        _("Period {number}, days {first}–{last}").format(number=at + 1, first=chart.period(at)[0], last=chart.period(at)[1])
        for at in range(chart.periods)
    ]
    rows = tuple(
        (
            Cell(Value(row.letters, row.letters)),
            Cell(count(row.n_randomised)),
            *(
                Cell(Value(letter, f"{letter} · {labels[letter]}" if with_labels and labels.get(letter) else letter))
                for letter in row.letters
            ),
        )
        for row in chart.sequences
    )
    columns = (Column(_("Sequence")), Column(_("Randomised"), numeric=True), *(Column(head) for head in heads))
    return Table(_("Who takes what, on which days from randomisation"), columns, rows)


def _short(treatment: TreatmentFact) -> str:
    """Drug and dose, which fit into a block of the figure."""
    dose = "" if treatment.dose_mg is None else f"{NO_BREAK_SPACE}{treatment.dose_mg.normalize():f}{NO_BREAK_SPACE}mg"
    return f"{treatment.drug}{dose}"
