"""Recording somebody's search for whether a gap still is one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gaps.models import Source, Verification
from ldnplanner.common.forms import mark_controls


class VerificationForm(forms.ModelForm[Verification]):
    """What was searched, how, and what it showed; the gap and the verifier are those of the instance."""

    class Meta:
        model = Verification
        fields = ("searched_date", "databases", "strategy", "n_found", "newest_review", "verdict", "rationale")
        widgets = {
            "searched_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "strategy": forms.Textarea(attrs={"rows": 4}),
            "rationale": forms.Textarea(attrs={"rows": 2}),
            "n_found": forms.NumberInput(attrs={"inputmode": "numeric"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        review = self.fields["newest_review"]
        assert isinstance(review, forms.ModelChoiceField)  # noqa: S101  (for the types)
        review.queryset = Source.objects.filter(kind__in=(Source.Kind.REVIEW, Source.Kind.GUIDELINE)).order_by("-year", "slug")
        review.empty_label = str(_("None was found"))
        review.help_text = _(
            "The latest systematic review or guideline that bears on the gap; one that is not listed is added at the desk as a source."
        )
        mark_controls(self)

    def clean(self) -> dict[str, Any]:
        """What is sent once more, by a second click or from a second window, would stand there twice for ever."""
        given = super().clean() or {}
        told = {name: given.get(name) for name in self.Meta.fields}
        kept = Verification.objects.filter(gap=self.instance.gap, verifier=self.instance.verifier).order_by("-pk").first()
        if not self.errors and kept and all(getattr(kept, name) == value for name, value in told.items()):
            raise forms.ValidationError(_("You have recorded exactly this already; it is not added again."), code="twice")
        return given
