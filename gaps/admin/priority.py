"""The desk's page for priority rounds; ballots have none, as nobody reads another's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, QuerySet
from django.shortcuts import redirect
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from gaps.models import Gap, PriorityRound

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@admin.register(PriorityRound)
class PriorityRoundAdmin(admin.ModelAdmin[PriorityRound]):
    """Rounds to find and to read; they are set up, opened and closed on their pages of the site, criterion by criterion."""

    fieldsets = (
        (
            None,
            {
                "fields": ("name", "purpose", "method", "blinded"),
                "description": _(
                    "Edited, opened, closed and counted on its page of the site. Once it is open, what it asks stays as it is."
                ),
            },
        ),
        (_("What it asks"), {"fields": ("criteria_shown", "gaps_shown")}),
        (_("How far it is"), {"fields": ("opened_at", "closed_at", "created_by")}),
    )
    readonly_fields = ("criteria_shown", "gaps_shown")
    list_display = ("name", "method", "state_shown", "gap_count", "opened_at", "closed_at")
    list_filter = ("method", "blinded")
    search_fields = ("name", "purpose", "slug")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriorityRound]:
        seen = PriorityRound.objects.visible_to(request.user)
        return super().get_queryset(request).filter(pk__in=seen).annotate(gap_count=Count("gaps"))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("round_add")

    def has_change_permission(self, request: HttpRequest, obj: PriorityRound | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PriorityRound | None = None) -> bool:
        return super().has_delete_permission(request, obj) and obj is not None and obj.opened_at is None

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> PriorityRound | None:
        """The round, with who reads it: a gap that was taken back as a draft is shown to who may read it."""
        asked = super().get_object(request, object_id, from_field)
        if asked is not None:
            asked.reader = request.user  # type: ignore[attr-defined]
        return asked

    @admin.display(description=_("criteria"))
    def criteria_shown(self, asked: PriorityRound) -> str:
        lines = ((row["label"], row["question"], f"{row['weight']:g}") for row in asked.criteria)
        return format_html_join("", "<p><strong>{}</strong>: {} ({})</p>", lines) or str(_("None: the gaps are ranked."))

    @admin.display(description=_("gaps"))
    def gaps_shown(self, asked: PriorityRound) -> str:
        reader = getattr(asked, "reader", AnonymousUser())
        shown = asked.gaps.filter(pk__in=Gap.objects.visible_to(reader).order_by().values("pk")).order_by("uid")
        lines = ((gap.get_absolute_url(), gap.uid, gap.title) for gap in shown)
        return format_html_join("", '<p><a href="{}">{}</a> {}</p>', lines) or str(_("None is chosen yet."))

    @admin.display(description=_("state"))
    def state_shown(self, asked: PriorityRound) -> str:
        return asked.get_state_display()

    @admin.display(description=_("gaps"), ordering="gap_count")
    def gap_count(self, asked: PriorityRound) -> int:
        return int(getattr(asked, "gap_count", 0))
