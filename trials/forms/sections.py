"""One form a section of the draft; they hold no arithmetic."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from gaps.models import Estimate, Gap, Source
from ldnplanner.common.forms import mark_controls
from trials import kinds
from trials.forms.asking import COLUMNS, Asking
from trials.forms.fields import CountField, DaysField, ExactNumberField, NumberField, PercentField, PowerField
from trials.forms.sequences import allocation_fits, checked_allocation, checked_sequences, inside_period, read_sequences
from trials.from_register import offered
from trials.kinds import Box
from trials.models import AssumptionSource, PlannedQuestion, Protocol, Treatment
from trials.models.protocol import DESIGN_FIELDS

NUMBERS = {"mean_difference", "difference_sd", "within_subject_sd", "dropout_rate", "alpha", "target_power"}
DAYS = tuple(name for name in DESIGN_FIELDS if name.endswith("_days"))
# boxes that the page folds away
BEHIND_THE_DESIGN = (
    "effect_persistence_days",
    "visits_per_period",
    "sites",
    "recruitment_per_month",
    "cost_per_participant",
    "cost_per_visit",
    "currency",
)
COLUMN_NAMES = {*NUMBERS, "treatment", "comparator", "better", "sides"}


def add_row_error(form: forms.BaseForm, add: Callable[[str | None, Any], None], field: str | None, error: Any) -> None:
    """Add what a model says of a whole row at the field that the error names by its code, and other errors as they are."""
    if field is None and isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        for name, problems in error.error_dict.items():
            for problem in problems:
                add(problem.code if problem.code in form.fields else name if name in form.fields else None, problem)
    else:
        add(field, error)


class ProtocolForm(forms.ModelForm[Protocol]):
    """Title, gaps and the design: sequences, lengths of time, and what the trial asks of people, sites and budget."""

    class Meta:
        model = Protocol
        fields = ("title", "gaps", "registration", *DESIGN_FIELDS)
        field_classes = {
            **dict.fromkeys(DAYS, DaysField),
            **dict.fromkeys(("visits_per_period", "sites"), CountField),
            **dict.fromkeys(("recruitment_per_month", "cost_per_participant", "cost_per_visit"), NumberField),
        }
        widgets = {
            "sequences": forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "characters", "autocomplete": "off"}),
            "allocation": forms.TextInput(attrs={"spellcheck": "false", "inputmode": "text", "autocomplete": "off", "placeholder": "1:1"}),
            "gaps": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, reader: User | AnonymousUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        gaps: Any = self.fields["gaps"]
        taken_up = self.instance.gaps.values("pk") if self.instance.pk else []
        readable = Gap.objects.visible_to(reader).values("pk")
        gaps.queryset = Gap.objects.in_scope().filter(Q(pk__in=readable) | Q(pk__in=taken_up))
        gaps.to_field_name = "uid"
        allocation: Any = self.fields["allocation"]
        allocation.validators = []  # clean_allocation says which share is wrong
        recruitment: Any = self.fields["recruitment_per_month"]
        recruitment.unit = _("a month")
        for name in ("cost_per_participant", "cost_per_visit"):
            cost: Any = self.fields[name]
            cost.unit = str(self["currency"].value() or "")
        mark_controls(self)

    def clean_sequences(self) -> str:
        """One word a sequence, whatever stands between the words."""
        return "/".join(checked_sequences(self.cleaned_data["sequences"]))

    def clean_allocation(self) -> str:
        """Whole shares in their lowest terms, with colons between."""
        return ":".join(map(str, checked_allocation(self.cleaned_data["allocation"])))

    def clean(self) -> dict[str, Any] | None:
        """What the parts of a design say of each other: shares and sequences, and what lies inside a period."""
        cleaned = super().clean() or self.cleaned_data
        if "allocation" in cleaned and "sequences" in cleaned:
            shares = tuple(int(share) for share in cleaned["allocation"].split(":") if share)
            if problem := allocation_fits(shares, read_sequences(cleaned["sequences"])):
                self.add_error("allocation", problem)
        period, titration, readout = (cleaned.get(name) for name in ("period_days", "titration_days", "readout_days"))
        if name_and_problem := inside_period(period, titration, readout):
            self.add_error(*name_and_problem)
        return cleaned

    def add_error(self, field: str | None, error: Any) -> None:
        """Show what the model says of the whole row at the field that it names by its code."""
        add_row_error(self, super().add_error, field, error)


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
    """The kind of question, the primary outcome, and those assumptions and rates that have columns of their own."""

    kind = forms.ChoiceField(label=_("What is asked"), required=False)
    outcome_kind = forms.ChoiceField(label=_("Kind of outcome"), required=False)

    class Meta:
        model = PlannedQuestion
        fields = (
            "kind",
            "outcome_kind",
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

    def __init__(self, asking: Asking, **kwargs: Any) -> None:
        super().__init__(asking.data, instance=asking.question, prefix=COLUMNS, **kwargs)
        self.asking = asking
        for name in COLUMN_NAMES - asking.columns:
            del self.fields[name]
        for box in asking.boxes:
            if box.column:
                self._spell(box)
        kind: Any = self.fields["kind"]
        kind.choices = kinds.offered()
        outcome_kind: Any = self.fields["outcome_kind"]
        outcome_kind.choices = [(outcome, kinds.OUTCOMES[outcome]) for outcome in asking.kind.served_outcomes()]
        if len(outcome_kind.choices) < 2:
            del self.fields["outcome_kind"]
        mark_controls(self)

    def _spell(self, box: Box) -> None:
        """The words of this kind for a column that other kinds have too."""
        field: Any = self.fields[box.column]
        if box.label:
            field.label = capfirst(str(box.label))
        if box.help:
            field.help_text = box.help
        if unit := self.asking.around(box).unit:
            field.unit = unit

    def clean_kind(self) -> str:
        return self.asking.kind.name

    def clean_outcome_kind(self) -> str:
        return self.asking.outcome

    def clean(self) -> dict[str, Any] | None:
        """What this kind does not ask is not kept in its columns."""
        self.instance.outcome_kind = self.asking.outcome
        for name in NUMBERS - self.asking.columns:
            setattr(self.instance, name, None)
        return super().clean()

    def add_error(self, field: str | None, error: Any) -> None:
        """Show what the model says of the whole row at the field that it names by its code."""
        add_row_error(self, super().add_error, field, error)


class AssumptionSourceForm(forms.ModelForm[AssumptionSource]):
    """Where one assumption comes from."""

    assumption = forms.ChoiceField(choices=AssumptionSource.Assumption.choices, widget=forms.HiddenInput)

    class Meta:
        model = AssumptionSource
        fields = ("assumption", "basis", "source", "note", "estimate")
        widgets = {"estimate": forms.HiddenInput, "note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, sources: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = ""
        if sources is not None:
            source: Any = self.fields["source"]
            source.choices, source.to_field_name = sources, "slug"  # read once for all rows
            if self.instance.source is not None:
                self.initial["source"] = self.instance.source.slug
        mark_controls(self)

    def has_changed(self) -> bool:
        """A proposed source that nobody has touched is kept as well."""
        return any(self.data.get(self.add_prefix(name)) for name in ("basis", "source", "note")) or super().has_changed()

    def clean_estimate(self) -> Estimate | None:
        """The figure that was taken over, as long as the note is still the one that came with it."""
        estimate: Estimate | None = self.cleaned_data["estimate"]
        offer = offered(estimate) if estimate is not None else None
        return estimate if offer is not None and offer.note() == self.cleaned_data.get("note") else None


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
