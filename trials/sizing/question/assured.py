"""Assurance: the power averaged over what the effect and the SD may truly be."""

from math import inf
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from trials.sizing.names import Names, percent
from trials.sizing.noun import plain
from trials.sizing.outcome import LogOutcome
from trials.sizing.phrases import chance_in_words, whole_people
from trials.sizing.prior import Prior
from trials.sizing.question.base import Figures, Warnings
from trials.sizing.question.beliefs import LEAST, Beliefs, Nodes, alpha_of_one_test, certainly, mass, mass_shown
from trials.sizing.question.uncertainty import in_short, in_words_of, keeps_larger
from trials.sizing.question.wrapped import Wrapped

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.plan import Plan


class Assured(Wrapped):
    """The chance that the trial shows what is asked, averaged over effect and SD (O'Hagan 2005; Julious; PowerTOST `exppower`).

    Notes
    -----
    σ = s·√(ν/χ²_ν) with ν the degrees of freedom of the assumed SD s; given σ the effect is normal around the planned one (or the published
    estimate) with SD τ·σ/s where both are uncertain, as an estimate of both from one trial leaves them, else with SD τ. All other SDs stay
    as planned. What counts is rejection in the direction that is to be shown, also where the test has two sides: a
    significant result for the wrong treatment is no success. With `share_responding` π the assurance is π·(this average) + (1 − π)·(the
    power when there is no effect).
    """

    prior: Prior

    wanted_word: ClassVar[str] = "an assurance"
    one_step_below: ClassVar[str | None] = "assurance_one_step_below"
    own_references: ClassVar[tuple[str, ...]] = (
        "O'Hagan A, Stevens JW, Campbell MJ. Assurance in clinical trial design. 2005.",
        "Labes D, Schütz H, Lang B. PowerTOST (exppower), version 1.5-7.",
    )

    # the numbers

    def reason(self, information: "Information") -> str | None:
        if (why := self.question.reason(information)) is not None:
            return why
        beliefs = self.beliefs(information)
        if beliefs.is_whole or mass(beliefs, beliefs.region) > LEAST:
            return None
        return (
            f"Cut off at {plain(self.prior.effect_truncated_at or 0.0)} nothing is left of the assumed effect, which lies many standard errors on the other side. "
            "Check the assumed effect and effect_truncated_at."
        )

    def beliefs(self, information: "Information") -> Beliefs:
        question, outcome = self.question, information.continuous
        log_scale = isinstance(outcome, LogOutcome)
        centre = self.prior.centre(log_scale=log_scale)
        centred = question if centre is None else question.with_effect(centre, outcome)
        middle = question.effect if centre is None else centre
        planned, none = centred.distances(outcome), question.with_effect(0.0, outcome).distances(outcome)
        towards = float(getattr(question, "direction", 1.0))
        if information.analysis.sides == 2 and getattr(question, "better", None) is None and question.effect < 0:
            planned, none, towards = (-planned[0],), (-none[0],), -towards
        region = (-inf, inf)
        if (cut := self.prior.truncated_at(log_scale=log_scale)) is not None:
            from_centre, upward = towards * (cut - middle), keeps_larger(self.prior, question, log_scale=log_scale) == (towards > 0)
            region = (from_centre, inf) if upward else (-inf, from_centre)
        return Beliefs(planned, none, self.prior.standard_error(log_scale=log_scale), region, self.prior.variability_degrees_of_freedom())

    def attained(self, information: "Information", n: Any) -> Any:
        """The assurance with n people, a number or an array."""
        from trials.sizing.laws.averaging import averaged_within, mass_between

        beliefs, at = self.beliefs(information), Nodes(self.question, information, self.beliefs(information).degrees_of_freedom, n)
        tau = beliefs.effect_sd * at.ratio_of_effect(beliefs)
        if beliefs.effect_sd == 0 or beliefs.is_whole:
            found = at.average(beliefs.distances, tau)
        else:
            inside = at.mean(averaged_within(beliefs.region, beliefs.distances, tau, at.standard_error, at.freedom, at.critical))
            found = inside / at.mean(mass_between(*beliefs.region, tau))
        return np.clip(self._mixed(found, lambda: at.average(beliefs.none, 0.0)), 0.0, 1.0)[()]

    def ceiling(self, information: "Information") -> float:
        """What the assurance approaches as n grows: the probability that the effect lies on the side that is to be shown."""
        beliefs = self.beliefs(information)
        alpha = alpha_of_one_test(information)
        share = certainly(beliefs.distances, alpha) if beliefs.effect_sd == 0 else mass_shown(beliefs)
        return float(np.clip(self._mixed(share, lambda: certainly(beliefs.none, alpha)), 0.0, 1.0))

    def power_if_effective(self, information: "Information", n: float) -> float | None:
        """The power averaged over those effects alone that lie on the side that is to be shown; None where none does."""
        from trials.sizing.laws.averaging import averaged_within, mass_between

        beliefs = self.beliefs(information)
        at = Nodes(self.question, information, beliefs.degrees_of_freedom, n)
        tau = beliefs.effect_sd * at.ratio_of_effect(beliefs)
        share, others = self.prior.share_responding or 1.0, float(min(beliefs.none) > 0)
        if beliefs.effect_sd == 0:
            likely = float(min(beliefs.distances) > 0)
            both = likely * at.average(beliefs.distances, 0.0)
        else:
            whole = at.mean(mass_between(*beliefs.region, tau))
            likely = mass_shown(beliefs)
            both = (
                at.mean(averaged_within(beliefs.shown, beliefs.distances, tau, at.standard_error, at.freedom, at.critical)) / whole
                if likely > LEAST
                else 0.0
            )
        likely, both = share * likely, share * both
        if share < 1 and others:
            likely, both = likely + (1.0 - share), both + (1.0 - share) * at.average(beliefs.none, 0.0)
        return float(np.clip(both / likely, 0.0, 1.0)) if likely > LEAST else None

    def _mixed(self, effective: Any, ineffective: Any) -> Any:
        """The average over those whom the treatment helps and those whom it does nothing for."""
        share = self.prior.share_responding
        return effective if share is None or share == 1.0 else share * effective + (1.0 - share) * ineffective()

    def why_out_of_reach(self, information: "Information", target: float) -> Figures | None:
        ceiling = self.ceiling(information)
        if target < ceiling or float(self.attained(information, self.smallest_n(information))) >= target:
            return None
        reason = (
            f"No number of people reaches an assurance of {plain(target)}: however many take part, it stays below {plain(round(ceiling, 4))}, the "
            "probability that there is an effect that is to be shown. A better estimate of the effect, from a pilot trial for example, may raise it."
        )
        return {"reason": reason, "maximum_attainable": ceiling, "assurance_ceiling": ceiling}

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        return {
            **self.question.figures(information, n),
            "assurance": float(self.attained(information, n)) if power is None else power,
            "assurance_ceiling": self.ceiling(information),
            "power_if_effective": self.power_if_effective(information, n),
        }

    def find_assurance(self, plan: "Plan", information: "Information", n: float) -> Figures:
        return self.figures(information, n)

    def effect_around(self, plan: "Plan") -> tuple[str, tuple[float, ...]] | None:
        # around a published estimate the planned effect makes no difference to the assurance
        return None if self.prior.estimate is not None else self.question.effect_around(plan)

    def cautions(self, plan: "Plan", information: "Information", n_evaluable: float | None) -> Warnings:
        centre = self.prior.centre(log_scale=isinstance(plan.outcome, LogOutcome))
        if centre is None or abs(centre - self.question.effect) <= 1e-9 * max(1.0, abs(centre)):
            return []
        planned = self.question.mean_ratio if self.question.mean_ratio is not None else self.question.mean_difference
        message = (
            f"The assurance is averaged around the published estimate {plain(self.prior.estimate or 0.0)}, not around the planned "
            f"{plain(planned or 0.0)}, which the power refers to."
        )
        return [("prior_off_plan", message)]

    # the sentences

    def counts(self, plan: "Plan", answer: "Answer") -> str:
        target = getattr(plan.solve, "target_assurance", None)
        wanted = f" (target {percent(target, 1)})" if target is not None else ""
        return (
            f"With the {'parallel' if plan.design.n_periods == 1 else 'crossover'} design {plan.design.label}, {whole_people(answer.n_evaluable)} evaluable "
            f"participants give an assurance of {percent(answer.assurance or 0.0, 1)}{wanted}: the power averaged over how uncertain the assumptions are. "
            f"At the planned values themselves the power is {percent(answer.power or 0.0, 1)}."
        )

    def assuming(self, plan: "Plan", names: Names) -> str:
        return f"{self.question.assuming(plan, names)} {in_words_of(self.prior, plan, names)}"

    def method(self, plan: "Plan") -> str:
        return f"{self.question.method(plan)}, averaged over {in_short(self.prior)} (assurance)"

    def aim_found(self, plan: "Plan", answer: "Answer", names: Names) -> str | None:
        return f"an assurance of {percent(answer.assurance or 0.0, 1)} (power {percent(answer.power or 0.0, 1)} at the planned values)"

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if answer.assurance is None:
            return ""
        said = (
            f"{self.question.in_plain_words(plan, answer, names)} Averaged over how uncertain the assumptions are, it is "
            f"{chance_in_words(answer.assurance)}."
        )
        ceiling = answer.assurance_ceiling
        if ceiling is None or ceiling >= 0.995:
            return said
        return f"{said} However many people took part, it would not be more than {chance_in_words(ceiling)}, because what is hoped for may not be true."

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        text, source = self.question.power_step(plan, answer)
        parts = [
            text,
            (
                f"Assurance: averaged over {in_short(self.prior)} it is {percent(answer.assurance or 0.0, 2)}; for n → ∞ it approaches "
                f"{percent(answer.assurance_ceiling or 0.0, 2)}."
            ),
        ]
        if answer.power_if_effective is not None:
            parts.append(f"Given that the effect is one that is to be shown, the average is {percent(answer.power_if_effective, 2)}.")
        return " ".join(parts), f"{source}; O'Hagan 2005; σ² = s²·ν/χ²_ν"

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        return [(f"Prior: {in_words_of(self.prior, plan, Names())}", "plan")]
