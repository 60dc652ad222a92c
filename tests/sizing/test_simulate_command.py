"""The simulate command: people, JSON, refusals and Ctrl-C, without a database; its progress bar is for terminals alone."""

import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from trials.management.progress_bar import ProgressBar

PLANS = Path(settings.BASE_DIR) / "fixtures" / "plans"
PAIN = str(PLANS / "ab-ba-pain.json")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "simulate", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=settings.BASE_DIR, env=os.environ | environment, check=False)


def said(*arguments: str) -> str:
    """What the command prints, in this process."""
    printed = io.StringIO()
    call_command("simulate", *arguments, stdout=printed)
    return printed.getvalue()


def test_people_read_the_stamp_first() -> None:
    done = run(PAIN, "--trials", "2000")

    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert lines[0].startswith("analytic .912, simulated .91")
    assert lines[2].startswith("  They agree")
    assert "  participants       58 in each trial: 29 to AB and 29 to BA" in lines
    assert "  Averaged over who leaves by chance, the analytic power is .912." in lines
    assert done.stderr == ""


def test_json_holds_the_simulation_beside_the_answer() -> None:
    found = json.loads(said(PAIN, "--json", "--trials", "1000", "--seed", "4"))

    assert (found["n_evaluable"], found["n_randomised"], found["trials_run"], found["seed"]) == (46, 58, 1000, 4)
    assert found["power"] == found["analytic_power"]
    assert found["agreement"] is True
    assert abs(found["simulated_power"] - found["power"]) < 4 * found["monte_carlo_error"]
    assert found["plan"]["simulation"] | {"seed": 4, "trials": 1000} == found["plan"]["simulation"]


def test_the_answer_does_not_depend_on_processes() -> None:
    alone, together = (json.loads(said(PAIN, "--json", "--trials", "1000", "--processes", count)) for count in ("1", "2"))

    assert alone == together
    assert alone["trials_run"] == 1000


def test_carryover_that_is_left_out_is_shown_to_cost_power() -> None:
    lines = said(str(PLANS / "simulation-carryover-left-out.json")).splitlines()

    stamped = re.fullmatch(r"analytic \.912, simulated (\.\d{3}) ± \.008", lines[0])
    assert stamped is not None
    assert 0.81 < float(stamped[1]) < 0.85
    assert lines[2].startswith("  They do not agree")
    assert "the simulation has carry-over that the answer does not assume" in lines[2]
    assert "  carry-over         A −0.25" in lines


def test_null_gives_the_size_of_the_test() -> None:
    assert said(PAIN, "--null", "--trials", "2000").startswith("size of the test: analytic .050, simulated .0")


def test_an_error_that_is_not_reached_says_how_many_trials_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = json.loads(Path(PAIN).read_text()) | {"simulation": {"trials": 1000, "monte_carlo_error": 0.001}}
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(plan)))

    assert "The Monte Carlo error of 0.001 that is asked for is not reached; it takes about" in said("-")


@pytest.mark.parametrize(
    ("arguments", "given", "wanted", "code"),
    [
        (["nowhere.json"], "", "There is no file nowhere.json.", 2),
        (["-"], "{", "This is not JSON", 2),
        (["-"], "{}", "question: question is missing", 1),
        ([PAIN, "--trials", "5"], "", "simulation.trials: trials is 5; it must be a whole number from 100", 1),
        ([PAIN, "--seed", "-1"], "", "simulation.seed: seed is -1; it must be a whole number of at least 0", 1),
        ([PAIN, "--processes", "0"], "", "--processes is 0; it must be from 1 to 256.", 2),
        ([str(PLANS / "several-questions.json")], "", "questions: One question at a time is simulated.", 1),
        ([str(PLANS / "several-questions.json"), "--seed", "2"], "", "Use simulate on each of “pain”", 1),
        ([str(PLANS / "no-answer-carryover-in-ab-ba.json")], "", "There is nothing to simulate, because the plan has no answer", 1),
    ],
)
def test_what_is_refused_is_said_at_its_place(
    arguments: list[str], given: str, wanted: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(given))

    with pytest.raises(CommandError) as refused:
        said(*arguments)

    assert wanted in str(refused.value)
    assert refused.value.returncode == code


def test_a_refusal_is_json_when_json_is_asked_for_and_no_traceback() -> None:
    done = run(str(PLANS / "no-answer-carryover-in-ab-ba.json"), "--json")

    assert [error["field"] for error in json.loads(done.stdout)["error"]] == ["solve"]
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: The plan cannot be simulated.")


def test_it_needs_no_database(tmp_path: Path) -> None:
    done = run(PAIN, "--trials", "100", LDN_DATA=str(tmp_path), DATABASE_URL="")

    assert done.returncode == 0
    assert list(tmp_path.glob("*.sqlite3")) == []


class Watched:
    """The command with a pseudo-terminal for what it says beside its result."""

    def __init__(self, *arguments: str) -> None:
        self.ours, theirs = os.openpty()
        command = [sys.executable, "manage.py", "simulate", *arguments]
        environment = os.environ | {"TERM": "xterm"}
        self.running = subprocess.Popen(
            command, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=theirs, env=environment, start_new_session=True
        )
        os.close(theirs)
        self.seen = b""

    def until(self, wanted: bytes) -> None:
        while wanted not in self.seen:
            self.seen += os.read(self.ours, 100_000)

    def end(self) -> tuple[str, str]:
        """What it printed, and what the terminal saw."""
        printed, _ = self.running.communicate(timeout=120)
        while True:
            try:
                more = os.read(self.ours, 100_000)
            except OSError:  # nobody writes to the terminal any longer
                more = b""
            if not more:
                os.close(self.ours)
                return printed.decode(), self.seen.decode()
            self.seen += more


@pytest.mark.skipif(os.name == "nt", reason="there are no pseudo-terminals there")
@pytest.mark.parametrize("processes", ["1", "2"])
def test_ctrl_c_tells_what_was_found_so_far(processes: str) -> None:
    watched = Watched(PAIN, "--trials", "10000000", "--processes", processes)
    watched.until(b"of 10,000,000 trials")

    os.killpg(watched.running.pid, signal.SIGINT)  # a terminal tells every process
    printed, seen = watched.end()

    assert watched.running.returncode == 130
    assert printed.startswith("analytic .912")
    assert "The simulation was stopped after" in printed
    assert "Stopping after the trials in hand" in seen
    assert "Traceback" not in seen


@pytest.mark.skipif(os.name == "nt", reason="there are no pseudo-terminals there")
def test_a_terminal_sees_a_progress_bar_that_is_wiped_away() -> None:
    watched = Watched(PAIN, "--trials", "20000", "--processes", "1")

    printed, seen = watched.end()

    assert "of 20,000 trials" in seen
    assert seen.endswith("\r")
    assert seen.rstrip("\r").rsplit("\r", 1)[-1].strip() == ""
    assert "so far" not in printed


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    """Three steps, a second apart, of a bar on this stream."""
    now = [0.0]
    monkeypatch.setattr("trials.management.progress_bar.time.monotonic", lambda: now[0])
    bar = ProgressBar(stream)
    for share in (0.25, 0.5, 0.75):
        now[0] += 1.0
        bar.update(share, f"{share:.0%}")
    bar.clear()
    return stream.getvalue()


def test_the_bar_shows_how_much_is_done_and_how_long_the_rest_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")

    lines = drawn(Terminal(), monkeypatch).split("\r")

    assert [line.rstrip() for line in lines] == [
        "",
        "[#####...............]  25 %  25%",
        "[##########..........]  50 %  2 s left, 50%",
        "[###############.....]  75 %  1 s left, 75%",
        "",
        "",
    ]


@pytest.mark.parametrize(("stream", "term"), [(io.StringIO, "xterm"), (Terminal, "dumb")])
def test_the_bar_stays_away_from_files_and_dumb_terminals(stream: Any, term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)

    assert drawn(stream(), monkeypatch) == ""
