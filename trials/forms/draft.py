"""All sections of one draft, bound, checked and kept together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django import forms
from django.db import transaction

from trials import defaults, planning
from trials.forms.sections import (
    AssumptionSourceForm,
    AssumptionSourceFormSet,
    ProtocolForm,
    QuestionForm,
    TreatmentForm,
    TreatmentFormSet,
    source_choices,
)
from trials.models import AssumptionSource, PlannedQuestion, Protocol, Treatment
from trials.models.protocol import LETTERS, next_protocol_uid

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import QueryDict

    from gaps.models import Gap


@dataclass(frozen=True)
class LedgerRow:
    """One assumption on the page: what it is called, its boxes, and where it comes from."""

    label: str
    fields: list[forms.BoundField]
    source: AssumptionSourceForm


class Draft:
    """The forms of one protocol and its primary question: title and design, treatments, question, and sources.

    Unbound it shows what is stored, or the planning defaults for a new protocol; bound it checks what was typed. The
    engine judges the numbers once for the whole draft, and each of its errors goes to the field that it names. What is
    not to be kept, but only sized, needs no title.
    """

    def __init__(
        self, data: QueryDict | None = None, *, protocol: Protocol | None = None, gap: Gap | None = None, to_keep: bool = True
    ) -> None:
        self.is_new = protocol is None
        protocol = protocol or Protocol(**defaults.PROTOCOL)
        question = protocol.primary_question if not self.is_new else None
        proposed = {"gaps": [gap]} if gap else {}

        self.protocol = ProtocolForm(data, instance=protocol, initial=proposed, prefix="protocol")
        self.protocol.fields["title"].required = to_keep
        self.question = QuestionForm(data, instance=question or PlannedQuestion(**defaults.QUESTION), prefix="question")
        self.treatments = self._treatments(data, protocol)
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
        return formset(data, instance=protocol, initial=initial, prefix="treatments")

    def _sources(
        self, data: QueryDict | None, question: PlannedQuestion | None
    ) -> forms.BaseInlineFormSet[AssumptionSource, PlannedQuestion, AssumptionSourceForm]:
        stored = {row.assumption for row in question.assumption_sources.all()} if question else set()
        proposed = defaults.ASSUMPTION_SOURCES if self.is_new else {}
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

    @cached_property
    def source_of(self) -> dict[str, AssumptionSourceForm]:
        """The source form beside each assumption, by the assumption's name; a blank one where none was sent."""
        sent = {form["assumption"].value(): form for form in self.sources}
        return {
            name: sent.get(name) or AssumptionSourceForm(initial={"assumption": name}, prefix=f"blank-{name}")
            for name in AssumptionSource.Assumption.values
        }

    @property
    def ledger(self) -> list[LedgerRow]:
        """The assumptions as the page shows them: the boxes for a value, and the form of its source."""
        boxes = {
            AssumptionSource.Assumption.MEAN_DIFFERENCE: ["mean_difference"],
            AssumptionSource.Assumption.WITHIN_SUBJECT_SD: ["difference_sd", "within_subject_sd"],
            AssumptionSource.Assumption.DROPOUT_RATE: ["dropout_rate"],
        }
        return [LedgerRow(str(name.label), [self.question[box] for box in boxes[name]], self.source_of[name]) for name in boxes]

    @property
    def labels(self) -> dict[str, str]:
        """What each letter stands for, as typed so far."""
        return {treatment.letter: treatment.label() for treatment in self.treatments_typed() if treatment.drug}

    def treatments_typed(self) -> list[Treatment]:
        """The treatments as typed so far, or as proposed."""
        return [form.instance if form.is_bound or form.instance.pk else Treatment(**form.initial) for form in self.treatments]

    @property
    def letters_without_boxes(self) -> list[str]:
        """Letters of the sequences as typed that the page has no boxes for yet; saving the draft brings them."""
        shown = {form["letter"].value() for form in self.treatments}
        return [letter for letter in self.protocol.instance.letters() if letter not in shown]

    @property
    def all_forms(self) -> list[forms.BaseForm]:
        """Every form in the order of the page."""
        return [self.protocol, *self.treatments, self.question, *self.sources]

    def is_valid(self) -> bool:
        """Whether everything typed can be kept; an incomplete draft can."""
        return self._verdict

    @cached_property
    def _verdict(self) -> bool:
        if not self.protocol.is_bound:
            return False
        sections = [self.protocol.is_valid(), self.treatments.is_valid(), self.question.is_valid(), self.sources.is_valid()]
        for name, message in planning.problems(self.protocol.instance, self.question.instance).items():
            form = next((form for form in (self.protocol, self.question) if name in form.fields), self.question)
            if name not in form.errors:
                form.add_error(name if name in form.fields else None, message)
                sections.append(False)
        return all(sections)

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """Every error as (id of its control, label, message), for the summary on top of the page."""
        found = []
        for form in self.all_forms:
            for name, messages in form.errors.items():
                bound = form[name] if name in form.fields else None
                found += [(bound.id_for_label if bound else "", str(bound.label) if bound else "", str(message)) for message in messages]
        return found + [("", "", str(message)) for formset in (self.treatments, self.sources) for message in formset.non_form_errors()]

    def preview(self) -> planning.Preview | None:
        """The sizing of what is typed now, without keeping it; none while something is missing or wrong."""
        if self.protocol.is_bound and not self.is_valid():
            return None
        return planning.preview(self.protocol.instance, self.question.instance, self.labels)

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
