"""What is given in each period, beside what, and what follows when somebody stops."""

from django.utils.translation import gettext_lazy as _

from trials.protocol.sections.item import Item, SectionSpec

INTERVENTIONS = SectionSpec(
    "interventions",
    _("Treatments per period"),
    _("What is given in each period so that somebody else could give it. Letters, drugs and doses stand in the studio."),
    (
        Item("formulation", _("Form and supply"), _("Capsules or liquid, who makes them, storage."), m11="6.1", spirit=("15a",)),
        Item("dose_rationale", _("Why these doses"), _("With sources."), m11="6.2", spirit=("15a",)),
        Item(
            "administration",
            _("How, when and by whom it is given"),
            _("The same in each period; taste matters with naltrexone, which is bitter."),
            m11="6.3",
            spirit=("15a",),
        ),
        Item(
            "titration",
            _("Titration"),
            _("The steps at the start of each period, one a row; the comparator goes through the same steps in appearance."),
            sort="rows",
            columns=(
                Item("from_day", _("From day"), sort="count"),
                Item("to_day", _("To day"), sort="count"),
                Item("dose", _("Dose"), sort="line"),
            ),
            m11="6.3",
            spirit=("15a",),
        ),
        Item(
            "switch",
            _("End of a period and switch"),
            _("Taper or stop; what happens on the day of the switch."),
            m11="6.3",
            spirit=("15a",),
        ),
        Item(
            "stopping_rules",
            _("When treatment is stopped or changed for one person"),
            m11="7.1",
            spirit=("15b",),
        ),
        Item(
            "going_on",
            _("Going on to the next period"),
            _("What must hold before the next period starts, and who decides."),
            m11="7.1",
            spirit=("15b",),
        ),
        Item("adherence", _("Adherence"), _("Help and measurement, in each period."), m11="6.8", spirit=("15c",)),
        Item(
            "rescue",
            _("Rescue medication"),
            _("Which, how much, how it is recorded, and whether it is barred during the read-out window."),
            m11="6.9.2",
            spirit=("15d",),
        ),
        Item(
            "opioids",
            _("Opioids"),
            _("How use is excluded, how long before the first dose they must have been stopped, and what if one is needed."),
            m11="6.10",
            spirit=("15d",),
        ),
        Item(
            "concomitant",
            _("Other treatments allowed or barred"),
            _("During periods and washout."),
            m11="6.10",
            spirit=("15d",),
        ),
        Item(
            "post_trial_care",
            _("After the trial"),
            _("Care for harm; access to the drug of the better period."),
            m11="11",
            spirit=("34",),
        ),
    ),
)
