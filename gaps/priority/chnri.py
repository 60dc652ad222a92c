"""Scores on criteria, by the method of the Child Health and Nutrition Research Initiative (Rudan et al., Croat Med J 2008;49:720–33).

Each scorer answers each criterion of each gap with 1 (yes), 0.5 (undecided) or 0 (no), or not at all (not informed enough). A score
is the mean of the answers given, so that "not informed enough" pulls no gap up or down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gaps.priority import ranks

if TYPE_CHECKING:
    from gaps.priority.ranks import Floats

YES, UNDECIDED, NO = 1.0, 0.5, 0.0


@dataclass(frozen=True)
class Scored:
    """What a round says of one gap. Scores are 0–100; none where nobody felt informed enough to answer."""

    criteria: tuple[float | None, ...]
    priority_score: float | None
    agreement: float
    answers: int
    rank: float
    rank_low: float | None
    rank_high: float | None


def score(answers: Floats, weights: Sequence[float], *, seed: int) -> list[Scored]:
    """Score and rank gaps, with a bootstrap interval of each rank.

    Parameters
    ----------
    answers
        Scorers × gaps × criteria; 1, 0.5, 0, or NaN for "not informed enough".
    weights
        One above 0 for each criterion.
    seed
        From `ranks.seed_of`, so that the same answers give the same intervals.

    Notes
    -----
    Criterion score: 100 × mean of the answers given. Research priority score: Σ w·c ÷ Σ w over the criteria that have a score; one that
    nobody answered is left out of both sums rather than counted as 0. Average expert agreement: the mean over criteria of (the count of
    the most frequent response ÷ the number of scorers), where "not informed enough" is a response, too. A resample in which nobody
    answered a gap puts it last. With fewer than five scorers there are no intervals.
    """
    import numpy as np

    people, gaps, criteria = answers.shape
    if not people or not gaps:
        return []
    answers = ranks.sorted_rows(answers.reshape(people, -1)).reshape(answers.shape)
    given = ~np.isnan(answers)
    filled = np.where(given, answers, 0.0)
    weight = np.asarray(weights, dtype=float)

    by_criterion, priority = _scores(filled.sum(axis=0), given.sum(axis=0), weight)
    most_frequent = np.max([(answers == YES).sum(0), (answers == UNDECIDED).sum(0), (answers == NO).sum(0), (~given).sum(0)], axis=0)
    agreement = (most_frequent / people).mean(axis=-1)
    rank = ranks.positions(priority)
    between: Sequence[tuple[float | None, float | None]] = [(None, None)] * gaps
    if people >= ranks.FEWEST:
        drawn = ranks.resamples(np.random.default_rng(seed), people)
        shape = (len(drawn), gaps, criteria)
        sums = (drawn @ filled.reshape(people, -1)).reshape(shape)
        counts = (drawn @ given.reshape(people, -1).astype(float)).reshape(shape)
        between = ranks.intervals(ranks.positions(_scores(sums, counts, weight)[1]))

    return [
        Scored(
            criteria=tuple(_known(value) for value in by_criterion[gap]),
            priority_score=_known(priority[gap]),
            agreement=float(agreement[gap]),
            answers=int(given[:, gap].sum()),
            rank=float(rank[gap]),
            rank_low=between[gap][0],
            rank_high=between[gap][1],
        )
        for gap in range(gaps)
    ]


def _scores(sums: Floats, counts: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Criterion scores and research priority scores, NaN where nobody answered."""
    import numpy as np

    has = counts > 0
    by_criterion = 100 * sums / np.where(has, counts, 1)
    total = (has * weight).sum(axis=-1)
    priority = (by_criterion * has * weight).sum(axis=-1) / np.where(total > 0, total, 1)
    return np.where(has, by_criterion, np.nan), np.where(total > 0, priority, np.nan)


def _known(value: float) -> float | None:
    return None if value != value else float(value)  # noqa: PLR0124  (only NaN differs from itself)
