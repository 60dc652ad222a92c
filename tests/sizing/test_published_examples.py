"""Published examples and peers' figures: their power at their n, and our own n in whole allocation units."""

from math import log, sqrt
from typing import Any

import pytest

from trials.sizing.laws.power import equivalence_power, f_power, t_power

ONE_SIDED = {"alpha": 0.025, "sides": 1}
UNIT = {"within_subject_sd": 1.0}
WILLIAMS_4 = {"name": "williams", "treatments": 4}
WILLIAMS_3 = {"name": "williams", "treatments": 3}
LATIN_3 = {"name": "latin_square", "treatments": 3}
LATIN_4 = {"name": "latin_square", "treatments": 4}
INCOMPLETE = {"name": "incomplete", "treatments": 3, "periods": 2}
BALAAM = {"name": "balaam"}


def better(difference: float) -> dict[str, Any]:
    return {"mean_difference": difference, "better": "higher"}


def like(lower: float, upper: float, **assumed: float) -> dict[str, Any]:
    return {"kind": "equivalence", "lower_limit": lower, "upper_limit": upper} | assumed


def ratio(assumed: float) -> dict[str, Any]:
    return like(0.8, 1.25, mean_ratio=assumed)


def log_scale(cv: float) -> dict[str, Any]:
    return {"scale": "log", "within_subject_cv": cv}


def at(n: float) -> dict[str, Any]:
    return {"for": "power", "n_evaluable": n}


def for_n(power: float = 0.8) -> dict[str, Any]:
    return {"for": "n", "target_power": power}


CARRYOVER = ONE_SIDED | {"adjust_for_carryover": True}
# row, design, outcome, question, analysis, peer's n, peer's power, our n
SIZED = [
    (1, "AB/BA", UNIT, better(0.5), ONE_SIDED, 65, 0.801439, 66),
    (2, "AB/BA", {"within_subject_sd": 150.0}, better(75.0), {"alpha": 0.05, "sides": 1}, 51, 0.800919, 52),
    (3, WILLIAMS_4, UNIT, better(0.5), CARRYOVER, 70, 0.801479, 72),
    (
        4,
        WILLIAMS_4,
        {"within_subject_sd": 2.2},
        like(-1.3, 1.3, mean_difference=0.0),
        {"alpha": 0.025, "adjust_for_carryover": True},
        67,
        0.801086,
        68,
    ),
]


@pytest.mark.parametrize(("row", "design", "outcome", "question", "analysis", "peer_n", "power", "n"), SIZED)
def test_rows_1_to_4_have_the_peers_power_and_our_whole_units(
    row: int, design: Any, outcome: Any, question: Any, analysis: Any, peer_n: int, power: float, n: int, ask: Any
) -> None:
    theirs = ask(design, outcome=outcome, question=question, analysis=analysis, solve=at(peer_n))
    ours = ask(design, outcome=outcome, question=question, analysis=analysis, solve=for_n())

    assert theirs.power == pytest.approx(power, abs=1e-6)
    assert ours.n_evaluable == n


POWERS = [
    (5, "AB/BA", False, 0.768236),
    (5, "ABB/BAA", False, 0.880253),
    (5, "ABBA/BAAB", False, 0.970741),
    (5, "ABBA/BAAB", True, 0.956592),
    (5, "ABAB/BABA", True, 0.375402),
    (6, BALAAM, False, 0.477841),
    (6, BALAAM, True, 0.269713),
    (7, LATIN_3, False, 0.775149),
    (7, LATIN_3, True, 0.227978),
    (7, WILLIAMS_3, False, 0.775149),
    (7, WILLIAMS_3, True, 0.680411),
    (8, WILLIAMS_4, False, 0.777419),
    (8, WILLIAMS_4, True, 0.737778),
    (8, LATIN_4, True, 0.212213),
]


@pytest.mark.parametrize(("row", "design", "carryover", "power"), POWERS)
def test_rows_5_to_8_have_the_peers_power_with_sixty_people(row: int, design: Any, carryover: bool, power: float, ask: Any) -> None:
    answer = ask(design, outcome=UNIT, question=better(0.5), analysis=ONE_SIDED | {"adjust_for_carryover": carryover}, solve=at(60))

    assert answer.power == pytest.approx(power, abs=1e-6)


UNROUNDED = [
    (BALAAM, 128, 254),
    (WILLIAMS_3, 64, 80),
    ("ABBA/BAAB", 33, 36),
    (WILLIAMS_4, 64, 70),
    (INCOMPLETE, 128, 505),
    ("ABB/BAB/BBA", 49, 60),
    ("ABA/BAB", 49, 190),
    (LATIN_4, 64, 346),
]


@pytest.mark.parametrize("carryover", [False, True])
@pytest.mark.parametrize(("design", "without", "fitted"), UNROUNDED)
def test_row_9_has_the_peers_smallest_n_and_ours_is_the_next_whole_unit(
    design: Any, without: int, fitted: int, carryover: bool, ask: Any
) -> None:
    theirs = fitted if carryover else without
    parts = {"outcome": UNIT, "question": better(0.5), "analysis": ONE_SIDED | {"adjust_for_carryover": carryover}}

    enough, too_few, ours = (
        ask(design, **parts, solve=at(theirs)),
        ask(design, **parts, solve=at(theirs - 1)),
        ask(design, **parts, solve=for_n()),
    )

    unit = len(ours.plan.design.sequences)
    assert too_few.power < 0.8 <= enough.power
    assert ours.n_evaluable == -(-theirs // unit) * unit


LOST = [
    (10, WILLIAMS_4, 0.4, (0, 0.05, 0.1, 0.15), 0.5, (2.195650, 2.426732), (0.767205, 0.725182)),
    (11, WILLIAMS_4, 0.4, (0, 0.05, 0.1, 0.15), 0.8, (2.209157, 2.444379), (0.764680, 0.722088)),
    (13, "ABBA/BAAB", 0.4, (0, 0.1, 0.2, 0.3), 0.3, (1.193768, 1.304088), (0.954112, 0.936795)),
]


@pytest.mark.parametrize("carryover", [0, 1])
@pytest.mark.parametrize(("row", "design", "difference", "lost", "correlation", "variance", "power"), LOST)
def test_rows_10_11_and_13_count_what_was_observed_before_people_left(
    row: int, design: Any, difference: float, lost: Any, correlation: float, variance: Any, power: Any, carryover: int, ask: Any
) -> None:
    answer = ask(
        design,
        outcome=UNIT | {"between_subject_sd": sqrt(correlation / (1 - correlation))},
        question=better(difference),
        analysis=ONE_SIDED | {"adjust_for_carryover": bool(carryover)},
        attrition={"lost_before_period": [float(share) for share in lost]},
        solve={"for": "power", "n_randomised": 100},
    )

    assert (answer.variance_factor, answer.power) == pytest.approx((variance[carryover], power[carryover]), abs=1e-6)


@pytest.mark.parametrize(("carryover", "variance", "power"), [(False, 2.234422, 0.758325), (True, 2.829111, 0.657126)])
def test_row_12_loses_people_before_the_first_period_who_are_not_counted_here(
    carryover: bool, variance: float, power: float, ask: Any
) -> None:
    # the peer counts 100 people of whom 2 never begin; here 98 begin, and the shares are theirs. The peer takes two more degrees of
    # freedom away for the two, so that its power is lower in the fourth decimal.
    answer = ask(
        WILLIAMS_3,
        outcome=UNIT | {"between_subject_sd": sqrt(1.5)},
        question=better(0.4),
        analysis=ONE_SIDED | {"adjust_for_carryover": carryover},
        attrition={"lost_before_period": [0.0, 0.06 / 0.98, 0.13 / 0.98]},
        solve={"for": "power", "n_randomised": 98},
    )

    assert answer.variance_factor is not None
    assert answer.variance_factor * 100 / 98 == pytest.approx(variance, abs=1e-6)
    assert answer.power == pytest.approx(power, abs=3e-4)


def test_row_14_two_to_one(ask: Any) -> None:
    answer = ask({"sequences": ["AB", "BA"], "allocation": [2, 1]}, outcome=UNIT, question=better(0.5), analysis=ONE_SIDED, solve=at(60))

    assert (answer.variance_factor, answer.power) == pytest.approx((2.25, 0.718729), abs=1e-6)


EQUIVALENCE = [
    ("AB/BA", 40, 0.815845),
    (LATIN_3, 39, 0.813047),
    (WILLIAMS_3, 42, 0.840318),
    (WILLIAMS_4, 40, 0.824834),
    ("ABB/BAA", 30, 0.820400),
    ("ABBA/BAAB", 20, 0.820240),
    ("ABBA/BAAB/AABB/BBAA", 20, 0.820240),
    ("ABB/BAB/BBA", 30, 0.820400),
]


@pytest.mark.parametrize(("design", "n", "power"), EQUIVALENCE)
def test_row_15_equivalence_by_design(design: Any, n: int, power: float, ask: Any) -> None:
    answer = ask(design, outcome=log_scale(0.3), question=ratio(0.95), solve=for_n())

    assert (answer.n_evaluable, answer.power) == (n, pytest.approx(power, abs=1e-6))


def test_row_15_balaam_needs_half_of_what_the_constant_with_carryover_says(ask: Any) -> None:
    ours = ask(BALAAM, outcome=log_scale(0.3), question=ratio(0.95), solve=for_n())
    with_carryover = ask(
        BALAAM,
        outcome=log_scale(0.3),
        question=ratio(0.95),
        analysis={"adjust_for_carryover": True, "degrees_of_freedom": "anova"},
        solve=for_n(),
    )

    assert (ours.n_evaluable, with_carryover.n_evaluable) == (76, 152)


def test_row_15_paired_comes_in_whole_sequences(ask: Any) -> None:
    parts = {"outcome": log_scale(0.3), "question": ratio(0.95), "analysis": {"degrees_of_freedom": "paired"}}

    assert ask("AB/BA", **parts, solve=at(39)).power == pytest.approx(0.806255, abs=1e-6)
    assert ask("AB/BA", **parts, solve=for_n()).n_evaluable == 40


def test_row_15_parallel(ask: Any) -> None:
    answer = ask({"name": "parallel"}, outcome={"scale": "log", "total_cv": 0.3}, question=ratio(0.95), solve=for_n())

    assert (answer.n_evaluable, answer.power) == (76, pytest.approx(0.803123, abs=1e-6))


@pytest.mark.parametrize(
    ("cv", "n", "power"),
    [
        (0.10, 8, 0.915546),
        (0.15, 12, 0.830516),
        (0.20, 20, 0.834680),
        (0.25, 28, 0.807439),
        (0.30, 40, 0.815845),
        (0.40, 66, 0.805252),
        (0.50, 98, 0.803217),
    ],
)
def test_row_16_equivalence_by_variation(cv: float, n: int, power: float, ask: Any) -> None:
    answer = ask("AB/BA", outcome=log_scale(cv), question=ratio(0.95), solve=for_n())

    assert (answer.n_evaluable, answer.power) == (n, pytest.approx(power, abs=1e-6))


def test_row_17_small_trials_need_the_exact_power(ask: Any) -> None:
    assert ask("AB/BA", outcome=log_scale(0.25), question=ratio(0.95), solve=at(10)).power == pytest.approx(0.2149559, abs=1e-7)


@pytest.mark.parametrize(("degrees_of_freedom", "power"), [("paired", 0.8509744), ("anova", 0.8409853)])
def test_row_18_paired_and_crossover_are_two_tests(degrees_of_freedom: str, power: float, ask: Any) -> None:
    answer = ask(
        "AB/BA",
        outcome=UNIT,
        question=like(-1.5, 1.5, mean_difference=0.0),
        analysis={"degrees_of_freedom": degrees_of_freedom},
        solve=at(10),
    )

    assert answer.power == pytest.approx(power, abs=1e-7)


@pytest.mark.parametrize(
    ("row", "outcome", "question", "n", "power"),
    [
        (19, {"within_subject_sd": 0.2}, like(-0.2, 0.2, mean_difference=0.05), 24, 0.802968),
        (20, log_scale(0.25), {"kind": "non_inferiority", "better": "higher", "margin": 0.8, "mean_ratio": 0.95}, 36, 0.820330),
        (
            21,
            {"within_subject_sd": 20.0},
            {"kind": "non_inferiority", "better": "higher", "margin": 10.0, "mean_difference": 0.0},
            66,
            0.807568,
        ),
    ],
)
def test_rows_19_to_21(row: int, outcome: Any, question: Any, n: int, power: float, ask: Any) -> None:
    answer = ask("AB/BA", outcome=outcome, question=question, solve=for_n())

    assert (answer.n_evaluable, answer.power) == (n, pytest.approx(power, abs=1e-6))


@pytest.mark.parametrize(("split", "power"), [([13, 10], 0.520830), ([12, 11], 0.529881)])
def test_row_23_unequal_sequences(split: list[int], power: float, ask: Any) -> None:
    answer = ask("AB/BA", outcome=log_scale(0.3), question=ratio(0.95), solve={"for": "power", "n_per_sequence": split})

    assert answer.power == pytest.approx(power, abs=1e-6)


def test_row_26_interval_of_a_published_variation() -> None:
    from scipy import stats

    variance = log(1 + 0.25**2) * 22

    found = [sqrt(2.718281828459045 ** (variance / stats.chi2.ppf(share, 22)) - 1) for share in (0.975, 0.025)]

    assert found == pytest.approx([0.1921652, 0.3593419], abs=1e-6)


def test_row_27_variation_from_a_confidence_interval(planned: Any) -> None:
    converter = {"from": "confidence_interval", "lower": 0.92, "upper": 1.12, "confidence_level": 0.9, "n": 24}

    plan = planned("AB/BA", outcome={"scale": "log", "within_subject_cv": converter}, question=ratio(0.95))

    assert plan.outcome.within_subject_cv == pytest.approx(0.200387, abs=1e-6)


def test_row_28_a_forum_example(ask: Any) -> None:
    parts = {"outcome": log_scale(0.3005), "question": ratio(0.93)}

    ours = ask("AB/BA", **parts, solve=for_n(0.9))

    assert (ours.n_evaluable, ours.power) == (68, pytest.approx(0.904946, abs=1e-6))
    assert ask("AB/BA", **parts, solve=at(67)).power == pytest.approx(0.9011207, abs=1e-7)
    # 34 + 33 people lose a little against 33.5 + 33.5
    assert ask("AB/BA", **parts, solve={"for": "power", "n_per_sequence": [34, 33]}).power == pytest.approx(0.9010638, abs=1e-7)


def test_row_29_a_forum_example_with_robust_degrees_of_freedom(ask: Any) -> None:
    robust = {"degrees_of_freedom": "robust"}

    two = ask("AB/BA", outcome=log_scale(0.3), question=ratio(0.95), solve=for_n(0.9))
    six = ask(WILLIAMS_3, outcome=log_scale(0.3), question=ratio(0.95), analysis=robust, solve=for_n(0.9))

    assert (two.n_evaluable, two.power) == (52, pytest.approx(0.9019652, abs=1e-7))
    assert (six.n_evaluable, six.power) == (54, pytest.approx(0.9112411, abs=1e-7))


def test_row_29_the_peer_bounds_the_variance_of_unequal_sequences_from_above(ask: Any) -> None:
    split = [9, 9, 9, 9, 8, 8]
    sd = sqrt(log(1 + 0.3**2))
    bound = sd * sqrt(sum(1 / n for n in split) / 18)

    theirs = equivalence_power(log(0.95 / 0.8) / bound, log(1.25 / 0.95) / bound, 46, 0.05)
    ours = ask(
        WILLIAMS_3,
        outcome=log_scale(0.3),
        question=ratio(0.95),
        analysis={"degrees_of_freedom": "robust"},
        solve={"for": "power", "n_per_sequence": split},
    )

    assert theirs == pytest.approx(0.9005174, abs=1e-7)
    assert ours.power == pytest.approx(0.9012304, abs=1e-7)


@pytest.mark.parametrize(
    ("design", "cv", "n", "power"), [("ABB/BAA", 0.45, 124, 0.800125), ("ABBA/BAAB", 0.30, 40, 0.80999), ("ABBA/BAAB", 0.45, 84, 0.80569)]
)
def test_row_30_replicate_designs(design: str, cv: float, n: int, power: float, ask: Any) -> None:
    answer = ask(design, outcome=log_scale(cv), question=ratio(0.9), solve=for_n())

    assert (answer.n_evaluable, answer.power) == (n, pytest.approx(power, abs=6e-6))


@pytest.mark.parametrize(("cv", "n"), [(0.10, (36, 12, 8, 6)), (0.175, (104, 30, 16, 14)), (0.275, (248, 68, 34, 28))])
def test_row_31_a_printed_table_of_ratios(cv: float, n: tuple[int, ...], ask: Any) -> None:
    found = tuple(
        ask("AB/BA", outcome=log_scale(cv), question=ratio(assumed), solve=for_n()).n_evaluable for assumed in (0.85, 0.9, 0.95, 1.0)
    )

    assert found == n


@pytest.mark.parametrize(("sd", "n"), [(0.16, (14, 16, 34, 128)), (0.24, (28, 34, 74, 288))])
def test_row_32_a_printed_table_of_differences(sd: float, n: tuple[int, ...], ask: Any) -> None:
    differences = (0.0, 0.05, 0.1, 0.15)

    found = tuple(
        ask("AB/BA", outcome={"within_subject_sd": sd}, question=like(-0.2, 0.2, mean_difference=one), solve=for_n()).n_evaluable
        for one in differences
    )

    assert found == n


@pytest.mark.parametrize(
    ("effect", "at_80", "at_90"),
    [(0.3, 89.149383, 118.686506), (0.5, 33.367129, 43.995481), (0.8, 14.302765, 18.446240)],
)
def test_row_33_the_peers_fractional_n_has_exactly_the_target_power(effect: float, at_80: float, at_90: float) -> None:
    found = [float(t_power(effect * sqrt(n), n - 1, 0.05, 2)) for n in (at_80, at_90)]

    # the peer's root finder stops a little early
    assert found == pytest.approx([0.8, 0.9], abs=1e-6)


@pytest.mark.parametrize(("effect", "at_80", "at_90"), [(0.3, 90, 120), (0.5, 34, 44), (0.8, 16, 20)])
def test_row_33_ours_is_the_next_whole_unit(effect: float, at_80: int, at_90: int, ask: Any) -> None:
    parts = {"outcome": {"within_subject_sd": sqrt(0.5)}, "question": better(effect), "analysis": {"degrees_of_freedom": "paired"}}

    found = tuple(ask("AB/BA", **parts, solve=for_n(power)).n_evaluable for power in (0.8, 0.9))

    assert found == (at_80, at_90)


@pytest.mark.parametrize(("sides", "power"), [(2, 0.7539647157), (1, 0.8482541909)])
def test_row_34_paired_by_sides(sides: int, power: float, ask: Any) -> None:
    analysis = {"degrees_of_freedom": "paired", "sides": sides, "alpha": 0.05}

    answer = ask("AB/BA", outcome={"within_subject_sd": sqrt(0.5)}, question=better(0.5), analysis=analysis, solve=at(30))

    assert answer.power == pytest.approx(power, abs=1e-10)


@pytest.mark.parametrize(("sides", "power"), [(1, 0.865380), (2, 0.800835)])
def test_row_35_two_sds_and_their_correlation(sides: int, power: float, ask: Any) -> None:
    converter = {"from": "two_sds", "treatment_sd": 40.0, "comparator_sd": 55.0, "within_subject_correlation": 0.3}

    answer = ask(
        "AB/BA",
        outcome={"within_subject_sd": converter},
        question=better(20.0),
        analysis={"degrees_of_freedom": "paired", "alpha": 0.01, "sides": sides},
        solve=at(100),
    )

    assert answer.power == pytest.approx(power, abs=1e-6)


def test_row_36_two_repeated_measurements_as_an_f_test(ask: Any) -> None:
    # λ = f²·n·m/(1 − ρ) = 7.96; with two treatments F is the square of the paired t
    difference = sqrt(7.96 * 2 / 199)

    by_f = f_power(7.96, 1, 198, 0.05)
    by_t = ask("AB/BA", outcome=UNIT, question=better(difference), analysis={"degrees_of_freedom": "paired", "sides": 2}, solve=at(199))

    assert by_f == pytest.approx(0.8016910, abs=1e-7)
    assert by_t.power == pytest.approx(0.8016910, abs=1e-7)


def test_row_37_omnibus_with_period_effects_and_without(ask: Any) -> None:
    sd = 5 * sqrt(0.8)
    spread = sum((mean - 1.5) ** 2 for mean in (1.5, 2.5, 2.0, 0.0)) / sd**2

    without = f_power(83 * spread, 3, 3 * 82, 0.05)
    ours = ask(
        LATIN_4,
        outcome={"within_subject_sd": sd},
        question={"kind": "omnibus", "means": {"A": 1.5, "B": 2.5, "C": 2.0, "D": 0.0}},
        solve=at(83),
    )

    assert without == pytest.approx(0.902734, abs=1e-6)
    assert ours.power == pytest.approx(0.902673, abs=1e-6)


def test_row_37_a_contrast_of_four_means() -> None:
    se = 5 * sqrt(0.8) * sqrt(12 / 71)

    assert float(t_power((1.5 + 2.5 + 2.0) / se, 3 * 70, 0.025, 1)) == pytest.approx(0.901216, abs=1e-6)


@pytest.mark.parametrize(("width", "expected", "assured"), [(0.3, 88, 98), (0.4, 52, 58), (0.5, 34, 40)])
def test_precision_expected_and_assured(width: float, expected: int, assured: int, ask: Any) -> None:
    asked = {"kind": "precision", "half_width": width}

    found = [
        ask("AB/BA", outcome=UNIT, question=question, solve={"for": "n"}).n_evaluable for question in (asked, asked | {"probability": 0.8})
    ]

    assert found == [expected, assured]
