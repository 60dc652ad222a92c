"""The words by which gaps and evidence are laid beside each other: populations and outcomes."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class TermQuerySet(models.QuerySet["Term"]):
    """Terms by scheme, and by what identifies them in a fixture."""

    def populations(self) -> TermQuerySet:
        return self.filter(scheme=Term.Scheme.POPULATION)

    def outcomes(self) -> TermQuerySet:
        return self.filter(scheme=Term.Scheme.OUTCOME)

    def get_by_natural_key(self, scheme: str, slug: str) -> Term:
        return self.get(scheme=scheme, slug=slug)


class Term(models.Model):
    """A population or an outcome that several gaps and studies share, so that a map can lay them in one row or column."""

    class Scheme(models.TextChoices):
        POPULATION = "population", _("Population")
        OUTCOME = "outcome", _("Outcome")

    class Better(models.TextChoices):
        LOWER = "lower", _("Lower values are better, as with pain")
        HIGHER = "higher", _("Higher values are better")

    scheme = models.CharField(_("scheme"), max_length=10, choices=Scheme.choices)
    slug = models.SlugField(_("short name"), max_length=60, help_text=_("Such as women-with-fibromyalgia."))
    label = models.CharField(_("label"), max_length=80, help_text=_("As the map's rows and columns show it, such as Mean pain."))
    position = models.PositiveSmallIntegerField(_("position"), default=0, help_text=_("Order on the map, from 0."))
    unit = models.CharField(
        _("unit"),
        max_length=40,
        blank=True,
        help_text=_("Of an outcome: the unit in which its differences are laid together, such as points."),
    )
    scale_min = models.FloatField(
        _("lowest value"), null=True, blank=True, help_text=_("Of an outcome: lowest value of the common scale, such as 0.")
    )
    scale_max = models.FloatField(
        _("highest value"),
        null=True,
        blank=True,
        help_text=_("Highest value of the common scale, such as 10; differences measured on 0–100 are then divided by 10."),
    )
    better = models.CharField(_("direction"), max_length=6, blank=True, choices=Better.choices, help_text=_("Of an outcome."))

    objects = TermQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ("scheme", "position", "label")
        constraints = (
            models.UniqueConstraint(fields=("scheme", "slug"), name="term_once", violation_error_message=_("This short name is taken.")),
            models.CheckConstraint(
                condition=Q(scale_min__isnull=True, scale_max__isnull=True)
                | Q(scale_min__isnull=False, scale_max__isnull=False, scale_min__lt=F("scale_max")),
                name="term_scale_ordered",
                violation_error_message=_("Give both ends of the scale, the lower one first, or neither."),
            ),
        )

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        super().clean()
        if self.scheme == self.Scheme.OUTCOME and not self.better:
            raise ValidationError({"better": _("Say for an outcome which direction is better.")}, code="required")

    def natural_key(self) -> tuple[str, str]:
        return (self.scheme, self.slug)
