"""A prior on the scale of the analysis, and what is known at each value that the SD may truly have."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from trials.sizing.question.pairwise import PairwiseQuestion

if TYPE_CHECKING:
    from trials.sizing.information import Information

LEAST = 1e-12


@dataclass(frozen=True)
class Beliefs:
    """A prior on the scale of the analysis; distances are positive on the side that is to be shown, regions are measured from the centre."""

    distances: tuple[float, ...]  # of the centre
    none: tuple[float, ...]  # of no effect
    effect_sd: float
    region: tuple[float, float]
    degrees_of_freedom: float | None

    @property
    def shown(self) -> tuple[float, float]:
        """Where the effect lies on the side that is to be shown."""
        low, high = self.region
        return max(low, -self.distances[0]), min(high, self.distances[1] if len(self.distances) == 2 else inf)

    @property
    def is_whole(self) -> bool:
        return self.region == (-inf, inf)


class Nodes:
    """Everything at each node of the true SD: standard error, degrees of freedom and critical value, shape (nodes,) + shape of n."""

    def __init__(self, question: PairwiseQuestion, information: "Information", degrees_of_freedom: float | None, n: Any) -> None:
        from trials.sizing.laws.averaging import sd_nodes
        from trials.sizing.laws.power import t_critical

        self.ratios, self.weights = sd_nodes(degrees_of_freedom)
        people = np.asarray(n, dtype=float)
        self.shape = (-1,) + (1,) * people.ndim
        if degrees_of_freedom is None or _is_in_proportion(information):
            contrast = question.contrast(information)
            variance, freedom = contrast.variance * self.ratios**2, np.asarray(contrast.degrees_of_freedom.at(people))[None]
        else:
            contrasts = _contrasts(information, tuple(question.weights.items()), degrees_of_freedom)
            variance = np.array([contrast.variance for contrast in contrasts]) * self.ratios**2
            freedom = np.array([contrast.degrees_of_freedom.at(people) for contrast in contrasts])
        self.freedom = freedom
        self.standard_error = np.sqrt(variance.reshape(self.shape) / people)
        self.critical = t_critical(alpha_of_one_test(information), freedom)

    def ratio_of_effect(self, beliefs: Beliefs) -> Any:
        """By how much the spread of the effect grows with the true SD."""
        return self.ratios.reshape(self.shape) if beliefs.degrees_of_freedom is not None else 1.0

    def average(self, distances: tuple[float, ...], effect_sd: Any) -> Any:
        from trials.sizing.laws.averaging import averaged

        return self.mean(averaged(distances, effect_sd, self.standard_error, self.freedom, self.critical))

    def mean(self, values: Any) -> Any:
        values = np.broadcast_to(values, np.broadcast_shapes(np.shape(values), self.standard_error.shape))
        return np.tensordot(self.weights, values, axes=(0, 0))


def _is_in_proportion(information: "Information") -> bool:
    """Whether the variance of the estimate grows as that within people, because no other SD counts."""
    return information.model.individual == 0 and information.model.between == 0


@lru_cache(maxsize=64)
def _contrasts(information: "Information", weights: tuple[tuple[str, float], ...], degrees_of_freedom: float) -> tuple[Any, ...]:
    """The contrast at each node, in units of the SD there; the other SDs stay as planned."""
    from trials.sizing.information import MOST_BETWEEN
    from trials.sizing.laws.averaging import sd_nodes

    model, found = information.model, []
    for ratio in sd_nodes(degrees_of_freedom)[0]:
        between, individual = min(model.between / ratio, MOST_BETWEEN), min(model.individual / ratio, MOST_BETWEEN)
        found.append(replace(information, fitted=model._replace(between=between, individual=individual)).contrast(dict(weights)))
    return tuple(found)


def alpha_of_one_test(information: "Information") -> float:
    """The level at which the direction that is to be shown is tested."""
    return (information.analysis.alpha or 0.05) / (information.analysis.sides or 1)


def mass_shown(beliefs: Beliefs) -> float:
    """The probability that the effect lies on the side that is to be shown, given that it lies in its region."""
    return mass(beliefs, beliefs.shown) / mass(beliefs, beliefs.region)


def mass(beliefs: Beliefs, region: tuple[float, float]) -> float:
    """The probability that the effect lies in a region."""
    from trials.sizing.laws.averaging import mass_between, sd_nodes

    ratios, weights = sd_nodes(beliefs.degrees_of_freedom)
    low, high = region
    return float(weights @ mass_between(low, high, beliefs.effect_sd * ratios)) if low < high else 0.0


def certainly(distances: tuple[float, ...], alpha: float) -> float:
    """The power for n → ∞ of an effect that is known: on a boundary it stays at alpha."""
    nearest = min(distances)
    return 1.0 if nearest > 0 else alpha if nearest == 0 else 0.0
