"""Variance per participant and degrees of freedom of the classic designs, as published constants."""

from math import inf, isinf

import pytest

from trials.sizing.analysis import Analysis
from trials.sizing.attrition import Attrition
from trials.sizing.design import Design
from trials.sizing.families import incomplete, latin_square, williams
from trials.sizing.information import Information, information
from trials.sizing.outcome import AdditiveOutcome

# design, letters compared, variance factor without and with carry-over, of the carry-over difference, degrees of freedom at n = 60
ROWS = [
    ("AB/BA", 2, inf, inf, 1, -2),
    ("AB/BA/AA/BB", 4, 8, 16, 1, -2),
    ("ABB/BAA", 1.5, 1.5, 2, 2, -3),
    ("ABA/BAB", 1.5, 6, 8, 2, -3),
    ("ABBA/BAAB", 1, 1.1, 1.6, 3, -4),
    ("ABAB/BABA", 1, 5.5, 8, 3, -4),
    ("AABB/BBAA", 1, 1.1, 1.6, 3, -4),
    ("ABBA/BAAB/AABB/BBAA", 1, 1, 16 / 11, 3, -4),
    ("ABAB/BABA/ABBA/BAAB", 1, 11 / 7, 16 / 7, 3, -4),
    ("ABB/BAB/BBA", 1.5, 1.875, 3.375, 2, -3),
    ("ABB/BAB", 2, 8 / 3, 8 / 3, 2, -3),
    ("/".join(latin_square(3)), 2, 10, 18, 2, -4),
    ("/".join(williams(3)), 2, 2.5, 4.5, 2, -4),
    ("/".join(latin_square(4)), 2, 11, 16, 3, -6),
    ("/".join(williams(4)), 2, 2.2, 3.2, 3, -6),
    ("/".join(williams(5)), 2, 19 / 9, 25 / 9, 4, -8),
    ("/".join(williams(6)), 2, 2.0714285714, 2.5714285714, 5, -10),
    ("/".join(incomplete(3, 2)), 4, 16, 48, 1, -3),
    ("/".join(incomplete(4, 2)), 6, 18, 48, 1, -4),
    ("/".join(incomplete(4, 3)), 3, 14, 24, 2, -5),
]
UNIT = AdditiveOutcome(within_subject_sd=1.0)


def informed(text: str, allocation: tuple[float, ...] = (), **analysis: object) -> Information:
    sequences = tuple(text.split("/"))
    return information(
        Design(sequences=sequences, allocation=allocation or (1,) * len(sequences)), UNIT, Analysis.model_validate(analysis), Attrition()
    )


@pytest.mark.parametrize(("text", "plain", "fitted", "carryover", "slope", "intercept"), ROWS, ids=[row[0][:24] for row in ROWS])
def test_variance_factors_and_degrees_of_freedom_are_the_published_ones(
    text: str, plain: float, fitted: float, carryover: float, slope: float, intercept: float
) -> None:
    weights = {"A": 1.0, "B": -1.0}

    without, within = informed(text), informed(text, adjust_for_carryover=True)
    found = (without.contrast(weights).variance, within.contrast(weights).variance, within.contrast({}, weights).variance)

    assert found == pytest.approx((plain, fitted, carryover), rel=1e-9)
    assert without.contrast(weights).degrees_of_freedom.at(60.0) == pytest.approx(60 * slope + intercept)


def test_all_twenty_rows_are_there() -> None:
    assert len(ROWS) == 20


def test_what_cannot_be_estimated_says_so() -> None:
    found = informed("AB/BA", adjust_for_carryover=True).contrast({"A": 1.0, "B": -1.0})

    assert isinf(found.variance)
    assert (
        found.reason
        == "Sequences AB and BA cannot separate carry-over from the treatment effect; add a period or leave carry-over out of the model."
    )


@pytest.mark.parametrize("text", ["AB/BA", "ABB/BAA", "ABBA/BAAB"])
@pytest.mark.parametrize("share", [1, 2, 3, 5])
def test_unequal_allocation_costs_two_sequence_designs_one_over_four_r_one_minus_r(text: str, share: int) -> None:
    r = share / (share + 1)

    equal = informed(text).contrast({"A": 1.0, "B": -1.0}).variance
    unequal = informed(text, (share, 1)).contrast({"A": 1.0, "B": -1.0}).variance

    assert unequal == pytest.approx(equal / (4 * r * (1 - r)))


@pytest.mark.parametrize(
    ("text", "split", "variance"),
    [("/".join(latin_square(3)), (10, 6, 4), 0.10753), ("/".join(williams(4)), (8, 6, 5, 4), 0.0888)],
)
def test_more_than_two_unequal_sequences_need_the_information_matrix(text: str, split: tuple[int, ...], variance: float) -> None:
    found = informed(text, split)

    per_pair = [found.contrast({a: 1.0, b: -1.0}).variance / sum(split) for a in found.letters for b in found.letters if a < b]

    assert min(per_pair) == pytest.approx(variance, abs=2e-5)


@pytest.mark.parametrize(("correlation", "variance"), [(0.1, 3.142857), (0.3, 3.391304), (0.5, 3.6), (0.7, 3.777778), (0.9, 3.931034)])
def test_without_sequence_effects_people_are_compared_with_each_other_too(correlation: float, variance: float) -> None:
    design = Design(name="incomplete", treatments=3, periods=2)
    outcome = AdditiveOutcome(within_subject_sd=1.0, between_subject_sd=(correlation / (1 - correlation)) ** 0.5)

    found = information(design, outcome, Analysis(sequence_effects=False), Attrition()).contrast({"A": 1.0, "B": -1.0})

    assert found.variance == pytest.approx(variance, abs=1e-6)


@pytest.mark.parametrize("text", [row[0] for row in ROWS if row[0] != "AB/BA"])
def test_complete_data_give_the_same_by_both_estimators(text: str) -> None:
    sequences = tuple(text.split("/"))
    outcome = AdditiveOutcome(within_subject_sd=1.0, between_subject_sd=1.3)
    analysis = Analysis(estimator="generalised_least_squares", adjust_for_carryover=True)

    general = information(Design(sequences=sequences), outcome, analysis, Attrition())
    within = informed(text, adjust_for_carryover=True)

    weights = {"A": 1.0, "B": -1.0}
    assert general.contrast(weights).variance == pytest.approx(within.contrast(weights).variance, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "bias"),
    [
        ("AB/BA", -0.5),
        ("ABB/BAA", 0.0),
        ("ABBA/BAAB", -0.25),
        ("ABAB/BABA", -0.75),
        ("/".join(latin_square(3)), -2 / 3),
        ("/".join(williams(3)), -1 / 3),
        ("/".join(latin_square(4)), -0.75),
        ("/".join(williams(4)), -0.25),
    ],
)
def test_carryover_left_out_of_the_model_moves_the_estimate_by_the_published_share(text: str, bias: float) -> None:
    assert informed(text).carryover_bias({"A": 1.0, "B": -1.0}, {"A": 1.0}) == pytest.approx(bias, abs=1e-12)


def test_carryover_in_the_model_leaves_no_bias() -> None:
    assert informed("ABBA/BAAB", adjust_for_carryover=True).carryover_bias({"A": 1.0, "B": -1.0}, {"A": 1.0}) == 0.0


@pytest.mark.parametrize(("psi", "power"), [(0.25, 0.9481), (0.5, 0.9110), (1.0, 0.7438)])
def test_individual_responses_cost_replicate_designs_their_pooled_residual(psi: float, power: float, ask) -> None:  # type: ignore[no-untyped-def]  # the fixture's type is long
    answer = ask(
        "ABBA/BAAB",
        outcome={"within_subject_sd": 1.0, "individual_response_sd": psi},
        question={"mean_difference": 0.6},
        solve={"for": "power", "n_evaluable": 40},
    )

    assert answer.power == pytest.approx(power, abs=5e-5)
    assert answer.degrees_of_freedom == pytest.approx(38)


def test_balaam_with_individual_responses_has_half_n_minus_two_degrees_of_freedom() -> None:
    outcome = AdditiveOutcome(within_subject_sd=1.0, individual_response_sd=1.0)

    found = information(Design(name="balaam"), outcome, Analysis(degrees_of_freedom="satterthwaite"), Attrition())

    assert found.contrast({"A": 1.0, "B": -1.0}).degrees_of_freedom.at(24.0) == pytest.approx(10)


@pytest.mark.parametrize("text", ["AB/BA", "ABB/BAA", "ABBA/BAAB", "/".join(latin_square(3)), "/".join(williams(4))])
def test_satterthwaite_is_robust_where_sequences_weigh_alike(text: str) -> None:
    outcome = AdditiveOutcome(within_subject_sd=1.0, individual_response_sd=0.5)
    design = Design(sequences=tuple(text.split("/")))

    found = information(design, outcome, Analysis(degrees_of_freedom="satterthwaite"), Attrition()).contrast({"A": 1.0, "B": -1.0})

    assert found.degrees_of_freedom.at(48.0) == pytest.approx(48 - len(design.sequences))


def test_loss_before_the_second_period_counts_as_published() -> None:
    outcome = AdditiveOutcome(within_subject_sd=1.0, between_subject_sd=1.0)

    found = information(Design(name="ab_ba"), outcome, Analysis(), Attrition(lost_before_period=(0.0, 0.2)))

    assert found.contrast({"A": 1.0, "B": -1.0}).variance == pytest.approx(2.375)
