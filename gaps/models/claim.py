"""What the article says, held against what is known."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from gaps.models.basis import Basis
from gaps.models.gap import Gap
from gaps.models.passage import short_quote
from gaps.models.source import Source
from gaps.models.study import Study


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Claims by what identifies them in a fixture."""

    def get_by_natural_key(self, source: str, slug: str) -> Claim:
        return self.get(source__slug=source, slug=slug)


class Claim(models.Model):
    """A sentence of a source that does not say what its reference or later evidence says, and what is the matter with it."""

    class Status(models.TextChoices):
        SUPPORTED = "supported", _("Supported")
        OUTDATED = "outdated", _("Outdated")
        OVERSTATED = "overstated", _("Overstated")
        MISATTRIBUTED = "misattributed", _("Misattributed")
        INCOMPLETE_CITATION = "incomplete_citation", _("Citation incomplete")
        NEEDS_COMPARATOR = "needs_comparator", _("Lacks its comparison")
        COULD_BE_STRENGTHENED = "could_be_strengthened", _("Could be stronger")

    source = models.ForeignKey(Source, verbose_name=_("source"), related_name="claims", on_delete=models.PROTECT)
    slug = models.SlugField(_("short name"), max_length=60)
    quote = models.CharField(_("quote"), max_length=300, validators=[short_quote], help_text=_("Word for word, without quotation marks."))
    locator = models.CharField(_("place"), max_length=100, blank=True)
    status = models.CharField(_("finding"), max_length=24, choices=Status.choices)
    issue = models.CharField(_("what is the matter"), max_length=600)
    basis = models.CharField(_("basis"), max_length=12, choices=Basis.choices, default=Basis.REPORTED)
    gaps = models.ManyToManyField(Gap, verbose_name=_("gaps"), related_name="claims", blank=True)
    studies = models.ManyToManyField(Study, verbose_name=_("studies"), related_name="claims", blank=True)
    sources = models.ManyToManyField(Source, verbose_name=_("evidence"), related_name="claims_judged", blank=True)

    objects = ClaimQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ("source", "pk")
        constraints = (models.UniqueConstraint(fields=("source", "slug"), name="claim_once_a_source"),)

    def __str__(self) -> str:
        return f"“{self.quote}”, {self.get_status_display()}"

    def natural_key(self) -> tuple[str, str]:
        return (self.source.slug, self.slug)

    natural_key.dependencies = ["gaps.gap", "gaps.source", "gaps.study"]  # type: ignore[attr-defined]
