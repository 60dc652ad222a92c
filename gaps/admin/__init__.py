"""The researchers' desk: where gaps, sources and evidence are logged and edited."""

from gaps.admin.claim import ClaimAdmin
from gaps.admin.estimate import EstimateAdmin
from gaps.admin.gap import GapAdmin
from gaps.admin.priority import PriorityRoundAdmin
from gaps.admin.source import SourceAdmin
from gaps.admin.study import StudyAdmin, TermAdmin

__all__ = ["ClaimAdmin", "EstimateAdmin", "GapAdmin", "PriorityRoundAdmin", "SourceAdmin", "StudyAdmin", "TermAdmin"]
