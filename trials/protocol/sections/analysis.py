"""How the data are analysed; the size rests on the same model."""

from django.utils.translation import gettext_lazy as _

from trials.protocol.sections.item import Item, SectionSpec

ANALYSIS = SectionSpec(
    "analysis",
    _("Analysis"),
    _(
        "The comparison within people that answers the question. The sample size assumes one model; say so here if the analysis uses another."
    ),
    (
        Item(
            "model",
            _("Primary model"),
            sort="choice",
            choices=(
                ("fixed_participants", _("Linear model with participant, period and treatment")),
                ("mixed", _("Linear mixed model: participants random; period, sequence and treatment fixed")),
                ("paired_t", _("Paired comparison of the differences within people, without a period effect")),
                ("exact_binary", _("Exact test of the discordant pairs, within sequences")),
                ("other", _("Another one, described below")),
            ),
            m11="10.4.1.1",
            spirit=("27a",),
        ),
        Item(
            "model_description",
            _("The model in words"),
            _("Terms, estimator, degrees of freedom; why it differs from the one that the size assumes, if it does."),
            m11="10.4.1.1",
            spirit=("27a",),
        ),
        Item(
            "period_effect",
            _("Period and sequence effects"),
            _("The period effect belongs in the model."),
            m11="10.4.1.1",
            spirit=("27a",),
        ),
        Item(
            "carryover",
            _("Carry-over"),
            _("What is assumed, and how it is looked at. Do not test for it first and choose the analysis by the result."),
            m11="10.4.1.4",
            spirit=("27d",),
        ),
        Item(
            "analysis_sets",
            _("Who is analysed"),
            _("Which people, in which sequence, for which analysis; those with one period are named."),
            m11="10.2",
            spirit=("27b",),
        ),
        Item(
            "sensitivity",
            _("Sensitivity analyses"),
            _("Of the same estimand: period 1 only, carry-over in the model, other assumptions on what is missing."),
            m11="10.4.1.4",
            spirit=("27d",),
        ),
        Item(
            "supplementary",
            _("Further analyses"),
            _("Of other estimands: subgroups, responders, secondary outcomes."),
            m11="10.4.1.5",
            spirit=("27d",),
        ),
        Item(
            "multiplicity", _("Multiplicity"), _("How α is shared where there is more than one primary test."), m11="10.10", spirit=("27a",)
        ),
        Item(
            "interim",
            _("Interim looks"),
            _("When, by whom, and by which rule; in a crossover information comes with each completed person."),
            m11="10.9",
            spirit=("28b",),
        ),
        Item("software", _("Software"), sort="line", m11="10.4.1.1", spirit=("27a",)),
    ),
)
