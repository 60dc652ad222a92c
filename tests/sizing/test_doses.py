"""Questions about several doses: what their plans give, refuse and warn of, and what must hold for any of them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tests.sizing.far import at_most
from trials.sizing.explain import for_people, steps
from trials.sizing.laws.multivariate import joint
from trials.sizing.malformed import MalformedPlan
from trials.sizing.plan import read_plan
from trials.sizing.sensitivity import explore
from trials.sizing.shapes import Shape, curves_of
from trials.sizing.size import size
from trials.sizing.wording import Names, plain_statement, statement

FOUR = {"A": 0.0, "B": 1.5, "C": 3.0, "D": 4.5}
FIVE = FOUR | {"E": 6.0}
SHAPES = [
    {"kind": "linear"},
    {"kind": "emax", "ed50": 1.5},
    {"kind": "sigmoid_emax", "ed50": 3.0, "hill": 4.0},
    {"kind": "quadratic", "delta": -0.085},
]


def plan(question: dict[str, Any], design: Any = "williams", treatments: int = 4, sd: float = 20.0, **parts: Any) -> dict[str, Any]:
    return {
        "design": {"name": design, "treatments": treatments} if isinstance(design, str) else design,
        "outcome": {"kind": "continuous", "within_subject_sd": sd},
        "question": question,
        "solve": {"for": "n", "target_power": 0.9},
    } | parts


def answered(question: dict[str, Any], **parts: Any) -> Any:
    return size(read_plan(plan(question, **parts)))


def refused(question: dict[str, Any], **parts: Any) -> dict[str, str]:
    with pytest.raises(MalformedPlan) as error:
        read_plan(plan(question, **parts))
    found: dict[str, str] = {}
    for one in error.value.errors:
        found[one["field"]] = f"{found.get(one['field'], '')} {one['message']}".strip()
    return found


def at(n: float) -> dict[str, Any]:
    return {"solve": {"for": "power", "n_evaluable": n}}


def trend(**parts: Any) -> dict[str, Any]:
    return {"kind": "dose_trend", "doses": FOUR, "means": {"A": 0.0, "B": -4.0, "C": -8.0, "D": -10.0}, "better": "lower"} | parts


def many(**parts: Any) -> dict[str, Any]:
    return {"kind": "many_to_one", "comparator": "A", "mean_differences": {"B": 0.3, "C": 0.5, "D": 0.6}} | parts


def shaped(**parts: Any) -> dict[str, Any]:
    return {"kind": "dose_response_shapes", "doses": FIVE, "max_effect": -10.0, "shapes": SHAPES, "better": "lower"} | parts


# published and reference values


@pytest.mark.parametrize(("carryover", "variance", "power"), [(False, 4500.0, 0.7439), (True, 4950.0, 0.7031)])
def test_the_linear_trend_of_the_reference_has_its_variance_and_power(carryover: bool, variance: float, power: float) -> None:
    answer = answered(trend(), analysis={"adjust_for_carryover": carryover}, **at(48))

    assert answer.variance_factor * 400 == pytest.approx(variance, rel=1e-12)
    assert answer.power == pytest.approx(power, abs=5e-5)
    assert answer.contrast == {"A": -2.25, "B": -0.75, "C": 0.75, "D": 2.25}


@pytest.mark.parametrize(
    ("doses", "target", "n", "randomised"), [(FOUR, 0.9, 40, 60), (FIVE, 0.9, 40, 60), (FOUR, 0.8, 32, 48), (FIVE, 0.8, 30, 50)]
)
def test_trends_to_one_point_at_the_top_dose_need_the_people_of_the_evidence_table(
    doses: dict[str, float], target: float, n: int, randomised: int
) -> None:
    means = {letter: -dose / max(doses.values()) for letter, dose in doses.items()}

    answer = answered(
        trend(doses=doses, means=means),
        treatments=len(doses),
        sd=2**0.5,
        analysis={"sides": 2},
        attrition={"dropout_rate": 0.3},
        solve={"for": "n", "target_power": target},
    )

    assert (answer.n_evaluable, answer.n_randomised) == (n, randomised)


@pytest.mark.parametrize(("top", "n"), [(1.0, 205), (0.7, 415)])
def test_five_parallel_doses_need_the_people_of_the_evidence_table(top: float, n: int) -> None:
    answer = answered(
        trend(doses=FIVE, means={letter: -top * dose / 6 for letter, dose in FIVE.items()}),
        design="parallel",
        treatments=5,
        outcome={"kind": "continuous", "total_sd": 1.55},
    )

    assert answer.n_evaluable == n


def test_row_37_a_contrast_of_three_treatments_against_the_fourth_has_lrstats_power() -> None:
    question = {
        "kind": "dose_trend",
        "means": {"A": 1.5, "B": 2.5, "C": 2.0, "D": 0.0},
        "scores": {"A": 1, "B": 1, "C": 1, "D": -3},
        "better": "higher",
    }

    answer = answered(question, sd=20**0.5, **at(71))

    # lrstat has no period effects, three degrees of freedom more
    df, se = answer.degrees_of_freedom + 3, answer.standard_error
    assert stats.nct.sf(stats.t.isf(0.025, df), df, 6 / se) == pytest.approx(0.901216, abs=1e-6)
    assert answer.power == pytest.approx(0.9012, abs=1e-4)


def test_dunnett_in_the_williams_square_of_the_reference_has_its_powers() -> None:
    answer = answered(many(), sd=1.0, **at(48))

    assert answer.critical_value == pytest.approx(2.37516, abs=5e-6)
    assert answer.power_any == pytest.approx(0.7989, abs=5e-5)
    assert answer.power_all == pytest.approx(0.1445, abs=5e-5)
    assert list(answer.power_by_comparison.values()) == pytest.approx([0.186, 0.531, 0.713], abs=5e-4)


# The reference prints .560 (Emax, N = 30) and .775 (linear, N = 50); by brute force (test_multivariate) the figures are .5606 and .7745.
@pytest.mark.parametrize(
    ("n", "critical", "powers"),
    [
        (30, 2.195, [0.551, 0.560, 0.671, 0.595]),
        (40, 2.188, [0.678, 0.689, 0.796, 0.722]),
        (50, 2.184, [0.775, 0.785, 0.878, 0.815]),
    ],
)
def test_the_shapes_of_the_reference_have_its_critical_values_and_powers(n: int, critical: float, powers: list[float]) -> None:
    answer = answered(shaped(), treatments=5, **at(n))

    assert answer.degrees_of_freedom == 4 * (n - 1) - 4
    assert answer.critical_value == pytest.approx(critical, abs=5e-4)
    assert list(answer.power_by_shape.values()) == pytest.approx(powers, abs=8e-4)
    assert answer.power == min(answer.power_by_shape.values())


def test_dosefindings_powers_agree_within_its_noise() -> None:
    found = [answered(shaped(), treatments=5, **at(n)).power_by_shape["linear"] for n in (30, 40, 50)]

    assert found == pytest.approx([0.5501, 0.6757, 0.7739], abs=0.0025)


# limits and invariances


@pytest.mark.parametrize("adjustment", ["dunnett", "bonferroni", "holm", "fixed_sequence"])
@pytest.mark.parametrize("sides", [1, 2])
def test_one_comparison_is_superiority(adjustment: str, sides: int) -> None:
    order = {"order": ["B"]} if adjustment == "fixed_sequence" else {}
    question = many(mean_differences={"B": -6.0}, adjustment=adjustment, better="lower", **order)
    alone = {"kind": "superiority", "treatment": "B", "comparator": "A", "mean_difference": -6.0, "better": "lower"}

    several = answered(question, design={"name": "ab_ba"}, analysis={"sides": sides})
    single = answered(alone, design={"name": "ab_ba"}, analysis={"sides": sides, "alpha": several.plan.analysis.alpha})

    assert several.n_evaluable == single.n_evaluable
    assert several.power == pytest.approx(single.power, abs=1e-9)
    assert several.power_any == pytest.approx(several.power_all, abs=1e-9)


def test_one_shape_is_a_trend() -> None:
    shapes = answered(shaped(doses=FOUR, shapes=[{"kind": "linear"}]), **at(48))
    line = answered(trend(means={letter: -10 * dose / 4.5 for letter, dose in FOUR.items()}), **at(48))

    assert shapes.power == pytest.approx(line.power, abs=1e-9)
    assert shapes.critical_value == pytest.approx(line.critical_value, rel=1e-9)


def test_holm_loses_nothing_against_bonferroni_and_the_fixed_sequence_gains_at_its_head() -> None:
    bonferroni, holm = (answered(many(adjustment=name), sd=1.0, **at(48)) for name in ("bonferroni", "holm"))
    fixed = answered(many(adjustment="fixed_sequence", order=["D", "C", "B"]), sd=1.0, **at(48))

    assert holm.power_any == pytest.approx(bonferroni.power_any, abs=1e-12)
    assert all(holm.power_by_comparison[letter] >= bonferroni.power_by_comparison[letter] for letter in "BCD")
    assert fixed.power_by_comparison["D"] > holm.power_by_comparison["D"]
    assert fixed.power_any == fixed.power_by_comparison["D"]


@at_most(1_000)
@given(st.permutations("ABCD"), st.sampled_from(["dunnett", "holm"]), st.booleans())
def test_relabelling_treatments_changes_nothing(letters: list[str], adjustment: str, carryover: bool) -> None:
    names = dict(zip("ABCD", letters, strict=True))
    sequences = ["ABDC", "BCAD", "CDBA", "DACB", "ABCD"]
    renamed = ["".join(names[letter] for letter in sequence) for sequence in sequences]
    analysis = {"adjust_for_carryover": carryover}

    first = answered(many(adjustment=adjustment), design={"sequences": sequences}, sd=1.0, analysis=analysis, **at(50))
    second = answered(
        many(
            adjustment=adjustment,
            comparator=names["A"],
            mean_differences={names[letter]: value for letter, value in many()["mean_differences"].items()},
        ),
        design={"sequences": renamed},
        sd=1.0,
        analysis=analysis,
        **at(50),
    )

    assert second.power_any == pytest.approx(first.power_any, abs=1e-8)
    assert second.power_all == pytest.approx(first.power_all, abs=1e-8)
    assert {names[letter]: power for letter, power in first.power_by_comparison.items()} == pytest.approx(
        second.power_by_comparison, abs=1e-8
    )


@at_most(1_000)
@given(st.floats(0.01, 1000.0), st.sampled_from(["dose_trend", "many_to_one", "dose_response_shapes"]))
def test_the_unit_of_the_outcome_does_not_matter(factor: float, kind: str) -> None:
    def scaled(by: float) -> Any:
        question = {
            "dose_trend": trend(means={letter: by * mean for letter, mean in trend()["means"].items()}),
            "many_to_one": many(mean_differences={"B": -4.0 * by, "C": -8.0 * by, "D": -10.0 * by}),
            "dose_response_shapes": shaped(doses=FOUR, max_effect=-10.0 * by),
        }[kind]
        return answered(question, sd=20.0 * by, **at(48))

    assert scaled(factor).power == pytest.approx(scaled(1.0).power, abs=1e-8)


@at_most(1_000)
@given(st.floats(0.01, 1000.0))
def test_the_unit_of_the_doses_does_not_matter(factor: float) -> None:
    shapes = [
        {"kind": "linear"},
        {"kind": "emax", "ed50": 1.5 * factor},
        {"kind": "sigmoid_emax", "ed50": 3.0 * factor, "hill": 4.0},
        {"kind": "quadratic", "delta": -0.085 / factor},
    ]

    found = answered(shaped(doses={letter: dose * factor for letter, dose in FOUR.items()}, shapes=shapes), **at(48))

    assert found.power_by_shape == pytest.approx(answered(shaped(doses=FOUR), **at(48)).power_by_shape, abs=1e-8)


def test_the_sign_of_better_turns_with_the_sign_of_the_effects() -> None:
    up = answered(many(better="higher"), sd=1.0, **at(48))
    down = answered(many(better="lower", mean_differences={"B": -0.3, "C": -0.5, "D": -0.6}), sd=1.0, **at(48))

    assert down.power_by_comparison == up.power_by_comparison


def test_without_better_the_planned_direction_is_tested() -> None:
    assert answered(many(), sd=1.0, **at(48)).power == answered(many(better="higher"), sd=1.0, **at(48)).power
    assert answered({key: value for key, value in trend().items() if key != "better"}, **at(48)).power == answered(trend(), **at(48)).power


def test_ratios_are_compared_on_the_log_scale() -> None:
    outcome = {"kind": "continuous", "scale": "log", "within_subject_cv": 0.3}
    ratios = answered(many(mean_differences=None, mean_ratios={"B": 0.9, "C": 0.85, "D": 0.8}), outcome=outcome, **at(48))
    logs = {"B": float(np.log(0.9)), "C": float(np.log(0.85)), "D": float(np.log(0.8))}

    additive = answered(many(mean_differences=logs), sd=float(np.sqrt(np.log1p(0.09))), **at(48))

    assert ratios.power_by_comparison == pytest.approx(additive.power_by_comparison, abs=1e-12)


@at_most(1_000)
@given(
    st.lists(st.floats(-3.0, 3.0), min_size=3, max_size=3),
    st.sampled_from(["dunnett", "bonferroni", "holm", "fixed_sequence"]),
    st.sampled_from(["any", "all"]),
    st.integers(8, 200),
    st.sampled_from([0.0, 0.7]),
)
def test_powers_of_comparisons_are_probabilities_in_order(
    effects: list[float], adjustment: str, success: str, n: int, individual: float
) -> None:
    answer = answered(
        many(
            mean_differences=dict(zip("BCD", effects, strict=True)),
            adjustment=adjustment,
            success=success,
            better="higher",
            **({"order": ["C", "B", "D"]} if adjustment == "fixed_sequence" else {}),
        ),
        outcome={"kind": "continuous", "within_subject_sd": 1.0, "individual_response_sd": individual},
        **at(n),
    )

    each = list(answer.power_by_comparison.values())
    assert 0.0 <= answer.power_all <= min(each) + 1e-7
    assert max(each) - 1e-7 <= answer.power_any <= min(1.0, sum(each) + 1e-7)


@at_most(1_000)
@given(st.floats(2.0, 25.0), st.sampled_from(["minimum", "mean"]), st.sampled_from([1, 2]))
def test_power_of_shapes_grows_with_people_and_stays_a_probability(effect: float, target: str, sides: int) -> None:
    powers = [
        answered(shaped(doses=FOUR, max_effect=-effect, target=target), analysis={"sides": sides}, **at(n)).power for n in (12, 24, 48, 400)
    ]

    assert powers == sorted(powers)
    assert 0.0 <= powers[0] <= powers[-1] <= 1.0


@pytest.mark.parametrize(
    "question",
    [
        trend(),
        many(mean_differences={"B": -3.0, "C": -8.0, "D": -10.0}),
        many(mean_differences={"B": -8.0, "C": -8.0, "D": -9.0}, success="all"),
        shaped(doses=FOUR),
    ],
    ids=["trend", "any", "all", "shapes"],
)
@pytest.mark.parametrize(
    "parts",
    [{}, {"analysis": {"adjust_for_carryover": True}}, {"attrition": {"lost_before_period": [0, 0.1, 0.2, 0.3]}}],
    ids=["complete", "carry-over", "loss"],
)
def test_the_n_found_is_the_smallest_whole_set_of_sequences(question: dict[str, Any], parts: dict[str, Any]) -> None:
    answer = answered(question, **parts)
    people = "n_randomised" if "attrition" in parts else "n_evaluable"
    n = getattr(answer, people)

    fewer = answered(question, **parts, solve={"for": "power", people: n - 4})

    assert n % 4 == 0
    assert answer.power >= 0.9 > fewer.power
    assert answer.power_one_step_below == pytest.approx(fewer.power, abs=1e-12)


def test_the_contrast_of_a_shape_is_the_best_that_an_incomplete_design_allows() -> None:
    unequal = {"sequences": ["ABD", "BDA", "DAB", "ABC", "BCA", "CAB"]}
    means = {letter: -10.0 * dose / 4.5 for letter, dose in FOUR.items()}
    best = answered(shaped(doses=FOUR, shapes=SHAPES[:1]), design=unequal, **at(60))

    others = [
        answered(
            trend(means=means, scores={letter: weight + change[letter] for letter, weight in best.contrasts["linear"].items()}),
            design=unequal,
            **at(60),
        )
        for change in (
            {"A": 0.1, "B": 0.0, "C": 0.0, "D": 0.0},
            {"A": 0.0, "B": 0.1, "C": 0.0, "D": -0.1},
            {"A": 0.0, "B": 0.0, "C": 0.1, "D": 0.0},
        )
    ]
    by_dose = answered(trend(means=means), design=unequal, **at(60))

    assert sum(best.contrasts["linear"].values()) == pytest.approx(0.0, abs=1e-9)
    assert [one.power < best.power for one in (*others, by_dose)] == [True] * 4


# what is refused, and how


@pytest.mark.parametrize(
    ("question", "field", "said"),
    [
        (
            trend(means={"A": 0.0, "B": 1.0, "C": 2.0}),
            "question.means",
            "D is missing in means; a trend is tested over all treatments of the design.",
        ),
        (trend(doses=dict.fromkeys("ABCD", 3.0)), "question.doses", "All doses are 3; a trend needs at least two different ones."),
        (trend(doses=None), "question.doses", "doses is missing"),
        (trend(scores={"log_offset": 0.0}), "question.scores", "ln(dose + 0) does not exist at dose 0"),
        (trend(scores={"A": 1, "B": 1, "C": 1, "D": 1}), "question.scores", "All scores are 1"),
        (trend(scores="rank"), "question.scores", 'Scores are "dose"'),
        (trend(scores={"A": 0, "B": 1, "C": 2, "E": 3}), "question.scores", "E stands in scores but not in the design"),
        (
            many(mean_differences={"B": 1.0, "F": 2.0}),
            "question.mean_differences",
            "F stands in mean_differences but not in the design, which has A, B, C and D.",
        ),
        (many(mean_differences={"A": 1.0, "B": 2.0}), "question.mean_differences", "A is the comparator; leave it out"),
        (many(comparator="F"), "question.comparator", "F is not a treatment of the design"),
        (many(mean_differences=None), "question.mean_differences", "mean_differences is missing"),
        (many(mean_ratios={"B": 0.9}), "question.mean_ratios", "An outcome on the additive scale is compared by mean_differences"),
        (many(mean_differences={"B": 1.0, "C": -1.0}), "question.better", "point in both directions"),
        (many(adjustment="fixed_sequence"), "question.order", "order is missing"),
        (
            many(adjustment="fixed_sequence", order=["B", "C"]),
            "question.order",
            "it must hold each letter of mean_differences once: B, C and D.",
        ),
        (many(order=["B", "C", "D"]), "question.order", "order belongs to fixed_sequence"),
        (shaped(doses={"A": 1.0, "B": 2.0, "C": 3.0, "D": 4.0}), "question.doses", "The lowest dose is 1"),
        (shaped(doses={"A": 0.0, "B": 2.0, "C": 2.0, "D": 4.0}), "question.doses", "Dose 2 is given to more than one letter"),
        (shaped(doses={"A": 0.0, "B": 2.0, "C": 3.0}), "question.doses", "D is missing in doses"),
        (shaped(doses=FOUR, max_effect=0.0), "question.max_effect", "max_effect is 0"),
        (shaped(doses=FOUR, shapes=[{"kind": "emax"}]), "question.shapes.ed50", "The shape emax needs ed50"),
        (shaped(doses=FOUR, shapes=[{"kind": "linear", "ed50": 1.0}]), "question.shapes.ed50", "The shape linear takes no ed50"),
        (shaped(doses=FOUR, shapes=[{"kind": "exponential", "delta": -1.0}]), "question.shapes.delta", "needs one above 0"),
        (shaped(doses=FOUR, shapes=[{"kind": "hyperbolic"}]), "question.shapes.kind", "kind is the text “hyperbolic”"),
        (
            shaped(doses=FOUR, shapes=[{"kind": "linear", "ec50": 1.0}]),
            "question.shapes.ec50",
            "There is no key ec50 here. Did you mean ed50?",
        ),
        (
            shaped(doses=FOUR, shapes=[{"kind": "linear"}, {"kind": "quadratic", "delta": 0.0}]),
            "question.shapes",
            "cannot tell the shapes linear and quadratic apart",
        ),
        (
            shaped(doses=FOUR, shapes=[{"kind": "sigmoid_emax", "ed50": 0.001, "hill": 50.0}, {"kind": "emax", "ed50": 1e-6}]),
            "question.shapes",
            "apart",
        ),
        (shaped(doses=FOUR, shapes=[]), "question.shapes", "one to eight shapes"),
    ],
)
def test_a_plan_of_doses_that_cannot_be_read_says_what_is_wrong(question: dict[str, Any], field: str, said: str) -> None:
    errors = refused({key: value for key, value in question.items() if value is not None})

    assert said in errors[field]


def test_an_alpha_of_a_half_is_refused_for_shapes() -> None:
    assert "below 0.5" in refused(shaped(doses=FOUR), analysis={"alpha": 0.6})["analysis.alpha"]


def test_doses_of_two_letters_cannot_tell_shapes_apart() -> None:
    errors = refused(shaped(doses={"A": 0.0, "B": 3.0}), design={"name": "ab_ba"})

    assert errors["question.shapes"].startswith("Doses 0 and 3 cannot tell the shapes linear and emax apart")


def test_carryover_that_cannot_be_separated_is_a_reason() -> None:
    answer = answered(many(mean_differences={"B": 5.0}), design={"name": "ab_ba"}, analysis={"adjust_for_carryover": True})

    assert answer.reason is not None
    assert answer.reason.startswith("Sequences AB and BA cannot separate carry-over")
    assert (
        answered(
            shaped(doses={"A": 0.0, "B": 3.0}, shapes=SHAPES[:1]), design={"name": "ab_ba"}, analysis={"adjust_for_carryover": True}
        ).reason
        == answer.reason
    )


def test_too_few_people_are_a_reason() -> None:
    assert "no degrees of freedom are left" in str(answered(many(), sd=1.0, **at(2)).reason)


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (trend(means=dict.fromkeys("ABCD", 1.0)), "no_effect"),
        (trend(better="higher"), "difference_on_wrong_side"),
        (many(mean_differences=dict.fromkeys("BCD", 0.0)), "no_effect"),
        (many(mean_differences={"B": 0.0, "C": 1.0, "D": 1.0}, success="all"), "no_effect"),
        (many(better="lower"), "difference_on_wrong_side"),
        (many(mean_differences={"B": 1.0, "D": 1.0}), "not_all_compared"),
        (shaped(doses=FOUR, better="higher"), "difference_on_wrong_side"),
    ],
)
def test_a_doubtful_assumption_is_warned_of(question: dict[str, Any], code: str) -> None:
    assert code in {warning.code for warning in answered(question, **at(48)).warnings}


@pytest.mark.parametrize("question", [trend(means=dict.fromkeys("ABCD", 1.0)), many(mean_differences=dict.fromkeys("BCD", 0.0))])
def test_no_effect_is_no_answer_with_its_reason(question: dict[str, Any]) -> None:
    answer = answered(question)

    assert answer.n_evaluable is None
    assert "is 0: the test finds an effect no more often than its alpha" in str(answer.reason)


# shapes


def test_each_shape_has_the_largest_effect_at_its_best_dose() -> None:
    for shape in (
        Shape(kind="linear"),
        Shape(kind="log_linear", offset=0.5),
        Shape(kind="emax", ed50=1.5),
        Shape(kind="sigmoid_emax", ed50=3.0, hill=4.0),
        Shape(kind="quadratic", delta=-0.2),
        Shape(kind="exponential", delta=0.001),
        Shape(kind="logistic", ed50=3.0, delta=0.3),
    ):
        fine = shape.means(tuple(np.linspace(0.0, 6.0, 601)), -10.0)

        assert fine[0] == pytest.approx(0.0, abs=1e-12)
        assert min(fine) == pytest.approx(-10.0, abs=1e-4)


def test_a_quadratic_curve_is_scaled_at_its_turning_point() -> None:
    assert Shape(kind="quadratic", delta=-0.2).means((2.5, 5.0, 6.0), 1.0) == pytest.approx([1.0, 0.0, -0.96])


def test_two_shapes_of_a_kind_are_told_apart_by_their_numbers() -> None:
    found = answered(shaped(doses=FOUR, shapes=[{"kind": "emax", "ed50": 0.5}, {"kind": "emax", "ed50": 3.0}]), **at(48))

    assert list(found.power_by_shape) == ["emax (ed50 0.5)", "emax (ed50 3)"]


def test_curves_for_a_drawing_go_through_the_planned_means() -> None:
    drawn = curves_of([Shape(kind="emax", ed50=1.5)], FIVE, -10.0, points=5)

    assert drawn.doses == (0.0, 1.5, 3.0, 4.5, 6.0)
    assert drawn.curves["emax"] == drawn.planned_means["emax"]
    assert drawn.planned_means["emax"][1] == pytest.approx(-10.0 * 0.5 / 0.8)


# what is shown beside the answer


@pytest.mark.parametrize("question", [trend(), many(), shaped(doses=FOUR)], ids=["trend", "many", "shapes"])
def test_what_is_shown_beside_an_answer_goes_through_the_answer(question: dict[str, Any]) -> None:
    read = read_plan(plan(question, sd=1.0 if question["kind"] == "many_to_one" else 20.0))
    answer = size(read)

    shown = explore(read, answer)

    assert shown.power_curve is not None
    planned = next(curve for curve in shown.power_curve.curves if curve.planned)
    assert np.interp(float(answer.n_evaluable or 0), shown.power_curve.n_evaluable, planned.power) == pytest.approx(answer.power, abs=0.02)
    assert (shown.sensitivity is None) == (question["kind"] == "dose_response_shapes")
    if shown.sensitivity is not None:
        row, column = shown.sensitivity.planned
        assert shown.sensitivity.n_evaluable[row][column] == answer.n_evaluable
    assert (shown.dose_shapes is not None) == (question["kind"] == "dose_response_shapes")


@pytest.mark.parametrize(
    "question",
    [trend(), many(), many(adjustment="fixed_sequence", order=["D", "C", "B"], success="all"), shaped(doses=FOUR, target="mean")],
)
@pytest.mark.parametrize("sides", [1, 2])
def test_answers_are_put_into_sentences(question: dict[str, Any], sides: int) -> None:
    read = read_plan(plan(question, analysis={"sides": sides}, solve={"for": "power", "n_evaluable": 48}))
    answer = size(read)
    names = Names(treatments={"A": "placebo", "B": "LDN 1.5 mg", "C": "LDN 3 mg", "D": "LDN 4.5 mg"}, outcome="pain", unit="points")

    texts = [for_people(read, answer), "\n".join(steps(read, answer)), statement(read, answer, names), plain_statement(read, answer, names)]

    assert all(text and "None" not in text and "nan" not in text and "  ." not in text for text in texts)
    assert "LDN 4.5 mg" in texts[2]
    assert ("two-sided" if sides == 2 else "one-sided") in texts[2]


# extremes


@pytest.mark.parametrize("effect", [1e-9, 1.0, 1e3, 1e9])
@pytest.mark.parametrize("sd", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_far_fetched_effects_have_powers_all_the_same(effect: float, sd: float, better: str) -> None:
    effects = {"B": effect / 3, "C": effect / 2, "D": effect}
    questions = [
        trend(means={"A": 0.0, **effects}, better=better),
        many(mean_differences=effects, better=better),
        many(mean_differences=effects, better=better, success="all", adjustment="holm"),
        shaped(doses=FOUR, max_effect=effect, better=better),
    ]

    powers = [answered(question, sd=sd, **at(n)).power for question in questions for n in (8, 1e7)]

    assert all(0.0 <= power <= 1.0 for power in powers)
    if effect / sd >= 1e3:
        assert powers == pytest.approx([1.0 if better == "higher" else 0.0] * 8, abs=1e-6)


def test_an_n_of_1_series_has_no_doses_to_compare() -> None:
    errors = refused(many(mean_differences={"B": 1.0}), design={"name": "n_of_1", "cycles": 3})

    assert "an n-of-1 series has no sequences" in errors["design.name"]


@pytest.mark.parametrize("alpha", [0.025, 0.001])
@pytest.mark.parametrize("degrees_of_freedom", [1.5, 3.0, 6.0, 7.9])
def test_variance_estimates_shared_in_part_keep_their_law_with_few_degrees_of_freedom(degrees_of_freedom: float, alpha: float) -> None:
    correlation = np.full((3, 3), 0.5) + 0.5 * np.eye(3)
    together = joint(correlation, 0.25)
    critical = float(stats.t.isf(alpha, degrees_of_freedom))

    each = together.rejecting(critical, np.zeros(3), degrees_of_freedom, 1)
    found = together.critical_value(alpha, degrees_of_freedom, 1)

    assert [together.mean(one, degrees_of_freedom) for one in each] == pytest.approx([alpha] * 3, rel=1e-4)
    # above Dunnett's of one shared estimate, below Bonferroni's
    assert joint(correlation).critical_value(alpha, degrees_of_freedom, 1) < found <= stats.t.isf(alpha / 3, degrees_of_freedom) + 1e-9


def test_a_small_trial_with_individual_responses_and_a_small_alpha_has_a_critical_value() -> None:
    plan = read_plan(
        {
            "design": {"name": "incomplete", "treatments": 4, "periods": 3},
            "outcome": {"kind": "continuous", "within_subject_sd": 1.4142, "individual_response_sd": 1.3},
            "question": {
                "kind": "many_to_one",
                "comparator": "A",
                "mean_differences": {"B": -1.5, "C": -0.5, "D": -1.4},
                "better": "lower",
            },
            "analysis": {"alpha": 0.001},
            "solve": {"for": "power", "n_evaluable": 8},
        }
    )

    answer = size(plan)

    assert answer.critical_value is not None
    assert answer.power is not None
    assert answer.critical_value == pytest.approx(stats.t.isf(0.001 / 3, answer.degrees_of_freedom), rel=0.25)
    assert answer.critical_value > stats.t.isf(0.001, answer.degrees_of_freedom)
    assert 0.0 <= answer.power <= 1.0
