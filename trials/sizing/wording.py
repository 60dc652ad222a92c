"""The sentences for people, made from the same objects as the numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from trials.sizing.answer import Answer
from trials.sizing.noun import in_words, plain
from trials.sizing.outcome import LogOutcome
from trials.sizing.plan import Plan
from trials.sizing.question import Equivalence, NonInferiority, Omnibus, PairwiseQuestion, Precision, Superiority


@dataclass(frozen=True)
class Names:
    """What letters, outcome and unit are called; whatever is not named goes by its letter or is left out."""

    treatments: Mapping[str, str] = field(default_factory=dict)
    outcome: str = ""
    instrument: str = ""
    unit: str = ""

    def treatment(self, letter: str) -> str:
        return self.treatments.get(letter) or letter

    def amount(self, value: float) -> str:
        """A number with its unit."""
        return f"{number(value)} {self.unit}".rstrip()

    @property
    def measured(self) -> str:
        """The outcome with its instrument."""
        outcome = self.outcome or "the outcome"
        return f"{outcome} ({self.instrument})" if self.instrument else outcome


LETTERS_ONLY = Names()


def number(value: float) -> str:
    """Four significant digits, no trailing zeros, a true minus sign."""
    return plain(float(f"{value:.4g}"))


def percent(share: float, digits: int = 0) -> str:
    """A share as per cent: 0.9125 → 91.2 %; never rounded up to 100 or down to 0."""
    shown = f"{100 * share:.{digits}f}"
    if float(shown) in {0.0, 100.0} and 0 < share < 1:
        return "> 99.9 %" if share > 0.5 else "< 0.1 %"
    return f"{shown.rstrip('0').rstrip('.') if '.' in shown else shown} %"


def summary(plan: Plan, answer: Answer, names: Names = LETTERS_ONLY) -> str:
    """One line: how many people, for what."""
    if answer.reason is not None:
        return answer.reason
    people = _people(answer)
    if plan.solve.find == "n":
        aim = f"{percent(answer.power, 1)} power" if answer.power is not None else f"a half-width of {_width(plan, answer, names)}"
        return f"{people} give {aim}."
    found = {
        "power": lambda: f"{percent(answer.power or 0.0, 1)} power",
        "mean_difference": lambda: f"a difference of {names.amount(answer.mean_difference or 0.0)} can be shown with {_target(plan)} power",
        "mean_ratio": lambda: f"a ratio of {number(answer.mean_ratio or 0.0)} can be shown with {_target(plan)} power",
        "within_subject_sd": lambda: (
            f"the within-subject SD may be at most {names.amount(answer.within_subject_sd or 0.0)} for {_target(plan)} power"
        ),
        "within_subject_cv": lambda: (
            f"the within-subject CV may be at most {percent(answer.within_subject_cv or 0.0, 1)} for {_target(plan)} power"
        ),
        "half_width": lambda: f"an expected half-width of {_width(plan, answer, names)}",
    }[plan.solve.find]()
    return f"With {people}: {found}."


def statement(plan: Plan, answer: Answer, names: Names = LETTERS_ONLY) -> str:
    """The paragraph for the protocol: hypothesis, assumptions, test, numbers."""
    if answer.reason is not None:
        return f"The planned question has no sample size: {answer.reason}"
    parts = [_counts(plan, answer), _assuming(plan, names), _tested(plan)]
    if plan.attrition.dropout_rate:
        parts.append(
            f"To allow for {percent(plan.attrition.dropout_rate, 1)} of participants not completing all periods, {_whole(answer.n_randomised)} are randomised{_by_sequence(plan, answer)}."
        )
    elif plan.attrition.observed_by_period is not None:
        lost = ", ".join(percent(share, 1) for share in plan.attrition.lost_before_period or ())
        parts.append(f"Losses of {lost} before the successive periods are allowed for; what was observed before a loss is analysed.")
    elif answer.n_randomised_per_sequence:
        parts.append(f"Participants are randomised to the sequences {in_words(plan.design.sequences)}{_by_sequence(plan, answer)}.")
    return " ".join(part for part in parts if part)


def plain_statement(plan: Plan, answer: Answer, names: Names = LETTERS_ONLY) -> str:
    """The same in everyday words."""
    if answer.reason is not None:
        return f"As planned, the trial cannot answer its question. {answer.reason}"
    question = plan.question
    people = _whole(answer.n_randomised)
    if isinstance(question, Omnibus):
        compared = in_words(names.treatment(letter) for letter in plan.design.letters)
    else:
        compared = in_words((names.treatment(question.treatment), names.treatment(question.comparator)))
    everyone = (
        "Each person takes" if all(set(sequence) == set(plan.design.letters) for sequence in plan.design.sequences) else "People take"
    )
    parts = [
        f"The trial starts with {people} people. {everyone} {compared}, one after the other, in an order decided by chance."
        if plan.design.n_periods > 1
        else f"The trial starts with {people} people, each given one of {compared} by chance."
    ]
    if plan.attrition.share_with_all_periods < 1:
        parts.append(
            f"About {percent(1 - plan.attrition.share_with_all_periods)} may leave before the end, so that about {_whole(answer.n_evaluable)} complete it."
        )
    if answer.power is not None and not isinstance(question, Omnibus | Precision):
        chance = (
            f"about {round(100 * answer.power)} in 100"
            if 0.005 < answer.power < 0.995
            else ("more than 99 in 100" if answer.power > 0.5 else "less than 1 in 100")
        )
        parts.append(f"{_if_true(question, plan, names)}, the chance that the trial will show it is {chance}.")
    elif answer.power is not None:
        parts.append(f"If the treatments differ as assumed, the chance that the trial will notice is {percent(answer.power)}.")
    if answer.half_width is not None:
        parts.append(f"The result is expected to be known to within {_width(plan, answer, names)}.")
    return " ".join(parts)


def hypothesis(plan: Plan, names: Names = LETTERS_ONLY) -> str:
    """What is tested against what, in words and signs."""
    question = plan.question
    if isinstance(question, Omnibus):
        return f"Null hypothesis: the means of {in_words(question.means)} are equal. Alternative: at least two differ. F test at alpha {number(plan.analysis.alpha or 0.05)}."
    log_scale = isinstance(plan.outcome, LogOutcome)
    quantity = (
        f"mean ratio {question.treatment} ÷ {question.comparator}"
        if log_scale
        else f"mean difference {question.treatment} − {question.comparator}"
    )
    if isinstance(question, Precision):
        return f"No hypothesis is tested; the {quantity} is estimated with its {percent(question.confidence_level, 1)} confidence interval."
    null = 1.0 if log_scale else 0.0
    alpha = f"alpha {number(plan.analysis.alpha or 0.05)}"
    show = number if log_scale else names.amount
    if isinstance(question, Equivalence):
        low, high = show(question.lower_limit), show(question.upper_limit)
        return f"Null hypothesis: the {quantity} is {low} or less, or {high} or more. Alternative: it lies between {low} and {high}. Two one-sided tests, each at {alpha}."
    if plan.analysis.sides == 2:
        return f"Null hypothesis: the {quantity} is {show(null)}. Alternative: it is not {show(null)}. Two-sided test at {alpha}."
    boundary = _boundary(question, log_scale=log_scale)
    null_side, other_side = ("or less", "above") if question.better == "higher" else ("or more", "below")
    return f"Null hypothesis: the {quantity} is {show(boundary)} {null_side}. Alternative: it is {other_side} {show(boundary)}. One-sided test at {alpha}."


def describe_method(plan: Plan, answer: Answer) -> str:
    """How the number was found, for the method section."""
    parts = [answer.method or method_in_short(plan, "within_subject")]
    if plan.design.n_periods > 1:
        parts.append(
            "The variance of the estimate follows from the sequences by way of the information matrix of a model with "
            + in_words(_terms(plan))
            + (
                f"; per participant it is {number(answer.variance_factor)} times the residual variance."
                if answer.variance_factor is not None
                else "."
            )
        )
    for conversion in answer.conversions:
        parts.append(
            f"{conversion.field.removeprefix('outcome.')} {number(conversion.value)} was converted from {conversion.source}: {conversion.formula}."
        )
    if plan.solve.find == "n" and answer.reason is None:
        parts.append(
            f"n is the smallest number of participants, in whole steps of {sum(plan.design.unit)} (one allocation over the sequences), that reaches the target."
        )
    if plan.attrition.dropout_rate:
        parts.append("It is divided by 1 − dropout_rate and rounded up to whole steps again.")
    return " ".join(parts)


def method_in_short(plan: Plan, estimator: str) -> str:
    """One sentence: the test and its model."""
    analysis, question = plan.analysis, plan.question
    if isinstance(question, Equivalence):
        test = f"Two one-sided t tests, each at alpha {number(analysis.alpha or 0.05)}; exact power by numerical integration"
    elif isinstance(question, Omnibus):
        test = f"F test at alpha {number(analysis.alpha or 0.05)}; exact power by the noncentral F distribution"
    elif isinstance(question, Precision):
        test = f"{percent(question.confidence_level, 1)} confidence interval by Student's t"
    else:
        sides = "Two" if analysis.sides == 2 else "One"
        test = f"{sides}-sided t test at alpha {number(analysis.alpha or 0.05)}; exact power by the noncentral t distribution"
    if plan.design.n_periods == 1:
        return f"{test}. People are compared with each other."
    fit = "generalised least squares" if estimator == "generalised_least_squares" else "least squares within subjects"
    return f"{test}. Estimate by {fit}; degrees of freedom: {analysis.degrees_of_freedom or 'anova'}."


def _terms(plan: Plan) -> list[str]:
    if plan.analysis.degrees_of_freedom == "paired":
        return ["subject", "treatment effects"]
    terms = ["sequence"] if plan.analysis.sequence_effects else []
    terms += ["subject", "period"]
    return [*terms, "treatment", "carry-over effects"] if plan.analysis.adjust_for_carryover else [*terms, "treatment effects"]


def _whole(count: float | None) -> str:
    return "an unknown number of" if count is None else f"{round(count, 1):,.0f}" if float(count).is_integer() else f"{count:,.1f}"


def _people(answer: Answer) -> str:
    evaluable, randomised = _whole(answer.n_evaluable), _whole(answer.n_randomised)
    return (
        f"{evaluable} evaluable participants"
        if evaluable == randomised
        else f"{randomised} randomised participants ({evaluable} evaluable)"
    )


def _target(plan: Plan) -> str:
    return percent(getattr(plan.solve, "target_power", None) or 0.0, 1)


def _width(plan: Plan, answer: Answer, names: Names) -> str:
    if answer.ratio_half_width is not None:
        return f"a factor of {number(answer.ratio_half_width)}"
    return names.amount(answer.half_width or 0.0)


def _by_sequence(plan: Plan, answer: Answer) -> str:
    counts = answer.n_randomised_per_sequence or ()
    if not counts or len(counts) > 8:
        return ""
    if len(set(counts)) == 1:
        return (
            f", {_whole(counts[0])} to each of the sequences {in_words(plan.design.sequences)}"
            if plan.attrition.dropout_rate
            else f", {_whole(counts[0])} to each"
        )
    return " (" + ", ".join(f"{_whole(count)} to {sequence}" for count, sequence in zip(counts, plan.design.sequences, strict=True)) + ")"


def _counts(plan: Plan, answer: Answer) -> str:
    people = _whole(answer.n_evaluable)
    design = f"the {'parallel' if plan.design.n_periods == 1 else 'crossover'} design {plan.design.label}"
    if plan.solve.find == "n" and answer.power is not None:
        return f"With {design}, {people} evaluable participants give {percent(answer.power, 1)} power (target {_target(plan)})."
    if answer.power is not None:
        return f"With {design}, {people} evaluable participants give {percent(answer.power, 1)} power."
    return f"With {design}, {people} evaluable participants are planned."


def _assuming(plan: Plan, names: Names) -> str:
    question, outcome = plan.question, plan.outcome
    if isinstance(question, Omnibus):
        return f"Assumed means of {names.measured}: {', '.join(f'{names.treatment(letter)} {names.amount(mean)}' for letter, mean in question.means.items())}; {_variability(plan, names)}."
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
    return f"This assumes {effect} ({compared}{f'; {better} is better' if better else ''}) and {_variability(plan, names)}."


def _variability(plan: Plan, names: Names) -> str:
    outcome = plan.outcome
    for conversion in plan.conversions:
        if conversion.source == "difference_sd":
            return f"an SD of the within-person difference of {names.amount(conversion.inputs['difference_sd'])} (within-subject SD {number(conversion.value)})"
    if isinstance(outcome, LogOutcome):
        sort, cv = ("within-subject", outcome.within_subject_cv) if outcome.total_cv is None else ("total", outcome.total_cv)
        shown = f"a {sort} coefficient of variation of {percent(cv or 0.0, 1)}"
    else:
        sort, sd = ("within-subject", outcome.within_subject_sd) if outcome.total_sd is None else ("total", outcome.total_sd)
        shown = f"a {sort} SD of {names.amount(sd)}" if sd is not None else "the SD that is sought"
    if outcome.individual_response_sd:
        shown += f", with an SD of {number(outcome.individual_response_sd)} between people in the true difference"
    return shown


def _tested(plan: Plan) -> str:
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
    model = in_words(_terms(plan))
    return f"The comparison is {test}, from a model with {model}."


def _if_true(question: Superiority | NonInferiority | Equivalence, plan: Plan, names: Names) -> str:
    a, b = names.treatment(question.treatment), names.treatment(question.comparator)
    if isinstance(question, NonInferiority):
        return f"If {a} truly is about as good as {b}, as assumed"
    if isinstance(question, Equivalence):
        return f"If {a} and {b} truly are as alike as assumed"
    if isinstance(plan.outcome, LogOutcome):
        return f"If {a} truly gives {number(question.mean_ratio or 1.0)} times the value of {b}"
    effect = question.mean_difference or 0.0
    return f"If {a} truly gives a value {names.amount(abs(effect))} {'lower' if effect < 0 else 'higher'} than {b} on average"


def _boundary(question: PairwiseQuestion, *, log_scale: bool) -> float:
    margin = getattr(question, "margin", None)
    if log_scale:
        return margin if margin is not None else 1.0
    sign = 1.0 if getattr(question, "better", None) == "higher" else -1.0
    if isinstance(question, NonInferiority):
        sign = -sign
    return sign * (margin or 0.0) + 0.0
