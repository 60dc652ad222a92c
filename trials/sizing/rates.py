"""How rates of events and spans of time are written in a sentence."""

from trials.sizing.names import number
from trials.sizing.noun import plain

SCALES = (100, 1_000, 10_000, 100_000, 1_000_000)


def share_in_words(share: float) -> str:
    """A share of people as per cent, to four digits: 0.009936 → 0.9936 %."""
    return f"{number(100.0 * share)} %"


def one_in(share: float) -> str:
    """A small share as people say it, 0.01 → 1 in 100; others as per cent."""
    inverse = 1.0 / share
    return f"1 in {inverse:,.0f}" if 3 <= inverse < 1e12 and abs(inverse - round(inverse)) < 0.005 * inverse else share_in_words(share)


def rate_in_words(rate: float) -> str:
    """A rate per 100 person-years, on larger scales where it would be less than 0.1: 0.01 → 1 per 100 person-years."""
    if rate >= 5:
        return f"{number(rate)} per person-year"
    scale = next((scale for scale in SCALES if rate * scale >= 0.1 - 1e-9), SCALES[-1])
    return f"{number(rate * scale)} per {scale:,} person-years"


def years_in_words(years: float) -> str:
    """A span of time: years from one on, below that months or days."""
    if years >= 1:
        return "1 year" if years == 1 else f"{number(years)} years"
    months = 12.0 * years
    if months >= 1 and abs(months - round(months)) < 0.01:
        return "1 month" if round(months) == 1 else f"{round(months)} months"
    weeks = years * 365.25 / 7.0
    return f"{number(round(weeks, 1))} weeks" if weeks >= 1.5 else f"{number(years)} years"


def events_in_words(events: float) -> str:
    if events == 0:
        return "no event"
    return "1 event" if events == 1 else f"{plain(events)} events"
