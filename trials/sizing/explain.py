"""An answer for people, and its derivation step by step with the source of each step."""

from collections.abc import Sequence

from trials.sizing.answer import Answer
from trials.sizing.asked import asked
from trials.sizing.comparison import Compared
from trials.sizing.noun import in_words, plain
from trials.sizing.outcome import LogOutcome
from trials.sizing.phrases import started
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
    "assurance": "assurance",
    "assurance_one_step_below": "assurance one step below",
    "assurance_ceiling": "assurance for n → ∞",
    "power_if_effective": "power if the effect is there",
    "n_per_look": "evaluable at the looks",
    "critical_values": "critical values at the looks",
    "expected_n_alternative": "expected n, effect as assumed",
    "expected_n_null": "expected n, nothing to show",
    "expected_n": "expected n",
    "power_without_re_estimation": "power without re-estimation",
    "type_one_error": "type I error",
    "monte_carlo_error": "Monte Carlo error",
    "trials_run": "simulated trials",
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
    "cycles": "cycles a person",
    "own_weight": "weight of a person's own result",
    "main_effect_n": "evaluable for a main effect of that size",
    "ratio_to_main_effect": "times a main effect's number",
    "events": "events",
    "person_years": "person-years on the drug",
    "person_years_needed": "person-years needed",
    "upper_limit": "upper confidence limit",
    "actual_size": "actual size of the test",
    "contrast": "contrast",
    "contrasts": "contrasts by shape",
    "power_any": "power for at least one comparison",
    "power_all": "power for all comparisons",
    "power_by_comparison": "power by comparison",
    "power_by_shape": "power by true shape",
    "n_if_continuous": "enough for the score itself",
    "price_of_dichotomising": "price of dichotomising, times",
    "maximum_attainable": "most that can be had",
}
# parts that do not add up to a whole
ONE_BY_ONE = {"n_per_look", "critical_values"}


def for_people(plan: Plan, answer: Answer) -> str:
    """The answer as text: a line that says it, the numbers, the statement, the warnings."""
    lines = [summary(plan, answer), ""]
    width = max(map(len, LABELS.values()))
    for key, named in LABELS.items():
        value = getattr(answer, key)
        if value is not None and not (len(plan.design.sequences) == 1 and key.endswith("_per_sequence")):
            label = named.replace("randomised", started(plan))
            lines.append(f"  {label:<{width}}  {_shown(value, ', ' if key in ONE_BY_ONE else ' + ')}")
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
    question, attrition = asked(plan), plan.attrition
    found: list[str] = []

    def add(text: str, source: str) -> None:
        found.append(f"{len(found) + 1}. {text} [{source}]")

    add(
        f"Design: sequences {in_words(plan.design.sequences)}, allocation {':'.join(map(plain, plan.design.allocation))}, so that participants come in steps of {sum(plan.design.unit)}."
        if len(plan.design.sequences) > 1
        else f"Design: {answer.plan.design.label}; participants come one by one.",
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
        add(*(_series_variance if plan.design.is_n_of_1 else _variance)(plan, answer))
    n = answer.n_randomised if attrition.lost_before_period is not None else answer.n_evaluable
    if answer.standard_error is not None and n:
        error = plain(answer.standard_error)
        usual = f"√({plain(answer.standard_error**2 * n)} / {plain(n)}) = {error}" if question.from_sequences else error
        add(*(question.error_step(plan, answer) or (f"Standard error with n = {plain(n)}: {usual}.", "as above")))
    if answer.degrees_of_freedom is not None:
        add(*(question.freedom_step(plan, answer) or _freedom(plan, answer)))
    if answer.critical_value is not None:
        add(f"Critical value: {plain(answer.critical_value)}.", question.critical_source)
    if answer.power is not None:
        add(*question.power_step(plan, answer))
    if answer.half_width is not None and answer.standard_error is not None:
        add(*question.width_step(plan, answer))
    if plan.solve.find in {"n", "cycles"}:
        add(*_searched(plan, answer, n or 0))
    if attrition.dropout_rate:
        add(
            f"Loss: {plain(answer.n_evaluable or 0)} / (1 − {plain(attrition.dropout_rate)}), rounded up to whole steps, is {plain(answer.n_randomised or 0)}.",
            "n/(1 − d), not n·(1 + d)",
        )
    return found


def _variance(plan: Plan, answer: Answer) -> tuple[str, str]:
    factor = answer.variance_factor or 0.0
    return (
        f"Information: the model's information matrix, added over the sequences, gives n·Var(estimate) = {plain(factor)} × residual variance "
        f"= {plain(factor * plan.continuous.residual_sd**2)}."
    ), "Jones & Kenward, Design and Analysis of Cross-over Trials"


def _series_variance(plan: Plan, answer: Answer) -> tuple[str, str]:
    """n·Var of the average difference in an n-of-1 series."""
    outcome, cycles = plan.continuous, answer.plan.design.cycles or 1
    found, sigma = plain((answer.variance_factor or 0.0) * outcome.residual_sd**2), plain(outcome.residual_sd)
    if plan.analysis.people == "fixed":
        return (
            f"Variance: among these people alone n·Var(estimate) = 2σ_w²/k = 2·{sigma}²/{cycles} = {found}.",
            "n-of-1 series, criterion 2 of Senn 2019",
        )
    individual = plain(outcome.individual_response_sd)
    return (
        f"Variance: with people as a sample of the population n·Var(estimate) = ψ² + 2σ_w²/k = {individual}² + 2·{sigma}²/{cycles} = {found}.",
        "n-of-1 series, criterion 1 of Senn 2019",
    )


def _searched(plan: Plan, answer: Answer, n: float) -> tuple[str, str]:
    if plan.solve.find == "cycles":
        return (
            f"Search: {answer.cycles} is the smallest number of cycles a person that reaches the target.",
            "every number from 1 on is tried",
        )
    return (
        f"Search: {plain(n)} is the smallest number in whole steps that reaches the target{_one_step_below(answer)}.",
        "whole allocation units, galloping and halving",
    )


def _freedom(plan: Plan, answer: Answer) -> tuple[str, str]:
    name = plan.analysis.people if plan.design.is_n_of_1 else plan.analysis.degrees_of_freedom
    return f"Degrees of freedom ({name}): {plain(answer.degrees_of_freedom or 0.0)}.", _freedom_source(plan)


def _one_step_below(answer: Answer) -> str:
    for what, value in (("assurance", answer.assurance_one_step_below), ("power", answer.power_one_step_below)):
        if value is not None:
            return f"; one step below, the {what} is {percent(value, 2)}"
    return ""


def _freedom_source(plan: Plan) -> str:
    if plan.design.is_n_of_1:
        return "n·(cycles − 1)" if plan.analysis.people == "fixed" else "n − 1"
    return {
        "anova": "n·m̄ − n − (periods − 1) − (treatments − 1)(1 + carry-over fitted)" if plan.design.n_periods > 1 else "n − treatments",
        "robust": "n − number of sequences",
        "satterthwaite": "(Σa_s)²/Σ(a_s²/(n_s − 1)) over the sequences",
        "paired": "n − 1",
    }[plan.analysis.degrees_of_freedom or "anova"]


def _shown(value: object, joint: str = " + ") -> str:
    if isinstance(value, dict):
        nested = any(isinstance(one, dict) for one in value.values())
        return ("; " if nested else ", ").join(f"{key}{':' if nested else ''} {_shown(one)}" for key, one in value.items())
    if isinstance(value, tuple):
        return joint.join(_shown(one) for one in value)
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
