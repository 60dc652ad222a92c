"""Saying how soon a gap should be taken up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gaps.models import Gap, PriorityRound
from ldnplanner.common.forms import mark_controls


class TierForm(forms.ModelForm[Gap]):
    """The tier and its reason, which only a gap of a closed round can do without."""

    class Meta:
        model = Gap
        fields = ("tier", "tier_note")
        widgets = {"tier_note": forms.Textarea(attrs={"rows": 2})}
        help_texts = {"tier_note": _("One sentence; a gap of a closed priority round can do without.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mark_controls(self)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        tier, note = given.get("tier"), given.get("tier_note")
        if tier and not note and not PriorityRound.objects.closed().filter(gaps=self.instance).exists():
            self.add_error("tier_note", _("Say why; the gap has been in no round that is closed."))
        if not tier and self.instance.status == Gap.Status.PRIORITISED:
            self.add_error("tier", _("A prioritised gap has a tier; choose another one."))
        return given
