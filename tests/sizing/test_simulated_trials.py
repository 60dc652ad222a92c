"""An independent witness: trials are simulated, analysed by the model that is named, and their significant results counted."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from trials.sizing.plan import read_plan
from trials.sizing.size import size

TRIALS = 40_000  # a Monte Carlo error of 0.0025 at a power of 0.5
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Trial:
    """A trial to simulate: everybody's treatments, and the true values."""

    sequences: tuple[str, ...]
    per_sequence: int
    effects: dict[str, float]
    sd: float = 1.0
    between_sd: float = 1.0
    individual_sd: float = 0.0
    autocorrelation: float = 0.0
    carryover: bool = False

    @property
    def given(self) -> list[str]:
        return [sequence for sequence in self.sequences for _ in range(self.per_sequence)]

    def outcomes(self, rng: np.random.Generator, trials: int) -> Matrix:
        """Measurements, shape (trials, people, periods), with a period trend that the analysis has to remove."""
        people, periods = len(self.given), len(self.sequences[0])
        letters = sorted(self.effects)
        place = np.array([[letters.index(letter) for letter in sequence] for sequence in self.given])
        lags = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
        correlation = np.linalg.cholesky(np.power(self.autocorrelation, lags) if self.autocorrelation else np.eye(periods))
        noise = self.sd * rng.standard_normal((trials, people, periods)) @ correlation.T
        own = self.between_sd * rng.standard_normal((trials, people, 1))
        responses = self.individual_sd / np.sqrt(2) * rng.standard_normal((trials, people, len(letters)))
        mean = np.array([self.effects[letter] for letter in letters])[place] + np.arange(periods) * 0.7
        return np.asarray(noise + own + np.take_along_axis(responses, np.broadcast_to(place, (trials, people, periods)), axis=2) + mean)

    def columns(self) -> Matrix:
        """Subjects, periods and treatments (and carry-over) as indicator columns, one row a measurement."""
        periods, letters = len(self.sequences[0]), sorted(self.effects)
        rows = []
        for person, sequence in enumerate(self.given):
            for period, letter in enumerate(sequence):
                row = [float(person == other) for other in range(len(self.given))]
                row += [float(period == other) for other in range(1, periods)]
                row += [float(letter == other) for other in letters[:-1]]
                if self.carryover:
                    row += [float(period > 0 and sequence[period - 1] == other) for other in letters[:-1]]
                rows.append(row)
        return np.array(rows)


def least_squares(trial: Trial, y: Matrix) -> tuple[Matrix, Matrix, float]:
    """Estimates of A − last letter, their standard errors, and the residual degrees of freedom, trial by trial."""
    x = trial.columns()
    flat = y.reshape(len(y), -1)
    inverse = np.linalg.pinv(x.T @ x)
    place = len(trial.given) + len(trial.sequences[0]) - 1
    weights = x @ inverse[:, place]
    basis, _ = np.linalg.qr(x)
    residual = np.sum(flat**2, axis=1) - np.sum((flat @ basis) ** 2, axis=1)
    df = float(x.shape[0] - np.linalg.matrix_rank(x))
    return flat @ weights, np.sqrt(residual / df * inverse[place, place]), df


def subject_contrasts(trial: Trial, y: Matrix) -> tuple[Matrix, Matrix]:
    """The same estimates with standard errors from the spread of each sequence's own contrasts."""
    x = trial.columns()
    people, periods = len(trial.given), len(trial.sequences[0])
    weights = (x @ np.linalg.pinv(x.T @ x)[:, people + periods - 1]).reshape(people, periods)
    contrasts = np.einsum("tip,ip->ti", y, weights)
    groups = contrasts.reshape(len(y), len(trial.sequences), trial.per_sequence)
    variance = np.sum(groups.var(axis=2, ddof=1) * trial.per_sequence, axis=1)
    return contrasts.sum(axis=1), np.sqrt(variance)


def planned(trial: Trial, question: dict[str, Any], **analysis: Any) -> Any:
    return size(
        read_plan(
            {
                "design": {"sequences": list(trial.sequences)},
                "outcome": {
                    "kind": "continuous",
                    "within_subject_sd": trial.sd,
                    "individual_response_sd": trial.individual_sd,
                    "autocorrelation": trial.autocorrelation,
                },
                "question": question,
                "analysis": {"adjust_for_carryover": trial.carryover} | analysis,
                "solve": {"for": "power", "n_evaluable": len(trial.given)},
            }
        )
    )


def agrees(rejected: NDArray[np.bool_], power: float) -> bool:
    """Within four Monte Carlo standard errors, each at most 0.003."""
    error = float(np.sqrt(power * (1 - power) / len(rejected)))
    assert error <= 0.003
    return bool(abs(rejected.mean() - power) <= 4 * error)


def superiority(trial: Trial) -> dict[str, Any]:
    first, last = min(trial.effects), max(trial.effects)
    return {"kind": "superiority", "treatment": first, "comparator": last, "mean_difference": trial.effects[first] - trial.effects[last]}


TWO_SIDED = [
    ("AB/BA", Trial(("AB", "BA"), 17, {"A": 0.7, "B": 0.0}), 1),
    ("ABB/BAA", Trial(("ABB", "BAA"), 12, {"A": 0.6, "B": 0.0}), 2),
    ("ABBA/BAAB with carry-over", Trial(("ABBA", "BAAB"), 10, {"A": 0.6, "B": 0.0}, carryover=True), 3),
    ("Williams of three", Trial(("ABC", "BCA", "CAB", "CBA", "ACB", "BAC"), 5, {"A": 0.6, "B": 0.2, "C": 0.0}), 4),
    ("incomplete pairs", Trial(("AB", "BA", "AC", "CA", "BC", "CB"), 8, {"A": 1.0, "B": 0.3, "C": 0.0}), 5),
    ("Latin square with carry-over", Trial(("ABC", "BCA", "CAB"), 20, {"A": 1.0, "B": 0.3, "C": 0.0}, carryover=True), 6),
]


@pytest.mark.parametrize(("name", "trial", "seed"), TWO_SIDED, ids=[row[0] for row in TWO_SIDED])
def test_least_squares_with_subjects_and_periods_has_the_planned_power(name: str, trial: Trial, seed: int) -> None:
    answer = planned(trial, superiority(trial))
    estimate, error, df = least_squares(trial, trial.outcomes(np.random.default_rng(seed), TRIALS))

    rejected = np.abs(estimate / error) > stats.t.ppf(0.975, df)

    assert df == answer.degrees_of_freedom
    assert agrees(rejected, answer.power)


def test_a_wrong_formula_fails_the_same_test() -> None:
    trial = Trial(("AB", "BA"), 17, {"A": 0.7, "B": 0.0})
    estimate, error, df = least_squares(trial, trial.outcomes(np.random.default_rng(1), TRIALS))
    rejected = np.abs(estimate / error) > stats.t.ppf(0.975, df)

    with_difference_sd = planned(Trial(("AB", "BA"), 17, {"A": 0.7, "B": 0.0}, sd=2**0.5), superiority(trial)).power

    assert not agrees(rejected, with_difference_sd)


@pytest.mark.parametrize(("effect", "seed"), [(0.6, 11), (0.0, 12)])
@pytest.mark.parametrize("sequences", [("ABBA", "BAAB"), ("AB", "BA", "AA", "BB")])
def test_subject_contrasts_keep_the_planned_power_and_size_under_individual_responses(
    sequences: tuple[str, ...], effect: float, seed: int
) -> None:
    trial = Trial(sequences, 40 // len(sequences), {"A": effect, "B": 0.0}, individual_sd=1.0)
    answer = planned(trial, superiority(trial))
    estimate, error = subject_contrasts(trial, trial.outcomes(np.random.default_rng(seed), TRIALS))

    rejected = np.abs(estimate / error) > stats.t.ppf(0.975, answer.degrees_of_freedom)

    assert agrees(rejected, answer.power)


def test_the_pooled_residual_is_too_small_under_individual_responses() -> None:
    trial = Trial(("ABBA", "BAAB"), 20, {"A": 0.0, "B": 0.0}, individual_sd=1.0)
    estimate, error, df = least_squares(trial, trial.outcomes(np.random.default_rng(13), TRIALS))

    rejected = np.abs(estimate / error) > stats.t.ppf(0.975, df)

    assert rejected.mean() == pytest.approx(0.107, abs=0.006)


def test_autocorrelated_residuals_have_the_planned_power() -> None:
    trial = Trial(("ABBA", "BAAB"), 12, {"A": 0.7, "B": 0.0}, autocorrelation=0.4)
    answer = planned(trial, superiority(trial))
    estimate, error = subject_contrasts(trial, trial.outcomes(np.random.default_rng(14), TRIALS))

    rejected = np.abs(estimate / error) > stats.t.ppf(0.975, answer.degrees_of_freedom)

    assert agrees(rejected, answer.power)


def test_two_one_sided_tests_have_the_planned_power() -> None:
    trial = Trial(("AB", "BA"), 10, {"A": 0.1, "B": 0.0})
    question = {"kind": "equivalence", "treatment": "A", "comparator": "B", "mean_difference": 0.1, "lower_limit": -0.9, "upper_limit": 0.9}
    answer = planned(trial, question)
    estimate, error, df = least_squares(trial, trial.outcomes(np.random.default_rng(15), TRIALS))

    critical = stats.t.ppf(0.95, df)
    rejected = ((estimate + 0.9) / error > critical) & ((estimate - 0.9) / error < -critical)

    assert agrees(rejected, answer.power)


def test_non_inferiority_has_the_planned_power_where_lower_is_better() -> None:
    trial = Trial(("AB", "BA"), 15, {"A": -0.1, "B": 0.0})
    question = {"kind": "non_inferiority", "treatment": "A", "comparator": "B", "mean_difference": -0.1, "margin": 0.6, "better": "lower"}
    answer = planned(trial, question)
    estimate, error, df = least_squares(trial, trial.outcomes(np.random.default_rng(16), TRIALS))

    rejected = (estimate - 0.6) / error < -stats.t.ppf(0.975, df)

    assert agrees(rejected, answer.power)


def test_the_omnibus_test_has_the_planned_power() -> None:
    trial = Trial(("ABC", "BCA", "CAB"), 8, {"A": 0.7, "B": 0.3, "C": 0.0})
    answer = planned(trial, {"kind": "omnibus", "means": trial.effects})
    y = trial.outcomes(np.random.default_rng(17), TRIALS).reshape(TRIALS, -1)
    full = trial.columns()
    reduced = full[:, :-2]

    def unexplained(x: Matrix) -> Matrix:
        basis, _ = np.linalg.qr(x)
        return np.asarray(np.sum(y**2, axis=1) - np.sum((y @ basis) ** 2, axis=1))

    rest = unexplained(full)
    f = (unexplained(reduced) - rest) / 2 / (rest / answer.degrees_of_freedom)

    assert agrees(f > stats.f.ppf(0.95, 2, answer.degrees_of_freedom), answer.power)


def test_confidence_intervals_have_the_expected_half_width() -> None:
    trial = Trial(("AB", "BA"), 17, {"A": 0.0, "B": 0.0})
    answer = size(
        read_plan(
            {
                "design": {"name": "ab_ba"},
                "outcome": {"kind": "continuous", "within_subject_sd": 1.0},
                "question": {"kind": "precision", "treatment": "A", "comparator": "B"},
                "solve": {"for": "half_width", "n_evaluable": 34},
            }
        )
    )
    _, error, df = least_squares(trial, trial.outcomes(np.random.default_rng(18), TRIALS))

    widths = error * stats.t.ppf(0.975, df)

    assert answer.half_width == pytest.approx(widths.mean(), abs=4 * widths.std() / TRIALS**0.5)


@pytest.mark.filterwarnings("ignore")  # statsmodels warns where a variance between people is estimated as 0
@pytest.mark.parametrize("sequences", [("AB", "BA"), ("ABBA", "BAAB")])
def test_the_mixed_model_of_statsmodels_finds_the_same_estimate_and_standard_error(sequences: tuple[str, ...]) -> None:
    from statsmodels.regression.mixed_linear_model import MixedLM

    trial = Trial(sequences, 12, {"A": 0.7, "B": 0.0}, between_sd=2.0)
    y = trial.outcomes(np.random.default_rng(19), 5)
    estimate, error, _ = least_squares(trial, y)
    people, periods = len(trial.given), len(sequences[0])
    sequence = np.repeat([float(one == sequences[0]) for one in trial.given], periods)
    x = np.column_stack([np.ones(people * periods), sequence, trial.columns()[:, people:]])

    fits = [MixedLM(one.ravel(), x, groups=np.repeat(np.arange(people), periods)).fit(reml=True) for one in y]

    assert [fit.fe_params[-1] for fit in fits] == pytest.approx(estimate.tolist(), abs=1e-6)
    assert [fit.bse_fe[-1] for fit in fits] == pytest.approx(error.tolist(), rel=1e-3)
