"""How a figure of a study reads: its value with unit, its interval, its error, and the steps by which it was derived."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gaps import derivations
from gaps.models import Basis, Estimate
from ldnplanner.templatetags.numbers import NBSP, number

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


@dataclass(frozen=True)
class Derivation:
    """How one figure was derived: what it is, the steps, and the result as it reads."""

    label: str
    steps: list[derivations.Step]


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
        unit = "%" if self.in_per_cent else estimate.unit
        return f"{text}{NBSP}{unit}" if unit else text

    @cached_property
    def interval(self) -> str:
        """Its interval at its level, or nothing."""
        interval = self.estimate.interval()
        if interval is None:
            return ""
        worked_out = self.estimate.ci_low is None or interval.basis == Basis.DERIVED
        return _("{level} % CI {low} to {high}").format(
            level=number(float(f"{interval.level * 100:.6g}")),
            low=self._shown(interval.low, rounded=worked_out),
            high=self._shown(interval.high, rounded=worked_out),
        )

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
                found.append(Derivation(labels.get(name, name), derivations.steps(derivation)))
            except ValidationError:
                continue
        return found

    def _shown(self, value: float, *, rounded: bool) -> str:
        value = value * 100 if self.in_per_cent else value
        return number(float(f"{value:.{DERIVED_DIGITS}g}")) if rounded else number(float(f"{value:.10g}"))
