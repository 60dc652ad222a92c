"""What a crossover protocol is made of."""

from trials.models.protocol import Protocol, Treatment
from trials.models.question import AssumptionSource, PlannedQuestion
from trials.models.sizing import Sizing

__all__ = ["AssumptionSource", "PlannedQuestion", "Protocol", "Sizing", "Treatment"]
