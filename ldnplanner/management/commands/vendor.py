"""Fetch the vendored files again, or check that they are what VENDOR.toml says."""

import hashlib
import re
import shutil
import subprocess
import tarfile
import tempfile
import tomllib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

FOLDER = Path(__file__).resolve().parents[2] / "static" / "vendor"
SOURCE_MAP = re.compile(rb"\s*/\*# sourceMappingURL=[^*]*\*/\s*$")


class Command(BaseCommand):
    help = "Fetches the vendored files with npm in the versions that VENDOR.toml names, and writes their hashes; --check only compares."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare the files with their hashes and change nothing")
        parser.add_argument("--folder", type=Path, default=FOLDER, help="the folder that holds VENDOR.toml")

    def handle(self, *args: Any, check: bool, folder: Path, **options: Any) -> None:
        if check:
            changed = changed_files(folder)
            if changed:
                raise CommandError(
                    f"Not as VENDOR.toml says: {', '.join(changed)}. Restore them, or run `manage.py vendor` to fetch them again."
                )
            self.stdout.write(f"{len(listed_files(folder))} vendored files are as VENDOR.toml says.")
            return

        if not shutil.which("npm"):
            raise CommandError("npm is needed to fetch the vendored files; it comes with Node.js.")
        for name in refresh(folder):
            self.stdout.write(f"fetched {name}")


def listed_files(folder: Path) -> list[dict[str, str]]:
    """The entries of VENDOR.toml."""
    entries: list[dict[str, str]] = tomllib.loads((folder / "VENDOR.toml").read_text(encoding="utf-8"))["file"]
    return entries


def changed_files(folder: Path) -> list[str]:
    """Names of the files that are missing or differ from their hash."""
    return [entry["name"] for entry in listed_files(folder) if _hash_of(folder / entry["name"]) != entry["sha256"]]


def refresh(folder: Path) -> list[str]:
    """Fetch every file in the version that VENDOR.toml names, write its hash there, and return the names."""
    toml = folder / "VENDOR.toml"
    text = toml.read_text(encoding="utf-8")
    entries = listed_files(folder)
    for entry in entries:
        content = published(entry["package"], entry["version"], entry["member"])
        (folder / entry["name"]).write_bytes(content)
        text = text.replace(entry["sha256"], hashlib.sha256(content).hexdigest())
    toml.write_text(text, encoding="utf-8")
    return [entry["name"] for entry in entries]


def published(package: str, version: str, member: str) -> bytes:
    """One file of a published npm package, without the pointer to a source map that we do not serve."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", f"{package}@{version}"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        [archive] = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:
            content = packed.extractfile(f"package/{member}")
            if content is None:
                raise CommandError(f"{package} {version} has no file {member}.")
            return SOURCE_MAP.sub(b"\n", content.read())


def _hash_of(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None
