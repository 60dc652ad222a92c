"""Drafting a protocol in the web forms."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gaps.models import Source
from tests.trials.drafts import query, shown
from trials.forms import Draft
from trials.models import AssumptionSource, Protocol, Sizing

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, researcher: User) -> Client:
    """A browser in which the researcher is signed in."""
    client.force_login(researcher)
    return client


def test_a_new_draft_is_proposed_with_defaults_their_sources_and_a_result(desk: Client) -> None:
    page = desk.get(reverse("protocol_add"), {"gap": "GAP-0017"})

    draft = page.context["draft"]
    assert draft.protocol["gaps"].value() == ["GAP-0017"]
    assert page.context["answer"].n_evaluable == 46
    assert {name: form["basis"].value() for name, form in draft.source_of.items()} == {
        "mean_difference": "reported",
        "within_subject_sd": "assumed",
        "dropout_rate": "derived",
    }
    assert not Protocol.objects.exists()


def test_saving_keeps_every_value_that_was_typed(desk: Client, filled: dict[str, Any], researcher: User) -> None:
    filled |= {
        "sources-0-note": "A trial of ours.",
        "sources-2-note": "A trial of ours.",
        "question-mean_difference": "−1.25",
        "question-dropout_rate": "12.5",
        "treatments-0-dose_mg": "3",
        "protocol-washout_days": "28",
        "action": "save",
    }

    answer = desk.post(reverse("protocol_add"), filled)

    protocol = Protocol.objects.get()
    question = protocol.primary_question
    assert question is not None
    assert answer.headers["Location"] == reverse("protocol_edit", args=[protocol.uid])
    assert (question.mean_difference, question.dropout_rate) == (-1.25, 0.125)
    assert [(row.letter, row.drug, row.dose_mg) for row in protocol.treatments.all()] == [("A", "naltrexone", 3), ("B", "placebo", None)]
    assert (protocol.washout_days, protocol.owner) == (28, researcher)
    assert protocol.missing() == []


def test_a_title_alone_is_a_draft_that_lists_what_is_missing(desk: Client, filled: dict[str, Any]) -> None:
    emptied = {
        name: ""
        for name in filled
        if name.startswith(("protocol-", "question-", "treatments-0-", "treatments-1-", "sources-0-", "sources-1-", "sources-2-"))
    }
    kept: dict[str, Any] = {
        "protocol-gaps": [],
        "protocol-title": "Only a title",
        "treatments-0-letter": "A",
        "treatments-1-letter": "B",
        "question-treatment": "A",
        "question-comparator": "B",
        "question-sides": "2",
    }
    kept |= {f"sources-{number}-assumption": filled[f"sources-{number}-assumption"] for number in range(3)}

    desk.post(reverse("protocol_add"), filled | emptied | kept | {"action": "save"})

    protocol = Protocol.objects.get()
    page = desk.get(reverse("protocol_detail", args=[protocol.uid]))
    assert len(protocol.missing()) > 10
    assert all(words in page.content.decode() for words in protocol.missing())


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("question-difference_sd", "two", "not a number"),
        ("question-difference_sd", "0", "above 0"),
        ("question-difference_sd", "-2", "above 0"),
        ("question-difference_sd", "1e300", "too large"),
        ("question-target_power", "120", "120 %"),
        ("question-target_power", "1.2", "per cent"),
        ("question-target_power", "0.9", "per cent"),
        ("question-target_power", "0", "above 0"),
        ("question-dropout_rate", "0.2", "per cent"),
        ("question-alpha", "5%", "not a number"),
        ("question-difference_sd", "1_0", "not a number"),
        ("protocol-sequences", "A/B", "at least two periods"),
        ("question-dropout_rate", "100", "100 %"),
        ("question-dropout_rate", "-5", "-5 %"),
        ("question-alpha", "0", "between 0 and 1"),
        ("question-alpha", "5", "between 0 and 1"),
        ("question-mean_difference", "nan", "not a number"),
        ("protocol-sequences", "A" * 20 + "B" * 20 + "/" + "B" * 20 + "A" * 20, "40"),
        ("protocol-sequences", "AB/BAA", "BAA"),
        ("protocol-sequences", "A1/BA", "1"),
        ("protocol-period_days", "0", "1"),
        ("protocol-period_days", "1.5", "whole"),
        ("protocol-washout_days", "-1", "-1"),
        ("treatments-0-dose_mg", "-4", "0"),
    ],
)
@pytest.mark.parametrize("action", ["save", "size", "preview"])
def test_bad_input_is_told_at_its_field_and_nothing_typed_is_lost(
    action: str, field: str, typed: str, words: str, desk: Client, filled: dict[str, Any]
) -> None:
    page = desk.post(reverse("protocol_add"), filled | {field: typed, "protocol-run_in_days": "9", "action": action})

    assert page.status_code == 422
    prefix, _, name = field.rpartition("-")
    form = next(form for form in page.context["draft"].all_forms if form.prefix == prefix)
    assert words in " ".join(form.errors[name])
    assert form[name].value() == typed
    assert len(page.context["draft"].errors) == 1
    assert page.context["draft"].protocol["run_in_days"].value() == "9"
    assert not Protocol.objects.exists()


@pytest.mark.parametrize("action", ["save", "size"])
def test_a_draft_is_not_kept_without_a_title(action: str, desk: Client, filled: dict[str, Any]) -> None:
    page = desk.post(reverse("protocol_add"), filled | {"protocol-title": " ", "action": action})

    assert page.status_code == 422
    assert "required" in page.context["draft"].protocol.errors["title"][0]
    assert not Protocol.objects.exists()


def test_what_is_only_sized_needs_no_title(desk: Client, filled: dict[str, Any]) -> None:
    page = desk.post(reverse("protocol_add"), filled | {"protocol-title": "", "question-difference_sd": "2.5", "action": "preview"})

    assert page.status_code == 200
    assert page.context["answer"].n_evaluable == 68


def test_two_kinds_of_sd_at_once_are_refused(desk: Client, filled: dict[str, Any]) -> None:
    page = desk.post(reverse("protocol_add"), filled | {"question-within_subject_sd": "1.4", "action": "save"})

    assert page.status_code == 422
    assert "not both" in str(page.context["draft"].question.errors)


def test_the_preview_answers_with_the_new_numbers_and_keeps_nothing(desk: Client, filled: dict[str, Any]) -> None:
    fragment = desk.post(reverse("protocol_preview"), filled | {"question-difference_sd": "2.5"}, headers={"HX-Request": "true"})

    assert fragment.context["answer"].n_evaluable == 68
    assert ">68<" in fragment.content.decode()
    assert not Protocol.objects.exists()


def test_the_preview_of_bad_input_goes_beside_the_old_numbers(desk: Client, filled: dict[str, Any]) -> None:
    fragment = desk.post(reverse("protocol_preview"), filled | {"question-difference_sd": "0"}, headers={"HX-Request": "true"})

    assert fragment.headers["HX-Retarget"] == "#result-problem"
    assert "last valid values" in fragment.content.decode()


def test_saving_a_sizing_keeps_the_draft_and_opens_its_report(desk: Client, filled: dict[str, Any], researcher: User) -> None:
    answer = desk.post(reverse("protocol_add"), filled | {"action": "size"})

    sizing = Sizing.objects.get()
    assert answer.headers["Location"] == reverse("sizing_report", args=[sizing.uid])
    assert (sizing.created_by, sizing.question.protocol.owner) == (researcher, researcher)


def test_an_incomplete_draft_is_kept_but_not_sized_and_says_why(desk: Client, filled: dict[str, Any]) -> None:
    page = desk.post(reverse("protocol_add"), filled | {"question-outcome": "", "action": "size"}, follow=True)

    assert Protocol.objects.count() == 1
    assert not Sizing.objects.exists()
    assert "the primary outcome" in " ".join(str(message) for message in page.context["messages"])


@pytest.mark.parametrize("typed", ["ab ba", "AB,BA", "AB/BA/", " ab / ba ", "AB;BA", "AB|BA"])
def test_sequences_are_understood_however_they_are_parted(typed: str, desk: Client, filled: dict[str, Any]) -> None:
    desk.post(reverse("protocol_add"), filled | {"protocol-sequences": typed, "action": "save"})

    assert Protocol.objects.get().sequences == "AB/BA"


def test_a_new_letter_of_the_sequences_gets_its_boxes_at_once(desk: Client, filled: dict[str, Any]) -> None:
    more = filled | {"protocol-sequences": "ABC/BCA/CAB"}

    same = desk.post(reverse("protocol_preview"), filled).content.decode()
    fragment = desk.post(reverse("protocol_preview"), more).content.decode()
    named = more | {
        "treatments-TOTAL_FORMS": "3",
        "treatments-2-letter": "C",
        "treatments-2-drug": "naltrexone",
        "treatments-2-dose_mg": "3",
    }
    desk.post(reverse("protocol_add"), named | {"action": "save"})
    page = desk.get(reverse("protocol_edit", args=["PRO-0001"]))

    assert 'name="treatments-2-drug"' not in same
    assert 'name="treatments-2-drug"' in fragment
    assert 'name="treatments-TOTAL_FORMS" value="3"' in fragment
    assert [(form["letter"].value(), form["drug"].value()) for form in page.context["draft"].treatments] == [
        ("A", "naltrexone"),
        ("B", "placebo"),
        ("C", "naltrexone"),
    ]


def test_a_letter_that_was_never_named_is_kept_and_asked_for(desk: Client, filled: dict[str, Any]) -> None:
    desk.post(reverse("protocol_add"), filled | {"protocol-sequences": "ABC/BCA/CAB", "action": "save"})

    assert Protocol.objects.get().missing() == ["what treatment C is"]


def test_a_stored_draft_is_previewed_as_it_is_typed(desk: Client, protocol: Protocol) -> None:
    draft = desk.get(reverse("protocol_edit", args=[protocol.uid])).context["draft"]

    fragment = desk.post(reverse("protocol_preview_of", args=[protocol.uid]), shown(draft) | {"question-difference_sd": "2.5"})

    assert fragment.context["answer"].n_evaluable == 68


def test_a_page_that_is_sent_twice_changes_the_same_rows(desk: Client, protocol: Protocol) -> None:
    protocol.sequences = "ABC/BCA/CAB"
    protocol.save()
    address = reverse("protocol_edit", args=[protocol.uid])
    sent = shown(desk.get(address).context["draft"]) | {"treatments-2-drug": "naltrexone", "treatments-2-dose_mg": "3", "action": "save"}

    first, second = desk.post(address, sent), desk.post(address, sent | {"treatments-2-dose_mg": "1.5"})

    assert (first.status_code, second.status_code) == (302, 302)
    assert [(row.letter, row.dose_mg) for row in protocol.treatments.all()] == [("A", Decimal("4.5")), ("B", None), ("C", Decimal("1.5"))]


def test_a_new_draft_takes_its_identifier_when_it_is_saved(filled: dict[str, Any], researcher: User) -> None:
    first, second = Draft(query(filled)), Draft(query(filled))
    assert first.is_valid()
    assert second.is_valid()

    kept = [draft.save(owner=researcher).uid for draft in (first, second)]

    assert kept == ["PRO-0001", "PRO-0002"]


@pytest.mark.parametrize(
    "tampered",
    [
        {"sources-TOTAL_FORMS": "abc"},
        {"sources-TOTAL_FORMS": ""},
        {"treatments-TOTAL_FORMS": "100000"},
        {"sources-0-assumption": "nonsense"},
        {"sources-1-assumption": "mean_difference"},
        {"protocol-gaps": "9" * 40},
        {"sources-0-source": "9" * 40},
        {"question-better": "sideways"},
        {"question-sides": "3"},
    ],
)
@pytest.mark.parametrize("action", ["save", "preview"])
def test_a_tampered_form_is_refused_with_a_page(action: str, tampered: dict[str, str], desk: Client, filled: dict[str, Any]) -> None:
    page = desk.post(reverse("protocol_add"), filled | tampered | {"action": action})

    assert page.status_code == 422
    assert page.context["draft"].errors
    assert not Protocol.objects.exists()


def test_an_empty_post_is_answered_with_a_page(desk: Client) -> None:
    assert desk.post(reverse("protocol_add"), {"action": "save"}).status_code == 422


def test_an_alpha_that_nothing_tells_from_0_is_refused_at_its_box(desk: Client, filled: dict[str, Any]) -> None:
    response = desk.post(reverse("protocol_add"), filled | {"question-alpha": "1e-20", "action": "size"})

    assert response.status_code == 422
    assert [control for control, _label, _message in response.context["draft"].errors] == ["id_question-alpha"]
    assert not Sizing.objects.exists()


def test_a_changed_value_does_not_keep_the_note_of_the_proposed_one(desk: Client, filled: dict[str, Any]) -> None:
    page = desk.post(reverse("protocol_add"), filled | {"question-mean_difference": "-1.5", "action": "size"}, follow=True)

    assert not Sizing.objects.exists()
    assert "mean difference has changed" in " ".join(str(message) for message in page.context["messages"])


def test_a_draft_stays_when_one_has_been_signed_out_meanwhile(client: Client, filled: dict[str, Any]) -> None:
    fragment = client.post(reverse("protocol_preview"), filled, headers={"HX-Request": "true"})

    assert fragment.headers["HX-Retarget"] == "#result-problem"
    assert "You have been signed out." in fragment.content.decode()
    assert "<h1" not in fragment.content.decode()


def test_a_fetched_list_goes_to_sign_in_as_a_whole_page(client: Client) -> None:
    answer = client.get(reverse("protocol_list") + "?q=pain", headers={"HX-Request": "true"})

    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/account/sign-in/?next=%2Fprotocols%2F%3Fq%3Dpain"


def test_what_is_done_by_a_button_explains_itself_when_it_is_opened(desk: Client, protocol: Protocol) -> None:
    opened = desk.get(reverse("protocol_preview"))

    assert opened.status_code == 405
    assert "<h1" in opened.content.decode()
    assert desk.get(reverse("protocol_duplicate", args=[protocol.uid])).headers["Location"] == protocol.get_absolute_url()


def test_a_draft_that_is_opened_and_saved_keeps_the_source_from_the_register(desk: Client, protocol: Protocol) -> None:
    source = Source.objects.get(slug="younger-2013")
    AssumptionSource.objects.filter(question__protocol=protocol, assumption="within_subject_sd").update(source=source)
    address = reverse("protocol_edit", args=[protocol.uid])

    page = desk.get(address)
    desk.post(address, shown(page.context["draft"]) | {"action": "save"})

    assert page.context["draft"].source_of["within_subject_sd"]["source"].value() == "younger-2013"
    assert AssumptionSource.objects.get(question__protocol=protocol, assumption="within_subject_sd").source == source
