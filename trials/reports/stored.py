"""A stored sizing, read back into the shapes that the parts of a report ask of it."""

from dataclasses import dataclass
from typing import Any

from trials.models import Sizing
from trials.protocol.facts import TreatmentFact
from trials.reports.document import Record
from trials.reports.snapshot import AssumptionFact, Snapshot


@dataclass(frozen=True)
class Stored:
    """What one row of the database says; nothing here is worked out again."""

    uid: str
    record: Record
    snapshot: Snapshot

    @classmethod
    def read(cls, sizing: Sizing) -> "Stored":
        record = Record(
            plan=sizing.plan,
            answer=sizing.answer,
            witness=sizing.witness,
            exploration=sizing.exploration,
            snapshot=sizing.snapshot,
            plan_digest=sizing.plan_digest,
            engine_version=sizing.engine_version,
            created_at=sizing.created_at,
            created_by=sizing.created_by.get_username(),
        )
        return cls(uid=sizing.uid, record=record, snapshot=Snapshot.model_validate(sizing.snapshot))

    @property
    def answer(self) -> dict[str, Any]:
        return dict(self.record.answer)

    @property
    def exploration(self) -> dict[str, Any]:
        return dict(self.record.exploration)

    @property
    def plan(self) -> dict[str, Any]:
        """The plan with its defaults filled in, as the answer echoes it."""
        return dict(self.answer.get("plan") or self.record.plan)

    @property
    def question(self) -> dict[str, Any]:
        return dict(self.plan["question"])

    @property
    def analysis(self) -> dict[str, Any]:
        return dict(self.plan.get("analysis") or {})

    @property
    def unit(self) -> str:
        return self.snapshot.outcome.unit

    @property
    def target_power(self) -> float | None:
        wanted = self.plan["solve"].get("target_power")
        return None if wanted is None else float(wanted)

    @property
    def target_assurance(self) -> float | None:
        wanted = self.plan["solve"].get("target_assurance")
        return None if wanted is None else float(wanted)

    @property
    def treatment(self) -> TreatmentFact | None:
        """The treatment whose effect is asked; None where the question is about one group or about all treatments."""
        return self._treatment(self.question.get("treatment"))

    @property
    def comparator(self) -> TreatmentFact | None:
        return self._treatment(self.question.get("comparator"))

    @property
    def sequences(self) -> tuple[str, ...]:
        """The sequences that were sized; none for an n-of-1 series."""
        return tuple(self.plan["design"].get("sequences") or ())

    @property
    def is_crossover(self) -> bool:
        """Whether people receive more than one treatment one after the other."""
        return self.plan["design"].get("name") == "n_of_1" or any(len(sequence) > 1 for sequence in self.sequences)

    def assumption(self, name: str) -> AssumptionFact | None:
        return next((one for one in self.snapshot.assumptions if one.name == name), None)

    def _treatment(self, letter: str | None) -> TreatmentFact | None:
        return next((one for one in self.snapshot.treatments if one.letter == letter), None)
