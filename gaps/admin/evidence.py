"""What a gap's page in the admin holds of the evidence: which study or figure bears on it, and in which role."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gaps.admin.parts import NamedCells, PartOptions
from gaps.models import Evidence, Gap


class KnownSelect(AutocompleteSelect):
    """An autocomplete that does not ask the database again for the row that its form has already read."""

    known: models.Model | None = None

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        if self.known is None or list(map(str, value)) != [str(self.known.pk)]:
            return super().optgroups(name, value, attr)
        options = [] if self.is_required else [self.create_option(name, "", "", selected=False, index=0)]
        label = self.choices.field.label_from_instance(self.known)
        return [(None, [*options, self.create_option(name, self.known.pk, label, selected=True, index=len(options))], 0)]


class EvidenceForm(ModelForm[Evidence]):
    """One study in one role; where a figure is chosen, its study need not be."""

    class Meta:
        widgets = {"note": forms.Textarea(attrs={"rows": 2, "cols": 24})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "study" in self.fields:
            self.fields["study"].required = False
        for name in ("study", "estimate"):
            widget = self.fields[name].widget if name in self.fields else None
            if isinstance(widget, KnownSelect) and self.instance.pk:
                widget.known = getattr(self.instance, name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if estimate := cleaned.get("estimate"):
            cleaned["study"] = cleaned.get("study") or estimate.study
        elif not cleaned.get("study") and not (set(self.errors) & {"study", "estimate"}):
            self.add_error("study", ValidationError(_("Choose the study, or one of its figures."), code="required"))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """The study is looked at even when it was left empty, as the figure brings it."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"study"} if self.cleaned_data.get("study") else excluded


class EvidenceInline(NamedCells, PartOptions, admin.TabularInline[Any, Gap]):
    """One row a piece: a gap that many studies bear on would be a page of boxes otherwise."""

    model = Evidence
    form = EvidenceForm
    verbose_name = _("piece of evidence")
    verbose_name_plural = _("evidence: which study or figure bears on it, for, against, or to plan with")
    autocomplete_fields = ("study", "estimate")
    fields = ("role", "study", "estimate", "note")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("study", "estimate__study")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = KnownSelect(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field.widget, RelatedFieldWidgetWrapper):
            inner = field.widget.widget  # without links to studies and figures at each row, which fit no table
            inner.choices = field.choices
            field.widget = inner
        return field
