"""What a priority round says: its votes counted, by score or by rank."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gaps.models import Ballot, Gap, PriorityRound, Vote
from gaps.priority import chnri, jla, ranks

if TYPE_CHECKING:
    from collections.abc import Iterable

VOTING = tuple(name for name in Ballot.Constituency if name != Ballot.Constituency.RESEARCHER)
"""Who votes in a round of the James Lind Alliance's kind; researchers advise."""


@dataclass(frozen=True)
class Row:
    """What a round says of one gap; the score is the research priority score, or the mean of the positions."""

    gap: Gap
    rank: float
    rank_low: float | None
    rank_high: float | None
    tier: str
    score: float | None
    agreement: float | None
    answers: int
    criteria: tuple[float | None, ...]
    groups: tuple[float | None, ...]
    """The score, or the position, in each group of `Results.groups`; none where a group is too small to be shown by itself."""


@dataclass(frozen=True)
class Results:
    """What a round says."""

    round: PriorityRound
    rows: list[Row] = field(default_factory=list)
    ballots: dict[str, int] = field(default_factory=dict)
    """How many ballots with an answer each constituency cast."""
    groups: tuple[str, ...] = ()
    """The constituencies with enough ballots to be shown by themselves."""

    @property
    def scorers(self) -> int:
        return sum(self.ballots.values())

    @property
    def unstable(self) -> bool:
        return self.scorers < ranks.STABLE

    @property
    def has_tiers(self) -> bool:
        return any(row.tier for row in self.rows)

    @property
    def small_groups(self) -> list[str]:
        """The constituencies whose ballots are too few to be shown by themselves."""
        return [str(Ballot.Constituency(name).label) for name in self.ballots if name not in self.groups]


def ballots_cast(asked: PriorityRound) -> list[tuple[str, int]]:
    """How many ballots each constituency has cast so far, in the order of their names on the ballot."""
    counted = Counter(asked.ballots.filter(votes__isnull=False).distinct().values_list("constituency", flat=True))
    return [(str(group.label), counted[group]) for group in Ballot.Constituency if counted[group]]


def results(asked: PriorityRound) -> Results:
    """Count the votes; a ballot without a single answer is left out."""
    gaps = list(asked.gaps.order_by("uid"))
    return _by_score(asked, gaps) if asked.method == PriorityRound.Method.CHNRI else _by_rank(asked, gaps)


def _by_score(asked: PriorityRound, gaps: list[Gap]) -> Results:
    import numpy as np

    gap_at = {gap.pk: at for at, gap in enumerate(gaps)}
    criterion_at = {row["key"]: at for at, row in enumerate(asked.criteria)}
    weights = [row["weight"] for row in asked.criteria]
    group_of: dict[int, str] = {}
    cells = []
    votes = Vote.objects.filter(ballot__round=asked).exclude(score="")
    for ballot, group, gap, criterion, value in votes.values_list("ballot", "ballot__constituency", "gap", "criterion", "score"):
        if gap in gap_at and criterion in criterion_at:
            group_of.setdefault(ballot, group)
            cells.append((ballot, gap_at[gap], criterion_at[criterion], float(value)))
    people = {ballot: at for at, ballot in enumerate(group_of)}
    answers = np.full((len(people), len(gaps), len(criterion_at)), np.nan)
    for ballot, row, column, number in cells:
        answers[people[ballot], row, column] = number

    ballots = _in_order(group_of.values())
    groups = tuple(name for name, count in ballots.items() if count >= ranks.FEWEST)
    belongs = np.array(list(group_of.values()))
    seed = ranks.seed_of(asked.slug)
    each = [chnri.score(answers[belongs == name], weights, seed=seed) for name in groups]
    rows = [
        Row(
            gap=gap,
            rank=scored.rank,
            rank_low=scored.rank_low,
            rank_high=scored.rank_high,
            tier=_tier(scored, len(gaps)),
            score=scored.priority_score,
            agreement=scored.agreement,
            answers=scored.answers,
            criteria=scored.criteria,
            groups=tuple(one[at].priority_score for one in each),
        )
        for at, (gap, scored) in enumerate(zip(gaps, chnri.score(answers, weights, seed=seed), strict=bool(people)))
    ]
    return Results(asked, rows, ballots, groups)


def _by_rank(asked: PriorityRound, gaps: list[Gap]) -> Results:
    import numpy as np

    gap_at = {gap.pk: at for at, gap in enumerate(gaps)}
    points: dict[str, dict[int, list[int]]] = {}
    votes = Vote.objects.filter(ballot__round=asked, rank__isnull=False, ballot__constituency__in=VOTING)
    for ballot, group, gap, rank in votes.values_list("ballot", "ballot__constituency", "gap", "rank"):
        if gap in gap_at and rank is not None:
            points.setdefault(group, {}).setdefault(ballot, [0] * len(gaps))[gap_at[gap]] = jla.points_of(rank)
    cast = {name: np.array(list(rows.values()), dtype=float) for name, rows in points.items()}

    ballots = _in_order(name for name, rows in points.items() for _ballot in rows)
    groups = tuple(name for name, count in ballots.items() if count >= ranks.FEWEST)
    rows = [
        Row(
            gap=gap,
            rank=ranked.rank,
            rank_low=ranked.rank_low,
            rank_high=ranked.rank_high,
            tier=_tier(ranked, len(gaps)),
            score=ranked.mean_position,
            agreement=None,
            answers=ranked.answers,
            criteria=(),
            groups=tuple(ranked.positions[name] for name in groups),
        )
        for gap, ranked in zip(gaps, jla.score(cast, seed=ranks.seed_of(asked.slug)), strict=bool(cast))
    ]
    return Results(asked, rows, ballots, groups)


def _in_order(names: Iterable[str]) -> dict[str, int]:
    counted = Counter(names)
    return {str(name): counted[name] for name in Ballot.Constituency if counted[name]}


def _tier(found: chnri.Scored | jla.Ranked, count: int) -> str:
    if found.rank_low is None or found.rank_high is None:
        return ""
    return ranks.tier(found.rank_low, found.rank_high, count)
