"""Questions of harm: how many people, for how long, to see a rare event, to exclude a rate, or to tell it closely enough."""

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from tests.sizing.far import at_most
from trials.sizing.answer import Answer
from trials.sizing.comparison import compare
from trials.sizing.design import Design
from trials.sizing.explain import for_people, steps
from trials.sizing.plan import MalformedPlan, Plan, read_plan
from trials.sizing.question import RateUpperLimit
from trials.sizing.sensitivity import explore
from trials.sizing.size import size
from trials.sizing.stress import stress
from trials.sizing.wording import Names, hypothesis, plain_statement, statement, summary

YEAR = {"follow_up_years": 1}
TRIALS = 40_000


def read(question: dict[str, Any], solve: dict[str, Any], **parts: Any) -> Plan:
    return read_plan({"question": question, "solve": solve} | parts)


def ask(question: dict[str, Any], solve: dict[str, Any], **parts: Any) -> Answer:
    return size(read(question, solve, **parts))


def first_event(target: float = 0.95, exposure: dict[str, Any] | None = None, **question: Any) -> Answer:
    return ask({"kind": "first_event"} | question, {"for": "n", "target_power": target}, exposure=exposure or YEAR)


# published and derived figures


@pytest.mark.parametrize(("event_rate", "people"), [(0.01, 299), (0.05, 59), (0.001, 2995)])
def test_the_rule_of_three_made_exact(event_rate: float, people: int) -> None:
    answer = first_event(event_rate=event_rate)

    assert answer.n_evaluable == people
    assert people == pytest.approx(3 / event_rate, rel=0.02)


@pytest.mark.parametrize(("events", "years", "people"), [(1, 299.6, 300), (3, 629.6, 630)])
def test_person_years_until_so_many_events_are_seen(events: int, years: float, people: int) -> None:
    answer = first_event(person_time_rate=0.01, events=events)

    assert answer.person_years_needed == pytest.approx(years, abs=0.05)
    assert (answer.n_evaluable, answer.person_years) == (people, people)


@pytest.mark.parametrize(("events", "numerator"), [(0, 2.996), (1, 4.744), (2, 6.296), (3, 7.754)])
def test_the_upper_limit_over_time_is_a_number_divided_by_the_person_years(events: int, numerator: float) -> None:
    answer = ask({"kind": "rate_upper_limit", "observed_events": events}, {"for": "upper_limit", "person_years": 300.0}, exposure=YEAR)

    assert (answer.upper_limit or 0.0) * 300 == pytest.approx(numerator, abs=5e-4)
    assert (answer.n_evaluable, answer.person_years, answer.events) == (300, 300, events)


def test_no_event_in_three_hundred_people_leaves_0_994_per_cent() -> None:
    answer = ask({"kind": "rate_upper_limit"}, {"for": "upper_limit", "n_evaluable": 300}, exposure=YEAR)

    assert answer.upper_limit == pytest.approx(0.00994, abs=5e-6)


@pytest.mark.parametrize(("finishers", "enrolled"), [(300, 469), (3000, 4688), (100, 157)])
def test_a_third_lost_means_half_as_many_again_to_enrol(finishers: int, enrolled: int) -> None:
    answer = ask(
        {"kind": "rate_upper_limit"},
        {"for": "upper_limit", "n_evaluable": finishers},
        exposure=YEAR,
        attrition={"dropout_rate": 0.36},
    )

    assert (answer.n_evaluable, answer.n_randomised) == (finishers, enrolled)


def test_one_per_cent_is_excluded_by_299_people_without_an_event() -> None:
    answer = ask({"kind": "rate_upper_limit", "upper_limit": 0.01}, {"for": "n"}, exposure=YEAR, attrition={"dropout_rate": 0.36})

    assert (answer.n_evaluable, answer.n_randomised) == (299, 468)
    assert answer.upper_limit is not None
    assert 0.0099 < answer.upper_limit <= 0.01


def test_people_who_stop_count_for_the_time_they_took_the_drug() -> None:
    answer = first_event(person_time_rate=0.01, exposure={"follow_up_years": 1, "discontinuation_rate": 0.25})

    each = (1 - np.exp(-0.25)) / 0.25
    assert answer.person_years == pytest.approx((answer.n_evaluable or 0) * each)
    assert answer.n_evaluable == int(np.ceil(-np.log(0.05) / 0.01 / each))


def test_time_on_placebo_does_not_count() -> None:
    whole = first_event(person_time_rate=0.01)
    half = first_event(person_time_rate=0.01, exposure={"follow_up_years": 1, "share_on_drug": 0.5})

    assert (whole.n_evaluable, half.n_evaluable) == (300, 600)


def test_ruling_out_a_doubling_is_the_exact_poisson_test() -> None:
    question = {"kind": "rate_increase", "person_time_rate": 0.01, "ratio_to_exclude": 2}
    answer = ask(question, {"for": "power", "person_years": 1000.0}, exposure=YEAR)

    most = next(x for x in range(40, -1, -1) if stats.poisson(20).cdf(x) <= 0.05)
    assert answer.critical_value == most
    assert answer.power == pytest.approx(stats.poisson(10).cdf(most), abs=1e-12)
    assert answer.actual_size == pytest.approx(stats.poisson(20).cdf(most), abs=1e-12)


# an independent witness: the trial is run


def on_the_drug(rng: np.random.Generator, people: int, years: float, stopping: float) -> NDArray[np.float64]:
    """The years on the drug of everybody together, trial by trial."""
    total = np.zeros(TRIALS)
    for _ in range(people):
        total += np.minimum(rng.exponential(1 / stopping, TRIALS), years) if stopping else years
    return total


def agrees(happened: NDArray[np.bool_], chance: float) -> bool:
    error = float(np.sqrt(chance * (1 - chance) / len(happened)))
    assert error <= 0.003
    return bool(abs(happened.mean() - chance) <= 4 * error)


def test_a_simulated_trial_sees_its_first_event_as_often_as_planned() -> None:
    answer = first_event(event_rate=0.05)
    rng = np.random.default_rng(1)

    people_with_event = (rng.random((TRIALS, int(answer.n_evaluable or 0))) < 0.05).sum(axis=1)

    assert agrees(people_with_event >= 1, answer.power or 0.0)
    assert not agrees(people_with_event >= 1, float(-np.expm1(-0.05 * 50)))  # fifty people are not enough


def test_a_simulated_trial_with_people_who_stop_sees_three_events_as_often_as_planned() -> None:
    exposure = {"follow_up_years": 2, "discontinuation_rate": 0.3}
    answer = first_event(person_time_rate=0.02, events=3, exposure=exposure, target=0.9)
    rng = np.random.default_rng(2)

    events = rng.poisson(0.02 * on_the_drug(rng, int(answer.n_evaluable or 0), 2.0, 0.3))

    assert agrees(events >= 3, answer.power or 0.0)
    whole_follow_up = stats.poisson(0.02 * 2.0 * (answer.n_evaluable or 0)).sf(2)
    assert not agrees(events >= 3, whole_follow_up)


def test_a_simulated_trial_excludes_a_share_as_often_as_planned() -> None:
    question = {"kind": "rate_upper_limit", "upper_limit": 0.1, "event_rate": 0.04}
    answer = ask(question, {"for": "n", "target_power": 0.8}, exposure=YEAR)
    rng, people = np.random.default_rng(3), int(answer.n_evaluable or 0)

    events = (rng.random((TRIALS, people)) < 0.04).sum(axis=1)
    upper = proportion_confint(events, people, alpha=0.1, method="beta")[1]
    by_normal_distribution = proportion_confint(events, people, alpha=0.1, method="normal")[1]

    assert agrees(upper <= 0.1, answer.power or 0.0)
    assert not agrees(by_normal_distribution <= 0.1, answer.power or 0.0)


def test_a_simulated_trial_rules_out_a_doubling_as_often_as_planned_and_errs_as_seldom_as_promised() -> None:
    question = {"kind": "rate_increase", "person_time_rate": 0.03, "ratio_to_exclude": 2}
    exposure = {"follow_up_years": 2, "discontinuation_rate": 0.1}
    answer = ask(question, {"for": "n", "target_power": 0.8}, exposure=exposure)
    rng = np.random.default_rng(4)
    years = on_the_drug(rng, int(answer.n_evaluable or 0), 2.0, 0.1)

    def excluded(rate: float) -> NDArray[np.bool_]:
        events = rng.poisson(rate * years)
        return np.asarray(stats.chi2.ppf(0.95, 2 * (events + 1)) / 2 / (answer.person_years or 1.0) <= 0.06)

    assert agrees(excluded(0.03), answer.power or 0.0)
    assert agrees(excluded(0.06), answer.actual_size or 0.0)
    assert not agrees(excluded(0.03), 0.9)


@pytest.mark.parametrize("rate", [0.004, 0.01, 0.03])
def test_exact_upper_limits_cover_the_true_rate_at_least_as_often_as_they_say(rate: float) -> None:
    rng = np.random.default_rng(5)
    events, counts = np.unique(rng.binomial(300, rate, TRIALS), return_counts=True)
    limits = [
        ask({"kind": "rate_upper_limit", "observed_events": int(x)}, {"for": "upper_limit", "n_evaluable": 300}, exposure=YEAR).upper_limit
        for x in events
    ]

    covered = float(np.sum(counts[np.array(limits, dtype=float) >= rate]) / TRIALS)
    assert covered >= 0.95 - 4 * np.sqrt(0.05 * 0.95 / TRIALS)


@pytest.mark.parametrize("rate", [{"event_rate": 0.05}, {"person_time_rate": 0.05}])
def test_simulated_intervals_are_as_wide_as_expected_on_average(rate: dict[str, float]) -> None:
    answer = ask({"kind": "rate_precision", "half_width": 0.02} | rate, {"for": "n"}, exposure=YEAR)
    rng, people = np.random.default_rng(6), int(answer.n_evaluable or 0)

    if "event_rate" in rate:
        low, high = proportion_confint(rng.binomial(people, 0.05, TRIALS), people, alpha=0.05, method="beta")
    else:
        events = rng.poisson(0.05 * people, TRIALS)
        low, high = stats.chi2.ppf(0.025, 2 * events) / 2 / people, stats.chi2.ppf(0.975, 2 * events + 2) / 2 / people
    half = (high - np.nan_to_num(low)) / 2

    assert abs(half.mean() - (answer.half_width or 0.0)) <= 4 * half.std() / np.sqrt(TRIALS)
    at_the_normal_distribution = 1.959964 * np.sqrt(0.05 * (0.95 if "event_rate" in rate else 1.0) / people)
    assert abs(half.mean() - at_the_normal_distribution) > 4 * half.std() / np.sqrt(TRIALS)
    assert answer.half_width is not None
    assert answer.half_width <= 0.02


# the search


def test_where_the_power_is_a_sawtooth_both_the_first_n_and_the_one_it_stays_from_are_given() -> None:
    question = {"kind": "rate_upper_limit", "upper_limit": 0.02, "event_rate": 0.009}
    answer = ask(question, {"for": "n", "target_power": 0.8}, exposure=YEAR)

    def power(n: int) -> float:
        return ask(question, {"for": "power", "n_evaluable": n}, exposure=YEAR).power or 0.0

    first, stays = int(answer.n_evaluable or 0), int(answer.n_stays or 0)
    assert (first, stays) == (782, 845)
    assert power(first) >= 0.8 > max(power(first - 1), power(stays - 1))
    assert all(power(n) >= 0.8 for n in range(stays, stays + 200, 7))


def test_a_crossover_grows_by_whole_steps_in_a_sawtooth_too() -> None:
    question = {"kind": "rate_increase", "person_time_rate": 0.2, "ratio_to_exclude": 2}
    exposure = {"follow_up_years": 0.25, "share_on_drug": 0.5}
    answer = ask(question, {"for": "n", "target_power": 0.8}, exposure=exposure, design={"name": "williams", "treatments": 3})

    assert answer.n_evaluable is not None
    assert answer.n_evaluable % 6 == 0
    assert (answer.power or 0.0) >= 0.8 > (answer.power_one_step_below or 0.0)


def test_people_and_person_years_are_two_ways_to_say_n() -> None:
    question = {"kind": "first_event", "person_time_rate": 0.01}
    exposure = {"follow_up_years": 2, "share_on_drug": 0.5}

    by_years = ask(question, {"for": "power", "person_years": 250.0}, exposure=exposure, attrition={"dropout_rate": 0.2})
    by_people = ask(question, {"for": "power", "n_evaluable": 250}, exposure=exposure)

    assert (by_years.power, by_years.n_evaluable, by_years.n_randomised) == (by_people.power, 250, 313)


def test_only_people_on_the_drug_count_in_a_parallel_design() -> None:
    whole = ask({"kind": "first_event", "event_rate": 0.01}, {"for": "n", "target_power": 0.95}, exposure=YEAR)
    half = ask(
        {"kind": "first_event", "event_rate": 0.01},
        {"for": "n", "target_power": 0.95},
        exposure=YEAR | {"share_on_drug": 0.5},
        design={"name": "parallel"},
    )

    assert (whole.n_evaluable, half.n_evaluable) == (299, 598)


# properties

QUESTIONS = st.one_of(
    st.fixed_dictionaries({"kind": st.just("first_event"), "event_rate": st.floats(1e-4, 0.9), "events": st.integers(1, 20)}),
    st.fixed_dictionaries({"kind": st.just("first_event"), "person_time_rate": st.floats(1e-4, 50), "events": st.integers(1, 20)}),
    st.fixed_dictionaries({"kind": st.just("rate_upper_limit"), "event_rate": st.floats(1e-4, 0.9), "upper_limit": st.floats(1e-3, 0.99)}),
    st.fixed_dictionaries({"kind": st.just("rate_upper_limit"), "person_time_rate": st.floats(1e-4, 9), "upper_limit": st.floats(1e-3, 9)}),
    st.fixed_dictionaries(
        {"kind": st.just("rate_increase"), "person_time_rate": st.floats(1e-4, 9), "ratio_to_exclude": st.floats(1.01, 9)}
    ),
)


@at_most(1_000)
@given(question=QUESTIONS, n=st.floats(1, 1e5))
def test_a_power_is_a_chance(question: dict[str, Any], n: float) -> None:
    answer = ask(question, {"for": "power", "n_evaluable": n}, exposure=YEAR)

    assert answer.power is not None
    assert 0 <= answer.power <= 1


@at_most(1_000)
@given(rate=st.floats(1e-4, 0.9), events=st.integers(1, 20))
def test_more_people_see_an_event_more_surely(rate: float, events: int) -> None:
    question = {"kind": "first_event", "event_rate": rate, "events": events}
    powers = [ask(question, {"for": "power", "n_evaluable": n}).power or 0.0 for n in (1, 5, 20, 20.5, 100, 1000)]

    assert all(after >= before for before, after in pairwise(powers))


@at_most(1_000)
@given(question=QUESTIONS, target=st.sampled_from([0.5, 0.8, 0.9, 0.95]))
def test_the_n_that_is_found_is_enough_and_one_less_is_not(question: dict[str, Any], target: float) -> None:
    answer = ask(question, {"for": "n", "target_power": target, "max_n": 20_000}, exposure=YEAR)

    if answer.reason is None:
        assert (answer.power or 0.0) >= target
        assert answer.power_one_step_below is None or answer.power_one_step_below < target
        assert answer.n_stays is None or answer.n_stays >= (answer.n_evaluable or 0)
    else:
        assert answer.n_evaluable is None


@at_most(1_000)
@given(rate=st.floats(1e-4, 1), years=st.floats(0.1, 20), factor=st.sampled_from([0.5, 2.0, 10.0]))
def test_another_unit_of_time_changes_nothing(rate: float, years: float, factor: float) -> None:
    n = [
        ask(
            {"kind": "first_event", "person_time_rate": rate * by},
            {"for": "power", "n_evaluable": 50},
            exposure={"follow_up_years": years / by},
        )
        for by in (1.0, factor)
        if years / by <= 100
    ]

    assert len({round(answer.power or 0.0, 12) for answer in n}) == 1


@at_most(1_000)
@given(rate=st.floats(1e-6, 1e-4), n=st.integers(1, 1000))
def test_for_rare_events_people_and_person_years_come_to_the_same(rate: float, n: int) -> None:
    people = ask({"kind": "first_event", "event_rate": rate}, {"for": "power", "n_evaluable": n}, exposure=YEAR)
    years = ask({"kind": "first_event", "person_time_rate": rate}, {"for": "power", "n_evaluable": n}, exposure=YEAR)

    assert people.power == pytest.approx(years.power, rel=2e-4)


@at_most(1_000)
@given(years=st.floats(0.1, 10))
def test_without_stopping_the_time_on_the_drug_is_the_follow_up(years: float) -> None:
    exposures: list[dict[str, float]] = [{"follow_up_years": years}, {"follow_up_years": years, "discontinuation_rate": 1e-7}]
    found = [
        ask({"kind": "first_event", "person_time_rate": 0.1}, {"for": "power", "n_evaluable": 100}, exposure=e).person_years
        for e in exposures
    ]

    assert found[0] == pytest.approx(100 * years)
    assert found[1] == pytest.approx(found[0], rel=1e-5)


# what is said


def codes(answer: Answer) -> list[str]:
    return [warning.code for warning in answer.warnings]


def test_a_crossover_is_told_why_it_cannot_answer_about_years_of_use() -> None:
    question = {"kind": "first_event", "person_time_rate": 0.01}
    exposure = {"follow_up_years": 0.25, "share_on_drug": 0.5}
    plan = read(question, {"for": "n", "target_power": 0.95}, exposure=exposure, design={"name": "ab_ba"})
    answer = size(plan)

    assert codes(answer) == ["crossover_is_too_short"]
    assert "here 6.5 weeks a person of 3 months" in answer.warnings[0].message
    assert "a crossover does not answer whether years of use are safe" in answer.warnings[0].message
    assert "It cannot tell what happens to people who take the drug for years." in plain_statement(plan, answer)
    assert "Only the time on the drug counts, not that on placebo" in statement(plan, answer)
    assert "People are on the drug for 50 % of the follow-up." in statement(plan, answer)


@pytest.mark.parametrize(
    ("question", "parts", "expected"),
    [
        ({"person_time_rate": 0.01}, {"exposure": YEAR}, []),
        ({"event_rate": 0.01}, {"exposure": YEAR}, []),
        ({"event_rate": 0.01}, {}, ["follow_up_unknown"]),
        ({"person_time_rate": 0.01}, {"exposure": {"follow_up_years": 0.5}}, ["follow_up_is_short"]),
        ({"event_rate": 0.01}, {"exposure": YEAR | {"discontinuation_rate": 0.2}}, ["time_off_the_drug_not_counted"]),
        (
            {"person_time_rate": 0.01},
            {"exposure": YEAR, "design": {"name": "ab_ba"}},
            ["crossover_is_too_short", "share_on_drug_in_a_crossover"],
        ),
        ({"event_rate": 0.01}, {"exposure": YEAR, "design": {"name": "parallel"}}, ["everybody_on_the_drug"]),
    ],
)
def test_what_deserves_a_second_look(question: dict[str, Any], parts: dict[str, Any], expected: list[str]) -> None:
    answer = ask({"kind": "first_event"} | question, {"for": "n", "target_power": 0.95}, **parts)

    assert codes(answer) == expected


def test_a_rate_over_time_that_is_to_be_excluded_warns_of_the_first_of_a_tooth() -> None:
    question = {"kind": "rate_increase", "person_time_rate": 0.02, "ratio_to_exclude": 2.0}

    answer = ask(question, {"for": "n", "target_power": 0.8}, exposure=YEAR)

    assert codes(answer) == ["first_of_a_tooth"]
    assert answer.n_stays is not None
    assert answer.n_stays > (answer.n_evaluable or 0)


def test_a_first_event_in_words() -> None:
    plan = read(
        {"kind": "first_event", "event_rate": 0.01},
        {"for": "n", "target_power": 0.95},
        exposure=YEAR,
        attrition={"dropout_rate": 0.36},
    )
    answer = size(plan)
    names = Names(treatments={"A": "LDN 4.5 mg"}, outcome="a serious adverse event")

    assert summary(plan, answer, names) == "468 enrolled participants (299 evaluable) give a chance of 95 % to see at least 1 event."
    assert statement(plan, answer, names) == (
        "With 299 people followed to the end of 1 year (299 person-years on the drug), the chance to see at least 1 event is 95 % (target 95 %). This assumes that 1 % of "
        "people have a serious adverse event over a follow-up of 1 year. Seeing an event does not show that the drug caused it, and seeing none does not show that there is "
        "none. To allow for 36 % of people lost before the end of follow-up, 468 are enrolled; those who are lost are counted as if they had told nothing."
    )
    assert plain_statement(plan, answer, names) == (
        "468 people take LDN 4.5 mg and are followed for 1 year. About 36 % may leave before the end, so that about 299 complete it. If 1 in 100 people have a serious adverse "
        "event, the chance that it is seen at least once is about 95 in 100. Seeing it does not tell whether the drug is the cause."
    )


def test_an_excluded_doubling_in_words() -> None:
    plan = read(
        {"kind": "rate_increase", "person_time_rate": 0.01, "ratio_to_exclude": 2},
        {"for": "n", "target_power": 0.8},
        exposure={"follow_up_years": 2},
    )
    answer = size(plan)

    assert hypothesis(plan) == (
        "Null hypothesis: the rate of the event on the drug is 2 times the background or more (2 per 100 person-years). Alternative: it is below that. "
        "Exact one-sided Poisson test at alpha 0.05."
    )
    assert "it is excluded with up to 12 events; with a few more people it falls below the target again, and from" in statement(
        plan, answer
    )
    assert "the background is known to be 1 per 100 person-years" in statement(plan, answer)


def test_an_upper_limit_in_words() -> None:
    plan = read({"kind": "rate_upper_limit", "observed_events": 1}, {"for": "upper_limit", "n_evaluable": 100}, exposure=YEAR)
    answer = size(plan)

    assert summary(plan, answer) == "With 100 evaluable participants: an upper one-sided 95 % limit of 4.656 % after 1 event."
    assert plain_statement(plan, answer).endswith(
        "If no more than 1 has the event, it can be said with 95 % confidence that at most 4.656 % of people have the event over a follow-up of 1 year. "
        "It does not show that it never happens."
    )


PLANS = [
    ({"kind": "first_event", "event_rate": 0.01}, {"for": "n", "target_power": 0.95}),
    ({"kind": "first_event", "person_time_rate": 0.01, "events": 4}, {"for": "n", "target_power": 0.95}),
    ({"kind": "rate_upper_limit", "upper_limit": 0.01}, {"for": "n"}),
    ({"kind": "rate_upper_limit", "upper_limit": 0.02, "event_rate": 0.01}, {"for": "n", "target_power": 0.8}),
    ({"kind": "rate_upper_limit", "upper_limit": 0.02, "person_time_rate": 0.01}, {"for": "n", "target_power": 0.8}),
    ({"kind": "rate_precision", "event_rate": 0.05, "half_width": 0.02}, {"for": "n"}),
    ({"kind": "rate_increase", "person_time_rate": 0.01, "ratio_to_exclude": 2}, {"for": "n", "target_power": 0.8}),
]


@pytest.mark.parametrize(("question", "solve"), PLANS)
def test_an_answer_is_explained_and_explored_and_sizes_again(question: dict[str, Any], solve: dict[str, Any]) -> None:
    plan = read(question, solve, exposure=YEAR | {"discontinuation_rate": 0.1}, attrition={"dropout_rate": 0.36})
    answer = size(plan)
    around = explore(plan, answer)

    assert "None" not in for_people(plan, answer)
    assert "None" not in "".join(steps(plan, answer))
    assert around.sensitivity is not None
    row, column = around.sensitivity.planned
    assert around.sensitivity.n_evaluable[row][column] == answer.n_evaluable
    assert around.loss is not None
    assert (around.power_curve is not None) == (answer.power is not None)
    assert stress(plan, answer) is None
    assert size(read_plan(json.loads(json.dumps(answer.as_json()["plan"])))).as_json() == answer.as_json()


def test_the_planned_curve_passes_through_the_answer() -> None:
    plan = read(
        {"kind": "rate_increase", "person_time_rate": 0.01, "ratio_to_exclude": 2}, {"for": "power", "n_evaluable": 600}, exposure=YEAR
    )
    curve = explore(plan, size(plan)).power_curve

    assert curve is not None
    middle = next(one for one in curve.curves if one.planned)
    for n, power in list(zip(curve.n_evaluable, middle.power, strict=True))[::9]:
        assert ask(plan.question.as_json(), {"for": "power", "n_evaluable": n}, exposure=YEAR).power == pytest.approx(power)


def test_designs_are_not_compared_for_a_question_of_harm() -> None:
    plan = read({"kind": "first_event", "event_rate": 0.01}, {"for": "n", "target_power": 0.95})

    (row,) = compare(plan, {"AB/BA": Design(name="ab_ba")})

    assert row.reason is not None
    assert row.n_evaluable is None


# what is refused, and what has no answer


@pytest.mark.parametrize(
    ("question", "parts", "field", "said"),
    [
        ({"kind": "first_event"}, {}, "question.event_rate", "event_rate is missing"),
        ({"kind": "first_event", "event_rate": 0.1, "person_time_rate": 0.1}, {}, "question.person_time_rate", "not both"),
        ({"kind": "first_event", "event_rate": 1.0}, {}, "question.event_rate", "it must be a share of people above 0 and below 1"),
        ({"kind": "first_event", "event_rate": 0.1, "events": 0}, {}, "question.events", "it must be a whole number from 1"),
        ({"kind": "first_event", "event_rate": 0.1, "event": 2}, {}, "question.event", "Did you mean events?"),
        ({"kind": "first_event", "person_time_rate": 0.1}, {"exposure": None}, "exposure", "exposure is missing"),
        ({"kind": "first_event", "event_rate": 0.1}, {"exposure": {"follow_up_years": 0}}, "exposure.follow_up_years", "from 0.001 to 100"),
        ({"kind": "first_event", "event_rate": 0.1}, {"analysis": {"alpha": 0.05}}, "analysis.alpha", "tests nothing at an alpha"),
        (
            {"kind": "first_event", "event_rate": 0.1},
            {"analysis": {"adjust_for_carryover": True}},
            "analysis.adjust_for_carryover",
            "no model",
        ),
        (
            {"kind": "first_event", "event_rate": 0.1},
            {"attrition": {"lost_before_period": [0]}},
            "attrition.lost_before_period",
            "dropout_rate",
        ),
        ({"kind": "first_event", "event_rate": 0.1}, {"prior": {"effect_standard_error": 0.1}}, "prior", "takes no prior"),
        (
            {"kind": "first_event", "event_rate": 0.1},
            {"outcome": {"kind": "continuous", "within_subject_sd": 1.0}},
            "outcome",
            "takes no outcome",
        ),
        ({"kind": "rate_upper_limit"}, {"solve": {"for": "n"}}, "question.upper_limit", "upper_limit is missing"),
        ({"kind": "rate_upper_limit", "upper_limit": 2}, {"solve": {"for": "n"}}, "question.upper_limit", "must be below 1"),
        ({"kind": "rate_upper_limit", "upper_limit": 0.1}, {}, "solve.target_power", "give event_rate or person_time_rate"),
        (
            {"kind": "rate_upper_limit", "upper_limit": 0.1, "event_rate": 0.05, "observed_events": 1},
            {},
            "question.observed_events",
            "not both",
        ),
        (
            {"kind": "rate_upper_limit", "upper_limit": 0.1, "event_rate": 0.05, "per": "person_year"},
            {},
            "question.per",
            "leave per out",
        ),
        (
            {"kind": "rate_upper_limit", "event_rate": 0.05},
            {"solve": {"for": "upper_limit", "n_evaluable": 9}},
            "question.event_rate",
            "follows from observed_events",
        ),
        ({"kind": "rate_precision", "event_rate": 0.1}, {"solve": {"for": "n"}}, "question.half_width", "half_width is missing"),
        ({"kind": "rate_precision", "event_rate": 0.1, "half_width": 0.6}, {"solve": {"for": "n"}}, "question.half_width", "below 0.5"),
        ({"kind": "rate_precision", "event_rate": 0.1, "half_width": 0.1}, {}, "solve.target_power", "has no power"),
        ({"kind": "rate_increase", "person_time_rate": 0.1}, {}, "question.ratio_to_exclude", "ratio_to_exclude is missing"),
        ({"kind": "rate_increase", "person_time_rate": 0.1, "ratio_to_exclude": 1}, {}, "question.ratio_to_exclude", "a ratio above 1"),
        (
            {"kind": "rate_increase", "person_time_rate": 0.1, "ratio_to_exclude": 2},
            {"analysis": {"sides": 2}},
            "analysis.sides",
            "one side only",
        ),
    ],
)
def test_a_malformed_question_is_refused_at_its_field(question: dict[str, Any], parts: dict[str, Any], field: str, said: str) -> None:
    given_ = {"question": question, "solve": {"for": "n", "target_power": 0.9}, "exposure": YEAR} | parts
    with pytest.raises(MalformedPlan) as refused:
        read_plan({key: value for key, value in given_.items() if value is not None})

    assert [error["field"] for error in refused.value.errors] == [field]
    assert said in refused.value.errors[0]["message"]


@pytest.mark.parametrize(
    ("question", "solve", "said"),
    [
        ({"kind": "first_event", "event_rate": 1e-6}, {"for": "n", "target_power": 0.95}, "the most is 0.0952"),
        ({"kind": "rate_upper_limit", "upper_limit": 1e-5}, {"for": "n"}, "the upper limit after no event is still 0.002996 %"),
        (
            {"kind": "rate_upper_limit", "upper_limit": 0.01, "event_rate": 0.02},
            {"for": "n", "target_power": 0.9},
            "more people only make it less likely",
        ),
        ({"kind": "rate_precision", "event_rate": 0.5, "half_width": 0.001}, {"for": "n"}, "the expected half-width is still 0.003"),
        ({"kind": "rate_upper_limit", "observed_events": 5}, {"for": "upper_limit", "n_evaluable": 3}, "each person counts once"),
    ],
)
def test_a_question_without_an_answer_says_why(question: dict[str, Any], solve: dict[str, Any], said: str) -> None:
    answer = ask(question, solve, exposure=YEAR)

    assert answer.n_evaluable is None
    assert answer.reason is not None
    assert said in answer.reason


def test_a_question_of_harm_can_be_made_without_a_plan() -> None:
    assert RateUpperLimit(kind="rate_upper_limit", person_time_rate=0.01, upper_limit=0.02).basis == "person_year"
    assert RateUpperLimit(kind="rate_upper_limit", upper_limit=0.02).basis == "person"


@pytest.mark.parametrize(
    ("field", "value", "words"), [("follow_up_years", 1e-320, "from 0.001 to 100"), ("share_on_drug", 1e-320, "from 0.001 to 1")]
)
def test_no_time_to_speak_of_on_the_drug_is_refused(field: str, value: float, words: str) -> None:
    with pytest.raises(MalformedPlan) as refused:
        read_plan(
            {
                "question": {"kind": "rate_upper_limit", "upper_limit": 0.02, "person_time_rate": 0.001},
                "exposure": YEAR | {field: value},
                "solve": {"for": "power", "person_years": 100.0},
            }
        )

    assert [error["field"] for error in refused.value.errors] == [f"exposure.{field}"]
    assert words in refused.value.errors[0]["message"]
