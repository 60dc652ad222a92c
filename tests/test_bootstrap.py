"""The environment that the commands make for themselves."""

import hashlib
import importlib.util
import sys
from pathlib import Path

import pytest

from ldnplanner import bootstrap


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project's place without an environment, seen from a Python outside of any."""
    monkeypatch.delenv("LDN_NO_BOOTSTRAP", raising=False)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    for name in ("requirements.lock", "requirements-test.lock"):
        (tmp_path / name).write_text(name)
    return tmp_path


def furnish(place: Path, stamp: str, lock: str) -> None:
    python = place / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    (place / ".venv" / stamp).write_text(lock)


def test_an_old_python_is_told_which_one_is_needed(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))

    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        bootstrap.ensure()


def test_a_furnished_environment_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LDN_NO_BOOTSTRAP", raising=False)

    bootstrap.ensure(test=True)


def test_a_bare_environment_of_somebody_else_is_not_taken_for_ours(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(elsewhere / "other"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    assert not bootstrap._is_at_home(test=False)


@pytest.mark.parametrize(
    ("stamp", "lock", "runs", "tests"),
    [
        (".ldn-run", "requirements.lock", True, False),
        (".ldn-test", "requirements-test.lock", True, True),
        (".ldn-run", "an older lock", False, False),
    ],
)
def test_an_environment_is_ready_while_its_lock_file_is_unchanged(stamp: str, lock: str, runs: bool, tests: bool, elsewhere: Path) -> None:
    furnish(elsewhere, stamp, hashlib.sha256(lock.encode()).hexdigest())

    assert (bootstrap._is_ready(test=False), bootstrap._is_ready(test=True)) == (runs, tests)


def test_a_lock_left_behind_by_a_killed_run_does_not_block_for_ever(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = elsewhere / ".venv.lock"
    lock.touch()
    monkeypatch.setattr(bootstrap, "_age_seconds", lambda path: bootstrap.LOCK_WAIT_SECONDS + 1)

    with bootstrap._one_at_a_time():
        assert lock.exists()

    assert not lock.exists()
