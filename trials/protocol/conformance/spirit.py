"""SPIRIT 2025 (BMJ 2025;389:e081477): what a protocol has to say, item by item, in our own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from trials.protocol.conformance import sample_size, topics
from trials.protocol.conformance.item import Crossover, Part, StandardItem, asks
from trials.protocol.conformance.reading import chosen, gives_naltrexone, is_crossover, lines, number, rows, text, when
from trials.protocol.conformance.rules import analysis, design, registration, schedule, title

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def _item(key: str, words: _StrPromise, *parts: Part, crossover: Crossover = "", **more: Any) -> StandardItem:
    return StandardItem("spirit", key, words, asks(*parts), crossover, **more)


def _waivable(key: str, words: _StrPromise, *parts: Part, crossover: Crossover = "") -> StandardItem:
    return _item(key, words, *parts, crossover=crossover, may_not_apply=True)


def _crossed(part: Part) -> Part:
    return when(is_crossover, part)


ITEMS: tuple[StandardItem, ...] = (
    _item(
        "1a",
        _("The title names the design, the population and the treatments, and says that this is a protocol"),
        title.title_says_crossover,
        title.title_names_population,
        title.title_names_treatments,
        title.title_says_protocol,
        crossover="!",
    ),
    _item(
        "1b",
        _("A structured summary, with the registration data set of the WHO"),
        text("administrative", "brief_summary"),
        registration.registry_data,
        crossover="!",
    ),
    _item("2", _("Identifier, number and date of the version"), registration.identified, due="frozen"),
    _item("3a", _("Who wrote it: names, affiliations and what each did"), registration.authors),
    _item("3b", _("The sponsor, and how to reach it"), text("administrative", "sponsor"), registration.sponsor_contact),
    _waivable("3c", _("What sponsor and funders may decide"), text("administrative", "sponsor_role")),
    _waivable("3d", _("Committees and groups: who is on them, what they do"), text("administrative", "committees")),
    _item("4", _("Registry, number and date, or the registry that is meant"), registration.registered),
    _waivable(
        "5",
        _("Where protocol and analysis plan can be had"),
        text("administrative", "documents_access", topics.THE_PROTOCOL, topics.ANALYSIS_PLAN),
    ),
    _waivable(
        "6",
        _("Where and how data, dictionary and code are shared"),
        text("administrative", "data_sharing", topics.DATA, topics.DICTIONARY, topics.CODE),
        crossover="!",
    ),
    _waivable("7a", _("Money and other support, supply of the drug among it"), text("administrative", "funding", topics.SUPPLY)),
    _waivable("7b", _("Interests of the leads and of the steering group"), text("administrative", "interests")),
    _waivable(
        "8",
        _("How results reach participants, clinicians and the public"),
        text("administrative", "dissemination", topics.PARTICIPANTS, topics.CLINICIANS, topics.PUBLIC),
    ),
    _item(
        "9a",
        _("Why the trial is needed: what is known of benefit and harm of each treatment"),
        design.gap_question,
        text("estimand", "background", topics.BENEFIT, topics.HARM),
        crossover="!",
    ),
    _item(
        "9b",
        _("Why this comparator, which everybody in a crossover receives too"),
        text("estimand", "comparator_rationale"),
        design.comparator_named,
        crossover="!",
    ),
    _item(
        "10",
        _("Objectives, of benefit and of harm"),
        text("estimand", "primary_objective"),
        lines("estimand", "secondary_objectives", topics.HARM),
    ),
    _waivable(
        "11",
        _("How patients and the public take part in design, conduct and reporting"),
        text("administrative", "patient_involvement", topics.BURDEN),
        crossover="!",
    ),
    _item(
        "12",
        _("Design: sequences, periods, allocation, framework, and why a crossover suits"),
        _crossed(design.sequences),
        design.framework,
        _crossed(text("design", "crossover_rationale")),
        design.unequal_numbers,
        crossover="!!",
    ),
    _item("13", _("Settings and places"), text("population", "setting"), design.sites),
    _item(
        "14a",
        _("Who may take part; the condition is stable, and people are able to wash out"),
        lines("population", "inclusion"),
        when(gives_naltrexone, lines("population", "exclusion", topics.OPIOIDS)),
        when(lambda content: not gives_naltrexone(content), lines("population", "exclusion")),
        number("population", "age_min"),
        chosen("population", "sex"),
        _crossed(text("population", "stable_condition")),
        _crossed(text("population", "able_to_wash_out")),
        crossover="!!",
    ),
    _waivable("14b", _("What sites and people need who deliver the treatments"), text("population", "site_eligibility")),
    _item(
        "15a",
        _("The treatments of each period so that somebody else could give them, with titration and switch"),
        design.treatments,
        text("interventions", "formulation"),
        text("interventions", "administration"),
        text("interventions", "dose_rationale"),
        design.titration,
        _crossed(text("interventions", "switch")),
        crossover="!!",
    ),
    _item(
        "15b",
        _("When treatment is stopped or changed for one person, and when the next period starts"),
        text("interventions", "stopping_rules"),
        _crossed(text("interventions", "going_on", topics.PERIODS)),
        crossover="!!",
    ),
    _waivable(
        "15c", _("How adherence is helped and measured, in each period"), text("interventions", "adherence", topics.PERIODS), crossover="!"
    ),
    _item(
        "15d",
        _("What else may be taken: rescue, opioids, and care in the washout"),
        text("interventions", "rescue"),
        when(gives_naltrexone, text("interventions", "opioids")),
        text("interventions", "concomitant", topics.WASHOUT),
        crossover="!!",
    ),
    _item(
        "16",
        _("Outcomes: variable, metric, how readings become one value, and when in each period"),
        schedule.primary_outcome,
        _crossed(schedule.readout_window),
        _crossed(text("outcomes", "readout")),
        chosen("estimand", "variable_attribute"),
        chosen("estimand", "summary_measure"),
        _crossed(text("outcomes", "period_baseline")),
        rows("outcomes", "secondary_outcomes", "outcome", "instrument", "time_point"),
        crossover="!!",
    ),
    _item(
        "17",
        _("Harms: what counts, how it is asked for, and to which period it belongs"),
        text("harms", "definition"),
        text("harms", "ascertainment"),
        text("harms", "attribution", topics.PERIODS),
        _crossed(text("harms", "late_events")),
        text("harms", "reporting"),
        crossover="!!",
    ),
    _item(
        "18",
        _("The schedule: run-in, periods, washout and follow-up, with a visit in each, and why so long"),
        _crossed(design.lengths),
        _crossed(schedule.visits_of_every_epoch),
        schedule.activities,
        _crossed(text("design", "washout_rationale")),
        text("design", "duration_rationale"),
        crossover="!!",
    ),
    _item(
        "19",
        _("How the sample size was found, with every assumption (S1–S25)"),
        sample_size.required_rows,
        crossover="!!",
    ),
    _item("20", _("How the number is to be reached"), text("population", "recruitment"), design.recruitment),
    _item(
        "21a",
        _("Who makes the list of sequences, and by what method"),
        text("design", "sequence_generation", topics.METHOD),
        crossover="!",
    ),
    _item(
        "21b",
        _("Ratio, blocks and strata; sizes of blocks stand in a closed document"),
        _crossed(design.sequences),
        text("design", "sequence_generation", topics.BLOCKS),
        design.strata,
        design.seal,
        design.no_block_sizes,
        crossover="!!",
    ),
    _item("22", _("How the list is concealed"), text("design", "concealment")),
    _item("23", _("Whether those who enrol or assign can see the list"), text("design", "who_assigns")),
    _waivable("24a", _("Who is blinded"), chosen("blinding", "who_blinded"), crossover="!"),
    _waivable(
        "24b",
        _("How the treatments are made alike, and what is done when the effect tells the order"),
        text("blinding", "how_blinded", topics.LIKE),
        _crossed(text("blinding", "unblinding_by_effect", topics.BELIEFS)),
        crossover="!!",
    ),
    _waivable(
        "24c",
        _("When and how the blind is lifted, and what becomes of the next period"),
        text("blinding", "unblinding", topics.PERIODS),
        crossover="!",
    ),
    _item(
        "25a",
        _("How data are collected, with which instruments, the same in each period"),
        text("outcomes", "instruments", topics.SAME_IN_EACH_PERIOD),
        crossover="!",
    ),
    _item(
        "25b",
        _("How people are kept, and the data of those who stop"),
        text("missing_data", "retention", topics.PERIOD_1, topics.PERIOD_2),
        crossover="!!",
    ),
    _item("26", _("How data are entered, coded, checked and stored"), text("outcomes", "data_management")),
    _item(
        "27a",
        _("How outcomes and harms are compared: within people, with the period in the model, without a test for carry-over first"),
        analysis.model,
        text("analysis", "period_effect"),
        text("analysis", "multiplicity"),
        text("analysis", "supplementary", topics.HARM),
        text("analysis", "software", least_words=1),
        analysis.no_pretest,
        crossover="!!",
    ),
    _item(
        "27b",
        _("Who is in each analysis; people with one period"),
        text("analysis", "analysis_sets", topics.PERIODS),
        _crossed(analysis.one_period_rule),
        chosen("estimand", "population_attribute"),
        crossover="!!",
    ),
    _item(
        "27c",
        _("What becomes of missing data, a missing second period above all"),
        text("missing_data", "missing_data"),
        text("missing_data", "data_handling"),
        _crossed(analysis.one_period_rule),
        rows("estimand", "intercurrent_events", "event", "strategy"),
        crossover="!!",
    ),
    _item(
        "27d",
        _("Further analyses: carry-over, period 1 alone, use of baselines"),
        _crossed(text("analysis", "carryover")),
        text("analysis", "sensitivity", topics.PERIOD_1),
        _crossed(text("outcomes", "period_baseline")),
        crossover="!!",
    ),
    _waivable("28a", _("A data monitoring committee, or why there is none"), text("harms", "monitoring_committee")),
    _waivable(
        "28b",
        _("Looks before the end, and when the trial is stopped"),
        text("analysis", "interim"),
        text("design", "trial_stopping"),
        crossover="!",
    ),
    _waivable("29", _("How the trial is monitored"), text("administrative", "trial_monitoring")),
    _item("30", _("Approval by an ethics committee, or that it is yet to be asked for"), text("administrative", "ethics")),
    _waivable("31", _("How amendments are made known"), text("administrative", "amendments")),
    _item(
        "32a",
        _("Who asks for consent, and how; switch and washout are explained"),
        text("population", "consent", topics.SWITCH, topics.WASHOUT),
        crossover="!",
    ),
    _waivable("32b", _("Consent for later use of data and samples"), text("population", "extra_consent")),
    _item("33", _("How what is known of people is kept confidential"), text("administrative", "confidentiality")),
    _waivable(
        "34",
        _("Care after the trial, and access to the drug of the better period"),
        text("interventions", "post_trial_care", topics.AFTERCARE, topics.BETTER_DRUG),
        crossover="!",
    ),
)
