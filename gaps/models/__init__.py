"""What a research gap is made of, and what is known and decided about it."""

from gaps.models.basis import Basis
from gaps.models.certainty import CertaintyAssessment
from gaps.models.claim import Claim
from gaps.models.comment import Comment
from gaps.models.estimate import Estimate
from gaps.models.evidence import Evidence
from gaps.models.gap import Gap
from gaps.models.import_batch import ImportBatch
from gaps.models.passage import GapSource, Passage
from gaps.models.priority import Ballot, PriorityRound, Vote
from gaps.models.reason import GapReason, ReasonCode
from gaps.models.saved_view import SavedView
from gaps.models.source import Citation, Source
from gaps.models.status_change import StatusChange
from gaps.models.study import Registration, Study
from gaps.models.term import Term
from gaps.models.verification import Verification

__all__ = [
    "Ballot",
    "Basis",
    "CertaintyAssessment",
    "Citation",
    "Claim",
    "Comment",
    "Estimate",
    "Evidence",
    "Gap",
    "GapReason",
    "GapSource",
    "ImportBatch",
    "Passage",
    "PriorityRound",
    "ReasonCode",
    "Registration",
    "SavedView",
    "Source",
    "StatusChange",
    "Study",
    "Term",
    "Verification",
    "Vote",
]
