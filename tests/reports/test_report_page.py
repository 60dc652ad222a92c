"""The report on the page."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.reports.report_texts import MakeSizing, squeezed, text_of_html
from trials.models import Sizing
from trials.reports.compose import compose
from trials.reports.document import values

HOSTILE = '<script>alert(1)</script> & "quotes" {{ 7*7 }} {% now "Y" %} =1+1 #let $x$ αβγ √ 😀 \u202eabc ' + "W" * 300


def page(sizing: Sizing, client: Client) -> str:
    client.force_login(sizing.created_by)
    answer = client.get(reverse("sizing_report", args=[sizing.uid]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_displayed_value_is_on_the_page(sizing: Sizing, client: Client) -> None:
    shown = squeezed(text_of_html(page(sizing, client)))

    wanted = [value.text for value in values(compose(sizing)) if value.text]

    assert len(wanted) > 300
    assert [text for text in wanted if squeezed(text) not in shown] == []


def test_the_page_has_one_first_heading_and_ids_that_are_unique(sizing: Sizing, client: Client) -> None:
    markup = page(sizing, client)

    ids = re.findall(r'\sid="([^"]+)"', markup)
    assert len(re.findall("<h1", markup)) == 1
    assert len(ids) > 20
    assert sorted(ids) == sorted(set(ids))


def test_what_a_figure_refers_to_is_on_the_page(sizing: Sizing, client: Client) -> None:
    markup = page(sizing, client)

    ids = set(re.findall(r'\sid="([^"]+)"', markup))
    references = {word for group in re.findall(r'aria-labelledby="([^"]+)"', markup) for word in group.split()} | set(
        re.findall(r"url\(#([^)]+)\)", markup)
    )
    assert len(references) > 10
    assert references <= ids


def test_no_style_or_script_is_written_into_the_page(sizing: Sizing, client: Client) -> None:
    article = page(sizing, client).partition("<article")[2].partition("</article>")[0]

    assert len(article) > 10_000
    assert "style=" not in article
    assert "<script" not in article
    assert "<style" not in article


def test_markup_in_names_comes_out_as_text(make_sizing: MakeSizing, client: Client) -> None:
    sizing = make_sizing(protocol={"title": HOSTILE[:200]}, question={"outcome": HOSTILE[:160], "unit": "<b>u"}, note=HOSTILE[:390])

    markup = page(sizing, client)

    assert "<script>alert" not in markup
    assert "<b>u" not in markup
    assert squeezed(HOSTILE[:160]) in squeezed(text_of_html(markup))


@pytest.mark.parametrize("extension", ["pdf", "json"])
def test_the_buttons_lead_to_the_files(sizing: Sizing, client: Client, extension: str) -> None:
    address = reverse("sizing_file", args=[sizing.uid, extension])

    assert f'href="{address}"' in page(sizing, client)
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{sizing.uid}.{extension}"'
