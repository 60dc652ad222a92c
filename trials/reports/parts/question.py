"""Part 1: what the trial asks, in the attributes of an estimand."""

from django.utils.translation import gettext as _

from trials.reports.display import NO_BREAK_SPACE, held_together
from trials.reports.document import Cell, Fact, Facts, Section, Value
from trials.reports.snapshot import TreatmentFact
from trials.reports.stored import Stored


def question(stored: Stored, number: str) -> Section:
    """The gaps, the comparison, the people, the outcome, the hypothesis and the summary of the effect."""
    snapshot, outcome = stored.snapshot, stored.snapshot.outcome
    treatment, comparator = stored.treatment, stored.comparator
    better = {"lower": _("Lower values are better."), "higher": _("Higher values are better.")}[outcome.better]
    contrast = f"{treatment.letter}{NO_BREAK_SPACE}−{NO_BREAK_SPACE}{comparator.letter}"
    populations = list(dict.fromkeys(gap.population for gap in snapshot.gaps if gap.population))

    rows = [Fact(_("Gap"), Cell(Value(gap.uid, f"{gap.uid} {gap.title}"), note=gap.question)) for gap in snapshot.gaps]
    rows += [
        _fact(
            _("Comparison"),
            _("{treatment} against {comparator}, within each person").format(
                treatment=_lettered(treatment), comparator=_lettered(comparator)
            ),
        ),
        _fact(_("Population"), "; ".join(populations) or _("Not stated in the gaps.")),
        _fact(
            _("Outcome"),
            outcome.outcome,
            note=_("Measured by {instrument}, in {unit}.").format(instrument=outcome.instrument, unit=outcome.unit),
        ),
        _fact(_("Direction"), better, note=_("A difference is {contrast}, with its sign.").format(contrast=contrast)),
        _fact(_("Hypothesis"), held_together(stored.snapshot.sentences.hypothesis, stored.unit)),
        _fact(_("Summary measure"), _("Mean within-person difference, {contrast}").format(contrast=contrast)),
        _fact(_("Intercurrent events"), _("Not stated in the draft. The size counts people who complete every period.")),
    ]
    return Section("question", number, _("Question"), (Facts(tuple(rows)),))


def _fact(label: str, text: str, note: str = "") -> Fact:
    return Fact(label, Cell(Value(text, text), note=note))


def _lettered(treatment: TreatmentFact) -> str:
    return f"{treatment.letter} ({treatment.label})"
