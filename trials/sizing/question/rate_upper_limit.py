"""Upper limit of a rate: what can be ruled out when so few events are seen?"""

from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names, number, percent
from trials.sizing.nearby import around, nice_step
from trials.sizing.noun import Positive, Share, plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.question.base import Figures, Problems, Question, Warnings
from trials.sizing.question.excluding import ExcludingQuestion
from trials.sizing.question.harm import EventsOrNone, Per, RateAssumed
from trials.sizing.rates import events_in_words

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan


class RateUpperLimit(ExcludingQuestion, RateAssumed):
    """The upper one-sided limit of a rate lies below `upper_limit`.

    Either with `observed_events` (0 where nothing is said), or, with a target power, with the chance that so few events are seen when
    `event_rate` or `person_time_rate` is the true rate. `per` says whether the limit is a share of people or a rate per person-year; it follows from the
    true rate, or from people or person-years being given, and is a share of people otherwise.

    Notes
    -----
    Over time the limit after x events is ½χ²(confidence; 2(x + 1)) ÷ person-years (Garwood 1936): 2.996, 4.744, 6.296, 7.754 for 0 to 3 events at 95 %. Among people it is the
    beta quantile of x + 1 and n − x (Clopper & Pearson 1934), 1 − (1 − confidence)^(1/n) for no event.
    """

    kind: Literal["rate_upper_limit"]
    upper_limit: Positive | None = None
    confidence_level: Share = 0.95
    observed_events: EventsOrNone | None = None
    per: Per | None = None

    verbs: ClassVar[tuple[str, ...]] = ("n", "power", "upper_limit")
    without_target: ClassVar[str] = (
        "has a power under a true rate only; give event_rate or person_time_rate, for which target_power is the chance that the limit is excluded, or leave target_power out"
    )
    references: ClassVar[tuple[str, ...]] = (
        "Clopper CJ, Pearson ES. The use of confidence or fiducial limits. Biometrika 1934.",
        "Garwood F. Fiducial limits for the Poisson distribution. Biometrika 1936.",
    )
    varied: ClassVar[tuple[str, ...]] = ("event_rate", "person_time_rate", "observed_events")

    @classmethod
    def spelled_out(cls, question: Mapping[str, Any], plan: Mapping[str, Any]) -> Mapping[str, Any]:
        """`per` as the plan makes it plain."""
        if question.get("per") is not None:
            return question
        solve = plan.get("solve")
        over_time = question.get("person_time_rate") is not None or (
            question.get("event_rate") is None and isinstance(solve, Mapping) and solve.get("person_years") is not None
        )
        return {**question, "per": "person_year" if over_time else "person"}

    @property
    def basis(self) -> Per:
        if self.per is not None:
            return self.per
        return "person_year" if self.assumed_name == "person_time_rate" else "person"

    @property
    def wants_target(self) -> bool:
        return self.assumed_name is not None

    @property
    def limit(self) -> float:
        return self.upper_limit or 0.0

    @property
    def seen(self) -> int:
        return self.observed_events or 0

    def level(self, information: "Information") -> float:
        return 1.0 - self.confidence_level

    def alpha_of(self, plan: "Plan") -> float:
        return 1.0 - self.confidence_level

    # what fits

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found = [*super().problems(design, outcome, analysis, verb), *self.one_rate(needed=verb == "power")]
        name = self.assumed_name
        if name is not None and self.observed_events is not None:
            message = f"Give observed_events, or {name} with the chance to exclude the limit when it is true, not both."
            found.append(("question.observed_events", message))
        if name is not None and verb == "upper_limit":
            message = f"The upper limit follows from observed_events; leave {name} out."
            found.append((f"question.{name}", message))
        if name is not None and self.per is not None and self.per != ("person" if name == "event_rate" else "person_year"):
            found.append(("question.per", f"{name} is a rate per {'person' if name == 'event_rate' else 'person-year'}; leave per out."))
        if self.upper_limit is None and verb in {"n", "power"}:
            found.append(("question.upper_limit", "upper_limit is missing: the rate that is to be excluded, for example 0.01 for 1 %."))
        if self.upper_limit is not None and self.upper_limit >= 1 and self.basis == "person":
            message = f"upper_limit is {plain(self.upper_limit)}; as a share of people it must be below 1, for example 0.01 for 1 %. For a rate per person-year say per: person_year."
            found.append(("question.upper_limit", message))
        return found

    def warnings(self, outcome: AnyOutcome | None) -> Warnings:
        if self.upper_limit is None or self.assumed < self.upper_limit:
            return []
        message = (
            f"The assumed rate of {plain(self.assumed)} is not below the limit of {plain(self.upper_limit)} that is to be excluded, so more people only make it less likely. "
            "Assume a lower true rate or exclude a higher one."
        )
        return [("rate_not_below_limit", message)]

    # the numbers

    def reached(self, information: "Information", n: float) -> bool:
        size = n * self.each(information)
        return bool(self.law.at_most(self.seen, self.limit, size) <= self.level(information) * (1.0 + 1e-12))

    def unrounded(self, information: "Information") -> float:
        return self.law.size_for_limit(self.seen, self.limit, self.level(information))

    def guess(self, information: "Information", target_power: float | None) -> float:
        if self.assumed_name is not None:
            return super().guess(information, target_power)
        return self.unrounded(information) / self.each(information)

    def smallest(self, reached: Any, first: int, last: int, guess: int) -> int | None:
        if self.assumed_name is not None:
            return super().smallest(reached, first, last, guess)
        return Question.smallest(self, reached, first, last, guess)

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        if self.assumed_name is not None:
            return super().figures(information, n, power)
        limit = float(self.law.upper_limit(self.seen, n * self.each(information), self.level(information)))
        return {
            "upper_limit": limit,
            "confidence_level": self.confidence_level,
            **self.exposed(information, n),
            "events": float(self.seen),
        }

    def find_upper_limit(self, plan: "Plan", information: "Information", n: float) -> Figures:
        """The upper limit after so many events among n people."""
        if self.basis == "person" and self.seen > n * self.each(information) + 1e-9:
            return {
                "reason": f"{events_in_words(self.seen)} among {plain(n)} people: each person counts once, so give at most as many events as people."
            }
        return self.figures(information, n)

    def after_search(self, plan: "Plan", information: "Information", n: float) -> Figures:
        if self.assumed_name is not None:
            return super().after_search(plan, information, n)
        return self.needed(information, self.unrounded(information))

    def out_of_reach(self, information: "Information", n: float) -> str:
        limit = float(self.law.upper_limit(self.seen, n * self.each(information), self.level(information)))
        return f"the upper limit after {events_in_words(self.seen)} is still {self.rate_shown(limit)}"

    def advice(self, plan: "Plan") -> str:
        if self.assumed_name is not None:
            return super().advice(plan)
        return "Exclude a higher rate, follow people for longer, or raise max_n."

    # what is varied

    def uncertain(self, plan: "Plan") -> tuple[str, float] | None:
        if self.assumed_name is not None:
            return super().uncertain(plan)
        if self.upper_limit is None or (self.basis == "person" and self.upper_limit > 0.75):
            return None
        return "upper_limit", self.upper_limit

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        if self.assumed_name is None:
            return "observed_events", tuple(float(one) for one in sorted({0, 1, 2, 3} | {self.seen}))
        if self.upper_limit is None or (self.basis == "person" and self.upper_limit > 0.6):
            return None
        return "upper_limit", around(self.upper_limit, nice_step(self.upper_limit * 0.25), 1, 3)

    def planned(self, assumption: str) -> Any:
        return float(self.seen) if assumption == "observed_events" else super().planned(assumption)

    def vary(self, assumption: str, value: float) -> Question:
        return self.model_copy(update={assumption: round(value) if assumption == "observed_events" else value})

    # the sentences

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        if self.upper_limit is None:
            return f"No hypothesis is tested; the rate of {self.event(names)} is bounded by its upper {self.level_said(plan)} limit."
        return super().hypothesis(plan, names)

    def tested(self, plan: "Plan") -> str:
        if self.upper_limit is None:
            law = "binomial (Clopper–Pearson)" if self.basis == "person" else "Poisson (Garwood)"
            return f"The limit is the exact {law} one; a rate below it is not shown to be harmless."
        return super().tested(plan)

    def method(self, plan: "Plan") -> str:
        if self.assumed_name is not None:
            return super().method(plan)
        law = "Clopper–Pearson, among people" if self.basis == "person" else "Garwood, over person-years on the drug"
        return f"Exact upper {self.level_said(plan)} limit after {events_in_words(self.seen)} ({law})"

    def counts(self, plan: "Plan", answer: "Answer") -> str:
        if self.assumed_name is not None:
            return super().counts(plan, answer)
        return f"With {self.people_followed(plan, answer)} and {events_in_words(self.seen)}, the upper {self.level_said(plan)} limit is {self.rate_shown(answer.upper_limit or 0.0)}."

    def assuming(self, plan: "Plan", names: Names) -> str:
        said = super().assuming(plan, names)
        if self.assumed_name is not None:
            return said
        excluded = (
            ""
            if self.upper_limit is None
            else f"It is to be excluded that {self.rate_said(self.upper_limit, plan, names, after=' or more')}. "
        )
        return f"{excluded}{said}".strip()

    def aim_found(self, plan: "Plan", answer: "Answer", names: Names) -> str | None:
        if self.assumed_name is not None:
            return super().aim_found(plan, answer, names)
        return f"an upper {self.level_said(plan)} limit of {self.rate_shown(answer.upper_limit or 0.0)} after {events_in_words(self.seen)}"

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if self.assumed_name is not None:
            return super().in_plain_words(plan, answer, names)
        often = self.rate_said(answer.upper_limit or 0.0, plan, names, before="at most ")
        seen = "nobody has" if self.seen == 0 else f"no more than {self.seen} {'has' if self.seen == 1 else 'have'}"
        return (
            f"If {seen} {self.event(names)}, it can be said with {percent(self.confidence_level, 1)} confidence that {often}. "
            "It does not show that it never happens."
        )

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        if self.assumed_name is not None:
            return super().steps(plan, answer)
        found = self.time_steps(plan, answer)
        x, level = self.seen, plain(self.confidence_level)
        if self.basis == "person_year" and answer.person_years and isfinite(answer.upper_limit or 0.0):
            numerator = plain((answer.upper_limit or 0.0) * answer.person_years)
            found.append(
                (
                    f"Upper limit: ½χ²({level}; {2 * (x + 1)}) = {numerator}, ÷ {plain(answer.person_years)} person-years = {plain(answer.upper_limit or 0.0)}.",
                    "Garwood 1936",
                )
            )
        elif answer.upper_limit is not None and answer.n_evaluable is not None:
            how = (
                f"1 − (1 − {level})^(1/{plain(answer.n_evaluable)})"
                if x == 0 and self.seen == 0
                else f"beta quantile {level} of {x + 1} and n − {x}"
            )
            found.append((f"Upper limit: {how} = {plain(answer.upper_limit)}.", "Clopper & Pearson 1934"))
        if answer.n_unrounded is not None:
            found.append((f"Before rounding, n is {number(answer.n_unrounded)}.", "where the limit is met exactly"))
        return found
