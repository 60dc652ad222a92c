"""Who changed what, in words: the history of a row at the desk."""

from __future__ import annotations

import datetime
import difflib
import re
from typing import Any, NamedTuple, TypeVar

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin

from gaps.admin.initial import InitialAdmin
from gaps.models import Gap

M = TypeVar("M", bound=models.Model)
UNTOLD = ("updated_at", "created_at", "id")
"""What the register keeps by itself, and nobody changes."""


ALIKE = 0.4
"""Share of common words from which a change is told word by word; another text altogether reads better whole."""


class Piece(NamedTuple):
    """Some words of a value, and whether a change took them away, brought them, or kept them."""

    fate: str
    words: str


class Change(NamedTuple):
    """What a change did to one field."""

    label: str
    pieces: list[Piece]


def in_words(field: Any, value: Any, reader: Any = None) -> str:
    """A stored value as a reader says it: the label of a choice, yes or no, a date; "" where there is none."""
    if value is None or value == "" or getattr(value, "pk", value) is None:
        return ""
    if isinstance(value, Gap) and not value.may_be_read_by(reader):
        return _("a draft")
    if choices := dict(getattr(field, "flatchoices", ())):
        return str(choices.get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime.date):
        return date_format(timezone.localtime(value), "j M Y, H:i") if isinstance(value, datetime.datetime) else date_format(value, "j M Y")
    return f"{value:g}" if isinstance(value, float) else str(value)


def changed_words(old: str, new: str) -> list[Piece]:
    """The words of both texts in the order of reading, each kept, taken away or brought."""
    before, after = (re.findall(r"\S+\s*", text) for text in (old, new))
    pieces: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, [word.strip() for word in before], [word.strip() for word in after], autojunk=False)
    if matcher.ratio() < ALIKE:
        pieces = [Piece("del", old), Piece("ins", new)]
    else:
        for operation, i, j, k, m in matcher.get_opcodes():
            is_kept = operation == "equal"
            pieces += (
                [Piece("kept", "".join(after[k:m]))] if is_kept else [Piece("del", "".join(before[i:j])), Piece("ins", "".join(after[k:m]))]
            )
    return [piece for piece in pieces if piece.words]


def changes(model: type[models.Model], new: Any, old: Any, reader: Any) -> list[Change]:
    """What became of each field between two rows of a history."""
    delta = new.diff_against(old, excluded_fields=UNTOLD, foreign_keys_are_objs=True)
    told = []
    for change in delta.changes:
        field = model._meta.get_field(change.field)
        label = str(capfirst(getattr(field, "verbose_name", change.field)))
        told.append(Change(label, changed_words(in_words(field, change.old, reader), in_words(field, change.new, reader))))
    return told


class HistoryAdmin(SimpleHistoryAdmin, InitialAdmin[M]):
    """The history of a row, to read: what was changed is put right by another change, so that it never looks as if it had not been."""

    object_history_template = "admin/gaps/history.html"
    object_history_list_template = "admin/gaps/_history_list.html"
    history_list_per_page = 50

    def _history(self) -> type[models.Model]:
        kept: type[models.Model] = getattr(self.model, "history").model  # noqa: B009  (django-simple-history has no types)
        return kept

    def revert_disabled(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return True

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The changes of a row that this person may see; of what they may not see there is no history either."""
        get_object_or_404(self.get_queryset(request), pk=unquote(object_id))
        answer: HttpResponse = super().history_view(request, object_id, extra_context)
        return answer

    def history_view_title(self, request: HttpRequest, obj: models.Model) -> str:
        return _("History: %s") % obj

    def set_history_delta_changes(self, request: HttpRequest, historical_records: Any, foreign_keys_are_objs: bool = True) -> None:
        """Tell at each row what it changed; for the last row of a page the one before stands on the next page."""
        rows = list(historical_records)
        for new, old in zip(rows, [*rows[1:], rows[-1].prev_record if rows else None], strict=False):
            new.history_delta_changes = changes(self.model, new, old, request.user) if old else []
        historical_records.object_list = rows

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The row as it was at one time."""
        object_id = unquote(object_id)
        record: Any = get_object_or_404(self._history(), id=object_id, history_id=version_id)
        current = get_object_or_404(self.get_queryset(request), pk=object_id)
        if request.method != "GET" or not self.has_view_history_or_change_history_permission(request, current):
            raise PermissionDenied
        fields = [field for field in self.model._meta.concrete_fields if field.name not in UNTOLD]
        context = self.admin_site.each_context(request) | {
            "title": _("%(row)s, as of %(when)s") % {"row": current, "when": in_words(None, record.history_date)},
            "opts": self.model._meta,
            "object": current,
            "values": [(capfirst(field.verbose_name), in_words(field, getattr(record, field.name), request.user)) for field in fields],
        }
        return render(request, "admin/gaps/version.html", context)
