"""The CONSORT extension for crossover trials (BMJ 2019;366:l4378): what it asks of a report, and what a protocol prepares for it.

Numbers are those of CONSORT 2010, which the extension speaks. Only the opening of the paper was read; what the numbers 5 and 16 stand for is to be checked against it,
and the numbers of CONSORT 2025 are not known here, so neither is shown as a fact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from trials.protocol.conformance import topics
from trials.protocol.conformance.item import Crossover, Part, Rule, StandardItem, asks, together
from trials.protocol.conformance.reading import chosen, crossover_only, text
from trials.protocol.conformance.rules import analysis, design, title
from trials.protocol.conformance.sample_size import ITEMS as ROWS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NUMBERS = _(
    "Numbers are those of CONSORT 2010, which the extension uses; CONSORT 2025 has 30 items with other numbers, which the extension does not give."
)
UNCHECKED = _("number not checked against the paper")
ROW = {row.number: row.rule for row in ROWS}


def _item(
    number: str, words: _StrPromise, *parts: Part, rule: Rule | None = None, crossover: Crossover = "!!", **more: Any
) -> StandardItem:
    return StandardItem("consort_crossover", number, words, crossover_only(rule or asks(*parts)), crossover, **more)


def _reported(number: str, words: _StrPromise, *parts: Part, rule: Rule | None = None, **more: Any) -> StandardItem:
    return _item(number, words, *parts, rule=rule, due="results", **more)


ITEMS: tuple[StandardItem, ...] = (
    _item("1a", _("The title says crossover"), title.title_says_crossover, crossover="!"),
    _item("1b", _("The summary tells of a crossover"), text("administrative", "brief_summary", topics.PERIODS), crossover="!"),
    _item(
        "3a",
        _("Why a crossover; number and length of periods, the washout, and carry-over thought through"),
        text("design", "crossover_rationale"),
        design.sequences,
        design.lengths,
        text("design", "washout_rationale"),
        text("analysis", "carryover"),
    ),
    _item(
        "5",
        _("The treatments as they are given in each period"),
        design.treatments,
        text("interventions", "administration", topics.SAME_IN_EACH_PERIOD),
        text("interventions", "switch"),
        number_note=UNCHECKED,
    ),
    _item("7a", _("The size allows for how much people vary within themselves"), rule=together(ROW["S7"])),
    _item("10", _("Who assigns people to a sequence"), text("design", "who_assigns", topics.SEQUENCE), crossover="!"),
    _item(
        "12a",
        _("Methods that fit a crossover, that is comparisons within people"),
        analysis.model,
        text("analysis", "period_effect"),
        chosen("estimand", "summary_measure"),
        analysis.no_pretest,
    ),
    _reported(
        "13a", _("How many went through each sequence and period; planned: an empty flow chart of them"), design.sequences, design.lengths
    ),
    _reported(
        "13b",
        _("Losses with reasons by sequence and period; planned: what is done to keep people and their data"),
        design.sequences,
        text("missing_data", "retention", topics.PERIOD_1),
    ),
    _reported(
        "15",
        _("Baselines by sequence and by period; planned: whether the baseline of a period is measured"),
        design.sequences,
        text("outcomes", "period_baseline"),
    ),
    _reported(
        "16",
        _("How many were analysed, with people of one period; planned: who is in which analysis"),
        text("analysis", "analysis_sets", topics.PERIODS),
        analysis.one_period_rule,
        number_note=UNCHECKED,
    ),
    _reported(
        "17a",
        _("Effect and precision from within people, with the SD of the pairs; planned: the summary and which SD"),
        rule=together(asks(chosen("estimand", "summary_measure")), ROW["S7"]),
    ),
    _reported(
        "19",
        _("Harms by the period in which they came; planned: to which period an event belongs"),
        text("harms", "attribution", topics.PERIODS),
    ),
    _reported("20", _("Limits, carry-over among them; planned: what is assumed of it"), text("analysis", "carryover")),
)
