"""What a gap's page in the admin holds below its own fields: passages, reasons and sources."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import BaseInlineFormSet, ModelForm
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from gaps.models import Gap, GapReason, GapSource, Passage


class PartOptions(InlineModelAdmin[Any, Gap]):
    """What belongs to a gap; who may change the gap may change its parts."""

    extra = 0
    formfield_overrides = {models.CharField: {"widget": forms.TextInput(attrs={"size": 90})}}

    def formfield_for_dbfield(self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = False  # other gaps may rest on the same source
        return field

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return request.user.has_perm("gaps.view_gap") or self._may_write(request)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._may_write(request)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._may_write(request)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self._may_write(request)

    @staticmethod
    def _may_write(request: HttpRequest) -> bool:
        return request.user.has_perm("gaps.change_gap") or request.user.has_perm("gaps.add_gap")


class PartInline(PartOptions, admin.StackedInline[Any, Gap]):
    """Parts of some length, each a block with its labels."""


class NamedCells(InlineModelAdmin[Any, Any]):
    """One row a part. The heads of a table name its boxes to those who see them, so each box names itself to the others."""

    def formfield_for_dbfield(self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(field.widget, "widget", field.widget)  # inside the one with the links to add and change
        widget.attrs["aria-label"] = capfirst(field.label)
        return field


class PassageInline(PartInline):
    model = Passage
    verbose_name_plural = _("passages that raise it: quoted word for word, with the place; none for a gap of our own")
    autocomplete_fields = ("source",)
    fields = ("quote", "locator", "source")


class ReasonForm(ModelForm[GapReason]):
    """One reason; which of them is the primary one is looked at for all rows together."""

    def validate_constraints(self) -> None:
        try:
            self.instance.validate_constraints(exclude={"primary"})
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]


class ReasonFormSet(BaseInlineFormSet[Any, Gap, ModelForm[Any]]):
    """The reasons of a gap, of which exactly one is primary."""

    is_saving = False

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        primary = sum(1 for row in kept if row["primary"])
        if primary > 1 or (kept and not primary):
            raise ValidationError(_("Mark one reason as primary; %(count)s are marked."), code="primary", params={"count": primary})

    @property
    def initial_forms(self) -> list[ModelForm[Any]]:
        """The rows that are there already; while they are stored, the one that becomes primary comes after the one that steps back."""
        rows: list[ModelForm[Any]] = super().initial_forms
        return sorted(rows, key=self._becomes_primary) if self.is_saving else rows

    def save(self, commit: bool = True) -> Any:
        self.is_saving = True  # the database allows one primary reason at any moment
        return super().save(commit)

    def _becomes_primary(self, form: ModelForm[Any]) -> bool:
        return bool(form.cleaned_data.get("primary")) and form not in self.deleted_forms


class ReasonInline(PartInline):
    model = GapReason
    form = ReasonForm
    formset = ReasonFormSet
    verbose_name_plural = _("reasons why it is open: one of them primary, a note with B2")
    fields = (("code", "primary"), "note")


class SourceInline(PartInline):
    model = GapSource
    verbose_name = _("source")
    verbose_name_plural = _("sources that bear on it")
    autocomplete_fields = ("source",)
    fields = ("source", "note")
