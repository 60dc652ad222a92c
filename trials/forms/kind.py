"""The boxes of one kind of question beyond the columns of the question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from ldnplanner.common.forms import mark_controls
from trials import kinds
from trials.forms.asking import INPUTS, Asking
from trials.forms.controls import control_of
from trials.kinds.values import merged, put_value, without

if TYPE_CHECKING:
    from trials.kinds import Box


class KindForm(forms.Form):
    """What a kind of question asks for, box by box; cleaned, it is a fragment of the plan language."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    shown_kind = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        super().__init__(asking.data, prefix=INPUTS, initial=self._stored())
        for name, (_box, field) in asking.fields.items():
            if field is not None:
                self.fields[name] = field
        mark_controls(self)
        if self.is_bound:  # says what is shown now, not what was shown before
            self.data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            self.data.update({self.add_prefix(name): text for name, text in self._signs().items()})  # type: ignore[attr-defined]

    def _signs(self) -> dict[str, str]:
        return {"shown": " ".join(self.asking.fields), "shown_kind": f"{self.asking.kind.name}/{self.asking.outcome}"}

    def _stored(self) -> dict[str, Any]:
        found: dict[str, Any] = self._signs()
        for box in self._boxes():
            question = self.asking.question
            value = question.value_of(box)
            if box.sort == "choice":
                value = question.said(box)
            if value is not None:
                found |= control_of(box).spread(box, value)
        return found

    def _boxes(self) -> list[Box]:
        return [box for box in self.asking.boxes if not box.column]

    def names_of(self, box: Box) -> list[str]:
        """The names of the fields of a box."""
        return [name for name, (one, _field) in self.asking.fields.items() if one is box]

    def clean(self) -> dict[str, Any]:
        self.fragment: dict[str, Any] = {}
        self.kept: dict[str, str] = {}
        held = {box.path for box in self._boxes()}
        for box in self._boxes():
            names = self.names_of(box)
            typed = {name: self.cleaned_data.get(name) for name in names}
            try:
                value = control_of(box).gather(box, typed)
            except ValidationError as problem:
                self.add_error(names[0], problem)
                continue
            if box.is_in_plan and f"{box.path}.{value}" not in held:
                put_value(self.fragment, box, value)
            elif value:
                self.kept[box.name] = str(value)  # a choice of the page alone, or one that a box of its own spells out
        return self.cleaned_data

    def inputs(self, stored: dict[str, Any]) -> dict[str, Any]:
        """The fragment, with what is stored beyond all boxes that a page knows."""
        return merged(without(stored, _is_on_a_page), self.fragment)


def _is_on_a_page(path: str) -> bool:
    return any(box.answers(path) for kind in kinds.ALL for box in kind.boxes)
