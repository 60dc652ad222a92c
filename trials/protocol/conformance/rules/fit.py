"""Whether what the size assumes is what the protocol plans: model, design, washout, time."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from trials.protocol.conformance import topics
from trials.protocol.conformance.item import Finding, Place
from trials.protocol.conformance.reading import excerpt, is_said, one_line
from trials.protocol.conformance.rules.sizing import SIZING, block, whole
from trials.protocol.sections import BY_NAME
from trials.protocol.timeline import epochs

if TYPE_CHECKING:
    from trials.protocol.content import Content, SizingFact

EXACT_TESTS = {"exact", "mid_p", "prescott", "mainland_gart"}
DAYS_PER_MONTH = 30.4375


def assumed_model(sizing: SizingFact) -> str:
    """The choice of the section on analysis that the size assumes."""
    outcome, analysis = block(sizing, "outcome"), block(sizing, "analysis")
    if outcome.get("kind") == "continuous":
        if analysis.get("degrees_of_freedom") == "paired":
            return "paired_t"
        return "mixed" if analysis.get("estimator") == "generalised_least_squares" else "fixed_participants"
    return "exact_binary" if outcome.get("kind") == "binary" and analysis.get("test") in EXACT_TESTS else "other"


def model_of_size(content: Content, sizing: SizingFact) -> Finding:
    """Whether the analysis plans the model that the size assumes; if not, whether the gap is said."""
    spec = BY_NAME["analysis"].item("model")
    planned, assumed = content.said("analysis", "model"), assumed_model(sizing)
    place = Place("section", "analysis", "model_description")
    if planned not in dict(spec.choices):
        return Finding(
            Place("section", "analysis", "model"),
            lacking=_("No primary model is chosen; the size assumes “{model}”.").format(model=spec.choice(assumed)),
        )
    if planned == assumed != "other":
        return Finding(Place("section", "analysis", "model"), _("Size and analysis: “{model}”.").format(model=spec.choice(planned)))
    shown = _("The analysis plans “{planned}”, the size assumes “{assumed}”.").format(
        planned=spec.choice(planned), assumed=spec.choice(assumed)
    )
    if assumed == "other":
        shown = _("The analysis plans “{planned}”; the size rests on: {method}").format(
            planned=spec.choice(planned), method=excerpt(sizing.method)
        )
    said = one_line(content.said("analysis", "model_description"))
    if is_said(said) and topics.SIZE_GAP.is_in(said):
        return Finding(place, f"{shown} {excerpt(said)}")
    return Finding(place, shown, _("“The model in words” does not say how the planned model differs from the one that the size assumes."))


def design_of_size(content: Content, sizing: SizingFact) -> Finding:
    """Whether the size rests on the sequences and the allocation of the studio."""
    design, planned = block(sizing, "design"), content.design
    used, shares = tuple(design.get("sequences") or ()), tuple(design.get("allocation") or ())
    shown = _("The size rests on {sequences}, allocation {allocation}.").format(
        sequences="/".join(used), allocation=":".join(f"{one:g}" for one in shares)
    )
    if not used:
        return Finding(SIZING, lacking=_("The size names no sequences."))
    if used != planned.sequences:
        return Finding(SIZING, shown, _("The studio has {sequences}.").format(sequences="/".join(planned.sequences) or _("no sequences")))
    if planned.allocation and len({one / two for one, two in zip(planned.allocation, shares, strict=False)}) > 1:
        return Finding(SIZING, shown, _("The studio allocates {allocation}.").format(allocation=":".join(map(str, planned.allocation))))
    return Finding(SIZING, shown)


def washout_against_effect(content: Content) -> Finding:
    """Whether the washout covers the time by which the effect outlasts the drug."""
    washout, persists = content.design.washout_days, content.design.effect_persistence_days
    place = Place("studio", item="effect_persistence_days")
    if washout is None:
        return Finding(Place("studio", item="washout_days"), lacking=_("The length of the washout is not given."))
    shown = _("Washout {n} days.").format(n=washout)
    if persists is None:
        return Finding(place, shown, _("How long the effect outlasts the drug is not given, so the washout cannot be held against it."))
    shown = _("Washout {n} days; the effect outlasts the drug by {persists} days.").format(n=washout, persists=persists)
    if washout < persists:
        return Finding(place, shown, _("The washout is {n} days too short.").format(n=persists - washout))
    return Finding(place, shown)


def period_in_model(content: Content, sizing: SizingFact) -> Finding | None:
    """What the size does with periods and sequences."""
    if block(sizing, "outcome").get("kind") != "continuous" or "sequence_effects" not in block(sizing, "analysis"):
        return None
    with_sequence = block(sizing, "analysis").get("sequence_effects")
    shown = (
        _("Periods and sequences are terms of the size's model.")
        if with_sequence
        else _("Periods are terms of the size's model; sequences are not.")
    )
    lacking = _("The analysis plans a comparison without a period effect.") if content.said("analysis", "model") == "paired_t" else ""
    return Finding(Place("section", "analysis", "model") if lacking else SIZING, shown, lacking)


def one_period_in_size(content: Content, sizing: SizingFact) -> Finding:
    """What people with one period add to the size, beside what the analysis does with them."""
    counts = bool(block(sizing, "attrition").get("lost_before_period"))
    rule = content.said("missing_data", "one_period_rule")
    if not counts:
        shown = _("Nothing to the size, which counts people with every period (part 8 of the report).")
        return Finding(SIZING, shown)
    shown = _("Their periods up to the loss count in the size.")
    place = Place("section", "missing_data", "one_period_rule")
    return Finding(place, shown, "" if rule == "kept_mixed_model" else _("The analysis leaves them out of the primary comparison."))


def parallel_size(content: Content) -> Finding:
    """The number of participants of a parallel-group trial, which no sizing keeps: the rationale of the design may name it."""
    place, said = Place("section", "design", "crossover_rationale"), str(content.said("design", "crossover_rationale"))
    for sentence in re.split(r"(?<=[.;!?])\s+|\n", said):
        if topics.PARALLEL.is_in(sentence) and any(mark.isdigit() for mark in sentence):
            return Finding(place, excerpt(sentence))
    return Finding(
        place,
        lacking=_(
            "No sizing or report holds it. Size a plan with the design “parallel”, and name its number beside why a crossover suits."
        ),
    )


def recruitment_time(content: Content) -> Finding:
    """How long recruitment takes at the pace given, beside the dates that are planned."""
    rate, sizing = content.design.recruitment_per_month, content.sizing
    place = Place("studio", item="recruitment_per_month")
    if not rate:
        return Finding(place, lacking=_("The pace of recruitment is not given."))
    if sizing is None or sizing.n_randomised is None:
        return Finding(place, _("{n} people a month.").format(n=f"{rate:g}"), _("How many have to be randomised is not known yet."))
    months = sizing.n_randomised / rate
    shown = _("{n} participants at {rate} a month take {months} months.").format(
        n=whole(sizing.n_randomised), rate=f"{rate:g}", months=f"{months:.1f}"
    )
    first, last = (_day(content.said("administrative", name)) for name in ("start_date", "primary_completion_date"))
    if first is None or last is None:
        return Finding(
            Place("section", "administrative", "start_date"),
            shown,
            _("The planned dates are missing, so the time cannot be held against them."),
        )
    needed = months * DAYS_PER_MONTH + _days_to_last_reading(content)
    if (last - first).days < needed:
        lacking = _(
            "From {first} to the last read-out on {last} there are {days} days; recruitment and follow-through take about {needed}."
        )
        return Finding(place, shown, lacking.format(first=first, last=last, days=(last - first).days, needed=f"{needed:.0f}"))
    return Finding(place, shown)


def _days_to_last_reading(content: Content) -> int:
    planned = [epoch for epoch in epochs(content.design) if epoch.kind == "period"]
    return planned[-1].end_day if planned else 0


def _day(said: object) -> date | None:
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        return None
