"""Figures of studies: what is derived is worked out, what contradicts itself is refused, and intervals are as given or worked out."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from scipy import stats

from gaps import derivations
from gaps.models import Basis, Estimate, Evidence, Gap, Registration, Source, Study, Term

pytestmark = pytest.mark.django_db
FINAL_SE = {"formula": "se_from_interval", "inputs": {"low": -0.95, "high": 0.27, "level": 0.95, "df": 97}}


@pytest.fixture
def study() -> Study:
    return Study.objects.create(slug="final-2024", label="FINAL 2024", design="parallel", year=2024)


def made(study: Study, **fields: Any) -> Estimate:
    values = {"slug": "pain", "label": "Pain, week 12", "measure": "mean_difference", "value": -0.34}
    return Estimate(study=study, **{**values, **fields})


def refusal(estimate: Estimate | Study | Evidence) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        estimate.full_clean()
    return refused.value.message_dict


def test_a_standard_error_left_empty_is_worked_out(study: Study) -> None:
    estimate = made(study, derivation={"standard_error": FINAL_SE})

    estimate.full_clean()

    assert estimate.standard_error == pytest.approx(0.61 / stats.t.ppf(0.975, 97))
    assert (estimate.value, estimate.basis) == (-0.34, Basis.REPORTED)


def test_a_derived_value_is_worked_out_from_its_stored_inputs(study: Study) -> None:
    sd = {"formula": "sd_from_group_se", "inputs": {"standard_error": FINAL_SE, "n_1": 49, "n_2": 50}}
    estimate = made(study, measure="change_sd", value=None, basis="derived", derivation={"value": sd})

    estimate.full_clean()
    estimate.save()

    stored = Estimate.objects.get(pk=estimate.pk)
    assert stored.value is not None
    assert round(stored.value, 2) == 1.53
    assert derivations.agrees(stored.derivation["value"], stored.value)


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        (
            {"standard_error": 0.5, "derivation": {"standard_error": FINAL_SE}},
            {"derivation": ["standard_error is given as 0.5, but its derivation gives 0.307348; left empty, it is filled in."]},
        ),
        ({"basis": "derived"}, {"derivation": ["A derived value needs its formula and inputs."]}),
        (
            {"value": 1, "derivation": {"value": {"formula": "difference", "inputs": {"first": 2, "second": 1}}}},
            {"basis": ["A value with a formula is not reported but derived."]},
        ),
        ({"derivation": {"n": FINAL_SE}}, {"derivation": ["A derivation is given for value, standard_error, or both."]}),
        (
            {"derivation": {"standard_error": {"formula": "se_from_interval", "inputs": {"low": 1, "high": 0, "level": 0.95, "df": 9}}}},
            {"derivation": ["Standard error from a confidence interval: high (upper limit) is 0, but must be above low."]},
        ),
        ({"ci_low": 0, "ci_high": 1, "ci_level": 0.95}, {"__all__": ["The value lies between the lower and the upper limit."]}),
        ({"ci_low": -1, "ci_high": 1}, {"ci_level": ["Say at which level the interval holds, such as 0.95."]}),
        ({"standard_error": -1}, {"standard_error": ["Ensure this value is greater than or equal to 0."]}),
        ({"events": 3, "n": 2}, {"__all__": ["No more participants have an event than there are."]}),
        ({"value": None}, {"__all__": ["Give a value, or at least a p value."]}),
        ({"scale_max": 10}, {"scale_min": ["Give both ends of the scale, the lower one first, or neither."]}),
        ({"scale_min": 10, "scale_max": 0}, {"__all__": ["Give both ends of the scale, the lower one first, or neither."]}),
    ],
)
def test_a_figure_that_contradicts_itself_is_refused(study: Study, fields: dict[str, Any], refused: dict[str, list[str]]) -> None:
    messages = refusal(made(study, **fields))

    assert {name: messages.get(name, [])[:1] for name in refused} == refused


def test_one_figure_stands_for_a_study_outcome_and_comparison(study: Study) -> None:
    pain = Term.objects.create(scheme="outcome", slug="pain", label="Mean pain", better="lower")
    made(study, outcome_domain=pain, stands_for_study=True).save()

    messages = refusal(made(study, slug="pain-2", outcome_domain=pain, stands_for_study=True))

    assert messages == {"__all__": ["Another estimate already stands for this study, outcome and comparison."]}


def test_a_reported_interval_is_given_as_it_is(study: Study) -> None:
    estimate = made(study, ci_low=-0.95, ci_high=0.27, ci_level=0.95, standard_error=0.3)

    assert estimate.interval() == (-0.95, 0.27, 0.95, Basis.REPORTED)


def test_without_a_reported_interval_a_difference_has_the_one_of_its_standard_error(study: Study) -> None:
    interval = made(study, value=0.49, standard_error=0.411).interval()

    assert interval is not None
    assert interval.basis == Basis.DERIVED
    assert (interval.low, interval.high) == pytest.approx(stats.norm.interval(0.95, 0.49, 0.411))


def test_a_share_of_events_has_its_exact_interval(study: Study) -> None:
    interval = made(study, measure="proportion", value=0, events=0, n=48).interval()

    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((0, 1 - 0.025 ** (1 / 48)))
    assert interval.basis == Basis.DERIVED


@pytest.mark.parametrize("fields", [{}, {"measure": "risk_ratio", "standard_error": 0.1}, {"measure": "proportion", "value": 0.3, "n": 9}])
def test_where_nothing_tells_it_there_is_no_interval(study: Study, fields: dict[str, Any]) -> None:
    assert made(study, **fields).interval() is None


def test_what_is_unverified_stays_so_in_an_interval_worked_out_from_it(study: Study) -> None:
    interval = made(study, basis="unverified", standard_error=0.3).interval()

    assert interval is not None
    assert interval.basis == Basis.UNVERIFIED


def test_differences_are_laid_on_the_common_scale_of_their_outcome(study: Study) -> None:
    pain = Term(scheme="outcome", slug="pain", label="Mean pain", better="lower", scale_min=0, scale_max=10)

    assert made(study, outcome_domain=pain, scale_min=0, scale_max=100).factor() == 0.1
    assert made(study, outcome_domain=pain, scale_min=0, scale_max=10).factor() == 1
    assert made(study, outcome_domain=pain).factor() is None
    assert made(study).factor() == 1


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"n_randomised": 9, "n_analysed": 10}, "No more participants are analysed than were randomised or enrolled."),
        ({"dose_low_mg": 6, "dose_high_mg": 3}, "The lowest dose is not above the highest."),
        ({"start_date": "2024-02-01", "completion_date": "2024-01-01"}, "A study does not end before it starts."),
    ],
)
def test_a_study_that_contradicts_itself_is_refused(fields: dict[str, Any], says: str) -> None:
    assert refusal(Study(slug="a-study", label="A study", design="parallel", **fields)) == {"__all__": [says]}


def test_evidence_takes_a_figure_of_its_own_study_once_in_a_role(study: Study) -> None:
    gap = Gap.objects.create(title="Benefit")
    other = Study.objects.create(slug="innova", label="INNOVA", design="parallel")
    estimate = made(study)
    estimate.save()
    Evidence.objects.create(gap=gap, study=study, estimate=estimate, role="contradicts")
    Evidence.objects.create(gap=gap, study=study, role="contradicts")

    assert refusal(Evidence(gap=gap, study=other, estimate=estimate, role="supports")) == {
        "estimate": ["FINAL 2024: Pain, week 12 is a figure of another study."]
    }
    assert refusal(Evidence(gap=gap, study=study, estimate=estimate, role="contradicts")) == {
        "__all__": ["This figure already has this role for the gap."]
    }
    assert refusal(Evidence(gap=gap, study=study, role="contradicts")) == {"__all__": ["This study already has this role for the gap."]}


def test_every_stored_figure_agrees_with_its_derivation(register: None) -> None:
    study = Study.objects.create(slug="one-more", label="One more", design="parallel")
    made(study, standard_error=derivations.work_out(FINAL_SE), derivation={"standard_error": FINAL_SE}).save()

    derived = [(row, name) for row in Estimate.objects.select_related("study") for name in row.derivation]

    assert ("One more: Pain, week 12", "standard_error") in [(str(row), name) for row, name in derived]
    assert [(str(row), name) for row, name in derived if not derivations.agrees(row.derivation[name], getattr(row, name))] == []
    for row, _name in derived:
        row.full_clean()


def test_every_number_of_a_registry_in_the_register_is_one(register: None) -> None:
    for study in Study.objects.prefetch_related("registrations"):
        study.full_clean()
        for registration in study.registrations.all():
            registration.full_clean()


@pytest.mark.parametrize(
    "words", ["FINAL", "final 2024", "NCT04270877", "nct0427", "s2665-9913(23)00278-3", "Due Bruun", "EUCTR2019-000702-30-DK"]
)
def test_a_study_is_found_by_label_registration_or_report(study: Study, words: str) -> None:
    Registration.objects.create(study=study, identifier="NCT04270877")
    Registration.objects.create(study=study, identifier="2019-000702-30")
    study.sources.add(Source.objects.create(slug="due-bruun", authors="Due Bruun, K.", doi="10.1016/s2665-9913(23)00278-3"))
    Study.objects.create(slug="other", label="Other", design="cohort")

    assert [found.slug for found in Study.objects.search(words)] == ["final-2024"]
