"""The matrices behind the information: what each sequence adds, period by period, for a residual SD of 1.

Notes
-----
Model: y = sequence + subject + period + treatment (+ carry-over of the treatment before) + residual, with covariance within a person
Σ_s = σ_w²·R(φ) + σ_b²·J + (ψ²/2)·Z_s·Z_s', Z_s one indicator column per treatment. Jones & Kenward, *Design and Analysis of
Cross-over Trials*; the information matrix by sequence follows lrstat's `getDesignMeanDiffCarryover`.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RANK_TOLERANCE = 1e-10
Matrix = NDArray[np.float64]


class Model(NamedTuple):
    """All that covariance and degrees of freedom depend on once the residual SD is 1: the key of what is kept in memory."""

    sequences: tuple[str, ...]
    allocation: tuple[float, ...]
    observed: tuple[float, ...] | None
    carryover: bool
    sequence_effects: bool
    estimator: str
    degrees_of_freedom: str
    between: float
    individual: float
    autocorrelation: float


class Matrices(NamedTuple):
    """Per participant, for a residual SD of 1; effects are the treatments, then their carry-over where it is in the model."""

    information: Matrix
    covariance: Matrix  # a generalised inverse: only contrasts mean anything
    working: Matrix  # generalised inverse of the information used for fitting
    by_sequence: Matrix  # (sequences, effects, effects): variance of the fit that each sequence contributes
    periods_per_person: float


def shares_of(allocation: Sequence[float]) -> tuple[float, ...]:
    total = sum(allocation)
    return tuple(share / total for share in allocation)


class Piece(NamedTuple):
    """What those of one sequence show who are seen for the same number of periods."""

    sequence: int
    share: float  # of all people
    seen: Matrix  # (periods, terms): effects first, then the nuisance terms
    weigh: Matrix  # (periods, periods): of the fit
    spread: Matrix  # (periods, periods): true covariance


def pieces_of(model: Model) -> list[Piece]:
    """The rows of the model, sequence by sequence and by the number of periods seen."""
    letters = sorted(set("".join(model.sequences)))
    shares = shares_of(model.allocation)
    periods = len(model.sequences[0])
    paired = model.degrees_of_freedom == "paired"
    probabilities = model.observed or (0.0,) * (periods - 1) + (1.0,)
    generalised = model.estimator == "generalised_least_squares" and periods > 1
    means = (len(model.sequences) if model.sequence_effects else 1) if generalised else 0
    pieces = []
    for s, sequence in enumerate(model.sequences):
        mean = np.zeros((periods, means))
        mean[:, s if means > 1 else 0 : s + 1 if means > 1 else 1] = 1.0
        x = np.hstack([columns_of(sequence, letters, model.carryover, 0 if paired else periods), mean])
        sigma = covariance_of(sequence, letters, model.between, model.individual, model.autocorrelation)
        for j, probability in enumerate(probabilities, start=1):
            if probability <= 0:
                continue
            seen, spread = x[:j], sigma[:j, :j]
            if generalised:
                weigh = inverse_of(spread)
            elif periods == 1:
                weigh = np.eye(1)
            else:
                weigh = np.asarray(np.eye(j) - 1.0 / j)
            pieces.append(Piece(s, shares[s] * probability, seen, weigh, spread))
    return pieces


@lru_cache(maxsize=4096)
def matrices_of(model: Model) -> Matrices:
    effects = len(set("".join(model.sequences))) * (2 if model.carryover else 1)
    pieces = pieces_of(model)
    size = pieces[0].seen.shape[1]
    total = np.zeros((size, size))
    for piece in pieces:
        total += piece.share * (piece.seen.T @ piece.weigh @ piece.seen)
    inverse = generalised_inverse(total)
    by_sequence = np.zeros((len(model.sequences), effects, effects))
    for piece in pieces:
        fit = piece.weigh @ piece.seen @ inverse[:, :effects]
        by_sequence[piece.sequence] += piece.share * (fit.T @ piece.spread @ fit)
    # what the nuisance terms leave of the information on treatments and carry-over
    inner = total[:effects, :effects]
    if size > effects:
        cross = total[:effects, effects:]
        inner = inner - cross @ generalised_inverse(total[effects:, effects:]) @ cross.T
    probabilities = model.observed or (0.0,) * (len(model.sequences[0]) - 1) + (1.0,)
    periods_per_person = float(sum(j * probability for j, probability in enumerate(probabilities, start=1)))
    return Matrices(inner, by_sequence.sum(axis=0), generalised_inverse(inner, float(np.max(total))), by_sequence, periods_per_person)


def columns_of(sequence: str, letters: list[str], carryover: bool, periods: int) -> Matrix:
    """Treatment, carry-over and period columns of one sequence; carry-over is 0 in period 1."""
    direct = np.array([[float(given == letter) for letter in letters] for given in sequence])
    parts = [direct]
    if carryover:
        parts.append(np.vstack([np.zeros(len(letters)), direct[:-1]]))
    if periods:
        parts.append(np.eye(periods))
    return np.hstack(parts)


def covariance_of(sequence: str, letters: list[str], between: float, individual: float, autocorrelation: float) -> Matrix:
    """Σ_s of one person, with a residual SD of 1."""
    periods = len(sequence)
    if periods == 1:
        return np.ones((1, 1))
    lag = np.abs(np.subtract.outer(np.arange(periods), np.arange(periods)))
    direct = columns_of(sequence, letters, carryover=False, periods=0)
    residual = np.power(autocorrelation, lag) if autocorrelation else np.eye(periods)
    return np.asarray(residual + between**2 + individual**2 / 2.0 * (direct @ direct.T))


def inverse_of(spread: Matrix) -> Matrix:
    """Σ⁻¹; where measurements repeat each other to the last digit, what they have in common alone."""
    try:
        return np.asarray(np.linalg.inv(spread))
    except np.linalg.LinAlgError:
        return generalised_inverse(spread)


def generalised_inverse(symmetric: Matrix, scale: float = 0.0) -> Matrix:
    """Moore–Penrose inverse; what is below the tolerance relative to the largest eigenvalue (or `scale`) counts as nothing."""
    values, vectors = np.linalg.eigh((symmetric + symmetric.T) / 2.0)
    kept = values > RANK_TOLERANCE * max(float(values[-1]), scale)
    return np.asarray((vectors[:, kept] / values[kept]) @ vectors[:, kept].T)
