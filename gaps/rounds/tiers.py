"""The tiers of a closed round, written on its gaps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gaps import status
from gaps.models import Gap, PriorityRound
from gaps.rounds.results import Row, results

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass
class Outcome:
    """What came of putting the tiers of a round on its gaps, and what did not, in words."""

    given: int = 0
    moved: int = 0
    refusals: list[str] = field(default_factory=list)


@transaction.atomic
def set_tiers(asked: PriorityRound, *, by: User) -> Outcome:
    """Write the tiers of a closed round on its gaps, and move those that are verified to prioritised.

    Raises
    ------
    ValidationError
        When the round is not closed, or too few people answered for a tier.
    """
    if not asked.closed_at:
        raise ValidationError(
            _("“%(round)s” is not closed yet; tiers come from its result."), code="not_closed", params={"round": asked.name}
        )
    found = results(asked)
    if not found.has_tiers:
        raise ValidationError(_("Too few people answered in “%(round)s” for a tier."), code="too_few", params={"round": asked.name})

    outcome, unverified = Outcome(), []
    for row in found.rows:
        gap = row.gap
        if not gap.is_live:
            outcome.refusals.append(
                _("{gap} keeps its tier, as it is {status}.").format(gap=gap.uid, status=gap.get_status_display().lower())
            )
            continue
        note = tier_note(asked, row, len(found.rows), found.scorers)
        if (gap.tier, gap.tier_note) != (row.tier, note):
            gap.tier, gap.tier_note = row.tier, note
            gap._change_reason = note[:100]  # type: ignore[attr-defined]  # noqa: SLF001  (django-simple-history's name)
            gap.save()
        outcome.given += 1
        if gap.status == Gap.Status.PROPOSED:
            unverified.append(gap.uid)
        if gap.status == Gap.Status.VERIFIED:
            _prioritise(gap, note, by, outcome)
    if unverified:
        words = ngettext(
            "{gaps} stays proposed: nobody has verified yet that it is a gap.",
            "{gaps} stay proposed: nobody has verified yet that they are gaps.",
            len(unverified),
        )
        outcome.refusals.append(words.format(gaps=", ".join(unverified)))
    return outcome


def _prioritise(gap: Gap, note: str, by: User, outcome: Outcome) -> None:
    try:
        status.move(gap, Gap.Status.PRIORITISED, by=by, note=note)
    except status.MoveRefused as refused:
        outcome.refusals += refused.messages
    else:
        outcome.moved += 1


def tier_note(asked: PriorityRound, row: Row, count: int, scorers: int) -> str:
    """Where a tier comes from, in words that fit on a gap."""
    closed = date_format(timezone.localdate(asked.closed_at), "j M Y") if asked.closed_at else ""
    people = ngettext("{n} ballot", "{n} ballots", scorers).format(n=scorers)
    return _("From round “{round}”, closed {closed}: rank {rank} of {count}, 95 % interval {low}–{high}, {people}.").format(
        round=asked.name,
        closed=closed,
        rank=f"{row.rank:g}",
        count=count,
        low=f"{row.rank_low:g}",
        high=f"{row.rank_high:g}",
        people=people,
    )
