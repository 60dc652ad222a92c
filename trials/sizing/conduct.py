"""Whether what is said around a test fits the plan: a prior, interim looks, re-estimation of n."""

from typing import TYPE_CHECKING

from trials.sizing.noun import plain
from trials.sizing.outcome import LogOutcome
from trials.sizing.prior import Prior
from trials.sizing.question.uncertainty import keeps_larger

if TYPE_CHECKING:
    from trials.sizing.plan import Plan

Problems = list[tuple[str, str]]
# beyond so many standard errors a cut-off leaves nothing that can be averaged over
FURTHEST_CUT = 6.0


def around_the_test(plan: "Plan") -> Problems:
    """What does not fit, as (field, sentence)."""
    found = _prior(plan)
    if plan.has_continuous_outcome:
        found += _looks(plan)
    return found


def _prior(plan: "Plan") -> Problems:
    prior, question = plan.prior, plan.question
    if prior is None:
        if plan.solve.is_about_assurance:
            return [
                (
                    "prior",
                    'An assurance needs a prior: how uncertain the assumed effect or SD is, for example {"sd_degrees_of_freedom": 20}.',
                )
            ]
        return []
    if not question.takes_prior or not plan.has_continuous_outcome or plan.design.is_n_of_1:
        return [
            (
                "prior",
                "A prior is averaged over for superiority, non_inferiority and equivalence of a continuous outcome in designs with sequences; leave it out here.",
            )
        ]
    log_scale = isinstance(plan.outcome, LogOutcome)
    return [(f"prior.{field}", message) for field, message in prior.problems(log_scale=log_scale) or _cut(plan, prior, log_scale=log_scale)]


def _cut(plan: "Plan", prior: Prior, *, log_scale: bool) -> Problems:
    """Whether a cut-off leaves something of the effect."""
    at = prior.truncated_at(log_scale=log_scale)
    planned = getattr(plan.question, "effect", 0.0)
    if at is None:
        return []
    centre = prior.centre(log_scale=log_scale)
    beyond = (at - (planned if centre is None else centre)) / prior.standard_error(log_scale=log_scale)
    upward = keeps_larger(prior, plan.question, log_scale=log_scale)
    if (beyond if upward else -beyond) <= FURTHEST_CUT:
        return []
    return [
        (
            "effect_truncated_at",
            (
                f"Cut off at {plain(prior.effect_truncated_at or 0.0)} nothing is left of the assumed effect, because only values {'above' if upward else 'below'} "
                "it remain. Check the sign."
            ),
        )
    ]


def _looks(plan: "Plan") -> Problems:
    analysis, verb = plan.analysis, plan.solve.find
    looks, again = analysis.looks or 1, analysis.re_estimation
    found: Problems = []
    takes = plan.question.analysis_takes
    if analysis.test not in {None, "normal"} and "test" in takes:
        found.append(
            (
                "analysis.test",
                f"test is {analysis.test}; with a continuous outcome it may be normal (the SD taken as known). Leave it out for Student's t.",
            )
        )
    if analysis.spending is not None and looks == 1 and "spending" in takes:
        found.append(("analysis.spending", "spending goes with two or more looks; give looks, or leave spending out."))
    sequential, said = (looks > 1 or analysis.test == "normal") and "looks" in takes, "looks" if looks > 1 else "test"
    if again is not None and "re_estimation" in takes:
        if sequential:
            found.append(("analysis.re_estimation", f"re_estimation and {said} are not worked out together; leave one of them out."))
        sequential, said = True, "re_estimation"
    if not sequential:
        return found
    if plan.solve.is_about_assurance:
        found.append((f"analysis.{said}", f"Assurance is worked out for the t test at the end, not with {said}; leave {said} out."))
    elif verb not in {"n", "power"}:
        found.append(("solve.for", f"With {said} a plan can be solved for n or power, not for {verb}."))
    if plan.attrition.lost_before_period is not None and (looks > 1 or again is not None):
        found.append(
            ("attrition.lost_before_period", f"With {said} people count when they have completed all periods: give dropout_rate instead.")
        )
    if plan.design.is_n_of_1:
        found.append((f"analysis.{said}", f"An n-of-1 design has no use for {said}; leave it out."))
    return found
