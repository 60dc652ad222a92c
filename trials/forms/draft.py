"""All sections of one draft, bound, checked and kept together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from gaps.models import Gap
from trials import defaults, planning
from trials.forms.asking import COLUMNS, INPUTS, Asking
from trials.forms.kind import KindForm
from trials.forms.sections import (
    BEHIND_THE_DESIGN,
    COLUMN_NAMES,
    AssumptionSourceForm,
    AssumptionSourceFormSet,
    ProtocolForm,
    QuestionForm,
    TreatmentForm,
    TreatmentFormSet,
    source_choices,
)
from trials.from_register import Offered, number_of, offered_for, source_of
from trials.models import AssumptionSource, PlannedQuestion, Protocol, Treatment
from trials.models.protocol import DESIGN_FIELDS, LETTERS, next_protocol_uid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import User

    from trials.kinds import Box


LONGEST_SHORT_ANSWER, LONGEST_LETTER = 24, 9  # characters; a blank answer is a row of dashes


@dataclass(frozen=True)
class Asked:
    """One box on the page: its fields, and what they are called together where they are several."""

    sort: str
    fields: list[forms.BoundField]
    legend: str
    help: str

    @property
    def width(self) -> str:
        """How much room a choice needs for its longest answer: "slim" for single letters, "wide" for sentences."""
        longest = max((len(str(label)) for field in self.fields for _value, label in getattr(field.field, "choices", [])), default=0)
        return "wide" if longest > LONGEST_SHORT_ANSWER else "slim" if 0 < longest <= LONGEST_LETTER else ""

    @property
    def is_group(self) -> bool:
        return self.sort in {"levels", "shapes"}


@dataclass(frozen=True)
class LedgerRow:
    """One row of assumptions on the page: what it is called, its boxes, and where they come from."""

    label: str
    boxes: list[Asked]
    source: AssumptionSourceForm
    offers: list[Offered]


class Draft:
    """The forms of one protocol and its primary question: title and design, treatments, question, and sources.

    Unbound it shows what is stored, or the planning defaults for a new protocol; bound it checks what was typed. The
    engine judges the numbers once for the whole draft, and each of its errors goes to the field that it names. What is
    not to be kept, but only sized, needs no title.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        protocol: Protocol | None = None,
        gap: Gap | None = None,
        take: Offered | None = None,
        to_keep: bool = True,
        reader: User | AnonymousUser | None = None,
    ) -> None:
        self.is_new = protocol is None
        self.take = take
        self.new_letters: list[str] = []
        protocol = protocol or Protocol(**defaults.PROTOCOL)
        question = protocol.primary_question if not self.is_new else None
        proposed = {"gaps": [gap]} if gap else {}

        self.protocol = ProtocolForm(data, instance=protocol, initial=proposed, prefix="protocol", reader=reader or AnonymousUser())
        self.protocol.fields["title"].required = to_keep
        self.treatments = self._treatments(data, protocol)
        proposed_question = defaults.QUESTION | (number_of(take) if take else {})
        self.asking = Asking(data, question or PlannedQuestion(protocol=protocol, **proposed_question), self._letters(), self._names())
        self.question = QuestionForm(self.asking)
        self.inputs = KindForm(self.asking)
        self.sources = self._sources(data, question)

    def _treatments(self, data: QueryDict | None, protocol: Protocol) -> forms.BaseInlineFormSet[Treatment, Protocol, TreatmentForm]:
        if self.is_new:
            initial = defaults.TREATMENTS
        else:
            stored = {treatment.letter for treatment in protocol.treatments.all()}
            initial = [{"letter": letter} for letter in protocol.letters() if letter not in stored]
        formset = forms.inlineformset_factory(
            Protocol, Treatment, form=TreatmentForm, formset=TreatmentFormSet, extra=len(initial), can_delete=False, max_num=len(LETTERS)
        )
        return formset(self._with_new_letters(data), instance=protocol, initial=initial, prefix="treatments")

    def _with_new_letters(self, data: QueryDict | None) -> QueryDict | None:
        """What was posted, with blank boxes for letters of the sequences that the page had none for."""
        total = str(data.get("treatments-TOTAL_FORMS", "")) if data is not None else ""
        if data is None or not total.isdecimal() or int(total) > len(LETTERS):
            return data
        shown = {str(data.get(f"treatments-{row}-letter", "")) for row in range(int(total))}
        self.new_letters = [letter for letter in self._letters() if letter not in shown][: len(LETTERS) - int(total)]
        grown = data.copy()
        grown["treatments-TOTAL_FORMS"] = str(int(total) + len(self.new_letters))
        for row, letter in enumerate(self.new_letters, int(total)):
            grown[f"treatments-{row}-letter"] = letter
        return grown

    def _sources(
        self, data: QueryDict | None, question: PlannedQuestion | None
    ) -> forms.BaseInlineFormSet[AssumptionSource, PlannedQuestion, AssumptionSourceForm]:
        stored = {row.assumption for row in question.assumption_sources.all()} if question else set()
        proposed = defaults.ASSUMPTION_SOURCES | ({self.take.row: source_of(self.take)} if self.take else {}) if self.is_new else {}
        data = self._with_fitting_notes(data)
        initial = [{"assumption": name, **proposed.get(name, {})} for name in AssumptionSource.Assumption.values if name not in stored]
        formset = forms.inlineformset_factory(
            PlannedQuestion,
            AssumptionSource,
            form=AssumptionSourceForm,
            formset=AssumptionSourceFormSet,
            extra=len(initial),
            can_delete=False,
            max_num=len(AssumptionSource.Assumption),
        )
        return formset(data, instance=question, initial=initial, prefix="sources", form_kwargs={"sources": source_choices()})

    def _with_fitting_notes(self, data: QueryDict | None) -> QueryDict | None:
        """What was posted, with the proposed notes beside the values that they speak of, and beside no others."""
        if data is None or not self.asking.has_changed:
            return data
        explained = {box.row for box in self.asking.boxes if box.column in defaults.QUESTION and box.row and not box.label}
        fitting = data.copy()
        for at, name in enumerate(AssumptionSource.Assumption.values):
            basis, note = (f"sources-{at}-{word}" for word in ("basis", "note"))
            row = str(data.get(f"sources-{at}-assumption", name))
            if row not in defaults.ASSUMPTION_SOURCES:
                continue
            proposed = {key: str(words) for key, words in defaults.ASSUMPTION_SOURCES[row].items()}
            if row not in explained and data.get(note) == proposed["note"]:
                fitting[basis] = fitting[note] = ""
            elif row in explained and not data.get(note) and not data.get(basis):
                fitting[basis], fitting[note] = proposed["basis"], proposed["note"]
        return fitting

    @cached_property
    def source_of(self) -> dict[str, AssumptionSourceForm]:
        """The source form beside each assumption, by the assumption's name; a blank one where none was sent."""
        sent = {form["assumption"].value(): form for form in self.sources}
        return {
            name: sent.get(name) or AssumptionSourceForm(initial={"assumption": name}, prefix=f"blank-{name}")
            for name in AssumptionSource.Assumption.values
        }

    @cached_property
    def offers(self) -> list[Offered]:
        """The figures of the register that the gaps ticked bring for this question's boxes, in the unit of its outcome."""
        ticked = self.protocol["gaps"].value() or []
        offered: Any = self.protocol.fields["gaps"]
        gaps = offered.queryset.filter(uid__in=[getattr(gap, "uid", gap) for gap in ticked])
        columns = {box.column for box in self.asking.boxes if box.column}
        return [one for one in offered_for(gaps) if one.column in columns and (one.is_share or one.unit == self.asking.unit)]

    def taking(self, chosen: str) -> QueryDict | None:
        """What was posted, with a figure of the register, chosen by its number, in its box and its source beside it."""
        offer = next((one for one in self.offers if str(one.estimate.pk) == chosen), None)
        data = self.protocol.data
        if offer is None or not isinstance(data, QueryDict):
            return None
        taken = data.copy()
        for name, value in number_of(offer).items():
            taken[f"{COLUMNS}-{name}"] = "" if value is None else self.question.fields[name].prepare_value(value)
        row = next(at for at, form in enumerate(self.sources) if form["assumption"].value() == offer.row)
        for name, words in source_of(offer).items():
            taken[f"sources-{row}-{name}"] = str(words)
        return taken

    def _letters(self) -> list[str]:
        """The letters of the sequences as typed, or as stored."""
        typed = str(self.protocol["sequences"].value() or "").upper()
        return [letter for letter in LETTERS if letter in typed]

    def _names(self) -> dict[str, str]:
        """Drug and dose of each letter as typed, unchecked: words for labels."""
        found = {}
        for form in self.treatments:
            drug, dose = (str(form[name].value() or "").strip() for name in ("drug", "dose_mg"))
            found[str(form["letter"].value())] = f"{drug} {dose}\N{NO-BREAK SPACE}mg" if drug and dose else drug
        return found

    def boxes(self, place: str, part: str = "") -> list[Asked]:
        """The boxes of one place of the page, in order."""
        return [self._drawn(box) for box in self.asking.boxes if box.place == place and (not part or box.part == part)]

    @property
    def question_boxes(self) -> list[Asked]:
        return self.boxes("question")

    @property
    def rates(self) -> list[Asked]:
        return self.boxes("rates")

    @property
    def advanced(self) -> list[tuple[str, list[Asked]]]:
        """Boxes that most drafts leave alone, by what they are about."""
        parts = dict.fromkeys(str(box.part) for box in self.asking.boxes if box.part)
        return [(part, self.boxes("advanced", part)) for part in parts]

    @property
    def advanced_is_open(self) -> bool:
        """Whether something was typed into an advanced box, or refused there."""
        fields = [field for _part, boxes in self.advanced for box in boxes for field in box.fields]
        return any(field.errors or field.value() not in (None, "", False, *_first(field)) for field in fields)

    @property
    def set_aside(self) -> list[tuple[str, str]]:
        """What was typed for other kinds of question, under the full names of its fields."""
        return [(f"{COLUMNS if name in COLUMN_NAMES else INPUTS}-{name}", text) for name, text in self.asking.set_aside().items()]

    @property
    def sources_unasked(self) -> list[AssumptionSourceForm]:
        """The sources of rows that this kind of question does not have; kept, not shown."""
        return [form for name, form in self.source_of.items() if not self.boxes(name)]

    @property
    def ledger(self) -> list[LedgerRow]:
        """The assumptions in order: effect, variability and loss, as far as this kind of question has them."""
        rows = [(name, self.boxes(name)) for name in AssumptionSource.Assumption]
        return [
            LedgerRow(str(name.label), boxes, self.source_of[name], [one for one in self.offers if one.row == name])
            for name, boxes in rows
            if boxes
        ]

    def _drawn(self, box: Box) -> Asked:
        form = self.question if box.column else self.inputs
        names = [box.name] if box.column else self.inputs.names_of(box)
        label = self.question.instance.label_of(box)
        return Asked(box.sort, [form[name] for name in names], label[:1].upper() + label[1:], str(box.help))

    @property
    def labels(self) -> dict[str, str]:
        """What each letter stands for, as typed so far."""
        return {treatment.letter: treatment.label() for treatment in self.treatments_typed() if treatment.drug}

    @property
    def needs_unit(self) -> bool:
        """Whether a number that is asked stands in the unit of the outcome."""
        return any(box.has_outcome_unit() for box in self.asking.boxes)

    @property
    def doses_asked(self) -> bool:
        """Whether the question asks for the doses, which are the treatments'."""
        return any(box.sort == "doses" for box in self.asking.boxes)

    @property
    def lacking(self) -> list[str]:
        """What is still needed to size what is typed, in words."""
        question = self.question.instance
        words = [str(box.alternative or box.wanted) for box in question.lacking()]
        needs_sequences = question.uses_sequences() and not self.protocol.instance.sequences
        return [str(_("the sequences")), *words] if needs_sequences else words

    @property
    def doses(self) -> dict[str, float]:
        """The dose of each letter in mg, as typed so far; no dose counts as none."""
        letters = self.protocol.instance.letters()
        return {one.letter: float(one.dose_mg or 0) for one in self.treatments_typed() if one.letter in letters}

    def treatments_typed(self) -> list[Treatment]:
        """The treatments as typed so far, or as proposed."""
        return [form.instance if form.is_bound or form.instance.pk else Treatment(**form.initial) for form in self.treatments]

    @property
    def all_forms(self) -> list[forms.BaseForm]:
        """Every form in the order of the page."""
        return [self.protocol, *self.treatments, self.question, self.inputs, *self.sources]

    def is_valid(self) -> bool:
        """Whether everything typed can be kept; an incomplete draft can."""
        return self._verdict

    @cached_property
    def _verdict(self) -> bool:
        if not self.protocol.is_bound:
            return False
        question = self.question.instance
        checked = (self.protocol, self.treatments, self.question, self.inputs, self.sources)
        sections = [form.is_valid() for form in checked]
        question.protocol = self.protocol.instance
        question.inputs = self.inputs.inputs(question.inputs)
        question.set_aside = self.asking.set_aside() | self.inputs.kept
        for path, message in planning.problems(self.protocol.instance, question, self.doses).items():
            form, name = self._place_of(path)
            if name not in form.errors:
                form.add_error(name, message)
                sections.append(False)
        return all(sections)

    def _place_of(self, path: str) -> tuple[forms.BaseForm, str | None]:
        """The form and the field that an error of the engine belongs to."""
        question, inputs = self.question, self.inputs
        if path.startswith("design") and question.instance.uses_sequences():
            return self.protocol, "allocation" if path == "design.allocation" else "sequences"
        if path == "outcome.within_subject_sd" and question.instance.difference_sd is not None:
            return question, "difference_sd"
        inside = [box for box in self.asking.boxes if any(own.startswith(f"{path}.") for own in box.plan_paths)]
        for box in sorted((box for box in self.asking.boxes if box.answers(path)), key=lambda box: -len(box.path)) + inside:
            if box.sort == "doses":
                return self.treatments[0], "dose_mg"
            if box.column:
                return question, box.column
            names = inputs.names_of(box)
            own = f"{box.name}__{path.rpartition('.')[2]}"
            return inputs, own if own in names else names[0]
        return question, None

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """Every error as (id of its control, label, message), for the summary on top of the page."""
        found = []
        for form in self.all_forms:
            for name, messages in form.errors.items():
                bound = form[name] if name in form.fields else None
                found += [(bound.id_for_label if bound else "", str(bound.label) if bound else "", str(message)) for message in messages]
        return found + [("", "", str(message)) for formset in (self.treatments, self.sources) for message in formset.non_form_errors()]

    @property
    def sequence_errors(self) -> list[tuple[str, str, str]]:
        """What is wrong with the sequences and their shares, for the place beside their boxes."""
        return self._errors_at("sequences", "allocation")

    @property
    def length_errors(self) -> list[tuple[str, str, str]]:
        """What is wrong with the other boxes of the design, for the place beside them."""
        return self._errors_at(*(name for name in DESIGN_FIELDS if name not in {"sequences", "allocation"}))

    def _errors_at(self, *names: str) -> list[tuple[str, str, str]]:
        controls = {self.protocol[name].id_for_label for name in names}
        return [error for error in self.errors if error[0] in controls]

    @property
    def behind_is_open(self) -> bool:
        """Whether something was refused in the boxes behind the design."""
        return any(name in self.protocol.errors for name in BEHIND_THE_DESIGN)

    def preview(self) -> planning.Preview | None:
        """The sizing of what is typed now, without keeping it; none while something is missing or wrong."""
        if self.protocol.is_bound and not self.is_valid():
            return None
        return planning.preview(self.protocol.instance, self.question.instance, self.labels, self.doses)

    @transaction.atomic
    def save(self, owner: User) -> Protocol:
        """Keep the draft, for this owner when it is new."""
        if self.is_new:
            self.protocol.instance.owner = owner
            self.protocol.instance.uid = next_protocol_uid()  # inside the transaction, where no other writer can take it
        protocol = self.protocol.save()
        self.treatments.instance = protocol
        self.treatments.save()
        self.question.instance.protocol = protocol
        question = self.question.save()
        self.sources.instance = question
        self.sources.save()
        return protocol


def _first(field: forms.BoundField) -> Iterator[str]:
    """The answer to a choice that says nothing."""
    for value, _label in getattr(field.field, "choices", [])[:1]:
        yield str(value)
