"""Every example plan is simulated and agrees with its answer, or is refused with a sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

from trials.sizing.plan import Plan
from trials.sizing.reading import read_any
from trials.sizing.simulate import CannotSimulate, for_people, simulate
from trials.sizing.size import size

PLANS = sorted((Path(__file__).parents[2] / "fixtures" / "plans").glob("*.json"))
TRIALS = 2_000

REFUSED = {
    "blinded-re-estimation": ("analysis.re_estimation", "are the result of simulated trials already"),
    "no-answer-carryover-in-ab-ba": ("solve", "the plan has no answer"),
    "several-questions": ("questions", "Use simulate on each of “pain”, “sleep is not worse” and “how large the effect is”"),
}
# simulated − analytic lies between these, because …
APART = {
    "simulation-carryover-left-out": (-0.11, -0.07),  # the plan asks for carry-over that the analysis leaves out
    "safety-rule-out-doubling": (-0.07, -0.02),  # person-years by chance fall short of those with which one more event becomes enough
    "ordinal-global-impression": (0.0, 0.04),  # Noether's formula is careful, the more the further P lies from ½
}


def example(name: str) -> Any:
    """An example plan, with people lost in exactly the planned numbers, which is what answers count on."""
    given = json.loads((Path(PLANS[0].parent) / f"{name}.json").read_text())
    return given if "questions" in given else given | {"simulation": {"trials": TRIALS, "dropout": "fixed"} | given.get("simulation", {})}


@pytest.mark.parametrize("name", [path.stem for path in PLANS if path.stem not in REFUSED])
def test_an_example_plan_is_simulated_and_agrees_unless_it_is_known_not_to(name: str) -> None:
    plan = read_any(example(name))
    assert isinstance(plan, Plan)

    found = simulate(plan, processes=1)

    assert found.trials_run > 0
    if name in APART:
        low, high = APART[name]
        assert low < (found.simulated_power or 0.0) - (found.analytic_power or 0.0) < high
    else:
        assert found.agreement
    assert found.agreement_said in for_people(plan, size(plan), found)


@pytest.mark.parametrize("name", REFUSED)
def test_an_example_plan_that_cannot_be_simulated_is_refused_with_a_sentence(name: str) -> None:
    field, said = REFUSED[name]

    with pytest.raises(CannotSimulate, match=said) as refused:
        simulate(read_any(example(name)))

    assert refused.value.field == field
