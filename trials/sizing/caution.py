"""Warnings: what deserves a second look before an answer is used."""

from functools import lru_cache

from trials.sizing.analysis import Analysis
from trials.sizing.asked import asked
from trials.sizing.attrition import Attrition
from trials.sizing.design import Design
from trials.sizing.information import Information, information
from trials.sizing.noun import in_words, plain
from trials.sizing.outcome import AdditiveOutcome
from trials.sizing.people import People
from trials.sizing.plan import Plan
from trials.sizing.question import PairwiseQuestion

FEW_PEOPLE = 12


def cautions(plan: Plan, known: Information, people: People | None) -> list[tuple[str, str]]:
    """Warnings as (code, sentence)."""
    wrapped = asked(plan)
    found = [*wrapped.warnings(plan.outcome), *wrapped.cautions(plan, known, None if people is None else float(people.n_evaluable))]
    if plan.prior is not None and not plan.solve.is_about_assurance:
        message = "The prior does not enter this answer: effect and SD are taken as planned. Ask for assurance, or for n with target_assurance, to use it."
        found.append(("prior_not_used", message))
    analysis, sequences = plan.analysis, plan.design.sequences
    if known.fitted and analysis.planned_estimator(loss_by_period=plan.attrition.observed_by_period is not None) != known.model.estimator:
        message = (
            "Generalised least squares needs the SD between people. Without it the within-subject estimator is used, which leaves the comparison of people "
            "with each other aside; give between_subject_sd (between_subject_cv on the log scale) to use it."
        )
        found.append(("between_subject_sd_missing", message))
    question = plan.question
    if isinstance(question, PairwiseQuestion) and plan.design.is_n_of_1:
        message = "The comparison within each cycle cannot separate carry-over from the treatment effect, so the washout has to rule it out; do not test for it first."
        found.append(("carryover_not_separable", message))
    elif (
        isinstance(question, PairwiseQuestion)
        and not analysis.adjust_for_carryover
        and not _carryover_separable(sequences, question.treatment, question.comparator)
    ):
        message = f"Sequences {in_words(sequences)} cannot separate carry-over from the treatment effect, so the washout has to rule it out; do not test for it first."
        found.append(("carryover_not_separable", message))
    if analysis.degrees_of_freedom == "paired":
        message = "The paired t test leaves no room for a period effect: what changes over time for everybody counts as error, or as effect where sequences are unequal."
        found.append(("period_effect_ignored", message))
    if known.fitted and people is not None and people.n_evaluable < FEW_PEOPLE:
        message = (
            f"With {plain(people.n_evaluable)} evaluable people the answer leans on normally distributed differences and on the assumed SD; "
            "one unusual person can change the result."
        )
        found.append(("very_small_n", message))
    return found


@lru_cache(maxsize=1024)
def _carryover_separable(sequences: tuple[str, ...], treatment: str, comparator: str) -> bool:
    if len(sequences[0]) == 1:
        return True
    design = Design(sequences=sequences)
    fitted = information(design, AdditiveOutcome(within_subject_sd=1.0), Analysis(adjust_for_carryover=True), Attrition())
    return fitted.contrast({treatment: 1.0, comparator: -1.0}).reason is None
