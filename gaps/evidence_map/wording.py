"""What the map says in words and marks: one look for each state, and sentences for cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gaps.evidence_map.cells import NONE, NOT_COUNTABLE, UNDER_WAY, Cell, EvidenceMap
from gaps.evidence_map.choices import Chosen
from gaps.evidence_map.counting import LeftOut, Why
from gaps.models import Estimate
from gaps.synthesis.pooling import Model
from gaps.synthesis.rare_events import Followed, RateVerdict
from gaps.synthesis.verdict import LITTLE, Synthesis, Verdict
from ldnplanner.templatetags.numbers import NBSP, amount, number, percent_as_given, rounded

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Look:
    """How a state is shown: class, mark, and its words in the key."""

    css_class: str
    mark: str
    label: _StrPromise


LOOKS: dict[str, Look] = {
    NONE: Look("m0", "", gettext_lazy("no study")),
    Verdict.LITTLE: Look("m1", "", gettext_lazy("under 33 %")),
    Verdict.SOME: Look("m2", "", gettext_lazy("33–99 %")),
    Verdict.SHOWN: Look("m3", "✓", gettext_lazy("benefit shown, or harm ruled out")),
    Verdict.EXCLUDED: Look("m4", "⊘", gettext_lazy("benefit excluded")),
    Verdict.INCONSISTENT: Look("m5", "≠", gettext_lazy("enough, but results disagree")),
    Verdict.UNDECIDED: Look("m6", "?", gettext_lazy("enough, undecided")),
    RateVerdict.ABOVE: Look("m5", "!", gettext_lazy("harm above the tolerated rate")),
    NOT_COUNTABLE: Look("mx", "", gettext_lazy("not countable")),
    UNDER_WAY: Look("mo", "", gettext_lazy("under way")),
}
SAME_LOOK = {RateVerdict.BELOW.value: Verdict.SHOWN.value}
MODEL_WORDS = {Model.FIXED: gettext_lazy("fixed effect"), Model.RANDOM: gettext_lazy("random effects")}


def look(cell: Cell) -> Look:
    """The class, mark and label of a cell's state."""
    return LOOKS[SAME_LOOK.get(cell.state, cell.state)]


def share(fraction: float) -> str:
    """A share of what is needed as per cent, never rounded up to 33 or 100 when it is below.

    Examples
    --------
    >>> share(1.571), share(0.998), share(0.328)
    ('157\\xa0%', '99\\xa0%', '32\\xa0%')
    """
    whole = round(fraction * 100)
    for limit in (round(LITTLE * 100), 100):
        if fraction * 100 < limit <= whole:
            whole = limit - 1
    return f"{whole:,}{NBSP}%" if whole or not fraction else f"under 1{NBSP}%"


def interval(low: float, high: float) -> str:
    """Both ends of an interval, such as −0.52 to 0.44."""
    return _("{low} to {high}").format(low=rounded(low), high=rounded(high))


def trials(n: int, people: int) -> str:
    """How many trials and people are counted."""
    return ngettext("{n} trial, {people} people", "{n} trials, {people} people", n).format(n=n, people=number(people))


def trials_with(n: int, people: int) -> str:
    """The same inside a sentence."""
    return ngettext("{n} trial with {people} people", "{n} trials with {people} people", n).format(n=n, people=number(people))


def studies(n: int, people: int) -> str:
    """How many studies there are, counted or not, and their people where the number is known."""
    words = ngettext("{n} study", "{n} studies", n).format(n=n)
    return f"{words}, n{NBSP}{number(people)}" if people else words


def reviews(n: int) -> str:
    """How many meta-analyses there are."""
    return ngettext("{n} meta-analysis", "{n} meta-analyses", n).format(n=n)


def benefit(verdict: Verdict, synthesis: Synthesis, unit: str) -> str:
    """A verdict on the difference that matters, in a few words."""
    size = amount(synthesis.target.target_difference, unit)
    words = {
        Verdict.SHOWN: _("benefit of {size} shown"),
        Verdict.EXCLUDED: _("benefit of {size} excluded"),
        Verdict.INCONSISTENT: _("results disagree on {size}"),
        Verdict.UNDECIDED: _("enough, yet undecided on {size}"),
        Verdict.SOME: _("part of what {size} needs"),
        Verdict.LITTLE: _("little of what {size} needs"),
    }
    return words[verdict].format(size=size)


def headline(cell: Cell) -> str:
    """The number of a cell, or what stands for it."""
    if cell.fraction is not None:
        return share(cell.fraction)
    if cell.state == UNDER_WAY:
        return _("Under way")
    if cell.primary:
        return studies(len(cell.primary) - len(cell.under_way), cell.people)
    if cell.reviews:
        return reviews(cell.reviews)
    return (
        ngettext("{n} gap, no study", "{n} gaps, no study", len(cell.gaps)).format(n=len(cell.gaps)) if cell.gaps else _("nothing logged")
    )


def lines(cell: Cell) -> list[str]:
    """What a cell says below its headline: verdict, trials and people, the other model, and what is left out."""
    if cell.synthesis:
        found = [benefit(cell.synthesis.verdict(cell.model), cell.synthesis, cell.unit), trials(len(cell.counted), cell.people)]
        if len(cell.counted) > 1:
            found.append(other_model(cell, cell.synthesis))
        return found + _besides(cell)
    if cell.followed:
        return [followed(cell.followed), *_besides(cell)]
    if cell.state == UNDER_WAY:
        numbers = [registration.identifier for one in cell.under_way for registration in one.study.registrations.all()]
        return [*numbers[:1], studies(len(cell.primary), cell.people), *_reviewed(cell)]
    if cell.primary:
        reasons = list(dict.fromkeys(one.words for one in cell.left_out if one.why not in {Why.REVIEW, Why.UNDER_WAY}))
        planned = [_("{n} under way").format(n=n)] if (n := len(cell.under_way)) else []
        return [reasons[0] if len(reasons) == 1 else _("no figure to pool"), *planned, *_reviewed(cell)]
    return []


def other_model(cell: Cell, synthesis: Synthesis) -> str:
    """What the model that was not chosen says."""
    other = cell.other_model
    verdict = synthesis.verdict(other)
    words = {
        Verdict.SHOWN: _("shown"),
        Verdict.EXCLUDED: _("excluded"),
        Verdict.INCONSISTENT: _("disagree"),
        Verdict.UNDECIDED: _("undecided"),
    }.get(verdict, "")
    told = f"{share(synthesis.fraction(other))}, {words}" if words else share(synthesis.fraction(other))
    return (_("if effects vary: {told}") if other is Model.RANDOM else _("if all share one effect: {told}")).format(told=told)


def followed(people: Followed) -> str:
    """People followed, of those who would rule the tolerated rate out."""
    rate = percent_as_given(people.tolerated_rate)
    of = _("{n} of {needed} people").format(n=number(people.n), needed=number(people.needed))
    events = ngettext("{events} event", "{events} events", people.events).format(events=people.events or _("no"))
    words = {
        RateVerdict.BELOW: _("{rate} ruled out: {of}, {events}"),
        RateVerdict.ABOVE: _("above {rate}: {of}, {events}"),
    }.get(people.verdict(), _("{of} to rule out {rate}, {events}"))
    return words.format(rate=rate, of=of, events=events)


def _besides(cell: Cell) -> list[str]:
    found = []
    if n := len(cell.not_countable):
        found.append(_("{n} more not countable").format(n=n))
    if n := len(cell.under_way):
        found.append(_("{n} under way").format(n=n))
    return found + _reviewed(cell)


def _reviewed(cell: Cell) -> list[str]:
    return [reviews(cell.reviews)] if cell.reviews else []


def sentences(cell: Cell) -> list[str]:
    """What a cell says, in whole sentences for the page below the map."""
    if cell.synthesis:
        return _pooled_sentences(cell, cell.synthesis)
    if cell.followed:
        return _followed_sentences(cell.followed, len(cell.followed_up))
    if cell.state == UNDER_WAY:
        return [_("No results yet: what is known here is under way.")]
    if cell.studies:
        told = [studies(n, cell.people)] if (n := len(cell.primary) - len(cell.under_way)) else []
        return [_("{studies}: no figure can be pooled; the table says why.").format(studies="; ".join([*told, *_reviewed(cell)]))]
    if cell.gaps:
        return [_("No study is logged here: the question is asked, and nobody has looked.")]
    return [_("Neither a study nor a gap is logged here.")]


def _pooled_sentences(cell: Cell, found: Synthesis) -> list[str]:
    model, unit = cell.model, cell.unit
    size = amount(found.target.target_difference, unit)
    pooled = found.pooled(model)
    values = {
        "trials": trials_with(len(cell.counted), cell.people),
        "size": size,
        "value": f"{rounded(pooled.difference)}{NBSP}{unit}".rstrip(),
        "interval": interval(*found.interval(model)),
        "share": share(found.fraction(model)),
        "power": percent_as_given(found.target.power),
    }
    verdict = {
        Verdict.SHOWN: _("A benefit of {size} or more is shown by {trials}."),
        Verdict.EXCLUDED: _("An average benefit as large as {size} is excluded by {trials}."),
        Verdict.INCONSISTENT: _("{trials}: enough if all share one effect, not enough as the results disagree."),
        Verdict.UNDECIDED: _("{trials}: enough was gathered, and a benefit of {size} is neither shown nor excluded."),
        Verdict.SOME: _("{trials}: only a part of what is needed to find {size}."),
        Verdict.LITTLE: _("{trials}: little of what is needed to find {size}."),
    }[found.verdict(model)]
    pooled_words = _(
        "The pooled difference is {value} (95 % interval {interval}), with {share} of the information that {power} power needs."
    )
    told = [verdict.format(**values), pooled_words.format(**values)]
    if len(cell.counted) == 1:
        told.append(_("One trial alone cannot say whether effects vary; both models give its own figure."))
    elif found.verdict(model) is found.verdict(cell.other_model):
        told.append(_("The other model comes to the same verdict."))
    else:
        other = benefit(found.verdict(cell.other_model), found, unit)
        told.append(
            _("With {model} the verdict is another: {other}, {share} of the information.").format(
                model=MODEL_WORDS[cell.other_model], other=other, share=share(found.fraction(cell.other_model))
            )
        )
    if cell.unverified:
        told.append(
            ngettext("{n} of the figures is unverified.", "{n} of the figures are unverified.", cell.unverified).format(n=cell.unverified)
        )
    return told


def _followed_sentences(people: Followed, n: int) -> list[str]:
    rate = percent_as_given(people.tolerated_rate)
    values = {
        "people": number(people.n),
        "studies": ngettext("{n} study", "{n} studies", n).format(n=n),
        "events": ngettext("{events} event", "{events} events", people.events).format(events=people.events or _("no")),
        "needed": number(people.needed),
        "rate": rate,
        "share": share(people.fraction),
    }
    verdict = {
        RateVerdict.BELOW: _("A rate of {rate} is ruled out: {people} people in {studies} had {events}."),
        RateVerdict.ABOVE: _("The rate is above {rate}: {people} people in {studies} had {events}."),
    }.get(people.verdict(), _("A rate of {rate} is not ruled out: {people} people in {studies} had {events}, {share} of those needed."))
    needed = _("It takes {needed} people with {events} to rule out {rate}, by the exact binomial law at a one-sided 5 %.")
    return [verdict.format(**values), needed.format(**values)]


def caption(drawn: EvidenceMap) -> str:
    """What all cells of the map are held against."""
    chosen = drawn.chosen
    power = percent_as_given(chosen.power)
    told = [_("Share of the information needed at {power} power, {model}.").format(power=power, model=MODEL_WORDS[chosen.model])]
    outcomes = [category.term for axis in (drawn.columns, (row.category for row in drawn.rows)) for category in axis]
    shown = [chosen.outcome] if chosen.outcome else [term for term in outcomes if term and term.scheme == term.Scheme.OUTCOME]
    if chosen.outcome:
        told.append(
            _("{outcome}, {population}.").format(outcome=chosen.outcome, population=chosen.population or _("all populations together"))
        )
    size = amount(chosen.target_difference, shown[0].unit if len(shown) == 1 else "")
    if len(shown) > 1:
        told.append(_("A difference of {size} matters, in the unit of each outcome.").format(size=size))
    else:
        told.append(_("A difference of {size} matters.").format(size=size))
    if chosen.own_difference:
        told.append(_("Where a gap names its own difference, the smallest of the cell is taken."))
    return " ".join(told)


def compared(chosen: Chosen) -> str:
    """Against what the counted differences are."""
    if chosen.comparison == Estimate.Comparison.PLACEBO:
        return _("Only comparisons against placebo are counted.")
    return _("Only comparisons against another treatment are counted; which one may differ between the trials.")


def why(one: LeftOut) -> str:
    """Why a study is not counted, as a sentence's beginning."""
    return one.words[:1].upper() + one.words[1:]
