"""Figures of the register that a draft takes over, with their source."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gaps.models import Estimate, Evidence, Gap, Source, Study, Term
from tests.trials.drafts import query, shown
from trials.forms import Draft
from trials.from_register import offered, offered_for
from trials.models import AssumptionSource, Protocol

pytestmark = pytest.mark.django_db


@pytest.fixture
def pain(researcher: User) -> Term:
    return Term.objects.create(
        scheme="outcome", slug="pain-of-a-test", label="Pain", unit="points", scale_min=0, scale_max=10, better="lower"
    )


@pytest.fixture
def gap(researcher: User, pain: Term) -> Gap:
    """The gap of the usual draft, about this pain, with no numbers to plan with but those that a test links."""
    gap = Gap.objects.get(uid="GAP-0017")
    gap.outcome_domain = pain
    gap.save()
    Evidence.objects.filter(gap=gap, role=Evidence.Role.PLANNING_INPUT).delete()
    return gap


def link(gap: Gap, pain: Term, **fields: Any) -> Estimate:
    """A figure of a study with a report, linked to the gap as a number to plan with."""
    study = Study.objects.create(slug=f"study-{Study.objects.count()}", label="Somebody 2023", design="crossover", year=2023)
    source = Source.objects.create(slug=f"report-{study.pk}", title="A trial", authors="Somebody, A.", year=2023)
    study.sources.add(source)
    estimate = Estimate(study=study, slug="figure", label="pain, week 12", outcome_domain=pain, n=40, **fields)
    estimate.full_clean()
    estimate.save()
    Evidence.objects.create(gap=gap, study=study, estimate=estimate, role=Evidence.Role.PLANNING_INPUT)
    return estimate


def after_taking(filled: dict[str, Any], estimate: Estimate) -> Draft:
    taken = Draft(query(filled)).taking(str(estimate.pk))
    assert taken is not None
    return Draft(taken)


def test_a_difference_on_another_scale_is_offered_on_the_common_one(gap: Gap, pain: Term) -> None:
    estimate = link(gap, pain, measure="mean_difference", value=-14.0, scale_min=0, scale_max=100)

    found = offered(estimate)

    assert found is not None
    assert (found.column, found.value, found.unit) == ("mean_difference", -1.4, "points")
    assert "reported on 0–100" in found.note()


def test_what_is_not_known_to_stand_on_the_scale_is_not_offered(gap: Gap, pain: Term) -> None:
    link(gap, pain, measure="difference_sd", value=4.7)  # of a scale that nobody has seen
    link(gap, pain, measure="total_sd", value=2.0, scale_min=0, scale_max=10)  # says which SD it is only with a correlation

    assert offered_for([gap]) == []


def test_a_new_draft_takes_the_figure_that_its_address_names(gap: Gap, pain: Term, client: Client, researcher: User) -> None:
    estimate = link(gap, pain, measure="difference_sd", value=1.7, scale_min=0, scale_max=10)
    client.force_login(researcher)

    page = client.get(reverse("protocol_add"), {"gap": gap.uid, "estimate": str(estimate.pk)})

    values = shown(page.context["draft"])
    assert (values["question-difference_sd"], values["sources-1-estimate"], values["sources-1-basis"]) == ("1.7", estimate.pk, "reported")
    assert values["sources-1-source"] == estimate.study.sources.get().slug
    assert page.context["result"].answer.plan.outcome.within_subject_sd == pytest.approx(1.7 / 2**0.5)


def test_one_press_takes_a_figure_over_and_the_draft_keeps_its_source(
    gap: Gap, pain: Term, client: Client, researcher: User, filled: dict[str, Any]
) -> None:
    estimate = link(gap, pain, measure="dropout_rate", value=0.25)
    client.force_login(researcher)

    taken = client.post(reverse("protocol_add"), filled | {"take": estimate.pk})
    values = shown(taken.context["draft"])
    client.post(reverse("protocol_add"), values | {"action": "save"})

    row = AssumptionSource.objects.get(question__protocol=Protocol.objects.get(), assumption="dropout_rate")
    assert values["question-dropout_rate"] == "25"
    assert values["protocol-title"] == "LDN against placebo"
    assert (row.estimate, row.source, row.basis) == (estimate, estimate.study.sources.get(), "reported")
    assert row.question.dropout_rate == 0.25
    assert Protocol.objects.get().missing() == []


def test_a_value_that_left_its_figure_needs_a_new_source(gap: Gap, pain: Term, filled: dict[str, Any], researcher: User) -> None:
    estimate = link(gap, pain, measure="dropout_rate", value=0.25)
    values = shown(after_taking(filled, estimate))

    draft = Draft(query(values | {"question-dropout_rate": "30"}))
    assert draft.is_valid(), draft.errors
    missing = draft.save(owner=researcher).missing()

    assert missing == ["what now says so: loss has changed, its note still speaks of the proposed value"]


def test_a_rewritten_note_lets_the_figure_go(gap: Gap, pain: Term, filled: dict[str, Any], researcher: User) -> None:
    estimate = link(gap, pain, measure="dropout_rate", value=0.25)
    values = shown(after_taking(filled, estimate))

    draft = Draft(query(values | {"sources-2-note": "Our own guess."}))
    assert draft.is_valid(), draft.errors
    protocol = draft.save(owner=researcher)

    row = AssumptionSource.objects.get(question__protocol=protocol, assumption="dropout_rate")
    assert (row.estimate, row.note) == (None, "Our own guess.")


def test_a_figure_of_another_gap_is_not_taken(gap: Gap, pain: Term, filled: dict[str, Any]) -> None:
    estimate = link(Gap.objects.get(uid="GAP-0001"), pain, measure="dropout_rate", value=0.25)

    assert Draft(query(filled)).taking(str(estimate.pk)) is None
    assert Draft(query(filled)).taking("no number") is None


def test_a_figure_of_another_outcome_is_offered_nowhere_even_in_the_same_unit(
    gap: Gap, pain: Term, client: Client, researcher: User, filled: dict[str, Any]
) -> None:
    fields: dict[str, Any] = {"unit": "points", "scale_min": 0, "scale_max": 100, "better": "lower"}
    impact = Term.objects.create(scheme="outcome", slug="impact-of-a-test", label="Impact", **fields)
    estimate = link(gap, impact, measure="difference_sd", value=13.8, scale_min=0, scale_max=100)
    client.force_login(researcher)

    page = client.get(reverse("protocol_add"), {"gap": gap.uid, "estimate": str(estimate.pk)})
    evidence = client.get(reverse("gap_evidence", args=[gap.uid])).content.decode()

    assert offered(estimate) is not None
    assert offered_for([gap]) == []
    assert Draft(query(filled)).taking(str(estimate.pk)) is None
    assert shown(page.context["draft"])["question-difference_sd"] == "2"
    assert f"estimate={estimate.pk}" not in evidence


def test_gaps_about_several_outcomes_leave_only_shares(gap: Gap, pain: Term) -> None:
    sd, loss = (
        link(gap, pain, measure="difference_sd", value=1.7, scale_min=0, scale_max=10),
        link(gap, pain, measure="dropout_rate", value=0.25),
    )
    other = Gap.objects.exclude(outcome_domain=pain).exclude(outcome_domain=None)[0]
    Evidence.objects.filter(gap=other, role=Evidence.Role.PLANNING_INPUT).delete()

    assert {one.estimate for one in offered_for([gap])} == {sd, loss}
    assert [one.estimate for one in offered_for([gap, other])] == [loss]
