"""Gaps as lines of a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from gaps import status
from gaps.models import Gap

if TYPE_CHECKING:
    from gaps.models.queryset import GapQuerySet

COLUMNS = (
    "uid",
    "title",
    "question",
    "kind",
    "status",
    "population",
    "intervention",
    "comparator",
    "outcome",
    "time_frame",
    "time_frame_days",
    "setting",
    "effect_modifier",
    "dose_low_mg",
    "dose_high_mg",
    "target_difference",
    "tolerated_rate",
    "primary_reason",
    "reasons",
    "evidence_summary",
    "searched_date",
    "burden",
    "study_type",
    "certainty",
    "verdict",
    "verified_date",
    "tier",
    "tier_note",
    "guidance_relevance",
    "external_priorities",
    "equality",
    "owner",
    "next_action",
    "parent",
    "merged_into",
    "origin",
    "origin_note",
    "passages",
    "sources",
    "studies",
    "withdrawn_reason",
)


def gap_lines(gaps: Iterable[Gap]) -> Iterator[list[str | int | float | date | None]]:
    """The gaps as lines of a spreadsheet, in the columns of `COLUMNS`; several values of one cell are parted by "; "."""
    for gap in gaps:
        reasons = gap.reasons.all()
        assessment, verification = gap.latest_assessment(), status.latest_verification(gap)
        texts = {
            "primary_reason": "".join(reason.code for reason in reasons if reason.primary),
            "reasons": ";".join(reason.code for reason in reasons),
            "certainty": assessment.Level(assessment.level).name.lower() if assessment else "",
            "verdict": verification.verdict if verification else "",
            "verified_date": verification.searched_date if verification else None,
            "owner": gap.owner.get_username() if gap.owner else "",
            "parent": gap.parent.uid if gap.parent else "",
            "merged_into": gap.merged_into.uid if gap.merged_into else "",
            "passages": "; ".join(f"“{passage.quote}” ({passage.source.title}, {passage.locator})" for passage in gap.passages.all()),
            "sources": "; ".join(link.source.doi or link.source.url or link.source.title for link in gap.source_links.all()),
            "studies": "; ".join(_study(link) for link in gap.evidence.all()),
        }
        yield [texts[name] if name in texts else getattr(gap, name) for name in COLUMNS]


def _study(link: Any) -> str:
    """A linked study with its role and its registrations, such as "FINAL 2024 (contradicts, NCT04270877)"."""
    return f"{link.study.label} ({', '.join([link.role, *(row.identifier for row in link.study.registrations.all())])})"


def lines_of(gaps: GapQuerySet) -> Iterable[Sequence[object]]:
    """The lines of these gaps, with everything that they tell read at once."""
    return gap_lines(gaps.for_page().prefetch_related("evidence__study__registrations"))
