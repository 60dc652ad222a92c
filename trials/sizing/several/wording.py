"""The sentences on several questions of one trial, made from those of each question."""

from collections.abc import Mapping, Sequence

from trials.sizing.answer import Answer
from trials.sizing.asked import asked
from trials.sizing.names import LETTERS_ONLY, Names, number, percent
from trials.sizing.noun import in_words, plain
from trials.sizing.phrases import people_found, whole_people
from trials.sizing.plan import Plan
from trials.sizing.several.answer import JointAnswer, QuestionAnswer
from trials.sizing.several.plan import JointPlan, NamedQuestion
from trials.sizing.solve import ForN
from trials.sizing.wording import finding_in_plain_words, loss_allowed, setting_in_plain_words
from trials.sizing.wording import hypothesis as hypothesis_of_one

Case = tuple[Plan, Answer]
NamesOfEach = Names | Mapping[str, Names]
TABLE = ("question", "n alone", "at the common n", "target", "alpha", "")


def multiplicity_in_words(plan: JointPlan) -> str:
    """How the error rates of the tests are kept together, and what that means for their power."""
    tests, family = len(plan.tests), number(plan.family_error)
    if tests < 2:
        return (
            ""
            if tests == 0 or len(plan.questions) == 1
            else "One of the questions is a test, so that nothing has to be corrected for testing several times."
        )
    if plan.multiplicity == "bonferroni":
        return (
            f"Each of the {tests} tests is made at its significance level divided by {tests} (Bonferroni), so that the chance of any false finding is at most {family}; "
            "the powers are those at the divided level."
        )
    if plan.multiplicity == "holm":
        return (
            f"The {tests} tests are made in steps from the smallest p-value on (Holm): the first at its significance level divided by {tests}, those after it at larger ones, so that "
            f"the chance of any false finding is at most {family}. The powers are those at the first step, which is a lower bound: whatever is significant there is significant with Holm."
        )
    if plan.multiplicity == "fixed_sequence":
        order = in_words(f"“{one.name}”" for one in plan.tests)
        return (
            f"The tests are made in the order {order}, each at its full significance level and only if all before it were significant (fixed sequence), so that the chance of any false "
            f"finding is at most {family}. Each power is that of the test alone; that a test is reached and succeeds is less likely, but at least as likely as given beside it, whatever the "
            "tests have to do with each other."
        )
    return (
        f"Each of the {tests} tests is made at its own significance level, without a correction for their number: the chance of any false finding may be as large as {family}. "
        "Name the one that decides, or choose bonferroni, holm or fixed_sequence."
    )


def method_of_several(plan: JointPlan, answers: Sequence[Answer]) -> str:
    """The method of each question, and how they are kept together."""
    parts = [f"{one.name}: {answer.method}" for one, answer in zip(plan.questions, answers, strict=True)]
    return " ".join(part for part in (*parts, multiplicity_in_words(plan)) if part)


def summary(plan: JointPlan, answer: JointAnswer, names: NamesOfEach = LETTERS_ONLY) -> str:
    """One line: how many people, for which questions."""
    if answer.reason is not None:
        return answer.reason
    people = people_found(answer.together[0])
    found = in_words(f"“{one.name}” {_found(*case, _names(names, one.name))}" for one, case in _cases(plan, answer))
    if not isinstance(plan.solve, ForN):
        return f"With {people}: {found}."
    return f"{people} answer {_all(len(plan.questions))}: {found}."


def statement(plan: JointPlan, answer: JointAnswer, names: NamesOfEach = LETTERS_ONLY) -> str:
    """The paragraph for the protocol: each question with its assumptions, test and numbers, and what they share."""
    if answer.reason is not None:
        return f"The planned questions have no common sample size: {answer.reason}"
    parts = [f"One trial answers {_number_of(len(plan.questions))}."]
    for one, (each, found) in _cases(plan, answer):
        question, called = asked(each), _names(names, one.name)
        if found.reason is not None:
            parts.append(f"“{one.name}” has no answer: {found.reason}")
            continue
        said = (question.counts(each, found), question.assuming(each, called), question.tested(each))
        parts.append(f"“{one.name}”: {' '.join(part for part in said if part)}")
        if found.half_width is not None and found.power is None and question.from_sequences:
            parts.append(f"Its expected half-width is {question.width_in_words(each, found, called)}.")
        chained = answer.questions[one.name].power_with_those_before
        if chained is not None and one is not plan.tests[0]:
            parts.append(f"That it is reached and succeeds has a chance of at least {percent(chained, 1)}.")
    if (driver := next((name for name, one in answer.questions.items() if one.drives_n), None)) is not None:
        parts.append(_who_drives(driver, answer))
    usual = next((case for case in _answered(plan, answer) if asked(case[0]).loss(*case) is None), _answered(plan, answer)[0])
    parts += [multiplicity_in_words(plan), _all_together(answer), loss_allowed(*usual)]
    return " ".join(part for part in parts if part)


def plain_statement(plan: JointPlan, answer: JointAnswer, names: NamesOfEach = LETTERS_ONLY) -> str:
    """The same in everyday words."""
    if answer.reason is not None:
        return f"As planned, the trial cannot answer all of its questions. {answer.reason}"
    cases = [(one, case) for one, case in _cases(plan, answer) if case[1].reason is None]
    usual = next((entry for entry in cases if asked(entry[1][0]).setting_in_plain_words(*entry[1], LETTERS_ONLY) is None), cases[0])
    parts = setting_in_plain_words(*usual[1], _names(names, usual[0].name))
    parts.append(f"The trial asks {_number_of(len(plan.questions))}.")
    for one, case in cases:
        found = " ".join(part for part in finding_in_plain_words(*case, _names(names, one.name)) if part)
        parts.append(f"{one.name[:1].upper()}{one.name[1:]}: {found}")
    return " ".join(part for part in parts if part)


def hypothesis(plan: JointPlan, names: NamesOfEach = LETTERS_ONLY) -> str:
    """What each question tests against what."""
    return " ".join(
        f"“{one.name}”: {hypothesis_of_one(each, _names(names, one.name))}" for one, each in zip(plan.questions, plan.plans(), strict=True)
    )


def table(plan: JointPlan, answer: JointAnswer) -> list[tuple[str, ...]]:
    """One row a question: what it needs alone and has at the common n; headings first."""
    rows: list[tuple[str, ...]] = [TABLE]
    for name, one in answer.questions.items():
        target, alpha = one.target_power, one.alpha_used
        alone = "" if one.n_evaluable is None else whole_people(one.n_evaluable)
        remark = "decides n" if one.drives_n else "no answer" if one.reason else ""
        if one.power_with_those_before is not None:
            remark = f"{remark}{', ' if remark else ''}in sequence ≥ {percent(one.power_with_those_before, 1)}"
        rows.append((name, alone, _figure(one), percent(target, 1) if target else "", number(alpha) if alpha else "", remark))
    return rows


def _figure(one: QuestionAnswer) -> str:
    if one.power is not None:
        return f"power {percent(one.power, 1)}"
    width = one.ratio_half_width or one.half_width
    if width is not None:
        return f"{'factor' if one.ratio_half_width else 'half-width'} {number(width)}"
    return f"upper limit {plain(round(one.upper_limit, 6))}" if one.upper_limit is not None else ""


def _cases(plan: JointPlan, answer: JointAnswer) -> list[tuple[NamedQuestion, Case]]:
    """Each question with its plan and its answer at the common n."""
    return list(zip(plan.questions, zip(plan.plans(), answer.together, strict=True), strict=True))


def _answered(plan: JointPlan, answer: JointAnswer) -> list[Case]:
    return [case for _, case in _cases(plan, answer) if case[1].reason is None]


def _names(names: NamesOfEach, name: str) -> Names:
    return names if isinstance(names, Names) else names.get(name, LETTERS_ONLY)


def _found(plan: Plan, answer: Answer, names: Names) -> str:
    if answer.reason is not None:
        return "without an answer"
    return f"with {asked(plan).aim_found(plan, answer, names) or f'{percent(answer.power or 0.0, 1)} power'}"


def _number_of(questions: int) -> str:
    return "one question" if questions == 1 else f"{questions} questions"


def _all(questions: int) -> str:
    return {1: "the question", 2: "both questions"}.get(questions, f"all {questions} questions")


def _who_drives(driver: str, answer: JointAnswer) -> str:
    needs = in_words(f"{whole_people(one.n_evaluable)} for “{name}”" for name, one in answer.questions.items())
    if len(answer.questions) == 1:
        return ""
    return f"Alone the questions need {needs} evaluable participants; “{driver}” decides the common number, {whole_people(answer.n_evaluable)}."


def _all_together(answer: JointAnswer) -> str:
    """The chance that everything succeeds, enclosed."""
    if answer.power_all_at_least is None or answer.power_all_at_most is None or sum(one.power is not None for one in answer.together) < 2:
        return ""
    low, high = percent(answer.power_all_at_least, 1), percent(answer.power_all_at_most, 1)
    return f"That all of them succeed has a chance between {low} and {high}, depending on how far they go together."
