"""First event: how many people until a harm of this frequency is seen at all?"""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names, number, percent
from trials.sizing.noun import plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.phrases import chance_in_words
from trials.sizing.question.base import Figures, Problems, Question
from trials.sizing.question.harm import Events, RateAssumed
from trials.sizing.rates import one_in, rate_in_words, share_in_words

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan


class FirstEvent(RateAssumed):
    """The chance to see at least `events` events when they happen as often as assumed. This chance is the power.

    Notes
    -----
    Among people P(X ≥ k) = I_p(k, n − k + 1), for one event 1 − (1 − p)ⁿ, so that n = ln(1 − target)/ln(1 − p) (the rule of three: about 3/p for 95 %,
    Hanley & Lippman-Hand 1983). Over time P(X ≥ k) = P(k, λT), for one event T = −ln(1 − target)/λ.
    """

    kind: Literal["first_event"]
    events: Events = 1

    references: ClassVar[tuple[str, ...]] = ("Hanley JA, Lippman-Hand A. If nothing goes wrong, is everything all right? JAMA 1983.",)
    wanted_word: ClassVar[str] = "a chance"
    varied: ClassVar[tuple[str, ...]] = ("event_rate", "person_time_rate", "events")

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        return [*super().problems(design, outcome, analysis, verb), *self.one_rate(needed=True)]

    def power(self, information: "Information", n: Any) -> Any:
        return self.law.at_least(self.events, self.assumed, n * self.each(information))

    def powers(self, information: "Information", n: Any) -> Any:
        return self.power(information, n)

    def unrounded(self, information: "Information", target_power: float) -> float:
        """The size, people or person-years, that is enough before rounding."""
        return self.law.size_for_events(self.events, self.assumed, target_power)

    def guess(self, information: "Information", target_power: float | None) -> float:
        return self.unrounded(information, target_power or 0.5) / self.each(information)

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        return {"power": float(self.power(information, n)) if power is None else power, **self.exposed(information, n)}

    def after_search(self, plan: "Plan", information: "Information", n: float) -> Figures:
        return self.needed(information, self.unrounded(information, float(getattr(plan.solve, "target_power", 0.5))))

    def advice(self, plan: "Plan") -> str:
        return "Such a rare event takes more people, a longer follow-up, or data from a register; or raise max_n."

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        values = sorted({1, 2, 3, 5, 10} | {self.events})
        return "events", tuple(float(one) for one in values)

    def vary(self, assumption: str, value: float) -> Question:
        return self.model_copy(update={assumption: round(value) if assumption == "events" else value})

    # the sentences

    @property
    def at_least_said(self) -> str:
        return f"at least {self.events} event{'' if self.events == 1 else 's'}"

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        return f"No hypothesis is tested; the aim is to see {self.at_least_said} if {self.rate_said(self.assumed, plan, names)}."

    def tested(self, plan: "Plan") -> str:
        return "Seeing an event does not show that the drug caused it, and seeing none does not show that there is none."

    def method(self, plan: "Plan") -> str:
        law = "binomial distribution over people" if self.basis == "person" else "Poisson distribution over person-years on the drug"
        return f"Chance of {self.at_least_said}, exact by the {law}"

    def counts(self, plan: "Plan", answer: "Answer") -> str:
        return f"With {self.people_followed(plan, answer)}, the chance to see {self.at_least_said} is {percent(answer.power or 0.0, 1)}{self.target_said(plan)}."

    def aim_found(self, plan: "Plan", answer: "Answer", names: Names) -> str | None:
        return f"a chance of {percent(answer.power or 0.0, 1)} to see {self.at_least_said}"

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        often = (
            f"{one_in(self.assumed)} people have {self.event(names)}"
            if self.basis == "person"
            else self.rate_said(self.assumed, plan, names)
        )
        if self.basis == "person" and not one_in(self.assumed).startswith("1 in"):
            often = f"{share_in_words(self.assumed)} of people have {self.event(names)}"
        seen = "it is seen at least once" if self.events == 1 else f"it is seen {self.events} times or more"
        return f"If {often}, the chance that {seen} is {chance_in_words(answer.power or 0.0)}. Seeing it does not tell whether the drug is the cause."

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        found = self.time_steps(plan, answer)
        if answer.n_unrounded is not None:
            target = percent(getattr(plan.solve, "target_power", 0.0), 1)
            if self.basis == "person":
                exact = (
                    f"ln(1 − target) / ln(1 − {plain(self.assumed)})" if self.events == 1 else "where the binomial tail reaches the target"
                )
                found.append((f"Before rounding: {exact} = {number(answer.n_unrounded)} people for {target}.", "binomial distribution"))
            else:
                exact = f"−ln(1 − target) / {plain(self.assumed)}" if self.events == 1 else "where the Poisson tail reaches the target"
                found.append(
                    (
                        f"Before rounding: {exact} = {number(answer.person_years_needed or 0.0)} person-years for {target}.",
                        "Poisson distribution",
                    )
                )
        return found

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        rate = share_in_words(self.assumed) if self.basis == "person" else rate_in_words(self.assumed)
        return (
            f"Chance of {self.at_least_said} at {rate}, with {number(answer.events or 0.0)} expected: {percent(answer.power or 0.0, 2)}.",
            "binomial distribution" if self.basis == "person" else "Poisson distribution",
        )
