"""What others have decided about a gap, to read beside its record: the log of its moves, verifications, assessments of certainty."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from gaps.models import CertaintyAssessment, Gap, StatusChange, Verification


class KeptInline(admin.TabularInline[Any, Gap]):
    """Rows that the database never changes; they are written on the pages of the gap, not here.

    Whoever sends a count of rows gets as many blank ones, of which nothing can be told.
    """

    extra = 0
    can_delete = False
    related: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("gap", *self.related)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return request.user.has_perm("gaps.view_gap")

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class StatusChangeInline(KeptInline):
    model = StatusChange
    verbose_name_plural = _("log of moves")
    fields = readonly_fields = ("changed_at", "actor", "from_status", "to_status", "note")
    related = ("actor",)


class VerificationInline(KeptInline):
    model = Verification
    verbose_name_plural = _("verifications, the latest first")
    fields = readonly_fields = ("searched_date", "verdict", "verifier", "databases", "n_found", "rationale", "until")
    related = ("verifier",)

    @admin.display(description=_("good until"))
    def until(self, verification: Verification) -> str:
        return date_format(verification.expires_date) if verification.pk else ""


class CertaintyInline(KeptInline):
    model = CertaintyAssessment
    verbose_name_plural = _("certainty of the evidence, the latest first")
    fields = readonly_fields = ("assessed_date", "outcome_domain", "level_shown", "because", "assessor")
    related = ("outcome_domain", "assessor")

    @admin.display(description=_("level"))
    def level_shown(self, assessment: CertaintyAssessment) -> str:
        return str(CertaintyAssessment.Level(assessment.level).label) if assessment.pk else ""

    @admin.display(description=_("because"))
    def because(self, assessment: CertaintyAssessment) -> str:
        if not assessment.pk:
            return ""
        start = str(CertaintyAssessment.Start(assessment.start).label)
        steps = [f"{label} {step:+d}: {why}".replace("-", "−", 1) for label, step, why in assessment.judgements()]
        return format_html("{}", "; ".join([start, *steps]))
