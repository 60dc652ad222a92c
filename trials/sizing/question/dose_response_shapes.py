"""Dose-response shapes: does the outcome depend on the dose, whatever the shape of the curve? MCP-Mod's test of several contrasts."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names, number, percent
from trials.sizing.nearby import around, nice_step
from trials.sizing.noun import Letter, NotNegative, Number, in_words, plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.phrases import chance_in_words, variability_of, with_model
from trials.sizing.question.base import Figures, Problems, Warnings
from trials.sizing.question.doses import DoseQuestion, guess_by_probit, letters_spoken_of, on_scale, shares_in_words, wrong_side
from trials.sizing.shapes import DoseShapes, Shape, curves_of, labels_of

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.laws.polyhedra import Largest
    from trials.sizing.plan import Plan

Matrix = NDArray[np.float64]
MOST_SHAPES = 8
ALIKE = 1.0 - 1e-7


class DoseResponseShapes(DoseQuestion):
    """H0: no dose differs from placebo, tested by the largest of the contrasts that are best for each assumed shape.

    `doses` by letter, `max_effect` the difference best dose − placebo (of the logarithm on the log scale). The trial is sized for the power under
    the least favourable true shape (`target` minimum) or for the mean over them.

    Notes
    -----
    c_m ∝ V⁺μ_m with V the covariance of the treatment effects from the sequences (carry-over and loss included) and μ_m the means of shape m:
    for a complete design μ_m less its mean. T_m share one variance estimate; the critical value is that of max T (Bretz, Pinheiro & Branson 2005;
    general covariance: Pinheiro et al. 2014).
    """

    kind: Literal["dose_response_shapes"]
    doses: Annotated[dict[Letter, NotNegative], Field(min_length=2, max_length=8)]
    max_effect: Number
    shapes: Annotated[tuple[Shape, ...], Field(min_length=1, max_length=MOST_SHAPES)]
    target: Literal["minimum", "mean"] = "minimum"

    references: ClassVar[tuple[str, ...]] = (
        "Bretz F, Pinheiro JC, Branson M. Combining multiple comparisons and modeling techniques in dose-response studies. Biometrics 2005;61:738–748.",
        "Pinheiro J, Bornkamp B, Glimm E, Bretz F. Model-based dose finding under model uncertainty using general parametric models. Stat Med 2014;33:1646–1661.",
        "Jones B, Kenward MG. Design and Analysis of Cross-over Trials.",
    )
    curve_points: ClassVar[int] = 8
    has_table: ClassVar[bool] = False
    varied: ClassVar[tuple[str, ...]] = ("max_effect",)
    critical_source: ClassVar[str] = "multivariate t of the contrasts"
    own_variances: ClassVar[str] = (
        "Here each contrast is measured by its own spread between people. These spreads go closely together and are taken as one, on the smallest of "
        "their degrees of freedom; with few people the error rate may be a twentieth above alpha, and powers are good to about 0.01."
    )

    def __hash__(self) -> int:
        return hash((tuple(self.doses.items()), self.max_effect, self.shapes, self.target, self.better))

    # what fits

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found = letters_spoken_of("doses", self.doses, design, all_of="every treatment of the design has a dose, 0 for placebo")
        doses = sorted(self.doses.values())
        if doses[0] != 0:
            found.append(
                ("question.doses", f"The lowest dose is {plain(doses[0])}; the curves start from placebo, so one letter must have dose 0.")
            )
        same = sorted({one for one in doses if doses.count(one) > 1})
        if same:
            found.append(
                ("question.doses", f"Dose {plain(same[0])} is given to more than one letter; each letter needs a dose of its own.")
            )
        if self.max_effect == 0:
            found.append(
                ("question.max_effect", "max_effect is 0; give the assumed difference between the best dose and placebo, with its sign.")
            )
        if (analysis.alpha or 0.0) >= 0.5:
            found.append(("analysis.alpha", f"alpha is {analysis.alpha}; for the largest of several contrasts it must be below 0.5."))
        return found or self._shapes_apart()

    def _shapes_apart(self) -> Problems:
        """Whether the doses tell the shapes apart."""
        doses, names = sorted(self.doses.values()), self.labels
        for shape, name in zip(self.shapes, names, strict=True):
            means = shape.means(doses, 1.0)
            if np.ptp(means) < 1e-9:
                return [
                    (
                        "question.shapes",
                        f"The shape {name} is flat at doses {in_words(map(plain, doses))}; change its numbers or leave it out.",
                    )
                ]
        rises = np.array([shape.means(doses, 1.0) for shape in self.shapes])
        centred = rises - rises.mean(axis=1, keepdims=True)
        centred /= np.linalg.norm(centred, axis=1, keepdims=True)
        alike = np.triu(centred @ centred.T > ALIKE, 1)
        if alike.any():
            first, second = (names[int(at[0])] for at in np.nonzero(alike))
            return [
                (
                    "question.shapes",
                    f"Doses {in_words(map(plain, doses))} cannot tell the shapes {first} and {second} apart; leave one of them out, change its numbers or add doses.",
                )
            ]
        return []

    def warnings(self, outcome: AnyOutcome | None) -> Warnings:
        return wrong_side(self, self.max_effect, "The assumed max_effect")

    def letters_compared(self) -> tuple[str, ...]:
        return tuple(self.doses)

    # the assumptions

    @property
    def labels(self) -> tuple[str, ...]:
        return labels_of(self.shapes)

    def effects(self) -> tuple[float, ...]:
        return (self.max_effect,)

    def means(self, information: "Information", max_effect: float) -> Matrix:
        """Assumed mean differences from placebo, shape (shapes, letters)."""
        doses = [self.doses[letter] for letter in information.letters]
        return np.array([shape.means(doses, max_effect) for shape in self.shapes])

    def curves(self) -> DoseShapes:
        """The curves for a drawing."""
        return curves_of(self.shapes, self.doses, self.max_effect)

    # the contrasts

    def weights(self, information: "Information") -> Sequence[Mapping[str, float]]:
        first, *others = information.letters
        if next((True for other in others if information.contrast({first: 1.0, other: -1.0}).reason), False):
            return [{first: 1.0, other: -1.0} for other in others]  # one of them says why there is no answer
        return [dict(zip(information.letters, row.tolist(), strict=True)) for row in self.contrasts(information)]

    def contrasts(self, information: "Information") -> Matrix:
        """The best contrast for each shape, larger where the effect is larger, of length 1; shape (shapes, letters)."""
        found = information.recall(("contrasts", self.doses_and_shapes), lambda: self._contrasts(information))
        return np.asarray(found)

    @property
    def doses_and_shapes(self) -> tuple[Any, ...]:
        return (tuple(self.doses.items()), self.shapes)

    def _contrasts(self, information: "Information") -> Matrix:
        from trials.sizing.matrices import generalised_inverse

        k = len(information.letters)
        spread = information.covariance(np.eye(k) - 1.0 / k) / information.scale
        raw = self.means(information, 1.0) @ generalised_inverse(spread)
        raw -= raw.mean(axis=1, keepdims=True)
        return np.asarray(raw / np.linalg.norm(raw, axis=1, keepdims=True))

    def spread(self, information: "Information") -> Matrix:
        """n·Cov of the estimated contrasts."""
        return information.covariance(self.contrasts(information))

    # the numbers

    def correlation(self, information: "Information") -> Matrix:
        spread = self.spread(information)
        sd = np.sqrt(np.diag(spread))
        return np.asarray(spread / np.outer(sd, sd))

    def noncentrality(self, information: "Information") -> Matrix:
        """Contrast ÷ standard error for one participant; shape (true shapes, contrasts)."""
        contrasts = self.contrasts(information)
        means = self.means(information, self.max_effect)
        return np.asarray(self.direction * means @ contrasts.T / np.sqrt(np.diag(self.spread(information))))

    def critical(self, information: "Information", df: float) -> float:
        from trials.sizing.laws.polyhedra import critical_value

        analysis = information.analysis
        correlation, sides = self.correlation(information), analysis.sides or 1
        none = _largest(_frozen(correlation), _frozen(np.zeros((1, len(self.shapes)))), sides)
        return critical_value(none, len(self.shapes), analysis.alpha or 0.025, df, sides)

    def by_shape(self, information: "Information", n: NDArray[np.float64]) -> Matrix:
        """Power when each shape is the true one; shape (numbers of people, shapes)."""
        shapes, sides = len(self.shapes), information.analysis.sides or 1
        delta = (np.sqrt(n)[:, None, None] * self.noncentrality(information)).reshape(-1, shapes)
        largest = _largest(_frozen(self.correlation(information)), _frozen(delta), sides)
        found = np.zeros((len(n), shapes))
        for place, one in enumerate(n):
            df = float(self.freedom(information, float(one)))
            of_this = largest.of(slice(place * shapes, (place + 1) * shapes))
            found[place] = of_this.beyond(self.critical(information, df), df)
        return found

    def combined(self, powers: Matrix) -> Matrix:
        return np.asarray(powers.min(axis=1) if self.target == "minimum" else powers.mean(axis=1))

    def power(self, information: "Information", n: Any) -> Any:
        return float(self.combined(self.by_shape(information, np.array([float(n)])))[0])

    def powers(self, information: "Information", n: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.combined(self.by_shape(information, np.asarray(n, dtype=float)))

    def guess(self, information: "Information", target_power: float | None) -> float:
        from scipy import special

        target, analysis = target_power or 0.9, information.analysis
        z_alpha = -special.ndtri((analysis.alpha or 0.025) / (analysis.sides or 1)) + 0.25  # what a few shapes alike cost
        own = np.abs(np.diag(self.noncentrality(information))).min()
        start = float((max(0.5, z_alpha + float(special.ndtri(target))) / max(float(own), 1e-60)) ** 2)
        if start > 1e7:
            return start
        return guess_by_probit(lambda n: float(self.power(information, n)), start, target, self.smallest_n(information))

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        df = float(self.freedom(information, n))
        powers = self.by_shape(information, np.array([n]))
        contrasts = self.contrasts(information)
        return {
            "power": float(self.combined(powers)[0]),
            "power_by_shape": dict(zip(self.labels, powers[0].tolist(), strict=True)),
            "contrasts": {
                name: dict(zip(information.letters, (round(float(weight), 12) + 0.0 for weight in row), strict=True))
                for name, row in zip(self.labels, contrasts, strict=True)
            },
            "degrees_of_freedom": df,
            "critical_value": self.critical(information, df),
        }

    # what is varied

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        sign, size = (-1.0, -self.max_effect) if self.max_effect < 0 else (1.0, self.max_effect)
        return "max_effect", tuple(self.max_effect if one == size else sign * one for one in around(size, nice_step(size * 0.2), 2, 3))

    # the sentences

    def measure(self, plan: "Plan") -> str:
        doses = in_words(f"{letter} ({number(dose)})" for letter, dose in sorted(self.doses.items(), key=lambda item: item[1]))
        return f"Change of {on_scale(plan.outcome)} over the doses {doses}, along each of the shapes {in_words(shape.label for shape in self.shapes)}"

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        sort = "different" if plan.analysis.sides == 2 else self.aimed_at(plan)
        return (
            f"Null hypothesis: no dose has a mean {sort} {'from' if plan.analysis.sides == 2 else 'than'} placebo. Alternative: the mean depends on the dose along one of the "
            f"shapes {in_words(label.replace('_', ' ').replace('emax', 'Emax') for label in self.labels)}. Largest of {len(self.shapes)} contrasts at {self.alpha_in_words(plan)}."
        )

    def assuming(self, plan: "Plan", names: Names) -> str:
        measured = f"the logarithm of {names.measured}" if on_scale(plan.outcome) != "the outcome" else names.measured
        doses = in_words(
            f"{names.treatment(letter)} {number(dose)}" for letter, dose in sorted(self.doses.items(), key=lambda item: item[1])
        )
        return (
            f"This assumes a difference of {names.amount(self.max_effect)} in {measured} between the best dose and placebo, one of the shapes "
            f"{in_words(shape.in_words for shape in self.shapes)} over the doses {doses}, and {variability_of(plan, names)}."
        )

    def tested(self, plan: "Plan") -> str:
        said = f"The dose response is tested by the largest of {len(self.shapes)} contrasts, each the best for one shape (MCP-Mod), at {self.alpha_in_words(plan)}"
        which = "that under the least favourable shape" if self.target == "minimum" else "the mean over the shapes"
        return f"{with_model(said, plan)} The power is {which}."

    def method(self, plan: "Plan") -> str:
        return f"MCP-Mod, largest of {len(self.shapes)} contrasts at {self.alpha_in_words(plan)}; critical value and power from the multivariate t distribution by quadrature"

    def aim_found(self, plan: "Plan", answer: "Answer", names: Names) -> str | None:
        return f"{percent(answer.power or 0.0, 1)} power {'under the least favourable shape' if self.target == 'minimum' else 'on average over the shapes'}"

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if answer.power is None:
            return ""
        whichever = "whichever of the assumed curves is true" if self.target == "minimum" else "on average over the assumed curves"
        least = "at least " if self.target == "minimum" else ""
        return f"If the best dose works as assumed, the chance that the trial will show that the dose makes a difference is {least}{chance_in_words(answer.power)}, {whichever}."

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        shown = "; ".join(
            f"{name}: {', '.join(f'{letter} {number(weight)}' for letter, weight in row.items())}"
            for name, row in (answer.contrasts or {}).items()
        )
        return [
            (
                f"Contrasts, the best for each shape under the covariance that the sequences give: {shown}.",
                "c ∝ V⁺μ; Bretz, Pinheiro & Branson 2005",
            )
        ]

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        said = shares_in_words(answer.power_by_shape or {})
        which = "the smallest" if self.target == "minimum" else "the mean"
        return f"Power if the true shape is {said}; {which} is {percent(answer.power or 0.0, 2)}.", "multivariate t"


def _frozen(values: Matrix) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, values.tolist()))


@lru_cache(maxsize=64)
def _largest(correlation: tuple[tuple[float, ...], ...], noncentrality: tuple[tuple[float, ...], ...], sides: int) -> "Largest":
    """The law of the largest contrast, which does not depend on degrees of freedom: what takes long in a search."""
    from trials.sizing.laws.polyhedra import largest_of

    return largest_of(np.array(correlation), np.array(noncentrality), sides)
