"""Every page against axe, at desktop and phone width, in light and dark."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group, User
from django.urls import reverse
from playwright.sync_api import Page

from gaps.models import Ballot, Claim, Comment, Estimate, Gap, ImportBatch, PriorityRound, Study, Vote
from gaps.priority import ranks
from gaps.rounds import course

PUBLIC = [
    "/",
    "/help/",
    "/gaps/",
    "/gaps/?words=nothing-has-this-word",
    "/gaps/GAP-0001/",
    "/gaps/GAP-0017/",
    "/gaps/GAP-0017/evidence/",
    "/gaps/GAP-0017/decisions/",
    "/gaps/GAP-0017/comments/",
    "/gaps/GAP-0017/history/",
    "/gaps/map/",
    "/gaps/map/?cell=women-with-fibromyalgia,mean-pain",
    "/gaps/map/?rows=dose&columns=duration&outcome=mean-pain",
    "/gaps/studies/",
    "/gaps/studies/final-2024/",
    "/gaps/claims/",
    "/gaps/rounds/",
    "/gaps/rounds/which-questions-first/",
    "/gaps/rounds/closed-round/",
    "/gaps/rounds/closed-round/?scores",
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
    "/protocols/PRO-0001/designs/?designs=AABB/BBAA",
    "/protocols/PRO-0001/withdraw/",
    "/protocols/sizings/SIZ-0001/",
    "/gaps/GAP-0002/decisions/",
    "/gaps/GAP-0002/decisions/verification/",
    "/gaps/GAP-0002/decisions/certainty/",
    "/gaps/GAP-0002/comments/",
    "/gaps/rounds/new/",
    "/gaps/rounds/which-questions-first/ballot/",
    "/gaps/rounds/ranking/ballot/",
    "/gaps/imports/",
    "/gaps/imports/add/",
    "{dry run}",
    "{columns}",
]
DESK = [
    "/admin/",
    "/admin/gaps/gap/",
    "/admin/gaps/gap/add/",
    "{gap}",
    "{gap history}",
    "/admin/gaps/source/",
    "/admin/gaps/source/add/",
    "/admin/gaps/study/",
    "{study}",
    "/admin/gaps/estimate/",
    "/admin/gaps/estimate/add/",
    "{estimate}",
    "/admin/gaps/claim/",
    "{claim}",
    "/admin/gaps/term/",
    "/admin/gaps/priorityround/",
    "{round}",
]
BIBTEX = b"@article{one, title = {A reference}, author = {Berg, Bo}, year = {2025}}\n@article{broken, title = {Never ends, year = {2024},\n"
TABLE = b"What it is,Who\nA first gap,Adults\nA second gap,Women\n"
SCREENS: list[dict[str, Any]] = [
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
]


@pytest.fixture
def voted(evidence: None, researcher: User) -> None:
    """A round that five scorers voted in and that is closed, and one by ranks that is open."""
    closed, open_by_ranks = (
        PriorityRound.objects.create(slug=slug, name=f"A {slug}", purpose="To be looked at.", method=method, created_by=researcher)
        for slug, method in (("closed-round", PriorityRound.Method.CHNRI), ("ranking", PriorityRound.Method.JLA))
    )
    for asked in (closed, open_by_ranks):
        asked.gaps.set(Gap.objects.filter(uid__in=("GAP-0001", "GAP-0007", "GAP-0017")))
        course.open_round(asked)
    for number in range(ranks.FEWEST):
        scorer = User.objects.create_user(f"scorer {number}")
        ballot = Ballot.objects.create(round=closed, scorer=scorer, constituency=Ballot.Constituency.CLINICIAN)
        for gap in closed.gaps.all():
            score = Vote.Score.NO if gap.uid == "GAP-0001" else Vote.Score.YES
            Vote.objects.bulk_create(Vote(ballot=ballot, gap=gap, criterion=row["key"], score=score) for row in closed.criteria)
    course.close_round(closed)


@pytest.fixture
def commented(evidence: None, researcher: User) -> None:
    """A gap with a thread of comments."""
    first = Comment.objects.create(gap=Gap.objects.get(uid="GAP-0002"), author=researcher, body="A comment of this test.")
    Comment.objects.create(gap=first.gap, author=researcher, body="An answer.", parent=first)


@pytest.fixture
def at(voted: None, commented: None, researcher: User) -> Callable[[list[str]], list[str]]:
    """The addresses of pages, with those that are known by a number filled in."""
    bibtex, table = (
        ImportBatch.objects.create(
            file_name=name, format=kind, content=content, content_sha256=sha256(content).hexdigest(), uploaded_by=researcher
        )
        for name, kind, content in (("library.bib", "bibtex", BIBTEX), ("gaps.csv", "gaps_csv", TABLE))
    )
    known = {
        "dry run": reverse("import_detail", args=[bibtex.pk]),
        "columns": reverse("import_columns", args=[table.pk]),
        "gap": reverse("admin:gaps_gap_change", args=[Gap.objects.get(uid="GAP-0017").pk]),
        "claim": reverse("admin:gaps_claim_change", args=[Claim.objects.all()[0].pk]),
        "round": reverse("admin:gaps_priorityround_change", args=[PriorityRound.objects.get(slug="closed-round").pk]),
        "gap history": reverse("admin:gaps_gap_history", args=[Gap.objects.get(uid="GAP-0017").pk]),
        "study": reverse("admin:gaps_study_change", args=[Study.objects.get(slug="final-2024").pk]),
        "estimate": reverse("admin:gaps_estimate_change", args=[Estimate.objects.exclude(derivation={})[0].pk]),
    }
    return lambda pages: [page.format(**known) for page in pages]


@pytest.fixture
def researcher(evidence: None) -> User:
    """The account of the tests, with every role, so that one person may open every page."""
    user = User.objects.get(username="researcher")
    user.groups.set(Group.objects.all())
    return user


@pytest.mark.parametrize("screen", SCREENS, ids=["desktop-light", "phone-dark"])
def test_axe_reports_no_violation_on_any_page(
    screen: dict[str, Any], at: Callable[[list[str]], list[str]], new_page: Callable[..., Page], sign_in: Callable[[Page], None]
) -> None:
    page = new_page(bypass_csp=True, **screen)
    found: dict[str, Any] = {}

    for address in at(PUBLIC):
        visit(page, address)
        found[address] = _violations(page)
    page.goto("/account/")
    sign_in(page)
    for address in at([*PRIVATE, *DESK]):
        visit(page, address)
        found[address] = _violations(page)

    assert len(found) == len(PUBLIC) + len(PRIVATE) + len(DESK)
    assert {address: problems for address, problems in found.items() if problems} == {}


def test_no_page_scrolls_sideways_on_a_phone(
    at: Callable[[list[str]], list[str]], new_page: Callable[..., Page], sign_in: Callable[[Page], None]
) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto("/account/")
    sign_in(page)
    widths = {}

    for address in at([*PUBLIC, *PRIVATE, *DESK]):
        visit(page, address)
        widths[address] = page.evaluate("document.documentElement.scrollWidth")

    assert {address: width for address, width in widths.items() if width > 390} == {}


def test_the_policy_is_broken_by_no_page(
    at: Callable[[list[str]], list[str]], new_page: Callable[..., Page], sign_in: Callable[[Page], None]
) -> None:
    page = new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}") if message.type == "error" else None)
    requested: set[str] = set()
    page.on("request", lambda request: requested.add(request.url))
    page.goto("/account/")
    sign_in(page)

    for address in at([*PUBLIC[:-1], *PRIVATE, *DESK]):
        response = page.goto(address)
        assert response is not None
        assert "default-src 'self'" in response.headers["content-security-policy"], address

    assert complaints == []
    assert {url for url in requested if not url.startswith((page.url.split("/admin")[0], "data:"))} == set()


def visit(page: Page, address: str) -> None:
    """Open a page, which must be the one that was meant and no error told in its place."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == (404 if address == "/no-such-page/" else 200), address


def _violations(page: Page) -> list[str]:
    outcome = Axe().run(page).response
    return [f"{rule['id']}: {node['html'][:120]}" for rule in outcome["violations"] for node in rule["nodes"]]
