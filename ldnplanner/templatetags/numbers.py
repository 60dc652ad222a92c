"""How numbers read on a page: rounding and units only, never arithmetic on results."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import ngettext

register = template.Library()

NBSP = "\N{NO-BREAK SPACE}"
DASH = "–"


@register.filter
def percent(share: float | None, decimals: int = 0) -> str:
    """A share of 0–1 as per cent, such as 91.2 %."""
    return DASH if share is None else f"{share * 100:.{decimals}f}{NBSP}%"


@register.filter
def days(count: int | None) -> str:
    """A length of time in days, and in weeks when it is whole ones, such as 42 days (6 weeks)."""
    if count is None:
        return DASH
    words = ngettext("%(n)d day", "%(n)d days", count) % {"n": count}
    if count and count % 7 == 0:
        weeks = ngettext("%(n)d week", "%(n)d weeks", count // 7) % {"n": count // 7}
        return f"{words} ({weeks})".replace(" ", NBSP, 1)
    return words.replace(" ", NBSP, 1)


@register.filter
def number(value: Any) -> str:
    """A number as short as it can be written, with a true minus."""
    if value is None:
        return DASH
    if isinstance(value, int):
        return f"{value:,}".replace("-", "\N{MINUS SIGN}", 1)
    text = f"{Decimal(repr(value)).normalize():f}" if isinstance(value, float) else str(value)
    return text.replace("-", "\N{MINUS SIGN}", 1)


@register.filter
def rounded(value: float | None, decimals: int = 2) -> str:
    """A result rounded for reading, with a true minus."""
    return DASH if value is None else f"{value:.{decimals}f}".replace("-", "\N{MINUS SIGN}", 1)


def amount(value: float, unit: str) -> str:
    """A quantity with its unit as outcomes are written, with at least one decimal, such as 1.0 points."""
    return f"{rounded(value, 1) if value == round(value) else number(value)}{NBSP}{unit}".rstrip()


def percent_as_given(share: float) -> str:
    """A chosen share of 0–1 as per cent, with as many decimals as were given, such as 2.5 %."""
    return f"{share * 100:.6g}{NBSP}%"
