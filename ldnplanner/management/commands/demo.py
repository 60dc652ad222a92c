"""``manage.py demo``: everything a newcomer needs, in one command."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from ldnplanner import demo, serving


class Command(BaseCommand):
    """Makes the database, loads the sample data once, prints a ready account and serves the site."""

    help = "Set everything up with sample data and serve it; running it again keeps the data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        serving.add_arguments(parser)
        parser.add_argument("--check", action="store_true", help="do everything except serving, and stop")

    def handle(self, *, host: str, port: int, check: bool, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        is_first_run = demo.load_sample_data()
        self.stdout.write("Sample data loaded." if is_first_run else "The data of the last run is kept.")
        password = demo.ready_account()
        self.stdout.write(f"Sign in as  {demo.USERNAME}  with password  {password or '(the one that was set)'}")
        others = ", ".join(name for name in demo.ROLES if name != demo.USERNAME)
        self.stdout.write(f"With the same password, to try the other roles: {others}")
        if check:
            self.stdout.write("Everything is ready.")
            return
        serving.serve(host, port, self.stdout.write)
