"""Part 6: what becomes of the size when an assumption is wrong."""

from typing import Any

from django.utils.translation import gettext as _

from ldnplanner.common.charts.heat import shades
from ldnplanner.common.charts.power_curve import PowerCurve
from trials.reports import figures
from trials.reports.display import NOT_GIVEN, count, number, percent, power, sentence
from trials.reports.document import Block, Cell, Column, Figure, HeatCell, HeatRow, HeatTable, Paragraph, Section, Table, Value
from trials.reports.explored import explored_blocks
from trials.reports.stored import Stored
from trials.reports.symbols import in_outcome_unit, quantity_label, quantity_value


def sensitivity(stored: Stored, part_number: str, figure_number: int) -> Section:
    """The heat table over difference and SD, the power curve, and the loss table: as far as they were stored."""
    exploration = stored.exploration
    blocks: list[Block] = [Paragraph((str(reading),)) for reading in exploration.get("readings") or []]
    if grid := exploration.get("sensitivity"):
        blocks += [
            heat_table(grid, unit=stored.unit, target_power=stored.target_power or stored.target_assurance),
            _randomised(stored, grid),
        ]
    if loss := exploration.get("loss"):
        blocks.append(_loss(stored, loss))
    if stress := exploration.get("stress"):
        blocks += stress_blocks(stress)
    if curve := figures.curve_data(exploration):
        blocks.append(_power_curve(stored, curve, figure_number))
        figure_number += 1
    blocks += explored_blocks(exploration, unit=stored.unit, figure_number=figure_number)
    if not blocks:
        blocks.append(Paragraph((_("Nothing was explored around this plan."),), quiet=True))
    return Section("sensitivity", part_number, _("If the assumptions are wrong"), tuple(blocks))


def stress_blocks(stress: dict[str, Any]) -> list[Block]:
    """What power the planned number keeps when one assumption fails; also drawn beside a draft."""
    rows = tuple((Cell(_beginning_large(row["in_words"])), Cell(power(row["power"], decimals=1))) for row in stress["rows"])
    blocks: list[Block] = [
        Table(_("Power of the planned number when one assumption fails"), (Column(_("What fails")), Column(_("Power"), numeric=True)), rows)
    ]
    if chance := stress.get("random_dropout"):
        expected = power(chance["expected_power"], decimals=1)
        if chance["probability_of_target"] is None:
            line = sentence(_("When chance decides who leaves, the expected power is {power}."), power=expected)
        else:
            line = sentence(
                _(
                    "When chance decides who leaves, the expected power is {power}; those who stay reach the power wanted with probability {probability}."
                ),
                power=expected,
                probability=power(chance["probability_of_target"], decimals=0),
            )
        blocks.append(Paragraph(line, quiet=True))
    return blocks


def _beginning_large(words: str) -> Value:
    return Value(words, words[:1].upper() + words[1:])


def _axis(name: str, unit: str) -> str:
    if not unit or not in_outcome_unit(name):
        return quantity_label(name)
    return _("{assumption}, {unit}").format(assumption=quantity_label(name), unit=unit)


def heat_table(grid: dict[str, Any], *, unit: str, target_power: float | None) -> HeatTable:
    """Evaluable participants over two assumptions, as the exploration holds them; also drawn beside a draft."""
    planned = tuple(grid["planned"])
    counts = grid["n_evaluable"]
    steps = [[int(shade.removeprefix("q") or 0) for shade in row] for row in shades(counts)]
    rows = tuple(
        HeatRow(
            quantity_value(grid["rows"]["assumption"], sd),
            tuple(HeatCell(_count(n), steps[at][across], planned=(at, across) == planned) for across, n in enumerate(counts[at])),
        )
        for at, sd in enumerate(grid["rows"]["values"])
    )
    return HeatTable(
        _("Evaluable participants for {power} power. Outlined: the plan.").format(power=percent(target_power).text)
        if target_power is not None
        else _("Evaluable participants needed. Outlined: the plan."),
        _axis(grid["rows"]["assumption"], unit),
        _axis(grid["columns"]["assumption"], unit),
        tuple(quantity_value(grid["columns"]["assumption"], value) for value in grid["columns"]["values"]),
        rows,
    )


def _randomised(stored: Stored, grid: dict[str, Any]) -> Table:
    columns = tuple(Column(quantity_value(grid["columns"]["assumption"], value).text, numeric=True) for value in grid["columns"]["values"])
    rows = tuple(
        (Cell(quantity_value(grid["rows"]["assumption"], sd)), *(Cell(_count(n)) for n in counts))
        for sd, counts in zip(grid["rows"]["values"], grid["n_randomised"], strict=True)
    )
    caption = _("The same as randomised participants: a column for each {assumption}").format(
        assumption=_axis(grid["columns"]["assumption"], stored.unit).lower()
    )
    return Table(caption, (Column(_axis(grid["rows"]["assumption"], stored.unit)), *columns), rows, long=True)


def _power_curve(stored: Stored, chart: PowerCurve, figure_number: int) -> Figure:
    table = Table(
        _("Power by number of evaluable participants"),
        (Column(_("Evaluable"), numeric=True), *(Column(curve.label, numeric=True) for curve in chart.curves)),
        tuple(
            (Cell(_people(n)), *(Cell(power(curve.power[at], decimals=1)) for curve in chart.curves))
            for at, n in enumerate(chart.n_evaluable)
        ),
        long=True,
    )
    name = str(stored.exploration["power_curve"]["curves"][0]["assumption"])
    if figures.short_name(name) == "SD":
        caption = _(
            "Figure {number}. Power by number of evaluable participants, for the planned SD and one on each side; SD in {unit}."
        ).format(number=figure_number, unit=stored.unit)
    else:
        caption = _(
            "Figure {number}. Power by number of evaluable participants, for the planned {assumption} and one on each side."
        ).format(
            number=figure_number,
            assumption=quantity_label(name).lower() if figures.short_name(name) != "CV" else _("coefficient of variation"),
        )
    return Figure(chart, caption, table)


def _loss(stored: Stored, loss: dict[str, Any]) -> Table:
    rows = tuple(
        (Cell(_rate(rate, planned=at == loss.get("planned"))), Cell(_count(n)))
        for at, (rate, n) in enumerate(zip(loss["dropout_rate"], loss["n_randomised"], strict=True))
    )
    caption = _("Randomised participants, so that {n} remain evaluable").format(n=count(stored.answer.get("n_evaluable")).text)
    return Table(caption, (Column(_("Loss")), Column(_("Randomised"), numeric=True)), rows)


def _rate(rate: float, *, planned: bool) -> Value:
    shown = percent(rate)
    return Value(rate, _("{loss}, the plan").format(loss=shown.text)) if planned else shown


def _count(n: int | None) -> Value:
    return NOT_GIVEN if n is None else count(n)


def _people(n: float) -> Value:
    return count(int(n)) if float(n).is_integer() else number(n)
