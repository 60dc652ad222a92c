"""What a research gap is made of."""

from gaps.models.gap import Gap
from gaps.models.passage import GapSource, Passage
from gaps.models.reason import GapReason, ReasonCode
from gaps.models.source import Citation, Source

__all__ = ["Citation", "Gap", "GapReason", "GapSource", "Passage", "ReasonCode", "Source"]
