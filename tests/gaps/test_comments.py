"""Threads of comments on a gap: who may write, change and settle them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gaps.models import Comment, Gap

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def page_of(gap: Gap) -> str:
    return reverse("gap_comments", args=[gap.uid])


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def gap(make_gap: MakeGap, researcher: User) -> Gap:
    return make_gap("benefit", owner=researcher)


@pytest.fixture
def thread(gap: Gap, second_reader: User) -> Comment:
    return Comment.objects.create(gap=gap, about="population", body="Women only?", author=second_reader)


def test_the_page_is_public_and_says_what_comments_are_for(client: Client, gap: Gap) -> None:
    response = client.get(page_of(gap))

    assert response.status_code == 200
    assert "Nobody has commented on this gap yet" in text(response)
    assert f'href="{reverse("login")}?next={page_of(gap)}">Sign in</a> to comment' in text(response)
    assert text(response).count("<h1>") == 1


@pytest.mark.parametrize("role", ["researcher", "second_reader", "scorer", "curator"])
def test_every_role_of_the_register_may_comment(role: str, gap: Gap, request: pytest.FixtureRequest) -> None:
    author = request.getfixturevalue(role)

    response = browser(author).post(page_of(gap), {"about": "comparator", "body": "Which dose?"})

    comment = Comment.objects.get()
    assert (comment.author, comment.gap, comment.about, comment.body, comment.parent) == (author, gap, "comparator", "Which dose?", None)
    assert response.headers["Location"] == f"{page_of(gap)}#comment-{comment.pk}"


def test_nobody_else_may(client: Client, colleague: User, gap: Gap) -> None:
    stranger, other = client.post(page_of(gap), {"body": "Me too"}), browser(colleague).post(page_of(gap), {"body": "Me too"})

    assert (stranger.status_code, other.status_code) == (403, 403)
    assert "A curator can give you one of these roles" in text(browser(colleague).get(page_of(gap)))
    assert not Comment.objects.exists()


def test_comments_on_a_draft_are_for_those_who_see_it(researcher: User, scorer: User, make_gap: MakeGap) -> None:
    draft = make_gap("a thought", status="draft", created_by=researcher)

    assert browser(scorer).get(page_of(draft)).status_code == 404
    assert browser(scorer).post(page_of(draft), {"body": "Hm"}).status_code == 404
    assert browser(researcher).post(page_of(draft), {"body": "Hm"}).status_code == 302


def test_nothing_is_added_to_a_merged_gap(researcher: User, gap: Gap, make_gap: MakeGap) -> None:
    merged = make_gap("gone", status="merged", merged_into=gap)

    assert browser(researcher).post(page_of(merged), {"body": "Hm"}).status_code == 403
    assert f'go on at <a href="{page_of(gap)}">{gap.uid}</a>' in text(browser(researcher).get(page_of(merged)))


def test_what_was_typed_comes_back_with_the_error(researcher: User, gap: Gap) -> None:
    response = browser(researcher).post(page_of(gap), {"about": "nonsense", "body": "A long thought"})

    assert response.status_code == 422
    assert "A long thought</textarea>" in text(response)
    assert "nonsense is not one of the available choices" in text(response)
    assert not Comment.objects.exists()


def test_too_long_a_comment_is_refused_with_its_words(researcher: User, gap: Gap) -> None:
    response = browser(researcher).post(page_of(gap), {"body": "word " * 900})

    assert response.status_code == 422
    assert text(response).count("word word word") >= 1
    assert not Comment.objects.exists()


def test_an_answer_stands_under_its_thread(researcher: User, gap: Gap, thread: Comment) -> None:
    response = browser(researcher).post(page_of(gap), {"parent": thread.pk, "body": "Men, too."})

    answer = thread.replies.get()
    assert (answer.author, answer.about, answer.body) == (researcher, "", "Men, too.")
    assert response.headers["Location"] == f"{page_of(gap)}#comment-{answer.pk}"


def test_an_empty_answer_opens_its_form_again(researcher: User, gap: Gap, thread: Comment) -> None:
    response = browser(researcher).post(page_of(gap), {"parent": thread.pk, "body": " "})

    assert response.status_code == 422
    assert "<details open>" in text(response)
    assert f'href="#answer-{thread.pk}-body"' in text(response)


def test_an_answer_belongs_to_a_thread_of_this_gap(researcher: User, gap: Gap, thread: Comment, make_gap: MakeGap) -> None:
    answer = Comment.objects.create(gap=gap, parent=thread, body="Yes", author=researcher)
    other = make_gap("harm")
    client = browser(researcher)

    assert client.post(page_of(other), {"parent": thread.pk, "body": "x"}).status_code == 404
    assert client.post(page_of(gap), {"parent": answer.pk, "body": "x"}).status_code == 404
    assert client.post(page_of(gap), {"parent": "nonsense", "body": "x"}).status_code == 404
    assert Comment.objects.count() == 2


def test_text_is_plain_and_addresses_become_links(client: Client, gap: Gap, researcher: User) -> None:
    Comment.objects.create(
        gap=gap, author=researcher, body="<script>alert(1)</script>\nSee https://example.org/?a=1&b=2 javascript:alert(1)"
    )

    html = text(client.get(page_of(gap)))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>See" in html
    assert '<a href="https://example.org/?a=1&amp;b=2" rel="nofollow">' in html
    assert 'href="javascript' not in html


def test_the_part_that_is_meant_is_named(client: Client, gap: Gap, thread: Comment) -> None:
    assert "<b>second reader</b> about <b>Population</b>" in text(client.get(page_of(gap)))


# Fifteen minutes


def aged(comment: Comment, minutes: int) -> Comment:
    Comment.objects.filter(pk=comment.pk).update(created_at=timezone.now() - timedelta(minutes=minutes))
    return comment


def test_an_author_may_change_a_comment_for_fifteen_minutes(second_reader: User, gap: Gap, thread: Comment) -> None:
    client, address = browser(second_reader), reverse("comment_edit", args=[gap.uid, aged(thread, 14).pk])

    assert f'href="{address}">Change</a>' in text(client.get(page_of(gap)))
    assert "Women only?</textarea>" in text(client.get(address))
    client.post(address, {"body": "Women alone?"})

    thread.refresh_from_db()
    assert thread.body == "Women alone?"
    assert thread.edited_at is not None
    assert ", edited" in text(client.get(page_of(gap)))


def test_afterwards_a_comment_stays_and_the_words_typed_are_kept(second_reader: User, gap: Gap, thread: Comment) -> None:
    client, address = browser(second_reader), reverse("comment_edit", args=[gap.uid, aged(thread, 16).pk])

    late = client.post(address, {"body": "Women alone?"})

    assert late.status_code == 422
    assert "Women alone?</textarea>" in text(late)
    assert "can be changed for fifteen minutes" in text(late)
    assert client.get(address).status_code == 302
    assert "Change</a>" not in text(client.get(page_of(gap)))
    thread.refresh_from_db()
    assert (thread.body, thread.edited_at) == ("Women only?", None)


def test_nobody_changes_the_words_of_another(curator: User, gap: Gap, thread: Comment) -> None:
    assert browser(curator).post(reverse("comment_edit", args=[gap.uid, thread.pk]), {"body": "x"}).status_code == 404


# Settled


@pytest.mark.parametrize(
    ("role", "code"), [("second_reader", 302), ("researcher", 302), ("curator", 302), ("scorer", 403), ("colleague", 403)]
)
def test_author_owner_and_curators_settle_a_thread(role: str, code: int, gap: Gap, thread: Comment, request: pytest.FixtureRequest) -> None:
    client, address = browser(request.getfixturevalue(role)), reverse("comment_resolve", args=[gap.uid, thread.pk])

    response = client.post(address, {"action": "resolve"})

    thread.refresh_from_db()
    assert response.status_code == code
    assert (thread.resolved_at is not None) == (code == 302)
    assert ("Open it again" in text(client.get(page_of(gap)))) == (code == 302)


def test_a_settled_thread_is_folded_and_can_be_opened_again(client: Client, second_reader: User, gap: Gap, thread: Comment) -> None:
    own, address = browser(second_reader), reverse("comment_resolve", args=[gap.uid, thread.pk])
    own.post(address, {"action": "resolve"})
    folded = text(client.get(page_of(gap)))
    own.post(address, {"action": "reopen"})

    thread.refresh_from_db()
    assert f'<details class="thread-of-comments" id="comment-{thread.pk}">' in folded
    assert "resolved by second reader" in folded
    assert (thread.resolved_by, thread.resolved_at) == (None, None)


def test_settling_twice_keeps_who_did_it_first(second_reader: User, curator: User, gap: Gap, thread: Comment) -> None:
    for user in (second_reader, curator):
        browser(user).post(reverse("comment_resolve", args=[gap.uid, thread.pk]), {"action": "resolve"})

    thread.refresh_from_db()
    assert thread.resolved_by == second_reader


def test_an_answer_is_not_settled_and_settling_is_no_link(second_reader: User, gap: Gap, thread: Comment) -> None:
    answer = Comment.objects.create(gap=gap, parent=thread, body="Yes", author=second_reader)
    client = browser(second_reader)

    assert client.post(reverse("comment_resolve", args=[gap.uid, answer.pk]), {"action": "resolve"}).status_code == 404
    assert client.get(reverse("comment_resolve", args=[gap.uid, thread.pk])).status_code == 405


def test_the_page_asks_as_many_queries_for_three_threads_as_for_one(second_reader: User, gap: Gap, thread: Comment) -> None:
    client = browser(second_reader)
    Comment.objects.create(gap=gap, parent=thread, body="Yes", author=second_reader)
    client.get(page_of(gap))
    with CaptureQueriesContext(connection) as for_one:
        client.get(page_of(gap))
    for number in range(2):
        more = Comment.objects.create(gap=gap, body=f"thread {number}", author=second_reader)
        Comment.objects.create(gap=gap, parent=more, body="Yes", author=second_reader)

    with CaptureQueriesContext(connection) as for_three:
        response = client.get(page_of(gap))

    assert len(response.context["open_threads"]) == 3
    assert len(for_three) == len(for_one)


def test_twenty_threads_make_a_page_and_the_open_ones_come_first(client: Client, gap: Gap, thread: Comment, second_reader: User) -> None:
    browser(second_reader).post(reverse("comment_resolve", args=[gap.uid, thread.pk]), {"action": "resolve"})
    for number in range(20):
        Comment.objects.create(gap=gap, body=f"thread {number}", author=second_reader)

    first, last = client.get(page_of(gap)), client.get(f"{page_of(gap)}?page=2")

    assert [shown.first.body for shown in first.context["open_threads"]] == [f"thread {number}" for number in reversed(range(20))]
    assert [shown.first for shown in last.context["resolved_threads"]] == [thread]
    assert client.get(f"{page_of(gap)}?page=nonsense").status_code == 200
