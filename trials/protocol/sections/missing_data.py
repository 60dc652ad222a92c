"""What becomes of people and readings that are missing."""

from django.utils.translation import gettext_lazy as _

from trials.protocol.sections.item import Item, SectionSpec

MISSING_DATA = SectionSpec(
    "missing_data",
    _("Missing data and one-period participants"),
    _(
        "Only 14 of 124 published crossover trials of pain drugs kept people with one period (Gewandter 2016, doi:10.1097/j.pain.0000000000000673)."
    ),
    (
        Item(
            "one_period_rule",
            _("People with one period"),
            sort="choice",
            choices=(
                ("kept_mixed_model", _("Their period is kept; a mixed model recovers what it tells")),
                ("kept_sensitivity", _("Left out of the primary analysis, kept in a sensitivity analysis")),
                ("left_out", _("Left out of every comparison")),
            ),
            m11="10.4.1.3",
            spirit=("27b", "27c"),
        ),
        Item(
            "missing_data",
            _("Missing readings"),
            _("What is assumed of why they are missing, and what is done."),
            m11="10.4.1.3",
            spirit=("27c",),
        ),
        Item(
            "data_handling",
            _("Handling of intercurrent events"),
            _("Which data are used before and after each, in line with the strategies of the estimand."),
            m11="10.4.1.2",
            spirit=("27c",),
        ),
        Item(
            "retention",
            _("Keeping people, and data of those who stop"),
            _("Data of period 1 are kept, and people are still invited to period 2."),
            m11="7.3",
            spirit=("25b",),
        ),
    ),
)
