"""Precision: how narrow is the confidence interval of the difference?"""

from math import exp, log, sqrt
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names, percent
from trials.sizing.nearby import around, nice_step
from trials.sizing.noun import Positive, Share, plain
from trials.sizing.outcome import AnyOutcome, LogOutcome, continuous
from trials.sizing.phrases import width_found, with_model
from trials.sizing.question.base import Problems
from trials.sizing.question.pairwise import NOT_BELOW, PairwiseQuestion

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan

RatioWidth = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=1, le=1e6)]


class Precision(PairwiseQuestion):
    """The half-width of the interval is at most `half_width`, expected or (with `probability`) with that probability.

    On the log scale `ratio_half_width` is the factor by which the interval reaches beyond the estimate.

    Notes
    -----
    Half-width t(1 − α/2, ν)·SE·s/σ, expected by E[s]/σ = √(2/ν)·Γ((ν + 1)/2)/Γ(ν/2); at most w with probability P(χ²(ν) ≤ ν·(w/(t·SE))²).
    """

    kind: Literal["precision"]
    half_width: Positive | None = None
    ratio_half_width: RatioWidth | None = None
    confidence_level: Share = 0.95
    probability: Share | None = None

    verbs: ClassVar[tuple[str, ...]] = ("n", "half_width", "cycles")
    needs_target: ClassVar[bool] = False
    references: ClassVar[tuple[str, ...]] = ("Jones B, Kenward MG. Design and Analysis of Cross-over Trials.",)

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        return {}

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found = super().problems(design, outcome, analysis, verb)
        wanted, other = ("ratio_half_width", "half_width") if isinstance(outcome, LogOutcome) else ("half_width", "ratio_half_width")
        if getattr(self, other) is not None:
            found.append((f"question.{other}", f"On the {continuous(outcome).scale} scale precision is said as {wanted}, not {other}."))
        elif getattr(self, wanted) is None and verb in {"n", "cycles"}:
            found.append((f"question.{wanted}", f"{wanted} is missing: how far the confidence interval may reach beyond the estimate."))
        for field in ("alpha", "sides"):
            if getattr(analysis, field) is not None:
                found.append((f"analysis.{field}", f"Precision has a confidence_level instead of {field}; leave {field} out."))
        return found

    @property
    def wanted(self) -> float:
        """The wanted half-width on the scale of the analysis."""
        return log(self.ratio_half_width) if self.ratio_half_width is not None else self.half_width or float("inf")

    def expected_half_width(self, information: "Information", n: Any) -> Any:
        from trials.sizing.laws.power import expected_half_width

        contrast = self.contrast(information)
        return expected_half_width((contrast.variance / n) ** 0.5, contrast.degrees_of_freedom.at(n), self.confidence_level)

    def probability_at(self, information: "Information", n: Any) -> Any:
        from trials.sizing.laws.power import probability_of_half_width

        contrast = self.contrast(information)
        return probability_of_half_width(
            self.wanted, (contrast.variance / n) ** 0.5, contrast.degrees_of_freedom.at(n), self.confidence_level
        )

    def reached(self, information: "Information", n: float) -> bool:
        if self.probability is not None:
            return bool(self.probability_at(information, n) >= self.probability)
        return bool(self.expected_half_width(information, n) <= self.wanted)

    def guess(self, information: "Information", target_power: float | None) -> float:
        from scipy import special

        z = -special.ndtri((1.0 - self.confidence_level) / 2.0)
        return float(self.contrast(information).variance * (z / self.wanted) ** 2) + 2.0

    def figures(self, information: "Information", n: float, power: float | None = None) -> dict[str, Any]:
        from trials.sizing.laws.power import t_critical

        contrast = self.contrast(information)
        df = contrast.degrees_of_freedom.at(n)
        width = float(self.expected_half_width(information, n))
        found = {
            "variance_factor": contrast.variance / information.scale,
            "standard_error": sqrt(contrast.variance / n),
            "degrees_of_freedom": df,
            "critical_value": float(t_critical((1.0 - self.confidence_level) / 2.0, df)),
            "half_width": width,
        }
        if isinstance(information.continuous, LogOutcome):
            found["ratio_half_width"] = exp(min(width, 700.0))
        if self.probability is not None:
            found["probability"] = float(self.probability_at(information, n))
        return found

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        if self.half_width is not None:
            return "half_width", around(self.half_width, nice_step(self.half_width * 0.2), 2, 3)
        wanted = self.ratio_half_width or 2.0
        return "ratio_half_width", tuple(wanted if factor == 1 else 1 + (wanted - 1) * factor for factor in (0.6, 0.8, 1, 1.2, 1.4, 1.6))

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        return f"No hypothesis is tested; the {self.quantity(plan)} is estimated with its {percent(self.confidence_level, 1)} confidence interval."

    def tested(self, plan: "Plan") -> str:
        said = f"The difference is reported with its {percent(self.confidence_level, 1)} confidence interval"
        return with_model(said, plan) if plan.design.is_n_of_1 else f"{said}."

    def method(self, plan: "Plan") -> str:
        return f"{percent(self.confidence_level, 1)} confidence interval by Student's t"

    def aim_found(self, plan: "Plan", answer: "Answer", names: Names) -> str | None:
        return f"a half-width of {width_found(plan, answer, names)}"

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        return ""

    def out_of_reach(self, information: "Information", n: float) -> str:
        """What the most people that are allowed would give."""
        return f"the expected half-width is still {plain(float(self.expected_half_width(information, n)))}"

    def advice(self, plan: "Plan") -> str:
        return "Accept a wider interval or raise max_n."

    def more_than_cycles(self, plan: "Plan") -> str:
        if plan.analysis.people != "fixed" and plan.continuous.individual_response_sd:
            return NOT_BELOW
        return "Add people, or accept a wider interval."
