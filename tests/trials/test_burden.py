"""What a design asks of people, sites and budget: by hand, against the engine's own comparison, and as properties."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trials.protocol.burden import load_of
from trials.protocol.content import DesignFact
from trials.sizing.comparison import compare
from trials.sizing.design import Design
from trials.sizing.plan import read_plan

AB_BA: dict[str, Any] = {
    "sequences": ("AB", "BA"),
    "allocation": (1, 1),
    "run_in_days": 14,
    "titration_days": 14,
    "period_days": 42,
    "washout_days": 14,
    "readout_days": 7,
    "follow_up_days": 14,
    "effect_persistence_days": None,
    "sites": 4,
    "recruitment_per_month": 6.0,
    "visits_per_period": 3,
    "cost_per_participant": 1200.0,
    "cost_per_visit": 150.0,
    "currency": "EUR",
}


def design(**changed: Any) -> DesignFact:
    return DesignFact(**(AB_BA | changed))


def test_the_load_of_a_trial_worked_out_by_hand() -> None:
    load = load_of(design(), 58)

    assert load.days_per_person == 14 + 42 + 14 + 42 + 14
    assert load.person_weeks == 58 * 18
    assert (load.visits_per_person, load.visits) == (6, 348)
    assert load.cost == 58 * 1200 + 348 * 150
    assert load.recruitment_months == pytest.approx(58 / 6)
    assert load.recruitment_per_site_month == 1.5
    assert load.trial_months == pytest.approx(58 / 6 + 126 / 30.4375)


@pytest.mark.parametrize(
    ("changed", "unknown"),
    [
        ({"visits_per_period": None}, {"visits_per_person", "visits", "cost"}),
        ({"visits_per_period": None, "cost_per_visit": None}, {"visits_per_person", "visits"}),
        ({"cost_per_participant": None, "cost_per_visit": None}, {"cost"}),
        ({"recruitment_per_month": None}, {"recruitment_months", "recruitment_per_site_month", "trial_months"}),
        ({"sites": None}, {"recruitment_per_site_month"}),
        ({"period_days": None}, {"days_per_person", "person_weeks", "trial_months"}),
        ({"sequences": (), "allocation": ()}, {"days_per_person", "person_weeks", "trial_months", "visits_per_person", "visits", "cost"}),
    ],
)
def test_what_the_design_does_not_give_is_not_made_up(changed: dict[str, Any], unknown: set[str]) -> None:
    load = load_of(design(**changed), 58)

    assert {name for name, value in vars(load).items() if value is None} == unknown


def test_without_a_size_only_what_each_participant_does_is_known() -> None:
    load = load_of(design(), None)

    assert {name for name, value in vars(load).items() if value is not None} == {
        "days_per_person",
        "visits_per_person",
        "recruitment_per_site_month",
    }


@pytest.mark.parametrize("text", ["AB/BA", "ABB/BAA", "ABBA/BAAB"])
def test_the_engines_comparison_counts_the_same(text: str) -> None:
    sequences = tuple(text.split("/"))
    plan = read_plan(
        {
            "design": {
                "text": "AB/BA",
                "burden": {
                    "period_weeks": 6.0,
                    "washout_weeks": 2.0,
                    "run_in_weeks": 4.0,  # before and after
                    "visits_per_period": 3.0,
                    "cost_per_participant": 1200.0,
                    "cost_per_visit": 150.0,
                },
            },
            "outcome": {"kind": "continuous", "within_subject_sd": 1.5},
            "question": {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": -1.0},
            "attrition": {"dropout_rate": 0.2},
            "solve": {"for": "n", "target_power": 0.9},
        }
    )

    (row,) = compare(plan, {text: Design(sequences=sequences)})
    load = load_of(design(sequences=sequences), row.n_randomised)

    assert row.n_randomised
    assert (load.person_weeks, load.visits, load.cost) == pytest.approx((row.person_weeks, row.visits, row.cost))


@given(st.integers(1, 5000), st.integers(1, 400), st.integers(0, 200), st.integers(2, 6))
def test_twice_the_people_is_twice_the_load(people: int, period: int, washout: int, periods: int) -> None:
    fact = design(sequences=("AB" * 5, "BA" * 5)[:2], period_days=period, washout_days=washout)
    fact = fact.model_copy(update={"sequences": tuple(sequence[:periods] for sequence in fact.sequences)})

    one, two = load_of(fact, people), load_of(fact, 2 * people)

    for name in ("person_weeks", "visits", "cost", "recruitment_months"):
        assert getattr(two, name) == pytest.approx(2 * getattr(one, name))
    assert one.days_per_person == two.days_per_person == 28 + periods * period + (periods - 1) * washout
