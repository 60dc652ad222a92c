"""What is said of a moderator, whichever of the three it is."""

from math import exp
from typing import TYPE_CHECKING

from trials.sizing.moderators.traits import BinaryModerator, CategoricalModerator, ContinuousModerator, MeasuredModerator
from trials.sizing.names import Names, number, percent
from trials.sizing.noun import in_words, plain
from trials.sizing.outcome import LogOutcome

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.plan import Plan


def amount(plan: "Plan", difference: float, names: Names) -> str:
    """A difference between effects with its unit; on the log scale the ratio that it stands for."""
    if isinstance(plan.outcome, LogOutcome):
        return f"a factor of {number(exp(max(min(difference, 700.0), -700.0)))}"
    return names.amount(difference)


def compared_people(moderator: MeasuredModerator) -> str:
    """Between whom the effect may differ."""
    if isinstance(moderator, CategoricalModerator):
        return f"{in_words(moderator.compare or moderator.shares)}"
    if isinstance(moderator, ContinuousModerator):
        return "people one SD above and one SD below the mean of the moderator"
    return "people who have the moderator and those who do not"


def claims(moderator: MeasuredModerator, quantity: str, sides: int) -> str:
    """Both hypotheses about a quantity."""
    more = "higher" if moderator.difference >= 0 else "lower"
    if isinstance(moderator, ContinuousModerator):
        other = "it does" if sides == 2 else f"it becomes {more} as the moderator rises"
        return f"Null hypothesis: the {quantity} does not change with the moderator. Alternative: {other}."
    if isinstance(moderator, CategoricalModerator) and moderator.compare is None:
        return f"Null hypothesis: the {quantity} is the same in {in_words(moderator.shares)}. Alternative: at least two of these differ."
    first = moderator.compare[0] if isinstance(moderator, CategoricalModerator) and moderator.compare else "people who have the moderator"
    other = "it differs" if sides == 2 else f"it is {more} in {first}"
    return f"Null hypothesis: the {quantity} is the same in {compared_people(moderator)}. Alternative: {other}."


def assumed(plan: "Plan", moderator: MeasuredModerator, compared: str, names: Names) -> str:
    """What is assumed of the effects, to complete "This assumes …"."""
    if isinstance(moderator, CategoricalModerator):
        effects = in_words(
            f"{amount(plan, effect, names)} in {name} ({percent(moderator.share(name), 1)} of people)"
            for name, effect in moderator.effects.items()
        )
        return f"effects ({compared}) on {names.measured} of {effects}"
    if isinstance(moderator, ContinuousModerator):
        return (
            f"that the effect ({compared}) on {names.measured} changes by {amount(plan, moderator.slope, names)} per unit of the moderator, whose SD as measured "
            f"is {number(moderator.moderator_sd)}; between {compared_people(moderator)} that is {amount(plan, moderator.difference, names)}"
        )
    share = percent(moderator.prevalence, 1) if isinstance(moderator, BinaryModerator) else ""
    return (
        f"that the effect ({compared}) on {names.measured} in people who have the moderator ({share} of all) differs by "
        f"{amount(plan, moderator.difference, names)} from that in the others"
    )


def as_measured(plan: "Plan", moderator: MeasuredModerator, names: Names) -> str:
    """What error of measurement and chance do, as sentences; nothing where they do nothing."""
    found = ""
    if isinstance(moderator, BinaryModerator):
        if moderator.has_error:
            found += (
                f" The moderator is measured with a sensitivity of {percent(moderator.sensitivity, 1)} and a specificity of "
                f"{percent(moderator.specificity, 1)}, so that {percent(moderator.observed_prevalence, 1)} of people are taken to have it and a difference of "
                f"{amount(plan, moderator.observed, names)} is left between the groups as observed."
            )
        found += "" if moderator.stratified else " The sizes of the groups are left to chance, and power is averaged over them."
    elif isinstance(moderator, ContinuousModerator) and moderator.has_error:
        found += (
            f" The moderator is measured with a reliability of {percent(moderator.reliability, 1)}, so that the slope per unit as measured is "
            f"{amount(plan, moderator.slope * moderator.reliability, names)}."
        )
    return found


def bigger_boat(answer: "Answer") -> str:
    """What the same size of effect would need on average."""
    if answer.main_effect_n is None or answer.ratio_to_main_effect is None:
        return ""
    times = (
        "about as many" if 0.95 < answer.ratio_to_main_effect < 1.05 else f"{number(round(answer.ratio_to_main_effect, 1))} times as many"
    )
    return (
        f"To show an average effect as large as the assumed difference with the same power, {plain(answer.main_effect_n)} evaluable participants would be "
        f"enough; to show that the effect differs between people takes {times}."
    )


def spread_step(plan: "Plan", answer: "Answer", moderator: MeasuredModerator) -> list[tuple[str, str]]:
    """How the variance follows from that of the effect, each with its source."""
    found = []
    hidden = in_words(plain(round(variance, 6)) for variance in moderator.hidden)
    if isinstance(moderator, BinaryModerator):
        q = moderator.observed_prevalence
        if moderator.has_error:
            positive, negative = moderator.predictive_values
            said = (
                f"Measurement: observed share {plain(q)}, predictive values {plain(round(positive, 6))} and {plain(round(negative, 6))}, so that the difference "
                f"between the groups as observed is {plain(round(moderator.observed, 6))}, and the true effect varies within them by {hidden} (variances, added to "
                "n·Var of the effect)."
            )
            found.append((said, "q_o = Se·q + (1 − Sp)(1 − q); γ(PPV + NPV − 1); γ²·PPV(1 − PPV), γ²·NPV(1 − NPV)"))
        found.append(
            (
                f"Interaction: n·Var of the difference is that of the effect divided by q(1 − q) = {plain(round(q * (1.0 - q), 6))}.",
                "each person shows one effect; groups of q·n and (1 − q)·n people are compared",
            )
        )
    elif isinstance(moderator, CategoricalModerator):
        shares = in_words(f"{name} {plain(round(moderator.share(name), 6))}" for name in moderator.compare or moderator.shares)
        said = (
            f"Interaction: the shares are {shares}; n·Var of the difference is that of the effect times Σ 1/share."
            if moderator.compare
            else f"Interaction: the shares are {shares}; the effect has a variance of {plain(round(moderator.spread, 6))} between groups, and λ is n times this over n·Var of the effect."
        )
        found.append((said, "(v/N)(1/q_a + 1/q_b)" if moderator.compare else "λ = (N/v)·Σ q(e − ē)²"))
    elif isinstance(moderator, ContinuousModerator):
        if moderator.has_error:
            found.append(
                (
                    f"Measurement: the slope per unit as measured is {plain(round(moderator.slope * moderator.reliability, 6))}; people of one measured value differ in their true effect by {hidden} (variance, added to n·Var of the effect).",
                    "γ·R; γ²·R(1 − R)·s²",
                )
            )
        found.append(
            (
                "Interaction: the values vary about a mean of their own for each effect that is fitted, so that n·Var of the slope is that of the effect over s², times n/(n − 3c), with c = 2 in two mirrored sequences; power is averaged over the spread that chance gives the values.",
                "S_eff = 4/(1/S₁ + 1/S₂), on average (n − 6)s²",
            )
        )
    if answer.main_effect_n is not None:
        found.append(
            (
                f"Same size of effect on average: {plain(answer.main_effect_n)} evaluable participants; the ratio is {plain(round(answer.ratio_to_main_effect or 0.0, 3))}.",
                "Gewandter et al. 2019, Pain 160:1235: we're going to need a bigger boat",
            )
        )
    return found
