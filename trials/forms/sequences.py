"""Sequences and their allocation as people type them, and what is wrong with them, by sequence and letter."""

from __future__ import annotations

import re
from math import gcd
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from trials.models.protocol import LETTERS
from trials.sizing.design import MOST_PERIODS, MOST_SEQUENCES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import QueryDict

ORDINALS = (
    gettext_lazy("the first sequence"),
    gettext_lazy("the second sequence"),
    gettext_lazy("the third sequence"),
    gettext_lazy("the fourth sequence"),
    gettext_lazy("the fifth sequence"),
    gettext_lazy("the sixth sequence"),
)
LONGEST_SHOWN = 20


def read_sequences(text: str) -> tuple[str, ...]:
    """The sequences in capitals; a stroke, a comma, a semicolon, a bar or a space parts them."""
    return tuple(word for word in re.split(r"[\s,;/|]+", text.upper()) if word)


def checked_sequences(text: str) -> tuple[str, ...]:
    """The sequences, if they can be those of a crossover; none for an empty text.

    Raises
    ------
    ValidationError
        A letter that stands for no treatment, by its place; sequences of unequal length, repeated ones, one period, one treatment, or
        more than the engine takes. The first such problem is told: those after it are often its consequence.
    """
    sequences = read_sequences(text)
    if problem := next(_problems(sequences), None):
        raise ValidationError(problem)
    return sequences


def _problems(sequences: tuple[str, ...]) -> Iterator[str]:
    if len(sequences) > MOST_SEQUENCES:
        yield _("There are {count} sequences; at most {most} are allowed.").format(count=len(sequences), most=MOST_SEQUENCES)
    for at, sequence in enumerate(sequences):
        for place, letter in enumerate(sequence, 1):
            if letter not in LETTERS:
                yield _(
                    "Letter {place} of {which} ({sequence}) is “{letter}”, which stands for no treatment. Use the letters A to H."
                ).format(place=place, which=_which(at), sequence=_shown(sequence), letter=letter)
    yield from _lengths(sequences)
    for at, sequence in enumerate(sequences):
        if (first := sequences.index(sequence)) < at:
            yield _(
                "{which} ({sequence}) repeats {other}. Write each sequence once; to send more people to one, give shares in the allocation, such as 2:1."
            ).format(which=_capital(_which(at)), sequence=_shown(sequence), other=_which(first))
    if sequences and len(set("".join(sequences))) == 1:
        yield _(
            "Every sequence gives {letter} alone. A crossover compares two treatments or more: use another letter as well, such as AB/BA."
        ).format(letter=sequences[0][0])


def _lengths(sequences: tuple[str, ...]) -> Iterator[str]:
    for at, sequence in enumerate(sequences):
        if len(sequence) > MOST_PERIODS:
            yield _("{which} ({sequence}) has {count} letters, so as many periods; at most {most} are allowed.").format(
                which=_capital(_which(at)), sequence=_shown(sequence), count=len(sequence), most=MOST_PERIODS
            )
        if len(sequence) != len(sequences[0]):
            yield _(
                "{which} ({sequence}) has {count}, but the first one ({first}) has {first_count}. Give each sequence one letter a period, so that all are equally long."
            ).format(
                which=_capital(_which(at)),
                sequence=_shown(sequence),
                count=_letters(len(sequence)),
                first=_shown(sequences[0]),
                first_count=_letters(len(sequences[0])),
            )
    if sequences and len(sequences[0]) == 1:
        yield _(
            "A crossover has at least two periods: give each sequence two letters or more, such as AB/BA. {which} ({sequence}) has one."
        ).format(which=_capital(_which(0)), sequence=sequences[0])


def checked_allocation(text: str) -> tuple[int, ...]:
    """The shares of an allocation such as 2:1; none where nothing is given.

    Raises
    ------
    ValidationError
        A share that is no whole number from 1 to 999.
    """
    words = [word for word in re.split(r"[\s:,;/]+", text) if word]
    for place, word in enumerate(words, 1):
        if not (word.isascii() and word.isdecimal() and 1 <= int(word) <= 999):
            raise ValidationError(
                _(
                    "Share {place} is “{word}”. Write a whole number from 1 to 999 for each sequence, with colons between, such as 2:1."
                ).format(place=place, word=word[:LONGEST_SHOWN])
            )
    shares = [int(word) for word in words]
    common = gcd(*shares) if shares else 1
    return tuple(share // common for share in shares)


def allocation_fits(shares: tuple[int, ...], sequences: tuple[str, ...]) -> str:
    """What is wrong with so many shares for these sequences, in words; empty where nothing is."""
    if not shares or not sequences or len(shares) == len(sequences):
        return ""
    return _(
        "There are {shares} for {sequences} ({text}). Give one share a sequence, in their order, such as {example}; leave it empty for equal numbers."
    ).format(
        shares=ngettext("{n} share", "{n} shares", len(shares)).format(n=len(shares)),
        sequences=ngettext("{n} sequence", "{n} sequences", len(sequences)).format(n=len(sequences)),
        text="/".join(sequences[:6]) + ("/…" if len(sequences) > 6 else ""),
        example=":".join(["2"] + ["1"] * (len(sequences) - 1)),
    )


def inside_period(period_days: int | None, titration_days: int | None, readout_days: int | None) -> tuple[str, str] | None:
    """What does not fit into a period, as the name of the field and the problem in words; lengths in days, None where not given."""
    if not period_days:
        return None
    if readout_days and readout_days > period_days:
        return "readout_days", _(
            "A read-out window of {readout} days is longer than the period of {period} days, so it would reach into the washout before. Use {period} days at most."
        ).format(readout=readout_days, period=period_days)
    if titration_days and titration_days >= period_days:
        return "titration_days", _(
            "Titration of {titration} days leaves nothing of the period of {period} days. Use {most} days at most, or a longer period."
        ).format(titration=titration_days, period=period_days, most=period_days - 1)
    if titration_days and readout_days and titration_days + readout_days > period_days:
        return "readout_days", _(
            "A read-out window of {readout} days begins on day {begins} of the period, before the {titration} days of titration end. "
            "Use {most} days at most, so that the outcome is read at the full dose, or a longer period."
        ).format(readout=readout_days, begins=period_days - readout_days, titration=titration_days, most=period_days - titration_days)
    return None


def picked(data: QueryDict) -> QueryDict:
    """What was posted, with the common design that a button named in place of the sequences; equal numbers go to them."""
    if "pick" not in data:
        return data
    taken = data.copy()
    taken["protocol-sequences"] = str(data["pick"])
    taken["protocol-allocation"] = ""
    return taken


def _which(at: int) -> str:
    return str(ORDINALS[at]) if at < len(ORDINALS) else _("sequence {number}").format(number=at + 1)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _shown(sequence: str) -> str:
    return sequence if len(sequence) <= LONGEST_SHOWN else f"{sequence[:LONGEST_SHOWN]}…"


def _letters(count: int) -> str:
    return ngettext("{n} letter", "{n} letters", count).format(n=count)
