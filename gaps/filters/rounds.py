"""Which gaps a curator looks at when choosing those of a round."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from gaps.models import Gap
from gaps.rounds.course import ASKABLE
from ldnplanner.common.filters import ListFilter


class AskableFilter(ListFilter):
    """Words, kind and status, of gaps that a round may ask about."""

    kind = django_filters.ChoiceFilter(choices=Gap.Kind.choices, label=_("Kind"), empty_label=_("Any"))

    class Meta:
        model = Gap
        fields = ("q", "kind", "status")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["status"].empty_label = _("Any")
        self.form.fields["status"].choices = self.statuses()

    def statuses(self) -> list[tuple[Any, Any]]:
        return [(status.value, status.label) for status in ASKABLE]
