"""Each n of table 8.1 and each power of section 8.3 of the evidence on low-dose naltrexone that no other test holds; two-sided alpha 0.05.

n is of people who complete; in brackets there those who are enrolled, with 20 % lost in a crossover and 10 % in parallel groups.
"""

from typing import Any

import pytest

from trials.sizing.answer import Answer
from trials.sizing.plan import read_plan
from trials.sizing.size import size


def pain(design: str, difference: float, sd: Any, solve: dict[str, Any], dropout_rate: float = 0.0) -> Answer:
    """The answer for a difference in pain; `sd` is that of the difference within a person, or in total for parallel groups."""
    spread = {"total_sd": sd} if design == "parallel" else {"within_subject_sd": {"from": "difference_sd", "difference_sd": sd}}
    return size(
        read_plan(
            {
                "design": {"name": design},
                "outcome": {"kind": "continuous"} | spread,
                "question": {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": -difference, "better": "lower"},
                "attrition": {"dropout_rate": dropout_rate},
                "solve": solve,
            }
        )
    )


@pytest.mark.parametrize(
    ("difference", "sd", "power", "n", "enrolled"),
    [
        (1.0, 2.0, 0.9, 46, 58),
        (1.0, 2.0, 0.8, 34, 44),
        (0.7, 2.0, 0.9, 88, 110),
        (0.7, 2.0, 0.8, 68, 86),
        (0.5, 2.0, 0.9, 172, 216),
        (0.5, 2.0, 0.8, 128, 160),
        (1.0, 1.4, 0.9, 24, 30),
        (1.0, 1.4, 0.8, 18, 24),
        (1.0, 2.5, 0.9, 68, 86),
        (1.0, 2.5, 0.8, 52, 66),
    ],
)
def test_a_crossover_needs_these_people(difference: float, sd: float, power: float, n: int, enrolled: int) -> None:
    answer = pain("ab_ba", difference, sd, {"for": "n", "target_power": power}, dropout_rate=0.2)

    assert (answer.n_evaluable, answer.n_randomised) == (n, enrolled)


@pytest.mark.parametrize(
    ("difference", "sd", "power", "n", "enrolled"),
    [
        (1.0, 1.5, 0.9, 98, 110),
        (1.0, 2.0, 0.9, 172, 192),
        (0.7, 1.5, 0.9, 196, 218),
        (0.7, 2.0, 0.9, 346, 386),
        (1.0, 1.5, 0.8, 74, 84),
        (1.0, 2.0, 0.8, 128, 144),
        (0.7, 1.5, 0.8, 148, 166),
        (0.7, 2.0, 0.8, 260, 290),
    ],
)
def test_parallel_groups_need_these_people(difference: float, sd: float, power: float, n: int, enrolled: int) -> None:
    answer = pain("parallel", difference, sd, {"for": "n", "target_power": power}, dropout_rate=0.1)

    assert (answer.n_evaluable, answer.n_randomised) == (n, enrolled)


@pytest.mark.parametrize(("design", "sd", "n"), [("parallel", 1.55, 656), ("ab_ba", 2.0, 274)])
def test_chasing_the_difference_that_was_observed_takes_these_people(design: str, sd: float, n: int) -> None:
    assert pain(design, 0.34, sd, {"for": "n", "target_power": 0.8}).n_evaluable == n


@pytest.mark.parametrize(("difference", "power"), [(1.0, 0.896), (0.7, 0.615), (0.5, 0.363)])
def test_the_final_trial_had_this_power(difference: float, power: float) -> None:
    answer = pain("parallel", difference, 1.53, {"for": "power", "n_per_sequence": [49, 50]})

    assert answer.power == pytest.approx(power, abs=5e-4)
