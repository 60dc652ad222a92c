"""What the page asks for now, given the kind of question and what was chosen so far."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from trials import kinds
from trials.defaults import QUESTION, outcome_words
from trials.forms.controls import Around, as_typed, control_of, one_field, same_number
from trials.kinds import Box, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django import forms
    from django.http import QueryDict

    from trials.models import PlannedQuestion

COLUMNS, INPUTS = "question", "inputs"  # prefixes of the forms that hold the columns and all other boxes
SHOWN, SHOWN_KIND = f"{INPUTS}-shown", f"{INPUTS}-shown_kind"
LONGEST_TEXT = 200
MOST_SET_ASIDE = 200


class Asking:
    """The kind of question, the sort of outcome and the boxes that are asked, and the data with what is to be proposed in new boxes.

    A page says which boxes it showed. A box that it did not show and that nobody has filled in before gets its proposal; a value that
    is still what another kind proposed becomes what this kind proposes; what was typed stays. What this kind does not ask is set aside.
    """

    def __init__(self, data: QueryDict | None, question: PlannedQuestion, letters: Sequence[str], labels: Mapping[str, str]) -> None:
        self.question, self.letters, self.labels = question, letters, labels
        self.posted = data
        self.kind = self._kind()
        self.outcome = self._outcome(self.kind)
        self.unit = self._text(COLUMNS, "unit") or question.unit
        self.comparator = self._text(COLUMNS, "comparator") or question.comparator
        self.before = self._kind_before()
        self.proposed_before = self._proposals_before()
        self.boxes = self.kind.asked(self.outcome, self._said)
        self.fields = dict(self._fields())
        self.data = self._with_proposals() if data is not None else None

    def around(self, box: Box) -> Around:
        """What the controls of a box depend on."""
        unit = self.unit if box.has_outcome_unit() else str(box.unit)
        return Around(self.letters, self.labels, self.comparator, str(unit), self.question.label_of(box))

    @property
    def columns(self) -> set[str]:
        """The columns that are asked."""
        return {box.column for box in self.boxes if box.column}

    @property
    def has_moved(self) -> bool:
        """Whether the boxes that are asked are not those that the page showed when it was sent."""
        if self.posted is None or SHOWN not in self.posted:
            return False
        return self._text(INPUTS, "shown").split() != list(self.fields) or self.posted.get(SHOWN_KIND) != f"{self.kind.name}/{self.outcome}"

    @property
    def has_changed(self) -> bool:
        """Whether another kind or another sort of outcome was chosen than the page showed."""
        return self.before is not None and (self.before[0].name, self.before[1]) != (self.kind.name, self.outcome)

    def set_aside(self) -> dict[str, str]:
        """What was typed for other kinds of question, by the name of its field."""
        if self.data is None:
            kept = {name: str(text) for name, text in self.question.set_aside.items()}
            return {name: text for name, text in kept.items() if name not in self.fields}
        found: dict[str, str] = {}
        for full, text in self.data.items():
            prefix, _dash, name = full.partition("-")
            known = prefix in {COLUMNS, INPUTS} and name not in self.fields and kinds.home_of(name) is not None
            if known and isinstance(text, str) and text and len(found) < MOST_SET_ASIDE:
                found[name] = text[:LONGEST_TEXT]
        return found

    def _kind(self) -> Kind:
        chosen = kinds.BY_NAME.get(self._text(COLUMNS, "kind") or self.question.kind)
        return chosen if chosen is not None and chosen.is_served() else self.question.definition

    def _outcome(self, kind: Kind) -> str:
        chosen, served = self._text(COLUMNS, "outcome_kind") or self.question.outcome_kind, kind.served_outcomes()
        return chosen if chosen in served or not served else served[0]

    def _text(self, prefix: str, name: str) -> str:
        return "" if self.posted is None else str(self.posted.get(f"{prefix}-{name}", ""))

    def _said(self, box: Box) -> str:
        """What is chosen in a box: as posted, else as proposed when it is shown for the first time, else as stored."""
        full = f"{COLUMNS if box.column else INPUTS}-{box.name}"
        if self.posted is not None and full in self.posted:
            typed = str(self.posted[full])
            is_proposed_anew = SHOWN in self.posted and not box.column and self._is_of_before(box.name, typed)
            return str(self.kind.proposal(box) or "") if is_proposed_anew else typed
        if self.posted is not None and SHOWN in self.posted:
            return str(self.kind.proposal(box) or "")
        return self.question.said(box)

    def _fields(self) -> Iterator[tuple[str, tuple[Box, forms.Field | None]]]:
        for box in self.boxes:
            if box.column:
                yield box.name, (box, None)
                continue
            for name, field in control_of(box).fields(box, self.around(box)).items():
                yield name, (box, field)

    def _kind_before(self) -> tuple[Kind, str] | None:
        """The kind and the sort of outcome that the page showed."""
        name, _slash, outcome = self._text(INPUTS, "shown_kind").partition("/")
        kind = kinds.BY_NAME.get(name)
        return None if kind is None or self.posted is None or SHOWN not in self.posted else (kind, outcome)

    def _proposals_before(self) -> dict[str, str]:
        """What the kind that the page showed proposed; nothing where no other was chosen."""
        if self.before is None or not self.has_changed:
            return {}
        kind, outcome = self.before
        return self._proposals(kind, [box for box in kind.boxes if not box.outcomes or outcome in box.outcomes])

    def _is_of_before(self, name: str, typed: str) -> bool:
        """Whether a box is empty or still holds what the kind before proposed."""
        old = self.proposed_before.get(name)
        return self.has_changed and (not typed or (old is not None and same_number(typed, old)))

    def _proposals(self, kind: Kind, boxes: list[Box]) -> dict[str, str]:
        """What a kind proposes, as text by the name of the field."""
        found: dict[str, str] = {}
        for box in boxes:
            value = kind.proposal(box)
            if box.sort == "choice" and not box.column and value is None:
                value = box.choices[0][0] if box.choices else None
            if value is None or (box.has_outcome_unit() and self.unit != str(QUESTION["unit"])):
                continue
            control = control_of(box)
            fields = control.fields(box, self.around(box))
            for name, one in control.spread(box, value).items():
                if name in fields:
                    found[name] = as_typed(one, fields[name])
        return found

    def _with_proposals(self) -> QueryDict:
        """The data that were posted, with proposals where boxes are new."""
        posted = self.posted
        if posted is None or SHOWN not in posted:
            return posted  # type: ignore[return-value]  # asked for only where something was posted
        data = posted.copy()
        shown = set(self._text(INPUTS, "shown").split())
        for box in self.boxes:
            if (
                box.column
                and box.name not in shown
                and f"{COLUMNS}-{box.name}" not in posted
                and (kept := self.question.value_of(box)) is not None
            ):
                data[f"{COLUMNS}-{box.name}"] = as_typed(kept, one_field(box, self.around(box), box.name))
        for field, proposal in self._proposals(self.kind, self.boxes).items():
            full = f"{COLUMNS if self.fields[field][0].column else INPUTS}-{field}"
            if full not in data:
                if field not in shown:
                    data[full] = proposal
            elif self._is_of_before(field, str(data[full])):
                data[full] = proposal
        if self.before is not None and self.has_changed:
            old, new = (outcome_words(kind.name, outcome) for kind, outcome in (self.before, (self.kind, self.outcome)))
            data.update({f"{COLUMNS}-{name}": words for name, words in new.items() if self._text(COLUMNS, name) in {"", old[name]}})
        return data
