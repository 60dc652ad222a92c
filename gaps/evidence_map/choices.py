"""What a reader chooses about the map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gaps.evidence_map.axes import AXES, DOSE, DURATION, OUTCOME, POPULATION, Axis
from gaps.models import Estimate, Term
from gaps.synthesis.pooling import Model
from ldnplanner.common.forms import mark_controls

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

ALPHA = 0.05
POWERS: list[tuple[str, _StrPromise]] = [("0.9", _("90 %")), ("0.8", _("80 %"))]
COMPARISONS = [Estimate.Comparison.PLACEBO, Estimate.Comparison.ACTIVE]
DEFAULTS = {
    "rows": POPULATION.key,
    "columns": OUTCOME.key,
    "difference": "1",
    "model": Model.FIXED.value,
    "power": "0.9",
    "comparison": Estimate.Comparison.PLACEBO.value,
    "tolerated_rate": "1",
}
MAIN = ("rows", "columns", "difference", "model", "power")


@dataclass(frozen=True)
class Chosen:
    """Everything that decides how the map looks; `outcome` and `population` are terms, or none for all."""

    rows: Axis
    columns: Axis
    target_difference: float
    own_difference: bool
    model: Model
    power: float
    comparison: str
    tolerated_rate: float
    outcome: Term | None
    population: Term | None

    @property
    def axes(self) -> tuple[Axis, Axis]:
        return self.rows, self.columns


class MapChoices(forms.Form):
    """Rows, columns and what is enough. Whatever is left out or makes no sense is drawn as on the first visit."""

    rows = forms.ChoiceField(label=_("Rows"), choices=[(axis.key, axis.label) for axis in AXES.values()])
    columns = forms.ChoiceField(label=_("Columns"), choices=[(axis.key, axis.label) for axis in AXES.values()])
    difference = forms.FloatField(
        label=_("Difference that matters"),
        min_value=0.001,
        max_value=10_000,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
        error_messages={"min_value": _("Give a difference of 0.001 or more, without sign.")},
    )
    model = forms.ChoiceField(label=_("Model"), choices=[(Model.FIXED, _("Fixed effect")), (Model.RANDOM, _("Random effects"))])
    power = forms.ChoiceField(label=_("Power"), choices=POWERS)
    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    population = forms.ChoiceField(label=_("Population"), required=False)
    comparison = forms.ChoiceField(label=_("Compared"), choices=[(comparison.value, comparison.label) for comparison in COMPARISONS])
    own_difference = forms.BooleanField(label=_("Use a gap’s own difference and tolerated rate where it names one"), required=False)
    tolerated_rate = forms.FloatField(label=_("Tolerated rate of harm, %"), min_value=0.001, max_value=99)

    def __init__(self, data: Mapping[str, Any], terms: Iterable[Term]) -> None:
        super().__init__({**DEFAULTS, **{name: value for name, value in data.items() if value != ""}})
        self.terms = {(term.scheme, term.slug): term for term in terms}
        outcomes = [(term.slug, term.label) for term in terms if term.scheme == Term.Scheme.OUTCOME]
        populations = [(term.slug, term.label) for term in terms if term.scheme == Term.Scheme.POPULATION]
        self.fields["outcome"].choices = outcomes  # type: ignore[attr-defined]
        self.fields["population"].choices = [("", _("All together")), *populations]  # type: ignore[attr-defined]
        self.fields["tolerated_rate"].widget.attrs |= {"step": "any", "inputmode": "decimal"}
        mark_controls(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("rows") and cleaned.get("rows") == cleaned.get("columns"):
            self.add_error("columns", _("Rows already show this; choose something else for the columns."))
        return cleaned

    def chosen(self) -> Chosen:
        """What is to be drawn: the choices that are valid, and for the others those of the first visit."""
        self.is_valid()
        given = {**DEFAULTS, **{name: value for name, value in self.cleaned_data.items() if name not in self.errors}}
        rows = AXES[given["rows"]]
        columns = AXES[given["columns"]]
        if columns is rows:
            columns = {POPULATION: OUTCOME, OUTCOME: POPULATION, DOSE: DURATION, DURATION: DOSE}[rows]
        outcome = population = None
        if OUTCOME not in {rows, columns}:
            slugs = [slug for scheme, slug in self.terms if scheme == Term.Scheme.OUTCOME]
            slug = given.get("outcome") or next(iter(slugs), "")
            outcome = self.terms.get((Term.Scheme.OUTCOME, slug))
        if POPULATION not in {rows, columns} and given.get("population"):
            population = self.terms.get((Term.Scheme.POPULATION, given["population"]))
        return Chosen(
            rows=rows,
            columns=columns,
            target_difference=float(given["difference"]),
            own_difference=bool(given.get("own_difference")),
            model=Model(given["model"]),
            power=float(given["power"]),
            comparison=given["comparison"],
            tolerated_rate=float(given["tolerated_rate"]) / 100,
            outcome=outcome,
            population=population,
        )

    def main_fields(self, chosen: Chosen) -> list[forms.BoundField]:
        """The fields in the bar: the axes and what is enough, and which outcome, where the axes do not show the outcomes."""
        names = [*MAIN, *(["outcome"] if chosen.outcome else [])]
        return [self[name] for name in names]

    def further_fields(self, chosen: Chosen) -> list[forms.BoundField]:
        """The fields that most readers leave alone."""
        fewer = [] if POPULATION in chosen.axes else ["population"]
        return [self[name] for name in [*fewer, "comparison", "tolerated_rate", "own_difference"]]
