"""Questions of designs that stand beside a crossover."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from trials.kinds.box import EFFECT, VARIABILITY, Box
from trials.kinds.kind import Kind
from trials.kinds.shared import DROPOUT, MODEL, MORE_IS_BETTER, RATES

COMPANIONS = _("Companion designs")

CORRELATION = Kind(
    "correlation",
    COMPANIONS,
    _("Correlation: do two measurements go together?"),
    _("Whether a measurement, such as exposure or a biomarker, goes together with the response over people."),
    (
        Box(
            "question.correlation",
            _("correlation"),
            help=_("Assumed over people, above −1 and below 1, such as 0.3."),
            row=EFFECT,
            example=0.3,
            wanted=_("the correlation to detect"),
        ),
        DROPOUT,
        *RATES,
    ),
    outcomes=(),
    has_sequences=False,
)

TWO_PROPORTIONS = Kind(
    "two_proportions",
    COMPANIONS,
    _("Two proportions: do two groups differ in how many respond?"),
    _("Two groups side by side, each on one treatment, compared by the share of people who respond."),
    (
        Box(
            "question.probability_treatment",
            _("responders on treatment"),
            "percent",
            "%",
            _("Share of people, such as 45."),
            row=EFFECT,
            example=0.45,
            least=0.1,
            wanted=_("the share who respond on treatment"),
        ),
        Box(
            "question.probability_comparator",
            _("responders on comparator"),
            "percent",
            "%",
            _("Share of people, such as 28."),
            row=EFFECT,
            example=0.28,
            least=0.1,
            wanted=_("the share who respond on the comparator"),
        ),
        DROPOUT,
        *RATES,
        Box(
            "question.margin",
            _("margin"),
            "percent",
            "%",
            _("In percentage points: how much worse would still be accepted; the test is then one-sided. Empty to look for a difference."),
            variant="share",
            required=False,
            part=MODEL,
        ),
        replace(MORE_IS_BETTER, label=_("direction, where there is a margin"), outcomes=(), required=False, part=MODEL),
    ),
    outcomes=(),
    has_sequences=False,
)

TIME_TO_EVENT = Kind(
    "time_to_event",
    COMPANIONS,
    _("Time to event: does one group keep its benefit longer?"),
    _("Two groups side by side, such as in a randomised withdrawal, compared by the time until the benefit is lost."),
    (
        Box(
            "question.hazard_ratio",
            _("hazard ratio"),
            help=_("Treatment ÷ comparator: 0.5 means that people lose the benefit half as fast."),
            row=EFFECT,
            example=0.5,
            wanted=_("the hazard ratio to detect"),
        ),
        Box(
            "question.event_share",
            _("people with the event"),
            "percent",
            "%",
            _("Share of all people who lose the benefit during the trial, such as 60. Empty to count events alone."),
            row=VARIABILITY,
            required=False,
            whole=True,
            example=0.6,
        ),
        DROPOUT,
        *RATES,
    ),
    outcomes=(),
    has_sequences=False,
)

COMPANION_KINDS = (CORRELATION, TWO_PROPORTIONS, TIME_TO_EVENT)
