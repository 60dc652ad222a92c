"""Desk pages of rows that name gaps: a reader finds those that they may see, and leaves the others where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model, Prefetch, QuerySet

from gaps.admin.initial import InitialAdmin
from gaps.models import Gap

if TYPE_CHECKING:
    from django import forms
    from django.db.models import ManyToManyField
    from django.http import HttpRequest

M = TypeVar("M", bound=Model)


class OfGapsAdmin(InitialAdmin[M]):
    """A desk page for rows with a field `gaps`, which neither shows drafts of other people nor loses them on saving."""

    def askable(self, request: HttpRequest) -> QuerySet[Gap]:
        """The gaps that this person may choose."""
        return Gap.objects.visible_to(request.user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        return super().get_queryset(request).prefetch_related(Prefetch("gaps", Gap.objects.visible_to(request.user)))

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField[Any] | None:
        if db_field.name == "gaps":
            kwargs["queryset"] = self.askable(request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        stored: Any = self.model._default_manager.get(pk=form.instance.pk)
        kept = list(stored.gaps.exclude(pk__in=Gap.objects.visible_to(request.user)))
        super().save_related(request, form, formsets, change)
        form.instance.gaps.add(*kept)
