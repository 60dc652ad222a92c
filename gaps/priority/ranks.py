"""Ranks with ties, how sure they are, and the tier that follows.

The interval of a rank is the 95 % percentile interval over bootstrap resamples of the people who answered. The resamples begin
from a number made from the round's name and the answers are sorted before, so that the same answers give the same interval.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RESAMPLES = 1000
FEWEST = 5
"""Below so many ballots a resample hardly differs from the answers themselves: no interval is given, and no tier. Our own choice."""
STABLE = 50
"""Rankings settle at about 55 scorers: below about this many, another group may well rank otherwise."""

Tier = Literal["A", "B", "C"]


def positions(values: Floats) -> Floats:
    """The position of each value along the last axis: 1 for the highest, equal ones share the mean of theirs, NaN comes last.

    Examples
    --------
    >>> import numpy as np
    >>> positions(np.array([70.0, 20.0, 70.0, np.nan])).tolist()
    [1.5, 3.0, 1.5, 4.0]
    """
    import numpy as np

    falling = np.where(np.isnan(values), np.inf, -np.round(values, 9))
    order = np.argsort(falling, axis=-1, kind="stable")
    placed = np.take_along_axis(falling, order, axis=-1)
    count = placed.shape[-1]
    places = np.broadcast_to(np.arange(count), placed.shape)
    differs = placed[..., 1:] != placed[..., :-1]
    edge = np.ones((*placed.shape[:-1], 1), dtype=bool)
    first = np.maximum.accumulate(np.where(np.concatenate([edge, differs], axis=-1), places, 0), axis=-1)
    last_at = np.where(np.concatenate([differs, edge], axis=-1), places, count)
    last = np.minimum.accumulate(last_at[..., ::-1], axis=-1)[..., ::-1]
    found = np.empty(placed.shape)
    np.put_along_axis(found, order, (first + last) / 2 + 1, axis=-1)
    return found


def seed_of(name: str) -> int:
    """The number from which the resamples of a round begin: the same for the same name, in every process."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])


def resamples(rng: np.random.Generator, people: int, times: int = RESAMPLES) -> Floats:
    """How often each of the people is drawn, resamples × people; each resample has as many as there are people."""
    return rng.multinomial(people, [1 / people] * people, size=times).astype(float)


def sorted_rows(rows: Floats) -> Floats:
    """The rows in an order of their own content, so that it does not matter who answered first; NaN counts as below all."""
    import numpy as np

    keys = np.where(np.isnan(rows), -1.0, rows)
    return rows[np.lexsort(keys.T[::-1])] if rows.size else rows


def intervals(ranks: Floats) -> list[tuple[float, float]]:
    """The 95 % percentile interval of each column of resamples × gaps; both ends are ranks that occurred."""
    import numpy as np

    low, high = np.percentile(ranks, (2.5, 97.5), axis=0, method="inverted_cdf")
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]


def tier(low: float, high: float, count: int) -> Tier:
    """The tier of a gap whose rank among so many lies between low and high.

    A when the whole interval lies in the first third of the ranks, C when the whole of it lies in the last third, and B for what
    lies between or cannot be told: a gap is put first or last only where another group of the same people would do so, too.

    Examples
    --------
    >>> tier(1, 5, 17), tier(3, 9, 17), tier(12, 17, 17)
    ('A', 'B', 'C')
    """
    third = -(-count // 3)
    first, last = high <= third, low >= count + 1 - third
    if first == last:
        return "B"
    return "A" if first else "C"
