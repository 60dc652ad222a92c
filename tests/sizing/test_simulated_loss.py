"""People who leave by period: trials are simulated, analysed by generalised least squares, and the spread of the estimates compared."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from trials.sizing.plan import read_plan
from trials.sizing.size import size

TRIALS = 20_000
Matrix = NDArray[np.float64]


def simulated(
    sequences: tuple[str, ...], people: int, lost: tuple[float, ...], between: float, effect: float, seed: int
) -> tuple[Matrix, Matrix]:
    """Estimates of A − B and their standard errors, with Σ known, from trials in which each person leaves by chance.

    The model has a column for each sequence, period and treatment but the last; effects of other treatments are 0.
    """
    rng = np.random.default_rng(seed)
    letters, periods = sorted(set("".join(sequences))), len(sequences[0])
    per_sequence = people // len(sequences)
    columns = len(sequences) + periods - 1 + len(letters) - 1
    information, score = np.zeros((TRIALS, columns, columns)), np.zeros((TRIALS, columns))
    for s, sequence in enumerate(sequences):
        x = np.zeros((periods, columns))
        x[:, s] = 1
        for period, letter in enumerate(sequence):
            if period:
                x[period, len(sequences) + period - 1] = 1
            if letter != letters[1]:
                x[period, len(sequences) + periods - 1 + [one for one in letters if one != letters[1]].index(letter)] = 1
        sigma = np.eye(periods) + between**2
        mean = x[:, len(sequences) + periods - 1] * effect
        y = rng.multivariate_normal(mean, sigma, size=(TRIALS, per_sequence))
        stays = rng.random((TRIALS, per_sequence))
        seen = np.sum(stays[:, :, None] >= np.array(lost), axis=2)
        for j in range(1, periods + 1):
            weigh = x[:j].T @ np.linalg.inv(sigma[:j, :j])
            here = seen == j
            information += here.sum(axis=1)[:, None, None] * (weigh @ x[:j])
            score += np.einsum("tij,ti,cj->tc", y[:, :, :j], here.astype(float), weigh)
    place = len(sequences) + periods - 1
    covariance = np.linalg.inv(information)
    return np.einsum("tc,tc->t", covariance[:, place], score), np.sqrt(covariance[:, place, place])


CASES = [
    (("AB", "BA"), 60, (0.0, 0.2), 1.0, 0.5, 1),
    (("ABBA", "BAAB"), 40, (0.0, 0.1, 0.2, 0.3), 0.7, 0.4, 2),
    (("ABC", "BCA", "CAB", "CBA", "ACB", "BAC"), 60, (0.0, 0.1, 0.25), 1.2, 0.5, 3),
]


@pytest.mark.parametrize(("sequences", "people", "lost", "between", "effect", "seed"), CASES)
def test_generalised_least_squares_has_the_planned_standard_error_and_power(
    sequences: tuple[str, ...], people: int, lost: tuple[float, ...], between: float, effect: float, seed: int
) -> None:
    plan: dict[str, Any] = {
        "design": {"sequences": list(sequences)},
        "outcome": {"kind": "continuous", "within_subject_sd": 1.0, "between_subject_sd": between},
        "question": {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": effect},
        "attrition": {"lost_before_period": list(lost)},
        "solve": {"for": "power", "n_randomised": people},
    }
    answer = size(read_plan(plan))
    estimate, error = simulated(sequences, people, lost, between, effect, seed)

    assert answer.standard_error is not None
    assert answer.power is not None
    # the plan has the expected number of people in each period; that of a trial varies, which costs about one part in n
    assert answer.standard_error == pytest.approx(estimate.std(), rel=0.03)
    assert answer.standard_error == pytest.approx(error.mean(), rel=0.03)
    # with Σ known the test is normal; the plan's t test loses a little
    normal = float(stats.norm.cdf(effect / answer.standard_error - stats.norm.ppf(0.975)))
    rejected = float(np.mean(np.abs(estimate / error) > stats.norm.ppf(0.975)))
    assert rejected == pytest.approx(normal, abs=0.02)
    assert normal - 0.03 < answer.power < normal


def test_complete_cases_alone_would_be_told_apart() -> None:
    sequences, people, lost, between, effect, seed = CASES[0]
    estimate, _ = simulated(sequences, people, lost, between, effect, seed)

    complete_cases = (2 / (people * (1 - lost[-1]))) ** 0.5
    available = (2.375 / people) ** 0.5

    ratio = estimate.std() / np.array([complete_cases, available])
    assert abs(ratio[1] - 1) < 0.015 < abs(ratio[0] - 1)
