"""The sections of a protocol as data: forms, checks, texts and exports follow from them.

A section is a :class:`~trials.protocol.sections.item.SectionSpec` with its items. Sequences, lengths of time, treatments and the primary question are
not here: they are what the studio asks, and stand in columns of their own, because the engine reads them.
"""

from trials.protocol.sections.administrative import ADMINISTRATIVE
from trials.protocol.sections.analysis import ANALYSIS
from trials.protocol.sections.blinding import BLINDING
from trials.protocol.sections.design import DESIGN
from trials.protocol.sections.estimand import ESTIMAND
from trials.protocol.sections.harms import HARMS
from trials.protocol.sections.interventions import INTERVENTIONS
from trials.protocol.sections.item import LONGEST, MOST_ROWS, Item, SectionSpec
from trials.protocol.sections.missing_data import MISSING_DATA
from trials.protocol.sections.outcomes import OUTCOMES
from trials.protocol.sections.population import POPULATION
from trials.protocol.sections.schedule import SCHEDULE

ALL: tuple[SectionSpec, ...] = (
    ESTIMAND,
    POPULATION,
    INTERVENTIONS,
    DESIGN,
    SCHEDULE,
    OUTCOMES,
    ANALYSIS,
    MISSING_DATA,
    HARMS,
    BLINDING,
    ADMINISTRATIVE,
)
BY_NAME = {section.name: section for section in ALL}

__all__ = ["ALL", "BY_NAME", "LONGEST", "MOST_ROWS", "Item", "SectionSpec"]
