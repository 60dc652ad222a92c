"""From the rows of a protocol to everything that it says, as one plain record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trials import planning
from trials.models import Sizing
from trials.models.protocol import DESIGN_FIELDS
from trials.protocol.content import Content, DesignFact, InputFact, NotApplicableFact, QuestionFact, SizingFact, digest

if TYPE_CHECKING:
    from trials.models import PlannedQuestion, Protocol


def content_of(protocol: Protocol) -> Content:
    """What the protocol says now; reads the prefetched parts where there are any."""
    question = protocol.primary_question
    sizing = primary_sizing(question) if question else None
    seal = protocol.randomisation_lists.values_list("seal", flat=True).first()
    return Content(
        uid=protocol.uid,
        title=protocol.title,
        registration=protocol.registration,
        owner=protocol.owner.get_username(),
        gaps=planning.gap_facts(protocol),
        treatments=tuple(
            planning.treatment_fact(treatment)
            for treatment in protocol.treatments.all()
            if treatment.drug and (treatment.letter in protocol.letters() or not protocol.sequences)
        ),
        design=design_of(protocol),
        question=_question(question) if question else None,
        sizing=_sizing(sizing, question) if sizing and question else None,
        sections={section.name: section.content for section in protocol.sections.all() if section.content},
        not_applicable=tuple(NotApplicableFact(item=row.item, reason=row.reason) for row in protocol.not_applicable.all()),
        seal=seal or "",
    )


def design_of(protocol: Protocol) -> DesignFact:
    """Sequences and lengths of time as they stand, whether complete or not."""
    sequences = tuple(protocol.sequences.split("/")) if protocol.sequences else ()
    shares = protocol.shares()
    given = {name: getattr(protocol, name) for name in DESIGN_FIELDS}
    return DesignFact(**given | {"sequences": sequences, "allocation": shares if len(shares) == len(sequences) else (1,) * len(sequences)})


def primary_sizing(question: PlannedQuestion) -> Sizing | None:
    """The scenario that the protocol states: the chosen one, else the latest."""
    return question.primary_sizing or Sizing.objects.filter(question=question).for_list().first()


def _question(question: PlannedQuestion) -> QuestionFact:
    return QuestionFact(
        kind=question.kind,
        kind_label=question.get_kind_display(),
        outcome_kind=question.outcome_kind,
        treatment=question.treatment,
        comparator=question.comparator,
        outcome=planning.outcome_fact(question),
        scale_low=question.scale_low,
        scale_high=question.scale_high,
        uses_sequences=question.uses_sequences(),
        ledger=tuple(
            InputFact(
                name=assumption.name,
                label=assumption.label,
                value=assumption.value,
                text=planning.in_words(assumption),
                unit=assumption.unit,
                **(_source(assumption.source) if assumption.source else {}),
            )
            for assumption in question.assumptions()
        ),
    )


def _source(row: Any) -> dict[str, str]:
    return {
        "basis": row.basis,
        "citation": row.source.reference() if row.source else "",
        "doi": row.source.doi if row.source else "",
        "url": row.source.url if row.source else "",
        "note": row.note,
        "decided_by": row.decided_by.get_username() if row.decided_by else "",
        "decided_at": row.decided_at.isoformat() if row.decided_at else "",
    }


def _sizing(sizing: Sizing, question: PlannedQuestion) -> SizingFact:
    answer, sentences = sizing.answer, sizing.snapshot["sentences"]
    return SizingFact(
        uid=sizing.uid,
        label=sizing.label,
        plan_digest=sizing.plan_digest,
        engine_version=sizing.engine_version,
        created_at=sizing.created_at.isoformat(),
        n_evaluable=answer.get("n_evaluable"),
        n_randomised=answer.get("n_randomised"),
        n_randomised_per_sequence=tuple(answer.get("n_randomised_per_sequence") or ()),
        power=answer.get("power"),
        statement=sentences["statement"],
        plain_statement=sentences["plain_statement"],
        hypothesis=sentences["hypothesis"],
        method=sentences["method"],
        is_current=sizing.plan_digest == digest(planning.plan_of(question.protocol, question)),
        plan=sizing.plan,
        answer=answer,
    )
