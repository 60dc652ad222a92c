"""The question and its estimand: five attributes, each with its crossover twist (ICH E9(R1))."""

from django.utils.translation import gettext_lazy as _

from trials.protocol.sections.item import Item, SectionSpec

# what happens after randomisation and changes what a reading means; the first seven are asked of every crossover
EVENTS = (
    ("stops_in_period_1", _("Stops treatment in period 1")),
    ("stops_in_period_2", _("Stops treatment in period 2 or later")),
    ("never_starts_period_2", _("Never starts period 2")),
    ("rescue", _("Takes rescue medication")),
    ("residual_drug", _("Residual drug or effect after the switch")),
    ("unblinding_by_effect", _("Learns the order from the effect")),
    ("opioid_start", _("Starts an opioid")),
    ("other", _("Another event, named in the rule")),
)
STRATEGIES = (
    ("treatment_policy", _("Treatment policy: the reading counts, whatever happened")),
    ("hypothetical", _("Hypothetical: the reading as if it had not happened")),
    ("composite", _("Composite: the event is part of the outcome")),
    ("while_on_treatment", _("While on treatment: readings up to the event")),
    ("principal_stratum", _("Principal stratum: only people in whom it would not happen")),
)

ESTIMAND = SectionSpec(
    "estimand",
    _("Question and estimand"),
    _("What the trial is to find out, and exactly which effect it estimates."),
    (
        Item(
            "background",
            _("Background"),
            _(
                "What is known of benefit and harm of each treatment, and why the question is open. The gaps that the trial takes up say it."
            ),
            m11="2.1",
            spirit=("9a",),
        ),
        Item(
            "comparator_rationale",
            _("Why this comparator"),
            _("In a crossover everybody receives it too, such as placebo in each person."),
            m11="4.2.3",
            spirit=("9b",),
        ),
        Item(
            "primary_objective",
            _("Primary objective"),
            _("One sentence, such as: to estimate the effect of LDN 4.5 mg against placebo on pain."),
            m11="3.1",
            spirit=("10",),
        ),
        Item(
            "secondary_objectives",
            _("Secondary objectives"),
            _("One a line, harms among them."),
            sort="lines",
            m11="3.1",
            spirit=("10",),
        ),
        Item(
            "treatment_condition",
            _("Treatment attribute"),
            _("What is compared and for how long, with background and rescue treatment; whether the effect is that of a steady state."),
            m11="3.1.1",
        ),
        Item(
            "population_attribute",
            _("Population attribute"),
            _("Say which; the two differ as soon as somebody leaves after period 1."),
            sort="choice",
            choices=(
                ("all_randomised", _("Everybody who is randomised")),
                ("both_periods", _("Those who would complete every period (principal stratum)")),
            ),
            m11="3.1.1",
        ),
        Item(
            "variable_attribute",
            _("Variable attribute"),
            _("The reading of a period, in the read-out window."),
            sort="choice",
            choices=(
                ("value", _("The value in the read-out window of each period")),
                ("change_from_period_baseline", _("Its change from the baseline of the same period")),
                ("change_from_trial_baseline", _("Its change from the baseline before period 1")),
            ),
            m11="3.1.1",
        ),
        Item(
            "intercurrent_events",
            _("Intercurrent events"),
            _("What may happen between randomisation and reading, and how each is dealt with."),
            sort="rows",
            columns=(
                Item("event", _("Event"), sort="choice", choices=EVENTS),
                Item("strategy", _("Strategy"), sort="choice", choices=STRATEGIES),
                Item("rule", _("How it is handled"), sort="line"),
            ),
            m11="3.1.1",
        ),
        Item(
            "summary_measure",
            _("Summary attribute"),
            _(
                "Over the population; for a crossover the mean of the differences within people, not the difference of the means of periods."
            ),
            sort="choice",
            choices=(
                ("mean_within_person_difference", _("Mean difference within people")),
                ("ratio_of_geometric_means", _("Ratio of geometric means within people")),
                ("marginal_risk_difference", _("Difference of the shares who respond")),
                ("odds_ratio_within_person", _("Odds ratio within people")),
                ("other", _("Another one, named in the treatment attribute")),
            ),
            m11="3.1.1",
        ),
        Item(
            "estimand_rationale",
            _("Why this estimand"),
            _("Whom the answer serves, and why these strategies fit."),
            m11="4.2.1",
        ),
    ),
)
