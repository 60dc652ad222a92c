"""Form fields for numbers as people type them: a comma or a true minus is understood, and a unit stands beside the box.

Used through ``Meta.field_classes``, so that label, help and limits stay those of the model field.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SPELLINGS = str.maketrans({"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{NO-BREAK SPACE}": None, "\N{NARROW NO-BREAK SPACE}": None})
AMBIGUOUS = re.compile(r"\d,\d{3}$|,.*,")
LARGEST = Decimal("1e15")


class NumberField(forms.Field):
    """A number in the unit shown beside the box."""

    widget = forms.TextInput
    unit: Any = ""

    def __init__(self, **kwargs: Any) -> None:
        for limit in ("min_value", "max_value", "max_digits", "decimal_places"):
            kwargs.pop(limit, None)  # the model field keeps its own limits
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        number = self.number(value)
        return None if number is None else float(number)

    def prepare_value(self, value: Any) -> Any:
        return shortest(value)

    def number(self, value: Any) -> Decimal | None:
        """The number that was typed, exactly, or none for an empty box."""
        text = str(value if value is not None else "").translate(SPELLINGS).strip()
        shown = {"value": str(value)[:40]}
        if not text:
            return None
        if AMBIGUOUS.search(text):
            raise ValidationError(
                _("“%(value)s” can be read in two ways. Write no separators between thousands, and a point for decimals."), params=shown
            )
        try:
            number = Decimal("nan") if "_" in text else Decimal(text.replace(",", "."))
        except InvalidOperation:
            number = Decimal("nan")
        if not number.is_finite():
            raise ValidationError(_("“%(value)s” is not a number. Write digits, with a point for decimals, such as 1.5."), params=shown)
        if abs(number) >= LARGEST:
            raise ValidationError(_("%(value)s is too large for a quantity in a trial."), params=shown)
        return number


class ExactNumberField(NumberField):
    """A number kept with every digit as typed, such as a dose."""

    def to_python(self, value: Any) -> Any:
        return self.number(value)


class PercentField(NumberField):
    """A share, typed as per cent and kept as 0–1; what looks like a share of 1 is asked about, never guessed."""

    unit = "%"
    least_likely: Decimal = Decimal(1)

    def __init__(self, *, least_likely: float | None = None, whole: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.whole = whole
        if least_likely is not None:
            self.least_likely = Decimal(repr(least_likely))

    def to_python(self, value: Any) -> Any:
        percent = self.number(str(value).replace("%", "") if value is not None else value)
        if percent is None:
            return None
        if not 0 <= percent <= 100 or (percent == 100 and not self.whole):
            words = (
                _("%(value)s %% cannot be planned: write at least 0 and at most 100.")
                if self.whole
                else _("%(value)s %% cannot be planned: write at least 0 and less than 100.")
            )
            raise ValidationError(words, params={"value": str(value).rstrip(" %")[:40]})
        if 0 < percent < self.least_likely:
            raise ValidationError(
                _("Is %(value)s meant in per cent? Write 90 for 90 %%, 20 for 20 %%; at least %(least)s is expected here."),
                params={"value": str(value).rstrip(" %")[:40], "least": shortest(self.least_likely)},
            )
        return float(percent / 100)

    def prepare_value(self, value: Any) -> Any:
        return shortest(Decimal(repr(value)) * 100) if isinstance(value, float) else value


class VariationField(NumberField):
    """A coefficient of variation, typed as per cent of the mean and kept as a ratio; it may pass 100 %."""

    unit = "%"

    def to_python(self, value: Any) -> Any:
        percent = self.number(str(value).replace("%", "") if value is not None else value)
        if percent is not None and 0 < percent < 1:
            raise ValidationError(_("Is %(value)s meant in per cent? Write 30 for 30 %%."), params={"value": str(value).rstrip(" %")[:40]})
        return None if percent is None else float(percent / 100)

    def prepare_value(self, value: Any) -> Any:
        return shortest(Decimal(repr(value)) * 100) if isinstance(value, float) else value


class CountField(NumberField):
    """A whole number."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "numeric", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        number = self.number(value)
        if number is not None and (number != number.to_integral_value() or number < 0):
            raise ValidationError(_("%(value)s is not a whole number, 0 or more."), params={"value": str(value)[:40]})
        return None if number is None else int(number)


class PercentsField(NumberField):
    """Several shares in one box, in per cent, with spaces between."""

    unit = "%"
    most = 40

    def to_python(self, value: Any) -> Any:
        words = re.split(r"[\s;%]+|,\s+", str(value or "").strip(" ;,%"))
        if len(words) > self.most:
            raise ValidationError(
                _("These are %(count)s numbers; at most %(most)s are expected."), params={"count": len(words), "most": self.most}
            )
        shares = [PercentField(least_likely=0).to_python(word) for word in words if word]
        return shares or None

    def prepare_value(self, value: Any) -> Any:
        return " ".join(str(shortest(Decimal(repr(share)) * 100)) for share in value) if isinstance(value, list) else value


class LettersField(forms.Field):
    """Letters of the design in an order, with spaces between."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        letters = re.split(r"[\s,;/>]+", str(value or "").upper().strip(" ,;/>"))
        found = [letter for word in letters for letter in word]
        if odd := [letter for letter in found if letter not in "ABCDEFGH"]:
            raise ValidationError(
                _("“%(letter)s” is no letter of a treatment. Write letters such as C B A."), params={"letter": odd[0][:40]}
            )
        if len(set(found)) < len(found):
            raise ValidationError(_("Write each letter once, the first to be tested first, such as C B A."))
        return found or None

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value


class PowerField(PercentField):
    """A power, in per cent; nobody plans a trial that is likelier to fail than to succeed."""

    least_likely = Decimal(50)


class DaysField(NumberField):
    """A length of time in whole days."""

    unit = _("days")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "numeric", "autocomplete": "off"}

    def to_python(self, value: Any) -> Any:
        number = self.number(value)
        if number is None:
            return None
        if number != number.to_integral_value() or number < 0:
            raise ValidationError(
                _("%(value)s days cannot be planned: write a whole number, 0 or more."), params={"value": str(value)[:40]}
            )
        return int(number)


def shortest(value: Any) -> Any:
    """The number as a person would write it, without trailing zeros; text stays as typed."""
    if isinstance(value, float):
        value = Decimal(repr(value))
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
