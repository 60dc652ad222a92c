"""The `size` command: a plan in, its answer out, without a database."""

import gc
import json
import os
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trials.management.reading import plan_in, read

if TYPE_CHECKING:
    from trials.sizing.design import Design
    from trials.sizing.plan import Plan
    from trials.sizing.several.plan import JointPlan

EXAMPLES = """
  python3 manage.py size fixtures/plans/ab-ba-pain.json
  python3 manage.py size report.json --json
  python3 manage.py size - < plan.json
  python3 manage.py size fixtures/plans/ab-ba-pain.json --stress --compare AB/BA ABB/BAA replicate:4
  python3 manage.py size --lines < plans.jsonl > answers.jsonl
"""


class Command(BaseCommand):
    help = "Answer a sizing question that is written in the plan language."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=f"examples:{EXAMPLES}", formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "plan", nargs="?", help="a file with a plan, or a report in JSON that holds its plan under “plan”; - reads standard input"
        )
        parser.add_argument("--json", action="store_true", help="print the answer as JSON")
        parser.add_argument(
            "--lines", action="store_true", help="answer one plan a line from standard input (or the file), one answer a line"
        )
        parser.add_argument("--explain", action="store_true", help="print the derivation step by step, with the source of each step")

        parser.add_argument("--stress", action="store_true", help="also print the power that n keeps when assumptions fail")
        parser.add_argument(
            "--compare",
            nargs="+",
            metavar="DESIGN",
            default=[],
            help="also size other designs for the same question: sequences such as ABB/BAA, or a name with its number of treatments, periods or cycles such as williams:3 or n_of_1:4",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["plan"] and not options["lines"]:
            raise CommandError("Name a file with a plan, or - for standard input. With --lines plans are read one a line.", returncode=2)
        try:
            if options["lines"]:
                with _seldom_collecting():
                    self._lines(options["plan"])
            else:
                self._one(read(options["plan"]), options)
        except BrokenPipeError:
            # the reader has seen enough; what is still buffered must not fail again at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _one(self, text: str, options: dict[str, Any]) -> None:
        from trials.sizing.malformed import MalformedPlan
        from trials.sizing.plan import Plan
        from trials.sizing.reading import read_any

        try:
            plan = read_any(plan_in(text))
        except json.JSONDecodeError as error:
            raise CommandError(f"This is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.", returncode=2) from error
        except MalformedPlan as refusal:
            if options["json"]:
                self.stdout.write(json.dumps({"error": refusal.errors}, ensure_ascii=False, indent=2))
            lines = "\n".join(f"  {error['field']}: {error['message']}" for error in refusal.errors)
            raise CommandError(f"The plan cannot be read.\n{lines}", returncode=1) from refusal
        if isinstance(plan, Plan):
            self._one_question(plan, options)
        else:
            self._several_questions(plan, options)

    def _one_question(self, plan: "Plan", options: dict[str, Any]) -> None:
        from trials.sizing.comparison import compare
        from trials.sizing.explain import compared, for_people, steps, stressed
        from trials.sizing.size import size
        from trials.sizing.stress import stress

        answer = size(plan)
        tested = stress(plan, answer) if options["stress"] else None
        designs = compare(plan, {text: _design(text) for text in options["compare"]})
        if options["json"]:
            found = answer.as_json()
            found |= {"stress": tested.model_dump(mode="json")} if tested else {}
            found |= {"comparison": [row.model_dump(mode="json") for row in designs]} if designs else {}
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            return
        parts = [for_people(plan, answer)]
        parts += ["\n".join(steps(plan, answer))] if options["explain"] else []
        parts += ["\n".join(["If an assumption fails, the power is:", *stressed(tested)])] if tested else []
        parts += ["\n".join(["Other designs for the same question:", *compared(designs)])] if designs else []
        self.stdout.write("\n\n".join(parts))

    def _several_questions(self, plan: "JointPlan", options: dict[str, Any]) -> None:
        from trials.sizing.several.explain import for_people, steps, stressed_questions
        from trials.sizing.size import size
        from trials.sizing.stress import stress

        if options["compare"]:
            raise CommandError("Designs are compared for one question at a time; name a plan with one question.", returncode=1)
        answer = size(plan)
        if options["json"]:
            found = answer.as_json()
            if options["stress"]:
                tests = {one.name: stress(each.plan, each) for one, each in zip(plan.questions, answer.together, strict=False)}
                found["stress"] = {name: test.model_dump(mode="json") for name, test in tests.items() if test is not None}
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            return
        parts = [for_people(plan, answer)]
        parts += ["\n".join(steps(plan, answer)).rstrip()] if options["explain"] else []
        tested = stressed_questions(plan, answer) if options["stress"] else []
        parts += ["\n".join(["If an assumption fails, the power is:", *tested])] if tested else []
        self.stdout.write("\n\n".join(parts))

    def _lines(self, name: str | None) -> None:
        from trials.sizing.malformed import MalformedPlan
        from trials.sizing.reading import read_any
        from trials.sizing.size import size

        for line in _lines_of(name):
            if not line.strip():
                continue
            try:
                found = size(read_any(plan_in(line))).as_json_line()
            except json.JSONDecodeError as error:
                message = f"This is not JSON: {error.msg} in column {error.colno}."
                found = json.dumps({"error": [{"field": "plan", "message": message}]}, ensure_ascii=False)
            except MalformedPlan as refusal:
                found = json.dumps({"error": refusal.errors}, ensure_ascii=False)
            self.stdout.write(found)


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Look for cyclic garbage seldom: an answer leaves none behind, and looking takes a sixth of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(1_000_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _design(text: str) -> "Design":
    """A design as one types it: its sequences, or a name and the number that the name needs."""
    from pydantic import ValidationError

    from trials.sizing.design import Design

    name, _colon, number = text.partition(":")
    given: dict[str, Any] = {"text": text} if "/" in text else {"name": name}
    if number.isdecimal():
        given[{"replicate": "periods", "n_of_1": "cycles"}.get(name, "treatments")] = int(number)
    try:
        return Design.model_validate(given)
    except ValidationError as refusal:
        said = "; ".join(str(error["msg"]).removeprefix("Value error, ") for error in refusal.errors(include_url=False))
        raise CommandError(f"{text} is no design that can be compared: {said}", returncode=1) from refusal


def _lines_of(name: str | None) -> Iterable[str]:
    return sys.stdin if name in {None, "-"} else read(str(name)).splitlines()
