"""Numbers, dates and lengths of time as a report shows them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from trials.reports.display import count, date, days, given, number, percent, power, sentence, split
from trials.reports.document import Value


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (-1.0, "−1.0 points"),
        (2, "2.0 points"),
        (0.1 + 0.2, "0.3 points"),
        (1.75, "1.75 points"),
        (1234.5, "1234.5 points"),
        (0.0, "0.0 points"),
    ],
)
def test_typed_numbers_keep_their_digits_with_a_true_minus_and_a_unit(value: float, shown: str) -> None:
    assert given(value, unit="points").text == shown.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("value", "shown"), [(0.29488391, "0.2949"), (2.0153675744, "2.015"), (44.0, "44.0"), (123456.7, "123456.7"), (0.00001234, "1.234e−05")]
)
def test_computed_numbers_are_shown_to_four_digits(value: float, shown: str) -> None:
    assert number(value).text == shown


@for_all(st.floats(allow_nan=True, allow_infinity=True))
def test_every_number_has_a_text_without_a_hyphen(value: float) -> None:
    shown = number(value, unit="mm")

    assert shown.text
    assert "-" not in shown.text
    assert "nan" not in shown.text
    assert "inf" not in shown.text


@pytest.mark.parametrize(("share", "shown"), [(0.2, "20 %"), (0.125, "12.5 %"), (0.07, "7 %"), (None, "—")])
def test_shares_are_shown_in_per_cent(share: float | None, shown: str) -> None:
    assert percent(share).text == shown.replace(" ", "\u00a0")


@pytest.mark.parametrize(("share", "shown"), [(0.912498, "91.25 %"), (0.9999999, "> 99.99 %"), (1.0, "100.00 %"), (0.0, "0.00 %")])
def test_power_is_never_rounded_up_to_certainty(share: float, shown: str) -> None:
    assert power(share).text == shown.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("length", "shown"), [(0, "0 days"), (1, "1 day"), (7, "7 days (1 week)"), (10, "10 days"), (42, "42 days (6 weeks)")]
)
def test_days_are_also_weeks_where_they_are_whole_weeks(length: int, shown: str) -> None:
    assert days(length).text.replace("\u00a0", " ") == shown


def test_dates_are_in_utc_whatever_the_zone_of_the_moment() -> None:
    evening = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)

    shown = {date(evening.astimezone(timezone(timedelta(hours=hours)))).text for hours in (-8, 0, 9)}

    assert shown == {"22\u00a0Nov\u00a02026"}


def test_a_total_is_shown_with_its_parts() -> None:
    assert split((23, 23), 46) == Value(46, "46 = 23 + 23")
    assert split(None, 46) == count(46)


def test_a_sentence_keeps_its_values_apart() -> None:
    people = count(46)

    assert sentence("So that {n} remain.", n=people) == ("So that ", people, " remain.")
