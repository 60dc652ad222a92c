"""The page at which researchers log and edit a gap, filled in as a browser would."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from gaps.models import Gap, GapReason, Source

pytestmark = pytest.mark.django_db
MakeGap = Callable[..., Gap]
ADD = "/admin/gaps/gap/add/"


def change(gap: Gap) -> str:
    return reverse("admin:gaps_gap_change", args=[gap.pk])


def posted(response: Any, **changes: Any) -> dict[str, Any]:
    """Every value that the form shows, as the browser would post it, with these changes (None takes a value away)."""
    formsets = [inline.formset for inline in response.context["inline_admin_formsets"]]
    forms = [response.context["adminform"].form]
    for formset in formsets:
        forms += [formset.management_form, *formset.forms]
    shown = {bound.html_name: bound.value() for form in forms for bound in form}
    return {name: value for name, value in {**shown, **changes}.items() if value is not None and value is not False}


def row(prefix: str, number: int, **fields: Any) -> dict[str, Any]:
    """One added row of an inline table, with the count that tells Django of it."""
    return {f"{prefix}-TOTAL_FORMS": number + 1, **{f"{prefix}-{number}-{name}": value for name, value in fields.items()}}


def sentences(response: Any) -> list[str]:
    """Everything that the page says is wrong."""
    return [line for error in response.context["errors"] for line in strip_tags(str(error).replace("</li>", "\n")).split("\n") if line]


@pytest.fixture
def complete(desk: Client, article: Source) -> dict[str, Any]:
    """The add page filled in with everything that a proposal needs."""
    return posted(
        desk.get(ADD),
        title="Which doses work best",
        question="Which doses of naltrexone work best?",
        kind="dose_response",
        population="Adults with fibromyalgia",
        intervention="Naltrexone 1.5 to 6 mg a day",
        comparator="Placebo",
        outcome="Mean diary pain, 0–10",
        time_frame="At least 4 weeks a dose",
        time_frame_days="28",
        **row("passages", 0, source=article.pk, quote="more research is needed", locator="paragraph 7, sentence 3"),
        **row("reasons", 0, code="A2", primary="on"),
        **row("source_links", 0, source=article.pk, note="Raises it."),
    )


def test_a_gap_is_logged_with_passage_reason_and_source(desk: Client, researcher: User, complete: dict[str, Any]) -> None:
    response = desk.post(ADD, complete)

    gap = Gap.objects.get(title="Which doses work best")
    assert response.status_code == 302
    assert (gap.uid, gap.status, gap.created_by) == ("GAP-0018", "draft", researcher)
    assert [passage.quote for passage in gap.passages.all()] == ["more research is needed"]
    assert [(reason.code, reason.primary) for reason in gap.reasons.all()] == [("A2", True)]
    assert [source.slug for source in gap.sources.all()] == ["an-article"]


def test_a_jotted_title_is_enough_for_a_draft(desk: Client) -> None:
    response = desk.post(ADD, posted(desk.get(ADD), title="Only a title"))

    page = desk.get(change(Gap.objects.get(title="Only a title"))).content.decode()
    assert response.status_code == 302
    assert "<li>the population</li>" in page


def test_a_complete_gap_can_be_proposed_as_it_is_logged(desk: Client, complete: dict[str, Any]) -> None:
    desk.post(ADD, complete | {"status": "proposed"})

    assert Gap.objects.get(title="Which doses work best").status == "proposed"


def test_proposing_too_early_is_refused_with_all_that_was_typed(desk: Client, complete: dict[str, Any]) -> None:
    response = desk.post(ADD, complete | {"status": "proposed", "comparator": "", "passages-TOTAL_FORMS": 0})

    page = response.content.decode()
    assert response.status_code == 200
    assert sentences(response)[0].endswith("it still needs the comparison, the passage that raises it.")
    assert 'value="Which doses work best"' in page
    assert 'value="Raises it."' in page
    assert [str(message) for message in response.context["messages"]] == sentences(response)
    assert not Gap.objects.filter(title="Which doses work best").exists()


def test_a_proposed_gap_cannot_be_hollowed_out(desk: Client, make_own_gap: MakeGap) -> None:
    gap = make_own_gap("benefit")

    response = desk.post(change(gap), posted(desk.get(change(gap)), outcome="", **{"passages-0-DELETE": "on"}))

    assert sentences(response) == [f"{gap.uid} cannot be proposed; it still needs the outcome, the passage that raises it."]
    assert Gap.objects.get(pk=gap.pk).missing() == []


def test_only_legal_statuses_are_offered_and_taken(desk: Client, make_own_gap: MakeGap) -> None:
    gap = make_own_gap("benefit", status="withdrawn", withdrawn_reason="Out of scope.")
    page = desk.get(change(gap))

    response = desk.post(change(gap), posted(page, status="proposed"))

    assert [value for value, _ in page.context["adminform"].form.fields["status"].widget.choices] == ["withdrawn", "draft"]
    assert sentences(response) == [f"{gap.uid} is withdrawn and cannot become proposed; it can become draft."]
    assert Gap.objects.get(pk=gap.pk).status == "withdrawn"


def test_withdrawing_in_the_form_needs_a_reason(desk: Client, make_own_gap: MakeGap) -> None:
    gap = make_own_gap("benefit")
    page = desk.get(change(gap))

    refused = desk.post(change(gap), posted(page, status="withdrawn"))
    desk.post(change(gap), posted(page, status="withdrawn", withdrawn_reason="Answered."))

    assert sentences(refused) == [f"{gap.uid} cannot be withdrawn; it still needs the reason for withdrawing it."]
    assert Gap.objects.get(pk=gap.pk).status == "withdrawn"


def test_the_primary_reason_moves_in_one_save(desk: Client, make_own_gap: MakeGap) -> None:
    gap = make_own_gap("benefit")
    GapReason.objects.create(gap=gap, code="A1")
    page = desk.get(change(gap))

    response = desk.post(change(gap), posted(page, **{"reasons-0-primary": None, "reasons-1-primary": "on"}))

    assert response.status_code == 302, sentences(response)
    assert {reason.code: reason.primary for reason in gap.reasons.all()} == {"A1": True, "A2": False}


def test_the_primary_reason_can_be_replaced_by_a_new_one(desk: Client, make_own_gap: MakeGap) -> None:
    gap = make_own_gap("benefit")
    page = desk.get(change(gap))

    response = desk.post(change(gap), posted(page, **{"reasons-0-DELETE": "on", **row("reasons", 1, code="B1", primary="on", gap=gap.pk)}))

    assert response.status_code == 302, sentences(response)
    assert {reason.code: reason.primary for reason in gap.reasons.all()} == {"B1": True}


@pytest.mark.parametrize(
    ("reasons", "message"),
    [
        ([{"code": "A1", "primary": "on"}, {"code": "A2", "primary": "on"}], "Mark one reason as primary; 2 are marked."),
        ([{"code": "A1"}], "Mark one reason as primary; 0 are marked."),
        ([{"code": "B2", "primary": "on"}], "With B2, say in the note which limitations make the results unsafe."),
        ([{"code": "A1", "primary": "on"}, {"code": "A1"}], "Please correct the duplicate data for code."),
    ],
)
def test_reasons_are_looked_at_together(desk: Client, complete: dict[str, Any], reasons: list[dict[str, str]], message: str) -> None:
    rows = {name: value for number, fields in enumerate(reasons) for name, value in row("reasons", number, **fields).items()}
    without = {name: value for name, value in complete.items() if not name.startswith("reasons-0")}

    response = desk.post(ADD, without | rows)

    assert message in sentences(response)
    assert not Gap.objects.filter(title="Which doses work best").exists()


def test_a_long_quote_is_refused_at_its_field(desk: Client, complete: dict[str, Any]) -> None:
    response = desk.post(ADD, complete | {"passages-0-quote": "word " * 41})

    assert sentences(response)[0].startswith("The quote has 41 words; at most 40 are allowed.")


def test_a_gap_is_never_deleted(desk: Client, make_gap: MakeGap, admin_client: Client) -> None:
    gap = make_gap("benefit")
    delete = reverse("admin:gaps_gap_delete", args=[gap.pk])

    assert desk.post(delete, {"post": "yes"}).status_code == 403
    assert admin_client.post(delete, {"post": "yes"}).status_code == 403
    assert Gap.objects.filter(pk=gap.pk).exists()


def test_the_page_leads_to_the_public_one(desk: Client, make_gap: MakeGap) -> None:
    gap = make_gap("benefit")

    assert f'href="{gap.get_absolute_url()}"' in desk.get(change(gap)).content.decode()


def test_a_source_is_logged_with_a_pasted_doi(desk: Client) -> None:
    page = desk.get("/admin/gaps/source/add/")

    response = desk.post("/admin/gaps/source/add/", posted(page, slug="a-trial", title="A trial", doi="https://doi.org/10.1000/s2665(23)1"))
    again = desk.post("/admin/gaps/source/add/", posted(page, slug="final-again", title="A trial", doi="10.1000/S2665(23)1"))

    assert response.status_code == 302
    assert Source.objects.get(slug="a-trial").doi == "10.1000/s2665(23)1"
    assert sentences(again) == ["A source with this DOI is already here."]
