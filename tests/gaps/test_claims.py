"""The claim audit: its public page, and where researchers log claims."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gaps.models import Claim, Gap, Registration, Source, Study

pytestmark = pytest.mark.django_db
ADDRESS = "/gaps/claims/"


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def claim(article: Source) -> Claim:
    """A claim of the article, held against one trial of 2023 and a review."""
    study = Study.objects.create(slug="a-trial", label="A trial 2023", design="crossover", year=2023, n_randomised=58)
    study.sources.add(Source.objects.create(slug="its-report", doi="10.1000/a-trial"))
    Registration.objects.create(study=study, identifier="NCT00000001")
    review = Source.objects.create(slug="a-review", authors="Vatvani", year=2024, pmid="99999999", kind="review")
    claim = Claim.objects.create(
        source=article,
        slug="everybody",
        quote="it helps everybody",
        locator="paragraph 1, sentence 2",
        status="overstated",
        issue="Not everybody.",
    )
    claim.studies.add(study)
    claim.sources.add(review)
    return claim


def test_the_page_is_public_and_says_what_is_the_matter(client: Client, claim: Claim) -> None:
    response = client.get(reverse("claim_list"))

    page = text(response)
    assert (reverse("claim_list"), response.status_code) == (ADDRESS, 200)
    assert page.count("<h1>") == 1
    assert "<q>it helps everybody</q><footer>“An article”, paragraph 1, sentence 2</footer>" in page
    assert 'class="f"/></svg>Overstated</span>' in page
    assert "<p>Not everybody.</p>" in page


def test_the_evidence_carries_its_date_and_its_identifiers(client: Client, claim: Claim) -> None:
    page = text(client.get(ADDRESS))

    assert '<td role="cell" class="num" data-label="Results">2023</td>' in page
    assert '<a href="https://doi.org/10.1000/a-trial">10.1000/a-trial</a>' in page
    assert '<a href="https://clinicaltrials.gov/study/NCT00000001">NCT00000001</a>' in page
    assert '<a href="https://pubmed.ncbi.nlm.nih.gov/99999999/">PMID 99999999</a>' in page
    assert "date not found" not in page


def test_a_study_without_a_date_or_not_checked_says_so(client: Client, claim: Claim) -> None:
    study = claim.studies.get()
    study.year, study.unverified = None, "Source: secondary, not checked."
    study.save()

    page = text(client.get(ADDRESS))

    assert "date not found" in page
    assert '<span class="visually-hidden">nverified</span></span> Source: secondary, not checked.' in page


def test_drafts_that_a_claim_touches_stay_with_their_author(client: Client, claim: Claim, researcher: User) -> None:
    draft = Gap.objects.create(title="Not yet for everybody", created_by=researcher)
    claim.gaps.add(draft)

    stranger = text(client.get(ADDRESS))
    client.force_login(researcher)
    author = text(client.get(ADDRESS))

    assert "Not yet for everybody" not in stranger
    assert "Not yet for everybody" in author


@pytest.mark.parametrize("status", Claim.Status)
def test_every_finding_has_a_shape_and_a_word(client: Client, claim: Claim, status: str) -> None:
    claim.status = status
    claim.save()

    page = text(client.get(ADDRESS))

    assert f'"/></svg>{Claim.Status(status).label}</span>' in page


def test_quotes_cannot_break_out_of_the_page(client: Client, claim: Claim) -> None:
    claim.quote = "<script>alert(1)</script>"
    claim.save()

    page = text(client.get(ADDRESS))

    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_three_claims_take_as_many_queries_as_one(client: Client, claim: Claim) -> None:
    with CaptureQueriesContext(connection) as for_one:
        client.get(ADDRESS)
    for number in range(2):
        further = Claim.objects.create(source=claim.source, slug=f"claim-{number}", quote="it helps", status="outdated", issue="No.")
        further.studies.set(claim.studies.all())
        further.sources.set(claim.sources.all())

    with CaptureQueriesContext(connection) as for_three:
        response = client.get(ADDRESS)

    assert response.content.decode().count('<article class="claim"') == 3
    assert len(for_three) == len(for_one)


def test_long_audits_are_paged(client: Client, claim: Claim) -> None:
    for number in range(30):
        Claim.objects.create(source=claim.source, slug=f"claim-{number}", quote="it helps", status="outdated", issue="No.")

    first, second = text(client.get(ADDRESS)), text(client.get(ADDRESS, {"page": 2}))

    assert (first.count('<article class="claim"'), second.count('<article class="claim"')) == (25, 6)
    assert "1–25 of 31" in first
    assert text(client.get(ADDRESS, {"page": "nonsense"})).count('<article class="claim"') == 25


def test_an_empty_audit_says_what_a_claim_is(client: Client, db: None) -> None:
    assert "No claim has been audited" in text(client.get(ADDRESS))


def test_the_audit_of_the_article_names_six_findings(client: Client, register: None) -> None:
    page = text(client.get(ADDRESS))

    assert page.count('<article class="claim"') == 6
    assert "mice treated with morphine" in page
    assert '<a href="/gaps/GAP-0015/"><span class="uid">GAP-0015</span> Crohn’s disease, multiple sclerosis</a>' in page


def test_researchers_log_a_claim_at_the_desk(desk: Client, article: Source) -> None:
    assert f'href="{reverse("admin:gaps_claim_add")}"' in text(desk.get(ADDRESS))

    response = desk.post(
        reverse("admin:gaps_claim_add"),
        {
            "source": article.pk,
            "slug": "nobody",
            "quote": "it harms nobody",
            "locator": "paragraph 2, sentence 1",
            "status": "needs_comparator",
            "issue": "No group without it.",
            "basis": "reported",
        },
    )

    assert response.status_code == 302
    assert Claim.objects.get(slug="nobody").history.get().history_user == User.objects.get(username="researcher")


def test_a_long_quote_is_refused_at_the_desk(desk: Client, article: Source) -> None:
    response = desk.post(
        reverse("admin:gaps_claim_add"),
        {"source": article.pk, "slug": "long", "quote": "word " * 41, "status": "outdated", "issue": "Long.", "basis": "reported"},
    )

    assert "The quote has 41 words; at most 40 are allowed." in text(response)
    assert not Claim.objects.filter(slug="long").exists()


def test_those_without_the_right_are_not_offered_to_log_a_claim(client: Client, colleague: User) -> None:
    client.force_login(colleague)

    assert "Log a claim" not in text(client.get(ADDRESS))
    assert client.get(reverse("admin:gaps_claim_add")).status_code == 302
