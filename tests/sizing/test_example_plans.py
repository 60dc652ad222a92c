"""The plans that are shipped as examples are answered, each as its name says."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from trials.sizing.plan import read_plan
from trials.sizing.size import size

PLANS = Path(settings.BASE_DIR) / "fixtures" / "plans"
ANSWERS = {
    "ab-ba-pain": (46, 58),
    "equivalence-replicate-log-scale": (26, 26),
    "williams-four-doses-loss-by-period": None,
    "non-inferiority-individual-responses": None,
    "responder-mid-p": (158, 198),
    "responder-exact": (130, 130),
    "responder-prescott": (38, 46),
    "responder-probabilities": (152, 190),
    "ordinal-global-impression": (96, 114),
    "count-rescue-doses": (76, 90),
    "no-answer-carryover-in-ab-ba": (None, None),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_example_plan_is_answered(name: str) -> None:
    answer = size(read_plan(json.loads((PLANS / f"{name}.json").read_text())))

    if ANSWERS[name] is not None:
        assert (answer.n_evaluable, answer.n_randomised) == ANSWERS[name]
    assert (answer.n_randomised is None) == name.startswith("no-answer")
    assert (answer.reason is None) != name.startswith("no-answer")


def test_every_example_plan_is_in_the_list() -> None:
    assert sorted(path.stem for path in PLANS.glob("*.json")) == sorted(ANSWERS)
