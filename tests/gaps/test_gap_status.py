"""How a gap moves from one status to the next, and what it needs for it."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise, product
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps import guards, status
from gaps.models import CertaintyAssessment, Estimate, Evidence, Gap, PriorityRound, StatusChange, Study, Term, Verification
from gaps.status import TRANSITIONS, MoveRefused, Role, Status, Transition

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]
Anybody = User | AnonymousUser | None
ROLES_OF_AN_ACCOUNT = ("author", "owner", "other researcher", "reviewer", "curator", "scorer", "anonymous", "the register itself")
PLAYS = {
    "author": {Role.AUTHOR},
    "owner": {Role.AUTHOR},
    "other researcher": set(),
    "reviewer": {Role.REVIEWER},
    "curator": {Role.CURATOR},
    "scorer": set(),
    "anonymous": set(),
    "the register itself": {Role.SYSTEM},
}


@pytest.fixture
def people(researcher: User, second_reader: User, curator: User, scorer: User) -> dict[str, Anybody]:
    """One person of each kind; the author logged the gap and the owner sees to it."""
    owner, other = (User.objects.create_user(name) for name in ("owner", "other researcher"))
    for user in (owner, other):
        user.groups.set(researcher.groups.all())
    return {
        "author": researcher,
        "owner": owner,
        "other researcher": other,
        "reviewer": second_reader,
        "curator": curator,
        "scorer": scorer,
        "anonymous": AnonymousUser(),
        "the register itself": None,
    }


@pytest.fixture
def gap(make_gap: MakeGap, people: dict[str, Anybody]) -> Gap:
    return make_gap("benefit", created_by=people["author"], owner=people["owner"])


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table without guards: who may make which move is asked alone."""
    for key, transition in TRANSITIONS.items():
        monkeypatch.setitem(TRANSITIONS, key, Transition(transition.roles))


def put(gap: Gap, current: str) -> Gap:
    """The gap as it would be with another status, in memory and in the database, with the line in the log that this takes."""
    if gap.status != current:
        StatusChange.objects.create(gap=gap, from_status=gap.status, to_status=current)
        gap.status = current
        gap.withdrawn_reason = "Out of scope." if current == Status.WITHDRAWN else gap.withdrawn_reason
        gap.merged_into = Gap.objects.create(title=f"takes over from {gap.uid}") if current == Status.MERGED else None
        gap.save()
    return Gap.objects.get(pk=gap.pk)


def verify(gap: Gap, by: Any, verdict: str = "true_gap", days_ago: int = 10, **fields: Any) -> Verification:
    return Verification.objects.create(
        gap=gap,
        verifier=by,
        verdict=verdict,
        searched_date=timezone.localdate() - timedelta(days=days_ago),
        databases="PubMed, Cochrane Library",
        strategy="naltrexone AND fibromyalgia",
        n_found=31,
        rationale="No trial compares doses.",
        **fields,
    )


def link(gap: Gap, role: str, study_status: str = "published", *, figure: bool = True) -> Evidence:
    number = Study.objects.count() + 1
    study = Study.objects.create(slug=f"study-{number}", label=f"Study {number}", design="crossover", status=study_status)
    outcome, _new = Term.objects.get_or_create(scheme="outcome", slug="mean-pain-here", defaults={"label": "Mean pain", "better": "lower"})
    if figure:
        Estimate.objects.create(
            study=study, slug="a-figure", label="a figure", outcome_domain=outcome, measure="mean_difference", value=-0.3
        )
    return Evidence.objects.create(gap=gap, study=study, role=role)


def assess(gap: Gap, **fields: Any) -> CertaintyAssessment:
    outcome, _new = Term.objects.get_or_create(scheme="outcome", slug="mean-pain-here", defaults={"label": "Mean pain", "better": "lower"})
    return CertaintyAssessment.objects.create(gap=gap, outcome_domain=outcome, assessed_date=timezone.localdate(), **{"start": 4, **fields})


def wanted(gap: Gap, target: str) -> list[str]:
    fresh = Gap.objects.get(pk=gap.pk)
    return next(offer.wanted for offer in status.offers(fresh, None) if offer.target == target)


# Which moves there are, and who may make them


def test_the_table_is_the_one_that_was_agreed() -> None:
    beyond = ("verified", "prioritised", "design_linked", "in_trial", "partly_answered", "answered")
    live = ("draft", "proposed", *beyond)
    agreed = {
        ("draft", "proposed"): {Role.AUTHOR, Role.CURATOR},
        ("proposed", "verified"): {Role.REVIEWER},
        ("proposed", "answered"): {Role.REVIEWER},
        ("verified", "prioritised"): {Role.CURATOR},
        ("verified", "design_linked"): {Role.AUTHOR, Role.CURATOR},
        ("prioritised", "design_linked"): {Role.AUTHOR, Role.CURATOR},
        ("design_linked", "in_trial"): {Role.CURATOR},
        ("in_trial", "partly_answered"): {Role.REVIEWER},
        ("in_trial", "answered"): {Role.REVIEWER},
        ("withdrawn", "draft"): {Role.AUTHOR, Role.CURATOR},
        **{(current, "proposed"): {Role.CURATOR, Role.SYSTEM} for current in beyond},
        **{(current, "withdrawn"): {Role.AUTHOR, Role.CURATOR} for current in live},
        **{(current, "merged"): {Role.CURATOR} for current in live},
    }

    assert {pair: set(transition.roles) for pair, transition in TRANSITIONS.items()} == agreed


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("current", Status.values)
def test_each_pair_is_allowed_to_each_role_exactly_when_the_table_says(gap: Gap, people: dict[str, Anybody], current: str) -> None:
    gap = put(gap, current)
    tried = allowed = 0

    for target, (name, person) in product(Status.values, people.items()):
        tried += 1
        transition = TRANSITIONS.get((current, target))
        if transition is not None and PLAYS[name] & set(transition.roles):
            status.check(gap, target, person)
            allowed += 1
            continue
        with pytest.raises(MoveRefused) as refusal:
            status.check(gap, target, person)
        code = "same" if current == target else "illegal" if transition is None else "role"
        assert (name, target, refusal.value.code) == (name, target, code)

    expected = sum(len(PLAYS[name] & set(row.roles)) for (here, _to), row in TRANSITIONS.items() if here == current for name in PLAYS)
    assert (tried, allowed) == (len(Status) * len(ROLES_OF_AN_ACCOUNT), expected)


@pytest.mark.parametrize("current", Status.values)
def test_an_illegal_move_is_refused_with_the_legal_ones(gap: Gap, curator: User, current: str) -> None:
    gap = put(gap, current)
    legal = [target for target in Status if (current, target) in TRANSITIONS]

    for target in set(Status) - set(legal) - {current}:
        with pytest.raises(MoveRefused) as refusal:
            status.move(gap, target, by=curator)
        words = " or ".join(one.label.lower() for one in legal) or "nothing else"
        here, there = Status(current).label.lower(), target.label.lower()
        assert refusal.value.messages == [f"{gap.uid} is {here} and cannot become {there}; it can become {words}."]

    with pytest.raises(MoveRefused) as refusal:
        status.move(gap, current, by=curator)
    assert refusal.value.messages == [f"{gap.uid} already is {Status(current).label.lower()}."]
    assert Gap.objects.get(pk=gap.pk).status == current


def test_somebody_without_the_role_is_told_who_has_it(gap: Gap, people: dict[str, Anybody]) -> None:
    draft = put(gap, "draft")

    with pytest.raises(MoveRefused) as refusal:
        status.move(draft, "proposed", by=people["other researcher"])

    assert refusal.value.messages == [f"Only its author or owner or a curator can make {gap.uid} proposed."]


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("name", ROLES_OF_AN_ACCOUNT)
def test_offers_are_the_moves_of_the_table_marked_by_who_may(gap: Gap, people: dict[str, Anybody], name: str) -> None:
    offers = status.offers(gap, people[name])

    assert {offer.target: offer.may for offer in offers} == {
        target: bool(PLAYS[name] & set(row.roles)) for (current, target), row in TRANSITIONS.items() if current == gap.status
    }
    assert [offer.target for offer in offers if offer.may] == status.moves(gap, people[name])
    assert {offer.target: offer.who for offer in offers}[Status.WITHDRAWN] == "its author or owner or a curator"


# Guards


def test_an_incomplete_draft_is_told_what_it_needs(curator: User) -> None:
    draft = Gap.objects.create(title="Only a title")

    with pytest.raises(MoveRefused) as refusal:
        status.move(draft, "proposed", by=curator)

    assert refusal.value.messages == [f"{draft.uid} cannot be proposed; it still needs {', '.join(draft.missing())}."]
    assert (Gap.objects.get(pk=draft.pk).status, StatusChange.objects.filter(gap=draft).count()) == ("draft", 0)


def test_verified_needs_a_current_verification_by_somebody_else(gap: Gap, people: dict[str, Anybody], second_reader: User) -> None:
    assert wanted(gap, "verified") == ["a verification by somebody who neither logged nor owns it"]

    for own in ("author", "owner"):
        verify(gap, people[own])
        assert wanted(gap, "verified") == ["a verification by somebody who neither logged nor owns it; the latest is by one who does"]

    for verdict, label in (("answered", "Answered"), ("out_of_scope", "Out of scope")):
        verify(gap, second_reader, verdict)
        assert wanted(gap, "verified") == [f"a verification that finds it still a gap; the latest says “{label}”"]

    for verdict in ("true_gap", "partly_answered"):
        verify(gap, second_reader, verdict, days_ago=365)
        assert wanted(gap, "verified") == ["a new verification; the search of the latest is more than a year old"]
        verify(gap, second_reader, verdict, days_ago=364)
        assert wanted(gap, "verified") == []

    status.move(gap, "verified", by=second_reader)
    assert Gap.objects.get(pk=gap.pk).status == "verified"


def test_the_latest_verification_counts_not_the_kindest(gap: Gap, second_reader: User) -> None:
    verify(gap, second_reader)
    verify(gap, second_reader, "answered")

    assert wanted(gap, "verified") == ["a verification that finds it still a gap; the latest says “Answered”"]


def test_a_proposed_gap_is_answered_by_a_verdict_and_the_study_that_answers(gap: Gap, second_reader: User) -> None:
    assert wanted(gap, "answered") == ["a verification that finds it answered", "the study that answers it, linked as evidence"]

    verify(gap, second_reader, "answered")
    link(gap, "supports")
    assert wanted(gap, "answered") == ["the study that answers it, linked as evidence"]

    link(gap, "answers")
    assert wanted(gap, "answered") == []


def test_prioritised_needs_a_tier_with_a_closed_round_or_a_reason(gap: Gap) -> None:
    gap = put(gap, "verified")
    assert wanted(gap, "prioritised") == ["a tier"]

    gap.tier = "A"
    gap.save()
    from_a_round = ["a closed priority round that it was in, or a reason for its tier"]
    assert wanted(gap, "prioritised") == from_a_round

    opened = PriorityRound.objects.create(slug="a-round", name="A round", method="chnri", opened_at=timezone.now())
    opened.gaps.add(gap)
    assert wanted(gap, "prioritised") == from_a_round

    opened.closed_at = timezone.now()
    opened.save()
    assert wanted(gap, "prioritised") == []

    opened.gaps.clear()
    gap.tier_note = "The commonest question in the clinic."
    gap.save()
    assert wanted(gap, "prioritised") == []


@pytest.mark.parametrize(
    ("target", "role", "label"), [("answered", "answers", "Answers"), ("partly_answered", "partly_answers", "Answers in part")]
)
def test_a_trial_answers_by_a_published_figure_and_its_certainty(gap: Gap, target: str, role: str, label: str) -> None:
    gap = put(gap, "in_trial")
    result = f"a published study with a figure, linked as “{label}”"
    assert wanted(gap, target) == [result, "an assessment of certainty"]

    link(gap, role, "completed")
    link(gap, role, figure=False)
    link(gap, "supports")
    assert wanted(gap, target) == [result, "an assessment of certainty"]

    link(gap, role)
    assert wanted(gap, target) == ["an assessment of certainty"]

    assess(gap)
    assert wanted(gap, target) == []


def test_withdrawing_needs_a_reason_which_the_log_keeps_and_can_be_taken_back(gap: Gap, researcher: User) -> None:
    with pytest.raises(MoveRefused, match="it still needs the reason for withdrawing it"):
        status.move(gap, "withdrawn", by=researcher)
    gap.withdrawn_reason = "   "
    with pytest.raises(MoveRefused, match="it still needs the reason for withdrawing it"):
        status.move(gap, "withdrawn", by=researcher)

    gap.withdrawn_reason = "Out of scope."
    status.move(gap, "withdrawn", by=researcher)
    status.move(gap, "draft", by=researcher)

    assert Gap.objects.get(pk=gap.pk).status == "draft"
    assert [row.note for row in gap.status_changes.all()] == ["", "Out of scope."]


def test_merging_needs_another_gap_that_goes_on(gap: Gap, make_gap: MakeGap, curator: User) -> None:
    other = make_gap("harm")
    past = make_gap("past", status="withdrawn", withdrawn_reason="Out of scope.")
    assert wanted(gap, "merged") == ["the gap it is merged into"]

    gap.merged_into = past
    with pytest.raises(MoveRefused, match="a gap to merge into that is itself neither merged nor withdrawn"):
        status.move(gap, "merged", by=curator)

    gap.merged_into = other
    status.move(gap, "merged", by=curator)
    assert Gap.objects.get(pk=gap.pk).merged_into == other


# Looking at a gap again

NOTHING_NEW = ["a verification that has expired or says otherwise, or evidence for or against it that was linked since"]


@pytest.mark.parametrize("current", ["verified", "prioritised", "design_linked", "in_trial"])
def test_a_gap_is_reopened_when_its_verification_has_expired(gap: Gap, second_reader: User, current: str) -> None:
    gap = put(gap, current)
    assert wanted(gap, "proposed") == NOTHING_NEW
    verify(gap, second_reader, days_ago=364)
    assert wanted(gap, "proposed") == NOTHING_NEW

    verify(gap, second_reader, days_ago=365)

    assert wanted(gap, "proposed") == []
    day = timezone.localdate() - timedelta(days=365)
    assert status.causes(Gap.objects.get(pk=gap.pk)) == [
        f"the search of its verification, of {day.day} {day:%b %Y}, is more than a year old"
    ]


@pytest.mark.parametrize("verdict", ["answered", "out_of_scope"])
def test_a_gap_is_reopened_when_its_latest_verification_says_otherwise(gap: Gap, second_reader: User, verdict: str) -> None:
    gap = put(gap, "verified")
    verify(gap, second_reader)
    verify(gap, second_reader, verdict)

    assert status.causes(Gap.objects.get(pk=gap.pk)) == [f"the latest verification says “{Verification.Verdict(verdict).label}”"]


@pytest.mark.parametrize(
    ("role", "is_cause"), [(role, role in {"contradicts", "answers", "partly_answers"}) for role in Evidence.Role.values]
)
def test_telling_evidence_is_a_cause_when_it_was_linked_after_the_verification(
    gap: Gap, second_reader: User, role: str, is_cause: bool
) -> None:
    gap = put(gap, "verified")
    link(gap, role)
    verify(gap, second_reader)
    assert status.causes(Gap.objects.get(pk=gap.pk)) == []

    link(gap, role)

    assert status.causes(Gap.objects.get(pk=gap.pk)) == (["evidence was linked since"] if is_cause else [])


def test_the_result_of_a_trial_leads_its_gap_on_and_not_back(gap: Gap, second_reader: User) -> None:
    gap = put(gap, "in_trial")
    verify(gap, second_reader)
    link(gap, "answers")
    assert status.causes(Gap.objects.get(pk=gap.pk)) == []

    link(gap, "contradicts")

    assert status.causes(Gap.objects.get(pk=gap.pk)) == ["evidence was linked since"]


def test_an_answer_stands_until_something_later_speaks_against_it(gap: Gap, second_reader: User) -> None:
    gap = put(gap, "in_trial")
    verify(gap, second_reader, days_ago=900)
    link(gap, "answers")
    link(gap, "contradicts")
    gap = put(gap, "answered")
    link(gap, "answers")
    assert status.causes(gap) == []

    verify(gap, second_reader, "answered")
    assert status.causes(Gap.objects.get(pk=gap.pk)) == []

    verify(gap, second_reader, "true_gap")
    link(gap, "contradicts")
    assert status.causes(Gap.objects.get(pk=gap.pk)) == ["the latest verification says “Still a gap”", "evidence was linked since"]


def test_a_gap_that_nobody_verified_is_not_stale(gap: Gap) -> None:
    link(gap, "contradicts")

    assert status.is_stale(gap) is False


# The table can be added to


def test_another_app_adds_moves_and_guards_once(gap: Gap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "TRANSITIONS", {key: Transition(row.roles, list(row.guards)) for key, row in TRANSITIONS.items()})

    def says_no(_gap: Gap) -> list[str]:
        return ["a day of rest"]

    status.add("proposed", "in_trial", Transition((Role.CURATOR,)))
    status.add("proposed", "in_trial", Transition((Role.REVIEWER,)))
    status.require("proposed", "in_trial", says_no)
    status.require("proposed", "in_trial", says_no)

    assert status.TRANSITIONS["proposed", "in_trial"] == Transition((Role.CURATOR,), [says_no])
    assert wanted(gap, "in_trial") == ["a day of rest"]


def test_offers_tell_what_is_said_with_the_move_from_what_is_lacking(gap: Gap, curator: User) -> None:
    by_target = {offer.target: offer for offer in status.offers(gap, curator)}

    assert (by_target[Status.WITHDRAWN].wanted, by_target[Status.WITHDRAWN].lacking) == (["the reason for withdrawing it"], [])
    assert (by_target[Status.MERGED].wanted, by_target[Status.MERGED].lacking) == (["the gap it is merged into"], [])
    assert by_target[Status.VERIFIED].lacking == by_target[Status.VERIFIED].wanted == guards.is_verified(gap)


# A move and its line in the log


def test_a_move_writes_who_when_from_and_to(gap: Gap, people: dict[str, Anybody], second_reader: User) -> None:
    verify(gap, second_reader)
    before = timezone.now()

    status.move(gap, "verified", by=second_reader, note="Read twice.")

    row = StatusChange.objects.get(gap=gap)
    assert (row.from_status, row.to_status, row.actor, row.note) == ("proposed", "verified", second_reader, "Read twice.")
    assert before <= row.changed_at <= timezone.now()
    assert gap.history.first().history_change_reason == "Read twice."


def test_a_long_note_fits_the_log_and_the_history(gap: Gap, researcher: User) -> None:
    gap.withdrawn_reason = "Out of scope."

    status.move(gap, "withdrawn", by=researcher, note="x" * 500)

    assert [len(row.note) for row in gap.status_changes.all()] == [400]
    assert len(gap.history.first().history_change_reason) == 100


@pytest.mark.parametrize("broken", ["the gap", "the log"])
def test_an_error_between_leaves_neither_the_move_nor_its_line(
    gap: Gap, researcher: User, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fails(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(*((Gap, "save", fails) if broken == "the gap" else (StatusChange, "save", fails)))
    gap.withdrawn_reason = "Out of scope."

    with pytest.raises(RuntimeError, match="the disk is full"):
        status.move(gap, "withdrawn", by=researcher)

    assert (gap.status, Gap.objects.get(pk=gap.pk).status, StatusChange.objects.count()) == ("proposed", "proposed", 0)


def test_a_gap_that_somebody_else_moved_meanwhile_is_left_alone(gap: Gap, researcher: User, second_reader: User) -> None:
    verify(gap, second_reader)
    seen_before = Gap.objects.get(pk=gap.pk)
    gap.withdrawn_reason = "Out of scope."
    status.move(gap, "withdrawn", by=researcher)

    with pytest.raises(MoveRefused) as refusal:
        status.move(seen_before, "verified", by=second_reader)

    assert refusal.value.messages == [f"{gap.uid} has become withdrawn meanwhile; look at it again."]
    assert [row.to_status for row in StatusChange.objects.filter(gap=gap)] == ["withdrawn"]


DOES = ("move", "move", "verify", "link", "assess", "set a tier", "give a reason")


def walk(gap: Gap, people: dict[str, Anybody], data: st.DataObject) -> list[str]:
    """The statuses that a gap goes through while people do this and that, the first one included."""
    walker, other = Gap.objects.get(pk=gap.pk), Gap.objects.create(title="takes over")
    seen = [walker.status]
    for _step in range(data.draw(st.integers(4, 14), label="steps")):
        does = data.draw(st.sampled_from(DOES), label="does")
        if does == "verify":
            verify(
                walker, people["reviewer"], data.draw(st.sampled_from(Verification.Verdict.values)), data.draw(st.sampled_from([1, 400]))
            )
        elif does == "link":
            link(walker, data.draw(st.sampled_from(Evidence.Role.values)))
        elif does == "assess":
            assess(walker)
        elif does == "set a tier":
            walker.tier, walker.tier_note = "A", "Asked most often."
            walker.save()
        elif does == "give a reason":
            walker.withdrawn_reason = "Out of scope."
        else:
            person = people[data.draw(st.sampled_from(ROLES_OF_AN_ACCOUNT), label="who")]
            free = [offer.target for offer in status.offers(Gap.objects.get(pk=gap.pk), person) if offer.may and not offer.lacking]
            target = data.draw(st.sampled_from(free or list(Status)) | st.sampled_from(list(Status)), label="target")
            before = walker.merged_into
            walker.merged_into = other if target == Status.MERGED else before
            try:
                status.move(walker, target, by=person)
            except MoveRefused:
                walker.merged_into = before
            else:
                seen.append(target)
    return seen


def test_any_walk_sees_only_moves_of_the_table_and_its_log_replays_to_the_status(gap: Gap, people: dict[str, Anybody]) -> None:
    moved = 0

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(data=st.data())
    def walks(data: st.DataObject) -> None:
        nonlocal moved
        with transaction.atomic():
            seen = walk(gap, people, data)

            log = list(StatusChange.objects.filter(gap=gap).order_by("pk").values_list("from_status", "to_status"))
            assert log == list(pairwise(seen))
            assert set(log) <= set(TRANSITIONS)
            assert Gap.objects.get(pk=gap.pk).status == seen[-1]
            moved += len(log)
            transaction.set_rollback(True)

    walks()
    assert moved > 20
