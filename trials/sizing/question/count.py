"""Superiority for counted events, such as rescue doses: is the rate on the treatment another than on the comparator?"""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.discrete import CountOutcome
from trials.sizing.laws.search import smallest_units
from trials.sizing.nearby import ratios
from trials.sizing.noun import in_words, plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.question.base import Figures, Problems, Warnings
from trials.sizing.question.count_words import TESTS, CountWords, count_of
from trials.sizing.question.discrete import given_equally, period_weights_differ

if TYPE_CHECKING:
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan

FEW_EVENTS = 50.0
MOST_FOR_TABLE = 5_000  # events; thirty larger searches are too slow to be shown while one types


class CountSuperiority(CountWords):
    """H0: events are as frequent on the treatment as on the comparator; given all events of a person, their split tells the rates apart.

    Notes
    -----
    Events needed M = φ·((z_α/2 + z_β√(π(1 − π)))/(π − ½))² with π = RR/(1 + RR), `n_unrounded` = M/(k·μ_B·(1 + RR)) for k periods on each treatment; how
    prone a person is to events cancels. `events` are those needed, or, where power is asked for, those expected.

    * `exact`, `mid_p` (the default without over-dispersion): the binomial test of ½, its power averaged over a Poisson number of events. Where
      people differ in how prone they are, the number of events varies more, and power is a little lower (by 0.003 when their rates have a
      coefficient of variation of 0.5 and 38 people have 4 events a period; simulated).
    * `asymptotic` (the default, and the only choice, with over-dispersion): a t test whose dispersion is estimated from the people's own splits, on
      n − sequences degrees of freedom (`events.dispersed_power`; our working version). Simulated with negative binomial counts and gamma frailty (a
      coefficient of variation of 0.5), its power is right within 0.01 from 12 people on, its size 0.050 to 0.055.

    A binomial test of over-dispersed counts is refused: with φ = 2 it finds a difference in 17 % of trials where there is none.
    Designs: every sequence gives both treatments equally often, and so does every period.
    """

    outcomes: ClassVar[tuple[str, ...]] = ("count",)
    analysis_takes: ClassVar[tuple[str, ...]] = ("test",)
    references: ClassVar[tuple[str, ...]] = (
        "Przyborowski J, Wilenski H. Homogeneity of results in testing samples from Poisson series. Biometrika 1940.",
        "Jones B, Kenward MG. Design and Analysis of Cross-over Trials.",
    )

    # what fits

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        test = "mid_p" if isinstance(outcome, CountOutcome) and outcome.overdispersion == 1.0 else "asymptotic"
        return {"test": test} | super().defaults(analysis, outcome)

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found = super().problems(design, outcome, analysis, verb)
        if analysis.test not in {*TESTS, None}:
            found.append(("analysis.test", f"test is {analysis.test}; for counts it must be {in_words(TESTS, 'or')}."))
        elif count_of(outcome).overdispersion > 1.0 and analysis.test in {"exact", "mid_p"}:
            message = (
                f"test is {analysis.test}, but a binomial test takes the events of a person for independent; with overdispersion above 1 it rejects too often "
                "where nothing differs. Use asymptotic, or leave test out."
            )
            found.append(("analysis.test", message))
        return found

    def unserved(self, design: Design, analysis: Analysis) -> str | None:
        a, b = self.treatment, self.comparator
        if given_equally(design, a, b):
            return None
        return (
            f"Events on {a} and on {b} are compared within people, so that every sequence gives both equally often, and so does every period, as "
            f"{a}{b}/{b}{a}, {a}{b}{b}{a}/{b}{a}{a}{b} and Williams designs do; {design.label} does not. Choose such a design."
        )

    def warnings(self, outcome: AnyOutcome | None) -> Warnings:
        ratio = count_of(outcome).rate_ratio
        if self.better is None or (ratio <= 1.0 if self.better == "lower" else ratio >= 1.0):
            return []
        return self.wrong_side(f"rate_ratio {plain(ratio)}")

    # the numbers

    def share(self, outcome: AnyOutcome | None) -> float:
        """Of all events those on the treatment; on the comparator where fewer are better, so that more than ½ is what is looked for."""
        ratio = count_of(outcome).rate_ratio
        return 1.0 / (1.0 + ratio) if self.better == "lower" else ratio / (1.0 + ratio)

    def per_person(self, information: "Information") -> float:
        """Expected events of a person on both treatments."""
        outcome = count_of(information.outcome)
        return given_equally(information.design, self.treatment, self.comparator) * outcome.rate_comparator * (1.0 + outcome.rate_ratio)

    def power(self, information: "Information", n: Any) -> Any:
        return self.power_with(information, float(n), self.share(information.outcome))

    def power_with(self, information: "Information", n: float, share: float) -> float:
        """Power where this share of the events falls on the better treatment."""
        from trials.sizing.laws.events import conditional_power, dispersed_power

        analysis, events = information.analysis, n * self.per_person(information)
        alpha, sides = analysis.alpha or 0.05, analysis.sides or 2
        if analysis.test == "asymptotic":
            freedom = n - len(information.design.sequences)
            return dispersed_power(events, share, count_of(information.outcome).overdispersion, freedom, alpha, sides)
        return conditional_power("exact" if analysis.test == "exact" else "mid_p", events, share, alpha, sides)

    def actual_size(self, information: "Information", n: float) -> float | None:
        return self.power_with(information, n, 0.5)

    def events_needed(self, information: "Information", target_power: float) -> float:
        from trials.sizing.laws.events import events_needed

        analysis, outcome = information.analysis, count_of(information.outcome)
        return events_needed(self.share(outcome), outcome.overdispersion, analysis.alpha or 0.05, analysis.sides or 2, target_power)

    def guess(self, information: "Information", target_power: float | None) -> float:
        from trials.sizing.laws.events import OUT_OF_SIGHT, first_n

        analysis, target, share = information.analysis, target_power or 0.0, self.share(information.outcome)
        per_person, unit = self.per_person(information), sum(information.design.unit)
        if analysis.sides == 1 and share < 0.5:
            return 1.0  # power falls with n; nothing can be skipped
        if analysis.test != "asymptotic":
            sort: Literal["exact", "mid_p"] = "exact" if analysis.test == "exact" else "mid_p"
            return first_n(sort, per_person, share, analysis.alpha or 0.05, analysis.sides or 2, target, unit)
        near = self.events_needed(information, target) / per_person
        if near > OUT_OF_SIGHT:
            return float("inf")
        steps = smallest_units(
            lambda step: bool(self.power(information, step * unit) >= target), 1, int(OUT_OF_SIGHT), round(near / unit) + 1
        )
        return float("inf") if steps is None else float(steps * unit)

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        return {
            "power": float(self.power(information, n)) if power is None else power,
            "actual_size": self.actual_size(information, n),
            "events": n * self.per_person(information),
        }

    def after_search(self, plan: "Plan", information: "Information", n: float) -> Figures:
        needed = self.events_needed(information, getattr(plan.solve, "target_power", None) or 0.0)
        # the t test's power does not go up and down
        watched = {} if plan.analysis.test == "asymptotic" else super().after_search(plan, information, n)
        return watched | {"events": needed, "n_unrounded": needed / self.per_person(information)}

    def cautions_at(self, plan: "Plan", information: "Information", n: float) -> Warnings:
        found, expected = super().cautions_at(plan, information, n), n * self.per_person(information)
        if period_weights_differ(information.design, self.treatment, self.comparator):
            message = "With unequal sequences a change over time looks like an effect to this test. Use equal allocation."
            found.append(("period_effect_ignored", message))
        if expected < FEW_EVENTS:
            message = f"Only about {plain(round(expected, 1))} events are expected, and the comparison rests on them; a rate a little lower takes much of the power."
            found.append(("few_events", message))
        if count_of(plan.outcome).overdispersion == 1.0:
            message = "Counts of symptoms and rescue doses mostly vary more than an overdispersion of 1 says; check it in earlier data, since n grows in proportion to it."
            found.append(("no_overdispersion", message))
        return found

    # what is varied

    def uncertain(self, plan: "Plan") -> tuple[str, float] | None:
        outcome = count_of(plan.outcome)
        return ("overdispersion", outcome.overdispersion) if outcome.overdispersion > 1.0 else ("rate_comparator", outcome.rate_comparator)

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        from trials.sizing.laws.events import events_needed

        outcome, target = count_of(plan.outcome), getattr(plan.solve, "target_power", None) or 0.0
        needed = events_needed(self.share(outcome), outcome.overdispersion, plan.analysis.alpha or 0.05, plan.analysis.sides or 2, target)
        return ("rate_ratio", ratios(outcome.rate_ratio)) if needed < MOST_FOR_TABLE else None

    def bounds(self, plan: "Plan", assumption: str) -> tuple[float, float]:
        ratio = count_of(plan.outcome).rate_ratio
        if assumption == "rate_ratio":
            return (0.0, ratio + (1.0 - ratio) / 2.0) if ratio < 1.0 else (1.0 + (ratio - 1.0) / 2.0, float("inf"))
        return (1.0, float("inf")) if assumption == "overdispersion" else (0.0, float("inf"))
