"""An uploaded file on its way into the register."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ImportBatch(models.Model):
    """A file that somebody uploaded, what a dry run said about it, and whether it was taken in."""

    class Format(models.TextChoices):
        RIS = "ris", "RIS"
        BIBTEX = "bibtex", "BibTeX"
        CSL_JSON = "csl_json", "CSL-JSON"
        CLINICALTRIALS = "clinicaltrials", _("ClinicalTrials.gov study (JSON)")
        GAPS_CSV = "gaps_csv", _("Gaps as CSV")
        REGISTER_JSON = "register_json", _("Register as JSON")

    file_name = models.CharField(_("file"), max_length=200)
    format = models.CharField(_("format"), max_length=16, choices=Format.choices)
    content = models.BinaryField(_("content"))
    content_sha256 = models.CharField(_("SHA-256 of the content"), max_length=64)
    mapping = models.JSONField(_("column mapping"), default=dict, blank=True, help_text=_("Of a CSV file: column → field."))
    counts = models.JSONField(_("counts"), default=dict, blank=True, help_text=_("Records in the file, read, failed, new, changed, same."))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("uploaded by"), related_name="import_batches", on_delete=models.PROTECT
    )
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    applied_at = models.DateTimeField(_("taken in"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-pk",)
        constraints = (models.CheckConstraint(condition=Q(content_sha256__regex="^[0-9a-f]{64}$"), name="import_content_is_sha256"),)

    def __str__(self) -> str:
        return self.file_name
