"""The `simulate` command: a plan in, its trial run many times, and whether that agrees with the answer. It needs no database."""

import json
import signal
import sys
import threading
from argparse import RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trials.management.progress_bar import ProgressBar
from trials.management.reading import plan_in, read

if TYPE_CHECKING:
    from trials.sizing.simulate import Progress

EXAMPLES = """
  python3 manage.py simulate fixtures/plans/ab-ba-pain.json
  python3 manage.py simulate fixtures/plans/simulation-carryover-left-out.json --trials 100000
  python3 manage.py simulate plan.json --null
  python3 manage.py simulate report.json --json --seed 7
"""
INTERRUPTED = 130  # what a shell says of a command that Ctrl-C ended


class Command(BaseCommand):
    help = "Simulate the trial of a plan, run its analysis on every trial, and compare the power with the analytic answer."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=f"examples:{EXAMPLES}", formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", help="a file with a plan, or a report in JSON that holds its plan under “plan”; - reads standard input")
        parser.add_argument("--json", action="store_true", help="print the answer and the simulation as JSON")
        parser.add_argument(
            "--processes", type=int, metavar="N", help="use so many processes (otherwise as many as pay off); the result is the same"
        )
        parser.add_argument("--seed", type=int, metavar="S", help="in place of the plan's (1 where it has none)")
        parser.add_argument("--trials", type=int, metavar="T", help="at most so many, in place of the plan's (10,000 where it has none)")
        parser.add_argument("--null", action="store_true", help="simulate trials without an effect: the size of the test")

    def handle(self, *args: Any, **options: Any) -> None:
        from trials.sizing.plan import MalformedPlan, Plan
        from trials.sizing.reading import read_any
        from trials.sizing.simulate import CannotSimulate, for_people, one_at_a_time, simulate
        from trials.sizing.size import size

        if options["processes"] is not None and not 1 <= options["processes"] <= 256:
            raise CommandError(f"--processes is {options['processes']}; it must be from 1 to 256.", returncode=2)
        try:
            plan = read_any(_with_options(plan_in(read(options["plan"])), options))
        except json.JSONDecodeError as error:
            raise CommandError(f"This is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.", returncode=2) from error
        except MalformedPlan as refusal:
            raise self._refused("The plan cannot be read.", refusal.errors, options) from refusal
        if not isinstance(plan, Plan):
            errors = [{"field": "questions", "message": one_at_a_time(plan)}]
            raise self._refused("The plan cannot be simulated.", errors, options)
        bar = ProgressBar(sys.stderr)

        def progress(so_far: "Progress") -> None:
            bar.update(so_far.share_done, f"{so_far.trials_run:,} of {so_far.trials:,} trials, {so_far.simulated:.3f} so far")

        try:
            with _stopped_by_interrupt() as stop:
                found = simulate(plan, options["processes"], progress, stop, null=options["null"])
        except CannotSimulate as refusal:
            errors = [{"field": refusal.field, "message": refusal.message}]
            raise self._refused("The plan cannot be simulated.", errors, options) from refusal
        finally:
            bar.clear()
        answer = size(plan)
        if options["json"]:
            self.stdout.write(json.dumps(answer.as_json() | found.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(for_people(plan, answer, found))
        if found.interrupted:
            sys.exit(INTERRUPTED)

    def _refused(self, what: str, errors: list[dict[str, str]], options: dict[str, Any]) -> CommandError:
        if options["json"]:
            self.stdout.write(json.dumps({"error": errors}, ensure_ascii=False, indent=2))
        lines = "\n".join(f"  {error['field']}: {error['message']}" for error in errors)
        return CommandError(f"{what}\n{lines}", returncode=1)


def _with_options(given: Any, options: dict[str, Any]) -> Any:
    """The plan with seed and number of trials from the command line."""
    said = {name: options[name] for name in ("seed", "trials") if options[name] is not None}
    if not said or not isinstance(given, dict) or "questions" in given or not isinstance(given.get("simulation", {}), dict):
        return given
    return given | {"simulation": given.get("simulation", {}) | said}


@contextmanager
def _stopped_by_interrupt() -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C ends the simulation with what has been found, the second ends it at once."""
    asked = threading.Event()

    def first(signum: int, frame: Any) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)
        sys.stderr.write("\nStopping after the trials in hand; Ctrl-C again ends at once.\n")

    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = signal.signal(signal.SIGINT, first)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)
