"""An independent witness for moderators: trials are generated person by person, the interaction is fitted by least squares, significant results are counted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from trials.sizing.plan import read_plan
from trials.sizing.size import size

TRIALS, BATCH = 28_000, 4_000  # a Monte Carlo error of 0.00299 at a power of 0.5
LATIN, WILLIAMS = ("ABC", "BCA", "CAB"), ("ABDC", "BCAD", "CDBA", "DACB")
BALAAM = ("AB", "BA", "AA", "BB")
Matrix = NDArray[np.float64]
Shape = tuple[int, int, int]  # trials, sequences, people of each
# the moderator as measured, and the effect of A against B, in each person
Draw = Callable[[np.random.Generator, Shape], tuple[Matrix, Matrix]]


@dataclass(frozen=True)
class Trial:
    sequences: tuple[str, ...]
    per_sequence: int
    draw: Draw
    individual_sd: float = 0.0
    carryover: bool = False

    @property
    def given(self) -> list[str]:
        return [sequence for sequence in self.sequences for _ in range(self.per_sequence)]

    @property
    def letters(self) -> list[str]:
        return sorted(set("".join(self.sequences)))

    def columns(self) -> Matrix:
        """Treatments (A first, B left out), carry-over and periods of everybody, each person's mean taken away; shape (people, periods, columns)."""
        shown = ["A", *self.letters[2:]]
        rows = []
        for sequence in self.given:
            before = " " + sequence[:-1]
            of_person = [
                [float(letter == one) for one in shown]
                + ([float(earlier == one) for one in shown] if self.carryover else [])
                + [float(period == other) for other in range(1, len(sequence))]
                for period, (letter, earlier) in enumerate(zip(sequence, before, strict=True))
            ]
            rows.append(of_person)
        found = np.array(rows)
        return np.asarray(found - found.mean(axis=1, keepdims=True))

    def outcomes(self, rng: np.random.Generator, effects: Matrix) -> Matrix:
        """Measurements with a period trend, individual responses and noise; each person's mean taken away."""
        of_letter = np.array([[[float(letter == one) for one in self.letters] for letter in sequence] for sequence in self.given])
        trials, people, periods = len(effects), len(self.given), len(self.sequences[0])
        own = self.individual_sd / 2**0.5 * rng.standard_normal((trials, people, len(self.letters)))
        own[:, :, 0] += effects
        y = rng.standard_normal((trials, people, periods)) + np.einsum("npl,tnl->tnp", of_letter, own) + 0.7 * np.arange(periods)
        return np.asarray(y - y.mean(axis=2, keepdims=True))


def by_least_squares(trial: Trial, x: Matrix, y: Matrix) -> tuple[Matrix, Matrix]:
    """|t| of moderator × A and its degrees of freedom; where a level stays empty in a sequence, from a model without moderator × period."""
    w = trial.columns()
    found, df = _fit(w, x, y, w.shape[2])
    lost = np.isnan(found)
    if lost.any() and len(trial.sequences) == 2:
        again, fewer = _fit(w, x[lost], y[lost], 1)
        found[lost], df[lost] = again, fewer
    return np.nan_to_num(found), df


def _fit(w: Matrix, x: Matrix, y: Matrix, crossed: int) -> tuple[Matrix, Matrix]:
    """Least squares with all columns, the first `crossed` of them times the moderator, too; NaN where the interaction cannot be estimated."""
    k = w.shape[2]
    products, with_y = np.einsum("npi,npj->nij", w, w), np.einsum("npi,tnp->tni", w, y)
    people = products.reshape(len(w), -1)

    def block(weights: Matrix) -> Matrix:
        return np.asarray((weights @ people).reshape(-1, k, k))

    middle = block(x)[:, :crossed]
    gram = np.block(
        [
            [np.broadcast_to(products.sum(axis=0), (len(x), k, k)), middle.transpose(0, 2, 1)],
            [middle, block(x * x)[:, :crossed, :crossed]],
        ]
    )
    right = np.concatenate([with_y.sum(axis=1), np.einsum("tn,tni->ti", x, with_y)[:, :crossed]], axis=1)
    estimable = np.linalg.cond(gram) < 1e9
    inverse = np.linalg.inv(np.where(estimable[:, None, None], gram, np.eye(k + crossed)))
    fit = np.einsum("tij,tj->ti", inverse, right)
    df = float(w.shape[0] * (w.shape[1] - 1) - k - crossed)
    residual = np.sum(y**2, axis=(1, 2)) - np.sum(fit * right, axis=1)
    t = np.abs(fit[:, k]) / np.sqrt(np.maximum(residual / df * inverse[:, k, k], 1e-12))
    return np.where(estimable, t, np.nan), np.full(len(x), df)


def by_subject_contrasts(trial: Trial, x: Matrix, y: Matrix) -> Matrix:
    """|t| of the mean slope of each sequence's own contrasts on the moderator, with standard errors from each sequence."""
    w = trial.columns()
    weights = np.einsum("npi,i->np", w, np.linalg.inv(np.einsum("npi,npj->ij", w, w) / len(w))[:, 0])
    shape = (len(x), len(trial.sequences), trial.per_sequence)
    contrasts, values = np.einsum("np,tnp->tn", weights, y).reshape(shape), x.reshape(shape)
    values = values - values.mean(axis=2, keepdims=True)
    spread = np.sum(values**2, axis=2)
    slopes = np.sum(values * contrasts, axis=2) / spread
    rest = contrasts - contrasts.mean(axis=2, keepdims=True) - slopes[:, :, None] * values
    variance = np.sum(rest**2, axis=2) / (trial.per_sequence - 2) / spread
    return np.asarray(np.abs(slopes.sum(axis=1)) / np.sqrt(variance.sum(axis=1)))


def planned_groups(share: float, difference: float) -> Draw:
    """The same share of each sequence has the moderator; the number of people has to be whole."""

    def draw(rng: np.random.Generator, shape: Shape) -> tuple[Matrix, Matrix]:
        x = np.zeros(shape)
        x[:, :, : round(share * shape[2])] = 1.0
        return x, difference * x

    return draw


def random_groups(share: float, difference: float) -> Draw:
    def draw(rng: np.random.Generator, shape: Shape) -> tuple[Matrix, Matrix]:
        x = (rng.random(shape) < share).astype(float)
        return x, difference * x

    return draw


def classed(share: float, difference: float, sensitivity: float, specificity: float, *, stratified: bool) -> Draw:
    """People are classed by a test that errs; the effect follows what is true of them."""
    observed = sensitivity * share + (1 - specificity) * (1 - share)
    positive, negative = sensitivity * share / observed, specificity * (1 - share) / (1 - observed)

    def draw(rng: np.random.Generator, shape: Shape) -> tuple[Matrix, Matrix]:
        x, _ = (planned_groups if stratified else random_groups)(observed, 1.0)(rng, shape)
        chance = np.where(x == 1, positive, 1 - negative)
        return x, np.asarray(difference * (rng.random(shape) < chance), dtype=float)

    return draw


def values(slope: float, reliability: float = 1.0) -> Draw:
    """Values whose SD as measured is 1; the effect follows the true value."""

    def draw(rng: np.random.Generator, shape: Shape) -> tuple[Matrix, Matrix]:
        true = reliability**0.5 * rng.standard_normal(shape)
        return np.asarray(true + (1 - reliability) ** 0.5 * rng.standard_normal(shape)), np.asarray(slope * true)

    return draw


def rejected(trial: Trial, seed: int, analyse: Any = by_least_squares, df: float | None = None) -> NDArray[np.bool_]:
    rng, found = np.random.default_rng(seed), []
    shape = (BATCH, len(trial.sequences), trial.per_sequence)
    for _ in range(TRIALS // BATCH):
        x, effects = (one.reshape(BATCH, -1) for one in trial.draw(rng, shape))
        t = analyse(trial, x, trial.outcomes(rng, effects))
        t, freedom = t if isinstance(t, tuple) else (t, df)
        found.append(t > stats.t.ppf(0.975, freedom))
    return np.concatenate(found)


def planned(trial: Trial, moderator: dict[str, Any], **analysis: Any) -> Any:
    return size(
        read_plan(
            {
                "design": {"sequences": list(trial.sequences)},
                "outcome": {"kind": "continuous", "within_subject_sd": 1.0, "individual_response_sd": trial.individual_sd},
                "question": {"kind": "moderator", "treatment": "A", "comparator": "B", "moderator": moderator},
                "analysis": {"adjust_for_carryover": trial.carryover} | analysis,
                "solve": {"for": "power", "n_evaluable": len(trial.given)},
            }
        )
    )


def agrees(found: NDArray[np.bool_], power: float) -> bool:
    """Within four Monte Carlo standard errors, each at most 0.003."""
    error = float(np.sqrt(power * (1 - power) / len(found)))
    assert error <= 0.003
    return bool(abs(found.mean() - power) <= 4 * error)


def binary(share: float, difference: float, **more: Any) -> dict[str, Any]:
    return {"kind": "binary", "prevalence": share, "difference_in_effect": difference} | more


def continuous(slope: float, **more: Any) -> dict[str, Any]:
    return {"kind": "continuous", "moderator_sd": 1.0, "slope": slope} | more


GROUPS = [
    ("AB/BA", Trial(("AB", "BA"), 60, planned_groups(0.3, 0.8)), binary(0.3, 0.8), 1),
    ("ABB/BAA with carry-over", Trial(("ABB", "BAA"), 40, planned_groups(0.25, 0.7), carryover=True), binary(0.25, 0.7), 2),
    ("3 × 3 Latin square", Trial(LATIN, 20, planned_groups(0.4, 0.9)), binary(0.4, 0.9), 3),
    ("Balaam", Trial(BALAAM, 20, planned_groups(0.5, 1.1)), binary(0.5, 1.1), 4),
]


@pytest.mark.parametrize(("name", "trial", "moderator", "seed"), GROUPS, ids=[row[0] for row in GROUPS])
def test_the_interaction_with_planned_groups_has_the_planned_power(name: str, trial: Trial, moderator: dict[str, Any], seed: int) -> None:
    answer = planned(trial, moderator)

    assert agrees(rejected(trial, seed), answer.power)
    assert by_least_squares(trial, *_one(trial))[1][0] == answer.degrees_of_freedom


def _one(trial: Trial) -> tuple[Matrix, Matrix]:
    rng = np.random.default_rng(0)
    x, effects = (one.reshape(1, -1) for one in trial.draw(rng, (1, len(trial.sequences), trial.per_sequence)))
    return x, trial.outcomes(rng, effects)


RANDOM = [
    ("AB/BA with four people in a cell", Trial(("AB", "BA"), 20, random_groups(0.2, 1.6)), binary(0.2, 1.6), 11),
    ("AB/BA", Trial(("AB", "BA"), 40, random_groups(0.3, 1.0)), binary(0.3, 1.0), 12),
    ("3 × 3 Latin square", Trial(LATIN, 20, random_groups(0.3, 1.0)), binary(0.3, 1.0), 13),
    ("4 × 4 Williams square", Trial(WILLIAMS, 12, random_groups(0.3, 1.1)), binary(0.3, 1.1), 14),
]


@pytest.mark.parametrize(("name", "trial", "moderator", "seed"), RANDOM, ids=[row[0] for row in RANDOM])
def test_groups_left_to_chance_have_the_average_power(name: str, trial: Trial, moderator: dict[str, Any], seed: int) -> None:
    found = rejected(trial, seed)

    assert agrees(found, planned(trial, moderator | {"stratified": False}).power)
    assert not agrees(found, planned(trial, moderator).power)


CLASSED = [
    ("a common moderator", 0.3, 1.0, 0.9, 0.8, 100, 21),
    ("a rare moderator with many false positives", 0.1, 2.2, 0.9, 0.8, 100, 22),
    ("many false negatives", 0.4, 1.3, 0.7, 0.98, 100, 23),
]


@pytest.mark.parametrize("stratified", [True, False])
@pytest.mark.parametrize(("name", "share", "difference", "sensitivity", "specificity", "people", "seed"), CLASSED)
def test_people_who_are_classed_with_error_give_the_planned_power(
    name: str, share: float, difference: float, sensitivity: float, specificity: float, people: int, seed: int, stratified: bool
) -> None:
    trial = Trial(("AB", "BA"), people, classed(share, difference, sensitivity, specificity, stratified=stratified))
    moderator = binary(share, difference, sensitivity=sensitivity, specificity=specificity, stratified=stratified)

    assert agrees(rejected(trial, seed + stratified), planned(trial, moderator).power)


def test_one_variance_for_both_observed_groups_is_too_kind_to_a_rare_moderator() -> None:
    share, difference, sensitivity, specificity = 0.1, 2.2, 0.9, 0.8
    trial = Trial(("AB", "BA"), 100, classed(share, difference, sensitivity, specificity, stratified=True))
    observed = 0.27
    positive, negative = sensitivity * share / observed, specificity * (1 - share) / (1 - observed)
    variance = 2 + difference**2 * (observed * positive * (1 - positive) + (1 - observed) * negative * (1 - negative))
    distance = difference * (positive + negative - 1) * (200 * observed * (1 - observed) / variance) ** 0.5

    pooled = float(stats.nct.sf(stats.t.ppf(0.975, 196), 196, distance))

    assert not agrees(rejected(trial, 23), pooled)


VALUES = [
    ("AB/BA", Trial(("AB", "BA"), 60, values(0.35)), continuous(0.35), 31),
    ("AB/BA of 16", Trial(("AB", "BA"), 8, values(1.5)), continuous(1.5), 32),
    ("3 × 3 Latin square", Trial(LATIN, 12, values(0.6)), continuous(0.6), 33),
    ("4 × 4 Williams square", Trial(WILLIAMS, 8, values(0.7)), continuous(0.7), 34),
    ("ABBA/BAAB with carry-over", Trial(("ABBA", "BAAB"), 15, values(0.6), carryover=True), continuous(0.6), 35),
]


@pytest.mark.parametrize(("name", "trial", "moderator", "seed"), VALUES, ids=[row[0] for row in VALUES])
def test_a_slope_has_the_power_that_is_averaged_over_the_values(name: str, trial: Trial, moderator: dict[str, Any], seed: int) -> None:
    answer = planned(trial, moderator)

    assert agrees(rejected(trial, seed), answer.power)
    assert by_least_squares(trial, *_one(trial))[1][0] == answer.degrees_of_freedom


def test_a_value_measured_with_error_has_the_planned_power() -> None:
    trial = Trial(("AB", "BA"), 60, values(0.45, 0.7))

    assert agrees(rejected(trial, 36), planned(trial, continuous(0.45, reliability=0.7)).power)


def test_forgetting_that_the_moderator_also_changes_the_period_effect_fails_the_same_test() -> None:
    trial = Trial(("AB", "BA"), 60, values(0.35))

    forgotten = float(stats.nct.sf(stats.t.ppf(0.975, 116), 116, 0.35 * (119 / 2) ** 0.5))

    assert not agrees(rejected(trial, 31), forgotten)


INDIVIDUAL = [
    ("ABBA/BAAB", ("ABBA", "BAAB"), 20, 0.25),
    ("Balaam", BALAAM, 20, 0.4),
    ("4 × 4 Williams square", WILLIAMS, 12, 0.5),
]


@pytest.mark.parametrize("difference", [1.1, 0.0])
@pytest.mark.parametrize(("name", "sequences", "people", "share"), INDIVIDUAL)
def test_subject_contrasts_keep_power_and_size_under_individual_responses(
    name: str, sequences: tuple[str, ...], people: int, share: float, difference: float
) -> None:
    trial = Trial(sequences, people, planned_groups(share, difference), individual_sd=1.0)
    answer = planned(trial, binary(share, difference))

    assert agrees(rejected(trial, 41, by_subject_contrasts, answer.degrees_of_freedom), answer.power)


@pytest.mark.parametrize(("sequences", "people"), [(("ABBA", "BAAB"), 20), (WILLIAMS, 10), (LATIN, 12)])
def test_slopes_of_subject_contrasts_have_the_planned_power(sequences: tuple[str, ...], people: int) -> None:
    trial = Trial(sequences, people, values(0.6), individual_sd=1.0)
    answer = planned(trial, continuous(0.6))

    assert agrees(rejected(trial, 42, by_subject_contrasts, answer.degrees_of_freedom), answer.power)


def test_the_pooled_residual_is_too_small_for_an_interaction_under_individual_responses() -> None:
    trial = Trial(("ABBA", "BAAB"), 20, planned_groups(0.5, 0.0), individual_sd=1.0)

    assert rejected(trial, 43).mean() > 0.09


@pytest.mark.parametrize("compare", [("x", "z"), None])
def test_three_groups_in_a_latin_square_have_the_planned_power(compare: tuple[str, str] | None) -> None:
    shares, effects = {"x": 0.25, "y": 0.25, "z": 0.5}, {"x": 0.9, "y": 0.3, "z": 0.0}
    periods = 3
    trial = Trial(LATIN, 20, planned_groups(1.0, 0.0))
    level = np.tile(np.repeat([0, 1, 2], [5, 5, 10]), 3)
    w = trial.columns()
    full = np.concatenate([w * (level == one)[:, None, None] for one in range(3)], axis=2).reshape(len(w) * periods, -1)
    moderator: dict[str, Any] = {"kind": "categorical", "shares": shares, "effects": effects}
    answer = planned(trial, moderator | ({"compare": list(compare)} if compare else {}))
    rng, found = np.random.default_rng(51), []

    inverse, k = np.linalg.inv(full.T @ full), w.shape[2]
    # A − B is the first column of each level
    hypothesis = np.zeros((1 if compare else 2, full.shape[1]))
    for row, (one, other) in enumerate([(0, 2)] if compare else [(0, 2), (1, 2)]):
        hypothesis[row, one * k], hypothesis[row, other * k] = 1.0, -1.0
    middle = np.linalg.inv(hypothesis @ inverse @ hypothesis.T)
    df = float(len(w) * (periods - 1) - full.shape[1])
    critical = stats.f.ppf(0.95, len(hypothesis), df)
    for _ in range(TRIALS // BATCH):
        y = trial.outcomes(rng, np.broadcast_to(np.array([0.9, 0.3, 0.0])[level], (BATCH, len(level)))).reshape(BATCH, -1)
        fit = y @ full @ inverse
        residual = np.sum(y**2, axis=1) - np.einsum("ti,ij,tj->t", fit, full.T @ full, fit)
        tested = fit @ hypothesis.T
        f = np.einsum("ti,ij,tj->t", tested, middle, tested) / len(hypothesis) / (residual / df)
        found.append(f > critical)

    assert df == answer.degrees_of_freedom
    assert agrees(np.concatenate(found), answer.power)


@pytest.mark.parametrize(("sensitivity", "specificity"), [(1.0, 1.0), (0.9, 0.8)])
def test_groups_of_a_parallel_trial_have_the_planned_power(sensitivity: float, specificity: float) -> None:
    share, difference, people = 0.3, 1.4, 100  # in each arm; only what the treatment does depends on the moderator
    draw = classed(share, difference, sensitivity, specificity, stratified=True) if sensitivity < 1 else planned_groups(share, difference)
    moderator = binary(share, difference, sensitivity=sensitivity, specificity=specificity)
    answer = size(
        read_plan(
            {
                "design": {"name": "parallel"},
                "outcome": {"kind": "continuous", "total_sd": 1.0},
                "question": {"kind": "moderator", "treatment": "A", "comparator": "B", "moderator": moderator},
                "solve": {"for": "power", "n_evaluable": 2 * people},
            }
        )
    )
    rng, found = np.random.default_rng(61), []

    for _ in range(TRIALS // BATCH):
        x, effects = draw(rng, (BATCH, 2, people))
        y = rng.standard_normal(x.shape) + effects * np.array([1.0, 0.0])[:, None]
        n = np.stack([x.sum(axis=2), (1 - x).sum(axis=2)], axis=2)
        means = np.stack([(x * y).sum(axis=2), ((1 - x) * y).sum(axis=2)], axis=2) / n
        rest = y - np.where(x == 1, means[:, :, :1], means[:, :, 1:])
        residual = np.sum(rest**2, axis=(1, 2)) / (2 * people - 4)
        t = (means[:, 0, 0] - means[:, 0, 1] - means[:, 1, 0] + means[:, 1, 1]) / np.sqrt(residual * np.sum(1 / n, axis=(1, 2)))
        found.append(np.abs(t) > stats.t.ppf(0.975, 2 * people - 4))

    assert answer.degrees_of_freedom == 2 * people - 4
    assert answer.power is not None
    assert agrees(np.concatenate(found), answer.power)
