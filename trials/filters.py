"""Which protocols the list shows: words, gap and status, from the page's address."""

from typing import Any

import django_filters
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from gaps.models import Gap
from ldnplanner.common.filters import ListFilter
from trials.models import Protocol
from trials.models.protocol import ProtocolQuerySet


class ProtocolFilter(ListFilter):
    """The filter bar above the protocols; without a status it shows the drafts."""

    gap = django_filters.ChoiceFilter(choices=[], method="for_gap", label=_("Gap"), empty_label=_("Any"))

    class Meta:
        model = Protocol
        fields = ("q", "gap", "status")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["gap"].choices = self.gap_choices()

    def gap_choices(self) -> list[tuple[str, str]]:
        """The gaps that some protocol of these takes up, as far as this reader may see them."""
        user = self.request.user if self.request else AnonymousUser()
        taken_up = Gap.objects.visible_to(user).filter(protocols__in=self.queryset.order_by().values("pk")).distinct().order_by("uid")
        return [(gap.uid, f"{gap.uid} {gap.title}") for gap in taken_up]

    def for_gap(self, queryset: ProtocolQuerySet, _name: str, value: Any) -> ProtocolQuerySet:
        return queryset.filter(gaps__uid=value)
