"""The inputs of a derivation as people type them: ``low = -0.95, high = 0.27``, one after the other or one a line.

An input that a formula gives in turn is typed with its own inputs in brackets: ``standard_error = se_from_p_value(difference = 10.8,
p_value = 0.016, df = 27)``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gaps.derivations import DEEPEST

_NAME = re.compile(r"[A-Za-z]\w*")
_SIGN = re.compile(r"\s*[=:]\s*")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?=[\s,;)]|\Z)")
_PARTED = re.compile(r"[\s,;]*")
_WORD = re.compile(r"[^\s,;]*")
_OPENED = re.compile(r"\s*\(")


def read(text: str) -> dict[str, Any]:
    """The inputs that a text names, each a number or a derivation of its own.

    Raises
    ------
    ValidationError
        When the text is not written as "name = number"; the message quotes the line.

    Examples
    --------
    >>> read("low = -0.95, high = 0.27")
    {'low': -0.95, 'high': 0.27}
    """
    reader = _Reader(text)
    inputs = reader.inputs(1)
    if reader.at < len(text):
        raise reader.refused(_("this bracket is not opened"))
    return inputs


def write(inputs: Mapping[str, Any]) -> str:
    """The inputs of a stored derivation as one types them, so that what is read again is the same.

    Examples
    --------
    >>> write({"low": -0.95, "n": 49})
    'low = -0.95, n = 49'
    """
    return ", ".join(f"{name} = {_written(value)}" for name, value in inputs.items())


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{value.get('formula', '')}({write(value.get('inputs', {}))})"
    return repr(value)


class _Reader:
    """Goes through a text from input to input, and knows in which line it is."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
        self.at = 0

    def refused(self, words: str) -> ValidationError:
        line = self.text.count("\n", 0, self.at) + 1
        quoted = self.text.split("\n")[line - 1].strip()
        return ValidationError(
            _("Line %(line)s, “%(quoted)s”: %(words)s."),
            code="derivation_text",
            params={"line": line, "quoted": quoted[:80], "words": words},
        )

    def take(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[0]

    def inputs(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.take(_PARTED)
        while self.at < len(self.text) and self.text[self.at] != ")":
            start = self.at
            name = self.take(_NAME)
            if name is None or self.take(_SIGN) is None:
                self.at = start
                if found and self.text[start].isdigit() and self.text[:start].rstrip(" ").endswith(","):
                    raise self.refused(_("write decimals with a point, such as 0.05"))
                raise self.refused(_("write each input as name = number, such as low = -0.95"))
            if name in found:
                self.at = start
                raise self.refused(_("%(name)s is given twice") % {"name": name})
            found[name] = self.value(name, depth)
            self.take(_PARTED)
        return found

    def value(self, name: str, depth: int) -> Any:
        if number := self.take(_NUMBER):
            return float(number) if re.search(r"[.eE]", number) or len(number) > 15 else int(number)
        start = self.at
        formula = self.take(_NAME)
        if formula and self.take(_OPENED):
            if depth >= DEEPEST:
                raise self.refused(_("at most %(deepest)s formulas stand inside one another") % {"deepest": DEEPEST})
            inner = self.inputs(depth + 1)
            if self.text[self.at : self.at + 1] != ")":
                raise self.refused(_("the bracket behind %(formula)s is not closed") % {"formula": formula})
            self.at += 1
            return {"formula": formula, "inputs": inner}
        self.at = start
        word = self.take(_WORD) or ""
        self.at = start
        raise self.refused(
            _("%(name)s is “%(word)s”, which is no number; write it with a point, such as 0.05") % {"name": name, "word": word}
        )
