"""Precision of a rate: how narrow is its exact confidence interval?"""

from typing import TYPE_CHECKING, ClassVar, Literal

from trials.sizing.analysis import Analysis
from trials.sizing.design import Design
from trials.sizing.names import Names, number, percent
from trials.sizing.nearby import around, nice_step
from trials.sizing.noun import Positive, Share, plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.question.base import Figures, Problems
from trials.sizing.question.harm import RateAssumed
from trials.sizing.rates import one_in, rate_in_words

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan


class RatePrecision(RateAssumed):
    """Half of the expected length of the exact two-sided interval of a rate is at most `half_width`, when the rate is as assumed.

    Notes
    -----
    E[upper − lower]/2 over the number of events: Clopper & Pearson 1934 among people, Garwood 1936 over person-years. The interval of a rare event
    reaches further up than down; half of its length is the mean of both distances. Enumerated, no normal approximation.
    """

    kind: Literal["rate_precision"]
    half_width: Positive | None = None
    confidence_level: Share = 0.95

    verbs: ClassVar[tuple[str, ...]] = ("n", "half_width")
    needs_target: ClassVar[bool] = False
    without_target: ClassVar[str] = "has no power; leave target_power out"
    references: ClassVar[tuple[str, ...]] = (
        "Clopper CJ, Pearson ES. The use of confidence or fiducial limits. Biometrika 1934.",
        "Garwood F. Fiducial limits for the Poisson distribution. Biometrika 1936.",
    )
    varied: ClassVar[tuple[str, ...]] = ("event_rate", "person_time_rate")

    def problems(self, design: Design, outcome: AnyOutcome | None, analysis: Analysis, verb: str) -> Problems:
        found = [*super().problems(design, outcome, analysis, verb), *self.one_rate(needed=True)]
        if self.half_width is None and verb == "n":
            message = "half_width is missing: how far the confidence interval may reach on either side, in the unit of the rate, for example 0.01."
            found.append(("question.half_width", message))
        if self.half_width is not None and self.half_width >= 0.5 and self.event_rate is not None:
            found.append(
                (
                    "question.half_width",
                    f"half_width is {plain(self.half_width)}; a share of people lies between 0 and 1, so it must be below 0.5.",
                )
            )
        return found

    def expected_half_width(self, information: "Information", n: float) -> float:
        return self.law.half_width(self.assumed, n * self.each(information), self.confidence_level)

    def reached(self, information: "Information", n: float) -> bool:
        return self.expected_half_width(information, n) <= (self.half_width or 0.0)

    def guess(self, information: "Information", target_power: float | None) -> float:
        from scipy import special

        z, wanted, rate = -special.ndtri((1.0 - self.confidence_level) / 2.0), self.half_width or 1.0, self.assumed
        spread = rate * (1.0 - rate) if self.basis == "person" else rate
        return float(spread * (z / wanted) ** 2 + z / wanted) / self.each(information)

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        return {
            "half_width": self.expected_half_width(information, n),
            "confidence_level": self.confidence_level,
            **self.exposed(information, n),
        }

    def find_half_width(self, plan: "Plan", information: "Information", n: float) -> Figures:
        """The expected half-width with n people."""
        return self.figures(information, n)

    def out_of_reach(self, information: "Information", n: float) -> str:
        return f"the expected half-width is still {plain(self.expected_half_width(information, n))}"

    def advice(self, plan: "Plan") -> str:
        return "Accept a wider interval, follow people for longer, or raise max_n."

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        if self.half_width is None or (self.basis == "person" and self.half_width > 0.3):
            return None
        return "half_width", around(self.half_width, nice_step(self.half_width * 0.2), 2, 2)

    # the sentences

    def width_in_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        width = answer.half_width or 0.0
        return f"{number(100.0 * width)} percentage points" if self.basis == "person" else rate_in_words(width)

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        return f"No hypothesis is tested; the rate of {self.event(names)} is estimated with its exact {percent(self.confidence_level, 1)} confidence interval."

    def tested(self, plan: "Plan") -> str:
        law = "Clopper–Pearson" if self.basis == "person" else "Garwood"
        return f"The rate is reported with its exact {percent(self.confidence_level, 1)} confidence interval ({law}), which reaches further up than down."

    def method(self, plan: "Plan") -> str:
        law = "Clopper–Pearson, among people" if self.basis == "person" else "Garwood, over person-years on the drug"
        return f"Exact {percent(self.confidence_level, 1)} confidence interval ({law}); expected half-width, over all numbers of events"

    def counts(self, plan: "Plan", answer: "Answer") -> str:
        return (
            f"With {self.people_followed(plan, answer)}, half of the expected length of the {percent(self.confidence_level, 1)} confidence interval is "
            f"{self.width_in_words(plan, answer, Names())}; {number(answer.events or 0.0)} events are expected."
        )

    def aim_found(self, plan: "Plan", answer: "Answer", names: Names) -> str | None:
        return f"an expected half-width of {self.width_in_words(plan, answer, names)}"

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if self.basis == "person":
            return f"If {one_in(self.assumed)} people have {self.event(names)}, the trial will tell how often it happens."
        return f"If {self.rate_said(self.assumed, plan, names)}, the trial will tell how often it happens."

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        found = self.time_steps(plan, answer)
        if answer.half_width is not None:
            law = "Clopper & Pearson 1934" if self.basis == "person" else "Garwood 1936"
            shown = f"Half-width: half of the interval's length, averaged over the number of events ({number(answer.events or 0.0)} expected), is {plain(answer.half_width)}."
            found.append((shown, law))
        return found
