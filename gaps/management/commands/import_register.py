"""The `import_register` command: a file into the register by the same road as the page, with a dry run."""

from __future__ import annotations

import hashlib
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gaps.exchange import gaps_csv
from gaps.exchange.apply import NotTakenIn, plan_of, take_in
from gaps.exchange.decision import Verdict
from gaps.exchange.plan import Plan
from gaps.exchange.reading import MOST_BYTES, READERS, guess_format
from gaps.models import ImportBatch

EXAMPLES = """
  python3 manage.py import_register references.ris --by curator --dry-run
  python3 manage.py import_register references.bib --by curator --leave-failures
  python3 manage.py import_register gaps.csv --by curator --column "Research question=question"
"""


class Command(BaseCommand):
    help = "Take references, studies or gaps from a file into the register: whole or not at all, and safe to repeat."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=f"examples:{EXAMPLES}", formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="RIS, BibTeX, CSL-JSON, a ClinicalTrials.gov study as JSON, or gaps as CSV")
        parser.add_argument("--by", required=True, metavar="NAME", help="the account that the history will name; it must be a curator's")
        parser.add_argument("--format", choices=[format_.value for format_ in READERS], help="where the guess from the file is wrong")
        parser.add_argument(
            "--column", action="append", default=[], metavar="COLUMN=FIELD", help="what a column of a CSV file holds; may be repeated"
        )
        parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
        parser.add_argument("--overwrite", action="store_true", help="take the file's values where the register has others")
        parser.add_argument("--leave-failures", action="store_true", help="take in the good records where others have failed")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = self._batch(options)
        user: Any = batch.uploaded_by
        plan = plan_of(batch, user, overwrite=options["overwrite"])
        self._tell(plan)
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was changed.")
            return
        if plan.changes_nothing() and not plan.failures():
            self.stdout.write("The register says all of this already; nothing was changed.")
            return
        batch.save()
        try:
            take_in(batch, user, overwrite=options["overwrite"], leave_failures=options["leave_failures"])
        except NotTakenIn as refusal:
            batch.delete()
            raise CommandError(refusal.messages[0], returncode=1) from refusal
        self.stdout.write("Taken in.")

    def _batch(self, options: dict[str, Any]) -> ImportBatch:
        path = Path(options["file"])
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=2) from error
        if len(content) > MOST_BYTES:
            raise CommandError(f"{path} has {len(content):,} bytes; at most {MOST_BYTES:,} are read at once. Part it.", returncode=2)
        user = get_user_model().objects.filter(username=options["by"]).first()
        if user is None or not user.has_perm("gaps.curate_gap"):
            raise CommandError(f"--by is {options['by']}, which is no account of a curator.", returncode=2)
        format_ = options["format"] or guess_format(path.name, content)
        if format_ is None:
            raise CommandError(f"Neither the name nor the content of {path} tells its format; name it with --format.", returncode=2)
        batch = ImportBatch(file_name=path.name[:200], format=str(format_), content=content, uploaded_by=user)
        batch.content_sha256 = hashlib.sha256(content).hexdigest()
        if batch.format == ImportBatch.Format.GAPS_CSV:
            batch.mapping = gaps_csv.guess(gaps_csv.look(content).columns) | self._columns(options["column"])
        return batch

    def _columns(self, given: list[str]) -> dict[str, str]:
        columns = dict(pair.partition("=")[::2] for pair in given)
        for column, name in columns.items():
            if name and name not in gaps_csv.FIELDS:
                raise CommandError(f"--column says that {column} holds {name}; it can hold {', '.join(gaps_csv.FIELDS)}.", returncode=2)
        return columns

    def _tell(self, plan: Plan) -> None:
        counts = plan.counts()
        for note in plan.reading.notes:
            self.stdout.write(note)
        self.stdout.write(f"{counts['in_file']} in the file = {counts['read']} read + {counts['failed']} that could not be read")
        self.stdout.write(", ".join(f"{plan.count(verdict)} {verdict.value}" for verdict in Verdict))
        for failure in plan.failures():
            self.stdout.write(f"line {failure.line}, {failure.field or '–'}, {failure.name}: {failure.problem} {failure.remedy}")
        for decision in plan.decisions:
            for change in decision.changes:
                kept = "" if change.taken else " (the register's is kept)"
                self.stdout.write(
                    f"line {decision.record.line}, {change.row}, {change.field}: {change.old or 'empty'} → {change.new}{kept}"
                )
