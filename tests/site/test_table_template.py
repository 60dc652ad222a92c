"""How lists are drawn: a caption, heads that sort, rows with a name, and pages."""

import re
from typing import Any

import django_tables2 as tables
import pytest
from django.template import Context, Template
from django.test import RequestFactory


class GapLikeTable(tables.Table):
    """A small list with a column of each kind."""

    caption = "Research gaps"
    row_header = "title"

    uid = tables.Column(verbose_name="Id")
    title = tables.Column(verbose_name="Gap")
    n_evaluable = tables.Column(verbose_name="Evaluable", attrs={"td": {"class": "r"}, "th": {"class": "r"}})
    note = tables.Column(verbose_name="Note", orderable=False)

    class Meta:
        empty_text = "No gap is here."


def rows(number: int) -> list[dict[str, Any]]:
    return [{"uid": f"GAP-{index:04d}", "title": f"Gap {index} <b>", "n_evaluable": index, "note": None} for index in range(1, number + 1)]


def drawn(rf: RequestFactory, number: int, address: str = "/gaps/?q=dose", **options: Any) -> str:
    request = rf.get(address)
    table = GapLikeTable(rows(number), request=request, order_by=request.GET.getlist("sort"))
    table.paginate(**{"per_page": 25, "page": int(request.GET.get("page", 1))} | options)
    html = Template("{% load django_tables2 %}{% render_table table %}").render(Context({"table": table, "request": request}))
    return re.sub(r"\s+", " ", html)


def test_a_list_has_a_caption_and_keeps_its_roles_on_a_phone(rf: RequestFactory) -> None:
    html = drawn(rf, 2)

    assert '<caption class="visually-hidden">Research gaps</caption>' in html
    assert html.count('role="row"') == 3
    assert 'class="table table-hover stack"' in html


def test_each_row_is_named_by_its_row_header(rf: RequestFactory) -> None:
    html = drawn(rf, 2)

    assert re.findall(r'<th role="rowheader" scope="row"[^>]*>(.*?)</th>', html) == ["Gap 1 &lt;b&gt;", "Gap 2 &lt;b&gt;"]
    assert html.count('data-label="Evaluable"') == 2


def test_a_head_that_sorts_is_a_link_that_keeps_the_filter_and_forgets_the_page(rf: RequestFactory) -> None:
    html = drawn(rf, 40, "/gaps/?q=dose&page=2")

    link = re.search(r'aria-sort="none"><a href="([^"]+)">Evaluable</a>', html)

    assert link
    assert link[1] == "?q=dose&amp;sort=n_evaluable"


@pytest.mark.parametrize(("sort", "said", "arrow"), [("n_evaluable", "ascending", "↑"), ("-n_evaluable", "descending", "↓")])
def test_the_sorted_column_says_its_direction_once(rf: RequestFactory, sort: str, said: str, arrow: str) -> None:
    html = drawn(rf, 3, f"/gaps/?sort={sort}")

    assert html.count(f'aria-sort="{said}"') == 1
    assert arrow in html


def test_a_column_that_does_not_sort_has_no_link(rf: RequestFactory) -> None:
    assert re.search(r'scope="col" ?[^>]*>Note</th>', drawn(rf, 1))


def test_numbers_are_aligned_by_their_class(rf: RequestFactory) -> None:
    assert '<td role="cell" data-label="Evaluable" class="r">1</td>' in drawn(rf, 1)


@pytest.mark.parametrize(("page", "said"), [(1, "1–25 of 40"), (2, "26–40 of 40")])
def test_a_page_says_which_rows_it_shows(rf: RequestFactory, page: int, said: str) -> None:
    html = drawn(rf, 40, f"/gaps/?page={page}")

    assert said in html
    assert re.search(rf'<a aria-current="page" href="\?page={page}">', html)


def test_a_single_page_offers_no_other(rf: RequestFactory) -> None:
    html = drawn(rf, 7)

    assert "1–7 of 7" in html
    assert "<nav" not in html


def test_an_empty_list_says_why_in_place_of_a_table(rf: RequestFactory) -> None:
    html = drawn(rf, 0)

    assert "No gap is here." in html
    assert "<table" not in html
