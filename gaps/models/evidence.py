"""What a study, or one of its figures, means for a gap."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from gaps.models.estimate import Estimate
from gaps.models.gap import Gap
from gaps.models.study import Study


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """The questions that pages ask of the evidence."""

    def for_page(self) -> EvidenceQuerySet:
        """With what a gap's page tells of each, the latest study first."""
        return self.select_related("study__population_group", "estimate__outcome_domain").prefetch_related(
            "study__sources", "study__registrations"
        )

    def get_by_natural_key(self, gap: str, study: str, role: str, estimate: str | None) -> Evidence:
        return self.get(gap__uid=gap, study__slug=study, role=role, estimate__slug=estimate)


class Evidence(models.Model):
    """A study that bears on a gap, by one of its figures or as a whole, and in which role."""

    class Role(models.TextChoices):
        RAISES = "raises", _("Raises the gap")
        SUPPORTS = "supports", _("Speaks for a benefit")
        CONTRADICTS = "contradicts", _("Speaks against")
        PARTLY_ANSWERS = "partly_answers", _("Answers in part")
        ANSWERS = "answers", _("Answers")
        PLANNING_INPUT = "planning_input", _("Gives a number to plan with")
        UNDER_WAY = "under_way", _("May answer when it is done")

    gap = models.ForeignKey(Gap, verbose_name=_("gap"), related_name="evidence", on_delete=models.CASCADE)
    study = models.ForeignKey(Study, verbose_name=_("study"), related_name="evidence", on_delete=models.PROTECT)
    estimate = models.ForeignKey(
        Estimate,
        verbose_name=_("figure"),
        related_name="evidence",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text=_("Of the same study; empty for the study as a whole."),
    )
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    note = models.CharField(_("note"), max_length=400, blank=True, help_text=_("What it shows for this gap, in a sentence."))
    added_at = models.DateTimeField(_("linked"), auto_now_add=True)

    objects = EvidenceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("gap", "study", "estimate", "role"),
                nulls_distinct=True,
                name="evidence_once_a_role",
                violation_error_message=_("This figure already has this role for the gap."),
            ),
            models.UniqueConstraint(
                fields=("gap", "study", "role"),
                condition=Q(estimate__isnull=True),
                name="study_once_a_role",
                violation_error_message=_("This study already has this role for the gap."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.study}, {self.get_role_display()}"

    def clean(self) -> None:
        super().clean()
        if self.estimate and self.estimate.study_id != self.study_id:
            raise ValidationError(
                {"estimate": _("%(figure)s is a figure of another study.") % {"figure": self.estimate}}, code="other_study"
            )

    def natural_key(self) -> tuple[str, str, str, str | None]:
        return (self.gap.uid, self.study.slug, self.role, self.estimate.slug if self.estimate else None)

    natural_key.dependencies = ["gaps.gap", "gaps.study", "gaps.estimate"]  # type: ignore[attr-defined]
