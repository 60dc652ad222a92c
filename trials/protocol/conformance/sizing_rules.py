"""Rules of the sample-size rows: what the stored sizing and the ledger hold, beside what the sections plan."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from trials.protocol.conformance import topics
from trials.protocol.conformance.item import Finding, Part, Place
from trials.protocol.conformance.reading import excerpt, is_crossover, is_said, one_line, text
from trials.protocol.sections import BY_NAME
from trials.protocol.timeline import epochs

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from trials.protocol.content import Content, InputFact, QuestionFact, SizingFact

SIZING, LEDGER = Place("sizing"), Place("ledger")
SD_NAMES = ("difference_sd", "within_subject_sd", "within_subject_cv", "total_sd", "total_cv")
PAIR_OF_SDS = ("between_subject_sd", "between_subject_cv", "within_subject_correlation")
SPREAD_NAMES = {*SD_NAMES, *PAIR_OF_SDS, "individual_response_sd", "autocorrelation", "overdispersion", "tie_fractions"}
LOSS_NAMES = {"dropout_rate", "lost_before_period", "discontinuation_rate"}
PRIOR_NAMES = {
    "estimate", "confidence_interval", "confidence_level", "p_value", "sides", "n", "effect_standard_error", "sd_degrees_of_freedom",
    "cv_degrees_of_freedom", "effect_truncated_at", "share_responding",
}  # fmt: skip
CONTINUOUS = {"additive", "log"}
EXACT_TESTS = {"exact", "mid_p", "prescott", "mainland_gart"}
WITH_MARGIN = {"non_inferiority", "equivalence"}
SEVERAL_TESTS = {"many_to_one", "dose_response_shapes"}
DAYS_PER_MONTH = 30.4375


def plan_in(sizing: SizingFact) -> dict[str, Any]:
    """The plan with its defaults filled in, as the engine answered it."""
    settled = sizing.answer.get("plan")
    return settled if isinstance(settled, dict) else sizing.plan


def block(sizing: SizingFact, name: str) -> dict[str, Any]:
    """One noun of the plan; empty where it has none."""
    found = plan_in(sizing).get(name)
    return found if isinstance(found, dict) else {}


def freshness(content: Content) -> Finding | None:
    """Nothing while the sizing answers what the protocol asks; else what is wrong with it."""
    if content.sizing is None:
        return Finding(SIZING, lacking=_("No sizing is saved."))
    if not content.sizing.is_current:
        stale = _("{uid} is stale: the protocol has changed since. Size it again.").format(uid=content.sizing.uid)
        return Finding(SIZING, lacking=stale)
    return None


def of_sizing(read: Callable[[Content, SizingFact], Finding | None]) -> Part:
    """A part that reads the sizing; without one, `freshness` says so."""

    def part(content: Content) -> Finding | None:
        return read(content, content.sizing) if content.sizing else None

    return part


def stated(words: _StrPromise, value: Callable[[SizingFact], object], place: Place = SIZING) -> Part:
    """Something that the sizing says; `words` with its value, or that it lacks."""

    def part(content: Content) -> Finding | None:
        if content.sizing is None:
            return None
        said = value(content.sizing)
        if said in (None, "", (), []):
            return Finding(place, lacking=_("{uid} does not hold it.").format(uid=content.sizing.uid))
        return Finding(place, str(words).format(value=said, uid=content.sizing.uid))

    return part


# ---------- the ledger ----------


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
        return Finding(LEDGER, "; ".join(shown), _("Missing: {what}.").format(what="; ".join(lacking)) if lacking else "")

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


def margin(content: Content) -> Finding | None:
    """The margin and why it is so wide, where the framework has one."""
    question = content.question
    if question is None or question.kind not in WITH_MARGIN:
        return None
    found = {
        name: value
        for name, value in (block(content.sizing, "question") if content.sizing else {}).items()
        if "margin" in name or "limit" in name
    }
    place = Place("section", "analysis", "model_description")
    why = one_line(content.said("analysis", "model_description"))
    shown = (
        _("Margin: {margin}.").format(margin=", ".join(f"{value:g}" for value in found.values() if isinstance(value, int | float)))
        if found
        else ""
    )
    return Finding(
        place, shown, "" if "margin" in why.lower() else _("Why the margin is so wide is not said where the model is described.")
    )


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


def conversion(content: Content, sizing: SizingFact) -> Finding | None:
    """How the SD was converted, where it was."""
    for one in sizing.answer.get("conversions") or []:
        shown = _("{formula} = {value}").format(formula=one.get("formula"), value=f"{one.get('value', 0):.4g}")
        return Finding(SIZING, shown)
    return None


# ---------- the model and the design ----------


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


# ---------- what was found ----------


def target(content: Content, sizing: SizingFact) -> Finding:
    """The power wanted and the power reached, or the width of a precision question."""
    solve, answer = block(sizing, "solve"), sizing.answer
    wanted = solve.get("target_power") or solve.get("target_assurance")
    reached = sizing.power if sizing.power is not None else answer.get("assurance")
    width = solve.get("half_width") or answer.get("half_width")
    if reached is None and width is not None:
        return Finding(SIZING, _("Precision: half-width {width}.").format(width=f"{width:g}"))
    missing = [] if wanted else [_("the power wanted")]
    missing += [] if reached is not None else [_("the power reached")]
    shown = [_("Wanted {share}.").format(share=per_cent(wanted))] if wanted else []
    shown += [_("{n} evaluable reach {share}.").format(n=whole(sizing.n_evaluable), share=per_cent(reached))] if reached is not None else []
    return Finding(SIZING, " ".join(shown), _("Missing: {what}.").format(what=", ".join(missing)) if missing else "")


def alpha(content: Content, sizing: SizingFact) -> Finding:
    """The significance level and its sides."""
    analysis = block(sizing, "analysis")
    if (level := analysis.get("alpha")) is None:
        return Finding(SIZING, lacking=_("The significance level is not given."))
    sides = {1: _("one-sided"), 2: _("two-sided")}.get(analysis.get("sides"), "")
    looks = int(analysis.get("looks") or 1)
    shared = _("shared out over {n} looks").format(n=looks) if looks > 1 else ""
    return Finding(SIZING, ", ".join(one for one in (_("α {level}").format(level=f"{level:g}"), sides, shared) if one))


def multiplicity(content: Content) -> Finding | None:
    """How α is shared out where there is more than one test; one primary test shares nothing."""
    question: QuestionFact | None = content.question
    if question is None:
        return None
    looks = int(block(content.sizing, "analysis").get("looks") or 1) if content.sizing else 1
    if question.kind in SEVERAL_TESTS or looks > 1:
        return text("analysis", "multiplicity")(content)
    return Finding(SIZING, _("One primary question, tested once; α is not divided."))


def people(content: Content, sizing: SizingFact) -> Finding:
    """Completers, in all and by sequence."""
    if sizing.n_evaluable is None:
        return Finding(SIZING, lacking=_("No number of participants answers the question."))
    each = sizing.answer.get("n_per_sequence") or ()
    shown = (
        _("{n} evaluable, {each} by sequence; rounded up to whole participants that keep the allocation.") if each else _("{n} evaluable.")
    )
    lacking = "" if each or not is_crossover(content) else _("The number in each sequence is missing.")
    return Finding(SIZING, shown.format(n=whole(sizing.n_evaluable), each=", ".join(map(whole, each))), lacking)


def loss(content: Content, sizing: SizingFact) -> Finding:
    """The loss that is allowed for, at which point, and how many are randomised."""
    attrition = block(sizing, "attrition")
    rate, by_period = attrition.get("dropout_rate"), attrition.get("lost_before_period")
    total = _("{n} randomised.").format(n=whole(sizing.n_randomised)) if sizing.n_randomised is not None else ""
    if by_period:
        words = _("Lost before the successive periods: {shares}.").format(shares=", ".join(map(per_cent, by_period)))
        return Finding(SIZING, f"{words} {total}".strip())
    if rate is None:
        return Finding(SIZING, total, _("No loss is allowed for, and that it is none is not said."))
    words = _("{share} do not complete every period.").format(share=per_cent(rate))
    return Finding(SIZING, f"{words} {total}".strip(), "" if total else _("The number to randomise is missing."))


def sensitivity(content: Content, sizing: SizingFact) -> Finding:
    """Which tables the report holds for a plan like this one."""
    found, where = block(sizing, "solve").get("for"), _("part 6 of report {uid}").format(uid=sizing.uid)
    if found != "n" or sizing.n_evaluable is None:
        return Finding(SIZING, lacking=_("The sizing does not look for a number of participants, so its report has no table of it."))
    if block(sizing, "outcome").get("kind") == "continuous" and sizing.power is not None:
        return Finding(
            SIZING, _("Participants over difference and SD, over the loss, and power by participants: {where}.").format(where=where)
        )
    lacking = _("Whether a table over the assumed effect is among it has to be looked up there.")
    return Finding(SIZING, _("What was explored around the plan: {where}.").format(where=where), lacking)


def detectable(content: Content, sizing: SizingFact) -> Finding:
    """Where the smallest detectable difference and the width of the interval stand."""
    if (width := sizing.answer.get("half_width")) is not None:
        return Finding(SIZING, _("Expected half-width {width}.").format(width=f"{width:.4g}"))
    pairwise = content.question is not None and content.question.kind in {"superiority", "non_inferiority", "equivalence"}
    fixed = int(block(sizing, "analysis").get("looks") or 1) == 1 and not sizing.plan.get("prior")
    if pairwise and fixed and block(sizing, "outcome").get("kind") == "continuous" and sizing.n_evaluable is not None:
        return Finding(SIZING, _("Part 4 of report {uid} has both.").format(uid=sizing.uid))
    return Finding(SIZING, lacking=_("Neither is kept for this kind of question."))


def looks(content: Content, sizing: SizingFact) -> Finding:
    """The looks and the re-estimation that the size counts, beside what the analysis says of them; where neither has any, the item does not arise."""
    analysis, place = block(sizing, "analysis"), Place("section", "analysis", "interim")
    n, again = int(analysis.get("looks") or 1), analysis.get("re_estimation")
    found = text("analysis", "interim")(content)
    said = found.shows if found else ""
    if n == 1 and not again:
        if not said:
            return Finding(SIZING, inapplicable=_("The size counts one analysis at the end, and the section on analysis names no other."))
        return Finding(place, _("{text} The size counts one analysis at the end.").format(text=said))
    counted = [_("The size counts {n} looks.").format(n=n)] if n > 1 else []
    if isinstance(again, dict):
        counted.append(_("The spread is re-estimated, with at most {n} people.").format(n=again.get("maximum_n", "–")))
    lacking = (
        "" if said else _("“{item}” does not say when, by whom and by which rule.").format(item=BY_NAME["analysis"].item("interim").label)
    )
    return Finding(place, " ".join([*counted, *([said] if said else [])]), lacking)


def assurance(content: Content, sizing: SizingFact) -> Finding:
    if (share := sizing.answer.get("assurance")) is not None:
        return Finding(SIZING, _("Assurance {share}.").format(share=per_cent(share)))
    return Finding(
        SIZING, lacking=_("The size takes difference and SD as certain. Say in the studio how sure they are, to see the assurance.")
    )


def standardised(content: Content) -> Finding | None:
    """Where the standardised effect stands; it is never an input."""
    question, sizing = content.question, content.sizing
    if question is not None and question.outcome_kind not in CONTINUOUS:
        return Finding(SIZING, inapplicable=_("The outcome is no measurement, so there is no standardised difference."))
    named = {row.name for row in question.ledger if row.value is not None} if question else set()
    if sizing is None or "mean_difference" not in named or not named & {"difference_sd", "within_subject_sd"}:
        return Finding(LEDGER, lacking=_("It follows from a mean difference and an SD, which the ledger does not both have."))
    return Finding(SIZING, _("Derived in part 3 of report {uid}, not an input.").format(uid=sizing.uid))


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


def per_cent(share: float) -> str:
    """A share in per cent, with a no-break space; what is not 100 is not rounded up to it."""
    words = f"{share * 100:.1f}".removesuffix(".0")
    return f"{'over 99.9' if words == '100' and share < 1 else words}\N{NO-BREAK SPACE}%"


def whole(count: float | None) -> str:
    """A count of people, without a decimal point where it is whole."""
    return "–" if count is None else f"{count:g}"
