"""The crossover that a trial figure shows, as data and in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class SequenceRow:
    """One sequence: its letters and how many participants are randomised to it, where that is known."""

    letters: str
    n_randomised: int | None = None


@dataclass(frozen=True)
class TrialFigure:
    """What the figure shows; lengths in days, treatments by letter."""

    sequences: tuple[SequenceRow, ...]
    treatments: Mapping[str, str]
    run_in_days: int
    period_days: int
    washout_days: int
    titration_days: int = 0
    readout_days: int = 0
    follow_up_days: int = 0
    visits: tuple[int, ...] = ()  # days of the planned contacts

    def __post_init__(self) -> None:
        if (
            not self.sequences
            or not all(row.letters for row in self.sequences)
            or self.period_days < 1
            or min(self.run_in_days, self.washout_days, self.titration_days, self.readout_days, self.follow_up_days) < 0
        ):
            raise ValueError(
                "A figure needs one sequence or more, each with a letter, periods of a day or more, and no negative length of time."
            )
        if self.titration_days + self.readout_days > self.period_days:
            raise ValueError("A figure needs periods that hold their titration and, after it, their read-out window.")

    @property
    def periods(self) -> int:
        return max(len(row.letters) for row in self.sequences)

    @property
    def last_day(self) -> int:
        """The end of the last period."""
        return self.periods * self.period_days + (self.periods - 1) * self.washout_days

    @property
    def end_day(self) -> int:
        """The end of follow-up."""
        return self.last_day + self.follow_up_days

    @property
    def visits_shown(self) -> tuple[int, ...]:
        """The days of contacts within the figure, each once, in order."""
        return tuple(sorted({day for day in self.visits if -self.run_in_days <= day <= self.end_day}))

    def period(self, index: int) -> tuple[int, int]:
        """First and last day of a period, counted from randomisation."""
        start = index * (self.period_days + self.washout_days)
        return start, start + self.period_days


def describe(data: TrialFigure) -> str:
    """The design in words, for readers who cannot see the figure."""
    counts = [row.n_randomised for row in data.sequences]
    number_of = len(data.sequences)
    known = [count for count in counts if count is not None]
    if len(known) == number_of and len(set(known)) == 1:
        who = _("{n} participants are randomised, {each} to each of {sequences} sequences.").format(
            n=sum(known), each=known[0], sequences=number_of
        )
    elif len(known) == number_of:
        who = _("{n} participants are randomised to {sequences} sequences.").format(n=sum(known), sequences=number_of)
    else:
        who = _("Participants are randomised to {sequences} sequences.").format(sequences=number_of)
    how = _("A period lasts {period}; {washout} between periods; {run_in} before randomisation.").format(
        period=_days(data.period_days),
        washout=_("a washout of {days}").format(days=_days(data.washout_days)) if data.washout_days else _("no washout"),
        run_in=_("a run-in of {days}").format(days=_days(data.run_in_days)) if data.run_in_days else _("no run-in"),
    )
    each = [_describe_row(data, row) for row in data.sequences]
    letters = [f"{letter}: {label}." for letter, label in sorted(data.treatments.items()) if label]
    return " ".join([who, how, *_inside_periods(data), *each, *letters])


def _inside_periods(data: TrialFigure) -> list[str]:
    """What happens in each period and after the last one, as far as it is given."""
    found = []
    if data.titration_days:
        found.append(_("Each period begins with {days} of titration.").format(days=_days(data.titration_days)))
    if data.readout_days:
        found.append(_("The outcome is read in the last {days} of each period.").format(days=_days(data.readout_days)))
    if data.follow_up_days:
        found.append(_("Follow-up lasts {days} after the last period.").format(days=_days(data.follow_up_days)))
    if data.visits_shown:
        found.append(
            _("Visits are on days {days}.").format(days=", ".join(f"{day}".replace("-", "\N{MINUS SIGN}") for day in data.visits_shown))
        )
    return found


def caption(data: TrialFigure) -> str:
    """How to read the marks of the figure; only those that it has."""
    found = [_("To time scale."), _("R: randomisation.")]
    if data.run_in_days and data.follow_up_days:
        found.append(_("Dotted: run-in and follow-up."))
    elif data.follow_up_days:
        found.append(_("Dotted: follow-up."))
    if data.titration_days:
        found.append(_("Slope: titration."))
    if data.washout_days:
        found.append(_("Hatched: washout."))
    if data.readout_days:
        found.append(_("Copper bar: read-out window, the last {days} of each period.").format(days=_days(data.readout_days)))
    if data.visits_shown:
        found.append(_("Dots on the axis: visits."))
    return " ".join(found)


def _describe_row(data: TrialFigure, row: SequenceRow) -> str:
    taken = ", ".join(
        _("{treatment} on days {first} to {last}").format(treatment=letter, first=data.period(index)[0], last=data.period(index)[1])
        for index, letter in enumerate(row.letters)
    )
    count = "" if row.n_randomised is None else _(" ({n} participants)").format(n=row.n_randomised)
    return _("Sequence {letters}{count}: {taken}.").format(letters=row.letters, count=count, taken=taken)


def title(data: TrialFigure) -> str:
    sequences = "/".join(row.letters for row in data.sequences)
    if len(sequences) <= 40:
        return _("{sequences} crossover, drawn to time scale").format(sequences=sequences)
    return _("Crossover of {sequences} sequences and {periods} periods, drawn to time scale").format(
        sequences=len(data.sequences), periods=data.periods
    )


def _days(days: int) -> str:
    return _("1 day") if days == 1 else _("{n} days").format(n=days)
