"""Which designs and models allow n to be re-estimated blind."""

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trials.sizing.information import Information


def unsuited(information: "Information") -> str | None:
    """Why a design or model does not allow blinded re-estimation, or None."""
    return _unsuited_design(information) or _unsuited_model(information)


def _unsuited_design(information: "Information") -> str | None:
    design = information.design
    if design.n_periods == 1:
        return "Blinded re-estimation is worked out for crossover designs; with one period people are compared with each other. Leave re_estimation out."
    if len(set(design.allocation)) > 1:
        return "Blinded re-estimation needs sequences of equal size, so that period and treatment do not mix; leave allocation out."
    for period in range(design.n_periods):
        counts = Counter(sequence[period] for sequence in design.sequences)
        if len(set(counts.values())) > 1 or len(counts) < len(design.letters):
            return (
                f"Blinded re-estimation needs every treatment equally often in each period, and in period {period + 1} of {design.label} that is not so. "
                "Add the sequences that balance it."
            )
    return None


def _unsuited_model(information: "Information") -> str | None:
    design, analysis, outcome = information.design, information.analysis, information.continuous
    if analysis.adjust_for_carryover or information.model.estimator != "within_subject" or not analysis.sequence_effects:
        return "Blinded re-estimation is worked out for least squares within subjects without carry-over; leave adjust_for_carryover, estimator and sequence_effects out."
    if design.n_periods == 2 and len(design.sequences) == 2:
        paired = "Blinded re-estimation allows for period effects; leave degrees_of_freedom paired out."
        return paired if analysis.degrees_of_freedom == "paired" else None
    if outcome.individual_response_sd or outcome.autocorrelation:
        return "With individual responses or autocorrelation blinded re-estimation is worked out for AB/BA alone; leave them out or use that design."
    if analysis.degrees_of_freedom != "anova":
        return "In this design blinded re-estimation is worked out for the degrees of freedom of the analysis of variance; leave degrees_of_freedom out."
    return None
