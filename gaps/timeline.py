"""Everything that happened to a gap, newest first: moves, verifications, assessments, and who changed what in its record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.formats import date_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from simple_history.models import DeletedObject

from gaps.models import CertaintyAssessment, Evidence, Gap, GapReason, GapSource, Passage, StatusChange, Verification

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

PARTS: tuple[type[models.Model], ...] = (Passage, GapReason, GapSource, Evidence)
UNTOLD = {"id", "uid", "gap", "status", "merged_into", "created_by", "created_at", "updated_at", "added_at"}
"""What the log of moves tells, or what never changes."""
LONGEST_VALUE = 400


@dataclass(frozen=True)
class Change:
    """One field of a record, in words: what it was, what it became."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """One thing that happened to a gap."""

    happened_at: datetime
    kind: str
    order: int
    row: Any
    before: Any = None
    who: str = ""
    changes: list[Change] = field(default_factory=list)

    @property
    def what(self) -> str:
        """The part of the record that changed, in the words of its model, such as "passage"."""
        return str(self.row.instance_type._meta.verbose_name)

    @property
    def named(self) -> str:
        """Which passage, reason, source or evidence it was."""
        return _name(self.row)


def timeline(gap: Gap) -> list[Entry]:
    """What happened to a gap, newest first; a constant number of questions to the database, however much did."""
    entries = [
        *(_decision("move", row.changed_at, row, row.actor) for row in StatusChange.objects.filter(gap=gap).select_related("actor")),
        *(
            _decision("verification", row.verified_at, row, row.verifier)
            for row in Verification.objects.filter(gap=gap).select_related("verifier", "newest_review")
        ),
        *_assessments(gap),
        *_changes(Gap, {"id": gap.pk}),
        *(entry for part in PARTS for entry in _changes(part, {"gap_id": gap.pk})),
    ]
    if not any(entry.kind == "logged" for entry in entries):
        entries.append(Entry(gap.created_at, "logged", 0, gap, who=str(gap.created_by or "")))
    return sorted(entries, key=lambda entry: (entry.happened_at, entry.order), reverse=True)


def in_words(entries: Iterable[Entry], reader: User | AnonymousUser) -> list[Entry]:
    """The entries of one page, with each changed field said in words; of a draft that this reader may not see, only that it is one."""
    return [
        Entry(**(vars(entry) | {"changes": list(_differences(entry.row, entry.before, reader))})) if entry.before else entry
        for entry in entries
    ]


def _decision(kind: str, happened_at: datetime, row: Any, person: Any) -> Entry:
    return Entry(happened_at, kind, row.pk, row, who=str(person or ""))


def _assessments(gap: Gap) -> Iterator[Entry]:
    """Assessments carry the day they were made on, not the minute; they stand at its end."""
    for row in CertaintyAssessment.objects.filter(gap=gap).select_related("assessor", "outcome_domain"):
        yield _decision("assessment", _end_of(row.assessed_date), row, row.assessor)


def _end_of(day: date) -> datetime:
    from django.utils import timezone

    return timezone.make_aware(datetime(day.year, day.month, day.day, 23, 59, 59))  # noqa: DTZ001  (made aware here)


def _changes(model: type[models.Model], of: dict[str, int]) -> Iterator[Entry]:
    """What django-simple-history kept of a gap or of its parts; a save that changed nothing we tell is left out."""
    history: Any = model.history.model  # type: ignore[attr-defined]  # django-simple-history's manager
    told = _told(history)
    rows = history.objects.filter(**of).select_related("history_user", *_relations(history)).order_by("history_date", "history_id")
    kept: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        kept[row.id].append(row)
    for versions in kept.values():
        for before, row in zip([None, *versions], versions, strict=False):
            if row.history_type == "~" and (_is_of_a_move(row) if before is None else _is_same(before, row, told)):
                continue
            kind = {"+": "logged" if model is Gap else "added", "~": "changed", "-": "removed"}[row.history_type]
            told_before = before if row.history_type == "~" else None
            yield Entry(row.history_date, kind, row.history_id, row, told_before, str(row.history_user or ""))


def _is_same(before: Any, row: Any, told: list[str]) -> bool:
    """Whether nothing changed that we tell; why a gap was withdrawn stands in the log of moves."""
    names = set(told) - {"withdrawn_reason"} if getattr(before, "status", "") != getattr(row, "status", "") else told
    return all(getattr(before, name) == getattr(row, name) for name in names)


def _is_of_a_move(row: Any) -> bool:
    """Whether the first version that was kept of a gap is that of a move, which the log tells."""
    return bool(row.history_change_reason) and row.instance_type is Gap


def _told(history: type[models.Model]) -> list[str]:
    return [one.attname for one in history.tracked_fields if one.name not in UNTOLD]  # type: ignore[attr-defined]


def _relations(history: type[models.Model]) -> list[str]:
    names = [one.name for one in history.tracked_fields if isinstance(one, models.ForeignKey) and one.name != "gap"]  # type: ignore[attr-defined]
    return [*names, "estimate__study"] if "estimate" in names else names


def _differences(row: Any, before: Any, reader: User | AnonymousUser) -> Iterator[Change]:
    delta = row.diff_against(before, excluded_fields=UNTOLD, foreign_keys_are_objs=True)
    by_name = {change.field: change for change in delta.changes}
    for one in row.tracked_fields:  # in the order of the record
        if one.name in by_name:
            change = by_name[one.name]
            yield Change(
                capfirst(str(one.verbose_name)), _in_words(one, change.old, before, reader), _in_words(one, change.new, row, reader)
            )


def _in_words(one: models.Field[Any, Any], value: Any, row: Any, reader: User | AnonymousUser) -> str:
    if getattr(row, one.attname) in {None, ""}:
        return str(_("nothing"))
    if isinstance(value, Gap) and not value.may_be_read_by(reader):
        return str(_("a draft"))
    if isinstance(value, DeletedObject):
        return str(_("one that is gone"))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, date):
        return date_format(value, "j M Y")
    words = getattr(row, f"get_{one.name}_display")() if one.choices else f"{value:g}" if isinstance(value, float) else value
    return Truncator(str(words)).chars(LONGEST_VALUE)


def _name(row: Any) -> str:
    """What a kept version was of, in words; what it points at may be gone."""
    model = row.instance_type
    if model is Passage:
        return f"“{row.quote}”"
    if model is GapReason:
        return f"{row.code}, {GapReason(code=row.code).label()}"
    if model is GapSource:
        return str(row.source or _("a source that is gone"))
    if model is Evidence:
        return f"{row.estimate or row.study or _('a study that is gone')}, “{row.get_role_display()}”"
    return ""
