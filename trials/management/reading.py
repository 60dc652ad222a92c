"""Where the commands on plans read them from."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError


def plan_in(text: str) -> Any:
    """The plan itself, or the one that a report holds."""
    try:
        given = json.loads(text)
    except RecursionError as error:
        raise json.JSONDecodeError("nested too deeply", text[:80], 0) from error
    return given["plan"] if isinstance(given, dict) and isinstance(given.get("plan"), dict) and "design" not in given else given


def read(name: str) -> str:
    """The text of a file, or of standard input for -."""
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CommandError(f"There is no file {name}.", returncode=2) from error
    except IsADirectoryError as error:
        raise CommandError(f"{name} is a folder; name a file with a plan.", returncode=2) from error
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name} cannot be read: {error}.", returncode=2) from error
