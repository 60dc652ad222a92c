"""The desk's page for one figure of a study, where it can be derived without a script: choose a formula, type its inputs, save."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from gaps import derivations
from gaps.admin.history import HistoryAdmin
from gaps.admin.study import basis_mark
from gaps.derivations import text as derivation_text
from gaps.evidence.figure import Figure
from gaps.models import Basis, Estimate
from gaps.models.estimate import DERIVABLE

if TYPE_CHECKING:
    from gaps.models.estimate import EstimateQuerySet

NO_FORMULA = ("", _("None: as typed above"))


class EstimateForm(forms.ModelForm[Estimate]):
    """A figure, with a formula and its inputs for the value and for the standard error."""

    value_formula = forms.ChoiceField(label=_("Formula of the value"), required=False)
    value_inputs = forms.CharField(
        label=_("Its inputs"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 90}),
        help_text=_("Such as events = 28, n = 140. Without inputs, saving tells which ones the formula takes."),
    )
    standard_error_formula = forms.ChoiceField(label=_("Formula of the standard error"), required=False)
    standard_error_inputs = forms.CharField(
        label=_("Its inputs"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 90}),
        help_text=_(
            "Such as low = -0.95, high = 0.27, level = 0.95, df = 97. An input may itself be a formula with its inputs in brackets."
        ),
    )

    class Meta:
        widgets = {name: forms.TextInput(attrs={"size": 90}) for name in ("label", "instrument", "locator", "note")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [NO_FORMULA, *((formula.name, f"{formula.label} ({formula.name})") for formula in derivations.FORMULAS.values())]
        for name in DERIVABLE:
            field = self.fields.get(f"{name}_formula")
            if not isinstance(field, forms.ChoiceField):
                continue  # somebody who may only read sees no form
            field.choices = choices
            derivation = (self.instance.derivation or {}).get(name) or {}
            self.initial[f"{name}_formula"] = derivation.get("formula", "")
            self.initial[f"{name}_inputs"] = derivation_text.write(derivation.get("inputs", {}))

    def clean(self) -> dict[str, Any]:
        """The derivation from what was typed; a figure typed before is filled in anew, one typed now must agree."""
        cleaned = super().clean() or self.cleaned_data
        derivation = {}
        for name in DERIVABLE:
            if found := self._derived(name, cleaned):
                derivation[name] = found
        self.instance.derivation = derivation
        if "value" in derivation and cleaned.get("basis") == Basis.REPORTED:
            cleaned["basis"] = Basis.DERIVED.value
        if "value" not in derivation and cleaned.get("basis") == Basis.DERIVED and not self.errors.get("value_inputs"):
            self.add_error("value_formula", ValidationError(_("A derived value needs its formula and inputs."), code="required"))
        return cleaned

    def _derived(self, name: str, cleaned: dict[str, Any]) -> dict[str, Any] | None:
        formula, typed = cleaned.get(f"{name}_formula", ""), cleaned.get(f"{name}_inputs", "")
        if not formula:
            if typed.strip() and f"{name}_formula" in cleaned:
                self.add_error(f"{name}_formula", ValidationError(_("Choose the formula that these inputs are for."), code="required"))
            return None
        if not typed.strip():
            self.add_error(f"{name}_inputs", ValidationError(_needs(formula), code="required"))
            return None
        try:
            derivation = {"formula": formula, "inputs": derivation_text.read(typed)}
            found = derivations.work_out(derivation)
        except ValidationError as error:
            self.add_error(f"{name}_inputs", error)
            return None
        given = cleaned.get(name) if name in self.changed_data else None
        if given is not None and not derivations.agrees(derivation, given):
            words = _("The formula gives %(found)s; leave this empty to have it filled in.")
            self.add_error(name, ValidationError(words, code="derivation_differs", params={"found": f"{found:.6g}"}))
            return None
        cleaned[name] = found
        return derivation

    def _update_errors(self, errors: ValidationError) -> None:
        """What the model says of the derivation as a whole has no field of that name here."""
        if hasattr(errors, "error_dict") and "derivation" in errors.error_dict:
            errors.error_dict.setdefault(NON_FIELD_ERRORS, []).extend(errors.error_dict.pop("derivation"))
        super()._update_errors(errors)  # type: ignore[misc]


def _needs(name: str) -> str:
    formula = derivations.FORMULAS[name]
    wanted = ", ".join(f"{item.name} = … ({item.label})" for item in formula.inputs)
    return _("This formula takes %(wanted)s.") % {"wanted": wanted}


@admin.register(Estimate)
class EstimateAdmin(HistoryAdmin[Estimate]):
    form = EstimateForm
    fieldsets = (
        (
            _("What it is"),
            {
                "fields": ("study", "label", "slug", "outcome_domain", ("measure", "comparison"), "timepoint_days", "stands_for_study"),
                "description": _("A difference is always treatment − comparator: below 0, pain is less on the treatment."),
            },
        ),
        (
            _("The figure"),
            {
                "fields": (
                    ("value", "unit"),
                    "basis",
                    ("ci_low", "ci_high", "ci_level"),
                    ("standard_error", "p_value"),
                    ("n", "events"),
                ),
                "description": _("As the source reports it. Leave empty what is not reported; what follows from it is derived below."),
            },
        ),
        (
            _("Derived by a formula"),
            {
                "fields": ("value_formula", "value_inputs", "standard_error_formula", "standard_error_inputs", "how", "formulas"),
                "description": _(
                    "Choose a formula and type its inputs; on saving, the figure is worked out, filled in above and shown here."
                ),
            },
        ),
        (_("Instrument"), {"fields": ("instrument", ("scale_min", "scale_max"))}),
        (_("Where the source says it"), {"fields": ("locator", "note")}),
    )
    readonly_fields = ("how", "formulas")
    prepopulated_fields = {"slug": ("label",)}
    autocomplete_fields = ("study", "outcome_domain")
    list_display = ("label", "of_study", "figure", "interval_shown", "n", "basis_shown", "stands_for_study")
    list_filter = ("basis", "measure", "comparison", "outcome_domain", "stands_for_study")
    list_select_related = ("study", "outcome_domain")
    list_per_page = 50
    search_fields = (
        "label",
        "slug",
        "instrument",
        "study__label",
        "study__title",
        "study__registrations__identifier",
        "study__sources__doi",
    )
    search_help_text = _("Words of the figure, its study or instrument, a registration or a DOI; every word must occur.")
    ordering = ("study__label", "pk")

    def get_queryset(self, request: HttpRequest) -> EstimateQuerySet:
        return Estimate.objects.select_related("study", "outcome_domain")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Estimate], search_term: str) -> tuple[QuerySet[Estimate], bool]:
        found, _duplicates = super().get_search_results(request, queryset, search_term)
        return queryset.filter(pk__in=found.order_by().values("pk")), False

    def get_prepopulated_fields(self, request: HttpRequest, obj: Estimate | None = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    def view_on_site(self, estimate: Estimate) -> str:
        return estimate.study.get_absolute_url()

    def save_model(self, request: HttpRequest, obj: Estimate, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        for name, derivation in obj.derivation.items():
            step = derivations.steps(derivation)[-1]
            words = _("%(name)s: %(result)s, by %(rule)s.")
            label = str(Estimate._meta.get_field(name).verbose_name).capitalize()  # type: ignore[union-attr]
            messages.info(request, words % {"name": label, "result": f"{step.result:.6g}", "rule": step.formula.rule})

    @admin.display(description=_("study"), ordering="study__label")
    def of_study(self, estimate: Estimate) -> str:
        return estimate.study.label

    @admin.display(description=_("value"), ordering="value")
    def figure(self, estimate: Estimate) -> str:
        return Figure(estimate).value

    @admin.display(description=_("interval"), ordering="ci_low")
    def interval_shown(self, estimate: Estimate) -> str:
        return Figure(estimate).interval or "–"

    @admin.display(description=_("basis"), ordering="basis")
    def basis_shown(self, estimate: Estimate) -> str:
        return basis_mark(estimate.basis)

    @admin.display(description=_("as derived"))
    def how(self, estimate: Estimate) -> str:
        lines = [
            (derivation.label, step.label, step.rule, ", ".join(f"{label} {value}" for label, value in step.inputs), step.result)
            for derivation in (Figure(estimate).derived() if estimate.pk else [])
            for step in derivation.steps
        ]
        return format_html_join("", "<p>{}: {}, {}; with {}, <strong>{}</strong></p>", lines) or str(_("Nothing of it is derived."))

    @admin.display(description=_("the formulas"))
    def formulas(self, _estimate: Estimate) -> str:
        lines = [
            (formula.label, formula.name, ", ".join(item.name for item in formula.inputs), formula.rule, formula.source)
            for formula in derivations.FORMULAS.values()
        ]
        return format_html(
            "<details><summary>{}</summary><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></details>",
            _("All formulas and the inputs that each takes"),
            format_html_join("", '<th scope="col">{}</th>', ((words,) for words in (_("formula"), _("inputs"), _("rule"), _("source")))),
            format_html_join(
                "", '<tr><th scope="row">{}<br><code>{}</code></th><td><code>{}</code></td><td>{}</td><td>{}</td></tr>', lines
            ),
        )
