"""One thing that a section asks, and the section: names, words and where it belongs in the standards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Sort = Literal["line", "text", "lines", "choice", "choices", "count", "date", "rows"]
Words = "str | _StrPromise"
LONGEST = {"line": 200, "text": 5000, "lines": 5000}
MOST_ROWS = 30


@dataclass(frozen=True)
class Item:
    """One thing that a section asks; `name` is its key from the form's field to the JSON of a version.

    `sort` says what is stored: a line or a text is a string, `lines` a list of strings, `choice` a key of `choices`, `choices` a list of
    such keys, `count` a whole number, `date` an ISO date, and `rows` a list of objects whose keys are the names of `columns`. What is
    not filled in is not stored. `m11` is the section of ICH M11 in which it is printed, `spirit` the items of SPIRIT 2025 that it answers.
    """

    name: str
    label: str | _StrPromise
    help: str | _StrPromise = ""
    sort: Sort = "text"
    choices: tuple[tuple[str, str | _StrPromise], ...] = ()
    columns: tuple[Item, ...] = ()
    m11: str = ""
    spirit: tuple[str, ...] = ()
    unit: str | _StrPromise = ""

    def choice(self, key: str) -> str:
        """What a key of the choices says; the key itself where a later version has dropped it."""
        return str(dict(self.choices).get(key, key))


@dataclass(frozen=True)
class SectionSpec:
    """One section of a protocol: what it is called, what it is for, and what it asks, in order."""

    name: str
    title: str | _StrPromise
    purpose: str | _StrPromise
    items: tuple[Item, ...]

    def item(self, name: str) -> Item:
        """The item of this name.

        Raises
        ------
        KeyError
            The section asks nothing of this name.
        """
        return {item.name: item for item in self.items}[name]
