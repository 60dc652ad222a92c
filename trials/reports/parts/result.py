"""Part 4: how many people, and what they can show."""

from django.utils.translation import gettext as _

from trials.reports.answer_rows import figure, figure_rows, figure_tables
from trials.reports.display import NO_BREAK_SPACE, NOT_GIVEN, count, number, percent, power, split
from trials.reports.document import Block, Cell, Fact, Facts, Notice, Section, Value
from trials.reports.stored import Stored

SAID_ABOVE = (
    "power",
    "power_one_step_below",
    "n_unrounded",
    "standard_error",
    "degrees_of_freedom",
    "critical_value",
    "half_width",
    "variance_factor",
    "confidence_level",
)


def result(stored: Stored, part_number: str) -> Section:
    """The numbers of people, the power, the precision, and the engine's warnings in words."""
    blocks: list[Block] = []
    if stored.answer.get("n_evaluable") is None:
        why = _("This question has no number of participants as an answer: {reason}").format(reason=stored.answer.get("reason", ""))
        blocks.append(Notice("warn", (why,)))
        if (maximum := stored.answer.get("maximum_attainable")) is not None:
            blocks.append(Facts((Fact(_("Highest power attainable"), Cell(power(maximum))),)))
    else:
        rest = figure_rows(stored.answer, unit=stored.unit, leave_out=SAID_ABOVE).rows
        blocks.append(Facts((*_people(stored), *_power(stored), *_precision(stored), *rest)))
        blocks += figure_tables(stored.answer, labels={one.letter: one.label for one in stored.snapshot.treatments})
    blocks += [Notice("warn", (str(warning["message"]),)) for warning in stored.answer.get("warnings") or []]
    return Section("result", part_number, _("Result"), tuple(blocks))


def _people(stored: Stored) -> list[Fact]:
    answer, by_sequence = stored.answer, len(stored.sequences) > 1
    evaluable = _("Evaluable, in all and by sequence") if by_sequence else _("Evaluable")
    randomised = (
        _("Randomised, in all and by sequence") if by_sequence else _("Enrolled") if len(stored.sequences) == 1 else _("Randomised")
    )
    rows = [
        Fact(
            evaluable,
            Cell(
                split(answer.get("n_per_sequence") if by_sequence else None, answer["n_evaluable"]),
                note=_("People who complete every period.") if stored.is_crossover else _("People who are observed to the end."),
            ),
        ),
        Fact(
            randomised,
            Cell(split(answer.get("n_randomised_per_sequence") if by_sequence else None, answer.get("n_randomised")), note=_loss(stored)),
        ),
    ]
    if answer.get("n_unrounded") is not None:
        rows.append(Fact(_("Evaluable before rounding"), Cell(number(answer["n_unrounded"]))))
    return rows


def _loss(stored: Stored) -> str:
    attrition = stored.plan.get("attrition") or {}
    if (rate := attrition.get("dropout_rate")) and len(stored.sequences) > 1:
        return _("Allows for a loss of {loss}; rounded up to whole participants in each sequence.").format(loss=percent(rate).text)
    if rate:
        return _("Allows for a loss of {loss}; rounded up to whole participants.").format(loss=percent(rate).text)
    if lost := attrition.get("lost_before_period"):
        return _("Losses before the periods, of {losses}, are allowed for.").format(losses=", ".join(percent(share).text for share in lost))
    return _("No loss is allowed for.")


def _power(stored: Stored) -> list[Fact]:
    answer = stored.answer
    if answer.get("power") is None:
        return []
    rows = [Fact(_("Power reached"), Cell(power(answer["power"])))]
    if (below := answer.get("power_one_step_below")) is not None:
        rows.append(
            Fact(
                _("Power one step below"),
                Cell(power(below), note=_("With the next smaller number of participants that keeps the allocation.")),
            )
        )
    return rows


def _precision(stored: Stored) -> list[Fact]:
    answer, exploration, unit = stored.answer, stored.exploration, stored.unit
    level = percent(exploration.get("confidence_level") or answer.get("confidence_level")).text
    half_width = exploration.get("half_width") if exploration.get("half_width") is not None else answer.get("half_width")
    target = percent(stored.target_power).text
    wanted = (
        (_("Standard error"), figure(answer, "standard_error", unit=unit)),
        (_("Degrees of freedom"), degrees(answer.get("degrees_of_freedom"))),
        (_("Critical value"), number(answer.get("critical_value"))),
        (
            _("Smallest difference detectable with {power} power").format(power=target),
            number(exploration.get("detectable_difference"), unit=unit, digits=3),
        ),
        (_("Expected half-width of the {level} interval").format(level=level), number(half_width, unit=unit, digits=3)),
    )
    return [Fact(label, Cell(value)) for label, value in wanted if value != NOT_GIVEN]


def degrees(value: float | None) -> Value:
    """Degrees of freedom, whole where they are whole."""
    return count(int(value)) if value is not None and float(value).is_integer() else number(value)


def difference(stored: Stored) -> Value:
    """The difference assumed without its sign, as a sentence about detecting it says it."""
    planned = stored.question.get("mean_difference") if stored.question["kind"] == "superiority" else None
    shown = number(None if planned is None else abs(float(planned)), unit=stored.unit, digits=12)
    return shown if shown != NOT_GIVEN else Value(None, NO_BREAK_SPACE)
