"""Whether the information gathered is enough, and what it then says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gaps.synthesis.finding import Finding
from gaps.synthesis.pooling import Heterogeneity, Model, Pool, heterogeneity, pool
from gaps.synthesis.target import Target

LITTLE = 0.33


class Verdict(StrEnum):
    """What the evidence says of a difference that matters."""

    NO_EVIDENCE = "no_evidence"
    LITTLE = "little"
    SOME = "some"
    SHOWN = "shown"
    EXCLUDED = "excluded"
    INCONSISTENT = "inconsistent"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Synthesis:
    """Findings pooled under both models, held against a target."""

    findings: tuple[Finding, ...]
    target: Target
    heterogeneity: Heterogeneity
    fixed: Pool
    random: Pool

    def pooled(self, model: Model) -> Pool:
        return self.fixed if model is Model.FIXED else self.random

    def fraction(self, model: Model) -> float:
        """Information gathered as a share of what the target needs; 1 is enough."""
        return self.pooled(model).information / self.target.required_information

    def interval(self, model: Model) -> tuple[float, float]:
        """Of the pooled difference at the target's alpha, in the unit of the outcome."""
        return self.pooled(model).interval(self.target.alpha)

    def verdict(self, model: Model) -> Verdict:
        """The first of these that holds.

        Notes
        -----
        (1) the interval lies wholly at or beyond the target on the side of benefit: shown; (2) it holds no benefit as large
        as the target: excluded; (3) enough information with one common effect, not enough where effects vary: inconsistent;
        (4) enough information: undecided; (5) at least 33 %: some; else little. The share of information is always told
        beside it, since an interval may exclude a difference before the information planned for it is gathered.
        """
        least, most = sorted(self.target.benefit(limit) for limit in self.interval(model))
        if least >= self.target.target_difference:
            return Verdict.SHOWN
        if most < self.target.target_difference:
            return Verdict.EXCLUDED
        if self.fraction(Model.FIXED) >= 1 > self.fraction(Model.RANDOM):
            return Verdict.INCONSISTENT
        if self.fraction(model) >= 1:
            return Verdict.UNDECIDED
        return Verdict.SOME if self.fraction(model) >= LITTLE else Verdict.LITTLE


def synthesise(findings: Sequence[Finding], target: Target) -> Synthesis | None:
    """The findings pooled under both models and held against the target; none where there is no finding.

    Examples
    --------
    >>> two = synthesise([Finding(-0.34, 0.30735), Finding(0.49, 0.41090)], Target(1.0))
    >>> two.verdict(Model.RANDOM), round(two.fraction(Model.RANDOM), 2)
    (<Verdict.EXCLUDED: 'excluded'>, 0.56)
    """
    if not findings:
        return None
    return Synthesis(tuple(findings), target, heterogeneity(findings), pool(findings, Model.FIXED), pool(findings, Model.RANDOM))


def verdict(synthesis: Synthesis | None, model: Model) -> Verdict:
    """The verdict under a model, also where there is nothing to pool."""
    return Verdict.NO_EVIDENCE if synthesis is None else synthesis.verdict(model)
