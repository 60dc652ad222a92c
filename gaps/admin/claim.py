"""The desk's page for claims."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gaps.admin.of_gaps import OfGapsAdmin
from gaps.models import Claim


@admin.register(Claim)
class ClaimAdmin(OfGapsAdmin[Claim]):
    fieldsets = (
        (
            _("What the source says"),
            {"fields": ("source", "slug", "quote", "locator"), "description": _("Word for word, at most 40 words, with the place.")},
        ),
        (
            _("What is the matter"),
            {
                "fields": ("status", "issue", "basis"),
                "description": _(
                    "One or two sentences that name the reference or the later evidence and its year. Unverified is shown as such."
                ),
            },
        ),
        (
            _("Held against"),
            {"fields": ("studies", "sources", "gaps"), "description": _("The evidence, and the gaps that the sentence touches.")},
        ),
    )
    autocomplete_fields = ("source", "sources", "gaps")
    filter_horizontal = ("studies",)
    formfield_overrides = {models.CharField: {"widget": forms.Textarea(attrs={"rows": 2, "cols": 90})}}
    list_display = ("quote", "status", "locator", "basis")
    list_filter = ("status", "basis")
    search_fields = ("slug", "quote", "issue", "source__title", "gaps__uid")
    search_help_text = _("Words of the quote or the finding, or the identifier of a gap.")
    list_select_related = ("source",)

    def formfield_for_dbfield(self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in {"locator", "slug"}:
            kwargs["widget"] = forms.TextInput(attrs={"size": 60})
        return super().formfield_for_dbfield(db_field, request, **kwargs)
