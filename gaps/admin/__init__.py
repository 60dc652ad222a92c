"""The researchers' desk: where gaps and sources are logged and edited."""

from gaps.admin.gap import GapAdmin
from gaps.admin.priority import PriorityRoundAdmin
from gaps.admin.source import SourceAdmin

__all__ = ["GapAdmin", "PriorityRoundAdmin", "SourceAdmin"]
