"""``manage.py serve``: the site with your own data."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from ldnplanner import serving


class Command(BaseCommand):
    """Brings the database up to date, loads the roles and serves the site, without sample data."""

    help = "Serve the site without sample data. Make the first account with: manage.py createsuperuser"

    def add_arguments(self, parser: ArgumentParser) -> None:
        serving.add_arguments(parser)

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("loaddata", "roles", verbosity=0)
        serving.serve(host, port, self.stdout.write)
