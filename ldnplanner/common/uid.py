"""Public identifiers such as GAP-0007, given once and never reused."""

from django.db import models


def next_uid(model: type[models.Model], prefix: str) -> str:
    """The identifier after the highest one given so far; rows that carry one are withdrawn, not deleted.

    Two writers at once cannot both keep the same identifier, because the column is unique.
    """
    last = model._default_manager.order_by(models.functions.Length("uid").desc(), "-uid").values_list("uid", flat=True).first()
    number = int(last.rpartition("-")[2]) + 1 if last else 1
    return f"{prefix}-{number:04d}"
