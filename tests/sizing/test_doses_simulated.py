"""Trials of several doses are simulated, fitted by least squares, and their rejections counted: an independent witness of the joint power."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from trials.sizing.plan import read_plan
from trials.sizing.size import size

TRIALS = 100_000
AT_ONCE = 20_000
Matrix = NDArray[np.float64]
WILLIAMS = ("ABDC", "BCAD", "CDBA", "DACB")
BLOCKS = ("ABC", "BCD", "CDE", "DEA", "EAB")
SHAPES = [{"kind": "linear"}, {"kind": "emax", "ed50": 1.0}, {"kind": "quadratic", "delta": -0.15}]


@dataclass(frozen=True)
class Trial:
    """People on sequences of doses; `seen` is how many periods each person of a sequence is observed, the same in every sequence."""

    sequences: tuple[str, ...]
    means: dict[str, float]
    seen: tuple[int, ...]
    carryover: bool = False
    individual_sd: float = 0.0

    @property
    def people(self) -> int:
        return len(self.sequences) * len(self.seen)

    def rows(self) -> list[tuple[int, int, str, str]]:
        """Person, period, dose and the dose before, one row a measurement."""
        everybody = [(sequence, seen) for sequence in self.sequences for seen in self.seen]
        return [
            (person, period, sequence[period], sequence[period - 1] if period else "")
            for person, (sequence, seen) in enumerate(everybody)
            for period in range(seen)
        ]

    def columns(self) -> Matrix:
        """Treatments less the first, then people, periods and carry-over."""
        letters, periods = sorted(self.means), len(self.sequences[0])
        return np.array(
            [
                [float(dose == letter) for letter in letters[1:]]
                + [float(person == other) for other in range(self.people)]
                + [float(period == other) for other in range(1, periods)]
                + ([float(before == letter) for letter in letters[1:]] if self.carryover else [])
                for person, period, dose, before in self.rows()
            ]
        )

    def outcomes(self, rng: np.random.Generator, trials: int) -> Matrix:
        """Measurements with a residual SD of 1, differences between people and a trend over periods, shape (trials, measurements)."""
        rows, letters = self.rows(), sorted(self.means)
        person, dose = [row[0] for row in rows], [letters.index(row[2]) for row in rows]
        mean = np.array([self.means[row[2]] + 0.4 * row[1] for row in rows])
        y = mean + rng.standard_normal((trials, len(rows))) + rng.standard_normal((trials, self.people))[:, person]
        if self.individual_sd:
            y += (self.individual_sd / 2**0.5 * rng.standard_normal((trials, self.people, len(letters))))[:, person, dose]
        return np.asarray(y)

    def statistics(self, contrasts: Matrix, seed: int) -> tuple[Matrix, float]:
        """t statistics of contrasts of the treatments, shape (trials, contrasts), by one least-squares fit, and their degrees of freedom."""
        x = self.columns()
        basis, singular, _ = np.linalg.svd(x, full_matrices=False)
        basis = basis[:, singular > 1e-9]
        inverse = np.linalg.pinv(x.T @ x)
        padded = np.zeros((len(contrasts), x.shape[1]))
        padded[:, : contrasts.shape[1] - 1] = contrasts[:, 1:]
        estimate, unit = x @ inverse @ padded.T, np.sqrt(np.einsum("ci,ij,cj->c", padded, inverse, padded))
        df = float(x.shape[0] - basis.shape[1])
        rng, found = np.random.default_rng(seed), []
        for _ in range(TRIALS // AT_ONCE):
            y = self.outcomes(rng, AT_ONCE)
            residual = np.sum(y**2, axis=1) - np.sum((y @ basis) ** 2, axis=1)
            found.append((y @ estimate) / (np.sqrt(residual / df)[:, None] * unit))
        return np.concatenate(found), df

    def own_statistics(self, contrasts: Matrix, seed: int) -> Matrix:
        """The same from everybody's own contrasts, each measured by its spread within the sequences."""
        x = self.columns()
        padded = np.zeros((len(contrasts), x.shape[1]))
        padded[:, : contrasts.shape[1] - 1] = contrasts[:, 1:]
        weights = (x @ np.linalg.pinv(x.T @ x) @ padded.T).reshape(self.people, -1, len(contrasts))
        rng, found = np.random.default_rng(seed), []
        for _ in range(TRIALS // AT_ONCE):
            y = self.outcomes(rng, AT_ONCE).reshape(AT_ONCE, self.people, -1)
            own = np.einsum("tip,ipc->tic", y, weights).reshape(AT_ONCE, len(self.sequences), len(self.seen), len(contrasts))
            variance = np.sum(own.var(axis=2, ddof=1) * len(self.seen), axis=1)
            found.append(own.sum(axis=(1, 2)) / np.sqrt(variance))
        return np.concatenate(found)

    def planned(self, question: dict[str, Any], **parts: Any) -> Any:
        periods = len(self.sequences[0])
        lost = [float(np.mean([seen <= period for seen in self.seen])) if period else 0.0 for period in range(periods)]
        plan: dict[str, Any] = {
            "design": {"sequences": list(self.sequences)},
            "outcome": {"kind": "continuous", "within_subject_sd": 1.0, "individual_response_sd": self.individual_sd},
            "question": question,
            "analysis": {"adjust_for_carryover": self.carryover, "estimator": "within_subject"} | parts.pop("analysis", {}),
            "solve": {"for": "power", "n_randomised": self.people},
        }
        if any(lost):
            plan["attrition"] = {"lost_before_period": lost}
        return size(read_plan(plan))


def many(means: dict[str, float], **parts: Any) -> dict[str, Any]:
    return {
        "kind": "many_to_one",
        "comparator": "A",
        "mean_differences": {letter: mean for letter, mean in means.items() if letter != "A"},
        "better": "higher",
    } | parts


def against_first(letters: int) -> Matrix:
    return np.hstack([-np.ones((letters - 1, 1)), np.eye(letters - 1)])


def agrees(rejected: Any, power: float) -> bool:
    """Within four Monte Carlo standard errors, each at most 0.003."""
    error = float(np.sqrt(power * (1 - power) / len(rejected)))
    assert error <= 0.003
    return bool(abs(np.mean(rejected) - power) <= 4 * error)


FOUR = Trial(WILLIAMS, {"A": 0.0, "B": 0.3, "C": 0.5, "D": 0.6}, (4,) * 12)
LOSING = Trial(BLOCKS, {"A": 0.0, "B": 0.5, "C": 0.8, "D": 1.0, "E": 0.9}, (3,) * 7 + (2,) * 2 + (1,), carryover=False)


@pytest.fixture(scope="module")
def four() -> tuple[Matrix, float]:
    return FOUR.statistics(against_first(4), seed=1)


@pytest.fixture(scope="module")
def losing() -> tuple[Matrix, float]:
    return LOSING.statistics(against_first(5), seed=2)


def test_dunnett_finds_any_and_all_as_often_as_planned(four: tuple[Matrix, float]) -> None:
    t, df = four
    answer = FOUR.planned(many(FOUR.means))

    beyond = t > answer.critical_value

    assert df == answer.degrees_of_freedom
    assert agrees(beyond.any(axis=1), answer.power_any)
    assert agrees(beyond.all(axis=1), answer.power_all)
    assert [agrees(one, power) for one, power in zip(beyond.T, answer.power_by_comparison.values(), strict=True)] == [True] * 3


def test_two_sided_dunnett_finds_any_and_all_as_often_as_planned(four: tuple[Matrix, float]) -> None:
    t, _ = four
    answer = FOUR.planned(many(FOUR.means), analysis={"sides": 2})

    beyond = np.abs(t) > answer.critical_value

    assert agrees(beyond.any(axis=1), answer.power_any)
    assert agrees(beyond.all(axis=1), answer.power_all)


def test_comparisons_taken_as_independent_fail_the_same_test(four: tuple[Matrix, float]) -> None:
    t, _ = four
    answer = FOUR.planned(many(FOUR.means))

    beyond = t > answer.critical_value
    alone = np.array(list(answer.power_by_comparison.values()))

    assert not agrees(beyond.any(axis=1), float(1 - np.prod(1 - alone)))
    assert not agrees(beyond.all(axis=1), float(np.prod(alone)))


def test_holm_rejects_as_often_as_planned(four: tuple[Matrix, float]) -> None:
    t, df = four
    answer = FOUR.planned(many(FOUR.means, adjustment="holm", success="all"))
    descending = np.argsort(-t, axis=1)
    limits = stats.t.isf(0.025 / np.array([3, 2, 1]), df)

    passed = np.cumprod(np.take_along_axis(t, descending, axis=1) > limits, axis=1).astype(bool)
    rejected = np.zeros_like(passed)
    np.put_along_axis(rejected, descending, passed, axis=1)

    assert answer.critical_values == pytest.approx(limits)
    assert agrees(rejected.any(axis=1), answer.power_any)
    assert agrees(rejected.all(axis=1), answer.power_all)
    assert [agrees(one, power) for one, power in zip(rejected.T, answer.power_by_comparison.values(), strict=True)] == [True] * 3


def test_a_fixed_sequence_rejects_as_often_as_planned(four: tuple[Matrix, float]) -> None:
    t, df = four
    answer = FOUR.planned(many(FOUR.means, adjustment="fixed_sequence", order=["D", "B", "C"], success="all"))

    passed = np.cumprod(t[:, [2, 0, 1]] > stats.t.isf(0.025, df), axis=1).astype(bool)

    assert agrees(passed[:, 0], answer.power_by_comparison["D"])
    assert agrees(passed[:, 1], answer.power_by_comparison["B"])
    assert agrees(passed[:, 2], answer.power_by_comparison["C"])
    assert (answer.power_any, answer.power_all) == (answer.power_by_comparison["D"], answer.power_by_comparison["C"])


def test_incomplete_blocks_with_loss_by_period_have_the_planned_power(losing: tuple[Matrix, float]) -> None:
    t, df = losing
    answer = LOSING.planned(many(LOSING.means))

    beyond = t > answer.critical_value

    assert df == pytest.approx(answer.degrees_of_freedom)
    assert agrees(beyond.any(axis=1), answer.power_any)
    assert agrees(beyond.all(axis=1), answer.power_all)


def test_forgetting_the_loss_fails_the_same_test(losing: tuple[Matrix, float]) -> None:
    t, _ = losing
    answer = LOSING.planned(many(LOSING.means))
    complete = Trial(BLOCKS, LOSING.means, (3,) * 10).planned(many(LOSING.means))

    assert not agrees((t > answer.critical_value).any(axis=1), complete.power_any)


def test_the_largest_of_the_shapes_contrasts_has_the_planned_power_with_carryover_in_the_model() -> None:
    from trials.sizing.shapes import Shape

    doses = {"A": 0.0, "B": 1.5, "C": 3.0, "D": 4.5}
    means = Shape(kind="emax", ed50=1.0).means(list(doses.values()), 0.7)
    trial = Trial(WILLIAMS, dict(zip(doses, means.tolist(), strict=True)), (4,) * 8, carryover=True)
    question = {"kind": "dose_response_shapes", "doses": doses, "max_effect": 0.7, "shapes": SHAPES}
    answer = trial.planned(question)
    contrasts = np.array([list(row.values()) for row in answer.contrasts.values()])

    t, df = trial.statistics(contrasts, seed=3)
    without = Trial(WILLIAMS, trial.means, trial.seen).planned(question)

    assert df == answer.degrees_of_freedom
    assert agrees(t.max(axis=1) > answer.critical_value, answer.power_by_shape["emax"])
    assert not agrees(t.max(axis=1) > answer.critical_value, without.power_by_shape["emax"])


def test_the_shapes_contrasts_keep_their_error_rate_and_power_in_incomplete_blocks() -> None:
    doses = {"A": 0.0, "B": 1.5, "C": 3.0, "D": 4.5, "E": 6.0}
    trial = Trial(BLOCKS, dict(zip(doses, [0.0, 0.2, 0.4, 0.6, 0.8], strict=True)), (3,) * 7 + (2,) * 2 + (1,))
    answer = trial.planned({"kind": "dose_response_shapes", "doses": doses, "max_effect": 0.8, "shapes": SHAPES})
    contrasts = np.array([list(row.values()) for row in answer.contrasts.values()])

    t, _ = trial.statistics(contrasts, seed=4)
    none, _ = Trial(BLOCKS, dict.fromkeys(doses, 0.0), trial.seen).statistics(contrasts, seed=5)

    assert agrees(t.max(axis=1) > answer.critical_value, answer.power_by_shape["linear"])
    assert agrees(none.max(axis=1) > answer.critical_value, 0.025)


def test_a_trend_over_the_logarithm_of_the_dose_has_the_planned_power() -> None:
    answer = FOUR.planned(
        {
            "kind": "dose_trend",
            "doses": {"A": 0.0, "B": 1.5, "C": 3.0, "D": 4.5},
            "means": FOUR.means,
            "scores": {"log_offset": 0.5},
            "better": "higher",
        }
    )

    t, _ = FOUR.statistics(np.array([list(answer.contrast.values())]), seed=6)

    assert agrees(t[:, 0] > answer.critical_value, answer.power)


@pytest.mark.parametrize(("effect", "people", "seed"), [(0.0, 4, 7), (1.0, 4, 8), (0.8, 8, 9)])
def test_comparisons_measured_by_their_own_spread_under_individual_responses_have_the_planned_power(
    effect: float, people: int, seed: int
) -> None:
    trial = Trial(WILLIAMS, {"A": 0.0, "B": 0.5 * effect, "C": 0.8 * effect, "D": effect}, (4,) * people, individual_sd=1.0)
    answer = trial.planned(many(trial.means))

    beyond = trial.own_statistics(against_first(4), seed) > answer.critical_value

    assert "own_variances_approximated" in {warning.code for warning in answer.warnings}
    assert agrees(beyond.any(axis=1), answer.power_any)
    assert agrees(beyond.all(axis=1), answer.power_all)


def test_one_variance_for_comparisons_measured_by_their_own_spread_fails_the_same_test() -> None:
    from trials.sizing.laws.multivariate import joint

    trial = Trial(WILLIAMS, {"A": 0.0, "B": 0.5, "C": 0.8, "D": 1.0}, (4,) * 4, individual_sd=1.0)
    answer = trial.planned(many(trial.means))
    common = joint(np.full((3, 3), 0.5) + 0.5 * np.eye(3))
    critical = common.critical_value(0.025, answer.degrees_of_freedom, 1)

    beyond = trial.own_statistics(against_first(4), seed=8) > critical

    assert not agrees(
        beyond.any(axis=1),
        common.any_beyond(critical, np.array([0.5, 0.8, 1.0]) / answer.standard_error, answer.degrees_of_freedom, 1),
    )


@pytest.mark.parametrize(("effect", "seed"), [(0.0, 10), (0.8, 11)])
def test_shapes_measured_by_their_own_spread_have_nearly_the_planned_power_and_size(effect: float, seed: int) -> None:
    doses = {"A": 0.0, "B": 1.5, "C": 3.0, "D": 4.5}
    trial = Trial(WILLIAMS, {letter: effect * dose / 4.5 for letter, dose in doses.items()}, (4,) * 8, individual_sd=1.0)
    answer = trial.planned({"kind": "dose_response_shapes", "doses": doses, "max_effect": 0.8, "shapes": SHAPES})

    t = trial.own_statistics(np.array([list(row.values()) for row in answer.contrasts.values()]), seed)
    found = float(np.mean(t.max(axis=1) > answer.critical_value))

    assert found == pytest.approx(answer.power_by_shape["linear"] if effect else 0.025, abs=0.01 if effect else 0.0022)
