"""A real Chromium against the real site, under the real content security policy."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from playwright.sync_api import Browser, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_ONE = "no Chromium found: install one (Debian: apt install chromium) or name it in LDN_CHROMIUM"

# Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def chromium() -> str | None:
    """The program to drive: the one that was named, or the first one installed."""
    named = os.environ.get("LDN_CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
            if not chromium() and not os.environ.get("LDN_REQUIRE_BROWSER"):
                item.add_marker(pytest.mark.skip(reason=HOW_TO_GET_ONE))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    program = chromium()
    assert program, HOW_TO_GET_ONE
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
    ]
    return {"executable_path": program, "args": quiet}


@pytest.fixture
def site(live_server: LiveServer, transactional_db: None) -> LiveServer:
    """The running site with the seventeen gaps and a researcher's account."""
    call_command("loaddata", "roles", "gaps", verbosity=0)
    user = User.objects.create_user("researcher", password="a password for tests", is_staff=True)
    user.groups.add(Group.objects.get(name="Researchers"))
    call_command("loaddata", "protocols", verbosity=0)
    return live_server


@pytest.fixture
def evidence(site: LiveServer) -> None:
    """What studies show for the gaps, what was decided on them, and a draft of a round."""
    call_command("loaddata", "evidence", "decisions", verbosity=0)


def listen(page: Page, complaints: list[str]) -> None:
    """Keep what the browser complains of on this page."""

    def keep(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not re.search("status of (409|422)", message.text):  # a form that is refused
            complaints.append(message.text)

    page.on("console", keep)
    page.on("pageerror", lambda error: complaints.append(str(error)))


@pytest.fixture
def console(page: Page) -> Iterator[list[str]]:
    """What the browser complains of; a complaint fails the test at its end."""
    complaints: list[str] = []
    listen(page, complaints)
    yield complaints
    assert complaints == []


@pytest.fixture
def sign_in() -> Callable[..., None]:
    """Fills in the form of the page that asks for a sign-in."""

    def fill(page: Page, username: str = "researcher") -> None:
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill("a password for tests")
        page.get_by_role("main").get_by_role("button", name="Sign in").click()

    return fill


@pytest.fixture
def new_page(browser: Browser, site: LiveServer) -> Iterator[Callable[..., Page]]:
    """Pages in contexts of their own: without scripts, at a phone's width, or past the policy for the accessibility check."""
    contexts = []

    def make(**options: Any) -> Page:
        context = browser.new_context(base_url=site.url, **options)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def signed_in(evidence: None, console: list[str], new_page: Callable[..., Page], sign_in: Callable[..., None]) -> Callable[..., Page]:
    """The browser of somebody with these roles, already signed in; what it complains of fails the test."""

    def open_browser(username: str, *roles: str, **options: Any) -> Page:
        at_the_desk = bool({"Researchers", "Curators"} & set(roles))
        user, is_new = User.objects.get_or_create(username=username, defaults={"is_staff": at_the_desk})
        if is_new:
            user.set_password("a password for tests")
            user.save()
        user.groups.add(*Group.objects.filter(name__in=roles))
        page = new_page(**options)
        listen(page, console)
        page.goto("/account/sign-in/")
        sign_in(page, username)
        return page

    return open_browser
