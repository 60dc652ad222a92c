"""Part 8: how the number was found, what the analysis does with whom, and what it rests on."""

from django.utils.translation import gettext as _

from trials.reports.display import held_together
from trials.reports.document import Cell, Fact, Facts, Paragraph, References, Section, Value
from trials.reports.parts.assumptions import source_link
from trials.reports.stored import Stored

SEVERAL_TESTS = {"many_to_one", "dose_response_shapes"}


def method(stored: Stored, number: str) -> Section:
    """The method in words, the handling of periods, sequences, carry-over and incomplete people, and the references."""
    words = Paragraph((held_together(stored.snapshot.sentences.method, stored.unit),))
    return Section("method", number, _("Method and references"), (words, _handling(stored), _references(stored)))


def _handling(stored: Stored) -> Facts:
    rows: list[tuple[str, str]] = []
    if (
        stored.is_crossover
        and stored.sequences
        and "sequence_effects" in stored.analysis
        and stored.plan.get("outcome", {}).get("kind") == "continuous"
    ):
        rows.append((_("Periods and sequences"), _periods(stored)))
    if stored.is_crossover:
        rows.append((_("Carry-over"), _carryover(stored)))
        rows.append((_("Incomplete participants"), _incomplete(stored)))
    rows.append((_("Rounding"), _rounding(stored)))
    rows.append((_("Multiplicity"), _multiplicity(stored)))
    return Facts(tuple(Fact(label, Cell(Value(words, words))) for label, words in rows))


def _incomplete(stored: Stored) -> str:
    if (stored.plan.get("attrition") or {}).get("lost_before_period"):
        return _("Their periods up to the loss are analysed and count in the size; their leaving must not depend on the treatment.")
    return _(
        "Not used: the size rests on complete cases, people who complete every period. What they would add is not counted, "
        "and their absence must not depend on the treatment."
    )


def _rounding(stored: Stored) -> str:
    if len(stored.sequences) > 1:
        return _(
            "Up to the smallest whole number of participants that keeps the allocation to the sequences; "
            "once for the evaluable and again for the randomised."
        )
    return _("Up to whole participants, once for the evaluable and again for those who start.")


def _multiplicity(stored: Stored) -> str:
    if stored.question["kind"] in SEVERAL_TESTS:
        return _("Several comparisons under one question; the method above says how the significance level is kept over all of them.")
    if (stored.analysis.get("looks") or 1) > 1:
        return _("One primary question, tested at every look; the critical values share the significance level out over the looks.")
    return _("One primary question, tested once; the significance level is not divided.")


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
    sequences, washout_days = stored.sequences, stored.snapshot.washout_days
    return " ".join(
        (
            _("Not in the model: with two sequences of two periods it cannot be told apart from a difference between the sequences.")
            if len(sequences) == 2 and len(sequences[0]) == 2
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
