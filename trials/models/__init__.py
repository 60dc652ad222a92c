"""What a crossover protocol is made of."""

from trials.models.assumption import Assumption, AssumptionSource
from trials.models.protocol import Protocol
from trials.models.question import PlannedQuestion
from trials.models.randomisation import RandomisationList
from trials.models.section import NotApplicable, Section
from trials.models.sizing import Sizing
from trials.models.treatment import Treatment
from trials.models.version import ProtocolMove, Version

__all__ = [
    "Assumption",
    "AssumptionSource",
    "NotApplicable",
    "PlannedQuestion",
    "Protocol",
    "ProtocolMove",
    "RandomisationList",
    "Section",
    "Sizing",
    "Treatment",
    "Version",
]
