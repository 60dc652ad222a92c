"""How far a figure can be trusted."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Basis(models.TextChoices):
    """Where a figure comes from; shown beside it as a mark."""

    REPORTED = "reported", _("Reported by the source")
    DERIVED = "derived", _("Derived from what the source reports")
    ASSUMED = "assumed", _("Assumed by us")
    UNVERIFIED = "unverified", _("Unverified")
