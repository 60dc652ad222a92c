"""What a letter of the sequences stands for."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from trials.models.protocol import LETTERS, Protocol


class Treatment(models.Model):
    """What one letter of the sequences stands for: a drug at a dose, or placebo."""

    protocol = models.ForeignKey(Protocol, verbose_name=_("protocol"), related_name="treatments", on_delete=models.CASCADE)
    letter = models.CharField(_("letter"), max_length=1, validators=[RegexValidator(f"^[{LETTERS}]$", _("Use one letter from A to H."))])
    drug = models.CharField(_("drug"), max_length=80, blank=True, help_text=_("Such as naltrexone, or placebo."))
    dose_mg = models.DecimalField(
        _("dose"),
        max_digits=8,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1000))],
        help_text=_("Empty for placebo."),
    )
    frequency = models.CharField(_("frequency"), max_length=60, blank=True, help_text=_("Such as once a day, in the evening."))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("treatment")
        verbose_name_plural = _("treatments")
        ordering = ("letter",)
        constraints = (
            models.UniqueConstraint(
                fields=("protocol", "letter"),
                name="one_treatment_a_letter",
                violation_error_message=_("This letter already stands for another treatment."),
            ),
            models.CheckConstraint(
                condition=Q(dose_mg__isnull=True) | Q(dose_mg__range=(0, 1000)),
                name="dose_mg_in_range",
                violation_error_message=_("A dose is from 0 to 1000 mg."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.letter}: {self.label()}"

    def short_label(self) -> str:
        """Drug and dose in words, such as "naltrexone 4.5 mg"; for drawings, where there is little room."""
        dose = f"{self.dose_mg.normalize():f}\N{NO-BREAK SPACE}mg" if self.dose_mg is not None else ""
        return " ".join(str(part) for part in (self.drug, dose) if part)

    def label(self) -> str:
        """Drug, dose and frequency in words, such as "naltrexone 4.5 mg once a day"."""
        return " ".join(str(part) for part in (self.short_label(), self.frequency) if part)
