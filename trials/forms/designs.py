"""Further designs to compare, one a line; and the one that a draft takes over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ldnplanner.common.forms import mark_controls
from trials.forms.sequences import checked_sequences

MOST_DESIGNS = 12


class DesignsForm(forms.Form):
    """Designs as somebody types them to compare, beside the draft's own and the common ones."""

    designs = forms.CharField(
        label=_("Further designs"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "characters"}),
        help_text=_("One design a line, such as AABB/BBAA/ABBA/BAAB."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mark_controls(self)

    def clean_designs(self) -> list[tuple[str, ...]]:
        """Each line as its sequences; what is wrong is told with the line."""
        lines = [line.strip() for line in self.cleaned_data["designs"].splitlines() if line.strip()]
        if len(lines) > MOST_DESIGNS:
            raise ValidationError(
                _("These are %(count)s designs; at most %(most)s are compared at a time."),
                params={"count": len(lines), "most": MOST_DESIGNS},
            )
        found: list[tuple[str, ...]] = []
        problems: list[ValidationError] = []
        for number, line in enumerate(lines, 1):
            try:
                found.append(checked_sequences(line))
            except ValidationError as error:
                problems.append(
                    ValidationError(_("Line %(line)s: %(problem)s"), params={"line": number, "problem": " ".join(error.messages)})
                )
        if problems:
            raise ValidationError(problems)
        return found


class UseForm(forms.Form):
    """The design that a draft takes over."""

    use = forms.CharField(max_length=450)

    def clean_use(self) -> str:
        return "/".join(checked_sequences(self.cleaned_data["use"]))
