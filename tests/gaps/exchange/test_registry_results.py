"""What is taken from posted results, and what is not."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from gaps.exchange.reading import read
from gaps.models import Estimate

STUDY = json.loads((Path(__file__).parent / "files" / "NCT04270877.json").read_text())
# The numbers of the FINAL trial's report (Lancet Rheumatol 2024, 10.1016/s2665-9913(23)00278-3), in the shape in which the registry posts results.
RESULTS: dict[str, Any] = {
    "outcomeMeasuresModule": {
        "outcomeMeasures": [
            {
                "type": "PRIMARY",
                "title": "Change in pain intensity, numeric rating scale",
                "timeFrame": "Baseline to week 12",
                "paramType": "MEAN",
                "unitOfMeasure": "points",
                "groups": [
                    {"id": "OG000", "title": "Naltrexone", "description": "6 mg a day"},
                    {"id": "OG001", "title": "Placebo", "description": "matching tablet"},
                ],
                "denoms": [{"units": "Participants", "counts": [{"groupId": "OG000", "value": "49"}, {"groupId": "OG001", "value": "50"}]}],
                "classes": [
                    {"categories": [{"measurements": [{"groupId": "OG000", "value": "-1.3"}, {"groupId": "OG001", "value": "-0.9"}]}]}
                ],
                "analyses": [
                    {
                        "groupIds": ["OG000", "OG001"],
                        "paramType": "Mean Difference (Final Values)",
                        "paramValue": "-0.34",
                        "ciNumSides": "TWO_SIDED",
                        "ciPctValue": "95",
                        "ciLowerLimit": "-0.95",
                        "ciUpperLimit": "0.27",
                        "pValue": "0.27",
                    }
                ],
            }
        ]
    }
}


def figure(results: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
    record = read(json.dumps(STUDY | {"resultsSection": results}).encode(), "clinicaltrials", {}).records[0]
    found = [dict(row.fields) for row in record.rows if row.model is Estimate]
    return (found[0] if found else None), record.notes[-1]


def test_a_plain_difference_against_placebo_is_taken() -> None:
    found, words = figure(RESULTS)

    assert found is not None
    assert {
        name: found[name] for name in ("value", "ci_low", "ci_high", "ci_level", "p_value", "n", "timepoint_days", "comparison", "unit")
    } == {
        "value": -0.34,
        "ci_low": -0.95,
        "ci_high": 0.27,
        "ci_level": 0.95,
        "p_value": 0.27,
        "n": 99,
        "timepoint_days": 84,
        "comparison": "placebo",
        "unit": "points",
    }
    assert words.startswith("The difference of its primary outcome, naltrexone − placebo, was taken")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda measure: measure["analyses"].append(measure["analyses"][0]), "its primary outcome has 2 analyses, not one"),
        (lambda measure: measure["analyses"][0].update(paramType="Odds Ratio (OR)"), "its primary analysis gives no difference of means"),
        (
            lambda measure: measure["analyses"][0].update(ciLowerLimit="NA"),
            "its primary analysis gives no two-sided interval around the difference",
        ),
        (
            lambda measure: measure["groups"][1].update(title="Amitriptyline", description=""),
            "its two groups are not plainly naltrexone and placebo",
        ),
        (
            lambda measure: measure.update(paramType="MEDIAN"),
            "the means of its groups, which would tell the direction of the difference, are missing",
        ),
        (
            lambda measure: measure["analyses"][0].update(paramValue="0.34", ciLowerLimit="-0.27", ciUpperLimit="0.95"),
            "the means of its groups do not tell in which direction the difference was taken",
        ),
        (lambda measure: measure.pop("groups"), "a part of its results is not what the registry writes there"),
        (lambda measure: measure.update(type="SECONDARY"), "it has 0 primary outcomes, not one"),
    ],
)
def test_where_there_is_doubt_nothing_is_taken_and_the_doubt_is_told(change: Any, why: str) -> None:
    results = copy.deepcopy(RESULTS)
    change(results["outcomeMeasuresModule"]["outcomeMeasures"][0])

    found, words = figure(results)

    assert found is None
    assert words == f"No figure was taken from its results: {why}. Log the figures by hand."
