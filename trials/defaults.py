"""What a new draft proposes: low-dose naltrexone against placebo on 0–10 pain, each value with its source.

The values are planning defaults for chronic pain, not facts about one trial; the draft shows where each comes from and
everything may be changed. Sources are named by their slug in the register, and left out where the register lacks them.
"""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from gaps.models import Basis
from trials.models import AssumptionSource

# Titration in steps of 1.5 mg a week, then four weeks at the full dose, of which the last is read, as the outcome below says. Follow-up
# is as long as a washout, so that what comes after the last dose is seen. Contacts at the start, after titration and at the end.
PROTOCOL: dict[str, Any] = {
    "sequences": "AB/BA",
    "run_in_days": 14,
    "titration_days": 14,
    "period_days": 42,
    "washout_days": 14,
    "readout_days": 7,
    "follow_up_days": 14,
    "visits_per_period": 3,
}

TREATMENTS: list[dict[str, Any]] = [
    {"letter": "A", "drug": _("naltrexone"), "dose_mg": Decimal("4.5"), "frequency": _("once a day")},
    {"letter": "B", "drug": _("placebo"), "frequency": _("once a day")},
]

QUESTION: dict[str, Any] = {
    "outcome": _("mean daily pain over the last 7 days of each period"),
    "instrument": _("0–10 numerical rating scale"),
    "unit": _("points"),
    "better": "lower",
    "mean_difference": -1.0,
    "difference_sd": 2.0,
    "dropout_rate": 0.2,
    "alpha": 0.05,
    "sides": 2,
    "target_power": 0.9,
}

# outcome and instrument that are proposed in place of those above, by the kind of question or by the sort of outcome
A_RESPONSE = (_("pain at least 30 % below the level before treatment"), QUESTION["instrument"])
OUTCOMES: dict[str, tuple[Any, Any]] = {
    "binary": A_RESPONSE,
    "two_proportions": A_RESPONSE,
    "ordinal": (_("impression of change at the end of each period"), _("Patient Global Impression of Change, 7 steps")),
    "count": (_("days with rescue medication in each period"), _("daily diary")),
    "time_to_event": (_("loss of the benefit"), QUESTION["instrument"]),
    **dict.fromkeys(("first_event", "rate_upper_limit", "rate_precision", "rate_increase"), (_("serious adverse event"), "")),
}


def outcome_words(kind: str, outcome: str) -> dict[str, str]:
    """The outcome and the instrument that are proposed for a kind of question and a sort of outcome."""
    usual = (QUESTION["outcome"], QUESTION["instrument"])
    words, instrument = OUTCOMES.get(kind) or OUTCOMES.get(outcome) or usual
    return {"outcome": str(words), "instrument": str(instrument)}


ASSUMPTION_SOURCES: dict[str, dict[str, Any]] = {
    AssumptionSource.Assumption.MEAN_DIFFERENCE: {
        "basis": Basis.REPORTED,
        "note": _("Salaffi 2004, 825 people: −1 point on 0–10 is “slightly better” within a person. doi:10.1016/j.ejpain.2003.09.004"),
    },
    AssumptionSource.Assumption.WITHIN_SUBJECT_SD: {
        "basis": Basis.ASSUMED,
        "note": _(
            "From an SD of one measurement of 2.0 points and a correlation of 0.5 between periods: 2.0 × √(2 × (1 − 0.5)) = 2.0 points."
        ),
    },
    AssumptionSource.Assumption.DROPOUT_RATE: {
        "basis": Basis.DERIVED,
        "note": _(
            "28 of 140 people in three crossover trials of LDN: Younger 2013 (2 of 31), Beaudette-Zlatanova 2023 (6 of 29), Cree 2010 (20 of 80)."
        ),
    },
}
