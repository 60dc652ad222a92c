"""The pages that belong to no app, for a stranger and for somebody signed in."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.views import defaults
from django.views.csrf import csrf_failure

from gaps.models import Gap
from trials.models import PlannedQuestion, Protocol, Sizing

PUBLIC = ["home", "help", "login", "gap_list", "evidence_map", "study_list", "claim_list", "round_list"]
PRIVATE = ["account", "password_change", "protocol_list", "import_list", "import_add", "round_add"]


def page(response: Any) -> str:
    """The text of an answer, be it the test client's or a view's."""
    return str(response.content.decode())


def headings(html: str) -> list[str]:
    return [" ".join(re.sub(r"<[^>]+>", "", words).split()) for words in re.findall(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)]


@pytest.mark.django_db
@pytest.mark.parametrize("name", PUBLIC)
def test_a_stranger_may_read_the_public_pages(client: Client, name: str) -> None:
    response = client.get(reverse(name))

    assert response.status_code == 200
    assert len(headings(page(response))) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", PRIVATE)
def test_a_stranger_is_asked_to_sign_in_and_comes_back(client: Client, name: str) -> None:
    User.objects.create_user("colleague", password="a password for tests")

    asked = client.get(reverse(name))
    signed_in = client.post(reverse("login"), {"username": "colleague", "password": "a password for tests", "next": reverse(name)})

    assert asked.headers["Location"] == f"{reverse('login')}?next={reverse(name)}"
    assert signed_in.headers["Location"] == reverse(name)


def test_the_sign_in_page_carries_where_one_was_going(client: Client, db: None) -> None:
    html = page(client.get(reverse("login"), {"next": "/protocols/?sort=uid&page=2"}))

    assert 'name="next" value="/protocols/?sort=uid&amp;page=2"' in html
    assert "You will go on to it" in html


def test_a_wrong_password_is_told_on_top_of_the_form_and_keeps_the_name(client: Client, db: None) -> None:
    html = page(client.post(reverse("login"), {"username": "colleague", "password": "wrong"}))

    assert 'role="alert"' in html
    assert "correct username and password" in html
    assert 'value="colleague"' in html


@pytest.mark.parametrize("name", ["account", "password_change", "password_change_done", "home"])
def test_somebody_signed_in_sees_their_name_and_can_sign_out(client: Client, colleague: User, name: str) -> None:
    client.force_login(colleague)

    html = page(client.get(reverse(name)))

    assert "colleague" in html
    assert f'method="post" action="{reverse("logout")}"' in html
    assert reverse("admin:index") not in html


def test_staff_are_led_to_the_desk(client: Client, researcher: User) -> None:
    client.force_login(researcher)

    assert f'href="{reverse("admin:index")}"' in page(client.get(reverse("home")))


def test_signing_out_ends_at_home(client: Client, colleague: User) -> None:
    client.force_login(colleague)

    response = client.post(reverse("logout"))

    assert response.headers["Location"] == reverse("home")
    assert "_auth_user_id" not in client.session


def test_the_account_counts_ones_own_drafts(client: Client, colleague: User, reviewer: User) -> None:
    Protocol.objects.create(title="One", owner=colleague)
    Protocol.objects.create(title="Two", owner=colleague).withdraw("a test", colleague)
    Protocol.objects.create(title="Not theirs", owner=reviewer)
    client.force_login(colleague)

    html = page(client.get(reverse("account")))

    assert "1 protocol<" in html
    assert "and 1 withdrawn" in html


def test_home_without_gaps_offers_a_first_step(client: Client, db: None) -> None:
    html = page(client.get(reverse("home")))

    assert "No gap is logged yet" in html
    assert "How far the gaps have come" not in html


def test_home_follows_a_gap_from_its_passage(client: Client, register: None) -> None:
    gap = Gap.objects.get(uid="GAP-0001")

    html = page(client.get(reverse("home")))

    assert gap.passages.all()[0].quote in html
    assert f'href="{gap.get_absolute_url()}"' in html
    assert "See the 16 gaps" in html
    assert "1 more is kept as context" in html


def test_home_shows_drafts_to_their_author_only(client: Client, colleague: User, researcher: User) -> None:
    protocol = Protocol.objects.create(title="LDN against placebo", owner=colleague)
    protocol.gaps.add(Gap.objects.get(uid="GAP-0007"))

    stranger = page(client.get(reverse("home")))
    client.force_login(researcher)
    other = page(client.get(reverse("home")))
    client.force_login(colleague)
    author = page(client.get(reverse("home")))

    assert [protocol.uid in html for html in (stranger, other, author)] == [False, False, True]
    assert re.search(r'<span class="n">1\s*<span>of 16</span>', author)


@pytest.fixture
def sized_protocol(colleague: User) -> Protocol:
    """A protocol for the gap that we raised ourselves, with a saved sizing."""
    protocol = Protocol.objects.create(title="LDN against placebo", owner=colleague)
    protocol.gaps.add(Gap.objects.get(uid="GAP-0017"))
    question = PlannedQuestion.objects.create(protocol=protocol)
    Sizing.objects.create(
        question=question,
        plan={},
        answer={"n_evaluable": 46, "n_randomised": 58, "power": 0.91249836},
        exploration={},
        snapshot={},
        plan_digest="0" * 64,
        engine_version="1.0",
        created_by=colleague,
        created_at=timezone.now(),
    )
    return protocol


def test_home_follows_the_gap_that_has_come_furthest_to_its_report(client: Client, colleague: User, sized_protocol: Protocol) -> None:
    client.force_login(colleague)

    html = page(client.get(reverse("home")))

    thread, rest = html.split("</ol>", 1)
    assert "Raised by us" in thread
    assert f'href="{sized_protocol.get_absolute_url()}"' in thread
    assert "<b>46 evaluable</b>, 58 randomised: 91.2\N{NO-BREAK SPACE}% power" in thread
    assert "SIZ-0001" in thread
    assert "Done: logged, with a protocol, with a sizing" in rest
    assert re.findall(r'class="uid">(GAP-\d+)', rest)[:2] == ["GAP-0017", "GAP-0001"]


def test_a_sizing_without_an_answer_does_not_count_as_one(client: Client, colleague: User, sized_protocol: Protocol) -> None:
    first = Sizing.objects.get()
    values = {
        name: getattr(first, name)
        for name in ("question", "plan", "exploration", "snapshot", "plan_digest", "engine_version", "created_by")
    }
    Sizing.objects.create(answer={"n_evaluable": None, "reason": "No size reaches this."}, created_at=timezone.now(), **values)
    client.force_login(colleague)

    assert "<b>46 evaluable</b>" in page(client.get(reverse("home")))


def test_home_asks_the_database_as_often_for_many_gaps_as_for_few(client: Client, researcher: User) -> None:
    client.force_login(researcher)
    client.get(reverse("home"))

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("home"))
        return len(asked)

    first = Protocol.objects.create(title="One", owner=researcher)
    first.gaps.add(Gap.objects.get(uid="GAP-0001"))
    few = queries()
    for number in (2, 3, 4):
        protocol = Protocol.objects.create(title=f"Protocol {number}", owner=researcher)
        protocol.gaps.add(Gap.objects.get(uid=f"GAP-000{number}"), Gap.objects.get(uid="GAP-0001"))

    assert queries() == few


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [
        "Reported",
        "Unverified",
        "Washout",
        "Evaluable",
        "Randomised",
        "A1",
        "D5",
        "√2",
        "noncentral",
        "46 evaluable and 58 randomised",
        "no medical advice",
        "<kbd>Tab</kbd>",
    ],
)
def test_help_explains(client: Client, words: str) -> None:
    assert words in page(client.get(reverse("help")))


@pytest.mark.django_db
def test_every_place_that_help_points_to_is_there(client: Client) -> None:
    html = page(client.get(reverse("help")))

    targets = re.findall(r'href="#([\w-]+)"', html)

    assert len(targets) == 11
    assert all(f'id="{target}"' in html for target in targets)


@pytest.mark.parametrize(("chosen", "kept"), [("dark", "dark"), ("light", "light")])
def test_a_chosen_scheme_is_kept_and_drawn(client: Client, db: None, chosen: str, kept: str) -> None:
    response = client.post(reverse("scheme"), {"scheme": chosen, "next": "/help/?a=1"})

    html = page(client.get(reverse("help")))

    assert response.headers["Location"] == "/help/?a=1"
    assert client.cookies["scheme"].value == kept
    assert f'data-bs-theme="{kept}"' in html


@pytest.mark.parametrize("chosen", ["", "sepia", '"><script>'])
def test_anything_else_follows_the_system(client: Client, db: None, chosen: str) -> None:
    client.cookies["scheme"] = "dark"

    client.post(reverse("scheme"), {"scheme": chosen, "next": "/"})

    assert client.cookies["scheme"].value == ""
    assert "data-bs-theme" not in page(client.get(reverse("help")))


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)", "", "/\\example.org"])
def test_the_choice_never_leads_to_another_site(client: Client, db: None, elsewhere: str) -> None:
    response = client.post(reverse("scheme"), {"scheme": "dark", "next": elsewhere})

    assert response.headers["Location"] == reverse("home")


def test_the_choice_is_made_by_post_alone(client: Client, db: None) -> None:
    assert client.get(reverse("scheme")).status_code == 405


def test_an_unknown_address_says_so_in_our_look(client: Client, db: None) -> None:
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert headings(page(response)) == ["Nothing is here"]


def test_an_expired_form_says_that_nothing_was_saved(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(reverse("scheme"), {"scheme": "dark"})

    assert response.status_code == 403
    assert headings(page(response)) == ["The form had expired"]


@pytest.fixture
def plain_request(rf: RequestFactory) -> HttpRequest:
    """A request that no middleware has seen: no user, no session, no messages."""
    return rf.get("/somewhere/")


def test_the_error_pages_need_no_middleware(plain_request: HttpRequest, db: None) -> None:
    answers = [
        defaults.bad_request(plain_request, SuspiciousOperation()),
        defaults.permission_denied(plain_request, PermissionDenied()),
        defaults.page_not_found(plain_request, LookupError()),
        csrf_failure(plain_request),
        defaults.server_error(plain_request),
    ]

    assert [answer.status_code for answer in answers] == [400, 403, 404, 403, 500]
    assert [headings(page(answer))[0] for answer in answers] == [
        "The request could not be read",
        "Not yours to open",
        "Nothing is here",
        "The form had expired",
        "The site made a mistake",
    ]


def test_the_page_of_a_server_error_needs_no_database() -> None:
    html = render_to_string("500.html")  # without the db mark, any query would raise

    assert headings(html) == ["The site made a mistake"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*PUBLIC, "admin:login"])
def test_no_page_brings_scripts_or_styles_in_its_markup(client: Client, name: str) -> None:
    html = page(client.get(reverse(name)))

    assert "<style" not in html
    assert not re.search(r'\sstyle="|\son\w+="', html)
    assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>", html)
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!doi\.org|127\.)[^"]*\.(?:js|css|woff2?)"', html)


def test_the_desk_wears_our_name_and_leads_back_to_the_site(client: Client, researcher: User) -> None:
    client.force_login(researcher)

    html = page(client.get(reverse("admin:index")))

    assert "LDN Planner" in html
    assert "css/admin.css" in html
    assert '<a href="/">View site</a>' in html
