#!/usr/bin/env python3
"""Run LDN Planner's commands; sets up its own environment in .venv on first use."""

import os
import sys

from ldnplanner import bootstrap


def main() -> None:
    bootstrap.ensure(test=sys.argv[1:2] == ["test"])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ldnplanner.settings")

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
