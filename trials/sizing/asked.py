"""The question as a plan asks it: with a prior averaged over, looked at on the way, or with n looked at again."""

from trials.sizing.plan import Plan
from trials.sizing.question import AnyQuestion
from trials.sizing.question.assured import Assured
from trials.sizing.question.group_sequential import GroupSequential
from trials.sizing.question.pairwise import DirectedQuestion, PairwiseQuestion
from trials.sizing.question.re_estimated import ReEstimated


def asked(plan: Plan) -> AnyQuestion:
    """The plan's question, or what wraps it where the plan says so."""
    question, analysis = plan.question, plan.analysis
    alone = plan.prior is None and analysis.looks is None and analysis.re_estimation is None and analysis.test is None
    if alone or not isinstance(question, PairwiseQuestion) or not plan.has_continuous_outcome:
        return question
    if plan.prior is not None and plan.solve.is_about_assurance:
        return Assured(kind=question.kind, question=question, prior=plan.prior)
    if not isinstance(question, DirectedQuestion):
        return question
    if (analysis.looks or 1) > 1 or analysis.test == "normal":
        return GroupSequential(
            kind=question.kind, question=question, looks=analysis.looks or 1, spending=analysis.spending or "obrien_fleming"
        )
    if analysis.re_estimation is not None:
        return ReEstimated(
            kind=question.kind, question=question, rule=analysis.re_estimation, target_power=getattr(plan.solve, "target_power", None)
        )
    return question
