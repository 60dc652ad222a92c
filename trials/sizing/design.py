"""The design: which treatment each sequence gives in each period, and how people are shared among the sequences."""

from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from typing import Annotated, Any, Self

from pydantic import Field, SerializerFunctionWrapHandler, StrictInt, model_serializer, model_validator

from trials.sizing.families import sequences_of
from trials.sizing.noun import Located, NotNegative, Noun

MOST_SEQUENCES = 40
MOST_PERIODS = 10
MOST_TREATMENTS = 8
LARGEST_UNIT = 10_000
MOST_CYCLES = 50
COUNTS = ("treatments", "periods", "cycles")

Allocated = Annotated[StrictInt | float, Field(gt=0, ge=0.001, le=1000, allow_inf_nan=False)]


class Burden(Noun):
    """What the design asks of people and of the budget; without influence on n."""

    period_weeks: NotNegative = 0.0
    washout_weeks: NotNegative = 0.0
    run_in_weeks: NotNegative = 0.0
    visits_per_period: NotNegative = 1.0
    cost_per_participant: NotNegative = 0.0
    cost_per_visit: NotNegative = 0.0


class Design(Noun):
    """A crossover design is its sequences: one letter a treatment, one string a sequence.

    Examples
    --------
    >>> Design(sequences=("AB", "BA")).unit
    (1, 1)
    >>> Design(name="replicate", periods=4).sequences
    ('ABBA', 'BAAB')
    """

    sequences: tuple[str, ...] = ()
    allocation: tuple[Allocated, ...] = ()
    name: str | None = None
    treatments: Annotated[StrictInt, Field(ge=2, le=MOST_TREATMENTS)] | None = None
    periods: Annotated[StrictInt, Field(ge=1, le=MOST_PERIODS)] | None = None
    cycles: Annotated[StrictInt, Field(ge=1, le=MOST_CYCLES)] | None = None
    burden: Burden | None = None

    @model_validator(mode="before")
    @classmethod
    def _spell_out(cls, given: Any) -> Any:
        """Turn a text or a name into sequences, and fill in equal allocation."""
        if not isinstance(given, dict):
            return given
        spelled = dict(given)
        if "text" in spelled:
            text = spelled.pop("text")
            if "sequences" in spelled or "name" in spelled:
                raise Located(("text", "Give the sequences once: as text, as a list of sequences, or by name."))
            if not isinstance(text, str) or not text.strip():
                raise Located(("text", f"The text of a design is its sequences with strokes between, for example ABB/BAA, not {text!r}."))
            spelled["sequences"] = [part.strip() for part in text.split("/")]
        if isinstance(spelled.get("name"), str):
            if any(not isinstance(spelled.get(key, 0), int) or isinstance(spelled.get(key), bool) for key in COUNTS):
                return spelled  # refused as fields
            spelled["sequences"] = _named(spelled)
        elif "name" not in spelled and (idle := [key for key in COUNTS if key in spelled]):
            raise Located((idle[0], f"{idle[0]} goes with the name of a design; sequences say it themselves. Leave it out."))
        sequences = spelled.get("sequences")
        if sequences is None:
            spelled.pop("sequences", None)  # the echo of an n-of-1 design says that it has none
        if "allocation" not in spelled and isinstance(sequences, list | tuple):
            spelled["allocation"] = (1,) * len(sequences)
        return spelled

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.is_n_of_1:
            return self
        if problems := _problems(self.sequences, self.allocation, one_treatment=self.name == "single_arm"):
            raise Located(*problems)
        return self

    @model_serializer(mode="wrap")
    def _without_sequences(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The echo of an n-of-1 design says in so many words that it has no sequences."""
        written: dict[str, Any] = write(self)
        if self.is_n_of_1:
            written.pop("allocation", None)
            written["sequences"] = None
        return written

    @property
    def is_n_of_1(self) -> bool:
        """Whether everybody goes through cycles of A and B in an order of their own, so that there are no sequences to speak of."""
        return self.name == "n_of_1"

    @property
    def letters(self) -> tuple[str, ...]:
        """The treatments, in the order of the alphabet."""
        return ("A", "B") if self.is_n_of_1 else _letters(self.sequences)

    @property
    def n_periods(self) -> int:
        return 2 * (self.cycles or 1) if self.is_n_of_1 else len(self.sequences[0])

    def with_cycles(self, cycles: int) -> Self:
        """The same n-of-1 series with another number of cycles."""
        return self.model_copy(update={"cycles": cycles})

    @property
    def unit(self) -> tuple[int, ...]:
        """People added to each sequence by one step of the search: the smallest whole numbers in proportion to the allocation."""
        return (1,) if self.is_n_of_1 else _unit(self.allocation)

    @property
    def label(self) -> str:
        """The sequences with strokes between, shortened when there are many."""
        if self.is_n_of_1:
            return f"n-of-1 with {self.cycles} cycle{'' if self.cycles == 1 else 's'}" if self.cycles else "n-of-1"
        if self.name == "single_arm":
            return "single arm"
        shown = "/".join(self.sequences[:6])
        return shown if len(self.sequences) <= 6 else f"{shown}/… ({len(self.sequences)} sequences)"


def _named(given: dict[str, Any]) -> tuple[str, ...] | list[str]:
    """The sequences of a named design; sequences given beside the name must be the same ones."""
    counts = {key: given[key] for key in COUNTS if given.get(key) is not None}
    if given["name"] == "n_of_1":
        return _of_cycles(given)
    if "cycles" in counts:
        raise Located(("cycles", f"cycles belong to the design n_of_1, not to {given['name']}; leave them out."))
    if not 2 <= counts.get("treatments", 2) <= MOST_TREATMENTS:
        raise Located(("treatments", f"The design has {counts['treatments']} treatments; it may have 2 to {MOST_TREATMENTS}."))
    try:
        sequences = sequences_of(given["name"], **counts)
    except ValueError as error:
        raise Located(("name", str(error))) from error
    if "sequences" in given and tuple(given["sequences"]) != sequences:
        raise Located(
            (
                "sequences",
                f"The design {given['name']} has the sequences {', '.join(sequences)}. Leave out either the name or the sequences.",
            )
        )
    return sequences


def _of_cycles(given: dict[str, Any]) -> tuple[str, ...]:
    """An n-of-1 series has cycles in place of sequences."""
    for key in ("sequences", "allocation", "treatments", "periods"):
        if given.get(key):
            raise Located((key, f"An n-of-1 design has cycles of A and B in random order and no {key}; leave them out."))
    return ()


@lru_cache(maxsize=1024)
def _problems(sequences: tuple[str, ...], allocation: tuple[float, ...], *, one_treatment: bool = False) -> tuple[tuple[str, str], ...]:
    """What is wrong with the sequences and their allocation, field by field."""
    problems: list[tuple[str, str]] = []
    if not sequences:
        return (
            ("sequences", 'A design needs its sequences, for example ["AB", "BA"], a text such as "ABB/BAA", or the name of a design.'),
        )
    if len(sequences) > MOST_SEQUENCES:
        problems.append(("sequences", f"The design has {len(sequences)} sequences; at most {MOST_SEQUENCES} are allowed."))
    if odd := [sequence for sequence in sequences if not (sequence.isascii() and sequence.isalpha() and sequence.isupper())]:
        problems.append(
            ("sequences", f"The sequence {odd[0][:20]!r} must be capital letters, one for the treatment of each period, for example ABBA.")
        )
    elif len({len(sequence) for sequence in sequences}) > 1:
        lengths = ", ".join(f"{sequence[:20]} ({len(sequence)})" for sequence in sequences[:6])
        problems.append(("sequences", f"Sequences must have the same number of periods, one letter each; these have {lengths}."))
    if (periods := max(map(len, sequences))) > MOST_PERIODS:
        problems.append(
            ("sequences", f"The design has {periods} periods; at most {MOST_PERIODS} are allowed. Split the trial or use fewer periods.")
        )
    if (treatments := len(set("".join(sequences)))) > MOST_TREATMENTS:
        problems.append(("sequences", f"The design has {treatments} treatments; at most {MOST_TREATMENTS} are allowed."))
    elif not problems and treatments < 2 and not one_treatment:
        problems.append(("sequences", f"All sequences give {sequences[0][0]} alone; a design compares at least two treatments."))
    if len(allocation) != len(sequences):
        problems.append(
            ("allocation", f"The allocation has {len(allocation)} numbers for {len(sequences)} sequences; give one for each sequence.")
        )
    elif sum(_unit(allocation)) > LARGEST_UNIT:
        problems.append(
            (
                "allocation",
                f"The allocation {list(allocation)} needs {sum(_unit(allocation))} people to come out even; use smaller whole numbers, for example [2, 1].",
            )
        )
    return tuple(problems)


@lru_cache(maxsize=1024)
def _letters(sequences: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set("".join(sequences))))


@lru_cache(maxsize=1024)
def _unit(allocation: tuple[float, ...]) -> tuple[int, ...]:
    exact = [Fraction(str(share)) for share in allocation]
    whole = lcm(*(share.denominator for share in exact))
    counts = [int(share * whole) for share in exact]
    common = gcd(*counts)
    return tuple(count // common for count in counts)
