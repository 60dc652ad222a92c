"""Moderator: does the effect of the treatment differ between people, by a trait, a group or a value that they bring with them?"""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.moderators.phrases import amount, as_measured, assumed, bigger_boat, claims, compared_people, spread_step
from trials.sizing.moderators.traits import MODERATORS, Moderated
from trials.sizing.names import Names, number, percent
from trials.sizing.nearby import around, nice_step
from trials.sizing.noun import Letter, plain
from trials.sizing.outcome import AnyOutcome, LogOutcome
from trials.sizing.phrases import chance_in_words, counts_found, variability_of, with_model
from trials.sizing.question.base import Figures, Problems, Question
from trials.sizing.question.pairwise import letters_given, mean_effect
from trials.sizing.question.superiority import Superiority

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan

GEWANDTER = (
    "Gewandter JS, McDermott MP, Mbowe O, et al. Navigating trials of personalized pain treatments: we're going to need a bigger boat. "
    "Pain 2019;160:1235–1239. PMC6784313."
)
GELMAN = "Gelman A. Scaling regression inputs by dividing by two standard deviations. Statistics in Medicine 2008;27:2865–2873."


class Moderator(Question):
    """H0: the effect of treatment against comparator does not depend on the moderator. A t test of the interaction; an F test over several groups.

    Notes
    -----
    Each person shows one effect within himself, with variance v (that of the main effect for one person); the interaction compares it between people. A trait that
    a share q has: Var = v/(N·q(1 − q)), four times that of the main effect at q = ½. Degrees of freedom: those of the residual less (levels − 1)(periods − 1 +
    treatments − 1); N − 4 in AB/BA with two groups. With individual responses, autocorrelation or a moderator measured with error the subject contrasts of each
    sequence are compared, with n_s − levels degrees of freedom each after Satterthwaite. Carry-over that is the same for everybody cancels.
    """

    kind: Literal["moderator"]
    treatment: Letter
    comparator: Letter
    moderator: Moderated

    references: ClassVar[tuple[str, ...]] = (GEWANDTER, GELMAN, "Jones B, Kenward MG. Design and Analysis of Cross-over Trials.")
    varied: ClassVar[tuple[str, ...]] = tuple(
        dict.fromkeys(
            field
            for noun in MODERATORS.values()
            for field in noun.model_fields
            if field not in {"kind", "stratified", "shares", "effects", "compare"}
        )
    )
    curve_points: ClassVar[int] = 30

    @property
    def weights(self) -> dict[str, float]:
        return {self.treatment: 1.0, self.comparator: -1.0}

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        usual: dict[str, Any] = {"alpha": 0.025 if analysis.sides == 1 else 0.05}
        if self.moderator.has_direction:
            usual["sides"] = 2
        if self.moderator.has_error and getattr(outcome, "residual_field", "").startswith("within"):
            usual["degrees_of_freedom"] = "satterthwaite"
        return usual

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found = letters_given(self.treatment, self.comparator, design)
        if design.is_n_of_1:
            found.append(("design", "A moderator is looked for with sequences that many people share; write the design as sequences."))
        if not self.moderator.has_direction and analysis.sides is not None:
            found.append(
                ("analysis.sides", "An F test over several groups has no sides; leave sides out, or say which two groups to compare.")
            )
        if self.moderator.has_error and design.n_periods > 1 and analysis.degrees_of_freedom not in {None, "satterthwaite"}:
            message = (
                f"degrees_of_freedom is {analysis.degrees_of_freedom}, but a moderator that is measured with error leaves different true effects in one group, "
                "so that the pooled residual does not fit; only satterthwaite does. Leave it out."
            )
            found.append(("analysis.degrees_of_freedom", message))
        return found

    # the numbers

    def reason(self, information: "Information") -> str | None:
        return information.contrast(self.weights).reason

    def smallest_n(self, information: "Information") -> float:
        return self.moderator.smallest_n(information, self.weights)

    def too_few(self, plan: "Plan", information: "Information", n: float) -> str | None:
        least = plain(self.smallest_n(information))
        if self.moderator.kind == "continuous":
            return f"With {plain(n)} people the spread of the moderator is left to so few that a slope has no finite variance; {least} people are the least."
        if plan.analysis.degrees_of_freedom == "satterthwaite":
            return (
                f"With {plain(n)} people a sequence that counts has no more people than the moderator has levels, so its own variance cannot be estimated and there "
                f"is no test; {least} people are the least."
            )
        return None

    def power(self, information: "Information", n: Any) -> Any:
        return self.moderator.power(information, self.weights, n)

    def powers(self, information: "Information", n: Any) -> Any:
        return self.power(information, n)

    def guess(self, information: "Information", target_power: float | None) -> float:
        from scipy import special

        variance = self.moderator.variance(information, self.weights, 1e6) * 1e6
        size = abs(self.moderator.observed) / getattr(self.moderator, "moderator_sd", 1.0)
        z = -special.ndtri((information.analysis.alpha or 0.05) / 2.0) + special.ndtri(target_power or 0.5)
        return float(variance * (z / (size + 1e-60)) ** 2) + self.moderator.levels * 2.0

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        from scipy import special

        alpha, sides = information.analysis.alpha or 0.05, information.analysis.sides or 2
        variance = self.moderator.variance(information, self.weights, n)
        df = float(self.moderator.degrees_of_freedom(information, self.weights).at(n))
        found: Figures = {
            "power": float(self.power(information, n)) if power is None else power,
            "variance_factor": variance * n / information.scale,
            "standard_error": variance**0.5,
            "degrees_of_freedom": df,
        }
        if self.moderator.has_direction:
            return found | {"critical_value": float(-special.stdtrit(df, alpha / sides))}
        numerator = self.moderator.levels - 1
        return found | {
            "numerator_degrees_of_freedom": float(numerator),
            "critical_value": float(special.fdtri(numerator, df, 1.0 - alpha)),
        }

    def after_search(self, plan: "Plan", information: "Information", n: float) -> Figures:
        return self.main_effect(plan, n, getattr(plan.solve, "target_power", None) or 0.0)

    def find_power(self, plan: "Plan", information: "Information", n: float) -> Figures:
        found = self.figures(information, n)
        return found | self.main_effect(plan, n, found["power"])

    def main_effect(self, plan: "Plan", n: float, power: float) -> Figures:
        """What a main effect of the same size needs in the same design for the same power; nothing where that says nothing."""
        from trials.sizing.size import size

        alpha = plan.analysis.alpha or 0.05
        difference = abs(self.moderator.difference)
        if not difference or not alpha < power < 0.99999:
            return {}
        effect = Superiority(kind="superiority", treatment=self.treatment, comparator=self.comparator, better="higher")
        analysis = plan.analysis
        update: dict[str, Any] = {"sides": analysis.sides or 2}
        if self.moderator.has_error and not (plan.continuous.individual_response_sd or plan.continuous.autocorrelation):
            update["degrees_of_freedom"] = None  # the main effect does not mind how well the moderator is measured
        found = size(
            plan.model_copy(
                update={
                    "question": effect.with_effect(difference, plan.outcome),
                    "analysis": analysis.model_copy(update=update),
                    "solve": _for_n(power),
                }
            )
        )
        people = found.n_randomised if plan.attrition.lost_before_period is not None else found.n_evaluable
        if not people:
            return {}
        return {"main_effect_n": found.n_evaluable, "ratio_to_main_effect": n / people}

    def advice(self, plan: "Plan") -> str:
        if not self.moderator.difference:
            return "The assumed effects are the same in everybody, so more people do not help. Assume a difference in effect."
        return "Assume a larger difference in effect, a more even split of people or less variability, or raise max_n."

    # what is varied

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        chosen = self.moderator.variable()
        if chosen is None or not chosen[1]:
            return None
        name, effect = chosen
        sign = -1.0 if effect < 0 else 1.0
        sizes = around(abs(effect), nice_step(abs(effect) * 0.2), 2, 3)
        return name, tuple(effect if size == abs(effect) else sign * size for size in sizes)

    def planned(self, assumption: str) -> Any:
        chosen = self.moderator.variable()
        return chosen[1] if chosen and chosen[0] == assumption else getattr(self.moderator, assumption)

    def vary(self, assumption: str, value: float) -> "Moderator":
        return self.model_copy(update={"moderator": self.moderator.varied(assumption, value)})

    # the sentences

    def measure(self, plan: "Plan") -> str:
        effect = mean_effect(plan, self.treatment, self.comparator)
        if self.moderator.kind == "continuous":
            return f"Change in the {effect}, per unit of the moderator"
        people = compared_people(self.moderator)
        ratio, one = isinstance(plan.outcome, LogOutcome), self.moderator.has_direction
        sort = ("Ratio of" if one else "Ratios of") if ratio else ("Difference in" if one else "Differences in")
        return f"{sort} the {effect}, {'between' if one else 'among'} {people}"

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        ratio = isinstance(plan.outcome, LogOutcome)
        quantity = f"mean ratio {self.treatment} ÷ {self.comparator}" if ratio else f"mean difference {self.treatment} − {self.comparator}"
        return f"{claims(self.moderator, quantity, plan.analysis.sides or 2)} {self.test_named(plan).capitalize()} at alpha {number(plan.analysis.alpha or 0.05)}."

    def test_named(self, plan: "Plan") -> str:
        if not self.moderator.has_direction:
            return f"f test with {self.moderator.levels - 1} numerator degrees of freedom"
        return f"{'one' if plan.analysis.sides == 1 else 'two'}-sided test"

    def assuming(self, plan: "Plan", names: Names) -> str:
        compared = f"{names.treatment(self.treatment)} compared with {names.treatment(self.comparator)}"
        said = assumed(plan, self.moderator, compared, names)
        return f"This assumes {said}, and {variability_of(plan, names)}.{as_measured(plan, self.moderator, names)}"

    def tested(self, plan: "Plan") -> str:
        test = "an F test" if not self.moderator.has_direction else f"a {'one' if plan.analysis.sides == 1 else 'two'}-sided t test"
        said = with_model(
            f"The interaction of treatment and moderator is tested by {test} at a significance level of {number(plan.analysis.alpha or 0.05)}",
            plan,
        )
        if plan.design.n_periods == 1:
            return said
        return f"{said} {'Treatment' if plan.analysis.degrees_of_freedom == 'paired' else 'Treatment and period'} effects may depend on the moderator."

    def method(self, plan: "Plan") -> str:
        alpha = number(plan.analysis.alpha or 0.05)
        if not self.moderator.has_direction:
            return f"F test of the interaction at alpha {alpha}; power by the noncentral F distribution"
        averaged = {"binary": ", averaged over the sizes of the groups", "continuous": ", averaged over the spread of the values"}
        by_chance = self.moderator.kind == "continuous" or getattr(self.moderator, "stratified", True) is False
        return (
            f"{'One' if plan.analysis.sides == 1 else 'Two'}-sided t test of the interaction at alpha {alpha}; power by the noncentral t distribution"
            f"{averaged[self.moderator.kind] if by_chance else ''}"
        )

    def counts(self, plan: "Plan", answer: "Answer") -> str:
        return f"{counts_found(plan, answer)} {bigger_boat(answer)}".rstrip()

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if answer.power is None:
            return ""
        said = (
            f"If the effect of {names.treatment(self.treatment)} compared with {names.treatment(self.comparator)} truly differs by "
            f"{amount(plan, abs(self.moderator.difference), names)} between {compared_people(self.moderator)}, the chance that the trial will show it is {chance_in_words(answer.power)}."
        )
        if answer.main_effect_n is None:
            return said
        return (
            f"{said} To show that the treatment works by as much on average, {plain(answer.main_effect_n)} people would be enough: finding out for whom it works "
            "is a different question, and usually takes a much bigger trial."
        )

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        shown = percent(answer.power or 0.0, 2)
        if not self.moderator.has_direction:
            return f"Power: {shown}.", "noncentral F"
        if not answer.standard_error:
            return f"Power: {shown}.", "noncentral t"
        per_unit = abs(self.moderator.observed) / getattr(self.moderator, "moderator_sd", 1.0)
        return (
            f"Power: noncentrality (observed difference or slope) ÷ standard error {plain(per_unit / answer.standard_error)}; power {shown}.",
            "noncentral t",
        )

    def freedom_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str] | None:
        found = plain(answer.degrees_of_freedom or 0.0)
        return f"Degrees of freedom ({plan.analysis.degrees_of_freedom}): {found}.", self._freedom_source(plan)

    def _freedom_source(self, plan: "Plan") -> str:
        levels, treatments = self.moderator.levels, len(plan.design.letters)
        if plan.design.n_periods == 1:
            return f"n − {levels} × {treatments} (levels × treatments)"
        return {
            "anova": f"n·m̄ − n − {levels} × [(periods − 1) + (treatments − 1)(1 + carry-over fitted)], each term once for each of {levels} levels",
            "robust": f"n − {levels} × number of sequences",
            "satterthwaite": f"(Σa_s)²/Σ(a_s²/(n_s − {levels})) over the sequences",
            "paired": f"n − {levels}",
        }[plan.analysis.degrees_of_freedom or "anova"]

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        return spread_step(plan, answer, self.moderator)


def _for_n(target_power: float) -> Any:
    from trials.sizing.solve import ForN

    return ForN.model_construct(None, find="n", target_power=target_power, max_n=10_000_000)
