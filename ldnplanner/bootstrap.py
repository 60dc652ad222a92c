"""Makes .venv from the lock file on first use, then re-runs the command inside it.

Standard library only, because it runs before anything is installed. Inside a virtual environment that holds what the
command needs, or with ``LDN_NO_BOOTSTRAP`` set, it steps aside.
"""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST_PYTHON = (3, 11)
LOCK_WAIT_SECONDS = 900


def ensure(*, test: bool = False) -> None:
    """Return inside a ready environment; otherwise make one and replace this process by the same command in it."""
    if os.environ.get("LDN_NO_BOOTSTRAP") or _is_at_home(test=test):
        return
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"LDN Planner needs Python 3.11 or newer; this is {sys.version.split()[0]}.")

    if not _is_ready(test=test):
        with _one_at_a_time():
            if not _is_ready(test=test):
                _install(test=test)

    command = [str(PYTHON), *sys.argv]
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execve(str(PYTHON), command, dict(os.environ))  # noqa: S606  # this process becomes the command


def _is_at_home(*, test: bool) -> bool:
    """Whether this Python runs in .venv, or in another virtual environment that somebody has furnished for the project."""
    if Path(sys.prefix) == VENV:
        return True
    wanted = ("django", "statsmodels", "pytest") if test else ("django", "statsmodels")
    return sys.prefix != sys.base_prefix and all(importlib.util.find_spec(name) for name in wanted)


def _lock_file(*, test: bool) -> Path:
    return ROOT / ("requirements-test.lock" if test else "requirements.lock")


def _stamp(*, test: bool) -> Path:
    return VENV / (".ldn-test" if test else ".ldn-run")


def _digest(*, test: bool) -> str:
    return hashlib.sha256(_lock_file(test=test).read_bytes()).hexdigest()


def _is_ready(*, test: bool) -> bool:
    """Whether .venv holds what the lock file asks for; the test environment serves for running too."""
    kinds = (True,) if test else (False, True)
    return PYTHON.exists() and any(_stamp(test=kind).exists() and _stamp(test=kind).read_text() == _digest(test=kind) for kind in kinds)


def _install(*, test: bool) -> None:
    print("Setting up .venv (first run, or the requirements changed); this takes about a minute ...", file=sys.stderr, flush=True)
    if os.environ.get("CONDA_PREFIX"):
        print("A conda environment is active; it is left alone and .venv is used.", file=sys.stderr, flush=True)

    uv = shutil.which("uv")
    if not PYTHON.exists():
        make = (
            [uv, "venv", "-q", "--clear", "-p", sys.executable, str(VENV)] if uv else [sys.executable, "-m", "venv", "--clear", str(VENV)]
        )
        if subprocess.call(make):
            sys.exit("Could not create .venv. On Debian or Ubuntu, run: apt install python3-venv")

    install = (
        [uv, "pip", "install", "-q", "--python", str(PYTHON)]
        if uv
        else [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--only-binary", ":all:"]
    )
    if subprocess.call([*install, "--require-hashes", "-r", str(_lock_file(test=test))]):
        sys.exit("Installing the requirements failed (see above). Check the network, delete the folder .venv and try again.")
    for kind in (False, True):
        _stamp(test=kind).unlink(missing_ok=True)
    _stamp(test=test).write_text(_digest(test=test))


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let a second first run wait for the first, by a file that only one of them can create."""
    lock = ROOT / ".venv.lock"
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            if _age_seconds(lock) > LOCK_WAIT_SECONDS or time.monotonic() > deadline:
                lock.unlink(missing_ok=True)  # left behind by a run that was killed
            time.sleep(0.5)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _age_seconds(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
