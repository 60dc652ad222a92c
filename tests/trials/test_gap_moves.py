"""The moves of a gap that rest on protocols."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from gaps import status
from gaps.models import Evidence, Gap, Registration, Study, Verification
from gaps.status import MoveRefused
from trials import planning
from trials.models import Protocol

pytestmark = pytest.mark.django_db


@pytest.fixture
def verified(register: None, second_reader: User) -> Gap:
    """A gap that somebody else has verified."""
    gap = Gap.objects.get(uid="GAP-0017")
    Verification.objects.create(
        gap=gap,
        searched_date=timezone.localdate(),
        databases="PubMed",
        strategy="naltrexone AND fibromyalgia",
        n_found=12,
        verdict="true_gap",
        rationale="Two trials disagree.",
        verifier=second_reader,
    )
    status.move(gap, "verified", by=second_reader)
    return gap


def needs(gap: Gap, target: str, curator: User) -> list[str]:
    return next(offer.wanted for offer in status.offers(gap, curator) if offer.target == target)


def test_a_design_is_linked_when_a_protocol_with_a_sizing_takes_the_gap_up(
    verified: Gap, curator: User, protocol: Protocol, researcher: User
) -> None:
    protocol.gaps.clear()
    without = needs(verified, "design_linked", curator)
    protocol.gaps.add(verified)
    unsized = needs(verified, "design_linked", curator)
    question = protocol.primary_question
    assert question is not None
    planning.save_sizing(question, researcher)

    status.move(verified, "design_linked", by=curator)

    assert without == ["a protocol that takes it up"]
    assert unsized == ["a saved sizing of a protocol that takes it up"]
    assert Gap.objects.get(pk=verified.pk).status == "design_linked"


def test_a_withdrawn_protocol_links_no_design(verified: Gap, curator: User, protocol: Protocol, researcher: User) -> None:
    question = protocol.primary_question
    assert question is not None
    planning.save_sizing(question, researcher)
    protocol.withdraw("Not funded.", protocol.owner)

    with pytest.raises(MoveRefused, match="it still needs a protocol that takes it up"):
        status.move(verified, "design_linked", by=curator)


def test_a_registry_number_of_the_protocol_or_a_registered_study_puts_it_in_trial(
    verified: Gap, curator: User, protocol: Protocol, researcher: User
) -> None:
    question = protocol.primary_question
    assert question is not None
    planning.save_sizing(question, researcher)
    status.move(verified, "design_linked", by=curator)
    Evidence.objects.filter(gap=verified).delete()

    without = needs(verified, "in_trial", curator)
    study = Study.objects.create(slug="a-study", label="A study", design="parallel", status="ongoing")
    Registration.objects.create(study=study, identifier="NCT00000001")
    link = Evidence.objects.create(gap=verified, study=study, role="under_way")
    by_study = needs(verified, "in_trial", curator)
    link.delete()
    protocol.registration = "NCT00000002"
    protocol.save()
    by_protocol = needs(verified, "in_trial", curator)

    assert len(without) == 1
    assert by_study == by_protocol == []


def test_a_registry_number_is_checked_at_its_field(protocol: Protocol) -> None:
    protocol.registration = "NCT0427877"

    with pytest.raises(ValidationError) as refused:
        protocol.full_clean()

    assert refused.value.message_dict["registration"][0].startswith("NCT0427877 has 7 digits; a number of ClinicalTrials.gov has 8")


def test_the_desk_shows_a_gaps_protocols_to_who_may_see_them(client: Client, protocol: Protocol, curator: User, researcher: User) -> None:
    gap = Gap.objects.get(uid="GAP-0017")
    gap.owner = researcher
    gap.save()

    def page(user: Any) -> str:
        client.force_login(user)
        return client.get(f"/admin/gaps/gap/{gap.pk}/change/").content.decode()

    assert "PRO-0001 LDN against placebo" in page(researcher)
    assert "PRO-0001 LDN against placebo" not in page(curator)
