"""The web forms in which a protocol is drafted."""

from trials.forms.draft import Draft
from trials.forms.withdraw import WithdrawForm

__all__ = ["Draft", "WithdrawForm"]
