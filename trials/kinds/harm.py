"""Questions about harm over time, which count events and time on the drug."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from trials.kinds.box import EFFECT, LOSS, PAGE, Box, on
from trials.kinds.kind import Kind
from trials.kinds.shared import ALPHA, CONFIDENCE, LOST_OVER_TIME, POWER

HARM = _("Harm over time")
A_PERSON_YEAR = _("a person-year")
HOW_OFTEN = PAGE + "how_often"
SHARE, RATE = on(HOW_OFTEN, "share"), on(HOW_OFTEN, "rate")

FREQUENCY = (
    Box(
        HOW_OFTEN,
        _("how often it happens is said as"),
        "choice",
        choices=(("share", _("The share of people over the follow-up")), ("rate", _("A number a person-year"))),
        required=False,
    ),
    Box(
        "question.event_rate",
        _("people with the event"),
        "percent",
        "%",
        _("Share over the whole follow-up, such as 1."),
        row=EFFECT,
        example=0.01,
        least=0.0,
        when=SHARE,
        wanted=_("the share of people with the event"),
    ),
    Box(
        "question.person_time_rate",
        _("events"),
        unit=A_PERSON_YEAR,
        help=_("Such as 0.01: one in a hundred person-years."),
        row=EFFECT,
        example=0.01,
        when=RATE,
        wanted=_("the number of events a person-year"),
    ),
)
EXPOSURE = (
    Box(
        "exposure.follow_up_years",
        _("follow-up"),
        unit=_("years"),
        help=_("For each person, such as 0.5."),
        example=1.0,
        wanted=_("how long people are followed"),
    ),
    Box(
        "exposure.share_on_drug",
        _("of it on the drug"),
        "percent",
        "%",
        _("50 in AB/BA, where half the periods are on placebo. Empty for 100 %."),
        required=False,
        whole=True,
    ),
    LOST_OVER_TIME,
    Box(
        "exposure.discontinuation_rate",
        _("people who stop taking it"),
        unit=_("a person-year"),
        help=_("A rate that stays the same over time, such as 0.2. Empty for nobody."),
        row=LOSS,
        required=False,
    ),
)
ONE_SIDED_CONFIDENCE = replace(CONFIDENCE, help=_("One-sided, of the upper limit, such as 95."))

FIRST_EVENT = Kind(
    "first_event",
    HARM,
    _("First event: would a rare harm be seen at all?"),
    _("How many people it takes to see at least one case, or several, of a harm that happens so often."),
    (
        *FREQUENCY,
        Box(
            "question.events", _("cases to be seen"), "count", help=_("At least so many, such as 1."), example=1, wanted=_("how many cases")
        ),
        *EXPOSURE,
        replace(POWER, label=_("chance wanted to see them"), help=_("Such as 95."), example=0.95),
    ),
    outcomes=(),
    has_sequences=False,
    needs_instrument=False,
)

KNOWN_BY = PAGE + "known_by"
BASIS = "question.per"
OBSERVED, TRUE = on(KNOWN_BY, "observed"), on(KNOWN_BY, "left_to_chance")
PER_PERSON, PER_YEAR = on(BASIS, "person"), on(BASIS, "person_year")
RATE_UPPER_LIMIT = Kind(
    "rate_upper_limit",
    HARM,
    _("Upper limit: can a rate of harm be excluded?"),
    _(
        "How many people, or how much time on the drug, it takes until the upper confidence limit of a rate lies below a rate that would worry."
    ),
    (
        Box(
            BASIS,
            _("the rate is"),
            "choice",
            choices=(("person", _("The share of people over the follow-up")), ("person_year", _("A number a person-year"))),
            required=False,
        ),
        Box(
            "question.upper_limit",
            _("share to be excluded"),
            "percent",
            "%",
            _("The upper limit has to lie below it, such as 2."),
            variant="share",
            example=0.02,
            least=0.0,
            when=PER_PERSON,
            wanted=_("the share of people to be excluded"),
        ),
        Box(
            "question.upper_limit",
            _("rate to be excluded"),
            unit=A_PERSON_YEAR,
            help=_("The upper limit has to lie below it, such as 0.02."),
            variant="rate",
            example=0.02,
            when=PER_YEAR,
            wanted=_("the rate to be excluded"),
        ),
        Box(
            KNOWN_BY,
            _("the number of cases"),
            "choice",
            choices=(("observed", _("Is assumed")), ("left_to_chance", _("Is left to chance, with a true rate"))),
            required=False,
        ),
        Box(
            "question.observed_events",
            _("cases seen"),
            "count",
            help=_("Such as 0."),
            row=EFFECT,
            example=0,
            when=OBSERVED,
            wanted=_("how many cases are assumed to be seen"),
        ),
        Box(
            "question.event_rate",
            _("true share of people with the event"),
            "percent",
            "%",
            _("Below the share to be excluded, such as 0.5."),
            row=EFFECT,
            example=0.005,
            least=0.0,
            when=(*TRUE, *PER_PERSON),
            wanted=_("the true share of people with the event"),
        ),
        Box(
            "question.person_time_rate",
            _("true rate"),
            unit=A_PERSON_YEAR,
            help=_("Below the rate to be excluded, such as 0.005."),
            row=EFFECT,
            example=0.005,
            when=(*TRUE, *PER_YEAR),
            wanted=_("the true rate"),
        ),
        *EXPOSURE,
        ONE_SIDED_CONFIDENCE,
        replace(POWER, label=_("chance wanted to exclude it"), help=_("Such as 90."), when=TRUE),
    ),
    outcomes=(),
    has_sequences=False,
    needs_instrument=False,
)

RATE_PRECISION = Kind(
    "rate_precision",
    HARM,
    _("Precision of a rate: how closely is a harm's frequency known?"),
    _("How many people, or how much time on the drug, it takes until the interval of a rate of harm is narrow enough."),
    (
        *FREQUENCY,
        Box(
            "question.half_width",
            _("half-width of the interval"),
            "percent",
            "%",
            _("In percentage points to each side, such as 1."),
            variant="share",
            example=0.01,
            least=0.0,
            when=SHARE,
            wanted=_("the width wanted"),
        ),
        Box(
            "question.half_width",
            _("half-width of the interval"),
            variant="rate",
            unit=A_PERSON_YEAR,
            help=_("To each side, such as 0.01."),
            example=0.01,
            when=RATE,
            wanted=_("the width wanted"),
        ),
        *EXPOSURE,
        CONFIDENCE,
    ),
    outcomes=(),
    has_sequences=False,
    needs_instrument=False,
)

RATE_INCREASE = Kind(
    "rate_increase",
    HARM,
    _("Increase of a rate: can a doubling of harm be excluded?"),
    _("How much time on the drug it takes to exclude that a harm happens, say, twice as often as without the drug."),
    (
        Box(
            "question.person_time_rate",
            _("rate without the drug"),
            unit=A_PERSON_YEAR,
            help=_("The background, such as 0.05."),
            row=EFFECT,
            example=0.05,
            wanted=_("the background rate"),
        ),
        Box(
            "question.ratio_to_exclude",
            _("increase to be excluded"),
            unit=_("times"),
            help=_("Above 1; 2 is a doubling."),
            example=2.0,
            wanted=_("the increase to be excluded"),
        ),
        *EXPOSURE,
        POWER,
        replace(ALPHA, help=_("One-sided.")),
    ),
    outcomes=(),
    has_sequences=False,
    needs_instrument=False,
)

HARM_KINDS = (FIRST_EVENT, RATE_UPPER_LIMIT, RATE_PRECISION, RATE_INCREASE)
