"""The search finds the smallest whole number of units, wherever it starts and however many cases it is given."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trials.sizing.laws.search import halve, smallest_units, smallest_units_many, units


@given(first=st.integers(1, 50), length=st.integers(0, 100_000), enough=st.integers(-10, 200_000), guess=st.integers(-100, 300_000))
def test_the_smallest_that_is_enough_is_found_from_any_guess(first: int, length: int, enough: int, guess: int) -> None:
    last = first + length

    found = smallest_units(lambda step: step >= enough, first, last, guess)

    assert found == (None if enough > last else max(first, enough))


@given(
    st.lists(
        st.tuples(st.integers(1, 50), st.integers(0, 100_000), st.integers(-10, 200_000), st.integers(-100, 300_000)),
        min_size=1,
        max_size=30,
    )
)
def test_many_cases_are_found_as_each_alone(cases: list[tuple[int, int, int, int]]) -> None:
    first, length, enough, guess = (np.array(column) for column in zip(*cases, strict=True))

    found = smallest_units_many(lambda indices, steps: steps >= enough[indices], first, first + length, guess)

    alone = [smallest_units(lambda step, e=e: step >= e, f, f + n, g) or 0 for f, n, e, g in cases]  # type: ignore[misc]  # defaults bind the loop's values
    assert found.tolist() == alone


def test_a_good_guess_takes_two_looks() -> None:
    looks = []

    def reached(step: int) -> bool:
        looks.append(step)
        return step >= 23

    assert smallest_units(reached, 2, 50_000, 23) == 23
    assert looks == [23, 22]


def test_a_bad_guess_takes_few_looks() -> None:
    looks = []

    def reached(step: int) -> bool:
        looks.append(step)
        return step >= 4_999_999

    assert smallest_units(reached, 2, 5_000_000, 2) == 4_999_999
    assert len(looks) < 60


@given(edge=st.floats(0.001, 0.999))
def test_halving_finds_the_edge_to_the_last_digits(edge: float) -> None:
    found = halve(lambda x: x <= edge, 0.0, 1.0)

    assert found <= edge
    assert edge - found <= 1e-15


def test_units_are_rounded_up_but_not_for_the_dust_of_floating_point() -> None:
    assert [units(n, 2) for n in (0.0, 1.0, 2.0, 2.1, 42 / 0.7 - 18 + 1e-13)] == [1, 1, 1, 2, 21]
