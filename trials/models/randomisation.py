"""The sealed list of sequences of a trial."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trials.models.protocol import Protocol


class RandomisationList(models.Model):
    """A list of sequences with its seed: the closed document of SPIRIT 2025 item 21b, of which the protocol shows the seal alone.

    Who may open it has a permission of its own; whoever drafts the protocol does not see it. The database refuses to change or delete a
    row (migration 0006). `parameters` holds sequences, ratio, block sizes, strata with their lengths, and the algorithm's name; `entries`
    the list, by stratum.
    """

    protocol = models.ForeignKey(
        Protocol, verbose_name=_("protocol"), related_name="randomisation_lists", on_delete=models.PROTECT, editable=False
    )
    seed = models.CharField(_("seed"), max_length=64, editable=False)
    parameters = models.JSONField(_("parameters"), editable=False)
    entries = models.JSONField(_("list"), editable=False)
    seal = models.CharField(_("seal"), max_length=64, editable=False, help_text=_("SHA-256 of seed, parameters and list."))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("sealed by"), related_name="+", editable=False, on_delete=models.PROTECT
    )
    created_at = models.DateTimeField(_("sealed"), editable=False)

    class Meta:
        verbose_name = _("randomisation list")
        verbose_name_plural = _("randomisation lists")
        ordering = ("-created_at", "-pk")
        default_permissions = ()
        permissions = (("seal_randomisationlist", _("Can make and open randomisation lists")),)
        constraints = (
            models.CheckConstraint(condition=Q(seed__regex="^[0-9a-f]{64}$"), name="seed_is_64_hex_digits"),
            models.CheckConstraint(condition=Q(seal__regex="^[0-9a-f]{64}$"), name="seal_is_sha256"),
        )

    def __str__(self) -> str:
        return f"{self.protocol.uid}: {self.seal[:12]}"
