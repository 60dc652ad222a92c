"""Which figures of the register a plan can take over as they are: other apps know, and say so when they start."""

from __future__ import annotations

from collections.abc import Callable

from gaps.models import Estimate, Gap

Takes = Callable[[Estimate, Gap], bool]
TAKERS: list[Takes] = []


def add_taker(takes: Takes) -> None:
    """Let another app say which figures it can take over."""
    if takes not in TAKERS:
        TAKERS.append(takes)


def can_be_taken(estimate: Estimate, gap: Gap) -> bool:
    """Whether a plan for this gap can take the figure over as it is."""
    return any(takes(estimate, gap) for takes in TAKERS)
