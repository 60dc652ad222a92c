"""The results of a priority round as lines of a spreadsheet, and as JSON."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from gaps.models import PriorityRound
from ldnplanner.common.cells import csv_response, xlsx_response

if TYPE_CHECKING:
    from gaps.rounds.results import Results

SCHEMA_VERSION = 1
EXPORTS = ("csv", "xlsx", "json")


def header(found: Results) -> list[str]:
    """The columns: the gap, its tier and rank, the score by the name that the method gives it, and its parts."""
    is_chnri = found.round.method == PriorityRound.Method.CHNRI
    score = ["research_priority_score", "expert_agreement"] if is_chnri else ["mean_position"]
    criteria = [f"criterion_{row['key']}" for row in found.round.criteria] if is_chnri else []
    group = "score" if is_chnri else "position"
    return [
        "uid",
        "title",
        "question",
        "tier",
        "rank",
        "rank_low",
        "rank_high",
        *score,
        "answers",
        *criteria,
        *(f"{group}_{name}" for name in found.groups),
    ]


def lines(found: Results) -> list[list[Any]]:
    """One line a gap, in the order of the ranks."""
    is_chnri = found.round.method == PriorityRound.Method.CHNRI
    return [
        [
            row.gap.uid,
            row.gap.title,
            row.gap.question,
            row.tier,
            row.rank,
            row.rank_low,
            row.rank_high,
            row.score,
            *([row.agreement] if is_chnri else []),
            row.answers,
            *row.criteria,
            *row.groups,
        ]
        for row in sorted(found.rows, key=lambda row: (row.rank, row.gap.uid))
    ]


def exported(found: Results, kind: str) -> HttpResponse:
    """The results as a download."""
    name = f"priority-{found.round.slug}"
    if kind == "json":
        return _as_json(found, name)
    return (xlsx_response if kind == "xlsx" else csv_response)(name, header(found), lines(found))


def _as_json(found: Results, name: str) -> HttpResponse:
    asked = found.round
    columns = header(found)
    content = {
        "round": {
            "slug": asked.slug,
            "name": asked.name,
            "purpose": asked.purpose,
            "method": asked.method,
            "criteria": asked.criteria if asked.method == PriorityRound.Method.CHNRI else [],
            "opened_at": _instant(asked.opened_at),
            "closed_at": _instant(asked.closed_at),
        },
        "ballots": found.ballots,
        "gaps": [dict(zip(columns, line, strict=True)) for line in lines(found)],
    }
    digest = hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    response = JsonResponse(
        {"schema_version": SCHEMA_VERSION, "exported_at": _instant(timezone.now()), "content_sha256": digest, **content},
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.json")
    return response


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
