"""The information matrix against the whole design matrix of a small trial, for any sequences."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from trials.sizing.analysis import Analysis
from trials.sizing.attrition import Attrition
from trials.sizing.design import Design
from trials.sizing.information import information
from trials.sizing.outcome import AdditiveOutcome

Matrix = NDArray[np.float64]
PER_SEQUENCE = 3


@st.composite
def designs(draw: st.DrawFn) -> tuple[str, ...]:
    letters, periods = "ABCD"[: draw(st.integers(2, 4))], draw(st.integers(2, 5))
    sequences = draw(st.lists(st.text(letters, min_size=periods, max_size=periods), min_size=1, max_size=6))
    text = "".join(sequences)
    return (*sequences, "AB" + "A" * (periods - 2)) if not {"A", "B"} <= set(text) else tuple(sequences)


def whole_model(sequences: tuple[str, ...], carryover: bool, subjects: bool) -> tuple[Matrix, list[str]]:
    """One row a measurement: period and treatment columns, carry-over where asked, and a column for each person or each sequence."""
    letters = sorted(set("".join(sequences)))
    given = [(number, sequence) for number, sequence in enumerate(sequences) for _ in range(PER_SEQUENCE)]
    rows = []
    for person, (number, sequence) in enumerate(given):
        for period, letter in enumerate(sequence):
            row = [float(letter == other) for other in letters]
            if carryover:
                row += [float(period > 0 and sequence[period - 1] == other) for other in letters]
            row += [float(period == other) for other in range(len(sequence))]
            block = range(len(given)) if subjects else range(len(sequences))
            row += [float(other == (person if subjects else number)) for other in block]
            rows.append(row)
    return np.array(rows), letters


def covariance_of_all(sequences: tuple[str, ...], between: float, psi: float, phi: float) -> Matrix:
    letters, periods = sorted(set("".join(sequences))), len(sequences[0])
    lags = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
    blocks = []
    for sequence in sequences:
        z = np.array([[float(letter == other) for other in letters] for letter in sequence])
        blocks += [(np.power(phi, lags) if phi else np.eye(periods)) + between**2 + psi**2 / 2 * z @ z.T] * PER_SEQUENCE
    size = len(blocks) * periods
    whole = np.zeros((size, size))
    for place, block in enumerate(blocks):
        whole[place * periods : (place + 1) * periods, place * periods : (place + 1) * periods] = block
    return whole


def contrast_of(letters: list[str], columns: int) -> Matrix:
    a = np.zeros(columns)
    a[letters.index("A")], a[letters.index("B")] = 1.0, -1.0
    return a


def estimable(x: Matrix, a: Matrix) -> bool:
    return bool(np.linalg.matrix_rank(np.vstack([x, a])) == np.linalg.matrix_rank(x))


def ours(sequences: tuple[str, ...], outcome: dict[str, Any], **analysis: Any) -> Any:
    found = information(Design(sequences=sequences), AdditiveOutcome(within_subject_sd=1.0, **outcome), Analysis(**analysis), Attrition())
    return found.contrast({"A": 1.0, "B": -1.0})


@given(sequences=designs(), carryover=st.booleans(), psi=st.sampled_from([0.0, 0.7]), phi=st.sampled_from([0.0, 0.4, -0.3]))
def test_least_squares_has_the_variance_of_the_whole_model(sequences: tuple[str, ...], carryover: bool, psi: float, phi: float) -> None:
    x, letters = whole_model(sequences, carryover, subjects=True)
    a = contrast_of(letters, x.shape[1])

    found = ours(sequences, {"individual_response_sd": psi, "autocorrelation": phi}, adjust_for_carryover=carryover)

    assert (found.reason is None) == estimable(x, a)
    if found.reason is None:
        weights = x @ np.linalg.pinv(x.T @ x) @ a
        people = len(sequences) * PER_SEQUENCE
        assert found.variance == pytest.approx(people * weights @ covariance_of_all(sequences, 0.0, psi, phi) @ weights, rel=1e-8)


@given(sequences=designs(), carryover=st.booleans(), psi=st.sampled_from([0.0, 0.7]), between=st.sampled_from([0.0, 0.5, 2.0]))
def test_generalised_least_squares_has_the_variance_of_the_whole_model(
    sequences: tuple[str, ...], carryover: bool, psi: float, between: float
) -> None:
    x, letters = whole_model(sequences, carryover, subjects=False)
    a = contrast_of(letters, x.shape[1])
    outcome = {"individual_response_sd": psi, "between_subject_sd": between}

    found = ours(sequences, outcome, adjust_for_carryover=carryover, estimator="generalised_least_squares")

    assert (found.reason is None) == estimable(x, a)
    if found.reason is None:
        inverse = np.linalg.pinv(x.T @ np.linalg.inv(covariance_of_all(sequences, between, psi, 0.0)) @ x)
        assert found.variance == pytest.approx(len(sequences) * PER_SEQUENCE * a @ inverse @ a, rel=1e-8)


@given(sequences=designs(), between=st.sampled_from([0.5, 2.0]))
def test_without_sequence_effects_nothing_is_lost_and_often_something_gained(sequences: tuple[str, ...], between: float) -> None:
    with_them = ours(sequences, {"between_subject_sd": between}, estimator="generalised_least_squares")
    without = ours(sequences, {"between_subject_sd": between}, sequence_effects=False)

    assert without.variance <= with_them.variance * (1 + 1e-9)


@given(sequences=designs(), n=st.integers(4, 100))
def test_satterthwaite_lies_between_the_smallest_sequence_and_all_of_them(sequences: tuple[str, ...], n: int) -> None:
    found = ours(sequences, {"individual_response_sd": 0.5}, degrees_of_freedom="satterthwaite")

    if found.reason is None:
        total = float(n * len(sequences))
        assert n - 1 - 1e-9 <= found.degrees_of_freedom.at(total) <= total - len(found.degrees_of_freedom.shares) + 1e-9
        many = found.degrees_of_freedom.at(np.array([total, 2 * total]))
        assert many[0] == pytest.approx(found.degrees_of_freedom.at(total))
        assert many[1] > many[0]
