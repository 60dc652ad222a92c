"""What protocols say of whether a study of a gap is feasible: its sample size and how long one person takes part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from trials.models import Protocol

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    from gaps.models import Gap


def feasibility(gaps: Sequence[Gap], user: User | AnonymousUser) -> dict[int, list[str]]:
    """For each of these gaps, one sentence a sized protocol that takes it up and that this reader may see."""
    protocols = Protocol.objects.visible_to(user).in_scope().filter(gaps__in=gaps).for_list().order_by("uid").distinct()
    found: dict[int, list[str]] = {}
    for protocol in protocols:
        if getattr(protocol, "n_randomised", None) is not None:
            for gap in protocol.gaps.all():
                found.setdefault(gap.pk, []).append(_sentence(protocol))
    return found


def _sentence(protocol: Protocol) -> str:
    words = {
        "uid": protocol.uid,
        "title": protocol.title,
        "evaluable": getattr(protocol, "n_evaluable", None),
        "randomised": getattr(protocol, "n_randomised", None),
    }
    weeks = _weeks(protocol)
    if weeks is None:
        return _("{uid} ({title}) needs {evaluable} evaluable, {randomised} randomised participants.").format(**words)
    return _("{uid} ({title}) needs {evaluable} evaluable, {randomised} randomised participants, each for {weeks:.0f} weeks.").format(
        **words, weeks=weeks
    )


def _weeks(protocol: Protocol) -> float | None:
    """How long one person takes part, from run-in to the end of the last period."""
    periods = len(protocol.sequences.partition("/")[0])
    if protocol.period_days is None or not periods:
        return None
    days = (protocol.run_in_days or 0) + periods * protocol.period_days + (periods - 1) * (protocol.washout_days or 0)
    return days / 7
