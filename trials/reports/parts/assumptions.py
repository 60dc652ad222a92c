"""Part 3: every number that went in, with its unit, how far it can be trusted and where it comes from."""

from django.utils.translation import gettext as _

from gaps.doi import doi_link
from trials.reports.display import NOT_GIVEN, count, given, number, percent, sentence
from trials.reports.document import Block, Cell, Column, Link, Mark, Paragraph, Section, Table, Value
from trials.reports.snapshot import AssumptionFact
from trials.reports.stored import Stored
from trials.reports.symbols import quantity_label, symbol_cell


def assumptions(stored: Stored, part_number: str) -> Section:
    """The table of assumptions, and how an SD was turned into the one that the formula takes."""
    rows = [_assumed(fact) for fact in stored.snapshot.assumptions]
    rows += _standardised(stored)
    if (alpha := stored.analysis.get("alpha")) is not None:
        rows.append(_convention(_("Significance level"), "alpha", given(alpha), _sides(stored)))
    if stored.target_power is not None:
        rows.append(_convention(_("Power wanted"), "target_power", percent(stored.target_power), _("Convention")))
    if stored.target_assurance is not None:
        rows.append(_convention(_("Assurance wanted"), "target_assurance", percent(stored.target_assurance), _("Convention")))
    if stored.is_crossover:
        rows.append(
            (Cell(Value("carryover", _("Carry-over"))), Cell(Value(None, "")), Cell(_nothing_carries_over(stored)), _carryover(stored))
        )
    table = Table(
        "", (Column(_("Assumption")), Column(_("Symbol")), Column(_("Value"), numeric=True), Column(_("Status and source"))), tuple(rows)
    )
    return Section("assumptions", part_number, _("Assumptions"), (table, *_conversions(stored)))


def mark(basis: str) -> Mark:
    """The mark of a basis: R, D, A or U."""
    if basis == "reported":
        return Mark("reported", "R", _("Reported"))
    if basis == "derived":
        return Mark("derived", "D", _("Derived"))
    if basis == "assumed":
        return Mark("assumed", "A", _("Assumed"))
    return Mark("unverified", "U", _("Unverified"))


def assumed_value(fact: AssumptionFact) -> Value:
    """The value as the snapshot says it; older ones give the number in its unit, and shares, which have none, in per cent."""
    if fact.text:
        return Value(fact.value if fact.value is not None else fact.text, fact.text)
    return given(fact.value, unit=fact.unit) if fact.unit else percent(fact.value)


def source_link(fact: AssumptionFact) -> Link | None:
    """The DOI of a source, or its address on the web; other kinds of address are not made into links."""
    if fact.doi:
        return Link(doi_link(fact.doi), fact.doi)
    return Link(fact.url, fact.url) if fact.url.startswith(("https://", "http://")) else None


def _assumed(fact: AssumptionFact) -> tuple[Cell, ...]:
    label = fact.label[:1].upper() + fact.label[1:]
    return (Cell(Value(fact.name, label)), symbol_cell(fact.name), Cell(assumed_value(fact)), _source(fact))


def _source(fact: AssumptionFact) -> Cell:
    return Cell(Value(fact.citation, fact.citation), mark=mark(fact.basis), link=source_link(fact), note=fact.note)


def _convention(label: str, name: str, value: Value, words: str) -> tuple[Cell, ...]:
    return (Cell(Value(name, label)), symbol_cell(name), Cell(value), Cell(Value(words, words), mark=mark("assumed")))


def _standardised(stored: Stored) -> list[tuple[Cell, ...]]:
    """The difference in SDs: a quotient of two assumptions, shown because readers look for it, never something to plan with."""
    difference = stored.assumption("mean_difference")
    sd = stored.assumption("difference_sd") or stored.assumption("within_subject_sd")
    if difference is None or sd is None or difference.value is None or sd.value is None:
        return []
    words = _("Mean difference ÷ {sd}; a consequence of the two, not an input").format(sd=sd.label)
    value = number(difference.value / sd.value)
    return [
        (
            Cell(Value("standardised_difference", _("Standardised difference"))),
            Cell(Value(None, "")),
            Cell(value),
            Cell(Value(words, words), mark=mark("derived")),
        )
    ]


def _sides(stored: Stored) -> str:
    sides = stored.analysis.get("sides")
    if sides is None:
        return _("Convention")
    return _("Convention; one-sided test") if sides == 1 else _("Convention; two-sided test")


def _nothing_carries_over(stored: Stored) -> Value:
    return given(0.0, unit=stored.unit) if stored.unit else Value(0.0, _("none"))


def _carryover(stored: Stored) -> Cell:
    if stored.analysis.get("adjust_for_carryover"):
        words = _("A term of the model; see part 8.")
        return Cell(Value(words, words), mark=mark("assumed"))
    washout_days = stored.snapshot.washout_days
    words = (
        _("The washout of {days} days is taken to be long enough; see part 8.").format(days=washout_days)
        if washout_days
        else _("There is no washout; nothing is taken to last into the next period. See part 8.")
    )
    return Cell(Value(words, words), mark=mark("assumed"))


def _conversions(stored: Stored) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for conversion in stored.answer.get("conversions") or []:
        formula, note = str(conversion["formula"]), str(conversion.get("note", ""))
        inputs = [
            _quantity(name, quantity_label(name), _input(value, stored.unit if _has_unit(name) else ""))
            for name, value in conversion["inputs"].items()
        ]
        name = str(conversion["field"]).rpartition(".")[2]
        result = _quantity(name, _("Result: {name}").format(name=quantity_label(name)), number(conversion["value"], unit=stored.unit))
        blocks += [
            Paragraph(sentence(_("The SD was converted by {formula}. {note}"), formula=Value(formula, formula), note=note)),
            Table(
                _("What went into the conversion"),
                (Column(_("Input")), Column(_("Symbol")), Column(_("Value"), numeric=True)),
                (*inputs, result),
            ),
        ]
    return tuple(blocks)


def _quantity(name: str, label: str, value: Value) -> tuple[Cell, ...]:
    return (Cell(Value(name, label)), symbol_cell(name), Cell(value))


def _has_unit(name: str) -> bool:
    return name.endswith(("_sd", "difference", "lower", "upper", "estimate", "mean_square"))


def _input(value: float | None, unit: str) -> Value:
    if value is None:
        return NOT_GIVEN
    return count(value, unit=unit) if isinstance(value, int) else given(value, unit=unit)
