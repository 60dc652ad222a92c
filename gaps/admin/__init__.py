"""The researchers' desk: where gaps and sources are logged and edited."""

from gaps.admin.estimate import EstimateAdmin
from gaps.admin.gap import GapAdmin
from gaps.admin.priority import PriorityRoundAdmin
from gaps.admin.source import SourceAdmin
from gaps.admin.study import StudyAdmin, TermAdmin

__all__ = ["EstimateAdmin", "GapAdmin", "PriorityRoundAdmin", "SourceAdmin", "StudyAdmin", "TermAdmin"]
