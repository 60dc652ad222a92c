"""Named designs have the property that they are named for."""

from collections import Counter
from itertools import combinations, pairwise, permutations

import pytest

from trials.sizing.design import Design
from trials.sizing.families import FAMILIES, incomplete, latin_square, sequences_of, williams


@pytest.mark.parametrize("treatments", range(2, 9))
def test_each_treatment_of_a_latin_square_stands_once_in_every_row_and_column(treatments: int) -> None:
    square = latin_square(treatments)

    assert len(square) == treatments
    assert all(len(set(sequence)) == treatments for sequence in square)
    assert all(len({sequence[period] for sequence in square}) == treatments for period in range(treatments))


@pytest.mark.parametrize("treatments", range(2, 9))
def test_williams_designs_are_balanced_for_carryover(treatments: int) -> None:
    design = williams(treatments)

    followed = Counter(pair for sequence in design for pair in pairwise(sequence))
    times = 1 if treatments % 2 == 0 else 2
    assert followed == dict.fromkeys(permutations("ABCDEFGH"[:treatments], 2), times)
    assert len(design) == treatments * times


@pytest.mark.parametrize("treatments", range(2, 9))
def test_williams_designs_are_uniform_over_periods_and_people(treatments: int) -> None:
    design = williams(treatments)

    times = len(design) // treatments
    assert all(len(set(sequence)) == treatments for sequence in design)
    assert all(set(Counter(sequence[period] for sequence in design).values()) == {times} for period in range(treatments))


@pytest.mark.parametrize("treatments", range(3, 7))
def test_incomplete_pairs_hold_every_ordered_pair_once(treatments: int) -> None:
    assert sorted(incomplete(treatments, 2)) == ["".join(pair) for pair in permutations("ABCDEFGH"[:treatments], 2)]


@pytest.mark.parametrize(("treatments", "periods"), [(3, 2), (4, 2), (4, 3), (5, 2), (5, 4), (7, 6)])
def test_incomplete_blocks_compare_every_pair_equally_often(treatments: int, periods: int) -> None:
    design = incomplete(treatments, periods)

    together = Counter(frozenset(pair) for sequence in design for pair in combinations(sequence, 2))
    assert len(set(together.values())) == 1
    assert len(together) == treatments * (treatments - 1) // 2


@pytest.mark.parametrize("periods", [3, 4])
def test_replicate_designs_mirror_each_other(periods: int) -> None:
    first, second = sequences_of("replicate", periods=periods)

    assert second == first.translate(str.maketrans("AB", "BA"))
    assert len(first) == periods


def test_balaam_holds_every_order_of_two_treatments() -> None:
    assert sorted(sequences_of("balaam")) == ["AA", "AB", "BA", "BB"]


def test_ab_ba_and_parallel_are_what_they_are_called() -> None:
    assert sequences_of("ab_ba") == ("AB", "BA")
    assert sequences_of("parallel", treatments=3) == ("A", "B", "C")


@pytest.mark.parametrize(
    ("name", "numbers", "sentence"),
    [
        ("wiliams", {}, "There is no design named 'wiliams'."),
        ("williams", {}, "The design williams needs the number of treatments."),
        ("ab_ba", {"periods": 2}, "The design ab_ba takes no periods; leave it out."),
        ("replicate", {"periods": 5}, "A replicate design has 3 (ABB/BAA) or 4 periods (ABBA/BAAB), not 5."),
        ("incomplete", {"treatments": 4, "periods": 4}, "An incomplete design has from 2 to 3 periods for 4 treatments, not 4."),
    ],
)
def test_a_design_that_cannot_be_made_says_why(name: str, numbers: dict[str, int], sentence: str) -> None:
    with pytest.raises(ValueError, match="^" + sentence.replace("(", r"\(").replace(")", r"\)").replace(".", r"\.")):
        sequences_of(name, **numbers)


def test_a_single_arm_gives_everybody_the_same() -> None:
    design = Design(name="single_arm")

    assert (design.sequences, design.unit, design.n_periods) == (("A",), (1,), 1)


def test_an_n_of_1_design_has_cycles_in_place_of_sequences() -> None:
    design = Design(name="n_of_1", cycles=4)

    assert (design.sequences, design.unit, design.n_periods, design.letters) == ((), (1,), 8, ("A", "B"))
    with pytest.raises(ValueError, match="An n-of-1 design has cycles of A and B"):
        Design(name="n_of_1", cycles=4, sequences=("AB", "BA"))
    with pytest.raises(ValueError, match="cycles belong to the design n_of_1"):
        Design(name="ab_ba", cycles=4)


def test_every_family_is_tested_here() -> None:
    assert sorted(FAMILIES) == ["ab_ba", "balaam", "incomplete", "latin_square", "parallel", "replicate", "single_arm", "williams"]
