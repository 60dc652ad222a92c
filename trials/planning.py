"""Where a stored protocol meets the engine, and the only such place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trials.kinds import DIFFERENCE_SD
from trials.kinds.values import merged, put
from trials.models import Assumption, PlannedQuestion, Sizing
from trials.protocol.content import digest
from trials.protocol.facts import GapFact, OutcomeFact, TreatmentFact
from trials.reports.display import count, given, percent
from trials.reports.snapshot import AssumptionFact, SentencesFact, Snapshot
from trials.sizing.asked import asked
from trials.sizing.design import Design
from trials.sizing.plan import MalformedPlan, Plan, read_plan
from trials.sizing.wording import Names, describe_method, hypothesis, plain_statement, statement, summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import User

    from trials.models import Protocol, Treatment
    from trials.sizing.answer import Answer
    from trials.sizing.comparison import Compared
    from trials.sizing.properties import Properties
    from trials.sizing.sensitivity import Exploration

OUTCOME_WORDS = {
    "additive": {"kind": "continuous", "scale": "additive"},
    "log": {"kind": "continuous", "scale": "log"},
    **{kind: {"kind": kind} for kind in ("binary", "ordinal", "count")},
}


class NotReadyError(Exception):
    """A protocol that cannot be sized and saved yet; the arguments say in words what is missing or why."""


@dataclass(frozen=True)
class Preview:
    """What a page shows beside a draft: the plan, the engine's answer, and the pictures around it."""

    plan: Plan
    answer: Answer
    exploration: Exploration
    names: Names


def plan_of(protocol: Protocol, question: PlannedQuestion, doses: Mapping[str, float] | None = None) -> dict[str, Any]:
    """The question in the plan language; what the draft does not give yet is left out.

    `doses` are those of the treatments by letter, in mg; without them the stored ones count.
    """
    kind, asked = question.definition, question.boxes()
    plan: dict[str, Any] = {
        "design": _design(protocol) if question.uses_sequences() and protocol.sequences else {},
        "outcome": dict(OUTCOME_WORDS[question.outcome_kind]) if kind.outcomes else {},
        "question": {"kind": question.kind},
        "analysis": {},
        "attrition": {},
        "solve": {"for": "n"},
    }
    for box in asked:
        if box.column and (value := question.value_of(box)) is not None:
            if box.path == DIFFERENCE_SD:  # a converter stands in place of the SD
                put(plan, "outcome.within_subject_sd", {"from": "difference_sd", "difference_sd": value})
            else:
                put(plan, box.path, value)
        elif box.sort == "doses":
            put(plan, box.path, dict(doses if doses is not None else protocol.doses()))
    plan = merged(plan, question.inputs)
    if "target_assurance" in plan["solve"]:
        plan["solve"].pop("target_power", None)
    optional = [name for name in ("design", "outcome") if not plan[name] and (name == "outcome" or not kind.has_sequences)]
    return {name: block for name, block in plan.items() if name not in optional}


def _design(protocol: Protocol) -> dict[str, Any]:
    """The sequences and how people are shared among them; equal shares go without saying, so that they move no digest."""
    shares = protocol.shares()
    return {"text": protocol.sequences} | ({"allocation": list(shares)} if len(set(shares)) > 1 else {})


def problems(protocol: Protocol, question: PlannedQuestion, doses: Mapping[str, float] | None = None) -> dict[str, str]:
    """What the engine refuses, by its path in the plan and in the words of the form; what is not given yet is no problem."""
    if question.uses_sequences() and protocol.sequences and all(len(sequence) == 1 for sequence in protocol.sequences.split("/")):
        return {"design.sequences": _("A crossover has at least two periods: give each sequence two letters or more, such as AB/BA.")}
    plan = plan_of(protocol, question, doses)
    try:
        read_plan(plan)
    except MalformedPlan as refusal:
        return {
            error["field"]: _in_form_words(error["message"], question)
            for error in refusal.errors
            if not _is_blank(error["field"], plan, question)
        }
    return {}


def preview(
    protocol: Protocol, question: PlannedQuestion, labels: dict[str, str], doses: Mapping[str, float] | None = None
) -> Preview | None:
    """Size a draft without keeping anything; none while an assumption is missing or refused. `labels` say what the letters are."""
    from trials.sizing.sensitivity import explore
    from trials.sizing.size import size

    if any(box.is_in_plan and box.key != "better" for box in question.lacking()):
        return None
    try:
        plan = read_plan(plan_of(protocol, question, doses))
    except MalformedPlan:
        return None

    answer = size(plan)
    names = Names(treatments=labels, outcome=question.outcome, instrument=question.instrument, unit=question.unit)
    return Preview(plan, answer, explore(plan, answer), names)


def properties_of(protocol: Protocol) -> Properties | None:
    """What the sequences are worth, whatever is asked; none while they are no crossover."""
    from trials.sizing.properties import properties

    try:
        design = Design.model_validate(_design(protocol)) if protocol.sequences else None
    except ValueError:  # not sequences yet; the form says why
        return None
    return properties(design) if design is not None and design.n_periods > 1 else None


def compared(protocol: Protocol, question: PlannedQuestion, designs: Mapping[str, Design]) -> tuple[Compared, ...]:
    """What each of the designs needs to answer the question, fewest people first; empty while an assumption is missing or refused."""
    from trials.sizing.comparison import compare

    if any(box.is_in_plan and box.key != "better" for box in question.lacking()):
        return ()
    try:
        plan = read_plan(plan_of(protocol, question))
    except MalformedPlan:
        return ()
    return compare(plan, designs)


@transaction.atomic
def save_sizing(question: PlannedQuestion, user: User) -> Sizing:
    """Size the stored question and keep plan, answer and what the words mean today.

    Raises
    ------
    NotReadyError
        The draft lacks something (all of it is listed), or the question has no answer (the reason is given).
    """
    from trials.sizing.witness import witness

    protocol = question.protocol
    if lacking := protocol.missing():
        raise NotReadyError(*lacking)
    if refused := problems(protocol, question):
        raise NotReadyError(*refused.values())

    found = preview(protocol, question, protocol.labels())
    if found is None:  # nothing is missing or refused, so the engine has answered
        raise AssertionError(protocol.uid)
    if found.answer.n_evaluable is None:
        raise NotReadyError(found.answer.reason)
    second_opinion = witness(found.plan, found.answer)

    plan = plan_of(protocol, question)
    return Sizing.objects.create(
        question=question,
        plan=plan,
        answer=found.answer.as_json(),
        witness=second_opinion.model_dump(mode="json") if second_opinion else None,
        exploration=found.exploration.model_dump(mode="json"),
        snapshot=snapshot_of(protocol, question, found).model_dump(mode="json"),
        plan_digest=digest(plan),
        engine_version=found.answer.engine_version,
        created_by=user,
        created_at=timezone.now(),
    )


def snapshot_of(protocol: Protocol, question: PlannedQuestion, found: Preview) -> Snapshot:
    """The words and sources of a complete protocol as they read now, and what the engine says of its sizing."""
    plan, answer, names = found.answer.plan, found.answer, found.names
    return Snapshot(
        protocol_uid=protocol.uid,
        protocol_title=protocol.title,
        gaps=gap_facts(protocol),
        sequences=tuple(protocol.sequences.split("/")) if protocol.sequences else (),
        period_days=protocol.period_days or 0,
        washout_days=protocol.washout_days or 0,
        run_in_days=protocol.run_in_days or 0,
        titration_days=protocol.titration_days,
        readout_days=protocol.readout_days,
        follow_up_days=protocol.follow_up_days,
        treatments=tuple(treatment_fact(treatment) for treatment in protocol.treatments.all() if treatment.letter in plan.design.letters),
        question_label=question.get_kind_display(),
        outcome=outcome_fact(question),
        assumptions=tuple(_assumption_fact(assumption) for assumption in question.assumptions()),
        sentences=SentencesFact(
            summary=summary(plan, answer, names),
            measure=asked(plan).measure(plan),
            hypothesis=hypothesis(plan, names),
            statement=statement(plan, answer, names),
            plain_statement=plain_statement(plan, answer, names),
            method=describe_method(plan, answer),
        ),
    )


def gap_facts(protocol: Protocol) -> tuple[GapFact, ...]:
    """The gaps that the protocol takes up, as they read now."""
    return tuple(GapFact(uid=gap.uid, title=gap.title, question=gap.question, population=gap.population) for gap in protocol.gaps.all())


def treatment_fact(treatment: Treatment) -> TreatmentFact:
    """What a letter stands for, as it reads now."""
    return TreatmentFact(
        letter=treatment.letter,
        drug=treatment.drug,
        dose_mg=treatment.dose_mg,
        frequency=treatment.frequency,
        label=treatment.label(),
    )


def outcome_fact(question: PlannedQuestion) -> OutcomeFact:
    """The outcome of a question, as it reads now."""
    return OutcomeFact(outcome=question.outcome, instrument=question.instrument, unit=question.unit, better=question.better)


def _assumption_fact(assumption: Assumption) -> AssumptionFact:
    row = assumption.source
    if row is None or (assumption.value is None and not assumption.words):  # save_sizing refuses a question that lacks either
        raise NotReadyError(assumption.label)
    return AssumptionFact(
        name=assumption.name,
        label=assumption.label,
        value=assumption.value,
        text=in_words(assumption),
        unit=assumption.unit,
        basis=row.basis,
        citation=row.source.reference() if row.source else "",
        doi=row.source.doi if row.source else "",
        url=row.source.url if row.source else "",
        note=row.note,
    )


def in_words(assumption: Assumption) -> str:
    """The value as a person reads it: with its unit, or in per cent."""
    if assumption.value is None:
        return assumption.words or "–"
    if isinstance(assumption.value, int) and not assumption.unit:
        return count(assumption.value).text
    return (percent(assumption.value) if assumption.is_share else given(assumption.value, unit=assumption.unit)).text


def decisions(question: PlannedQuestion) -> list[tuple[str, str]]:
    """What a question is given beside its assumptions, as label and words, in the order of the page."""
    rows, labels = [], question.protocol.labels()
    for box, part in question.typed():
        if not box.row and part.words in labels:  # the letter of a treatment
            rows.append((part.label, f"{part.words}, {labels[part.words]}"))
        elif not box.row:
            value = Assumption(
                part.name, part.label, part.value, question.unit_of(box) if part.has_unit else "", None, "", part.is_share, part.words
            )
            rows.append((part.label, in_words(value)))
    return rows


def _in_form_words(message: str, question: PlannedQuestion) -> str:
    """The engine's sentence with the labels of the form in place of the plan language's keys."""
    for box in question.boxes():
        if "_" not in box.key and box.key != "alpha":  # a word of everyday language too
            continue
        message = re.sub(rf"\b{box.key}\b", question.label_of(box).partition(" {")[0], message)
    return message


def _is_blank(path: str, plan: dict[str, Any], question: PlannedQuestion) -> bool:
    """Whether the engine only misses what the page asks for and is not filled in yet."""
    if path.startswith("design") and question.uses_sequences():
        return not plan["design"]
    return any(box.answers(path) or any(own.startswith(f"{path}.") for own in box.plan_paths) for box in question.lacking())
