"""``manage.py reopen``: what is no longer sure goes back to be verified again."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gaps.management.commands.reopen import Command
from gaps.models import Evidence, Gap, StatusChange, Study, Verification

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]


def reopen(*options: str) -> list[str]:
    said = StringIO()
    call_command("reopen", *options, stdout=said)
    return said.getvalue().splitlines()


def verify(gap: Gap, by: User, days_ago: int) -> None:
    Verification.objects.create(
        gap=gap,
        verifier=by,
        verdict="true_gap",
        searched_date=timezone.localdate() - timedelta(days=days_ago),
        databases="PubMed",
        strategy="naltrexone",
        n_found=3,
        rationale="Nothing answers it.",
    )


def contradict(gap: Gap) -> None:
    number = Study.objects.count() + 1
    study = Study.objects.create(slug=f"study-{number}", label=f"Study {number}", design="crossover")
    Evidence.objects.create(gap=gap, study=study, role="contradicts")


@pytest.fixture
def gaps(make_gap: MakeGap, second_reader: User) -> dict[str, Gap]:
    """Gaps of every sort: two that should be looked at again, and others that should be left alone."""
    found = {
        "expired": make_gap("expired", status="prioritised"),
        "contradicted": make_gap("contradicted", status="verified"),
        "current": make_gap("current", status="verified"),
        "proposed": make_gap("proposed", status="proposed"),
        "withdrawn": make_gap("withdrawn", status="withdrawn", withdrawn_reason="Out of scope."),
        "answered": make_gap("answered", status="in_trial"),
    }
    for name, gap in found.items():
        verify(gap, second_reader, 400 if name in {"expired", "proposed", "withdrawn", "answered"} else 10)
    contradict(found["contradicted"])
    StatusChange.objects.create(gap=found["answered"], from_status="in_trial", to_status="answered", actor=second_reader)
    found["answered"].status = "answered"
    found["answered"].save()
    return found


def statuses(gaps: dict[str, Gap]) -> dict[str, str]:
    return {name: Gap.objects.get(pk=gap.pk).status for name, gap in gaps.items()}


def test_it_takes_back_what_has_expired_or_is_spoken_against_and_nothing_else(gaps: dict[str, Gap]) -> None:
    day = timezone.localdate() - timedelta(days=400)
    before = statuses(gaps)
    expired = f"the search of its verification, of {day.day} {day:%b %Y}, is more than a year old"

    said = reopen()

    assert said == [
        f"{gaps['expired'].uid}  prioritised → proposed: {expired}",
        f"{gaps['contradicted'].uid}  verified → proposed: evidence was linked since",
        "4 looked at, 2 taken back.",
    ]
    assert statuses(gaps) == before | {"expired": "proposed", "contradicted": "proposed"}
    rows = StatusChange.objects.filter(to_status="proposed").order_by("pk")
    assert [(row.actor, row.note) for row in rows] == [(None, expired), (None, "evidence was linked since")]


def test_running_it_again_changes_nothing(gaps: dict[str, Gap]) -> None:
    reopen()

    assert reopen() == ["2 looked at, 0 taken back."]


def test_a_dry_run_says_the_same_and_changes_nothing(gaps: dict[str, Gap]) -> None:
    before = statuses(gaps)

    dry = reopen("--dry-run")

    assert (dry[-1], statuses(gaps)) == ("4 looked at, 2 would be taken back.", before)
    assert dry[:-1] == reopen()[:-1]


def test_a_dry_run_asks_as_many_questions_for_three_gaps_as_for_one(make_gap: MakeGap, second_reader: User) -> None:
    verify(make_gap("one", status="verified"), second_reader, 400)
    with CaptureQueriesContext(connection) as for_one:
        reopen("--dry-run")
    for title in ("two", "three"):
        gap = make_gap(title, status="verified")
        verify(gap, second_reader, 400)
        contradict(gap)

    with CaptureQueriesContext(connection) as for_three:
        said = reopen("--dry-run")

    assert said[-1] == "3 looked at, 3 would be taken back."
    assert len(for_three) == len(for_one)


def test_its_help_says_what_is_taken_back(capsys: pytest.CaptureFixture[str]) -> None:
    Command().print_help("manage.py", "reopen")

    shown = capsys.readouterr().out
    assert "when its verification has expired (its search is more than a year old)" in " ".join(shown.split())
    assert "--dry-run" in shown
