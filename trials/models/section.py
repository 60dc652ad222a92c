"""What a protocol says in one of its sections."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from trials.models.protocol import Protocol
from trials.protocol import sections


def section_choices() -> list[tuple[str, object]]:
    """The sections in the order of the protocol."""
    return [(section.name, section.title) for section in sections.ALL]


class Section(models.Model):
    """One section of one protocol: what its items say, by their names; items that say nothing are not stored."""

    protocol = models.ForeignKey(Protocol, verbose_name=_("protocol"), related_name="sections", on_delete=models.CASCADE)
    name = models.CharField(_("section"), max_length=30, choices=section_choices)
    content = models.JSONField(_("content"), default=dict, blank=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("changed by"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
    )
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("protocol", "name"), name="one_row_a_section"),)

    def __str__(self) -> str:
        return f"{self.protocol.uid}: {self.spec.title}"

    @property
    def spec(self) -> sections.SectionSpec:
        """What the section asks."""
        return sections.BY_NAME[self.name]


class NotApplicable(models.Model):
    """An item of a standard that does not apply to a protocol, with the reason, as somebody decided."""

    protocol = models.ForeignKey(Protocol, verbose_name=_("protocol"), related_name="not_applicable", on_delete=models.CASCADE)
    item = models.CharField(_("item"), max_length=30, help_text=_("Standard and number, such as spirit:7b."))
    reason = models.CharField(_("because"), max_length=300)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("decided by"), related_name="+", on_delete=models.PROTECT)
    decided_at = models.DateTimeField(_("decided"), auto_now=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("item that does not apply")
        verbose_name_plural = _("items that do not apply")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("protocol", "item"), name="one_reason_an_item"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="not_applicable_has_a_reason"),
        )

    def __str__(self) -> str:
        return f"{self.protocol.uid}: {self.item}"
