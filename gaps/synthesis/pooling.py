"""Findings of several studies pooled, with one common effect or with effects that vary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, sqrt
from statistics import NormalDist

from gaps.synthesis.finding import Finding


class Model(StrEnum):
    """Whether all studies are taken to estimate one effect, or effects that vary around a mean."""

    FIXED = "fixed"
    RANDOM = "random"


@dataclass(frozen=True)
class Pool:
    """Findings pooled under one model: the mean difference and how much information stands behind it.

    Attributes
    ----------
    model : Model
    difference : float
        Weighted mean of the differences, in the unit of the outcome.
    information : float
        Sum of the weights, 1/variance of the mean, per unit squared.
    weights : tuple of float
        Share of each finding in the mean, in the order of the findings; they sum to 1.
    """

    model: Model
    difference: float
    information: float
    weights: tuple[float, ...]

    @property
    def standard_error(self) -> float:
        """Of the pooled difference, in the unit of the outcome."""
        return 1.0 / sqrt(self.information)

    def interval(self, alpha: float) -> tuple[float, float]:
        """Two-sided interval of the pooled difference at the level 1 − alpha, from the normal law, in the unit of the outcome."""
        half = NormalDist().inv_cdf(1.0 - alpha / 2.0) * self.standard_error
        return self.difference - half, self.difference + half


@dataclass(frozen=True)
class Heterogeneity:
    """How far findings lie apart beyond what their standard errors explain.

    Attributes
    ----------
    q : float
        Cochran's Q.
    df : int
        Number of findings less one, the mean of Q where effects are the same.
    tau_squared : float
        Variance of the effects between studies, in the outcome's unit squared.
    """

    q: float
    df: int
    tau_squared: float

    @property
    def i_squared(self) -> float:
        """Share of the variation that chance does not explain, (Q − df)/Q and at least 0 (Higgins et al., BMJ 2003;327:557–60)."""
        return max(0.0, (self.q - self.df) / self.q) if self.q > 0 else 0.0


def heterogeneity(findings: Sequence[Finding]) -> Heterogeneity:
    """Q, its degrees of freedom, and the variance between studies by the method of moments.

    Raises
    ------
    ValueError
        When there is no finding.

    Notes
    -----
    With w = 1/SE², Q = Σ w(d − d̄)² and τ² = max(0, (Q − df)/(Σw − Σw²/Σw)); DerSimonian and Laird, Control Clin Trials
    1986;7:177–88, 10.1016/0197-2456(86)90046-2. One finding says nothing of the variation: Q and τ² are 0.
    """
    weights = [1.0 / finding.variance for finding in _some(findings)]
    total = fsum(weights)
    mean = fsum(weight * finding.difference for weight, finding in zip(weights, findings, strict=True)) / total
    q = fsum(weight * (finding.difference - mean) ** 2 for weight, finding in zip(weights, findings, strict=True))
    df = len(findings) - 1
    spread = total - fsum(weight**2 for weight in weights) / total
    return Heterogeneity(q, df, max(0.0, (q - df) / spread) if df and spread > 0 else 0.0)


def pool(findings: Sequence[Finding], model: Model) -> Pool:
    """The findings pooled by inverse variance, with the variance between studies added under random effects.

    Parameters
    ----------
    findings : sequence of Finding
        All in the same unit, each of another study.
    model : Model

    Raises
    ------
    ValueError
        When there is no finding.

    Notes
    -----
    d̄ = Σ w d/Σw with w = 1/SE² (fixed) or 1/(SE² + τ²) (random); Σw is the information (DerSimonian and Laird 1986).

    Examples
    --------
    >>> two = [Finding(-0.34, 0.30735), Finding(0.49, 0.41090)]
    >>> round(pool(two, Model.FIXED).difference, 2), round(pool(two, Model.RANDOM).difference, 2)
    (-0.04, 0.03)
    """
    between = heterogeneity(findings).tau_squared if model is Model.RANDOM else 0.0
    weights = [1.0 / (finding.variance + between) for finding in _some(findings)]
    total = fsum(weights)
    mean = fsum(weight * finding.difference for weight, finding in zip(weights, findings, strict=True)) / total
    return Pool(model, mean, total, tuple(weight / total for weight in weights))


def _some(findings: Sequence[Finding]) -> Sequence[Finding]:
    if not findings:
        raise ValueError("There is no finding to pool; give one or more.")
    return findings
