"""One form a section of the draft; they hold no arithmetic."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gaps.models import Gap, Source
from ldnplanner.common.forms import mark_controls
from trials.forms.fields import DaysField, ExactNumberField, NumberField, PercentField
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
        self.fields["gaps"].queryset = Gap.objects.in_scope()  # type: ignore[attr-defined]  # a ModelMultipleChoiceField
        mark_controls(self)

    def clean_sequences(self) -> str:
        return "".join(self.cleaned_data["sequences"].split()).upper()


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
            "target_power": PercentField,
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

    def __init__(self, *args: Any, sources: list[tuple[int | str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = ""
        if sources is not None:
            self.fields["source"].choices = sources  # type: ignore[attr-defined]  # read once for all rows
        mark_controls(self)

    def has_changed(self) -> bool:
        """A proposed source that nobody has touched is kept as well."""
        return any(self.data.get(self.add_prefix(name)) for name in ("basis", "source", "note")) or super().has_changed()


def source_choices() -> list[tuple[int | str, str]]:
    """Every source of the register, for a select."""
    return [("", str(_("No source in the register"))), *((source.pk, str(source)) for source in Source.objects.order_by("authors", "year"))]
