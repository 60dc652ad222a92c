"""What questions about several doses have in common: their direction, their error rate, one variance estimate for all comparisons."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import number, percent
from trials.sizing.noun import in_words
from trials.sizing.outcome import AnyOutcome, LogOutcome
from trials.sizing.phrases import chance_in_words
from trials.sizing.question.base import Better, Problems, Question, Warnings

if TYPE_CHECKING:
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan

Matrix = NDArray[np.float64]
OWN_VARIANCES = {"satterthwaite", "robust"}  # each contrast is measured by its own spread


class DoseQuestion(Question):
    """Contrasts of doses, tested together. `better` says which direction is tested; without it that of the planned effect.

    Notes
    -----
    Tests that share one residual variance estimate have one u = s/σ in common. Where each comparison is measured by its own spread (robust and
    Satterthwaite degrees of freedom), the smallest of their degrees of freedom is used for all, and how the variance estimates hang together is
    approximated: our working version, checked by simulation in the tests.
    """

    better: Better | None = None

    shares_variance: ClassVar[bool] = True  # whether several tests rest on one variance estimate
    own_variances: ClassVar[str] = (
        "Here each comparison is measured by its own spread between people, on the smallest of their degrees of freedom. How closely these "
        "spreads go together is approximated by one number, the mean of their correlations; powers are good to about 0.003."
    )

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        sides = analysis.sides or 1
        return {"sides": sides, "alpha": 0.05 if sides == 2 else 0.025}

    def effects(self) -> tuple[float, ...]:
        """The assumed effects, whose common sign is the direction tested where `better` does not say it."""
        raise NotImplementedError

    @property
    def direction(self) -> float:
        if self.better is not None:
            return -1.0 if self.better == "lower" else 1.0
        return -1.0 if sum(self.effects()) < 0 else 1.0

    def weights(self, information: "Information") -> Sequence[Mapping[str, float]]:
        """The contrasts that are tested, by letter."""
        raise NotImplementedError

    def reason(self, information: "Information") -> str | None:
        return next((found for one in self.weights(information) if (found := information.contrast(one).reason)), None)

    def freedom(self, information: "Information", n: Any) -> Any:
        """The degrees of freedom that all tests have at least."""
        each = [information.contrast(one).degrees_of_freedom.at(n) for one in self.weights(information)]
        return np.min(np.array(each, dtype=float), axis=0)

    def smallest_n(self, information: "Information") -> float:
        return max(information.contrast(one).degrees_of_freedom.smallest_n for one in self.weights(information))

    def cautions(self, plan: "Plan", information: "Information", n_evaluable: float | None) -> Warnings:
        if not self.shares_variance or plan.design.n_periods == 1 or plan.analysis.degrees_of_freedom not in OWN_VARIANCES:
            return []
        return [("own_variances_approximated", self.own_variances)]

    def advice(self, plan: "Plan") -> str:
        if max(self.direction * effect for effect in self.effects()) <= 0 and plan.analysis.sides != 2:
            return "No effect is assumed in the direction that is tested, so more people do not help. Check the signs of the effects and which direction is better."
        return "Assume larger effects or less variability, or raise max_n."

    # the sentences

    def alpha_in_words(self, plan: "Plan") -> str:
        sides = "two" if plan.analysis.sides == 2 else "one"
        return f"{sides}-sided alpha {number(plan.analysis.alpha or 0.025)}"

    def aimed_at(self, plan: "Plan") -> str:
        """The direction of the alternative, as an adjective."""
        return "different" if plan.analysis.sides == 2 else "lower" if self.direction < 0 else "higher"

    def chance(self, power: float) -> str:
        return f"{chance_in_words(power)}"


def letters_spoken_of(field: str, given: Mapping[str, Any], design: Design, *, all_of: str = "") -> Problems:
    """Whether the letters of a mapping stand in the design and, where `all_of` says why, whether none is missing."""
    if design.is_n_of_1:
        return [
            ("design.name", "Doses are compared by the sequences of a crossover or by parallel groups; an n-of-1 series has no sequences.")
        ]
    found: Problems = []
    if strange := sorted(set(given) - set(design.letters)):
        stands = "stands" if len(strange) == 1 else "stand"
        found.append(
            (f"question.{field}", f"{in_words(strange)} {stands} in {field} but not in the design, which has {in_words(design.letters)}.")
        )
    if all_of and (missing := sorted(set(design.letters) - set(given))):
        found.append((f"question.{field}", f"{in_words(missing)} {'is' if len(missing) == 1 else 'are'} missing in {field}; {all_of}."))
    return found


def direction_known(question: DoseQuestion, analysis: Analysis, field: str) -> Problems:
    """Whether a one-sided test knows its direction."""
    signs = {effect > 0 for effect in question.effects() if effect}
    if analysis.sides == 2 or question.better is not None or len(signs) < 2:
        return []
    return [("question.better", f'The {field} point in both directions; say which one is better and tested: "higher" or "lower".')]


def wrong_side(question: DoseQuestion, effect: float, said: str) -> Warnings:
    """Where the assumed effect points away from what is better, or there is none."""
    if effect == 0:
        return [("no_effect", f"{said} is 0: the test finds an effect no more often than its alpha, however many people take part.")]
    if question.better is None or effect * question.direction > 0:
        return []
    return [
        (
            "difference_on_wrong_side",
            f"{said} is {number(effect)}, on the wrong side: {question.better} is better. Check the signs and the direction of the outcome.",
        )
    ]


def guess_by_probit(power: Callable[[float], float], start: float, target: float, least: float, most: float = 1e7) -> float:
    """n at which the power reaches the target, about: its probit is nearly a straight line in √n.

    Parameters
    ----------
    power : callable
        Of a number of people; asked for whole ones alone, whose critical values are kept in memory.
    start, least, most : float
        Where to begin, and the range.
    """
    from scipy import special

    aim = float(special.ndtri(target))

    def probit(n: float) -> float:
        return float(special.ndtri(min(max(power(n), 1e-12), 1.0 - 1e-9)))

    least = float(ceil(least - 1e-9))
    at = max(least, float(round(min(start, most))))
    seen = probit(at)
    slope = max(0.5, aim + 2.0) / at**0.5
    for _ in range(4):
        root = at**0.5 + (aim - seen) / slope
        following = max(least, float(round(min(max(root, 0.3 * at**0.5), 3.0 * at**0.5, most**0.5) ** 2)))
        if abs(following - at) < 1.0:
            return following
        reached = probit(following)
        if abs(following**0.5 - at**0.5) > 1e-9 and (reached - seen) / (following**0.5 - at**0.5) > 0:
            slope = (reached - seen) / (following**0.5 - at**0.5)
        at, seen = following, reached
    return at


def on_scale(outcome: AnyOutcome | None) -> str:
    """What a mean of the outcome is a mean of."""
    return "the logarithm of the outcome" if isinstance(outcome, LogOutcome) else "the outcome"


def shares_in_words(powers: Mapping[str, float]) -> str:
    return in_words(f"{letter} {percent(power, 1)}" for letter, power in powers.items())
