"""A question that a protocol asks, what is assumed to size it, and where each assumption comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from trials import kinds
from trials.kinds import Box, Kind
from trials.kinds.values import Part, parts, value_in
from trials.models.assumption import Assumption, AssumptionSource
from trials.models.protocol import LETTERS, Protocol

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LETTER_CHOICES = [(letter, letter) for letter in LETTERS]


def _share(name: str, lookup: str = "gt") -> Q:
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__{lookup}": 0, f"{name}__lt": 1})


def _above_0(name: str) -> Q:
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gt": 0})


def _judged(field: str, condition: Q, message: _StrPromise, name: str = "") -> models.CheckConstraint:
    """A range that the database keeps; its error's code is the field at which forms show it."""
    return models.CheckConstraint(
        condition=condition, name=name or f"{field}_in_range", violation_error_code=field, violation_error_message=message
    )


class PlannedQuestion(models.Model):
    """One thing that a protocol asks, with the outcome that answers it and the assumptions that size it."""

    class Better(models.TextChoices):
        LOWER = "lower", _("Lower values are better, as with pain")
        HIGHER = "higher", _("Higher values are better")

    class Sides(models.IntegerChoices):
        TWO = 2, _("Two-sided")
        ONE = 1, _("One-sided")

    protocol = models.ForeignKey(Protocol, verbose_name=_("protocol"), related_name="questions", on_delete=models.CASCADE)
    is_primary = models.BooleanField(_("primary"), default=True, editable=False)
    kind = models.CharField(_("kind of question"), max_length=30, choices=kinds.kind_choices, default="superiority")
    outcome_kind = models.CharField(
        _("kind of outcome"),
        max_length=10,
        choices=kinds.outcome_choices,
        default="additive",
        help_text=_("How it is measured and compared."),
    )
    treatment = models.CharField(
        _("treatment"), max_length=1, default="A", choices=LETTER_CHOICES, help_text=_("The letter whose effect is asked.")
    )
    comparator = models.CharField(
        _("comparator"), max_length=1, default="B", choices=LETTER_CHOICES, help_text=_("The letter it is compared with.")
    )

    outcome = models.CharField(
        _("primary outcome"), max_length=160, blank=True, help_text=_("Such as mean daily pain over the last 7 days of each period.")
    )
    instrument = models.CharField(_("instrument"), max_length=120, blank=True, help_text=_("Such as 0–10 numerical rating scale."))
    scale_low = models.FloatField(_("lowest value"), null=True, blank=True, help_text=_("That the instrument can give, such as 0."))
    scale_high = models.FloatField(_("highest value"), null=True, blank=True, help_text=_("That the instrument can give, such as 10."))
    unit = models.CharField(_("unit"), max_length=30, blank=True, help_text=_("Such as points or mm."))
    better = models.CharField(_("direction"), max_length=6, blank=True, choices=Better.choices)

    mean_difference = models.FloatField(
        _("mean difference"),
        null=True,
        blank=True,
        help_text=_("Treatment − comparator, with its sign: −1 means one unit lower on treatment."),
    )
    difference_sd = models.FloatField(
        _("SD of the within-person difference"),
        null=True,
        blank=True,
        help_text=_("How much the difference between a person's two periods varies from person to person."),
    )
    within_subject_sd = models.FloatField(
        _("within-subject SD"),
        null=True,
        blank=True,
        help_text=_("The residual SD of one period within a person (√ of the error mean square); √2 times smaller."),
    )
    dropout_rate = models.FloatField(
        _("loss"), null=True, blank=True, help_text=_("Share of the randomised who do not complete every period.")
    )
    alpha = models.FloatField(_("significance level α"), null=True, blank=True, default=0.05)
    sides = models.PositiveSmallIntegerField(_("sides"), choices=Sides.choices, default=Sides.TWO)
    target_power = models.FloatField(_("power wanted"), null=True, blank=True, default=0.9)
    primary_sizing = models.ForeignKey(
        "Sizing",
        verbose_name=_("primary sizing"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        help_text=_("The scenario that the protocol states; the latest where none is chosen."),
    )
    inputs = models.JSONField(
        _("further inputs"),
        default=dict,
        blank=True,
        help_text=_("What this kind asks for beyond the columns, nested as in the plan language."),
    )
    set_aside = models.JSONField(
        _("set aside"),
        default=dict,
        blank=True,
        editable=False,
        help_text=_("What was typed for other kinds of question, by the name of its box; nothing is lost when one changes back."),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("planned question")
        verbose_name_plural = _("planned questions")
        ordering = ("-is_primary", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("protocol",),
                condition=Q(is_primary=True),
                name="one_primary_question",
                violation_error_message=_("A protocol has one primary question."),
            ),
            _judged(
                "scale_high",
                Q(scale_low__isnull=True) | Q(scale_high__isnull=True) | Q(scale_high__gt=models.F("scale_low")),
                _("The highest value lies above the lowest."),
                name="scale_has_a_width",
            ),
            _judged(
                "within_subject_sd",
                Q(difference_sd__isnull=True) | Q(within_subject_sd__isnull=True),
                _("Give one kind of SD, not both: they differ by √2."),
                name="one_kind_of_sd",
            ),
            _judged("difference_sd", _above_0("difference_sd"), _("An SD is above 0; write it in the unit of the outcome.")),
            _judged("within_subject_sd", _above_0("within_subject_sd"), _("An SD is above 0; write it in the unit of the outcome.")),
            _judged("alpha", _share("alpha"), _("α lies between 0 and 1, such as 0.05.")),
            _judged("target_power", _share("target_power"), _("Power lies above 0 and below 100 %%, such as 90.")),
            _judged("dropout_rate", _share("dropout_rate", lookup="gte"), _("Loss is at least 0 and below 100 %%, such as 20.")),
        )

    def __str__(self) -> str:
        return f"{self.protocol.uid}: {self.get_kind_display()}"

    @property
    def definition(self) -> Kind:
        """What this kind of question asks for."""
        return kinds.kind_of(self.kind)

    def boxes(self) -> list[Box]:
        """The boxes that are asked, in the order of the page."""
        return self.definition.asked(self.outcome_kind, self.said)

    def value_of(self, box: Box) -> Any:
        """What is stored for a box, or None."""
        if box.column:
            value = getattr(self, box.column)
            return None if value == "" else value
        return value_in(self.inputs, box) if box.is_in_plan else self.set_aside.get(box.name)

    def said(self, box: Box) -> str:
        """What was chosen in a box, as text; a choice that only the page knows is read off what was typed under it."""
        value = self.value_of(box) if box.is_in_plan else None
        if value is None:
            value = self.set_aside.get(box.name)
        if isinstance(value, Mapping):
            return str(next(iter(value), ""))
        if value is None and not box.is_in_plan:
            under = [one for one in self.definition.boxes if (box.path in dict(one.when)) and self.value_of(one) is not None]
            return dict(under[0].when)[box.path][0] if under else ""
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    def uses_sequences(self) -> bool:
        """Whether the sequences of the protocol are the design that this question is asked of."""
        return self.definition.has_sequences and "name" not in self.inputs.get("design", {})

    def label_of(self, box: Box) -> str:
        """What a box is called; columns have their own names."""
        return str(box.label or self._meta.get_field(box.column).verbose_name)  # type: ignore[union-attr]  # columns have a name

    def unit_of(self, box: Box) -> str:
        """The unit that stands beside a box."""
        return self.unit if box.has_outcome_unit() else str(box.unit)

    def stands_empty(self, box: Box) -> bool:
        """Whether nothing is stored for a box, or not all of it."""
        value = self.value_of(box)
        if box.sort == "by_letter":
            return set(self.protocol.letters()) - set(value or ()) != set()
        if box.sort == "others":
            return set(self.protocol.letters()) - set(value or ()) - {self.comparator} != set()
        if box.sort == "doses":
            return False  # they are the treatments'
        return value in (None, "", [], {})

    def lacking(self) -> list[Box]:
        """The boxes that have to be filled in and are not; of alternatives, the first where none is."""
        found: list[Box] = []
        asked = self.boxes()
        met = {box.alternative for box in asked if box.alternative and not self.stands_empty(box)}
        for box in asked:
            if box.alternative:
                if box.alternative not in met:
                    met.add(box.alternative)
                    found.append(box)
            elif box.required and self.stands_empty(box):
                found.append(box)
        return found

    def typed(self) -> list[tuple[Box, Part]]:
        """Everything that is stored for the boxes asked, one number or phrase at a time."""
        found: list[tuple[Box, Part]] = []
        for box in self.boxes():
            value = self.value_of(box)
            if value is None:
                continue
            if box.column and box.sort == "choice":
                found.append((box, Part(box.key, self.label_of(box), None, str(getattr(self, f"get_{box.column}_display")()))))
            else:
                found += [(box, part) for part in parts(box, value, self.label_of(box))]
        return found

    def assumptions(self) -> list[Assumption]:
        """The assumed values in the order of the ledger, each with its unit and its source where one is stored."""
        stored = {row.assumption: row for row in self.assumption_sources.all()}
        lacking = [(box, Part(box.key, self.label_of(box).format(letter=_("each treatment")), None)) for box in self.lacking() if box.row]
        found = [
            Assumption(
                name=part.name,
                label=part.label,
                value=part.value,
                unit=self.unit_of(box) if part.has_unit else "",
                source=stored.get(box.row),
                row=box.row,
                is_share=part.is_share,
                words=part.words,
            )
            for box, part in [*self.typed(), *lacking]
            if box.row
        ]
        return sorted(found, key=lambda assumption: kinds.ROWS.index(assumption.row))

    def missing(self) -> list[str]:
        """What this question still needs before it can be sized, in words."""
        wanted = (
            (self.outcome, _("the primary outcome")),
            (self.instrument or not self.definition.needs_instrument, _("the instrument that measures it")),
            (self.unit or not any(box.has_outcome_unit() for box in self.boxes()), _("the unit of the outcome")),
        )
        lacking = [str(words) for given, words in wanted if not given]
        lacking += [str(box.alternative or box.wanted) for box in self.lacking()]
        lacking += [str(box.wanted) for box in self.boxes() if box.sort == "doses" and self.protocol.without_dose() > 1]
        return lacking + self._unexplained()

    def _unexplained(self) -> list[str]:
        """The rows of the ledger that do not say where their values come from, in words."""
        found, assumed = [], self.assumptions()
        for row, name in AssumptionSource.Assumption.choices:
            in_row = [assumption for assumption in assumed if assumption.row == row]
            if not in_row:
                continue
            label = in_row[0].label if len(in_row) == 1 else str(name)
            if (source := in_row[0].source) is None or not source.is_explained():
                found.append(str(_("where the value comes from: {assumption}")).format(assumption=label))
            elif any(assumption.has_outgrown_its_note() for assumption in in_row):
                words = _("what now says so: {assumption} has changed, its note still speaks of the proposed value")
                found.append(str(words).format(assumption=label))
        return found
