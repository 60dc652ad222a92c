"""The question, the sequences and their lengths, the treatments, and how people are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from trials.protocol.conformance.blocks import block_sizes
from trials.protocol.conformance.item import Finding, Part, Place
from trials.protocol.conformance.reading import excerpt, filled_rows, given, one_line, text

if TYPE_CHECKING:
    from trials.protocol.content import Content


def gap_question(content: Content) -> Finding:
    asked = [f"{gap.uid}: {gap.question}" for gap in content.gaps if gap.question]
    if not asked:
        return Finding(Place("studio", item="gaps"), lacking=_("No gap is taken up whose question says why the trial is needed."))
    return Finding(Place("gap", item=content.gaps[0].uid), excerpt("; ".join(asked)))


framework: Part = given(
    "studio",
    "kind",
    lambda content: _("Framework: {kind}").format(kind=content.question.kind_label) if content.question else "",
    lambda: _("The framework is not given: there is no primary question."),
)


def comparator_named(content: Content) -> Finding | None:
    question = content.question
    if question and question.comparator and content.treatment(question.comparator):
        return Finding(Place("studio", item="comparator"), _("The comparator is {label}.").format(label=content.label(question.comparator)))
    if question and not question.comparator:
        return None
    return Finding(Place("studio", item="comparator"), lacking=_("What the comparator is, is not given."))


sequences: Part = given(
    "studio",
    "sequences",
    lambda content: (
        _("Sequences {sequences}, {n} periods, allocation {allocation}.").format(
            sequences="/".join(content.design.sequences),
            n=content.design.n_periods,
            allocation=":".join(map(str, content.design.allocation)),
        )
        if content.design.n_periods > 1
        else ""
    ),
    lambda: _("The sequences are not given."),
)


def unequal_numbers(content: Content) -> Finding | None:
    if len(set(content.design.allocation)) <= 1:
        return None
    return text("design", "allocation_rationale")(content)


def lengths(content: Content) -> Finding:
    """Period and washout, with run-in and follow-up where they are given."""
    design = content.design
    wanted = {_("period"): design.period_days, _("washout"): design.washout_days}
    missing = [name for name, days in wanted.items() if days is None]
    known = {**wanted, _("run-in"): design.run_in_days, _("follow-up"): design.follow_up_days}
    shown = "; ".join(_("{what} {n} days").format(what=name, n=days) for name, days in known.items() if days is not None)
    lacking = _("Lengths of time are missing: {what}.").format(what=", ".join(missing)) if missing else ""
    return Finding(Place("studio", item="period_days"), shown, lacking)


def treatments(content: Content) -> Finding:
    letters = content.design.letters or tuple(one.letter for one in content.treatments)
    place = Place("studio", item="treatments")
    if not content.treatments:
        return Finding(place, lacking=_("No treatment is named."))
    unnamed = [letter for letter in letters if content.treatment(letter) is None]
    lacking = [_("what {letters} stands for").format(letters=", ".join(unnamed))] if unnamed else []
    undosed = [one.label for one in content.treatments if one.dose_mg is None]
    if len(undosed) > 1:
        lacking.append(_("the dose of all but one of: {labels}").format(labels=", ".join(undosed)))
    unsaid = [one.label for one in content.treatments if not one.frequency]
    if unsaid:
        lacking.append(_("how often is taken: {labels}").format(labels=", ".join(unsaid)))
    shown = "; ".join(f"{one.letter}: {one.label}" for one in content.treatments)
    return Finding(place, shown, _("{what}.").format(what="; ".join(lacking)) if lacking else "")


def titration(content: Content) -> Finding | None:
    """The steps where a period begins with titration; none are asked where it does not."""
    place, steps = Place("section", "interventions", "titration"), filled_rows(content, "interventions", "titration")
    days = content.design.titration_days
    if days is None and not steps:
        return Finding(
            Place("studio", item="titration_days"), lacking=_("Whether a period begins with titration is not said: give its days, or 0.")
        )
    if not days and not steps:
        return Finding(Place("studio", item="titration_days"), _("No titration."))
    if not steps:
        return Finding(place, _("Titration takes {n} days.").format(n=days), _("Its steps are not given."))
    bare = [step for step in steps if not step.get("dose")]
    return Finding(place, _("{n} steps").format(n=len(steps)), _("Some steps have no dose.") if bare else "")


def strata(content: Content) -> Finding | None:
    """The strata where there are any; a factor needs levels."""
    place, said = Place("section", "design", "strata"), filled_rows(content, "design", "strata")
    if not said:
        return None
    bare = [one_line(row.get("factor")) for row in said if not row.get("levels") or not row.get("factor")]
    shown = "; ".join(one_line(row.get("factor")) for row in said if row.get("factor"))
    return Finding(place, shown, _("A stratum lacks its factor or its levels: {factors}.").format(factors=", ".join(bare)) if bare else "")


def seal(content: Content) -> Finding | None:
    return (
        Finding(Place("section", "design", "sequence_generation"), _("The list is sealed: SHA-256 {seal}.").format(seal=content.seal))
        if content.seal
        else None
    )


def no_block_sizes(content: Content) -> Finding | None:
    """Nothing, unless the open text names sizes of blocks."""
    found = block_sizes(content)
    if not found:
        return None
    place, words = found[0]
    return Finding(
        place,
        lacking=_(
            "Block sizes stand in the open text ({words}, at {place}): they belong to the closed document, or the next sequence can be guessed."
        ).format(words=excerpt(words), place=place.words()),
    )


recruitment: Part = given(
    "studio",
    "recruitment_per_month",
    lambda content: (
        _("{n} people a month.").format(n=f"{content.design.recruitment_per_month:g}") if content.design.recruitment_per_month else ""
    ),
    lambda: _("How many people are randomised a month is not given."),
)
sites: Part = given(
    "studio",
    "sites",
    lambda content: _("{n} sites.").format(n=content.design.sites) if content.design.sites else "",
    lambda: _("The number of sites is not given."),
)
