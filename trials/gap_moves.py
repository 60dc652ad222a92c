"""What only protocols know of a gap's way: whether a design takes it up, and whether a trial is registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from gaps import status
from gaps.status import Role, Transition
from trials.models import Protocol, Sizing

if TYPE_CHECKING:
    from gaps.models import Gap

Status = status.Status


def _protocols(gap: Gap) -> Any:
    return Protocol.objects.in_scope().filter(gaps=gap)


def has_sized_design(gap: Gap) -> list[str]:
    """A protocol that takes the gap up, with a sizing that has an answer."""
    protocols = _protocols(gap)
    if not protocols.exists():
        return [_("a protocol that takes it up")]
    sized = Sizing.objects.filter(question__protocol__in=protocols).exclude(answer__n_evaluable=None)
    return [] if sized.exists() else [_("a saved sizing of a protocol that takes it up")]


def has_trial(gap: Gap) -> list[str]:
    """A registered number of a protocol that takes it up, or a study under way that covers it."""
    from gaps.models import Study

    if _protocols(gap).exclude(registration="").exists():
        return []
    if gap.evidence.filter(study__status__in=(Study.Status.PLANNED, Study.Status.ONGOING), study__registrations__isnull=False).exists():
        return []
    return [_("the registry number of a protocol that takes it up, or a registered study under way, linked as evidence")]


def register() -> None:
    """Add the moves that rest on protocols to the one table."""
    for current in (Status.VERIFIED, Status.PRIORITISED):
        status.add(current, Status.DESIGN_LINKED, Transition((Role.AUTHOR, Role.CURATOR), [has_sized_design]))
    status.add(Status.DESIGN_LINKED, Status.IN_TRIAL, Transition((Role.CURATOR,), [has_trial]))
