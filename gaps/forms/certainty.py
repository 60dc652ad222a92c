"""Judging how certain the evidence on one outcome is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gaps.models import CertaintyAssessment
from gaps.models.certainty import DOMAINS, DOWN, UP
from ldnplanner.common.forms import mark_controls


class CertaintyForm(forms.ModelForm[CertaintyAssessment]):
    """Where certainty starts and which domains move it, each with its reason. The database counts the level."""

    class Meta:
        model = CertaintyAssessment
        fields = ("outcome_domain", "start", *(name for domain in DOMAINS for name in (domain, f"{domain}_note")), "assessed_date")
        widgets = {"assessed_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")} | {
            f"{domain}_note": forms.Textarea(attrs={"rows": 2}) for domain in DOMAINS
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["assessed_date"] = self.initial.get("assessed_date") or timezone.localdate()
        self.fields["outcome_domain"].help_text = _("One of those of the map; another is added at the desk as a term.")
        for domain in DOMAINS:
            note = self.fields[f"{domain}_note"]
            note.label, note.help_text = str(_("{domain}, because")).format(domain=self.fields[domain].label), ""
        mark_controls(self)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for domain in DOMAINS:
            if given.get(domain) and f"{domain}_note" in given and not given[f"{domain}_note"]:
                self.add_error(f"{domain}_note", _("Say in one sentence why this domain moves the certainty."))
        assessed = given.get("assessed_date")
        if assessed and assessed > timezone.localdate():
            self.add_error("assessed_date", _("This day is still to come."))
        kept = CertaintyAssessment.objects.filter(gap=self.instance.gap, assessor=self.instance.assessor).order_by("-pk").first()
        if not self.errors and kept and all(getattr(kept, name) == given.get(name) for name in self.Meta.fields):
            raise forms.ValidationError(_("You have recorded exactly this already; it is not added again."), code="twice")
        return given

    def down(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The five domains that may take certainty down: the judgement and its reason."""
        return [(self[domain], self[f"{domain}_note"]) for domain in DOWN]

    def up(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The three that may take it up."""
        return [(self[domain], self[f"{domain}_note"]) for domain in UP]
