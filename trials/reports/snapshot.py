"""What a protocol's words and sources were at the moment its sizing was saved.

A report is drawn from the stored row alone, so what it says must not move when somebody edits the protocol later.
"""

from typing import Literal

from trials.protocol.facts import Fact, GapFact, OutcomeFact, TreatmentFact


class AssumptionFact(Fact):
    """One assumed number: `name` is its key in the plan language, `value` in `unit`; a share is 0–1 and shown in per cent.

    `text` says it as people read it; only words, such as a candidate shape, have no `value`. Rows of the first version have no `text`. `basis` says how far it can be trusted, `citation`, `doi` and `url` name the source of the register, `note` what it says.
    """

    name: str
    label: str
    value: float | None
    text: str = ""
    unit: str
    basis: Literal["reported", "derived", "assumed", "unverified"]
    citation: str
    doi: str
    url: str
    note: str


class SentencesFact(Fact):
    """What the engine said of the answer, in words, on that day; what later versions say besides is empty in older rows."""

    summary: str = ""
    measure: str = ""
    hypothesis: str
    statement: str
    plain_statement: str
    method: str


class Snapshot(Fact):
    """The protocol as it read when the sizing was saved; lengths of time in days, None where they were not given (as in older rows)."""

    protocol_uid: str
    protocol_title: str
    gaps: tuple[GapFact, ...]
    sequences: tuple[str, ...]
    period_days: int
    washout_days: int
    run_in_days: int
    titration_days: int | None = None
    readout_days: int | None = None
    follow_up_days: int | None = None
    treatments: tuple[TreatmentFact, ...]
    question_label: str = ""
    outcome: OutcomeFact
    assumptions: tuple[AssumptionFact, ...]
    sentences: SentencesFact
