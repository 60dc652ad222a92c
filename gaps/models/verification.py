"""Somebody's search for whether a gap still is one."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gaps.models.gap import Gap
from gaps.models.source import Source

VALID_FOR = timedelta(days=365)


class Verification(models.Model):
    """A search, made by somebody other than the gap's author, and what it showed. Rows are never changed; a later one takes its place."""

    class Verdict(models.TextChoices):
        TRUE_GAP = "true_gap", pgettext_lazy("verification", "Still a gap")
        PARTLY_ANSWERED = "partly_answered", pgettext_lazy("verification", "Answered in part")
        ANSWERED = "answered", pgettext_lazy("verification", "Answered")
        OUT_OF_SCOPE = "out_of_scope", pgettext_lazy("verification", "Out of scope")

    gap = models.ForeignKey(Gap, verbose_name=_("gap"), related_name="verifications", on_delete=models.PROTECT)
    searched_date = models.DateField(_("date of the search"))
    databases = models.CharField(_("searched in"), max_length=300, help_text=_("Such as PubMed, Cochrane Library, ClinicalTrials.gov."))
    strategy = models.TextField(_("search strategy"), max_length=4000, help_text=_("As it was typed, so that somebody else can repeat it."))
    n_found = models.PositiveIntegerField(
        _("records found"), validators=[MaxValueValidator(10_000_000)], help_text=_("Before reading titles.")
    )
    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict.choices)
    rationale = models.CharField(_("because"), max_length=600, help_text=_("What the search showed, in one or two sentences."))
    newest_review = models.ForeignKey(
        Source,
        verbose_name=_("most recent review"),
        related_name="verifications",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text=_("The latest systematic review that bears on the gap, if one was found."),
    )
    verifier = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("verified by"), related_name="verifications", editable=False, on_delete=models.PROTECT
    )
    verified_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ("-verified_at", "-pk")

    def __str__(self) -> str:
        return f"{self.gap.uid}, {self.get_verdict_display()}, {self.searched_date}"

    @property
    def expires_date(self) -> date:
        """The first day on which the search is too old to rest on: a year after it was made."""
        return self.searched_date + VALID_FOR

    def is_current(self, today: date) -> bool:
        return today < self.expires_date

    def clean(self) -> None:
        super().clean()
        if self.gap_id and self.verifier_id and self.verifier_id in {self.gap.created_by_id, self.gap.owner_id}:
            raise ValidationError(_("Who logged or owns a gap cannot verify it; somebody else reads it with other eyes."), code="own_gap")
        searched: date | None = self.searched_date
        if searched and searched > date.today():  # noqa: DTZ011  (a day, wherever the reader is)
            raise ValidationError({"searched_date": _("The search has not been made yet.")}, code="future")
