"""Choosing which items of the standards are shown, and saying that one does not apply."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ldnplanner.common.forms import mark_controls
from trials.protocol.conformance import STANDARDS, STATES

LEAST_REASON, LONGEST_REASON = 10, 300


class ConformanceFilter(forms.Form):
    """Which items are shown: of one standard or all, in one state or any, for crossovers only or not."""

    standard = forms.ChoiceField(label=_("Standard"), required=False, choices=[("", _("All")), *STANDARDS.items()])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Any")), *STATES.items()])
    crossover = forms.ChoiceField(
        label=_("Crossover"), required=False, choices=[("", _("All items")), ("own", _("Items of their own for crossovers"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mark_controls(self)


class NotApplicableForm(forms.Form):
    """Why an item does not apply; every form on the page has ids of its own, made from the item's key."""

    item = forms.CharField(widget=forms.HiddenInput, max_length=30)
    reason = forms.CharField(
        label=_("Not applicable because"),
        help_text=_("Such as: nobody is blinded. Stands beside the item and in every file, with your name and the date."),
        min_length=LEAST_REASON,
        max_length=LONGEST_REASON,
        error_messages={
            "required": _("Say why the item does not apply."),
            "min_length": _("The reason has %(show_value)d characters; say it in %(limit_value)d or more."),
        },
    )

    def __init__(self, data: Any = None, *, key: str, reason: str = "") -> None:
        super().__init__(data, auto_id=f"id_{key.replace(':', '-')}_%s", initial={"item": key, "reason": reason})
        mark_controls(self)
