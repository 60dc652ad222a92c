"""A comment on a gap, and an answer to one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gaps.models import Comment, Gap
from ldnplanner.common.forms import mark_controls


def parts_of(gap: Gap) -> list[tuple[str, Any]]:
    """What a comment on this gap may be about: the whole of it, its parts by EPICOT+, and what is decided about it."""
    parts = {part.name: part.label for part in (*gap.parts(), *gap.epicot())}
    return [
        ("", _("The gap as a whole")),
        ("question", _("Question")),
        *parts.items(),
        ("reasons", _("Reasons")),
        ("passages", _("Passages and sources")),
        ("evidence", _("Linked evidence")),
        ("certainty", _("Certainty")),
        ("verification", _("Verification")),
        ("priority", _("Priority")),
    ]


class AnswerForm(forms.ModelForm[Comment]):
    """A text alone: an answer, or a comment that its author changes."""

    class Meta:
        model = Comment
        fields: tuple[str, ...] = ("body",)
        labels = {"body": _("Answer")}
        widgets = {"body": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mark_controls(self)


class CommentForm(AnswerForm):
    """The first comment of a thread, which says which part of the gap is meant."""

    about = forms.ChoiceField(label=_("About"), required=False)

    class Meta(AnswerForm.Meta):
        fields = ("about", "body")
        labels = {"body": _("Comment")}
        help_texts = {"body": _("Plain text; web addresses become links. Everybody who can see the gap can read it.")}

    def __init__(self, *args: Any, gap: Gap, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.gap = gap
        about = self.fields["about"]
        if isinstance(about, forms.ChoiceField):
            about.choices = parts_of(gap)
