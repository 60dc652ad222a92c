"""DELTA2 (BMJ 2018;363:k3750): what has to be said of the target difference and of the size, in our own words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from trials.protocol.conformance.item import StandardItem, asks, together
from trials.protocol.conformance.reading import crossover_only
from trials.protocol.conformance.rules import design, schedule
from trials.protocol.conformance.rules.fit import design_of_size
from trials.protocol.conformance.rules.ledger import sources
from trials.protocol.conformance.rules.sizing import freshness, of_sizing
from trials.protocol.conformance.sample_size import ITEMS as ROWS

ROW = {row.number: row.rule for row in ROWS}

ITEMS: tuple[StandardItem, ...] = (
    StandardItem(
        "delta2",
        "1",
        _("The primary outcome, or why something else drives the size"),
        asks(freshness, schedule.primary_outcome),
    ),
    StandardItem("delta2", "2", _("Significance level and power"), together(ROW["S10"], ROW["S11"])),
    StandardItem(
        "delta2",
        "3",
        _("The target difference as its sort of outcome asks: on the natural scale with its SD, and the standardised effect beside it"),
        together(ROW["S5"], ROW["S7"], ROW["S9"]),
        crossover="!!",
    ),
    StandardItem(
        "delta2",
        "4",
        _("The allocation ratio, and why it is unequal where it is"),
        crossover_only(asks(freshness, design.sequences, design.unequal_numbers, of_sizing(design_of_size))),
        crossover="!",
    ),
    StandardItem(
        "delta2",
        "5",
        _("The size from these: method, every adjustment with its reason, the final number, and how sensitive it is"),
        together(ROW["S12"], ROW["S13"], ROW["S14"], ROW["S18"]),
    ),
    StandardItem("delta2", "6", _("Whether the target difference is important, realistic, or both"), together(ROW["S6"])),
    StandardItem("delta2", "7", _("Why this value: the method or the earlier research, cited"), asks(freshness, sources("effect"))),
    StandardItem(
        "delta2",
        "8",
        _("The paper points to the protocol, whose calculation it repeats"),
        asks(),
        due="results",
    ),
)
