"""Questions about several doses of one drug; the doses themselves are those of the treatments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from trials.kinds.box import EFFECT, OUTCOME_UNIT, Box, on
from trials.kinds.kind import Kind
from trials.kinds.shared import (
    BETTER,
    BETWEEN_SUBJECT_SD,
    COMPARATOR,
    CONTINUOUS,
    DROPOUT,
    FIT,
    INDIVIDUAL_RESPONSE,
    LOST_BY_PERIOD,
    ONE_SIDED,
    POWER,
    VARIABILITIES,
)

DOSES = _("Doses")
THE_DOSES = Box(
    "question.doses",
    _("doses"),
    "doses",
    "mg",
    _("Those of the treatments above; no dose counts as 0 mg."),
    wanted=_("a dose for all treatments but placebo"),
)
MEANS = Box(
    "question.means",
    _("mean on {letter}"),
    "by_letter",
    OUTCOME_UNIT,
    _("Assumed mean outcome, such as 5."),
    row=EFFECT,
    wanted=_("the mean on each treatment"),
)
USUAL = (*VARIABILITIES, DROPOUT, LOST_BY_PERIOD, POWER, ONE_SIDED, *FIT, BETWEEN_SUBJECT_SD, INDIVIDUAL_RESPONSE)

SCORES = "question.scores"
DOSE_TREND = Kind(
    "dose_trend",
    DOSES,
    _("Dose trend: does the effect grow with the dose?"),
    _("Whether the outcome changes steadily with the dose, by one contrast over all doses."),
    (
        BETTER,
        THE_DOSES,
        Box(
            SCORES,
            _("scale of the doses"),
            "choice",
            help=_("Steps that count alike: milligrams, or doublings with a small offset that keeps placebo on the scale."),
            choices=(("dose", _("Milligrams")), ("log_offset", _("Logarithm of dose plus an offset"))),
            required=False,
        ),
        Box(
            f"{SCORES}.log_offset",
            _("offset"),
            unit="mg",
            help=_("Added to each dose before its logarithm is taken, such as 0.5."),
            when=on(SCORES, "log_offset"),
            example=0.5,
            wanted=_("the offset"),
        ),
        MEANS,
        *USUAL,
    ),
)

MANY_TO_ONE = Kind(
    "many_to_one",
    DOSES,
    _("Many to one: which doses beat the comparator?"),
    _("Whether each dose differs from one comparator, such as placebo, with the chance of a false claim kept over all of them."),
    (
        COMPARATOR,
        BETTER,
        Box(
            "question.success",
            _("the trial succeeds if"),
            "choice",
            choices=(("any", _("At least one dose is shown to be better")), ("all", _("Every dose is shown to be better"))),
            required=False,
        ),
        Box(
            "question.adjustment",
            _("how the tests are adjusted"),
            "choice",
            choices=(
                ("dunnett", _("Dunnett: all at once")),
                ("bonferroni", _("Bonferroni: alpha shared equally")),
                ("holm", _("Holm: step by step")),
                ("fixed_sequence", _("In an order fixed before")),
            ),
            required=False,
        ),
        Box(
            "question.order",
            _("order of the tests"),
            "letters_in_order",
            help=_("Letters, the first to be tested first, such as C B A."),
            when=on("question.adjustment", "fixed_sequence"),
            wanted=_("the order of the tests"),
        ),
        Box(
            "question.mean_differences",
            _("mean difference of {letter}"),
            "others",
            OUTCOME_UNIT,
            _("This treatment − comparator, with its sign."),
            row=EFFECT,
            example=-1.0,
            outcomes=("additive",),
            wanted=_("the mean difference of each treatment from the comparator"),
        ),
        Box(
            "question.mean_ratios",
            _("mean ratio of {letter}"),
            "others",
            help=_("This treatment ÷ comparator: 0.8 means 20 % lower."),
            row=EFFECT,
            example=0.8,
            outcomes=("log",),
            wanted=_("the mean ratio of each treatment to the comparator"),
        ),
        *USUAL,
    ),
    outcomes=CONTINUOUS,
)

DOSE_RESPONSE_SHAPES = Kind(
    "dose_response_shapes",
    DOSES,
    _("Dose–response shapes (MCP-Mod): is there any signal?"),
    _("Whether the outcome follows the dose in any of several candidate shapes, each with its best contrast, tested together."),
    (
        BETTER,
        THE_DOSES,
        Box(
            "question.shapes",
            _("candidate shapes"),
            "shapes",
            help=_("Shapes that the response may have. Fill in the numbers of those that count; the others are left out."),
            row=EFFECT,
            wanted=_("at least one candidate shape"),
        ),
        Box(
            "question.max_effect",
            _("largest effect"),
            unit=OUTCOME_UNIT,
            help=_("Best dose − placebo, with its sign, such as −1."),
            row=EFFECT,
            example=-1.0,
            wanted=_("the largest effect"),
        ),
        Box(
            "question.target",
            _("the power wanted is reached for"),
            "choice",
            choices=(("minimum", _("Every candidate shape, even the least visible")), ("mean", _("The candidate shapes on average"))),
            required=False,
            is_rate=True,
        ),
        *USUAL,
    ),
)

DOSE_KINDS = (DOSE_TREND, MANY_TO_ONE, DOSE_RESPONSE_SHAPES)
