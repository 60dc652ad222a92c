"""Figures that follow from what a source reports: each by a named formula from stored inputs, worked out again at any time.

A derivation is stored as ``{"formula": "se_from_interval", "inputs": {"low": -0.95, "high": 0.27, "level": 0.95, "df": 97}}``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isclose, isfinite, sqrt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CLOSE = 1e-9


@dataclass(frozen=True)
class Input:
    """One number that a formula needs: its key, what it is, and between which values it lies (the ends excluded)."""

    name: str
    label: _StrPromise
    above: float | None = None
    below: float | None = None


@dataclass(frozen=True)
class Formula:
    """One way from reported numbers to a derived one, with the rule as people write it and where it comes from."""

    name: str
    label: _StrPromise
    rule: str
    source: str
    inputs: tuple[Input, ...]
    work_out: Callable[..., float]


def _t(level: float, df: float) -> float:
    from scipy import special

    return -float(special.stdtrit(df, (1.0 - level) / 2.0))


def _se_from_interval(low: float, high: float, level: float, df: float) -> float:
    return (high - low) / (2.0 * _t(level, df))


def _se_from_p_value(difference: float, p_value: float, df: float) -> float:
    return abs(difference) / _t(1.0 - p_value, df)


def _zero_event_upper_limit(n: float, level: float) -> float:
    return float(1.0 - (1.0 - level) ** (1.0 / n))


_COCHRANE = "Cochrane Handbook, chapter 6"
_LEVEL = Input("level", _("confidence level, 0–1"), above=0, below=1)
_DF = Input("df", _("degrees of freedom of the t test"), above=0)
_N = Input("n", _("participants"), above=0)

FORMULAS: dict[str, Formula] = {
    formula.name: formula
    for formula in (
        Formula(
            "se_from_interval",
            _("Standard error from a confidence interval"),
            "(high − low) / (2·t), t the two-sided point of Student's t at the level with df degrees of freedom",
            _COCHRANE,
            (Input("low", _("lower limit")), Input("high", _("upper limit")), _LEVEL, _DF),
            _se_from_interval,
        ),
        Formula(
            "se_from_p_value",
            _("Standard error from a two-sided p value"),
            "|difference| / t, t the upper p/2 point of Student's t with df degrees of freedom",
            _COCHRANE,
            (Input("difference", _("difference")), Input("p_value", _("two-sided p value"), above=0, below=1), _DF),
            _se_from_p_value,
        ),
        Formula(
            "difference_sd_from_se",
            _("SD of the within-person difference from its standard error"),
            "standard error·√n",
            _COCHRANE,
            (Input("standard_error", _("standard error"), above=0), _N),
            lambda standard_error, n: standard_error * sqrt(n),
        ),
        Formula(
            "sd_from_group_se",
            _("SD of one measurement from the standard error of a difference between two groups"),
            "standard error / √(1/n_1 + 1/n_2)",
            _COCHRANE,
            (
                Input("standard_error", _("standard error"), above=0),
                Input("n_1", _("participants of one group"), above=0),
                Input("n_2", _("participants of the other"), above=0),
            ),
            lambda standard_error, n_1, n_2: standard_error / sqrt(1.0 / n_1 + 1.0 / n_2),
        ),
        Formula(
            "sd_from_iqr",
            _("SD from an interquartile range, normality assumed"),
            "interquartile range / 1.349",
            _COCHRANE,
            (Input("iqr", _("interquartile range"), above=0),),
            lambda iqr: iqr / 1.349,
        ),
        Formula(
            "se_from_sd",
            _("Standard error of a mean from an SD"),
            "SD / √n",
            "definition",
            (Input("sd", _("SD"), above=0), _N),
            lambda sd, n: sd / sqrt(n),
        ),
        Formula(
            "correlation_from_sds",
            _("Correlation between two periods from three SDs"),
            "(sd_1² + sd_2² − difference_sd²) / (2·sd_1·sd_2)",
            _COCHRANE,
            (
                Input("sd_1", _("SD in one period"), above=0),
                Input("sd_2", _("SD in the other"), above=0),
                Input("difference_sd", _("SD of the within-person difference"), above=0),
            ),
            lambda sd_1, sd_2, difference_sd: (sd_1**2 + sd_2**2 - difference_sd**2) / (2.0 * sd_1 * sd_2),
        ),
        Formula(
            "difference",
            _("Difference of two figures"),
            "first − second",
            "definition",
            (Input("first", _("first figure, the treatment's")), Input("second", _("second figure, the comparator's"))),
            lambda first, second: first - second,
        ),
        Formula(
            "share",
            _("Share of events"),
            "events / n",
            "definition",
            (Input("events", _("events"), above=-1), _N),
            lambda events, n: events / n,
        ),
        Formula(
            "se_of_risk_difference",
            _("Standard error of a difference of two shares"),
            "√(p_1(1 − p_1)/n_1 + p_2(1 − p_2)/n_2)",
            _COCHRANE,
            (
                Input("p_1", _("share in one group"), above=0, below=1),
                Input("n_1", _("participants of that group"), above=0),
                Input("p_2", _("share in the other"), above=0, below=1),
                Input("n_2", _("participants of the other"), above=0),
            ),
            lambda p_1, n_1, p_2, n_2: sqrt(p_1 * (1 - p_1) / n_1 + p_2 * (1 - p_2) / n_2),
        ),
        Formula(
            "zero_event_upper_limit",
            _("Upper limit of a rate when no event was seen"),
            "1 − (1 − level)^(1/n)",
            "Hanley and Lippman-Hand, JAMA 1983;249:1743–5",
            (_N, _LEVEL),
            _zero_event_upper_limit,
        ),
    )
}


def work_out(derivation: Mapping[str, Any]) -> float:
    """The figure that a stored derivation gives, in the unit of its inputs.

    Raises
    ------
    ValidationError
        When the formula is unknown, an input is missing, surplus or out of its range, or nothing finite comes out; the
        message names the input.
    """
    formula = FORMULAS.get(str(derivation.get("formula", "")))
    if formula is None:
        raise ValidationError(
            _("%(given)s is no formula; choose one of %(known)s."),
            code="unknown_formula",
            params={"given": derivation.get("formula") or "–", "known": ", ".join(FORMULAS)},
        )
    given = derivation.get("inputs")
    inputs = _checked(formula, given if isinstance(given, Mapping) else {})
    try:
        value = formula.work_out(**inputs)
    except (ArithmeticError, ValueError):
        value = float("nan")
    if isinstance(value, complex) or not isfinite(value):
        raise ValidationError(_("%(label)s: these inputs give no number."), code="no_number", params={"label": formula.label})
    return float(value)


def agrees(derivation: Mapping[str, Any], stored: float) -> bool:
    """Whether working the derivation out again gives the stored figure, to nine significant digits."""
    return isclose(work_out(derivation), stored, rel_tol=CLOSE, abs_tol=1e-12)


def _checked(formula: Formula, given: Mapping[str, Any]) -> dict[str, float]:
    wanted = {item.name: item for item in formula.inputs}
    if surplus := sorted(set(given) - set(wanted)):
        raise _refused(formula, _("%(name)s is no input of it"), name=surplus[0])
    inputs = {}
    for name, item in wanted.items():
        value = given.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise _refused(formula, _("%(name)s (%(what)s) is missing or no number"), name=name, what=item.label)
        if (item.above is not None and value <= item.above) or (item.below is not None and value >= item.below):
            raise _refused(formula, _("%(name)s (%(what)s) cannot be %(value)s"), name=name, what=item.label, value=f"{value:g}")
        inputs[name] = float(value)
    return inputs


def _refused(formula: Formula, words: _StrPromise, **params: object) -> ValidationError:
    return ValidationError(f"{formula.label}: {words % params}.", code="derivation_input")
