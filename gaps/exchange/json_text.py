"""JSON with the line of each of its entries, and errors that say where they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from gaps.exchange.record import Unfit

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"\s*")
_HALF = re.compile(r"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|[c-fC-F][0-9a-fA-F]{2}(?<!\\u[dD][89abAB]..\\u....))")


def entries(text: str, *wrappers: str) -> list[tuple[int, Any]]:
    """The entries of a list with the lines on which they begin; a single object is a list of one.

    An object that holds the list under one of `wrappers` stands for it.

    Raises
    ------
    Unfit
        When the text is no JSON; with the line and what is wrong there.
    """
    try:
        whole = json.loads(text)
        json.dumps(whole, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = _HALF.search(text)
        problem = _("This JSON holds half of a character, such as \\ud83d without its other half.")
        raise Unfit("JSON", problem, _("Export the file once more."), _line(text, half.start()) if half else 1) from error
    except json.JSONDecodeError as error:
        problem = _("This is not JSON: %(what)s in line %(line)s, column %(column)s.") % {
            "what": error.msg,
            "line": error.lineno,
            "column": error.colno,
        }
        raise Unfit("JSON", problem, _("Export the file once more; it may have been cut off or edited by hand."), error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise Unfit("JSON", _("This JSON cannot be read: %(what)s.") % {"what": error}, _("Export the file once more."), 1) from error
    begin = 0
    if isinstance(whole, dict):
        name = next((name for name in wrappers if isinstance(whole.get(name), list)), None)
        found = re.search(rf'"{re.escape(name)}"\s*:\s*(?=\[)', text) if name else None
        if found is None:
            return [(_line(text, _skip(text, 0)), whole)]
        begin = found.end()
    if not isinstance(whole, dict | list):
        raise Unfit("JSON", _("The file holds neither an object nor a list of them."), _("Export the file once more."), 1)
    return _listed(text, begin)


def lists_of(text: str, holder: str) -> tuple[dict[str, Any], dict[str, list[tuple[int, Any]]]]:
    """An object, and the lists in that of its members which is called `holder`, each entry with the line on which it begins.

    Raises
    ------
    Unfit
        When the text is no JSON, or not an object that holds such an object of lists.
    """
    [(_line_of_it, whole), *_more] = entries(text) or [(1, None)]
    if not isinstance(whole, dict) or not isinstance(whole.get(holder), dict):
        raise Unfit(holder, _("The file holds no object “%(name)s”.") % {"name": holder}, _("Export the file once more."), 1)
    found: dict[str, list[tuple[int, Any]]] = {}
    for name, at in _members(text, next(at for key, at in _members(text, _skip(text, 0)) if key == holder)):
        if text[at] != "[":
            raise Unfit(name, _("“%(name)s” is no list.") % {"name": name}, _("Export the file once more."), _line(text, at))
        before = text.count("\n", 0, at)
        found[name] = [(before + line, value) for line, value in _listed(text[at:], 0)]
    return whole, found


def _members(text: str, begin: int) -> Iterator[tuple[str, int]]:
    """The names of an object that is known to be well formed, and where their values begin."""
    at = _skip(text, begin + 1)
    while text[at] != "}":
        name, end = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, end) + 1)
        yield name, at
        at = _skip(text, _DECODER.raw_decode(text, at)[1])
        if text[at] == ",":
            at = _skip(text, at + 1)


def _listed(text: str, begin: int) -> list[tuple[int, Any]]:
    at = _skip(text, text.index("[", begin) + 1)
    listed, line, counted = [], 1, 0
    while text[at] != "]":
        value, end = _DECODER.raw_decode(text, at)
        line, counted = line + text.count("\n", counted, at), at
        listed.append((line, value))
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return listed


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
