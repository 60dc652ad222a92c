"""Two proportions: do more people respond, or fewer come to harm, in one of two groups?"""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names, number, percent
from trials.sizing.nearby import around, nice_step
from trials.sizing.noun import Share, plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.phrases import chance_in_words
from trials.sizing.question.base import Better, Figures, Problems, Warnings
from trials.sizing.question.two_groups import TwoGroups, normal_power

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan

FEW = 5.0
WELL_ABOVE = 1.2


class TwoProportions(TwoGroups):
    """H0: both probabilities are equal, by the z test with pooled variance; with a `margin` (above 0) non-inferiority, by the unpooled one.

    `better` says which direction is good, and a one-sided test looks that way (without it, the way that is assumed); needed with a margin when the probabilities differ. Each group is independent; people of a crossover are compared with
    themselves by a superiority question on a binary outcome.

    Notes
    -----
    Equality: power = Φ((|p₁ − p₂| − z·√(p̄(1 − p̄)(1/n₁ + 1/n₂)))/SE) and the other tail, SE² = p₁(1 − p₁)/n₁ + p₂(1 − p₂)/n₂, p̄ the mean over all people.
    Non-inferiority: Φ((M ± (p₁ − p₂))/SE − z); n = (z_α + z_β)²·2p(1 − p)/M² per group where both probabilities are p.
    """

    kind: Literal["two_proportions"]
    probability_treatment: Share
    probability_comparator: Share
    margin: Share | None = None
    better: Better | None = None

    references: ClassVar[tuple[str, ...]] = ("Fleiss JL, Levin B, Paik MC. Statistical Methods for Rates and Proportions. 2003.",)
    varied: ClassVar[tuple[str, ...]] = ("probability_treatment", "probability_comparator")

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        sides = analysis.sides or (1 if self.margin else 2)
        return {"alpha": 0.025 if sides == 1 else 0.05, "sides": sides}

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found = super().problems(design, outcome, analysis, verb)
        if self.margin is not None and analysis.sides == 2:
            found.append(("analysis.sides", "Non-inferiority tests on one side: leave sides out or make it 1."))
        if self.margin is not None and self.better is None and self.difference:
            found.append(
                (
                    "question.better",
                    'Non-inferiority of different probabilities needs to know which direction is better: "higher" or "lower".',
                )
            )
        return found

    @property
    def difference(self) -> float:
        return self.probability_treatment - self.probability_comparator

    @property
    def distance(self) -> float:
        """From what is tested to what is assumed, positive on the side that is to be shown; without `better` that is the assumed one."""
        if self.margin is None:
            return abs(self.difference) if self.better is None else self.towards_better
        return self.margin + self.towards_better

    def distance_tested(self, plan: "Plan") -> float:
        """The same, of either direction where the test has two sides."""
        return abs(self.distance) if plan.analysis.sides == 2 else self.distance

    @property
    def towards_better(self) -> float:
        """The assumed difference, positive where the treatment is the better one."""
        return -self.difference if self.better == "lower" else self.difference

    @property
    def upwards(self) -> bool:
        """Whether a one-sided test looks for a difference above its boundary."""
        return self.difference >= 0 if self.better is None else self.better == "higher"

    def warnings(self, outcome: AnyOutcome | None) -> Warnings:
        if self.better is None or self.towards_better >= 0 or self.margin is not None:
            return []
        message = f"The assumed difference {plain(round(self.difference, 9))} is on the wrong side: {self.better} is better, so the treatment is assumed to be worse."
        return [("difference_on_wrong_side", message)]

    def cautions(self, plan: "Plan", information: "Information", n_evaluable: float | None) -> Warnings:
        if n_evaluable is None:
            return []
        found: Warnings = []
        groups = [n_evaluable * share for share in self.shares(plan.design)]
        fewest = min(n * min(p, 1.0 - p) for n, p in zip(groups, (self.probability_treatment, self.probability_comparator), strict=True))
        if fewest < FEW:
            message = f"In one group about {plain(round(fewest, 1))} people are expected with one of the two outcomes; below {FEW:g} the normal distribution is a poor guide."
            found.append(("few_expected", message))
        alpha = plan.analysis.alpha or 0.05
        on_boundary = (self.probability_comparator + (self.boundary or 0.0), self.probability_comparator)
        size = self.exact_rejection((round(groups[0]), round(groups[1])), on_boundary, alpha, plan.analysis.sides or 2)
        if size is not None and size > WELL_ABOVE * alpha:
            message = (
                f"With outcomes as rare as these the test rejects {percent(size, 1)} of the time on the boundary, not {percent(alpha, 1)}; plan an exact or score test, "
                "which needs more people."
            )
            found.append(("size_above_alpha", message))
        return found

    # the numbers

    def smallest_n(self, information: "Information") -> float:
        return max(1.0 / share for share in self.shares(information.design))

    def standard_errors(self, information: "Information", n: Any) -> tuple[Any, Any]:
        """Of the difference as assumed, and as the test takes it."""
        (r1, r2), p1, p2 = self.shares(information.design), self.probability_treatment, self.probability_comparator
        assumed = (p1 * (1.0 - p1) / r1 + p2 * (1.0 - p2) / r2) / n
        pooled = r1 * p1 + r2 * p2
        tested = pooled * (1.0 - pooled) * (1.0 / r1 + 1.0 / r2) / n
        return assumed**0.5, tested**0.5 if self.margin is None else assumed**0.5

    def power(self, information: "Information", n: Any) -> Any:
        assumed, tested = self.standard_errors(information, n)
        return normal_power(self.distance / assumed, information.analysis.alpha or 0.05, information.analysis.sides or 2, tested / assumed)

    def powers(self, information: "Information", n: Any) -> Any:
        return self.power(information, n)

    def guess(self, information: "Information", target_power: float | None) -> float:
        return self.unrounded(information, target_power or 0.5)

    def unrounded(self, information: "Information", target_power: float) -> float:
        """n by the formula, all groups together; the far tail of a two-sided test is left out."""
        from scipy import special

        assumed, tested = self.standard_errors(information, 1.0)
        z_alpha = -special.ndtri((information.analysis.alpha or 0.05) / (information.analysis.sides or 2))
        return float(((z_alpha * tested + special.ndtri(target_power) * assumed) / (abs(self.distance) + 1e-60)) ** 2)

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        from scipy import special

        analysis = information.analysis
        alpha, sides = analysis.alpha or 0.05, analysis.sides or 2
        found: Figures = {
            "power": float(self.power(information, n)) if power is None else power,
            "standard_error": float(self.standard_errors(information, n)[0]),
            "critical_value": float(-special.ndtri(alpha / sides)),
        }
        return found | self._exact_size(information, n, alpha, sides)

    def _exact_size(self, information: "Information", n: float, alpha: float, sides: int) -> Figures:
        """The size that the test really has, where the treatment lies on the boundary; only for whole people."""
        groups = [n * share for share in self.shares(information.design)]
        sizes = (round(groups[0]), round(groups[1]))
        if any(abs(group - whole) > 1e-6 for group, whole in zip(groups, sizes, strict=True)):
            return {}
        on_boundary = self.probability_comparator + (self.boundary or 0.0)
        size = self.exact_rejection(sizes, (on_boundary, self.probability_comparator), alpha, sides)
        return {} if size is None else {"actual_size": size}

    @property
    def boundary(self) -> float | None:
        """The difference that is tested; None where a margin has no direction."""
        if self.margin is None:
            return 0.0
        return None if self.better is None else self.margin if self.better == "lower" else -self.margin

    def exact_rejection(self, sizes: tuple[int, int], probabilities: tuple[float, float], alpha: float, sides: int) -> float | None:
        """The chance that the test rejects, by adding up all outcomes; treatment first."""
        from trials.sizing.laws.enumeration import chance_of_rejection

        if self.boundary is None or not 0.0 < probabilities[0] < 1.0:
            return None
        return chance_of_rejection(sizes, probabilities, self.boundary, alpha, sides, up=self.upwards, pooled=self.margin is None)

    def after_search(self, plan: "Plan", information: "Information", n: float) -> Figures:
        target = getattr(plan.solve, "target_power", None) or 0.0
        return {"n_unrounded": self.unrounded(information, target)} if target > (plan.analysis.alpha or 0.05) else {}

    def advice(self, plan: "Plan") -> str:
        if self.distance_tested(plan) <= 0:
            return "The assumed probabilities lie on the boundary that is tested or beyond, so that more people do not help. Assume others, or another margin."
        return "Assume a larger difference, or raise max_n."

    # what is varied

    def uncertain(self, plan: "Plan") -> tuple[str, float] | None:
        p = self.probability_comparator
        return ("probability_comparator", p) if p + 3 * nice_step(p * 0.25) < 1 else None

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        p = self.probability_treatment
        step = nice_step(max(abs(self.difference), self.margin or 0.0, 0.01) * 0.2)
        values = around(p, step, 2, 3)
        return ("probability_treatment", values) if values[0] > 0 and values[-1] < 1 else None

    # the sentences

    def measure(self, plan: "Plan") -> str:
        return f"Difference of the probabilities between people, {self.treatment} − {self.comparator}"

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        alpha, sides = number(plan.analysis.alpha or 0.05), plan.analysis.sides or 2
        said = f"difference of the probabilities {self.treatment} − {self.comparator}"
        if self.margin is None:
            other = "it is not 0" if sides == 2 else f"it is {'above' if self.upwards else 'below'} 0"
            return f"Null hypothesis: the {said} is 0. Alternative: {other}. {'Two' if sides == 2 else 'One'}-sided test at alpha {alpha}."
        if self.better is None:
            return (
                f"Null hypothesis: {self.treatment} is worse than {self.comparator} by {percent(self.margin, 2)} of people or more. Alternative: by less. "
                f"One-sided test at alpha {alpha}."
            )
        boundary, null, other = (self.margin, "or more", "below") if self.better == "lower" else (-self.margin, "or less", "above")
        return f"Null hypothesis: the {said} is {number(boundary)} {null}. Alternative: it is {other} {number(boundary)}. One-sided test at alpha {alpha}."

    def assuming(self, plan: "Plan", names: Names) -> str:
        margin = f", and a margin of {percent(self.margin, 2)}" if self.margin else ""
        return (
            f"This assumes that {percent(self.probability_treatment, 2)} of people given {names.treatment(self.treatment)} and "
            f"{percent(self.probability_comparator, 2)} of those given {names.treatment(self.comparator)} have the outcome{margin}."
        )

    def tested(self, plan: "Plan") -> str:
        alpha = number(plan.analysis.alpha or 0.05)
        if self.margin is not None:
            return (
                f"Non-inferiority is tested by a one-sided z test of the difference of the proportions at a significance level of {alpha}."
            )
        sides = "two" if plan.analysis.sides == 2 else "one"
        return f"The proportions are compared by a {sides}-sided z test with pooled variance at a significance level of {alpha}."

    def method(self, plan: "Plan") -> str:
        sides = "Two" if plan.analysis.sides == 2 else "One"
        variance = "pooled" if self.margin is None else "unpooled"
        return f"{sides}-sided z test of two proportions at alpha {number(plan.analysis.alpha or 0.05)}, {variance} variance; power by the normal distribution"

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if answer.power is None:
            return ""
        a, b = names.treatment(self.treatment), names.treatment(self.comparator)
        many = f"{_in_100(self.probability_treatment)} people given {a} and {_in_100(self.probability_comparator)} people given {b}"
        shown = "it" if self.margin is None else f"that {a} is not worse by {_in_100(self.margin)} or more"
        return f"If the outcome truly comes to {many}, the chance that the trial will show {shown} is {chance_in_words(answer.power)}."

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        distance = self.distance_tested(plan) / (answer.standard_error or 1.0)
        return (
            f"Power: distance from the boundary ÷ standard error {plain(distance)}; power {percent(answer.power or 0.0, 2)}.",
            "normal distribution",
        )

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        found = []
        if answer.n_unrounded is not None:
            found.append(
                (
                    f"Formula: ((z(1 − alpha/sides)·√null variance + z(power)·√assumed variance) / distance)² = {plain(round(answer.n_unrounded, 4))} people in all.",
                    "pooled null variance for equality, unpooled for non-inferiority",
                )
            )
        counted = dict(zip(plan.design.sequences, answer.n_per_sequence or (), strict=False))
        if answer.actual_size is not None and len(counted) == 2:
            sizes = (round(counted[self.treatment]), round(counted[self.comparator]))
            probabilities = (self.probability_treatment, self.probability_comparator)
            power = self.exact_rejection(sizes, probabilities, plan.analysis.alpha or 0.05, plan.analysis.sides or 2)
            said = f"Check: over all outcomes of {sizes[0]} and {sizes[1]} people the test has power {percent(power or 0.0, 2)} and size {percent(answer.actual_size, 2)}."
            found.append((said, "exact enumeration of both binomial distributions"))
        return found


def _in_100(share: float) -> str:
    """A share as people say it."""
    if share >= 0.005:
        return f"{plain(round(100 * share, 1))} in 100"
    return f"{plain(round(1000 * share, 1))} in 1,000" if share >= 0.0005 else "fewer than 1 in 1,000"
