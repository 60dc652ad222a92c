"""Whether the nouns of a plan fit together."""

from typing import Any

from trials.sizing.analysis import Analysis
from trials.sizing.attrition import Attrition
from trials.sizing.design import Design
from trials.sizing.noun import in_words
from trials.sizing.outcome import AdditiveOutcome, LogOutcome

Problems = list[tuple[str, str]]
AnyOutcome = AdditiveOutcome | LogOutcome
MOST_TIMES = 10_000
VERB_ON_LOG = {"mean_difference": "mean_ratio", "within_subject_sd": "within_subject_cv"}


def problems(design: Design, outcome: AnyOutcome, question: Any, analysis: Analysis, attrition: Attrition, solve: Any) -> Problems:
    """What does not fit, as (field, sentence)."""
    found = question.problems(design, outcome, analysis, solve.find)
    found += _variability(design, outcome, solve.find)
    found += _model(design, outcome, analysis, attrition)
    found += _verb(design, outcome, question, solve)
    lost = attrition.lost_before_period
    if lost is not None and len(lost) != design.n_periods:
        found.append(
            (
                "attrition.lost_before_period",
                f"There are {len(lost)} shares for {design.n_periods} periods; give one for each period, the first 0.",
            )
        )
    return found  # type: ignore[no-any-return]  # a question of any kind


def _variability(design: Design, outcome: AnyOutcome, verb: str) -> Problems:
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


def _model(design: Design, outcome: AnyOutcome, analysis: Analysis, attrition: Attrition) -> Problems:
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


def _verb(design: Design, outcome: AnyOutcome, question: Any, solve: Any) -> Problems:
    found: Problems = []
    log_scale = isinstance(outcome, LogOutcome)
    verbs = [
        VERB_ON_LOG.get(verb, verb) if log_scale else verb for verb in question.verbs if design.n_periods > 1 or verb != "within_subject_sd"
    ]
    if solve.find not in verbs:
        found.append(
            ("solve.for", f"{question.kind} on the {outcome.scale} scale can be solved for {in_words(verbs, 'or')}, not for {solve.find}.")
        )
    elif solve.find == "n":
        if question.needs_target and solve.target_power is None:
            found.append(("solve.target_power", "target_power is missing: the power that is wanted, for example 0.9 for 90 %."))
        elif not question.needs_target and solve.target_power is not None:
            found.append(
                (
                    "solve.target_power",
                    f"{question.kind} has no power; leave target_power out (its probability says how sure the width shall be).",
                )
            )
    elif solve.n_per_sequence is not None and len(solve.n_per_sequence) != len(design.sequences):
        found.append(
            (
                "solve.n_per_sequence",
                f"There are {len(solve.n_per_sequence)} numbers for {len(design.sequences)} sequences; give one for each.",
            )
        )
    return found
