"""The results of a priority round as lines of a spreadsheet, and as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils import timezone

from gaps.exports.canonical import digest
from gaps.models import PriorityRound
from ldnplanner.common.download import download
from ldnplanner.common.lists import EXPORTS

if TYPE_CHECKING:
    from gaps.rounds.results import Results

SCHEMA_VERSION = 1
KINDS = (*EXPORTS, "json")


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
    return EXPORTS[kind](name, header(found), lines(found))


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
    document = {"schema_version": SCHEMA_VERSION, "exported_at": _instant(timezone.now()), "content_sha256": digest(content), **content}
    return download(f"{name}.json", "application/json", json.dumps(document, ensure_ascii=False, indent=2))


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
