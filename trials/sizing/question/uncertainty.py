"""A prior in words."""

from typing import TYPE_CHECKING, Any

from trials.sizing.names import Names, number, percent
from trials.sizing.noun import in_words
from trials.sizing.outcome import LogOutcome
from trials.sizing.prior import Prior

if TYPE_CHECKING:
    from trials.sizing.plan import Plan


def in_short(prior: Prior) -> str:
    """What is averaged over, for half a sentence."""
    parts = []
    if prior.variability_degrees_of_freedom() is not None:
        parts.append("the uncertain SD")
    if prior.estimate is not None or prior.effect_standard_error is not None:
        parts.append("the uncertain effect")
    if prior.share_responding is not None and prior.share_responding < 1:
        parts.append("the chance that there is none")
    return in_words(parts)


def in_words_of(prior: Prior, plan: "Plan", names: Names) -> str:
    """How uncertain effect and SD are, in whole sentences."""
    log_scale = isinstance(plan.outcome, LogOutcome)
    show = number if log_scale else names.amount
    df, scale = prior.variability_degrees_of_freedom(), " on the log scale" if log_scale else ""
    found = []
    if prior.estimate is not None:
        error = number(prior.standard_error(log_scale=log_scale)) if log_scale else names.amount(prior.standard_error(log_scale=log_scale))
        found.append(
            f"Effect and SD are as uncertain as a published estimate leaves them: {show(prior.estimate)} ({_evidence(prior, names, log_scale=log_scale)}, "
            f"n = {prior.n}), which is a standard error of {error}{scale} and {number(df or 0.0)} degrees of freedom."
        )
    else:
        if df is not None:
            found.append(f"The SD is taken as estimated on {number(df)} degrees of freedom.")
        if prior.effect_standard_error is not None:
            error = number(prior.effect_standard_error) if log_scale else names.amount(prior.effect_standard_error)
            found.append(f"The true effect is taken as normal around the planned one with a standard error of {error}{scale}.")
    if prior.effect_truncated_at is not None:
        side = "below" if keeps_larger(prior, plan.question, log_scale=log_scale) else "above"
        found.append(f"Effects {side} {show(prior.effect_truncated_at)} are ruled out.")
    if prior.share_responding is not None and prior.share_responding < 1:
        found.append(f"The chance that there is an effect at all is taken as {percent(prior.share_responding, 1)}.")
    return " ".join(found)


def keeps_larger(prior: Prior, question: Any, *, log_scale: bool) -> bool:
    """Whether effects above `effect_truncated_at` remain: those in the direction of `better`, else on the side of what is assumed.

    Without `better` a superiority question looks in the direction of the planned effect, and equivalence has the centre of the prior to go by.
    """
    better = getattr(question, "better", None)
    if better is not None:
        return bool(better == "higher")
    if hasattr(question, "direction"):
        return bool(question.effect >= 0)
    centre = prior.centre(log_scale=log_scale)
    return (question.effect if centre is None else centre) >= (prior.truncated_at(log_scale=log_scale) or 0.0)


def _evidence(prior: Prior, names: Names, *, log_scale: bool) -> str:
    if prior.confidence_interval is not None:
        low, high = prior.confidence_interval
        return f"{percent(prior.confidence_level or 0.95, 1)} confidence interval {number(low)} to {number(high) if log_scale else names.amount(high)}"
    return f"{'one' if prior.sides == 1 else 'two'}-sided p = {number(prior.p_value or 0.0)}"
