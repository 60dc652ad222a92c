"""A planned washout beside half-lives and the effect's own persistence."""

import pytest

from trials.protocol.washout import HALF_LIVES_OF_NALTREXONE, washout_of
from trials.reports.design_words import washout_rows


def test_five_half_lives_are_those_of_the_evidence_file() -> None:
    hours = [(5 * one.low_hours, 5 * one.high_hours) for one in HALF_LIVES_OF_NALTREXONE]

    assert hours == [(20, 20), (50, 50), (65, 90)]
    assert HALF_LIVES_OF_NALTREXONE[-1].low_days == pytest.approx(2.708, abs=1e-3)
    assert HALF_LIVES_OF_NALTREXONE[-1].high_days == 3.75


def test_what_nobody_has_checked_says_so() -> None:
    bases = {row.name: row.basis for row in washout_rows(washout_of(14, ["naltrexone"], 10))}

    assert bases == {
        "Naltrexone, 5 × 4 h": "reported",
        "Naltrexone, long-term, 5 × 10 h": "reported",
        "6β-naltrexol, 5 × 13 to 18 h": "unverified",
        "The effect, as you say": "assumed",
        "Improvement in Crohn’s disease": "unverified",
    }


@pytest.mark.parametrize(
    ("days", "persistence", "words"),
    [
        (14, None, []),
        (4, None, []),
        (3, None, ["A washout of 3 days is shorter than five half-lives of 6β-naltrexol, 2.7 to 3.75 days"]),
        (14, 21, ["A washout of 14 days ends before the effect does, 21 days after the last dose"]),
        (1, 2, ["A washout of 1 day is shorter", "A washout of 1 day ends before the effect does, 2 days"]),
        (21, 21, []),
    ],
)
def test_a_washout_that_is_too_short_is_warned_of(days: int, persistence: int | None, words: list[str]) -> None:
    warnings = washout_of(days, ["Naltrexone", "placebo"], persistence).warnings

    assert len(warnings) == len(words)
    assert all(warning.startswith(start) for warning, start in zip(warnings, words, strict=True))


def test_the_warning_names_the_shortest_washout_in_whole_days_that_would_do() -> None:
    (warning,) = washout_of(0, ["LDN"], None).warnings

    assert warning.endswith("Plan 4 days or more.")


@pytest.mark.parametrize(
    ("drug", "is_naltrexone"),
    [
        ("naltrexone", True),
        ("Low-dose naltrexone", True),
        ("LDN 4.5", True),
        ("methylnaltrexone", False),
        ("pregabalin", False),
        ("", False),
    ],
)
def test_half_lives_are_those_of_naltrexone_alone(drug: str, is_naltrexone: bool) -> None:
    found = washout_of(0, [drug, "placebo"], None)

    assert bool(found.half_lives) is is_naltrexone
    assert (found.seen_to_last is not None) is is_naltrexone
    assert (found.floor_days is not None) is is_naltrexone


def test_of_another_drug_only_the_persistence_of_its_effect_counts() -> None:
    found = washout_of(7, ["pregabalin"], 10)

    assert [row.covered for row in washout_rows(found)] == ["no"]
    assert len(found.warnings) == 1
    assert not found.is_open
