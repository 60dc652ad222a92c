"""Numbers as people type them."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from trials.forms.fields import DaysField, ExactNumberField, NumberField, PercentField


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("1.5", 1.5), (" 2 ", 2.0), ("−1", -1.0), ("–1.5", -1.5), ("1,5", 1.5), ("0,0625", 0.0625), ("1e-3", 0.001), ("", None)],
)
def test_a_number_is_read_as_it_is_meant(typed: str, meant: float | None) -> None:
    assert NumberField(required=False).clean(typed) == meant


@pytest.mark.parametrize("typed", ["two", "1.2.3", "1 2", "nan", "inf", "1e400", "0x10", "½", "1,000", "1,234,567", "=1+1", "९९" * 30])
def test_what_is_no_number_or_can_be_read_in_two_ways_is_refused_with_what_was_typed(typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        NumberField(required=False).clean(typed)

    assert typed[:40] in refusal.value.messages[0]


@pytest.mark.parametrize(("typed", "share"), [("20", 0.2), ("20 %", 0.2), ("12.5%", 0.125), ("0", 0.0), ("99.9", 0.999)])
def test_per_cent_is_kept_as_a_share(typed: str, share: float) -> None:
    assert PercentField().clean(typed) == share


@pytest.mark.parametrize("typed", ["100", "-1", "250 %"])
def test_what_cannot_be_a_share_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="less than 100"):
        PercentField().clean(typed)


@given(st.integers(10, 999))
def test_a_share_shows_the_per_cent_that_was_typed(tenths: int) -> None:
    field = PercentField()
    typed = f"{Decimal(tenths) / 10:f}"

    shown = field.prepare_value(field.clean(typed))

    assert Decimal(shown) == Decimal(typed)


@pytest.mark.parametrize("typed", ["1.5", "-1", "soon"])
def test_days_are_whole_and_not_negative(typed: str) -> None:
    with pytest.raises(ValidationError):
        DaysField().clean(typed)


def test_a_dose_keeps_every_digit() -> None:
    assert ExactNumberField().clean("4.50") == Decimal("4.50")
