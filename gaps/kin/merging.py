"""How several gaps become one: merged with every link of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gaps import status
from gaps.models import Comment, Evidence, Gap, GapReason

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Kind:
    """One kind of link to a gap: by which field of its rows, and what makes two of them say the same."""

    name: str
    label: _StrPromise
    link: str = "gap"
    same: tuple[str, ...] = ("pk",)


ROWS = (
    Kind("passages", gettext_lazy("passages"), same=("source_id", "quote")),
    Kind("reasons", gettext_lazy("reasons"), same=("code",)),
    Kind("source_links", gettext_lazy("sources"), same=("source_id",)),
    Kind("evidence", gettext_lazy("evidence"), same=("study_id", "estimate_id", "role")),
    Kind("comments", gettext_lazy("comments")),
    Kind("children", gettext_lazy("parts split from it"), link="parent"),
    Kind("merged_gaps", gettext_lazy("gaps merged into it before"), link="merged_into"),
)
"""What belongs to one gap; its rows are pointed at the other."""

LISTS = (
    Kind("claims", gettext_lazy("claims")),
    Kind("priority_rounds", gettext_lazy("priority rounds, with the votes")),
    Kind("protocols", gettext_lazy("protocols")),
)
"""What names several gaps; the other one takes the place of the merged one. Protocols are known where another app has them."""

KEPT = {"verifications": gettext_lazy("verifications"), "certainty_assessments": gettext_lazy("assessments of certainty")}
"""What was judged of the merged gap and is never changed; it stays with it, as does the log of its moves."""


@dataclass
class Links:
    """The links of one kind: those that the surviving gap takes over, and those that it has already, with its own row."""

    kind: Kind
    moving: list[Any] = field(default_factory=list)
    doubled: list[tuple[Any, Any]] = field(default_factory=list)

    @property
    def label(self) -> str:
        return str(capfirst(self.kind.label))


def links(gap: Gap, survivor: Gap) -> list[Links]:
    """What would move, and what the surviving gap has already, by kind; kinds of which the gap has none are left out."""
    found = [_sorted(kind, _rows(gap, kind, survivor), _rows(survivor, kind, gap)) for kind in ROWS]
    found += [_sorted(kind, _all(gap, kind), _all(survivor, kind)) for kind in LISTS]
    return [one for one in found if one.moving or one.doubled]


def stays(gap: Gap) -> dict[str, int]:
    """How much of what was judged of the gap stays with it, by its label."""
    counts = {str(capfirst(label)): getattr(gap, name).count() for name, label in KEPT.items()}
    return {label: count for label, count in counts.items() if count}


@transaction.atomic
def merge(gap: Gap, survivor: Gap, *, by: User) -> None:
    """Make one gap of two that ask the same: the survivor keeps every link of both, and the merged gap's page leads to it.

    What both have stays once with each; a note that only the merged gap had is added to the survivor's. Verifications, assessments
    and the log of moves stay with the merged gap: they were made of it, and are never changed.

    Raises
    ------
    ValidationError
        When one of them has ended, or the person is no curator; nothing is changed then.
    """
    gap, survivor = (Gap.objects.select_for_update().get(pk=one.pk) for one in (gap, survivor))
    if gap.pk == survivor.pk:
        raise ValidationError(_("%(gap)s cannot be merged into itself."), params=_words(gap), code="itself")
    if survivor.status in status.ENDED:
        raise ValidationError(_("%(gap)s is %(status)s; nothing can be merged into it."), params=_words(survivor), code="ended")
    gap.merged_into = survivor
    status.check(gap, Gap.Status.MERGED, by)
    why = f"{gap.uid} merged into {survivor.uid}"

    _take_place(gap, survivor, why)
    for found in links(gap, survivor):
        for row in found.moving:
            if found.kind in ROWS:
                _point(row, found.kind, survivor, why)
            else:
                _replace(row, found.kind, gap, survivor)
        for row, own in found.doubled:
            _add_note(row, own, why)
    status.move(gap, Gap.Status.MERGED, by=by, note=_("into {gap}").format(gap=survivor.uid))


def _rows(gap: Gap, kind: Kind, other: Gap) -> list[Any]:
    rows = getattr(gap, kind.name).all()
    return [row for row in rows if row.pk != other.pk] if kind.link != "gap" else list(rows)


def _all(gap: Gap, kind: Kind) -> list[Any]:
    manager = getattr(gap, kind.name, None)
    return [] if manager is None else list(manager.all())


def _sorted(kind: Kind, rows: list[Any], own: list[Any]) -> Links:
    have = {tuple(getattr(row, name) for name in kind.same): row for row in own}
    sorted_ = Links(kind)
    for row in rows:
        match = have.get(tuple(getattr(row, name) for name in kind.same))
        if match is None:
            sorted_.moving.append(row)
        else:
            sorted_.doubled.append((row, match))
    return sorted_


def _point(row: Any, kind: Kind, survivor: Gap, why: str) -> None:
    setattr(row, kind.link, survivor)
    if isinstance(row, GapReason) and survivor.reasons.filter(primary=True).exists():
        row.primary = False
    if isinstance(row, Evidence):
        row.added_at = timezone.now()  # to the survivor it is linked now, so a verification before this is to be looked at again
    if not isinstance(row, Comment):
        row._change_reason = why  # noqa: SLF001  (django-simple-history's name)
    row.save()


def _replace(row: Any, kind: Kind, gap: Gap, survivor: Gap) -> None:
    if kind.name == "priority_rounds":
        for vote in gap.votes.filter(ballot__round=row):
            vote.gap = survivor
            vote.save()
    row.gaps.add(survivor)
    row.gaps.remove(gap)


def _add_note(row: Any, own: Any, why: str) -> None:
    """Say in the survivor's row what only the other said, where there is room; the other row stays as it is in any case."""
    note = getattr(row, "note", "")
    if not note or note in own.note:
        return
    joined = f"{own.note}; {note}" if own.note else note
    if len(joined) <= (own._meta.get_field("note").max_length or 0):
        own.note, own._change_reason = joined, why  # noqa: SLF001  (django-simple-history's name)
        own.save()


def _take_place(gap: Gap, survivor: Gap, why: str) -> None:
    """Put the survivor where the gap was among broader gaps, if it is below the gap, or nowhere and can be there without a circle."""
    is_below = gap in ancestors(survivor)
    is_free = survivor.parent is None and gap.parent is not None and survivor not in ancestors(gap)
    if is_below or is_free:
        survivor.parent = gap.parent
        survivor._change_reason = why  # type: ignore[attr-defined]  # noqa: SLF001  (django-simple-history's name)
        survivor.save()


def ancestors(gap: Gap) -> list[Gap]:
    """The broader gaps that this one is part of, the nearest first."""
    return list(_climb(gap))


def _climb(gap: Gap) -> Iterator[Gap]:
    seen = {gap.pk}
    while gap.parent is not None and gap.parent_id not in seen:
        gap = gap.parent
        seen.add(gap.pk)
        yield gap


def _words(gap: Gap) -> dict[str, str]:
    return {"gap": gap.uid, "status": str(gap.get_status_display()).lower()}
