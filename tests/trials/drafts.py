"""A draft as a browser sends it."""

from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise

from trials.forms import Draft


def shown(draft: Draft) -> dict[str, Any]:
    """Every value that the page of a draft shows, under the name by which the browser posts it."""
    data: dict[str, Any] = {}
    for form in [draft.treatments.management_form, draft.sources.management_form, *draft.all_forms]:
        for bound in form:
            value = bound.value()
            if value is not None:
                data[bound.html_name] = str(value) if isinstance(value, Promise) else value
    return data


def query(data: dict[str, Any]) -> QueryDict:
    """The same values as a request holds them."""
    sent = QueryDict(mutable=True)
    for name, value in data.items():
        sent.setlist(name, [str(one) for one in value] if isinstance(value, list) else [str(value)])
    return sent
