"""How a protocol stands to SPIRIT 2025, the CONSORT extension for crossover trials, DELTA2, and our own sample-size contract S1–S25.

Plain data in, verdicts out: every function takes a :class:`~trials.protocol.content.Content`, of a draft or of a frozen version.
"""

from trials.protocol.conformance.consort_crossover import NUMBERS as CONSORT_NUMBERS
from trials.protocol.conformance.item import STANDARDS, STATES, Finding, Place, StandardItem, Verdict, verdict_of
from trials.protocol.conformance.verdicts import BY_KEY, ITEMS, Count, counts, lacking_to_freeze, verdicts

__all__ = [
    "BY_KEY",
    "CONSORT_NUMBERS",
    "ITEMS",
    "STANDARDS",
    "STATES",
    "Count",
    "Finding",
    "Place",
    "StandardItem",
    "Verdict",
    "counts",
    "lacking_to_freeze",
    "verdict_of",
    "verdicts",
]
