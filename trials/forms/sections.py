"""One form a section of the draft; they hold no arithmetic."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gaps.models import Gap, Source
from ldnplanner.common.forms import mark_controls
from trials.forms.fields import DaysField, ExactNumberField, NumberField, PercentField, PowerField
from trials.models import AssumptionSource, PlannedQuestion, Protocol, Treatment


class ProtocolForm(forms.ModelForm[Protocol]):
    """Title, gaps and the design in time."""

    class Meta:
        model = Protocol
        fields = ("title", "gaps", "sequences", "period_days", "washout_days", "run_in_days")
        field_classes = dict.fromkeys(("period_days", "washout_days", "run_in_days"), DaysField)
        widgets = {
            "sequences": forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "characters"}),
            "gaps": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gaps: Any = self.fields["gaps"]
        gaps.queryset, gaps.to_field_name = Gap.objects.in_scope(), "uid"
        mark_controls(self)

    def clean_sequences(self) -> str:
        """One word a sequence, whatever stands between the words."""
        return "/".join(word for word in re.split(r"[\s,;/|]+", self.cleaned_data["sequences"].upper()) if word)


class TreatmentForm(forms.ModelForm[Treatment]):
    """What one letter stands for."""

    class Meta:
        model = Treatment
        fields = ("letter", "drug", "dose_mg", "frequency")
        field_classes = {"dose_mg": ExactNumberField}
        widgets = {"letter": forms.HiddenInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dose_mg"].unit = _("mg")  # type: ignore[attr-defined]  # our own field class
        mark_controls(self)

    def has_changed(self) -> bool:
        """A proposed treatment that nobody has touched is kept as well."""
        return bool(self.data.get(self.add_prefix("drug"))) or super().has_changed()


class QuestionForm(forms.ModelForm[PlannedQuestion]):
    """The primary outcome and the assumptions that size it."""

    class Meta:
        model = PlannedQuestion
        fields = (
            "treatment",
            "comparator",
            "outcome",
            "instrument",
            "unit",
            "better",
            "mean_difference",
            "difference_sd",
            "within_subject_sd",
            "dropout_rate",
            "alpha",
            "sides",
            "target_power",
        )
        field_classes = {
            "mean_difference": NumberField,
            "difference_sd": NumberField,
            "within_subject_sd": NumberField,
            "dropout_rate": PercentField,
            "alpha": NumberField,
            "target_power": PowerField,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcome_unit = self.data.get(self.add_prefix("unit")) or self.initial.get("unit") or ""
        for name in ("mean_difference", "difference_sd", "within_subject_sd"):
            self.fields[name].unit = outcome_unit  # type: ignore[attr-defined]  # our own field class
        mark_controls(self)

    def add_error(self, field: str | None, error: Any) -> None:
        """Show what the model says of the whole row at the field that it names by its code."""
        if field is None and isinstance(error, ValidationError) and hasattr(error, "error_dict"):
            for name, problems in error.error_dict.items():
                for problem in problems:
                    super().add_error(problem.code if problem.code in self.fields else name if name in self.fields else None, problem)
        else:
            super().add_error(field, error)


class AssumptionSourceForm(forms.ModelForm[AssumptionSource]):
    """Where one assumption comes from."""

    class Meta:
        model = AssumptionSource
        fields = ("assumption", "basis", "source", "note")
        widgets = {"assumption": forms.HiddenInput, "note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, sources: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = ""
        if sources is not None:
            source: Any = self.fields["source"]
            source.choices, source.to_field_name = sources, "slug"  # read once for all rows
        mark_controls(self)

    def has_changed(self) -> bool:
        """A proposed source that nobody has touched is kept as well."""
        return any(self.data.get(self.add_prefix(name)) for name in ("basis", "source", "note")) or super().has_changed()


def source_choices() -> list[tuple[str, str]]:
    """Every source of the register, for a select."""
    return [
        ("", str(_("No source in the register"))),
        *((source.slug, str(source)) for source in Source.objects.order_by("authors", "year")),
    ]


class KeyedFormSet(forms.BaseInlineFormSet[Any, Any, Any]):
    """Rows that their parent holds once a key: one that is posted as new but already stored changes the stored one.

    So a page that is sent twice, or again after going back, neither fails nor doubles a row.
    """

    key: str

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]  # Django's own, which its stubs leave out
        if form.is_bound and form.instance.pk is None and self.instance.pk:
            posted = form.data.get(form.add_prefix(self.key))
            form.instance = next((row for row in self.get_queryset() if getattr(row, self.key) == posted), form.instance)
        return form


class TreatmentFormSet(KeyedFormSet):
    key = "letter"


class AssumptionSourceFormSet(KeyedFormSet):
    key = "assumption"
