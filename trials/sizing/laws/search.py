"""The smallest balanced n: whole allocation units only, by galloping from a guess and then halving."""

from collections.abc import Callable
from math import ceil
from typing import Any

import numpy as np


def smallest_units(reached: Callable[[int], bool], first: int, last: int, guess: int) -> int | None:
    """The smallest number of units that is enough.

    Parameters
    ----------
    reached : callable
        Whether so many units are enough; once true, true for more.
    first, last : int
        The range that is searched, both included.
    guess : int
        Where to start; a good one saves time, a bad one costs no correctness.

    Returns
    -------
    int or None
        None when even the last is not enough.
    """
    at = min(max(guess, first), last)
    step = 1
    if reached(at):
        high, low = at, first - 1
        while high > first:
            lower = max(high - step, first)
            if not reached(lower):
                low = lower
                break
            high, step = lower, step * 2
    else:
        low, high = at, last + 1
        while low < last:
            higher = min(low + step, last)
            if reached(higher):
                high = higher
                break
            low, step = higher, step * 2
        if high > last:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        if reached(middle):
            high = middle
        else:
            low = middle
    return high


def smallest_units_many(reached: Callable[[Any, Any], Any], first: Any, last: Any, guess: Any) -> Any:
    """The same for many cases at once.

    Parameters
    ----------
    reached : callable
        Takes the indices of the cases still open and units for each; returns an array of bool.
    first, last, guess : array of int
        By case.

    Returns
    -------
    array of int
        Units by case; 0 where even the last is not enough.
    """
    first, last = np.asarray(first, dtype=np.int64), np.asarray(last, dtype=np.int64)
    at = np.clip(np.asarray(guess, dtype=np.int64), first, last)
    low, high = first - 1, last + 1
    cases = np.arange(len(at))
    step = np.ones_like(at)
    enough = np.asarray(reached(cases, at))
    upward = ~enough
    high, low = np.where(enough, at, high), np.where(enough, low, at)
    # gallop until each case is enclosed
    open_ = cases[np.where(upward, at < last, at > first)]
    while len(open_):
        up = upward[open_]
        probe = np.where(up, np.minimum(low[open_] + step[open_], last[open_]), np.maximum(high[open_] - step[open_], first[open_]))
        enough = np.asarray(reached(open_, probe))
        high[open_[enough]], low[open_[~enough]] = probe[enough], probe[~enough]
        step[open_] *= 2
        turned = enough == up
        at_end = np.where(up, probe >= last[open_], probe <= first[open_])
        open_ = open_[~(turned | at_end)]
    # then halve what is left between
    open_ = cases[(high - low > 1) & (high <= last)]
    while len(open_):
        middle = (low[open_] + high[open_]) // 2
        enough = np.asarray(reached(open_, middle))
        high[open_[enough]], low[open_[~enough]] = middle[enough], middle[~enough]
        open_ = open_[high[open_] - low[open_] > 1]
    return np.where(high > last, 0, high)


def halve(reached: Callable[[float], bool], low: float, high: float) -> float:
    """The largest x between low (enough) and high (not enough) that is enough, to the last digits of a float."""
    for _ in range(200):
        middle = (low + high) / 2.0
        if middle in {low, high}:
            break
        if reached(middle):
            low = middle
        else:
            high = middle
    return low


def units(n: float, unit: int) -> int:
    """Whole units that hold at least n people."""
    return max(1, ceil(n / unit - 1e-9))
