"""What an answer says beyond its numbers of people, as facts and tables: the same beside a draft and in its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trials.reports.display import NOT_GIVEN, count, number, percent, power
from trials.reports.document import Cell, Column, Fact, Facts, Table, Value

MOST_PARTS = 8
POWERS = (
    "power",
    "power_one_step_below",
    "power_any",
    "power_all",
    "power_if_effective",
    "assurance",
    "assurance_ceiling",
    "actual_size",
    "type_one_error",
    "monte_carlo_error",
)
SHARES = ("confidence_level", "probability")
COUNTS = ("cycles", "events", "n_stays", "n_if_continuous", "main_effect_n", "trials_run")
RATES = ("half_width", "upper_limit")  # of questions about harm
IN_OUTCOME_UNIT = ("half_width", "mean_difference", "within_subject_sd", "standard_error")
# what an answer may hold, in the order in which it is read
ORDER = (
    "cycles",
    "events",
    "person_years",
    "upper_limit",
    "power",
    "power_one_step_below",
    "power_any",
    "power_all",
    "assurance",
    "assurance_ceiling",
    "power_if_effective",
    "mean_difference",
    "mean_ratio",
    "within_subject_sd",
    "within_subject_cv",
    "half_width",
    "ratio_half_width",
    "confidence_level",
    "probability",
    "main_effect_n",
    "ratio_to_main_effect",
    "actual_size",
    "n_stays",
    "n_if_continuous",
    "price_of_dichotomising",
    "n_unrounded",
    "expected_n",
    "expected_n_alternative",
    "expected_n_null",
    "type_one_error",
    "standard_error",
    "variance_factor",
    "degrees_of_freedom",
    "numerator_degrees_of_freedom",
    "critical_value",
    "monte_carlo_error",
    "trials_run",
)
OWN_LABELS: dict[str, Promise] = {
    "power": gettext_lazy("Power reached"),
    "power_one_step_below": gettext_lazy("Power one step below"),
    "cycles": gettext_lazy("Cycles for each person"),
    "events": gettext_lazy("Events expected"),
    "person_years": gettext_lazy("Person-years on the drug"),
    "main_effect_n": gettext_lazy("Evaluable for a main effect of this size"),
    "ratio_to_main_effect": gettext_lazy("Times as many as for the main effect"),
    "actual_size": gettext_lazy("Actual size of the test"),
    "n_stays": gettext_lazy("Evaluable from which power stays above the target"),
    "n_if_continuous": gettext_lazy("Evaluable if the measurement itself were compared"),
    "price_of_dichotomising": gettext_lazy("Times as many for a yes or no"),
}


def headline(answer: Mapping[str, Any]) -> tuple[Fact, ...]:
    """The two numbers that answer the question: people, or cycles where these were sought."""
    evaluable = Fact(_("Evaluable"), Cell(_people(answer.get("n_evaluable")), note=_split(answer, "n_per_sequence", _by_what(answer))))
    if ((answer.get("plan") or {}).get("solve") or {}).get("for") == "cycles":
        return Fact(_("Cycles"), Cell(figure(answer, "cycles", unit=""), note=_("for each person"))), evaluable
    return evaluable, Fact(_("Randomised"), Cell(_people(answer.get("n_randomised")), note=_split(answer, "n_randomised_per_sequence", "")))


def _by_what(answer: Mapping[str, Any]) -> str:
    """What the people of a design are split by: a trial of one period has groups."""
    sequences = ((answer.get("plan") or {}).get("design") or {}).get("sequences") or ()
    return _("by group") if sequences and all(len(sequence) == 1 for sequence in sequences) else _("by sequence")


def _people(n: float | None) -> Value:
    return number(n) if n is not None and not float(n).is_integer() else count(None if n is None else int(n))


def _split(answer: Mapping[str, Any], name: str, words: str) -> str:
    """The people of each sequence, where there are several."""
    parts = answer.get(name) or ()
    return f"{' + '.join(_people(part).text for part in parts)} {words}".strip() if 1 < len(parts) <= MOST_PARTS else ""


def figure_rows(answer: Mapping[str, Any], *, unit: str, leave_out: Sequence[str] = ()) -> Facts:
    """Every single figure of an answer in plain data, as far as it has them; `unit` is the outcome's."""
    named = [name for name in ORDER if answer.get(name) is not None and name not in leave_out]
    return Facts(tuple(Fact(_label(answer, name), Cell(figure(answer, name, unit=unit))) for name in named))


def explored_rows(exploration: Mapping[str, Any], answer: Mapping[str, Any], *, unit: str) -> Facts:
    """What else these people can show, as the exploration holds it and the answer does not say already."""
    level = percent(exploration.get("confidence_level")).text
    is_ratio = ((answer.get("plan") or {}).get("outcome") or {}).get("scale") == "log"
    width = _("Half-width of the {level} interval, log scale") if is_ratio else _("Half-width of the {level} interval")
    wanted = (
        ("detectable_difference", _("Ratio detectable at this power") if is_ratio else _("Detectable at this power")),
        ("half_width", width.format(level=level)),
    )
    return Facts(
        tuple(
            Fact(label, Cell(number(exploration[name], unit="" if is_ratio else unit, digits=3)))
            for name, label in wanted
            if exploration.get(name) is not None and name not in answer
        )
    )


def _label(answer: Mapping[str, Any], name: str) -> str:
    question = (answer.get("plan") or {}).get("question") or {}
    return _("Events seen") if name == "events" and question.get("observed_events") is not None else figure_label(name)


def figure_label(name: str) -> str:
    """What a figure of an answer is called."""
    from trials.sizing.explain import LABELS

    label = str(OWN_LABELS.get(name) or LABELS.get(name, name.replace("_", " ")))
    return label[:1].upper() + label[1:]


def figure(answer: Mapping[str, Any], name: str, *, unit: str) -> Value:
    """One figure of an answer with its unit."""
    value = answer.get(name)
    if value is None:
        return NOT_GIVEN
    if name in POWERS:
        return power(value)
    if name in SHARES:
        return percent(value)
    if name == "within_subject_cv" or _is_share(answer, name):
        return percent(value, decimals=2)
    if name in {*COUNTS, "degrees_of_freedom", "numerator_degrees_of_freedom"} and float(value).is_integer():
        return count(int(value))
    return number(value, unit=_unit(answer, name, unit))


def figure_tables(answer: Mapping[str, Any], *, labels: Mapping[str, str]) -> tuple[Table, ...]:
    """The figures of an answer that come by comparison, by shape or by look; `labels` say what the letters are."""
    found = []
    if powers := answer.get("power_by_comparison"):
        found.append(_powers(_("Power of each comparison"), _("Comparison"), {_named(key, labels): share for key, share in powers.items()}))
    if powers := answer.get("power_by_shape"):
        found.append(_powers(_("Power if the true shape is"), _("Shape"), {_spelled(key): share for key, share in powers.items()}))
    if contrast := answer.get("contrast"):
        found.append(_contrasts({_("Weight"): contrast}, labels))
    if contrasts := answer.get("contrasts"):
        found.append(_contrasts({_spelled(key): weights for key, weights in contrasts.items()}, labels))
    if (values := answer.get("critical_values")) and (people := answer.get("n_per_look")):
        rows = tuple(
            (Cell(count(at)), Cell(number(n)), Cell(number(value))) for at, (n, value) in enumerate(zip(people, values, strict=True), 1)
        )
        columns = (Column(_("Look"), numeric=True), Column(_("Evaluable"), numeric=True), Column(_("Critical value"), numeric=True))
        found.append(Table(_("Looks at the data"), columns, rows))
    return tuple(found)


def _unit(answer: Mapping[str, Any], name: str, unit: str) -> str:
    """The unit of a figure: that of the outcome, unless it is compared by ratios, or the figure is a rate."""
    plan = answer.get("plan") or {}
    if name in RATES and plan.get("exposure"):
        return _("a person-year")
    outcome = plan.get("outcome") or {}
    is_additive = outcome.get("kind") == "continuous" and outcome.get("scale", "additive") == "additive"
    return unit if name in IN_OUTCOME_UNIT and is_additive else ""


def _is_share(answer: Mapping[str, Any], name: str) -> bool:
    """Whether a figure about harm is a share of people rather than a rate over time."""
    plan = answer.get("plan") or {}
    question = plan.get("question") or {}
    counts_people = question.get("event_rate") is not None or question.get("per") == "person"
    return name in RATES and bool(plan.get("exposure")) and counts_people


def _powers(caption: str, heading: str, powers: Mapping[str, float]) -> Table:
    rows = tuple((Cell(Value(name, name)), Cell(power(share, decimals=1))) for name, share in powers.items())
    return Table(caption, (Column(heading), Column(_("Power"), numeric=True)), rows)


def _contrasts(contrasts: Mapping[str, Mapping[str, float]], labels: Mapping[str, str]) -> Table:
    """Weights of the treatments, a row for each contrast."""
    letters = sorted({letter for weights in contrasts.values() for letter in weights})
    rows = tuple(
        (Cell(Value(name, name)), *(Cell(number(weights.get(letter), digits=3)) for letter in letters))
        for name, weights in contrasts.items()
    )
    return Table(_("Weight of each treatment"), (Column(_("Contrast")), *(Column(letter, numeric=True) for letter in letters)), rows)


def _named(key: str, labels: Mapping[str, str]) -> str:
    return f"{key}, {labels[key]}" if labels.get(key) else key


def _spelled(key: str) -> str:
    text = key.replace("_", " ")
    return text[:1].upper() + text[1:]
