"""A list or a map as somebody wants to find it again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """The filters, order or axes of a page under a name of its owner's; a shared one is offered to everybody."""

    class Page(models.TextChoices):
        GAP_LIST = "gap_list", _("List of gaps")
        EVIDENCE_MAP = "evidence_map", _("Evidence map")

    page = models.CharField(_("page"), max_length=20, choices=Page.choices)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("choices"), max_length=1000, blank=True, help_text=_("What stands behind the question mark of the address."))
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("owner"), related_name="saved_views", on_delete=models.CASCADE)
    shared = models.BooleanField(_("shared"), default=False)
    created_at = models.DateTimeField(_("saved"), auto_now_add=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "page", "name"),
                name="saved_view_name_once",
                violation_error_message=_("You already have a view of this name."),
            ),
        )

    def __str__(self) -> str:
        return self.name
