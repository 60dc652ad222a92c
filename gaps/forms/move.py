"""Giving a gap its next status, with the words that go with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gaps import status
from gaps.models import Gap, StatusChange
from ldnplanner.common.forms import mark_controls

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Status = Gap.Status


def reopens(gap: Gap, target: str) -> bool:
    """Whether a move takes a gap back to be verified again."""
    return target == Status.PROPOSED and gap.status != Status.DRAFT


class MoveForm(forms.Form):
    """One move: its target; why a gap is withdrawn, which its readers see; and a note for the log, which re-opening cannot do without."""

    target = forms.CharField(widget=forms.HiddenInput, max_length=16)
    withdrawn_reason = forms.CharField(
        label=_("Reason for withdrawing"),
        max_length=Gap._meta.get_field("withdrawn_reason").max_length,
        help_text=_("One sentence; everybody reads it on the page of the gap."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    note = forms.CharField(
        label=_("What came up"),
        max_length=StatusChange._meta.get_field("note").max_length,
        help_text=_("One or two sentences for the history: why the gap is looked at again."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, gap: Gap, target: str = "") -> None:
        self.gap, self.chosen = gap, str(data.get("target", "")) if data is not None else target
        name = self.chosen if self.chosen in Status.values else "move"
        super().__init__(data, initial={"target": target, "withdrawn_reason": gap.withdrawn_reason}, auto_id=f"id_{name}_%s")
        if self.chosen != Status.WITHDRAWN:
            del self.fields["withdrawn_reason"]
        if not reopens(gap, self.chosen):
            del self.fields["note"]
        mark_controls(self)

    def save(self, by: User) -> None:
        """Make the move.

        Raises
        ------
        gaps.status.MoveRefused
            When the gap may not take this status, or not yet, or not by this person.
        """
        reason = self.cleaned_data.get("withdrawn_reason", "")
        before, self.gap.withdrawn_reason = self.gap.withdrawn_reason, reason or self.gap.withdrawn_reason
        try:
            status.move(self.gap, self.cleaned_data["target"], by=by, note=self.cleaned_data.get("note", ""))
        except status.MoveRefused:
            self.gap.withdrawn_reason = before
            raise
