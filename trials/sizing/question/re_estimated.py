"""Blinded re-estimation: n is looked at again when part of the people are in, from the variability alone."""

from functools import lru_cache
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any, ClassVar

from trials.sizing.analysis import ReEstimation
from trials.sizing.names import Names, number, percent
from trials.sizing.noun import plain
from trials.sizing.phrases import chance_in_words, whole_people
from trials.sizing.question.base import Figures
from trials.sizing.question.pairwise import DirectedQuestion
from trials.sizing.question.suited import unsuited
from trials.sizing.question.wrapped import Wrapped

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.information import Information
    from trials.sizing.laws.blinded import Outcome, Trial
    from trials.sizing.plan import Plan


class ReEstimated(Wrapped):
    """A trial that starts with the planned n and may grow once, when the blinded variability of the first people is known.

    Notes
    -----
    Blinded variance s² = (residual sum of squares of a model with subjects and periods alone − n₁θ²/v₁)/((n₁ − 1)(periods − 1)), which has mean σ_w²
    when the planned θ is true (v₁ = n·Var(estimate)/σ_w²; in a complete design n₁θ²/v₁ is n₁Σ(τ_i − τ̄)²; Grayling et al. 2018, whose formulas
    were not checked against the original). The planned θ is subtracted, so that the power is aimed at and not overshot. New n: the smallest whole number of
    allocation units whose t test has the target power with SD s and difference θ, at least the planned n and at most `maximum_n`.
    Power, type I error and expected n are those of 100,000 simulated trials with a fixed seed.
    """

    rule: ReEstimation
    target_power: float | None = None

    one_step_below: ClassVar[str | None] = None
    has_table: ClassVar[bool] = False
    own_references: ClassVar[tuple[str, ...]] = (
        "Friede T, Kieser M. Blinded sample size reassessment in non-inferiority and equivalence trials. 2003.",
        "Grayling et al. 2018 (arXiv 1803.10130): re-estimation in crossover trials.",
    )

    # the numbers

    def reason(self, information: "Information") -> str | None:
        return self.question.reason(information) or unsuited(information)

    def figures(self, information: "Information", n: float, power: float | None = None) -> Figures:
        planned = self.question.figures(information, n, power)
        first = self.first_people(information, n)
        if (why := self._no_look(information, n, first)) is not None:
            return {"reason": why}
        found = self.run(information, n, float(planned["power"]))
        alone = self._alone(information, n)
        return {
            **{key: planned[key] for key in ("variance_factor", "standard_error", "degrees_of_freedom", "critical_value")},
            "power": found[0].rejected,
            "power_without_re_estimation": alone,
            "type_one_error": found[1].rejected,
            "monte_carlo_error": max(one.monte_carlo_error for one in found),
            "expected_n": found[0].mean_n,
            "n_per_look": (first, round(n)),
            "trials_run": found[0].trials,
        }

    def first_people(self, information: "Information", n: float) -> int:
        """People who are in when the variability is looked at: whole allocation units, rounded up."""
        unit = len(information.design.sequences)
        return ceil(self.rule.at_fraction * n / unit - 1e-9) * unit

    def _no_look(self, information: "Information", n: float, first: int) -> str | None:
        unit = len(information.design.sequences)
        question, outcome = self.question, information.continuous
        if n % unit:
            return f"{plain(n)} people do not share out equally among {unit} sequences, which blinded re-estimation needs."
        if n > self.rule.maximum_n:
            return f"The plan starts with {plain(n)} evaluable people, but maximum_n is {self.rule.maximum_n}. Raise maximum_n."
        if first >= n or first < 2:
            return f"With {plain(n)} people the look comes when everybody is in, so that nothing can be re-estimated. Choose a smaller at_fraction."
        distance = question.distances(outcome)[0]
        if distance == 0 or (information.analysis.sides == 1 and distance < 0):
            return "The assumed difference is not on the side that is to be shown, so no n follows from the variability. Assume another difference."
        return None

    def run(self, information: "Information", n: float, planned_power: float) -> "tuple[Outcome, Outcome]":
        """The simulated trials with the assumed difference, and with the one on the boundary that is tested."""
        question, outcome, analysis = self.question, information.continuous, information.analysis
        boundary = question.boundary(outcome) if isinstance(question, DirectedQuestion) else 0.0
        direction = -1.0 if getattr(question, "better", None) == "lower" else 1.0
        trial = self._trial(information, n)
        planned_sd, true_sd = _sd(information, None), _sd(information, self.rule.true_within_subject_sd)
        # in units of the planned SD, so that the unit of the outcome changes nothing
        return _simulated(
            trial,
            question.effect / planned_sd,
            boundary / planned_sd,
            true_sd / planned_sd,
            direction,
            abs(question.distances(outcome)[0]) / planned_sd,
            planned_power if self.target_power is None else self.target_power,
            analysis.sides or 1,
        )

    def _trial(self, information: "Information", n: float) -> "Trial":
        from trials.sizing.laws.blinded import Trial

        design, analysis = information.design, information.analysis
        unit = len(design.sequences)
        return Trial(
            design.n_periods,
            len(design.letters),
            unit,
            _unit_variance(information, self.question),
            self.first_people(information, n),
            round(n),
            self.rule.maximum_n // unit * unit,
            analysis.alpha or 0.05,
            analysis.sides or 1,
        )

    def _alone(self, information: "Information", n: float) -> float:
        """The power of the planned n with the true SD, if nothing were looked at again."""
        question, analysis = self.question, information.analysis
        se = _sd(information, self.rule.true_within_subject_sd) * sqrt(_unit_variance(information, question) / n)
        freedom = question.contrast(information).degrees_of_freedom.at(n)
        return float(
            question.power_from(question.distances(information.continuous), se, freedom, analysis.alpha or 0.05, analysis.sides or 1)
        )

    # the sentences

    def counts(self, plan: "Plan", answer: "Answer") -> str:
        first = whole_people((answer.n_per_look or (None,))[0])
        target = f" for {percent(self.target_power, 1)} power" if self.target_power is not None else ""
        true = self.rule.true_within_subject_sd
        said = f"If the within-subject SD truly is {number(true)}" if true is not None else "If the assumptions hold"
        return (
            f"With the crossover design {plan.design.label}, {whole_people(answer.n_evaluable)} evaluable participants are planned{target}. When {first} of them have "
            f"completed all periods, the within-subject variability is estimated without knowledge of the treatments, and the number is raised where that "
            f"is needed, to at most {whole_people(self.rule.maximum_n)}. {said}, {whole_people(round(answer.expected_n or 0.0, 1))} take part on "
            f"average and the power is {percent(answer.power or 0.0, 1)}; without another look it would be "
            f"{percent(answer.power_without_re_estimation or 0.0, 1)}. The type I error is {percent(answer.type_one_error or 0.0, 2)} in "
            f"{answer.trials_run:,} simulated trials (Monte Carlo error at most {percent(answer.monte_carlo_error or 0.0, 2)})."
        )

    def method(self, plan: "Plan") -> str:
        return (
            f"{self.question.method(plan)}. n is re-estimated once from the blinded variance, the planned difference subtracted; power, expected n and type I "
            "error by simulation with a fixed seed"
        )

    def aim_found(self, plan: "Plan", answer: "Answer", names: Names) -> str | None:
        return (
            f"{percent(answer.power or 0.0, 1)} power when n is re-estimated from the blinded variability (on average "
            f"{whole_people(round(answer.expected_n or 0.0, 1))} evaluable participants)"
        )

    def in_plain_words(self, plan: "Plan", answer: "Answer", names: Names) -> str:
        if answer.power is None:
            return ""
        when = "Half-way" if self.rule.at_fraction == 0.5 else "On the way"
        return (
            f"{when}, how much people's values vary is looked at again, without knowing who took what, and more people may be asked to take part. "
            f"{self.question.if_true(plan, names)}, the chance that the trial will show it is {chance_in_words(answer.power)}."
        )

    def power_step(self, plan: "Plan", answer: "Answer") -> tuple[str, str]:
        return (
            (
                f"Power: {percent(answer.power or 0.0, 2)} of {answer.trials_run:,} simulated trials are significant when the assumption holds and "
                f"{percent(answer.type_one_error or 0.0, 2)} when the difference is on the boundary; expected n {plain(round(answer.expected_n or 0.0, 2))}; "
                f"without re-estimation the power is {percent(answer.power_without_re_estimation or 0.0, 2)}."
            ),
            "simulation, seed 1",
        )

    def steps(self, plan: "Plan", answer: "Answer") -> list[tuple[str, str]]:
        first = plain((answer.n_per_look or (0.0,))[0])
        return [
            (
                (
                    f"Look: after {first} people s² = (residual sum of squares of subjects and periods − n₁θ²/v₁) / ((n₁ − 1)(periods − 1)), with v₁ = "
                    f"{plain(answer.variance_factor or 0.0)} and the planned θ."
                ),
                "blinded one-sample variance; Grayling et al. 2018 (our working version)",
            ),
            (
                (
                    f"New n: the smallest whole number of allocation units with the target power at SD s, from {plain(answer.n_evaluable or 0)} to "
                    f"{self.rule.maximum_n}."
                ),
                "n is raised where needed, never lowered",
            ),
        ]


@lru_cache(maxsize=64)
def _simulated(
    trial: "Trial", effect: float, boundary: float, sd: float, direction: float, distance: float, target_power: float, sides: int
) -> "tuple[Outcome, Outcome]":
    from trials.sizing.laws.blinded import largest_sds, simulate
    from trials.sizing.laws.power import t_power

    table = largest_sds(trial, distance, target_power, lambda delta, freedom: t_power(delta, freedom, trial.alpha, sides))
    alternative = simulate(trial, effect, boundary, effect, sd, table, direction)
    return alternative, simulate(trial, boundary, boundary, effect, sd, table, direction)


def _unit_variance(information: "Information", question: Any) -> float:
    """n·Var(estimate) for a residual variance of 1, without individual responses."""
    from dataclasses import replace

    plain_model = information.model._replace(individual=0.0, autocorrelation=0.0, degrees_of_freedom="anova")
    return float(question.contrast(replace(information, fitted=plain_model)).variance / information.scale)


def _sd(information: "Information", true_within_subject_sd: float | None) -> float:
    """√(σ_w²(1 − φ) + ψ²/2) in two periods, σ_w else: the SD that the blinded variance estimates."""
    outcome = information.continuous
    within = outcome.residual_sd if true_within_subject_sd is None else true_within_subject_sd
    return sqrt(within**2 * (1.0 - outcome.autocorrelation) + outcome.individual_response_sd**2 / 2.0)
