"""The evidence in a gap's form at the desk."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gaps.models import Estimate, Evidence, Gap, Study

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]


def test_the_form_asks_as_many_queries_for_three_pieces_as_for_one(desk: Client, researcher: User, make_gap: MakeGap) -> None:
    gap = make_gap("benefit", owner=researcher)

    def link(name: str) -> Evidence:
        study = Study.objects.create(slug=name, label=f"Study {name}", design="parallel")
        estimate = Estimate.objects.create(study=study, slug="pain", label="Pain", measure="mean_difference", value=-1.0)
        return Evidence.objects.create(gap=gap, study=study, estimate=estimate, role="supports")

    def queries() -> tuple[int, str]:
        with CaptureQueriesContext(connection) as asked:
            page = desk.get(f"/admin/gaps/gap/{gap.pk}/change/").content.decode()
        return len(asked), page

    first = link("one")
    queries()
    for_one, _page = queries()
    link("two")
    link("three")
    for_three, page = queries()

    assert for_three == for_one
    assert f'<option value="{first.study.pk}" selected>Study one</option>' in page
    assert f'<option value="{first.estimate_id}" selected>Study one: Pain</option>' in page
