"""Forms of the desk that an address fills in, such as the parent of a new gap."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin
from django.db.models import Model

if TYPE_CHECKING:
    from django.http import HttpRequest

M = TypeVar("M", bound=Model)
KEY = re.compile(r"[0-9]{1,18}")


class InitialAdmin(admin.ModelAdmin[M]):
    """A desk page that leaves aside what an address says of another row and is no key of one; Django's own fails at it."""

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given: dict[str, Any] = super().get_changeform_initial_data(request)
        related = {field.name for field in self.opts.get_fields() if field.is_relation}
        return {name: value for name, value in given.items() if name not in related or _are_keys(value)}


def _are_keys(value: Any) -> bool:
    return all(KEY.fullmatch(each) for each in (value if isinstance(value, list) else [value]))
