"""A draft as a browser would send it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils.functional import Promise

from gaps.models import Gap
from trials.forms import Draft
from trials.models import Protocol


def posted(draft: Draft, **changes: Any) -> dict[str, Any]:
    """Every value that the form shows, as the browser would post it, with these changes (prefix and name, joined by __)."""
    data: dict[str, Any] = {}
    for form in [draft.treatments.management_form, draft.sources.management_form, *draft.all_forms]:
        for bound in form:
            value = bound.value()
            if value is not None:
                data[bound.html_name] = str(value) if isinstance(value, Promise) else value
    return data | {name.replace("__", "-"): value for name, value in changes.items()}


@pytest.fixture
def filled(researcher: User) -> dict[str, Any]:
    """The proposed draft for GAP-0017 with a title, ready to be posted."""
    draft = Draft(gap=Gap.objects.get(uid="GAP-0017"))
    return posted(draft, protocol__title="LDN against placebo")


@pytest.fixture
def protocol(researcher: User, filled: dict[str, Any]) -> Protocol:
    """A complete draft of the researcher's."""
    draft = Draft(_query(filled))
    assert draft.is_valid(), draft.errors
    return draft.save(owner=researcher)


def _query(data: dict[str, Any]) -> Any:
    from django.http import QueryDict

    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, [str(one) for one in value] if isinstance(value, list) else [str(value)])
    return query
