"""The figures that come with the app: worked out again, with their signs and marks, and the pool that they give."""

import math

import pytest
from scipy import stats

from gaps import derivations
from gaps.models import Basis, Estimate, Evidence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register")]


def estimate(study: str, slug: str) -> Estimate:
    return Estimate.objects.get(study__slug=study, slug=slug)


def test_every_derived_figure_is_worked_out_again() -> None:
    derived = [row for row in Estimate.objects.all() if row.derivation]

    wrong = [
        (str(row), name)
        for row in derived
        for name, derivation in row.derivation.items()
        if not derivations.agrees(derivation, getattr(row, name))
    ]

    assert wrong == []
    assert len(derived) == 55
    assert {row.basis for row in derived if "value" in row.derivation} == {Basis.DERIVED, Basis.UNVERIFIED}


def test_what_the_table_does_not_vouch_for_carries_the_mark() -> None:
    marked = {f"{row.study.slug}/{row.slug}" for row in Estimate.objects.filter(basis=Basis.UNVERIFIED).select_related("study")}

    assert marked == {
        "younger-mackey-2009/responders",
        "final-2024/memory-secondary",
        "final-2024/memory-secondary-2",
        "final-2024/memory-change-sd",
        "srinivasan-2021/pain-difference-sd",
        "duloxetine-back-pain/pain-difference",
        "farrar-2001/moderate-share",
        "planning-defaults/metabolite-half-life",
    }
    assert not Estimate.objects.filter(basis=Basis.UNVERIFIED, stands_for_study=True).exists()


def test_assumptions_are_ours_alone() -> None:
    assert set(Estimate.objects.filter(basis=Basis.ASSUMED).values_list("study__slug", flat=True)) == {"planning-defaults"}
    assert not Estimate.objects.filter(study__slug="planning-defaults", stands_for_study=True).exists()


def test_two_trials_are_pooled_and_give_the_published_table() -> None:
    rows = (
        Estimate.objects.poolable().filter(outcome_domain__slug="mean-pain", comparison="placebo").select_related("study", "outcome_domain")
    )
    assert [(row.study.slug, row.value, row.factor()) for row in rows] == [("final-2024", -0.34, 1.0), ("innova", 0.49, 1.0)]

    values = [row.value or 0 for row in rows]
    variances = [(row.standard_error or 0) ** 2 for row in rows]
    weights = [1 / variance for variance in variances]
    information = sum(weights)
    fixed = sum(weight * value for weight, value in zip(weights, values, strict=True)) / information
    q = sum(weight * (value - fixed) ** 2 for weight, value in zip(weights, values, strict=True))
    tau2 = (q - 1) / (information - sum(weight**2 for weight in weights) / information)
    random_weights = [1 / (variance + tau2) for variance in variances]
    random = sum(weight * value for weight, value in zip(random_weights, values, strict=True)) / sum(random_weights)
    required = {delta: (stats.norm.ppf(0.975) + stats.norm.ppf(0.9)) ** 2 / delta**2 for delta in (1.0, 0.7, 0.5)}

    assert (round(fixed, 2), round(information, 2)) == (-0.04, 16.51)
    assert (round(q, 2), round(tau2, 3), round(random, 2), round(sum(random_weights), 2)) == (2.62, 0.213, 0.03, 5.87)
    assert [round(100 * information / needed) for needed in required.values()] == [157, 77, 39]
    assert [round(100 * sum(random_weights) / needed) for needed in required.values()] == [56, 27, 14]


@pytest.mark.parametrize(
    ("study", "slug", "expected", "digits"),
    [
        ("final-2024", "pain-change-sd-ldn", 1.57, 2),
        ("final-2024", "pain-change-sd-placebo", 1.58, 2),
        ("final-2024", "pain-change-sd", 1.53, 2),
        ("innova", "pain-change-sd", 2.03, 2),
        ("younger-2013", "pain-difference-sd", 22.2, 1),
        ("srinivasan-2021", "pain-difference-sd", 10.7, 1),
        ("duloxetine-back-pain", "difference-sd", 2.54, 2),
        ("duloxetine-back-pain", "correlation", 0.59, 2),
        ("bested-2023", "fiqr-difference-sd", 13.8, 1),
        ("bested-2023", "pain-difference-sd", 4.7, 1),
        ("cree-2010", "mental-component-sd", 12.2, 1),
        ("cree-2010", "pain-effects-sd", 5.9, 1),
        ("innova", "serious-upper-limit", 0.0605, 4),
        ("planning-defaults", "upper-limit-100", 0.0295, 4),
        ("planning-defaults", "upper-limit-300", 0.010, 3),
        ("planning-defaults", "upper-limit-1000", 0.003, 4),
        ("planning-defaults", "upper-limit-3000", 0.001, 4),
        ("planning-defaults", "crossover-dropout", 0.20, 2),
        ("duloxetine-back-pain", "dropout", 0.488, 3),
    ],
)
def test_a_derived_figure_is_the_one_of_the_table(study: str, slug: str, expected: float, digits: int) -> None:
    value = estimate(study, slug).value

    assert value is not None
    assert round(value, digits) == expected


@pytest.mark.parametrize(
    ("study", "slug", "favours_naltrexone"),
    [
        ("final-2024", "pain-week-12", True),
        ("innova", "pain-month-3", False),
        ("younger-2013", "pain-difference", True),
        ("bested-2023", "pain-difference", True),
        ("beaudette-zlatanova-2023", "pain-severity", False),
        ("beaudette-zlatanova-2023", "pain-interference", True),
        ("beaudette-zlatanova-2023", "paindetect", False),
        ("cree-2010", "pain-effects", True),
        ("vatvani-2024", "pain-difference", True),
        ("irwin-2024", "peg-change", True),
        ("final-2024", "memory-secondary", True),
    ],
)
def test_a_difference_below_0_is_less_pain_on_naltrexone(study: str, slug: str, favours_naltrexone: bool) -> None:
    value = estimate(study, slug).value

    assert value is not None
    assert (value < 0) is favours_naltrexone


def test_shares_lie_between_0_and_1() -> None:
    shares = Estimate.objects.filter(measure__in=("proportion", "dropout_rate", "upper_limit"))

    assert shares.count() == 64
    assert [str(row) for row in shares if row.value is None or not 0 <= row.value <= 1] == []


@pytest.mark.parametrize(("followed", "enrolled"), [(100, "157"), (300, "469"), (3000, "4,688")])
def test_whom_to_enrol_is_told_with_the_share_that_stopped_in_practice(followed: int, enrolled: str) -> None:
    share = estimate("mayo-2009-22", "discontinued").value or 0
    links = Evidence.objects.filter(estimate__slug=f"upper-limit-{followed}").values_list("note", flat=True)

    assert f"{math.ceil(followed / (1 - share)):,}" == enrolled
    assert {note.endswith(f"with 36 % lost, enrol {enrolled}.") for note in links} == {True}


def test_a_limit_that_follows_from_numbers_of_people_is_no_finding_of_a_study() -> None:
    limits = Estimate.objects.filter(measure="upper_limit")

    assert {(row.study.slug, row.stands_for_study) for row in limits} == {("planning-defaults", False), ("innova", True)}


def test_a_share_of_people_is_a_whole_number_of_them_or_does_not_say_how_many() -> None:
    """89 % and 67 % are of no 17 people; a share to whole per cent lies within half of one of some count."""
    reported = Estimate.objects.filter(measure="proportion", basis="reported", n__lte=60)

    assert reported.count() == 4
    assert [
        str(row) for row in reported if abs((row.value or 0) * (row.n or 0) - round((row.value or 0) * (row.n or 0))) > 0.005 * (row.n or 0)
    ] == []
