"""Time to an event: does the treatment put off an event, such as the loss of a response after withdrawal?"""

from math import ceil, log
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from trials.sizing.analysis import Analysis
from trials.sizing.names import Names, number, percent
from trials.sizing.nearby import around, nice_step
from trials.sizing.noun import plain
from trials.sizing.outcome import AnyOutcome
from trials.sizing.phrases import chance_in_words, target_of, whole_people
from trials.sizing.question.base import Figures, Warnings
from trials.sizing.question.two_groups import TwoGroups, normal_power

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan

HazardRatio = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, ge=0.001, le=1000)]
EventShare = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=1e-6, le=1)]
FEW_EVENTS = 20
FAR_FROM_1 = 2.0


class TimeToEvent(TwoGroups):
    """H0: both hazards are equal, by the log-rank test. The number of events decides; `event_share` of all people are expected to have one.

    Without `event_share` everybody is counted as having the event.

    Notes
    -----
    Schoenfeld 1981: ln HR is estimated with variance 1/(r(1 − r)·events), r the share given the treatment; events = (z_α + z_β)²/(r(1 − r)·ln²HR), 4(…)²/ln²HR for
    equal groups, in whole events; n = events ÷ event_share. Power belongs to the whole events that n people are expected to give.
    """

    kind: Literal["time_to_event"]
    hazard_ratio: HazardRatio
    event_share: EventShare | None = None

    references: ClassVar[tuple[str, ...]] = (
        "Schoenfeld D. The asymptotic properties of nonparametric tests for comparing survival distributions. Biometrika 1981;68:316–319.",
    )
    varied: ClassVar[tuple[str, ...]] = ("hazard_ratio", "event_share")

    def defaults(self, analysis: Analysis, outcome: AnyOutcome | None) -> dict[str, Any]:
        return {"alpha": 0.025 if analysis.sides == 1 else 0.05, "sides": 2}

    def warnings(self, outcome: AnyOutcome | None) -> Warnings:
        if self.event_share is not None:
            return []
        message = (
            "Without event_share every participant is counted as having the event, so that n is the number of events; give the share of people who "
            "are expected to have it before the trial ends."
        )
        return [("event_share_missing", message)]

    def cautions(self, plan: "Plan", information: "Information", n_evaluable: float | None) -> Warnings:
        if n_evaluable is None:
            return []
        found: Warnings = []
        events, allocation = float(self.events(n_evaluable)), plan.design.allocation
        if events < FEW_EVENTS:
            message = (
                f"About {plain(events)} events are expected; with so few the normal distribution of the log-rank test is a poor guide."
            )
            found.append(("few_events", message))
        if max(allocation) != min(allocation) or not 1.0 / FAR_FROM_1 <= self.hazard_ratio <= FAR_FROM_1:
            message = (
                "Schoenfeld's formula is made for hazard ratios near 1 in groups of equal size. Beyond, the log-rank test has less power than it says: simulated, "
                "some 6 per cent less at a ratio of 2 with people shared 2:1. Simulate the trial before relying on this number."
            )
            found.append(("far_from_1", message))
        return found

    # the numbers

    def events(self, n: Any) -> Any:
        """Whole events that n people are expected to give."""
        return np.floor(np.asarray(n, dtype=float) * (self.event_share or 1.0) + 1e-9)[()]

    def per_event(self, information: "Information") -> float:
        """Variance of ln HR with one event: 1/(r(1 − r))."""
        first, second = self.shares(information.design)
        return 1.0 / (first * second)

    def smallest_n(self, information: "Information") -> float:
        return 2.0 / (self.event_share or 1.0)

    def power(self, information: "Information", n: Any) -> Any:
        distance = abs(log(self.hazard_ratio)) * (self.events(n) / self.per_event(information)) ** 0.5
        return normal_power(distance, information.analysis.alpha or 0.05, information.analysis.sides or 2)

    def powers(self, information: "Information", n: Any) -> Any:
        return self.power(information, n)

    def events_needed(self, information: "Information", target_power: float) -> float:
        """By the formula, unrounded; the far tail of a two-sided test is left out."""
        from scipy import special

        z = -special.ndtri((information.analysis.alpha or 0.05) / (information.analysis.sides or 2)) + special.ndtri(target_power)
        return float(self.per_event(information) * (z / (abs(log(self.hazard_ratio)) + 1e-60)) ** 2)

    def guess(self, information: "Information", target_power: float | None) -> float:
        return self.events_needed(information, target_power or 0.5) / (self.event_share or 1.0)

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        from scipy import special

        events, analysis = float(self.events(n)), information.analysis
        return {
            "power": float(self.power(information, n)) if power is None else power,
            "events": events,
            "standard_error": (self.per_event(information) / events) ** 0.5,
            "critical_value": float(-special.ndtri((analysis.alpha or 0.05) / (analysis.sides or 2))),
        }

    def after_search(self, plan: "Plan", information: "Information", n: float) -> Figures:
        """The events that are needed, which may be fewer than whole groups of people give."""
        target, enough = getattr(plan.solve, "target_power", None) or 0.0, float(self.events(n))
        everybody = self.model_copy(update={"event_share": None})
        while enough > 2.0 and everybody.power(information, enough - 1.0) >= target:
            enough -= 1.0
        found: Figures = {"events": enough}
        if target > (plan.analysis.alpha or 0.05):
            found["n_unrounded"] = self.events_needed(information, target) / (self.event_share or 1.0)
        return found

    def advice(self, plan: "Plan") -> str:
        if self.hazard_ratio == 1:
            return "The assumed hazards are equal, so that more people do not help. Assume another ratio."
        return "Assume a hazard ratio further from 1 or a larger share with the event, or raise max_n."

    # what is varied

    def uncertain(self, plan: "Plan") -> tuple[str, float] | None:
        share = self.event_share
        return ("event_share", share) if share is not None and share <= 0.7 else None

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        distance = abs(1.0 - self.hazard_ratio)
        if distance < 0.02:
            return None
        step = nice_step(distance * 0.15)
        values = around(self.hazard_ratio, step, 2, 3) if self.hazard_ratio < 1 else around(self.hazard_ratio, step, 3, 2)
        return ("hazard_ratio", values) if values[0] > 0 and 1.0 not in values else None

    # the sentences

    def measure(self, plan: "Plan") -> str:
        return f"Hazard ratio between people, {self.treatment} ÷ {self.comparator}"

    def hypothesis(self, plan: "Plan", names: Names) -> str:
        sides = plan.analysis.sides or 2
        other = "it is not 1" if sides == 2 else f"it is {'below' if self.hazard_ratio <= 1 else 'above'} 1"
        return (
            f"Null hypothesis: the hazard ratio {self.treatment} ÷ {self.comparator} is 1. Alternative: {other}. {'Two' if sides == 2 else 'One'}-sided log-rank "
            f"test at alpha {number(plan.analysis.alpha or 0.05)}."
        )

    def assuming(self, plan: "Plan", names: Names) -> str:
        share = (
            f" and that {percent(self.event_share, 1)} of all people have the event before the trial ends"
            if self.event_share is not None
            else ""
        )
        return (
            f"This assumes a hazard ratio of {number(self.hazard_ratio)} for the event ({names.treatment(self.treatment)} compared with "
            f"{names.treatment(self.comparator)}){share}."
        )

    def tested(self, plan: "Plan") -> str:
        sides = "two" if plan.analysis.sides == 2 else "one"
        return f"The times to the event are compared by a {sides}-sided log-rank test at a significance level of {number(plan.analysis.alpha or 0.05)}."

    def method(self, plan: "Plan") -> str:
        sides = "Two" if plan.analysis.sides == 2 else "One"
        return f"{sides}-sided log-rank test at alpha {number(plan.analysis.alpha or 0.05)}; power from the number of events (Schoenfeld)"

    def counts(self, plan: "Plan", answer: "Answer") -> str:
        target = f" (target {target_of(plan)})" if plan.solve.find == "n" else ""
        needed = "are needed" if plan.solve.find == "n" else "are expected"
        return (
            f"{whole_people(answer.events)} events {needed}; {whole_people(answer.n_evaluable)} evaluable participants in two groups give "
            f"{percent(answer.power or 0.0, 1)} power{target}."
        )

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if answer.power is None:
            return ""
        a, b = names.treatment(self.treatment), names.treatment(self.comparator)
        rarer = self.hazard_ratio < 1
        times = number(1.0 / self.hazard_ratio if rarer else self.hazard_ratio)
        first, second = (b, a) if rarer else (a, b)
        return (
            f"What counts is how many people have the event: {whole_people(answer.events)}. If at any time it is truly {times} times as likely with {first} as with {second}, "
            f"the chance that the trial will show it is {chance_in_words(answer.power)}."
        )

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        distance = abs(log(self.hazard_ratio)) / (answer.standard_error or 1.0)
        return f"Power: |ln HR| ÷ standard error {plain(distance)}; power {percent(answer.power or 0.0, 2)}.", "Schoenfeld 1981"

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        if plan.solve.find != "n" or answer.n_unrounded is None:
            return []
        events = answer.n_unrounded * (self.event_share or 1.0)
        found = [
            (
                f"Events: (z(1 − alpha/sides) + z(power))² / (r(1 − r)·ln²HR) = {plain(round(events, 4))}, so {ceil(events - 1e-9)}.",
                "Schoenfeld 1981",
            )
        ]
        if self.event_share is not None:
            found.append(
                (
                    f"People: {plain(answer.events or 0.0)} events / {plain(self.event_share)}, in whole groups.",
                    "n = events ÷ share with an event",
                )
            )
        return found
