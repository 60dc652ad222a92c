"""Files as reference managers and registries write them, and the road they take."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from gaps.models import ImportBatch

FILES = Path(__file__).parent / "files"


@pytest.fixture
def register(db: None) -> None:
    """The gaps and their sources without the studies, which the files of these tests bring."""
    call_command("loaddata", "roles", "gaps", verbosity=0)


@pytest.fixture
def upload(curator: User) -> Callable[..., ImportBatch]:
    """Stores a file as the upload page does: one of the folder by its name, or the content given."""

    def store(name: str, format_: str, content: bytes | None = None, **fields: Any) -> ImportBatch:
        content = (FILES / name).read_bytes() if content is None else content
        sha = hashlib.sha256(content).hexdigest()
        return ImportBatch.objects.create(
            file_name=name, format=format_, content=content, content_sha256=sha, uploaded_by=curator, **fields
        )

    return store
