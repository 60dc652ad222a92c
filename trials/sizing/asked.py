"""The question as a plan asks it."""

from trials.sizing.plan import Plan
from trials.sizing.question import AnyQuestion


def asked(plan: Plan) -> AnyQuestion:
    """The plan's question."""
    return plan.question
