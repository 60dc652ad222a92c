"""Named crossover designs as data: each name gives its sequences, and nothing else depends on the name.

Notes
-----
Williams squares for t treatments start from the zig-zag 0, 1, t−1, 2, t−2 …; adding 1 modulo t gives t sequences in which
each treatment follows each other one equally often when t is even; for odd t the mirror images are added.
Replicate and Balaam designs: Jones & Kenward, *Design and Analysis of Cross-over Trials*.
"""

from collections.abc import Callable
from itertools import permutations

LETTERS = "ABCDEFGH"

CLASSIC = {
    "ab_ba": ("AB", "BA"),
    "balaam": ("AB", "BA", "AA", "BB"),
}
REPLICATE = {3: ("ABB", "BAA"), 4: ("ABBA", "BAAB")}


def latin_square(treatments: int) -> tuple[str, ...]:
    """The cyclic square: sequence k starts at treatment k. Each treatment stands once in every period."""
    return tuple("".join(LETTERS[(start + period) % treatments] for period in range(treatments)) for start in range(treatments))


def williams(treatments: int) -> tuple[str, ...]:
    """The sequences in which every treatment follows every other one equally often: t of them for even t, 2t for odd t."""
    zigzag = [0]
    for step in range(1, treatments):
        zigzag.append((step + 1) // 2 if step % 2 else treatments - step // 2)
    square = [[(place + shift) % treatments for place in zigzag] for shift in range(treatments)]
    if treatments % 2:
        square += [row[::-1] for row in square]
    return tuple("".join(LETTERS[place] for place in row) for row in square)


def incomplete(treatments: int, periods: int) -> tuple[str, ...]:
    """Balanced incomplete sequences: every ordered pair for two periods, cyclic blocks for three and more."""
    if periods == 2:
        return tuple("".join(pair) for pair in permutations(LETTERS[:treatments], 2))
    return tuple("".join(LETTERS[(start + period) % treatments] for period in range(periods)) for start in range(treatments))


def parallel(treatments: int) -> tuple[str, ...]:
    """One period, one treatment a person."""
    return tuple(LETTERS[:treatments])


def _replicate(periods: int) -> tuple[str, ...]:
    if periods not in REPLICATE:
        raise ValueError(
            f"A replicate design has 3 (ABB/BAA) or 4 periods (ABBA/BAAB), not {periods}. Write other designs as their sequences."
        )
    return REPLICATE[periods]


def _incomplete(treatments: int, periods: int) -> tuple[str, ...]:
    if not 2 <= periods < treatments:
        raise ValueError(f"An incomplete design has from 2 to {treatments - 1} periods for {treatments} treatments, not {periods}.")
    return incomplete(treatments, periods)


# name -> (what else it needs, with defaults where it has any; how its sequences are made)
FAMILIES: dict[str, tuple[dict[str, int | None], Callable[..., tuple[str, ...]]]] = {
    "ab_ba": ({}, lambda: CLASSIC["ab_ba"]),
    "balaam": ({}, lambda: CLASSIC["balaam"]),
    "williams": ({"treatments": None}, williams),
    "latin_square": ({"treatments": None}, latin_square),
    "replicate": ({"periods": None}, _replicate),
    "incomplete": ({"treatments": None, "periods": 2}, _incomplete),
    "parallel": ({"treatments": 2}, parallel),
    "single_arm": ({}, lambda: ("A",)),
}


def sequences_of(name: str, treatments: int | None = None, periods: int | None = None) -> tuple[str, ...]:
    """The sequences of a named design.

    Parameters
    ----------
    name : str
        A key of `FAMILIES`.
    treatments, periods : int, optional
        Needed by some families, refused by the others.

    Raises
    ------
    ValueError
        When the name is unknown, a number it needs is missing, or one it has no use for is given.

    Examples
    --------
    >>> sequences_of("williams", treatments=4)
    ('ABDC', 'BCAD', 'CDBA', 'DACB')
    """
    if name not in FAMILIES:
        raise ValueError(
            f"There is no design named {name!r}. Named designs are {', '.join((*FAMILIES, 'n_of_1'))}; any other is written as its sequences."
        )
    needs, make = FAMILIES[name]
    given = {"treatments": treatments, "periods": periods}
    for key, value in given.items():
        if value is not None and key not in needs:
            raise ValueError(f"The design {name} takes no {key}; leave it out.")
    chosen = {key: given[key] if given[key] is not None else default for key, default in needs.items()}
    if missing := [key for key, value in chosen.items() if value is None]:
        raise ValueError(f"The design {name} needs the number of {missing[0]}.")
    return make(**chosen)
