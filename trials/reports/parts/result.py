"""Part 4: how many people, and what they can show."""

from django.utils.translation import gettext as _

from trials.reports.display import NO_BREAK_SPACE, NOT_GIVEN, count, number, percent, power, split
from trials.reports.document import Block, Cell, Fact, Facts, Notice, Section, Value
from trials.reports.stored import Stored


def result(stored: Stored, part_number: str) -> Section:
    """The numbers of people, the power, the precision, and the engine's warnings in words."""
    blocks: list[Block] = []
    if stored.answer.get("n_evaluable") is None:
        why = _("This question has no number of participants as an answer: {reason}").format(reason=stored.answer.get("reason", ""))
        blocks.append(Notice("warn", (why,)))
        if (maximum := stored.answer.get("maximum_attainable")) is not None:
            blocks.append(Facts((Fact(_("Highest power attainable"), Cell(power(maximum))),)))
    else:
        blocks.append(Facts((*_people(stored), *_power(stored), *_precision(stored))))
    blocks += [Notice("warn", (str(warning["message"]),)) for warning in stored.answer.get("warnings") or []]
    return Section("result", part_number, _("Result"), tuple(blocks))


def _people(stored: Stored) -> list[Fact]:
    answer = stored.answer
    rows = [
        Fact(
            _("Evaluable, in all and by sequence"),
            Cell(split(answer.get("n_per_sequence"), answer["n_evaluable"]), note=_("People who complete every period.")),
        ),
        Fact(
            _("Randomised, in all and by sequence"),
            Cell(split(answer.get("n_randomised_per_sequence"), answer.get("n_randomised")), note=_loss(stored)),
        ),
    ]
    if answer.get("n_unrounded") is not None:
        rows.append(Fact(_("Evaluable before rounding"), Cell(number(answer["n_unrounded"]))))
    return rows


def _loss(stored: Stored) -> str:
    loss = stored.assumption("dropout_rate")
    if loss is None or loss.value == 0:
        return _("No loss is allowed for.")
    return _("Allows for a loss of {loss}; rounded up to whole participants in each sequence.").format(loss=percent(loss.value).text)


def _power(stored: Stored) -> list[Fact]:
    answer = stored.answer
    rows = [Fact(_("Power reached"), Cell(power(answer.get("power"))))]
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
    level = percent(exploration.get("confidence_level")).text
    target = percent(stored.target_power).text
    wanted = (
        (_("Standard error"), number(answer.get("standard_error"), unit=unit)),
        (_("Degrees of freedom"), degrees(answer.get("degrees_of_freedom"))),
        (_("Critical value"), number(answer.get("critical_value"))),
        (
            _("Smallest difference detectable with {power} power").format(power=target),
            number(exploration.get("detectable_difference"), unit=unit, digits=3),
        ),
        (_("Expected half-width of the {level} interval").format(level=level), number(exploration.get("half_width"), unit=unit, digits=3)),
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
