"""Choose and rank ten, as priority setting partnerships of the James Lind Alliance do in their interim round.

Rank 1 earns a gap 10 points … rank 10 earns 1. Points are summed within each constituency (people with pain, carers, clinicians …) and
turned into positions there; the positions are what is combined, each constituency counting the same, so that a small group weighs
as much as a large one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gaps.priority import ranks

if TYPE_CHECKING:
    from gaps.priority.ranks import Floats

MOST_RANKED = 10


@dataclass(frozen=True)
class Ranked:
    """What a round says of one gap: its position in each constituency, the mean of them (the smaller, the earlier), and its rank."""

    positions: dict[str, float]
    points: dict[str, int]
    mean_position: float
    answers: int
    rank: float
    rank_low: float | None
    rank_high: float | None


def points_of(rank: int) -> int:
    """The points of a rank.

    Examples
    --------
    >>> points_of(1), points_of(10)
    (10, 1)
    """
    return MOST_RANKED + 1 - rank


def score(points: Mapping[str, Floats], *, seed: int) -> list[Ranked]:
    """Rank gaps from the points of each ballot, with a bootstrap interval of each rank.

    Parameters
    ----------
    points
        For each constituency that may vote, ballots × gaps: 10 for the first choice … 1 for the tenth, 0 for what was not chosen.
    seed
        From `ranks.seed_of`, so that the same ballots give the same intervals.

    Notes
    -----
    Gaps with equal points share the mean of their positions, and so do gaps with equal mean positions. Ballots are resampled within their
    constituency. Intervals are given once every constituency that voted has five ballots: a group of one would never vary, and yet
    weigh as much as the others.
    """
    import numpy as np

    voting = {name: ranks.sorted_rows(rows) for name, rows in sorted(points.items()) if len(rows)}
    if not voting:
        return []
    totals = {name: rows.sum(axis=0) for name, rows in voting.items()}
    placed = {name: ranks.positions(total) for name, total in totals.items()}
    mean = np.mean(list(placed.values()), axis=0)
    rank = ranks.positions(-mean)
    between: Sequence[tuple[float | None, float | None]] = [(None, None)] * len(mean)
    if all(len(rows) >= ranks.FEWEST for rows in voting.values()):
        rng = np.random.default_rng(seed)
        drawn = [ranks.positions(ranks.resamples(rng, len(rows)) @ rows) for rows in voting.values()]
        between = ranks.intervals(ranks.positions(-np.mean(drawn, axis=0)))
    chosen = np.sum([(rows > 0).sum(axis=0) for rows in voting.values()], axis=0)

    return [
        Ranked(
            positions={name: float(values[gap]) for name, values in placed.items()},
            points={name: int(total[gap]) for name, total in totals.items()},
            mean_position=float(mean[gap]),
            answers=int(chosen[gap]),
            rank=float(rank[gap]),
            rank_low=between[gap][0],
            rank_high=between[gap][1],
        )
        for gap in range(len(mean))
    ]
