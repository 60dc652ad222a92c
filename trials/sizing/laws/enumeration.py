"""Two binomial numbers enumerated: the chance that a test of two proportions rejects, without the normal distribution."""

import numpy as np
from scipy import special, stats

MOST_OUTCOMES = 4_000_000
LEFT_OUT = 1e-13


def chance_of_rejection(
    sizes: tuple[int, int], probabilities: tuple[float, float], boundary: float, alpha: float, sides: int, *, up: bool, pooled: bool
) -> float | None:
    """The chance that the z test of a difference of two proportions rejects.

    Parameters
    ----------
    sizes, probabilities
        People in each group and their probability of the outcome.
    boundary : float
        The difference that is tested, first less second.
    alpha : float
    sides : {1, 2}
    up : bool
        Whether a one-sided test looks for a difference above the boundary.
    pooled : bool
        Whether the test takes its variance from all people together.

    Returns
    -------
    float or None
        None where there are more outcomes than can be added up while one waits. Outcomes without variance reject when they lie beyond the boundary.
    """
    ranges, chances = [], []
    for size, probability in zip(sizes, probabilities, strict=True):
        low, high = (int(stats.binom.ppf(tail, size, probability)) for tail in (LEFT_OUT, 1.0 - LEFT_OUT))
        found = np.arange(max(low, 0), high + 1)
        ranges.append(found)
        chances.append(stats.binom.pmf(found, size, probability))
    if len(ranges[0]) * len(ranges[1]) > MOST_OUTCOMES:
        return None
    first, second = np.meshgrid(ranges[0] / sizes[0], ranges[1] / sizes[1], indexing="ij")
    if pooled:
        mean = np.add.outer(ranges[0], ranges[1]) / sum(sizes)
        variance = mean * (1.0 - mean) * (1.0 / sizes[0] + 1.0 / sizes[1])
    else:
        variance = first * (1.0 - first) / sizes[0] + second * (1.0 - second) / sizes[1]
    beyond = (first - second - boundary) * (1.0 if up else -1.0)
    if sides == 2:
        beyond = np.abs(beyond)
    rejected = beyond > np.maximum(-special.ndtri(alpha / sides) * np.sqrt(variance), 1e-12)
    return float(min(chances[0] @ rejected @ chances[1], 1.0))
