"""Where a stored protocol meets the engine, and the only such place."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trials.models import PlannedQuestion, Sizing
from trials.reports.snapshot import AssumptionFact, GapFact, OutcomeFact, SentencesFact, Snapshot, TreatmentFact
from trials.sizing.plan import MalformedPlan, Plan, read_plan
from trials.sizing.wording import Names, describe_method, hypothesis, plain_statement, statement

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from trials.models import Assumption, Protocol
    from trials.sizing.answer import Answer
    from trials.sizing.sensitivity import Exploration


FORM_WORDS = ("mean_difference", "difference_sd", "within_subject_sd", "dropout_rate", "alpha", "target_power")


class NotReadyError(Exception):
    """A protocol that cannot be sized and saved yet; the arguments say in words what is missing or why."""


@dataclass(frozen=True)
class Preview:
    """What a page shows beside a draft: the plan, the engine's answer, and the pictures around it."""

    plan: Plan
    answer: Answer
    exploration: Exploration
    names: Names


def plan_of(protocol: Protocol, question: PlannedQuestion) -> dict[str, Any]:
    """The question in the plan language; what the draft does not give yet is left out."""
    if question.difference_sd is not None:
        within_subject_sd: Any = {"from": "difference_sd", "difference_sd": question.difference_sd}
    else:
        within_subject_sd = question.within_subject_sd
    return {
        "design": {"text": protocol.sequences} if protocol.sequences else {},
        "outcome": {"kind": "continuous", "scale": "additive"} | _given(within_subject_sd=within_subject_sd),
        "question": {"kind": question.kind, "treatment": question.treatment, "comparator": question.comparator}
        | _given(mean_difference=question.mean_difference, better=question.better),
        "analysis": {"sides": question.sides} | _given(alpha=question.alpha),
        "attrition": _given(dropout_rate=question.dropout_rate),
        "solve": {"for": "n"} | _given(target_power=question.target_power),
    }


def problems(protocol: Protocol, question: PlannedQuestion) -> dict[str, str]:
    """What the engine refuses, by the field's name and in the words of the form; what is not given yet is no problem."""
    if protocol.sequences and all(len(sequence) == 1 for sequence in protocol.sequences.split("/")):
        return {"sequences": _("A crossover has at least two periods: give each sequence two letters or more, such as AB/BA.")}
    try:
        read_plan(plan_of(protocol, question))
    except MalformedPlan as refusal:
        found = {_field_of(error["field"], question): _in_form_words(error["message"]) for error in refusal.errors}
        return {name: message for name, message in found.items() if not _is_blank(name, protocol, question)}
    return {}


def preview(protocol: Protocol, question: PlannedQuestion, labels: dict[str, str]) -> Preview | None:
    """Size a draft without keeping anything; none while an assumption is missing or refused. `labels` say what the letters are."""
    from trials.sizing.sensitivity import explore
    from trials.sizing.size import size

    if _lacks_an_assumption(question):
        return None
    try:
        plan = read_plan(plan_of(protocol, question))
    except MalformedPlan:
        return None

    answer = size(plan)
    names = Names(treatments=labels, outcome=question.outcome, instrument=question.instrument, unit=question.unit)
    return Preview(plan, answer, explore(plan, answer), names)


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


def digest(plan: dict[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the plan as JSON with sorted keys and no spaces, in UTF-8."""
    canonical = json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def snapshot_of(protocol: Protocol, question: PlannedQuestion, found: Preview) -> Snapshot:
    """The words and sources of a complete protocol as they read now, and what the engine says of its sizing."""
    plan, answer, names = found.answer.plan, found.answer, found.names
    return Snapshot(
        protocol_uid=protocol.uid,
        protocol_title=protocol.title,
        gaps=tuple(GapFact(uid=gap.uid, title=gap.title, question=gap.question, population=gap.population) for gap in protocol.gaps.all()),
        sequences=tuple(protocol.sequences.split("/")),
        period_days=protocol.period_days or 0,
        washout_days=protocol.washout_days or 0,
        run_in_days=protocol.run_in_days or 0,
        treatments=tuple(
            TreatmentFact(
                letter=treatment.letter,
                drug=treatment.drug,
                dose_mg=treatment.dose_mg,
                frequency=treatment.frequency,
                label=treatment.label(),
            )
            for treatment in protocol.treatments.all()
            if treatment.letter in protocol.letters()
        ),
        outcome=OutcomeFact(outcome=question.outcome, instrument=question.instrument, unit=question.unit, better=question.better),
        assumptions=tuple(_assumption_fact(assumption) for assumption in question.assumptions()),
        sentences=SentencesFact(
            hypothesis=hypothesis(plan, names),
            statement=statement(plan, answer, names),
            plain_statement=plain_statement(plan, answer, names),
            method=describe_method(plan, answer),
        ),
    )


def _assumption_fact(assumption: Assumption) -> AssumptionFact:
    row = assumption.source
    if row is None or assumption.value is None:  # save_sizing refuses a question that lacks either
        raise NotReadyError(assumption.label)
    return AssumptionFact(
        name=assumption.name,
        label=assumption.label,
        value=assumption.value,
        unit=assumption.unit,
        basis=row.basis,
        citation=row.source.reference() if row.source else "",
        doi=row.source.doi if row.source else "",
        url=row.source.url if row.source else "",
        note=row.note,
    )


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}


def _lacks_an_assumption(question: PlannedQuestion) -> bool:
    needed = (question.mean_difference, question.dropout_rate, question.alpha, question.target_power)
    return None in needed or (question.difference_sd is None and question.within_subject_sd is None)


def _field_of(path: str, question: PlannedQuestion) -> str:
    """The form field that an error of the engine belongs to: the same word, except that people type a design as its sequences."""
    name = "sequences" if path.startswith("design") else path.rpartition(".")[2]
    return "difference_sd" if name == "within_subject_sd" and question.difference_sd is not None else name


def _in_form_words(message: str) -> str:
    """The engine's sentence with the labels of the form in place of the plan language's keys."""
    labels = {name: str(PlannedQuestion._meta.get_field(name).verbose_name) for name in FORM_WORDS}  # type: ignore[union-attr]  # these have labels
    for name, label in labels.items():
        message = re.sub(rf"\b{name}\b", label, message)
    return message


def _is_blank(name: str, protocol: Protocol, question: PlannedQuestion) -> bool:
    if name in {"difference_sd", "within_subject_sd"}:
        return question.difference_sd is None and question.within_subject_sd is None
    holder = protocol if name == "sequences" else question
    return getattr(holder, name, None) in (None, "")
