"""Who does not know, how that is kept, and when it is lifted."""

from django.utils.translation import gettext_lazy as _

from trials.protocol.sections.item import Item, SectionSpec

BLINDED = (
    ("participant", _("Participants")),
    ("care_provider", _("Those who give care")),
    ("investigator", _("Investigators")),
    ("outcomes_assessor", _("Those who assess outcomes")),
    ("analyst", _("Statisticians")),
)

BLINDING = SectionSpec(
    "blinding",
    _("Blinding"),
    _("In a crossover people can compare: taste, side effects or relief after the switch may tell the order."),
    (
        Item("who_blinded", _("Who is blinded"), sort="choices", choices=BLINDED, m11="6.7.3", spirit=("24a",)),
        Item(
            "how_blinded",
            _("How the treatments are made alike"),
            _("Appearance, taste, titration steps, number of capsules."),
            m11="6.7.3",
            spirit=("24b",),
        ),
        Item(
            "unblinding_by_effect",
            _("Learning the order from the effect"),
            _("What is done about it; whether people are asked what they believe, and when."),
            m11="6.7.3",
            spirit=("24b",),
        ),
        Item(
            "unblinding",
            _("When and how the blind is lifted"),
            _("To lift it in period 1 tells period 2 as well: say what follows."),
            m11="6.7.4",
            spirit=("24c",),
        ),
    ),
)
