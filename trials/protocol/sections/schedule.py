"""What happens when: visits, contacts and what is done there."""

from django.utils.translation import gettext_lazy as _

from trials.protocol.sections.item import Item, SectionSpec

OCCASIONS = (
    ("screening", _("Screening")),
    ("randomisation", _("Randomisation")),
    ("period_start", _("Start of each period")),
    ("period_middle", _("Middle of each period")),
    ("period_end", _("End of each period")),
    ("washout", _("Each washout")),
    ("follow_up", _("Follow-up")),
)
MODES = (("clinic", _("In the clinic")), ("call", _("Telephone or video")), ("remote", _("At home, on paper or by app")))

SCHEDULE = SectionSpec(
    "schedule",
    _("Schedule"),
    _(
        "Visits and contacts follow from the design; here stands what happens at each. The table of activities and the figure are made from it."
    ),
    (
        Item(
            "contacts",
            _("Visits and contacts"),
            _("Which occasions there are, and how people are met. The days follow from the lengths of time in the studio."),
            sort="rows",
            columns=(
                Item("occasion", _("Occasion"), sort="choice", choices=OCCASIONS),
                Item("mode", _("How"), sort="choice", choices=MODES),
                Item("window_days", _("Days it may be early or late"), sort="count"),
            ),
            m11="1.3",
            spirit=("18",),
        ),
        Item(
            "activities",
            _("Activities"),
            _("What is done, one a row, and on which occasions."),
            sort="rows",
            columns=(
                Item("activity", _("Activity"), sort="line"),
                Item("occasions", _("Occasions"), sort="choices", choices=OCCASIONS),
            ),
            m11="1.3",
            spirit=("18",),
        ),
        Item(
            "schedule_notes",
            _("Notes on the schedule"),
            _("Diaries between visits, and what happens when a visit is missed."),
            m11="1.3",
            spirit=("18",),
        ),
    ),
)
