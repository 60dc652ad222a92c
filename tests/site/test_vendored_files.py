"""The files of others that we serve are the ones we chose."""

import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from ldnplanner.management.commands.vendor import FOLDER, changed_files, listed_files


def test_every_vendored_file_has_the_hash_that_is_written_down() -> None:
    assert changed_files(FOLDER) == []


def test_every_file_in_the_folder_is_written_down() -> None:
    names = {path.name for path in FOLDER.iterdir()} - {"VENDOR.toml"}

    assert names == {entry["name"] for entry in listed_files(FOLDER)}


def test_a_changed_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "vendor"))
    (folder / "bootstrap.min.css").write_text("body { display: none }")

    with pytest.raises(CommandError, match=r"bootstrap\.min\.css.*manage\.py vendor"):
        call_command("vendor", check=True, folder=folder)


def test_the_style_sheet_points_to_nothing_that_is_not_served() -> None:
    css = (FOLDER / "bootstrap.min.css").read_text(encoding="utf-8")

    assert "sourceMappingURL" not in css
    assert "url(http" not in css
