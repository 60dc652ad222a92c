"""The report for programs."""

import json
import math

from trials.models import Sizing
from trials.protocol import content
from trials.reports.as_json import as_json, canonical
from trials.reports.compose import compose
from trials.reports.document import values
from trials.reports.formats import BY_EXTENSION, FORMATS
from trials.sizing.plan import read_plan
from trials.sizing.size import size


def test_its_plan_gives_the_same_numbers_again(sizing: Sizing) -> None:
    report = json.loads(as_json(compose(sizing)))

    again = size(read_plan(report["plan"])).as_json()

    assert again == report["answer"]


def test_it_holds_the_stored_row_to_the_letter(sizing: Sizing) -> None:
    report = json.loads(as_json(compose(sizing)))

    for name in ("plan", "answer", "witness", "exploration", "snapshot", "plan_digest", "engine_version"):
        assert report[name] == getattr(sizing, name)
    assert report["schema"] == "ldn-planner-report-1"
    assert report["report"] == sizing.uid
    assert report["created_by"] == sizing.created_by.username
    assert report["created_at"].endswith("Z")


def test_it_is_canonical(sizing: Sizing) -> None:
    content = as_json(compose(sizing))

    assert content == canonical(json.loads(content))
    assert content.endswith(b"}\n")
    assert b"NaN" not in content


def test_numbers_keep_every_digit() -> None:
    numbers = {"third": 1 / 3, "tiny": 5e-324, "root": math.sqrt(2), "whole": 2.0}

    assert json.loads(canonical(numbers)) == numbers
    assert json.loads(content.canonical(numbers)) == numbers


def test_every_displayed_value_stands_beside_its_text(sizing: Sizing) -> None:
    document = compose(sizing)

    pairs = _pairs(json.loads(as_json(document))["document"])

    assert {(value.value, value.text) for value in values(document)} <= pairs


def test_the_formats_have_names_of_their_own() -> None:
    assert [one.extension for one in FORMATS] == ["pdf", "json"]
    assert len(BY_EXTENSION) == len({one.name for one in FORMATS}) == len(FORMATS)


def _pairs(part: object) -> set[tuple[object, object]]:
    found: set[tuple[object, object]] = set()
    if isinstance(part, dict):
        if set(part) == {"value", "text"}:
            found.add((part["value"], part["text"]))
        for item in part.values():
            found |= _pairs(item)
    elif isinstance(part, list):
        for item in part:
            found |= _pairs(item)
    return found
