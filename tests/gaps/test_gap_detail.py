"""The public page of one gap."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gaps.models import Citation, Claim, Evidence, Gap, GapReason, GapSource, Source, Study, Term
from trials.models import Protocol

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_page_is_public_and_calls_itself_by_its_question(client: Client, make_gap: MakeGap) -> None:
    gap = make_gap("benefit", time_frame_days=28)

    page = text(client.get(gap.get_absolute_url()))

    assert gap.get_absolute_url() == "/gaps/GAP-0001/"
    assert page.count("<h1>") == 1
    assert "<h1>What is known about benefit?</h1>" in page
    assert "<q>more should be known about benefit</q>" in page
    assert "“An article”, paragraph 1, sentence 1" in page
    assert "<dt>Comparison</dt> <dd>Placebo</dd>" in page
    assert "(at least 28 days)" in page
    assert "Record: 5 of 9 elements" in page
    assert "Raised by the article quoted here." in page


def test_reasons_are_said_in_words_the_primary_one_first(client: Client, make_gap: MakeGap) -> None:
    gap = make_gap("benefit")
    GapReason.objects.create(gap=gap, code="A1", note="none in women")

    page = text(client.get(gap.get_absolute_url()))

    assert '<dt><span class="rs first">A2</span> primary</dt> <dd>Few studies</dd>' in page
    assert '<dt><span class="rs">A1</span> </dt> <dd>No studies: none in women</dd>' in page


def test_sources_carry_their_doi_and_the_number_in_the_article(client: Client, make_gap: MakeGap, article: Source) -> None:
    gap = make_gap("benefit")
    trial = Source.objects.create(slug="final", authors="Due Bruun, K.", year=2024, title="A trial", doi="10.1016/s2665-9913(23)00278-3")
    Citation.objects.create(citing=article, cited=trial, number=6)
    GapSource.objects.create(gap=gap, source=trial, note="Cited at the end of the sentence.")

    response = client.get(gap.get_absolute_url())

    assert [(link.source.slug, number) for link, number in response.context["sources"]] == [("final", 6)]
    assert '<a href="https://doi.org/10.1016/s2665-9913(23)00278-3">10.1016/s2665-9913(23)00278-3</a>' in text(response)
    assert "Cited at the end of the sentence." in text(response)


def test_a_passage_without_references_says_so(client: Client, make_gap: MakeGap) -> None:
    assert "The article cites no reference for this passage." in text(client.get(make_gap("benefit").get_absolute_url()))


def test_a_gap_of_our_own_says_so_in_words(client: Client, make_gap: MakeGap) -> None:
    gap = make_gap("benefit", origin="team", origin_note="Two reviews disagree.")

    page = text(client.get(gap.get_absolute_url()))

    assert "<b>Raised by us, not by the article.</b> Two reviews disagree." in page


def test_a_withdrawn_gap_keeps_its_page_with_the_reason(client: Client, make_gap: MakeGap) -> None:
    gap = make_gap("benefit", status="withdrawn", withdrawn_reason="Answered long ago.")

    page = text(client.get(gap.get_absolute_url()))

    assert "<b>Withdrawn.</b> Answered long ago." in page
    assert "Draft a protocol for this gap" not in page


def test_a_draft_is_shown_to_its_author_with_what_it_needs(client: Client, desk: Client, researcher: User, colleague: User) -> None:
    draft = Gap.objects.create(title="Only a title", created_by=researcher)

    page = text(desk.get(draft.get_absolute_url()))

    assert client.get(draft.get_absolute_url()).status_code == 404
    client.force_login(colleague)
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert "<h1>Only a title</h1>" in page
    assert "Before it can be proposed it needs:" in page
    assert "<li>the passage that raises it</li>" in page
    assert "Record: 0 of 9 elements" in page


def test_neighbours_are_gaps_of_the_same_kind_that_are_in_scope(client: Client, make_gap: MakeGap) -> None:
    gap, kin = make_gap("harm", kind="safety"), make_gap("liver", kind="safety")
    make_gap("benefit")
    make_gap("past", kind="safety", status="withdrawn", withdrawn_reason="Out of scope.")

    response = client.get(gap.get_absolute_url())

    assert list(response.context["neighbours"]) == [kin]


def test_the_way_to_a_protocol_names_the_gap(client: Client, make_gap: MakeGap) -> None:
    gap = make_gap("benefit")

    assert f'href="{reverse("protocol_add")}?gap={gap.uid}"' in text(client.get(gap.get_absolute_url()))


def test_protocols_that_take_it_up_are_shown_to_those_who_may_see_them(
    client: Client, desk: Client, researcher: User, colleague: User, make_gap: MakeGap
) -> None:
    gap = make_gap("benefit")
    protocol = Protocol.objects.create(title="LDN against placebo", owner=researcher)
    protocol.gaps.add(gap)

    everybody, owner = client.get(gap.get_absolute_url()), desk.get(gap.get_absolute_url())
    client.force_login(colleague)
    other = client.get(gap.get_absolute_url())

    assert f'<a href="{protocol.get_absolute_url()}">{protocol.uid}</a> LDN against placebo' in text(owner)
    assert "LDN against placebo" not in text(everybody) + text(other)
    assert f'{reverse("login")}?next={gap.get_absolute_url()}">Sign in</a> to see yours.' in text(everybody)
    assert "None yet that you may see." in text(other)


def test_edit_is_offered_to_who_may(client: Client, desk: Client, researcher: User, curator: User, make_gap: MakeGap) -> None:
    own, others = make_gap("benefit", owner=researcher), make_gap("harm")

    def offered(browser: Client, gap: Gap) -> bool:
        return reverse("admin:gaps_gap_change", args=[gap.pk]) in text(browser.get(gap.get_absolute_url()))

    seen = [offered(browser, gap) for browser in (client, desk) for gap in (own, others)]
    client.force_login(curator)

    assert seen == [False, False, True, False]
    assert [offered(client, gap) for gap in (own, others)] == [True, True]


def test_particulars_kin_claims_and_evidence_are_told(client: Client, make_gap: MakeGap, article: Source) -> None:
    whole = make_gap("doses")
    pain = Term.objects.create(scheme="outcome", slug="pain", label="Pain", unit="points", scale_min=0, scale_max=10, better="lower")
    fields = {"parent": whole, "dose_low_mg": 1.5, "dose_high_mg": 4.5, "target_difference": 1.0, "outcome_domain": pain}
    part = make_gap("low doses", **fields, setting="Outpatients", evidence_summary="One trial.", tolerated_rate=0.01)
    claim = Claim.objects.create(source=article, slug="half", quote="half did", status="needs_comparator", issue="No placebo figure.")
    claim.gaps.add(part)
    for role in ("supports", "contradicts"):
        study = Study.objects.create(slug=role, label=role, design="parallel")
        Evidence.objects.create(gap=part, study=study, role=role)
        Evidence.objects.create(gap=part, study=study, role="planning_input")

    page, parents = text(client.get(part.get_absolute_url())), text(client.get(whole.get_absolute_url()))

    for label, words in (
        ("Setting", "Outpatients"),
        ("Dose", "1.5–4.5 mg"),
        ("Difference that matters", "1.0\N{NO-BREAK SPACE}points"),
        ("Tolerated rate", "1 %"),
    ):
        assert " ".join(f"<dt>{label}</dt><dd>{words}</dd>".split()) in page
    assert (
        "<span>Speaks for a benefit: <b>1</b></span><span>Speaks against: <b>1</b></span><span>Gives a number to plan with: <b>2</b></span>"
        in page
    )
    assert "<q>half did</q> <b>Lacks its comparison.</b> No placebo figure." in page
    assert f'Part of <a href="{whole.get_absolute_url()}">' in page
    assert f'Has the part <a href="{part.get_absolute_url()}">' in parents


def test_a_merged_gap_forwards_to_the_one_that_took_over(client: Client, make_gap: MakeGap) -> None:
    kept = make_gap("benefit")
    gone = make_gap("benefits", status="merged", merged_into=kept)

    assert client.get(gone.get_absolute_url()).headers["Location"] == kept.get_absolute_url()
    assert "benefits was merged into this one" in text(client.get(kept.get_absolute_url()))


def test_an_unknown_identifier_is_not_found_and_pages_are_only_read(client: Client, make_gap: MakeGap) -> None:
    gap = make_gap("benefit")

    assert client.get("/gaps/GAP-9999/").status_code == 404
    assert client.post(gap.get_absolute_url()).status_code == 405


def test_the_page_asks_as_many_queries_for_three_sources_as_for_one(client: Client, make_gap: MakeGap) -> None:
    gap = make_gap("benefit")
    one, two, three = (Source.objects.create(slug=slug, title=slug) for slug in ("one", "two", "three"))
    GapSource.objects.create(gap=gap, source=one)
    client.get(gap.get_absolute_url())
    with CaptureQueriesContext(connection) as for_one:
        client.get(gap.get_absolute_url())
    GapSource.objects.create(gap=gap, source=two)
    GapSource.objects.create(gap=gap, source=three)

    with CaptureQueriesContext(connection) as for_three:
        client.get(gap.get_absolute_url())

    assert len(for_three) == len(for_one)
