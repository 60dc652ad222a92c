"""The log of moves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gaps.models.gap import Gap


class StatusChange(models.Model):
    """One move of a gap: who made it, when, from which status to which. The database refuses to change or delete a row."""

    gap = models.ForeignKey(Gap, verbose_name=_("gap"), related_name="status_changes", on_delete=models.PROTECT)
    from_status = models.CharField(_("from"), max_length=16, choices=Gap.Status.choices)
    to_status = models.CharField(_("to"), max_length=16, choices=Gap.Status.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), related_name="status_changes", null=True, blank=True, on_delete=models.PROTECT
    )
    note = models.CharField(_("note"), max_length=400, blank=True)
    changed_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("move")
        verbose_name_plural = _("moves")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.gap.uid}: {self.get_from_status_display()} → {self.get_to_status_display()}"
