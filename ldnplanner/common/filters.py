"""The filter bar above a list, and the pills that say which filters are in force."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from ldnplanner.common.forms import mark_controls

ANY = "all"


class Pill(NamedTuple):
    """One filter in force, and the query string of the same list without it."""

    label: str
    without: str


class ListFilter(django_filters.FilterSet):
    """A filter bar with words (`q`) and a status, which leaves out what is withdrawn until somebody asks for it.

    A subclass declares its further filters, names in `Meta.model` a model whose queryset has ``search(words)`` and
    ``in_scope()``, and may narrow `statuses`. Those named in `further` are folded away until one of them is in force.
    """

    further: tuple[str, ...] = ()
    further_exports: Sequence[tuple[str, str, object]] = ()  # URL name, its argument, and what the link says

    q = django_filters.CharFilter(method="having_words", label=_("Words, quotes or identifiers"), max_length=200)
    status = django_filters.ChoiceFilter(choices=[], method="having_status", label=_("Status"), empty_label=_("In scope"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["status"].extra["choices"] = [*self.statuses(), (ANY, _("Any"))]
        self.form.fields["q"].widget = forms.TextInput(attrs={"type": "search", "autocomplete": "off", "maxlength": "200"})
        mark_controls(self.form)

    def statuses(self) -> list[tuple[Any, Any]]:
        """The statuses that this reader may choose."""
        return list(self._meta.model.Status.choices)

    def filter_queryset(self, queryset: Any) -> Any:
        return self._narrowed(self.filters)

    def _narrowed(self, names: Container[str]) -> Any:
        """The list narrowed by the filters of these names alone; the status leaves out what is withdrawn unless one is chosen."""
        found, chosen = self.queryset.all(), self.form.cleaned_data
        for name in self.filters:
            if name in names and name in chosen:
                found = self.filters[name].filter(found, chosen[name])
        return found if chosen.get("status") or "status" not in names else found.in_scope()

    def having_words(self, queryset: Any, _name: str, value: str) -> Any:
        return queryset.search(value)

    def having_status(self, queryset: Any, _name: str, value: str) -> Any:
        return queryset if value == ANY else queryset.filter(status=value)

    def count_choices(self) -> int | None:
        """How many are found, where the filter knows without asking again; a filter with counts writes them behind its choices here."""
        return None

    def facets(self) -> list[forms.BoundField]:
        """The filters that are always in sight beside the words."""
        return [field for field in self.form if field.name != "q" and field.name not in self.further]

    def further_facets(self) -> list[forms.BoundField]:
        return [self.form[name] for name in self.further]

    def is_further_in_force(self) -> bool:
        return any(self.data.get(name) for name in self.further)

    def pills(self) -> list[Pill]:
        """The filters in force in the order of the bar, each with the address of the list without it."""
        given = self._given()
        pills = []
        for name, value in given.items():
            if name == "q":
                pills.append(Pill(f"“{value}”", self._query(given, name)))
            elif value != ANY:
                chosen = dict(self.form.fields[name].choices)
                pills.append(Pill(f"{self.form.fields[name].label}: {chosen[value]}", self._query(given, name)))
        if "status" not in given:
            pills.append(Pill(str(_("In scope")), self._query({**given, "status": ANY})))
        return pills

    def sort(self) -> str:
        """The order that the reader chose, to be kept when a filter changes."""
        return str(self.data.get("sort", ""))

    def query(self) -> str:
        """The filters and the order in force, as they stand in an address behind the question mark."""
        return self._query(self._given()).removeprefix("?")

    def _given(self) -> dict[str, str]:
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    def _query(self, given: dict[str, str], dropped: str = "") -> str:
        kept = {name: value for name, value in given.items() if name != dropped}
        if self.sort():
            kept["sort"] = self.sort()
        return f"?{urlencode(kept)}"
