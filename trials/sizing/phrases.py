"""The parts that the sentences of `wording` are put together from."""

from trials.sizing.answer import Answer
from trials.sizing.names import Names, number, percent
from trials.sizing.noun import in_words
from trials.sizing.outcome import LogOutcome
from trials.sizing.plan import Plan
from trials.sizing.question import Equivalence, NonInferiority, Omnibus, PairwiseQuestion, Precision, Superiority


def terms_of(plan: Plan) -> list[str]:
    if plan.analysis.degrees_of_freedom == "paired":
        return ["subject", "treatment effects"]
    terms = ["sequence"] if plan.analysis.sequence_effects else []
    terms += ["subject", "period"]
    return [*terms, "treatment", "carry-over effects"] if plan.analysis.adjust_for_carryover else [*terms, "treatment effects"]


def whole_people(count: float | None) -> str:
    return "an unknown number of" if count is None else f"{round(count, 1):,.0f}" if float(count).is_integer() else f"{count:,.1f}"


def people_found(answer: Answer) -> str:
    evaluable, randomised = whole_people(answer.n_evaluable), whole_people(answer.n_randomised)
    return (
        f"{evaluable} evaluable participants"
        if evaluable == randomised
        else f"{randomised} randomised participants ({evaluable} evaluable)"
    )


def target_of(plan: Plan) -> str:
    return percent(getattr(plan.solve, "target_power", None) or 0.0, 1)


def width_found(plan: Plan, answer: Answer, names: Names) -> str:
    if answer.ratio_half_width is not None:
        return f"a factor of {number(answer.ratio_half_width)}"
    return names.amount(answer.half_width or 0.0)


def split_by_sequence(plan: Plan, answer: Answer) -> str:
    counts = answer.n_randomised_per_sequence or ()
    if not counts or len(counts) > 8:
        return ""
    if len(set(counts)) == 1:
        return (
            f", {whole_people(counts[0])} to each of the sequences {in_words(plan.design.sequences)}"
            if plan.attrition.dropout_rate
            else f", {whole_people(counts[0])} to each"
        )
    return (
        " ("
        + ", ".join(f"{whole_people(count)} to {sequence}" for count, sequence in zip(counts, plan.design.sequences, strict=True))
        + ")"
    )


def counts_found(plan: Plan, answer: Answer) -> str:
    people = f"{whole_people(answer.n_evaluable)} evaluable participants"
    if plan.attrition.lost_before_period is not None:  # everything observed counts
        people = (
            f"{whole_people(answer.n_randomised)} randomised participants, of whom {whole_people(answer.n_evaluable)} complete all periods,"
        )
    design = f"the {'parallel' if plan.design.n_periods == 1 else 'crossover'} design {plan.design.label}"
    if plan.solve.find == "n" and answer.power is not None:
        return f"With {design}, {people} give {percent(answer.power, 1)} power (target {target_of(plan)})."
    if answer.power is not None:
        return f"With {design}, {people} give {percent(answer.power, 1)} power."
    return f"With {design}, {people} are planned."


def assuming(plan: Plan, names: Names) -> str:
    question, outcome = plan.question, plan.outcome
    if isinstance(question, Omnibus):
        return f"Assumed means of {names.measured}: {', '.join(f'{names.treatment(letter)} {names.amount(mean)}' for letter, mean in question.means.items())}; {variability_of(plan, names)}."
    compared = f"{names.treatment(question.treatment)} compared with {names.treatment(question.comparator)}"
    if isinstance(outcome, LogOutcome):
        effect = (
            f"a mean ratio of {number(question.mean_ratio)} in {names.measured}"
            if question.mean_ratio is not None
            else f"a ratio in {names.measured}"
        )
    else:
        effect = (
            f"a mean difference of {names.amount(question.mean_difference)} in {names.measured}"
            if question.mean_difference is not None
            else f"a difference in {names.measured}"
        )
    better = getattr(question, "better", None)
    return f"This assumes {effect} ({compared}{f'; {better} is better' if better else ''}) and {variability_of(plan, names)}."


def variability_of(plan: Plan, names: Names) -> str:
    outcome = plan.outcome
    converted = next((one for one in plan.conversions if one.source == "difference_sd"), None)
    if converted is not None:
        shown = f"an SD of the within-person difference of {names.amount(converted.inputs['difference_sd'])} (within-subject SD {number(converted.value)})"
    elif isinstance(outcome, LogOutcome):
        sort, cv = ("within-subject", outcome.within_subject_cv) if outcome.total_cv is None else ("total", outcome.total_cv)
        shown = f"a {sort} coefficient of variation of {percent(cv or 0.0, 1)}"
    else:
        sort, sd = ("within-subject", outcome.within_subject_sd) if outcome.total_sd is None else ("total", outcome.total_sd)
        shown = f"a {sort} SD of {names.amount(sd)}" if sd is not None else "the SD that is sought"
    if outcome.individual_response_sd:
        shown += f", with an SD of {number(outcome.individual_response_sd)} between people in the true difference"
    return shown


def tested(plan: Plan) -> str:
    question, analysis = plan.question, plan.analysis
    alpha = number(analysis.alpha or 0.05)
    if isinstance(question, Equivalence):
        test = f"two one-sided t tests for the limits {number(question.lower_limit)} and {number(question.upper_limit)}, each at a significance level of {alpha}"
    elif isinstance(question, Omnibus):
        test = f"an F test at a significance level of {alpha}"
    elif isinstance(question, Precision):
        return f"The difference is reported with its {percent(question.confidence_level, 1)} confidence interval."
    else:
        margin = f" with a margin of {number(question.margin)}" if question.margin else ""
        name = "non-inferiority" if isinstance(question, NonInferiority) else "superiority"
        test = f"a {'two' if analysis.sides == 2 else 'one'}-sided t test for {name}{margin} at a significance level of {alpha}"
    if plan.design.n_periods == 1:
        return f"The comparison is {test}."
    model = in_words(terms_of(plan))
    return f"The comparison is {test}, from a model with {model}."


def if_true(question: Superiority | NonInferiority | Equivalence, plan: Plan, names: Names) -> str:
    a, b = names.treatment(question.treatment), names.treatment(question.comparator)
    if isinstance(question, NonInferiority):
        return f"If {a} truly is about as good as {b}, as assumed"
    if isinstance(question, Equivalence):
        return f"If {a} and {b} truly are as alike as assumed"
    if isinstance(plan.outcome, LogOutcome):
        return f"If {a} truly gives {number(question.mean_ratio or 1.0)} times the value of {b}"
    effect = question.mean_difference or 0.0
    return f"If {a} truly gives a value {names.amount(abs(effect))} {'lower' if effect < 0 else 'higher'} than {b} on average"


def boundary_of(question: PairwiseQuestion, *, log_scale: bool) -> float:
    margin = getattr(question, "margin", None)
    if log_scale:
        return margin if margin is not None else 1.0
    sign = 1.0 if getattr(question, "better", None) == "higher" else -1.0
    if isinstance(question, NonInferiority):
        sign = -sign
    return sign * (margin or 0.0) + 0.0
