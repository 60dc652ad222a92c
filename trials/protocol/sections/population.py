"""Who takes part, where, and how they are found."""

from django.utils.translation import gettext_lazy as _

from trials.protocol.sections.item import Item, SectionSpec

POPULATION = SectionSpec(
    "population",
    _("Population and eligibility"),
    _("Who may take part. In a crossover the condition has to be stable, and people have to be able to go without treatment."),
    (
        Item("condition", _("Condition"), _("As registries name it, such as fibromyalgia."), sort="line", m11="5.1"),
        Item(
            "population_rationale",
            _("Whom the trial is about"),
            _("The people in a sentence or two, and why these."),
            m11="5.1",
            spirit=("14a",),
        ),
        Item("setting", _("Settings and places"), _("Kind of clinic or remote; countries."), m11="5.1", spirit=("13",)),
        Item("age_min", _("Youngest age"), sort="count", unit=_("years"), m11="5.2", spirit=("14a",)),
        Item("age_max", _("Oldest age"), _("Empty for no limit."), sort="count", unit=_("years"), m11="5.2", spirit=("14a",)),
        Item(
            "sex",
            _("Sex"),
            sort="choice",
            choices=(("all", _("All")), ("female", _("Women")), ("male", _("Men"))),
            m11="5.2",
            spirit=("14a",),
        ),
        Item(
            "healthy_volunteers",
            _("Healthy volunteers"),
            sort="choice",
            choices=(("no", _("No")), ("yes", _("Yes"))),
            m11="5.2",
        ),
        Item(
            "stable_condition",
            _("What shows that the condition is stable"),
            _("A crossover compares periods: the condition must be about the same when each begins."),
            m11="5.2",
            spirit=("14a",),
        ),
        Item(
            "able_to_wash_out",
            _("What shows that people can go without treatment"),
            _("Which treatments they must be able to stop or keep unchanged, and that the washout is bearable and safe."),
            m11="5.2",
            spirit=("14a",),
        ),
        Item("inclusion", _("Inclusion criteria"), _("One a line."), sort="lines", m11="5.2", spirit=("14a",)),
        Item(
            "exclusion",
            _("Exclusion criteria"),
            _("One a line; with naltrexone, use of opioids among them."),
            sort="lines",
            m11="5.3",
            spirit=("14a",),
        ),
        Item(
            "site_eligibility",
            _("Who may run it"),
            _("What sites and people need who deliver the treatments."),
            m11="11",
            spirit=("14b",),
        ),
        Item("recruitment", _("How people are found"), _("Ways, and how the number is to be reached."), m11="5.1", spirit=("20",)),
        Item(
            "consent",
            _("Consent"),
            _("Who asks, and how. Explain the switch and the washout."),
            m11="11",
            spirit=("32a",),
        ),
        Item(
            "extra_consent",
            _("Consent for data and samples"),
            _("For later use of data or samples, where there is any."),
            m11="11",
            spirit=("32b",),
        ),
    ),
)
