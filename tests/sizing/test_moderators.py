"""Whether the effect differs between people: published figures, and what must hold whatever the numbers are."""

import json
from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sizing.far import at_most
from trials.sizing.explain import for_people, steps
from trials.sizing.moderators.group_sizes import binomial_rule, power_of_planned_groups, power_of_random_groups
from trials.sizing.moderators.subgroups import told
from trials.sizing.moderators.value_spread import power_of_planned_values, power_of_random_values
from trials.sizing.plan import MalformedPlan, Plan, read_plan
from trials.sizing.sensitivity import explore
from trials.sizing.size import information_for, size
from trials.sizing.wording import Names, describe_method, hypothesis, plain_statement, statement, summary

PAIN = {"within_subject_sd": {"from": "difference_sd", "difference_sd": 2.0}}
UNIT = {"within_subject_sd": 1.0}
LATIN_3 = {"name": "latin_square", "treatments": 3}
GENOTYPES = {"kind": "categorical", "shares": {"AA": 0.64, "AG": 0.31, "GG": 0.05}, "effects": {"AA": -1.2, "AG": -0.4, "GG": 0.0}}
NAMES = Names(treatments={"A": "LDN", "B": "placebo"}, outcome="pain", unit="points")


def plan_of(moderator: dict[str, Any], solve: Any, design: Any = "AB/BA", outcome: Any = UNIT, **parts: Any) -> Plan:
    return read_plan(
        {
            "design": {"text": design} if isinstance(design, str) else design,
            "outcome": {"kind": "continuous"} | outcome,
            "question": {"kind": "moderator", "treatment": "A", "comparator": "B", "moderator": moderator},
            "solve": {"for": "n", "target_power": solve} if solve < 1 else {"for": "power", "n_evaluable": solve},
        }
        | parts
    )


def answer_of(*given_: Any, **parts: Any) -> Any:
    return size(plan_of(*given_, **parts))


def binary(share: float, difference: float, **more: Any) -> dict[str, Any]:
    return {"kind": "binary", "prevalence": share, "difference_in_effect": difference} | more


def continuous(slope: float, **more: Any) -> dict[str, Any]:
    return {"kind": "continuous", "moderator_sd": 1.0, "slope": slope} | more


def error_at(moderator: Any, field: str, **parts: Any) -> str:
    with pytest.raises(MalformedPlan) as refused:
        plan_of(moderator, 40, **parts)
    return " ".join(one["message"] for one in refused.value.errors if one["field"] == field)


# published and peer-computed


@pytest.mark.parametrize(
    ("share", "difference", "power", "n", "started"),
    [
        (0.448, -1.0, 0.9, 172, 216),
        (0.448, -1.0, 0.8, 130, 164),
        (0.448, -0.7, 0.9, 350, 438),
        (0.448, -0.7, 0.8, 262, 328),
        (0.36, -1.0, 0.9, 186, 234),
        (0.36, -1.0, 0.8, 140, 176),
        (0.5, -1.0, 0.9, 172, 216),
        (0.5, -1.0, 0.8, 128, 160),
    ],
)
def test_body_mass_and_genotype_as_in_the_evidence_table(share: float, difference: float, power: float, n: int, started: int) -> None:
    answer = answer_of(binary(share, difference), power, outcome=PAIN, attrition={"dropout_rate": 0.2})

    assert (answer.n_evaluable, answer.n_randomised) == (n, started)
    assert answer.power_one_step_below < power <= answer.power


@pytest.mark.parametrize(("sd", "n", "power"), [(8.0, 600, 0.942), (9.0, 640, 0.900)])
def test_row_46_a_published_trial_of_ethnic_groups(sd: float, n: int, power: float) -> None:
    third = {"kind": "categorical", "shares": dict.fromkeys("xyz", 1 / 3), "effects": {"x": 4.0, "y": 0.0, "z": 0.0}, "compare": ["x", "y"]}

    answer = answer_of(third, n, LATIN_3, {"within_subject_sd": sd})

    assert answer.power == pytest.approx(power, abs=5e-4)
    assert answer.degrees_of_freedom == 2 * n - 3 * 4


def test_a_binary_moderator_has_the_peers_power() -> None:
    assert answer_of(binary(0.3, 0.8), 120).power == pytest.approx(0.8040, abs=5e-5)
    assert answer_of(binary(0.2, 1.6), 40).power == pytest.approx(0.795, abs=5e-4)
    assert answer_of(binary(0.2, 1.6, stratified=False), 40).power == pytest.approx(0.73, abs=5e-3)


def test_a_continuous_moderator_by_the_formula_and_averaged() -> None:
    seen = told(information_for(plan_of(continuous(0.35), 120)), {"A": 1.0, "B": -1.0}, (0.0,))

    assert power_of_planned_values(seen, 0.35, 120.0, 0.05, 2) == pytest.approx(0.7455, abs=5e-5)
    assert power_of_random_values(seen, 0.35, 120.0, 0.05, 2) == pytest.approx(0.748, abs=5e-4)
    assert answer_of(continuous(0.35), 120).power == power_of_random_values(seen, 0.35, 120.0, 0.05, 2)


def test_error_of_measurement_costs_what_the_peer_says() -> None:
    classed = answer_of(binary(0.3, 1.0, sensitivity=0.9, specificity=0.8), 160)
    by_chance = answer_of(binary(0.3, 1.0, sensitivity=0.9, specificity=0.8, stratified=False), 160)
    unreliable = answer_of(continuous(0.45, reliability=0.7), 120)
    seen = told(information_for(plan_of(continuous(0.45, reliability=0.7), 120)), {"A": 1.0, "B": -1.0}, (0.45**2 * 0.21,))

    # .732 with one variance for both observed groups, which is a little too kind; here each keeps its own
    assert classed.power == pytest.approx(0.732, abs=1.5e-3)
    assert by_chance.power == pytest.approx(0.720, abs=6e-3)
    assert power_of_planned_values(seen, 0.45 * 0.7, 120.0, 0.05, 2) == pytest.approx(0.646, abs=5e-4)
    assert unreliable.power == pytest.approx(0.651, abs=3e-3)


def test_an_interaction_as_large_as_the_effect_needs_four_times_as_many_and_half_as_large_sixteen_times() -> None:
    as_large = answer_of(binary(0.5, 0.2), 0.9)
    half = answer_of(binary(0.5, 0.1), 0.9)

    assert as_large.ratio_to_main_effect == pytest.approx(4.0, rel=0.01)
    assert half.n_evaluable / as_large.main_effect_n == pytest.approx(16.0, rel=0.01)


def test_people_one_sd_above_and_below_are_compared_like_two_halves() -> None:
    assert answer_of(continuous(0.1), 0.9).ratio_to_main_effect == pytest.approx(4.0, rel=0.02)


def test_the_main_effect_is_the_answer_of_a_superiority_question() -> None:
    plan = plan_of(binary(0.448, -1.0), 0.9, outcome=PAIN)
    question = {"kind": "superiority", "treatment": "A", "comparator": "B", "mean_difference": -1.0}
    alone = read_plan({**plan.as_json(), "question": question})

    answer: Any = size(plan)

    assert answer.main_effect_n == size(alone).n_evaluable == 46
    assert answer.ratio_to_main_effect == answer.n_evaluable / 46


# an independent route for the averages


def test_a_power_averaged_over_group_sizes_is_the_plain_sum() -> None:
    from scipy import stats

    from trials.sizing.laws.power import t_power

    seen = told(information_for(plan_of(binary(0.3, 0.7), 160)), {"A": 1.0, "B": -1.0}, (0.0, 0.0))
    k = np.arange(1, 80)
    chance, part = stats.binom.pmf(k, 80, 0.3), 0.5 * (1 / k + 1 / (80 - k))

    summed = chance @ t_power(0.7 / np.sqrt(np.add.outer(part, part)), 156.0, 0.05, 2) @ chance

    assert power_of_random_groups(seen, 0.7, 0.3, 160.0, 0.05, 2) == pytest.approx(summed, abs=1e-9)


@at_most(1_000)
@given(n=st.integers(2, 3_000), share=st.floats(0.01, 0.99))
def test_the_gauss_rule_has_the_moments_of_the_binomial_law(n: int, share: float) -> None:
    k, weight = binomial_rule(n, share)
    ends = (1 - share) ** n, share**n

    assert len(k) <= 16
    assert np.all((k >= 1) & (k <= n - 1))
    assert weight.sum() + sum(ends) == pytest.approx(1.0, abs=1e-9)
    assert weight @ k + ends[1] * n == pytest.approx(n * share, rel=1e-9)
    assert weight @ (k - n * share) ** 2 + ends[0] * (n * share) ** 2 + ends[1] * (n - n * share) ** 2 == pytest.approx(
        n * share * (1 - share), rel=1e-7
    )


@pytest.mark.parametrize(
    ("design", "analysis", "centres"),
    [
        ("AB/BA", {}, 2.0),
        ("AB/BA", {"degrees_of_freedom": "paired"}, 1.0),
        ("ABBA/BAAB", {"adjust_for_carryover": True}, 2.0),
        ({"name": "williams", "treatments": 4}, {}, 2.0),
        ({"name": "williams", "treatments": 4}, {"degrees_of_freedom": "robust"}, 4.0),
        ({"sequences": ["AB", "BA"], "allocation": [2, 1]}, {}, 2.5),
    ],
)
def test_values_vary_about_a_mean_of_their_own_for_the_treatment_and_for_the_periods(
    design: Any, analysis: dict[str, Any], centres: float
) -> None:
    known = information_for(plan_of(continuous(0.3), 60, design, analysis=analysis))

    assert told(known, {"A": 1.0, "B": -1.0}, (0.0,)).centres == pytest.approx(centres)


# what must hold


DESIGNS = ["AB/BA", "ABB/BAA", "ABBA/BAAB", "AB/BA/AA/BB", "ABC/BCA/CAB", {"name": "williams", "treatments": 4}]


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("individual_sd", [0.0, 0.7])
def test_the_variance_is_that_of_the_effect_over_the_spread_of_the_moderator(design: Any, individual_sd: float) -> None:
    outcome = UNIT | {"individual_response_sd": individual_sd}
    plan = plan_of(binary(0.3, 0.5), 120, design, outcome)

    v = information_for(plan).contrast({"A": 1.0, "B": -1.0}).variance

    assert size(plan).variance_factor == pytest.approx(v / 0.21)


def test_loss_by_period_and_carryover_reach_the_interaction() -> None:
    parts: dict[str, Any] = {
        "outcome": UNIT | {"between_subject_sd": 1.0},
        "analysis": {"adjust_for_carryover": True},
        "attrition": {"lost_before_period": [0, 0.1, 0.2]},
    }
    plan = plan_of(binary(0.4, 1.0), 0.9, "ABB/BAA", **parts)

    answer: Any = size(plan)

    v = information_for(plan).contrast({"A": 1.0, "B": -1.0}).variance
    assert answer.variance_factor == pytest.approx(v / 0.24)
    assert answer.n_evaluable == pytest.approx(0.8 * answer.n_randomised)
    assert answer.ratio_to_main_effect == pytest.approx(answer.n_evaluable / answer.main_effect_n)
    # 1.7 further periods a person, less 2 periods, treatment and carry-over in each of two groups
    assert answer.degrees_of_freedom == pytest.approx(1.7 * answer.n_randomised - 8)


@settings(deadline=None)
@given(
    share=st.floats(0.05, 0.95),
    difference=st.floats(0.05, 5.0),
    sensitivity=st.floats(0.55, 1.0),
    specificity=st.floats(0.55, 1.0),
    stratified=st.booleans(),
    design=st.sampled_from(DESIGNS),
    steps_=st.integers(2, 40),
)
def test_power_is_a_probability_that_rises_with_people(
    share: float, difference: float, sensitivity: float, specificity: float, stratified: bool, design: Any, steps_: int
) -> None:
    moderator = binary(share, difference, sensitivity=sensitivity, specificity=specificity, stratified=stratified)

    fewer, more = (answer_of(moderator, 12 * steps_ * times, design) for times in (1, 2))

    assert 0.0 <= fewer.power <= more.power + 1e-9 <= 1.0 + 1e-9
    planned = answer_of(moderator | {"stratified": True}, 12 * steps_, design)
    assert stratified or planned.power > 0.9 or fewer.power <= planned.power + 0.02


@settings(deadline=None)
@given(slope=st.floats(0.02, 3.0), reliability=st.floats(0.2, 1.0), design=st.sampled_from(DESIGNS), steps_=st.integers(2, 40))
def test_power_of_a_slope_is_a_probability_that_rises_with_people_and_reliability(
    slope: float, reliability: float, design: Any, steps_: int
) -> None:
    fewer, more, better = (
        answer_of(continuous(slope, reliability=r), 12 * steps_ * times, design, analysis={"degrees_of_freedom": "satterthwaite"})
        for times, r in ((1, reliability), (2, reliability), (1, 1.0))
    )

    assert 0.0 <= fewer.power <= more.power + 1e-9 <= 1.0 + 1e-9
    assert fewer.power <= better.power + 1e-9


@settings(deadline=None)
@given(scale=st.floats(1e-3, 1e3), unit=st.floats(1e-3, 1e3), slope=st.floats(0.1, 2.0))
def test_units_of_outcome_and_moderator_do_not_matter(scale: float, unit: float, slope: float) -> None:
    ours = answer_of(continuous(slope, reliability=0.8), 60)

    rescaled = answer_of(
        {"kind": "continuous", "moderator_sd": unit, "slope": slope * scale / unit, "reliability": 0.8},
        60,
        outcome={"within_subject_sd": scale},
    )

    assert rescaled.power == pytest.approx(ours.power, rel=1e-9)
    assert rescaled.standard_error == pytest.approx(ours.standard_error * scale / unit, rel=1e-9)


def test_sign_and_labels_do_not_matter() -> None:
    ours = answer_of(binary(0.3, 0.8, sensitivity=0.9, specificity=0.8), 90)
    exchanged = answer_of(binary(0.7, -0.8, sensitivity=0.8, specificity=0.9), 90)
    swapped = size(
        read_plan(
            {
                **plan_of(binary(0.3, 0.8, sensitivity=0.9, specificity=0.8), 90).as_json(),
                "question": {
                    "kind": "moderator",
                    "treatment": "B",
                    "comparator": "A",
                    "moderator": binary(0.3, -0.8, sensitivity=0.9, specificity=0.8),
                },
            }
        )
    )

    assert exchanged.power == pytest.approx(ours.power, abs=1e-12)
    assert swapped.power == pytest.approx(ours.power, abs=1e-12)


def test_two_groups_with_names_are_a_trait_and_their_f_test_the_square_of_the_t_test() -> None:
    named = {"kind": "categorical", "shares": {"has": 0.3, "lacks": 0.7}, "effects": {"has": 0.8, "lacks": 0.0}}

    by_trait = answer_of(binary(0.3, 0.8), 80)

    assert answer_of(named | {"compare": ["has", "lacks"]}, 80).power == pytest.approx(by_trait.power, abs=1e-12)
    assert answer_of(named, 80).power == pytest.approx(by_trait.power, abs=1e-9)
    assert answer_of(named, 80).numerator_degrees_of_freedom == 1


def test_measuring_without_error_and_large_groups_recover_the_simple_formula() -> None:
    exact = answer_of(binary(0.3, 0.5), 400).power

    assert answer_of(binary(0.3, 0.5, sensitivity=1.0, specificity=1.0), 400).power == exact
    assert answer_of(binary(0.3, 0.5, sensitivity=1 - 1e-9, specificity=1 - 1e-9), 400).power == pytest.approx(exact, abs=1e-6)
    assert answer_of(binary(0.3, 0.05, stratified=False), 40_000).power == pytest.approx(
        answer_of(binary(0.3, 0.05), 40_000).power, abs=1e-4
    )
    assert answer_of(continuous(0.02), 40_000).power == pytest.approx(answer_of(binary(0.5, 0.04), 40_000).power, abs=1e-4)


def test_power_between_whole_units_lies_between_theirs() -> None:
    low, between, high = (answer_of(binary(0.3, 1.0, stratified=False), n).power for n in (40, 41.5, 42))

    assert between == pytest.approx(0.25 * low + 0.75 * high)


def test_one_sided_power_is_that_of_half_the_alpha_on_two_sides() -> None:
    two = answer_of(binary(0.4, 0.8), 80).power
    one = answer_of(binary(0.4, 0.8), 80, analysis={"sides": 1}).power

    assert one == pytest.approx(two, abs=1e-4)


def test_planned_groups_of_a_parallel_trial_have_the_degrees_of_freedom_of_four_cells() -> None:
    answer = answer_of(binary(0.5, 1.0), 100, {"name": "parallel"}, {"total_sd": 1.0})

    assert answer.degrees_of_freedom == 96
    assert answer.standard_error == pytest.approx(sqrt(16 / 100))


def test_powers_for_many_people_are_those_for_each() -> None:
    for moderator in (binary(0.3, 0.5), binary(0.3, 0.5, stratified=False), continuous(0.4), GENOTYPES):
        plan = plan_of(moderator, 40)
        known = information_for(plan)
        n = np.array([24.0, 60.0, 120.0])

        assert plan.question.powers(known, n) == pytest.approx([float(plan.question.power(known, float(one))) for one in n])


def test_unequal_variances_by_level_are_those_of_two_separate_trials() -> None:
    seen = told(information_for(plan_of(binary(0.3, 0.8), 100)), {"A": 1.0, "B": -1.0}, (0.5, 0.1))

    assert seen.variances == pytest.approx((2.5, 2.1))
    assert power_of_planned_groups(seen, 0.0, (0.5, 0.5), 100.0, 0.05, 2) == pytest.approx(0.05)


# what is refused, and what has no answer


def test_malformed_moderators_are_refused_at_their_field() -> None:
    assert "add up to more than 1" in error_at(binary(0.3, 1.0, sensitivity=0.5, specificity=0.5), "question.moderator.specificity")
    assert (
        error_at(binary(1.2, 1.0), "question.moderator.prevalence")
        == "prevalence is 1.2; it must be a share of people above 0 and below 1, for example 0.45."
    )
    assert "Did you mean prevalence?" in error_at(
        {"kind": "binary", "prevalance": 0.3, "difference_in_effect": 1.0}, "question.moderator.prevalance"
    )
    assert error_at({"kind": "binary", "difference_in_effect": 1.0}, "question.moderator.prevalence").startswith("prevalence is missing")
    assert "it must be binary, categorical or continuous" in error_at({"kind": "ternary"}, "question.moderator.kind")
    assert "add up to 0.9" in error_at(GENOTYPES | {"shares": {"AA": 0.6, "AG": 0.25, "GG": 0.05}}, "question.moderator.shares")
    assert "GG" in error_at(GENOTYPES | {"effects": {"AA": 1.0, "AG": 0.0}}, "question.moderator.effects")
    assert "TT" in error_at(GENOTYPES | {"compare": ["AA", "TT"]}, "question.moderator.compare")
    assert "two different" in error_at(GENOTYPES | {"compare": ["AA", "AA"]}, "question.moderator.compare")
    assert "no sides" in error_at(GENOTYPES, "analysis.sides", analysis={"sides": 2})
    assert "only satterthwaite" in error_at(
        continuous(0.3, reliability=0.8), "analysis.degrees_of_freedom", analysis={"degrees_of_freedom": "anova"}
    )
    assert "not a treatment" in error_at(binary(0.3, 1.0), "question.comparator", design="AC/CA")
    assert "sequences" in error_at(binary(0.3, 1.0), "design", design={"name": "n_of_1", "cycles": 3})


@pytest.mark.parametrize("moderator", [binary(0.3, 0.0), continuous(0.0), GENOTYPES | {"effects": dict.fromkeys(GENOTYPES["shares"], 1.0)}])
def test_no_difference_has_no_number_of_people(moderator: dict[str, Any]) -> None:
    answer = answer_of(moderator, 0.9)

    assert answer.n_evaluable is None
    assert "more people do not help" in answer.reason
    assert answer.main_effect_n is None


def test_too_few_people_and_inseparable_carryover_are_reasons() -> None:
    assert "With 6 people the spread of the moderator" in answer_of(continuous(0.5), 6).reason
    assert "7 people are the least" in answer_of(continuous(0.5), 6).reason
    assert "no degrees of freedom are left" in answer_of(binary(0.5, 1.0), 4).reason
    assert "6 people are the least" in answer_of(binary(0.5, 1.0), 5, "ABBA/BAAB", UNIT | {"individual_response_sd": 1.0}).reason
    assert answer_of(continuous(0.5), 7).power > 0
    assert "carry-over" in answer_of(binary(0.5, 1.0), 0.9, analysis={"adjust_for_carryover": True}).reason


EXAMPLES = [
    binary(0.448, -1.0),
    binary(0.3, -1.0, sensitivity=0.9, specificity=0.8, stratified=False),
    continuous(0.4),
    continuous(0.4, reliability=0.8),
    GENOTYPES,
    GENOTYPES | {"compare": ["AA", "AG"]},
]


@pytest.mark.parametrize("solve", [0.8, 60])
@pytest.mark.parametrize("moderator", EXAMPLES)
@pytest.mark.parametrize("outcome", [UNIT, {"scale": "log", "within_subject_cv": 0.4}])
def test_every_moderator_has_its_sentences_and_explorations(moderator: dict[str, Any], solve: Any, outcome: Any) -> None:
    plan = plan_of(moderator, solve, outcome=outcome)
    answer = size(plan)

    said = [say(plan, answer, NAMES) for say in (summary, statement, plain_statement)] + [
        hypothesis(plan, NAMES),
        describe_method(plan, answer),
    ]

    assert all(sentence.endswith(".") for sentence in said)
    assert not any("None" in sentence or "nan" in sentence.split() for sentence in [*said, for_people(plan, answer), *steps(plan, answer)])
    assert json.dumps(explore(plan, answer).model_dump(mode="json"), allow_nan=False)
    assert size(read_plan(answer.as_json()["plan"])).as_json() == answer.as_json()


def test_the_planned_cell_of_the_table_is_the_answer() -> None:
    for moderator in EXAMPLES:
        plan = plan_of(moderator, 0.8)
        answer = size(plan)

        table = explore(plan, answer).sensitivity

        if table is None:
            assert moderator == GENOTYPES  # no single effect to vary
            continue
        row, column = table.planned
        assert table.n_evaluable[row][column] == answer.n_evaluable


def test_the_statement_says_what_an_average_effect_would_need() -> None:
    plan = plan_of(binary(0.448, -1.0), 0.9, outcome=PAIN, attrition={"dropout_rate": 0.2})

    found = statement(plan, size(plan), NAMES)

    assert found.startswith(
        "With the crossover design AB/BA, 172 evaluable participants give 90 % power (target 90 %). To show an average effect as large as the assumed difference "
        "with the same power, 46 evaluable participants would be enough; to show that the effect differs between people takes 3.7 times as many. This assumes that "
        "the effect (LDN compared with placebo) on pain in people who have the moderator (44.8 % of all) differs by −1 point from that in the others, and an SD"
    )
    assert "Treatment and period effects may depend on the moderator." in found


FAR_FETCHED = st.sampled_from([1e-9, 1e-6, 0.1, 1.0, 1e3, 1e6, 1e9])


@pytest.mark.filterwarnings("error")
@settings(deadline=None, max_examples=min(settings().max_examples, 500))  # each case is a whole exploration
@given(
    moderator=st.one_of(
        st.builds(
            lambda q, d, se, sp, planned: binary(q, d, sensitivity=se, specificity=sp, stratified=planned),
            st.sampled_from([1e-6, 0.01, 0.5, 0.999]),
            FAR_FETCHED,
            st.sampled_from([0.6, 1.0]),
            st.sampled_from([0.6, 1.0]),
            st.booleans(),
        ),
        st.builds(
            lambda s, sd, r: {"kind": "continuous", "moderator_sd": sd, "slope": s, "reliability": r},
            FAR_FETCHED,
            FAR_FETCHED,
            st.sampled_from([1e-6, 0.5, 1.0]),
        ),
        st.builds(
            lambda d, named: GENOTYPES | {"effects": {"AA": d, "AG": 0.0, "GG": -d}} | ({"compare": ["GG", "AA"]} if named else {}),
            FAR_FETCHED,
            st.booleans(),
        ),
    ),
    design=st.sampled_from(["AB/BA", "ABBA/BAAB", "AB/BA/AA/BB", "ABC/BCA/CAB", "AA/BB", "AB"]),
    sd=FAR_FETCHED,
    individual=st.sampled_from([0.0, 0.5]),
    solve=st.sampled_from([0.01, 0.8, 0.999999, 1, 7, 46, 1_000, 10_000_000]),
)
def test_any_moderator_that_is_read_has_an_answer_in_finite_numbers(
    moderator: dict[str, Any], design: str, sd: float, individual: float, solve: Any
) -> None:
    plan = plan_of(moderator, solve, design, {"within_subject_sd": sd, "individual_response_sd": individual * sd})

    answer = size(plan)

    assert json.dumps(answer.as_json(), allow_nan=False)
    assert json.dumps(explore(plan, answer).model_dump(mode="json"), allow_nan=False)
    assert answer.power is None or 0.0 <= answer.power <= 1.0
    assert (answer.reason is None) == (answer.n_evaluable is not None)
    assert for_people(plan, answer)
    assert steps(plan, answer)
