"""Why this design, how people are assigned to its sequences, and when the trial ends."""

from django.utils.translation import gettext_lazy as _

from trials.protocol.sections.item import Item, SectionSpec

DESIGN = SectionSpec(
    "design",
    _("Design"),
    _("Why a crossover suits, and how people come to a sequence. Sequences and lengths of time stand in the studio."),
    (
        Item(
            "crossover_rationale",
            _("Why a crossover"),
            _("A stable condition, an effect that comes and goes within a period, no cure."),
            m11="4.2.2",
            spirit=("12",),
        ),
        Item(
            "washout_rationale",
            _("Why this washout"),
            _("Against the half-lives and against how long the effect outlasts the drug."),
            m11="4.2.2",
            spirit=("12", "18"),
        ),
        Item(
            "duration_rationale",
            _("Why periods of this length"),
            _("Long enough for titration and for the effect to be read."),
            m11="4.2.4",
            spirit=("18",),
        ),
        Item(
            "allocation_rationale",
            _("Why unequal numbers"),
            _("Only if more people go to some sequences than to others."),
            m11="6.7.2",
            spirit=("12",),
        ),
        Item(
            "strata",
            _("Strata"),
            _("Factors within whose levels the sequences are balanced, beside the sites."),
            sort="rows",
            columns=(
                Item("factor", _("Factor"), sort="line"),
                Item("levels", _("Levels, with commas between"), sort="line"),
            ),
            m11="6.7.2",
            spirit=("21b",),
        ),
        Item(
            "sequence_generation",
            _("Who makes the list of sequences, and how"),
            _("Block sizes do not stand here: they belong to the closed document."),
            m11="6.7.2",
            spirit=("21a",),
        ),
        Item("concealment", _("How the list is concealed"), _("Such as numbered kits or a central system."), m11="6.7.2", spirit=("22",)),
        Item(
            "who_assigns",
            _("Who enrols, who assigns, and who can see the list"),
            m11="6.7.1",
            spirit=("23",),
        ),
        Item("trial_end", _("Start and end of the trial"), _("What counts as its end; who has finished."), m11="4.4"),
        Item("trial_stopping", _("When the trial as a whole is stopped"), m11="4.3", spirit=("28b",)),
    ),
)
