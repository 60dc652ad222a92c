"""The plans that are shipped as examples are answered, each as its name says."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from trials.sizing.reading import read_any
from trials.sizing.size import size

PLANS = Path(settings.BASE_DIR) / "fixtures" / "plans"
ANSWERS = {
    "ab-ba-pain": (46, 58),
    "equivalence-replicate-log-scale": (26, 26),
    "williams-four-doses-loss-by-period": None,
    "non-inferiority-individual-responses": None,
    "assurance-from-published-interval": (114, 144),
    "assurance-cv-degrees": (48, 48),
    "group-sequential-two-looks": (44, 56),
    "blinded-re-estimation": (46, 58),
    "dose-trend-four-doses": (40, 60),
    "omnibus-four-doses": (56, 72),
    "many-to-one-doses": (52, 68),
    "dose-response-shapes": (40, 50),
    "many-to-one-incomplete-blocks": (160, 200),
    "responder-mid-p": (158, 198),
    "responder-exact": (130, 130),
    "responder-prescott": (38, 46),
    "responder-probabilities": (152, 190),
    "ordinal-global-impression": (96, 114),
    "count-rescue-doses": (76, 90),
    "no-answer-carryover-in-ab-ba": (None, None),
    "n-of-1-average-effect": (24, 30),
    "n-of-1-these-people": (12, 15),
    "n-of-1-cycles": (24, 30),
    "heterogeneity-replicate": (98, 124),
    "individual-effect-shrunken": (24, 30),
    "safety-first-event": (299, 468),
    "safety-three-events": (712, 890),
    "safety-upper-limit": (782, 1222),
    "safety-rate-precision": (503, 786),
    "safety-rule-out-doubling": (537, 840),
    "several-questions": (64, 80),
    "moderator-bmi": (172, 216),
    "moderator-genotype": (140, 176),
    "moderator-continuous": (84, 106),
    "moderator-classed-by-chance": (192, 240),
    "correlation-metabolite-and-response": (62, 69),
    "two-proportions-responders": (334, 372),
    "two-proportions-liver-safety": (1042, 1042),
    "randomised-withdrawal-loss-of-response": (148, 166),
    "simulation-carryover-left-out": (46, 58),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_example_plan_is_answered(name: str) -> None:
    answer = size(read_any(json.loads((PLANS / f"{name}.json").read_text())))

    if ANSWERS[name] is not None:
        assert (answer.n_evaluable, answer.n_randomised) == ANSWERS[name]
    assert (answer.n_randomised is None) == name.startswith("no-answer")
    assert (answer.reason is None) != name.startswith("no-answer")


def test_every_example_plan_is_in_the_list() -> None:
    assert sorted(path.stem for path in PLANS.glob("*.json")) == sorted(ANSWERS)
