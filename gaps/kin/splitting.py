"""How one gap becomes several: split by dose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gaps import status
from gaps.models import Evidence, Gap, GapReason, GapSource, Passage
from gaps.models.study import MOST_DOSE

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MOST_PARTS = 20

TOLD_ANEW = {
    "id",
    "uid",
    "title",
    "question",
    "intervention",
    "dose_low_mg",
    "dose_high_mg",
    "parent",
    "merged_into",
    "created_by",
    "owner",
}
NOT_INHERITED = {"status", "tier", "tier_note", "next_action", "withdrawn_reason", "created_at", "updated_at"}
COPIED: tuple[type[Passage | GapReason | GapSource | Evidence], ...] = (Passage, GapReason, GapSource, Evidence)
"""What a part takes along from the gap that it is split from."""


def read_doses(text: str) -> list[float]:
    """The doses in a line such as "1.5, 3, 4.5", in mg a day, lowest first.

    Raises
    ------
    ValidationError
        When a word is no dose, a dose is named twice, or there are none or too many.
    """
    doses = []
    for word in re.split(r"[,;\s]+", text.strip()):
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,4})?", word):
            raise ValidationError(
                _("“%(word)s” is no dose; write numbers of mg a day with commas between them, such as 1.5, 3, 4.5."),
                code="dose",
                params={"word": word},
            )
        doses.append(float(word))
    if any(not 0 < dose <= MOST_DOSE for dose in doses):
        raise ValidationError(_("A dose is above 0 and at most %(most)s mg a day."), code="range", params={"most": MOST_DOSE})
    if len(set(doses)) < len(doses):
        raise ValidationError(_("Name each dose once."), code="twice")
    if len(doses) > MOST_PARTS:
        raise ValidationError(_("At most %(most)s doses at a time."), code="many", params={"most": MOST_PARTS})
    return sorted(doses)


@transaction.atomic
def split_by_dose(gap: Gap, doses: Sequence[float], *, by: User) -> list[Gap]:
    """One draft for each dose (mg a day), part of this gap, with its passages, reasons, sources and evidence; the gap itself stays as it is.

    Raises
    ------
    ValidationError
        When the gap has ended, a dose is outside its range or split off already, or a title would not fit; nothing is changed then.
    """
    if gap.status in status.ENDED:
        raise ValidationError(
            _("%(gap)s is %(status)s and cannot be split."),
            params={"gap": gap.uid, "status": str(gap.get_status_display()).lower()},
            code="ended",
        )
    return [_part(gap, dose, by) for dose in doses]


def _part(gap: Gap, dose: float, by: User) -> Gap:
    words = f"{dose:g} mg"
    low, high = gap.dose_low_mg, gap.dose_high_mg
    if (low is not None and dose < low) or (high is not None and dose > high):
        raise ValidationError(
            _("%(dose)s a day is outside the doses of %(gap)s, %(low)s to %(high)s mg a day."),
            code="outside",
            params={"dose": words, "gap": gap.uid, "low": _dose(low), "high": _dose(high)},
        )
    if gap.children.filter(dose_low_mg=dose, dose_high_mg=dose).in_scope().exists():
        raise ValidationError(_("%(gap)s already has a part for %(dose)s a day."), code="twice", params={"gap": gap.uid, "dose": words})

    part = Gap(**{name: getattr(gap, name) for name in _inherited()})
    part.parent, part.created_by, part.owner = gap, by, by
    part.dose_low_mg = part.dose_high_mg = dose
    part.title = f"{gap.title}: {words}"
    part.question = _fitting("question", f"{gap.question[:-1]} ({words} a day)?", gap.question) if gap.question else ""
    part.intervention = (
        _fitting("intervention", f"{gap.intervention}; here {words} a day", gap.intervention) if gap.intervention else f"{words} a day"
    )
    part._change_reason = f"split from {gap.uid}"  # type: ignore[attr-defined]  # noqa: SLF001  (django-simple-history's name)
    part.full_clean()
    part.save()

    for model in COPIED:
        for row in model._default_manager.filter(gap=gap):
            row.pk, row._state.adding, row.gap = None, True, part  # noqa: SLF001  (Django's way to copy a row)
            row.save()
    return part


def _inherited() -> list[str]:
    return [each.name for each in Gap._meta.concrete_fields if each.name not in TOLD_ANEW | NOT_INHERITED]


def _fitting(name: str, text: str, otherwise: str) -> str:
    return text if len(text) <= (getattr(Gap._meta.get_field(name), "max_length", None) or 0) else otherwise


def _dose(dose: float | None) -> str:
    return "…" if dose is None else f"{dose:g}"
