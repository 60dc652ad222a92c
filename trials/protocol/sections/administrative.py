"""Who answers for the trial, where it is registered, and how it is made known."""

from django.utils.translation import gettext_lazy as _

from trials.protocol.sections.item import Item, SectionSpec

ADMINISTRATIVE = SectionSpec(
    "administrative",
    _("Administrative items"),
    _("Names, registration, money, ethics and sharing. What does not apply is marked so, with the reason, on the conformance page."),
    (
        Item("acronym", _("Acronym"), sort="line"),
        Item("brief_title", _("Brief title"), _("For the public, without jargon."), sort="line"),
        Item("brief_summary", _("Brief summary"), _("For the registry, in plain words."), spirit=("1b",)),
        Item(
            "phase",
            _("Phase"),
            sort="choice",
            choices=(
                ("na", _("Not applicable")),
                ("early_1", _("Early phase 1")),
                ("1", _("Phase 1")),
                ("1_2", _("Phase 1/2")),
                ("2", _("Phase 2")),
                ("2_3", _("Phase 2/3")),
                ("3", _("Phase 3")),
                ("4", _("Phase 4")),
            ),
        ),
        Item(
            "primary_purpose",
            _("Primary purpose"),
            sort="choice",
            choices=(
                ("treatment", _("Treatment")),
                ("prevention", _("Prevention")),
                ("supportive_care", _("Supportive care")),
                ("basic_science", _("Basic science")),
                ("other", _("Other")),
            ),
        ),
        Item("authors", _("Authors"), _("Names, affiliations and what each did, one person a line."), sort="lines", spirit=("3a",)),
        Item("sponsor", _("Sponsor"), _("The organisation, and how to reach it."), sort="line", spirit=("3b",)),
        Item("sponsor_contact", _("Contact of the sponsor"), sort="line", spirit=("3b",)),
        Item("sponsor_role", _("What sponsor and funders may decide"), m11="11", spirit=("3c",)),
        Item("committees", _("Committees and groups"), _("Make-up and roles."), m11="11", spirit=("3d",)),
        Item("registry", _("Registry"), _("Where the trial is or will be registered."), sort="line", spirit=("4",)),
        Item("documents_access", _("Where protocol and analysis plan can be had"), m11="11", spirit=("5",)),
        Item("data_sharing", _("Sharing of data, dictionary and code"), m11="11", spirit=("6",)),
        Item("funding", _("Funding and other support"), _("Supply of the drug as well."), m11="11", spirit=("7a",)),
        Item("interests", _("Interests"), _("Of the leads and of the steering group."), m11="11", spirit=("7b",)),
        Item("dissemination", _("How results are made known"), m11="11", spirit=("8",)),
        Item(
            "patient_involvement",
            _("Patients and public"),
            _("How they take part in design, conduct and reporting; what they say of two periods and of a washout without treatment."),
            m11="11",
            spirit=("11",),
        ),
        Item("trial_monitoring", _("Monitoring of the trial"), m11="11", spirit=("29",)),
        Item("ethics", _("Ethics approval"), _("Committee, number and date, or that it is yet to be asked for."), m11="11", spirit=("30",)),
        Item("amendments", _("How amendments are made known"), m11="12.3", spirit=("31",)),
        Item("confidentiality", _("Confidentiality"), m11="11", spirit=("33",)),
        Item("start_date", _("Planned start"), sort="date"),
        Item("primary_completion_date", _("Planned last read-out of the primary outcome"), sort="date"),
        Item("completion_date", _("Planned end"), sort="date"),
    ),
)
