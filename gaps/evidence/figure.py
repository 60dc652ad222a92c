"""How a figure of a study reads: its value with unit, its interval, its error, and the steps by which it was derived."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import floor, log10

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gaps import derivations
from gaps.models import Basis, Estimate
from ldnplanner.templatetags.numbers import NBSP, number
from ldnplanner.templatetags.numbers import rounded as fixed

PER_CENT = frozenset(
    {
        Estimate.Measure.RISK_DIFFERENCE,
        Estimate.Measure.PROPORTION,
        Estimate.Measure.RATE,
        Estimate.Measure.UPPER_LIMIT,
        Estimate.Measure.DROPOUT,
    }
)
"""Measures that are kept as shares of 0–1 and read in per cent, where no other unit is given."""
DERIVED_DIGITS = 3


SIGNED = frozenset(
    {
        Estimate.Measure.MEAN_DIFFERENCE,
        Estimate.Measure.MEDIAN_DIFFERENCE,
        Estimate.Measure.STANDARDISED_DIFFERENCE,
        Estimate.Measure.RISK_DIFFERENCE,
        Estimate.Measure.MEAN_CHANGE,
    }
)
"""Measures whose value says by its sign whom it favours."""


@dataclass(frozen=True)
class StepRead:
    """One step of a derivation in words: the formula with its rule and source, its inputs as they read, and what came out."""

    label: str
    rule: str
    source: str
    inputs: list[tuple[str, str]]
    result: str


@dataclass(frozen=True)
class Derivation:
    """How one number of a figure was derived: which number, and the steps to it."""

    label: str
    steps: list[StepRead]


def brief(value: float, digits: int = 6) -> str:
    """A number to so many digits at most, with a true minus."""
    return number(float(f"{value:.{digits}g}"))


@dataclass(frozen=True)
class Figure:
    """An estimate as readers see it. Reported numbers are shown as reported; what was worked out, to three digits."""

    estimate: Estimate

    @cached_property
    def in_per_cent(self) -> bool:
        return self.estimate.measure in PER_CENT and not self.estimate.unit

    @property
    def value(self) -> str:
        """The value with its unit, or else the p value."""
        estimate = self.estimate
        if estimate.value is None:
            return _("p {p}").format(p=number(estimate.p_value))
        text = self._shown(estimate.value, rounded="value" in estimate.derivation)
        if estimate.measure in SIGNED and estimate.value > 0:
            text = f"+{text}"
        return f"{text}{NBSP}{self.unit}" if self.unit else text

    @property
    def unit(self) -> str:
        """What the value counts; between two shares lie percentage points, not a part of one of them."""
        if not self.in_per_cent:
            return self.estimate.unit
        return _("percentage points") if self.estimate.measure == Estimate.Measure.RISK_DIFFERENCE else "%"

    @cached_property
    def interval(self) -> str:
        """Its interval at its level, or nothing."""
        interval = self.estimate.interval()
        if interval is None:
            return ""
        worked_out = self.estimate.ci_low is None or interval.basis == Basis.DERIVED
        low, high = self._ends(interval.low, interval.high, rounded=worked_out)
        words = _("{level} % CI {low} to {high}").format(level=number(float(f"{interval.level * 100:.6g}")), low=low, high=high)
        return f"{words}{NBSP}%" if self.unit == "%" else words

    @cached_property
    def interval_basis(self) -> str:
        interval = self.estimate.interval()
        return interval.basis.value if interval else ""

    @property
    def p_value(self) -> str:
        """The p value beside a value, or nothing."""
        estimate = self.estimate
        return "" if estimate.p_value is None or estimate.value is None else number(estimate.p_value)

    @property
    def standard_error(self) -> str:
        if self.estimate.standard_error is None:
            return ""
        return self._shown(self.estimate.standard_error, rounded="standard_error" in self.estimate.derivation)

    @property
    def standard_error_basis(self) -> str:
        return Basis.DERIVED.value if "standard_error" in self.estimate.derivation else self.estimate.basis

    @property
    def people(self) -> str:
        """How many people, and how many of them had the event."""
        estimate = self.estimate
        if estimate.n is None:
            return ""
        if estimate.events is None:
            return number(estimate.n)
        return _("{events} of {n}").format(events=number(estimate.events), n=number(estimate.n))

    def derived(self) -> list[Derivation]:
        """How each of its derived numbers was obtained; one whose stored derivation no longer works out is left out."""
        labels = {"value": _("value"), "standard_error": _("standard error")}
        found = []
        for name, derivation in self.estimate.derivation.items():
            try:
                steps = derivations.steps(derivation)
            except ValidationError:
                continue
            found.append(Derivation(labels.get(name, name), [_read(step) for step in steps]))
        return found

    def _shown(self, value: float, *, rounded: bool) -> str:
        value = value * 100 if self.in_per_cent else value
        text = brief(value, DERIVED_DIGITS if rounded else 10)
        return f"{text}.0" if self.estimate.unit == "points" and "." not in text else text

    def _ends(self, low: float, high: float, *, rounded: bool) -> tuple[str, str]:
        """Both ends to equally many decimals: as many as the longer one has, or of what was worked out, the shorter one at three digits."""
        ends = [end * 100 if self.in_per_cent else end for end in (low, high)]
        if rounded:
            decimals = min((_decimals_at(end, DERIVED_DIGITS) for end in ends if end), default=0)
        else:
            decimals = max(len(brief(end, 10).partition(".")[2]) for end in ends)
        first, second = (fixed(end, decimals) for end in ends)
        return first, second


def _decimals_at(value: float, digits: int) -> int:
    """How many decimals a number has when it is written to so many digits."""
    return min(max(digits - 1 - floor(log10(abs(value))), 0), 10)


def _read(step: derivations.Step) -> StepRead:
    formula = step.formula
    inputs = [(str(item.label), brief(item.value)) for item in step.inputs]
    return StepRead(str(formula.label), formula.rule, formula.source, inputs, brief(step.result, 5))
