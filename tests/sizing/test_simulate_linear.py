"""The planned analysis, run on many simulated trials at once, is the one that statsmodels and SciPy run on each of them."""

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats

from trials.sizing.matrices import covariance_of
from trials.sizing.plan import Plan, read_plan
from trials.sizing.simulate.linear import LinearModel
from trials.sizing.simulate.outcomes import Outcomes, Sequence
from trials.sizing.simulate.setting import Setting, setting_of, whole_people

Matrix = NDArray[np.float64]


def plan_of(design: str, people: int, /, **parts: Any) -> Plan:
    by_period = "lost_before_period" in parts.get("attrition", {})
    outcome = {"kind": "continuous", "within_subject_sd": 2.0, "between_subject_sd": 3.0} | parts.pop("outcome", {})
    return read_plan(
        {
            "design": {"text": design},
            "outcome": outcome,
            "question": {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": 1.5},
            "solve": {"for": "power", "n_randomised" if by_period else "n_evaluable": people},
        }
        | parts
    )


def made(plan: Plan, trials: int, seed: int = 1) -> tuple[Setting, list[Sequence]]:
    """A few trials, with different means for up to four letters."""
    setting = setting_of(plan)
    letters = plan.design.letters
    outcomes = Outcomes(setting, dict(zip(letters, (1.5, 0.0, 0.7, -0.4), strict=False)))
    return setting, next(outcomes.trials(np.random.default_rng(seed), trials))


def fitted(setting: Setting, trials: list[Sequence], contrasts: list[list[float]] | None = None) -> Any:
    letters = setting.plan.design.letters
    weights = contrasts or [[1.0, -1.0, *[0.0] * (len(letters) - 2)]]
    return LinearModel(setting.known, np.array(weights)).fit(trials)


def rows_of(setting: Setting, trials: list[Sequence], t: int, *, carryover: bool) -> dict[str, Matrix]:
    """One trial as rows, with every term as indicator columns."""
    letters, periods = setting.plan.design.letters, setting.plan.design.n_periods
    y, person, sequence, period, given, before = [], [], [], [], [], []
    first = 0
    for s, one in enumerate(trials):
        for i in range(one.measured.shape[1]):
            seen = periods if one.seen is None else int(one.seen[t, i])
            for k in range(seen):
                y.append(one.measured[t, i, k])
                person.append(first + i)
                sequence.append(s)
                period.append(k)
                given.append(letters.index(one.letters[k]))
                before.append(letters.index(one.letters[k - 1]) if k else -1)
        first += one.measured.shape[1]

    def indicators(values: list[int], count: int) -> Matrix:
        return np.asarray(np.equal.outer(values, np.arange(count)), dtype=float)

    people = np.unique(person, return_inverse=True)[1]
    found = {
        "y": np.array(y),
        "person": people,
        "people": indicators(people.tolist(), people.max() + 1),
        "sequences": indicators(sequence, len(trials)),
        "periods": indicators(period, periods)[:, 1:],
        "letters": np.delete(indicators(given, len(letters)), 1, axis=1),  # against B
        "period": np.array(period),
        "sequence": np.array(sequence),
    }
    if carryover:
        found["letters"] = np.hstack([found["letters"], indicators(before, len(letters))[:, 1:]])
    return found


DESIGNS = [
    ("AB/BA", 12, False, {}),
    ("AB/BA", 14, False, {"dropout_rate": 0.25}),
    ("ABB/BAA", 11, True, {"dropout_rate": 0.2}),
    ("ABBA/BAAB", 13, True, {}),
    ("ABBA/BAAB", 14, False, {"lost_before_period": [0, 0.1, 0.2, 0.3]}),
    ("ABC/BCA/CAB/CBA/ACB/BAC", 26, True, {"lost_before_period": [0, 0.1, 0.25]}),
    ("AB/BA/AC/CA/BC/CB", 30, False, {}),
    ("ABDC/BCAD/CDBA/DACB", 20, True, {"lost_before_period": [0, 0.1, 0.1, 0.3]}),
]


@pytest.mark.parametrize(("design", "people", "carryover", "attrition"), DESIGNS)
def test_least_squares_within_subjects_is_that_of_statsmodels(design: str, people: int, carryover: bool, attrition: dict[str, Any]) -> None:
    analysis = {"adjust_for_carryover": carryover, "estimator": "within_subject"}
    setting, trials = made(plan_of(design, people, attrition=attrition, analysis=analysis), 6)

    found = fitted(setting, trials)

    for t in range(6):
        rows = rows_of(setting, trials, t, carryover=carryover)
        theirs = sm.OLS(rows["y"], np.hstack([rows["letters"], rows["periods"], rows["people"]])).fit()
        assert found.estimate[t, 0] == pytest.approx(theirs.params[0], abs=1e-9)
        assert found.standard_error[t, 0] == pytest.approx(theirs.bse[0], rel=1e-9)
        assert found.degrees_of_freedom[t, 0] == theirs.df_resid


@pytest.mark.parametrize("sequence_effects", [True, False])
@pytest.mark.parametrize(("design", "people", "carryover", "attrition"), DESIGNS)
def test_generalised_least_squares_is_that_of_statsmodels(
    design: str, people: int, carryover: bool, attrition: dict[str, Any], sequence_effects: bool
) -> None:
    analysis = {"adjust_for_carryover": carryover, "estimator": "generalised_least_squares", "sequence_effects": sequence_effects}
    setting, trials = made(plan_of(design, people, attrition=attrition, analysis=analysis), 4)

    found = fitted(setting, trials)

    for t in range(4):
        rows = rows_of(setting, trials, t, carryover=carryover)
        means = rows["sequences"] if sequence_effects else np.ones((len(rows["y"]), 1))
        same = rows["person"][:, None] == rows["person"]
        x = np.hstack([rows["letters"], rows["periods"], means])
        theirs = sm.GLS(rows["y"], x, sigma=4.0 * np.eye(len(same)) + 9.0 * same).fit()
        within = sm.OLS(rows["y"], np.hstack([rows["letters"], rows["periods"], rows["people"]])).fit()
        assert found.estimate[t, 0] == pytest.approx(theirs.params[0], abs=1e-8)
        assert found.covariance[t, 0, 0] * 4.0 == pytest.approx(theirs.normalized_cov_params[0, 0], rel=1e-8)
        assert found.scale[t, 0] == pytest.approx(within.mse_resid, rel=1e-8)


def test_the_omnibus_contrasts_give_the_f_test_of_statsmodels() -> None:
    setting, trials = made(plan_of("ABC/BCA/CAB", 12), 5)

    found = fitted(setting, trials, [[1.0, -1.0, 0.0], [0.0, -1.0, 1.0]])

    for t in range(5):
        rows = rows_of(setting, trials, t, carryover=False)
        theirs = sm.OLS(rows["y"], np.hstack([rows["letters"], rows["periods"], rows["people"]])).fit()
        f = found.estimate[t] @ np.linalg.inv(found.covariance[t]) @ found.estimate[t] / 2 / found.scale[t, 0]
        assert f == pytest.approx(theirs.f_test(np.eye(2, theirs.params.size)).fvalue, rel=1e-8)


def test_the_robust_test_of_ab_ba_is_the_t_test_of_period_differences() -> None:
    setting, trials = made(plan_of("AB/BA", 15, analysis={"degrees_of_freedom": "robust"}), 5)

    found = fitted(setting, trials)

    for t in range(5):
        first, second = (one.measured[t, :, 0] - one.measured[t, :, 1] for one in trials)
        theirs = stats.ttest_ind(first, second)
        assert found.estimate[t, 0] / found.standard_error[t, 0] == pytest.approx(theirs.statistic, rel=1e-9)
        assert found.degrees_of_freedom[t, 0] == theirs.df


def test_the_robust_test_counts_people_who_tell_nothing_but_the_variance() -> None:
    setting, trials = made(plan_of("AB/BA/AA/BB", 20, analysis={"degrees_of_freedom": "robust"}), 5)

    found = fitted(setting, trials)

    for t in range(5):
        differences = [one.measured[t, :, 0] - one.measured[t, :, 1] for one in trials]
        pooled = sum(np.square(one - one.mean()).sum() for one in differences) / 16
        estimate = (differences[0].mean() - differences[1].mean()) / 2
        assert found.estimate[t, 0] == pytest.approx(estimate, abs=1e-9)
        assert found.standard_error[t, 0] == pytest.approx((pooled * (1 / 5 + 1 / 5) / 4) ** 0.5, rel=1e-9)
        assert found.degrees_of_freedom[t, 0] == 16


def test_satterthwaite_lets_each_sequence_tell_its_own_variance() -> None:
    plan = plan_of("AB/BA", 18, outcome={"individual_response_sd": 1.0}, design={"sequences": ["AB", "BA"], "allocation": [2, 1]})
    setting, trials = made(plan, 5)

    found = fitted(setting, trials)

    parts = np.array([1 / 12, 1 / 6])
    for t in range(5):
        first, second = (one.measured[t, :, 0] - one.measured[t, :, 1] for one in trials)
        variance = (first.var(ddof=1) / 12 + second.var(ddof=1) / 6) / 4
        assert found.standard_error[t, 0] == pytest.approx(variance**0.5, rel=1e-9)
        assert found.degrees_of_freedom[t, 0] == pytest.approx(parts.sum() ** 2 / (parts**2 / np.array([11, 5])).sum(), rel=1e-9)


def test_the_paired_test_is_that_of_scipy() -> None:
    setting, trials = made(plan_of("AB/BA", 15, analysis={"degrees_of_freedom": "paired"}), 5)

    found = fitted(setting, trials)

    for t in range(5):
        differences = np.concatenate(
            [trials[0].measured[t, :, 0] - trials[0].measured[t, :, 1], trials[1].measured[t, :, 1] - trials[1].measured[t, :, 0]]
        )
        theirs = stats.ttest_1samp(differences, 0.0)
        assert found.estimate[t, 0] / found.standard_error[t, 0] == pytest.approx(theirs.statistic, rel=1e-9)
        assert found.degrees_of_freedom[t, 0] == theirs.df


def test_a_parallel_trial_is_analysed_by_the_t_test_of_scipy() -> None:
    plan = plan_of("A/B", 15, outcome={"within_subject_sd": None, "between_subject_sd": None, "total_sd": 2.0})
    setting, trials = made(plan, 5)

    found = fitted(setting, trials)

    for t in range(5):
        theirs = stats.ttest_ind(trials[0].measured[t, :, 0], trials[1].measured[t, :, 0])
        assert found.estimate[t, 0] / found.standard_error[t, 0] == pytest.approx(theirs.statistic, rel=1e-9)
        assert found.degrees_of_freedom[t, 0] == theirs.df


def test_a_trial_that_cannot_tell_the_treatments_apart_has_no_test() -> None:
    setting, trials = made(plan_of("AB/BA", 4, attrition={"dropout_rate": 0.5}), 400)

    found = fitted(setting, trials)

    stay = np.stack([one.counts[:, -1] for one in trials], axis=1)
    enough = (stay.min(axis=1) >= 1) & (stay.sum(axis=1) >= 3)
    assert 0 < enough.sum() < 400
    assert found.tested.tolist() == enough.tolist()


@pytest.mark.parametrize("sequence", [0, 1])
def test_measurements_have_the_planned_mean_and_covariance(sequence: int) -> None:
    outcome = {"individual_response_sd": 1.5, "autocorrelation": 0.4}
    plan = plan_of("ABBC/CABA", 200, outcome=outcome, simulation={"carryover": {"A": -0.5, "C": 0.25}})

    setting, trials = made(plan, 400)

    letters = ("ABBC", "CABA")[sequence]
    means = {"A": 1.5, "B": 0.0, "C": 0.7}
    carried = {"A": -0.5, "B": 0.0, "C": 0.25}
    expected = [means[letter] + k + (carried[letters[k - 1]] if k else 0.0) for k, letter in enumerate(letters)]
    measured = trials[sequence].measured.reshape(-1, 4)
    sigma = 4.0 * covariance_of(letters, ["A", "B", "C"], 1.5, 0.75, 0.4)
    error = np.sqrt(np.outer(np.diag(sigma), np.diag(sigma)) + sigma**2) / len(measured) ** 0.5
    assert (np.abs(measured.mean(axis=0) - expected) < 4 * np.sqrt(np.diag(sigma) / len(measured))).all()
    assert (np.abs(np.cov(measured.T) - sigma) < 4 * error).all()
    assert setting.started == (100, 100)


def test_people_leave_by_period_at_the_planned_rates() -> None:
    _, trials = made(plan_of("ABBA/BAAB", 100, attrition={"lost_before_period": [0, 0.1, 0.2, 0.4]}), 500)

    shares = trials[0].counts.mean(axis=0) / 50

    assert shares == pytest.approx([0.1, 0.1, 0.2, 0.6], abs=0.01)


def test_fixed_loss_takes_exactly_as_many_as_planned() -> None:
    attrition = {"lost_before_period": [0, 0.1, 0.2, 0.4]}
    _, trials = made(plan_of("ABBA/BAAB", 40, attrition=attrition, simulation={"dropout": "fixed"}), 3)

    assert trials[0].counts.tolist() == [[2, 2, 4, 12]] * 3


def test_whole_people_keep_their_total() -> None:
    assert whole_people((11.5, 11.5)) == (12, 11)
    assert whole_people((3.4, 3.3, 3.3)) == (4, 3, 3)
    assert whole_people((2.0, 5.0)) == (2, 5)
