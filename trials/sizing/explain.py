"""An answer for people, and its derivation step by step with the source of each step."""

from collections.abc import Sequence

from trials.sizing.answer import Answer
from trials.sizing.asked import asked
from trials.sizing.comparison import Compared
from trials.sizing.noun import in_words, plain
from trials.sizing.outcome import LogOutcome
from trials.sizing.plan import Plan
from trials.sizing.stress import StressTest
from trials.sizing.wording import hypothesis, number, percent, statement, summary

LABELS = {
    "n_evaluable": "evaluable participants",
    "n_randomised": "randomised participants",
    "n_per_sequence": "evaluable by sequence",
    "n_randomised_per_sequence": "randomised by sequence",
    "n_unrounded": "participants before rounding",
    "n_stays": "from here on power stays",
    "power": "power",
    "power_one_step_below": "power one step below",
    "mean_difference": "mean difference",
    "mean_ratio": "mean ratio",
    "within_subject_sd": "within-subject SD",
    "within_subject_cv": "within-subject CV",
    "half_width": "expected half-width",
    "ratio_half_width": "expected half-width, as a factor",
    "confidence_level": "confidence level",
    "probability": "probability of the width",
    "standard_error": "standard error",
    "variance_factor": "variance factor",
    "degrees_of_freedom": "degrees of freedom",
    "numerator_degrees_of_freedom": "numerator degrees of freedom",
    "critical_value": "critical value",
    "actual_size": "actual size of the test",
    "events": "events",
    "n_if_continuous": "enough for the score itself",
    "price_of_dichotomising": "price of dichotomising, times",
    "maximum_attainable": "most that can be had",
}


def for_people(plan: Plan, answer: Answer) -> str:
    """The answer as text: a line that says it, the numbers, the statement, the warnings."""
    lines = [summary(plan, answer), ""]
    width = max(map(len, LABELS.values()))
    for key, label in LABELS.items():
        value = getattr(answer, key)
        if value is not None:
            lines.append(f"  {label:<{width}}  {_shown(value)}")
    lines += ["", f"  {hypothesis(plan)}"]
    if answer.reason is None:
        lines += [f"  {statement(plan, answer)}"]
    lines += [
        f"  {conversion.field.removeprefix('outcome.')} {number(conversion.value)} from {conversion.source}: {conversion.formula}. {conversion.note}"
        for conversion in answer.conversions
    ]
    lines += [f"  {answer.method}"]
    lines += [f"  Warning: {warning.message}" for warning in answer.warnings]
    return "\n".join(lines)


def steps(plan: Plan, answer: Answer) -> list[str]:
    """The derivation, one numbered step a line."""
    question, analysis, attrition = asked(plan), plan.analysis, plan.attrition
    found: list[str] = []

    def add(text: str, source: str) -> None:
        found.append(f"{len(found) + 1}. {text} [{source}]")

    add(
        f"Design: sequences {in_words(plan.design.sequences)}, allocation {':'.join(map(plain, plan.design.allocation))}, so that participants come in steps of {sum(plan.design.unit)}."
        if plan.design.sequences
        else f"Design: {plan.design.label}; participants come one by one.",
        "plan",
    )
    for conversion in plan.conversions:
        inputs = ", ".join(f"{key} = {plain(value)}" for key, value in conversion.inputs.items())
        add(f"Variability: {conversion.formula}; with {inputs} this is {plain(conversion.value)}.", "σ_D² = 2σ_w² + ψ²")
    if isinstance(plan.outcome, LogOutcome):
        add(f"Log scale: the SD of the logarithm is √ln(1 + CV²) = {plain(plan.continuous.residual_sd)}.", "lognormal distribution")
    add(f"Hypothesis: {hypothesis(plan)}", "plan")
    if answer.reason is not None:
        add(f"No answer: {answer.reason}", "engine")
        return found
    for text, source in question.steps(plan, answer):
        add(text, source)
    if answer.variance_factor is not None and question.from_sequences:
        add(
            f"Information: the model's information matrix, added over the sequences, gives n·Var(estimate) = {plain(answer.variance_factor)} × residual variance "
            f"= {plain(answer.variance_factor * plan.continuous.residual_sd**2)}.",
            "Jones & Kenward, Design and Analysis of Cross-over Trials",
        )
    n = answer.n_randomised if attrition.lost_before_period is not None else answer.n_evaluable
    if answer.standard_error is not None and n:
        add(
            f"Standard error with n = {plain(n)}: √({plain(answer.standard_error**2 * n)} / {plain(n)}) = {plain(answer.standard_error)}.",
            "as above",
        )
    if answer.degrees_of_freedom is not None:
        add(f"Degrees of freedom ({analysis.degrees_of_freedom}): {plain(answer.degrees_of_freedom)}.", _freedom_source(plan))
    if answer.critical_value is not None:
        add(f"Critical value: {plain(answer.critical_value)}.", question.critical_source)
    if answer.power is not None:
        add(*question.power_step(plan, answer))
    if answer.half_width is not None:
        add(
            f"Expected half-width: critical value × standard error × E[s]/σ = {plain(answer.half_width)}.",
            "E[s]/σ = √(2/ν)·Γ((ν+1)/2)/Γ(ν/2)",
        )
    if plan.solve.find == "n":
        below = (
            f"; one step below, the power is {percent(answer.power_one_step_below, 2)}" if answer.power_one_step_below is not None else ""
        )
        add(
            f"Search: {plain(n or 0)} is the smallest number in whole steps that reaches the target{below}.",
            "whole allocation units, galloping and halving",
        )
    if attrition.dropout_rate:
        add(
            f"Loss: {plain(answer.n_evaluable or 0)} / (1 − {plain(attrition.dropout_rate)}), rounded up to whole steps, is {plain(answer.n_randomised or 0)}.",
            "n/(1 − d), not n·(1 + d)",
        )
    return found


def _freedom_source(plan: Plan) -> str:
    return {
        "anova": "n·m̄ − n − (periods − 1) − (treatments − 1)(1 + carry-over fitted)" if plan.design.n_periods > 1 else "n − treatments",
        "robust": "n − number of sequences",
        "satterthwaite": "(Σa_s)²/Σ(a_s²/(n_s − 1)) over the sequences",
        "paired": "n − 1",
    }[plan.analysis.degrees_of_freedom or "anova"]


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return " + ".join(_shown(one) for one in value)
    if isinstance(value, int | float):
        return plain(round(value, 6)) if abs(value) >= 1e-4 or value == 0 else plain(float(value))
    return str(value)


def stressed(test: StressTest) -> list[str]:
    """The stress test, one assumption that fails a line, with the power that the planned n keeps."""
    width = max(len(row.in_words) for row in test.rows)
    lines = [f"  {row.in_words:<{width}}  {percent(row.power, 1)}" for row in test.rows]
    if chance := test.random_dropout:
        lines.append(f"  With random dropout the expected power is {percent(chance.expected_power, 1)}.")
        if chance.probability_of_target is not None:
            lines.append(f"  Those who stay are enough for the target with probability {percent(chance.probability_of_target)}.")
    return lines


def compared(rows: Sequence[Compared]) -> list[str]:
    """The comparison of designs as a table, those with fewest randomised people first; a reason where one cannot answer."""
    heads = ("design", "evaluable", "randomised", "power", "visits", "person-weeks", "cost")
    table: list[tuple[str, ...]] = [heads]
    for row in rows:
        numbers = (row.n_evaluable, row.n_randomised, row.power, row.visits, row.person_weeks, row.cost)
        table.append((row.name, *("–" if not one else percent(one, 1) if one is row.power else number(one) for one in numbers)))
    widths = [max(len(line[at]) for line in table) for at in range(len(heads))]
    lines = [
        "  " + "  ".join([line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))])
        for line in table
    ]
    return lines + [f"  {row.name}: {row.reason}" for row in rows if row.reason]
