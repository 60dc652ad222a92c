"""Boxes that several kinds of question share."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from trials.kinds.box import DIFFERENCE_SD, EFFECT, LETTER_CHOICES, LOSS, OUTCOME_UNIT, PAGE, VARIABILITY, Box, on, open_choice

CONTINUOUS = ("additive", "log")
SHAPE = _("Shape of the trial")
MODEL = _("Model of the analysis")
PEOPLE = _("People who differ")
LOOKS = _("Interim looks")
AGAIN = _("Looking at n again")
PRIOR = _("Uncertain assumptions (assurance)")

TREATMENT = Box(
    "question.treatment", column="treatment", sort="choice", choices=LETTER_CHOICES, wanted=_("the treatment that is asked about")
)
COMPARATOR = Box("question.comparator", column="comparator", sort="choice", choices=LETTER_CHOICES, wanted=_("the comparator"))
LETTERS = (TREATMENT, COMPARATOR)
BETTER = Box(
    "question.better",
    column="better",
    sort="choice",
    choices=(("", ""), ("lower", ""), ("higher", "")),
    outcomes=("additive", "log", "ordinal", "count"),
    example="lower",
    wanted=_("which direction is better"),
)
MORE_IS_BETTER = replace(BETTER, outcomes=("binary",), example="higher")  # of people who respond

MEAN_DIFFERENCE = Box(
    "question.mean_difference",
    column="mean_difference",
    unit=OUTCOME_UNIT,
    row=EFFECT,
    example=-1.0,
    outcomes=("additive",),
    wanted=_("the difference to detect"),
)
TRUE_DIFFERENCE = replace(
    MEAN_DIFFERENCE,
    label=_("true mean difference assumed"),
    help=_("Treatment − comparator, with its sign; 0 if both are taken to be equally good."),
    example=0.0,
)
MEAN_RATIO = Box(
    "question.mean_ratio",
    _("mean ratio"),
    help=_("Treatment ÷ comparator: 0.8 means 20 % lower on treatment."),
    row=EFFECT,
    example=0.8,
    outcomes=("log",),
    wanted=_("the ratio to detect"),
)

AN_SD = _("an SD, and which kind it is")
VARIABILITIES = (
    Box(
        DIFFERENCE_SD,
        column="difference_sd",
        unit=OUTCOME_UNIT,
        row=VARIABILITY,
        example=2.0,
        outcomes=("additive",),
        alternative=AN_SD,
    ),
    Box(
        "outcome.within_subject_sd",
        column="within_subject_sd",
        unit=OUTCOME_UNIT,
        row=VARIABILITY,
        outcomes=("additive",),
        alternative=AN_SD,
    ),
    Box(
        "outcome.within_subject_cv",
        _("within-subject coefficient of variation"),
        "variation",
        "%",
        _("How much one person's values vary between periods, in per cent of their mean, such as 30."),
        row=VARIABILITY,
        example=0.3,
        outcomes=("log",),
        wanted=_("the coefficient of variation within a person"),
    ),
)
EVERYBODY = _("the loss to expect, or 0")
DROPOUT = Box("attrition.dropout_rate", column="dropout_rate", sort="percent", unit="%", row=LOSS, example=0.2, alternative=EVERYBODY)
LOST_BY_PERIOD = Box(
    "attrition.lost_before_period",
    _("loss by period"),
    "percents",
    "%",
    _("In place of one loss: the cumulative share lost before each period, such as 0 10 for two periods. What was observed before counts."),
    row=LOSS,
    required=False,
    alternative=EVERYBODY,
    part=SHAPE,
    outcomes=CONTINUOUS,
)
LOST_OVER_TIME = replace(
    DROPOUT, label=_("lost before the end of follow-up"), help=_("Share of the people who leave before the follow-up is over.")
)

ALPHA = Box("analysis.alpha", column="alpha", is_rate=True, example=0.05, wanted=_("the significance level"))
SIDES = Box("analysis.sides", column="sides", sort="choice", is_rate=True, choices=(("2", ""), ("1", "")), wanted=_("the sides"))
A_TARGET = _("the power wanted")
POWER = Box("solve.target_power", column="target_power", sort="percent", unit="%", is_rate=True, example=0.9, alternative=A_TARGET)
RATES = (POWER, ALPHA, SIDES)
ONE_SIDED = replace(ALPHA, example=0.025, help=_("One-sided; by convention 0.025."))
CONFIDENCE = Box(
    "question.confidence_level",
    _("confidence level"),
    "percent",
    "%",
    _("Of the interval, such as 95."),
    is_rate=True,
    example=0.95,
    least=50,
    wanted=_("the confidence level"),
)

# advanced

N_OF_1 = "n_of_1"
DESIGN, FIND = "design.name", "solve.for"
IN_CYCLES = on(DESIGN, N_OF_1)
N_OF_1_SERIES = (
    Box(
        DESIGN,
        _("how people go through the treatments"),
        "choice",
        help=_("An n-of-1 series gives each person cycles of A and B, in random order within each cycle."),
        choices=(("", _("By the sequences above")), (N_OF_1, _("An n-of-1 series: cycles of A and B"))),
        required=False,
        part=SHAPE,
        takes="people",
    ),
    Box(
        FIND,
        _("what is to be found"),
        "choice",
        choices=(("n", _("The number of people")), ("cycles", _("The number of cycles"))),
        when=IN_CYCLES,
        required=False,
        part=SHAPE,
        takes="people",
    ),
    Box(
        "design.cycles",
        _("cycles for each person"),
        "count",
        help=_("How often everybody goes through A and B, such as 4."),
        when=(*IN_CYCLES, (FIND, ("", "n"))),
        example=4,
        part=SHAPE,
        takes="people",
        wanted=_("the number of cycles"),
    ),
    Box(
        "solve.n_evaluable",
        _("people"),
        "count",
        help=_("How many complete all their cycles, such as 12."),
        when=(*IN_CYCLES, (FIND, ("cycles",))),
        example=12,
        part=SHAPE,
        takes="people",
        wanted=_("the number of people"),
    ),
    Box(
        "analysis.people",
        _("whose effect"),
        "choice",
        choices=(("random", _("The average over everybody like these")), ("fixed", _("The average of these people alone"))),
        when=IN_CYCLES,
        required=False,
        part=SHAPE,
    ),
)
BETWEEN_SUBJECT_SD = Box(
    "outcome.between_subject_sd",
    _("SD between people"),
    unit=OUTCOME_UNIT,
    help=_("Of the people's own levels; only generalised least squares uses it. Empty if not known."),
    row=VARIABILITY,
    required=False,
    part=PEOPLE,
    outcomes=("additive",),
)
BETWEEN_SUBJECT_CV = Box(
    "outcome.between_subject_cv",
    _("coefficient of variation between people"),
    "variation",
    "%",
    _("Of the people's own levels; only generalised least squares uses it. Empty if not known."),
    row=VARIABILITY,
    required=False,
    part=PEOPLE,
    outcomes=("log",),
)
INDIVIDUAL_RESPONSE = Box(
    "outcome.individual_response_sd",
    _("SD of the individual response"),
    unit=OUTCOME_UNIT,
    help=_("How much the true difference between two treatments varies from person to person. Empty if everybody responds alike."),
    row=VARIABILITY,
    required=False,
    part=PEOPLE,
    outcomes=("additive",),
)
INDIVIDUAL_RESPONSE_LOG = replace(
    INDIVIDUAL_RESPONSE, label=_("SD of the individual response, on the log scale"), unit="", variant="log", outcomes=("log",)
)
AUTOCORRELATION = Box(
    "outcome.autocorrelation",
    _("correlation of neighbouring periods"),
    help=_("Above −1 and below 1, beyond what a person's own level explains; falls off by powers. Empty for none."),
    row=VARIABILITY,
    required=False,
    part=PEOPLE,
    outcomes=CONTINUOUS,
)
CARRYOVER = Box(
    "analysis.adjust_for_carryover",
    _("carry-over in the model"),
    "flag",
    help=_("Fit the effect of the treatment of the period before. Costs people; AB/BA cannot tell it from the treatment."),
    required=False,
    part=MODEL,
    outcomes=CONTINUOUS,
)
ESTIMATOR = Box(
    "analysis.estimator",
    _("estimate"),
    "choice",
    help=_("As usual is by least squares within people, and generalised where people leave by period."),
    choices=open_choice(
        _("As usual"),
        within_subject=_("Least squares within people"),
        generalised_least_squares=_("Generalised least squares"),
    ),
    required=False,
    part=MODEL,
    outcomes=CONTINUOUS,
)
FREEDOM = Box(
    "analysis.degrees_of_freedom",
    _("degrees of freedom"),
    "choice",
    choices=open_choice(
        _("As usual"),
        anova=_("Of the analysis of variance"),
        robust=_("People less sequences"),
        satterthwaite=_("After Satterthwaite"),
        paired=_("Of the paired t test: people less one"),
    ),
    required=False,
    part=MODEL,
    outcomes=CONTINUOUS,
)
INTERIM = (
    Box(
        "analysis.looks",
        _("looks at the data"),
        "count",
        help=_("Equally spaced, the last one included, such as 2. Empty for one look at the end."),
        required=False,
        part=LOOKS,
        outcomes=CONTINUOUS,
    ),
    Box(
        "analysis.spending",
        _("how alpha is spent"),
        "choice",
        choices=open_choice(
            _("As usual"), obrien_fleming=_("After O'Brien and Fleming: little at first"), pocock=_("After Pocock: evenly")
        ),
        required=False,
        part=LOOKS,
    ),
)
RE_ESTIMATION = (
    Box(
        "analysis.re_estimation.maximum_n",
        _("most people after looking at n again"),
        "count",
        help=_("n is looked at again on the way, from the variability alone, blind to the treatments. Empty if it is not."),
        required=False,
        part=AGAIN,
        outcomes=("additive",),
    ),
    Box(
        "analysis.re_estimation.at_fraction",
        _("when n is looked at again"),
        "percent",
        "%",
        _("Share of the planned people who are then complete, such as 50, which is usual."),
        required=False,
        part=AGAIN,
        outcomes=("additive",),
    ),
    Box(
        "analysis.re_estimation.true_within_subject_sd",
        _("within-subject SD that is then true"),
        unit=OUTCOME_UNIT,
        help=_("To see what n becomes if the planned one is wrong. Empty for the planned one."),
        required=False,
        part=AGAIN,
        outcomes=("additive",),
    ),
)
HOW_SURE, PUBLISHED_WITH = PAGE + "how_sure", PAGE + "published_with"
SAID, PUBLISHED = on(HOW_SURE, "said"), on(HOW_SURE, "published")
BY_INTERVAL, BY_P_VALUE = (on(PUBLISHED_WITH, answer) for answer in ("interval", "p_value"))
ESTIMATED = Box(
    "prior.estimate",
    _("published estimate"),
    unit=OUTCOME_UNIT,
    help=_("Treatment − comparator, with its sign. What may be true is then centred here, not on the effect planned for."),
    row=EFFECT,
    when=PUBLISHED,
    part=PRIOR,
    outcomes=("additive",),
    wanted=_("the published estimate"),
)
INTERVAL = Box(
    "prior.confidence_interval",
    _("its confidence interval"),
    "interval",
    OUTCOME_UNIT,
    row=EFFECT,
    when=(*PUBLISHED, *BY_INTERVAL),
    part=PRIOR,
    outcomes=("additive",),
    wanted=_("the confidence interval of the published estimate"),
)
UNCERTAIN = (
    Box(
        HOW_SURE,
        _("how uncertain effect and SD are"),
        "choice",
        choices=(
            ("said", _("Is said by a standard error or degrees of freedom")),
            ("published", _("Follows from a published estimate")),
        ),
        required=False,
        outcomes=CONTINUOUS,
        part=PRIOR,
        takes="prior",
    ),
    Box(
        PUBLISHED_WITH,
        _("the estimate was published with"),
        "choice",
        choices=(("interval", _("Its confidence interval")), ("p_value", _("Its p value"))),
        required=False,
        outcomes=CONTINUOUS,
        when=PUBLISHED,
        part=PRIOR,
        takes="prior",
    ),
    ESTIMATED,
    replace(
        ESTIMATED,
        label=_("published estimate, as a ratio"),
        unit="",
        variant="ratio",
        help=_("Treatment ÷ comparator. What may be true is then centred here, not on the ratio planned for."),
        outcomes=("log",),
    ),
    INTERVAL,
    replace(INTERVAL, label=_("confidence interval of the ratio"), unit="", variant="ratio", outcomes=("log",)),
    Box(
        "prior.confidence_level",
        _("level of that interval"),
        "percent",
        "%",
        _("Empty for 95 %."),
        row=EFFECT,
        required=False,
        least=50,
        when=(*PUBLISHED, *BY_INTERVAL),
        part=PRIOR,
        outcomes=CONTINUOUS,
    ),
    Box(
        "prior.p_value",
        _("its p value"),
        help=_("Two-sided, such as 0.03."),
        row=EFFECT,
        when=(*PUBLISHED, *BY_P_VALUE),
        part=PRIOR,
        outcomes=CONTINUOUS,
        wanted=_("the p value of the published estimate"),
    ),
    Box(
        "prior.n",
        _("people it rests on"),
        "count",
        help=_("Of that crossover, such as 30; its SD then has two degrees of freedom less."),
        row=VARIABILITY,
        when=PUBLISHED,
        part=PRIOR,
        outcomes=CONTINUOUS,
        wanted=_("how many people the published estimate rests on"),
    ),
    Box(
        "prior.effect_standard_error",
        _("standard error of the effect"),
        unit=OUTCOME_UNIT,
        help=_("How uncertain the assumed effect is: it is taken to be normal around the planned one. Empty if taken as certain."),
        row=EFFECT,
        required=False,
        when=SAID,
        part=PRIOR,
        outcomes=("additive",),
    ),
    Box(
        "prior.effect_standard_error",
        _("standard error of the effect, on the log scale"),
        variant="log",
        help=_(
            "How uncertain the assumed ratio is: its logarithm is taken to be normal around the planned one. Empty if taken as certain."
        ),
        row=EFFECT,
        required=False,
        when=SAID,
        part=PRIOR,
        outcomes=("log",),
    ),
    Box(
        "prior.sd_degrees_of_freedom",
        _("degrees of freedom of the SD"),
        help=_("The SD was estimated on so many, such as 28 from 30 people in AB/BA. Empty if taken as certain."),
        row=VARIABILITY,
        required=False,
        when=SAID,
        part=PRIOR,
        outcomes=("additive",),
    ),
    Box(
        "prior.cv_degrees_of_freedom",
        _("degrees of freedom of the coefficient of variation"),
        help=_("It was estimated on so many, such as 28 from 30 people in AB/BA. Empty if taken as certain."),
        row=VARIABILITY,
        required=False,
        when=SAID,
        part=PRIOR,
        outcomes=("log",),
    ),
    Box(
        "prior.share_responding",
        _("people in whom the treatment works"),
        "percent",
        "%",
        _("The chance that there is an effect at all. Empty for 100 %."),
        row=EFFECT,
        required=False,
        whole=True,
        part=PRIOR,
        outcomes=CONTINUOUS,
    ),
    Box(
        "solve.target_assurance",
        _("assurance wanted, in place of a power"),
        "percent",
        "%",
        _(
            "The chance of success over everything that is uncertain, such as 80. Empty to plan by power, which leaves uncertainty out of account."
        ),
        required=False,
        alternative=A_TARGET,
        part=PRIOR,
        outcomes=CONTINUOUS,
    ),
)
SPREAD = (BETWEEN_SUBJECT_SD, BETWEEN_SUBJECT_CV, INDIVIDUAL_RESPONSE, INDIVIDUAL_RESPONSE_LOG, AUTOCORRELATION)
FIT = (CARRYOVER, ESTIMATOR, FREEDOM)
