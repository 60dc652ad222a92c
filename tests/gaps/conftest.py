"""Gaps as researchers would log them, and the desk at which they do."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gaps.models import Gap, GapReason, Passage, Source

PARTS = {
    "population": "Adults with fibromyalgia",
    "intervention": "Naltrexone 4.5 mg a day",
    "comparator": "Placebo",
    "outcome": "Mean diary pain, 0–10",
    "time_frame": "At least 4 weeks",
}


@pytest.fixture
def article(db: None) -> Source:
    """A source that raises gaps."""
    return Source.objects.create(slug="an-article", title="An article")


@pytest.fixture
def make_gap(article: Source) -> Callable[..., Gap]:
    """Makes a gap with everything that a proposal needs; what a test names is taken instead."""

    def make(title: str, **fields: Any) -> Gap:
        values = {"question": f"What is known about {title}?", "kind": Gap.Kind.EFFICACY, "status": Gap.Status.PROPOSED, **PARTS}
        gap = Gap.objects.create(title=title, **{**values, **fields})
        Passage.objects.create(gap=gap, source=article, quote=f"more should be known about {title}", locator="paragraph 1, sentence 1")
        GapReason.objects.create(gap=gap, code="A2", primary=True)
        return gap

    return make


@pytest.fixture
def desk(researcher: User) -> Client:
    """A browser in which the researcher is signed in."""
    client = Client()
    client.force_login(researcher)
    return client


@pytest.fixture
def make_own_gap(make_gap: Callable[..., Gap], researcher: User) -> Callable[..., Gap]:
    """Makes a gap that the researcher has logged."""

    def make(title: str, **fields: Any) -> Gap:
        return make_gap(title, **{"created_by": researcher, **fields})

    return make


@pytest.fixture
def curators_desk(curator: User) -> Client:
    """A browser in which the curator is signed in."""
    client = Client()
    client.force_login(curator)
    return client
