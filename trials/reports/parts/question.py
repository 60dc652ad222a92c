"""Part 1: what the trial asks, in the attributes of an estimand."""

from django.utils.translation import gettext as _

from trials.protocol.facts import TreatmentFact
from trials.reports.display import NO_BREAK_SPACE, held_together
from trials.reports.document import Cell, Fact, Facts, Section, Value
from trials.reports.stored import Stored


def question(stored: Stored, number: str) -> Section:
    """The gaps, the comparison, the people, the outcome, the hypothesis and the summary of the effect."""
    snapshot, outcome, sentences = stored.snapshot, stored.snapshot.outcome, stored.snapshot.sentences
    populations = list(dict.fromkeys(gap.population for gap in snapshot.gaps if gap.population))

    rows = [Fact(_("Gap"), Cell(Value(gap.uid, f"{gap.uid} {gap.title}"), note=gap.question)) for gap in snapshot.gaps]
    if snapshot.question_label:
        rows.append(_fact(_("Kind of question"), snapshot.question_label))
    rows += _comparison(stored)
    rows.append(_fact(_("Population"), "; ".join(populations) or _("Not stated in the gaps.")))
    if outcome.outcome:
        measured = [
            _("Measured by {instrument}.").format(instrument=outcome.instrument) if outcome.instrument and not outcome.unit else "",
            _("Measured by {instrument}, in {unit}.").format(instrument=outcome.instrument, unit=outcome.unit)
            if outcome.instrument and outcome.unit
            else "",
        ]
        rows.append(_fact(_("Outcome"), outcome.outcome, note="".join(measured)))
    rows += _direction(stored)
    rows.append(_fact(_("Hypothesis"), held_together(sentences.hypothesis, stored.unit)))
    if measure := sentences.measure or _usual_measure(stored):
        rows.append(_fact(_("Summary measure"), measure))
    rows.append(
        _fact(
            _("Intercurrent events"),
            _("Not stated in the draft. The size counts people who complete every period.")
            if stored.is_crossover
            else _("Not stated in the draft."),
        )
    )
    return Section("question", number, _("Question"), (Facts(tuple(rows)),))


def _comparison(stored: Stored) -> list[Fact]:
    treatment, comparator = stored.treatment, stored.comparator
    if treatment is not None and comparator is not None:
        words = (
            _("{treatment} against {comparator}, within each person")
            if stored.is_crossover
            else _("{treatment} against {comparator}, between people")
        )
        return [_fact(_("Comparison"), words.format(treatment=_lettered(treatment), comparator=_lettered(comparator)))]
    letters = sorted(set("".join(stored.sequences)))
    if any(one.letter in letters for one in stored.snapshot.treatments):
        return [_fact(_("Treatments"), "; ".join(_lettered(one) for one in stored.snapshot.treatments if one.letter in letters))]
    return []


def _direction(stored: Stored) -> list[Fact]:
    better = {"lower": _("Lower values are better."), "higher": _("Higher values are better.")}.get(stored.snapshot.outcome.better)
    if better is None:
        return []
    contrast = _contrast(stored)
    return [
        _fact(_("Direction"), better, note=_("A difference is {contrast}, with its sign.").format(contrast=contrast) if contrast else "")
    ]


def _contrast(stored: Stored) -> str:
    treatment, comparator = stored.treatment, stored.comparator
    if treatment is None or comparator is None:
        return ""
    return f"{treatment.letter}{NO_BREAK_SPACE}−{NO_BREAK_SPACE}{comparator.letter}"


def _usual_measure(stored: Stored) -> str:
    """Of rows that were saved before the engine said it itself."""
    if stored.question["kind"] != "superiority" or not _contrast(stored):
        return ""
    return _("Mean within-person difference, {contrast}").format(contrast=_contrast(stored))


def _fact(label: str, text: str, note: str = "") -> Fact:
    return Fact(label, Cell(Value(text, text), note=note))


def _lettered(treatment: TreatmentFact) -> str:
    return f"{treatment.letter} ({treatment.label})"
