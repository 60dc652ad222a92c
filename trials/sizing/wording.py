"""The sentences for people, made from the same objects as the numbers."""

from trials.sizing.answer import Answer
from trials.sizing.asked import asked
from trials.sizing.names import LETTERS_ONLY, Names, number, percent
from trials.sizing.noun import in_words
from trials.sizing.phrases import cycles_in_words, people_found, split_by_sequence, started, target_of, terms_of, whole_people
from trials.sizing.plan import Plan

USUAL_VERBS = {"n", "power", "mean_difference", "mean_ratio", "within_subject_sd", "within_subject_cv", "half_width"}

__all__ = ["Names", "describe_method", "hypothesis", "method_in_short", "number", "percent", "plain_statement", "statement", "summary"]


def summary(plan: Plan, answer: Answer, names: Names = LETTERS_ONLY) -> str:
    """One line: how many people, for what."""
    if answer.reason is not None:
        return answer.reason
    people = people_found(answer)
    if plan.solve.find == "n":
        aim = asked(plan).aim_found(plan, answer, names) or f"{percent(answer.power or 0.0, 1)} power"
        return f"{people} give {aim}."
    if answer.cycles is not None:
        aim = asked(plan).aim_found(plan, answer, names) or f"{percent(answer.power or 0.0, 1)} power"
        return f"With {people}: {cycles_in_words(answer.cycles)} a person give{'s' if answer.cycles == 1 else ''} {aim}."
    if (own := asked(plan).aim_found(plan, answer, names)) is not None and plan.solve.find not in USUAL_VERBS:
        return f"With {people}: {own}."
    found = {
        "power": lambda: f"{percent(answer.power or 0.0, 1)} power",
        "mean_difference": lambda: (
            f"a difference of {names.amount(answer.mean_difference or 0.0)} can be shown with {target_of(plan)} power"
        ),
        "mean_ratio": lambda: f"a ratio of {number(answer.mean_ratio or 0.0)} can be shown with {target_of(plan)} power",
        "within_subject_sd": lambda: (
            f"the within-subject SD may be at most {names.amount(answer.within_subject_sd or 0.0)} for {target_of(plan)} power"
        ),
        "within_subject_cv": lambda: (
            f"the within-subject CV may be at most {percent(answer.within_subject_cv or 0.0, 1)} for {target_of(plan)} power"
        ),
        "half_width": lambda: f"an expected half-width of {asked(plan).width_in_words(plan, answer, names)}",
    }[plan.solve.find]()
    return f"With {people}: {found}."


def statement(plan: Plan, answer: Answer, names: Names = LETTERS_ONLY) -> str:
    """The paragraph for the protocol: hypothesis, assumptions, test, numbers."""
    if answer.reason is not None:
        return f"The planned question has no sample size: {answer.reason}"
    question = asked(plan)
    parts = [question.counts(plan, answer), question.assuming(plan, names), question.tested(plan), loss_allowed(plan, answer)]
    return " ".join(part for part in parts if part)


def loss_allowed(plan: Plan, answer: Answer) -> str:
    """How many start, so that enough remain, as one sentence."""
    if (own := asked(plan).loss(plan, answer)) is not None:
        return own
    if plan.attrition.dropout_rate:
        completing = "completing all periods" if plan.design.n_periods > 1 else "being evaluable"
        return f"To allow for {percent(plan.attrition.dropout_rate, 1)} of participants not {completing}, {whole_people(answer.n_randomised)} are {started(plan)}{split_by_sequence(plan, answer)}."
    if plan.attrition.observed_by_period is not None:
        lost = ", ".join(percent(share, 1) for share in plan.attrition.lost_before_period or ())
        return f"Losses of {lost} before the successive periods are allowed for; what was observed before a loss is analysed."
    if answer.n_randomised_per_sequence and len(plan.design.sequences) > 1:
        arms = "treatments" if plan.design.n_periods == 1 else "sequences"
        return f"Participants are randomised to the {arms} {in_words(plan.design.sequences)}{split_by_sequence(plan, answer)}."
    return ""


def plain_statement(plan: Plan, answer: Answer, names: Names = LETTERS_ONLY) -> str:
    """The same in everyday words."""
    if answer.reason is not None:
        return f"As planned, the trial cannot answer its question. {answer.reason}"
    return " ".join(part for part in (*setting_in_plain_words(plan, answer, names), *finding_in_plain_words(plan, answer, names)) if part)


def setting_in_plain_words(plan: Plan, answer: Answer, names: Names) -> list[str]:
    """What people go through, and how many may leave, in everyday words."""
    people = whole_people(answer.n_randomised)
    taken = in_words(names.treatment(letter) for letter in plan.design.letters)
    everyone = (
        "Each person takes" if all(set(sequence) == set(plan.design.letters) for sequence in plan.design.sequences) else "People take"
    )
    usual = (
        f"The trial starts with {people} people. {everyone} {taken}, one after the other, in an order decided by chance."
        if plan.design.n_periods > 1
        else f"The trial starts with {people} people, each given one of {taken} by chance."
    )
    if plan.design.is_n_of_1:
        cycles = answer.plan.design.cycles or 1
        times = "once" if cycles == 1 else f"{cycles} times over, in an order decided by chance each time"
        usual = f"The trial starts with {people} people. Each person takes {taken} {times}."
    parts = [asked(plan).setting_in_plain_words(plan, answer, names) or usual]
    if plan.attrition.share_with_all_periods < 1:
        parts.append(
            f"About {percent(1 - plan.attrition.share_with_all_periods)} may leave before the end, so that about {whole_people(answer.n_evaluable)} complete it."
        )
    return parts


def finding_in_plain_words(plan: Plan, answer: Answer, names: Names) -> list[str]:
    """What the trial can find, in everyday words."""
    question = asked(plan)
    parts = [question.in_plain_words(plan, answer, names)]
    if answer.half_width is not None:
        parts.append(question.width_in_plain_words(plan, answer, names))
    return [*parts, question.caveat(plan)]


def hypothesis(plan: Plan, names: Names = LETTERS_ONLY) -> str:
    """What is tested against what, in words and signs."""
    return asked(plan).hypothesis(plan, names)


def describe_method(plan: Plan, answer: Answer) -> str:
    """How the number was found, for the method section."""
    parts = [answer.method or method_in_short(plan, "within_subject")]
    if plan.design.is_n_of_1:
        if asked(plan).from_sequences:
            parts.append(
                f"The variance of the estimate is {SERIES_VARIANCE[plan.analysis.people or 'random']}, with n people and k cycles."
            )
    elif plan.design.n_periods > 1 and asked(plan).from_sequences:
        parts.append(
            "The variance of the estimate follows from the sequences by way of the information matrix of a model with "
            + in_words(terms_of(plan))
            + (
                f"; per participant it is {number(answer.variance_factor)} times the residual variance."
                if answer.variance_factor is not None
                else "."
            )
        )
    if plan.solve.find == "n" and answer.reason is None:
        step = sum(plan.design.unit)
        steps = f", in whole steps of {step} (one allocation over the sequences)," if len(plan.design.sequences) > 1 else ""
        parts.append(f"The number of evaluable participants is the smallest{steps} that reaches the target.")
    if plan.solve.find == "cycles" and answer.reason is None:
        parts.append("The number of cycles is the smallest that reaches the target.")
    if plan.attrition.dropout_rate:
        parts.append("To allow for loss it is divided by the share expected to stay and rounded up to whole steps again.")
    return " ".join(parts)


SERIES_VARIANCE = {"random": "(ψ² + 2σ_w²/k)/n", "fixed": "2σ_w²/(nk)"}
SERIES_FREEDOM = {
    "random": "from one mean difference a person; degrees of freedom are the participants less one",
    "fixed": "from the differences within people; degrees of freedom are the participants times the cycles less one",
}
FREEDOM = {
    "anova": "degrees of freedom of the residual in the analysis of variance",
    "robust": "degrees of freedom from the participants and the sequences alone",
    "satterthwaite": "degrees of freedom after Satterthwaite, from the variances of the sequences",
    "paired": "degrees of freedom of the paired test, the participants less one",
}


def method_in_short(plan: Plan, estimator: str) -> str:
    """One sentence: the test and its model."""
    question = asked(plan)
    test = question.method(plan)
    if not question.from_sequences:
        return f"{test}."
    if plan.design.is_n_of_1:
        return f"{test}. Estimate {SERIES_FREEDOM[plan.analysis.people or 'random']}."
    if plan.design.n_periods == 1:
        return f"{test}. People are compared with each other."
    fit = "generalised least squares" if estimator == "generalised_least_squares" else "least squares within subjects"
    if not question.estimates_variance:
        return f"{test}. Estimate by {fit}."
    return f"{test}. Estimate by {fit}; {FREEDOM[plan.analysis.degrees_of_freedom or 'anova']}."
