"""A simulation in words: its stamp, whether it agrees with the answer, and all of it for people."""

from collections.abc import Sequence
from math import erfc, exp, floor, inf, log10, sqrt

from trials.sizing.answer import Answer
from trials.sizing.names import number
from trials.sizing.noun import in_words as listed
from trials.sizing.noun import plain
from trials.sizing.outcome import LogOutcome
from trials.sizing.plan import Plan
from trials.sizing.question import Correlation, TimeToEvent, TwoProportions
from trials.sizing.question.harm import HarmQuestion
from trials.sizing.simulate.simulated import AGREEMENT, INTERVAL, Figure, Simulated

# other measures, such as the comparisons of several doses, are called what they are
LABELS = {"shown": "", "covered": "coverage", "half_width": "half-width", "narrow": "probability of the width", "estimate": "mean estimate"}
MIXED_MODEL = "statsmodels' linear mixed model, fitted to each trial by restricted maximum likelihood; Student's t with the planned degrees of freedom"


def stamp(figures: Sequence[Figure], *, null: bool = False) -> str:
    """“analytic .812, simulated .809 ± .006”, with 1.96 Monte Carlo standard errors after ±; each figure that is judged, named unless it is a power."""
    parts = []
    for figure in figures:
        if figure.judged:
            label = "size of the test" if null and figure.measure == "shown" else LABELS.get(figure.measure, figure.measure)
            said = f"analytic {shown(figure.analytic, figure)}, simulated {with_error(figure)}"
            parts.append(f"{label}: {said}" if label else said)
    return "; ".join(parts)


def with_error(figure: Figure) -> str:
    """The simulated mean ± 1.96 of its Monte Carlo standard errors."""
    if figure.simulated is None or figure.monte_carlo_error is None:
        return "none"
    return f"{shown(figure.simulated, figure)} ± {shown(INTERVAL * figure.monte_carlo_error, figure)}"


def shown(value: float, figure: Figure) -> str:
    """As many decimals as the error gives a meaning to; a share has three at least, and no zero before the point."""
    error = INTERVAL * (figure.monte_carlo_error or 0.0)
    if not figure.share:
        return f"{value:.{max(0, 1 - floor(log10(error)))}f}".replace("-", "−") if error > 0 else number(value)
    digits = 3 if error <= 0 else min(6, max(3, -floor(log10(error / 2.0))))
    text = f"{value:.{digits}f}"
    if float(text) in {0.0, 1.0} and 0 < value < 1:
        text = f"> {1 - 10.0**-digits:.{digits}f}" if value > 0.5 else f"< {10.0**-digits:.{digits}f}"
    return text.replace("0.", ".", 1)


def in_words(found: Simulated) -> str:
    """Whether the two agree, as a sentence or two."""
    furthest = max((figure for figure in found.figures if figure.judged), key=lambda figure: figure.distance)
    apart = furthest.distance
    if apart == inf:
        return "No trial could be analysed as planned, so there is nothing to compare."
    errors = f"{apart:.1f} Monte Carlo standard errors"
    if apart <= INTERVAL:
        return f"They agree: they are {errors} apart."
    if apart <= AGREEMENT:
        often = max(1, round(1000 * erfc(apart / sqrt(2.0))))
        return (
            f"They agree within chance: they are {errors} apart; {often} of 1,000 simulations of a right answer are as far off or further. "
            "Another seed or more trials would tell."
        )
    causes = []
    if found.carryover:
        causes.append("the simulation has carry-over that the answer does not assume")
    if found.dropout == "random":
        causes.append("the simulation loses people by chance, while the answer counts on the planned number")
    if found.analysis == "mixed_model":
        causes.append("the mixed model estimates variances that the answer takes as known")
    why = f" What differs: {'; '.join(causes)}." if causes else ""
    return f"They do not agree: they are {errors} apart, more than chance explains.{why}"


def for_people(plan: Plan, answer: Answer, found: Simulated) -> str:
    """The simulation as text: its stamp, whether it agrees, what was done, and what to know about it."""
    rows = [("trials", f"{found.trials_run:,}" + (f" of {found.trials:,}" if found.trials_run < found.trials else ""))]
    rows += [("participants", _people(plan, found))]
    if found.dropout is not None:
        rows += [("dropout", "by chance, at the planned rate" if found.dropout == "random" else "exactly as planned")]
    if found.carryover:
        rows += [("carry-over", listed(f"{letter} {plain(effect)}" for letter, effect in sorted(found.carryover.items())))]
    rows += [("seed", str(found.seed)), ("Monte Carlo error", f"{found.monte_carlo_error:.2g} (one standard error)")]
    rows += [(_label(figure, plan), _estimate(figure, plan)) for figure in found.figures if not figure.judged]
    rows += [("analysis", MIXED_MODEL if found.analysis == "mixed_model" else f"as planned. {answer.method}")]
    width = max(len(label) for label, _ in rows)
    lines = [found.agreement_said, "", f"  {in_words(found)}", ""]
    lines += [f"  {label:<{width}}  {value}" for label, value in rows]
    lines += ["", *(f"  {sentence}" for sentence in _notes(plan, answer, found))]
    return "\n".join(lines)


def _people(plan: Plan, found: Simulated) -> str:
    counts = found.n_simulated_per_sequence
    total = f"{sum(counts):,} in each trial"
    if len(counts) == 1 or len(counts) > 8:
        return total
    return f"{total}: {listed(f'{n:,} to {sequence}' for n, sequence in zip(counts, plan.design.sequences, strict=True))}"


def _label(figure: Figure, plan: Plan) -> str:
    if figure.measure == "estimate" and isinstance(plan.outcome, LogOutcome):
        return "mean ratio"
    return LABELS.get(figure.measure, figure.measure)


def _estimate(figure: Figure, plan: Plan) -> str:
    if figure.measure == "estimate" and isinstance(plan.outcome, LogOutcome):
        if figure.simulated is None:
            return "none"
        return f"{number(exp(figure.simulated))} (true: {number(exp(figure.analytic))})"
    return f"{with_error(figure)} ({'true' if figure.measure.startswith('estimate') else 'analytic'}: {shown(figure.analytic, figure)})"


def _notes(plan: Plan, answer: Answer, found: Simulated) -> list[str]:
    notes = ["± is 1.96 Monte Carlo standard errors: 95 of 100 simulations of this length come so near to what endless trials would give."]
    if found.null:
        notes.append("The truth lies on the boundary that is tested: what these trials show, they show in error.")
    if found.analytic_over_dropout is not None:
        notes.append(f"Averaged over who leaves by chance, the analytic power is {shown(found.analytic_over_dropout, found.figures[0])}.")
    if any(count != int(count) for count in answer.n_per_sequence or ()):
        notes.append("The answer splits people into fractions; the simulation has whole people, and the analytic figure here is for them.")
    if found.trials_without_test:
        several = found.trials_without_test != 1
        notes.append(
            f"{found.trials_without_test:,} trial{'s' if several else ''} left too few people for a test and count{'' if several else 's'} as showing nothing."
        )
    if isinstance(plan.question, HarmQuestion) and plan.exposure is not None and plan.exposure.discontinuation_rate > 0:
        notes.append(
            "People stop by chance, so that the person-years of a trial lie around the expected ones, which the answer takes; an exact test whose n has just become "
            "enough (see n_stays) then often allows one event less."
        )
    if isinstance(plan.question, TwoProportions | TimeToEvent | Correlation):
        notes.append(
            "The answer takes the test statistic as normal; with few people or events its power is a little off, as the trials show."
        )
    wanted = found.monte_carlo_error_wanted
    if found.interrupted:
        notes.append(f"The simulation was stopped after {found.trials_run:,} of {found.trials:,} trials.")
    elif wanted is not None and found.monte_carlo_error > wanted:
        needed = found.trials_run * (found.monte_carlo_error / wanted) ** 2
        notes.append(
            f"The Monte Carlo error of {plain(wanted)} that is asked for is not reached; it takes about {float(f'{needed:.2g}'):,.0f} trials."
        )
    return notes
