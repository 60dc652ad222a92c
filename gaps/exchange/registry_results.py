"""The one figure of posted results that can be taken without judgement: the difference of means of a primary outcome against placebo."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from gaps.exchange.record import Row
from gaps.exchange.text import shorten, tidy
from gaps.models import Estimate

DAYS = {"day": 1, "week": 7}


def estimate_row(results: Any, study: Row) -> tuple[Row | None, str]:
    """The estimate, or none; and in words what was done or why nothing was.

    Notes
    -----
    A registry does not say which group is taken from which. A difference counts as naltrexone − placebo only where the means
    of the two groups lie apart so that this difference is in the interval and its reverse is not.
    """
    try:
        row = _estimate(results, study)
    except _Doubt as doubt:
        why = str(doubt)
    except (AttributeError, TypeError, LookupError, ValueError):
        why = _("a part of its results is not what the registry writes there")
    else:
        return row, _(
            "The difference of its primary outcome, naltrexone − placebo, was taken; choose the outcome of the map for it by hand."
        )
    return None, _("No figure was taken from its results: %(why)s. Log the figures by hand.") % {"why": why}


class _Doubt(Exception):  # noqa: N818  (reads as what it is)
    """Why a figure cannot be taken without judgement."""


def _number(value: Any) -> float | None:
    return float(value) if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", str(value or "").strip()) else None


def _estimate(results: dict[str, Any], study: Row) -> Row:
    primary = [measure for measure in results["outcomeMeasuresModule"]["outcomeMeasures"] if measure.get("type") == "PRIMARY"]
    if len(primary) != 1:
        raise _Doubt(_("it has %(count)s primary outcomes, not one") % {"count": len(primary)})
    measure = primary[0]
    analyses = measure.get("analyses") or []
    if len(analyses) != 1:
        raise _Doubt(_("its primary outcome has %(count)s analyses, not one") % {"count": len(analyses)})
    analysis = analyses[0]
    if not tidy(analysis.get("paramType", "")).lower().startswith("mean difference"):
        raise _Doubt(_("its primary analysis gives no difference of means"))
    value, low, high = (_number(analysis.get(name)) for name in ("paramValue", "ciLowerLimit", "ciUpperLimit"))
    level = _number(analysis.get("ciPctValue"))
    if (
        value is None
        or low is None
        or high is None
        or level is None
        or analysis.get("ciNumSides") != "TWO_SIDED"
        or not low <= value <= high
    ):
        raise _Doubt(_("its primary analysis gives no two-sided interval around the difference"))
    groups = [group for group in measure["groups"] if group["id"] in analysis["groupIds"]]
    placebo = [group for group in groups if "placebo" in _words(group) and "naltrexone" not in tidy(group["title"]).lower()]
    treated = [group for group in groups if group not in placebo and re.search(r"naltrexone|\bldn\b", _words(group))]
    if len(groups) != 2 or len(placebo) != 1 or len(treated) != 1:
        raise _Doubt(_("its two groups are not plainly naltrexone and placebo"))
    means = [_mean(measure, group["id"]) for group in (treated[0], placebo[0])]
    if means[0] is None or means[1] is None:
        raise _Doubt(_("the means of its groups, which would tell the direction of the difference, are missing"))
    difference = means[0] - means[1]
    if not low <= difference <= high or low <= -difference <= high:
        raise _Doubt(_("the means of its groups do not tell in which direction the difference was taken"))
    return _row(measure, analysis, study, value, low, high, level / 100)


def _row(measure: dict[str, Any], analysis: dict[str, Any], study: Row, value: float, low: float, high: float, level: float) -> Row:
    fields: dict[str, Any] = {
        "study": study,
        "slug": "registry-primary",
        "label": shorten(tidy(measure["title"]), 160),
        "measure": Estimate.Measure.MEAN_DIFFERENCE.value,
        "comparison": Estimate.Comparison.PLACEBO.value,
        "unit": shorten(tidy(measure.get("unitOfMeasure", "")), 40),
        "timepoint_days": _days(tidy(measure.get("timeFrame", ""))),
        "value": value,
        "ci_low": low,
        "ci_high": high,
        "ci_level": level,
        "p_value": _number(analysis.get("pValue")),
        "n": _people(measure, analysis["groupIds"]),
        "locator": _("posted results, primary outcome"),
    }
    return Row(Estimate, {name: given for name, given in fields.items() if given not in ("", None)}, called={"value": "paramValue"})


def _words(group: dict[str, Any]) -> str:
    return tidy(f"{group.get('title', '')} {group.get('description', '')}").lower()


def _mean(measure: dict[str, Any], group: str) -> float | None:
    if measure.get("paramType") != "MEAN" or len(measure["classes"]) != 1 or len(measure["classes"][0]["categories"]) != 1:
        return None
    measured = measure["classes"][0]["categories"][0]["measurements"]
    return next((_number(each["value"]) for each in measured if each["groupId"] == group), None)


def _people(measure: dict[str, Any], groups: list[str]) -> int | None:
    counted = [int(count["value"]) for denom in measure.get("denoms") or [] for count in denom["counts"] if count["groupId"] in groups]
    return sum(counted) if len(counted) == len(groups) else None


def _days(frame: str) -> int | None:
    found = re.fullmatch(
        r"(?:(?:baseline|week 0) (?:to|and) )?(?:(?P<n>[0-9]+) (?P<unit>day|week)s?|(?P<late>day|week) (?P<m>[0-9]+))", frame.lower()
    )
    return int(found["n"] or found["m"]) * DAYS[found["unit"] or found["late"]] if found else None
