"""A gap in the rationale table that NICE prints beside a research recommendation (methods and sources: the app's README)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gaps.exports.markdown import certainty, plain
from gaps.models import Evidence, Gap

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

Feasible = Callable[["Sequence[Gap]", "User | AnonymousUser"], Mapping[int, list[str]]]
FEASIBILITY: list[Feasible] = []
"""What other apps know of whether a study is feasible, in sentences by the key of the gap; an app adds its own when it starts."""


def add_feasibility(known: Feasible) -> None:
    """Let another app say, for gaps and a reader, whether the sample size that each needs is achievable."""
    if known not in FEASIBILITY:
        FEASIBILITY.append(known)


def rationale(gap: Gap, feasible: Sequence[str] = ()) -> list[tuple[str, str]]:
    """The rows of the table: what each is about, and what the register holds on it."""
    nothing = _("Not recorded.")
    return [
        (_("Research recommendation"), gap.question or gap.title),
        (_("Importance to patients or the population"), gap.burden or nothing),
        (_("Relevance to guidance"), gap.get_guidance_relevance_display() or nothing),
        (_("Relevance to the health service"), _in_order(gap) or nothing),
        (_("National priorities"), gap.external_priorities or nothing),
        (_("Current evidence base"), _evidence(gap) or nothing),
        (_("Equality considerations"), gap.equality or nothing),
        (_("Feasibility"), " ".join(feasible) or nothing),
    ]


def tables(gaps: Iterable[Gap], user: User | AnonymousUser) -> str:
    """The tables of these gaps in Markdown, one after the other."""
    chosen, lines = list(gaps), []
    told = [known(chosen, user) for known in FEASIBILITY]
    for gap in chosen:
        feasible = [words for known in told for words in known.get(gap.pk, [])]
        lines += [f"## {plain(gap.uid)}: {plain(gap.title)}", "", f"| {_('Rationale')} | |", "| --- | --- |"]
        lines += [f"| {plain(label)} | {plain(words)} |" for label, words in rationale(gap, feasible)]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _in_order(gap: Gap) -> str:
    if not gap.tier:
        return ""
    return " ".join(part for part in (_("Tier {tier}.").format(tier=gap.tier), gap.tier_note) if part)


def _evidence(gap: Gap) -> str:
    parts = [gap.evidence_summary] if gap.evidence_summary else []
    reasons = ", ".join(f"{reason.code} {reason.label()}" for reason in gap.reasons.all())
    if reasons:
        parts.append(_("Problems with the evidence: {reasons}.").format(reasons=reasons))
    parts.append(_("Certainty: {certainty}.").format(certainty=certainty(gap)))
    under_way = [str(link.study) for link in gap.evidence.all() if link.role == Evidence.Role.UNDER_WAY]
    if under_way:
        parts.append(_("Under way: {studies}.").format(studies=", ".join(under_way)))
    if gap.searched_date:
        parts.append(_("As of {date}.").format(date=date_format(gap.searched_date, "j M Y")))
    return " ".join(parts)
