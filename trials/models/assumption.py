"""The assumed numbers of a question, and where each comes from."""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from gaps.models import Basis, Estimate, Source
from trials.kinds import EFFECT, LOSS, VARIABILITY


class AssumptionSource(models.Model):
    """Where the assumed numbers of one row of the ledger come from: how far they can be trusted, and the source that says so."""

    class Assumption(models.TextChoices):
        # stored under the words of the usual question; each stands for a row of the ledger, whatever the kind asks for there
        MEAN_DIFFERENCE = EFFECT, _("the effect assumed")
        WITHIN_SUBJECT_SD = VARIABILITY, _("the variability")
        DROPOUT_RATE = LOSS, _("the loss")

    question = models.ForeignKey("PlannedQuestion", verbose_name=_("question"), related_name="assumption_sources", on_delete=models.CASCADE)
    assumption = models.CharField(
        _("assumption"),
        max_length=80,
        help_text=_("A row of the ledger, or the name of one input, whose own source then stands in place of that of its row."),
    )
    basis = models.CharField(_("basis"), max_length=12, blank=True, choices=Basis.choices)
    source = models.ForeignKey(
        Source, verbose_name=_("source"), related_name="assumptions", null=True, blank=True, on_delete=models.PROTECT
    )
    estimate = models.ForeignKey(
        Estimate,
        verbose_name=_("figure of the register"),
        related_name="assumptions",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text=_("The figure that was taken over, if one was."),
    )
    note = models.CharField(
        _("what it says"), max_length=400, blank=True, help_text=_("Study, number of people, table or page; for an assumption, the reason.")
    )

    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("source of an assumption")
        verbose_name_plural = _("sources of assumptions")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("question", "assumption"),
                name="one_source_an_assumption",
                violation_error_message=_("This assumption already has its source."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.assumption}: {self.get_basis_display()}"

    def is_explained(self) -> bool:
        """Whether a reader can tell where the value comes from."""
        return bool(self.basis and (self.source_id or self.note))


@dataclass(frozen=True)
class Assumption:
    """One assumed value of a question: `name` is its key in the plan language, `value` is in `unit`, or a share of 0–1.

    `words` stand in place of a value that is no number; `row` is the row of the ledger whose source explains it.
    """

    name: str
    label: str
    value: float | None
    unit: str
    source: AssumptionSource | None
    row: str
    is_share: bool = False
    words: str = ""

    def has_outgrown_its_note(self) -> bool:
        """Whether the value was changed while the note is still the one that was proposed for another value."""
        from trials.defaults import ASSUMPTION_SOURCES, QUESTION
        from trials.from_register import offered

        if self.source is None or (self.value is None and not self.words):
            return False
        if self.source.estimate is not None and (offer := offered(self.source.estimate)) is not None and offer.column == self.name:
            return self.value is None or not isclose(self.value, offer.value, rel_tol=1e-9)
        proposed_note = str(ASSUMPTION_SOURCES[self.source.assumption]["note"])
        return self.source.note == proposed_note and (bool(self.words) or self.value != QUESTION.get(self.name))
