"""What a crossover protocol is made of."""

from trials.models.assumption import Assumption, AssumptionSource
from trials.models.protocol import Protocol
from trials.models.question import PlannedQuestion
from trials.models.sizing import Sizing
from trials.models.treatment import Treatment

__all__ = ["Assumption", "AssumptionSource", "PlannedQuestion", "Protocol", "Sizing", "Treatment"]
