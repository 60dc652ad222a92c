"""Part 8: how the number was found, what the analysis does with whom, and what it rests on."""

from django.utils.translation import gettext as _

from trials.reports.display import held_together
from trials.reports.document import Cell, Fact, Facts, Paragraph, References, Section, Value
from trials.reports.parts.assumptions import source_link
from trials.reports.stored import Stored


def method(stored: Stored, number: str) -> Section:
    """The method in words, the handling of periods, sequences, carry-over and incomplete people, and the references."""
    words = Paragraph((held_together(stored.snapshot.sentences.method, stored.unit),))
    return Section("method", number, _("Method and references"), (words, _handling(stored), _references(stored)))


def _handling(stored: Stored) -> Facts:
    rows = (
        (_("Periods and sequences"), _periods(stored)),
        (_("Carry-over"), _carryover(stored)),
        (
            _("People with one period"),
            _(
                "Not used: the size rests on complete cases, people who complete every period. What they would add is not counted, "
                "and their absence must not depend on the treatment."
            ),
        ),
        (
            _("Rounding"),
            _(
                "Up to the smallest whole number of participants that keeps the allocation to the sequences; "
                "once for the evaluable and again for the randomised."
            ),
        ),
        (_("Multiplicity"), _("One primary question, tested once; the significance level is not divided.")),
    )
    return Facts(tuple(Fact(label, Cell(Value(words, words))) for label, words in rows))


def _periods(stored: Stored) -> str:
    if not stored.analysis.get("sequence_effects", True):
        return _("Periods are terms of the model; sequences are not.")
    return _(
        "Both are terms of the model, so that a change from one period to the next that befalls everybody does not count "
        "as a difference between treatments."
    )


def _carryover(stored: Stored) -> str:
    if stored.analysis.get("adjust_for_carryover", False):
        return _("A term of the model.")
    sequences, washout_days = stored.snapshot.sequences, stored.snapshot.washout_days
    return " ".join(
        (
            _("Not in the model: with two sequences of two periods it cannot be told apart from a difference between the sequences.")
            if (len(sequences), len(sequences[0])) == (2, 2)
            else _("Not in the model."),
            _("The plan relies on the washout of {days} days.").format(days=washout_days)
            if washout_days
            else _("There is no washout, so the plan relies on no effect lasting into the next period."),
            _("It is not tested for before the analysis, as such a test distorts the one that follows."),
        )
    )


def _references(stored: Stored) -> References:
    """What the engine's method rests on, then the sources of the assumptions, each once."""
    method_sources = [Cell(Value(reference, reference)) for reference in stored.answer.get("references") or []]
    assumption_sources = [
        Cell(Value(fact.citation, fact.citation), link=source_link(fact)) for fact in stored.snapshot.assumptions if fact.citation
    ]
    return References(tuple(dict.fromkeys(method_sources + assumption_sources)))
