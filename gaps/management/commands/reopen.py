"""``manage.py reopen``: the register itself takes back what was verified too long ago, or what new evidence speaks about."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from gaps import status
from gaps.models import Gap

AT_ONCE = 500

HELP = """Take gaps back to "proposed", so that a reviewer looks at them again.

A gap is taken back when its verification has expired (its search is more than a year old), when
its latest verification says otherwise than its status, or when telling evidence (against it, or
answering it wholly or in part) was linked since. A gap that was answered is taken back for later
evidence or a later verification only; time alone does not undo an answer. Drafts, proposed,
withdrawn and merged gaps stay as they are.

Each move goes through the one table of moves and is written into the log as made by the register
itself, with the cause. Run it once a day, or after an import; running it again changes nothing.
"""


def batched(keys: list[int]) -> Iterator[list[int]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


class Command(BaseCommand):
    """Re-opens, one line a gap, with the counts at the end."""

    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say which gaps would be taken back, and change nothing")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        from_here = [current for current, target in status.TRANSITIONS if target == status.Status.PROPOSED and self._is_ours(current)]
        looked_at = reopened = 0
        for gap in self._gaps(from_here):
            looked_at += 1
            if not (causes := status.causes(gap)):
                continue
            before, why = gap.get_status_display().lower(), "; ".join(causes)
            if not dry_run:
                try:
                    status.move(gap, status.Status.PROPOSED, by=None, note=why)
                except status.MoveRefused as refusal:  # somebody was faster, or another guard wants something
                    self.stderr.write(" ".join(refusal.messages))
                    continue
            reopened += 1
            self.stdout.write(f"{gap.uid}  {before} → proposed: {why}")
        verb = "would be taken back" if dry_run else "taken back"
        self.stdout.write(f"{looked_at} looked at, {reopened} {verb}.")

    @staticmethod
    def _gaps(from_here: list[str]) -> Iterator[Gap]:
        """The gaps of these statuses, a handful at a time; which they are is read before any of them moves."""
        keys = list(Gap.objects.filter(status__in=from_here).order_by("pk").values_list("pk", flat=True))
        for handful in batched(keys):
            yield from Gap.objects.filter(pk__in=handful).order_by("pk").prefetch_related("verifications", "evidence", "status_changes")

    @staticmethod
    def _is_ours(current: str) -> bool:
        return status.Role.SYSTEM in status.TRANSITIONS[current, status.Status.PROPOSED].roles
