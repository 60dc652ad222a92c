"""Values of boxes in nested data: how they are found, put, and said in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trials.kinds.box import Box
from trials.sizing.noun import plain

SHAPE_NAMES = {
    "linear": gettext_lazy("linear"),
    "log_linear": gettext_lazy("log-linear"),
    "emax": gettext_lazy("Emax"),
    "sigmoid_emax": gettext_lazy("sigmoid Emax"),
    "quadratic": gettext_lazy("quadratic"),
    "exponential": gettext_lazy("exponential"),
    "logistic": gettext_lazy("logistic"),
}


@dataclass(frozen=True)
class Part:
    """One number of a box, or words where it is none: `name` is its key in the plan language."""

    name: str
    label: str
    value: float | None
    words: str = ""
    is_share: bool = False
    has_unit: bool = True


def dig(data: Mapping[str, Any], path: str) -> Any:
    """The value at a path of nested data, or None."""
    found: Any = data
    for word in path.split("."):
        found = found.get(word) if isinstance(found, Mapping) else None
    return found


def put(data: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a path of nested data; a word on the way gives way to a mapping."""
    *way, last = path.split(".")
    for word in way:
        if not isinstance(data.get(word), dict):
            data[word] = {}
        data = data[word]
    data[last] = value


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Both nested data in one; where they differ the second counts."""
    found = dict(first)
    for key, value in second.items():
        mine = found.get(key)
        found[key] = merged(mine, value) if isinstance(mine, Mapping) and isinstance(value, Mapping) else value
    return found


def without(data: Mapping[str, Any], is_known: Callable[[str], bool], stem: str = "") -> dict[str, Any]:
    """Nested data without what stands at the paths that are known."""
    found: dict[str, Any] = {}
    for key, value in data.items():
        path = f"{stem}.{key}" if stem else str(key)
        if is_known(path):
            continue
        if isinstance(value, Mapping):
            if rest := without(value, is_known, path):
                found[key] = rest
        else:
            found[key] = value
    return found


def value_in(data: Mapping[str, Any], box: Box) -> Any:
    """What nested data hold for a box; the levels of a moderator as rows of name, share and effect."""
    if box.sort != "levels":
        return dig(data, box.path)
    shares, effects = ((dig(data, path) or {}) for path in box.plan_paths)
    rows = [[name, shares.get(name), effects.get(name)] for name in {**shares, **effects}]
    return rows or None


def put_value(data: dict[str, Any], box: Box, value: Any) -> None:
    """Set what was typed into a box at its place in nested data; nothing where it is empty."""
    if value in (None, "", [], {}):
        return
    if box.sort == "levels":
        for path, column in zip(box.plan_paths, (1, 2), strict=True):
            given = {row[0]: row[column] for row in value if row[column] is not None}
            if given:
                put(data, path, given)
    else:
        put(data, box.path, value)


def parts(box: Box, value: Any, label: str) -> list[Part]:
    """The value of a box as rows of a table: one number each, or words."""
    is_share = box.sort in {"percent", "variation"}
    if box.sort in {"by_letter", "others"}:
        return [Part(f"{box.key}.{letter}", label.format(letter=letter), number) for letter, number in sorted((value or {}).items())]
    if box.sort == "levels":
        return [part for row in value or [] for part in _level(row)]
    if box.sort == "shapes":
        return [Part("shapes", _("candidate shape"), None, shape_in_words(shape)) for shape in value or []]
    if isinstance(value, list):
        return [Part(box.key, label, None, _between(value) if box.sort == "interval" else ", ".join(_listed(one) for one in value))]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return [Part(box.key, label, None, _said(box, value))]
    return [Part(box.key, label, value, is_share=is_share, has_unit=not is_share)]


def shape_in_words(shape: Mapping[str, Any]) -> str:
    """A candidate shape with its parameters, such as "Emax (ed50 1.5)"."""
    name = str(SHAPE_NAMES.get(shape.get("kind", ""), shape.get("kind", "")))
    given = ", ".join(f"{key} {plain(number)}" for key, number in shape.items() if key != "kind")
    return f"{name} ({given})" if given else name


def _level(row: list[Any]) -> list[Part]:
    name, share, effect = row
    return [
        Part(f"shares.{name}", _("share of people: {group}").format(group=name), share, is_share=True, has_unit=False),
        Part(f"effects.{name}", _("mean difference: {group}").format(group=name), effect),
    ]


def _between(ends: list[float]) -> str:
    lower, upper = (plain(end) for end in ends)
    return _("{lower} to {upper}").format(lower=lower, upper=upper)


def _listed(one: Any) -> str:
    return f"{plain(one * 100)}\N{NO-BREAK SPACE}%" if isinstance(one, int | float) else str(one)


def _said(box: Box, value: Any) -> str:
    if value in (None, ""):
        return ""
    if box.sort == "flag":
        return _("yes")
    return str(dict(box.choices).get(str(value).lower(), value))
