"""The report for programs: canonical JSON whose plan can be sized again."""

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from trials.reports.document import Document, plain

SCHEMA = "ldn-planner-report-1"


def as_json(document: Document) -> bytes:
    """The stored sizing to the letter, and the document as values with their texts."""
    record = document.record
    return canonical(
        {
            "schema": SCHEMA,
            "report": document.uid,
            "plan": record.plan,
            "answer": record.answer,
            "witness": record.witness,
            "exploration": record.exploration,
            "snapshot": record.snapshot,
            "document": {
                "title": document.title,
                "language": document.language,
                "answer": plain(document.answer_line),
                "facts": plain(document.facts),
                "sections": plain(document.sections),
            },
            "engine_version": record.engine_version,
            "plan_digest": record.plan_digest,
            "created_at": record.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "created_by": record.created_by,
        }
    )


def canonical(data: Mapping[str, Any]) -> bytes:
    """UTF-8 JSON in one form only: keys sorted, two spaces, shortest numbers that read back the same, no NaN, a last line end."""
    return (json.dumps(data, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=2) + "\n").encode()
