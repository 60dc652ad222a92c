"""What cutting a score into two answers costs: the score that lies behind, and the people who would be enough for it."""

from dataclasses import dataclass
from functools import lru_cache
from math import asin, pi, sin, sqrt

import numpy as np

from trials.sizing.analysis import Analysis
from trials.sizing.attrition import Attrition
from trials.sizing.design import Design
from trials.sizing.information import information
from trials.sizing.laws.search import halve, smallest_units, units
from trials.sizing.outcome import AdditiveOutcome
from trials.sizing.question.superiority import Superiority

NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)
CLOSEST = 0.9999  # a latent correlation nearer to 1 leaves no variability within people
RAREST = 0.001  # fewer people of one kind do not tell a correlation


@dataclass(frozen=True)
class Latent:
    """The score behind two answers, in units of its total SD: the difference in means and the SD within a person."""

    difference: float
    within_subject_sd: float
    correlation: float


def both_respond(treatment: float, comparator: float, correlation: float) -> float:
    """The share of people above the threshold twice, for bivariate normal scores.

    Notes
    -----
    Φ(a)Φ(b) + ∫₀^arcsin ρ exp(−(a² + b² − 2ab·sin θ)/(2cos²θ)) dθ/2π, a and b the normal quantiles of the shares that respond.
    """
    from scipy import special

    a, b = float(special.ndtri(treatment)), float(special.ndtri(comparator))
    end = asin(correlation)
    theta = end * (NODES + 1.0) / 2.0
    inside = np.exp(-(a * a + b * b - 2.0 * a * b * np.sin(theta)) / (2.0 * np.cos(theta) ** 2))
    return float(treatment * comparator + end / 2.0 * (WEIGHTS @ inside) / (2.0 * pi))


@lru_cache(maxsize=512)
def latent(treatment: float, comparator: float, both: float) -> Latent | None:
    """The score behind the answers.

    Parameters
    ----------
    treatment, comparator : float
        Shares of people who respond on each.
    both : float
        Share who respond on both.

    Returns
    -------
    Latent or None
        None where one of the four kinds of people (both, the one, the other, neither) hardly exists: then the correlation is near −1 or 1, or hangs on
        the last digits of what is assumed.

    Notes
    -----
    Normal scores with total SD 1 and one threshold on both treatments: the means differ by Φ⁻¹(p_A) − Φ⁻¹(p_B); the correlation ρ within a
    person is the tetrachoric one, at which as many people are above the threshold twice as are assumed; σ_w = √(1 − ρ).
    """
    from scipy import special

    if min(both, treatment - both, comparator - both, 1.0 - treatment - comparator + both) < RAREST:
        return None
    if not both_respond(treatment, comparator, -CLOSEST) < both < both_respond(treatment, comparator, CLOSEST):
        return None
    end = asin(CLOSEST)
    correlation = sin(halve(lambda angle: both_respond(treatment, comparator, sin(angle)) <= both, -end, end))
    return Latent(float(special.ndtri(treatment) - special.ndtri(comparator)), sqrt(1.0 - correlation), correlation)


def n_if_continuous(
    score: Latent, question: tuple[str, str, str | None], design: Design, alpha: float, sides: int, target_power: float, max_n: int
) -> int | None:
    """People who would be enough if the score itself were compared, by the t test of the same design.

    Parameters
    ----------
    score : Latent
    question : tuple
        Treatment, comparator, and which direction of a response is better.
    design, alpha, sides, target_power
        As for the answers.
    max_n : int

    Returns
    -------
    int or None
        None where there is no difference, or no n up to max_n is enough.
    """
    treatment, comparator, better = question
    fields = {"treatment": treatment, "comparator": comparator, "mean_difference": score.difference, "better": better}
    asked = Superiority.model_validate({"kind": "superiority"} | fields)
    outcome = AdditiveOutcome(within_subject_sd=score.within_subject_sd)
    known = information(design, outcome, Analysis(alpha=alpha, sides=sides), Attrition())
    if asked.reason(known) is not None:
        return None
    unit = sum(design.unit)
    first, last = units(max(asked.smallest_n(known), 2.0), unit), max_n // unit
    guess = units(min(asked.guess(known, target_power), float(last * unit)), unit)
    found = smallest_units(lambda step: bool(asked.power(known, float(step * unit)) >= target_power), first, last, guess)
    return None if found is None else found * unit
