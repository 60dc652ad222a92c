"""Every page against axe, at desktop and phone width, in light and dark."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PUBLIC = [
    "/",
    "/help/",
    "/gaps/",
    "/gaps/?words=nothing-has-this-word",
    "/gaps/GAP-0001/",
    "/gaps/GAP-0017/",
    "/account/sign-in/",
    "/no-such-page/",
]
PRIVATE = [
    "/account/",
    "/account/password/",
    "/protocols/",
    "/protocols/?words=nothing-has-this-word",
    "/protocols/new/",
    "/protocols/PRO-0001/",
    "/protocols/PRO-0001/edit/",
    "/protocols/PRO-0001/withdraw/",
    "/protocols/sizings/SIZ-0001/",
]
DESK = ["/admin/", "/admin/gaps/gap/", "/admin/gaps/gap/add/", "/admin/gaps/source/", "/admin/gaps/source/add/"]
SCREENS: list[dict[str, Any]] = [
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
]


@pytest.mark.parametrize("screen", SCREENS, ids=["desktop-light", "phone-dark"])
def test_axe_reports_no_violation_on_any_page(
    screen: dict[str, Any], new_page: Callable[..., Page], sign_in: Callable[[Page], None]
) -> None:
    page = new_page(bypass_csp=True, **screen)
    found: dict[str, Any] = {}

    for address in PUBLIC:
        page.goto(address)
        found[address] = _violations(page)
    page.goto("/account/")
    sign_in(page)
    for address in [*PRIVATE, *DESK]:
        page.goto(address)
        found[address] = _violations(page)

    assert len(found) == len(PUBLIC) + len(PRIVATE) + len(DESK)
    assert {address: problems for address, problems in found.items() if problems} == {}


def test_no_page_scrolls_sideways_on_a_phone(new_page: Callable[..., Page], sign_in: Callable[[Page], None]) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto("/account/")
    sign_in(page)
    widths = {}

    for address in PUBLIC + PRIVATE:
        page.goto(address)
        widths[address] = page.evaluate("document.documentElement.scrollWidth")

    assert {address: width for address, width in widths.items() if width > 390} == {}


def test_the_policy_is_broken_by_no_page(new_page: Callable[..., Page], sign_in: Callable[[Page], None]) -> None:
    page = new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}") if message.type == "error" else None)
    requested: set[str] = set()
    page.on("request", lambda request: requested.add(request.url))
    page.goto("/account/")
    sign_in(page)

    for address in [*PUBLIC[:-1], *PRIVATE, *DESK]:
        response = page.goto(address)
        assert response is not None
        assert "default-src 'self'" in response.headers["content-security-policy"], address

    assert complaints == []
    assert {url for url in requested if not url.startswith((page.url.split("/admin")[0], "data:"))} == set()


def _violations(page: Page) -> list[str]:
    outcome = Axe().run(page).response
    return [f"{rule['id']}: {node['html'][:120]}" for rule in outcome["violations"] for node in rule["nodes"]]
