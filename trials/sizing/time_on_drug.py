"""What the time on the drug lets a trial say about harm, and what it does not."""

from typing import TYPE_CHECKING

from trials.sizing.design import Design
from trials.sizing.rates import years_in_words

if TYPE_CHECKING:
    from trials.sizing.plan import Plan

LONG_TERM_YEARS = 1.0


def is_parallel(design: Design) -> bool:
    """Whether people are in groups of which some may not be on the drug at all."""
    return design.n_periods == 1 and len(design.sequences) > 1


def time_is_lost(plan: "Plan") -> bool:
    """Whether people who take the drug are on it for a part of their follow-up only."""
    exposure = plan.exposure
    return exposure is not None and (exposure.discontinuation_rate > 0 or (exposure.share_on_drug < 1 and not is_parallel(plan.design)))


def cautions_about_time(plan: "Plan", *, counts_people: bool) -> list[tuple[str, str]]:
    """What deserves a second look, as (code, sentence); for shares of people or for rates over time."""
    found: list[tuple[str, str]] = []
    exposure = plan.exposure
    if plan.design.n_periods > 1:
        span = (
            ""
            if exposure is None or exposure.share_on_drug == 1.0
            else f", here {years_in_words(exposure.years_each)} a person of {years_in_words(exposure.follow_up_years)}"
        )
        message = (
            f"In a crossover people are on the drug for a part of the trial only{span}, and such trials are short. Harm that needs months or years of use has no time to show, and an event in a "
            "later period may be a late effect of the drug or none. However many people take part, a crossover does not answer whether years of use are safe; that "
            "takes people who stay on the drug and are followed, such as a single arm or a register."
        )
        found.append(("crossover_is_too_short", message))
        if exposure is not None and exposure.share_on_drug == 1.0:
            message = "share_on_drug is 1, but in a crossover with placebo people are on the drug in some periods only: 0.5 in AB/BA. Only the time on the drug counts."
            found.append(("share_on_drug_in_a_crossover", message))
    elif exposure is not None and exposure.follow_up_years < LONG_TERM_YEARS:
        message = (
            f"People are followed for {years_in_words(exposure.follow_up_years)}. That says nothing about harm that needs longer use: many people for a short time do not "
            "stand in for fewer people over years. Follow people for a year or more to answer a question of long-term safety."
        )
        found.append(("follow_up_is_short", message))
    if is_parallel(plan.design) and (exposure is None or exposure.share_on_drug == 1.0):
        message = "Everybody is counted as on the drug. Where one of the groups is not, give share_on_drug, such as 0.5: only people on the drug count."
        found.append(("everybody_on_the_drug", message))
    if counts_people and exposure is None:
        message = (
            "A share of people who have the event means little without the time they are followed; say it in exposure.follow_up_years."
        )
        found.append(("follow_up_unknown", message))
    elif counts_people and exposure is not None and time_is_lost(plan):
        message = (
            f"Shares of people are taken as they stand, for people who are on the drug {years_in_words(exposure.years_each)} of the {years_in_words(exposure.follow_up_years)} on average. "
            "If the share was seen in people who stayed on the drug, give person_time_rate, so that only time on the drug counts."
        )
        found.append(("time_off_the_drug_not_counted", message))
    return found
