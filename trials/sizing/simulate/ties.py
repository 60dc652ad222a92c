"""Period differences of an ordinal outcome: two groups with a given chance that one exceeds the other, and given ties."""

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

FURTHEST = 8.0  # SDs between the groups and the middle; beyond, nothing of one group is left below the other


@dataclass(frozen=True)
class Differences:
    """Normal differences with the means ±shift, of which those within the same cell between `cuts` take one value.

    `share` of people are in the group with +shift. Cells follow each other; what lies below the first cut and above the last stays continuous.
    """

    shift: float
    cuts: tuple[float, ...]

    @classmethod
    def with_superiority(cls, probability_superior: float, tie_fractions: tuple[float, ...], share: float = 0.5) -> "Differences":
        """The shift that gives this chance of a larger difference in the first group (plus half that of a tie), with these ties.

        Raises
        ------
        ValueError
            Where so many ties leave no room for such a chance.

        Notes
        -----
        Without ties P = Φ(√2·shift). The cells hold `tie_fractions` of both groups together, in the order given, as near to the middle as can be.
        """
        from scipy.optimize import brentq

        def missing(shift: float) -> float:
            return cls(shift, _cuts(shift, tie_fractions, share)).superiority - probability_superior

        if missing(-FURTHEST) > 0 or missing(FURTHEST) < 0:
            most = cls(FURTHEST, _cuts(FURTHEST, tie_fractions, share)).superiority
            raise ValueError(
                f"With these tie_fractions, probability_superior is {most:.3g} at most, not {probability_superior:g}; "
                "so many ties leave no room for so large a difference."
            )
        shift = float(brentq(missing, -FURTHEST, FURTHEST, xtol=1e-12))
        return cls(shift, tuple(_cuts(shift, tie_fractions, share)))

    @property
    def superiority(self) -> float:
        """P(first > second) + ½·P(equal).

        Notes
        -----
        Φ(√2·shift) less, for each cell, the chance that both lie in it in this order, plus half the chance that both lie in it.
        """
        from scipy import special

        nodes, weights = np.polynomial.legendre.leggauss(60)
        found = float(special.ndtr(sqrt(2.0) * self.shift))
        for low, high in zip(self.cuts[:-1], self.cuts[1:], strict=True):
            low_, high_ = max(low, -FURTHEST - 10.0), min(high, FURTHEST + 10.0)
            x = (high_ + low_) / 2.0 + (high_ - low_) / 2.0 * nodes
            density = np.exp(-0.5 * (x - self.shift) ** 2) / sqrt(2.0 * np.pi)
            ordered = (
                float((density * (special.ndtr(x + self.shift) - special.ndtr(low + self.shift)) * weights).sum()) * (high_ - low_) / 2.0
            )
            both = [float(special.ndtr(high - mean) - special.ndtr(low - mean)) for mean in (self.shift, -self.shift)]
            found += both[0] * both[1] / 2.0 - ordered
        return found

    def draw(self, rng: np.random.Generator, shape: Any, group: int) -> NDArray[np.float64]:
        """Differences of the first (0) or the second group (1)."""
        values = rng.standard_normal(shape) + (self.shift if group == 0 else -self.shift)
        if len(self.cuts) < 2:
            return np.asarray(values)
        cell = np.searchsorted(self.cuts, values)  # 0 below all, len(cuts) above all
        middles = np.array([_middle(low, high) for low, high in zip(self.cuts[:-1], self.cuts[1:], strict=True)])
        tied = (cell > 0) & (cell < len(self.cuts))
        return np.asarray(np.where(tied, middles[np.where(tied, cell - 1, 0)], values))


def _cuts(shift: float, tie_fractions: tuple[float, ...], share: float) -> tuple[float, ...]:
    """Quantiles of both groups together between which the cells lie."""
    from scipy import special
    from scipy.optimize import brentq

    if not tie_fractions:
        return ()
    below = max(0.0, 1.0 - sum(tie_fractions)) / 2.0
    wanted = below + np.concatenate([[0.0], np.cumsum(tie_fractions)])
    reach = abs(shift) + 10.0

    def together(x: float) -> float:
        return float(share * special.ndtr(x - shift) + (1.0 - share) * special.ndtr(x + shift))

    found = []
    for chance in wanted:
        if chance <= 1e-12 or chance >= 1.0 - 1e-12:
            found.append(-np.inf if chance <= 0.5 else np.inf)
        else:
            found.append(float(brentq(lambda x, chance=chance: together(x) - chance, -reach, reach)))
    return tuple(float(one) for one in found)


def _middle(low: float, high: float) -> float:
    if np.isinf(low):
        return float(high - 1.0)
    return float(low + 1.0) if np.isinf(high) else float(low + high) / 2.0
