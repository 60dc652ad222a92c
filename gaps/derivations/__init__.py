"""Derived figures: each by a named formula from stored inputs, worked out again at any time.

A derivation is stored as ``{"formula": "se_from_interval", "inputs": {"low": -0.95, "high": 0.27, "level": 0.95, "df": 97}}``. An input may
itself be a derivation, so that an SD found through a p value keeps the p value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isclose, isfinite
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gaps.derivations.formulas import FORMULAS, Bound, Formula, Input

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

__all__ = ["FORMULAS", "Formula", "Given", "Input", "Step", "agrees", "steps", "work_out"]

CLOSE = 1e-9
DEEPEST = 4


@dataclass(frozen=True)
class Given:
    """One input of a step: its key, what it is, its value, and whether an earlier step gave it."""

    name: str
    label: _StrPromise
    value: float
    derived: bool


@dataclass(frozen=True)
class Step:
    """One formula with its inputs and what came out."""

    formula: Formula
    inputs: tuple[Given, ...]
    result: float


def work_out(derivation: Mapping[str, Any]) -> float:
    """The figure that a stored derivation gives, in the unit of its inputs.

    Raises
    ------
    ValidationError
        When the formula is unknown, an input is missing, surplus or out of its range, or nothing finite comes out; the
        message names the input.
    """
    return steps(derivation)[-1].result


def steps(derivation: Mapping[str, Any]) -> list[Step]:
    """The steps of a stored derivation, those that give an input of a later one first.

    Raises
    ------
    ValidationError
        As `work_out`.
    """
    return _steps(derivation, 1)


def agrees(derivation: Mapping[str, Any], stored: float) -> bool:
    """Whether working the derivation out again gives the stored figure, to nine significant digits."""
    return isclose(work_out(derivation), stored, rel_tol=CLOSE, abs_tol=1e-12)


def _steps(derivation: Mapping[str, Any], depth: int) -> list[Step]:
    if depth > DEEPEST:
        raise ValidationError(_("A derivation has at most %(deepest)s steps behind one another.") % {"deepest": DEEPEST}, code="too_deep")
    formula = FORMULAS.get(str(derivation.get("formula", "")))
    if formula is None:
        raise ValidationError(
            _("%(given)s is no formula; choose one of %(known)s."),
            code="unknown_formula",
            params={"given": derivation.get("formula") or "–", "known": ", ".join(FORMULAS)},
        )
    given = derivation.get("inputs")
    given = given if isinstance(given, Mapping) else {}
    wanted = {item.name: item for item in formula.inputs}
    if surplus := sorted(str(name) for name in set(given) - set(wanted)):
        raise _refused(formula, _("%(name)s is no input of it; it takes %(wanted)s"), name=surplus[0], wanted=", ".join(wanted))

    before: list[Step] = []
    inputs: dict[str, float] = {}
    for name, item in wanted.items():
        value = given.get(name)
        if isinstance(value, Mapping):
            before += _steps(value, depth + 1)
            value = before[-1].result
        if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
            raise _refused(formula, _("%(name)s (%(what)s) is missing or no number"), name=name, what=item.label)
        inputs[name] = float(value)
    for item in formula.inputs:
        _check(formula, item, inputs)
    shown = tuple(Given(name, item.label, inputs[name], isinstance(given[name], Mapping)) for name, item in wanted.items())
    return [*before, Step(formula, shown, _result(formula, inputs))]


def _is_finite(value: float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:  # a whole number beyond what a float holds
        return False


def _check(formula: Formula, item: Input, inputs: Mapping[str, float]) -> None:
    value = inputs[item.name]

    def at(bound: Bound) -> float:
        return inputs[bound] if isinstance(bound, str) else float(bound)

    wrong = (
        (item.whole and value != int(value), _("must be a whole number")),
        (not item.zero and value == 0, _("must not be 0")),
        (item.above is not None and value <= at(item.above), _("must be above {bound}").format(bound=item.above)),
        (item.below is not None and value >= at(item.below), _("must be below {bound}").format(bound=item.below)),
        (item.at_least is not None and value < at(item.at_least), _("must be at least {bound}").format(bound=item.at_least)),
        (item.at_most is not None and value > at(item.at_most), _("must be at most {bound}").format(bound=item.at_most)),
    )
    for is_wrong, rule in wrong:
        if is_wrong:
            raise _refused(
                formula, _("%(name)s (%(what)s) is %(value)s, but %(rule)s"), name=item.name, what=item.label, value=f"{value:g}", rule=rule
            )


def _result(formula: Formula, inputs: Mapping[str, float]) -> float:
    try:
        value = formula.work_out(**inputs)
    except (ArithmeticError, ValueError):
        value = float("nan")
    if isinstance(value, complex) or not isfinite(value):
        raise ValidationError(_("%(label)s: these inputs give no number."), code="no_number", params={"label": formula.label})
    if (formula.at_least is not None and value < formula.at_least) or (formula.at_most is not None and value > formula.at_most):
        raise _refused(
            formula,
            _("these inputs give %(value)s, and only %(low)s to %(high)s is possible; they do not fit together"),
            value=f"{value:.4g}",
            low=formula.at_least,
            high=formula.at_most,
        )
    return float(value)


def _refused(formula: Formula, words: str, **params: object) -> ValidationError:
    return ValidationError(f"{formula.label}: {words % params}.", code="derivation_input")
