"""Excluding a rate by an exact one-sided test, which the upper confidence limit is the other side of."""

from typing import TYPE_CHECKING, Any

from trials.sizing.names import Names, number, percent
from trials.sizing.noun import plain
from trials.sizing.phrases import chance_in_words, whole_people
from trials.sizing.question.base import Figures, Warnings
from trials.sizing.question.harm import HarmQuestion
from trials.sizing.rates import events_in_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.laws.rare import Exclusion
    from trials.sizing.plan import Plan


class ExcludingQuestion(HarmQuestion):
    """A question of harm whose answer is that a rate is excluded, with a power under an assumed rate below it.

    Notes
    -----
    Excluded when P(X ≤ x | limit) ≤ alpha, which is the same as an upper one-sided 1 − alpha limit (Clopper–Pearson, Garwood) of at most the limit. The power is
    a sawtooth in n: `n_evaluable` is the first n that is enough, `n_stays` the n from which the power stays enough.
    """

    def cautions(self, plan: "Plan", information: "Information", n_evaluable: float | None) -> Warnings:
        found = super().cautions(plan, information, n_evaluable)
        if self.basis != "person" and plan.solve.find == "n" and self.assumed_name is not None:
            message = (
                "The power of an exact test rises and falls with the time on the drug, and n is the first number that is enough. People stop and leave by chance, so that "
                "the time that is observed is sometimes shorter and the power then less; from n_stays on it stays enough."
            )
            found.append(("first_of_a_tooth", message))
        return found

    @property
    def limit(self) -> float:
        """The rate to exclude."""
        raise NotImplementedError

    def level(self, information: "Information") -> float:
        """The alpha of the one-sided test."""
        raise NotImplementedError

    def alpha_of(self, plan: "Plan") -> float:
        """The same, from the plan."""
        raise NotImplementedError

    def exclusion(self, information: "Information", step: float) -> "Exclusion":
        """The test, for trials that grow by so many people."""
        from trials.sizing.laws.rare import Exclusion

        return Exclusion(self.law, self.limit, self.assumed, self.level(information), self.each(information) * step)

    def power(self, information: "Information", n: Any) -> Any:
        return self.law.exclusion_power(self.limit, self.assumed, n * self.each(information), self.level(information))

    def powers(self, information: "Information", n: Any) -> Any:
        return self.power(information, n)

    def guess(self, information: "Information", target_power: float | None) -> float:
        """The smallest enough n itself; the search only confirms it."""
        unit = sum(information.design.unit)
        steps = self.exclusion(information, unit).first(target_power or 0.5)
        return float("inf") if steps is None else float(steps * unit)

    def smallest(self, reached: "Callable[[int], bool]", first: int, last: int, guess: int) -> int | None:
        """The guess is where the first tooth of the sawtooth that is high enough begins; nothing below is enough."""
        return next((steps for steps in range(max(guess, first), min(guess + 2, last) + 1) if reached(steps)), None)

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        size, alpha = n * self.each(information), self.level(information)
        most = float(self.law.most_events(self.limit, size, alpha))
        return {
            "power": float(self.power(information, n)) if power is None else power,
            "critical_value": most if most >= 0 else None,
            "actual_size": float(self.law.at_most(most, self.limit, size)),
            **self.exposed(information, n),
        }

    def after_search(self, plan: "Plan", information: "Information", n: float) -> Figures:
        unit = sum(plan.design.unit)
        steps = self.exclusion(information, unit).stays(float(getattr(plan.solve, "target_power", None) or 0.5))
        return {} if steps is None else {"n_stays": max(int(n), steps * unit)}

    def advice(self, plan: "Plan") -> str:
        return "Assume a lower true rate, exclude a higher one, follow people for longer, or raise max_n."

    # the sentences

    def level_said(self, plan: "Plan") -> str:
        return f"one-sided {percent(1.0 - self.alpha_of(plan), 1)}"

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        shown = self.rate_shown(self.limit)
        return (
            f"Null hypothesis: the rate of {self.event(names)} is {shown} or more. Alternative: it is below {shown}. Exact one-sided test at alpha "
            f"{number(self.alpha_of(plan))}: the upper {self.level_said(plan)} limit lies below it."
        )

    def tested(self, plan: "Plan") -> str:
        law = "binomial (Clopper–Pearson)" if self.basis == "person" else "Poisson (Garwood)"
        return f"It is excluded when the upper {self.level_said(plan)} limit, exact {law}, lies below {self.rate_shown(self.limit)}."

    def method(self, plan: "Plan") -> str:
        law = "binomial test among people" if self.basis == "person" else "Poisson test over person-years on the drug"
        return f"Exact one-sided {law} at alpha {number(self.alpha_of(plan))}; exact power, which rises and falls with n as whole events come in"

    def enough_events(self, answer: "Answer") -> str:
        """With how many events the limit is still excluded."""
        if answer.critical_value is None:
            return "not even a trial without an event excludes it"
        if answer.critical_value == 0:
            return "it is excluded only if no event is seen"
        return f"it is excluded with up to {events_in_words(answer.critical_value)}"

    def steadiness(self, answer: "Answer") -> str:
        """That more people can be worse for a while."""
        if answer.n_stays is None or answer.n_stays == answer.n_evaluable:
            return ""
        return f"; with a few more people it falls below the target again, and from {whole_people(answer.n_stays)} people on it stays above"

    def counts(self, plan: "Plan", answer: "Answer") -> str:
        return (
            f"With {self.people_followed(plan, answer)}, the chance to exclude {self.rate_shown(self.limit)} is {percent(answer.power or 0.0, 1)}{self.target_said(plan)}; "
            f"{self.enough_events(answer)}{self.steadiness(answer)}."
        )

    def aim_found(self, plan: "Plan", answer: "Answer", names: Names) -> str | None:
        return f"a chance of {percent(answer.power or 0.0, 1)} to exclude {self.rate_shown(self.limit)}"

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        return (
            f"If {self.rate_said(self.assumed, plan, names)}, the chance that the trial can rule out {self.rate_shown(self.limit)} is {chance_in_words(answer.power or 0.0)}. "
            f"To rule it out, no more than {events_in_words(answer.critical_value or 0)} may be seen."
            if answer.critical_value is not None and answer.critical_value > 0
            else f"If {self.rate_said(self.assumed, plan, names)}, the chance that the trial can rule out {self.rate_shown(self.limit)} is {chance_in_words(answer.power or 0.0)}."
        )

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        law = "binomial" if self.basis == "person" else "Poisson"
        seen = "−1" if answer.critical_value is None else plain(answer.critical_value)
        return (
            f"Power: the chance of {seen} events or fewer at {self.rate_shown(self.assumed)}, with {number(answer.events or 0.0)} expected, is {percent(answer.power or 0.0, 2)}.",
            f"{law} distribution",
        )

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        found = self.time_steps(plan, answer)
        if answer.n_stays is not None and answer.n_evaluable is not None:
            found.append(
                (
                    f"Sawtooth: {plain(answer.n_evaluable)} is the first n that is enough; from {plain(answer.n_stays)} on the power stays enough.",
                    "each further event that is allowed begins a new tooth",
                )
            )
        return found
