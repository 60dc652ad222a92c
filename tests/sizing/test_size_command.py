"""The size command: people, JSON, lines and derivations, without a database and without a traceback."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

PLAN = Path(settings.BASE_DIR) / "fixtures" / "plans" / "ab-ba-pain.json"


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "size", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, cwd=settings.BASE_DIR, check=False)


def test_people_read_the_answer() -> None:
    done = run(str(PLAN))

    assert done.returncode == 0
    assert done.stdout.startswith("58 randomised participants (46 evaluable) give 91.2 % power.")
    assert done.stderr == ""


def test_json_holds_the_answer_of_the_plan_language() -> None:
    done = run(str(PLAN), "--json")

    answer = json.loads(done.stdout)
    assert (answer["n_evaluable"], answer["n_randomised"]) == (46, 58)
    assert answer["plan"]["analysis"]["alpha"] == 0.05


def test_a_report_that_holds_its_plan_is_sized_again() -> None:
    report = json.dumps({"plan": json.loads(PLAN.read_text()), "answer": {}, "title": "A report"})

    done = run("-", "--json", given=report)

    assert json.loads(done.stdout)["n_randomised"] == 58


def test_the_derivation_is_explained_step_by_step() -> None:
    done = run(str(PLAN), "--explain")

    assert "1. Design: sequences AB and BA" in done.stdout
    assert "10. Loss: 46 / (1 − 0.2), rounded up to whole steps, is 58. [n/(1 − d), not n·(1 + d)]" in done.stdout


def test_lines_are_answered_in_order_and_a_bad_one_does_not_stop_the_rest(raw: Any) -> None:
    lines = [
        json.dumps(raw()),
        "{",
        json.dumps(raw(solve={"for": "n", "target_power": 2})),
        "",
        json.dumps(raw(solve={"for": "n", "target_power": 0.8})),
    ]

    done = run("--lines", given="\n".join(lines) + "\n")

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("n_evaluable") for answer in answers] == [46, None, None, 34]
    assert answers[1]["error"][0]["field"] == "plan"
    assert answers[2]["error"][0]["field"] == "solve.target_power"
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "given", "status", "message"),
    [
        (("no-such-file.json",), "", 2, "There is no file no-such-file.json."),
        (("fixtures",), "", 2, "fixtures is a folder; name a file with a plan."),
        ((), "", 2, "Name a file with a plan, or - for standard input."),
        (("-",), '{"design": ', 2, "This is not JSON:"),
        (("-",), "[" * 100_000, 2, "This is not JSON:"),
        (("-",), "7", 1, "A plan is an object with the keys"),
        (("-",), '{"desing": {}}', 1, "desing: There is no key desing here. Did you mean design?"),
    ],
)
def test_what_cannot_be_read_is_said_clearly(arguments: tuple[str, ...], given: str, status: int, message: str) -> None:
    done = run(*arguments, given=given)

    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_errors_are_json_too_when_json_is_asked_for() -> None:
    done = run("-", "--json", given="{}")

    assert done.returncode == 1
    assert [error["field"] for error in json.loads(done.stdout)["error"]] == ["design", "question", "solve"]


def test_a_question_without_an_answer_is_answered_with_a_reason() -> None:
    done = run(str(PLAN.with_name("no-answer-carryover-in-ab-ba.json")))

    assert done.returncode == 0
    assert "cannot separate carry-over from the treatment effect" in done.stdout


def test_the_stress_test_says_what_fails_and_the_power_that_is_left() -> None:
    done = run(str(PLAN), "--stress")

    assert "SD 20\N{NO-BREAK SPACE}% larger" in done.stdout
    assert "78.9 %" in done.stdout
    assert "50\N{NO-BREAK SPACE}% of the effect carries over" in done.stdout
    assert "70.1 %" in done.stdout


def test_designs_are_compared_for_the_same_question() -> None:
    done = run(str(PLAN), "--json", "--compare", "AB/BA", "ABB/BAA", "replicate:4", "AC/CA")

    rows = json.loads(done.stdout)["comparison"]
    assert [(row["name"], row["n_evaluable"]) for row in rows] == [("replicate:4", 22), ("ABB/BAA", 34), ("AB/BA", 46), ("AC/CA", None)]
    assert rows[-1]["reason"] == "AC/CA does not give all of A, B."


@pytest.mark.parametrize("plan", ["count-rescue-doses", "ordinal-global-impression", "responder-exact"])
def test_parallel_groups_are_no_design_for_what_is_compared_within_people(plan: str) -> None:
    done = run(str(PLAN.with_name(f"{plan}.json")), "--json", "--compare", "AB/BA", "parallel")

    rows = {row["name"]: row for row in json.loads(done.stdout)["comparison"]}
    assert rows["AB/BA"]["n_evaluable"] > 0
    assert rows["parallel"]["n_evaluable"] is None
    assert "A/B" in rows["parallel"]["reason"]


@pytest.mark.parametrize(
    ("design", "message"), [("foo", "no design named 'foo'"), ("AB/B", "same number of periods"), ("williams:99", "williams:99")]
)
def test_a_design_that_cannot_be_read_is_refused_by_name(design: str, message: str) -> None:
    done = run(str(PLAN), "--compare", design)

    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
