"""The engine against other programs, row by row."""

import json
from pathlib import Path
from typing import Any

import pytest

from trials.sizing.plan import read_plan
from trials.sizing.size import size

FILES = sorted((Path(__file__).parent / "reference").glob("*.jsonl"))
ROWS = [json.loads(line) for file in FILES for line in file.read_text().splitlines()]
FAMILIES = {
    "paired-t": 100,
    "tost-power": 103,
    "tost-n": 139,
    "noninferiority-n": 72,
    "crossover-matrix": 248,
    "mcnemar-normal-n": 50,
    "assurance": 30,
    "group-sequential": 15,
}


def agrees(key: str, want: Any, got: Any, tolerance: float | None) -> bool:
    if isinstance(want, list):
        alike = isinstance(got, list) and len(got) == len(want)
        return alike and all(agrees(key, one, other, tolerance) for one, other in zip(want, got, strict=True))
    if not isinstance(got, int | float):
        return False
    if tolerance is None:
        return bool(got == want)
    return bool(abs(got - want) <= tolerance * (1.0 if key in {"power", "assurance"} else max(1.0, abs(want))))


@pytest.mark.parametrize(("family", "count"), FAMILIES.items())
def test_every_row_of_a_family_agrees(family: str, count: int) -> None:
    rows = [row for row in ROWS if row["family"] == family]

    disagreeing = []
    for row in rows:
        answer = size(read_plan(row["plan"])).as_json()
        wrong = {
            key: (want, answer.get(key))
            for key, want in row["expect"].items()
            if not agrees(key, want, answer.get(key), row["tolerance"].get(key))
        }
        if wrong:
            disagreeing.append((row["id"], wrong))

    assert disagreeing == []
    assert len(rows) == count


def test_no_row_belongs_to_another_family() -> None:
    assert len(ROWS) == sum(FAMILIES.values())


def test_a_wrong_answer_would_be_noticed() -> None:
    row = next(row for row in ROWS if row["family"] == "crossover-matrix")

    plan = row["plan"] | {"outcome": row["plan"]["outcome"] | {"within_subject_sd": row["plan"]["outcome"]["within_subject_sd"] * 2**0.5}}
    answer = size(read_plan(plan))

    assert answer.power is not None
    assert not agrees("power", row["expect"]["power"], answer.power, row["tolerance"]["power"])
