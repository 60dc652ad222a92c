"""The desk's page for priority rounds; ballots have none, as nobody reads another's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from gaps.admin.of_gaps import OfGapsAdmin
from gaps.models import Gap, PriorityRound
from gaps.rounds.course import ASKABLE, free_slug

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest


@admin.register(PriorityRound)
class PriorityRoundAdmin(OfGapsAdmin[PriorityRound]):
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "purpose", "method", "blinded"),
                "description": _("Opened, closed and counted on its page of the site. Once it is open, what it asks stays as it is."),
            },
        ),
        (_("What it asks"), {"fields": ("criteria", "gaps")}),
        (_("How far it is"), {"fields": ("opened_at", "closed_at", "created_by")}),
    )
    readonly_fields = ("opened_at", "closed_at", "created_by")
    filter_horizontal = ("gaps",)
    list_display = ("name", "method", "state_shown", "gap_count", "opened_at", "closed_at")
    list_filter = ("method", "blinded")
    search_fields = ("name", "purpose", "slug")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriorityRound]:
        seen = PriorityRound.objects.visible_to(request.user)
        return super().get_queryset(request).filter(pk__in=seen).annotate(gap_count=Count("gaps"))

    def has_change_permission(self, request: HttpRequest, obj: PriorityRound | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.opened_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: PriorityRound | None = None) -> bool:
        return super().has_delete_permission(request, obj) and obj is not None and obj.opened_at is None

    def askable(self, request: HttpRequest) -> QuerySet[Gap]:
        return Gap.objects.filter(status__in=ASKABLE)

    def save_model(self, request: HttpRequest, obj: PriorityRound, form: forms.ModelForm[PriorityRound], change: bool) -> None:
        if not change:
            obj.slug = free_slug(obj.name)
            obj.created_by = request.user  # type: ignore[assignment]  # signed in, as everybody at the desk
        super().save_model(request, obj, form, change)

    @admin.display(description=_("state"))
    def state_shown(self, asked: PriorityRound) -> str:
        return asked.get_state_display()

    @admin.display(description=_("gaps"), ordering="gap_count")
    def gap_count(self, asked: PriorityRound) -> int:
        return int(getattr(asked, "gap_count", 0))
