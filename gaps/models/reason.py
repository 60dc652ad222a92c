"""Why a gap is open, in the codes of Robinson, Saldanha and McKoy (J Clin Epidemiol 2011;64:1325–30, 10.1016/j.jclinepi.2011.06.009)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from gaps.models.gap import Gap


class ReasonLetter(models.TextChoices):
    """The four reasons why evidence does not allow a conclusion."""

    A = "A", _("A, insufficient or imprecise information")
    B = "B", _("B, information at risk of bias")
    C = "C", _("C, inconsistent or unknown consistency")
    D = "D", _("D, not the right information")


class ReasonCode(models.TextChoices):
    """The four reasons, each split far enough to suggest a study."""

    A1 = "A1", _("no studies")
    A2 = "A2", _("few studies")
    A3 = "A3", _("samples or event rates too small")
    A4 = "A4", _("estimate imprecise")
    B1 = "B1", _("inappropriate design")
    B2 = "B2", _("major methodological limitations")
    C1 = "C1", _("consistency unknown (one study)")
    C2 = "C2", _("inconsistent across studies")
    D1 = "D1", _("wrong population")
    D2 = "D2", _("intervention or comparator duration inadequate")
    D3 = "D3", _("follow-up inadequate")
    D4 = "D4", _("important outcomes not measured")
    D5 = "D5", _("wrong setting")


class GapReasonQuerySet(models.QuerySet["GapReason"]):
    """Reasons by what identifies them in a fixture."""

    def get_by_natural_key(self, gap: str, code: str) -> GapReason:
        return self.get(gap__uid=gap, code=code)


class GapReason(models.Model):
    """One reason why the evidence does not answer a gap; one of them is the primary reason."""

    gap = models.ForeignKey(Gap, verbose_name=_("gap"), related_name="reasons", on_delete=models.CASCADE)
    code = models.CharField(
        _("reason"), max_length=2, choices=[(value, format_lazy("{}, {}", value, label)) for value, label in ReasonCode.choices]
    )
    primary = models.BooleanField(_("primary"), default=False, help_text=_("The reason that most prevents a conclusion; each gap has one."))
    note = models.CharField(_("note"), max_length=300, blank=True, help_text=_("What is lacking, in a few words; needed with B2."))

    objects = GapReasonQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        ordering = ("-primary", "code")
        constraints = (
            models.UniqueConstraint(
                fields=("gap", "code"), name="reason_once_a_gap", violation_error_message=_("This gap already has this reason.")
            ),
            models.UniqueConstraint(
                fields=("gap",),
                condition=Q(primary=True),
                name="one_primary_reason",
                violation_error_message=_("A gap has one primary reason."),
            ),
            models.CheckConstraint(
                condition=Q(code__in=ReasonCode.values), name="reason_code_known", violation_error_message=_("A reason is one of A1 to D5.")
            ),
            models.CheckConstraint(
                condition=~Q(code="B2", note=""),
                name="b2_has_a_note",
                violation_error_message=_("With B2, say in the note which limitations make the results unsafe."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.code}, {self.label()}"

    def natural_key(self) -> tuple[str, str]:
        return (self.gap.uid, self.code)

    natural_key.dependencies = ["gaps.gap"]  # type: ignore[attr-defined]

    def label(self) -> str:
        """What the code stands for, such as "few studies" for A2."""
        return str(ReasonCode(self.code).label)
