"""Part 5: the sentences to paste."""

from django.utils.translation import gettext as _

from trials.reports.display import held_together
from trials.reports.document import Section, Statement
from trials.reports.stored import Stored


def statement(stored: Stored, number: str) -> Section:
    """One paragraph for the protocol, and one that needs no statistics."""
    sentences = stored.snapshot.sentences
    return Section(
        "statement",
        number,
        _("Statement for the protocol"),
        (
            Statement(_("Sample size"), held_together(sentences.statement, stored.unit)),
            Statement(_("In plain words"), held_together(sentences.plain_statement, stored.unit)),
        ),
    )
