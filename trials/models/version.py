"""What a protocol said when it was frozen, and every move that it made."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trials.models.protocol import Protocol
from trials.models.sizing import Sizing


class Version(models.Model):
    """A protocol as it read when it was frozen. The database refuses to change or delete a row (migration 0006)."""

    protocol = models.ForeignKey(Protocol, verbose_name=_("protocol"), related_name="versions", on_delete=models.PROTECT, editable=False)
    number = models.PositiveSmallIntegerField(_("version"), editable=False)
    content = models.JSONField(_("content"), editable=False)
    digest = models.CharField(_("SHA-256 of the content"), max_length=64, editable=False)
    note = models.CharField(_("what is new"), max_length=1000, blank=True, editable=False)
    sizing = models.ForeignKey(
        Sizing, verbose_name=_("sizing"), related_name="versions", null=True, editable=False, on_delete=models.PROTECT
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("frozen by"), related_name="+", editable=False, on_delete=models.PROTECT
    )
    created_at = models.DateTimeField(_("frozen"), editable=False)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("protocol", "number"), name="one_version_a_number"),
            models.CheckConstraint(condition=Q(digest__regex="^[0-9a-f]{64}$"), name="version_digest_is_sha256"),
        )

    def __str__(self) -> str:
        return f"{self.protocol.uid} v{self.number}"


class ProtocolMove(models.Model):
    """One move of a protocol from a status to the next. The database refuses to change or delete a row (migration 0006)."""

    protocol = models.ForeignKey(Protocol, verbose_name=_("protocol"), related_name="moves", on_delete=models.PROTECT, editable=False)
    from_status = models.CharField(_("from"), max_length=12, choices=Protocol.Status.choices, editable=False)
    to_status = models.CharField(_("to"), max_length=12, choices=Protocol.Status.choices, editable=False)
    note = models.CharField(_("note"), max_length=1000, blank=True, editable=False)
    version = models.ForeignKey(
        Version, verbose_name=_("version"), related_name="moves", null=True, editable=False, on_delete=models.PROTECT
    )
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("moved by"), related_name="+", editable=False, on_delete=models.PROTECT
    )
    moved_at = models.DateTimeField(_("moved"), editable=False)

    class Meta:
        verbose_name = _("move of a protocol")
        verbose_name_plural = _("moves of protocols")
        ordering = ("-moved_at", "-pk")

    def __str__(self) -> str:
        return f"{self.protocol.uid}: {self.get_from_status_display()} → {self.get_to_status_display()}"
