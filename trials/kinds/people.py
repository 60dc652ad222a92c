"""Questions about who responds: moderators, and how far people differ in their response."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from trials.kinds.box import EFFECT, OUTCOME_UNIT, VARIABILITY, Box, on
from trials.kinds.kind import Kind
from trials.kinds.shared import (
    ALPHA,
    AUTOCORRELATION,
    BETWEEN_SUBJECT_SD,
    CONFIDENCE,
    DROPOUT,
    FIT,
    INDIVIDUAL_RESPONSE,
    LETTERS,
    N_OF_1_SERIES,
    POWER,
    VARIABILITIES,
)

FOR_WHOM = _("For whom")
INDIVIDUAL = _("Individual response")
MODERATOR = "question.moderator"
SORT = f"{MODERATOR}.kind"
BINARY, CATEGORICAL, CONTINUOUS = (on(SORT, sort) for sort in ("binary", "categorical", "continuous"))

FOR_WHOM_KIND = Kind(
    "moderator",
    FOR_WHOM,
    _("Moderator: for whom does it work better?"),
    _(
        "Whether the effect differs between kinds of people, such as by a genotype or by body mass index. It takes far more people than the effect itself."
    ),
    (
        *LETTERS,
        Box(
            SORT,
            _("what people differ by"),
            "choice",
            choices=(
                ("binary", _("Two groups, such as carriers of a variant and others")),
                ("categorical", _("Several groups")),
                ("continuous", _("A measurement, such as body mass index")),
            ),
            required=False,
        ),
        Box(
            f"{MODERATOR}.difference_in_effect",
            _("difference in effect"),
            unit=OUTCOME_UNIT,
            help=_("Mean difference in the one group − in the other, such as −1."),
            row=EFFECT,
            example=-1.0,
            when=BINARY,
            wanted=_("the difference in effect between the groups"),
        ),
        Box(
            f"{MODERATOR}.prevalence",
            _("share in the group"),
            "percent",
            "%",
            _("Of the people in the trial, such as 30."),
            row=EFFECT,
            example=0.3,
            when=BINARY,
            wanted=_("the share of people in the group"),
        ),
        Box(
            f"{MODERATOR}.sensitivity",
            _("sensitivity of the test for the group"),
            "percent",
            "%",
            _("Share of its people whom the test finds. Empty if there is no doubt who belongs to it."),
            row=EFFECT,
            required=False,
            whole=True,
            when=BINARY,
        ),
        Box(
            f"{MODERATOR}.specificity",
            _("specificity of the test for the group"),
            "percent",
            "%",
            _("Share of the others whom the test leaves out. Empty if there is no doubt who belongs to it."),
            row=EFFECT,
            required=False,
            whole=True,
            when=BINARY,
        ),
        Box(
            f"{MODERATOR}.levels",
            _("groups"),
            "levels",
            OUTCOME_UNIT,
            _("Each group with its share of the people and its mean difference, treatment − comparator."),
            row=EFFECT,
            when=CATEGORICAL,
            wanted=_("the groups with their shares and effects"),
        ),
        Box(
            f"{MODERATOR}.compare",
            _("groups to compare"),
            "two_levels",
            help=_("Two of their names with a stroke between. Empty: whether any groups differ."),
            required=False,
            when=CATEGORICAL,
        ),
        Box(
            f"{MODERATOR}.slope",
            _("change in effect"),
            unit=OUTCOME_UNIT,
            help=_("By how much the mean difference changes with each unit of the measurement, such as −0.1."),
            row=EFFECT,
            example=-0.1,
            when=CONTINUOUS,
            wanted=_("the change in effect with the measurement"),
        ),
        Box(
            f"{MODERATOR}.moderator_sd",
            _("SD of the measurement between people"),
            help=_("In its own unit, as measured, such as 6 kg/m² for body mass index."),
            row=VARIABILITY,
            example=6.0,
            when=CONTINUOUS,
            wanted=_("the SD of the measurement"),
        ),
        Box(
            f"{MODERATOR}.reliability",
            _("reliability of the measurement"),
            "percent",
            "%",
            _("Share of its variance between people that is real. Empty for 100 %."),
            row=VARIABILITY,
            required=False,
            whole=True,
            when=CONTINUOUS,
        ),
        *VARIABILITIES,
        DROPOUT,
        POWER,
        ALPHA,
        Box(
            f"{MODERATOR}.stratified",
            _("group sizes"),
            "choice",
            help=_("People may be recruited until each group has its share, or as they come."),
            choices=(("", _("Fixed by recruitment")), ("false", _("Left to chance"))),
            required=False,
            when=BINARY,
            part=_("Shape of the trial"),
        ),
        *FIT,
        BETWEEN_SUBJECT_SD,
        replace(INDIVIDUAL_RESPONSE, help=_("What remains between people of one group. Empty if they respond alike.")),
    ),
)

CYCLED = tuple(replace(box, part="", takes="") for box in N_OF_1_SERIES)

HETEROGENEITY = Kind(
    "heterogeneity",
    INDIVIDUAL,
    _("Heterogeneity: do people differ in their response?"),
    _("Whether the true difference varies from person to person. Everybody has to go through all treatments at least twice."),
    (
        *LETTERS,
        *CYCLED,
        replace(
            INDIVIDUAL_RESPONSE,
            help=_("How much the true difference between the two treatments varies from person to person, such as 1."),
            row=EFFECT,
            required=True,
            example=1.0,
            part="",
            wanted=_("the SD of the individual response"),
        ),
        *VARIABILITIES,
        DROPOUT,
        POWER,
        ALPHA,
    ),
    proposes={"design.name": "n_of_1"},
)

INDIVIDUAL_EFFECT = Kind(
    "individual_effect",
    INDIVIDUAL,
    _("Individual effect: how closely is one person's own effect known?"),
    _("How narrow the confidence interval of a single person's own difference becomes when cycles of both treatments are repeated."),
    (
        *LETTERS,
        *CYCLED,
        Box(
            "question.half_width",
            _("half-width of the interval"),
            unit=OUTCOME_UNIT,
            help=_("How far the interval of one person's own difference may reach to each side, such as 2."),
            example=2.0,
            wanted=_("the width wanted"),
        ),
        Box(
            "question.estimate",
            _("estimate"),
            "choice",
            help=_("Drawing each person's own result towards the average makes it less uncertain."),
            choices=(("own", _("From the person's own cycles alone")), ("shrunken", _("Drawn towards the average of all"))),
            required=False,
        ),
        *VARIABILITIES,
        replace(
            INDIVIDUAL_RESPONSE,
            part="",
            required=True,
            example=1.0,
            when=on("question.estimate", "shrunken"),
            wanted=_("the SD of the individual response"),
        ),
        DROPOUT,
        CONFIDENCE,
        AUTOCORRELATION,
    ),
    proposes={"design.name": "n_of_1"},
)

PEOPLE_KINDS = (FOR_WHOM_KIND, HETEROGENEITY, INDIVIDUAL_EFFECT)
