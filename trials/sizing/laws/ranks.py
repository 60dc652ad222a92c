"""The Wilcoxon–Mann–Whitney test of period differences: how many people it needs, and its power, by the normal distribution."""

from collections.abc import Sequence


def spread_left(tie_fractions: Sequence[float]) -> float:
    """1 − Σt³, the share of the variance of the ranks that ties leave."""
    return max(1.0 - sum(share**3 for share in tie_fractions), 0.0)


def noether_n(
    probability: float, first_share: float, tie_fractions: Sequence[float], alpha: float, sides: int, target_power: float
) -> float:
    """People needed, not rounded; infinite where neither sequence tends to larger differences.

    Parameters
    ----------
    probability : float
        That the difference of somebody in the first sequence exceeds that of somebody in the other, plus half the chance of a tie.
    first_share : float
        Share of people in the first sequence, r.
    tie_fractions : sequence of float
        Shares of people who have one value of the difference in common.

    Notes
    -----
    (z_α + z_β)²·(1 − Σt³)/(12·r(1 − r)·(P − ½)²) (Noether 1987; ties as Zhao, Rahardja and Qu 2008).

    Examples
    --------
    >>> round(noether_n(0.7, 0.5, (), 0.05, 2, 0.8), 1)
    65.4
    """
    from scipy import special

    if probability == 0.5:
        return float("inf")
    z_sum = max(special.ndtri(target_power) - special.ndtri(alpha / sides), 0.0)
    return float(z_sum**2 * spread_left(tie_fractions) / (12.0 * first_share * (1.0 - first_share) * (probability - 0.5) ** 2))


def noether_power(n: float, probability: float, first_share: float, tie_fractions: Sequence[float], alpha: float, sides: int) -> float:
    """Power by the same formula; two sides count rejection in either direction, one side needs a probability above ½.

    Notes
    -----
    Φ(√(12·r(1 − r)·n/(1 − Σt³))·(P − ½) − z_α), and for two sides the same beyond the other critical value.
    """
    from scipy import special

    left = max(spread_left(tie_fractions), 1e-12)
    shift = (12.0 * first_share * (1.0 - first_share) * n / left) ** 0.5 * (probability - 0.5)
    critical = -special.ndtri(alpha / sides)
    return float(min(1.0, special.ndtr(shift - critical) + (special.ndtr(-shift - critical) if sides == 2 else 0.0)))


def most_probable(first_share: float, tie_fractions: Sequence[float]) -> float:
    """The largest P that such ties leave room for.

    Notes
    -----
    Ties between the sequences count half. Of a value that a share t of all people have, a share a of the first sequence and b of the second,
    t = r·a + (1 − r)·b, at least the smallest possible a·b of the pairs are tied, so that P ≤ 1 − ½·max(a·b).
    """

    def tied(share: float) -> float:
        other = ((share - first_share) / (1.0 - first_share), (share - (1.0 - first_share)) / first_share)
        return max(0.0, min(other))

    return 1.0 - 0.5 * max(map(tied, tie_fractions), default=0.0)
