"""The stored result of sizing a planned question."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ldnplanner.common.uid import next_uid
from trials.models.question import PlannedQuestion


def next_sizing_uid() -> str:
    return next_uid(Sizing, "SIZ")


class SizingQuerySet(models.QuerySet["Sizing"]):
    """The questions that pages ask of the sizings."""

    def for_list(self) -> SizingQuerySet:
        """Newest first, with who saved each."""
        return self.select_related("created_by", "question__protocol").order_by("-created_at", "-pk")

    def get_by_natural_key(self, uid: str) -> Sizing:
        return self.get(uid=uid)


class Sizing(models.Model):
    """What a planned question came to when somebody saved it: the plan, the answer, and what the words meant then.

    A row is never changed: the database itself refuses an update (migration 0002), so a report can be drawn again years
    later from the same row. Every number of the report is here; nothing is computed when a report is drawn.
    """

    uid = models.CharField(_("identifier"), max_length=12, unique=True, editable=False, default=next_sizing_uid)
    question = models.ForeignKey(
        PlannedQuestion, verbose_name=_("question"), related_name="sizings", on_delete=models.PROTECT, editable=False
    )
    label = models.CharField(
        _("scenario"), max_length=80, blank=True, editable=False, help_text=_("What sets this sizing apart, such as the smaller effect.")
    )
    plan = models.JSONField(_("plan"), editable=False, help_text=_("The question in the plan language, as given."))
    answer = models.JSONField(_("answer"), editable=False, help_text=_("The engine's answer to the plan."))
    witness = models.JSONField(_("witness"), null=True, editable=False, help_text=_("The figure that statsmodels gives for the same plan."))
    exploration = models.JSONField(
        _("exploration"), editable=False, help_text=_("Power curve, sensitivity and loss table around the plan.")
    )
    snapshot = models.JSONField(
        _("snapshot"), editable=False, help_text=_("Protocol, gaps, treatments, outcome and sources as they read when saved.")
    )
    plan_digest = models.CharField(_("SHA-256 of the plan"), max_length=64, editable=False)
    engine_version = models.CharField(_("engine version"), max_length=20, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("saved by"), related_name="sizings", on_delete=models.PROTECT, editable=False
    )
    created_at = models.DateTimeField(_("saved"), editable=False)

    objects = SizingQuerySet.as_manager()

    class Meta:
        verbose_name = _("sizing")
        verbose_name_plural = _("sizings")
        ordering = ("-created_at", "-pk")
        constraints = (models.CheckConstraint(condition=Q(plan_digest__regex="^[0-9a-f]{64}$"), name="plan_digest_is_sha256"),)

    def __str__(self) -> str:
        return self.uid

    def natural_key(self) -> tuple[str]:
        return (self.uid,)

    def get_absolute_url(self) -> str:
        return reverse("sizing_report", args=[self.uid])
