"""Protocols and sizings at the desk: protocols to look after, sizings only to read."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gaps.admin import GapAdmin
from gaps.admin.of_gaps import OfGapsAdmin
from gaps.models import Gap
from trials.models import PlannedQuestion, Protocol, Sizing, Treatment


class TreatmentInline(admin.StackedInline[Treatment, Protocol]):
    model = Treatment
    extra = 0


class PlannedQuestionInline(admin.StackedInline[PlannedQuestion, Protocol]):
    model = PlannedQuestion
    extra = 0
    show_change_link = False
    readonly_fields = ("kind", "outcome_kind", "inputs")  # the site's drafting page asks what belongs to each kind


class ProtocolsOfGap(admin.TabularInline[Any, Gap]):
    """On a gap's page at the desk: the protocols that take it up, to read."""

    model = Protocol.gaps.through
    verbose_name_plural = _("protocols that take it up")
    extra = 0
    can_delete = False
    fields = readonly_fields = ("protocol_shown", "registration", "owner")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_staff

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible = Protocol.objects.visible_to(request.user)
        return super().get_queryset(request).filter(protocol__in=visible).select_related("protocol__owner")

    @admin.display(description=_("protocol"))
    def protocol_shown(self, link: Any) -> SafeString:
        return format_html('<a href="{}">{}</a>', link.protocol.get_absolute_url(), link.protocol)

    @admin.display(description=_("registry number"))
    def registration(self, link: Any) -> str:
        return str(link.protocol.registration or "–")

    @admin.display(description=_("owner"))
    def owner(self, link: Any) -> str:
        return str(link.protocol.owner)


GapAdmin.inlines = (*GapAdmin.inlines, ProtocolsOfGap)  # type: ignore[assignment]  # the desk grows by one


@admin.register(Protocol)
class ProtocolAdmin(OfGapsAdmin[Protocol]):
    """The protocols of everybody; drafting itself is pleasanter on the site."""

    list_display = ("uid", "title", "status", "owner", "updated_at")
    list_filter = ("status", "owner")
    list_select_related = ("owner",)
    search_fields = ("uid", "title", "gaps__uid")
    readonly_fields = ("uid", "status", "withdrawn_reason", "created_at", "updated_at")
    inlines = (TreatmentInline, PlannedQuestionInline)
    fieldsets = (
        (None, {"fields": ("uid", "title", "gaps", "owner", "registration", "status", "withdrawn_reason")}),
        (
            _("Design"),
            {"fields": ("sequences", "period_days", "washout_days", "run_in_days"), "description": _("Lengths of time are in days.")},
        ),
        (_("When"), {"fields": ("created_at", "updated_at")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Protocol | None = None) -> bool:
        """Protocols are withdrawn, not deleted, so that their identifiers are never given twice."""
        return False


@admin.register(Sizing)
class SizingAdmin(admin.ModelAdmin[Sizing]):
    """Saved sizings; nobody can add, change or delete one here."""

    list_display = ("uid", "protocol", "n_evaluable", "n_randomised", "created_by", "created_at", "report")
    list_select_related = ("question__protocol", "created_by")
    search_fields = ("uid", "question__protocol__uid", "question__protocol__title")
    date_hierarchy = "created_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Sizing | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Sizing | None = None) -> bool:
        return False

    @admin.display(description=_("protocol"))
    def protocol(self, sizing: Sizing) -> Protocol:
        return sizing.question.protocol

    @admin.display(description=_("evaluable"))
    def n_evaluable(self, sizing: Sizing) -> int:
        return int(sizing.answer["n_evaluable"])

    @admin.display(description=_("randomised"))
    def n_randomised(self, sizing: Sizing) -> int:
        return int(sizing.answer["n_randomised"])

    @admin.display(description=_("report"))
    def report(self, sizing: Sizing) -> SafeString:
        return format_html('<a href="{}">{}</a>', sizing.get_absolute_url(), _("Open"))
