"""Gaps as files at the desk."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from gaps.models import Gap

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]
LIST = "/admin/gaps/gap/"


def exported(desk: Client, action: str, *gaps: Gap) -> bytes:
    return desk.post(LIST, {"action": action, "_selected_action": [gap.pk for gap in gaps]}).content


def test_the_chosen_gaps_go_out_and_no_others(desk: Client, make_gap: MakeGap) -> None:
    first, second = make_gap("=1+1"), make_gap("harm")
    make_gap("liver")

    lines = list(csv.DictReader(io.StringIO(exported(desk, "export_csv", first, second).decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(exported(desk, "export_xlsx", first))).active
    content = json.loads(exported(desk, "export_json", second))["content"]

    assert [line["title"] for line in lines] == ["'=1+1", "harm"]
    assert sheet is not None
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=1+1", "s")
    assert [gap["title"] for gap in content["gaps"]] == ["harm"]


def test_a_draft_of_somebody_else_goes_out_to_nobody_else(desk: Client, make_gap: MakeGap) -> None:
    draft, own = make_gap("secret", status="draft"), make_gap("mine")

    text = exported(desk, "export_csv", draft, own).decode()

    assert "secret" not in text
    assert "mine" in text


def test_who_imports_finds_the_way_from_the_desk(desk: Client, client: Client, curator: User) -> None:
    client.force_login(curator)

    offered = [reverse("import_add") in browser.get(LIST).content.decode() for browser in (client, desk)]

    assert offered == [True, False]
