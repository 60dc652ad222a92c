"""The joint law of t statistics: against SciPy, against other routes of our own, and against what must hold."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special, stats

from tests.sizing.far import at_most
from trials.sizing.laws.multivariate import joint, partly_shared_nodes, residual_nodes
from trials.sizing.laws.polyhedra import critical_value, largest_of, loadings_of, polygon
from trials.sizing.shapes import Shape

Matrix = NDArray[np.float64]
DOSES = (0.0, 1.5, 3.0, 4.5, 6.0)
SEVEN = (
    Shape(kind="linear"),
    Shape(kind="emax", ed50=1.5),
    Shape(kind="sigmoid_emax", ed50=3.0, hill=4.0),
    Shape(kind="quadratic", delta=-0.085),
    Shape(kind="exponential", delta=1.5),
    Shape(kind="logistic", ed50=3.5, delta=0.5),
    Shape(kind="log_linear", offset=0.5),
)


def equal(count: int, correlation: float = 0.5) -> Matrix:
    return np.full((count, count), correlation) + (1.0 - correlation) * np.eye(count)


def shapes_alike(doses: tuple[float, ...], shapes: tuple[Shape, ...]) -> tuple[Matrix, Matrix]:
    """Contrasts of length 1 and their correlations in a complete design."""
    means = np.array([shape.means(doses, 1.0) for shape in shapes])
    contrasts = means - means.mean(axis=1, keepdims=True)
    contrasts /= np.linalg.norm(contrasts, axis=1, keepdims=True)
    return contrasts, contrasts @ contrasts.T


def by_brute_force(correlation: Matrix, delta: Matrix, critical: float, df: float, points: tuple[int, ...]) -> float:
    """P(max T > critical): the first direction in closed form, the others by the trapezoidal rule on a dense grid."""
    rows = loadings_of(correlation)
    rows = rows[:, : len(points) + 1] * np.sign(rows[0, 0])
    grid, weights = np.zeros((1, 0)), np.ones(1)
    for count in points:
        x = np.linspace(-8.0, 8.0, count)
        density = np.exp(-x * x / 2.0)
        grid = np.hstack([np.repeat(grid, count, axis=0), np.tile(x, len(grid))[:, None]])
        weights = np.multiply.outer(weights, density / density.sum()).ravel()
    below = 0.0
    for u, weight in zip(*residual_nodes(df), strict=True):
        room = np.min((critical * u - delta - grid @ rows[:, 1:].T) / rows[:, 0], axis=1)
        below += weight * float(weights @ special.ndtr(room))
    return 1.0 - below


@pytest.mark.parametrize("df", [1.0, 2.5, 7.0, 19.9, 20.0, 59.0, 61.0, 500.0, 1e5])
@pytest.mark.parametrize(("critical", "delta"), [(2.4, 0.0), (2.4, 3.0), (5.0, 6.0)])
def test_the_average_over_the_residual_variance_is_the_noncentral_t(df: float, critical: float, delta: float) -> None:
    u, weights = residual_nodes(df)

    found = float(weights @ special.ndtr(delta - critical * u))

    assert found == pytest.approx(
        float(stats.nct.sf(critical, df, delta)) if delta else float(stats.t.sf(critical, df)), abs=2e-5 if df < 5 else 1e-8
    )


def test_dunnetts_critical_values_are_the_published_ones() -> None:
    three = joint(equal(3))

    assert three.critical_value(0.025, 138.0, 1) == pytest.approx(2.37516, abs=5e-6)
    assert three.critical_value(0.05, 138.0, 2) == pytest.approx(2.37515, abs=5e-6)


def test_r_mvtnorm_agrees_within_its_own_error() -> None:
    three = joint(equal(3))

    assert three.critical_value(0.025, 138.0, 1) == pytest.approx(2.375132, abs=5e-5)
    assert three.critical_value(0.05, 138.0, 2) == pytest.approx(2.375101, abs=1e-4)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_equal_correlations_agree_with_scipys_multivariate_t(count: int) -> None:
    law = stats.multivariate_t(np.zeros(count), equal(count), df=12, seed=1)

    found = joint(equal(count)).any_beyond(2.2, np.zeros(count), 12.0, 1)

    assert found == pytest.approx(1.0 - law.cdf(np.full(count, 2.2), maxpts=200_000 * count), abs=2e-5)


@pytest.mark.parametrize("sides", [1, 2])
def test_two_routes_agree_where_both_are_exact(sides: int) -> None:
    delta = np.array([0.5, 1.5, 3.0])
    correlation = equal(3, 0.3)

    by_factor = joint(correlation).any_beyond(2.4, delta, 60.0, sides)
    by_polyhedron = float(largest_of(correlation, delta, sides).beyond(2.4, 60.0)[0])

    assert by_factor == pytest.approx(by_polyhedron, abs=1e-9)


def test_four_dimensions_are_exact() -> None:
    delta = np.array([0.5, 1.0, 2.0, 3.0])

    by_factor = joint(equal(4)).any_beyond(2.4, delta, 60.0, 1)

    assert float(largest_of(equal(4), delta, 1).beyond(2.4, 60.0)[0]) == pytest.approx(by_factor, abs=1e-8)


def test_correlations_that_are_no_product_agree_with_the_polyhedron() -> None:
    correlation = equal(4)
    correlation[0, 1] = correlation[1, 0] = 0.38
    correlation[2, 3] = correlation[3, 2] = 0.57
    delta = np.array([0.5, 1.0, 2.0, 3.0])
    four = joint(correlation)

    assert four.common.shape[1] > 60  # more than one factor
    assert four.any_beyond(2.4, delta, 60.0, 1) == pytest.approx(float(largest_of(correlation, delta, 1).beyond(2.4, 60.0)[0]), abs=1e-7)


def test_all_beyond_agrees_with_the_polyhedron_turned_over() -> None:
    correlation = equal(3)
    delta = np.array([2.5, 3.0, 3.5])
    signs = np.diag([1.0, 1.0, 1.0])

    found = joint(correlation).all_beyond(1.0, delta, 1e5, 1)
    law = stats.multivariate_normal(np.zeros(3), signs @ correlation @ signs, seed=1)

    assert found == pytest.approx(law.cdf(delta - 1.0), abs=2e-5)


@pytest.mark.parametrize("count", [4, 5])
def test_contrasts_of_shapes_agree_with_brute_force(count: int) -> None:
    _, correlation = shapes_alike(DOSES[:count], SEVEN)
    delta = 3.0 * correlation[[0, 2]]
    points = (301, 201) if count == 4 else (201, 161, 61)

    found = largest_of(correlation, delta, 1).beyond(2.25, 80.0)

    assert found == pytest.approx([by_brute_force(correlation, one, 2.25, 80.0, points) for one in delta], abs=2e-6)


def test_six_doses_and_seven_shapes_agree_with_brute_force() -> None:
    _, correlation = shapes_alike((0.0, 1.0, 2.0, 3.0, 4.5, 6.0), SEVEN)
    delta = 3.0 * correlation[4]

    found = float(largest_of(correlation, delta, 1).beyond(2.25, 300.0)[0])

    assert found == pytest.approx(by_brute_force(correlation, delta, 2.25, 300.0, (121, 81, 41, 9)), abs=2e-5)


def test_the_error_rate_at_the_critical_value_is_alpha() -> None:
    _, correlation = shapes_alike(DOSES, SEVEN)
    none = largest_of(correlation, np.zeros((1, 7)), 1)
    critical = critical_value(none, 7, 0.025, 100.0, 1)

    assert by_brute_force(correlation, np.zeros(7), critical, 100.0, (201, 161, 61)) == pytest.approx(0.025, abs=1e-6)


def test_opposite_contrasts_are_taken_two_sidedly() -> None:
    one_and_its_opposite = np.array([[1.0, -1.0], [-1.0, 1.0]])

    both = largest_of(one_and_its_opposite, np.zeros((1, 2)), 1).beyond(2.0, 30.0)
    absolute = largest_of(np.ones((1, 1)), np.zeros((1, 1)), 2).beyond(2.0, 30.0)

    assert both[0] == pytest.approx(2.0 * stats.t.sf(2.0, 30), abs=1e-9)
    assert absolute[0] == pytest.approx(2.0 * stats.t.sf(2.0, 30), abs=1e-9)


def test_a_square_is_a_product_of_two_normals() -> None:
    normals = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    offsets = np.array([[0.7, 0.2, 1.4, 0.9], [0.7, -0.9, 1.4, 0.9]])

    found = polygon(normals, offsets)

    side = special.ndtr(0.7) - special.ndtr(-0.2)
    assert found == pytest.approx([side * (special.ndtr(1.4) - special.ndtr(-0.9)), 0.0], abs=1e-12)


@at_most(1_000)
@given(
    st.lists(st.floats(-3.1, 3.1), min_size=1, max_size=6, unique=True),
    st.lists(st.floats(-2.0, 3.0), min_size=6, max_size=6),
    st.floats(0.0, 6.2),
)
def test_turning_a_polygon_changes_nothing(angles: list[float], offsets: list[float], turn: float) -> None:
    room = np.array([offsets[: len(angles)]])
    before, after = (polygon(np.column_stack([np.cos(a), np.sin(a)]), room)[0] for a in (np.array(angles), np.array(angles) + turn))

    gaps = [abs(np.sin(one - other)) for one, other in pairwise(sorted(angles))]
    if not gaps or min(gaps) > 1e-3:
        assert before == pytest.approx(after, abs=1e-8)
    assert 0.0 <= before <= 1.0


@at_most(1_000)
@given(st.integers(1, 5), st.floats(3.0, 300.0), st.lists(st.floats(-4.0, 8.0), min_size=5, max_size=5), st.sampled_from([1, 2]))
def test_holms_sets_of_rejections_add_up_to_one(count: int, df: float, delta: list[float], sides: int) -> None:
    criticals = tuple(float(stats.t.isf(0.025 / left, df)) for left in range(count, 0, -1))
    found = joint(equal(count)).step_down(criticals, np.array(delta[:count]), df, sides)

    assert sum(found.values()) == pytest.approx(1.0, abs=1e-9)
    assert 1.0 - found[0] == pytest.approx(joint(equal(count)).any_beyond(criticals[0], np.array(delta[:count]), df, sides), abs=1e-9)


@pytest.mark.parametrize("shared", [0.0, 0.25, 0.9, 1.0])
def test_each_partly_shared_variance_estimate_keeps_its_law(shared: float) -> None:
    u, common, own = partly_shared_nodes(28.0, shared)

    found = float(common @ special.ndtr(1.5 - 2.2 * u) @ own)

    assert found == pytest.approx(float(stats.nct.sf(2.2, 28.0, 1.5)), abs=1e-8)


def test_variance_estimates_of_their_own_make_a_larger_critical_value() -> None:
    values = [joint(equal(3), shared).critical_value(0.025, 12.0, 1) for shared in (1.0, 0.5, 0.0)]

    assert values == sorted(values)
    assert values[-1] < stats.t.isf(0.025 / 3, 12.0)


def test_the_same_question_gets_the_same_digits() -> None:
    _, correlation = shapes_alike(DOSES, SEVEN)

    assert (
        largest_of(correlation, correlation[:2], 1).beyond(2.2, 80.0).tolist()
        == largest_of(correlation, correlation[:2], 1).beyond(2.2, 80.0).tolist()
    )
