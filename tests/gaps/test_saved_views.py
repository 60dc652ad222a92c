"""The list of gaps as somebody wants to find it again."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gaps.models import SavedView

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def save(client: Client, name: str, query: str, **more: str) -> Any:
    return client.post(reverse("save_view", args=["gap_list"]), {"name": name, "query": query, **more})


def test_a_saved_view_brings_the_filters_and_the_order_back(researcher: User) -> None:
    client = browser(researcher)
    asked = client.get(f"{reverse('gap_list')}?kind=safety&q=liver&sort=-uid&page=3")

    response = save(client, "Liver", asked.context["query"])

    view = SavedView.objects.get()
    assert (view.owner, view.page, view.name, view.query, view.shared) == (
        researcher,
        "gap_list",
        "Liver",
        "q=liver&kind=safety&sort=-uid",
        False,
    )
    assert response.headers["Location"] == f"{reverse('gap_list')}?{view.query}"
    assert f'href="{reverse("gap_list")}?q=liver&amp;kind=safety&amp;sort=-uid">Liver</a>' in text(client.get(reverse("gap_list")))
    assert 'aria-current="true">Liver</a>' in text(client.get(f"{reverse('gap_list')}?{view.query}"))


def test_the_form_keeps_what_the_filters_are_after_htmx_changed_them(researcher: User) -> None:
    part = text(browser(researcher).get(f"{reverse('gap_list')}?kind=safety", headers={"HX-Request": "true"}))

    assert '<div id="list-saved" hx-swap-oob="innerHTML">' in part
    assert '<input type="hidden" name="query" value="kind=safety">' in part


def test_strangers_are_not_offered_to_save(client: Client, curator: User) -> None:
    SavedView.objects.create(page="gap_list", name="For all", query="tier=A", owner=curator, shared=True)
    SavedView.objects.create(page="gap_list", name="My own", query="tier=B", owner=curator)

    html = text(client.get(reverse("gap_list")))

    assert "Save this view" not in html
    assert ">For all</a>" in html
    assert "My own" not in html
    assert save(client, "Mine", "tier=A").headers["Location"].startswith(reverse("login"))
    assert SavedView.objects.count() == 2


def test_only_curators_share(researcher: User, curator: User) -> None:
    save(browser(researcher), "Mine", "tier=A", shared="on")
    save(browser(curator), "Ours", "tier=A", shared="on")

    assert dict(SavedView.objects.values_list("name", "shared")) == {"Mine": False, "Ours": True}
    assert "Offer it to everybody" not in text(browser(researcher).get(reverse("gap_list")))
    assert "Offer it to everybody" in text(browser(curator).get(reverse("gap_list")))


def test_a_name_used_again_is_given_the_new_filters(researcher: User) -> None:
    client = browser(researcher)

    save(client, "Mine", "tier=A")
    save(client, "Mine", "tier=B")

    assert SavedView.objects.get().query == "tier=B"


def test_a_view_without_a_name_is_refused_in_words(researcher: User) -> None:
    client = browser(researcher)

    response = client.post(reverse("save_view", args=["gap_list"]), {"name": " ", "query": "tier=A"}, follow=True)

    assert "The view was not saved" in text(response)
    assert response.redirect_chain[-1][0] == f"{reverse('gap_list')}?tier=A"
    assert not SavedView.objects.exists()


def test_one_deletes_ones_own_and_curators_the_shared(researcher: User, curator: User, scorer: User) -> None:
    own = SavedView.objects.create(page="gap_list", name="Mine", query="", owner=researcher)
    shared = SavedView.objects.create(page="gap_list", name="Ours", query="", owner=curator, shared=True)

    assert browser(scorer).post(reverse("delete_view", args=[own.pk])).status_code == 404
    assert browser(curator).post(reverse("delete_view", args=[own.pk])).status_code == 404
    assert browser(researcher).post(reverse("delete_view", args=[shared.pk])).status_code == 404
    assert "Delete the saved view Ours" not in text(browser(researcher).get(reverse("gap_list")))
    assert browser(researcher).post(reverse("delete_view", args=[own.pk])).status_code == 302
    assert browser(curator).post(reverse("delete_view", args=[shared.pk])).status_code == 302
    assert not SavedView.objects.exists()


def test_the_list_asks_as_many_queries_for_three_views_as_for_one(researcher: User) -> None:
    client = browser(researcher)
    SavedView.objects.create(page="gap_list", name="0", query="", owner=researcher)
    client.get(reverse("gap_list"))
    with CaptureQueriesContext(connection) as for_one:
        client.get(reverse("gap_list"))
    for name in ("1", "2"):
        SavedView.objects.create(page="gap_list", name=name, query="", owner=researcher)

    with CaptureQueriesContext(connection) as for_three:
        response = client.get(reverse("gap_list"))

    assert len(response.context["views"]) == 3
    assert len(for_three) == len(for_one)
