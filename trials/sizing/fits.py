"""Whether the nouns of a plan fit together."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trials.sizing.analysis import Analysis
from trials.sizing.attrition import Attrition
from trials.sizing.conduct import around_the_test
from trials.sizing.design import Design
from trials.sizing.noun import in_words
from trials.sizing.outcome import AdditiveOutcome, Continuous, LogOutcome
from trials.sizing.solve import AtN, ForCycles, ForN

if TYPE_CHECKING:
    from trials.sizing.plan import Plan

Problems = list[tuple[str, str]]
MOST_TIMES = 10_000
ALWAYS = {"n", "power"}  # verbs that go by one name on every scale and design
VERB_ON_LOG = {"mean_difference": "mean_ratio", "within_subject_sd": "within_subject_cv"}
# what a question must say that it takes
ONLY_WHERE_TAKEN = {"test", "people", "looks", "spending", "re_estimation"}


def problems(plan: "Plan") -> Problems:
    """What does not fit, as (field, sentence)."""
    design, outcome, question, analysis, attrition = plan.design, plan.outcome, plan.question, plan.analysis, plan.attrition
    if unserved := _served(plan):
        return unserved
    found = question.problems(design, outcome, analysis, plan.solve.find)
    if isinstance(outcome, AdditiveOutcome | LogOutcome):
        found += _variability(design, outcome, plan.solve.find)
        found += _model(design, outcome, analysis, attrition)
    found += _verb(plan)
    found += _extras(plan)
    found += question.misfits(plan) + _carried_over(plan)
    if not found:
        found += around_the_test(plan)
    if design.is_n_of_1:
        # a question that says itself why the design does not fit needs no second sentence on it
        return found if not question.of_series and "design.name" in dict(found) else found + _series(plan)
    lost = attrition.lost_before_period
    if lost is not None and len(lost) != design.n_periods:
        found.append(
            (
                "attrition.lost_before_period",
                f"There are {len(lost)} shares for {design.n_periods} periods; give one for each period, the first 0.",
            )
        )
    if lost is not None and not question.uses_incomplete_people:
        message = (
            "This test uses people who have been through all periods and nobody else; give dropout_rate, the share who have not, instead."
        )
        found.append(("attrition.lost_before_period", message))
    return found


def _served(plan: "Plan") -> Problems:
    """Whether a method serves this question for this outcome."""
    outcome, question = plan.outcome, plan.question
    if outcome is None:
        if not question.outcomes:
            return []
        return [("outcome", f"outcome is missing; {question.kind} is asked of an outcome that is {in_words(question.outcomes, 'or')}.")]
    if outcome.kind in question.outcomes:
        return []
    if not question.outcomes:
        return [("outcome", f"{question.kind} takes no outcome: its assumptions stand in the question. Leave outcome out.")]
    from trials.sizing.question import KINDS

    serving = sorted({tag.rpartition(" ")[2] for tag, noun in KINDS.items() if outcome.kind in noun.outcomes})
    said = f"A {outcome.kind} outcome" if outcome.kind[0] not in "aeiou" else f"An {outcome.kind} outcome"
    return [("question.kind", f"No method serves {question.kind} for this outcome. {said} can be asked for {in_words(serving, 'or')}.")]


def _extras(plan: "Plan") -> Problems:
    """What the plan says beyond its nouns, where its question has no use for it."""
    found: Problems = []
    question, design = plan.question, plan.design
    for field in sorted(ONLY_WHERE_TAKEN & plan.analysis.model_fields_set):
        if getattr(plan.analysis, field) is not None and field not in question.analysis_takes:
            found.append((f"analysis.{field}", f"{question.kind} has no use for {field}; leave it out."))
    if plan.exposure is not None and not question.needs_exposure:
        found.append(("exposure", f"{question.kind} does not count time on the drug; leave exposure out."))
    if plan.exposure is None and question.lacks_time(plan.solve):
        found.append(("exposure", 'exposure is missing: how long people are followed and on the drug, such as {"follow_up_years": 1}.'))
    if plan.analysis.people is not None and "people" in question.analysis_takes and not design.is_n_of_1:
        found.append(("analysis.people", f"people goes with an n-of-1 design, not with {design.label}; leave it out."))
    return found


def _series(plan: "Plan") -> Problems:
    """What does not fit an n-of-1 design, which has cycles where others have sequences."""
    found: Problems = []
    analysis, question = plan.analysis, plan.question
    if not question.of_series:
        from trials.sizing.question import KINDS

        asked = sorted({tag.rpartition(" ")[2] for tag, noun in KINDS.items() if noun.of_series})
        return [("question.kind", f"No method serves {question.kind} for an n-of-1 design. It can be asked for {in_words(asked, 'or')}.")]
    if plan.design.cycles is None and plan.solve.find != "cycles":
        found.append(("design.cycles", "cycles is missing: how often everybody goes through A and B, for example 4."))
    if analysis.adjust_for_carryover:
        message = (
            "The analysis of n-of-1 cycles compares A with B within each cycle and has no carry-over term; leave adjust_for_carryover out."
        )
        found.append(("analysis.adjust_for_carryover", message))
    if not analysis.sequence_effects:
        found.append(("analysis.sequence_effects", "An n-of-1 design has no sequences, so there are no sequence effects; leave it out."))
    for field in ("estimator", "degrees_of_freedom"):
        if getattr(analysis, field) is not None:
            message = f"{field} goes with sequences. In an n-of-1 design cycles and people decide it; leave it out."
            found.append((f"analysis.{field}", message))
    if analysis.re_estimation is not None:
        found.append(("analysis.re_estimation", "No method serves re_estimation for an n-of-1 design; leave it out."))
    if plan.attrition.lost_before_period is not None:
        message = "In an n-of-1 design people count who complete all cycles; give dropout_rate, the share that does not."
        found.append(("attrition.lost_before_period", message))
    return found


def _carried_over(plan: "Plan") -> Problems:
    """Carry-over that is to be simulated, where there is none to be had."""
    carryover, design = plan.simulation.carryover if plan.simulation is not None else {}, plan.design
    if not carryover:
        return []
    where = "simulation.carryover"
    if not isinstance(plan.outcome, AdditiveOutcome | LogOutcome) or design.is_n_of_1:
        return [(where, "Carry-over is simulated for a continuous outcome of a crossover design; leave it out here.")]
    if design.n_periods == 1:
        return [(where, "A design of one period has no carry-over; leave it out.")]
    if strange := sorted(set(carryover) - set(design.letters)):
        return [(where, f"{in_words(strange)} carries over but is not in the design, which has {in_words(design.letters)}.")]
    return []


def _variability(design: Design, outcome: Continuous, verb: str) -> Problems:
    found: Problems = []
    suffix = "cv" if isinstance(outcome, LogOutcome) else "sd"
    within, total = f"within_subject_{suffix}", f"total_{suffix}"
    for field, sd in ((f"between_subject_{suffix}", outcome.between_people_sd), ("individual_response_sd", outcome.individual_response_sd)):
        if (sd or 0.0) > MOST_TIMES * outcome.residual_sd:
            found.append(
                (
                    f"outcome.{field}",
                    f"{field} is more than {MOST_TIMES:,.0f} times the variability within a person; check that both are in the same unit.",
                )
            )
    if design.n_periods > 1:
        if getattr(outcome, total) is not None:
            found.append(
                (
                    f"outcome.{total}",
                    f"{total} is what a design of one period compares with; a crossover needs {within}. The converter total_sd turns one into the other.",
                )
            )
        elif getattr(outcome, within) is None and verb != within:
            sort = (
                "coefficient of variation within a person between periods"
                if suffix == "cv"
                else "SD within a person between periods, in the outcome's unit"
            )
            found.append((f"outcome.{within}", f"{within} is missing: give the residual {sort}, or a converter from what a paper prints."))
        return found
    if getattr(outcome, total) is None:
        found.append(
            (
                f"outcome.{total}",
                f"{total} is missing: people are compared with each other when there is one period, so the variability of a single measurement counts.",
            )
        )
    for field in (within, f"between_subject_{suffix}", "individual_response_sd", "autocorrelation"):
        if getattr(outcome, field):
            found.append((f"outcome.{field}", f"A design of one period cannot use {field}; {total} contains all variability."))
    return found


def _model(design: Design, outcome: Continuous, analysis: Analysis, attrition: Attrition) -> Problems:
    found: Problems = []
    kind = analysis.degrees_of_freedom
    if design.n_periods == 1:
        if analysis.adjust_for_carryover:
            found.append(("analysis.adjust_for_carryover", "A design of one period has no carry-over; leave adjust_for_carryover out."))
        if kind in {"paired", "satterthwaite"}:
            found.append(("analysis.degrees_of_freedom", f"{kind} needs more than one period; leave degrees_of_freedom out."))
    individual = outcome.individual_response_sd > 0 or outcome.autocorrelation != 0
    if individual and kind not in {None, "satterthwaite"}:
        found.append(
            (
                "analysis.degrees_of_freedom",
                f"degrees_of_freedom is {kind}, but with individual_response_sd or autocorrelation the pooled residual does not fit; only satterthwaite does. Leave it out.",
            )
        )
    if kind == "paired" and design.n_periods > 1:
        if set(design.sequences) != {"".join(pair) for pair in (design.letters, design.letters[::-1])} or len(design.letters) != 2:
            found.append(
                ("analysis.degrees_of_freedom", f"The paired t test is for AB/BA, not for {design.label}; leave degrees_of_freedom out.")
            )
        if analysis.adjust_for_carryover:
            found.append(("analysis.adjust_for_carryover", "The paired t test has no carry-over term; leave it out or use anova."))
        if attrition.lost_before_period is not None:
            found.append(("attrition.lost_before_period", "The paired t test uses people with both periods; give dropout_rate instead."))
    return found


def _verbs(plan: "Plan") -> Sequence[str]:
    """What this question can be solved for, by the words of its scale and design."""
    question, design = plan.question, plan.design
    if plan.solve.find in ALWAYS:
        return question.verbs
    one_period, series, log_scale = design.n_periods == 1, design.is_n_of_1, isinstance(plan.outcome, LogOutcome)
    verbs = [
        VERB_ON_LOG.get(verb, verb) if log_scale else verb
        for verb in question.verbs
        if not (one_period and verb == "within_subject_sd") and (series or verb != "cycles")
    ]
    return [*verbs, "assurance"] if question.takes_prior and not series else verbs


def _verb(plan: "Plan") -> Problems:
    found: Problems = []
    question, solve, design = plan.question, plan.solve, plan.design
    if solve.find not in (verbs := _verbs(plan)):
        scale = f" on the {plan.continuous.scale} scale" if plan.has_continuous_outcome else ""
        found.append(("solve.for", f"{question.kind}{scale} can be solved for {in_words(verbs, 'or')}, not for {solve.find}."))
    elif isinstance(solve, ForN):
        found += _target(plan, solve)
    elif isinstance(solve, AtN):
        if isinstance(solve, ForCycles):
            found += _target_of_cycles(plan, solve)
        if solve.n_per_sequence is not None and design.is_n_of_1:
            found.append(("solve.n_per_sequence", "An n-of-1 design has no sequences; give n_evaluable or n_randomised."))
        elif solve.n_per_sequence is not None and len(solve.n_per_sequence) != len(design.sequences):
            found.append(
                (
                    "solve.n_per_sequence",
                    f"There are {len(solve.n_per_sequence)} numbers for {len(design.sequences)} sequences; give one for each.",
                )
            )
        if solve.person_years is not None and not question.needs_exposure:
            found.append(("solve.person_years", f"{question.kind} counts people; give n_evaluable, n_randomised or n_per_sequence."))
    return found


def _target_of_cycles(plan: "Plan", solve: ForCycles) -> Problems:
    if plan.question.needs_target and solve.target_power is None:
        return [("solve.target_power", "target_power is missing: the power that is wanted, for example 0.9 for 90 %.")]
    if not plan.question.needs_target and solve.target_power is not None:
        return [
            ("solve.target_power", f"{plan.question.kind} has no power; leave target_power out: the width in the question is what counts.")
        ]
    return []


def _target(plan: "Plan", solve: ForN) -> Problems:
    if solve.target_assurance is not None and not plan.question.takes_prior:
        return [("solve.target_assurance", f"{plan.question.kind} has no assurance; leave target_assurance out.")]
    if solve.target_assurance is not None and solve.target_power is not None:
        return [("solve.target_assurance", "Give target_power or target_assurance, not both.")]
    if plan.question.wants_target and solve.target_power is None and solve.target_assurance is None:
        return [("solve.target_power", "target_power is missing: the power that is wanted, for example 0.9 for 90 %.")]
    if not plan.question.wants_target and solve.target_power is not None:
        return [("solve.target_power", f"{plan.question.kind} {plan.question.without_target}.")]
    return []
