"""``manage.py test``: every check of the project, then the tests."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

TOOLS = {
    "style": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "import contracts": ["lint-imports"],
    "templates": ["djlint", "--lint", "--quiet", "ldnplanner", "gaps", "trials"],
}


class Command(BaseCommand):
    """Runs linters, types, import contracts and tests in this order, and says how each went.

    ``--long`` adds the long runs (10⁴ random cases, big simulations); every further argument goes to pytest.
    """

    help = "Run all checks and tests; --long adds the long ones; other arguments go to pytest."
    requires_system_checks = ()

    def run_from_argv(self, argv: list[str]) -> None:
        arguments = argv[2:]
        is_long = "--long" in arguments
        environment = os.environ | ({"LDN_LONG": "1"} if is_long else {})
        failed = [name for name, command in TOOLS.items() if not self._passes(name, command)]
        tests = subprocess.call(
            [sys.executable, "-m", "pytest", *(argument for argument in arguments if argument != "--long")],
            cwd=settings.BASE_DIR,
            env=environment,
        )
        if failed:
            sys.exit(f"Failed before the tests: {', '.join(failed)}.")
        sys.exit(tests)

    def _passes(self, name: str, command: list[str]) -> bool:
        program = Path(sys.executable).with_name(command[0])
        done = subprocess.run([program, *command[1:]], cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
        verdict = "ok" if done.returncode == 0 else "FAILED"
        print(f"{name}: {verdict}", flush=True)
        if done.returncode:
            print(done.stdout + done.stderr, flush=True)
        return done.returncode == 0
