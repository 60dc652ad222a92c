"""What a design is worth, what it asks and what its washout covers, as rows for a page or a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trials.protocol.washout import HALF_LIVES
from trials.reports.display import NOT_GIVEN, count, days, number, percent
from trials.reports.document import Cell, Fact, Value

if TYPE_CHECKING:
    from trials.protocol.burden import Load
    from trials.protocol.washout import HalfLife, Washout
    from trials.sizing.properties import Properties


@dataclass(frozen=True)
class Held:
    """One thing that a washout is held against: what lasts, how long, whether it is covered, how far that can be trusted, and its source."""

    name: str
    lasts: str
    covered: str
    basis: str
    source: str
    low_days: float
    high_days: float


def property_rows(found: Properties, letters: tuple[str, ...]) -> list[Fact]:
    """Balance, efficiency and carry-over of a design in words."""
    return [_periods(found), _sequences(found), _followers(found), _plain(found), _fitted(found), _bias(found, letters)]


def _fact(label: str, text: str, note: str, value: float | bool | None = None) -> Fact:
    return Fact(label, Cell(Value(value, text), note=note))


def _periods(found: Properties) -> Fact:
    note = (
        _("A change over time weighs on all treatments alike.")
        if found.uniform_within_periods
        else _("Treatments and periods are partly mixed up, which costs people.")
    )
    return _fact(
        _("Each period gives each treatment equally often"), _yes(found.uniform_within_periods), note, found.uniform_within_periods
    )


def _sequences(found: Properties) -> Fact:
    note = (
        _("Differences between people weigh on all treatments alike.")
        if found.uniform_within_sequences
        else _("Some people receive one treatment more often than another.")
    )
    return _fact(
        _("Each sequence gives each treatment equally often"), _yes(found.uniform_within_sequences), note, found.uniform_within_sequences
    )


def _followers(found: Properties) -> Fact:
    label = _("Each treatment follows each other one equally often")
    if found.strongly_balanced:
        return _fact(
            label, _("Yes, and itself"), _("Balanced for carry-over, strongly: carry-over and treatment hardly touch."), value=True
        )
    if found.balanced_for_carryover:
        return _fact(label, _yes(True), _("Balanced for carry-over from one period into the next."), value=True)
    return _fact(label, _yes(False), _("Not balanced for carry-over: it weighs on some treatments more than on others."), value=False)


def _plain(found: Properties) -> Fact:
    label = _("Efficiency")
    if found.efficiency is None:
        return Fact(label, Cell(NOT_GIVEN, note=found.reason or ""))
    note = _("Of an ideal design of as many periods. Variance factor {factor}: the variance of the estimate is {factor} × σ² ÷ n.").format(
        factor=number(found.variance_factor, digits=4).text
    )
    return Fact(label, Cell(percent(round(found.efficiency, 3)), note=note))


def _fitted(found: Properties) -> Fact:
    label = _("Efficiency with carry-over in the model")
    if found.efficiency_with_carryover is None or found.price_of_carryover is None:
        return Fact(label, Cell(NOT_GIVEN, note=found.reason_with_carryover or ""))
    if found.price_of_carryover < 1.0005:
        note = _("It costs nobody more.")
    else:
        note = _("It takes {times} times as many people.").format(times=number(found.price_of_carryover, digits=3).text)
    return Fact(label, Cell(percent(round(found.efficiency_with_carryover, 3)), note=note))


def _bias(found: Properties, letters: tuple[str, ...]) -> Fact:
    label = _("If carry-over is left out of the model")
    if found.carryover_bias is None:
        return Fact(label, Cell(NOT_GIVEN))
    if abs(found.carryover_bias) < 5e-4:
        return _fact(label, _("No bias"), _("Carry-over from one period into the next does not move the estimate."), value=0.0)
    moved = _("{bias} × the difference in carry-over").format(bias=number(found.carryover_bias, digits=3).text)
    if len(letters) == 2:
        note = _("Bias of {first} − {second}, where {first} carries over more than {second} by that difference.")
    else:
        note = _("Bias of a difference, where one treatment carries over more than the other; mean over all pairs.")
    return _fact(label, moved, note.format(first=letters[0], second=letters[-1]), found.carryover_bias)


def load_rows(load: Load, currency: str) -> list[Fact]:
    """Time, visits, cost and recruitment; what the design does not give says what it takes."""
    people = _("Needs a size: see the result.") if load.n_randomised is None else ""
    visits = _("Give the visits in a period.")
    return [
        Fact(_("Time for each participant"), Cell(days(load.days_per_person) if load.days_per_person is not None else NOT_GIVEN)),
        Fact(
            _("Visits of each participant"), Cell(count(load.visits_per_person), note="" if load.visits_per_person is not None else visits)
        ),
        Fact(_("Randomised"), Cell(count(load.n_randomised), note=people)),
        Fact(_("Person-weeks"), Cell(_whole(load.person_weeks), note=_("From run-in to follow-up, everybody who starts."))),
        Fact(_("Visits in all periods"), Cell(count(load.visits), note="" if load.visits is not None or people else visits)),
        Fact(
            _("Cost"),
            Cell(
                _whole(load.cost, unit=currency),
                note="" if load.cost is not None or people else _("Give the cost of a participant or of a visit."),
            ),
        ),
        Fact(_("Time to recruit"), _recruiting(load, people)),
        Fact(
            _("From the first randomised to the last visit"),
            Cell(
                _months(load.trial_months),
                note="" if load.trial_months is not None or people else _("Give how many are randomised a month."),
            ),
        ),
    ]


def _recruiting(load: Load, people: str) -> Cell:
    if load.recruitment_months is None:
        return Cell(NOT_GIVEN, note="" if people else _("Give how many are randomised a month."))
    if load.recruitment_per_site_month is None:
        return Cell(_months(load.recruitment_months))
    note = _("{rate} a month and site.").format(rate=number(load.recruitment_per_site_month, digits=3).text)
    return Cell(_months(load.recruitment_months), note=note)


def washout_rows(found: Washout) -> list[Held]:
    """What a washout is held against: five half-lives, the effect as the design says, and what was seen of it."""
    rows = [_half_lives(one, found.washout_days) for one in found.half_lives]
    if (lasts := found.effect_persistence_days) is not None:
        source = _("Typed in the design; the section on the design says why.")
        rows.append(
            Held(_("The effect, as you say"), days(lasts).text, _covered(found.washout_days, lasts, lasts), "assumed", source, lasts, lasts)
        )
    if (seen := found.seen_to_last) is not None:
        covered = _covered(found.washout_days, seen.days, seen.days)
        rows.append(Held(_large(str(seen.label)), days(seen.days).text, covered, "unverified", str(seen.source), seen.days, seen.days))
    return rows


def _half_lives(one: HalfLife, washout_days: int) -> Held:
    low, high = one.low_days, one.high_days
    hours = f"{one.low_hours:g}" if low == high else _("{low:g} to {high:g}").format(low=one.low_hours, high=one.high_hours)
    lasts = _("{days:.1f} days").format(days=high) if low == high else _("{low:.1f} to {high:.1f} days").format(low=low, high=high)
    return Held(
        name=_("{substance}, {times} × {hours} h").format(substance=_large(str(one.substance)), times=HALF_LIVES, hours=hours),
        lasts=lasts,
        covered=_covered(washout_days, low, high),
        basis="unverified" if "unverified" in {one.low_basis, one.high_basis} else "reported",
        source=str(one.source),
        low_days=low,
        high_days=high,
    )


def _covered(washout_days: int, low: float, high: float) -> str:
    return _("yes") if washout_days >= high else _("no") if washout_days < low else _("partly")


def _large(text: str) -> str:
    return text[:1].upper() + text[1:]


def _yes(holds: bool) -> str:
    return _("Yes") if holds else _("No")


def _whole(value: float | None, unit: str = "") -> Value:
    return NOT_GIVEN if value is None else count(round(value), unit=unit)


def _months(value: float | None) -> Value:
    if value is None:
        return NOT_GIVEN
    text = f"{value:.1f}"
    return Value(value, ngettext("{n} month", "{n} months", 1 if text == "1.0" else 2).format(n=text))
