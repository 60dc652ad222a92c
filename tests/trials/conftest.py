"""Drafts to begin from."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from gaps.models import Gap
from tests.trials.drafts import query, shown
from trials.forms import Draft
from trials.models import Protocol


@pytest.fixture
def filled(researcher: User) -> dict[str, Any]:
    """The proposed draft for GAP-0017 with a title, ready to be posted."""
    return shown(Draft(gap=Gap.objects.get(uid="GAP-0017"))) | {"protocol-title": "LDN against placebo"}


@pytest.fixture
def protocol(researcher: User, filled: dict[str, Any]) -> Protocol:
    """A complete draft of the researcher's."""
    draft = Draft(query(filled))
    assert draft.is_valid(), draft.errors
    return draft.save(owner=researcher)
