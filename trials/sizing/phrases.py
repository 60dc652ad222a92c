"""The parts that the sentences of `wording` are put together from."""

from typing import TYPE_CHECKING

from trials.sizing.names import Names, number, percent
from trials.sizing.noun import in_words
from trials.sizing.outcome import LogOutcome

if TYPE_CHECKING:
    from trials.sizing.answer import Answer
    from trials.sizing.plan import Plan


def terms_of(plan: "Plan") -> list[str]:
    if plan.analysis.degrees_of_freedom == "paired":
        return ["subject", "treatment effects"]
    terms = ["sequence"] if plan.analysis.sequence_effects else []
    terms += ["subject", "period"]
    return [*terms, "treatment", "carry-over effects"] if plan.analysis.adjust_for_carryover else [*terms, "treatment effects"]


def whole_people(count: float | None) -> str:
    return "an unknown number of" if count is None else f"{round(count, 1):,.0f}" if float(count).is_integer() else f"{count:,.1f}"


def started(plan: "Plan") -> str:
    """What has been done with people who start: nobody is randomised where there is one sequence."""
    return "enrolled" if len(plan.design.sequences) == 1 else "randomised"


def people_found(answer: "Answer") -> str:
    evaluable, randomised = whole_people(answer.n_evaluable), whole_people(answer.n_randomised)
    return (
        f"{evaluable} evaluable participants"
        if evaluable == randomised
        else f"{randomised} {started(answer.plan)} participants ({evaluable} evaluable)"
    )


def target_of(plan: "Plan") -> str:
    return percent(getattr(plan.solve, "target_power", None) or 0.0, 1)


def width_found(plan: "Plan", answer: "Answer", names: Names) -> str:
    if answer.ratio_half_width is not None:
        return f"a factor of {number(answer.ratio_half_width)}"
    return names.amount(answer.half_width or 0.0)


def split_by_sequence(plan: "Plan", answer: "Answer") -> str:
    counts = answer.n_randomised_per_sequence or ()
    if not 1 < len(counts) <= 8:
        return ""
    if len(set(counts)) == 1:
        arms = "treatments" if plan.design.n_periods == 1 else "sequences"
        return (
            f", {whole_people(counts[0])} to each of the {arms} {in_words(plan.design.sequences)}"
            if plan.attrition.dropout_rate
            else f", {whole_people(counts[0])} to each"
        )
    return (
        " ("
        + ", ".join(f"{whole_people(count)} to {sequence}" for count, sequence in zip(counts, plan.design.sequences, strict=True))
        + ")"
    )


def counts_found(plan: "Plan", answer: "Answer") -> str:
    people = f"{whole_people(answer.n_evaluable)} evaluable participants"
    if plan.attrition.lost_before_period is not None:  # everything observed counts
        people = (
            f"{whole_people(answer.n_randomised)} randomised participants, of whom {whole_people(answer.n_evaluable)} complete all periods,"
        )
    design = f"the {'parallel' if plan.design.n_periods == 1 else 'crossover'} design {plan.design.label}"
    if plan.design.is_n_of_1:
        design = f"an n-of-1 series of {cycles_in_words(answer.plan.design.cycles or 1)} a person, each of A and B in random order"
    if plan.solve.find in {"n", "cycles"} and answer.power is not None:
        return f"With {design}, {people} give {percent(answer.power, 1)} power (target {target_of(plan)})."
    if answer.power is not None:
        return f"With {design}, {people} give {percent(answer.power, 1)} power."
    return f"With {design}, {people} are planned."


def residual_of(plan: "Plan", names: Names) -> str:
    """The variability of one measurement, or of a difference when the plan was given that."""
    outcome = plan.continuous
    converted = next((one for one in plan.conversions if one.source == "difference_sd"), None)
    if converted is not None:
        return f"an SD of the within-person difference of {names.amount(converted.inputs['difference_sd'])} (within-subject SD {number(converted.value)})"
    if isinstance(outcome, LogOutcome):
        sort, cv = ("within-subject", outcome.within_subject_cv) if outcome.total_cv is None else ("total", outcome.total_cv)
        return f"a {sort} coefficient of variation of {percent(cv or 0.0, 1)}"
    sort, sd = ("within-subject", outcome.within_subject_sd) if outcome.total_sd is None else ("total", outcome.total_sd)
    return f"a {sort} SD of {names.amount(sd)}" if sd is not None else "the SD that is sought"


def individual_sd(plan: "Plan", names: Names) -> str:
    """How much people differ in their true difference, with its unit; on the log scale a number without one."""
    sd = plan.continuous.individual_response_sd
    return number(sd) if isinstance(plan.outcome, LogOutcome) else names.amount(sd)


def cycles_in_words(cycles: int) -> str:
    return f"{cycles} cycle" if cycles == 1 else f"{cycles} cycles"


def variability_of(plan: "Plan", names: Names) -> str:
    shown, individual = residual_of(plan, names), plan.continuous.individual_response_sd
    if individual and plan.analysis.people != "fixed":
        shown += f", with an SD of {number(individual)} between people in the true difference"
    return shown


def with_model(said: str, plan: "Plan") -> str:
    """A sentence on a comparison, ended by the model that it comes from."""
    if plan.design.is_n_of_1:
        return f"{said}, {BY_PEOPLE[plan.analysis.people or 'random']}."
    return f"{said}." if plan.design.n_periods == 1 else f"{said}, from a model with {in_words(terms_of(plan))}."


# what is averaged, and for whom the conclusion holds: criteria 1 and 2 of Senn (2019) for n-of-1 series
BY_PEOPLE = {
    "random": "from one mean difference over the cycles for each person; the conclusion is about the population that these people come from",
    "fixed": "from the differences by cycle within people; the conclusion is about these people and no others",
}


def chance_in_words(power: float) -> str:
    """A power as people say it: about 9 in 10 is "about 90 in 100"."""
    if 0.005 < power < 0.995:
        return f"about {round(100 * power)} in 100"
    return "more than 99 in 100" if power > 0.5 else "less than 1 in 100"
