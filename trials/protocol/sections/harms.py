"""How harms are looked for, and to which period they belong."""

from django.utils.translation import gettext_lazy as _

from trials.protocol.sections.item import Item, SectionSpec

HARMS = SectionSpec(
    "harms",
    _("Harms by period"),
    _("How harms are found, and which treatment each belongs to when treatments follow each other."),
    (
        Item("definition", _("What counts as harm"), m11="9", spirit=("17",)),
        Item("ascertainment", _("How it is asked for"), _("In the same way in each period."), m11="9", spirit=("17",)),
        Item(
            "attribution",
            _("Which period an event belongs to"),
            _("From first dose of a period to the first dose of the next, or otherwise; what holds in the washout."),
            m11="9",
            spirit=("17",),
        ),
        Item("late_events", _("Events that show late"), _("After the switch, and after the trial."), m11="9", spirit=("17",)),
        Item("reporting", _("Serious events: who is told, and when"), m11="9", spirit=("17",)),
        Item(
            "monitoring_committee",
            _("Data monitoring committee"),
            _("Its members' roles and charter, or why none is needed."),
            m11="11",
            spirit=("28a",),
        ),
    ),
)
