"""The properties of designs, against published constants, a full model by numpy's least squares, and what must not change them."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trials.sizing.design import Design
from trials.sizing.families import incomplete, latin_square, williams
from trials.sizing.properties import Properties, properties

# Jones & Kenward, Design and Analysis of Cross-Over Trials: sequences; variance factor plain and with carry-over in the model; bias for
# each unit by which the carry-over effects differ; balanced, strongly balanced, uniform within sequences, within periods
PUBLISHED: list[tuple[str, float | None, float | None, float | None, tuple[bool, bool, bool, bool]]] = [
    ("AB/BA", 2, None, -1 / 2, (True, False, True, True)),
    ("AB/BA/AA/BB", 4, 8, -1 / 2, (True, True, False, True)),
    ("ABB/BAA", 1.5, 1.5, 0, (True, True, False, True)),
    ("ABA/BAB", 1.5, 6, -3 / 4, (True, False, False, True)),
    ("ABBA/BAAB", 1, 1.1, -1 / 4, (True, False, True, True)),
    ("AABB/BBAA", 1, 1.1, 1 / 4, (True, False, True, True)),
    ("AABB/BBAA/ABBA/BAAB", 1, 1, 0, (True, True, True, True)),
    ("/".join(williams(3)), 2, 2.5, -1 / 3, (True, False, True, True)),
    ("/".join(williams(4)), 2, 2.2, -1 / 4, (True, False, True, True)),
    ("/".join(latin_square(3)), 2, 10, -1 / 3, (False, False, True, True)),
    ("/".join(incomplete(3, 2)), 4, 16, -1 / 2, (True, False, False, True)),
    ("AB", None, None, None, (False, False, True, False)),
    ("AA/BB", None, None, None, (False, False, False, True)),
]


def of(text: str, allocation: tuple[int, ...] = ()) -> Properties:
    sequences = tuple(text.split("/"))
    return properties(Design(sequences=sequences, allocation=allocation or (1,) * len(sequences)))


@pytest.mark.parametrize(("text", "plain", "fitted", "bias", "shape"), PUBLISHED, ids=[row[0][:24] for row in PUBLISHED])
def test_variance_bias_and_balance_are_the_published_ones(
    text: str, plain: float | None, fitted: float | None, bias: float | None, shape: tuple[bool, bool, bool, bool]
) -> None:
    found = of(text)

    assert found.variance_factor == (None if plain is None else pytest.approx(plain, rel=1e-9))
    assert found.variance_factor_with_carryover == (None if fitted is None else pytest.approx(fitted, rel=1e-9))
    assert found.carryover_bias == (None if bias is None else pytest.approx(bias, abs=1e-9))
    assert (found.balanced_for_carryover, found.strongly_balanced, found.uniform_within_sequences, found.uniform_within_periods) == shape


@pytest.mark.parametrize("treatments", range(3, 9))
def test_williams_designs_keep_the_published_efficiency_when_carryover_is_fitted(treatments: int) -> None:
    found = of("/".join(williams(treatments)))

    assert found.efficiency == pytest.approx(1)
    assert found.efficiency_with_carryover == pytest.approx(1 - 1 / (treatments**2 - treatments - 1), rel=1e-9)


def test_the_efficiency_of_balanced_incomplete_blocks_is_the_classic_factor() -> None:
    pairs_of_three, threes_of_four = of("/".join(incomplete(3, 2))), of("/".join(incomplete(4, 3)))

    assert pairs_of_three.efficiency == pytest.approx(3 / 4)  # λt/(rk) with λ = 1, r = 2, k = 2
    assert threes_of_four.efficiency == pytest.approx(8 / 9)  # with λ = 2, r = 3, k = 3


def test_ab_ba_says_why_it_tells_no_carryover() -> None:
    found = of("AB/BA")

    assert found.reason is None
    assert "cannot separate carry-over" in (found.reason_with_carryover or "")
    assert found.price_of_carryover is None
    assert of("ABBA/BAAB").price_of_carryover == pytest.approx(1.1)


@pytest.mark.parametrize("name", ["n_of_1", "parallel", "single_arm"])
def test_what_is_no_crossover_in_sequences_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no sequences of two periods"):
        properties(Design(name=name))


def by_least_squares(sequences: tuple[str, ...], allocation: tuple[int, ...]) -> tuple[float, float | None, float]:
    """Variance factors without and with carry-over, and the bias, from the whole model with a column for each person."""
    people = [sequence for sequence, count in zip(sequences, allocation, strict=True) for _person in range(count)]
    letters = sorted(set("".join(sequences)))
    periods = len(sequences[0])
    rows = [(person, period) for person in range(len(people)) for period in range(periods)]
    subject = np.array([[float(person == one) for one in range(len(people))] for person, _ in rows])
    period = np.array([[float(at == one) for one in range(1, periods)] for _, at in rows])
    direct = np.array([[float(people[person][at] == letter) for letter in letters] for person, at in rows])
    carried = np.array([[float(at > 0 and people[person][at - 1] == letter) for letter in letters] for person, at in rows])

    plain = np.hstack([direct, subject, period])
    fitted = np.hstack([direct, carried, subject, period])
    variances: list[list[float]] = [[], []]
    moved = []
    for one, other in combinations(range(len(letters)), 2):
        for model, found in zip((plain, fitted), variances, strict=True):
            contrast = np.zeros(model.shape[1])
            contrast[[one, other]] = 1, -1
            weights, *_ = np.linalg.lstsq(model.T, contrast, rcond=None)
            if np.allclose(model.T @ weights, contrast, atol=1e-7):
                found.append(len(people) * float(weights @ weights))
        contrast = np.zeros(plain.shape[1])
        contrast[[one, other]] = 1, -1
        weights, *_ = np.linalg.lstsq(plain.T, contrast, rcond=None)
        moved.append(float(weights @ (carried[:, one] - carried[:, other])) / 2)
    pairs = len(moved)
    means = [float(np.mean(found)) if len(found) == pairs else None for found in variances]
    assert means[0] is not None
    return means[0], means[1], float(np.mean(moved))


designs = st.integers(2, 4).flatmap(
    lambda treatments: st.integers(2, 4).flatmap(
        lambda periods: st.lists(
            st.text("ABCD"[:treatments], min_size=periods, max_size=periods), min_size=2, max_size=6, unique=True
        ).flatmap(
            lambda sequences: st.tuples(
                st.just(tuple(sequences)), st.lists(st.integers(1, 3), min_size=len(sequences), max_size=len(sequences)).map(tuple)
            )
        )
    )
)
compares = designs.filter(lambda design: len(set("".join(design[0]))) > 1)


def found_for(design: tuple[tuple[str, ...], tuple[int, ...]]) -> Properties:
    return properties(Design(sequences=design[0], allocation=design[1]))


@settings(max_examples=60, deadline=None)
@given(compares)
def test_any_design_agrees_with_the_whole_model_fitted_by_least_squares(design: tuple[tuple[str, ...], tuple[int, ...]]) -> None:
    found = found_for(design)
    if found.variance_factor is None:
        return

    plain, fitted, bias = by_least_squares(*design)

    assert found.variance_factor == pytest.approx(plain, rel=1e-6)
    assert found.variance_factor_with_carryover == (None if fitted is None else pytest.approx(fitted, rel=1e-6))
    assert found.carryover_bias == pytest.approx(bias, abs=1e-7)


@settings(max_examples=60, deadline=None)
@given(compares)
def test_efficiency_is_a_share_and_carryover_in_the_model_never_helps(design: tuple[tuple[str, ...], tuple[int, ...]]) -> None:
    found = found_for(design)

    assert found.efficiency is None or 0 < found.efficiency <= 1 + 1e-9
    if found.price_of_carryover is not None:
        assert found.price_of_carryover >= 1 - 1e-9


@settings(max_examples=60, deadline=None)
@given(compares, st.randoms(use_true_random=False))
def test_other_letters_and_another_order_of_the_sequences_change_nothing(
    design: tuple[tuple[str, ...], tuple[int, ...]], chance: Any
) -> None:
    sequences, allocation = design
    letters = sorted(set("".join(sequences)))
    renamed = str.maketrans(dict(zip(letters, chance.sample("ABCDEFGH", len(letters)), strict=True)))
    rows = [(sequence.translate(renamed), share) for sequence, share in zip(sequences, allocation, strict=True)]
    chance.shuffle(rows)

    before = found_for(design)
    after = found_for((tuple(sequence for sequence, _ in rows), tuple(share for _, share in rows)))

    numbers = ("variance_factor", "variance_factor_with_carryover", "carryover_bias", "ideal_variance_factor")
    for name in numbers:
        expected = getattr(before, name)
        assert getattr(after, name) == (None if expected is None else pytest.approx(expected, rel=1e-7, abs=1e-9))
    shapes = ("balanced_for_carryover", "strongly_balanced", "uniform_within_sequences", "uniform_within_periods")
    assert [getattr(after, name) for name in shapes] == [getattr(before, name) for name in shapes]
