"""Everything that a protocol says, as one plain record: what a version keeps, what is compared, checked and exported."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

from trials.protocol.facts import Fact, GapFact, OutcomeFact, TreatmentFact


class DesignFact(Fact):
    """Sequences and lengths of time; days are whole days, None where not given.

    `titration_days` and `readout_days` lie inside a period: the first days, and the last ones, in which the outcome is read.
    """

    sequences: tuple[str, ...]
    allocation: tuple[int, ...]
    run_in_days: int | None
    titration_days: int | None
    period_days: int | None
    washout_days: int | None
    readout_days: int | None
    follow_up_days: int | None
    effect_persistence_days: int | None
    sites: int | None
    recruitment_per_month: float | None
    visits_per_period: int | None
    cost_per_participant: float | None
    cost_per_visit: float | None
    currency: str

    @property
    def n_periods(self) -> int:
        return len(self.sequences[0]) if self.sequences else 0

    @property
    def letters(self) -> tuple[str, ...]:
        """The treatments, in the order of the alphabet."""
        return tuple(sorted(set("".join(self.sequences))))


class InputFact(Fact):
    """One input of the size: `name` is its key in the plan language, `value` stands in `unit` (a share is 0–1), `text` is what people read.

    `basis`, `citation`, `doi`, `url` and `note` say where it comes from; `decided_by` and `decided_at` (ISO 8601) who settled it, and when.
    """

    name: str
    label: str
    value: float | None
    text: str
    unit: str
    basis: Literal["reported", "derived", "assumed", "unverified", ""] = ""
    citation: str = ""
    doi: str = ""
    url: str = ""
    note: str = ""
    decided_by: str = ""
    decided_at: str = ""


class QuestionFact(Fact):
    """The primary question: its kind, its outcome, and every input of its size."""

    kind: str
    kind_label: str
    outcome_kind: str
    treatment: str
    comparator: str
    outcome: OutcomeFact
    scale_low: float | None
    scale_high: float | None
    uses_sequences: bool
    ledger: tuple[InputFact, ...]


class SizingFact(Fact):
    """The primary sizing: its identifier, digest and figures; `is_current` says whether the protocol still asks what it answers."""

    uid: str
    label: str
    plan_digest: str
    engine_version: str
    created_at: str
    n_evaluable: float | None
    n_randomised: float | None
    n_randomised_per_sequence: tuple[float, ...]
    power: float | None
    statement: str
    plain_statement: str
    hypothesis: str
    method: str
    is_current: bool
    plan: dict[str, Any]
    answer: dict[str, Any]


class NotApplicableFact(Fact):
    """An item of a standard that does not apply to this trial, and why."""

    item: str
    reason: str


class Content(Fact):
    """A protocol as it reads now or read when a version was frozen; `sections` holds what each section's items say, by their names."""

    format: Literal["ldn-protocol-1"] = "ldn-protocol-1"
    uid: str
    title: str
    registration: str
    owner: str
    gaps: tuple[GapFact, ...]
    treatments: tuple[TreatmentFact, ...]
    design: DesignFact
    question: QuestionFact | None
    sizing: SizingFact | None
    sections: dict[str, dict[str, Any]]
    not_applicable: tuple[NotApplicableFact, ...]
    seal: str = ""

    def said(self, section: str, item: str) -> Any:
        """What an item says: a text, a list, a number, or an empty text where nothing is filled in."""
        return self.sections.get(section, {}).get(item, "")

    def treatment(self, letter: str) -> TreatmentFact | None:
        """What a letter stands for, if that is said."""
        return next((one for one in self.treatments if one.letter == letter), None)

    def label(self, letter: str) -> str:
        """What a letter stands for in words, or the letter."""
        found = self.treatment(letter)
        return found.label if found else letter

    def as_json(self) -> dict[str, Any]:
        """The record as JSON data."""
        return self.model_dump(mode="json")


def canonical(data: Mapping[str, Any]) -> bytes:
    """The one form whose SHA-256 is a version's digest: UTF-8 JSON, keys sorted, no spaces, no NaN."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def digest(data: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the canonical form."""
    return hashlib.sha256(canonical(data)).hexdigest()
