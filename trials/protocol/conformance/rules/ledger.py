"""What the assumption ledger says of effect, spread and loss, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from trials.protocol.conformance import topics
from trials.protocol.conformance.item import Finding, Part, Place
from trials.protocol.conformance.reading import excerpt, is_said
from trials.protocol.conformance.rules.sizing import SIZING

if TYPE_CHECKING:
    from trials.protocol.content import Content, InputFact

LEDGER = Place("ledger")
SD_NAMES = ("difference_sd", "within_subject_sd", "within_subject_cv", "total_sd", "total_cv")
PAIR_OF_SDS = ("between_subject_sd", "between_subject_cv", "within_subject_correlation")
SPREAD_NAMES = {*SD_NAMES, *PAIR_OF_SDS, "individual_response_sd", "autocorrelation", "overdispersion", "tie_fractions"}
LOSS_NAMES = {"dropout_rate", "lost_before_period", "discontinuation_rate"}
PRIOR_NAMES = {
    "estimate", "confidence_interval", "confidence_level", "p_value", "sides", "n", "effect_standard_error", "sd_degrees_of_freedom",
    "cv_degrees_of_freedom", "effect_truncated_at", "share_responding",
}  # fmt: skip
CONTINUOUS = {"additive", "log"}


def inputs(content: Content, *, of: str) -> list[InputFact]:
    """The inputs of the ledger that say how large the effect, the spread or the loss is."""
    ledger = content.question.ledger if content.question else ()
    if of == "loss":
        return [row for row in ledger if row.name in LOSS_NAMES]
    if of == "spread":
        return [row for row in ledger if row.name in SPREAD_NAMES]
    return [row for row in ledger if row.name not in LOSS_NAMES | SPREAD_NAMES | PRIOR_NAMES]


def values(of: str, lacking: Callable[[], str]) -> Part:
    """The inputs of one sort with their values; each has one."""

    def part(content: Content) -> Finding:
        found = inputs(content, of=of)
        bare = [row.label for row in found if row.value is None and not is_said(row.text)]
        shown = "; ".join(f"{row.label}: {row.text}" for row in found if row.label not in bare)
        if not shown:
            return Finding(LEDGER, lacking=lacking())
        return Finding(LEDGER, shown, _("No value: {labels}.").format(labels=", ".join(bare)) if bare else "")

    return part


def sources(of: str, *, decided: bool = False, counted: bool = False) -> Part:
    """Where the inputs of one sort come from: basis, source or reason, and, where asked, who decided and how many people are behind it."""

    def part(content: Content) -> Finding:
        found = inputs(content, of=of)
        if not found:
            return Finding(LEDGER, lacking=_("The ledger has no such input, so no source."))
        shown, lacking = [], []
        for row in found:
            source = row.citation or row.doi or row.url or row.note
            if not row.basis or not is_said(source):
                lacking.append(_("{label}: where the value comes from").format(label=row.label))
                continue
            shown.append(_("{label}: {basis}, {source}").format(label=row.label, basis=row.basis, source=excerpt(source)))
            if row.basis == "unverified":
                lacking.append(_("{label}: a source that is verified").format(label=row.label))
            if decided and not (row.decided_by and row.decided_at):
                lacking.append(_("{label}: who settled it, and when").format(label=row.label))
            if counted and row.basis in {"reported", "derived"} and not any(mark.isdigit() for mark in row.note):
                lacking.append(_("{label}: how many people are behind it").format(label=row.label))
        return Finding(LEDGER, "; ".join(shown), _("{what}.").format(what="; ".join(lacking)) if lacking else "")

    return part


def basis_of_difference(content: Content) -> Finding:
    """Whether the target difference is important, realistic or both, as its note says."""
    notes = [row.note for row in inputs(content, of="effect") if is_said(row.note)]
    if not notes:
        return Finding(LEDGER, lacking=_("No note says on what the target difference is based."))
    said, topic = " ".join(notes), topics.IMPORTANT_OR_REALISTIC
    lacking = "" if topic.is_in(said) else _("The note does not say: {topic}.").format(topic=topic.words)
    return Finding(LEDGER, excerpt(said), lacking)


def direction(content: Content) -> Finding | None:
    """Which direction helps, where the question has one."""
    question = content.question
    if question is None or question.outcome.better:
        better = (
            {"higher": _("higher is better"), "lower": _("lower is better")}[question.outcome.better]
            if question and question.outcome.better
            else ""
        )
        return Finding(LEDGER, better) if better else None
    if question.kind in {"superiority", "non_inferiority"} and question.outcome_kind in CONTINUOUS:
        return Finding(LEDGER, lacking=_("Which direction is better is not said."))
    return None


def which_sd(content: Content) -> Finding:
    """Which SD is given, with its value; a pair of SDs needs both."""
    question = content.question
    if question is not None and question.outcome_kind not in CONTINUOUS:
        return Finding(
            LEDGER,
            inapplicable=_("The outcome is no measurement: its spread follows from the shares or rates in the ledger, and no SD goes in."),
        )
    known = {row.name: row for row in inputs(content, of="spread") if row.value is not None}
    if one := next((known[name] for name in SD_NAMES if name in known), None):
        return Finding(LEDGER, _("{label}: {value}").format(label=one.label, value=one.text))
    if pair := [known[name] for name in PAIR_OF_SDS if name in known]:
        shown = "; ".join(f"{row.label}: {row.text}" for row in pair)
        return Finding(LEDGER, shown, "" if len(pair) > 1 else _("A between-person SD goes with a correlation: give both."))
    return Finding(LEDGER, lacking=_("No SD is given. Say which it is: of the difference within people, or within a person."))


def standardised(content: Content) -> Finding | None:
    """Where the standardised effect stands; it is never an input."""
    question, sizing = content.question, content.sizing
    if question is not None and question.outcome_kind not in CONTINUOUS:
        return Finding(SIZING, inapplicable=_("The outcome is no measurement, so there is no standardised difference."))
    named = {row.name for row in question.ledger if row.value is not None} if question else set()
    if sizing is None or "mean_difference" not in named or not named & {"difference_sd", "within_subject_sd"}:
        return Finding(LEDGER, lacking=_("It follows from a mean difference and an SD, which the ledger does not both have."))
    return Finding(SIZING, _("Derived in part 3 of report {uid}, not an input.").format(uid=sizing.uid))
