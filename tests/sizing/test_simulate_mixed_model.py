"""The mixed model of statsmodels, an option: on complete data it finds what the planned analysis finds, on the same trials."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from trials.sizing.plan import Plan
from trials.sizing.simulate import for_people, simulate
from trials.sizing.simulate.continuous import Directed
from trials.sizing.simulate.setting import setting_of
from trials.sizing.size import size

TRIALS = 6
BOTH: dict[str, Any] = {"within_subject_sd": 1.0, "between_subject_sd": 1.5}
Planned = Callable[..., Plan]


def both_ways(plan_of: Callable[[str], Plan]) -> Any:
    """The same trials fitted as planned and by the mixed model."""
    found = []
    for analysis in ("planned", "mixed_model"):
        simulator = Directed(setting_of(plan_of(analysis)))
        made = next(simulator.outcomes.trials(np.random.default_rng(1), TRIALS))
        found.append(simulator.analysis.fit(made))
    return found


@pytest.mark.parametrize(
    ("design", "outcome", "analysis"),
    [
        ("AB/BA", BOTH, {}),
        ("ABB/BAA", BOTH, {"adjust_for_carryover": True}),
        ("ABC/BCA/CAB", BOTH, {}),
        ("ABBA/BAAB", BOTH | {"individual_response_sd": 1.2}, {}),
    ],
)
def test_complete_trials_give_the_same_estimates_and_degrees_of_freedom(
    design: str, outcome: dict[str, Any], analysis: dict[str, Any], planned: Planned
) -> None:
    ours, theirs = both_ways(
        lambda kind: planned(
            design,
            outcome=outcome,
            analysis=analysis,
            question={"mean_difference": 0.8},
            solve={"for": "power", "n_evaluable": 18},
            simulation={"analysis": kind},
        )
    )

    assert theirs.estimate == pytest.approx(ours.estimate, abs=1e-5)
    assert (theirs.degrees_of_freedom == ours.degrees_of_freedom).all()
    assert theirs.tested.all()
    if "individual_response_sd" not in outcome:  # a variance at 0 pools it with the residual, which a trial may do with responses
        assert theirs.standard_error == pytest.approx(ours.standard_error, rel=2e-3)


def test_individual_responses_have_a_variance_of_their_own(planned: Planned) -> None:
    ours, theirs = both_ways(
        lambda kind: planned(
            "ABBA/BAAB",
            outcome=BOTH | {"individual_response_sd": 3.0},
            question={"mean_difference": 0.8},
            solve={"for": "power", "n_evaluable": 40},
            simulation={"analysis": kind},
        )
    )

    assert theirs.standard_error == pytest.approx(ours.standard_error, rel=0.02)


def test_people_who_left_early_count_too(planned: Planned) -> None:
    ours, theirs = both_ways(
        lambda kind: planned(
            outcome=BOTH,
            question={"mean_difference": 0.8},
            attrition={"lost_before_period": [0, 0.2]},
            solve={"for": "power", "n_randomised": 40},
            simulation={"analysis": kind},
        )
    )

    # the mixed model estimates the ratio of the variances that generalised least squares takes as planned
    assert theirs.estimate == pytest.approx(ours.estimate, abs=0.05)
    assert not np.allclose(theirs.estimate, ours.estimate, atol=1e-6)


def test_the_option_shows_what_the_planned_analysis_shows(planned: Planned) -> None:
    plans = {
        kind: planned(
            outcome=BOTH,
            question={"mean_difference": 0.8},
            solve={"for": "power", "n_evaluable": 16},
            simulation={"analysis": kind, "trials": 100},
        )
        for kind in ("planned", "mixed_model")
    }

    ours, theirs = (simulate(plan, processes=1) for plan in plans.values())

    assert theirs.simulated_power == ours.simulated_power
    assert theirs.analysis == "mixed_model"
    said = for_people(plans["mixed_model"], size(plans["mixed_model"]), theirs)
    assert "statsmodels' linear mixed model, fitted to each trial by restricted maximum likelihood" in said
