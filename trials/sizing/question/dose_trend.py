"""Dose trend: does the outcome rise or fall with the dose? One contrast of all doses, one t test."""

from collections.abc import Mapping, Sequence
from math import isfinite, log, sqrt
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names, number, percent
from trials.sizing.nearby import around, nice_step
from trials.sizing.noun import Letter, NotNegative, Number, in_words, plain
from trials.sizing.outcome import AnyOutcome, LogOutcome
from trials.sizing.phrases import chance_in_words, variability_of, with_model
from trials.sizing.question.base import Figures, Problems, Warnings
from trials.sizing.question.doses import DoseQuestion, direction_known, letters_spoken_of, on_scale, wrong_side

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Contrast, Information
    from trials.sizing.plan import Plan

ByLetter = Annotated[dict[Letter, NotNegative], Field(min_length=2, max_length=8)]
SCORES = 'Scores are "dose", {"log_offset": 0.5} for ln(dose + 0.5), or one number for each letter, such as {"A": 0, "B": 1, "C": 2}'


class DoseTrend(DoseQuestion):
    """H0: Σ c·mean = 0 for c = score − mean score. `doses` and `means` by letter; means are of the logarithm on the log scale.

    Notes
    -----
    n·Var = c'Vc with V from the sequences (σ_w²Σc² for a complete design); noncentrality c'μ/√(c'Vc/n).
    """

    kind: Literal["dose_trend"]
    doses: ByLetter | None = None
    means: Annotated[dict[Letter, Number], Field(min_length=2, max_length=8)]
    scores: Literal["dose"] | dict[str, Number] = "dose"

    references: ClassVar[tuple[str, ...]] = ("Jones B, Kenward MG. Design and Analysis of Cross-over Trials.",)
    shares_variance: ClassVar[bool] = False
    varied: ClassVar[tuple[str, ...]] = ("difference_across_doses",)

    def __hash__(self) -> int:
        return hash((tuple(self.means.items()), str(self.scores), self.better))

    @field_validator("scores", mode="before")
    @classmethod
    def _readable(cls, given: Any) -> Any:
        if given == "dose":
            return given
        numbers = isinstance(given, dict) and all(
            isinstance(one, int | float) and not isinstance(one, bool) and isfinite(one) for one in given.values()
        )
        if not numbers or not given or not (set(given) == {"log_offset"} or all(len(key) == 1 and "A" <= key <= "Z" for key in given)):
            raise ValueError(f"{SCORES}; {str(given)[:60]} is none of these.")
        return given

    # what fits

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        why = "a trend is tested over all treatments of the design"
        found = letters_spoken_of("means", self.means, design, all_of=why)
        offset = self.log_offset
        if isinstance(self.scores, dict) and offset is None:
            found += letters_spoken_of("scores", self.scores, design, all_of=why)
            if self.doses is not None:
                found += letters_spoken_of("doses", self.doses, design)
        elif self.doses is None:
            found.append(("question.doses", 'doses is missing: the dose of each letter, 0 for placebo, for example {"A": 0, "B": 1.5}.'))
        else:
            found += letters_spoken_of("doses", self.doses, design, all_of=why)
            if offset is not None and min(self.doses.values()) + offset <= 0:
                found.append(
                    (
                        "question.scores",
                        f"ln(dose + {offset:g}) does not exist at dose {min(self.doses.values()):g}; use a log_offset above 0.",
                    )
                )
        if found:
            return found
        if max(self.raw_scores.values()) - min(self.raw_scores.values()) <= 1e-12 * max(map(abs, self.raw_scores.values())):
            field = "doses" if self.scores == "dose" or offset is not None else "scores"
            return [
                (
                    f"question.{field}",
                    f"All {field} are {plain(next(iter(self.raw_scores.values())))}; a trend needs at least two different ones.",
                )
            ]
        return direction_known(self, analysis, "means")

    def warnings(self, outcome: AnyOutcome | None) -> Warnings:
        return wrong_side(self, self.effect, "The assumed trend Σ contrast × mean")

    def letters_compared(self) -> tuple[str, ...]:
        return tuple(self.means)

    # the contrast

    @property
    def log_offset(self) -> float | None:
        return self.scores.get("log_offset") if isinstance(self.scores, dict) else None

    @property
    def raw_scores(self) -> dict[str, float]:
        """The score of each letter, in the order of the alphabet."""
        offset, doses = self.log_offset, self.doses or {}
        if offset is not None:
            return {letter: log(doses[letter] + offset) for letter in sorted(doses)}
        given = self.scores if isinstance(self.scores, dict) else doses
        return {letter: float(given[letter]) for letter in sorted(given)}

    @property
    def contrast(self) -> dict[str, float]:
        """Score − mean score, by letter."""
        raw = self.raw_scores
        middle = sum(raw.values()) / len(raw)
        return {letter: score - middle for letter, score in raw.items()}

    @property
    def effect(self) -> float:
        """Σ contrast × mean; adding a constant to all means changes nothing, not even its last digits."""
        middle = sum(self.means.values()) / len(self.means)
        found = sum(weight * (self.means[letter] - middle) for letter, weight in self.contrast.items())
        largest = sum(abs(weight) * abs(self.means[letter]) for letter, weight in self.contrast.items())
        return found if abs(found) > 1e-13 * largest else 0.0

    def effects(self) -> tuple[float, ...]:
        return (self.effect,)

    def weights(self, information: "Information") -> Sequence[Mapping[str, float]]:
        return (self.contrast,)

    # the numbers

    def told(self, information: "Information") -> "Contrast":
        return information.contrast(self.contrast)

    def power(self, information: "Information", n: Any) -> Any:
        from trials.sizing.laws.power import t_power

        told, analysis = self.told(information), information.analysis
        noncentrality = self.direction * self.effect / (told.variance / n) ** 0.5
        return t_power(noncentrality, told.degrees_of_freedom.at(n), analysis.alpha, analysis.sides or 1)

    def powers(self, information: "Information", n: Any) -> Any:
        return self.power(information, n)

    def guess(self, information: "Information", target_power: float | None) -> float:
        from scipy import special

        told, analysis = self.told(information), information.analysis
        z_alpha = -special.ndtri((analysis.alpha or 0.025) / (analysis.sides or 1))
        z_sum = z_alpha + special.ndtri(target_power or 0.9)
        return float(told.variance * (z_sum / (abs(self.effect) + 1e-60)) ** 2 + z_alpha**2 / (2.0 * told.degrees_of_freedom.per_person))

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        from trials.sizing.laws.power import t_critical

        told, analysis = self.told(information), information.analysis
        df = told.degrees_of_freedom.at(n)
        return {
            "power": float(self.power(information, n)) if power is None else power,
            "contrast": self.contrast,
            "variance_factor": told.variance / information.scale,
            "standard_error": sqrt(told.variance / n),
            "degrees_of_freedom": df,
            "critical_value": float(t_critical((analysis.alpha or 0.025) / (analysis.sides or 1), df)),
        }

    # what is varied

    @property
    def difference_across_doses(self) -> float:
        """The mean at the highest score less that at the lowest."""
        raw = self.raw_scores
        return self.means[max(raw, key=lambda letter: raw[letter])] - self.means[min(raw, key=lambda letter: raw[letter])]

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        planned = self.difference_across_doses
        if planned == 0:
            return None
        sign = -1.0 if planned < 0 else 1.0
        values = around(abs(planned), nice_step(abs(planned) * 0.2), 2, 3)
        return "difference_across_doses", tuple(planned if size == abs(planned) else sign * size for size in values)

    def vary(self, assumption: str, value: float) -> "DoseTrend":
        if assumption != "difference_across_doses":
            return self.model_copy(update={assumption: value})
        factor = value / self.difference_across_doses
        return self.model_copy(update={"means": {letter: mean * factor for letter, mean in self.means.items()}})

    # the sentences

    def measure(self, plan: "Plan") -> str:
        weights = ", ".join(f"{letter} {number(weight)}" for letter, weight in self.contrast.items())
        measured = "log mean" if isinstance(plan.outcome, LogOutcome) else "mean"
        return f"Trend over the doses, the sum of weight × {measured} with weights {weights}"

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        shown = ", ".join(f"{letter} {number(weight)}" for letter, weight in self.contrast.items())
        relation = "not 0" if plan.analysis.sides == 2 else f"{'below' if self.direction < 0 else 'above'} 0"
        null = "0" if plan.analysis.sides == 2 else f"0 or {'more' if self.direction < 0 else 'less'}"
        return (
            f"Null hypothesis: the trend over the doses (the sum of weight × mean with weights {shown}) is {null}. "
            f"Alternative: it is {relation}. Test at {self.alpha_in_words(plan)}."
        )

    def _doses_named(self, names: Names) -> str:
        doses = self.doses or {}
        return ", ".join(
            f"{names.treatment(letter)}{f' (dose {number(doses[letter])})' if letter in doses else ''} {names.amount(mean)}"
            for letter, mean in self.means.items()
        )

    def assuming(self, plan: "Plan", names: Names) -> str:
        measured = f"the logarithm of {names.measured}" if on_scale(plan.outcome) != "the outcome" else names.measured
        return f"Assumed means of {measured}: {self._doses_named(names)}; {variability_of(plan, names)}."

    def scored(self) -> str:
        """How doses became scores."""
        if self.log_offset is not None:
            return f"the logarithm of the dose + {number(self.log_offset)}"
        return "the dose" if self.scores == "dose" else "the given scores"

    def tested(self, plan: "Plan") -> str:
        return with_model(
            f"The trend in {self.scored()} is tested by one contrast of all doses, a t test at {self.alpha_in_words(plan)}", plan
        )

    def method(self, plan: "Plan") -> str:
        return f"Student's t test of one contrast, linear in {self.scored()}, at {self.alpha_in_words(plan)}; exact power by the noncentral t distribution"

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if answer.power is None:
            return ""
        return f"If the doses work as assumed, the chance that the trial will show that the effect grows with the dose is {chance_in_words(answer.power)}."

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        shown = in_words(f"{letter} {plain(round(weight, 6))}" for letter, weight in self.contrast.items())
        return [
            (
                f"Contrast: {self.scored()} less its mean, {shown}; with the assumed means it is {plain(round(self.effect, 6))}.",
                "c = score − mean",
            )
        ]

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        ratio = self.direction * self.effect / (answer.standard_error or 1.0)
        return f"Power: noncentrality contrast ÷ standard error {plain(ratio)}; power {percent(answer.power or 0.0, 2)}.", "noncentral t"
