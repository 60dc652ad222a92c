"""Many to one: several doses, each compared with one comparator, the error rate kept for all of them together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names, number, percent
from trials.sizing.nearby import around, nice_step
from trials.sizing.noun import Letter, Number, Positive, in_words, plain
from trials.sizing.outcome import AnyOutcome, LogOutcome
from trials.sizing.phrases import chance_in_words, variability_of, with_model
from trials.sizing.question.base import Figures, Problems, Warnings
from trials.sizing.question.doses import DoseQuestion, direction_known, guess_by_probit, letters_spoken_of, shares_in_words, wrong_side
from trials.sizing.question.pairwise import mean_effect

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.laws.multivariate import Joint
    from trials.sizing.plan import Plan

PROCEDURES = {
    "dunnett": "Dunnett's test",
    "bonferroni": "Bonferroni's correction",
    "holm": "Holm's step-down procedure",
    "fixed_sequence": "a fixed sequence",
}


@dataclass(frozen=True)
class Situation:
    """What the power of all procedures depends on, for one number of people."""

    joint: "Joint"
    noncentrality: NDArray[np.float64]
    degrees_of_freedom: float
    alpha: float
    sides: int

    def critical(self, comparisons: int) -> float:
        """Student's t when alpha is shared equally among so many comparisons."""
        from trials.sizing.laws.power import t_critical

        return float(t_critical(self.alpha / self.sides / comparisons, self.degrees_of_freedom))

    @property
    def of_all(self) -> tuple[NDArray[np.float64], float, int]:
        return self.noncentrality, self.degrees_of_freedom, self.sides

    def alone(self, critical: float) -> list[float]:
        """P(comparison i is beyond the critical value), by the noncentral t."""
        from trials.sizing.laws.power import upper_tail

        df, sides = self.degrees_of_freedom, self.sides
        return [
            min(1.0, upper_tail(critical, df, float(one)) + (upper_tail(critical, df, -float(one)) if sides == 2 else 0.0))
            for one in self.noncentrality
        ]


class ManyToOne(DoseQuestion):
    """H0 for each letter of `mean_differences`: no difference from the comparator. `success` is one rejection (any) or all of them.

    On the log scale `mean_ratios` take the place of `mean_differences`. `adjustment` keeps the error rate of the family: `dunnett` (the joint
    law), `bonferroni` (alpha/k each), `holm` (the largest at alpha/k, the next at alpha/(k − 1) …) or `fixed_sequence` (each at alpha, in
    `order`, until one fails).

    Notes
    -----
    T_i share u = s/σ: P(any) = 1 − ∫Φ_k(qu − δ; R)f(u)du, P(all) = ∫Φ_k(δ − qu; R)f(u)du, R_ij = c_i'Vc_j/√(c_i'Vc_i·c_j'Vc_j) with V from the
    sequences; q solves P(any) = alpha at δ = 0 (Dunnett 1955). Holm's any is Bonferroni's; the rest follows from the regions of its steps.
    """

    kind: Literal["many_to_one"]
    comparator: Letter
    mean_differences: Annotated[dict[Letter, Number], Field(min_length=1, max_length=7)] | None = None
    mean_ratios: Annotated[dict[Letter, Positive], Field(min_length=1, max_length=7)] | None = None
    success: Literal["any", "all"] = "any"
    adjustment: Literal["dunnett", "bonferroni", "holm", "fixed_sequence"] = "dunnett"
    order: tuple[Letter, ...] | None = None

    references: ClassVar[tuple[str, ...]] = (
        "Dunnett CW. A multiple comparison procedure for comparing several treatments with a control. J Am Stat Assoc 1955;50:1096–1121.",
        "Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat 1979;6:65–70.",
        "Jones B, Kenward MG. Design and Analysis of Cross-over Trials.",
    )
    varied: ClassVar[tuple[str, ...]] = ("largest_mean_difference",)
    curve_points: ClassVar[int] = 20
    critical_source: ClassVar[str] = "multivariate t, or Student's t at the share of alpha"

    def __hash__(self) -> int:
        return hash((self.comparator, tuple(self.letters), tuple(self.effects()), self.success, self.adjustment, self.order))

    # what fits

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        wanted, other = ("mean_ratios", "mean_differences") if isinstance(outcome, LogOutcome) else ("mean_differences", "mean_ratios")
        found: Problems = []
        if getattr(self, other) is not None:
            scale = getattr(outcome, "scale", "additive")
            found.append((f"question.{other}", f"An outcome on the {scale} scale is compared by {wanted}; give these instead of {other}."))
        given = getattr(self, wanted)
        if given is None:
            example = '{"B": 0.9}' if wanted == "mean_ratios" else '{"B": -0.5, "C": -1}'
            found.append(
                (
                    f"question.{wanted}",
                    f"{wanted} is missing: what is assumed for each letter against {self.comparator}, for example {example}.",
                )
            )
            return found
        if self.comparator not in design.letters:
            found.append(
                (
                    "question.comparator",
                    f"{self.comparator} is not a treatment of the design, which has {in_words(design.letters)}. Choose one of these.",
                )
            )
        found += letters_spoken_of(wanted, given, design)
        if self.comparator in given:
            found.append((f"question.{wanted}", f"{self.comparator} is the comparator; leave it out of {wanted}."))
        return found + self._ordered(wanted) + direction_known(self, analysis, wanted)

    def _ordered(self, wanted: str) -> Problems:
        if self.adjustment != "fixed_sequence":
            return (
                []
                if self.order is None
                else [("question.order", f"order belongs to fixed_sequence, not to {self.adjustment}; leave it out.")]
            )
        if self.order is None:
            return [("question.order", f"order is missing: in which order {in_words(self.letters)} are tested, the most promising first.")]
        if sorted(self.order) != self.letters:
            return [
                ("question.order", f"order is {in_words(self.order)}; it must hold each letter of {wanted} once: {in_words(self.letters)}.")
            ]
        return []

    def warnings(self, outcome: AnyOutcome | None) -> Warnings:
        named = "mean ratio" if self.mean_ratios is not None else "mean difference"
        if not any(self.effects()):
            return wrong_side(self, 0.0, f"Every assumed {named}{' on the log scale' if self.mean_ratios is not None else ''}")
        wrong = [letter for letter, effect in self.assumed.items() if effect * self.direction < 0]
        if wrong and self.better is not None:
            message = f"The assumed {named} of {in_words(wrong)} is on the wrong side: {self.better} is better. Check the signs and the direction of the outcome."
            return [("difference_on_wrong_side", message)]
        if self.success == "all" and (idle := [letter for letter, effect in self.assumed.items() if effect == 0]):
            return [
                ("no_effect", f"No difference is assumed for {in_words(idle)}, so that not all comparisons can be expected to succeed.")
            ]
        return []

    def cautions(self, plan: "Plan", information: "Information", n_evaluable: float | None) -> Warnings:
        found = super().cautions(plan, information, n_evaluable)
        if left := [letter for letter in plan.design.letters if letter != self.comparator and letter not in self.assumed]:
            message = (
                f"{in_words(left)} {'is' if len(left) == 1 else 'are'} in the design but not compared with {self.comparator}; the error rate is kept "
                f"for the comparison{'' if len(self.letters) == 1 else 's'} of {in_words(self.letters)} alone."
            )
            found.append(("not_all_compared", message))
        return found

    def letters_compared(self) -> tuple[str, ...]:
        return (self.comparator, *self.letters)

    # the assumptions

    @property
    def assumed(self) -> dict[str, float]:
        """The assumed difference from the comparator by letter, on the scale of the analysis."""
        if self.mean_ratios is not None:
            return {letter: log(ratio) for letter, ratio in sorted(self.mean_ratios.items())}
        return dict(sorted((self.mean_differences or {}).items()))

    @property
    def letters(self) -> list[str]:
        return list(self.assumed)

    def effects(self) -> tuple[float, ...]:
        return tuple(self.assumed.values())

    def weights(self, information: "Information") -> Sequence[Mapping[str, float]]:
        return [{letter: 1.0, self.comparator: -1.0} for letter in self.letters]

    # the numbers

    def contrasts(self, information: "Information") -> NDArray[np.float64]:
        """Each letter less the comparator."""
        found = np.zeros((len(self.letters), len(information.letters)))
        for row, letter in zip(found, self.letters, strict=True):
            row[information.letters.index(letter)], row[information.letters.index(self.comparator)] = 1.0, -1.0
        return found

    def spread(self, information: "Information") -> NDArray[np.float64]:
        """n·Cov of the estimated differences."""
        return information.covariance(self.contrasts(information))

    def situation(self, information: "Information", n: float) -> Situation:
        from trials.sizing.laws.multivariate import joint

        spread, analysis = self.spread(information), information.analysis
        sd = np.sqrt(np.diag(spread))
        noncentrality = self.direction * np.array(self.effects()) / sd * sqrt(n)
        df = float(self.freedom(information, n))
        shared = information.recall(
            ("variances in common", self.comparator, *self.letters), lambda: information.variances_in_common(self.contrasts(information))
        )
        return Situation(joint(spread / np.outer(sd, sd), shared), noncentrality, df, analysis.alpha or 0.025, analysis.sides or 1)

    def first_critical(self, situation: Situation) -> float:
        """What the largest statistic (in a fixed sequence the first) has to exceed."""
        if self.adjustment == "dunnett":
            return situation.joint.critical_value(situation.alpha, situation.degrees_of_freedom, situation.sides)
        return situation.critical(1 if self.adjustment == "fixed_sequence" else len(self.letters))

    def criticals(self, situation: Situation) -> tuple[float, ...]:
        """Holm's critical values, from the first step to the last."""
        return tuple(situation.critical(left) for left in range(len(self.letters), 0, -1))

    def power_any(self, situation: Situation, critical: float) -> float:
        if self.adjustment == "fixed_sequence":
            return situation.alone(critical)[self.letters.index((self.order or self.letters)[0])]
        return situation.joint.any_beyond(critical, *situation.of_all)

    def power_all(self, situation: Situation, critical: float) -> float:
        if self.adjustment == "holm":
            return situation.joint.step_down(self.criticals(situation), *situation.of_all)[(1 << len(self.letters)) - 1]
        return situation.joint.all_beyond(critical, *situation.of_all)

    def power_by_comparison(self, situation: Situation, critical: float) -> dict[str, float]:
        """P(the comparison is rejected by the procedure)."""
        if self.adjustment == "fixed_sequence":
            return self._along_the_order(situation, critical)
        if self.adjustment == "holm":
            sets = situation.joint.step_down(self.criticals(situation), *situation.of_all)
            return {
                letter: min(1.0, max(0.0, sum(chance for key, chance in sets.items() if key >> bit & 1)))
                for bit, letter in enumerate(self.letters)
            }
        return dict(zip(self.letters, situation.alone(critical), strict=True))

    def _along_the_order(self, situation: Situation, critical: float) -> dict[str, float]:
        place = [self.letters.index(letter) for letter in self.order or self.letters]
        chain = situation.joint.chain(critical, *situation.of_all, order=place)
        chain[0] = situation.alone(critical)[place[0]]
        return {letter: chain[place.index(bit)] for bit, letter in enumerate(self.letters)}

    def power(self, information: "Information", n: Any) -> Any:
        situation = self.situation(information, float(n))
        critical = self.first_critical(situation)
        return self.power_any(situation, critical) if self.success == "any" else self.power_all(situation, critical)

    def guess(self, information: "Information", target_power: float | None) -> float:
        from scipy import special

        target, analysis = target_power or 0.9, information.analysis
        alpha = (analysis.alpha or 0.025) / (analysis.sides or 1)
        shares = 1 if self.adjustment == "fixed_sequence" or (self.adjustment == "holm" and self.success == "all") else len(self.letters)
        z_sum = max(0.5, float(special.ndtri(target) - special.ndtri(alpha / shares)))
        alone = np.diag(self.spread(information)) * (z_sum / np.maximum(np.abs(self.effects()), 1e-60)) ** 2
        start = float(alone.min() if self.success == "any" else alone.max())
        if start > 1e7:
            return start
        return guess_by_probit(lambda n: float(self.power(information, n)), start, target, self.smallest_n(information))

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        situation = self.situation(information, n)
        critical = self.first_critical(situation)
        one, every = self.power_any(situation, critical), self.power_all(situation, critical)
        spread = np.diag(self.spread(information))
        found: Figures = {
            "power": one if self.success == "any" else every,
            "power_any": one,
            "power_all": every,
            "power_by_comparison": self.power_by_comparison(situation, critical),
            "degrees_of_freedom": situation.degrees_of_freedom,
            "critical_value": critical,
        }
        if self.adjustment == "holm":
            found["critical_values"] = self.criticals(situation)
        if np.ptp(spread) <= 1e-9 * spread.max():  # else every comparison has a standard error of its own
            found |= {"variance_factor": float(spread[0]) / information.scale, "standard_error": sqrt(float(spread[0]) / n)}
        return found

    # what is varied

    @property
    def largest_mean_difference(self) -> float:
        """The assumed difference furthest from 0, on the scale of the analysis."""
        return max(self.effects(), key=abs)

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        planned = self.largest_mean_difference
        if planned == 0 or self.mean_ratios is not None or self._takes_long(plan):
            return None
        sign = -1.0 if planned < 0 else 1.0
        values = around(abs(planned), nice_step(abs(planned) * 0.2), 2, 3)
        return "largest_mean_difference", tuple(planned if size == abs(planned) else sign * size for size in values)

    def _takes_long(self, plan: "Plan") -> bool:
        """Whether thirty searches are too slow to be shown while one types: several variance estimates, each with its own degrees of freedom."""
        return len(self.letters) > 2 and plan.analysis.degrees_of_freedom in {"robust", "satterthwaite"} and plan.design.n_periods > 1

    def vary(self, assumption: str, value: float) -> "ManyToOne":
        if assumption != "largest_mean_difference":
            return self.model_copy(update={assumption: value})
        factor = value / self.largest_mean_difference
        if self.mean_ratios is not None:
            return self.model_copy(update={"mean_ratios": {letter: exp(effect * factor) for letter, effect in self.assumed.items()}})
        return self.model_copy(update={"mean_differences": {letter: effect * factor for letter, effect in self.assumed.items()}})

    # the sentences

    def measure(self, plan: "Plan") -> str:
        found = [mean_effect(plan, letter, self.comparator) for letter in self.letters]
        start, _, first = found[0].partition(", ")
        contrasts = in_words([first, *(one.partition(", ")[2] for one in found[1:])])
        plural = start if len(found) == 1 else start.replace("difference", "differences").replace("ratio", "ratios")
        return f"{plural[0].upper()}{plural[1:]}, {contrasts}"

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        null = "the same mean as" if plan.analysis.sides == 2 else f"a mean no {self.aimed_at(plan)} than"
        each = f"{self.letters[0]} has" if len(self.letters) == 1 else f"each of {in_words(self.letters)}, looked at by itself, has"
        return (
            f"Null hypotheses: {each} {null} {self.comparator}. Alternatives: a mean {self.aimed_at(plan)} "
            f"{'from' if plan.analysis.sides == 2 else 'than'} {self.comparator}. The chance of any false finding is kept at {self.alpha_in_words(plan)}."
        )

    def _assumed_in_words(self, names: Names) -> str:
        against = names.treatment(self.comparator)
        if self.mean_ratios is not None:
            shown = in_words(f"{number(ratio)} for {names.treatment(letter)}" for letter, ratio in sorted(self.mean_ratios.items()))
            return f"mean ratios in {names.measured} against {against} of {shown}"
        shown = in_words(f"{names.amount(effect)} for {names.treatment(letter)}" for letter, effect in self.assumed.items())
        return f"mean differences in {names.measured} from {against} of {shown}"

    def assuming(self, plan: "Plan", names: Names) -> str:
        return f"This assumes {self._assumed_in_words(names)}, and {variability_of(plan, names)}."

    def procedure(self) -> str:
        if self.adjustment == "fixed_sequence":
            return f"tested one after the other in the order {in_words(self.order or ())} until one fails"
        return f"tested with {PROCEDURES[self.adjustment]}"

    def tested(self, plan: "Plan") -> str:
        aim = "at least one comparison succeeds" if self.success == "any" else "all comparisons succeed"
        said = f"The comparisons with {self.comparator} are {self.procedure()}, at {self.alpha_in_words(plan)} for all together"
        return f"{with_model(said, plan)} The trial succeeds when {aim}."

    def method(self, plan: "Plan") -> str:
        exact = "power from the multivariate t distribution by quadrature"
        return f"{len(self.letters)} comparisons with {self.comparator}, {self.procedure()}, at {self.alpha_in_words(plan)}; {exact}"

    def aim_found(self, plan: "Plan", answer: "Answer", names: Names) -> str | None:
        aim = "at least one comparison" if self.success == "any" else "all comparisons"
        return f"{percent(answer.power or 0.0, 1)} power for {aim} with {self.comparator}"

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if answer.power is None:
            return ""
        against = names.treatment(self.comparator)
        aim = f"at least one of them differs from {against}" if self.success == "any" else f"every one of them differs from {against}"
        return f"If {in_words(map(names.treatment, self.letters))} work as assumed, the chance that the trial will show that {aim} is {chance_in_words(answer.power)}."

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        from trials.sizing.size import information_for

        spread = self.spread(information_for(plan))
        sd = np.sqrt(np.diag(spread))
        shown = sorted({round(float(one), 4) for one in (spread / np.outer(sd, sd))[np.triu_indices(len(sd), 1)]})
        if not shown:
            return []
        said = plain(shown[0]) if len(shown) == 1 else f"{plain(shown[0])} to {plain(shown[-1])}"
        return [(f"Correlation between comparisons, because they share {self.comparator}: {said}.", "c_i'Vc_j from the sequences")]

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        each = shares_in_words(answer.power_by_comparison or {})
        said = f"Power: any {percent(answer.power_any or 0.0, 2)}, all {percent(answer.power_all or 0.0, 2)}; by comparison {each}."
        return said, "multivariate t; Dunnett 1955"
