"""A question that a protocol asks, what is assumed to size it, and where each assumption comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trials.models.assumption import Assumption, AssumptionSource
from trials.models.protocol import LETTERS, Protocol

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LETTER_CHOICES = [(letter, letter) for letter in LETTERS]


def _share(name: str, lookup: str = "gt") -> Q:
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__{lookup}": 0, f"{name}__lt": 1})


def _above_0(name: str) -> Q:
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gt": 0})


def _judged(field: str, condition: Q, message: _StrPromise, name: str = "") -> models.CheckConstraint:
    """A range that the database keeps; its error's code is the field at which forms show it."""
    return models.CheckConstraint(
        condition=condition, name=name or f"{field}_in_range", violation_error_code=field, violation_error_message=message
    )


class PlannedQuestion(models.Model):
    """One thing that a protocol asks, with the outcome that answers it and the assumptions that size it."""

    class Kind(models.TextChoices):
        SUPERIORITY = "superiority", _("Superiority: does one treatment do better?")

    class Better(models.TextChoices):
        LOWER = "lower", _("Lower values are better, as with pain")
        HIGHER = "higher", _("Higher values are better")

    class Sides(models.IntegerChoices):
        TWO = 2, _("Two-sided")
        ONE = 1, _("One-sided")

    protocol = models.ForeignKey(Protocol, verbose_name=_("protocol"), related_name="questions", on_delete=models.CASCADE)
    is_primary = models.BooleanField(_("primary"), default=True, editable=False)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices, default=Kind.SUPERIORITY, editable=False)
    treatment = models.CharField(
        _("treatment"), max_length=1, default="A", choices=LETTER_CHOICES, help_text=_("The letter whose effect is asked.")
    )
    comparator = models.CharField(
        _("comparator"), max_length=1, default="B", choices=LETTER_CHOICES, help_text=_("The letter it is compared with.")
    )

    outcome = models.CharField(
        _("primary outcome"), max_length=160, blank=True, help_text=_("Such as mean daily pain over the last 7 days of each period.")
    )
    instrument = models.CharField(_("instrument"), max_length=120, blank=True, help_text=_("Such as 0–10 numerical rating scale."))
    unit = models.CharField(_("unit"), max_length=30, blank=True, help_text=_("Such as points or mm."))
    better = models.CharField(_("direction"), max_length=6, blank=True, choices=Better.choices)

    mean_difference = models.FloatField(
        _("mean difference"),
        null=True,
        blank=True,
        help_text=_("Treatment − comparator, with its sign: −1 means one unit lower on treatment."),
    )
    difference_sd = models.FloatField(
        _("SD of the within-person difference"),
        null=True,
        blank=True,
        help_text=_("How much the difference between a person's two periods varies from person to person."),
    )
    within_subject_sd = models.FloatField(
        _("within-subject SD"),
        null=True,
        blank=True,
        help_text=_("The residual SD of one period within a person (√ of the error mean square); √2 times smaller."),
    )
    dropout_rate = models.FloatField(
        _("loss"), null=True, blank=True, help_text=_("Share of the randomised who do not complete every period.")
    )
    alpha = models.FloatField(_("significance level α"), null=True, blank=True, default=0.05)
    sides = models.PositiveSmallIntegerField(_("sides"), choices=Sides.choices, default=Sides.TWO)
    target_power = models.FloatField(_("power wanted"), null=True, blank=True, default=0.9)

    class Meta:
        verbose_name = _("planned question")
        verbose_name_plural = _("planned questions")
        ordering = ("-is_primary", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("protocol",),
                condition=Q(is_primary=True),
                name="one_primary_question",
                violation_error_message=_("A protocol has one primary question."),
            ),
            _judged(
                "within_subject_sd",
                Q(difference_sd__isnull=True) | Q(within_subject_sd__isnull=True),
                _("Give one kind of SD, not both: they differ by √2."),
                name="one_kind_of_sd",
            ),
            _judged("difference_sd", _above_0("difference_sd"), _("An SD is above 0; write it in the unit of the outcome.")),
            _judged("within_subject_sd", _above_0("within_subject_sd"), _("An SD is above 0; write it in the unit of the outcome.")),
            _judged("alpha", _share("alpha"), _("α lies between 0 and 1, such as 0.05.")),
            _judged("target_power", _share("target_power"), _("Power lies above 0 and below 100 %%, such as 90.")),
            _judged("dropout_rate", _share("dropout_rate", lookup="gte"), _("Loss is at least 0 and below 100 %%, such as 20.")),
        )

    def __str__(self) -> str:
        return f"{self.protocol.uid}: {self.get_kind_display()}"

    def assumptions(self) -> list[Assumption]:
        """The assumed numbers in the order of the ledger, each with its unit and its source where one is stored."""
        stored = {row.assumption: row for row in self.assumption_sources.all()}
        rows = []
        for assumption in AssumptionSource.Assumption:
            is_difference = assumption == AssumptionSource.Assumption.WITHIN_SUBJECT_SD and self.difference_sd is not None
            name = "difference_sd" if is_difference else assumption.value
            label = str(self._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # these fields all have a label
            unit = "" if assumption == AssumptionSource.Assumption.DROPOUT_RATE else self.unit
            rows.append(Assumption(name, label, getattr(self, name), unit, stored.get(assumption)))
        return rows

    def missing(self) -> list[str]:
        """What this question still needs before it can be sized, in words."""
        given_sd = self.difference_sd is not None or self.within_subject_sd is not None
        wanted = (
            (self.outcome, _("the primary outcome")),
            (self.instrument, _("the instrument that measures it")),
            (self.unit, _("the unit of the outcome")),
            (self.better, _("which direction is better")),
            (self.mean_difference is not None, _("the difference to detect")),
            (given_sd, _("an SD, and which kind it is")),
            (self.dropout_rate is not None, _("the loss to expect, or 0")),
            (self.alpha is not None, _("the significance level")),
            (self.target_power is not None, _("the power wanted")),
        )
        lacking = [str(words) for given, words in wanted if not given]

        for assumption in self.assumptions():
            if assumption.source is None or not assumption.source.is_explained():
                lacking.append(str(_("where the value comes from: {assumption}")).format(assumption=assumption.label))
            elif assumption.has_outgrown_its_note():
                lacking.append(
                    str(_("what now says so: {assumption} has changed, its note still speaks of the proposed value")).format(
                        assumption=assumption.label
                    )
                )
        return lacking
