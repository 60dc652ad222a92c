from django import forms

from ldnplanner.common.forms import mark_controls
from trials.models import Protocol


class WithdrawForm(forms.ModelForm[Protocol]):
    """Why a draft is taken out of work."""

    class Meta:
        model = Protocol
        fields = ("withdrawn_reason",)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they come
        self.fields["withdrawn_reason"].required = True
        mark_controls(self)
