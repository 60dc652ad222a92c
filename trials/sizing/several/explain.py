"""Several questions' answer for people, and its derivation."""

from trials.sizing.explain import steps as steps_of_one
from trials.sizing.explain import stressed
from trials.sizing.noun import plain
from trials.sizing.phrases import started
from trials.sizing.several.answer import JointAnswer
from trials.sizing.several.plan import JointPlan
from trials.sizing.several.wording import hypothesis, multiplicity_in_words, statement, summary, table
from trials.sizing.solve import ForN
from trials.sizing.stress import stress


def for_people(plan: JointPlan, answer: JointAnswer) -> str:
    """The answer as text: a line that says it, a table of the questions, the statement, the warnings."""
    lines = [summary(plan, answer), ""]
    if answer.n_evaluable is not None:
        lines += [f"  evaluable participants    {plain(answer.n_evaluable)}"]
        lines += [f"  {started(answer.together[0].plan)} participants  {plain(answer.n_randomised or 0)}", ""]
    rows = table(plan, answer)
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines += [f"  {'  '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))}".rstrip() for row in rows]
    lines += ["", f"  {hypothesis(plan)}"]
    if answer.reason is None:
        lines += [f"  {statement(plan, answer)}"]
    lines += [f"  {answer.method.removesuffix(multiplicity_in_words(plan)).rstrip()}"]
    return "\n".join([*lines, *(f"  Warning: {warning.message}" for warning in answer.warnings)])


def steps(plan: JointPlan, answer: JointAnswer) -> list[str]:
    """The derivation of each question, and how the common n follows."""
    found: list[str] = []
    if said := multiplicity_in_words(plan):
        found += [f"Significance levels: {said}", ""]
    for one, each, alone in zip(plan.questions, plan.plans(), answer.alone or answer.together, strict=True):
        found += [f"“{one.name}”{' alone' if answer.alone else ''}:", *(f"  {step}" for step in steps_of_one(alone.plan, alone)), ""]
        if each.analysis.alpha != one.analysis.alpha:
            found[-1:] = [
                f"  Its significance level is {plain(one.analysis.alpha or 0.0)} / {len(plan.tests)} = {plain(each.analysis.alpha or 0.0)}.",
                "",
            ]
    if answer.n_evaluable is not None and isinstance(plan.solve, ForN):
        needs = ", ".join(plain(one.n_evaluable or 0) for one in answer.questions.values())
        found.append(
            f"Together: the smallest n at which all have enough is {plain(answer.n_evaluable)}; alone they need {needs}. "
            "[the largest of them, or more where a power goes up and down with n]"
        )
    return found


def stressed_questions(plan: JointPlan, answer: JointAnswer) -> list[str]:
    """The stress test of each question that has one, at the common n."""
    found: list[str] = []
    for one, each, together in zip(plan.questions, plan.plans(), answer.together, strict=False):
        if (tested := stress(each, together)) is not None:
            found += [f"“{one.name}”", *stressed(tested)]
    return found
