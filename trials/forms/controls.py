"""From a box to its form fields, and from what was typed back to one value of the plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trials.forms.fields import CountField, LettersField, NumberField, PercentField, PercentsField, VariationField
from trials.kinds import Box, Sort
from trials.kinds.values import SHAPE_NAMES

MOST_LEVELS = 6
LONGEST_NAME = 40
# shape -> its parameters; a second Emax curve may be a candidate too
SHAPES: dict[str, tuple[str, ...]] = {
    "linear": (),
    "log_linear": ("offset",),
    "emax": ("ed50",),
    "emax_2": ("ed50",),
    "sigmoid_emax": ("ed50", "hill"),
    "quadratic": ("delta",),
    "exponential": ("delta",),
    "logistic": ("ed50", "delta"),
}
PARAMETERS = {
    "offset": gettext_lazy("{shape}: offset, mg"),
    "ed50": gettext_lazy("{shape}: ED50, mg"),
    "hill": gettext_lazy("{shape}: Hill coefficient"),
    "delta": gettext_lazy("{shape}: delta"),
}


@dataclass(frozen=True)
class Around:
    """What a box's controls depend on besides the box: the letters of the design with their names, the comparator, and the unit."""

    letters: Sequence[str]
    labels: Mapping[str, str]
    comparator: str
    unit: str
    label: str

    def treatment(self, letter: str) -> str:
        named = self.labels.get(letter)
        return f"{letter}, {named}" if named else letter


class Control:
    """A box that is one field."""

    def fields(self, box: Box, around: Around) -> dict[str, forms.Field]:
        """The form fields of a box by name."""
        return {box.name: one_field(box, around, around.label)}

    def gather(self, box: Box, typed: Mapping[str, Any]) -> Any:
        """The value of the box from the cleaned fields."""
        value = typed.get(box.name)
        if box.sort == "choice" and value in {"true", "false"}:
            return value == "true"
        return value or None if box.sort == "flag" else value

    def spread(self, box: Box, value: Any) -> dict[str, Any]:
        """What each field shows for a value of the box."""
        if isinstance(value, bool) and box.sort == "choice":
            return {box.name: str(value).lower()}
        if isinstance(value, Mapping) and box.sort == "choice":
            return {box.name: next(iter(value), "")}
        return {box.name: value}


class ByLetter(Control):
    """A number for each treatment, or for each but the comparator."""

    def fields(self, box: Box, around: Around) -> dict[str, forms.Field]:
        asked = [letter for letter in around.letters if box.sort == "by_letter" or letter != around.comparator]
        return {
            f"{box.name}__{letter}": one_field(box, around, around.label.format(letter=around.treatment(letter)), sort="number")
            for letter in asked
        }

    def gather(self, box: Box, typed: Mapping[str, Any]) -> Any:
        stem = f"{box.name}__"
        return {name.removeprefix(stem): value for name, value in typed.items() if name.startswith(stem) and value is not None} or None

    def spread(self, box: Box, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            return {f"{box.name}__{letter}": value for letter in "ABCDEFGH"}
        return {f"{box.name}__{letter}": number for letter, number in value.items()}


class Levels(Control):
    """Named levels, each with its share of the people and its effect."""

    def fields(self, box: Box, around: Around) -> dict[str, forms.Field]:
        found: dict[str, forms.Field] = {}
        for row in range(1, MOST_LEVELS + 1):
            found |= {
                f"{box.name}__{row}__name": forms.CharField(
                    label=_("Name of group {row}").format(row=row), max_length=LONGEST_NAME, required=False
                ),
                f"{box.name}__{row}__share": PercentField(label=_("Share of group {row}").format(row=row), required=False),
                f"{box.name}__{row}__effect": with_unit(
                    NumberField(label=_("Mean difference in group {row}").format(row=row), required=False), around.unit
                ),
            }
        return found

    def gather(self, box: Box, typed: Mapping[str, Any]) -> Any:
        rows = [[typed.get(f"{box.name}__{row}__{word}") for word in ("name", "share", "effect")] for row in range(1, MOST_LEVELS + 1)]
        given = [row for row in rows if row[0] or row[1] is not None or row[2] is not None]
        names = [row[0] for row in given]
        if any(not name for name in names):
            raise ValidationError(_("Give each group a name."))
        if len(set(names)) < len(names):
            raise ValidationError(_("Two groups have the same name; give each its own."))
        return given or None

    def spread(self, box: Box, value: Any) -> dict[str, Any]:
        return {
            f"{box.name}__{row}__{word}": one
            for row, given in enumerate(value or [], 1)
            for word, one in zip(("name", "share", "effect"), given, strict=True)
        }


class Shapes(Control):
    """Candidate shapes, each with the numbers that it takes; a shape without its numbers is left out."""

    def fields(self, box: Box, around: Around) -> dict[str, forms.Field]:
        found: dict[str, forms.Field] = {f"{box.name}__linear": forms.BooleanField(label=_("Linear"), required=False)}
        for shape, parameters in SHAPES.items():
            for parameter in parameters:
                name = _named(shape)
                found[f"{box.name}__{shape}__{parameter}"] = NumberField(
                    label=str(PARAMETERS[parameter]).format(shape=name), required=False
                )
        return found

    def gather(self, box: Box, typed: Mapping[str, Any]) -> Any:
        found: list[dict[str, Any]] = [{"kind": "linear"}] if typed.get(f"{box.name}__linear") else []
        for shape, parameters in SHAPES.items():
            given = {parameter: typed.get(f"{box.name}__{shape}__{parameter}") for parameter in parameters}
            numbers = {name: number for name, number in given.items() if number is not None}
            if numbers:
                found.append({"kind": shape.removesuffix("_2"), **numbers})
        return found or None

    def spread(self, box: Box, value: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for shape in value or []:
            name = shape["kind"]
            if name == "linear":
                found[f"{box.name}__linear"] = True
                continue
            if any(key.startswith(f"{box.name}__{name}__") for key in found):
                name = f"{name}_2"
            found |= {f"{box.name}__{name}__{key}": number for key, number in shape.items() if key != "kind"}
        return found


class Interval(Control):
    """Two ends, each in a box of its own."""

    def fields(self, box: Box, around: Around) -> dict[str, forms.Field]:
        label = around.label
        return {
            f"{box.name}__lower": one_field(box, around, _("{label}: lower end").format(label=label), sort="number"),
            f"{box.name}__upper": one_field(box, around, _("{label}: upper end").format(label=label), sort="number"),
        }

    def gather(self, box: Box, typed: Mapping[str, Any]) -> Any:
        ends = [typed.get(f"{box.name}__{end}") for end in ("lower", "upper")]
        if sum(end is None for end in ends) == 1:
            raise ValidationError(_("An interval has two ends; write the other one, too."))
        return None if ends[0] is None else ends

    def spread(self, box: Box, value: Any) -> dict[str, Any]:
        return {f"{box.name}__{end}": number for end, number in zip(("lower", "upper"), value or (), strict=False)}


class TwoLevels(Control):
    """Two names with a stroke between."""

    def gather(self, box: Box, typed: Mapping[str, Any]) -> Any:
        names = [name.strip() for name in str(typed.get(box.name) or "").split("/") if name.strip()]
        if names and len(names) != 2:
            raise ValidationError(_("Write two names with a stroke between, such as carriers / others."))
        return names or None

    def spread(self, box: Box, value: Any) -> dict[str, Any]:
        return {box.name: " / ".join(value) if isinstance(value, list) else value}


class Nothing(Control):
    """A box whose values are typed elsewhere on the page."""

    def fields(self, box: Box, around: Around) -> dict[str, forms.Field]:
        return {}

    def gather(self, box: Box, typed: Mapping[str, Any]) -> Any:
        return None

    def spread(self, box: Box, value: Any) -> dict[str, Any]:
        return {}


CONTROLS: dict[Sort, Control] = {
    "by_letter": ByLetter(),
    "others": ByLetter(),
    "interval": Interval(),
    "levels": Levels(),
    "shapes": Shapes(),
    "two_levels": TwoLevels(),
    "doses": Nothing(),
}
ONE = Control()


def control_of(box: Box) -> Control:
    """How a box is drawn and read."""
    return CONTROLS.get(box.sort, ONE)


def one_field(box: Box, around: Around, label: str, sort: Sort | None = None) -> forms.Field:
    """The field of a box that has one."""
    kept: dict[str, Any] = {"label": _large(label), "help_text": box.help, "required": False}
    if box.sort == "choice":
        return forms.ChoiceField(choices=box.choices, **kept)
    made: dict[Sort, Callable[[], forms.Field]] = {
        "percent": lambda: PercentField(least_likely=box.least, whole=box.whole, **kept),
        "variation": lambda: VariationField(**kept),
        "count": lambda: CountField(**kept),
        "flag": lambda: forms.BooleanField(**kept),
        "percents": lambda: PercentsField(**kept),
        "letters_in_order": lambda: LettersField(**kept),
        "two_levels": lambda: forms.CharField(max_length=2 * LONGEST_NAME + 5, **kept),
    }
    field = made.get(sort or box.sort, lambda: NumberField(**kept))()
    return with_unit(field, around.unit)


def with_unit(field: forms.Field, unit: str) -> forms.Field:
    if unit:
        field.unit = unit  # type: ignore[attr-defined]  # shown by the field template
    return field


def as_typed(value: Any, field: forms.Field) -> str:
    """A value as a person would type it into the field."""
    shown = field.prepare_value(value)
    return "" if shown is None else str(shown)


def same_number(first: str, second: str) -> bool:
    """Whether two texts say the same number."""
    try:
        return Decimal(first.replace("\N{MINUS SIGN}", "-").replace(",", ".")) == Decimal(second)
    except ArithmeticError:
        return first == second


def _named(shape: str) -> str:
    name = str(SHAPE_NAMES[shape.removesuffix("_2")])
    return _large(_("second {shape}").format(shape=name) if shape.endswith("_2") else name)


def _large(text: str) -> str:
    return text[:1].upper() + text[1:]
