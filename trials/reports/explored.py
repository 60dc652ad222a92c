"""What an exploration holds beside the power curve, as figures with the tables that say the same: also drawn beside a draft."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from ldnplanner.common.charts.lines import LineChart, Series
from trials.reports.display import NOT_GIVEN, count, given, number, power
from trials.reports.document import Block, Cell, Column, Figure, Paragraph, Table, Value

Made = tuple[LineChart, str, Table, str]  # the figure, its caption, the table that says the same, and a reading


def explored_blocks(exploration: Mapping[str, Any], *, unit: str, figure_number: int | None = None) -> list[Block]:
    """Assurance, cycles against people, shapes over the dose, and several questions, as far as they were explored.

    Parameters
    ----------
    exploration : mapping
        In plain data, as a sizing stores it.
    unit : str
        Of the outcome.
    figure_number : int, optional
        Of the first figure; none where figures are not numbered.
    """
    makers: tuple[tuple[str, Callable[[Mapping[str, Any]], Made]], ...] = (
        ("assurance_curve", _assurance),
        ("cycles_trade_off", _cycles),
        ("dose_shapes", partial(_shapes, unit=unit)),
        ("question_curves", _questions),
    )
    blocks: list[Block] = []
    for name, make in makers:
        if not (data := exploration.get(name)):
            continue
        chart, caption, table, reading = make(data)
        if reading:
            blocks.append(Paragraph((reading,)))
        if figure_number is not None:
            caption = _("Figure {number}. {caption}").format(number=figure_number, caption=caption)
            figure_number += 1
        blocks.append(Figure(chart, caption, table))
    return blocks


def _assurance(data: Mapping[str, Any]) -> Made:
    n = tuple(data["n_evaluable"])
    ceiling = data["assurance_ceiling"]
    chart = LineChart(
        _("Assurance and power by evaluable participants"),
        n,
        (
            Series(_("assurance"), tuple(data["assurance"]), planned=True),
            Series(_("power, all as planned"), tuple(data["power"])),
            Series(_("most that can be had"), tuple(ceiling for _one in n)),
        ),
        _("evaluable participants"),
        _("chance of success"),
        shares=True,
        target=data["target_assurance"],
        marked_x=data["n_evaluable_planned"],
    )
    table = Table(
        _("Assurance and power by number of evaluable participants"),
        (Column(_("Evaluable"), numeric=True), Column(_("Assurance"), numeric=True), Column(_("Power, all as planned"), numeric=True)),
        tuple(
            (Cell(_people(people)), Cell(power(assurance, decimals=1)), Cell(power(planned, decimals=1)))
            for people, assurance, planned in zip(n, data["assurance"], data["power"], strict=True)
        ),
        long=True,
    )
    reading = _("However many people take part, the assurance stays below {ceiling}.").format(ceiling=power(ceiling, decimals=1).text)
    return (
        chart,
        _("Assurance, the power averaged over what effect and SD may truly be, beside the power if all is as planned."),
        table,
        reading,
    )


def _cycles(data: Mapping[str, Any]) -> Made:
    cycles = tuple(float(one) for one in data["cycles"])
    planned = None if data["planned"] is None else cycles[data["planned"]]
    chart = LineChart(
        _("People needed by cycles for each person"),
        cycles,
        (
            Series(_("evaluable"), _floats(data["n_evaluable"]), planned=True),
            Series(_("randomised"), _floats(data["n_randomised"])),
        ),
        _("cycles for each person"),
        _("people"),
        marked_x=planned,
    )
    rows = zip(data["cycles"], data["n_evaluable"], data["n_randomised"], data["periods"], strict=True)
    table = Table(
        _("People and periods needed for each number of cycles"),
        (
            Column(_("Cycles"), numeric=True),
            Column(_("Evaluable"), numeric=True),
            Column(_("Randomised"), numeric=True),
            Column(_("Periods in all"), numeric=True),
        ),
        tuple(tuple(Cell(NOT_GIVEN if one is None else count(one)) for one in row) for row in rows),
    )
    return chart, _("Cycles against people: how many people are needed for each number of cycles."), table, str(data["reading"])


def _shapes(data: Mapping[str, Any], unit: str) -> Made:
    doses = tuple(data["doses"])
    chart = LineChart(
        _("Assumed shapes of the dose response"),
        doses,
        tuple(Series(_spelled(name), tuple(curve)) for name, curve in data["curves"].items()),
        _("dose, mg"),
        _("difference from placebo, {unit}").format(unit=unit) if unit else _("difference from placebo"),
    )
    planned = data["planned_means"]
    table = Table(
        _("The assumed difference from placebo at each dose"),
        (Column(_("Dose, mg"), numeric=True), *(Column(_spelled(name), numeric=True) for name in planned)),
        tuple(
            (Cell(given(dose)), *(Cell(number(means[at], digits=3)) for means in planned.values()))
            for at, dose in enumerate(data["planned_doses"])
        ),
    )
    return chart, _("The shapes that the test is prepared for, all with the same largest effect."), table, ""


def _questions(data: Mapping[str, Any]) -> Made:
    n, curves = tuple(data["n_evaluable"]), data["curves"]
    targets = {curve["target_power"] for curve in curves}
    chart = LineChart(
        _("Power of each question by evaluable participants"),
        n,
        tuple(Series(curve["name"], tuple(curve["power"])) for curve in curves),
        _("evaluable participants"),
        _("power"),
        shares=True,
        target=targets.pop() if len(targets) == 1 else None,
        marked_x=data["n_evaluable_planned"],
    )
    table = Table(
        _("Power of each question by number of evaluable participants"),
        (Column(_("Evaluable"), numeric=True), *(Column(curve["name"], numeric=True) for curve in curves)),
        tuple((Cell(_people(people)), *(Cell(power(curve["power"][at], decimals=1)) for curve in curves)) for at, people in enumerate(n)),
        long=True,
    )
    return chart, _("Power of each question against the number of people that they share."), table, ""


def _floats(counts: Sequence[int | None]) -> tuple[float | None, ...]:
    return tuple(None if one is None else float(one) for one in counts)


def _people(n: float) -> Value:
    return count(int(n)) if float(n).is_integer() else number(n)


def _spelled(key: str) -> str:
    return key.replace("_", " ").replace("emax", "Emax")
