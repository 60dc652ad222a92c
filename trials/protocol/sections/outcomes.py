"""What is measured beside the primary outcome, and how data come about."""

from django.utils.translation import gettext_lazy as _

from trials.protocol.sections.item import Item, SectionSpec

OUTCOMES = SectionSpec(
    "outcomes",
    _("Outcomes"),
    _("The primary outcome and its instrument stand in the studio, because the size depends on them; the rest stands here."),
    (
        Item(
            "readout",
            _("Read-out of the primary outcome"),
            _("How the readings of the window become one value, such as the mean of seven daily readings, with at least four of them."),
            m11="8.3",
            spirit=("16",),
        ),
        Item(
            "period_baseline",
            _("Baseline of each period"),
            _("Whether it is measured, when, and what it is used for."),
            m11="8.3",
            spirit=("16",),
        ),
        Item(
            "secondary_outcomes",
            _("Secondary outcomes"),
            sort="rows",
            columns=(
                Item("outcome", _("Outcome"), sort="line"),
                Item("instrument", _("Instrument and unit"), sort="line"),
                Item("time_point", _("When in each period"), sort="line"),
            ),
            m11="8.3",
            spirit=("16",),
        ),
        Item(
            "instruments",
            _("Instruments and how data are collected"),
            _("The same instrument in each period; what is known of its validity."),
            m11="8.3",
            spirit=("25a",),
        ),
        Item("data_management", _("Data management"), _("Entry, coding, checks, storage."), m11="11", spirit=("26",)),
    ),
)
