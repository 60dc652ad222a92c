"""How one gap becomes several, and several become one without losing a link."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gaps import status
from gaps.kin import merging
from gaps.kin.merging import merge
from gaps.kin.splitting import read_doses, split_by_dose
from gaps.models import (
    Ballot,
    CertaintyAssessment,
    Claim,
    Comment,
    Evidence,
    Gap,
    GapReason,
    GapSource,
    Passage,
    PriorityRound,
    Source,
    StatusChange,
    Study,
    Term,
    Verification,
    Vote,
)
from trials.models import Protocol

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]

KINDS = (*merging.ROWS, *merging.LISTS)
POINTS_ELSEWHERE = {"history", "votes", "status_changes", *merging.KEPT}
"""What names a gap and is not moved by itself: votes move with their round, what was judged stays with the gap it was judged of."""


def keys(gap: Gap) -> dict[str, set[tuple[Any, ...]]]:
    """Every link of a gap, by kind, by what makes it the same as another."""
    return {kind.name: {tuple(getattr(row, name) for name in kind.same) for row in getattr(gap, kind.name).all()} for kind in KINDS}


def together(before: dict[str, set[tuple[Any, ...]]], own: dict[str, set[tuple[Any, ...]]], gap: Gap) -> dict[str, set[tuple[Any, ...]]]:
    """What a survivor has after a merge: the links of both, and the merged gap itself."""
    return {name: before[name] | own[name] for name in before} | {"merged_gaps": {(gap.pk,)}}


@pytest.fixture
def studies(register: None) -> list[Study]:
    """Two studies with nothing to say but that they are there."""
    return [Study.objects.create(slug=f"study-{number}", label=f"Study {number}", design="crossover") for number in (1, 2)]


@pytest.fixture
def reports(register: None) -> list[Source]:
    """Three sources that gaps may share."""
    return [Source.objects.create(slug=f"report-{number}", title=f"Report {number}") for number in (1, 2, 3)]


# Splitting


def test_doses_are_read_as_people_type_them() -> None:
    assert read_doses("4.5, 1.5;3") == [1.5, 3.0, 4.5]
    for text, sentence in {
        "1.5, many": "“many” is no dose",
        "-1": "“-1” is no dose",
        "": "“” is no dose",
        "nan": "“nan” is no dose",
        "0": "A dose is above 0",
        "3, 3.0": "Name each dose once",
        ",".join(str(dose) for dose in range(1, 22)): "At most 20 doses",
    }.items():
        with pytest.raises(ValidationError, match=sentence):
            read_doses(text)


def test_a_gap_is_split_into_drafts_with_all_that_it_rests_on(
    make_gap: MakeGap, curator: User, studies: list[Study], reports: list[Source]
) -> None:
    gap = make_gap("Doses that work", dose_low_mg=1.5, dose_high_mg=6, tier="A", tier_note="First.", target_difference=1.0)
    GapReason.objects.create(gap=gap, code="B2", note="Open label")
    GapSource.objects.create(gap=gap, source=reports[0], note="Raises it.")
    Evidence.objects.create(gap=gap, study=studies[0], role="supports", note="At 4.5 mg.")

    low, high = split_by_dose(gap, [1.5, 4.5], by=curator)

    assert (low.title, low.question, low.intervention) == (
        "Doses that work: 1.5 mg",
        "What is known about Doses that work (1.5 mg a day)?",
        "Naltrexone 4.5 mg a day; here 1.5 mg a day",
    )
    assert [(part.dose_low_mg, part.dose_high_mg, part.parent, part.status, part.tier) for part in (low, high)] == [
        (1.5, 1.5, gap, "draft", ""),
        (4.5, 4.5, gap, "draft", ""),
    ]
    assert (low.created_by, low.owner, low.target_difference, low.population) == (curator, curator, 1.0, gap.population)
    assert [(reason.code, reason.primary, reason.note) for reason in low.reasons.all()] == [("A2", True, ""), ("B2", False, "Open label")]
    moved = {"passages", "reasons", "source_links", "evidence"}
    assert {name: found for name, found in keys(low).items() if name in moved} == {
        name: found for name, found in keys(gap).items() if name in moved
    }
    assert len(keys(gap)["evidence"]) == 1
    assert Gap.objects.get(pk=gap.pk).status == "proposed"
    assert set(gap.children.all()) == {low, high}
    assert low.missing() == []
    assert low.history.get().history_change_reason == f"split from {gap.uid}"


@pytest.mark.parametrize(
    ("fields", "doses", "sentence"),
    [
        ({"dose_low_mg": 1.5, "dose_high_mg": 4.5}, [3, 6], r"6 mg a day is outside the doses of GAP-\d+, 1.5 to 4.5 mg a day"),
        ({"status": "withdrawn", "withdrawn_reason": "Answered."}, [3], r"GAP-\d+ is withdrawn and cannot be split"),
        ({"title": "Long " * 27}, [3], r"at most 140 characters"),
    ],
)
def test_a_split_that_is_refused_leaves_no_part_behind(
    make_gap: MakeGap, curator: User, fields: dict[str, Any], doses: list[float], sentence: str
) -> None:
    gap = make_gap(**{"title": "Doses that work", **fields})
    before = Gap.objects.count()

    with pytest.raises(ValidationError, match=sentence):
        split_by_dose(gap, doses, by=curator)

    assert Gap.objects.count() == before


def test_a_dose_is_split_off_once(make_gap: MakeGap, curator: User) -> None:
    gap = make_gap("Doses that work")
    split_by_dose(gap, [3], by=curator)

    with pytest.raises(ValidationError, match="already has a part for 3 mg a day"):
        split_by_dose(gap, [1.5, 3], by=curator)

    assert gap.children.count() == 1


# Merging


def test_every_relation_of_a_gap_is_either_moved_or_kept() -> None:
    """A relation that comes later must be put into the table of kinds, or nobody would merge it."""
    relations = {relation.get_accessor_name() for relation in Gap._meta.related_objects}

    assert relations == {kind.name for kind in KINDS} | POINTS_ELSEWHERE - {"history"}


def test_a_merge_keeps_every_link_and_what_was_judged_stays(
    make_gap: MakeGap, curator: User, second_reader: User, studies: list[Study], reports: list[Source], protocol_of: Callable[..., Protocol]
) -> None:
    survivor, gap = make_gap("Doses that work"), make_gap("The best doses")
    child = make_gap("The best doses: 3 mg", parent=gap)
    GapReason.objects.create(gap=gap, code="B1")
    for one in (gap, survivor):
        GapSource.objects.create(gap=one, source=reports[0], note=f"Of {one.title}.")
    Evidence.objects.create(gap=gap, study=studies[0], role="contradicts")
    comment = Comment.objects.create(gap=gap, author=curator, body="Too broad?")
    Comment.objects.create(gap=gap, author=curator, body="No.", parent=comment)
    claim = Claim.objects.create(source=reports[1], slug="one", quote="doses work", status="outdated", issue="They do not.")
    claim.gaps.add(gap)
    protocol = protocol_of(gap)
    Verification.objects.create(
        gap=gap, searched_date=date(2026, 1, 5), databases="PubMed", strategy="ldn", n_found=3, verdict="true_gap", rationale="None.",
        verifier=second_reader,
    )  # fmt: skip
    pain = Term.objects.create(scheme="outcome", slug="some-pain", label="Some pain", better="lower")
    CertaintyAssessment.objects.create(gap=gap, outcome_domain=pain, start=4, assessed_date=date(2026, 1, 5))
    before, own = keys(gap), keys(survivor)

    merge(gap, survivor, by=curator)

    gap, survivor = Gap.objects.get(pk=gap.pk), Gap.objects.get(pk=survivor.pk)
    assert keys(survivor) == together(before, own, gap)
    assert (gap.status, gap.merged_into) == ("merged", survivor)
    assert [(reason.code, reason.primary) for reason in survivor.reasons.all()] == [("A2", True), ("B1", False)]
    assert [link.note for link in survivor.source_links.all()] == ["Of Doses that work.; Of The best doses."]
    assert (protocol.gaps.get(), claim.gaps.get(), Gap.objects.get(pk=child.pk).parent) == (survivor, survivor, survivor)
    assert (gap.verifications.count(), gap.certainty_assessments.count(), survivor.verifications.count()) == (1, 1, 0)
    log = StatusChange.objects.get(gap=gap)
    assert (log.from_status, log.to_status, log.actor, log.note) == ("proposed", "merged", curator, f"into {survivor.uid}")


def test_a_merged_gap_leads_to_the_survivor_and_so_do_those_merged_into_it_before(client: Client, make_gap: MakeGap, curator: User) -> None:
    first, second, third = make_gap("First"), make_gap("Second"), make_gap("Third")

    merge(first, second, by=curator)
    merge(second, third, by=curator)

    assert Gap.objects.get(pk=first.pk).merged_into == third
    for gap in (first, second):
        assert client.get(gap.get_absolute_url()).headers["Location"] == third.get_absolute_url()


def test_a_round_and_its_votes_pass_to_the_survivor_unless_it_was_asked_too(make_gap: MakeGap, curator: User, scorer: User) -> None:
    survivor, gap, other = make_gap("Doses that work"), make_gap("The best doses"), make_gap("Other")
    alone, both = (PriorityRound.objects.create(slug=slug, name=slug, method="chnri") for slug in ("alone", "both"))
    alone.gaps.set([gap, other])
    both.gaps.set([gap, survivor])
    for asked in (alone, both):
        ballot = Ballot.objects.create(round=asked, scorer=scorer, constituency="patient")
        for one in asked.gaps.all():
            Vote.objects.create(ballot=ballot, gap=one, criterion="equity", score="1")

    merge(gap, survivor, by=curator)

    assert set(alone.gaps.all()) == {survivor, other}
    assert set(Vote.objects.filter(ballot__round=alone).values_list("gap", flat=True)) == {survivor.pk, other.pk}
    assert set(both.gaps.all()) == {gap, survivor}
    assert set(Vote.objects.filter(ballot__round=both).values_list("gap", flat=True)) == {gap.pk, survivor.pk}


def test_what_a_merge_brings_makes_an_earlier_verification_stale(
    make_gap: MakeGap, curator: User, second_reader: User, studies: list[Study]
) -> None:
    survivor, gap = make_gap("Doses that work"), make_gap("The best doses")
    Evidence.objects.create(gap=gap, study=studies[0], role="contradicts")
    Verification.objects.create(
        gap=survivor, searched_date=date.today(), databases="PubMed", strategy="ldn", n_found=3, verdict="true_gap", rationale="None.",  # noqa: DTZ011
        verifier=second_reader,
    )  # fmt: skip
    assert not status.is_stale(Gap.objects.get(pk=survivor.pk))

    merge(gap, survivor, by=curator)

    assert status.is_stale(Gap.objects.get(pk=survivor.pk))


def test_a_gap_merged_into_its_own_part_makes_no_circle(make_gap: MakeGap, curator: User) -> None:
    top, gap, between = make_gap("Top"), make_gap("Gap"), make_gap("Between")
    part = make_gap("Part", parent=between)
    for child, parent in ((gap, top), (between, gap)):
        child.parent = parent
        child.save()

    merge(gap, part, by=curator)

    assert Gap.objects.get(pk=part.pk).parent == top
    assert Gap.objects.get(pk=between.pk).parent == part
    for one in Gap.objects.filter(pk__in=[top.pk, between.pk, part.pk]):
        one.clean()


@pytest.mark.parametrize("who", ["researcher", "second_reader"])
def test_only_a_curator_merges_and_a_refused_merge_moves_nothing(
    request: pytest.FixtureRequest, make_gap: MakeGap, curator: User, who: str
) -> None:
    survivor, gap = make_gap("Doses that work"), make_gap("The best doses")
    before = keys(gap)

    with pytest.raises(ValidationError, match=r"Only a curator can make GAP-\d+ merged"):
        merge(gap, survivor, by=request.getfixturevalue(who))
    with pytest.raises(ValidationError, match="cannot be merged into itself"):
        merge(gap, gap, by=curator)
    survivor.withdrawn_reason = "Answered."
    status.move(survivor, "withdrawn", by=curator)
    with pytest.raises(ValidationError, match="is withdrawn; nothing can be merged into it"):
        merge(gap, survivor, by=curator)

    assert keys(gap) == before
    assert Gap.objects.get(pk=gap.pk).status == "proposed"


SIDES = st.sampled_from(["neither", "gap", "survivor", "both"])
LINKS = st.fixed_dictionaries(
    {
        "passages": st.lists(SIDES, min_size=3, max_size=3),
        "reasons": st.lists(SIDES, min_size=3, max_size=3),
        "sources": st.lists(SIDES, min_size=3, max_size=3),
        "evidence": st.lists(SIDES, min_size=4, max_size=4),
        "claims": st.lists(SIDES, min_size=2, max_size=2),
        "rounds": st.lists(SIDES, min_size=2, max_size=2),
        "comments": st.integers(0, 2),
        "notes": st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=300),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=LINKS)
def test_no_link_is_lost_whatever_the_two_gaps_have(
    curator: User, studies: list[Study], reports: list[Source], drawn: dict[str, Any]
) -> None:
    with transaction.atomic():
        gap, survivor = (Gap.objects.create(title=title, status="proposed") for title in ("One", "The same"))
        held = {"neither": [], "gap": [gap], "survivor": [survivor], "both": [gap, survivor]}
        _link(held, drawn, studies, reports, curator)
        before, own, rows = keys(gap), keys(survivor), _rows()

        merge(gap, survivor, by=curator)

        assert keys(survivor) == together(before, own, gap)
        assert _rows() == rows
        assert survivor.reasons.filter(primary=True).count() == (1 if survivor.reasons.exists() else 0)
        transaction.set_rollback(True)


def _rows() -> list[int]:
    return [model.objects.count() for model in (Passage, GapReason, GapSource, Evidence, Comment)]


def _link(held: dict[str, list[Gap]], drawn: dict[str, Any], studies: list[Study], reports: list[Source], author: User) -> None:
    for source, side in zip(reports, drawn["passages"], strict=True):
        for gap in held[side]:
            Passage.objects.create(gap=gap, source=source, quote="more is needed", locator="p. 1")
    for code, side in zip(("A1", "A2", "D1"), drawn["reasons"], strict=True):
        for gap in held[side]:
            GapReason.objects.create(gap=gap, code=code, note=drawn["notes"], primary=not gap.reasons.exists())
    for source, side in zip(reports, drawn["sources"], strict=True):
        for gap in held[side]:
            GapSource.objects.create(gap=gap, source=source, note=f"{gap.uid} {drawn['notes']}"[:300])
    pairs = [(study, role) for study in studies for role in ("supports", "contradicts")]
    for (study, role), side in zip(pairs, drawn["evidence"], strict=True):
        for gap in held[side]:
            Evidence.objects.create(gap=gap, study=study, role=role, note=drawn["notes"])
    for number, side in enumerate(drawn["claims"]):
        Claim.objects.create(source=reports[0], slug=f"claim-{number}", quote="so", status="outdated", issue="No.").gaps.set(held[side])
    for number, side in enumerate(drawn["rounds"]):
        PriorityRound.objects.create(slug=f"round-{number}", name="Round", method="jla").gaps.set(held[side])
    for _number in range(drawn["comments"]):
        Comment.objects.create(gap=held["gap"][0], author=author, body="Well.")


@pytest.fixture
def protocol_of(researcher: User) -> Callable[..., Protocol]:
    """Makes a protocol that takes up these gaps."""

    def make(*gaps: Gap) -> Protocol:
        protocol = Protocol.objects.create(title="A trial", owner=researcher)
        protocol.gaps.set(gaps)
        return protocol

    return make
