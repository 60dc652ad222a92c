"""Numbers, dates and lengths of time as a report shows them, the same in every language."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from string import Formatter

from django.utils.translation import ngettext

from trials.reports.document import Line, Value

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
NOT_GIVEN = Value(None, "\N{EM DASH}")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: float | None, *, unit: str = "", digits: int = 4) -> Value:
    """A number to so many significant digits, with one decimal at least and its unit: 1.0 points, −0.295."""
    if value is None or not math.isfinite(value):
        return NOT_GIVEN
    text = f"{value + 0.0:.{digits}g}"  # nothing is written as −0
    if "e" in text:
        text = f"{value:.1f}" if abs(value) >= 1 else text
    elif "." not in text:
        text += ".0"
    return Value(value, _with_unit(text.replace("-", MINUS), unit))


def given(value: float | None, *, unit: str = "") -> Value:
    """A number that somebody typed, with all the digits typed, up to twelve."""
    return number(value, unit=unit, digits=12)


def count(value: int | None, *, unit: str = "") -> Value:
    """A whole number."""
    return NOT_GIVEN if value is None else Value(value, _with_unit(f"{value:,}", unit))


def percent(share: float | None, *, decimals: int | None = None) -> Value:
    """A share of 1 in per cent; without `decimals` as many as were typed: 0.2 is 20 %, 0.125 is 12.5 %."""
    if share is None or not math.isfinite(share):
        return NOT_GIVEN
    hundredfold = share * 100
    text = f"{hundredfold:.{decimals}f}" if decimals is not None else f"{hundredfold:.10g}"
    return Value(share, f"{text.replace('-', MINUS)}{NO_BREAK_SPACE}%")


def power(share: float | None, *, decimals: int = 2) -> Value:
    """Power in per cent, never rounded up to certainty: 0.99999 is > 99.99 %."""
    shown = percent(share, decimals=decimals)
    ceiling = 1 - 10 ** -(decimals + 2)
    if share is not None and ceiling < share < 1 and shown.text.startswith("100"):
        return Value(share, f">{NO_BREAK_SPACE}{percent(ceiling, decimals=decimals).text}")
    return shown


def days(value: int) -> Value:
    """A length of time in days, and in weeks where it is whole weeks."""
    text = ngettext("{count} day", "{count} days", value).format(count=value).replace(" ", NO_BREAK_SPACE)
    if value and value % 7 == 0:
        in_weeks = ngettext("{count} week", "{count} weeks", value // 7).format(count=value // 7).replace(" ", NO_BREAK_SPACE)
        text += f" ({in_weeks})"
    return Value(value, text)


def date(moment: datetime) -> Value:
    """A day such as 22 Nov 2026, in UTC."""
    moment = moment.astimezone(UTC)
    return Value(moment.date().isoformat(), f"{moment.day}{NO_BREAK_SPACE}{MONTHS[moment.month - 1]}{NO_BREAK_SPACE}{moment.year}")


def split(parts: Sequence[float] | None, total: float | None) -> Value:
    """A total and what each sequence has of it: 46 = 23 + 23."""
    if total is None or not parts:
        return count(int(total)) if total is not None and float(total).is_integer() else number(total)
    return Value(total, f"{total:g} = {' + '.join(f'{part:g}' for part in parts)}")


def held_together(text: str, unit: str) -> str:
    """A sentence of the engine with no-break spaces before its units and per cent signs."""
    marks = "|".join(re.escape(mark) for mark in ("%", unit) if mark)
    return re.sub(rf"(?<=\d) (?={marks})", NO_BREAK_SPACE, text)


def sentence(template: str, **named: Value | str) -> Line:
    """A sentence with values at its names, kept apart so that a format can make them stand out."""
    line: list[str | Value] = []
    for literal, name, _spec, _conversion in Formatter().parse(template):
        if literal:
            line.append(literal)
        if name:
            line.append(named[name])
    return tuple(line)


def _with_unit(text: str, unit: str) -> str:
    return f"{text}{NO_BREAK_SPACE}{unit}" if unit else text
